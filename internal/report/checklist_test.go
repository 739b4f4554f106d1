package report

import (
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// What was not verified is never green, whatever else of the signature was looked at.
func TestChecklistSignature(t *testing.T) {
	pass := func(check finding.CheckID) finding.Finding {
		return finding.Finding{Check: check, Outcome: finding.Pass}
	}
	skip := func(check finding.CheckID, why finding.Why) finding.Finding {
		return finding.Finding{Check: check, Outcome: finding.Skip, Why: why}
	}
	for _, tt := range []struct {
		name     string
		findings []finding.Finding
		want     Item
	}{
		{"verified", []finding.Finding{pass("signature-valid"), pass("signature-encoding")}, Item{Name: "signature", State: Passed}},
		{"moot", []finding.Finding{skip("signature-valid", finding.WhyMoot), pass("signature-encoding")}, Item{Name: "signature", State: Unchecked}},
		{"no payload", []finding.Finding{pass("signature-encoding"), skip("signature-valid", finding.WhyNotGiven)}, Item{Name: "signature", State: Unchecked}},
		{"keys alone", []finding.Finding{skip("signature-valid", finding.WhyNotGiven), pass("key-strength")}, Item{Name: "key", State: Passed}},
		{"not asked for", []finding.Finding{skip("signature-valid", finding.WhyRule), pass("signature-encoding")}, Item{Name: "signature", State: Passed}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := Checklist(finding.Case{Findings: tt.findings})
			if len(got) != 1 || got[0] != tt.want {
				t.Errorf("%+v, want %+v", got, tt.want)
			}
		})
	}
}

// The last line names a standard by its name, and counts no checks where there are none.
func TestProven(t *testing.T) {
	standard, nothing := passCase(), passCase()
	standard.Profile.Standard, standard.Profile.Name = true, "RFC 7523"
	standard.Findings = []finding.Finding{{Check: "signature-valid", Outcome: finding.Pass, Message: "it verifies with the key k1"}}
	nothing.Input.Kinds = []string{"response"}
	nothing.Findings = []finding.Finding{{Check: "response-received", Outcome: finding.Skip, Why: finding.WhyMissing, Remedy: "add its status line"}}
	for want, c := range map[string]finding.Case{
		"Signature verifies with the key k1. Passes 1 check of RFC 7523.": standard,
		"Nothing was checked. Not checked: answer (add its status line).": nothing,
	} {
		if text := render(t, report(c), Options{Width: 100}); !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}
