package jose

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"math/big"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
)

// BenchmarkVerify compares the guarded path, with a key made ready for it and without,
// with the bare standard library.
func BenchmarkVerify(b *testing.B) {
	input := []byte(enc(testHeader("RS256", "k")) + "." + enc(testPayload))
	for _, alg := range []string{"RS256", "RS384", "PS256", "ES256", "ES384", "ES512"} {
		key := testKey(b, keyFor(alg))
		sig := mustSign(b, alg, key, input)
		a, _ := lookupAlgorithm(alg)
		ours := func(name string, key *Key) {
			b.Run(alg+name, func(b *testing.B) {
				for b.Loop() {
					if err := Verify(alg, input, sig, key); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
		ours("/ours", key)
		if key.Kty == KtyEC {
			ours("/table", withTable(key))
		}
		b.Run(alg+"/standard", func(b *testing.B) {
			for b.Loop() {
				if !standardVerify(a, input, sig, key) {
					b.Fatal("not verified")
				}
			}
		})
	}
}

func standardVerify(a algorithm, input, sig []byte, key *Key) bool {
	sum := digest(a.hash, input)
	switch pub := key.Public.(type) {
	case *rsa.PublicKey:
		if a.family == famPSS {
			return rsa.VerifyPSS(pub, a.hash, sum, sig, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}) == nil
		}
		return rsa.VerifyPKCS1v15(pub, a.hash, sum, sig) == nil
	case *ecdsa.PublicKey:
		return ecdsa.VerifyASN1(pub, sum, encodeDER(sig))
	}
	return false
}

// BenchmarkFailing measures a whole failing search over ten keys.
func BenchmarkFailing(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, c := range []struct {
		alg, key string
		size     int
	}{{"RS256", "rsa-a", 256}, {"RS384", "rsa-b", 256}, {"PS384", "rsa-a", 256}, {"ES256", "ec256", 64}, {"ES384", "ec384", 96}, {"ES512", "ec521", 132}, {"EdDSA", "ed25519", 64}} {
		for _, n := range []int{1, 10} {
			b.Run(c.alg+map[int]string{1: "/1key", 10: "/10keys"}[n], func(b *testing.B) {
				x := randomExhibit(b, r, c.alg, "0", tenKeys(b, c.key)[:n], c.size)
				for b.Loop() {
					if d := Diagnose(x); d.Cause != CauseUnknownKey {
						b.Fatal(d.Cause)
					}
				}
			})
		}
	}
	// The dearest failure with RSA: the key is right, the text cannot be guessed.
	b.Run("RS256/content", func(b *testing.B) {
		key := testKey(b, "rsa-a")
		x := randomExhibit(b, r, "RS256", "0", tenKeys(b, "rsa-a"), 256)
		x.Signature = mustSign(b, "RS256", key, []byte("another text"))
		for b.Loop() {
			if d := Diagnose(x); d.Cause != CauseContentChanged {
				b.Fatal(d.Cause)
			}
		}
	})
}

func tenKeys(t testing.TB, name string) []*Key {
	var keys []*Key
	for i := range 10 {
		k := publicOnly(testKey(t, name))
		k.Index, k.Kid = i, string(rune('0'+i))
		keys = append(keys, k)
	}
	return keys
}

// randomExhibit carries random bytes of the right length as its signature.
func randomExhibit(t testing.TB, r *rand.Rand, alg, kid string, keys []*Key, size int) Exhibit {
	t.Helper()
	sig := make([]byte, size)
	for i := range sig {
		sig[i] = byte(r.Uint32())
	}
	switch size {
	case 256:
		sig[0] &= 0x7F // below the modulus
	case 132:
		sig[0], sig[66] = 0, 0 // below the order
	}
	return exhibit(t, enc(testHeader(alg, kid))+"."+enc(testPayload)+"."+b64(sig), alg, kid, keys)
}

// BenchmarkLargestSet reads as many keys as a set may have.
func BenchmarkLargestSet(b *testing.B) {
	var set strings.Builder
	set.WriteString(`{"keys":[`)
	for i := range MaxSetKeys {
		if i > 0 {
			set.WriteByte(',')
		}
		set.WriteString(jwkOf(b, []string{"rsa-a", "ec521", "ec256"}[i%3], map[string]any{"kid": strconv.Itoa(i)}))
	}
	set.WriteString(`]}`)
	b.SetBytes(int64(set.Len()))
	for b.Loop() {
		if s := ParseJWKS([]byte(set.String())); len(s.Keys) != MaxSetKeys || len(s.Problems) > 0 {
			b.Fatal(len(s.Keys), s.Problems)
		}
	}
}

// BenchmarkHealthy is what most assertions cost: the whole examination of one
// that verifies, with a set of a few keys, next to the bare computation. The two
// should differ by less than 3 µs and 20 allocations.
func BenchmarkHealthy(b *testing.B) {
	set := testSet(b)
	for _, alg := range []string{"RS384", "PS384", "ES256", "ES384", "EdDSA"} {
		x, bare := healthyExhibit(b, alg, set)
		b.Run(alg+"/bare", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if !bare() {
					b.Fatal("not verified")
				}
			}
		})
		b.Run(alg+"/examined", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if d, _ := Examine(x).Settled(); !d.Valid {
					b.Fatal("not valid")
				}
			}
		})
	}
}

// healthyExhibit is a good assertion, and its verification by the standard
// library with nothing around it.
func healthyExhibit(t testing.TB, alg string, set []*Key) (x Exhibit, bare func() bool) {
	t.Helper()
	key := testKey(t, keyFor(alg))
	a, _ := lookupAlgorithm(alg)
	in := enc(testHeader(alg, key.Kid)) + "." + enc(testPayload)
	sig := mustSign(t, alg, key, []byte(in))
	x = exhibit(t, in+"."+b64(sig), alg, key.Kid, set)
	input := []byte(in)
	return x, func() bool {
		switch pub := key.Public.(type) {
		case *ecdsa.PublicKey:
			half := len(sig) / 2
			return ecdsa.Verify(pub, digest(a.hash, input), new(big.Int).SetBytes(sig[:half]), new(big.Int).SetBytes(sig[half:]))
		case ed25519.PublicKey:
			return ed25519.Verify(pub, input, sig)
		}
		return standardVerify(a, input, sig, key)
	}
}

// TestHealthyAllocations limits the allocations that examining a good assertion
// makes beyond the bare verification.
func TestHealthyAllocations(t *testing.T) {
	set := testSet(t)
	for _, alg := range everyAlg {
		x, bare := healthyExhibit(t, alg, set)
		ours := testing.AllocsPerRun(5, func() {
			if d, _ := Examine(x).Settled(); !d.Valid {
				t.Fatal("not valid")
			}
		})
		if least := testing.AllocsPerRun(5, func() { bare() }); ours > least+20 {
			t.Errorf("%s: %.0f allocations, the bare verification makes %.0f", alg, ours, least)
		} else {
			t.Logf("%s: %.0f, bare %.0f", alg, ours, least)
		}
	}
}
