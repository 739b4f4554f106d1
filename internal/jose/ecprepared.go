package jose

import (
	"crypto/ecdsa"
	"math/big"
	"sync/atomic"

	"filippo.io/nistec"
)

// preparedEC verifies signatures of one EC key. The standard library doubles the key's
// point once for each bit of every signature. A batch has one key for thousands of
// signatures, and a table of the point's multiples makes these doublings needless: it
// takes as long as three to six verifications to make, and a verification is then two to
// four times as fast. A public key and its signatures are no secrets, so that the time
// may depend on them.
type preparedEC struct {
	order *big.Int
	// x returns the x coordinate of u1 times the generator plus u2 times the key, nil at
	// infinity. A scalar has as many bytes as a coordinate.
	x    func(u1, u2 []byte) []byte
	size int // of a coordinate, in bytes
}

// prepareEC makes the table of a key; nil on a curve that is left to the library.
func prepareEC(pub *ecdsa.PublicKey) *preparedEC {
	params := pub.Curve.Params()
	p := &preparedEC{order: params.N, size: coordinateSize(params.Name)}
	point, err := pub.Bytes()
	if err != nil {
		return nil
	}
	switch params.Name {
	case crvP256:
		p.x = multiples(nistec.NewP256Point, point)
	case crvP384:
		p.x = multiples(nistec.NewP384Point, point)
	case crvP521:
		p.x = multiples(nistec.NewP521Point, point)
	}
	if p.x == nil {
		return nil
	}
	return p
}

// verify checks a signature, r and s one after the other (FIPS 186-5 clause 6.4.2), over
// a digest.
func (p *preparedEC) verify(sum, sig []byte) bool {
	if len(sig) != 2*p.size {
		return false
	}
	var r, s, e big.Int
	r.SetBytes(sig[:p.size])
	s.SetBytes(sig[p.size:])
	if r.Sign() == 0 || s.Sign() == 0 || r.Cmp(p.order) >= 0 || s.Cmp(p.order) >= 0 {
		return false
	}
	p.setDigest(&e, sum)
	s.ModInverse(&s, p.order)
	e.Mod(e.Mul(&e, &s), p.order)
	s.Mod(s.Mul(&r, &s), p.order)
	var room [2 * 66]byte // two scalars of P-521
	x := p.x(e.FillBytes(room[:p.size]), s.FillBytes(room[p.size:2*p.size]))
	return x != nil && e.Mod(e.SetBytes(x), p.order).Cmp(&r) == 0
}

// setDigest sets e to the leftmost bits of a digest, as many as the order has.
func (p *preparedEC) setDigest(e *big.Int, sum []byte) {
	sum = sum[:min(len(sum), p.size)]
	e.SetBytes(sum)
	if more := 8*len(sum) - p.order.BitLen(); more > 0 {
		e.Rsh(e, uint(more))
	}
}

// point is a point of a curve. The formulas behind Add are complete: the point at
// infinity and a point twice are no exceptions.
type point[P any] interface {
	SetBytes([]byte) (P, error)
	Add(P, P) P
	ScalarBaseMult([]byte) (P, error)
	BytesX() ([]byte, error)
}

// multiples makes the table of a point in the uncompressed form, and returns what
// computes with it: see preparedEC.x. The table has, for each four bits of a scalar, the
// products of the point with the fifteen values that these bits can have.
func multiples[P point[P]](infinity func() P, uncompressed []byte) func(u1, u2 []byte) []byte {
	base, err := infinity().SetBytes(uncompressed)
	if err != nil {
		return nil
	}
	table := make([][15]P, len(uncompressed)-1) // the last four bits first
	for i := range table {
		row := &table[i]
		row[0] = base
		for j := 1; j < len(row); j++ {
			row[j] = infinity().Add(row[j-1], base)
		}
		base = infinity().Add(row[len(row)-1], base)
	}
	return func(u1, u2 []byte) []byte {
		sum, err := infinity().ScalarBaseMult(u1)
		if err != nil {
			return nil
		}
		for i := range table {
			bits := u2[len(u2)-1-i/2] >> (i % 2 * 4) & 15
			if bits > 0 {
				sum.Add(sum, table[i][bits-1])
			}
		}
		x, err := sum.BytesX()
		if err != nil {
			return nil // at infinity
		}
		return x
	}
}

// curveTable makes a key's table when the key has been seen to be in use. A nil one never
// has a table.
type curveTable struct {
	pub      *ecdsa.PublicKey
	verified atomic.Int32 // signatures
	room     *atomic.Int32
	made     atomic.Pointer[preparedEC]
}

const (
	// usesBeforeTable is how many signatures of a key verify before it gets a table, and
	// how often a search tries a key before it makes one for itself.
	usesBeforeTable = 8
	// mostTables bounds the tables of one set: one has 70 to 550 kB.
	mostTables = 8
)

// ready returns the prepared key, nil if the library is to verify.
func (t *curveTable) ready() *preparedEC {
	if t == nil {
		return nil
	}
	return t.made.Load()
}

// used counts a signature that verified.
func (t *curveTable) used() {
	if t != nil && t.verified.Add(1) == usesBeforeTable && t.room.Add(1) <= mostTables {
		t.made.Store(prepareEC(t.pub))
	}
}
