package jose

import (
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// TestRandomSignatures: no cause is found in noise. JWTDOCTOR_RANDOM=100000
// makes it a long run.
func TestRandomSignatures(t *testing.T) {
	rsaRuns, ecRuns := 2000, 100
	if testing.Short() {
		ecRuns = 32
	}
	if n, err := strconv.Atoi(os.Getenv("JWTDOCTOR_RANDOM")); err == nil && n > 0 {
		rsaRuns, ecRuns = n, n/20
	}
	set := testSet(t)
	r := rand.New(rand.NewPCG(7, 11))
	run := func(alg, kid string, size, n int) {
		for i := range n {
			x := randomExhibit(t, r, alg, kid, set, size)
			x.Budget = 600 // the search is the same, only shorter
			d := Diagnose(x)
			if d.Valid || d.ValidRepaired || d.Cause != CauseUnknownKey {
				t.Fatalf("%s run %d: cause %q: %s; signature %x", alg, i, d.Cause, d.Words, x.Signature)
			}
		}
	}
	for _, alg := range []string{"RS256", "RS384", "PS256", "PS512"} {
		run(alg, "rsa-a", 256, rsaRuns/4)
	}
	run("ES256", "ec256", 64, ecRuns*3/4)
	run("ES384", "ec384", 96, ecRuns/8)
	run("EdDSA", "ed25519", 64, ecRuns/8)
}

// TestRandomLengths: whatever the length, noise is never valid and never
// blamed on key or content.
func TestRandomLengths(t *testing.T) {
	set := testSet(t)
	r := rand.New(rand.NewPCG(3, 5))
	allowed := map[string]bool{CauseUnknownKey: true, CauseTruncated: true, CauseWrongLength: true, "": true}
	for _, alg := range everyAlg {
		for _, size := range []int{1, 2, 10, 31, 32, 48, 63, 64, 65, 66, 70, 71, 95, 96, 97, 131, 132, 133, 255, 256, 257, 384, 512, 1000} {
			x := randomExhibit(t, r, alg, keyFor(alg), set, size)
			x.Budget = 300
			d := Diagnose(x)
			if d.Valid || d.ValidRepaired || !allowed[d.Cause] {
				t.Errorf("%s, %d bytes: cause %q: %s", alg, size, d.Cause, d.Words)
			}
		}
	}
}

// TestFlips: one character changed anywhere in a valid assertion, and it is
// never valid; the last character of each part, whose unused bits are decoded
// away by lenient readers, gets every other value.
func TestFlips(t *testing.T) {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	set := testSet(t)
	for _, alg := range []string{"RS256", "PS256", "ES256", "ES384", "EdDSA"} {
		key := testKey(t, keyFor(alg))
		good, err := Sign(alg, key, []byte(testHeader(alg, key.Kid)), []byte(testPayload))
		if err != nil {
			t.Fatal(err)
		}
		if d := Diagnose(exhibit(t, good, alg, key.Kid, set)); !d.Valid {
			t.Fatalf("%s control: %+v", alg, d)
		}
		flip := func(i int, c byte) {
			bad := good[:i] + string(c) + good[i+1:]
			if strings.Count(bad, ".") != 2 {
				return
			}
			x := exhibit(t, bad, headerText(bad, "alg", alg), headerText(bad, "kid", key.Kid), set)
			// Valid is said in one place, before any search; the whole of Diagnose
			// runs for some positions to show that nothing behind it says so too.
			d, _ := Examine(x).Settled()
			if i%40 == 0 {
				x.Budget = 1
				d = Diagnose(x)
			}
			if d.Valid {
				t.Errorf("%s: valid with character %d changed from %q to %q", alg, i, good[i], c)
			}
		}
		for i := range len(good) {
			if good[i] == '.' {
				continue
			}
			at := strings.IndexByte(alphabet, good[i])
			flip(i, alphabet[(at+1)%64])
			flip(i, alphabet[(at+32)%64])
			if i+1 == len(good) || good[i+1] == '.' {
				for j := range 64 {
					if j != at {
						flip(i, alphabet[j])
					}
				}
			}
		}
	}
}

// headerText reads a member of the changed header as a tolerant reader would.
func headerText(compact, name, otherwise string) string {
	head, _, _ := strings.Cut(compact, ".")
	v, _ := readJSON(part(head).Decoded)
	if t, ok := text(v, name); ok {
		return t
	}
	return otherwise
}

// TestDeterministic: the same exhibit gives the same diagnosis, tries included.
func TestDeterministic(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	x := randomExhibit(t, r, "ES256", "3", tenKeys(t, "ec256"), 64)
	x.Budget = 500
	first := Diagnose(x)
	if !first.Cut || first.CandidatesTried == 0 || first.CandidatesTried > 600 {
		t.Fatalf("tried %d, cut %v", first.CandidatesTried, first.Cut)
	}
	for range 3 {
		if d := Diagnose(x); d.CandidatesTried != first.CandidatesTried || d.Words != first.Words || d.Cut != first.Cut {
			t.Fatalf("%+v, then %+v", first, d)
		}
	}
}

// TestBounded: neither a thousand keys nor a megabyte makes the search longer
// than its budget allows.
func TestBounded(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 8))
	var keys []*Key
	for range 100 {
		keys = append(keys, tenKeys(t, "ec521")...)
	}
	x := randomExhibit(t, r, "ES512", "", keys, 132)
	x.Signature[0], x.Signature[66] = 0, 0 // below the order, so that each verification is a whole one
	x.Budget = 1200
	if d := Diagnose(x); !d.Cut || d.CandidatesTried > 1200 || d.Cause != CauseUnknownKey {
		t.Errorf("a thousand keys: cut %v, %d tried, %q", d.Cut, d.CandidatesTried, d.Cause)
	}
	long := strings.Repeat("a", 1<<20)
	x = exhibit(t, enc(testHeader("RS256", "rsa-a"))+"."+enc(long)+"."+b64(mustSign(t, "RS256", testKey(t, "rsa-a"), []byte("x"))), "RS256", "rsa-a", testSet(t))
	if d := Diagnose(x); !d.Cut || d.CandidatesTried > 200 || d.Cause != CauseContentChanged {
		t.Errorf("a megabyte: cut %v, %d tried, %q", d.Cut, d.CandidatesTried, d.Cause)
	}
}

