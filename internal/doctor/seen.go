package doctor

import (
	"crypto/sha256"
	"fmt"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

// seen remembers the assertions of a run, by digest: a batch may be long and
// its jti values are nobody's business.
type seen map[[sha256.Size]byte]earlier

type earlier struct {
	where     string
	assertion [sha256.Size]byte
}

// look tells the case of an earlier one with the same iss and jti, and
// remembers this one.
func (s seen) look(c *evidence.Case) {
	o, ok := c.Claims.Get()
	if !ok {
		return
	}
	jti, ok := o.Text("jti")
	if !ok || jti == "" {
		c.Seen = evidence.Missing[evidence.Seen]("there is no jti to compare")
		return
	}
	iss, _ := o.Text("iss")
	key := sha256.Sum256([]byte(iss + "\x00" + jti))
	a, _ := c.Assertion.Get()
	whole := sha256.Sum256([]byte(a.Compact))
	before, again := s[key]
	fact := evidence.Seen{Compared: len(s)}
	if again {
		fact.Earlier, fact.SameAssertion = before.where, before.assertion == whole
	} else {
		s[key] = earlier{where: fmt.Sprintf("%s, line %d", c.Input.Source, c.Input.Line), assertion: whole}
	}
	c.Seen = evidence.Known(fact)
}
