package doctor_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// A row of a log: what it says, and the causes and the moment that follow. %J is a
// healthy assertion made at 08:53:10Z, %L one that lives too long, %T the address of the
// token endpoint, %C the client.
type logRow struct {
	name, text string
	want       []string
	asOf       string
}

// filledLog writes the assertions into the text of a row.
func filledLog(text string) string {
	long := healthy("redox")
	long.claims.set("exp", now+3600)
	return strings.NewReplacer(
		"%J", healthy("redox").compact(), "%L", long.compact(), "%T", "https://api.redoxengine.com/v2/auth/token", "%C", clientID,
		"%F", "grant_type=client_credentials&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion="+healthy("redox").compact(),
	).Replace(text)
}

// The time of sending is that of the line on which what was sent is, else that of the
// answer. A line above that only names an address, or is about another request, is
// neither.
func TestLogTimes(t *testing.T) {
	const (
		early   = "2025-10-09T08:20:00Z INFO "
		sent    = "2025-10-09T08:53:15Z DEBUG c.e.Client "
		refused = "2025-10-09T08:53:20Z ERROR c.e.Client token request failed: 400 {\"error\":\"invalid_request\",\"error_description\":\"\"}\n"
		atSent  = "2025-10-09T08:53:15Z"
		atReply = "2025-10-09T08:53:20Z"
	)
	refusal := []string{"token-refused"}
	for _, row := range []logRow{
		{"the line of the assertion", early + "started\n" + sent + "assertion=%J\n" + refused, refusal, atSent},
		{"an address before", early + "Tokens will be fetched from %T\n" + sent + "assertion=%J\n" + refused, refusal, atSent},
		{"another request before", early + "GET https://api.redoxengine.com/fhir/R4/Patient/1 200\n" + sent + "assertion=%J\n" + refused, refusal, atSent},
		{"another status before", early + "Patient status=200\n" + sent + "assertion=%J\n" + refused, refusal, atSent},
		{"the request named early", early + "POST %T comes later\n" + sent + "assertion=%J\n" + refused, refusal, atSent},
		{"a form", early + "Tokens will be fetched from %T\n" + sent + "body: %F\n" + refused, refusal, atSent},
		{"an assertion on a line without a time", early + "Tokens will be fetched from %T\nassertion=%J\n" + refused, refusal, atReply},
		{"an assertion made early, sent later", "2025-10-09T08:53:11Z INFO assertion=%J\n" + sent + "POST %T\n" + refused, refusal, atSent},
		{"an assertion printed after the refusal", early + "Tokens will be fetched from %T\n" + refused + "2025-10-09T08:53:30Z DEBUG it was assertion=%J\n", refusal, "2025-10-09T08:53:30Z"},
		// Controls: what is wrong at the moment of sending is still found.
		{"sent before it was made", early + "Tokens will be fetched from %T\n2025-10-09T08:40:00Z DEBUG assertion=%J\n2025-10-09T08:40:05Z ERROR token request failed: 400 {\"error\":\"invalid_request\",\"error_description\":\"\"}\n",
			[]string{"iat-in-future"}, "2025-10-09T08:40:00Z"},
		{"sent after it expired", early + "Tokens will be fetched from %T\n2025-10-09T09:40:00Z DEBUG assertion=%J\n2025-10-09T09:40:05Z ERROR token request failed: 400 {\"error\":\"invalid_request\",\"error_description\":\"\"}\n",
			[]string{"exp-past"}, "2025-10-09T09:40:00Z"},
		{"a lifetime too long", early + "Patient status=200\n" + sent + "assertion=%L\n" + refused, []string{"lifetime-too-long"}, atSent},
	} {
		t.Run(row.name, func(t *testing.T) { row.check(t) })
	}
}

func (row logRow) check(t *testing.T) {
	t.Helper()
	opts := healthy("redox").opts
	opts.Now = ""
	cases := run(t, opts, filledLog(row.text))
	if len(cases) != 1 {
		t.Fatalf("%d cases", len(cases))
	}
	c := cases[0]
	if got := failed(c); !slices.Equal(got, row.want) {
		t.Errorf("failed %v, want %v", got, row.want)
	}
	if row.asOf != "" && (c.JudgedAsOf.Time != row.asOf || c.JudgedAsOf.Basis != "log") {
		t.Errorf("judged as of %s by %s, want %s", c.JudgedAsOf.Time, c.JudgedAsOf.Basis, row.asOf)
	}
	if row.want == nil && c.Summary.Verdict != finding.VerdictPass {
		t.Errorf("verdict %s", c.Summary.Verdict)
	}
}
