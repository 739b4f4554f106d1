package serve

import (
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/profile"
)

func answersOf(t testing.TB, id string) *answers {
	t.Helper()
	p, err := profile.Load(id)
	if err != nil {
		t.Fatal(err)
	}
	return newAnswers(p)
}

// The provider's own answer to a cause: its best text, its code, its status.
func TestAnswerToCause(t *testing.T) {
	for _, r := range []struct {
		profile, cause string
		status         int
		code, words    string
	}{
		// A code that says something on its own goes with no other fault.
		{"docusign", "signed-by-unknown-key", 400, "invalid_grant", "no_valid_keys_or_signatures"},
		{"docusign", "exp-past", 400, "invalid_grant", "no_valid_keys_or_signatures"},
		{"docusign", "aud-mismatch", 400, "invalid_grant", "issuer_not_found"},
		{"docusign", "sub-not-client-id", 400, "invalid_grant", "user_not_found"},
		{"docusign", "token-refused", 400, "consent_required", ""},
		// Texts for a JWT sent as grant do not answer one that authenticates the
		// client, if there are others; servers that know no others keep theirs.
		{"keycloak", "iss-missing", 401, "invalid_client", "Issuer mismatch. The issuer should match the subject"},
		{"keycloak", "kid-not-in-jwks", 401, "invalid_client", "Unable to load public key"},
		{"zitadel", "exp-past", 400, "invalid_grant", "token has expired"},
		{"eclinicalworks", "exp-past", 400, "invalid_grant", ""},
		{"eclinicalworks", "aud-trailing-slash", 400, "invalid_grant", ""},
		{"eclinicalworks", "kid-missing", 401, "invalid_client", ""},
		// A JWT that is no grant is answered with invalid_grant (RFC 7523 section 3.1).
		{"box", "aud-mismatch", 400, "invalid_grant", "Please check the 'aud' claim"},
		{"wso2", "exp-past", 400, "invalid_grant", "JSON Web Token is expired."},
		{"google-service-account", "aud-mismatch", 400, "invalid_grant", "Failed audience check"},
		{"salesforce", "jti-reused", 400, "invalid_grant", ""},
		{"health-gorilla", "iss-not-client-id", 401, "invalid_client", ""},
		{"google-service-account", "parameter-repeated", 400, "invalid_request", ""},
		// The text that names the cause earliest, not the first text that names it.
		{"okta", "iss-not-client-id", 401, "invalid_client", "The issuer claim for client_assertion is not a valid client_id."},
		{"okta", "multiple-auth-methods", 400, "invalid_request", "Cannot supply multiple client credentials."},
		{"box", "exp-past", 400, "invalid_grant", "Current date/time MUST be before the expiration date/time listed in the 'exp' claim"},
		{"box", "exp-too-far", 400, "invalid_grant", "The 'exp' value exceeds the maximum value of 60 seconds beyond the issue time."},
		// Bare codes: what else they may mean is not an order.
		{"rfc7523", "jti-reused", 401, "invalid_client", ""},
		{"rfc7523", "grant-type-wrong", 400, "unsupported_grant_type", ""},
		{"rfc7523", "code-reused", 400, "invalid_grant", ""},
		{"rfc7523", "scope-not-allowed", 400, "invalid_scope", ""},
		// Redox says invalid_request to all that is wrong with an assertion.
		{"redox", "kid-missing", 400, "invalid_request", "JWT header kid property is required"},
		{"redox", "jti-too-short", 400, "invalid_request", ""},
		{"redox", "multiple-auth-methods", 400, "invalid_request", ""},
		{"redox", "grant-type-wrong", 400, "unsupported_grant_type", "The grant_type parameter should equal 'client_credentials'"},
		// A text that breaks off before a value of the request is ended.
		{"ory-hydra", "method-not-post", 400, "invalid_request", "HTTP method is '...'"},
	} {
		a := answersOf(t, r.profile)
		got := a.refusing(a.of(r.cause))
		words := ""
		if got.description != nil {
			words = *got.description
		}
		if got.statusOf() != r.status || got.code != r.code || words != r.words {
			t.Errorf("%s, %s: %d %s %q", r.profile, r.cause, got.statusOf(), got.code, words)
		}
	}
}

