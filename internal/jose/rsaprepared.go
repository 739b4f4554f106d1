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

// verifyPKCS1 checks a signature of RSASSA-PKCS1-v1_5. It compares the whole
// encoded message, as RFC 8017 clause 8.2.2 asks: nothing of the padding is
// parsed.
func (p *preparedRSA) verifyPKCS1(h crypto.Hash, sum, sig []byte) bool {
	if len(sig) != p.n.Size() {
		return false
	}
	s, err := bigmod.NewNat().SetBytes(sig, p.n) // refuses what is not below the modulus
	if err != nil {
		return false
	}
	var room [mostPreparedBits / 8]byte
	em := appendPKCS1(room[:0], h, sum, len(sig))
	if em == nil {
		return false
	}
	// Its first byte is zero, so that it is below the modulus.
	want, err := bigmod.NewNat().SetBytes(em, p.n)
	return err == nil && bigmod.NewNat().ExpShortVarTime(s, p.e, p.n).Equal(want) == 1
}
