package jose

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
)

func pemOf(label string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der}))
}

func derOf(t testing.TB, name string) []byte {
	t.Helper()
	b, _ := pem.Decode(readKeyFile(t, name+".pem"))
	return b.Bytes
}

// privateJWK writes a private key as a JWK; without lists members to leave out.
func privateJWK(t testing.TB, name string, without ...string) map[string]string {
	t.Helper()
	k := testKey(t, name)
	m := publicMembers(k)
	m["kid"] = name
	switch p := k.private.(type) {
	case *rsa.PrivateKey:
		m["d"], m["p"], m["q"] = b64(p.D.Bytes()), b64(p.Primes[0].Bytes()), b64(p.Primes[1].Bytes())
		m["dp"], m["dq"], m["qi"] = b64(p.Precomputed.Dp.Bytes()), b64(p.Precomputed.Dq.Bytes()), b64(p.Precomputed.Qinv.Bytes())
	case interface{ Seed() []byte }:
		m["d"] = b64(p.Seed())
	case interface{ Bytes() ([]byte, error) }:
		d, err := p.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		m["d"] = b64(d)
	}
	for _, w := range without {
		delete(m, w)
	}
	return m
}

func asJSON(t testing.TB, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func utf16File(s string, big, bom bool) string {
	units := utf16.Encode([]rune(s))
	if bom {
		units = append([]uint16{0xFEFF}, units...)
	}
	var b strings.Builder
	for _, u := range units {
		if big {
			b.WriteByte(byte(u >> 8))
			b.WriteByte(byte(u))
		} else {
			b.WriteByte(byte(u))
			b.WriteByte(byte(u >> 8))
		}
	}
	return b.String()
}

type keyShape struct {
	name  string
	data  string
	cause string // the one cause, "" if it is accepted
	of    string // the key it must give, "" for none
	signs bool
	words string // must be in What, a repair or a message
}

func privateShapes(t testing.TB) []keyShape {
	p8 := string(readKeyFile(t, "rsa-a.pem"))
	rsaKey := testKey(t, "rsa-a").private.(*rsa.PrivateKey)
	pkcs1 := x509.MarshalPKCS1PrivateKey(rsaKey)
	ec := string(readKeyFile(t, "ec256.pem"))
	ecRaw, err := x509.ParsePKCS8PrivateKey(derOf(t, "ec256"))
	if err != nil {
		t.Fatal(err)
	}
	pkcs8DER := derOf(t, "rsa-a")
	sec1DER, err := x509.MarshalECPrivateKey(asECDSA(t, ecRaw))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(p8), "\n")
	oneLine := strings.Join(lines, "")
	spaces := strings.Join(lines, " ")
	literal := strings.Join(lines, `\n`)
	foreign := privateJWK(t, "ec256")
	foreign["x"], foreign["y"] = publicMembers(testKey2(t))["x"], publicMembers(testKey2(t))["y"]
	foreignRSA := privateJWK(t, "rsa-a", "p", "q", "dp", "dq", "qi")
	foreignRSA["n"] = publicMembers(testKey(t, "rsa-b"))["n"]
	typographic := strings.ReplaceAll(p8, "-----BEGIN", "—–BEGIN")

	accepted := func(name, data, of, words string) keyShape { return keyShape{name, data, "", of, true, words} }
	newlines := func(name, data string) keyShape {
		return keyShape{name, data, CausePEMNewlines, "rsa-a", true, "line breaks"}
	}
	repaired := func(name, data, of, words string) keyShape {
		return keyShape{name, data, CausePEMMalformed, of, true, words}
	}
	broken := func(name, data, words string) keyShape {
		return keyShape{name, data, CausePEMMalformed, "", false, words}
	}

	return []keyShape{
		accepted("PKCS#8 RSA", p8, "rsa-a", "PKCS#8"),
		accepted("PKCS#1 RSA", pemOf("RSA PRIVATE KEY", pkcs1), "rsa-a", "PKCS#1"),
		accepted("PKCS#8 EC", ec, "ec256", "EC P-256"),
		accepted("SEC 1", pemOf("EC PRIVATE KEY", sec1DER), "ec256", "SEC 1"),
		accepted("SEC 1 behind its parameters", pemOf("EC PARAMETERS", []byte{6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7})+pemOf("EC PRIVATE KEY", sec1DER), "ec256", "SEC 1"),
		accepted("PKCS#8 P-384", string(readKeyFile(t, "ec384.pem")), "ec384", "P-384"),
		accepted("PKCS#8 P-521", string(readKeyFile(t, "ec521.pem")), "ec521", "P-521"),
		accepted("PKCS#8 Ed25519", string(readKeyFile(t, "ed25519.pem")), "ed25519", "Ed25519"),
		accepted("OpenSSH RSA", string(readKeyFile(t, "openssh-rsa-a")), "rsa-a", "OpenSSH"),
		accepted("OpenSSH EC", string(readKeyFile(t, "openssh-ec256")), "", "ssh-keygen"),
		accepted("OpenSSH Ed25519", string(readKeyFile(t, "openssh-ed25519")), "", "OpenSSH"),
		accepted("DER PKCS#8", string(pkcs8DER), "rsa-a", "DER"),
		accepted("DER PKCS#1", string(pkcs1), "rsa-a", "DER"),
		accepted("DER SEC 1", string(sec1DER), "ec256", "DER"),
		accepted("CR LF", strings.ReplaceAll(p8, "\n", "\r\n"), "rsa-a", "PKCS#8"),
		accepted("text before it", "Bag Attributes\n    friendlyName: key\nKey Attributes: <No Attributes>\n"+p8, "rsa-a", "PKCS#8"),
		accepted("with its certificate", p8+string(readKeyFile(t, "cert-rsa-a.pem")), "rsa-a", "PKCS#8"),
		accepted("certificate first", string(readKeyFile(t, "cert-rsa-a.pem"))+p8, "rsa-a", "PKCS#8"),
		accepted("JWK RSA", asJSON(t, privateJWK(t, "rsa-a")), "rsa-a", "JWK"),
		accepted("JWK RSA without primes", asJSON(t, privateJWK(t, "rsa-a", "p", "q", "dp", "dq", "qi")), "rsa-a", "JWK"),
		accepted("JWK EC", asJSON(t, privateJWK(t, "ec384")), "ec384", "JWK"),
		accepted("JWK Ed25519", asJSON(t, privateJWK(t, "ed25519")), "ed25519", "JWK"),
		accepted("JWK Set", `{"keys":[`+asJSON(t, publicMembers(testKey(t, "rsa-b")))+","+asJSON(t, privateJWK(t, "rsa-a"))+`]}`, "rsa-a", "JWK Set"),
		accepted("service account file", asJSON(t, map[string]string{"type": "service_account", "private_key_id": "abc", "private_key": p8}), "rsa-a", "private_key"),

		newlines(`literal \n`, literal),
		newlines(`literal \n in quotes`, `"`+literal+`"`),
		newlines(`one env line`, `PRIVATE_KEY="`+literal+`"`),
		newlines(`exported env line`, `export PRIVATE_KEY='`+literal+`\n'`),
		newlines(`literal \r\n`, strings.Join(lines, `\r\n`)),
		newlines(`literal \n twice escaped`, strings.Join(lines, `\\n`)),
		newlines("all on one line", oneLine),
		newlines("spaces for line breaks", spaces),
		newlines("body on one line, spaces", lines[0]+"\n"+strings.Join(lines[1:len(lines)-1], " ")+lines[len(lines)-1]),

		repaired("BOM", "\xef\xbb\xbf"+p8, "rsa-a", "byte order mark"),
		repaired("UTF-16 LE", utf16File(p8, false, true), "rsa-a", "UTF-16"),
		repaired("UTF-16 BE", utf16File(p8, true, true), "rsa-a", "UTF-16"),
		repaired("UTF-16 without mark", utf16File(p8, false, false), "rsa-a", "UTF-16"),
		repaired("in quotes", "'"+p8+"'", "rsa-a", "quotes"),
		repaired("env over many lines", `KEY="`+p8+`"`, "rsa-a", "equals sign"),
		repaired("YAML block", "privateKey: |\n  "+strings.Join(lines, "\n  ")+"\n", "rsa-a", "YAML"),
		repaired("indented", "   "+strings.Join(lines, "\n   ")+"\n", "rsa-a", "indented"),
		repaired("wrong label RSA", pemOf("RSA PRIVATE KEY", pkcs8DER), "rsa-a", "label"),
		repaired("wrong label PKCS#8", pemOf("PRIVATE KEY", pkcs1), "rsa-a", "label"),
		repaired("wrong label EC", pemOf("EC PRIVATE KEY", derOf(t, "ec256")), "ec256", "label"),
		repaired("wrong label public", pemOf("PUBLIC KEY", pkcs8DER), "rsa-a", "label"),
		repaired("base64 of a PEM", base64.StdEncoding.EncodeToString([]byte(p8)), "rsa-a", "base64 of the key file"),
		repaired("base64 of a JWK", base64.StdEncoding.EncodeToString([]byte(asJSON(t, privateJWK(t, "ec256")))), "ec256", "base64 of the key file"),
		repaired("no BEGIN and END", strings.Join(lines[1:len(lines)-1], "\n"), "rsa-a", "BEGIN and END"),
		repaired("DER in hex", hex.EncodeToString(pkcs8DER), "rsa-a", "hexadecimal"),
		repaired("four dashes", strings.ReplaceAll(p8, "-----", "----"), "rsa-a", "five dashes"),
		repaired("no dashes", strings.ReplaceAll(p8, "-----", ""), "rsa-a", "five dashes"),
		repaired("typographic dashes", typographic, "rsa-a", "typographic"),
		repaired("END missing", strings.Join(lines[:len(lines)-1], "\n"), "rsa-a", "END"),
		repaired("quoted as in mail", "> "+strings.Join(lines, "\n> "), "rsa-a", "quoted"),
		repaired("a stray character", strings.Join(lines[:5], "\n")+"\n*"+strings.Join(lines[5:], "\n"), "rsa-a", "not base64"),
		repaired("JWK d padded", asJSON(t, with(privateJWK(t, "ec256"), "d", privateJWK(t, "ec256")["d"]+"=")), "ec256", "padding"),

		{"encrypted PKCS#8", string(readKeyFile(t, "encrypted.pem")), CausePEMEncrypted, "", false, "passphrase"},
		{"encrypted PKCS#8 DER", string(derOf(t, "encrypted")), CausePEMEncrypted, "", false, "passphrase"},
		{"encrypted PKCS#1", string(readKeyFile(t, "encrypted-legacy.pem")), CausePEMEncrypted, "", false, "passphrase"},
		{"encrypted OpenSSH", string(readKeyFile(t, "openssh-encrypted")), CausePEMEncrypted, "", false, "ssh-keygen"},

		{"public SPKI", pemOf("PUBLIC KEY", spki(t, "rsa-a")), CausePublicGiven, "rsa-a", false, "public key (SPKI"},
		{"public DER", string(spki(t, "ec256")), CausePublicGiven, "ec256", false, "public key"},
		{"public PKCS#1", pemOf("RSA PUBLIC KEY", x509.MarshalPKCS1PublicKey(&rsaKey.PublicKey)), CausePublicGiven, "rsa-a", false, "public key"},
		{"public JWK", asJSON(t, publicMembers(testKey(t, "ec384"))), CausePublicGiven, "ec384", false, "public key (JWK)"},
		{"public JWKS", `{"keys":[` + asJSON(t, publicMembers(testKey(t, "rsa-a"))) + `]}`, CausePublicGiven, "rsa-a", false, "JWK Set"},
		{"certificate", string(readKeyFile(t, "cert-rsa-a.pem")), CausePublicGiven, "rsa-a", false, "certificate"},
		{"certificate DER", string(derOf(t, "cert-rsa-a")), CausePublicGiven, "rsa-a", false, "certificate"},
		{"certificate request", string(readKeyFile(t, "csr.pem")), CausePublicGiven, "rsa-a", false, "certificate request"},
		{"OpenSSH public EC", string(readKeyFile(t, "openssh-ec256.pub")), CausePublicGiven, "", false, "OpenSSH"},
		{"OpenSSH public Ed25519", string(readKeyFile(t, "openssh-ed25519.pub")), CausePublicGiven, "", false, "OpenSSH"},

		{"JWK with a foreign d", asJSON(t, foreign), CauseKeyMismatch, "", false, "another key"},
		{"RSA JWK with a foreign d", asJSON(t, foreignRSA), CauseKeyMismatch, "rsa-b", false, "another key"},

		broken("empty", "", "empty"),
		broken("whitespace", " \n\n", "empty"),
		broken("a JWT", "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2ln", "a JWT"),
		broken("HTML", "<!DOCTYPE html><html><body>Sign in</body></html>", "HTML"),
		broken("a URL", "https://example.com/key.pem", "URL"),
		broken("a file name", "/etc/keys/private.pem", "file name"),
		broken("PKCS#12", string(readKeyFile(t, "bundle.p12")), "PKCS#12"),
		broken("JKS", "\xfe\xed\xfe\xed\x00\x00\x00\x02", "Java key store"),
		broken("PuTTY", "PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\n", "PuTTY"),
		broken("cut off", strings.Join(lines[:10], "\n")+"\n"+lines[len(lines)-1]+"\n", "damaged or cut off"),
		broken("one line lost", strings.Join(append(slices.Clone(lines[:6]), lines[7:]...), "\n"), "damaged"),
		broken("PGP", "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQOYBGAAAAABCADA\n=abcd\n-----END PGP PRIVATE KEY BLOCK-----\n", "PGP"),
		broken("secp256k1", string(readKeyFile(t, "secp256k1.pem")), "secp256k1"),
		broken("Ed448", string(readKeyFile(t, "ed448.pem")), "Ed448"),
		broken("JWK oct", `{"kty":"oct","k":"c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3I"}`, "shared secret"),
		broken("JWK not JSON", `{kty: 'RSA', n: `, "not JSON"),
		broken("random text", "correct horse battery staple", "not a PEM"),
		broken("binary", "\x00\x01\x02\x03\x04\x05\x06\x07", "binary"),
		broken("primes contradict", pemOf("RSA PRIVATE KEY", wrongPrimes(t, rsaKey)), "damaged"),
	}
}

