package serve

import (
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/checks"
	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// A jti is good for one request; what a refused request carried can be sent
// again once its fault is mended.
func TestReplay(t *testing.T) {
	s := server(t, config(t))
	q := healthy(s)
	delete(q.params, "grant_type")
	if got := ask(t, s, q.request(t, "")); got.status != 400 {
		t.Fatalf("control: status %d", got.status)
	}
	q.params["grant_type"] = "client_credentials"
	for n, want := range []int{200, 400, 400} {
		if got := ask(t, s, q.request(t, "")); got.status != want {
			t.Errorf("sending %d: status %d, want %d", n+1, got.status, want)
		}
	}
	for _, e := range events(t, s)[2:] {
		if !slices.Equal(e.Causes, []string{"jti-reused"}) {
			t.Errorf("causes %v, want jti-reused alone", e.Causes)
		}
	}
	other := healthy(s)
	if got := ask(t, s, other.request(t, "")); got.status != 200 {
		t.Errorf("another jti: status %d", got.status)
	}
}

func TestFailWith(t *testing.T) {
	for _, r := range []struct {
		name, with  string
		status      int
		code, words string
	}{
		{"code", "invalid_request", 400, "invalid_request", ""},
		{"standard code", "server_error", 500, "server_error", ""},
		{"inherited or standard code", "invalid_client", 401, "invalid_client", ""},
		{"cause", "kid-missing", 400, "invalid_request", "JWT header kid property is required"},
		{"text", "missing grant_type", 400, "invalid_request", "Missing grant_type parameter"},
		{"text of a pattern", `Unexpected "sub" claim value`, 400, "invalid_request", `Unexpected "sub" claim value`},
	} {
		t.Run(r.name, func(t *testing.T) {
			c := config(t)
			c.FailWith = r.with
			s := server(t, c)
			got := ask(t, s, healthy(s).request(t, ""))
			words, _ := got.json["error_description"].(string)
			if got.status != r.status || got.json["error"] != r.code || words != r.words {
				t.Errorf("answered %d %s", got.status, got.text)
			}
			if e := events(t, s)[0]; e.Verdict == "fail" || !strings.Contains(e.Remark, r.with) {
				t.Errorf("the journal tells %+v", e)
			}
			if _, refused := s.Tally(); refused != 0 {
				t.Error("a request without fault counts as one with")
			}
		})
	}
	c := config(t)
	c.FailWith = "invalid_cleint"
	if _, err := New(c); err == nil || !strings.Contains(err.Error(), "did you mean invalid_client") {
		t.Errorf("error %v", err)
	}
}

// What is played is recognised again: every answer of every profile means to
// jwtdoctor what it means to the provider.
func TestAnswersAreRecognised(t *testing.T) {
	total, lost := 0, 0
	for _, id := range profile.IDs() {
		p, err := profile.Load(id, checks.Known())
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range ordered(p) {
			if s.From != p.ID || len(s.Explains) == 0 {
				continue
			}
			total++
			a := speak(p, s, s.Explains[0], checkOfCause(s.Explains[0]))
			w := httptest.NewRecorder()
			a.send(w, httptest.NewRequest("POST", "/token", nil))
			said := profile.Answer{Status: a.statusOf(), Error: a.code, ErrorURI: a.uri, Text: w.Body.String()}
			if a.description != nil {
				said.Description = *a.description
			}
			fit, ok := p.Recognised(said)
			if !ok {
				lost++
				t.Errorf("%s: %s is not recognised", id, w.Body)
				continue
			}
			if fit.Symptom != s && !slices.ContainsFunc(s.Explains, func(c string) bool { return slices.Contains(fit.Symptom.Explains, c) }) {
				lost++
				t.Errorf("%s: %s is taken for %v, not for %v", id, w.Body, fit.Symptom.Explains, s.Explains)
			}
		}
	}
	if total < 100 {
		t.Errorf("%d answers; the profiles have more", total)
	}
	t.Logf("%d answers, %d lost", total, lost)
}

// A healthy server of every profile begins and judges.
func TestEveryProfile(t *testing.T) {
	for _, id := range profile.IDs() {
		c := config(t)
		c.Options = doctor.Options{Profile: id, Clock: c.Options.Clock}
		s := server(t, c)
		ask(t, s, healthy(s).request(t, ""))
		e := events(t, s)
		if len(e) != 1 || e[0].Verdict == "" || e[0].Remark != "" {
			t.Errorf("%s: %+v", id, e)
		}
		for _, c := range e[0].Causes {
			if strings.HasPrefix(c, "url-") {
				t.Errorf("%s: %s, though the server's own address is right", id, c)
			}
		}
	}
}

// To find no fault is not to know who asks: a server grants nothing then.
func TestUnproven(t *testing.T) {
	s := server(t, config(t))
	q := healthy(s)
	q.fields["Content-Type"] = "apaptilicon/x-www-form-\xed"
	q.body = "\x1f\x8b\x00%\xfftz#%"
	if got := ask(t, s, q.request(t, "")); got.status != 400 {
		t.Errorf("a body nobody can read: %d %s", got.status, got.text)
	}
	for _, e := range events(t, s) {
		if e.Verdict != "fail" || e.Remark == "" && len(e.Causes) == 0 {
			t.Errorf("the journal tells %+v", e)
		}
	}
	for _, r := range []struct {
		outcome finding.Outcome
		jwks    bool
		claims  string
		cause   string
	}{
		{finding.Pass, true, "{}", ""},
		{finding.Skip, true, "{}", "signed-by-unknown-key"},
		{finding.Broken, true, "{}", "signed-by-unknown-key"},
		{finding.Skip, false, "{}", ""},
		{finding.Pass, true, "null", "assertion-missing"},
	} {
		c := config(t)
		if !r.jwks {
			c.Options.JWKS = nil
		}
		_, cause := server(t, c).unproven(&finding.Case{
			Decoded:  finding.Decoded{Claims: []byte(r.claims)},
			Findings: []finding.Finding{{Check: "signature-valid", Outcome: r.outcome}},
		})
		if cause != r.cause {
			t.Errorf("%+v: cause %q", r, cause)
		}
	}
}
