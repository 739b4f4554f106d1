package probe

import (
	"compress/gzip"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

// One server, a fault a path; the last row of each pair of neighbours is its control.
func TestGet(t *testing.T) {
	release := make(chan struct{})
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	secure := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" || r.Header.Get("Cookie") != "" {
			t.Error("credentials were sent")
		}
		w.Header().Set("Content-Type", "application/json")
		switch r.URL.Path {
		case "/ok":
			fmt.Fprint(w, `{"keys":[]}`)
		case "/404":
			http.Error(w, "no", http.StatusNotFound)
		case "/html":
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, "<html>")
		case "/once":
			http.Redirect(w, r, "/ok", http.StatusFound)
		case "/loop":
			http.Redirect(w, r, "/loop", http.StatusFound)
		case "/nowhere":
			w.WriteHeader(http.StatusFound)
		case "/down":
			http.Redirect(w, r, plain.URL+"/ok", http.StatusFound)
		case "/large":
			fmt.Fprint(w, strings.Repeat("a", MaxBody+10))
		case "/bomb":
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			fmt.Fprint(z, strings.Repeat("a", 8*MaxBody))
			z.Close()
		case "/slow":
			<-release
		case "/slowbody":
			fmt.Fprint(w, `{"keys":[{`)
			http.NewResponseController(w).Flush()
			<-release
		case "/cut":
			w.Header().Set("Content-Length", "20")
			fmt.Fprint(w, `{"keys":[{`)
		}
	}))
	secure.Config.ErrorLog = log.New(io.Discard, "", 0) // refused handshakes are the point of a row
	secure.StartTLS()
	defer secure.Close()
	defer close(release)
	roots := x509.NewCertPool()
	roots.AddCert(secure.Certificate())

	for _, r := range []struct {
		name    string
		address string
		client  Client
		status  int
		trouble string
		hops    int
		size    int
		cut     bool
	}{
		{"a good answer", secure.URL + "/ok", Client{Roots: roots}, 200, "", 0, 11, false},
		{"another status", secure.URL + "/404", Client{Roots: roots}, 404, "", 0, 3, false},
		{"a page", secure.URL + "/html", Client{Roots: roots}, 200, "", 0, 6, false},
		{"one redirect", secure.URL + "/once", Client{Roots: roots}, 200, "", 1, 11, false},
		{"a loop", secure.URL + "/loop", Client{Roots: roots}, 302, "redirects more than 5 times", 5, 0, false},
		{"a redirect to nowhere", secure.URL + "/nowhere", Client{Roots: roots}, 302, "without saying where", 0, 0, false},
		{"a redirect out of TLS", secure.URL + "/down", Client{Roots: roots}, 302, "from https to http", 0, 0, false},
		{"over the limit", secure.URL + "/large", Client{Roots: roots}, 200, "", 0, MaxBody, true},
		{"over the limit once unpacked", secure.URL + "/bomb", Client{Roots: roots}, 200, "", 0, MaxBody, true},
		{"no answer", secure.URL + "/slow", Client{Roots: roots, Timeout: time.Second}, 0, "within 1s", 0, 0, false},
		{"no end of the answer", secure.URL + "/slowbody", Client{Roots: roots, Timeout: time.Second}, 200, "did not end it within 1s", 0, 10, false},
		{"a part of an answer", secure.URL + "/cut", Client{Roots: roots}, 200, "before it was complete", 0, 10, false},
		{"an unknown authority", secure.URL + "/ok", Client{}, 0, "self-signed", 0, 0, false},
		{"plain http", plain.URL + "/ok", Client{}, 404, "", 0, 19, false},
		{"TLS spoken to plain http", "https" + strings.TrimPrefix(plain.URL, "http") + "/", Client{}, 0, "TLS", 0, 0, false},
		{"a closed port", "https://127.0.0.1:1/", Client{}, 0, "refuses connections", 0, 0, false},
		{"no address", "keys.json", Client{}, 0, "not an http or https address", 0, 0, false},
		{"another scheme", "file:///etc/hosts", Client{}, 0, "not an http or https address", 0, 0, false},
		{"a password in the address", strings.Replace(secure.URL, "https://", "https://user:secret@", 1) + "/ok", Client{Roots: roots}, 200, "", 0, 11, false},
	} {
		t.Run(r.name, func(t *testing.T) {
			f := r.client.Get(t.Context(), r.address)
			if f.Status != r.status || len(f.Redirects) != r.hops || len(f.Body) != r.size || f.Cut != r.cut {
				t.Errorf("status %d, %d redirects, %d bytes, cut %v; want %d, %d, %d, %v", f.Status, len(f.Redirects), len(f.Body), f.Cut, r.status, r.hops, r.size, r.cut)
			}
			if want := r.status == 200 && r.trouble != ""; f.Unended != want {
				t.Errorf("unended %v, want %v", f.Unended, want)
			}
			if strings.Contains(f.URL, "secret") {
				t.Errorf("the address is told as %s", f.URL)
			}
			if (r.trouble == "") != (f.Trouble == "") || !strings.Contains(f.Trouble, r.trouble) {
				t.Errorf("trouble %q, want %q", f.Trouble, r.trouble)
			}
		})
	}

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if f := (Client{Roots: roots}).Get(ctx, secure.URL+"/ok"); f.Trouble != "it was interrupted" {
		t.Errorf("cancelled: %q", f.Trouble)
	}
}

