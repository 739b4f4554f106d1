package report

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/finding"
)

func decodedText(t *testing.T, claims string, o Options) string {
	t.Helper()
	c := finding.Case{
		Input:    finding.Input{Source: "x.jwt", Line: 1},
		ReadAs:   "an assertion",
		Decoded:  finding.Decoded{Header: json.RawMessage(`{"alg":"RS384"}`), Claims: json.RawMessage(claims)},
		Findings: []finding.Finding{{Check: "assertion-json", Cause: "payload-not-json", Outcome: finding.Fail, Message: "the payload breaks off"}},
	}
	var b bytes.Buffer
	if err := DecodedText(&b, c, time.Unix(1795219230, 0), o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestDecodedTimesInWords(t *testing.T) {
	for _, tt := range []struct{ claims, want string }{
		{`{"exp":1795219440}`, "exp  2026-11-21 00:04:00Z, in 3m30s"},
		{`{"iat":1795219200}`, "iat  2026-11-21 00:00:00Z, 30s ago"},
		{`{"iat":1795219230}`, "2026-11-21 00:00:30Z, now"},
		{`{"iat":"1795219200"}`, `  "iat": "1795219200"`},
		{`{"iat":1795219200000}`, "read as milliseconds: 2026-11-21 00:00:00Z, 30s ago"},
		{`{"iat":1.7952192e9}`, `  "iat": 1.7952192e9`},
		{`{"iat":-5}`, `"iat": -5` + "\n"},
		{`{"iat":1e300}`, `"iat": 1e300` + "\n"},
		{`{"iat":"soon"}`, `"iat": "soon"` + "\n"},
		{`{"expires":1795219440}`, `"expires": 1795219440` + "\n"},
	} {
		if got := decodedText(t, tt.claims, Options{Width: 80}); !strings.Contains(got, tt.want) || strings.Contains(got, "breaks off") {
			t.Errorf("%s:\n%s", tt.claims, got)
		}
	}
}

// What is between the braces is JSON again, in the order and spelling it had.
func TestDecodedCanBeCopied(t *testing.T) {
	const claims = `{"b":1.0,"a":["x",{"c":"a long value, so that the list is broken over several lines"}],"iss":"\u0041"}`
	got := decodedText(t, claims, Options{Width: 60, Quiet: true})
	_, after, _ := strings.Cut(got, "CLAIMS\n")
	var b bytes.Buffer
	if err := json.Compact(&b, []byte(after)); err != nil || b.String() != claims {
		t.Errorf("%v: %s", err, got)
	}
}

func TestDecodedInWords(t *testing.T) {
	for _, tt := range []struct{ claims, want string }{
		{`{"iss":"me","sub":"me","aud":"https://a.example"}`, "who   me (iss and sub)\nfor   https://a.example (aud)\n"},
		{`{"iss":"me","sub":"you"}`, "me (iss) for you (sub)"},
		{`{"aud":["a","b"]}`, "for   a, b (aud)"},
		{`{"iat":1795219200,"exp":1795219440}`, "lifetime 4m, expires in 3m30s"},
		{`{"iat":1795219200,"exp":1795219220}`, "lifetime 20s, expired 10s ago"},
		{`{"nbf":1795219290,"exp":1795219440}`, "not valid for another 1m"},
		{`{"iat":1795219200,"exp":1795219100}`, "exp is not after iat"},
		{`{}`, "alg   RS384: an RSA signature (PKCS #1), SHA-384"},
	} {
		if got := decodedText(t, tt.claims, Options{Width: 100}); !strings.Contains(got, tt.want) {
			t.Errorf("%s: no %q in\n%s", tt.claims, tt.want, got)
		}
	}
	if got := decodedText(t, `{"iat":1795219200000}`, Options{Width: 80}); strings.Contains(got, "when") {
		t.Errorf("milliseconds are no seconds:\n%s", got)
	}
}

func TestDecodedSaysWhyAPartIsUnreadable(t *testing.T) {
	got := decodedText(t, "null", Options{Width: 80})
	if !strings.Contains(got, "not readable") || !strings.Contains(got, "the payload breaks off") || !strings.Contains(got, "payload-not-json") {
		t.Errorf("%s", got)
	}
}

func TestDecodedIsVisible(t *testing.T) {
	claims := `{"a\u001b[2J":"\u202ex\u0007","iss":"` + "\u202e" + `"}`
	for _, o := range []Options{{Width: 80}, {Width: 80, ASCII: true}} {
		if got := decodedText(t, claims, o); strings.ContainsAny(got, "\x1b\x07\u202e") {
			t.Errorf("%q", got)
		}
	}
	if got := decodedText(t, `{"iat":1}`, Options{Width: 80, Color: true}); !strings.Contains(got, "\x1b[1m") {
		t.Errorf("no colour: %q", got)
	}
}
