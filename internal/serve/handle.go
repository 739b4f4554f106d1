package serve

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/listen"
	"github.com/assertionworks/jwtdoctor/internal/mask"
	"github.com/assertionworks/jwtdoctor/internal/report"
	"github.com/assertionworks/jwtdoctor/internal/visible"
)

// tokenLife is how long the tokens claim to live, in seconds.
const tokenLife = 300

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if why := s.guard.Refuses(r); why != "" {
		s.tell(fmt.Sprintf("%s %s: answered 403: %s", listen.Method(r), repeatable(r.URL.Path), why))
		sendJSON(w, http.StatusForbidden, problem{"access_denied", "jwtdoctor does not answer: " + why + "; the token endpoint is " + s.URL()})
		return
	}
	switch path := r.URL.Path; {
	case s.isToken(path):
		s.token(w, r)
	case strings.HasPrefix(path, "/.well-known/") && slices.Contains(wellKnown(), path), path == keysPath, path == journalPath:
		s.document(w, r)
	case path == authorizePath:
		sendJSON(w, http.StatusNotImplemented, problem{"unsupported_response_type", "jwtdoctor is a token endpoint and asks no user for consent: this address is in the discovery document because one is required; make up a code, and send it to " + s.URL()})
	default:
		s.tell(fmt.Sprintf("%s %s: answered 404; the token endpoint is %s", listen.Method(r), repeatable(path), s.URL()))
		sendJSON(w, http.StatusNotFound, problem{"not_found", "jwtdoctor has nothing at this path; the token endpoint is " + s.URL()})
	}
}

// problem is an answer that is ours and not the provider's.
type problem struct {
	Error       string `json:"error"`
	Description string `json:"error_description"`
}

// isToken recognises the paths that are the token endpoint: any that ends in /token,
// so that a client can keep the path it has, and those of the profile.
func (s *Server) isToken(path string) bool {
	if strings.HasSuffix(path, tokenPath) {
		return true
	}
	known := []string{s.config.Options.TokenURL}
	for _, e := range s.profile.Envs {
		known = append(known, e.TokenURL)
	}
	return slices.ContainsFunc(known, func(address string) bool {
		u, err := url.Parse(address)
		return err == nil && len(u.Path) > 1 && u.Path == path
	})
}

// token judges a request and answers it.
func (s *Server) token(w http.ResponseWriter, r *http.Request) {
	body, done, err := s.read(w, r)
	// Counted once it is here: one that stalls must not take another's turn.
	number := s.journal.begin()
	if s.config.Once > 0 && number > s.config.Once {
		done()
		sendJSON(w, http.StatusServiceUnavailable, problem{"temporarily_unavailable", "jwtdoctor has checked as many requests as --once asked for"})
		return
	}
	e := Event{Request: number, Time: s.config.Options.Clock().UTC(), Method: listen.Method(r), Path: repeatable(r.URL.Path), Causes: []string{}, Warnings: []string{}}
	var c *finding.Case
	var says *answer
	var over *http.MaxBytesError
	switch {
	case errors.As(err, &over):
		says = e.unreadable("the body is larger than 1 MiB")
		says.status = http.StatusRequestEntityTooLarge
	case err != nil:
		says = e.unreadable("the body could not be read to its end")
	default:
		c, says = s.judged(r, body, &e)
	}
	faulty := says != nil
	if s.played != nil {
		says, e.Remark = s.played, s.played.from
	}
	if says != nil && r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		if says.status == 0 {
			changed := *says
			changed.status = http.StatusMethodNotAllowed
			says = &changed
		}
	}
	e.Answer = Answer{Status: http.StatusOK}
	var scope string
	if says != nil {
		e.Answer = says.told()
	} else {
		scope = scopeOf(body)
	}
	body = nil // not kept for the latency
	done()
	// Recorded before it is answered: anyone who has the answer can ask for the rest.
	s.publish(e, c)
	if s.config.Observe != nil {
		s.config.Observe(e, e.evidence, c)
		e.evidence = nil
	}
	last := s.journal.note(e, c, faulty) == s.config.Once
	s.wait(r.Context())
	// However long it waited for its place, it is answered.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(writeTimeout))
	if says != nil {
		says.send(w, r)
	} else {
		grant(w, scope)
	}
	if last {
		close(s.done)
	}
}

