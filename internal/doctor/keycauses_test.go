package doctor_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// certificateOf is the certificate of rsa-a, as x5c has it.
func certificateOf(ring keyring) string {
	block, _ := pem.Decode(ring.pem["cert-rsa-a.pem"])
	return base64.StdEncoding.EncodeToString(block.Bytes)
}

// keyring is the fixed test keys, public halves as JWKs to change.
type keyring struct {
	rsaA, rsaB *rsa.PrivateKey
	ec         *ecdsa.PrivateKey
	pem        map[string][]byte
}

func testKeys(t testing.TB) keyring {
	t.Helper()
	k := keyring{pem: map[string][]byte{}}
	read := func(name string) any {
		data, err := os.ReadFile(filepath.Join("..", "jose", "testdata", "keys", name))
		if err != nil {
			t.Fatal(err)
		}
		k.pem[name] = data
		block, _ := pem.Decode(data)
		if block == nil {
			return nil
		}
		key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
		if err != nil {
			key, _ = x509.ParsePKCS1PrivateKey(block.Bytes)
		}
		return key
	}
	k.rsaA, k.rsaB = read("rsa-a.pem").(*rsa.PrivateKey), read("rsa-b.pem").(*rsa.PrivateKey)
	k.ec = read("ec384.pem").(*ecdsa.PrivateKey)
	read("encrypted.pem")
	read("cert-rsa-a.pem")
	return k
}

