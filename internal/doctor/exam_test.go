package doctor

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/input"
	"github.com/assertionworks/jwtdoctor/internal/jose"
)

// ring is a set of keys of which the last one can sign.
type ring struct {
	alg  string
	set  *jose.Set
	last *jose.Key
}

func newRing(t testing.TB, alg string, signer any, others ...any) ring {
	t.Helper()
	r := ring{alg: alg, set: &jose.Set{}}
	for i, raw := range append(others, signer) {
		k, err := jose.NewKey(raw)
		if err != nil {
			t.Fatal(err)
		}
		k.Index = i
		r.last = k
		public := *k
		public.HasPrivate = false
		r.set.Keys = append(r.set.Keys, &public)
	}
	return r
}

// nineP521 are nine public keys, each dear to verify with, and one that signs.
var nineP521 = sync.OnceValue(func() []any {
	var keys []any
	for i := range 10 {
		k, err := ecdsa.ParseRawPrivateKey(elliptic.P521(), append(make([]byte, 64), 0x35, byte(i+1)))
		if err != nil {
			panic(err)
		}
		if i == 9 {
			return append(keys, k)
		}
		keys = append(keys, &k.PublicKey)
	}
	return keys
})

// rsa200 are 200 public keys, the products of few primes, and one that signs.
var rsa200 = sync.OnceValue(func() []any {
	var primes []*big.Int
	var keys []any
	for len(keys) < 200 {
		p, err := rand.Prime(rand.Reader, 512)
		if err != nil {
			panic(err)
		}
		for _, q := range primes {
			if n := new(big.Int).Mul(p, q); n.BitLen() == 1024 && len(keys) < 200 {
				keys = append(keys, &rsa.PublicKey{N: n, E: 65537})
			}
		}
		primes = append(primes, p)
	}
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return append(keys, k)
})

// token is an assertion signed by the last key; edit changes the payload after
// signing, so that the signature is no longer that of the text.
func (r ring) token(t testing.TB, kid, jti string, edit func(payload string) string) string {
	t.Helper()
	enc := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	header := fmt.Sprintf(`{"alg":%q}`, r.alg)
	if kid != "" {
		header = fmt.Sprintf(`{"alg":%q,"kid":%q}`, r.alg, kid)
	}
	payload := fmt.Sprintf(`{"iss":"a","sub":"a","jti":%q}`, jti)
	signed := payload
	if edit != nil {
		signed = edit(payload)
	}
	sig, err := jose.SignBytes(r.alg, r.last, []byte(enc(header)+"."+enc(signed)))
	if err != nil {
		t.Fatal(err)
	}
	return enc(header) + "." + enc(payload) + "." + base64.RawURLEncoding.EncodeToString(sig)
}

// forged carries a random signature.
func (r ring) forged(t testing.TB, kid, jti string) string {
	t.Helper()
	good := r.token(t, kid, jti, nil)
	a := input.Assertion(good, evidence.Origin{})
	sig := make([]byte, len(a.Segments[2].Decoded))
	rand.Read(sig)
	sig[0], sig[len(sig)/2] = 0, 0 // below the modulus or the order, so that verifying takes its whole course
	return good[:a.Segments[2].Span.Start] + base64.RawURLEncoding.EncodeToString(sig)
}

// named gives all keys of the ring one kid, or none.
func (r ring) named(kid string) ring {
	for _, k := range r.set.Keys {
		k.Kid, k.HasKid = kid, kid != ""
	}
	return r
}

func (r ring) examine(t testing.TB, x *exams, token string) jose.Diagnosis {
	t.Helper()
	c := &evidence.Case{Keys: evidence.Known(&evidence.Keys{Source: "keys", Set: r.set})}
	input.Fill(c, input.Assertion(token, evidence.Origin{}))
	x.examine(c)
	d, ok := c.Exam.Get()
	if !ok {
		t.Fatalf("not examined: %s", c.Exam.Why())
	}
	return *d
}

func manyKeys(t testing.TB) map[string]ring {
	curves, rsas := nineP521(), rsa200()
	return map[string]ring{
		"nine P-521 keys": newRing(t, "ES512", curves[9], curves[:9]...),
		"200 RSA keys":    newRing(t, "RS256", rsas[200], rsas[:200]...),
	}
}

// What one assertion proved says nothing about another: a good assertion never
// makes a forged one valid, and a forged one never makes a good one invalid.
func TestNoVerdictIsTakenOver(t *testing.T) {
	for name, r := range manyKeys(t) {
		for _, kid := range []string{"", "one name for all"} {
			r := r.named(kid)
			for _, order := range []string{"good forged", "forged good", "good good", "forged forged", "good forged good forged"} {
				t.Run(fmt.Sprintf("%s/kid %q/%s", name, kid, order), func(t *testing.T) {
					x := exams{spent: runBudget - 300} // too little for a whole search
					for i, what := range strings.Fields(order) {
						jti := fmt.Sprint(i)
						if what == "good" {
							if d := r.examine(t, &x, r.token(t, kid, jti, nil)); !d.Valid || d.Cause != "" || d.Certainty != finding.Certain {
								t.Errorf("%d: a good assertion is not valid: %+v", i, d)
							}
							continue
						}
						d := r.examine(t, &x, r.forged(t, kid, jti))
						if d.Valid || d.ValidRepaired {
							t.Errorf("%d: a forged assertion is valid: %+v", i, d)
						}
						if d.Cut && d.Certainty == finding.Certain {
							t.Errorf("%d: certain though the search was cut: %+v", i, d)
						}
					}
				})
			}
		}
	}
}

