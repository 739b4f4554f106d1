package jose

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
)

// rows of single faults that are not about the text.
type fault struct {
	name  string
	alg   string // the header's
	kid   string
	sign  func(t *testing.T, input []byte) []byte
	want  []string // the causes, first one leading
	words string
	key   string // that made it
}

func rsaPriv(t *testing.T, name string) *rsa.PrivateKey {
	return testKey(t, name).private.(*rsa.PrivateKey)
}

func derECDSA(t *testing.T, name string, h crypto.Hash, input []byte) []byte {
	t.Helper()
	sig, err := ecdsa.SignASN1(rand.Reader, testKey(t, name).private.(*ecdsa.PrivateKey), digest(h, input))
	if err != nil {
		t.Fatal(err)
	}
	return sig
}

func rawECDSA(t *testing.T, name string, sum []byte, size int) []byte {
	t.Helper()
	der, err := ecdsa.SignASN1(rand.Reader, testKey(t, name).private.(*ecdsa.PrivateKey), sum)
	if err != nil {
		t.Fatal(err)
	}
	r, s, _ := parseDER(der)
	return append(leftPad(r, size), leftPad(s, size)...)
}

func pss(t *testing.T, name string, h crypto.Hash, salt int, input []byte) []byte {
	t.Helper()
	sig, err := rsa.SignPSS(rand.Reader, rsaPriv(t, name), h, digest(h, input), &rsa.PSSOptions{SaltLength: salt})
	if err != nil {
		t.Fatal(err)
	}
	return sig
}

// privateRaw is the bare private operation.
func privateRaw(t *testing.T, name string, em []byte) []byte {
	k := rsaPriv(t, name)
	m := new(big.Int).SetBytes(em)
	return m.Exp(m, k.D, k.N).FillBytes(make([]byte, len(em)))
}

func pkcs1Wrap(content []byte, size int) []byte {
	em := append([]byte{0, 1}, slices.Repeat([]byte{0xFF}, size-3-len(content))...)
	return append(append(em, 0), content...)
}

// retry signs until the signature has a property chance gives it.
func retry(t *testing.T, make func(i int) []byte, ok func([]byte) bool) []byte {
	t.Helper()
	for i := range 5000 {
		if sig := make(i); ok(sig) {
			return sig
		}
	}
	t.Fatal("no such signature in 5000")
	return nil
}

