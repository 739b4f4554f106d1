// Package listen is what the servers on this machine share: the address they
// listen on, a certificate made for one run, and who may ask. A token endpoint or
// a tap on the loopback can be reached by every page a browser shows, and by every
// name an attacker lets point to 127.0.0.1, so that both are refused.
package listen

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
)

// Refused says in a sentence why an address is not listened on.
type Refused struct{ Message string }

func (r Refused) Error() string { return r.Message }

// Open listens on an address, which must be this machine's only unless anywhere.
// danger says what another machine could do with it, in words that follow "can be
// reached by other machines, and". The error is a Refused.
func Open(address string, anywhere bool, danger string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, Refused{fmt.Sprintf("--listen: cannot read %q; write HOST:PORT, such as 127.0.0.1:8080 or 127.0.0.1:0 for any free port", address)}
	}
	refusal := Refused{fmt.Sprintf("--listen %s can be reached by other machines, and %s; listen on 127.0.0.1, or add --listen-anywhere", address, danger)}
	if ip := net.ParseIP(host); !anywhere && !strings.EqualFold(host, "localhost") && (ip == nil || !ip.IsLoopback()) {
		return nil, refusal
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, Refused{fmt.Sprintf("cannot listen on %s: %s", address, systemReason(err))}
	}
	// What localhost means is for the machine's configuration to say.
	if at, ok := l.Addr().(*net.TCPAddr); !anywhere && (!ok || !at.IP.IsLoopback()) {
		l.Close()
		return nil, refusal
	}
	return l, nil
}

// Secure has TLS spoken on a listener, with a certificate made for it.
func Secure(l net.Listener, c *Certificates) net.Listener {
	return tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{c.Own}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}})
}

// systemReason is the innermost error: the ones around it repeat the address.
func systemReason(err error) string {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err.Error()
		}
		err = inner
	}
}

// Authority is host and port of a listener as clients on this machine reach it:
// an address that means all of the machine's is reached by the loopback.
func Authority(l net.Listener) string {
	host, port := HostPort(l)
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}

// HostPort is what a listener listens on.
func HostPort(l net.Listener) (host, port string) {
	host, port, _ = net.SplitHostPort(l.Addr().String()) // of a TCP address it does not fail
	return host, port
}
