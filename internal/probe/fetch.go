package probe

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Limits of a fetch.
const (
	Timeout      = 10 * time.Second
	MaxBody      = 1 << 20  // bytes, after decompression
	MaxHeaders   = 64 << 10 // bytes of an answer's head
	MaxRedirects = 5
)

// Fetched is what became of fetching one document.
type Fetched struct {
	URL         string
	Redirects   []string // the addresses it was led through, the last one the final
	Status      int      // of the last answer; 0 where there was none
	ContentType string
	Body        []byte
	Cut         bool // the body was longer than MaxBody; Body is its beginning
	Took        time.Duration
	// Trouble says in words why there is no answer, or why it was not followed; "" if all went well.
	Trouble string
}

// Get fetches an address the user named. It never fails: what went wrong is
// told in the result. Redirects are followed within limits, and never from
// https to http.
func (c Client) Get(ctx context.Context, address string) Fetched {
	f := Fetched{URL: address}
	timeout := c.timeout()
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	start := time.Now()
	defer func() { f.Took = time.Since(start) }()

	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		f.Trouble = "this is no https address"
		return f
	}
	u.User = nil // nothing that could be a password is sent
	transport := &http.Transport{
		Proxy:                  c.chooseProxy,
		TLSClientConfig:        &tls.Config{RootCAs: c.pool(), MinVersion: tls.VersionTLS12, InsecureSkipVerify: c.Insecure},
		ForceAttemptHTTP2:      true,
		DisableKeepAlives:      true,
		MaxResponseHeaderBytes: MaxHeaders,
	}
	defer transport.CloseIdleConnections()
	client := &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
		if err != nil {
			f.Trouble = "this is no https address"
			return f
		}
		req.Header.Set("Accept", "application/json")
		if c.UserAgent != "" {
			req.Header.Set("User-Agent", c.UserAgent)
		}
		resp, err := client.Do(req)
		if err != nil {
			f.Trouble = trouble(err, u.Host, timeout)
			return f
		}
		f.Status, f.ContentType = resp.StatusCode, resp.Header.Get("Content-Type")
		next, why := follow(resp, u, len(f.Redirects))
		if next == nil && why == "" {
			f.read(resp.Body)
			return f
		}
		resp.Body.Close()
		if next == nil {
			f.Trouble = why
			return f
		}
		f.Redirects = append(f.Redirects, next.String())
		u = next
	}
}

// follow decides where a redirect leads; nil and "" where the answer is none.
func follow(resp *http.Response, from *url.URL, sofar int) (*url.URL, string) {
	switch resp.StatusCode {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
	default:
		return nil, ""
	}
	next, err := resp.Location()
	switch {
	case err != nil:
		return nil, "it redirects without saying where to"
	case sofar >= MaxRedirects:
		return nil, fmt.Sprintf("it redirects more than %d times", MaxRedirects)
	case from.Scheme == "https" && next.Scheme != "https":
		return nil, "it redirects from https to " + next.Scheme
	}
	next.User = nil
	return next, ""
}

func (f *Fetched) read(body io.ReadCloser) {
	defer body.Close()
	data, err := io.ReadAll(io.LimitReader(body, MaxBody+1))
	if len(data) > MaxBody {
		data, f.Cut = data[:MaxBody], true
	}
	f.Body = data
	if err != nil && !f.Cut {
		f.Trouble = "the answer ended before it was complete"
	}
}

// trouble says in words why there is no answer.
func trouble(err error, host string, timeout time.Duration) string {
	var dns *net.DNSError
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	var record tls.RecordHeaderError
	switch {
	case errors.Is(err, context.Canceled):
		return "it was interrupted"
	case errors.Is(err, context.DeadlineExceeded), isTimeout(err):
		return fmt.Sprintf("no answer within %s", timeout)
	case errors.As(err, &dns) && dns.IsNotFound:
		return "the host name " + host + " does not resolve"
	case errors.As(err, &dns):
		return "the resolver failed for " + host
	case errors.As(err, &unknown):
		return "its certificate is signed by an authority this machine does not trust"
	case errors.As(err, &name):
		return "its certificate is for another host name"
	case errors.As(err, &invalid):
		return "its certificate has expired or is not valid"
	case errors.As(err, &record), strings.Contains(err.Error(), "HTTP response to HTTPS client"):
		return "it does not speak TLS"
	case strings.Contains(err.Error(), "refused"):
		return "the connection was refused"
	}
	return "the connection failed"
}

func isTimeout(err error) bool {
	var t net.Error
	return errors.As(err, &t) && t.Timeout()
}
