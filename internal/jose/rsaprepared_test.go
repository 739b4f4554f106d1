package jose

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"math/big"
	"testing"
)

// TestPreparedRSA: a prepared key accepts what the standard library accepts, and
// nothing else.
func TestPreparedRSA(t *testing.T) {
	for _, bits := range []int{1024, 1031, 2048} {
		private, err := rsa.GenerateKey(rand.Reader, bits)
		if err != nil {
			t.Fatal(err)
		}
		pub := &private.PublicKey
		p := prepareRSA(pub)()
		for _, h := range []crypto.Hash{crypto.SHA256, crypto.SHA384, crypto.SHA512} {
			sum := digest(h, []byte("header.payload"))
			good, err := rsa.SignPKCS1v15(nil, private, h, sum)
			if err != nil {
				t.Fatal(err)
			}
			n := pub.N.Bytes()
			above := new(big.Int).Add(new(big.Int).SetBytes(good), pub.N)
			other, _ := rsa.SignPKCS1v15(nil, private, crypto.SHA1, digest(crypto.SHA1, []byte("header.payload")))
			pss, _ := rsa.SignPSS(rand.Reader, private, h, sum, nil)
			given := [][]byte{good, other, pss, n, make([]byte, len(n)), nil, good[1:], append([]byte{0}, good...), append(bytes.Clone(good), 0)}
			if above.BitLen() <= 8*len(n) {
				given = append(given, above.FillBytes(make([]byte, len(n))))
			}
			for i := range 8 * len(good) {
				if i%37 == 0 {
					bad := bytes.Clone(good)
					bad[i/8] ^= 1 << (i % 8)
					given = append(given, bad)
				}
			}
			for i, sig := range given {
				want := rsa.VerifyPKCS1v15(pub, h, sum, sig) == nil
				if got := p.verifyPKCS1(h, sum, sig); got != want || want != (i == 0) {
					t.Errorf("%d bits, %v, signature %d: %t, want %t", bits, h, i, got, want)
				}
			}
			if p.verifyPKCS1(h, digest(h, []byte("other")), good) {
				t.Errorf("%d bits, %v: a signature of another text verifies", bits, h)
			}
		}
	}
}

// TestUnprepared: what the library refuses is left to it.
func TestUnprepared(t *testing.T) {
	odd := new(big.Int).SetBit(big.NewInt(1), 2047, 1)
	even := new(big.Int).SetBit(big.NewInt(0), 2047, 1)
	for _, c := range []struct {
		name string
		pub  rsa.PublicKey
		want bool
	}{
		{"as usual", rsa.PublicKey{N: odd, E: 65537}, true},
		{"an even modulus", rsa.PublicKey{N: even, E: 65537}, false},
		{"an even exponent", rsa.PublicKey{N: odd, E: 65536}, false},
		{"exponent 1", rsa.PublicKey{N: odd, E: 1}, false},
		{"a short modulus", rsa.PublicKey{N: new(big.Int).SetBit(big.NewInt(1), 1000, 1), E: 65537}, false},
		{"a very long modulus", rsa.PublicKey{N: new(big.Int).SetBit(big.NewInt(1), 10000, 1), E: 65537}, false},
	} {
		if got := prepareRSA(&c.pub) != nil; got != c.want {
			t.Errorf("%s: prepared %t, want %t", c.name, got, c.want)
		}
	}
}
