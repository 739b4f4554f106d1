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

// judgeText judges texts as one run.
func judgeText(t *testing.T, opts doctor.Options, texts ...string) []finding.Case {
	t.Helper()
	if opts.Clock == nil {
		opts.Clock = func() time.Time { return time.Unix(now, 0) }
	}
	var in []given
	for i, s := range texts {
		in = append(in, given{fmt.Sprintf("input-%d", i+1), s})
	}
	return judgeAll(t, opts, in...)
}

func diagnosis(c finding.Case) []string {
	var out []string
	for _, d := range c.Diagnosis {
		out = append(out, string(d.Cause))
	}
	return out
}

// An answer on its own is reported as what its symptom explains, in that order.
func TestAnswerAlone(t *testing.T) {
	for _, tt := range []struct {
		name, profile, body string
		first               string
		certainty           finding.Certainty
		guess               string
	}{
		{"Redox", "redox", `{"error":"invalid_request","error_description":"Unexpected \"aud\" claim value"}`, "aud-mismatch", finding.Possible, "redox"},
		{"Redox, guessed", "", `{"error":"invalid_request","error_description":"JWTs must have three components","error_uri":"https://docs.redoxengine.com/permalink/7sEi7MTFssZ1JuHpUYLeYJ"}`, "wrong-segment-count", finding.Possible, "redox"},
		{"Epic says nothing", "epic", `{"error": "invalid_client", "error_description": null}`, "signed-by-unknown-key", finding.Possible, "epic"},
		{"nobody's words", "rfc7523", `{"error":"teapot","error_description":"short and stout"}`, "token-refused", finding.Certain, "rfc7523"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := judgeText(t, doctor.Options{Profiles: []string{tt.profile}}, tt.body)[0]
			if len(c.Diagnosis) == 0 || string(c.Diagnosis[0].Cause) != tt.first || c.Diagnosis[0].Certainty != tt.certainty {
				t.Errorf("diagnosis %+v, want %s (%s) first", c.Diagnosis, tt.first, tt.certainty)
			}
			if c.Profile.ID != tt.guess {
				t.Errorf("profile %s, want %s", c.Profile.ID, tt.guess)
			}
			if f := errorsOf(c); !slices.Equal(f, []string{"token-refused"}) {
				t.Errorf("errors %v", f)
			}
			if tt.first != "token-refused" && slices.Contains(diagnosis(c), "token-refused") {
				t.Errorf("the refusal itself stands in %v", diagnosis(c))
			}
			if len(c.Ask) == 0 {
				t.Error("nothing is asked")
			}
		})
	}
}

// What the server says and a check confirms comes first; what it says and no
// check finds becomes a question.
func TestAnswerAndAssertion(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*exchange)
		first  string
		also   []string // anywhere in the diagnosis
		never  []string // nowhere in it
		ask    string   // part of a question
	}{
		{"confirmed", func(e *exchange) {
			e.token.header.del("kid")
			e.answers(400, `{"error":"invalid_request","error_description":"JWT header kid property is required"}`)
		}, "kid-missing", nil, []string{"token-refused"}, ""},
		{"confirmed, beside another fault that usually comes first", func(e *exchange) {
			e.token.header.del("kid")
			e.token.header.set("alg", "RS256")
			e.answers(400, `{"error":"invalid_request","error_description":"JWT header kid property is required"}`)
		}, "kid-missing", []string{"alg-not-accepted"}, []string{"token-refused"}, ""},
		{"the server names something that is right here", func(e *exchange) {
			e.token.header.set("alg", "RS256")
			e.answers(400, `{"error":"invalid_request","error_description":"JWT header kid property is required"}`)
		}, "alg-not-accepted", nil, []string{"token-refused", "kid-missing"}, ""},
		{"nothing to be seen, and the server names it", func(e *exchange) {
			e.answers(400, `{"error":"invalid_request","error_description":"Public key not found, check client_id, kid and Redox dashboard settings"}`)
		}, "kid-not-in-jwks", nil, []string{"token-refused", "iss-not-client-id"}, "Save Changes"},
		{"nothing to be seen, nothing said", func(e *exchange) {
			e.answers(400, `{"error":"invalid_request","error_description":""}`)
		}, "token-refused", nil, nil, "signed-by-unknown-key"},
		{"nothing said, something wrong", func(e *exchange) {
			e.token.claims.del("iat")
			e.answers(400, `{"error":"invalid_request","error_description":""}`)
		}, "iat-missing", nil, []string{"token-refused"}, "Save Changes"},
		{"a gateway answered", func(e *exchange) {
			e.token.claims.del("iat")
			e.says("Content-Type", "text/html")
			e.answers(403, "<html><head><title>Attention Required! | Cloudflare</title></head><body>Sorry, you have been blocked</body></html>")
		}, "answered-by-gateway", []string{"iat-missing"}, []string{"token-refused"}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := healthyExchange("redox")
			tt.change(e)
			c := e.judge(t)
			d := diagnosis(c)
			if len(d) == 0 || d[0] != tt.first {
				t.Errorf("diagnosis %v, want %s first", c.Diagnosis, tt.first)
			}
			for _, want := range tt.also {
				if !slices.Contains(d, want) {
					t.Errorf("diagnosis %v lacks %s", d, want)
				}
			}
			for _, not := range tt.never {
				if slices.Contains(d, not) {
					t.Errorf("diagnosis %v holds %s", d, not)
				}
			}
			asked := ""
			for _, a := range c.Ask {
				asked += a.Text + "\n"
			}
			if !strings.Contains(asked, tt.ask) || asked == "" {
				t.Errorf("asked:\n%s lacks %q", asked, tt.ask)
			}
		})
	}
}

