package jose

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"encoding/base64"
	"encoding/hex"
	"iter"
	"strings"
)

// rsa opens the signature with one key and reads what is inside. If the padding
// proves the key, every variant is compared with the recovered digest.
func (s *search) rsa(k *Key) (hit, bool) {
	pub, ok := k.Public.(*rsa.PublicKey)
	if !ok {
		return hit{}, false
	}
	for _, sh := range s.x.rsaShapes((k.Bits + 7) / 8) {
		if s.guess != nil && sh.id != s.guess.shape {
			continue
		}
		if !s.spend(openTicks(k), "opening the signature with the RSA keys", k) {
			break
		}
		s.tried++
		em, ok := openRSA(pub, sh.sig)
		if !ok {
			continue
		}
		if t, ok := unpadPKCS1(em); ok {
			if s.distrusts(k) {
				break
			}
			return s.pkcs1(hit{key: k, shape: sh, family: famPKCS1}, pub, readWrapped(t)), true
		}
		if h, ok := s.pss(hit{key: k, shape: sh, family: famPSS}, pub, em); ok {
			if s.distrusts(k) {
				break
			}
			return h, true
		}
	}
	return hit{}, false
}

// distrusts reports whether what a key opens proves nothing, and remembers that
// it was met.
func (s *search) distrusts(k *Key) bool {
	if k.Unsound() == "" {
		return false
	}
	s.distrusted = k
	return true
}

// pkcs1 names what a PKCS#1 v1.5 signature of a proven key was made over.
func (s *search) pkcs1(h hit, pub *rsa.PublicKey, w wrapped) hit {
	h.hash, h.bare, h.noNull = w.hash, w.bare, w.noNull
	if w.bare {
		return s.bare(h, pub, w.digest)
	}
	confirm := func(v variant, form int, twice string) (hit, bool) {
		h.variant, h.twice, h.reading.variant, h.form = v, twice, v.n, form
		h.proof = "verified over the reconstructed text"
		if h.noNull || pub.N.BitLen() < minStandardRSA {
			h.proof = "the digest inside the signature is that of the reconstructed text"
			return h, true
		}
		return h, rsa.VerifyPKCS1v15(pub, w.hash, w.digest, h.shape.sig) == nil
	}
	if found, ok := s.match(h.key, w.hash, func(sum []byte) bool { return bytes.Equal(sum, w.digest) }, confirm); ok {
		return found
	}
	h.variant, h.twice, h.reading = variant{}, "", reading{hash: w.hash}
	h.unknown = true
	h.proof = "the padding and the digest's frame open with this key, which chance does at most once in 2^64"
	return h
}

// match compares digests of every variant, then of digests of the likeliest ones.
func (s *search) match(k *Key, hash crypto.Hash, equal func(sum []byte) bool, confirm func(v variant, form int, twice string) (hit, bool)) (hit, bool) {
	const what = "other spellings of the text"
	for v := range s.variants() {
		if !s.spend(s.variantTicks(), what, k) {
			break
		}
		s.tried++
		text := v.text()
		if equal(digest(hash, text)) {
			if h, ok := confirm(v, 0, ""); ok {
				return h, true
			}
		}
		if !s.hashesTwice(v) {
			continue
		}
		if !s.spend(s.formTicks(), what, k) {
			break
		}
		for i, t := range digestForms(text) {
			s.tried++
			if equal(digest(hash, t.data)) {
				if h, ok := confirm(v, i+1, t.words); ok {
					return h, true
				}
			}
		}
	}
	return hit{}, false
}

// variants are the texts to compare: all of them, or those of the guess.
func (s *search) variants() iter.Seq[variant] {
	if s.guess == nil {
		return s.x.variants()
	}
	return func(yield func(variant) bool) {
		if !yield(variant{input: s.sent}) {
			return
		}
		n := s.guess.reading.variant
		if n == 0 || !s.guess.content {
			return
		}
		// Going to a place far behind costs time, which is not free.
		if n < coreVariants || s.effort.spend(n/skippedPerTick, "other spellings of the text", s.guess.key) {
			if v, ok := s.variantAt(n); ok {
				yield(v)
			}
		}
	}
}

// hashesTwice reports whether digests of a variant are compared too. The first
// forty variants are other framings; nobody hashes a re-serialised text twice.
func (s *search) hashesTwice(v variant) bool {
	if s.guess != nil {
		return s.guess.reading.form > 0
	}
	return v.n < 40
}

// formTicks is the cost of making and hashing the digestForms of a text.
func (s *search) formTicks() int { return 20 + 4*len(s.sent)/hashBytesPerTick }

// digestForm is a digest in a form in which it is passed by mistake to a function
// that hashes its input.
type digestForm struct {
	data  []byte
	words string
}

