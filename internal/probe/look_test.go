package probe

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

// One good server; each row changes what it shows. The first is the control.
func TestLookTLS(t *testing.T) {
	root := newCert(t, "Test Root", nil, authorityCert)
	between := newCert(t, "Test Issuing", &root, authorityCert)
	old := newCert(t, "Test Old Issuing", &root, func(c *x509.Certificate) {
		authorityCert(c)
		c.NotAfter = time.Now().Add(-time.Hour)
	})
	strange := newCert(t, "Strange Root", nil, authorityCert)
	inspecting := newCert(t, "Zscaler Root CA", nil, func(c *x509.Certificate) {
		authorityCert(c)
		c.Subject = pkix.Name{CommonName: "Zscaler Root CA", Organization: []string{"Zscaler Inc."}}
	})
	good := newCert(t, host, &between, serverCert)
	expired := func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Hour) }
	trusted := pool(root)

	for _, r := range []struct {
		name   string
		config *tls.Config
		client Client
		fault  evidence.Fault
		says   string
	}{
		{"a good chain", shows(good.sends(between)), Client{Roots: trusted}, "", ""},
		{"with its root", shows(good.sends(between, root)), Client{Roots: trusted}, "", ""},
		{"with an expired one besides", shows(good.sends(between, old)), Client{Roots: trusted}, "", ""},
		{"signed by a trusted root", shows(newCert(t, host, &root, serverCert).sends()), Client{Roots: trusted}, "", ""},
		{"expired", shows(newCert(t, host, &between, with(expired)).sends(between)), Client{Roots: trusted}, evidence.FaultTLSExpired, "the certificate expired at"},
		{"not valid yet", shows(newCert(t, host, &between, with(func(c *x509.Certificate) { c.NotBefore = time.Now().Add(time.Hour) })).sends(between)),
			Client{Roots: trusted}, evidence.FaultTLSExpired, "not valid before"},
		{"an expired intermediate", shows(newCert(t, host, &old, serverCert).sends(old)), Client{Roots: trusted}, evidence.FaultTLSExpired, "Test Old Issuing"},
		{"another name", shows(newCert(t, host, &between, with(func(c *x509.Certificate) { c.DNSNames = []string{"www.example"} })).sends(between)),
			Client{Roots: trusted}, evidence.FaultTLSName, "for www.example and not for auth.example"},
		{"a common name alone", shows(newCert(t, host, &between, with(func(c *x509.Certificate) { c.DNSNames = nil })).sends(between)),
			Client{Roots: trusted}, evidence.FaultTLSName, "common name does not count"},
		{"self-signed", shows(newCert(t, host, nil, serverCert).sends()), Client{Roots: trusted}, evidence.FaultTLSSelfSigned, "self-signed"},
		{"self-signed and expired", shows(newCert(t, host, nil, with(expired)).sends()), Client{Roots: trusted}, evidence.FaultTLSSelfSigned, "also, the certificate expired"},
		{"no intermediate", shows(newCert(t, host, &between, with(logged)).sends()), Client{Roots: trusted}, evidence.FaultTLSIntermediate, "Test Issuing"},
		{"a certificate of logs, with its intermediate", shows(newCert(t, host, &between, with(logged)).sends(between)), Client{Roots: trusted}, "", ""},
		{"perhaps no intermediate", shows(good.sends()), Client{ExtraRoots: []*x509.Certificate{root.cert}, Roots: trusted}, evidence.FaultTLSUnknown, "does not send its certificate"},
		{"its own authority beside another that was given", shows(newCert(t, host, &strange, serverCert).sends()), Client{ExtraRoots: []*x509.Certificate{root.cert}, Roots: trusted}, evidence.FaultTLSUnknown, "Strange Root"},
		{"its own authority, and where its certificate is", shows(newCert(t, host, &strange, with(func(c *x509.Certificate) { c.IssuingCertificateURL = []string{"http://ca.example/i.crt"} })).sends()),
			Client{Roots: trusted}, evidence.FaultTLSUnknown, "Strange Root"},
		{"its own authority, sent", shows(newCert(t, host, &strange, serverCert).sends(strange)), Client{Roots: trusted}, evidence.FaultTLSUnknown, "the root \"Strange Root\""},
		{"its own authority, not sent", shows(newCert(t, host, &strange, serverCert).sends()), Client{Roots: trusted}, evidence.FaultTLSUnknown, "does not send"},
		{"no authority is trusted", shows(good.sends(between)), Client{Roots: x509.NewCertPool()}, evidence.FaultTLSUnknown, "no trust store"},
		{"its own authority, given", shows(newCert(t, host, &strange, serverCert).sends()), Client{Roots: trusted, ExtraRoots: []*x509.Certificate{strange.cert}}, "", ""},
		{"inspected", shows(newCert(t, host, &inspecting, serverCert).sends(inspecting)), Client{Roots: trusted}, evidence.FaultTLSIntercepted, "Zscaler"},
		{"inspected and trusted", shows(newCert(t, host, &inspecting, serverCert).sends(inspecting)), Client{Roots: pool(inspecting)}, "", ""},
		{"not for servers", shows(newCert(t, host, &between, with(func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} })).sends(between)),
			Client{Roots: trusted}, evidence.FaultTLSFailed, "serverAuth"},
		{"TLS 1.1 only", &tls.Config{Certificates: []tls.Certificate{good.sends(between)}, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11},
			Client{Roots: trusted}, evidence.FaultTLSTooOld, "nothing newer than TLS 1.1"},
		{"TLS 1.2 only", &tls.Config{Certificates: []tls.Certificate{good.sends(between)}, MaxVersion: tls.VersionTLS12}, Client{Roots: trusted}, "", ""},
		{"a client certificate, TLS 1.3", &tls.Config{Certificates: []tls.Certificate{good.sends(between)}, ClientAuth: tls.RequireAnyClientCert},
			Client{Roots: trusted}, evidence.FaultTLSClientCert, "client certificate"},
		{"a client certificate, TLS 1.2", &tls.Config{Certificates: []tls.Certificate{good.sends(between)}, ClientAuth: tls.RequireAnyClientCert, MaxVersion: tls.VersionTLS12},
			Client{Roots: trusted}, evidence.FaultTLSClientCert, "client certificate"},
		{"a client certificate if there is one", &tls.Config{Certificates: []tls.Certificate{good.sends(between)}, ClientAuth: tls.RequestClientCert},
			Client{Roots: trusted}, "", ""},
		{"no such host", &tls.Config{GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return nil, errors.New("none") }},
			Client{Roots: trusted}, evidence.FaultTLSFailed, "broke off"},
	} {
		t.Run(r.name, func(t *testing.T) {
			c := local(t, r.client.Roots)
			c.ExtraRoots = r.client.ExtraRoots
			port := serve(t, r.config, ok)
			n := c.Look(t.Context(), "https://"+host+":"+port+"/")
			if n.TLS == nil {
				t.Fatalf("no handshake: %+v", n.HTTP)
			}
			if n.TLS.Fault != r.fault || !strings.Contains(n.TLS.Says, r.says) || (r.says == "") != (n.TLS.Says == "") {
				t.Errorf("fault %q, %q; want %q, %q", n.TLS.Fault, n.TLS.Says, r.fault, r.says)
			}
			if (n.HTTP == nil) != (r.fault != "") {
				t.Errorf("asked after fault %q: %v", r.fault, n.HTTP != nil)
			}
			if want := strings.HasPrefix(r.name, "inspected"); want != (n.TLS.Intercepted != "") {
				t.Errorf("intercepted by %q", n.TLS.Intercepted)
			}
			if r.name != "no such host" && (len(n.TLS.Chain) == 0 || n.TLS.Version == "" || n.TLS.Chain[0].Key != "EC P-256") {
				t.Errorf("the chain is not told: %+v", n.TLS)
			}
			if n.HTTP != nil && (n.HTTP.Fault != "" || n.HTTP.Status != 200) {
				t.Errorf("HTTP: %+v", n.HTTP)
			}
		})
	}
}

