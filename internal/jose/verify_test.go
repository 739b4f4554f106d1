package jose

import (
	"crypto"
	"crypto/rsa"
	"errors"
	"slices"
	"testing"
)

func TestVerifyGuards(t *testing.T) {
	input := []byte("header.payload")
	private := func(name string) *Key { return testKey(t, name) }
	key := func(name string) *Key { return publicOnly(testKey(t, name)) }
	say := func(k *Key, change func(*Key)) *Key { change(k); return k }
	zero := make([]byte, 64)
	p384 := mustSign(t, "ES384", private("ec384"), input)
	rs := mustSign(t, "RS256", private("rsa-a"), input)
	es := mustSign(t, "ES256", private("ec256"), input)
	der := derECDSA(t, "ec256", crypto.SHA256, input)
	salted := func(salt int) []byte { return pss(t, "rsa-a", crypto.SHA256, salt, input) }
	plusN := slices.Clone(rs)
	addModulus(plusN, private("rsa-a").Public.(*rsa.PublicKey))
	secret := SecretKey([]byte("a shared secret of 32 bytes, yes"))

	for _, c := range []struct {
		name string
		alg  string
		sig  []byte
		key  *Key
		want error
	}{
		{"RS256", "RS256", rs, key("rsa-a"), nil},
		{"ES256", "ES256", es, key("ec256"), nil},
		{"Ed25519 by its newer name", "Ed25519", mustSign(t, "EdDSA", private("ed25519"), input), key("ed25519"), nil},
		{"HS256", "HS256", mac(crypto.SHA256, secret.secret, input), secret, nil},
		{"own alg", "RS256", rs, say(key("rsa-a"), func(k *Key) { k.Alg = "RS256" }), nil},

		{"none", "none", nil, key("rsa-a"), ErrAlgNone},
		{"NONE", "NONE", nil, key("rsa-a"), ErrAlgNone},
		{"empty alg", "", rs, key("rsa-a"), ErrAlgUnknown},
		{"rs256", "rs256", rs, key("rsa-a"), ErrAlgUnknown},
		{"ES256K", "ES256K", es, key("ec256"), ErrAlgUnknown},
		{"no key", "RS256", rs, nil, ErrKeyUnusable},
		{"unusable key", "RS256", rs, &Key{Kty: KtyRSA, Bits: 2048}, ErrKeyUnusable},
		{"other key", "RS256", rs, key("rsa-b"), ErrNotVerified},
		{"other text", "RS256", mustSign(t, "RS256", private("rsa-a"), []byte("x")), key("rsa-a"), ErrNotVerified},
		{"ES256 with P-384", "ES256", p384, key("ec384"), ErrKeyUnfit},
		{"ES384 with P-256", "ES384", es, key("ec256"), ErrKeyUnfit},
		{"RS256 with an EC key", "RS256", es, key("ec256"), ErrKeyUnfit},
		{"HS256 with a public key", "HS256", mac(crypto.SHA256, []byte("x"), input), key("rsa-a"), ErrKeyUnfit},
		{"HS256 with a short secret", "HS256", mac(crypto.SHA256, []byte("x"), input), SecretKey([]byte("x")), ErrKeyUnusable},
		{"key for another alg", "RS256", rs, say(key("rsa-a"), func(k *Key) { k.Alg = "RS384" }), ErrKeyUnfit},
		{"key for encryption", "RS256", rs, say(key("rsa-a"), func(k *Key) { k.Use = "enc" }), ErrKeyUnfit},
		{"key_ops", "RS256", rs, say(key("rsa-a"), func(k *Key) { k.KeyOps = []string{"encrypt"} }), ErrKeyUnfit},
		{"DER", "ES256", der, key("ec256"), ErrLength},
		{"one byte more", "ES256", append(slices.Clone(es), 0), key("ec256"), ErrLength},
		{"one byte less", "RS256", rs[1:], key("rsa-a"), ErrLength},
		{"RSA with a zero before it", "RS256", append([]byte{0}, rs...), key("rsa-a"), ErrLength},
		{"RSA plus the modulus", "RS256", plusN, key("rsa-a"), ErrNotVerified},
		{"ECDSA of zeros", "ES256", zero, key("ec256"), ErrNotVerified},
		{"Ed25519 of zeros", "EdDSA", zero, key("ed25519"), ErrNotVerified},
		{"PSS, salt 32", "PS256", salted(32), key("rsa-a"), nil},
		{"PSS, salt 20", "PS256", salted(20), key("rsa-a"), ErrNotVerified},
		{"PSS, longest salt", "PS256", salted(rsa.PSSSaltLengthAuto), key("rsa-a"), ErrNotVerified},
		{"PSS as PKCS1", "RS256", salted(32), key("rsa-a"), ErrNotVerified},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := Verify(c.alg, input, c.sig, c.key); !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
		})
	}
}