func digestForms(input []byte) []digestForm {
	var list []digestForm
	for _, h := range []crypto.Hash{crypto.SHA256, crypto.SHA384, crypto.SHA512, crypto.SHA1} {
		sum := digest(h, input)
		n := hashName(h)
		list = append(list,
			digestForm{sum, n + " digest"},
			digestForm{[]byte(hex.EncodeToString(sum)), "hexadecimal " + n + " digest"},
			digestForm{[]byte(strings.ToUpper(hex.EncodeToString(sum))), "upper-case hexadecimal " + n + " digest"},
			digestForm{[]byte(base64.StdEncoding.EncodeToString(sum)), "base64 " + n + " digest"},
			digestForm{[]byte(b64(sum)), "base64url " + n + " digest"},
		)
		if prefix := digestPrefix(h); prefix != "" {
			list = append(list, digestForm{append([]byte(prefix), sum...), "DER-framed " + n + " digest"})
		}
	}
	return list
}

// bare identifies the content of a signature without DigestInfo: a digest, its text,
// or the input itself.
func (s *search) bare(h hit, pub *rsa.PublicKey, t []byte) hit {
	h.proof = "the signature opens with this key to the digest of the reconstructed text"
	for v := range s.variants() {
		if v.n >= coreVariants || !s.spend(s.variantTicks()+s.formTicks(), "other spellings of the text", h.key) {
			break
		}
		s.tried++
		text := v.text()
		if bytes.Equal(t, text) {
			h.variant, h.reading.variant, h.unhashed = v, v.n, unhashedText
			h.proof = "the signature opens with this key to the text itself"
			return h
		}
		for _, hash := range digestHashes() {
			if !bareSize(len(t), hash.Size()) {
				continue
			}
			sum := digest(hash, text)
			for _, form := range [][]byte{sum, []byte(hex.EncodeToString(sum)), []byte(base64.StdEncoding.EncodeToString(sum)), []byte(b64(sum)), []byte(strings.ToUpper(hex.EncodeToString(sum)))} {
				if bytes.Equal(form, t) {
					h.variant, h.reading.variant, h.hash = v, v.n, hash
					return h
				}
			}
		}
	}
	h.unknown = true
	h.proof = "the padding opens with this key, which chance does at most once in 2^64"
	return h
}

// bareSize reports whether n bytes can be a digest or its text.
func bareSize(n, size int) bool {
	return n == size || n == 2*size || n == base64.StdEncoding.EncodedLen(size) || n == base64.RawStdEncoding.EncodedLen(size)
}

// pss looks for a PSS structure under each pair of hashes.
func (s *search) pss(h hit, pub *rsa.PublicKey, em []byte) (hit, bool) {
	if em[len(em)-1] != 0xBC {
		return hit{}, false
	}
	hashes := digestHashes()[:5]
	for _, hash := range hashes {
		for _, mgf := range hashes {
			p, ok := parsePSS(em, pub.N.BitLen()-1, hash, mgf)
			if !ok {
				continue
			}
			if found, ok := s.pssContent(h, pub, p); ok {
				return found, true
			}
			if p.proven() {
				h.hash, h.mgf, h.salt, h.unknown = hash, mgf, len(p.salt), true
				h.proof = "the PSS structure opens with this key, which chance does at most once in 2^64"
				return h, true
			}
			s.undecided = h.key
		}
	}
	return hit{}, false
}

func (s *search) pssContent(h hit, pub *rsa.PublicKey, p pssParts) (hit, bool) {
	h.hash, h.mgf, h.salt = p.hash, p.mgf, len(p.salt)
	h.proof = "the PSS structure inside the signature is that of the reconstructed text"
	const what = "other spellings of the text"
	for v := range s.variants() {
		// A structure that proves no key is not worth the whole search.
		if !p.proven() && v.n >= coreVariants {
			break
		}
		if !s.spend(s.variantTicks(), what, h.key) {
			break
		}
		s.tried++
		h.variant, h.reading.variant = v, v.n
		text := v.text()
		if sum := digest(p.hash, text); p.matches(p.hash, sum) {
			return s.confirmPSS(h, pub, sum), true
		}
		if !s.hashesTwice(v) {
			continue
		}
		if !s.spend(s.formTicks(), what, h.key) {
			break
		}
		for i, t := range digestForms(text) {
			s.tried++
			if sum := digest(p.hash, t.data); p.matches(p.hash, sum) {
				h.twice, h.form = t.words, i+1
				return s.confirmPSS(h, pub, sum), true
			}
		}
	}
	return hit{}, false
}

// confirmPSS asks the standard verifier where it can be asked: it knows one
// hash for both digest and mask, and no small moduli. The structure is an
// equality of hashes in any case.
func (s *search) confirmPSS(h hit, pub *rsa.PublicKey, sum []byte) hit {
	if h.hash == h.mgf && rsa.VerifyPSS(pub, h.hash, sum, h.shape.sig, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthAuto}) == nil {
		h.proof = "verified over the reconstructed text"
	}
	return h
}