// unreadable notes why a request was not judged, and answers it.
func (e *Event) unreadable(why string) *answer {
	e.Verdict, e.Remark = string(finding.VerdictFail), why
	return &answer{code: "invalid_request", description: &why}
}

// judged judges the request; no answer means that it is accepted. It waits for
// its place even if the client has gone: it was asked, and is reported.
func (s *Server) judged(r *http.Request, body []byte, e *Event) (*finding.Case, *answer) {
	s.judging <- struct{}{}
	defer func() { <-s.judging }()
	c, err := s.judge(r, body, e)
	if err != nil {
		says := e.unreadable("the request cannot be read")
		if e.Remark = looks(err.Error()); encoding(r, body) != "" {
			e.Remark += "; " + encoding(r, body)
		}
		return nil, says
	}
	e.Verdict = string(c.Summary.Verdict)
	lead := e.list(c)
	if c.Summary.Verdict != finding.VerdictFail {
		why, cause := s.unproven(c)
		if why == "" {
			return c, nil
		}
		if r.Method != http.MethodPost {
			// Such as a browser's OPTIONS, which asks what it may send.
			cause = "method-not-post"
			e.Causes = append(e.Causes, cause)
		}
		e.Verdict, e.Remark = string(finding.VerdictFail), cmp.Or(encoding(r, body), why)
		return c, s.answers.refusing(s.answers.of(cause))
	}
	e.Remark = encoding(r, body)
	if lead < 0 {
		return c, &answer{code: s.answers.assertionCode()}
	}
	// The report shows the answer that is sent, and not another documented one.
	f := &c.Findings[lead]
	says := s.answers.refusing(fault{string(f.Cause), string(f.Check)})
	if f.Answer = says.body; says.description != nil {
		f.Answer = *says.description
	}
	return c, says
}

// list takes over the causes of a case, the likeliest first, and says which
// finding is the first error; -1 for none.
func (e *Event) list(c *finding.Case) (lead int) {
	lead = -1
	for _, d := range c.Diagnosis {
		i := slices.IndexFunc(c.Findings, func(f finding.Finding) bool { return f.Failed() && f.Cause == d.Cause && f.Check == d.Check })
		switch {
		case i < 0:
		case c.Findings[i].Severity == finding.Error:
			// A server looks at what is asked for once it knows who asks (RFC 6749
			// section 4.1.3).
			if lead < 0 || ofGrant(&c.Findings[lead]) && !ofGrant(&c.Findings[i]) {
				lead = i
			}
			e.Causes = append(e.Causes, string(d.Cause))
		default:
			e.Warnings = append(e.Warnings, string(d.Cause))
		}
	}
	return lead
}

// ofGrant reports whether a fault is one of the grant or what it asks for, and not of
// the client's authentication or the request's form.
func ofGrant(f *finding.Finding) bool {
	switch f.Check {
	case "request-redirect-uri", "request-pkce", "request-scope":
		return true
	}
	return f.Cause == "code-reused"
}

// wait is the latency; it ends with the client's patience and with the server.
func (s *Server) wait(ctx context.Context) {
	if s.config.Latency <= 0 {
		return
	}
	t := time.NewTimer(s.config.Latency)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	case <-s.stop:
	}
}

// scopeOf is the scope a request asks for; it was judged, and nothing else of it
// is read.
func scopeOf(body []byte) string {
	form, _ := url.ParseQuery(string(body))
	return form.Get("scope")
}

// grant answers with a token that is worth nothing (RFC 6749 section 5.1).
func grant(w http.ResponseWriter, scope string) {
	sendJSON(w, http.StatusOK, struct {
		AccessToken string `json:"access_token"`
		TokenType   string `json:"token_type"`
		ExpiresIn   int    `json:"expires_in"`
		Scope       string `json:"scope,omitempty"`
	}{rand.Text(), "Bearer", tokenLife, scope})
}

