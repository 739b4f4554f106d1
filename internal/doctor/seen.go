package doctor

import (
	"crypto/sha256"
	"strings"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

// Memory remembers what was used once and for all beyond one run, as a server
// does. Keys are digests: what was used is nobody's business. It may be called
// from several runs at once.
type Memory interface {
	// Use notes that what has this digest is used at where, unless it was used
	// before, and returns where ("" for never) and whether by the same assertion.
	// exp is when the assertion expires, zero if it does not say.
	Use(key, assertion [sha256.Size]byte, where string, exp time.Time) (earlier string, same bool)
	// Len is how many uses are remembered.
	Len() int
}

// identity is what of a case must not come twice, as digests.
type identity struct {
	never        bool // the request was never sent, so nothing of it was used
	found        bool // it is of a file that nobody named
	code, jti    bool // there is one
	codeKey, key [sha256.Size]byte
	assertion    [sha256.Size]byte
	exp          time.Time // of the assertion; zero if it has none
}

// identify computes what must not come twice of a case: the authorization code,
// and iss with jti or, if there is no jti to tell assertions apart, the whole
// assertion.
func identify(c *evidence.Case) identity {
	var id identity
	if r, ok := c.Request.Get(); ok {
		if r.NeverSent {
			return identity{never: true}
		}
		if p, ok := r.Param("code"); ok && p.Value != "" && p.Unknown == "" && !asksForNonce(c) {
			id.code, id.codeKey = true, sha256.Sum256([]byte("code\x00"+p.Value))
		}
	}
	o, ok := c.Claims.Get()
	a, given := c.Assertion.Get()
	if !ok || !given {
		return id
	}
	var room [1024]byte // what most assertions fit in, so that nothing is allocated
	id.assertion = sha256.Sum256(append(room[:0], a.Compact...))
	if exp := o.Date("exp"); exp.Usable {
		id.exp = exp.At
	}
	if jti, ok := o.Text("jti"); ok && jti != "" {
		iss, _ := o.Text("iss")
		id.jti, id.key = true, sha256.Sum256(append(append(append(room[:0], iss...), 0), jti...))
	} else if a.Compact != "" {
		id.jti, id.key = true, sha256.Sum256(append([]byte("assertion\x00\x00"), id.assertion[:]...))
	}
	return id
}

// asksForNonce reports whether the server answered that the DPoP proof needs a
// nonce: it has not looked at the code then, and the retry sends it again (RFC
// 9449 section 8).
func asksForNonce(c *evidence.Case) bool {
	r, ok := c.Response.Get()
	return ok && strings.EqualFold(strings.TrimSpace(r.Error.Code), "use_dpop_nonce")
}

// remember says of an earlier use of what the case uses, and remembers this one.
// It is the one step that depends on the order of the cases.
func (r *run) remember(id identity, in evidence.Input) evidence.Fact[evidence.Seen] {
	if id.never {
		return evidence.Missing[evidence.Seen]("the request was never sent, so that nothing of it was used")
	}
	code := ""
	if id.code {
		code, _ = r.use(id.codeKey, [sha256.Size]byte{}, in, time.Time{}, id.found)
	}
	if !id.jti {
		if code != "" {
			return evidence.Known(evidence.Seen{Code: code})
		}
		return evidence.Missing[evidence.Seen]("jti is missing, so it cannot be compared")
	}
	fact := evidence.Seen{Compared: r.compared(), Code: code}
	fact.Earlier, fact.SameAssertion = r.use(id.key, id.assertion, in, id.exp, id.found)
	return evidence.Known(fact)
}

func (r *run) use(key, assertion [sha256.Size]byte, in evidence.Input, exp time.Time, found bool) (earlier string, same bool) {
	if r.opts.Seen != nil {
		return r.opts.Seen.Use(key, assertion, in.Place(), exp)
	}
	at, again, same := r.uses.note(digestOf(key, assertion), in)
	if !again || found && same && at.Source != in.Source {
		// Two files of a directory with the same content: copies of one use, as
		// far as anybody can tell.
		return "", false
	}
	return at.Place(), same
}

func (r *run) compared() int {
	if r.opts.Seen != nil {
		return r.opts.Seen.Len()
	}
	return int(r.uses.count)
}
