package jose

import (
	"crypto/rsa"
	"fmt"
	"math/big"
)

// minRSABits is what RFC 7518 clause 3.3 asks for.
const minRSABits = 2048

// Weakness says why signatures of the key prove little: an RSA
// modulus that is too short, or one of the moduli that faulty Infineon chips
// made (ROCA, CVE-2017-15361), which can be factored. It is "" for other keys.
func (k *Key) Weakness() string {
	pub, ok := k.Public.(*rsa.PublicKey)
	switch {
	case !ok:
		return ""
	case k.Bits < minRSABits:
		return fmt.Sprintf("RSA with %d bits; RFC 7518 asks for at least %d", k.Bits, minRSABits)
	case roca(pub.N):
		return "the modulus was made by a faulty generator (ROCA, CVE-2017-15361) and can be factored"
	}
	return ""
}

// roca reports whether a modulus is a power of 65537 modulo each of many small
// primes, which chance does about once in 2^27.
func roca(n *big.Int) bool {
	var rest big.Int
	for _, p := range []int64{11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157} {
		want := rest.Mod(n, big.NewInt(p)).Int64()
		power, found := int64(1), false
		for range p {
			if power == want {
				found = true
				break
			}
			power = power * (65537 % p) % p
		}
		if !found {
			return false
		}
	}
	return true
}
