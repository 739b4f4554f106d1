package client

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// The assertions that the tests make go into a file, for jwtdoctor to check:
//
//	ASSERTIONS=build go test -count=1 ./... && jwtdoctor check --now now --lines --jwks build/jwks.json build/assertions.txt
func TestAssertion(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	var lines []byte
	for range 3 {
		a, err := Assertion(key, "k1", "my-client", "https://api.redoxengine.com/v2/auth/token", time.Now())
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, a+"\n"...)
	}
	dir := os.Getenv("ASSERTIONS")
	if dir == "" {
		return
	}
	jwks, err := json.Marshal(map[string]any{"keys": []any{map[string]string{
		"kty": "RSA", "kid": "k1", "use": "sig", "alg": "RS384",
		"n": base64.RawURLEncoding.EncodeToString(key.N.Bytes()),
		"e": base64.RawURLEncoding.EncodeToString(big.NewInt(int64(key.E)).Bytes()),
	}}})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{"assertions.txt": lines, "jwks.json": jwks} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
