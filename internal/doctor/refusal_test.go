package doctor_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// refusal is a request to a server that nobody has a profile for, and what it
// answered.
func refusal(change func(*exchange), status int, body string) *exchange {
	e := healthyExchange("rfc7523")
	e.opts.Now = ""
	e.opts.TokenURL = ""
	change(e)
	e.says("Date", time.Unix(now, 0).UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT"))
	e.answers(status, body)
	return e
}

func words(description string) string {
	return fmt.Sprintf(`{"error":"invalid_client","error_description":%q}`, description)
}

// What a server says in plain words names the cause, and the assertion confirms
// or excludes it.
func TestPlainWordsOfARefusal(t *testing.T) {
	claims := func(change func(*members)) func(*exchange) { return func(e *exchange) { change(&e.token.claims) } }
	header := func(change func(*members)) func(*exchange) { return func(e *exchange) { change(&e.token.header) } }
	nothing := func(*exchange) {}
	for _, tt := range []struct {
		name      string
		change    func(*exchange)
		body      string
		first     string
		certainty finding.Certainty
		failed    bool // it is a finding too
	}{
		{"used before", nothing, words("client assertion jti has already been used"), "jti-reused", finding.Likely, false},
		{"no jti", claims(func(m *members) { m.del("jti") }), words("must include jti claim"), "jti-missing", finding.Certain, true},
		{"no kid", header(func(m *members) { m.del("kid") }), words("kid is required in the JWT header"), "kid-missing", finding.Certain, true},
		{"no typ", header(func(m *members) { m.del("typ") }), words("Missing typ"), "typ-missing", finding.Certain, true},
		{"no scope", nothing, words("scope parameter is required"), "scope-missing", finding.Certain, true},
		{"too far", claims(func(m *members) { m.set("exp", now+3600) }), words("exp is too far in the future (max 300s)"), "exp-too-far", finding.Certain, true},
		{"too long", claims(func(m *members) { m.set("exp", now+3600) }), words("assertion lifetime exceeds 10 minutes"), "lifetime-too-long", finding.Certain, true},
		{"not as far as the limit", nothing, words("exp is too far in the future (max 300s)"), "clock-ahead", finding.Likely, false},
		{"expired", claims(func(m *members) { m.set("iat", now-900); m.set("exp", now-600) }), words("Assertion has expired"), "exp-past", finding.Certain, true},
		{"ahead by seconds", claims(func(m *members) { m.set("nbf", now+4) }), words("nbf is in the future"), "nbf-in-future", finding.Certain, true},
		{"iat ahead by a second", claims(func(m *members) { m.set("iat", now+1); m.set("exp", now+60) }),
			`{"error":"iat must be an integer or floating point Unix timestamp representing a time in the past."}`, "iat-in-future", finding.Certain, true},
		{"the audience", nothing, words("invalid audience"), "aud-token-url-not-accepted", finding.Likely, false},
		{"the audience, an issuer", claims(func(m *members) { m.set("aud", "https://fhir.example.test") }), words("invalid audience"), "aud-mismatch", finding.Likely, true},
		{"the signature", nothing, words("Signature verification failed"), "signed-by-unknown-key", finding.Possible, false},
		{"the issuer", claims(func(m *members) { m.set("iss", "somebody") }), words("invalid issuer"), "iss-not-client-id", finding.Certain, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := refusal(tt.change, 401, tt.body).judge(t)
			if len(c.Diagnosis) == 0 || string(c.Diagnosis[0].Cause) != tt.first || c.Diagnosis[0].Certainty != tt.certainty {
				t.Errorf("diagnosis %+v, want %s, %s", c.Diagnosis, tt.first, tt.certainty)
			}
			if got := slices.Contains(failed(c), tt.first); got != tt.failed {
				t.Errorf("failed causes %v", failed(c))
			}
			if c.Symptom == nil || c.Symptom.Match == "" {
				t.Errorf("symptom %+v", c.Symptom)
			}
		})
	}
}

