package probe

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

// handshake speaks TLS with the server. The library is set to trust anybody,
// so that the certificates can be read and reported; trust is judged here,
// before a byte of a request is written.
func (r *route) handshake(ctx context.Context, conn net.Conn) (net.Conn, bool) {
	r.step(stepTLS)
	start := time.Now()
	limited, cancel := r.c.within(ctx)
	defer cancel()
	host := r.u.Hostname()
	t := &evidence.TLS{Roots: r.c.rootsName()}
	var chain []*x509.Certificate
	note := func(state tls.ConnectionState) error {
		chain = state.PeerCertificates
		t.Version = tls.VersionName(state.Version)
		return nil
	}
	secure := tls.Client(conn, &tls.Config{
		ServerName:         host,
		InsecureSkipVerify: true, // judge does it
		MinVersion:         tls.VersionTLS12,
		NextProtos:         []string{"h2", "http/1.1"},
		VerifyConnection:   note,
		GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			r.asked = true
			return new(tls.Certificate), nil
		},
	})
	err := secure.HandshakeContext(limited)
	if ctx.Err() != nil {
		return nil, false
	}
	t.Took = time.Since(start)
	if err != nil && (limited.Err() != nil || isTimeout(err)) {
		r.n.HTTP = &evidence.Exchanged{Fault: evidence.FaultHTTPTimeout, Took: t.Took,
			Says: host + " accepts the connection, and then does not answer: TLS came to nothing within " + r.c.timeout().String()}
		return nil, false
	}
	if err == nil {
		t.ALPN = secure.ConnectionState().NegotiatedProtocol
	} else if len(chain) == 0 {
		r.unfinished(ctx, err, t, note)
	}
	t.Chain = described(chain)
	if t.Fault == "" && len(chain) > 0 {
		j := judge(chain, host, r.c.pool(), time.Now())
		t.Fault, t.Says, t.Intercepted = j.fault, j.says, j.intercepted
	}
	if t.Fault == "" && err != nil {
		t.Fault, t.Says = evidence.FaultTLSFailed, host+" broke off the handshake"+alert(err)
		if r.asked {
			t.Fault, t.Says = evidence.FaultTLSClientCert, clientCertSays(host)
		}
	}
	if ctx.Err() != nil || refused(r.n.Proxy) {
		return nil, false
	}
	r.n.TLS = t
	return secure, err == nil && (t.Fault == "" || r.c.Insecure)
}

func clientCertSays(host string) string {
	return host + " asks for a client certificate (mutual TLS) and ends the connection without one"
}

// unfinished says why a handshake ended before a certificate was seen.
func (r *route) unfinished(ctx context.Context, err error, t *evidence.TLS, note func(tls.ConnectionState) error) {
	host := r.u.Hostname()
	var record tls.RecordHeaderError
	switch says := alert(err); {
	case errors.As(err, &record) && r.proxy != nil && record.RecordHeader[0] == '<':
		r.n.Proxy.Fault, r.n.Proxy.Says = evidence.FaultProxyRefused, "the proxy says that it is connected, and then sends a page: a login page or a portal, most likely"
	case errors.As(err, &record):
		t.Fault, t.Says = evidence.FaultTLSNotSpoken, net.JoinHostPort(host, port(r.u))+" does not speak TLS: it answered with something else, as a port for plain http does"
	case strings.Contains(says, "unrecognized name"):
		t.Fault, t.Says = evidence.FaultTLSName, "the server at this address knows no host "+host+" and has no certificate for it"
	case r.onlyOld(ctx, note):
		t.Fault, t.Says = evidence.FaultTLSTooOld, fmt.Sprintf("%s offers nothing newer than %s; TLS 1.2 is the least that is safe (RFC 8996)", host, t.Version)
	default:
		t.Fault, t.Says = evidence.FaultTLSFailed, host+" broke off the handshake"+says
	}
}

// onlyOld reports whether the server speaks a TLS version below 1.2. Nothing is
// sent over the connection.
func (r *route) onlyOld(ctx context.Context, note func(tls.ConnectionState) error) bool {
	limited, cancel := r.c.within(ctx)
	defer cancel()
	quiet := r.c
	quiet.Step = nil
	again := newRoute(quiet, r.u, new(evidence.Network))
	conn, ok := again.raw(limited)
	if !ok {
		return false
	}
	defer conn.Close()
	var suites []uint16
	for _, s := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		suites = append(suites, s.ID)
	}
	old := false
	// The error is of no interest: the server's choice of version is, which
	// is with the certificates.
	_ = tls.Client(conn, &tls.Config{
		ServerName:         r.u.Hostname(),
		InsecureSkipVerify: true,
		MinVersion:         tls.VersionTLS10,
		MaxVersion:         tls.VersionTLS11,
		CipherSuites:       suites,
		VerifyConnection: func(s tls.ConnectionState) error {
			old = true
			return note(s)
		},
	}).HandshakeContext(limited)
	return old
}

// alert is what the server said when it broke off, as " (alert: …)"; "" if
// it said nothing.
func alert(err error) string {
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "remote error" {
		return " (alert: " + strings.TrimPrefix(op.Err.Error(), "tls: ") + ")"
	}
	return ""
}

// brokenOff reports whether the server ended the connection, with or without a word.
// A write that meets a closed connection counts: net/http closes its end as soon as it
// reads that the server ended, and may report the write instead of the reading.
func brokenOff(err error) bool {
	return alert(err) != "" || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET) ||
		errors.Is(err, wsaReset) || errors.Is(err, syscall.EPIPE) || errors.Is(err, net.ErrClosed)
}

func described(chain []*x509.Certificate) []evidence.Certificate {
	var out []evidence.Certificate
	for _, c := range chain {
		d := evidence.Certificate{
			Subject: c.Subject.String(), Issuer: c.Issuer.String(), Names: c.DNSNames,
			NotBefore: c.NotBefore, NotAfter: c.NotAfter, CA: c.IsCA, SelfSigned: selfSigned(c), Key: keyName(c.PublicKey),
		}
		for _, ip := range c.IPAddresses {
			d.Names = append(d.Names, ip.String())
		}
		out = append(out, d)
	}
	return out
}

func keyName(key any) string {
	switch k := key.(type) {
	case *rsa.PublicKey:
		return fmt.Sprintf("RSA %d", k.N.BitLen())
	case *ecdsa.PublicKey:
		return "EC " + k.Curve.Params().Name
	case ed25519.PublicKey:
		return "Ed25519"
	}
	return "of another kind"
}
