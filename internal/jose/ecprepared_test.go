package jose

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"fmt"
	"math/big"
	"testing"
)

// TestPreparedEC: a prepared key accepts what the standard library accepts, and nothing
// else.
func TestPreparedEC(t *testing.T) {
	for _, curve := range []elliptic.Curve{elliptic.P256(), elliptic.P384(), elliptic.P521()} {
		size := (curve.Params().BitSize + 7) / 8
		one, err := ecdsa.ParseRawPrivateKey(curve, big.NewInt(1).FillBytes(make([]byte, size)))
		if err != nil {
			t.Fatal(err)
		}
		any, err := ecdsa.GenerateKey(curve, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		// The key of the scalar 1 is the generator: sums meet the same point twice, and
		// its opposite.
		for name, private := range map[string]*ecdsa.PrivateKey{"any": any, "one": one} {
			t.Run(curve.Params().Name+" "+name, func(t *testing.T) {
				p, n := prepareEC(&private.PublicKey), curve.Params().N
				compare := func(what string, sum, sig []byte, want bool) {
					t.Helper()
					half := len(sig) / 2
					library := len(sig) == 2*size && ecdsa.Verify(&private.PublicKey, sum, new(big.Int).SetBytes(sig[:half]), new(big.Int).SetBytes(sig[half:]))
					if got := p.verify(sum, sig); got != library || got != want {
						t.Errorf("%s: %t, the library %t, want %t", what, got, library, want)
					}
				}
				for _, length := range []int{1, 20, 32, 48, 64, 66, 67, 100} {
					sum := bytes.Repeat([]byte{0xA7}, length)
					r, s, err := ecdsa.Sign(rand.Reader, private, sum)
					if err != nil {
						t.Fatal(err)
					}
					pair := func(r, s *big.Int) []byte {
						sig := make([]byte, 2*size)
						r.FillBytes(sig[:size])
						s.FillBytes(sig[size:])
						return sig
					}
					good := pair(r, s)
					compare(fmt.Sprint("a digest of ", length), sum, good, true)
					compare("the opposite s", sum, pair(r, new(big.Int).Sub(n, s)), true)
					zero := new(big.Int)
					for what, sig := range map[string][]byte{
						"exchanged": pair(s, r), "r is 0": pair(zero, s), "s is 0": pair(r, zero), "r is n": pair(n, s), "s is n": pair(r, n),
						"short": good[1:], "long": append(bytes.Clone(good), 0), "none": nil,
					} {
						compare(what, sum, sig, false)
					}
					if above := new(big.Int).Add(r, n); above.BitLen() <= 8*size {
						compare("r above n", sum, pair(above, s), false)
					}
					if above := new(big.Int).Add(s, n); above.BitLen() <= 8*size {
						compare("s above n", sum, pair(r, above), false)
					}
					for i := 0; i < len(good); i += 7 {
						bad := bytes.Clone(good)
						bad[i] ^= 1 << (i % 8)
						compare(fmt.Sprint("byte ", i), sum, bad, false)
					}
					other := bytes.Clone(sum)
					other[0] ^= 1
					compare("another digest", other, good, false)
					if name == "one" { // u1 G + u2 G is infinity, or one point twice
						for _, e := range []*big.Int{new(big.Int).Sub(n, r), new(big.Int).Set(r)} {
							e.Lsh(e, uint(8*size-n.BitLen()))
							compare("infinity or twice", e.FillBytes(make([]byte, size)), good, false)
						}
					}
				}
			})
		}
	}
}

// TestCurveTable: a key gets a table when eight of its signatures have verified, and only
// so many keys of a set do.
func TestCurveTable(t *testing.T) {
	set := &Set{}
	for range mostTables + 1 {
		private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		k, err := NewKey(private)
		if err != nil {
			t.Fatal(err)
		}
		set.Keys = append(set.Keys, k)
	}
	text := []byte("header.payload")
	verify := func(k *Key, sig []byte) bool { return Verify("ES256", text, sig, k) == nil }
	signed := func(k *Key) []byte {
		sig, err := SignBytes("ES256", k, text)
		if err != nil {
			t.Fatal(err)
		}
		return sig
	}
	unprepared := signed(set.Keys[0])
	for range 2 * usesBeforeTable {
		verify(set.Keys[0], unprepared)
	}
	if set.Keys[0].table.ready() != nil {
		t.Error("a key has a table that nobody asked for")
	}
	set.Prepare()
	for i, k := range set.Keys {
		good := signed(k)
		bad := bytes.Clone(good)
		bad[9] ^= 1
		for n := range 2 * usesBeforeTable {
			want := n >= usesBeforeTable && i < mostTables
			if got := k.table.ready() != nil; got != want {
				t.Errorf("key %d after %d signatures: a table: %t, want %t", i, n, got, want)
			}
			if verify(k, bad) || !verify(k, good) || verify(k, signed(set.Keys[(i+1)%len(set.Keys)])) {
				t.Errorf("key %d, signature %d: wrong", i, n)
			}
		}
	}
}