func TestFaults(t *testing.T) {
	sign := func(alg, key string) func(*testing.T, []byte) []byte {
		return func(t *testing.T, in []byte) []byte { return mustSign(t, alg, testKey(t, key), in) }
	}
	es := func(alg, key string, change func([]byte) []byte) func(*testing.T, []byte) []byte {
		return func(t *testing.T, in []byte) []byte { return change(mustSign(t, alg, testKey(t, key), in)) }
	}
	asHex := func(b []byte) []byte { return []byte(hex.EncodeToString(b)) }
	asB64 := func(b []byte) []byte { return []byte(base64.StdEncoding.EncodeToString(b)) }
	asURL := func(b []byte) []byte { return []byte(b64(b)) }
	latin := func(b []byte) []byte {
		var s strings.Builder
		for _, c := range b {
			s.WriteRune(rune(c))
		}
		return []byte(s.String())
	}
	replaced := func(b []byte) []byte { return []byte(strings.ToValidUTF8(string(b), "\uFFFD")) }
	cut := func(b []byte) []byte { return b[:len(b)-9] }
	zero := func(b []byte) []byte { return append([]byte{0}, b...) }
	tail := func(b []byte) []byte { return append(slices.Clone(b), '\n') }
	swap := func(b []byte) []byte { return slices.Concat(b[len(b)/2:], b[:len(b)/2]) }
	little := func(b []byte) []byte {
		return slices.Concat(reversedBytes(b[:len(b)/2]), reversedBytes(b[len(b)/2:]))
	}

	var rows []fault
	one := func(name, alg, kid string, f func(*testing.T, []byte) []byte, words, key string, want ...string) {
		rows = append(rows, fault{name, alg, kid, f, want, words, key})
	}

	// The wrong key.
	one("RS other", "RS256", "rsa-a", sign("RS256", "rsa-b"), `signed by the key with kid "rsa-b"`, "rsa-b", CauseOtherKey)
	one("PS other", "PS384", "rsa-a", sign("PS384", "rsa-b"), `kid "rsa-a"`, "rsa-b", CauseOtherKey)
	one("ES other of another kind", "ES256", "rsa-a", sign("ES256", "ec256"), `signed by the key with kid "ec256"`, "ec256", CauseOtherKey)
	one("kid unknown", "ES384", "nobody", sign("ES384", "ec384"), "which no given key has", "ec384", CauseOtherKey)
	one("other key, other hash", "RS384", "rsa-a", sign("RS256", "rsa-b"), "SHA-256", "rsa-b", CauseOtherKey, CauseHash)
	for _, a := range []string{"RS256", "RS384", "PS256"} {
		one("unknown "+a, a, "rsa-a", sign(a, "rsa-c"), "signed with a different private key, or characters of the signature were changed", "", CauseUnknownKey)
	}
	one("unknown RSA 3072", "RS256", "rsa-a", sign("RS256", "rsa3072"), "384 bytes, as an RSA key of 3072 bits makes; the key given has 2048 bits", "", CauseUnknownKey)

	// The wrong alg for the key.
	one("ES256 header, P-384 key", "ES256", "ec384", sign("ES384", "ec384"), "P-384", "ec384", CauseKeyAlgMismatch)
	one("ES256 header, P-384 key, SHA-256", "ES256", "ec384", func(t *testing.T, in []byte) []byte { return rawECDSA(t, "ec384", digest(crypto.SHA256, in), 48) }, "P-384", "ec384", CauseKeyAlgMismatch, CauseHash)
	one("ES256 header, P-521 key", "ES256", "ec521", sign("ES512", "ec521"), "P-521", "ec521", CauseKeyAlgMismatch)
	one("RS256 header, EC key", "RS256", "ec256", sign("ES256", "ec256"), "EC P-256", "ec256", CauseKeyAlgMismatch)
	one("RS256 header, EC key, DER", "RS256", "ec256", func(t *testing.T, in []byte) []byte { return derECDSA(t, "ec256", crypto.SHA256, in) }, "DER", "ec256", CauseECDSADER, CauseKeyAlgMismatch)
	one("ES256 header, RSA key", "ES256", "rsa-a", sign("RS256", "rsa-a"), "RSA 2048", "rsa-a", CauseKeyAlgMismatch)
	one("ES256 header, Ed25519 key", "ES256", "ed25519", sign("EdDSA", "ed25519"), "Ed25519", "ed25519", CauseKeyAlgMismatch)

	one("HS256 header, RSA signature", "HS256", "rsa-a", sign("RS256", "rsa-a"), "set alg to RS256", "rsa-a", CauseKeyAlgMismatch)
	one("HS256 header, EC signature", "HS256", "ec384", sign("ES384", "ec384"), "set alg to ES384", "ec384", CauseKeyAlgMismatch)

	// The wrong hash, padding, salt.
	for _, p := range [][2]string{{"RS256", "RS384"}, {"RS256", "RS512"}, {"RS384", "RS256"}, {"RS512", "RS256"}, {"PS256", "PS384"}, {"PS512", "PS256"}} {
		one(p[0]+" header, "+p[1], p[0], "rsa-a", sign(p[1], "rsa-a"), "set alg", "rsa-a", CauseHash)
	}
	one("SHA-1 under RS256", "RS256", "rsa-a", func(t *testing.T, in []byte) []byte {
		sig, err := rsa.SignPKCS1v15(nil, rsaPriv(t, "rsa-a"), crypto.SHA1, digest(crypto.SHA1, in))
		if err != nil {
			t.Fatal(err)
		}
		return sig
	}, "SHA-1", "rsa-a", CauseHash)
	one("SHA-256 under ES384", "ES384", "ec384", func(t *testing.T, in []byte) []byte { return rawECDSA(t, "ec384", digest(crypto.SHA256, in), 48) }, "SHA-256", "ec384", CauseHash)
	one("SHA-512 under ES256", "ES256", "ec256", func(t *testing.T, in []byte) []byte { return rawECDSA(t, "ec256", digest(crypto.SHA512, in), 32) }, "SHA-512", "ec256", CauseHash)
	one("SHA-1 under ES256", "ES256", "ec256", func(t *testing.T, in []byte) []byte { return rawECDSA(t, "ec256", digest(crypto.SHA1, in), 32) }, "SHA-1", "ec256", CauseHash)
	one("no hash under ES256", "ES256", "ec256", func(t *testing.T, in []byte) []byte { return rawECDSA(t, "ec256", in, 32) }, "without being hashed", "ec256", CauseHash)
	one("Ed25519ph", "EdDSA", "ed25519", func(t *testing.T, in []byte) []byte {
		sig, err := testKey(t, "ed25519").private.(ed25519.PrivateKey).Sign(nil, digest(crypto.SHA512, in), &ed25519.Options{Hash: crypto.SHA512})
		if err != nil {
			t.Fatal(err)
		}
		return sig
	}, "Ed25519ph", "ed25519", CauseHash)
	one("PSS under RS256", "RS256", "rsa-a", sign("PS256", "rsa-a"), "RSA-PSS", "rsa-a", CausePadding)
	one("PSS 384 under RS384", "RS384", "rsa-a", sign("PS384", "rsa-a"), "RSA-PSS", "rsa-a", CausePadding)
	one("PKCS1 under PS256", "PS256", "rsa-a", sign("RS256", "rsa-a"), "PKCS#1 v1.5", "rsa-a", CausePadding)
	one("PSS and hash", "RS256", "rsa-a", sign("PS384", "rsa-a"), "RSA-PSS", "rsa-a", CausePadding, CauseHash)
	for _, salt := range []int{0, 20, 222} {
		one(fmt.Sprintf("PS256 salt %d", salt), "PS256", "rsa-a", func(t *testing.T, in []byte) []byte {
			n := salt
			if n == 0 {
				return privateRaw(t, "rsa-a", encodePSS(crypto.SHA256, crypto.SHA256, digest(crypto.SHA256, in), nil, 2047))
			}
			return pss(t, "rsa-a", crypto.SHA256, n, in)
		}, fmt.Sprintf("salt has %d bytes", salt), "rsa-a", CausePSSSalt)
	}
	one("PS384 salt 32", "PS384", "rsa-a", func(t *testing.T, in []byte) []byte { return pss(t, "rsa-a", crypto.SHA384, 32, in) }, "salt has 32", "rsa-a", CausePSSSalt)
	one("PS256 with MGF1 SHA-1", "PS256", "rsa-a", func(t *testing.T, in []byte) []byte {
		return privateRaw(t, "rsa-a", encodePSS(crypto.SHA256, crypto.SHA1, digest(crypto.SHA256, in), make([]byte, 32), 2047))
	}, "MGF1", "rsa-a", CauseHash)
	one("no DigestInfo", "RS256", "rsa-a", func(t *testing.T, in []byte) []byte {
		return privateRaw(t, "rsa-a", pkcs1Wrap(digest(crypto.SHA256, in), 256))
	}, "DigestInfo", "rsa-a", CausePadding)
	one("hex digest without DigestInfo", "RS256", "rsa-a", func(t *testing.T, in []byte) []byte {
		return privateRaw(t, "rsa-a", pkcs1Wrap(asHex(digest(crypto.SHA256, in)), 256))
	}, "DigestInfo", "rsa-a", CausePadding)
	one("DigestInfo without NULL", "RS256", "rsa-a", func(t *testing.T, in []byte) []byte {
		t256 := append([]byte{0x30, 0x2f, 0x30, 0x0b, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x04, 0x20}, digest(crypto.SHA256, in)...)
		return privateRaw(t, "rsa-a", pkcs1Wrap(t256, 256))
	}, "NULL", "rsa-a", CausePadding)

	// Content nobody can guess.
	one("RSA unguessable", "RS256", "rsa-a", func(t *testing.T, in []byte) []byte {
		return mustSign(t, "RS256", testKey(t, "rsa-a"), []byte("quite another text"))
	}, "changed after signing", "rsa-a", CauseContentChanged)
	one("PSS unguessable", "PS256", "rsa-a", func(t *testing.T, in []byte) []byte {
		return mustSign(t, "PS256", testKey(t, "rsa-a"), []byte("quite another text"))
	}, "changed after signing", "rsa-a", CauseContentChanged)
	one("EC unguessable", "ES256", "ec256", func(t *testing.T, in []byte) []byte {
		return mustSign(t, "ES256", testKey(t, "ec256"), []byte("quite another text"))
	}, "over any text that was tried", "", CauseUnknownKey)

	// The form of the signature.
	for _, k := range [][2]string{{"RS256", "rsa-a"}, {"PS256", "rsa-a"}, {"ES256", "ec256"}, {"ES384", "ec384"}, {"ES512", "ec521"}, {"EdDSA", "ed25519"}} {
		one("hex "+k[0], k[0], k[1], es(k[0], k[1], asHex), "hexadecimal", k[1], CauseHex)
		one("base64 twice "+k[0], k[0], k[1], es(k[0], k[1], asB64), "twice", k[1], CauseHex)
		one("base64url twice "+k[0], k[0], k[1], es(k[0], k[1], asURL), "twice", k[1], CauseHex)
		one("base64 of hex "+k[0], k[0], k[1], es(k[0], k[1], func(b []byte) []byte { return asB64(asHex(b)) }), "hexadecimal", k[1], CauseHex)
		one("reversed "+k[0], k[0], k[1], es(k[0], k[1], reversedBytes), "reverse order", k[1], CauseByteOrder)
		one("Latin-1 "+k[0], k[0], k[1], es(k[0], k[1], latin), "Latin-1", k[1], CauseWrongLength)
		one("U+FFFD "+k[0], k[0], k[1], es(k[0], k[1], replaced), "damaged for good", "", CauseWrongLength)
		one("cut "+k[0], k[0], k[1], es(k[0], k[1], cut), "bytes", "", CauseTruncated)
		one("leading zero "+k[0], k[0], k[1], es(k[0], k[1], zero), "zero byte", k[1], CauseWrongLength)
		one("line end after "+k[0], k[0], k[1], es(k[0], k[1], tail), "after the signature", k[1], CauseWrongLength)
	}
	for _, k := range [][2]string{{"ES256", "ec256"}, {"ES384", "ec384"}, {"ES512", "ec521"}} {
		h := map[string]crypto.Hash{"ES256": crypto.SHA256, "ES384": crypto.SHA384, "ES512": crypto.SHA512}[k[0]]
		der := func(t *testing.T, in []byte) []byte { return derECDSA(t, k[1], h, in) }
		one("DER "+k[0], k[0], k[1], der, "DER", k[1], CauseECDSADER)
		one("DER of unknown key "+k[0], k[0], k[1], func(t *testing.T, in []byte) []byte {
			return derECDSA(t, k[1], h, []byte("another text"))
		}, "DER", "", CauseECDSADER)
		one("DER in hex "+k[0], k[0], k[1], func(t *testing.T, in []byte) []byte { return asHex(der(t, in)) }, "hexadecimal", k[1], CauseECDSADER)
		one("swapped "+k[0], k[0], k[1], es(k[0], k[1], swap), "before R", k[1], CauseByteOrder)
		one("little-endian "+k[0], k[0], k[1], es(k[0], k[1], little), "little-endian", k[1], CauseByteOrder)
		size := map[string]int{"ES256": 32, "ES384": 48, "ES512": 66}[k[0]]
		one("dropped zero "+k[0], k[0], k[1], func(t *testing.T, in []byte) []byte {
			sig := retry(t, func(int) []byte { return mustSign(t, k[0], testKey(t, k[1]), in) }, func(b []byte) bool { return b[0] == 0 && (size != 66 || b[1] == 0) })
			return sig[1:]
		}, "dropped", k[1], CauseWrongLength)
	}
	one("RSA dropped zero", "RS256", "rsa-a", nil, "dropped", "rsa-a", CauseWrongLength)

	set := testSet(t)
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			header, payload := testHeader(r.alg, r.kid), testPayload
			var sig []byte
			if r.sign != nil {
				sig = r.sign(t, []byte(enc(header)+"."+enc(payload)))
			} else {
				// RS256 is deterministic: another jti until the first byte is zero.
				sig = retry(t, func(i int) []byte {
					payload = strings.Replace(testPayload, "b7c1e0", fmt.Sprint(i), 1)
					return mustSign(t, r.alg, testKey(t, r.key), []byte(enc(header)+"."+enc(payload)))
				}, func(b []byte) bool { return b[0] == 0 })[1:]
			}
			x := exhibit(t, enc(header)+"."+enc(payload)+"."+b64(sig), r.alg, r.kid, set)
			if strings.HasPrefix(r.name, "DER of unknown") && !longRun() {
				x.Budget = 400 // nothing is to be found, in a whole search or in part of one
			}
			d := Diagnose(x)
			if d.Valid || d.ValidRepaired || d.Cause != r.want[0] || !slices.Equal(d.Also, slices.Clip(r.want[1:])) && len(d.Also)+len(r.want) != 1 {
				t.Fatalf("cause %q and %q, want %q; words: %s", d.Cause, d.Also, r.want, d.Words)
			}
			if !strings.Contains(d.Words+d.Fix, r.words) {
				t.Errorf("words %q, fix %q do not name %q", d.Words, d.Fix, r.words)
			}
			if r.key != "" && (d.Key == nil || d.Key.Kid != r.key) {
				t.Errorf("key %v, want %s", d.Key, r.key)
			}
		})
	}
	t.Logf("%d scenarios beside those of TestContents", len(rows))
}