// A secret was sent where the server may know the client by a key: that there is no
// assertion comes first, and nothing of an assertion is blamed.
func TestSecretInPlaceOfAnAssertion(t *testing.T) {
	for name, change := range map[string]func(*exchange){
		"client_secret": func(e *exchange) { e.set("client_id", "c"); e.set("client_secret", "bm90LXJlYWw") },
		"basic":         func(e *exchange) { e.field("Authorization", "Basic YzpzZWNyZXQ=") },
	} {
		c := refusal(func(e *exchange) { e.del("client_assertion"); e.del("client_assertion_type"); change(e) }, 401, `{"error":"invalid_client"}`).judge(t)
		if d := diagnosis(c); len(d) == 0 || d[0] != "assertion-missing" || c.Diagnosis[0].Certainty != finding.Likely || slices.Contains(d, "signed-by-unknown-key") {
			t.Errorf("%s: %v", name, c.Diagnosis)
		}
	}
	// The control: accepted, or refused for something else.
	granted := refusal(func(e *exchange) {
		e.del("client_assertion")
		e.del("client_assertion_type")
		e.set("client_secret", "bm90LXJlYWw")
	}, 400, `{"error":"invalid_scope"}`).judge(t)
	if slices.Contains(failed(granted), "assertion-missing") {
		t.Errorf("refused for its scope: %v", failed(granted))
	}
}

// A server that sees no assertion misses client_id, which with one it may not need.
func TestClientIDIsMissed(t *testing.T) {
	const body = `{"error":"invalid_request","error_description":"Missing required client_id"}`
	bare := refusal(func(e *exchange) { e.del("client_assertion"); e.del("client_assertion_type") }, 400, body).judge(t)
	if d := diagnosis(bare); len(d) == 0 || d[0] != "assertion-missing" || slices.Contains(failed(bare), "client-id-missing") {
		t.Errorf("without an assertion: %v", bare.Diagnosis)
	}
	if d := diagnosis(refusal(func(*exchange) {}, 400, body).judge(t)); len(d) == 0 || d[0] != "client-id-missing" {
		t.Errorf("with one: %v", d)
	}
}

// The words of one thing prove nothing of another.
func TestWordsOfSomethingElse(t *testing.T) {
	for _, tt := range []struct{ name, body, first string }{
		{"a proof", `{"error":"invalid_dpop_proof","error_description":"jti has already been used"}`, "request-header-missing"},
		{"a code", `{"error":"invalid_grant","error_description":"The authorization code has expired"}`, "token-refused"},
		{"a parameter", `{"error":"invalid_request","error_description":"Invalid value for \"audience\"."}`, "token-refused"},
		{"nothing", `{"error":"invalid_client","error_description":"try again"}`, "token-refused"},
	} {
		if d := diagnosis(refusal(func(*exchange) {}, 400, tt.body).judge(t)); len(d) == 0 || d[0] != tt.first {
			t.Errorf("%s: %v", tt.name, d)
		}
	}
}

// Of words that several servers use only what can be true stays, and what they
// would accuse without proof is asked.
func TestWordsOfMany(t *testing.T) {
	c := refusal(func(e *exchange) { e.token.claims.del("jti") }, 401, words("client authentication failed")).judge(t)
	d := c.Diagnosis
	if len(d) == 0 || d[0].Cause != "jti-missing" || d[0].Certainty != finding.Possible || len(d) > 5 {
		t.Errorf("diagnosis %+v", d)
	}
	for _, accused := range []string{"aud-issuer-not-accepted", "alg-not-accepted", "aud-mismatch"} {
		if slices.Contains(diagnosis(c), accused) {
			t.Errorf("%s is accused without proof", accused)
		}
	}
	if !strings.Contains(c.Symptom.Means, "Nimbus") || !strings.Contains(c.Symptom.Means, "node-oidc-provider") {
		t.Errorf("means %q", c.Symptom.Means)
	}
	if d := diagnosis(refusal(func(*exchange) {}, 401, words("client authentication failed")).judge(t)); slices.Contains(d, "jti-missing") {
		t.Errorf("with a jti: %v", d)
	}
}

