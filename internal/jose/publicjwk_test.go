package jose

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"strings"
	"testing"
)

// What is registered is the public half and nothing else, and reads back as the
// same key.
func TestPublicSet(t *testing.T) {
	r, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	e, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	var keys []*Key
	for _, private := range []any{r, e} {
		k, err := NewKey(private)
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, k)
	}
	keys[1].Kid, keys[1].HasKid = "mine", true
	text, left := PublicSet(append(keys, SecretKey([]byte("a shared secret"))), (*Key).OnlyAlgorithm)
	if left != 1 {
		t.Errorf("%d keys left out, want the secret", left)
	}
	for _, member := range []string{`"d"`, `"p"`, `"q"`, `"dp"`, `"dq"`, `"qi"`, `"k"`} {
		if strings.Contains(string(text), member+":") {
			t.Errorf("the private member %s is in the set", member)
		}
	}
	set := ParseJWKS(text)
	// An RSA key may sign with any of six algorithms, so none is written, which is said.
	if len(set.Problems) > 1 || len(set.Keys) != 2 {
		t.Fatalf("%d keys, %v", len(set.Keys), set.Problems)
	}
	for i, k := range set.Keys {
		if k.HasPrivate || k.Thumbprint != keys[i].Thumbprint || k.Kid != keys[i].PublishedKid() {
			t.Errorf("key %d: %s, thumbprint %s, want that of %s", i, k.Kid, k.Thumbprint, keys[i])
		}
	}
	if set.Keys[0].Alg != "" || set.Keys[1].Alg != "ES384" {
		t.Errorf("alg %q and %q: an RSA key has none of its own, one on P-384 makes ES384", set.Keys[0].Alg, set.Keys[1].Alg)
	}
}