// publish writes the report of a request: a line, with -v what was found, and the
// case as JSON where that is wanted.
func (s *Server) publish(e Event, c *finding.Case) {
	if s.out.w != nil {
		var b bytes.Buffer
		line := visible.Text
		if s.config.Report.ASCII {
			line = visible.ASCII
		}
		fmt.Fprintln(&b, line(e.line(c, s.config.Report.ASCII)))
		if c != nil && s.config.Report.Verbose && !s.config.Report.Quiet {
			rep := finding.Report{Version: finding.ReportVersion, Cases: []finding.Case{*c}, Summary: finding.Summary{Verdict: c.Summary.Verdict, Cases: 1}}
			if c.Summary.Verdict == finding.VerdictFail {
				rep.Summary.Failed = 1
			}
			report.Text(&b, rep, s.config.Report) // to memory, which does not fail
			b.WriteByte('\n')
		}
		s.write(&s.out, b.Bytes())
	}
	if c != nil && s.cases.w != nil {
		var b bytes.Buffer
		if report.NDJSON(&b, finding.Report{Version: finding.ReportVersion, Cases: []finding.Case{*c}}, s.config.Report.Verbose) == nil {
			s.write(&s.cases, b.Bytes())
		}
	}
}

// line sums an event up: when, whether it was accepted, the status, the cause.
func (e Event) line(c *finding.Case, ascii bool) string {
	var b strings.Builder
	sign := "✓"
	switch refused := e.Answer.Status >= http.StatusBadRequest; {
	case refused && ascii:
		sign = "x"
	case refused:
		sign = "✗"
	case ascii:
		sign = "ok"
	}
	fmt.Fprintf(&b, "%s %s %d", e.Time.Format("15:04:05Z"), sign, e.Answer.Status)
	if e.Method != http.MethodPost || !strings.HasSuffix(e.Path, tokenPath) {
		fmt.Fprintf(&b, " %s %s", e.Method, e.Path)
	}
	switch {
	case len(e.Causes) > 0:
		b.WriteString(" " + e.Causes[0])
		if c != nil {
			if cause, headline, fix := report.First(*c); string(cause) == e.Causes[0] {
				b.WriteString(": " + headline)
				if fix != "" {
					b.WriteString("; fix: " + fix)
				}
			}
		}
		if n := len(e.Causes) - 1; n > 0 {
			fmt.Fprintf(&b, " (and %d more: %s)", n, strings.Join(e.Causes[1:], ", "))
		}
	case len(e.Warnings) > 0:
		b.WriteString(" accepted, with " + strings.Join(e.Warnings, ", "))
	case e.Answer.Status < http.StatusBadRequest:
		b.WriteString(" accepted")
	}
	if e.Remark != "" {
		b.WriteString(" (" + e.Remark + ")")
	}
	return b.String()
}

// repeatable is what a client chose, bounded, and without what may be a secret: a code
// at the end of a path, a token in place of a method.
func repeatable(s string) string { return short(mask.Address(looks(s))) }

// looks masks what looks like a secret; the request itself is not known here.
func looks(s string) string {
	var m mask.Mask
	return m.Text(s)
}

// short bounds what a client chose.
func short(s string) string {
	const most = 200
	s = strings.ToValidUTF8(s, "?")
	if len(s) <= most {
		return s
	}
	cut := most
	for !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}

func sendJSON(w http.ResponseWriter, status int, v any) {
	text, err := report.Line(v)
	if err != nil { // of our own types it does not fail
		http.Error(w, "the answer cannot be written", http.StatusInternalServerError)
		return
	}
	sendText(w, status, "application/json", string(text))
}

// sendText answers so that nothing is kept or taken for something else.
func sendText(w http.ResponseWriter, status int, kind, body string) {
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Cache-Control", "no-store") // RFC 6749 section 5.1
	h.Set("Pragma", "no-cache")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	io.WriteString(w, body) // a client that has gone is none of our faults
}
