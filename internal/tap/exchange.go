package tap

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/input"
	"github.com/assertionworks/jwtdoctor/internal/listen"
	"github.com/assertionworks/jwtdoctor/internal/mask"
)

// Exchange is one request and what came of it. It contains no secret unless the
// options say that secrets are shown.
type Exchange struct {
	Number int       // from 1; 0 if nothing was passed on
	Time   time.Time // when the request arrived
	Method string
	Path   string // as the application asked for it, without the query
	// Status is what the application got: the server's, or the tap's own.
	Status int
	Took   time.Duration
	// Case is the exchange as it was checked; nil if it was not a token request.
	Case *finding.Case
	// Evidence is what Case was made of, for Config.Evidence; else nil.
	Evidence *evidence.Case
	// Remark is what else is to be said of it, such as why it was not passed on.
	Remark string
	// Entry is the exchange for a HAR file.
	Entry *Entry
}

// conclude checks an exchange that has ended, and reports it.
func (t *Tap) conclude(f *flow) {
	defer t.pending.Done()
	defer func() { <-t.places }()
	t.checking <- struct{}{}
	x := t.exchange(f)
	<-t.checking
	f.sent.release()
	f.got.release()
	t.tell(x)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ended++
	if x.Case != nil && x.Case.Summary.Verdict == finding.VerdictFail {
		t.failed++
	}
	if t.ended == t.config.Once {
		close(t.done)
	}
}

func (t *Tap) exchange(f *flow) (x Exchange) {
	r := f.request
	x = Exchange{Number: f.number, Time: f.arrived.UTC(), Method: listen.Method(r), Path: shownPath(r.URL.Path), Status: http.StatusBadGateway, Took: f.ended.Sub(f.arrived)}
	defer func() {
		// A request must not be able to end the tap, nor --once to wait forever.
		if fault := recover(); fault != nil {
			x.Case, x.Remark = nil, fmt.Sprintf("internal error in jwtdoctor (please report it): %v", fault)
		}
	}()
	body, whole := f.sent.text()
	to := t.known(f)
	req := input.RequestOf(listen.Message(r, to.String(), to.Host, body), "an HTTP request", fmt.Sprintf("request %d", f.number))
	req.Sent, req.Took = f.arrived, x.Took
	var resp *evidence.Response
	if f.answer != nil {
		x.Status = f.answer.StatusCode
		resp = t.responseOf(f, &x)
	}
	switch {
	case f.hungUp():
		x.Status, x.Remark = 0, "the application hung up before an answer came"
	case f.sent.broke() != nil && f.failed != nil:
		x.Status, x.Remark = http.StatusBadRequest, "the body of the request did not come to its end"
		return x
	case !whole:
		x.Remark = "passed on, but not checked: the body is larger than 1 MiB"
		return x
	case !f.token && !input.IsTokenRequest(req):
		x.Remark = "passed on; not a token request"
		if f.failed != nil {
			x.Remark = "no answer: " + t.trouble(f)
		}
		x.Entry = t.entry(f, req, resp, nil)
		return x
	}
	seen := doctor.Online{Answered: f.ended}
	if !f.hungUp() {
		seen.Network = t.networkOf(f, resp)
	}
	if n := seen.Network; n != nil && n.Proxy != nil && n.Proxy.Fault != "" {
		resp = nil // what answered is the proxy
	}
	req.NeverSent = f.failed != nil && !f.wrote.Load()
	exchange := input.Exchange{Request: req, Response: resp}
	if t.config.Evidence {
		x.Evidence = t.doctor.Gather(exchange)
	}
	c, err := t.doctor.JudgeArrival(exchange, f.arrived, seen)
	if err != nil {
		x.Remark = "not checked: " + err.Error()
		return x
	}
	x.Case = &c
	x.Entry = t.entry(f, req, resp, &c)
	return x
}

// known is the address a request went to, as the server knows it.
func (t *Tap) known(f *flow) *url.URL {
	if t.public == nil || !f.token {
		return f.target
	}
	to := *t.public
	to.RawQuery, to.ForceQuery = f.target.RawQuery, f.target.ForceQuery
	return &to
}

// network is how the exchange went, where no answer came.
func (t *Tap) network(f *flow) *evidence.Network { return t.networkOf(f, nil) }

