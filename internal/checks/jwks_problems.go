package checks

import (
	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// published judges the JWK Set by the problems found while it was read: those
// of the causes given. Faults of one cause are told once, with every key.
func (c *Ctx) published(pass string, weigh map[finding.CauseID]finding.Severity, causes ...Cause) Verdict {
	doc, _ := c.JWKS.Get()
	byCause := map[finding.CauseID]*Fault{}
	count := map[finding.CauseID]int{}
	var faults []*Fault
	for _, p := range doc.Set.Problems {
		for _, cause := range causes {
			if cause.ID != finding.CauseID(p.Cause) {
				continue
			}
			count[cause.ID]++
			f, ok := byCause[cause.ID]
			if !ok {
				f = Found(cause.ID, "%s", p.Message)
				if s, ok := weigh[cause.ID]; ok {
					f.Weigh(s)
				}
				byCause[cause.ID] = f
				faults = append(faults, f)
			}
			if count[cause.ID] <= 8 {
				f.At(c.AtDocument(finding.PartJWKS, doc.Source, doc.Set.Raw, p.Pointer, p.Span))
			}
		}
	}
	for cause, f := range byCause {
		if n := count[cause] - 1; n > 0 {
			f.Title += ", and so " + plural(n, "is 1 more", "are "+itoa(n)+" more")
		}
	}
	return Faults(pass, faults...)
}
