package checks

import (
	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
)

func signaturePresent() Check {
	return Check{
		ID:      "signature-present",
		Subject: "signature present",
		Rank:    180,
		Title:   "The assertion is signed",
		Needs:   []evidence.Need{evidence.NeedAssertion},
		After:   []finding.CauseID{"placeholder-left", "not-a-jwt", "json-serialization", "encrypted-assertion", "wrong-segment-count"},
		Cites:   []finding.Citation{rfc(7523, "3")},
		Doc:     "The third part is the signature. A JWT that ends in its second dot is unsecured, and no server accepts it for authentication.",
		Causes: []Cause{
			{ID: "signature-missing", Title: "the third part is empty", Severity: finding.Error,
				Why: "The JWT was not signed, or the signature was cut off after the dot.",
				Fix: "Sign with the private key and send all three parts."},
		},
		Judge: func(c *Ctx) Verdict {
			a := c.assertion()
			if a.Segments[2].Span.Len() == 0 {
				return Fail(Found("signature-missing", "the third part is empty: the assertion is not signed").
					Compare("no signature", "a signature").About(Detail{Meant: "signature"}).At(c.AtSegment(2)))
			}
			return Pass("there is a signature")
		},
	}
}
