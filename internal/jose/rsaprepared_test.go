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
	for _, bits := range []int{1024, 1031, 1033, 2048} {
		private, err := rsa.GenerateKey(rand.Reader, bits)
		if err != nil {
			t.Fatal(err)
		}
		pub := &private.PublicKey
		p := prepareRSA(pub)()
		for _, name := range []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"} {
			a, _ := lookupAlgorithm(name)
			pss := a.family == famPSS
			if pss && bits < 1040 && a.hash == crypto.SHA512 {
				continue // there is no room for hash and salt
			}
			sum := digest(a.hash, []byte("header.payload"))
			sign := func(pss bool, h crypto.Hash, salt int) []byte {
				sig, err := rsa.SignPKCS1v15(nil, private, h, digest(h, []byte("header.payload")))
				if pss {
					sig, err = rsa.SignPSS(rand.Reader, private, h, digest(h, []byte("header.payload")), &rsa.PSSOptions{SaltLength: salt})
				}
				if err != nil {
					t.Fatal(err)
				}
				return sig
			}
			good := sign(pss, a.hash, a.hash.Size())
			n := pub.N.Bytes()
			above := new(big.Int).Add(new(big.Int).SetBytes(good), pub.N)
			given := [][]byte{good, sign(pss, crypto.SHA1, 20), sign(!pss, a.hash, 0), n, make([]byte, len(n)), nil, good[1:], append([]byte{0}, good...), append(bytes.Clone(good), 0)}
			if pss {
				given = append(given, sign(true, a.hash, 0), sign(true, a.hash, a.hash.Size()-1))
			}
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
			library := func(sum, sig []byte) bool {
				if pss {
					return rsa.VerifyPSS(pub, a.hash, sum, sig, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}) == nil
				}
				return rsa.VerifyPKCS1v15(pub, a.hash, sum, sig) == nil
			}
			for i, sig := range given {
				want := library(sum, sig)
				if got := p.verify(a, sum, sig); got != want || want != (i == 0) {
					t.Errorf("%d bits, %s, signature %d: %t, want %t", bits, name, i, got, want)
				}
			}
			if p.verify(a, digest(a.hash, []byte("other")), good) {
				t.Errorf("%d bits, %s: a signature of another text verifies", bits, name)
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
