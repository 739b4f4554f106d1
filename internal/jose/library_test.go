package jose

import (
	"crypto"
	"crypto/sha256"
	"testing"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jwk"
	"github.com/lestrrat-go/jwx/v2/jws"
)

// TestAsTheLibrary: keys that are read here without the library are those it
// reads, and what verifies here verifies there.
func TestAsTheLibrary(t *testing.T) {
	for _, alg := range everyAlg {
		key := testKey(t, keyFor(alg))
		text := jwkOf(t, keyFor(alg), map[string]any{"alg": alg})
		ours := ParseJWKS([]byte(text)).Keys[0]
		theirs, err := jwk.ParseKey([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		sum, err := theirs.Thumbprint(crypto.SHA256)
		if err != nil || b64(sum) != ours.Thumbprint || len(sum) != sha256.Size {
			t.Errorf("%s: thumbprint %s, the library has %s (%v)", alg, ours.Thumbprint, b64(sum), err)
		}
		var raw any
		if err := theirs.Raw(&raw); err != nil {
			t.Fatal(err)
		}
		if !ours.Public.(interface{ Equal(crypto.PublicKey) bool }).Equal(raw) {
			t.Errorf("%s: another key than the library reads", alg)
		}
		sig := mustSign(t, alg, key, []byte("text"))
		v, err := jws.NewVerifier(jwa.SignatureAlgorithm(alg))
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			text string
			good bool
		}{{"text", true}, {"another", false}} {
			if err := Verify(alg, []byte(c.text), sig, ours); (err == nil) != c.good {
				t.Errorf("%s, %s: %v", alg, c.text, err)
			}
			if err := v.Verify([]byte(c.text), sig, raw); (err == nil) != c.good {
				t.Errorf("%s, %s, the library: %v", alg, c.text, err)
			}
		}
	}
}