// A provider that gives no reason gives the same answer to every fault: in
// status, in code, and in whether there is an empty description.
func TestOpaqueProviders(t *testing.T) {
	for _, r := range []struct {
		profile, want string
		status        int
		causes        []string
	}{
		{"epic", `{"error":"invalid_client","error_description":""}`, 400, []string{"aud-mismatch", "aud-missing", "aud-array-not-accepted", "exp-missing", "exp-past", "typ-not-accepted",
			"iss-missing", "not-a-jwt", "padding-mismatch", "multiple-auth-methods", "grant-type-missing", "content-type-json", "parameter-repeated", "client-id-mismatch"}},
		{"spring-authorization-server", `{"error":"invalid_client","error_description":""}`, 401, []string{"aud-mismatch", "aud-array-not-accepted", "iss-not-string", "kid-ambiguous", "not-a-jwt", "hash-mismatch"}},
		{"oidc-provider", `{"error":"invalid_client","error_description":"client authentication failed"}`, 401, []string{"aud-mismatch", "aud-not-string", "sub-not-string", "hash-mismatch", "exp-past", "time-as-date", "kid-ambiguous"}},
	} {
		a := answersOf(t, r.profile)
		for _, cause := range r.causes {
			got := a.refusing(a.of(cause))
			w := httptest.NewRecorder()
			got.send(w, httptest.NewRequest("POST", "/token", nil))
			if text := strings.TrimSpace(w.Body.String()); text != r.want || w.Code != r.status {
				t.Errorf("%s, %s: %d %s", r.profile, cause, w.Code, text)
			}
		}
	}
	// Control: what it is known to answer otherwise, it does.
	a := answersOf(t, "epic")
	if got := a.refusing(a.of("code-reused")); got.code != "invalid_grant" {
		t.Errorf("a code used twice: %s", got.code)
	}
	a = answersOf(t, "oidc-provider")
	if got := a.refusing(a.of("assertion-type-missing")); got.code != "invalid_request" || got.description == nil {
		t.Errorf("no client_assertion_type: %+v", got)
	}
}

// Every answer of every profile to every cause means that cause, where the
// profile knows it, and is one its kind of JWT can have.
func TestEveryAnswer(t *testing.T) {
	total := 0
	for _, id := range profile.IDs() {
		a := answersOf(t, id)
		for cause, check := range a.checkOf {
			f := fault{cause, check}
			if !a.answered(f) {
				continue
			}
			total++
			got := a.refusing(f)
			own := func(code string) bool {
				return slices.ContainsFunc(a.own, func(s *profile.Symptom) bool { return substring(s.Match.Error) == code })
			}
			if a.profile.Kind == grantKind && a.ofAssertion(f) && (got.code == "invalid_client" || got.statusOf() == 401) && !own("invalid_client") {
				t.Errorf("%s: a grant with the fault %s is answered %d %s", id, cause, got.statusOf(), got.code)
			}
			documented := a.direct(f)
			if documented == nil {
				continue
			}
			if fit, ok := a.profile.Recognised(said(got)); !ok || !slices.Contains(fit.Symptom.Explains, cause) {
				t.Errorf("%s: the answer to %s is not taken for it: %+v", id, cause, got)
			}
			// None of the provider's texts names the cause earlier.
			at := slices.Index(documented.Explains, cause)
			usual, _ := a.apart(f, a.own)
			for _, s := range usual {
				if i := slices.Index(s.Explains, cause); i >= 0 && i < at && !a.general(s) && !wordless(s) && !wordless(documented) && !a.general(documented) {
					t.Errorf("%s: %s is answered by %q, and %q names it earlier", id, cause, documented.Means, s.Means)
				}
			}
		}
	}
	if total < 2000 {
		t.Errorf("%d answers; there are more", total)
	}
}

// said is an answer as a client gets it.
func said(a *answer) profile.Answer {
	w := httptest.NewRecorder()
	a.send(w, httptest.NewRequest("POST", "/token", nil))
	out := profile.Answer{Status: a.statusOf(), Error: a.code, ErrorURI: a.uri, Text: w.Body.String()}
	if a.description != nil {
		out.Description = *a.description
	}
	return out
}

func TestFinished(t *testing.T) {
	for text, want := range map[string]string{
		"HTTP method is '":               "HTTP method is '...'",
		`Unsupported type "`:             `Unsupported type "..."`,
		"expected [":                     "expected [...]",
		"invalid signature (":            "invalid signature (...)",
		"invalid signature (no key:":     "invalid signature (no key: ...)",
		"should be 'client_credentials'": "should be 'client_credentials'",
		`required a "client_assertion"`:  `required a "client_assertion"`,
		"Can't identify the client":      "Can't identify the client",
		"the timestamp (in the past)":    "the timestamp (in the past)",
		"Client authentication failed:":  "Client authentication failed:",
		"":                               "",
	} {
		if got := finished(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// What is played is recognised again: every answer of every profile means to
// jwtdoctor what it means to the provider.
func TestAnswersAreRecognised(t *testing.T) {
	total, lost := 0, 0
	for _, id := range profile.IDs() {
		a := answersOf(t, id)
		for _, s := range a.own {
			if len(s.Explains) == 0 {
				continue
			}
			total++
			out := a.speak(s, a.first(s))
			fit, ok := a.profile.Recognised(said(out))
			if !ok {
				lost++
				t.Errorf("%s: %+v is not recognised", id, out)
				continue
			}
			if fit.Symptom != s && !slices.ContainsFunc(s.Explains, func(c string) bool { return slices.Contains(fit.Symptom.Explains, c) }) {
				lost++
				t.Errorf("%s: %+v is taken for %v, not for %v", id, out, fit.Symptom.Explains, s.Explains)
			}
		}
	}
	if total < 100 {
		t.Errorf("%d answers; the profiles have more", total)
	}
	t.Logf("%d answers, %d lost", total, lost)
}