// After a refusal that says nothing, the first questions are what this request
// has that some servers refuse.
func TestFirstQuestions(t *testing.T) {
	const silent = `{"error":"invalid_client"}`
	asked := func(e *exchange) string {
		var all []string
		for _, a := range e.judge(t).Ask {
			all = append(all, a.Text)
		}
		return strings.Join(all[:min(4, len(all))], "\n")
	}
	for _, tt := range []struct {
		name   string
		change func(*exchange)
		want   string
	}{
		{"no jti", func(e *exchange) { e.token.claims.del("jti") }, "require jti"},
		{"a long lifetime", func(e *exchange) { e.token.claims.set("exp", now+3600) }, "How long may an assertion be valid"},
		{"aud as an array", func(e *exchange) { e.token.claims.set("aud", []string{e.url}) }, "aud as an array"},
		{"no kid", func(e *exchange) { e.token.header.del("kid") }, "require kid"},
		{"no typ", func(e *exchange) { e.token.header.del("typ") }, "require typ"},
		{"no scope", func(*exchange) {}, "require scope"},
		{"nbf ahead", func(e *exchange) { e.token.claims.set("nbf", now+4) }, "nbf is 4s ahead of the server's Date"},
	} {
		if got := asked(refusal(tt.change, 401, silent)); !strings.Contains(got, tt.want) {
			t.Errorf("%s: %q is not among the first of\n%s", tt.name, tt.want, got)
		}
		if got := asked(refusal(func(e *exchange) { e.set("scope", "a") }, 401, silent)); tt.name != "no scope" && strings.Contains(got, tt.want) {
			t.Errorf("%s: %q is asked of a request without it", tt.name, tt.want)
		}
	}
	undated := refusal(func(*exchange) {}, 401, silent)
	undated.answer = without(undated.answer, "Date")
	if got := asked(undated); !strings.HasPrefix(got, "Was the assertion fresh when it was sent? It is valid from ") {
		t.Errorf("first is asked\n%s", got)
	}
	if got := asked(refusal(func(*exchange) {}, 401, silent)); strings.Contains(got, "fresh") {
		t.Errorf("with a Date is asked\n%s", got)
	}
}

// A request without an assertion is not refused for what is wrong with one.
func TestRefusedWithoutAssertion(t *testing.T) {
	e := refusal(func(e *exchange) { e.del("client_assertion"); e.del("client_assertion_type") }, 401, `{"error":"invalid_client"}`)
	c := e.judge(t)
	if d := diagnosis(c); !slices.Equal(d, []string{"assertion-missing"}) {
		t.Errorf("diagnosis %v", d)
	}
	for _, a := range c.Ask {
		for _, cause := range []string{"signed-by-unknown-key", "kid-not-in-jwks", "aud-mismatch", "exp-past", "sub-not-client-id", "jti-reused"} {
			if strings.Contains(a.Text, cause) {
				t.Errorf("asked: %s", a.Text)
			}
		}
	}
	for _, tt := range []struct {
		name   string
		status int
		body   string
		want   []string
		ask    string
	}{
		{"a question", 0, "", nil, "Does this client have to authenticate?"},
		{"refused", 401, `{"error":"invalid_client"}`, []string{"assertion-missing"}, ""},
		{"refused for the token", 400, `{"error":"invalid_grant"}`, []string{"token-refused"}, ""},
		{"granted", 200, `{"access_token":"bm90LXJlYWwtZXhhbXBsZS1hY2Nlc3M","token_type":"Bearer"}`, nil, ""},
	} {
		e := refusal(func(e *exchange) {
			e.params = [][2]string{{"grant_type", "refresh_token"}, {"refresh_token", "bm90LXJlYWwtcmVmcmVzaA"}}
		}, tt.status, tt.body)
		c := e.judge(t)
		if d := diagnosis(c); !slices.Equal(d, tt.want) {
			t.Errorf("a refresh, %s: %v", tt.name, d)
		}
		if !slices.ContainsFunc(c.Ask, func(a finding.Ask) bool { return strings.Contains(a.Text, tt.ask) }) && tt.ask != "" {
			t.Errorf("a refresh, %s: %q is not asked", tt.name, tt.ask)
		}
	}
	page := refusal(func(e *exchange) {
		e.params = [][2]string{{"grant_type", "refresh_token"}, {"refresh_token", "bm90LXJlYWwtcmVmcmVzaA"}}
		e.says("Location", "https://fhir.example.test/error?code=client_assertion_missing")
	}, 302, "")
	if d := diagnosis(page.judge(t)); !slices.Equal(d, []string{"assertion-missing"}) {
		t.Errorf("a redirect to an error page: %v", d)
	}
}

