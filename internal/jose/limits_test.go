package jose

import (
	"encoding/base64"
	"fmt"
	"maps"
	"math/big"
	"math/rand/v2"
	"runtime"
	"strconv"
	"strings"
	"testing"
)

// heavySets are documents of at most 1 MiB that ask for as much work as they can.
func heavySets(t testing.TB) map[string]string {
	t.Helper()
	r := rand.New(rand.NewPCG(4, 2))
	odd := func(bits int) *big.Int {
		b := make([]byte, bits/8)
		for {
			for i := range b {
				b[i] = byte(r.Uint32())
			}
			b[0] |= 0x80
			b[len(b)-1] |= 1
			if n := new(big.Int).SetBytes(b); smallFactor(n) == 0 {
				return n
			}
		}
	}
	set := func(keys func(i int) string) string {
		var b strings.Builder
		b.WriteString(`{"keys":[`)
		for i := range MaxSetKeys {
			k := keys(i)
			if b.Len()+len(k)+3 > MaxSetBytes {
				break
			}
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(k)
		}
		return b.String() + `]}`
	}
	rsaSet := func(bits int) string {
		moduli := []*big.Int{odd(bits), odd(bits), odd(bits)}
		return set(func(i int) string {
			return fmt.Sprintf(`{"kty":"RSA","kid":"k%d","use":"sig","alg":"RS256","e":"AQAB","n":%q}`, i, b64(moduli[i%3].Bytes()))
		})
	}
	again := func(name string, more map[string]any) string {
		m := map[string]any{"kid": "KID"}
		maps.Copy(m, more)
		one := jwkOf(t, name, m)
		return set(func(i int) string { return strings.Replace(one, "KID", strconv.Itoa(i), 1) })
	}
	zeros := b64(make([]byte, 66))
	cert := base64.StdEncoding.EncodeToString(derOf(t, "cert-rsa-a"))
	return map[string]string{
		"RSA 2048":  rsaSet(2048),
		"RSA 4096":  rsaSet(4096),
		"RSA 16384": rsaSet(16384),
		"P-256":     again("ec256", nil),
		"P-384":     again("ec384", nil),
		"P-521":     again("ec521", nil),
		"Ed25519":   again("ed25519", nil),
		"P-521 off curve": set(func(i int) string {
			return fmt.Sprintf(`{"kty":"EC","crv":"P-521","kid":"k%d","x":%q,"y":%q}`, i, zeros, zeros)
		}),
		"secp256k1": set(func(i int) string {
			return fmt.Sprintf(`{"kty":"EC","crv":"secp256k1","kid":"k%d","x":%q,"y":%q}`, i, zeros[:43], zeros[:43])
		}),
		"certificates": set(func(i int) string {
			return jwkOf(t, "rsa-a", map[string]any{"kid": strconv.Itoa(i), "x5c": []string{cert}})
		}),
		"n a number":     `{"keys":[{"kty":"RSA","kid":"a","e":65537,"n":` + strings.Repeat("7", 1_000_000) + `}]}`,
		"n many numbers": set(func(int) string { return `{"kty":"RSA","e":65537,"n":` + strings.Repeat("7", 4_900) + `}` }),
		"e a number":     `{"keys":[{"kty":"RSA","kid":"a","n":"` + b64(odd(2048).Bytes()) + `","e":` + strings.Repeat("3", 1_000_000) + `}]}`,
		"n a long text":  `{"keys":[{"kty":"RSA","kid":"a","e":"AQAB","n":"` + strings.Repeat("A", 1_000_000) + `"}]}`,
		"n long hex":     `{"keys":[{"kty":"RSA","kid":"a","e":"AQAB","n":"0x` + strings.Repeat("ab", 500_000) + `"}]}`,
		"x long":         `{"keys":[{"kty":"EC","crv":"P-256","kid":"a","x":"` + strings.Repeat("A", 500_000) + `","y":"` + strings.Repeat("A", 500_000) + `"}]}`,
		"empty values":   `{"keys":[` + strings.Repeat("[],", 340_000) + `[]]}`,
		"many members":   `{"keys":[{"kty":"RSA","kid":"a"` + many(90_000, func(i int) string { return fmt.Sprintf(`,"m%d":1`, i) }) + `}]}`,
		"one name for all": set(func(int) string {
			return `{"kty":"OKP","crv":"X25519","kid":"` + strings.Repeat("k", 900) + `","x":"AA"}`
		}),
		"duplicate members": `{"keys":[{"kty":"RSA"` + strings.Repeat(`,"a":1`, 170_000) + `}]}`,
		"key_ops":           `{"keys":[{"kty":"RSA","key_ops":[` + strings.Repeat(`"a",`, 200_000) + `"a"]}]}`,
		"deep":              `{"keys":` + strings.Repeat("[", 1_000_000),
		"many names":        `{` + strings.TrimPrefix(many(80_000, func(i int) string { return fmt.Sprintf(`,"m%d":{}`, i) }), ",") + `}`,
		"keys beside keys":  `{` + strings.Repeat(`"keys":[],`, 90_000) + `"keys":[]}`,
	}
}

func many(n int, one func(int) string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(one(i))
	}
	return b.String()
}

// TestHeavySets: memory is bounded whatever is in a set of 1 MiB, and what is
// not read is said. BenchmarkHeavySets shows the time.
func TestHeavySets(t *testing.T) {
	for name, data := range heavySets(t) {
		if len(data) > MaxSetBytes {
			t.Fatalf("%s: %d bytes", name, len(data))
		}
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		set := ParseJWKS([]byte(data))
		runtime.ReadMemStats(&after)
		// This counts everything that was allocated, garbage and the neighbours'
		// work included; what lives at one time is well below 64 MB.
		if allocated := after.TotalAlloc - before.TotalAlloc; allocated > 80<<20 {
			t.Errorf("%s: %d MB allocated", name, allocated>>20)
		}
		runtime.KeepAlive(set)
		for _, p := range set.Problems {
			if len(p.Message) > 2000 {
				t.Errorf("%s: a message of %d bytes", name, len(p.Message))
			}
		}
	}
}

// TestLimitsAreSaid: what is not read is named, and why.
func TestLimitsAreSaid(t *testing.T) {
	sets := heavySets(t)
	for name, words := range map[string]string{
		"n a number":    "a JSON number of 1000000 digits, longer than any key's",
		"e a number":    "a JSON number of 1000000 digits, longer than any key's",
		"n a long text": "longer than 16384 bits",
		"empty values":  "more than 131072 values",
	} {
		said := ""
		for _, p := range ParseJWKS([]byte(sets[name])).Problems {
			said += p.Message + "; "
		}
		if !strings.Contains(said, words) {
			t.Errorf("%s: %.300q does not name %q", name, said, words)
		}
	}
	// The longest number that can be a modulus is read.
	n := new(big.Int).Lsh(big.NewInt(1), maxModulusBits)
	n.Sub(n, big.NewInt(1))
	set := ParseJWKS([]byte(`{"keys":[{"kty":"RSA","kid":"a","use":"sig","alg":"RS256","e":65537,"n":` + n.String() + `}]}`))
	if len(set.Keys) != 1 || set.Keys[0].Bits != maxModulusBits {
		t.Errorf("16384 bits as a number: %+v", set.Problems)
	}
}

// BenchmarkHeavySets: each should stay below 200 ms.
func BenchmarkHeavySets(b *testing.B) {
	for name, data := range heavySets(b) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				ParseJWKS([]byte(data))
			}
		})
	}
}