// encodePSS is RFC 8017 clause 9.1.1, for parameters the standard library does not offer.
func encodePSS(h, mgf crypto.Hash, sum, salt []byte, emBits int) []byte {
	size := (emBits + 7) / 8
	d := h.New()
	d.Write(make([]byte, 8))
	d.Write(sum)
	d.Write(salt)
	hv := d.Sum(nil)
	db := make([]byte, size-h.Size()-1)
	db[len(db)-len(salt)-1] = 1
	copy(db[len(db)-len(salt):], salt)
	mgf1XOR(db, mgf, hv)
	db[0] &= 0xFF >> (8*size - emBits)
	return slices.Concat(db, hv, []byte{0xBC})
}

func TestHMACWithPublicKey(t *testing.T) {
	set := testSet(t)
	for _, k := range set {
		forms := publicForms(k)
		if len(forms) < 8 {
			t.Fatalf("%v: %d forms", k, len(forms))
		}
		for _, f := range forms {
			for _, alg := range []string{"HS256", "HS512", "RS256"} {
				hash := map[string]crypto.Hash{"HS256": crypto.SHA256, "HS512": crypto.SHA512, "RS256": crypto.SHA256}[alg]
				header := testHeader(alg, k.Kid)
				in := enc(header) + "." + enc(testPayload)
				d := Diagnose(exhibit(t, in+"."+b64(mac(hash, f.data, []byte(in))), alg, k.Kid, set))
				if d.Cause != CauseHMACPublic || d.Key != k {
					t.Fatalf("%s %s %v: cause %q, %s", alg, f.words, k, d.Cause, d.Words)
				}
			}
		}
	}
}

