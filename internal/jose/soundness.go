package jose

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"encoding/hex"
	"fmt"
	"math/big"
	"math/bits"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// A public key can be well formed and still prove nothing, because anyone can
// make signatures that verify with it. Such keys are never verified with.

// Unsound says why anyone can sign in the key's name; "" if nothing shows it.
// For an RSA key it tests whether the modulus is a prime number, which costs
// some milliseconds the first time.
func (k *Key) Unsound() string {
	if k.unsound == "" && k.prime != nil && k.prime() {
		return "its modulus is a prime number, so that anyone can compute the private key"
	}
	return k.unsound
}

// unsoundness is the part of Unsound that costs little, with the cause for a key
// set, and for RSA whether the exponent is at fault.
func unsoundness(pub crypto.PublicKey) (why, cause string, atE bool) {
	switch pub := pub.(type) {
	case *rsa.PublicKey:
		why, atE, cause = rsaFault(pub.N, big.NewInt(int64(pub.E)))
		return why, cause, atE
	case *ecdsa.PublicKey:
		if point, err := pub.Bytes(); err == nil && nearGenerator(pub.Curve.Params().Name, point[1:1+(len(point)-1)/2]) {
			return "its private value is 1, 2, 3 or 4, or the negative of one: anyone can sign", CauseValueInvalid, false
		}
	case ed25519.PublicKey:
		switch {
		case smallOrder(pub):
			return "its x is a point of small order: signatures that anyone can make verify with it", CauseValueInvalid, false
		case !onEd25519(pub):
			return "its x is not a point of the curve Ed25519", CauseOffCurve, false
		}
	}
	return "", "", false
}

// rsaFault names what makes a modulus or exponent unusable.
func rsaFault(n, e *big.Int) (fault string, atE bool, cause string) {
	switch {
	case n.BitLen() < 512:
		return "the modulus n is too short to be an RSA key at all", false, CauseKeyTooSmall
	case n.BitLen() > maxModulusBits:
		return "the modulus n is longer than 16384 bits", false, CauseValueInvalid
	case n.Bit(0) == 0:
		return "the modulus n is even, so it is not a product of two odd primes", false, CauseValueInvalid
	case e.Cmp(big.NewInt(1)) <= 0:
		return "the exponent e is 0 or 1: anyone could sign", true, CauseValueInvalid
	case e.Bit(0) == 0:
		return "the exponent e is even, which no RSA key has", true, CauseValueInvalid
	case e.BitLen() > 31:
		return "the exponent e is above 2^31-1, which common libraries refuse", true, CauseValueInvalid
	}
	if p := smallFactor(n); p > 0 {
		return fmt.Sprintf("the modulus n is divisible by %d: anyone can find the private key", p), false, CauseValueInvalid
	}
	return "", false, ""
}

// factorBound is what a prime factor is looked for below.
const factorBound = 1 << 14

// primeRun is a product of neighbouring primes that fits a machine word.
type primeRun struct {
	product uint64
	primes  []uint64
}

// primeGroup is some runs and their product. Dividing by that first leaves little
// to divide for each run.
type primeGroup struct {
	product big.Int
	runs    []primeRun
}

// runsPerGroup makes the least work for moduli of 2048 to 4096 bits.
const runsPerGroup = 8

var primeGroups = sync.OnceValue(func() []primeGroup {
	var groups []primeGroup
	for runs := range slices.Chunk(primeRuns(), runsPerGroup) {
		g := primeGroup{runs: runs}
		g.product.SetUint64(1)
		for _, r := range runs {
			g.product.Mul(&g.product, new(big.Int).SetUint64(r.product))
		}
		groups = append(groups, g)
	}
	return groups
})

// primeRuns are the odd primes below factorBound.
func primeRuns() []primeRun {
	composite := make([]bool, factorBound)
	var runs []primeRun
	run := primeRun{product: 1}
	for p := 3; p < factorBound; p += 2 {
		if composite[p] {
			continue
		}
		for m := p * p; m < factorBound; m += 2 * p {
			composite[m] = true
		}
		if high, product := bits.Mul64(run.product, uint64(p)); high == 0 {
			run.product, run.primes = product, append(run.primes, uint64(p))
			continue
		}
		runs = append(runs, run)
		run = primeRun{product: uint64(p), primes: []uint64{uint64(p)}}
	}
	return append(runs, run)
}

// smallFactor finds a prime factor below factorBound; 0 for none.
func smallFactor(n *big.Int) uint64 {
	var quotient, rest, product, small big.Int // used again and again, so that little is allocated
	groups := primeGroups()
	for i := range groups {
		quotient.QuoRem(n, &groups[i].product, &rest)
		for _, r := range groups[i].runs {
			quotient.QuoRem(&rest, product.SetUint64(r.product), &small)
			left := small.Uint64()
			for _, p := range r.primes {
				if left%p == 0 {
					return p
				}
			}
		}
	}
	return 0
}

// Prepare readies the keys, before any is used, for as many signatures as a batch has. An
// EC key may have a table from then on. In the background it does what takes milliseconds
// when the first signature of an RSA key verifies; in a set of many keys nobody knows
// which one that will be.
func (s *Set) Prepare() {
	room := new(atomic.Int32)
	for _, k := range s.Keys {
		if pub, ok := k.Public.(*ecdsa.PublicKey); ok {
			k.table = &curveTable{pub: pub, room: room}
		}
	}
	if len(s.Keys) > mostPrepared {
		return
	}
	for _, k := range s.Keys {
		if k.Public != nil && k.prime != nil {
			go k.prime()
		}
	}
}

