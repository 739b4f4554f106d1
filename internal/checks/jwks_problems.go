package checks

import (
	"cmp"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"encoding/base64"
	"math/big"

	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jose"
)

// published judges the JWK Set by the problems found while it was read: those
// of the causes given. Each cause is one fault, with the first keys it is about.
func (c *Ctx) published(pass string, causes ...finding.CauseID) Verdict {
	doc, _ := c.JWKS.Get()
	if len(doc.Set.Problems) == 0 {
		return Pass(pass)
	}
	var faults []*Fault
	count := make([]int, len(causes))
	first := make([]*Fault, len(causes))
	for i := range doc.Set.Problems {
		p := &doc.Set.Problems[i]
		for k, cause := range causes {
			if cause != finding.CauseID(p.Cause) {
				continue
			}
			if first[k] == nil {
				first[k] = Found(cause, "%s", p.Message).About(Detail{Name: cmp.Or(p.Pointer, "keys")})
				faults = append(faults, first[k])
			}
			if count[k]++; count[k] <= mostKeys {
				first[k].At(c.AtDocument(finding.PartJWKS, doc.Source, doc.Set.Raw, p.Pointer, p.Span))
			}
		}
	}
	for k, f := range first {
		if n := count[k] - 1; n > 0 {
			f.Title += "; " + plural(n, "1 more has the same problem", itoa(n)+" more have the same problem")
		}
	}
	if len(faults) == 0 && len(doc.Set.Keys) == 0 {
		return NotAsked("the key set has no key to check").For(finding.WhyMoot)
	}
	return Faults(pass, faults...)
}

// mostKeys bounds the keys that one fault points to.
const mostKeys = 8

// patchKeys adds to the faults of a cause what to change in each key it is
// about. A set of another shape, which has its own fault, is not looked at.
func (c *Ctx) patchKeys(v Verdict, cause finding.CauseID, patch func(f *Fault, k *jose.Key, pointer string)) {
	doc, _ := c.JWKS.Get()
	for _, f := range v.Faults {
		if f.Cause != cause {
			continue
		}
		last, n := -1, 0
		for _, p := range doc.Set.Problems {
			if finding.CauseID(p.Cause) != cause || p.Index == last {
				continue
			}
			if last = p.Index; n == 3*mostKeys {
				break
			}
			n++
			for _, k := range doc.Set.Keys {
				if k.Index != p.Index {
					continue
				}
				if pointer := c.keyPointer(k); pointer != "" {
					patch(f, k, pointer)
				}
			}
		}
	}
}

// rewritten sets the public members of a key as they must be written.
func rewritten(f *Fault, k *jose.Key, pointer string) {
	text := base64.RawURLEncoding.EncodeToString
	switch pub := k.Public.(type) {
	case *rsa.PublicKey:
		f.SetAt(finding.PartJWKS, pointer+"/n", text(pub.N.Bytes())).SetAt(finding.PartJWKS, pointer+"/e", text(big.NewInt(int64(pub.E)).Bytes()))
	case *ecdsa.PublicKey:
		if point, err := pub.Bytes(); err == nil { // 4, then x and y at full length
			half := (len(point) - 1) / 2
			f.SetAt(finding.PartJWKS, pointer+"/x", text(point[1:1+half])).SetAt(finding.PartJWKS, pointer+"/y", text(point[1+half:]))
		}
	case ed25519.PublicKey:
		f.SetAt(finding.PartJWKS, pointer+"/x", text(pub))
	}
}