// logged gives a certificate the receipts of transparency logs.
func logged(c *x509.Certificate) {
	c.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11129, 2, 4, 2}, Value: []byte{4, 2, 0, 0}}}
}

func shows(c tls.Certificate) *tls.Config { return &tls.Config{Certificates: []tls.Certificate{c}} }

func TestLookInsecure(t *testing.T) {
	port := serve(t, shows(newCert(t, host, nil, serverCert).sends()), ok)
	c := local(t, x509.NewCertPool())
	c.Insecure = true
	n := c.Look(t.Context(), "https://"+host+":"+port+"/")
	if n.TLS.Fault != evidence.FaultTLSSelfSigned || n.HTTP == nil || n.HTTP.Status != 200 || n.HTTP.Version != "2.0" || n.TLS.ALPN != "h2" {
		t.Errorf("TLS %+v, HTTP %+v", n.TLS, n.HTTP)
	}
}

// What is in place of the resolver and the network, and how far a look comes.
func TestLookReach(t *testing.T) {
	port := serve(t, nil, ok)
	silent, err := net.Listen("tcp", "127.0.0.1:0") // nobody accepts
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { silent.Close() })
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()

	errno := func(e syscall.Errno) error {
		return &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", e)}
	}
	failing := func(errs map[string]error) func(*Client) {
		return func(c *Client) {
			c.resolve = func(context.Context, string) ([]string, error) { return []string{"192.0.2.1", "2001:db8::1"}, nil }
			c.Timeout = time.Second
			c.dial = func(ctx context.Context, network, address string) (net.Conn, error) {
				h, _, _ := net.SplitHostPort(address)
				if err := errs[h]; err != nil {
					return nil, err
				}
				if _, waits := errs[h]; waits {
					<-ctx.Done()
					return nil, ctx.Err()
				}
				return new(net.Dialer).DialContext(ctx, network, "127.0.0.1:"+port)
			}
		}
	}
	resolving := func(err error) func(*Client) {
		return func(c *Client) {
			c.resolve = func(context.Context, string) ([]string, error) { return nil, err }
		}
	}
	const plain = "http://" + host
	for _, r := range []struct {
		name          string
		url           string
		change        func(*Client)
		dns, conn, at evidence.Fault
		tried         int
	}{
		{"all well", plain + ":" + port, nil, "", "", "", 1},
		{"no such name", "https://nowhere.invalid/", nil, evidence.FaultDNSNotFound, "", "", 0},
		{"a name without address", plain, resolving(nil), evidence.FaultDNSNotFound, "", "", 0},
		{"the resolver fails", plain, resolving(&net.DNSError{Err: "server misbehaving", IsTemporary: true}), evidence.FaultDNSFailed, "", "", 0},
		{"the resolver is silent", plain, resolving(&net.DNSError{Err: "i/o timeout", IsTimeout: true}), evidence.FaultDNSFailed, "", "", 0},
		{"a closed port", "http://" + closed.Addr().String(), nil, "", evidence.FaultConnectRefused, "", 1},
		{"both refuse", plain, failing(map[string]error{"192.0.2.1": errno(syscall.ECONNREFUSED), "2001:db8::1": errno(syscall.ECONNREFUSED)}), "", evidence.FaultConnectRefused, "", 2},
		{"no route to either", plain, failing(map[string]error{"192.0.2.1": errno(syscall.EHOSTUNREACH), "2001:db8::1": errno(syscall.ENETUNREACH)}), "", evidence.FaultUnreachable, "", 2},
		{"one silent, one without a route", plain, failing(map[string]error{"192.0.2.1": nil, "2001:db8::1": errno(syscall.ENETUNREACH)}), "", evidence.FaultConnectTimeout, "", 2},
		{"one refuses, one silent", plain, failing(map[string]error{"192.0.2.1": errno(syscall.ECONNREFUSED), "2001:db8::1": nil}), "", evidence.FaultConnectRefused, "", 2},
		{"one without a route, one answers", plain, failing(map[string]error{"192.0.2.1": errno(syscall.ENETUNREACH)}), "", "", "", 2},
		{"nobody accepts", "https://" + silent.Addr().String(), func(c *Client) { c.Timeout = time.Second }, "", "", evidence.FaultHTTPTimeout, 1},
		{"TLS spoken to plain http", "https://" + host + ":" + port, nil, "", "", evidence.FaultTLSNotSpoken, 1},
		{"no address", "auth.example", nil, "", "", evidence.FaultHTTPFailed, 0},
		{"another scheme", "file:///etc/hosts", nil, "", "", evidence.FaultHTTPFailed, 0},
	} {
		t.Run(r.name, func(t *testing.T) {
			c := local(t, nil)
			if r.change != nil {
				r.change(&c)
			}
			n := c.Look(t.Context(), r.url)
			if n.DNS != nil && n.DNS.Fault != r.dns || n.DNS == nil && r.dns != "" {
				t.Errorf("DNS %+v, want %q", n.DNS, r.dns)
			}
			if n.Connect != nil && (n.Connect.Fault != r.conn || len(n.Connect.Tried) != r.tried) || n.Connect == nil && r.tried > 0 {
				t.Errorf("connect %+v, want %q after %d", n.Connect, r.conn, r.tried)
			}
			var at evidence.Fault
			switch {
			case n.HTTP != nil:
				at = n.HTTP.Fault
			case n.TLS != nil:
				at = n.TLS.Fault
			}
			if at != r.at {
				t.Errorf("after the connection: %q, want %q", at, r.at)
			}
		})
	}
}

