package probe

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// host is the name every server of the tests goes by.
const host = "auth.example"

// party is a certificate and its key: an authority or a server.
type party struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// newCert has by sign a certificate; nil for one that signs itself. change may
// alter it before.
func newCert(t *testing.T, cn string, by *party, change func(*x509.Certificate)) party {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: cn, Organization: []string{"Tests"}},
		NotBefore: now.Add(-72 * time.Hour), NotAfter: now.Add(72 * time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, BasicConstraintsValid: true,
	}
	if change != nil {
		change(template)
	}
	signer := party{template, key}
	if by != nil {
		signer = *by
	}
	der, err := x509.CreateCertificate(rand.Reader, template, signer.cert, &key.PublicKey, signer.key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return party{cert, key}
}

func authorityCert(c *x509.Certificate) {
	c.IsCA = true
	c.KeyUsage = x509.KeyUsageCertSign
}

func serverCert(c *x509.Certificate) {
	c.DNSNames = []string{host}
	c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
}

// with is serverCert and one change more.
func with(change func(*x509.Certificate)) func(*x509.Certificate) {
	return func(c *x509.Certificate) {
		serverCert(c)
		change(c)
	}
}

// sends is what a server shows: itself, and the certificates it sends along.
func (p party) sends(along ...party) tls.Certificate {
	out := tls.Certificate{Certificate: [][]byte{p.cert.Raw}, PrivateKey: p.key}
	for _, a := range along {
		out.Certificate = append(out.Certificate, a.cert.Raw)
	}
	return out
}

func pool(parties ...party) *x509.CertPool {
	out := x509.NewCertPool()
	for _, p := range parties {
		out.AddCert(p.cert)
	}
	return out
}

// serve starts a server on loopback, with TLS if config is given, and says
// its port. It ends with the test; gone is closed before it does, for handlers
// to wait for.
func serve(t *testing.T, config *tls.Config, handler func(w http.ResponseWriter, r *http.Request, gone <-chan struct{})) string {
	t.Helper()
	gone := make(chan struct{})
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler(w, r, gone) }))
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // refused handshakes are the point of many a row
	if config != nil {
		s.TLS = config
		s.EnableHTTP2 = config.MaxVersion == 0
		s.StartTLS()
	} else {
		s.Start()
	}
	t.Cleanup(s.Close)
	t.Cleanup(func() { close(gone) })
	_, port, err := net.SplitHostPort(s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

func ok(w http.ResponseWriter, _ *http.Request, _ <-chan struct{}) {
	w.Header().Set("Content-Type", "application/json")
	io.WriteString(w, `{"ok":true}`)
}

// local is a Client for whom every name but those of .invalid is this machine.
func local(t *testing.T, roots *x509.CertPool) Client {
	t.Helper()
	return Client{
		Roots: roots, HostsFile: "testdata/hosts",
		resolve: func(_ context.Context, host string) ([]string, error) {
			if strings.HasSuffix(host, ".invalid") {
				return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
			}
			return []string{"127.0.0.1"}, nil
		},
		environ: func(*http.Request) (*url.URL, error) { return nil, nil },
	}
}
