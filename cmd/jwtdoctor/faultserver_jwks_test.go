package main

import (
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"strings"
	"testing"
)

// jwksFaults are key sets that no server, or not every server, can use.
func jwksFaults(t *testing.T) []endpoint {
	rsa := publicJWK(readRSA(t, signingKey), "k1")
	second := publicJWK(readRSA(t, "../../internal/jose/testdata/keys/rsa-b.pem"), "k2")
	change := func(key map[string]any, f func(map[string]any)) string {
		k := maps.Clone(key)
		f(k)
		text, err := json.Marshal(k)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	whole := func(map[string]any) {}
	set := func(keys ...string) string { return `{"keys":[` + strings.Join(keys, ",") + `]}` }
	with := func(name string, value any) string {
		return change(rsa, func(k map[string]any) { k[name] = value })
	}
	without := func(name string) string { return change(rsa, func(k map[string]any) { delete(k, name) }) }
	row := func(name, body, want string) endpoint {
		return endpoint{name: "key set: " + name, start: web(says(200, asJSON, body)), probe: "-", token: "-", tap: "-", jwks: want}
	}
	ec := `{"kty":"EC","kid":"ec-1","use":"sig","alg":"ES384","crv":"P-384","x":"7FZ5J9xQNHn2Objjf76Wi3_UzJi3ZPu2TbBEejNu1cHk3IoxCUfZPtP08hHlhLUH","y":"iUOncI_ojLg1YO7suSClc1XL3Deyu1DP_fEjRfy3KfYeZP_6_9V8O32-F4gjhNop"}`
	pem := "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----\n"
	leaf := issue(t, authority{}, func(*x509.Certificate) {})
	b64 := base64.StdEncoding.EncodeToString(leaf.cert.Raw)
	return []endpoint{
		row("healthy", set(change(rsa, whole), change(second, whole)), ""),
		row("healthy, EC", set(ec), ""),
		row("one key", change(rsa, whole), "jwks-single-key"),
		row("a list of keys", "["+change(rsa, whole)+"]", "jwks-single-key|jwks-not-json|jwks-empty|jwks-not-a-set"),
		row("empty", `{"keys":[]}`, "jwks-empty"),
		row("keys is no list", `{"keys":{}}`, "jwks-empty|jwks-single-key|jwks-not-a-set"),
		row("a key in a string", `{"keys":["`+"abc"+`"]}`, "jwks-key-not-object"),
		row("a PEM", pem, "jwks-not-json"),
		row("a certificate", string(pemOf(leaf)), "jwks-not-json"),
		row("an HTML page", titled("Keys"), "jwks-not-json|jwks-http-error"),
		row("cut off", set(change(rsa, whole))[:200], "jwks-not-json"),
		row("a name twice", `{"keys":[{"kty":"RSA","kty":"RSA",`+change(rsa, func(k map[string]any) { delete(k, "kty") })[1:]+`]}`, "jwks-duplicate-member"),
		row("kty in lower case", set(with("kty", "rsa")), "jwk-kty-unknown"),
		row("kty unknown", set(with("kty", "PQC")), "jwk-kty-unknown"),
		row("no kty", set(without("kty")), "jwk-member-missing"),
		row("no n", set(without("n")), "jwk-member-missing"),
		row("no e", set(without("e")), "jwk-member-missing"),
		row("n as a number", set(with("n", 12345)), "jwk-base64"),
		row("n in hex", set(with("n", fmt.Sprintf("%x", readRSA(t, signingKey).N))), "jwk-base64"),
		row("n with padding", set(with("n", rsa["n"].(string)+"=")), "jwk-base64"),
		row("n with a leading zero", set(with("n", base64.RawURLEncoding.EncodeToString(append([]byte{0}, readRSA(t, signingKey).N.Bytes()...)))), "jwk-leading-zero|jwk-base64"),
		row("no kid", set(without("kid")), "jwks-kid-missing"),
		row("a kid twice", set(change(rsa, whole), change(second, func(k map[string]any) { k["kid"] = "k1" })), "jwks-kid-duplicate"),
		row("a private key", set(with("d", "AAAA")), "jwks-private-key"),
		row("a shared secret", set(`{"kty":"oct","kid":"s","k":"c2VjcmV0LXNlY3JldC1zZWNyZXQ"}`), "jwks-private-key"),
		row("encryption keys only", set(change(rsa, func(k map[string]any) { k["use"], k["alg"] = "enc", "RSA-OAEP" })), "jwks-no-signing-key"),
		row("use in capitals", set(with("use", "SIG")), "jwk-use-conflict"),
		row("use against alg", set(with("alg", "RSA-OAEP")), "jwk-use-conflict"),
		row("alg of another kind of key", set(with("alg", "ES256")), "jwk-use-conflict"),
		row("alg unknown", set(with("alg", "RS999")), "jwk-use-conflict"),
		row("key_ops to sign", set(with("key_ops", []string{"sign"})), "jwk-use-conflict"),
		row("x5c of another key", set(with("x5c", []string{b64})), "jwk-x5c-mismatch"),
		row("x5c is no certificate", set(with("x5c", []string{"AAAA"})), "jwk-x5c-malformed"),
		row("x5t#S256 of another certificate", set(change(rsa, func(k map[string]any) {
			k["x5c"], k["x5t#S256"] = []string{b64}, strings.Repeat("A", 43)
		})), "jwk-x5t-mismatch|jwk-x5c-mismatch"),
		row("off the curve", set(strings.Replace(ec, "iUOnc", "iUOnd", 1)), "jwk-off-curve"),
		row("a short coordinate", set(`{"kty":"EC","kid":"e","use":"sig","alg":"ES256","crv":"P-256","x":"AQ","y":"AQ"}`), "jwk-short-coordinate"),
		row("RSA of 1024 bits", set(with("n", weakModulus(t))), "key-too-small"),
		row("10,000 keys", set(strings.TrimSuffix(strings.Repeat(`{"kty":"oct","kid":"x","k":"AAAA"},`, 10_000), ",")), "jwks-too-large"),
		{name: "key set: as plain text", start: web(says(200, "text/plain", set(change(rsa, whole)))), probe: "-", token: "-", tap: "-", jwks: "|jwks-content-type"},
		{name: "key set: 404", start: web(says(404, asJSON, `{}`)), probe: "-", token: "-", tap: "-", jwks: "jwks-http-error"},
	}
}

// weakModulus is the modulus of an RSA key of 1024 bits.
func weakModulus(t *testing.T) string {
	t.Helper()
	for {
		p, err := rand.Prime(rand.Reader, 512)
		if err != nil {
			t.Fatal(err)
		}
		q, err := rand.Prime(rand.Reader, 512)
		if err != nil {
			t.Fatal(err)
		}
		if n := new(big.Int).Mul(p, q); n.BitLen() == 1024 {
			return base64.RawURLEncoding.EncodeToString(n.Bytes())
		}
	}
}