// A fault that is proven may be why a server fails; a failure without one is
// the server's own.
func TestServerFails(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*exchange)
		status int
		body   string
		want   []string
		of     string // what the failure is a consequence of
	}{
		{"a proven fault", func(e *exchange) { e.token.claims.set("sub", "somebody") }, 500, "oops", []string{"sub-not-client-id"}, "sub-not-client-id"},
		{"an expired assertion", func(e *exchange) { e.token.claims.set("iat", now-900); e.token.claims.set("exp", now-600) }, 500, `{"error":"server_error"}`, []string{"exp-past"}, "exp-past"},
		{"a gateway's failure", func(e *exchange) { e.token.claims.del("exp") }, 502, "oops", []string{"exp-missing"}, "exp-missing"},
		{"nothing wrong", func(*exchange) {}, 500, "oops", []string{"server-failed"}, ""},
	} {
		c := refusal(tt.change, tt.status, tt.body).judge(t)
		if d := diagnosis(c); !slices.Equal(d, tt.want) {
			t.Errorf("%s: diagnosis %v", tt.name, d)
		}
		i := slices.IndexFunc(c.Findings, func(f finding.Finding) bool { return f.Cause == "server-failed" })
		if i < 0 || string(c.Findings[i].ConsequenceOf) != tt.of {
			t.Errorf("%s: the failure is %+v", tt.name, c.Findings[max(i, 0)])
		}
	}
}

// One slip, one cause.
func TestOneCause(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*exchange)
		status int
		body   string
		want   string
	}{
		{"another user's password", func(e *exchange) { e.set("grant_type", "password"); e.set("username", "u") }, 400, `{"error":"unsupported_grant_type"}`, "grant-type-wrong"},
		{"& escaped for HTML", func(e *exchange) { e.raw = strings.ReplaceAll(e.form(), "&", "&amp;") }, 400, `{"error":"invalid_request"}`, "ampersand-escaped"},
		{"an empty assertion", func(e *exchange) { e.set("client_assertion", "") }, 401, `{"error":"invalid_client"}`, "assertion-missing"},
		{"an alg nobody knows", func(e *exchange) { e.token.header.set("alg", "RS999") }, 401, `{"error":"invalid_client"}`, "alg-unknown"},
		{"a scope that is not granted", func(e *exchange) { e.set("scope", "a b") }, 400, `{"error":"invalid_scope"}`, "scope-not-allowed"},
		{"in the cluster", func(e *exchange) {
			e.url = "http://keycloak.auth.svc.cluster.local:8080/realms/a/protocol/openid-connect/token"
			e.token.claims.set("aud", e.url)
		}, 0, "", ""},
	} {
		d := diagnosis(refusal(tt.change, tt.status, tt.body).judge(t))
		if strings.Join(d, " ") != tt.want {
			t.Errorf("%s: %v, want %s", tt.name, d, tt.want)
		}
	}
}

// Each cause quotes what is said to it, and only the words that came are what
// you got.
func TestAnswersQuoted(t *testing.T) {
	e := healthyExchange("redox")
	e.token.claims.set("exp", (now+230)*1000)
	for _, f := range e.judge(t).Findings {
		if f.Cause == "time-in-milliseconds" && strings.Contains(f.Answer, "iat") {
			t.Errorf("exp quotes %q", f.Answer)
		}
	}
	grant := healthyExchange("salesforce")
	grant.token.claims.set("exp", now-600)
	grant.answers(400, `{"error":"invalid_client","error_description":"invalid client credentials"}`)
	for _, f := range grant.judge(t).Findings {
		if f.Answered && f.Answer == "expired authorization code" {
			t.Errorf("%s: the server did not say %q", f.Cause, f.Answer)
		}
	}
	same := healthyExchange("redox")
	same.token.header.del("kid")
	same.answers(400, `{"error":"invalid_request","error_description":"JWT header kid property is required"}`)
	if f := same.judge(t).Findings; !slices.ContainsFunc(f, func(f finding.Finding) bool {
		return f.Cause == "kid-missing" && f.Answered && f.Answer == "JWT header kid property is required"
	}) {
		t.Error("the very words are not recognised as what was said")
	}
}

// A refusal with which nothing else was found says so, and does not send the reader to
// problems that are not there.
func TestRefusedAndNothingElse(t *testing.T) {
	fixOf := func(e *exchange) string {
		for _, f := range e.judge(t).Findings {
			if f.Cause == "token-refused" && len(f.Fix) > 0 {
				return f.Fix[0]
			}
		}
		return ""
	}
	if got := fixOf(refusal(func(*exchange) {}, 401, `{"error":"invalid_client"}`)); !strings.Contains(got, "No other problem was found") {
		t.Errorf("alone: %q", got)
	}
	if got := fixOf(refusal(func(e *exchange) { e.token.claims.set("exp", "soon") }, 401, `{"error":"invalid_client"}`)); !strings.Contains(got, "If other problems were found, fix them first") {
		t.Errorf("beside another: %q", got)
	}
}

