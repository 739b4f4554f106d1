package doctor_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// brokenKey is a public key in whose name anyone can sign, and such a signature.
type brokenKey struct {
	jwk  jwk
	der  any
	alg  string
	sign func(input string) []byte
}

func brokenKeys(t testing.TB, ring keyring) map[string]brokenKey {
	t.Helper()
	e := big.NewInt(65537)
	prime, ok := new(big.Int).SetString(groupPrime, 16)
	if !ok || !prime.ProbablyPrime(0) {
		t.Fatal("not a prime")
	}
	less := new(big.Int).Sub(prime, big.NewInt(1))
	d := new(big.Int).ModInverse(e, less)
	raw := func(n, d *big.Int) func(string) []byte {
		return func(in string) []byte {
			size := (n.BitLen() + 7) / 8
			prefix := []byte{0x30, 0x41, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02, 0x05, 0x00, 0x04, 0x30}
			content := append(prefix, digest(crypto.SHA384, in)...)
			em := append([]byte{0, 1}, bytes.Repeat([]byte{0xFF}, size-3-len(content))...)
			em = append(append(em, 0), content...)
			return new(big.Int).Exp(new(big.Int).SetBytes(em), d, n).FillBytes(make([]byte, size))
		}
	}
	three := new(big.Int).Mul(prime, big.NewInt(3))
	phi := new(big.Int).Mul(less, big.NewInt(2))
	one, err := ecdsa.ParseRawPrivateKey(elliptic.P384(), append(make([]byte, 47), 1))
	if err != nil {
		t.Fatal(err)
	}
	identity := append([]byte{1}, make([]byte, 31)...)
	rsaKey := func(n *big.Int) jwk { return rsaJWK(&rsa.PublicKey{N: n, E: 65537}, "rsa-a") }
	ec := ecJWK(&one.PublicKey, "rsa-a")
	return map[string]brokenKey{
		"prime modulus":      {rsaKey(prime), &rsa.PublicKey{N: prime, E: 65537}, "RS384", raw(prime, d)},
		"modulus with a 3":   {rsaKey(three), &rsa.PublicKey{N: three, E: 65537}, "RS384", raw(three, new(big.Int).ModInverse(e, phi))},
		"private value of 1": {ec, &one.PublicKey, "ES384", func(in string) []byte { return es384(one, in) }},
		"small order": {jwk{"kty": "OKP", "crv": "Ed25519", "kid": "rsa-a", "use": "sig", "alg": "EdDSA", "x": base64.RawURLEncoding.EncodeToString(identity)}, nil, "EdDSA",
			func(string) []byte { return append(append([]byte{}, identity...), make([]byte, 32)...) }},
		"exponent of 1": {func() jwk { k := rsaJWK(&ring.rsaA.PublicKey, "rsa-a"); k["e"] = "AQ"; return k }(), nil, "RS384",
			raw(ring.rsaA.N, big.NewInt(1))},
	}
}

// groupPrime is the prime of the 2048-bit MODP group (RFC 3526 section 3): as a
// modulus it has a private exponent that everyone can compute.
const groupPrime = "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74" +
	"020bbea63b139b22514a08798e3404ddef9519b3cd3a431b302b0a6df25f1437" +
	"4fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7ed" +
	"ee386bfb5a899fa5ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf05" +
	"98da48361c55d39a69163fa8fd24cf5f83655d23dca3ad961c62f356208552bb" +
	"9ed529077096966d670c354e4abc9804f1746c08ca18217c32905e462e36ce3b" +
	"e39e772c180e86039b2783a2ec07a28fb5c55df06f4c52c9de2bcbf695581718" +
	"3995497cea956ae515d2261898fa051015728e5a8aacaa68ffffffffffffffff"

// TestBrokenKeys: a signature that anyone can make never passes, whether the key
// comes from a set or from a file, and the key is said to be at fault.
func TestBrokenKeys(t *testing.T) {
	ring := testKeys(t)
	for name, b := range brokenKeys(t, ring) {
		want := finding.CauseID("jwk-value-invalid")
		if name == "prime modulus" {
			want = "key-too-small"
		}
		check := func(t *testing.T, got finding.Case, want finding.CauseID) {
			t.Helper()
			if b := broken(got); b != nil {
				t.Fatalf("broken: %v", b)
			}
			said := false
			for _, f := range got.Findings {
				if f.Check == "signature-valid" && f.Outcome != finding.Skip {
					t.Errorf("signature-valid: %s (%s)", f.Outcome, f.Message)
				}
				if f.Failed() && f.Severity == finding.Error && finding.CauseID(f.Cause) == want {
					said = true
				}
			}
			if !said {
				t.Errorf("failed %v, without %s", failed(got), want)
			}
		}
		t.Run(name+"/set", func(t *testing.T) {
			s := healthySigned(ring)
			s.opts.Profiles = []string{"rfc7523"}
			s.header.set("alg", b.alg)
			s.keys[0], s.sign = b.jwk, b.sign
			check(t, s.run(t), want)
		})
		if b.der == nil {
			continue
		}
		t.Run(name+"/file", func(t *testing.T) {
			s := healthySigned(ring)
			s.opts.Profiles = []string{"rfc7523"}
			s.header.set("alg", b.alg)
			der, err := x509.MarshalPKIXPublicKey(b.der)
			if err != nil {
				t.Fatal(err)
			}
			s.opts.Key = &doctor.Document{Source: "key.pem", Data: pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})}
			in := b64(s.header.json()) + "." + b64(s.claims.json())
			check(t, run(t, s.opts, in+"."+base64.RawURLEncoding.EncodeToString(b.sign(in)))[0], "key-too-small")
		})
	}
	t.Run("control", func(t *testing.T) {
		if f := failed(healthySigned(ring).run(t)); f != nil {
			t.Errorf("fails %v", f)
		}
	})
}

