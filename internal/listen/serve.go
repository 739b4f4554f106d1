package listen

import (
	"context"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/input"
)

// stopTimeout is how long answers under way may take once a server stops.
const stopTimeout = 3 * time.Second

// Serve answers requests on l, with certs over TLS, until ctx or done is done. ending is
// called then, before the requests under way are waited for; nil for nothing. The error
// is a listener that broke.
func Serve(ctx context.Context, web *http.Server, l net.Listener, certs *Certificates, done <-chan struct{}, ending func()) error {
	if certs != nil {
		l = Secure(l, certs)
	}
	failed := make(chan error, 1)
	go func() { failed <- web.Serve(l) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	case <-done:
	}
	if ending != nil {
		ending()
	}
	bound, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	if web.Shutdown(bound) != nil {
		web.Close() // those still connected have had their time
	}
	return nil
}

// Message is a request as evidence is made of it: with this address (RFC 9112
// section 3.2.2), this Host and this body.
func Message(r *http.Request, address, host, body string) input.Message {
	m := input.Message{Method: r.Method, URL: address, Version: strings.TrimPrefix(r.Proto, "HTTP/"), Body: body,
		Fields: []input.Field{{Name: "Host", Value: host}}}
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		for _, v := range r.Header[name] {
			m.Fields = append(m.Fields, input.Field{Name: name, Value: v})
		}
	}
	if len(r.TransferEncoding) > 0 {
		m.Fields = append(m.Fields, input.Field{Name: "Transfer-Encoding", Value: strings.Join(r.TransferEncoding, ", ")})
	}
	return m
}
