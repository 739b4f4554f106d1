package jose

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"encoding/binary"
	"math/big"
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

// digestPrefix is the DER of DigestInfo up to the digest (RFC 8017 clause 9.2 note 1).
func digestPrefix(h crypto.Hash) []byte {
	switch h {
	case crypto.MD5:
		return []byte{0x30, 0x20, 0x30, 0x0c, 0x06, 0x08, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02, 0x05, 0x05, 0x00, 0x04, 0x10}
	case crypto.SHA1:
		return []byte{0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00, 0x04, 0x14}
	}
	var b byte
	switch h {
	case crypto.SHA224:
		b = 4
	case crypto.SHA256:
		b = 1
	case crypto.SHA384:
		b = 2
	case crypto.SHA512:
		b = 3
	default:
		return nil
	}
	n := byte(h.Size())
	return []byte{0x30, 17 + n, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, b, 0x05, 0x00, 0x04, n}
}

// digestHashes are the hashes a signer may have used, likeliest first.
func digestHashes() []crypto.Hash {
	return []crypto.Hash{crypto.SHA256, crypto.SHA384, crypto.SHA512, crypto.SHA1, crypto.SHA224, crypto.MD5}
}

func encodePKCS1(h crypto.Hash, sum []byte, size int) []byte {
	prefix := digestPrefix(h)
	pad := size - 3 - len(prefix) - len(sum)
	if pad < minProofPadding {
		return nil
	}
	em := append(make([]byte, 0, size), 0, 1)
	for range pad {
		em = append(em, 0xFF)
	}
	return append(append(append(em, 0), prefix...), sum...)
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
		if len(t) == len(prefix)+h.Size() && bytes.HasPrefix(t, prefix) {
			return wrapped{hash: h, digest: t[len(prefix):]}
		}
		// The same without 05 00, and so with both lengths two less.
		cut := len(prefix) - 4
		short := append(bytes.Clone(prefix[:cut]), prefix[cut+2:]...)
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
