package tap

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptrace"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/listen"
	"github.com/assertionworks/jwtdoctor/internal/probe"
	"github.com/assertionworks/jwtdoctor/internal/report"
)

// flow is one exchange on its way.
type flow struct {
	number  int
	arrived time.Time
	request *http.Request // as it came
	target  *url.URL      // where it goes
	token   bool          // it goes to the token endpoint itself
	sent    *copied       // the request's body
	wrote   atomic.Bool   // the request, or its beginning, was written to the server

	answer *http.Response // nil if none came
	got    *copied        // its body
	failed error          // why no answer came
	packed error          // why the body of the answer could not be unpacked
	ended  time.Time
}

type flowKey struct{}

func flowOf(ctx context.Context) *flow {
	f, _ := ctx.Value(flowKey{}).(*flow)
	return f
}

// problem is an answer that is the tap's own and not the server's.
type problem struct {
	Error       string `json:"error"`
	Description string `json:"error_description"`
	// Tap says that it was the tap that answered.
	Tap   bool   `json:"jwtdoctor_tap"`
	Cause string `json:"cause,omitempty"`
}

// ServeHTTP passes one request on.
func (t *Tap) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	refuse := func(status int, code, why string) {
		t.tell(Exchange{Time: t.clock().UTC(), Method: listen.Method(r), Path: shownPath(r.URL.Path), Status: status, Remark: why})
		send(w, status, problem{Error: code, Description: "jwtdoctor tap: " + why, Tap: true})
	}
	if why := t.guard.Refuses(r); why != "" {
		refuse(http.StatusForbidden, "access_denied", why+"; nothing was passed on")
		return
	}
	if doc := t.document(r); doc != nil {
		t.tell(Exchange{Time: t.clock().UTC(), Method: listen.Method(r), Path: shownPath(r.URL.Path), Status: http.StatusOK, Remark: "discovery document, with the tap's addresses"})
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		w.Write(doc) // a client that has gone is not a fault of ours
		return
	}
	target, token := t.target(r.URL)
	if target == nil {
		refuse(http.StatusNotFound, "not_found", "nothing is passed on from this path; the token endpoint is "+t.TokenURL()+", and --prefix "+firstPart(r.URL.Path)+" adds more")
		return
	}
	if !t.place(r.Context()) {
		refuse(http.StatusServiceUnavailable, "temporarily_unavailable", fmt.Sprintf("%d requests are under way; nothing was passed on", maxAtOnce))
		return
	}
	f := &flow{arrived: t.clock(), request: r, target: target, token: token}
	if f.number = t.begin(); f.number == 0 {
		<-t.places
		refuse(http.StatusServiceUnavailable, "temporarily_unavailable", "as many requests were passed on as --once asked for")
		return
	}
	t.pending.Add(1)
	ctx, cancel := context.WithTimeout(r.Context(), t.config.Timeout)
	// However it ends, also with the panic by which a proxy breaks off an answer,
	// the exchange is checked.
	defer func() {
		cancel()
		f.ended = t.clock()
		f.drain()
		f.sent.stop()
		go t.conclude(f)
	}()
	ctx = context.WithValue(ctx, flowKey{}, f)
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaders: func() { f.wrote.Store(true) }})
	in := r.WithContext(ctx)
	f.sent = t.copyOf(r.Body)
	f.sent.open = true
	in.Body = f.sent
	t.proxy.ServeHTTP(&plainWriter{ResponseWriter: w}, in)
}

// place waits for a place among the exchanges under way: an application that is faster
// than the checking is slowed down, and loses no request. False where none came free
// within the timeout, or the client went away.
func (t *Tap) place(ctx context.Context) bool {
	select {
	case t.places <- struct{}{}:
		return true
	default:
	}
	limited, cancel := context.WithTimeout(ctx, t.config.Timeout)
	defer cancel()
	select {
	case t.places <- struct{}{}:
		return true
	case <-limited.Done():
		return false
	}
}

// drain reads what the server left unread of the request, to check all of it. A
// client that waits for 100 Continue would not send it any more.
func (f *flow) drain() {
	if f.request.Header.Get("Expect") == "" {
		f.sent.rest(maxBody + 1)
	}
}