// Neither order nor budget changes what the plain verification says, even if
// kid names one key and another one signed.
func TestPlainVerificationIsNeverCut(t *testing.T) {
	for name, r := range manyKeys(t) {
		t.Run(name, func(t *testing.T) {
			x := exams{spent: runBudget}
			if d := r.examine(t, &x, r.token(t, "", "a", nil)); !d.Valid || d.Cut {
				t.Errorf("good: %+v", d)
			}
			if d := r.examine(t, &x, r.forged(t, "", "b")); d.Valid || d.ValidRepaired || !d.Cut || d.CutAt == "" || d.Certainty != finding.Likely {
				t.Errorf("forged: %+v", d)
			}
			if x.spent != runBudget {
				t.Errorf("the run spent %d of %d", x.spent, runBudget)
			}
			for i, k := range r.set.Keys {
				k.Kid, k.HasKid = fmt.Sprint("key ", i), true
			}
			last := r.set.Keys[len(r.set.Keys)-1]
			if d := r.examine(t, &x, r.token(t, last.Kid, "c", nil)); !d.Valid {
				t.Errorf("good, with kid: %+v", d)
			}
			if d := r.examine(t, &x, r.token(t, "key 0", "d", nil)); d.Cause != jose.CauseOtherKey || d.Key != last || d.Certainty != finding.Certain || d.Cut {
				t.Errorf("another key: %+v", d)
			}
			if d := r.examine(t, &x, r.forged(t, "key 0", "e")); d.Cause == jose.CauseOtherKey || d.Cause == "" || d.Certainty != finding.Likely {
				t.Errorf("forged, with kid: %+v", d)
			}
		})
	}
}

// What was found for one assertion is tried first for the next and counts where
// it is confirmed there: found without a search, and as certain as the first.
func TestAFindingIsAHypothesis(t *testing.T) {
	rsas := rsa200()
	r := newRing(t, "RS256", rsas[200], rsas[:3]...)
	r.set.Keys[3].Kid, r.set.Keys[3].HasKid = "k", true
	retyped := func(payload string) string { return strings.NewReplacer(`":`, `": `, `,"`, `, "`).Replace(payload) }
	var x exams
	first := r.examine(t, &x, r.token(t, "k", "a", retyped))
	if first.Cause != jose.CauseOtherBytes || first.Certainty != finding.Certain || x.spent == 0 {
		t.Fatalf("first: %+v, spent %d", first, x.spent)
	}
	x.spent = runBudget
	for i := range 3 {
		d := r.examine(t, &x, r.token(t, "k", fmt.Sprint("b", i), retyped))
		if d.Cause != first.Cause || d.Words != first.Words || d.Certainty != finding.Certain || d.Cut || d.Key != first.Key {
			t.Errorf("the same fault again: %+v", d)
		}
	}
	if d := r.examine(t, &x, r.token(t, "k", "c", nil)); !d.Valid {
		t.Errorf("control: %+v", d)
	}
	if d := r.examine(t, &x, r.forged(t, "k", "d")); d.Cause != jose.CauseUnknownKey || !d.Cut || d.Certainty != finding.Likely {
		t.Errorf("forged: %+v", d)
	}
	// The same fault is not there without the memory, once the budget is used up.
	y := exams{spent: runBudget}
	if d := r.examine(t, &y, r.token(t, "k", "e", retyped)); d.Cause != jose.CauseContentChanged || !d.Cut || d.Certainty != finding.Likely {
		t.Errorf("without memory: %+v", d)
	}
}

// The searches of a run have one budget, and the report says where it ran out.
func TestSearchesShareOneBudget(t *testing.T) {
	raw, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	r := newRing(t, "ES256", raw)
	const left = 700
	x := exams{spent: runBudget - left}
	var cut []bool
	for i := range 5 {
		d := r.examine(t, &x, r.forged(t, "", fmt.Sprint(i)))
		if d.Cause != jose.CauseUnknownKey || d.Cut != (d.CutAt != "") {
			t.Fatalf("%+v", d)
		}
		cut = append(cut, d.Cut)
	}
	if x.spent > runBudget || x.spent < runBudget-10 {
		t.Errorf("spent %d of %d", x.spent-runBudget+left, left)
	}
	if want := []bool{false, false, true, true, true}; !slices.Equal(cut, want) {
		t.Errorf("cut: %v, want %v", cut, want)
	}
}