// TestUnusableNamedKey: where kid leads to a key that cannot be used, nothing is
// said of who signed.
func TestUnusableNamedKey(t *testing.T) {
	set := ParseJWKS([]byte(changed(t, "rsa-a", map[string]any{"e": "AQ"})))
	in := enc(testHeader("RS256", "rsa-a")) + "." + enc(testPayload)
	d := Diagnose(exhibit(t, in+"."+b64(mustSign(t, "RS256", testKey(t, "rsa-a"), []byte(in))), "RS256", "rsa-a", set.Keys))
	if d.Cause != "" || !d.Inconclusive || !strings.Contains(d.Words, "anyone could sign") {
		t.Errorf("%+v", d)
	}
}

// TestSafeWords: what stands in the evidence never reaches the words raw.
func TestSafeWords(t *testing.T) {
	const evil = "\x1b[31mred\u202e"
	key := testKey(t, "rsa-a")
	header := asJSON(t, map[string]string{"alg": "RS256", "kid": evil, evil: "x"})
	signed := asJSON(t, map[string]string{"alg": "RS256", "kid": evil})
	pub := publicOnly(key)
	pub.Kid = evil
	in := enc(header) + "." + enc(testPayload)
	d := Diagnose(exhibit(t, in+"."+b64(mustSign(t, "RS256", key, []byte(enc(signed)+"."+enc(testPayload)))), "RS256", evil, []*Key{pub}))
	if d.Cause != CauseContentChanged || !strings.Contains(d.Words, "added") {
		t.Fatalf("%+v", d)
	}
	said := d.Words + d.Fix + d.Proof + pub.String()
	for _, c := range []string{
		`{"keys":[{"kty":"` + "\u202ered" + `","kid":"\u001b[31m"},{"kty":"EC","crv":"\u001b[31m","x":"AA","y":"AA","alg":"RSA-OAEP\u001b","use":"sig","kid":"\u001b"},{"kty":"EC","crv":"\u001b","kid":"\u001b","alg":"ES256"}]}`,
		`{"\u001b[31m":{"keys":[]}}`, `{"\u001b` + "\u202e" + `keys":1}`,
	} {
		set := ParseJWKS([]byte(c))
		for _, p := range set.Problems {
			said += p.Message
		}
		for _, k := range set.Keys {
			said += k.String() + k.Unusable
		}
	}
	if strings.ContainsAny(said, "\x1b\u202e") {
		t.Errorf("%q", said)
	}
}

// TestDamagedSignature: where only characters of the signature differ, another
// key is no more than likely, and both explanations are given.
func TestDamagedSignature(t *testing.T) {
	set := testSet(t)
	swap := func(s string) string { // two neighbours that differ
		i := 20
		for s[i] == s[i+1] {
			i++
		}
		return s[:i] + s[i+1:i+2] + s[i:i+1] + s[i+2:]
	}
	flip := func(s string) string { // the case of one letter
		i := strings.IndexFunc(s[20:], func(r rune) bool { return r >= 'a' && r <= 'z' }) + 20
		return s[:i] + strings.ToUpper(s[i:i+1]) + s[i+1:]
	}
	for _, alg := range []string{"RS256", "PS384", "ES256", "EdDSA"} {
		key := testKey(t, keyFor(alg))
		in := enc(testHeader(alg, key.Kid)) + "." + enc(testPayload)
		good := b64(mustSign(t, alg, key, []byte(in)))
		for name, sig := range map[string]string{
			"two characters swapped": swap(good), "a letter's case": flip(good),
			"all small letters": strings.ToLower(good), "all capitals": strings.ToUpper(good),
		} {
			x := exhibit(t, in+"."+sig, alg, key.Kid, set)
			x.Budget = 3000
			d := Diagnose(x)
			if d.Cause != CauseUnknownKey || d.Certainty != finding.Likely {
				t.Errorf("%s, %s: %s, %s: %s", alg, name, d.Cause, d.Certainty, d.Words)
			}
			both := strings.Contains(d.Words, "different private key") && strings.Contains(d.Words, "characters of the signature were changed")
			if lost := strings.Contains(d.Words, "letter case was changed"); lost != (strings.HasPrefix(name, "all") && len(sig) >= 90) || !lost && !both {
				t.Errorf("%s, %s: %s", alg, name, d.Words)
			}
		}
		if d := Diagnose(exhibit(t, in+"."+good, alg, key.Kid, set)); !d.Valid || d.Certainty != finding.Certain {
			t.Errorf("%s control: %+v", alg, d)
		}
	}
}
