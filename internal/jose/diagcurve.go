package jose

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
)

// curveKey is the progress with one key.
type curveKey struct {
	key    *Key
	shapes []shape
	der    [][]byte    // ECDSA: the shapes in the form the verifier expects
	tries  int         // in this stage
	table  *preparedEC // ECDSA: made when the key is tried again and again; nil between stages
}

// curves tries EC and Ed25519 keys. Nothing can be read from such a signature,
// so every candidate costs a verification: the likeliest ones are tried with
// all keys, then the rest with the keys kid names, then with the others.
func (s *search) curves() (hit, bool) {
	var all []*curveKey
	for _, k := range s.all {
		if c := s.curveKey(k); c != nil {
			all = append(all, c)
			s.onCurve = true
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

// stage tries readings with a key: with every shape of the signature, or only
// with the first.
func (s *search) stage(c *curveKey, readings []reading, everyShape bool) (hit, bool) {
	c.tries, c.table = 0, c.key.table.ready()
	defer func() { c.table = nil }() // one at a time: a set can have thousands of keys
	for i, sh := range c.shapes {
		if i > 0 && !everyShape && sh.cause != CauseECDSADER && sh.cause != CauseHex {
			break
		}
		if s.guess != nil && sh.id != s.guess.shape {
			continue
		}
		for _, r := range readings {
			if !s.spend(verifyTicks(c.key), "other hashes and other spellings of the text", c.key) {
				return hit{}, false
			}
			data, v, twice, ok := s.text(r)
			if !ok {
				continue
			}
			s.tried++
			if c.verify(i, data, r.prehash) {
				c.key.table.used()
				h := hit{key: c.key, shape: sh, variant: v, reading: r, twice: twice,
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

// text makes what a reading says was verified: a digest, or the text itself.
func (s *search) text(r reading) (data []byte, v variant, twice string, ok bool) {
	if v, ok = s.variantAt(r.variant); !ok {
		return nil, v, "", false
	}
	data = v.text()
	switch {
	case r.unhashed == unhashedText:
		return data, v, "", true
	case r.unhashed == unhashedPayload:
		return s.x.Payload.Decoded, v, "", true
	case r.prehash:
		return digest(crypto.SHA512, data), v, "", true
	case r.form > 0:
		f := s.formsOf(v)[r.form-1]
		data, twice = f.data, f.words
	}
	if r.hash != 0 {
		data = digest(r.hash, data)
	}
	return data, v, twice, true
}

// formsOf makes the digest forms of a text; those of the text as sent, which
// every key needs, are made once.
func (s *search) formsOf(v variant) []digestForm {
	if v.n > 0 {
		return digestForms(v.text())
	}
	if s.forms == nil {
		s.forms = digestForms(s.sent)
	}
	return s.forms
}

func (c *curveKey) verify(i int, data []byte, prehash bool) bool {
	switch pub := c.key.Public.(type) {
	case *ecdsa.PublicKey:
		if c.table != nil {
			return c.table.verify(data, c.shapes[i].sig)
		}
		c.tries++
		if c.tries == usesBeforeTable {
			c.table = prepareEC(pub)
		}
		return ecdsa.VerifyASN1(pub, data, c.der[i])
	case ed25519.PublicKey:
		if prehash {
			return ed25519.VerifyWithOptions(pub, data, c.shapes[i].sig, &ed25519.Options{Hash: crypto.SHA512}) == nil
		}
		return ed25519.Verify(pub, data, c.shapes[i].sig)
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
func (s *search) likely(k *Key) []reading {
	var list []reading
	for i, v := range s.coreList() {
		if i > 0 && !v.repaired {
			break
		}
		if k.Kty == KtyOKP {
			list = append(list, reading{variant: i}, reading{variant: i, prehash: true})
			continue
		}
		own := ownHash(k)
		list = append(list, reading{variant: i, hash: own})
		for _, h := range digestHashes()[:4] {
			if h != own {
				list = append(list, reading{variant: i, hash: h})
			}
		}
	}
	return list
}

// remaining lists digests hashed again, the text unhashed, and the other texts.
func (s *search) remaining(k *Key) []reading {
	var list []reading
	own := ownHash(k)
	hash := own
	switch {
	case k.Kty == KtyOKP:
		own, hash = 0, 0
	case s.known && s.alg.family == famECDSA:
		hash = s.alg.hash
	}
	for i := range s.formsOf(variant{}) {
		list = append(list, reading{form: i + 1, hash: hash})
	}
	if k.Kty != KtyOKP {
		list = append(list, reading{unhashed: unhashedText}, reading{unhashed: unhashedPayload})
	}
	for i, v := range s.coreList() {
		if i == 0 || bytes.Equal(v.text(), s.sent) {
			continue
		}
		list = append(list, reading{variant: i, hash: hash})
		if own != hash && i < 40 {
			list = append(list, reading{variant: i, hash: own})
		}
	}
	return list
}