// TestBrokenKeyOfASet: a set is judged without an assertion too.
func TestBrokenKeyOfASet(t *testing.T) {
	ring := testKeys(t)
	for name, b := range brokenKeys(t, ring) {
		c, _, err := doctor.JudgeSet(t.Context(), doctor.Options{JWKS: &doctor.Document{Source: "jwks.json", Data: jwks(rsaJWK(&ring.rsaB.PublicKey, "good"), b.jwk)}, Clock: healthy("rfc7523").opts.Clock}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if f := failed(c); !slices.Equal(f, []string{"jwk-value-invalid"}) && !slices.Equal(f, []string{"key-too-small"}) {
			t.Errorf("%s: fails %v", name, f)
		}
	}
}

// TestConfusingMaterial: what readers take in different ways is said, and
// changes nothing of what the signature proves.
func TestConfusingMaterial(t *testing.T) {
	ring := testKeys(t)
	raw := func(name, json string) func(*signed) {
		return func(s *signed) { s.header.setRaw(name, json) }
	}
	claim := func(name, json string) func(*signed) {
		return func(s *signed) { s.claims.setRaw(name, json) }
	}
	after := func(text string) func(*signed) {
		return func(s *signed) { s.edit = func(compact string) string { return compact + text } }
	}
	for _, r := range []struct {
		name   string
		change func(*signed)
		want   []string
		words  string
	}{
		{"zip", raw("zip", `"DEF"`), []string{"header-not-allowed"}, "zip"},
		{"Alg beside alg", raw("Alg", `"none"`), []string{"duplicate-member"}, "both Alg and alg"},
		{"ALG beside alg", raw("ALG", `"HS256"`), []string{"duplicate-member"}, "both ALG and alg"},
		{"KID beside kid", raw("KID", `"another"`), []string{"duplicate-member"}, "KID"},
		{"control: a name of their own", raw("algo", `"x"`), nil, ""},
		{"Typ without typ", func(s *signed) { s.header.del("typ"); s.header.setRaw("Typ", `"JWT"`) }, []string{"header-not-allowed"}, "Typ"},
		{"ALG without alg", func(s *signed) { s.header.del("alg"); s.header.setRaw("ALG", `"RS384"`) }, []string{"alg-missing"}, "ALG"},
		{"half a character in a claim", claim("note", `"a\ud83d"`), []string{"invalid-utf8"}, `\ud83d`},
		{"the other half", claim("note", `"\ude00"`), []string{"invalid-utf8"}, `\ude00`},
		{"halves in the wrong order", claim("note", `"\ude00\ud83d"`), []string{"invalid-utf8"}, `\ude00`},
		{"half a character in the header", raw("note", `"\ud83d"`), []string{"invalid-utf8"}, "in the header"},
		{"control: both halves", claim("note", `"\ud83d\ude00"`), nil, ""},
		{"control: a backslash before u", claim("note", `"\\ud83d"`), nil, ""},
		{"a fragment", after("#section"), []string{"wrapped-in-quotes"}, "# and 7 more characters"},
		{"a number sign", after("#"), []string{"wrapped-in-quotes"}, "#"},
		{"a semicolon and more", after(";a"), []string{"wrapped-in-quotes"}, "; and 1 more character"},
		{"control: a line end", after("\n"), nil, ""},
		{"control: a sentence", after(" #1 of 2"), nil, ""},
	} {
		t.Run(r.name, func(t *testing.T) {
			s := healthySigned(ring)
			s.opts.Profiles = []string{"rfc7523"}
			r.change(s)
			got := s.run(t)
			if b := broken(got); b != nil {
				t.Fatalf("broken: %v", b)
			}
			if f := failed(got); !slices.Equal(f, r.want) {
				t.Errorf("failed causes %v, want %v", f, r.want)
			}
			for _, f := range got.Findings {
				if f.Failed() && !strings.Contains(f.Title, r.words) {
					t.Errorf("%q does not name %q", f.Title, r.words)
				}
				if f.Cause == "wrapped-in-quotes" && strings.Contains(f.Title+f.Message, "section") {
					t.Errorf("what follows is shown: %s, %s", f.Title, f.Message)
				}
				if f.Check == "signature-valid" && f.Outcome != finding.Pass && r.want != nil && r.want[0] != "alg-missing" {
					t.Errorf("signature-valid: %s (%s)", f.Outcome, f.Reason)
				}
			}
		})
	}
}

// TestCompressedPayload: zip in the header explains a payload that is not JSON.
func TestCompressedPayload(t *testing.T) {
	tok := healthy("rfc7523")
	tok.header.set("zip", "DEF")
	tok.text = func(s string) string {
		p := strings.Split(s, ".")
		p[1] = b64("\x03\x00\x9d\xff\x01")
		return strings.Join(p, ".")
	}
	got := run(t, tok.opts, tok.compact())[0]
	for _, f := range got.Findings {
		if f.Cause == "payload-not-json" {
			if !slices.ContainsFunc(f.Fix, func(s string) bool { return strings.Contains(s, "compression") }) {
				t.Errorf("fix %q", f.Fix)
			}
			return
		}
	}
	t.Errorf("fails %v", failed(got))
}
