package serve

import (
	"slices"
	"strings"
	"testing"

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

// Without a jti it is the assertion itself that is good for one request.
func TestReplayWithoutJTI(t *testing.T) {
	c := config(t)
	c.Options.Profiles = []string{"rfc7523"}
	s := server(t, c)
	q := healthy(s)
	q.claims["aud"] = s.URL()
	delete(q.claims, "jti")
	for n, want := range []int{200, 401} {
		if got := ask(t, s, q.request(t, "")); got.status != want {
			t.Errorf("sending %d: %d %s", n+1, got.status, got.text)
		}
	}
	if told := events(t, s); !slices.Equal(told[1].Causes, []string{"jti-reused"}) {
		t.Errorf("causes %v", told[1].Causes)
	}
	q.claims["iat"] = now - 4
	if got := ask(t, s, q.request(t, "")); got.status != 200 {
		t.Errorf("another assertion: %d %s", got.status, got.text)
	}
}

// A healthy server of every profile begins and judges.
func TestEveryProfile(t *testing.T) {
	for _, id := range profile.IDs() {
		c := config(t)
		c.Options = doctor.Options{Profiles: []string{id}, Clock: c.Options.Clock}
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
