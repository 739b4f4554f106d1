package doctor

import (
	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/input"
	"github.com/assertionworks/jwtdoctor/internal/input/island"
)

// withoutSignature gives a case header and claims of an assertion in whose place a
// request shows something else for the signature, as a cleaned HAR does. false if
// it is another one.
func withoutSignature(c *evidence.Case, a *evidence.Assertion) bool {
	if !a.InRequest || a.FilledLater {
		return false
	}
	t, ok := island.ReadToken(a.Original)
	if !ok || t.Hidden == "" || t.Shortened || t.Signed > len(a.Original) {
		return false
	}
	shown := input.Assertion(a.Original[:t.Signed], a.Origin)
	shown.Embedded, shown.InRequest = a.Embedded, true
	absent(c, "the signature was not given: the text shows something else in its place")
	c.Unsigned = shown
	c.Header, c.Claims = input.Object(shown, 0), input.Object(shown, 1)
	return true
}