func with(m map[string]string, name, value string) map[string]string {
	m[name] = value
	return m
}

func spki(t testing.TB, name string) []byte {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(testKey(t, name).Public)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func TestKeyFiles(t *testing.T) {
	shapes := privateShapes(t)
	for _, s := range shapes {
		t.Run(s.name, func(t *testing.T) {
			f := ParseKeyFile([]byte(s.data))
			var causes []string
			said := f.What + " " + strings.Join(f.Repairs, " ")
			for _, p := range f.Problems {
				causes = append(causes, p.Cause)
				said += " " + p.Message
			}
			want := []string{}
			if s.cause != "" {
				want = []string{s.cause}
			}
			if !slices.Equal(causes, want) && len(causes)+len(want) > 0 {
				t.Fatalf("causes %q, want %q: %s", causes, want, said)
			}
			if f.CanSign() != s.signs {
				t.Fatalf("can sign: %v; %s", f.CanSign(), said)
			}
			if s.of != "" && !f.Key.Matches(testKey(t, s.of)) {
				t.Errorf("gave %v, want %s", f.Key, s.of)
			}
			if !strings.Contains(said, s.words) {
				t.Errorf("%q does not name %q", said, s.words)
			}
			if s.signs {
				alg := naturalAlg(f.Key)
				sig := mustSign(t, alg, f.Key, []byte("x"))
				if err := Verify(alg, []byte("x"), sig, publicOnly(f.Key)); err != nil {
					t.Errorf("what it signs: %v", err)
				}
			}
			noSecrets(t, f, said)
		})
	}
	t.Logf("%d shapes", len(shapes))
}

// noSecrets looks for private values in everything formatting can reach.
func noSecrets(t *testing.T, f *KeyFile, said string) {
	t.Helper()
	all := said + fmt.Sprintf("%v %+v %#v %s", f, f.Key, f.Key, asJSON(t, f.Problems))
	for _, name := range []string{"rsa-a", "ec256", "ec384", "ed25519"} {
		d := privateJWK(t, name)["d"]
		raw, err := base64.RawURLEncoding.DecodeString(d)
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{d[:20], hex.EncodeToString(raw)[:20], base64.StdEncoding.EncodeToString(raw)[:20], new(big.Int).SetBytes(raw).String()[:20]} {
			if strings.Contains(all, secret) {
				t.Errorf("a private value of %s shows", name)
			}
		}
	}
}