// A token in the answer proves that the server minded nothing.
func TestSuccessTurnsErrorsIntoWarnings(t *testing.T) {
	e := healthyExchange("redox")
	e.token.header.del("kid")
	if got := errorsOf(e.judge(t)); !slices.Equal(got, []string{"kid-missing"}) {
		t.Fatalf("the control has the errors %v", got)
	}
	e.granted()
	c := e.judge(t)
	if got := errorsOf(c); got != nil || c.Summary.Verdict != finding.VerdictWarn {
		t.Errorf("errors %v, verdict %s", got, c.Summary.Verdict)
	}
	e.answers(200, `{"access_token":"bm90LXJlYWw"}`)
	if got := errorsOf(e.judge(t)); !slices.Contains(got, "kid-missing") {
		t.Errorf("an answer without token_type is no success, but the errors are %v", got)
	}
}

// The sending time comes from the answer's Date, unless --now says otherwise.
func TestTimeOfSending(t *testing.T) {
	e := healthyExchange("redox")
	e.opts.Now = ""
	e.opts.Clock = func() time.Time { return time.Unix(now+86400, 0) }
	e.answers(400, `{"error":"invalid_request","error_description":""}`)
	c := e.judge(t)
	if c.JudgedAsOf.Basis != "iat" {
		t.Errorf("basis %s without a Date", c.JudgedAsOf.Basis)
	}
	e.says("Date", time.Unix(now, 0).UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT"))
	c = e.judge(t)
	if c.JudgedAsOf.Basis != "date" || slices.Contains(failed(c), "exp-past") {
		t.Errorf("basis %s, causes %v", c.JudgedAsOf.Basis, failed(c))
	}
	e.opts.Now = fmt.Sprint(now + 1000)
	c = e.judge(t)
	if c.JudgedAsOf.Basis != "--now" || !slices.Contains(failed(c), "exp-past") {
		t.Errorf("basis %s, causes %v", c.JudgedAsOf.Basis, failed(c))
	}
}

// Inputs of different kinds that follow one another are one case.
func TestInputsMakeCases(t *testing.T) {
	e := healthyExchange("redox")
	refusal := `{"error":"invalid_request","error_description":""}`
	token := e.token.compact()
	other := healthyExchange("redox")
	other.token.claims.set("jti", "0f1e2d3c-another")
	for _, tt := range []struct {
		name  string
		texts []string
		kinds []string
	}{
		{"an assertion", []string{token}, []string{"assertion"}},
		{"two assertions", []string{token, other.token.compact()}, []string{"assertion", "assertion"}},
		{"request and answer", []string{e.request(), refusal}, []string{"request assertion response"}},
		{"assertion and answer", []string{token, refusal}, []string{"assertion response"}},
		{"two of each", []string{e.request(), refusal, other.request(), refusal}, []string{"request assertion response", "request assertion response"}},
		{"the assertion of the request again", []string{token, e.request()}, []string{"request assertion"}},
		{"an assertion and another request", []string{token, other.request()}, []string{"assertion", "request assertion"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var kinds []string
			for _, c := range judgeText(t, e.opts, tt.texts...) {
				kinds = append(kinds, strings.Join(c.Input.Kinds, " "))
			}
			if !slices.Equal(kinds, tt.kinds) {
				t.Errorf("%q, want %q", kinds, tt.kinds)
			}
		})
	}
}
