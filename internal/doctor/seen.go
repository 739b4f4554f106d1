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

// Memory remembers what was used once and for all beyond one run, as a server
// does. Keys are digests: what was used is nobody's business. It may be called
// from several runs at once.
type Memory interface {
	// Use notes that what has this digest is used at where, unless it was used
	// before, and tells where ("" for never) and whether by the same assertion.
	Use(key, assertion [sha256.Size]byte, where string) (earlier string, same bool)
	// Len is how many uses are remembered.
	Len() int
}

// Use implements Memory for one run alone.
func (s seen) Use(key, assertion [sha256.Size]byte, where string) (string, bool) {
	before, again := s[key]
	if !again {
		s[key] = usedBefore{where: where, assertion: assertion}
		return "", false
	}
	return before.where, before.assertion == assertion
}

// Len implements Memory.
func (s seen) Len() int { return len(s) }

// remember says of an earlier case with the same iss and jti, or where there is
// no jti, of the same assertion, and remembers this one.
func remember(s Memory, c *evidence.Case) evidence.Fact[evidence.Seen] {
	if r, ok := c.Request.Get(); ok && r.NeverSent {
		return evidence.Missing[evidence.Seen]("the request was never sent, so that nothing of it was used")
	}
	code := rememberCode(s, c)
	compact := ""
	if a, ok := c.Assertion.Get(); ok {
		compact = a.Compact
	}
	key, ok := identity(c, compact)
	if !ok {
		if code != "" {
			return evidence.Known(evidence.Seen{Code: code})
		}
		return evidence.Missing[evidence.Seen]("there is no jti to compare")
	}
	whole := sha256.Sum256([]byte(compact))
	fact := evidence.Seen{Compared: s.Len(), Code: code}
	fact.Earlier, fact.SameAssertion = s.Use(key, whole, c.Input.Place())
	return evidence.Known(fact)
}

// identity is the digest of what must not come twice: iss and jti, or where
// there is no jti to tell assertions apart, the whole of it. ok is false where
// neither could be read.
func identity(c *evidence.Case, compact string) (key [sha256.Size]byte, ok bool) {
	o, ok := c.Claims.Get()
	if !ok {
		return key, false
	}
	if jti, ok := o.Text("jti"); ok && jti != "" {
		iss, _ := o.Text("iss")
		return sha256.Sum256([]byte(iss + "\x00" + jti)), true
	}
	return sha256.Sum256([]byte("assertion\x00\x00" + compact)), compact != ""
}

// rememberCode tells where the authorization code of the request was sent
// before, and remembers it.
func rememberCode(s Memory, c *evidence.Case) string {
	r, ok := c.Request.Get()
	if !ok {
		return ""
	}
	p, ok := r.Param("code")
	if !ok || p.Value == "" || p.Unknown != "" {
		return ""
	}
	earlier, _ := s.Use(sha256.Sum256([]byte("code\x00"+p.Value)), [sha256.Size]byte{}, c.Input.Place())
	return earlier
}
