package probe

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

// tunnel has the proxy connect to the server. For plain http nothing is to be
// done: there the proxy reads the request itself.
func (r *route) tunnel(ctx context.Context, conn net.Conn) (net.Conn, bool) {
	limited, cancel := context.WithTimeout(ctx, r.c.timeout())
	defer cancel()
	r.step(stepProxy)
	refuse := func(says string) (net.Conn, bool) {
		if ctx.Err() == nil {
			r.n.Proxy.Fault, r.n.Proxy.Says = evidence.FaultProxyRefused, says
		}
		return nil, false
	}
	late := "the proxy did not answer within " + r.c.timeout().String()
	if r.proxy.Scheme == "https" {
		secure := tls.Client(conn, &tls.Config{ServerName: r.proxy.Hostname(), RootCAs: r.c.pool(), MinVersion: tls.VersionTLS12, InsecureSkipVerify: r.c.Insecure})
		if err := secure.HandshakeContext(limited); err != nil {
			return refuse("TLS to the proxy failed: " + trouble(err, r.proxy.Hostname(), r.c.timeout()))
		}
		conn = secure
	}
	var status int
	var err error
	free := bound(limited, conn)
	switch {
	case strings.HasPrefix(r.proxy.Scheme, "socks5"):
		err = socks(conn, r.proxy.User, r.u.Hostname(), port(r.u))
	case r.u.Scheme == "https":
		status, err = r.ask(conn)
	}
	free()
	r.n.Proxy.Status = status
	switch {
	case errors.As(err, new(refusal)):
		return refuse("the proxy " + err.Error())
	case err != nil && (limited.Err() != nil || isTimeout(err)):
		return refuse(late)
	case err != nil:
		return refuse("the proxy's answer could not be read: it may not be a proxy")
	case status == http.StatusProxyAuthRequired:
		return refuse("the proxy wants credentials: it answered CONNECT with 407")
	case status != 0 && (status < 200 || status > 299):
		return refuse(fmt.Sprintf("the proxy refuses to connect to %s: it answered CONNECT with %d", r.u.Host, status))
	}
	return conn, true
}

// ask sends CONNECT (RFC 9110 section 9.3.6) and returns the status of the answer.
func (r *route) ask(conn net.Conn) (int, error) {
	to := net.JoinHostPort(r.u.Hostname(), port(r.u))
	req := &http.Request{Method: http.MethodConnect, URL: &url.URL{Opaque: to}, Host: to, Header: http.Header{"User-Agent": {r.c.UserAgent}}}
	if u := r.proxy.User; u != nil {
		password, _ := u.Password()
		req.Header.Set("Proxy-Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(u.Username()+":"+password)))
	}
	if err := req.Write(conn); err != nil {
		return 0, err
	}
	// A server waits for the client's first word in TLS, so that nothing of its
	// own can be lost in the buffer.
	resp, err := http.ReadResponse(bufio.NewReader(io.LimitReader(conn, MaxHeaders)), req)
	if err != nil {
		return 0, err
	}
	return resp.StatusCode, nil
}

// refusal is a proxy's no, in words that follow "the proxy".
type refusal string

func (r refusal) Error() string { return string(r) }

// socks asks a SOCKS 5 proxy for a connection (RFC 1928, RFC 1929). The proxy
// resolves the name.
func socks(conn net.Conn, user *url.Userinfo, host, port string) error {
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil || len(host) > 255 {
		return refusal("cannot be asked for that address")
	}
	method := byte(0)
	if user != nil {
		method = 2
	}
	if _, err := conn.Write([]byte{5, 1, method}); err != nil {
		return err
	}
	var head [4]byte
	if _, err := io.ReadFull(conn, head[:2]); err != nil {
		return err
	}
	if head[0] != 5 {
		return errors.New("no SOCKS 5")
	}
	if head[1] != method {
		return refusal("wants other credentials than it was given")
	}
	if user != nil {
		name := user.Username()
		password, _ := user.Password()
		if len(name) > 255 || len(password) > 255 {
			return refusal("cannot be given credentials that long")
		}
		login := append([]byte{1, byte(len(name))}, name...)
		login = append(append(login, byte(len(password))), password...)
		if _, err := conn.Write(login); err != nil {
			return err
		}
		if _, err := io.ReadFull(conn, head[:2]); err != nil {
			return err
		}
		if head[1] != 0 {
			return refusal("does not accept the credentials of its address")
		}
	}
	ask := append([]byte{5, 1, 0, 3, byte(len(host))}, host...)
	if _, err := conn.Write(binary.BigEndian.AppendUint16(ask, uint16(number))); err != nil {
		return err
	}
	if _, err := io.ReadFull(conn, head[:]); err != nil {
		return err
	}
	if head[1] != 0 {
		return refusal(fmt.Sprintf("refuses to connect to %s (SOCKS reply %d)", net.JoinHostPort(host, port), head[1]))
	}
	length := 4
	switch head[3] {
	case 4:
		length = 16
	case 3:
		if _, err := io.ReadFull(conn, head[:1]); err != nil {
			return err
		}
		length = int(head[0])
	}
	_, err = io.CopyN(io.Discard, conn, int64(length)+2)
	return err
}

// bound lets reading and writing fail once the context ends; free takes that back.
func bound(ctx context.Context, conn net.Conn) (free func()) {
	long := time.Unix(1, 0)
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(long) })
	return func() {
		if stop() {
			conn.SetDeadline(time.Time{})
		}
	}
}
