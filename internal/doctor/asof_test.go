package doctor_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// Judged as of when: one row a rule.
func TestJudgedAsOf(t *testing.T) {
	at := func(unix int64) string { return time.Unix(unix, 0).UTC().Format(time.RFC3339) }
	for _, r := range []struct {
		name   string
		change func(*token)
		time   string
		basis  string
		want   []string
	}{
		{"a fresh one, as of now", func(t *token) { t.opts.Now = "" }, at(now), "now", nil},
		{"a fresh one, as of --now", nothing, at(now), "--now", nil},
		{"--now as RFC 3339", func(t *token) { t.opts.Now = "2025-10-09T08:53:20Z" }, at(now), "--now", nil},
		{"expired since, as of its own iat", pasted(nothing), at(now - 10), "iat", []string{"exp-past"}},
		{"expired by --now, strictly", func(t *token) { t.opts.Now = "1760090000" }, at(1760090000), "--now", []string{"exp-past"}},
		{"without iat, as of nbf", pasted(func(t *token) { t.claims.del("iat"); t.claims.set("nbf", now-30) }), at(now - 30), "nbf", []string{"exp-past", "iat-missing"}},
		{"iat in milliseconds, as of nbf", pasted(func(t *token) { t.claims.set("iat", (now-10)*1000); t.claims.set("nbf", now-30) }), at(now - 30), "nbf", []string{"exp-past", "time-in-milliseconds"}},
		{"neither, as of exp less the limit", pasted(delC("iat")), at(now + 230 - 300), "exp", []string{"exp-past", "iat-missing"}},
		{"iat after exp, as of exp less the limit", pasted(setC("iat", now+1000)), at(now + 230 - 300), "exp", []string{"exp-before-iat"}},
		{"--now iat", func(t *token) { t.opts.Now = "iat"; t.opts.Clock = later }, at(now - 10), "iat", nil},
		{"a window ahead, as of now", func(t *token) { t.opts.Now = ""; shift(7200)(t) }, at(now), "now", []string{"local-time-as-utc"}},
		{"a window behind is not asked for a zone", func(t *token) { t.opts.Now = ""; shift(-7200)(t) }, at(now - 7210), "iat", []string{"exp-past"}},
		{"a lifetime too long is told of a pasted one", pasted(setC("exp", now+3600)), at(now - 10), "iat", []string{"exp-past", "lifetime-too-long"}},
	} {
		t.Run(r.name, func(t *testing.T) {
			tok := healthy("redox")
			r.change(tok)
			got := run(t, tok.opts, tok.compact())[0]
			if got.JudgedAsOf.Time != r.time || got.JudgedAsOf.Basis != r.basis {
				t.Errorf("judged as of %s by %s, want %s by %s", got.JudgedAsOf.Time, got.JudgedAsOf.Basis, r.time, r.basis)
			}
			if f := failed(got); !slices.Equal(f, r.want) {
				t.Errorf("failed %v, want %v", f, r.want)
			}
		})
	}
}

func later() time.Time { return time.Unix(now, 0).AddDate(1, 0, 0) }

// pasted makes the change to an assertion that is looked at a year later.
func pasted(change func(*token)) func(*token) {
	return func(t *token) {
		change(t)
		t.opts.Now = ""
		t.opts.Clock = later
	}
}

// That a pasted assertion has expired is only a note: nothing says when it was
// sent. Only a server whose own words speak of expiry makes it a cause.
func TestExpiredBesideAnother(t *testing.T) {
	tok := healthy("redox")
	pasted(delH("kid"))(tok)
	got := run(t, tok.opts, tok.compact())[0]
	if d := got.Diagnosis; len(d) != 1 || d[0].Cause != "kid-missing" || d[0].Certainty != finding.Certain {
		t.Errorf("diagnosis %+v", d)
	}
	// The same of iat where exp is missing, so that nothing says it has expired.
	endless := healthy("redox")
	pasted(delC("exp"))(endless)
	d := run(t, endless.opts, endless.compact())[0].Diagnosis
	if len(d) != 2 || d[0].Cause != "exp-missing" || d[1].Cause != "iat-too-old" || d[1].Certainty != finding.Possible {
		t.Errorf("without exp: %+v", d)
	}
	alone := healthy("redox")
	pasted(nothing)(alone)
	c := run(t, alone.opts, alone.compact())[0]
	if c.Summary.Verdict != finding.VerdictPass || len(c.Diagnosis) != 0 || !slices.Contains(failed(c), "exp-past") {
		t.Errorf("alone: %s, %+v, fails %v", c.Summary.Verdict, c.Diagnosis, failed(c))
	}
	strict := healthy("redox")
	strict.claims.set("iat", now-100_000)
	strict.claims.set("exp", now-99_760)
	if d := run(t, strict.opts, strict.compact())[0].Diagnosis; len(d) == 0 || d[0].Cause != "exp-past" || d[0].Certainty != finding.Certain {
		t.Errorf("with --now: %+v", d)
	}
}

