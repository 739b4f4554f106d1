package doctor

import (
	"crypto/sha256"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

// seen remembers the assertions of a run, by digest: a batch may be long and
// its jti values are nobody's business.
type seen map[[sha256.Size]byte]usedBefore

type usedBefore struct {
	where     string
	assertion [sha256.Size]byte
}

// look tells the case of an earlier one with the same iss and jti, and
// remembers this one.
func (s seen) look(c *evidence.Case) {
	code := s.code(c)
	o, ok := c.Claims.Get()
	jti := ""
	if ok {
		jti, ok = o.Text("jti")
	}
	if !ok || jti == "" {
		if c.Seen = evidence.Missing[evidence.Seen]("there is no jti to compare"); code != "" {
			c.Seen = evidence.Known(evidence.Seen{Code: code})
		}
		return
	}
	iss, _ := o.Text("iss")
	key := sha256.Sum256([]byte(iss + "\x00" + jti))
	a, _ := c.Assertion.Get()
	whole := sha256.Sum256([]byte(a.Compact))
	before, again := s[key]
	fact := evidence.Seen{Compared: len(s), Code: code}
	if again {
		fact.Earlier, fact.SameAssertion = before.where, before.assertion == whole
	} else {
		s[key] = usedBefore{where: c.Input.Place(), assertion: whole}
	}
	c.Seen = evidence.Known(fact)
}

// code tells where the authorization code of the request was sent before, and
// remembers it.
func (s seen) code(c *evidence.Case) string {
	r, ok := c.Request.Get()
	if !ok {
		return ""
	}
	p, ok := r.Param("code")
	if !ok || p.Value == "" || p.Unknown != "" {
		return ""
	}
	key := sha256.Sum256([]byte("code\x00" + p.Value))
	if before, again := s[key]; again {
		return before.where
	}
	s[key] = usedBefore{where: c.Input.Place()}
	return ""
}
