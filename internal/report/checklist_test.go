package report

import (
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