// addModulus adds n to a signature where that fits its length: the same number
// modulo n, which RFC 8017 clause 5.2.2 refuses.
func addModulus(sig []byte, pub *rsa.PublicKey) {
	carry := 0
	n := pub.N.Bytes()
	for i := len(sig) - 1; i >= 0; i-- {
		carry += int(sig[i]) + int(n[i])
		sig[i] = byte(carry)
		carry >>= 8
	}
}

// TestSmallRSA: keys the standard library refuses are verified all the same,
// and said to be weak.
func TestSmallRSA(t *testing.T) {
	input := []byte("header.payload")
	for _, name := range []string{"rsa768", "rsa1024"} {
		f := ParseKeyFile(readKeyFile(t, name+".pem"))
		k := f.Key
		if k == nil || k.Public == nil || !k.Weak() {
			t.Fatalf("%s: %+v", name, f)
		}
		if _, err := SignBytes("RS256", k, input); !errors.Is(err, ErrCannotSign) {
			t.Errorf("%s signs: %v", name, err)
		}
		d := privateExponent(t, name)
		for alg, em := range map[string][]byte{
			"RS256": encodePKCS1(crypto.SHA256, digest(crypto.SHA256, input), k.Bits/8),
			"PS256": encodePSS(crypto.SHA256, crypto.SHA256, digest(crypto.SHA256, input), make([]byte, 32), k.Bits-1),
		} {
			sig := rawPower(em, d, k.Public.(*rsa.PublicKey).N)
			if err := Verify(alg, input, sig, k); err != nil {
				t.Errorf("%s %s: %v", name, alg, err)
			}
			sig[len(sig)-1] ^= 1
			if err := Verify(alg, input, sig, k); err == nil {
				t.Errorf("%s %s: a changed signature verifies", name, alg)
			}
		}
		short := encodePSS(crypto.SHA256, crypto.SHA256, digest(crypto.SHA256, input), nil, k.Bits-1)
		if err := Verify("PS256", input, rawPower(short, d, k.Public.(*rsa.PublicKey).N), k); err == nil {
			t.Errorf("%s: a PSS signature without salt verifies", name)
		}
	}
}

func TestSign(t *testing.T) {
	header, payload := []byte(`{"alg": "RS256" }`), []byte("{ \"iss\":\"x\"}\n")
	for _, alg := range everyAlg {
		k := testKey(t, keyFor(alg))
		compact, err := Sign(alg, k, header, payload)
		if err != nil {
			t.Fatal(err)
		}
		x := exhibit(t, compact, alg, k.Kid, []*Key{publicOnly(k)})
		if string(x.Header.Decoded) != string(header) || string(x.Payload.Decoded) != string(payload) {
			t.Errorf("%s: header or payload is not as given", alg)
		}
		if d := Diagnose(x); !d.Valid {
			t.Errorf("%s: %+v", alg, d)
		}
	}
	for name, c := range map[string]struct {
		alg string
		key *Key
		err error
	}{
		"public key":  {"RS256", publicOnly(testKey(t, "rsa-a")), ErrCannotSign},
		"no key":      {"RS256", nil, ErrCannotSign},
		"none":        {"none", testKey(t, "rsa-a"), ErrAlgNone},
		"wrong curve": {"ES256", testKey(t, "ec384"), ErrKeyUnfit},
	} {
		if _, err := Sign(c.alg, c.key, header, payload); !errors.Is(err, c.err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
