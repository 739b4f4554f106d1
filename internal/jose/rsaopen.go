package jose

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"encoding/binary"
	"math/big"
	"slices"
)

// openRSA applies the public key to a signature and returns the encoded
// message, as long as the modulus. It is only the public operation, which
// the standard library does not offer; it also refuses small moduli.
func openRSA(pub *rsa.PublicKey, sig []byte) ([]byte, bool) {
	s := new(big.Int).SetBytes(sig)
	if s.Cmp(pub.N) >= 0 || pub.E < 2 {
		return nil, false
	}
	m := s.Exp(s, big.NewInt(int64(pub.E)), pub.N)
	return m.FillBytes(make([]byte, (pub.N.BitLen()+7)/8)), true
}

// minProofPadding is the number of FF (PKCS#1 v1.5) or zero (PSS) bytes from
// which a padding proves the key: chance makes eight of them once in 2^64.
const minProofPadding = 8

// unpadPKCS1 strips type-1 padding and returns what was wrapped (RFC 8017
// clause 9.2). Block type 2 and short paddings prove nothing and are refused.
func unpadPKCS1(em []byte) ([]byte, bool) {
	if len(em) < 11 || em[0] != 0 || em[1] != 1 {
		return nil, false
	}
	i := 2
	for i < len(em) && em[i] == 0xFF {
		i++
	}
	if i-2 < minProofPadding || i == len(em) || em[i] != 0 {
		return nil, false
	}
	return em[i+1:], true
}

// digestPrefix is the DER of DigestInfo up to the digest (RFC 8017 clause 9.2 note 1); ""
// for a hash that has none.
func digestPrefix(h crypto.Hash) string {
	switch h {
	case crypto.MD5:
		return "\x30\x20\x30\x0c\x06\x08\x2a\x86\x48\x86\xf7\x0d\x02\x05\x05\x00\x04\x10"
	case crypto.SHA1:
		return "\x30\x21\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a\x05\x00\x04\x14"
	case crypto.SHA224:
		return "\x30\x2d\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x04\x05\x00\x04\x1c"
	case crypto.SHA256:
		return "\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20"
	case crypto.SHA384:
		return "\x30\x41\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x02\x05\x00\x04\x30"
	case crypto.SHA512:
		return "\x30\x51\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x03\x05\x00\x04\x40"
	}
	return ""
}

// digestHashes are the hashes a signer may have used, likeliest first.
func digestHashes() []crypto.Hash {
	return []crypto.Hash{crypto.SHA256, crypto.SHA384, crypto.SHA512, crypto.SHA1, crypto.SHA224, crypto.MD5}
}

// encodePKCS1 is the encoded message of RFC 8017 clause 9.2, of size bytes; nil if they
// are too few.
func encodePKCS1(h crypto.Hash, sum []byte, size int) []byte {
	return appendPKCS1(nil, h, sum, size)
}

// appendPKCS1 appends it to memory of the caller.
func appendPKCS1(to []byte, h crypto.Hash, sum []byte, size int) []byte {
	prefix := digestPrefix(h)
	pad := size - 3 - len(prefix) - len(sum)
	if pad < minProofPadding {
		return nil
	}
	to = append(slices.Grow(to, size), 0, 1)
	for range pad {
		to = append(to, 0xFF)
	}
	return append(append(append(to, 0), prefix...), sum...)
}

// wrapped is the content of a PKCS#1 v1.5 signature of a known key.
type wrapped struct {
	hash   crypto.Hash // 0 if no DigestInfo names one
	digest []byte      // the digest, or everything if there is no DigestInfo
	bare   bool        // no DigestInfo
	noNull bool        // a DigestInfo without the NULL RFC 8017 asks for
}

func readWrapped(t []byte) wrapped {
	for _, h := range digestHashes() {
		prefix := digestPrefix(h)
		if len(t) == len(prefix)+h.Size() && string(t[:len(prefix)]) == prefix {
			return wrapped{hash: h, digest: t[len(prefix):]}
		}
		// The same without 05 00, and so with both lengths two less.
		cut := len(prefix) - 4
		short := append([]byte(prefix[:cut]), prefix[cut+2:]...)
		short[1] -= 2
		short[3] -= 2
		if len(t) == len(short)+h.Size() && bytes.HasPrefix(t, short) {
			return wrapped{hash: h, digest: t[len(short):], noNull: true}
		}
	}
	return wrapped{digest: t, bare: true}
}

// pssParts is a PSS encoded message taken apart (RFC 8017 clause 9.1.2).
type pssParts struct {
	hash crypto.Hash // of the digest; only its length is read from the structure
	mgf  crypto.Hash
	h    []byte // the hash value H
	salt []byte
	zero int // zero bytes before the 01 that begins the salt
}

// proven reports whether the structure is enough to prove the key.
func (p pssParts) proven() bool { return p.zero >= minProofPadding }

// parsePSS unmasks an encoded message of emBits bits under one pair of hashes.
func parsePSS(em []byte, emBits int, h, mgf crypto.Hash) (pssParts, bool) {
	size := (emBits + 7) / 8
	if len(em) > size { // the modulus is one bit longer than a whole number of bytes
		if em[0] != 0 {
			return pssParts{}, false
		}
		em = em[len(em)-size:]
	}
	n := h.Size()
	if size < n+2 || em[size-1] != 0xBC {
		return pssParts{}, false
	}
	masked, hv := em[:size-n-1], em[size-n-1:size-1]
	spare := 8*size - emBits
	if masked[0]>>(8-spare) != 0 {
		return pssParts{}, false
	}
	db := bytes.Clone(masked)
	mgf1XOR(db, mgf, hv)
	db[0] &= 0xFF >> spare
	i := 0
	for i < len(db) && db[i] == 0 {
		i++
	}
	if i == len(db) || db[i] != 1 {
		return pssParts{}, false
	}
	return pssParts{hash: h, mgf: mgf, h: hv, salt: db[i+1:], zero: i}, true
}

// matches reports whether the structure was made over this digest.
func (p pssParts) matches(h crypto.Hash, sum []byte) bool {
	if h.Size() != len(p.h) {
		return false
	}
	d := h.New()
	d.Write(make([]byte, 8))
	d.Write(sum)
	d.Write(p.salt)
	return bytes.Equal(d.Sum(nil), p.h)
}

// verifyPSS checks an encoded message of emBits bits (RFC 8017 clause 9.1.2) with a salt
// as long as the hash, as RFC 7518 clause 3.5 asks.
func verifyPSS(h crypto.Hash, sum, em []byte, emBits int) bool {
	p, ok := parsePSS(em, emBits, h, h)
	return ok && len(p.salt) == h.Size() && p.matches(h, sum)
}

func mgf1XOR(out []byte, h crypto.Hash, seed []byte) {
	var counter [4]byte
	for done, i := 0, uint32(0); done < len(out); i++ {
		binary.BigEndian.PutUint32(counter[:], i)
		d := h.New()
		d.Write(seed)
		d.Write(counter[:])
		for _, b := range d.Sum(nil) {
			if done == len(out) {
				break
			}
			out[done] ^= b
			done++
		}
	}
}
