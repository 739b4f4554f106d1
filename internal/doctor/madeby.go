package doctor

import (
	"slices"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/sender"
)

// madeBy says of a faulty assertion which library it looks to be made by, and adds
// to the fixes how they are done in its code. A library is guessed, so nothing is
// decided by it.
func madeBy(c *evidence.Case, out *finding.Case) {
	header, ok := c.Header.Get()
	claims, has := c.Claims.Get()
	if !ok || !has || header.Partial || claims.Partial {
		return
	}
	var made *sender.Library
	for i := range out.Findings {
		f := &out.Findings[i]
		if !f.Failed() || f.Severity == finding.Note {
			continue
		}
		if made == nil {
			if made = sender.Of(header.Value, claims.Value); made == nil {
				return
			}
			out.Notes = append(out.Notes, "it looks like an assertion of "+made.Name+", by the order of its members, its jti and its times")
			f.Cite = append(slices.Clone(f.Cite), made.Cite)
		}
		for _, p := range f.Patch {
			if code := made.Change(p); code != "" {
				f.InCode, f.InLibrary = code, made.Name
				break
			}
		}
	}
}