// What a server says of an assertion that was pasted with its answer.
func TestExpiredByTheServersWords(t *testing.T) {
	for _, tt := range []struct {
		name, answer string
		first        string
	}{
		{"its words", `{"error":"invalid_request","error_description":"\"exp\" claim timestamp check failed"}`, "exp-past"},
		{"a code that can mean anything", `{"error":"invalid_client"}`, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := healthyExchange("redox")
			e.opts.Now, e.opts.Clock = "", later
			e.answers(400, tt.answer)
			c := e.judge(t)
			first := finding.Diagnosis{}
			if len(c.Diagnosis) > 0 && c.Diagnosis[0].Cause == "exp-past" {
				first = c.Diagnosis[0]
			}
			if string(first.Cause) != tt.first || tt.first != "" && first.Certainty != finding.Likely {
				t.Errorf("diagnosis %+v, want %q first, likely", c.Diagnosis, tt.first)
			}
		})
	}
}

func TestTwoFaultsAreBothTold(t *testing.T) {
	tok := healthy("redox")
	tok.header.del("kid")
	tok.claims.set("aud", redoxURL+"/")
	tok.claims.set("iat", (now-10)*1000)
	got := run(t, tok.opts, tok.compact())[0]
	if f := errorsOf(got); !slices.Equal(f, []string{"aud-trailing-slash", "kid-missing", "time-in-milliseconds"}) {
		t.Errorf("errors %v", f)
	}
}

// A consequence stays a failed finding, is a note, and is in no diagnosis.
func TestConsequencesAreFolded(t *testing.T) {
	for _, r := range []struct {
		name      string
		change    func(*token)
		lead, led string
	}{
		{"a lifetime", setC("exp", now+3600), "lifetime-too-long", "exp-too-far"},
		{"a zone", shift(2 * 3600), "local-time-as-utc", "iat-in-future"},
		{"no algorithm", func(t *token) { t.header.set("alg", "none"); t.sig = nil }, "alg-none", "signature-missing"},
		{"a name", c(func(m *members) { m.rename("exp", "Exp") }), "claim-misspelt", "exp-missing"},
		{"another client", c(func(m *members) { m.set("iss", "x"); m.set("sub", "x") }), "iss-not-client-id", "sub-not-client-id"},
		{"another kind", func(t *token) { t.header.set("typ", "at+jwt"); t.claims.set("sub", "user-1") }, "access-token-as-assertion", "sub-not-client-id"},
	} {
		t.Run(r.name, func(t *testing.T) {
			tok := healthy("redox")
			r.change(tok)
			got := run(t, tok.opts, tok.compact())[0]
			if got.Summary.Verdict != finding.VerdictFail {
				t.Errorf("verdict %s", got.Summary.Verdict)
			}
			if len(got.Diagnosis) != 1 || string(got.Diagnosis[0].Cause) != r.lead {
				t.Errorf("diagnosis %+v, want %s alone", got.Diagnosis, r.lead)
			}
			found := r.led == ""
			for _, f := range got.Findings {
				if string(f.Cause) == r.led && r.led != "" {
					found = true
					if string(f.ConsequenceOf) != r.lead || f.Severity != finding.Note || f.Outcome != finding.Fail {
						t.Errorf("%s: consequence of %q, %s, %s", f.Cause, f.ConsequenceOf, f.Severity, f.Outcome)
					}
				}
			}
			if !found {
				t.Errorf("%s is not told", r.led)
			}
		})
	}
}

// Of an access token that has expired nothing is said that is true of assertions
// only.
func TestExpiredAccessToken(t *testing.T) {
	for _, at := range []string{"", "now"} {
		tok := healthy("redox")
		tok.claims.set("iat", now-7200)
		tok.claims.set("exp", now-3600)
		said := map[string]string{}
		for _, kind := range []string{"access-token", "client-assertion"} {
			tok.opts.Kind, tok.opts.Now = kind, at
			for _, f := range run(t, tok.opts, tok.compact())[0].Findings {
				if f.Cause == "exp-past" {
					said[kind] = f.Title + f.Message + strings.Join(f.Fix, " ")
				}
			}
		}
		if said["access-token"] == "" || strings.Contains(said["access-token"], "ssertion") || !strings.Contains(said["client-assertion"], "assertion") {
			t.Errorf("as of %q: %q", at, said)
		}
	}
}