// What this program minted itself excludes what minting can get wrong: what is
// left is the registered key, then the client ID.
func TestRefusedThoughFresh(t *testing.T) {
	for _, body := range []string{`{"error":"invalid_client"}`, words("client authentication failed")} {
		e := refusal(func(*exchange) {}, 401, body)
		control := e.judge(t)
		e.opts.Online.Fresh = true
		c := e.judge(t)
		all := diagnosis(c)
		for _, a := range c.Ask {
			all = append(all, a.Text)
		}
		said := strings.Join(all, "\n")
		for _, never := range []string{"jti-reused", "content-changed", "hash-mismatch", "exp-past", "fresh when it was sent"} {
			if strings.Contains(said, never) {
				t.Errorf("%s: %s of an assertion that was just made:\n%s", body, never, said)
			}
		}
		key, id := strings.Index(said, "signed-by-unknown-key"), strings.Index(said, "client ID")
		if key < 0 || id < 0 || key > id {
			t.Errorf("%s: the key, then the client ID are not asked first:\n%s", body, said)
		}
		if len(control.Ask) == 0 {
			t.Error("the control asks nothing")
		}
	}
}

// Words that anybody may say do not tell whose server it is, so that nobody's rules
// are held against an assertion for their sake.
func TestFewWordsAreNobodysOwn(t *testing.T) {
	for _, tt := range []struct{ name, says, profile string }{
		{"three words", "audience is invalid", "rfc7523"},
		{"in a sentence", "Client assertion audience is invalid", "rfc7523"},
		{"of a list of checks", "JWT is expired", "rfc7523"},
		{"a code", "MP-130: JWT is expired", "maskinporten"},
		{"a sentence", "A token issued by an outside issuer is not accepted: AADSTS700024: Client assertion is not within its valid time range.", "entra"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := refusal(func(e *exchange) { e.opts.Profiles = nil }, 401, words(tt.says))
			c := e.judge(t)
			if c.Profile.ID != tt.profile || c.Symptom == nil || c.Symptom.Match == "" {
				t.Errorf("judged by %s, want %s; symptom %+v", c.Profile.ID, tt.profile, c.Symptom)
			}
		})
	}
}

// What a server prints of a federated token is what has to be registered; where it
// prints nothing, the questions are all there is.
func TestFederatedCredentialIsTheFix(t *testing.T) {
	const said = "AADSTS700213: No matching federated identity record found for presented assertion subject"
	for _, tt := range []struct{ name, says, fix string }{
		{"printed", said + " 'repo:acme/app:ref:refs/heads/dev'.", "exactly the subject repo:acme/app:ref:refs/heads/dev."},
		{"not printed", said + ".", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := judgeAll(t, doctor.Options{Profiles: []string{"entra"}}, given{"response.json", words(tt.says)})[0]
			f := c.Findings[slices.IndexFunc(c.Findings, func(f finding.Finding) bool { return f.Cause == "token-refused" })]
			if f.Remedied != (tt.fix != "") || c.Unjudged == f.Remedied || f.Remedied && !strings.Contains(strings.Join(f.Fix, " "), tt.fix) {
				t.Errorf("fix %q, remedied %t, unjudged %t", f.Fix, f.Remedied, c.Unjudged)
			}
		})
	}
}

// An answer that is about something the assertion does not have was for another one.
func TestAnswerToAnotherAssertion(t *testing.T) {
	const question = "Is this the assertion that the server answered?"
	for _, tt := range []struct {
		name   string
		change func(*exchange)
		asked  bool
	}{
		{"with kid", func(*exchange) {}, true},
		{"without kid", func(e *exchange) { e.token.header.del("kid") }, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := refusal(tt.change, 400, words("kid is required in the JWT header")).judge(t)
			if got := len(c.Ask) > 0 && strings.HasPrefix(c.Ask[0].Text, question); got != tt.asked {
				t.Errorf("asks %+v", c.Ask)
			}
		})
	}
}
