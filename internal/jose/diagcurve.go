package jose

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/sha512"
)

// verifyCost is what one verification costs, in units of one on P-256.
func verifyCost(k *Key) int {
	switch k.Crv {
	case crvP384:
		return 8
	case crvP521:
		return 24
	}
	return 1
}

// attempt is one digest or text to verify against a curve's key.
type attempt struct {
	data    []byte // the digest, or the text for Ed25519
	variant int    // place in the core list
	hash    crypto.Hash
	twice   string
	unhash  bool
	prehash bool
}

// curveKey is the progress with one key.
type curveKey struct {
	key    *Key
	shapes []shape
	der    [][]byte // ECDSA: the shapes as the verifier takes them
}

// curves tries EC and Ed25519 keys. Nothing can be read from such a signature,
// so every candidate costs a verification: the likeliest ones are tried with
// all keys, then the rest with the keys kid names, then with the others.
func (s *search) curves() (hit, bool) {
	var all []*curveKey
	for _, group := range [][]*Key{s.named, s.others} {
		for _, k := range group {
			if c := s.curveKey(k); c != nil {
				all = append(all, c)
				s.onCurve = true
			}
		}
	}
	for _, c := range all {
		if h, ok := s.stage(c, s.likely(c.key), true); ok {
			return h, true
		}
	}
	for _, c := range all {
		if h, ok := s.stage(c, s.remaining(c.key), false); ok {
			return h, true
		}
	}
	return hit{}, false
}

func (s *search) curveKey(k *Key) *curveKey {
	c := &curveKey{key: k}
	switch k.Public.(type) {
	case *ecdsa.PublicKey:
		for _, sh := range s.x.ecShapes(coordinateSize(k.Crv)) {
			c.shapes = append(c.shapes, sh)
			c.der = append(c.der, encodeDER(sh.sig))
		}
	case ed25519.PublicKey:
		c.shapes = s.x.edShapes()
	}
	if len(c.shapes) == 0 {
		return nil
	}
	return c
}

// stage tries attempts with a key: with every shape, or with the first alone.
func (s *search) stage(c *curveKey, attempts []attempt, everyShape bool) (hit, bool) {
	for i, sh := range c.shapes {
		if i > 0 && !everyShape && sh.cause != CauseECDSADER && sh.cause != CauseHex {
			break
		}
		for _, a := range attempts {
			if s.left < verifyCost(c.key) {
				s.cut = true
				return hit{}, false
			}
			s.left -= verifyCost(c.key)
			s.tried++
			if c.verify(i, a) {
				h := hit{key: c.key, shape: sh, variant: s.core[a.variant], hash: a.hash, twice: a.twice, unhash: a.unhash, prehash: a.prehash,
					proof: "verified over the reconstructed text", family: famECDSA}
				if c.der == nil {
					h.family = famEdDSA
				}
				return h, true
			}
		}
	}
	return hit{}, false
}

func (c *curveKey) verify(i int, a attempt) bool {
	switch pub := c.key.Public.(type) {
	case *ecdsa.PublicKey:
		return ecdsa.VerifyASN1(pub, a.data, c.der[i])
	case ed25519.PublicKey:
		if a.prehash {
			return ed25519.VerifyWithOptions(pub, a.data, c.shapes[i].sig, &ed25519.Options{Hash: crypto.SHA512}) == nil
		}
		return ed25519.Verify(pub, a.data, c.shapes[i].sig)
	}
	return false
}

// ownHash is the hash the key's curve is used with (RFC 7518 clause 3.4).
func ownHash(k *Key) crypto.Hash {
	switch k.Crv {
	case crvP384:
		return crypto.SHA384
	case crvP521:
		return crypto.SHA512
	}
	return crypto.SHA256
}

// likely lists the text as sent under every hash.
func (s *search) likely(k *Key) []attempt {
	var list []attempt
	for i, v := range s.coreList() {
		if i > 0 && !v.repaired {
			break
		}
		if k.Kty == KtyOKP {
			sum := sha512.Sum512(v.input)
			list = append(list, attempt{data: v.input, variant: i}, attempt{data: sum[:], variant: i, prehash: true})
			continue
		}
		hashes := []crypto.Hash{ownHash(k)}
		for _, h := range digestHashes()[:4] {
			if h != hashes[0] {
				hashes = append(hashes, h)
			}
		}
		for _, h := range hashes {
			list = append(list, attempt{data: digest(h, v.input), variant: i, hash: h})
		}
	}
	return list
}

// remaining lists digests hashed again, the text unhashed, and the other texts.
func (s *search) remaining(k *Key) []attempt {
	var list []attempt
	text := s.coreList()[0].input
	hash := ownHash(k)
	if s.known && s.alg.family == famECDSA {
		hash = s.alg.hash
	}
	for _, f := range digestForms(text) {
		if k.Kty == KtyOKP {
			list = append(list, attempt{data: f.data, twice: f.words})
		} else {
			list = append(list, attempt{data: digest(hash, f.data), hash: hash, twice: f.words})
		}
	}
	if k.Kty != KtyOKP {
		list = append(list, attempt{data: text, unhash: true}, attempt{data: s.x.Payload.Decoded, unhash: true})
	}
	for i, v := range s.coreList() {
		switch {
		case i == 0 || bytes.Equal(v.input, text):
		case k.Kty == KtyOKP:
			list = append(list, attempt{data: v.input, variant: i})
		default:
			list = append(list, attempt{data: digest(hash, v.input), variant: i, hash: hash})
			if own := ownHash(k); own != hash && i < 40 {
				list = append(list, attempt{data: digest(own, v.input), variant: i, hash: own})
			}
		}
	}
	return list
}