// mostPrepared is the number of keys up to which all of a set are prepared.
const mostPrepared = 2

// maxPrimeTestBits limits what the test for a prime modulus can cost.
const maxPrimeTestBits = 4096

// primeTest returns a test whether a modulus is prime, which is made once.
func primeTest(n *big.Int) func() bool {
	if n.BitLen() > maxPrimeTestBits {
		return nil
	}
	return sync.OnceValue(func() bool { return n.ProbablyPrime(8) })
}

// nearGenerator reports whether x is that of the curve's generator or of a
// small multiple of it, as from a private value of 1.
func nearGenerator(crv string, x []byte) bool {
	var known []string
	switch crv {
	case crvP256:
		known = []string{
			"6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296", "7cf27b188d034f7e8a52380304b51ac3c08969e277f21b35a60b48fc47669978",
			"5ecbe4d1a6330a44c8f7ef951d4bf165e6c6b721efada985fb41661bc6e7fd6c", "e2534a3532d08fbba02dde659ee62bd0031fe2db785596ef509302446b030852"}
	case crvP384:
		known = []string{
			"aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7",
			"08d999057ba3d2d969260045c55b97f089025959a6f434d651d207d19fb96e9e4fe0e86ebe0e64f85b96a9c75295df61",
			"077a41d4606ffa1464793c7e5fdc7d98cb9d3910202dcd06bea4f240d3566da6b408bbae5026580d02d7e5c70500c831",
			"138251cd52ac9298c1c8aad977321deb97e709bd0b4ca0aca55dc8ad51dcfc9d1589a1597e3a5120e1efd631c63e1835"}
	case crvP521:
		known = []string{
			"00c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3dbaa14b5e77efe75928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66",
			"00433c219024277e7e682fcb288148c282747403279b1ccc06352c6e5505d769be97b3b204da6ef55507aa104a3a35c5af41cf2fa364d60fd967f43e3933ba6d783d",
			"01a73d352443de29195dd91d6a64b5959479b52a6e5b123d9ab9e5ad7a112d7a8dd1ad3f164a3a4832051da6bd16b59fe21baeb490862c32ea05a5919d2ede37ad7d",
			"0035b5df64ae2ac204c354b483487c9070cdc61c891c5ff39afc06c5d55541d3ceac8659e24afe3d0750e8b88e9f078af066a1d5025b08e5a5e2fbc87412871902f3"}
	}
	return slices.Contains(known, hex.EncodeToString(x))
}

// tinyScalar is the size, in bits, up to which a private value can be searched for.
const tinyScalar = 64

// unsoundPrivate says why a private key is known to everyone, "" for others.
func unsoundPrivate(signer crypto.Signer) string {
	k, ok := signer.(*ecdsa.PrivateKey)
	if !ok {
		return ""
	}
	d, err := k.Bytes()
	if err == nil && new(big.Int).SetBytes(d).BitLen() <= tinyScalar {
		return fmt.Sprintf("its private value d has no more than %d bits, so that anyone can find it", tinyScalar)
	}
	return ""
}

// smallOrder reports whether an Ed25519 public key is one of the eight points of
// small order, in any of their encodings; the sign of x is of no account.
func smallOrder(pub []byte) bool {
	y := bytes.Clone(pub)
	y[len(y)-1] &= 0x7F
	switch hex.EncodeToString(y) {
	case "0000000000000000000000000000000000000000000000000000000000000000", // order 4
		"0100000000000000000000000000000000000000000000000000000000000000", // order 1
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", // order 2
		"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", // order 8
		"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a", // order 8
		"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", // 0, written as p
		"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f": // 1, written as p + 1
		return true
	}
	return false
}

// ed25519Curve is the field's prime p and the curve's constant d (RFC 8032 section 5.1).
var ed25519Curve = sync.OnceValue(func() [2]*big.Int {
	p := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 255), big.NewInt(19))
	d := new(big.Int).ModInverse(big.NewInt(121666), p)
	d.Mul(d, big.NewInt(-121665)).Mod(d, p)
	return [2]*big.Int{p, d}
})

// onEd25519 reports whether bytes decode to a point (RFC 8032 section 5.1.3):
// y is below p, and x² = (y²-1)/(dy²+1) has a root.
func onEd25519(pub []byte) bool {
	p, d := ed25519Curve()[0], ed25519Curve()[1]
	b := reversedBytes(pub)
	b[0] &= 0x7F
	y := new(big.Int).SetBytes(b)
	if y.Cmp(p) >= 0 {
		return false
	}
	yy := y.Mul(y, y)
	v := new(big.Int).Mul(d, yy)
	v.Add(v, big.NewInt(1))
	u := yy.Sub(yy, big.NewInt(1))
	// u/v is a square where u·v is one; v is never 0.
	u.Mul(u, v).Mod(u, p)
	return big.Jacobi(u, p) >= 0
}

// unsound reports a fault of the key's values in the set it was read from.
func (r *setReader) unsound(k *Key, at place, cause, why string) {
	r.problem(cause, finding.Error, k.Index, at, "key %d cannot be trusted: %s", k.Index+1, why)
	k.Public, k.Unusable, k.unsound = nil, why, why
}