func (t *Tap) networkOf(f *flow, resp *evidence.Response) *evidence.Network {
	took := t.clock().Sub(f.arrived)
	if !f.ended.IsZero() {
		took = f.ended.Sub(f.arrived)
	}
	if resp != nil {
		n := t.upstream.Answered(f.target, f.request.Method, resp, took, f.got.broke())
		if n != nil && f.packed != nil && n.HTTP.Fault == "" {
			n.HTTP.Fault, n.HTTP.Says = evidence.FaultHTTPFailed, "the answer of "+f.target.Host+" is not compressed the way its header says"
		}
		return n
	}
	if f.failed == nil {
		return nil
	}
	return t.upstream.Failed(f.target, f.failed, f.request.Method, took, t.config.Timeout, f.wrote.Load())
}

func (t *Tap) trouble(f *flow) string {
	n := t.network(f)
	if n != nil && n.HTTP != nil && n.HTTP.Says != "" {
		return n.HTTP.Says
	}
	return f.failed.Error()
}

// responseOf makes evidence of an answer: of its body what was kept, unpacked.
func (t *Tap) responseOf(f *flow, x *Exchange) *evidence.Response {
	a := f.answer
	r := &evidence.Response{
		What: "the server's answer", Status: a.StatusCode, Version: strings.TrimPrefix(a.Proto, "HTTP/"),
		StatusText:   strings.TrimSpace(strings.TrimPrefix(a.Status, fmt.Sprint(a.StatusCode))),
		HeadersKnown: true, BodyKnown: true,
	}
	for _, name := range slices.Sorted(maps.Keys(a.Header)) {
		for _, v := range a.Header[name] {
			r.Headers = append(r.Headers, evidence.Header{Name: name, Value: v})
		}
	}
	text, whole := f.got.text()
	coding := strings.Join(a.Header.Values("Content-Encoding"), ",")
	body, cut, err := decoded(text, coding)
	r.Body, r.Truncated = body, cut || !whole || f.got.broke() != nil
	switch {
	case errors.Is(err, errCoding):
		r.BodyKnown = false
		x.Remark = "the body of the answer was not checked: its Content-Encoding is not read here (gzip and deflate are)"
	case err != nil && whole && f.got.broke() == nil:
		r.BodyKnown, r.Truncated, f.packed = body != "", true, err
	}
	return r
}

// shownPath is the path of a request as it may be shown: bounded, and without what
// may be a secret.
func shownPath(path string) string {
	const most = 200
	var looks mask.Mask
	path = strings.ToValidUTF8(looks.Text(mask.Path(path)), "?")
	if len(path) <= most {
		return path
	}
	cut := most
	for !utf8.RuneStart(path[cut]) {
		cut--
	}
	return path[:cut] + "…"
}

// Line sums an exchange up in one line, with ✓, ! and ✗, or in ASCII.
func (x Exchange) Line(ascii bool) string {
	good, warn, bad, dot := "✓", "!", "✗", " · "
	if ascii {
		good, bad, dot = "ok", "x", " - "
	}
	var b strings.Builder
	b.WriteString(x.Time.UTC().Format("15:04:05Z") + " ")
	sign := " "
	if c := x.Case; c != nil {
		switch c.Summary.Verdict {
		case finding.VerdictPass:
			sign = good
		case finding.VerdictWarn:
			sign = warn
		default:
			sign = bad
		}
	}
	b.WriteString(sign)
	if x.Status != 0 {
		fmt.Fprintf(&b, " %d", x.Status)
	}
	if x.Method != "" {
		b.WriteString(" " + x.Method + " " + x.Path)
	}
	if x.Number > 0 {
		fmt.Fprintf(&b, " %d ms", x.Took.Milliseconds())
	}
	if c := x.Case; c != nil && len(c.Diagnosis) > 0 {
		d := c.Diagnosis[0]
		b.WriteString(dot + string(d.Cause) + ": " + d.Title)
		if more := len(c.Diagnosis) - 1; more > 0 {
			fmt.Fprintf(&b, " (and %d more)", more)
		}
	}
	if x.Remark != "" {
		b.WriteString(dot + x.Remark)
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
