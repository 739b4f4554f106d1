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
		{`{"exp":1795219440}`, "exp  1795219440  2026-11-21 00:04:00Z, in 3m30s"},
		{`{"iat":1795219200}`, "iat  1795219200  2026-11-21 00:00:00Z, 30s ago"},
		{`{"iat":1795219230}`, "2026-11-21 00:00:30Z, now"},
		{`{"iat":"1795219200"}`, `"1795219200"  2026-11-21 00:00:00Z`},
		{`{"iat":1795219200000}`, "read as milliseconds: 2026-11-21 00:00:00Z, 30s ago"},
		{`{"iat":1.7952192e9}`, "1.7952192e9  2026-11-21 00:00:00Z"},
		{`{"iat":-5}`, "iat  -5\n"},
		{`{"iat":1e300}`, "iat  1e300\n"},
		{`{"iat":"soon"}`, "iat  \"soon\"\n"},
		{`{"expires":1795219440}`, "expires  1795219440\n"},
	} {
		if got := decodedText(t, tt.claims, Options{Width: 80}); !strings.Contains(got, tt.want) || strings.Contains(got, "breaks off") {
			t.Errorf("%s:\n%s", tt.claims, got)
		}
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
