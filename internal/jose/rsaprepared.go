package jose

import (
	"crypto"
	"crypto/rsa"
	"math"
	"sync"

	"filippo.io/bigmod"
)

// preparedRSA does the public operation of one RSA key. The standard library
// computes what depends only on the modulus at every verification, which is
// near to half of its work, and a batch has one key for thousands of signatures.
type preparedRSA struct {
	n *bigmod.Modulus
	e uint
}

// mostPreparedBits bounds the modulus that is prepared; longer ones are rare,
// and left to the library.
const mostPreparedBits = 8192

// prepareRSA returns what prepares a key when it is first used; nil for a key
// that is left to the library, which refuses some of them.
func prepareRSA(pub *rsa.PublicKey) func() *preparedRSA {
	bits := pub.N.BitLen()
	if bits < minStandardRSA || bits > mostPreparedBits || pub.N.Bit(0) == 0 || pub.E < 3 || pub.E&1 == 0 || pub.E > math.MaxInt32 {
		return nil
	}
	return sync.OnceValue(func() *preparedRSA {
		n, err := bigmod.NewModulus(pub.N.Bytes())
		if err != nil {
			return nil
		}
		return &preparedRSA{n, uint(pub.E)}
	})
}

// verify checks a signature over a digest.
func (p *preparedRSA) verify(a algorithm, sum, sig []byte) bool {
	if len(sig) != p.n.Size() {
		return false
	}
	s, err := bigmod.NewNat().SetBytes(sig, p.n) // refuses what is not below the modulus
	if err != nil {
		return false
	}
	m := bigmod.NewNat().ExpShortVarTime(s, p.e, p.n)
	if a.family == famPSS {
		return verifyPSS(a.hash, sum, m.Bytes(p.n), p.n.BitLen()-1)
	}
	return p.isPKCS1(m, a.hash, sum)
}

// isPKCS1 compares the whole encoded message, as RFC 8017 clause 8.2.2 asks: nothing of
// the padding is parsed.
func (p *preparedRSA) isPKCS1(m *bigmod.Nat, h crypto.Hash, sum []byte) bool {
	var room [mostPreparedBits / 8]byte
	em := appendPKCS1(room[:0], h, sum, p.n.Size())
	if em == nil {
		return false
	}
	// Its first byte is zero, so that it is below the modulus.
	want, err := bigmod.NewNat().SetBytes(em, p.n)
	return err == nil && m.Equal(want) == 1
}