func TestSharedSecret(t *testing.T) {
	secret := []byte("c2VjcmV0LXNlY3JldC1zZWNyZXQ=")
	in := enc(testHeader("HS256", "")) + "." + enc(testPayload)
	build := func(key []byte, secrets ...[]byte) Diagnosis {
		x := exhibit(t, in+"."+b64(mac(crypto.SHA256, key, []byte(in))), "HS256", "", nil)
		x.Secrets = secrets
		return Diagnose(x)
	}
	if d := build(secret, secret); !d.Valid {
		t.Errorf("control: %+v", d)
	}
	if d := build([]byte("secret-secret-secret"), secret); !d.ValidRepaired || !strings.Contains(d.Words, "base64") {
		t.Errorf("base64 form: %+v", d)
	}
	if d := build([]byte("other"), secret); d.Cause != CauseUnknownKey {
		t.Errorf("other secret: %+v", d)
	}
	if d := build(secret); !d.Inconclusive || d.Cause != "" {
		t.Errorf("no secret: %+v", d)
	}
}

// TestInconclusive: nothing is claimed where nothing can be known.
func TestInconclusive(t *testing.T) {
	key := testKey(t, "rsa-a")
	in := enc(testHeader("RS256", "rsa-a")) + "." + enc(testPayload)
	good := in + "." + b64(mustSign(t, "RS256", key, []byte(in)))
	for _, c := range []struct {
		name, alg, words string
		keys             []*Key
	}{
		{"none", "none", "none", testSet(t)},
		{"None", "NoNe", "none", testSet(t)},
		{"case of alg", "rs256", "right RS256 signature", testSet(t)},
		{"Java's name", "SHA256withRSA", "right RS256 signature", testSet(t)},
		{"no keys", "RS256", "no key", nil},
		{"unusable", "RS256", "secp256k1", []*Key{{Kty: KtyEC, Crv: crvSecp256k1, Kid: "rsa-a", HasKid: true, Unusable: "secp256k1 is not verified"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := Diagnose(exhibit(t, good, c.alg, "rsa-a", c.keys))
			if d.Valid || d.ValidRepaired || d.Cause != "" || !d.Inconclusive || !strings.Contains(d.Words, c.words) {
				t.Errorf("%+v", d)
			}
		})
	}
}

// TestRepaired: valid once the encoding is repaired is not valid.
func TestRepaired(t *testing.T) {
	set := testSet(t)
	for _, alg := range everyAlg {
		key := testKey(t, keyFor(alg))
		h, p := testHeader(alg, key.Kid), testPayload
		in := enc(h) + "." + enc(p)
		sig := mustSign(t, alg, key, []byte(in))
		padded := base64.URLEncoding.EncodeToString
		signedPadded := padded([]byte(h)) + "." + padded([]byte(p))
		for name, text := range map[string]string{
			"padding added":    padded([]byte(h)) + "." + padded([]byte(p)) + "." + padded(sig),
			"line break":       in[:20] + "\n" + in[20:] + "." + b64(sig),
			"standard base64":  in + "." + base64.RawStdEncoding.EncodeToString(sig) + "==",
			"signed as padded": signedPadded + "." + b64(mustSign(t, alg, key, []byte(signedPadded))),
		} {
			d := Diagnose(exhibit(t, text, alg, key.Kid, set))
			if d.Valid || !d.ValidRepaired || d.Cause != "" {
				t.Errorf("%s %s: %+v", alg, name, d)
			}
		}
	}
}
