// Package probe goes online, and is the only package that does: it fetches or
// looks at what the user named by address, sends the one token request it is
// asked to send, and reports what happened as evidence. Except for that request
// it sends no credentials to a server; a proxy gets those its own address
// carries. It follows no address it found inside a document, and judges nothing
// but whether a certificate is trusted.
package probe

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/address"
)

// Client goes online. The zero value uses the machine's resolver and trust
// store and the proxy the environment names.
type Client struct {
	// Timeout is for all of what one call does, from the name to the end of the
	// answer; 0 for the default.
	Timeout time.Duration
	// Roots are trusted; nil for the machine's own. ExtraRoots are trusted
	// besides, and ExtraFrom names the file they came from.
	Roots      *x509.CertPool
	ExtraRoots []*x509.Certificate
	ExtraFrom  string
	// Proxy is used for every address; nil for what the environment names, which is
	// not used for this machine's own.
	Proxy *url.URL
	// Insecure goes on where a certificate is not trusted. What is wrong with it
	// is reported all the same.
	Insecure bool
	// AllowHTTP lets Post send over plain http to other hosts than this machine.
	AllowHTTP bool
	UserAgent string
	HostsFile string // "" for the system's own
	// Step is called as each step begins, with words for people ("connecting").
	Step func(name string)

	until time.Time // when the timeout ends; zero if it has not begun

	// What a test puts in place of the machine; nil for the real thing.
	resolve func(ctx context.Context, host string) ([]string, error)
	dial    func(ctx context.Context, network, address string) (net.Conn, error)
	environ func(*http.Request) (*url.URL, error)
}

func (c Client) timeout() time.Duration {
	if c.Timeout > 0 {
		return c.Timeout
	}
	return Timeout
}

// Whole is the client with its timeout begun: what is done with it from here on
// shares one.
func (c Client) Whole() Client {
	if c.until.IsZero() {
		c.until = time.Now().Add(c.timeout())
	}
	return c
}

// within is a context that ends with the timeout.
func (c Client) within(ctx context.Context) (context.Context, context.CancelFunc) {
	if c.until.IsZero() {
		return context.WithTimeout(ctx, c.timeout())
	}
	return context.WithDeadline(ctx, c.until)
}

func (c Client) step(name string) {
	if c.Step != nil {
		c.Step(name)
	}
}

// pool is what certificates are verified against; nil for the machine's roots.
func (c Client) pool() *x509.CertPool {
	if len(c.ExtraRoots) == 0 {
		return c.Roots
	}
	pool := x509.NewCertPool()
	if c.Roots != nil {
		pool = c.Roots.Clone()
	} else if system, err := x509.SystemCertPool(); err == nil {
		pool = system
	}
	for _, cert := range c.ExtraRoots {
		pool.AddCert(cert)
	}
	return pool
}

func (c Client) rootsName() string {
	const system = "the system's roots"
	switch {
	case len(c.ExtraRoots) == 0:
		return system
	case c.ExtraFrom == "":
		return system + " and one more file"
	}
	return system + " and " + c.ExtraFrom
}

// ReadCertificates reads the certificates of a PEM or DER file, as for ExtraRoots.
func ReadCertificates(data []byte) ([]*x509.Certificate, error) {
	var out []*x509.Certificate
	for rest := data; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if block.Type != "CERTIFICATE" && block.Type != "TRUSTED CERTIFICATE" {
			continue
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("certificate %d of the file cannot be read: it is damaged, or no X.509 certificate", len(out)+1)
		}
		out = append(out, cert)
	}
	if len(out) > 0 {
		return out, nil
	}
	if certs, err := x509.ParseCertificates(data); err == nil && len(certs) > 0 {
		return certs, nil
	}
	if strings.Contains(string(data), "PRIVATE KEY-----") {
		return nil, errors.New("the file contains a private key, not a certificate")
	}
	return nil, errors.New("the file contains no certificate; expected PEM (-----BEGIN CERTIFICATE-----) or DER")
}

// chooseProxy is http.Transport's question, answered by the Client.
func (c Client) chooseProxy(req *http.Request) (*url.URL, error) {
	switch {
	case c.Proxy != nil:
		return c.Proxy, nil
	case address.Loopback(req.URL.Hostname()):
		return nil, nil
	case c.environ != nil:
		return c.environ(req)
	}
	return http.ProxyFromEnvironment(req)
}

// proxySource names the setting a proxy came from.
func (c Client) proxySource(scheme string) string {
	if c.Proxy != nil {
		return "--proxy"
	}
	name := strings.ToUpper(scheme) + "_PROXY"
	if os.Getenv(name) == "" && os.Getenv(strings.ToLower(name)) != "" {
		return strings.ToLower(name)
	}
	return name
}