func TestLookHostsFile(t *testing.T) {
	for name, want := range map[string]bool{"pinned.example": true, "other.example": true, "by": false, host: false, "10.0.0.7": false} {
		if got := inHostsFile("testdata/hosts", name); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if inHostsFile("testdata/none", "localhost") {
		t.Error("a file that is not there names a host")
	}
	port := serve(t, nil, ok)
	if n := local(t, nil).Look(t.Context(), "http://pinned.example:"+port); !n.DNS.HostsFile {
		t.Error("not told that the hosts file names the host")
	}
}

// What looks like a credential is neither sent nor written down.
func TestLookSendsNoCredential(t *testing.T) {
	asked := make(chan *http.Request, 1)
	port := serve(t, nil, func(w http.ResponseWriter, r *http.Request, _ <-chan struct{}) { asked <- r })
	var steps []string
	c := local(t, nil)
	c.Step = func(name string) { steps = append(steps, name) }
	n := c.Look(t.Context(), "http://user:hunter2@"+host+":"+port+"/token?client_assertion=hunter2#hunter2")
	r := <-asked
	if r.URL.RawQuery != "" || len(r.Header["Authorization"]) > 0 || len(r.Header["Cookie"]) > 0 || strings.Contains(n.URL, "hunter2") {
		t.Errorf("sent %s %v, recorded %s", r.URL, r.Header, n.URL)
	}
	if got := strings.Join(steps, ", "); got != "resolving the name, connecting, waiting for the answer" {
		t.Errorf("steps %s", got)
	}
}

// A context that ends leaves what is known, and blames nobody.
func TestLookInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	port := serve(t, nil, func(_ http.ResponseWriter, r *http.Request, gone <-chan struct{}) {
		cancel()
		<-gone
	})
	n := local(t, nil).Look(ctx, "http://"+host+":"+port)
	if n.DNS == nil || n.Connect == nil || n.Connect.Fault != "" || n.HTTP != nil {
		t.Errorf("%+v", n)
	}
	if n := local(t, nil).Look(ctx, "http://"+host+":"+port); n.DNS != nil || n.Connect != nil || n.HTTP != nil {
		t.Errorf("cancelled before: %+v", n)
	}
}
