package serve

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
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
	"github.com/assertionworks/jwtdoctor/internal/report"
	"github.com/assertionworks/jwtdoctor/internal/visible"
)

// tokenLife is how long the tokens claim to live, in seconds.
const tokenLife = 300

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch path := r.URL.Path; {
	case s.isToken(path):
		s.token(w, r)
	case strings.HasPrefix(path, "/.well-known/") && slices.Contains(wellKnown(), path), path == keysPath, path == journalPath:
		s.document(w, r)
	default:
		s.tell(fmt.Sprintf("%s %s: answered 404; the token endpoint is %s", short(r.Method), short(path), s.URL()))
		sendJSON(w, http.StatusNotFound, problem{"not_found", "jwtdoctor has nothing at this path; the token endpoint is " + s.URL()})
	}
}

// problem is an answer that is ours and not the provider's.
type problem struct {
	Error       string `json:"error"`
	Description string `json:"error_description"`
}

// isToken tells the paths that are the token endpoint: any that ends in /token,
// so that a client can keep the path it has, and those of the profile.
func (s *Server) isToken(path string) bool {
	if strings.HasSuffix(path, tokenPath) {
		return true
	}
	for _, e := range s.profile.Envs {
		if u, err := url.Parse(e.TokenURL); err == nil && e.TokenURL != "" && len(u.Path) > 1 && u.Path == path {
			return true
		}
	}
	return false
}

// token judges a request and answers it.
func (s *Server) token(w http.ResponseWriter, r *http.Request) {
	number := s.journal.begin()
	if s.config.Once > 0 && number > s.config.Once {
		sendJSON(w, http.StatusServiceUnavailable, problem{"temporarily_unavailable", "jwtdoctor has judged as many requests as --once asked for"})
		return
	}
	e := Event{Request: number, Time: s.config.Options.Clock().UTC(), Method: short(r.Method), Path: short(r.URL.Path), Causes: []string{}, Warnings: []string{}}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var c *finding.Case
	var says *answer
	var over *http.MaxBytesError
	switch {
	case errors.As(err, &over):
		text := "the body is larger than 1 MiB"
		e.Verdict, e.Remark = string(finding.VerdictFail), text
		says = &answer{status: http.StatusRequestEntityTooLarge, code: "invalid_request", description: &text}
	case err != nil:
		text := "the body could not be read to its end"
		e.Verdict, e.Remark = string(finding.VerdictFail), text
		says = &answer{code: "invalid_request", description: &text}
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
	if says != nil {
		e.Answer = says.told()
	}
	// Told before it is answered: whoever has the answer can ask for the rest.
	s.publish(e, c)
	last := s.journal.note(e, faulty) == s.config.Once
	s.wait(r.Context())
	if says != nil {
		says.send(w, r)
	} else {
		s.grant(w, body)
	}
	if last {
		close(s.done)
	}
}

// judged judges the request; no answer means that it is accepted.
func (s *Server) judged(r *http.Request, body []byte, e *Event) (*finding.Case, *answer) {
	select {
	case s.judging <- struct{}{}:
		defer func() { <-s.judging }()
	case <-r.Context().Done():
	}
	c, err := s.judge(r, body, e.Request)
	if err != nil {
		text := "the request cannot be read"
		e.Verdict, e.Remark = string(finding.VerdictFail), err.Error()
		return nil, &answer{code: "invalid_request", description: &text}
	}
	e.Verdict = string(c.Summary.Verdict)
	lead := -1
	for _, d := range c.Diagnosis {
		for i, f := range c.Findings {
			if !f.Failed() || f.Cause != d.Cause || f.Check != d.Check {
				continue
			}
			if f.Severity == finding.Error {
				if lead < 0 {
					lead = i
				}
				e.Causes = append(e.Causes, f.Cause)
			} else {
				e.Warnings = append(e.Warnings, f.Cause)
			}
			break
		}
	}
	if c.Summary.Verdict != finding.VerdictFail {
		why, cause := s.unproven(c)
		if why == "" {
			return c, nil
		}
		e.Verdict, e.Remark = string(finding.VerdictFail), why
		return c, refusing(s.profile, cause, checkOfCause(cause))
	}
	if lead < 0 {
		return c, &answer{code: "invalid_client"}
	}
	// The report tells the answer that is sent, and not another documented one.
	f := &c.Findings[lead]
	says := refusing(s.profile, f.Cause, f.Check)
	if f.Answer = says.body; says.description != nil {
		f.Answer = *says.description
	}
	return c, says
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

// grant answers with a token that is worth nothing (RFC 6749 section 5.1).
func (s *Server) grant(w http.ResponseWriter, body []byte) {
	form, _ := url.ParseQuery(string(body)) // it was judged; only the scope is read
	sendJSON(w, http.StatusOK, struct {
		AccessToken string `json:"access_token"`
		TokenType   string `json:"token_type"`
		ExpiresIn   int    `json:"expires_in"`
		Scope       string `json:"scope,omitempty"`
	}{rand.Text(), "Bearer", tokenLife, form.Get("scope")})
}

// publish writes the report of a request: a line, what was found, and the case
// as JSON where that is wanted.
func (s *Server) publish(e Event, c *finding.Case) {
	if s.config.Out != nil {
		var b bytes.Buffer
		fmt.Fprintln(&b, visible.Text(e.line()))
		if c != nil && !s.config.Report.Quiet {
			rep := finding.Report{Version: finding.ReportVersion, Cases: []finding.Case{*c}, Summary: finding.Summary{Verdict: c.Summary.Verdict, Cases: 1}}
			if c.Summary.Verdict == finding.VerdictFail {
				rep.Summary.Failed = 1
			}
			report.Text(&b, rep, s.config.Report) // to memory, which does not fail
			b.WriteByte('\n')
		}
		s.write(s.config.Out, b.Bytes())
	}
	if c != nil && s.config.Cases != nil {
		var b bytes.Buffer
		if report.NDJSON(&b, finding.Report{Version: finding.ReportVersion, Cases: []finding.Case{*c}}, s.config.Report.Verbose) == nil {
			s.write(s.config.Cases, b.Bytes())
		}
	}
}

// line sums an event up.
func (e Event) line() string {
	var b strings.Builder
	fmt.Fprintf(&b, "request %d: %s %s: ", e.Request, e.Method, e.Path)
	if e.Answer.Status < http.StatusBadRequest {
		b.WriteString("accepted")
	} else {
		b.WriteString("refused")
		if len(e.Causes) > 0 {
			b.WriteString(", " + strings.Join(e.Causes, ", "))
		}
	}
	if e.Remark != "" {
		b.WriteString(" (" + e.Remark + ")")
	}
	fmt.Fprintf(&b, "; answered %d", e.Answer.Status)
	for _, part := range []string{e.Answer.Error, e.Answer.Description} {
		if part != "" {
			b.WriteString(" " + part)
		}
	}
	return b.String()
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
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil { // of our own types it does not fail
		http.Error(w, "the answer cannot be written", http.StatusInternalServerError)
		return
	}
	sendText(w, status, "application/json", b.String())
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
