package checks

import (
	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
)

func jwksKid() Check {
	causes := []Cause{
		{ID: "jwks-kid-duplicate", Title: "two keys share a kid", Severity: finding.Error,
			Why:   "The kid is a constant, or a rotated key kept the old one. Servers take the first, the last or none.",
			Fix:   "Give every key a kid of its own, such as its RFC 7638 thumbprint.",
			Leads: []Lead{{To: []finding.CauseID{"kid-ambiguous"}}}},
		{ID: "jwks-kid-missing", Title: "a key without kid", Severity: finding.Warning,
			Why: "The key tool was not told to write one; then no header can name the key.",
			Fix: "Add a kid to the key and send the same in the header."},
	}
	return Check{
		ID:      "jwks-kid",
		Subject: "kid in the JWKS",
		Rank:    290,
		Title:   "Every key has its own kid",
		Needs:   []evidence.Need{evidence.NeedJWKS},
		Cites:   []finding.Citation{rfc(7517, "4.5")},
		Doc:     "kid is how the header names a key of the set.",
		Causes:  causes,
		Judge:   func(c *Ctx) Verdict { return c.published("each has one", nil, causes...) },
	}
}