// What fails on the way to a document is reported as it is on the way to any
// address, a proxy's own trouble as the proxy's.
func TestGetTellsTheWay(t *testing.T) {
	root := newCert(t, "Test Root", nil, authorityCert)
	good := newCert(t, host, &root, serverCert)
	certificate := good.sends()
	at := func(config *tls.Config, handler func(http.ResponseWriter, *http.Request, <-chan struct{})) string {
		return "https://" + host + ":" + serve(t, config, handler)
	}
	secure := at(shows(certificate), faults)
	proxied := func(proxy string) func(*Client) {
		return func(c *Client) { c.Proxy, _ = url.Parse(proxy) }
	}
	refusing := "http://proxy.example:" + serve(t, nil, answers(http.StatusProxyAuthRequired))
	for _, r := range []struct {
		name, url string
		change    func(*Client)
		fault     evidence.Fault
		says      string
	}{
		{"all well", secure + "/ok", nil, "", ""},
		{"through a proxy", secure + "/ok", proxied("http://proxy.example:" + serve(t, nil, through)), "", ""},
		{"no such name", "https://nowhere.invalid/keys", nil, evidence.FaultDNSNotFound, "nowhere.invalid does not resolve"},
		{"TLS 1.1", at(&tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}, ok), nil, evidence.FaultTLSTooOld, "nothing newer than TLS 1.1"},
		{"a client certificate", at(&tls.Config{Certificates: []tls.Certificate{certificate}, ClientAuth: tls.RequireAnyClientCert}, ok), nil, evidence.FaultTLSClientCert, "client certificate"},
		{"not for servers", at(shows(newCert(t, host, &root, with(func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} })).sends()), ok), nil, evidence.FaultTLSFailed, "lacks serverAuth"},
		{"hung up", secure + "/hangup", nil, evidence.FaultHTTPFailed, host},
		{"long headers", secure + "/head", nil, evidence.FaultHTTPFailed, "longer than 64 KiB"},
		{"the proxy wants credentials", secure + "/ok", proxied(refusing), evidence.FaultProxyRefused, "the proxy wants credentials"},
		{"the proxy wants credentials, plain http", "http://" + host + "/ok", proxied(refusing), evidence.FaultProxyRefused, "the proxy wants credentials"},
		{"no proxy of that name", secure + "/ok", proxied("http://proxy.invalid:3128"), evidence.FaultProxyRefused, "the proxy proxy.invalid does not resolve"},
		{"nobody listens at the proxy's port", secure + "/ok", proxied("http://127.0.0.1:1"), evidence.FaultProxyRefused, "the proxy 127.0.0.1:1 refuses"},
		{"led to where nobody is", secure + "/away?to=https://nowhere.invalid/", nil, evidence.FaultDNSNotFound, "it redirects to https://nowhere.invalid/: nowhere.invalid does not"},
	} {
		t.Run(r.name, func(t *testing.T) {
			c := local(t, pool(root))
			if r.change != nil {
				r.change(&c)
			}
			f := c.Get(t.Context(), r.url)
			if f.Fault != r.fault || !strings.Contains(f.Trouble, r.says) || (r.says == "") != (f.Trouble == "") {
				t.Errorf("%q, %q; want %q, %q", f.Fault, f.Trouble, r.fault, r.says)
			}
			if r.fault == evidence.FaultProxyRefused && f.Status != 0 {
				t.Errorf("the proxy's status %d is told as the server's", f.Status)
			}
		})
	}
}
