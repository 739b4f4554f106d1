package serve

import (
	"errors"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
)

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
	for _, r := range []struct{ with, want string }{
		{"invalid_cleint", "did you mean invalid_client"},
		{"kid-mising", "did you mean kid-missing"},
		// Causes that are none of a token endpoint's answers.
		{"rate-limited", "documents no answer to this cause"},
		{"server-failed", "documents no answer to this cause"},
		{"tls-expired", "documents no answer to this cause"},
		{"lifetime-no-margin", "documents no answer to this cause"},
		{" ", "has no answer"},
	} {
		c := config(t)
		c.FailWith = r.with
		s, err := New(c)
		if err == nil {
			s.Close()
		}
		var wrong doctor.UsageError
		if !errors.As(err, &wrong) || !strings.Contains(err.Error(), r.want) {
			t.Errorf("%q: %v", r.with, err)
		}
	}
	// The same cause where the provider documents it, and one to which the
	// standards name the answer.
	for id, cause := range map[string]string{"singpass": "rate-limited", "okta": "typ-not-accepted"} {
		c := config(t)
		c.Options.Profiles, c.FailWith = []string{id}, cause
		server(t, c)
	}
}
