package checks

import (
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// patchRows are faults whose fix has a value that the evidence or the rules know.
func patchRows() []sendingRow {
	grants := func(s *sending, grants ...string) { s.rule(profile.GrantTypes.Is(grants)) }
	return []sendingRow{
		{"the one grant type", func(s *sending) { grants(s, "client_credentials"); s.drop("grant_type") }, "grant-type-missing", "grant_type=client_credentials"},
		{"a grant type of a code", code(func(s *sending) { s.drop("grant_type") }), "grant-type-missing", "grant_type=authorization_code"},
		{"a grant type not accepted", func(s *sending) {
			grants(s, "authorization_code", "client_credentials")
			s.put("grant_type", "client_credential")
		}, "grant-type-wrong", "grant_type=client_credentials"},
		{"the client ID given", func(s *sending) {
			s.c.Expect.ClientID = "client-1"
			s.put("client_id", "client-2")
		}, "client-id-mismatch", "client_id=client-1"},
		{"a required client ID", func(s *sending) {
			s.rule(profile.ParamPresence.Is("client_id", profile.Required))
			s.drop("client_id")
		}, "client-id-missing", "client_id=client-1"},
		{"client_id in another spelling", func(s *sending) {
			s.rule(profile.ParamPresence.Is("client_id", profile.Required))
			s.rename("client_id", "clientId")
		}, "client-id-missing parameter-misspelt", ""},
		{"the one scope", func(s *sending) {
			s.rule(profile.ParamPresence.Is("scope", profile.Required))
			s.rule(profile.ScopeAccepted.Is([]string{"system/*.read"}))
		}, "scope-missing", "scope=system/*.read"},
		{"one scope of two", func(s *sending) {
			s.rule(profile.ScopeAccepted.Is([]string{"a", "b"}))
			s.put("scope", "a c")
		}, "scope-not-allowed", "Leave out c"},
		{"a scope in another case", func(s *sending) {
			s.rule(profile.ScopeAccepted.Is([]string{"system/Patient.read", "b"}))
			s.put("scope", "b system/patient.read")
		}, "scope-not-allowed", "Write it system/Patient.read"},
		{"the one value", func(s *sending) {
			s.rule(profile.ParamPresence.Is("tenant", profile.Required))
			s.rule(profile.ParamAccepted.Is("tenant", []string{"blue"}))
		}, "parameter-missing", "tenant=blue"},
		{"a value of one", func(s *sending) {
			s.rule(profile.ParamAccepted.Is("tenant", []string{"blue"}))
			s.put("tenant", "red")
		}, "parameter-value-not-accepted", "tenant=blue"},
		{"scope twice, the same", func(s *sending) {
			s.put("scope", "a")
			s.r.Params = append(s.r.Params, plainParams("body", "scope", "a")...)
		}, "parameter-repeated", "Send scope once"},
		{"the registered redirect_uri in both", code(func(s *sending) { s.c.Expect.RedirectURI = testRedirect + "/" }), "redirect-uri-mismatch", "Send " + testRedirect + "/."},
	}
}

// The fix says what the evidence knows.
func TestRequestValues(t *testing.T) {
	for _, tt := range patchRows() {
		s := healthySending()
		tt.change(s)
		all := s.judge(requestChecks())
		causes, _, _ := outcomes(all)
		if strings.Join(causes, " ") != tt.want {
			t.Errorf("%s: causes %v, want %s", tt.name, causes, tt.want)
		}
		sayOnly(t, all, tt.says)
	}
}

// What a server's answer means by its code is about the value it was sent.
func TestRefusedValues(t *testing.T) {
	for _, tt := range []struct {
		name      string
		change    func(*sending)
		want      string
		certainty finding.Certainty
		says      string
	}{
		{"invalid_scope", func(s *sending) { s.put("scope", "a b"); s.answered(400, "invalid_scope") }, "scope-not-allowed", finding.Likely, "refused the scope a b"},
		{"invalid_scope, no scope", func(s *sending) { s.answered(400, "invalid_scope") }, "scope-missing", finding.Likely, "invalid_scope"},
		{"a scope that is accepted", func(s *sending) { s.put("scope", "a b"); s.answered(200, "") }, "", "", ""},
		{"a scope, and another code", func(s *sending) { s.put("scope", "a b"); s.answered(400, "invalid_client") }, "", "", ""},
		{"password is not supported", func(s *sending) {
			s.put("grant_type", "password")
			s.put("username", "u")
			s.put("password", "p")
			s.answered(400, "unsupported_grant_type")
		}, "grant-type-wrong", finding.Likely, "grant_type=client_credentials"},
		{"password, accepted", func(s *sending) {
			s.put("grant_type", "password")
			s.put("username", "u")
			s.put("password", "p")
			s.answered(200, "")
		}, "", "", ""},
		{"client_credentials is not supported", func(s *sending) { s.answered(400, "unsupported_grant_type") }, "", "", ""},
		{"a code is not supported", code(func(s *sending) { s.answered(400, "unsupported_grant_type") }), "", "", ""},
		{"no assertion, and refused", func(s *sending) {
			refresh(s)
			s.answered(401, "invalid_client")
		}, "assertion-type-missing assertion-missing", finding.Likely, "refused the client"},
		{"no assertion, and refused without a word", func(s *sending) {
			refresh(s)
			s.answered(401, "")
		}, "assertion-type-missing assertion-missing", finding.Likely, ""},
		{"no assertion, and refused for the token", func(s *sending) {
			refresh(s)
			s.answered(400, "invalid_grant")
		}, "", "", ""},
		{"no assertion, and nothing heard", refresh, "", "", ""},
		{"a secret, and refused", func(s *sending) {
			refresh(s)
			s.put("client_secret", "hush")
			s.answered(401, "invalid_client")
		}, "", "", ""},
	} {
		s := healthySending()
		tt.change(s)
		all := s.judge(requestChecks())
		causes, _, broken := outcomes(all)
		if strings.Join(causes, " ") != tt.want || len(broken) > 0 {
			t.Errorf("%s: causes %v, want %s; broken %v", tt.name, causes, tt.want, broken)
		}
		for _, f := range all {
			if f.Failed() && f.Certainty != tt.certainty {
				t.Errorf("%s: %s is %s, want %s", tt.name, f.Cause, f.Certainty, tt.certainty)
			}
		}
		sayOnly(t, all, tt.says)
	}
}

// refresh makes the request one that refreshes a token and authenticates nobody.
func refresh(s *sending) {
	s.drop("client_assertion", "client_assertion_type")
	s.put("grant_type", "refresh_token")
	s.put("refresh_token", "abcdefghijkl")
}

// A request that stays in the cluster or on the machine needs no TLS.
func TestPlainHTTP(t *testing.T) {
	for url, want := range map[string]string{
		"http://auth.acme.example/oauth2/token":                      "url-not-https",
		"http://keycloak.auth.svc.cluster.local:8080/realms/a/token": "",
		"http://keycloak.auth.svc/realms/a/token":                    "",
		"http://svc.cluster.local.evil.example/token":                "url-not-https",
		"http://localhost:8080/token":                                "",
		"http://a.localhost/token":                                   "",
		"http://127.8.9.1/token":                                     "",
		"http://[::1]:99/token":                                      "",
		"http://127.0.0.1.evil.example/token":                        "url-not-https",
		"http://192.0.2.7/token":                                     "url-not-https",
	} {
		s := healthySending()
		s.r.URL, s.c.Expect.TokenURL, s.claims = url, "", ""
		causes, _, _ := outcomes(s.judge([]Check{requestURL()}))
		if strings.Join(causes, " ") != want {
			t.Errorf("%s: %v, want %q", url, causes, want)
		}
	}
}

// An address that the discovery document names is not a fault, whatever the
// profile lists.
func TestDiscoveredEndpoint(t *testing.T) {
	for _, tt := range []struct{ names, want string }{{testURL, ""}, {"https://auth.acme.example/other", "url-not-token-endpoint"}} {
		s := healthySending()
		s.env("production", "https://login.acme.example/token")
		s.claims = ""
		s.c.Discovery = evidence.Known(&evidence.Discovery{TokenEndpoint: tt.names})
		causes, _, _ := outcomes(s.judge([]Check{requestURL()}))
		if strings.Join(causes, " ") != tt.want {
			t.Errorf("the document names %s: %v, want %q", tt.names, causes, tt.want)
		}
	}
}