// begin gives an exchange its number; 0 if there are as many as Once asked for.
func (t *Tap) begin() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.config.Once > 0 && t.begun >= t.config.Once {
		return 0
	}
	t.begun++
	return t.begun
}

// rewrite makes the request that goes on. net/http leaves out the fields that end
// at each hop (RFC 9110 section 7.6.1); httputil also those by which proxies say
// of themselves, which are the application's own here.
func (t *Tap) rewrite(p *httputil.ProxyRequest) {
	f := flowOf(p.In.Context())
	p.Out.URL, p.Out.Host = f.target, f.target.Host
	p.Out.Trailer = p.In.Trailer // which is filled when the body has been read
	for _, name := range [...]string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"} {
		if v, ok := p.In.Header[name]; ok {
			p.Out.Header[name] = v
		}
	}
}

// answered notes the answer, and has its body copied as it passes.
func (t *Tap) answered(r *http.Response) error {
	f := flowOf(r.Request.Context())
	f.answer, f.got = r, t.copyOf(r.Body)
	if f.request.Header.Get("Expect") == "" {
		f.sent.rest(discarded)
	}
	if r.StatusCode != http.StatusSwitchingProtocols { // its body is the connection
		r.Body = f.got
	}
	return nil
}

// unanswered tells the application that no answer came, and that it is the tap
// that says so.
func (t *Tap) unanswered(w http.ResponseWriter, r *http.Request, err error) {
	f := flowOf(r.Context())
	f.failed = err
	f.drain()
	p := problem{Error: "temporarily_unavailable", Tap: true}
	status := http.StatusBadGateway
	switch {
	case f.sent.broke() != nil:
		status, p.Error = http.StatusBadRequest, "invalid_request"
		p.Description = "jwtdoctor tap: the body of the request did not come to its end"
	default:
		fault, says := probe.FirstTrouble(t.network(f))
		p.Cause = string(fault)
		p.Description = "jwtdoctor tap: no answer from " + f.target.Host + ": " + says
	}
	send(w, status, p)
}

// target is where a request goes, and whether that is the token endpoint; nil
// where it goes nowhere.
func (t *Tap) target(u *url.URL) (*url.URL, bool) {
	to := *t.config.URL
	if u.RawQuery != "" {
		if to.RawQuery != "" {
			to.RawQuery += "&"
		}
		to.RawQuery += u.RawQuery
	}
	own := to.EscapedPath()
	switch path := u.EscapedPath(); {
	case path == own || path == "/" || path == "":
		return &to, true
	case climbs(u.Path) || !t.passes(path):
		return nil, false
	}
	to.Path, to.RawPath, to.RawQuery, to.ForceQuery = u.Path, u.RawPath, u.RawQuery, u.ForceQuery
	return &to, false
}

// passes reports whether requests to a path go through: below one of the prefixes,
// or to an endpoint of the discovery document that is served.
func (t *Tap) passes(path string) bool {
	for _, prefix := range t.config.Prefixes {
		if rest, ok := strings.CutPrefix(path, strings.TrimSuffix(prefix, "/")); ok && (rest == "" || rest[0] == '/') {
			return true
		}
	}
	return t.publishes(path)
}

// climbs reports whether a path leads out of the one it begins with.
func climbs(path string) bool {
	for part := range strings.SplitSeq(path, "/") {
		if part == ".." {
			return true
		}
	}
	return false
}

// firstPart is the beginning of a path, as a prefix.
func firstPart(path string) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return shownPath("/" + first)
}

// plainWriter writes an answer without what net/http would add to it.
type plainWriter struct{ http.ResponseWriter }

// WriteHeader implements http.ResponseWriter.
func (w *plainWriter) WriteHeader(status int) {
	if h := w.Header(); status >= http.StatusOK {
		for _, name := range [...]string{"Date", "Content-Type"} {
			if _, ok := h[name]; !ok {
				h[name] = nil
			}
		}
	}
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController find what the writer can do.
func (w *plainWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func send(w http.ResponseWriter, status int, p problem) {
	text, err := report.Line(p)
	if err != nil { // of our own types it does not fail
		http.Error(w, "the answer cannot be written", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	w.Write(text) // a client that has gone is not a fault of ours
}

// hungUp reports whether the application did not wait for the answer.
func (f *flow) hungUp() bool {
	return f.failed != nil && errors.Is(f.failed, context.Canceled)
}