func num(n *big.Int, size int) string {
	b := n.Bytes()
	if size > 0 {
		b = n.FillBytes(make([]byte, size))
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

type jwk map[string]any

func rsaJWK(k *rsa.PublicKey, kid string) jwk {
	return jwk{"kty": "RSA", "kid": kid, "use": "sig", "alg": "RS384", "n": num(k.N, 0), "e": "AQAB"}
}

func ecJWK(k *ecdsa.PublicKey, kid string) jwk {
	b, err := k.Bytes() // 04 || X || Y
	if err != nil {
		panic(err)
	}
	half := (len(b) - 1) / 2
	enc := base64.RawURLEncoding.EncodeToString
	return jwk{"kty": "EC", "kid": kid, "use": "sig", "alg": "ES384", "crv": "P-384", "x": enc(b[1 : 1+half]), "y": enc(b[1+half:])}
}

func jwks(keys ...any) []byte {
	b, err := json.Marshal(map[string]any{"keys": keys})
	if err != nil {
		panic(err)
	}
	return b
}

// signed is a healthy assertion with its keys; each part can be changed.
type signed struct {
	*token
	ring keyring
	keys []any
	doc  []byte // in place of keys
	key  []byte // --key
	sign func(input string) []byte
	edit func(compact string) string
	got  *evidence.Fetched
}

func healthySigned(ring keyring) *signed {
	s := &signed{token: healthy("smart-backend-services"), ring: ring}
	s.header.set("kid", "rsa-a")
	s.keys = []any{rsaJWK(&ring.rsaA.PublicKey, "rsa-a"), ecJWK(&ring.ec.PublicKey, "ec-1")}
	s.sign = func(in string) []byte { return pkcs1(ring.rsaA, crypto.SHA384, in) }
	return s
}

func digest(h crypto.Hash, in string) []byte {
	w := h.New()
	w.Write([]byte(in))
	return w.Sum(nil)
}

func pkcs1(k *rsa.PrivateKey, h crypto.Hash, in string) []byte {
	sig, err := rsa.SignPKCS1v15(nil, k, h, digest(h, in))
	if err != nil {
		panic(err)
	}
	return sig
}

func pss(k *rsa.PrivateKey, h crypto.Hash, salt int, in string) []byte {
	sig, err := rsa.SignPSS(rand.Reader, k, h, digest(h, in), &rsa.PSSOptions{SaltLength: salt})
	if err != nil {
		panic(err)
	}
	return sig
}

func es384(k *ecdsa.PrivateKey, in string) []byte {
	r, s, err := ecdsa.Sign(rand.Reader, k, digest(crypto.SHA384, in))
	if err != nil {
		panic(err)
	}
	return append(r.FillBytes(make([]byte, 48)), s.FillBytes(make([]byte, 48))...)
}

func (s *signed) useEC() {
	s.header.set("alg", "ES384")
	s.header.set("kid", "ec-1")
	s.sign = func(in string) []byte { return es384(s.ring.ec, in) }
}

func (s *signed) run(t *testing.T) finding.Case {
	t.Helper()
	in := b64(s.header.json()) + "." + b64(s.claims.json())
	compact := in + "." + base64.RawURLEncoding.EncodeToString(s.sign(in))
	if s.edit != nil {
		compact = s.edit(compact)
	}
	doc := s.doc
	if doc == nil {
		doc = jwks(s.keys...)
	}
	s.opts.JWKS = &doctor.Document{Source: "jwks.json", Data: doc, Fetched: s.got}
	if s.key != nil {
		s.opts.Key = &doctor.Document{Source: "key.pem", Data: s.key}
	}
	return run(t, s.opts, compact)[0]
}

// shortCoordinate makes a key whose x begins with a zero byte, as about one in
// 256 does.
func shortCoordinate(t testing.TB) *ecdsa.PrivateKey {
	for range 100_000 {
		k, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if b, _ := k.PublicKey.Bytes(); b[1] == 0 {
			return k
		}
	}
	t.Fatal("no such key in 100,000")
	return nil
}

type keyRow struct {
	name   string
	change func(*signed)
	want   []string
}

func keyRows(t testing.TB, ring keyring) []keyRow {
	sha256.New() // linked, as crypto.Hash wants
	sha512.New()
	fetched := func(f evidence.Fetched) func(*signed) {
		return func(s *signed) {
			if f.URL == "" {
				f.URL = "https://keys.example.test/jwks.json"
			}
			if f.Status == 0 && f.Trouble == "" {
				f.Status = 200
			}
			s.got = &f
		}
	}
	set := func(i int, name string, v any) func(*signed) {
		return func(s *signed) { s.keys[i].(jwk)[name] = v }
	}
	doc := func(text string) func(*signed) { return func(s *signed) { s.doc = []byte(text) } }
	return []keyRow{
		{"kid-not-in-jwks", func(s *signed) { s.header.set("kid", "old") }, []string{"kid-not-in-jwks"}},
		{"kid-missing", func(s *signed) { s.header.del("kid") }, []string{"kid-missing"}},
		{"x5c-malformed: PEM of the right key", func(s *signed) { s.header.set("x5c", string(ring.pem["cert-rsa-a.pem"])) }, []string{"x5c-malformed"}},
		{"a blank in kid", func(s *signed) { s.header.set("kid", "rsa-a ") }, []string{"kid-whitespace"}},
		{"kid-ambiguous", func(s *signed) {
			s.opts.Profiles = []string{"rfc7523"}
			s.header.del("kid")
			s.keys = append(s.keys, rsaJWK(&ring.rsaB.PublicKey, "rsa-b"))
		}, []string{"kid-ambiguous"}},
		{"kid-encryption-key", func(s *signed) {
			s.keys[0].(jwk)["kid"] = "sig"
			enc := rsaJWK(&ring.rsaB.PublicKey, "rsa-a")
			enc["use"], enc["alg"] = "enc", "RSA-OAEP"
			s.keys = append(s.keys, enc)
		}, []string{"kid-encryption-key"}},
		{"key-alg-mismatch", set(0, "alg", "RS256"), []string{"key-alg-mismatch"}},
		{"signed-by-other-key", func(s *signed) { s.useEC(); s.header.set("kid", "rsa-a") }, []string{"signed-by-other-key"}},
		{"another RSA key of the set", func(s *signed) {
			s.keys = append(s.keys, rsaJWK(&ring.rsaB.PublicKey, "rsa-b"))
			s.header.set("kid", "rsa-b")
		}, []string{"signed-by-other-key"}},
		{"hash-mismatch", func(s *signed) { s.sign = func(in string) []byte { return pkcs1(ring.rsaA, crypto.SHA256, in) } }, []string{"hash-mismatch"}},
		{"padding-mismatch", func(s *signed) {
			s.sign = func(in string) []byte { return pss(ring.rsaA, crypto.SHA384, rsa.PSSSaltLengthEqualsHash, in) }
		}, []string{"padding-mismatch"}},
		{"pss-salt-length", func(s *signed) {
			s.header.set("alg", "PS384")
			delete(s.keys[0].(jwk), "alg")
			s.sign = func(in string) []byte { return pss(ring.rsaA, crypto.SHA384, 0, in) }
		}, []string{"alg-not-preferred", "pss-salt-length"}},
		{"signed-twice-hashed", func(s *signed) {
			s.sign = func(in string) []byte { return pkcs1(ring.rsaA, crypto.SHA384, string(digest(crypto.SHA384, in))) }
		}, []string{"signed-twice-hashed"}},
		{"signed-other-bytes", func(s *signed) {
			s.sign = func(in string) []byte { return pkcs1(ring.rsaA, crypto.SHA384, s.claims.json()) }
		}, []string{"signed-other-bytes"}},
		{"content-changed", func(s *signed) {
			s.sign = func(string) []byte { return pkcs1(ring.rsaA, crypto.SHA384, "something else altogether") }
		}, []string{"content-changed"}},
		{"hmac-with-public-key", func(s *signed) {
			s.header.set("alg", "HS256")
			der, _ := x509.MarshalPKIXPublicKey(&ring.rsaA.PublicKey)
			secret := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
			s.sign = func(in string) []byte {
				m := hmac.New(sha256.New, secret)
				m.Write([]byte(in))
				return m.Sum(nil)
			}
		}, []string{"hmac-with-public-key"}},
		{"signed-by-unknown-key", func(s *signed) { s.sign = func(in string) []byte { return pkcs1(ring.rsaB, crypto.SHA384, in) } }, []string{"signed-by-unknown-key"}},
		{"signature-byte-order", func(s *signed) {
			s.sign = func(in string) []byte {
				sig := pkcs1(ring.rsaA, crypto.SHA384, in)
				slices.Reverse(sig)
				return sig
			}
		}, []string{"signature-byte-order"}},
		{"a truncated one", func(s *signed) { s.edit = func(c string) string { return c[:len(c)-8] } }, []string{"signature-truncated"}},
		{"padding, signed without it", func(s *signed) { s.edit = func(c string) string { return c + "==" } }, []string{"base64-padding"}},

		{"key-too-small", func(s *signed) {
			s.opts.Set = []string{"key.rsa.min_bits=4096"}
		}, []string{"key-too-small"}},
		{"an old key beside the one in use", func(s *signed) {
			s.opts.Set = []string{"key.rsa.min_bits=3072"}
			s.useEC()
		}, []string{"key-too-small"}},
		{"a curve that is not taken", func(s *signed) { s.opts.Set = []string{"key.ec.curves=[P-256]"} }, []string{"key-too-small"}},

		{"x5t of another certificate than the one given", func(s *signed) {
			other := sha1.Sum([]byte("another"))
			s.header.set("x5t", base64.RawURLEncoding.EncodeToString(other[:]))
			s.doc = ring.pem["cert-rsa-a.pem"]
		}, []string{"x5t-wrong-certificate"}},
		{"x5c of another key", func(s *signed) {
			block, _ := pem.Decode(ring.pem["cert-rsa-a.pem"])
			s.header.set("x5c", []string{base64.StdEncoding.EncodeToString(block.Bytes)})
			s.header.set("kid", "rsa-b")
			s.keys = []any{rsaJWK(&ring.rsaB.PublicKey, "rsa-b")}
			s.sign = func(in string) []byte { return pkcs1(ring.rsaB, crypto.SHA384, in) }
		}, []string{"x5c-leaf-mismatch"}},
		{"private-key-mismatch", func(s *signed) { s.key = ring.pem["rsa-b.pem"] }, []string{"private-key-mismatch"}},
		{"public-key-given", func(s *signed) { s.key = ring.pem["cert-rsa-a.pem"] }, []string{"public-key-given"}},
		{"pem-encrypted", func(s *signed) { s.key = ring.pem["encrypted.pem"] }, []string{"pem-encrypted"}},
		{"pem-literal-newlines", func(s *signed) {
			s.key = []byte(strings.ReplaceAll(string(ring.pem["rsa-a.pem"]), "\n", `\n`))
		}, []string{"pem-literal-newlines"}},
		{"pem-malformed", func(s *signed) { s.key = []byte("-----BEGIN PRIVATE KEY-----\nnothing\n-----END PRIVATE KEY-----\n") }, []string{"pem-malformed"}},

		{"jwks-unreachable", fetched(evidence.Fetched{Trouble: "the connection was refused"}), []string{"jwks-unreachable"}},
		{"jwks-http-error", fetched(evidence.Fetched{Status: 404}), []string{"jwks-http-error"}},
		{"a login page", func(s *signed) {
			fetched(evidence.Fetched{ContentType: "text/html"})(s)
			s.doc = []byte("<html><title>Sign in</title></html>")
		}, []string{"jwks-http-error"}},
		{"a set labelled as a page", fetched(evidence.Fetched{ContentType: "text/html; charset=utf-8"}), []string{"jwks-content-type"}},
		{"jwks-not-https", fetched(evidence.Fetched{URL: "http://keys.example.test/jwks.json"}), []string{"jwks-not-https"}},
		{"jwks-slow", func(s *signed) {
			s.opts.Set = []string{"jwks.timeout=3s"}
			fetched(evidence.Fetched{Took: 5 * time.Second})(s)
		}, []string{"jwks-slow"}},
		{"jwks-content-type", fetched(evidence.Fetched{ContentType: "text/plain"}), []string{"jwks-content-type"}},

		{"jwks-not-json", doc("<html></html>"), []string{"jwks-not-json"}},
		{"jwks-empty", doc(`{"keys":[]}`), []string{"jwks-empty"}},
		{"jwks-single-key", func(s *signed) { s.doc, _ = json.Marshal(s.keys[0]) }, []string{"jwks-single-key"}},
		{"jwks-not-a-set", func(s *signed) { s.doc, _ = json.Marshal(s.keys) }, []string{"jwks-not-a-set"}},
		{"jwks-key-not-object", func(s *signed) { s.keys = append(s.keys, "a key") }, []string{"jwks-key-not-object"}},
		{"jwks-duplicate-member", func(s *signed) {
			s.doc = []byte(strings.Replace(string(jwks(s.keys...)), `"use":"sig"`, `"use":"sig","use":"sig"`, 1))
		}, []string{"jwks-duplicate-member"}},
		{"jwks-too-large", func(s *signed) { s.doc = append(jwks(s.keys...), []byte(strings.Repeat(" ", 2<<20))...) }, []string{"jwks-too-large"}},
		{"jwks-kid-missing", func(s *signed) { delete(s.keys[1].(jwk), "kid") }, []string{"jwks-kid-missing"}},
		{"jwks-kid-duplicate", func(s *signed) { s.keys = append(s.keys, rsaJWK(&ring.rsaB.PublicKey, "rsa-a")) }, []string{"jwks-kid-duplicate"}},
		{"jwk-member-missing", func(s *signed) { delete(s.keys[1].(jwk), "y") }, []string{"jwk-member-missing"}},
		{"jwk-base64", func(s *signed) { k := s.keys[1].(jwk); k["x"] = k["x"].(string) + "==" }, []string{"jwk-base64"}},
		{"jwk-short-coordinate", func(s *signed) {
			k := ecJWK(&shortCoordinate(t).PublicKey, "short")
			raw, _ := base64.RawURLEncoding.DecodeString(k["x"].(string))
			k["x"] = base64.RawURLEncoding.EncodeToString(raw[1:])
			s.keys = append(s.keys, k)
		}, []string{"jwk-short-coordinate"}},
		{"jwk-off-curve", func(s *signed) { k := s.keys[1].(jwk); k["x"] = k["y"] }, []string{"jwk-off-curve"}},
		{"jwk-leading-zero", func(s *signed) {
			s.keys[0].(jwk)["n"] = base64.RawURLEncoding.EncodeToString(append([]byte{0}, ring.rsaA.N.Bytes()...))
		}, []string{"jwk-leading-zero"}},
		{"jwk-value-invalid", func(s *signed) { k := rsaJWK(&ring.rsaB.PublicKey, "b"); k["e"] = "AQ"; s.keys = append(s.keys, k) }, []string{"jwk-value-invalid"}},
		{"jwk-kty-unknown", func(s *signed) { s.keys = append(s.keys, jwk{"kty": "AKP", "kid": "pq"}) }, []string{"jwk-kty-unknown"}},
		{"jwks-no-signing-key", func(s *signed) {
			for i := range s.keys {
				s.keys[i].(jwk)["use"] = "enc"
				delete(s.keys[i].(jwk), "alg")
			}
		}, []string{"jwks-no-signing-key"}},
		{"kty in lower case", func(s *signed) { s.keys = append(s.keys, jwk{"kty": "rsa", "kid": "low"}) }, []string{"jwk-kty-unknown"}},
		{"jwk-x5c-mismatch", set(1, "x5c", []string{certificateOf(ring)}), []string{"jwk-x5c-mismatch"}},
		{"x5c of this key", set(0, "x5c", []string{certificateOf(ring)}), nil},
		{"jwk-x5t-mismatch", func(s *signed) {
			k := s.keys[0].(jwk)
			k["x5c"], k["x5t#S256"] = []string{certificateOf(ring)}, strings.Repeat("A", 43)
		}, []string{"jwk-x5t-mismatch"}},
		{"jwk-x5c-malformed", set(1, "x5c", []string{"AAAA"}), []string{"jwk-x5c-malformed"}},
		{"a curve under another name", func(s *signed) { s.useEC(); s.keys[1].(jwk)["crv"] = "secp384r1" }, []string{"jwk-value-invalid"}},
		{"a curve that does not exist", func(s *signed) { s.useEC(); s.keys[1].(jwk)["crv"] = "P-385" }, []string{"jwk-value-invalid"}},
		{"jwks-private-key", set(1, "d", "AAAA"), []string{"jwks-private-key"}},
		{"jwk-use-conflict", set(1, "key_ops", []string{"encrypt"}), []string{"jwk-use-conflict"}},
		{"jwk-use-missing", func(s *signed) {
			s.opts.Set = []string{"key.use.presence=required"}
			delete(s.keys[1].(jwk), "use")
		}, []string{"jwk-use-missing"}},
		{"encryption-key-missing", func(s *signed) { s.opts.Set = []string{"key.encryption.presence=required"} }, []string{"encryption-key-missing"}},
	}
}

func TestKeyCauses(t *testing.T) {
	ring := testKeys(t)
	for _, r := range keyRows(t, ring) {
		t.Run(r.name, func(t *testing.T) {
			s := healthySigned(ring)
			r.change(s)
			got := s.run(t)
			if b := broken(got); b != nil {
				t.Fatalf("broken: %v", b)
			}
			if f := failed(got); !slices.Equal(f, r.want) {
				t.Errorf("failed causes %v, want %v", f, r.want)
				for _, f := range got.Findings {
					if f.Failed() {
						t.Logf("%s: %s [%s] found %q expected %q (of %q)", f.Cause, f.Title, f.Severity, f.Found, f.Expected, f.ConsequenceOf)
					}
				}
			}
		})
	}
}

func TestHealthySigned(t *testing.T) {
	ring := testKeys(t)
	for _, r := range []struct {
		name   string
		change func(*signed)
	}{
		{"RSA", func(*signed) {}},
		{"EC", (*signed).useEC},
		{"the one key that fits, without kid", func(s *signed) { s.opts.Profiles = []string{"rfc7523"}; s.header.del("kid") }},
		{"with the certificate in x5c and x5t", func(s *signed) {
			block, _ := pem.Decode(ring.pem["cert-rsa-a.pem"])
			sum := sha1.Sum(block.Bytes)
			s.header.set("x5c", []string{base64.StdEncoding.EncodeToString(block.Bytes)})
			s.header.set("x5t", base64.RawURLEncoding.EncodeToString(sum[:]))
		}},
		{"with the private key", func(s *signed) { s.key = ring.pem["rsa-a.pem"] }},
		{"fetched", func(s *signed) {
			s.got = &evidence.Fetched{URL: "https://keys.example.test/jwks.json", Status: 200, ContentType: "application/json"}
		}},
		{"with an encryption key beside", func(s *signed) {
			enc := ecJWK(&ring.ec.PublicKey, "enc")
			enc["use"], enc["alg"] = "enc", "ECDH-ES+A256KW"
			s.keys[1] = enc
		}},
	} {
		t.Run(r.name, func(t *testing.T) {
			s := healthySigned(ring)
			r.change(s)
			got := s.run(t)
			if f := failed(got); f != nil {
				t.Errorf("fails %v", f)
			}
			for _, f := range got.Findings {
				if f.Check == "signature-valid" && f.Outcome != finding.Pass {
					t.Errorf("signature-valid: %s, %s", f.Outcome, f.Reason)
				}
			}
		})
	}
}

func TestKeyFileAlone(t *testing.T) {
	ring := testKeys(t)
	for _, name := range []string{"rsa-a.pem", "cert-rsa-a.pem"} {
		s := healthySigned(ring)
		in := b64(s.header.json()) + "." + b64(s.claims.json())
		s.opts.Key = &doctor.Document{Source: name, Data: ring.pem[name]}
		got := run(t, s.opts, in+"."+base64.RawURLEncoding.EncodeToString(s.sign(in)))[0]
		if f := failed(got); f != nil {
			t.Errorf("%s: fails %v", name, f)
		}
		for _, f := range got.Findings {
			if f.Check == "signature-valid" && f.Outcome != finding.Pass {
				t.Errorf("%s: signature-valid: %s, %s", name, f.Outcome, f.Reason)
			}
		}
	}
}
