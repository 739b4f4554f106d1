package checks

import (
	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// published judges the JWK Set by the problems found while it was read: those
// of the causes given. Faults of one cause are told once, with every key.
func (c *Ctx) published(pass string, weigh map[string]finding.Severity, causes ...Cause) Verdict {
	doc, _ := c.JWKS.Get()
	byCause := map[string]*Fault{}
	count := map[string]int{}
	var faults []*Fault
	for _, p := range doc.Set.Problems {
		for _, cause := range causes {
			if cause.ID != p.Cause {
				continue
			}
			count[p.Cause]++
			f, ok := byCause[p.Cause]
			if !ok {
				f = Found(p.Cause, "%s", p.Message)
				if s, ok := weigh[p.Cause]; ok {
					f.Weigh(s)
				}
				byCause[p.Cause] = f
				faults = append(faults, f)
			}
			if count[p.Cause] <= 8 {
				f.At(c.AtDocument(finding.PartJWKS, doc.Source, doc.Set.Raw, p.Pointer, p.Span))
			}
		}
	}
	for cause, f := range byCause {
		if n := count[cause] - 1; n > 0 {
			f.finding.Title += ", and so " + plural(n, "is 1 more", "are "+itoa(n)+" more")
		}
	}
	return Faults(pass, faults...)
}
