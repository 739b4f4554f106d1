package doctor_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"hash"
	"maps"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// forgery is an assertion that the holder of the private key did not make.
type forgery struct{ name, compact string }

// victim is the keys whose public half an attacker knows, and what is published.
type victim struct {
	rsa  *rsa.PrivateKey
	ec   *ecdsa.PrivateKey
	ed   ed25519.PrivateKey
	set  []byte
	cert []byte // of the attacker
	// attacker is a key that is not published.
	attacker *ecdsa.PrivateKey
}

func newVictim(t *testing.T) victim {
	t.Helper()
	ring := testKeys(t)
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	attacker, err := ecdsa.GenerateKey(ring.ec.Curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	v := victim{rsa: ring.rsaA, ec: ring.ec, ed: ed, attacker: attacker}
	okp := jwk{"kty": "OKP", "crv": "Ed25519", "kid": "ed-1", "use": "sig", "alg": "EdDSA", "x": base64.RawURLEncoding.EncodeToString(ed.Public().(ed25519.PublicKey))}
	v.set = jwks(rsaJWK(&v.rsa.PublicKey, "rsa-a"), ecJWK(&v.ec.PublicKey, "ec-1"), okp)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	if v.cert, err = x509.CreateCertificate(rand.Reader, template, template, attacker.Public(), attacker); err != nil {
		t.Fatal(err)
	}
	return v
}

const forgedClaims = `{"iss":"` + clientID + `","sub":"` + clientID + `","aud":"https://fhir.example.test/oauth2/token","jti":"7d5d1b1e-7e0c-4d0e-9a57-0a5b7d3a0c11","iat":1759999990,"exp":1760000230}`

func input(header string) string { return b64(header) + "." + b64(forgedClaims) }

func (v victim) forgeries(t *testing.T) (all []forgery) {
	add := func(name, compact string) { all = append(all, forgery{name, compact}) }
	sign := func(in string, sig []byte) string { return in + "." + base64.RawURLEncoding.EncodeToString(sig) }
	kids := []string{"rsa-a", "ec-1", "ed-1"}

	// No signature, by every name of none and under every key.
	for _, alg := range []string{"none", "None", "NONE", "nOnE", "none ", " none", "", "null", "NoNe\u0000", "HS0", "noNe", "nONE", "unsecured", "none,RS384", "RS384,none"} {
		for _, kid := range kids {
			head := fmt.Sprintf(`{"alg":"%s","typ":"JWT","kid":%q}`, alg, kid)
			for _, sig := range []string{"", "AA", strings.Repeat("A", 86)} {
				add(fmt.Sprintf("alg %s, %d characters", alg, len(sig)), input(head)+"."+sig)
			}
		}
	}
	// A public key taken for a shared secret.
	spki, _ := x509.MarshalPKIXPublicKey(&v.rsa.PublicKey)
	ecDER, _ := x509.MarshalPKIXPublicKey(&v.ec.PublicKey)
	rsaText, _ := json.Marshal(rsaJWK(&v.rsa.PublicKey, "rsa-a"))
	asPEM := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: spki})
	secrets := map[string][]byte{
		"SPKI": spki, "PKCS #1": x509.MarshalPKCS1PublicKey(&v.rsa.PublicKey), "PEM": asPEM, "PEM without its last line end": []byte(strings.TrimSpace(string(asPEM))),
		"PEM of PKCS #1": pem.EncodeToMemory(&pem.Block{Type: "RSA PUBLIC KEY", Bytes: x509.MarshalPKCS1PublicKey(&v.rsa.PublicKey)}),
		"n":              v.rsa.N.Bytes(), "n in text": []byte(base64.RawURLEncoding.EncodeToString(v.rsa.N.Bytes())), "JWK": rsaText, "the set": v.set, "EC": ecDER,
		"EC PEM": pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: ecDER}), "Ed25519": v.ed.Public().(ed25519.PublicKey), "nothing": {}, "a zero": {0}, "the kid": []byte("rsa-a"), "secret": []byte("secret"),
	}
	hashes := map[string]func() hash.Hash{"HS256": sha256.New, "HS384": sha512.New384, "HS512": sha512.New}
	for _, name := range slices.Sorted(maps.Keys(secrets)) {
		for _, alg := range slices.Sorted(maps.Keys(hashes)) {
			for _, kid := range kids {
				in := input(fmt.Sprintf(`{"alg":%q,"typ":"JWT","kid":%q}`, alg, kid))
				m := hmac.New(hashes[alg], secrets[name])
				m.Write([]byte(in))
				add("HMAC by "+name, sign(in, m.Sum(nil)))
			}
		}
	}
	// A key that comes with the assertion.
	own, _ := json.Marshal(ecJWK(&v.attacker.PublicKey, "ec-1"))
	x5c, _ := json.Marshal([]string{base64.StdEncoding.EncodeToString(v.cert)})
	sum := sha256.Sum256(v.cert)
	for _, more := range []string{
		`"jwk":` + string(own), `"x5c":` + string(x5c), `"jku":"https://attacker.example/jwks.json"`, `"x5u":"https://attacker.example/cert.pem"`,
		`"x5t#S256":"` + base64.RawURLEncoding.EncodeToString(sum[:]) + `"`, `"crit":["b64"],"b64":false`, `"crit":["exp"],"exp":1`, `"zip":"DEF"`, `"x":1`, `"jwk":` + string(own) + `,"x5c":` + string(x5c),
	} {
		for _, kid := range []string{"ec-1", "rsa-a", "unknown", "", "../../../../dev/null", "ec-1' OR '1'='1", "ec-1\u0000", "/proc/sys/kernel/randomize_va_space"} {
			in := input(`{"alg":"ES384","typ":"JWT","kid":"` + kid + `",` + more + `}`)
			add("with "+more[:5]+" and kid "+kid, sign(in, es384(v.attacker, in)))
		}
	}
	// Numbers that some verifiers accept for every content.
	n := v.ec.Params().N
	edges := []*big.Int{big.NewInt(0), big.NewInt(1), n, new(big.Int).Sub(n, big.NewInt(1)), new(big.Int).Add(n, big.NewInt(1)), v.ec.Params().P, new(big.Int).Lsh(big.NewInt(1), 383)}
	for _, r := range edges {
		for _, s := range edges {
			in := input(`{"alg":"ES384","typ":"JWT","kid":"ec-1"}`)
			add("ECDSA of edges", sign(in, append(r.FillBytes(make([]byte, 48)), s.FillBytes(make([]byte, 48))...)))
		}
	}
	for _, point := range []string{
		"0100000000000000000000000000000000000000000000000000000000000000", "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"0000000000000000000000000000000000000000000000000000000000000000", "0000000000000000000000000000000000000000000000000000000000000080",
		"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
	} {
		for _, s := range []int64{0, 1, 2, 8} {
			raw, _ := hex.DecodeString(point)
			tail := make([]byte, 32)
			tail[0] = byte(s)
			add("Ed25519 of small order", sign(input(`{"alg":"EdDSA","typ":"JWT","kid":"ed-1"}`), append(raw, tail...)))
		}
	}
	size := v.rsa.Size()
	for _, value := range []*big.Int{big.NewInt(0), big.NewInt(1), new(big.Int).Sub(v.rsa.N, big.NewInt(1)), v.rsa.N, new(big.Int).Rsh(v.rsa.N, 1)} {
		for _, alg := range []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"} {
			add("RSA of edges", sign(input(`{"alg":"`+alg+`","typ":"JWT","kid":"rsa-a"}`), value.FillBytes(make([]byte, size))))
		}
	}
	// A good signature over something else, moved.
	for _, kid := range kids {
		for _, alg := range []string{"RS384", "ES384", "EdDSA", "PS384", "RS256"} {
			in := input(fmt.Sprintf(`{"alg":%q,"typ":"JWT","kid":%q}`, alg, kid))
			other := strings.Replace(in, ".", "x.", 1)
			add("a signature over another text", sign(in, pkcs1(v.rsa, crypto.SHA384, other)))
			add("a signature over another text", sign(in, es384(v.ec, other)))
			add("a signature over another text", sign(in, ed25519.Sign(v.ed, []byte(other))))
		}
	}
	return all
}

// malleable are other encodings of a good assertion, which strict servers refuse and
// which let one assertion pass for two.
func (v victim) malleable() (all []forgery) {
	in := input(`{"alg":"RS384","typ":"JWT","kid":"rsa-a"}`)
	sig := pkcs1(v.rsa, crypto.SHA384, in)
	text := base64.RawURLEncoding.EncodeToString(sig)
	add := func(name, sig string) { all = append(all, forgery{name, in + "." + sig}) }
	add("padding", base64.URLEncoding.EncodeToString(sig))
	add("the other alphabet", base64.StdEncoding.EncodeToString(sig))
	add("a stretched signature", base64.RawURLEncoding.EncodeToString(append([]byte{0}, sig...)))
	add("a longer signature", base64.RawURLEncoding.EncodeToString(append(append([]byte{}, sig...), 0)))
	add("hex", base64.RawURLEncoding.EncodeToString([]byte(hex.EncodeToString(sig))))
	plus := new(big.Int).Add(new(big.Int).SetBytes(sig), v.rsa.N)
	add("plus n", base64.RawURLEncoding.EncodeToString(plus.Bytes()))
	add("a fourth part", text+".e30")
	add("a space", text[:40]+" "+text[40:])
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	last := strings.IndexByte(alphabet, text[len(text)-1])
	for i := range 15 {
		if c := alphabet[last&^15|(last+1+i)&15]; c != text[len(text)-1] {
			add("unused bits", text[:len(text)-1]+string(c))
		}
	}
	return all
}

// No forged assertion passes, and of none it is said that its signature is good.
func TestForgeries(t *testing.T) {
	v := newVictim(t)
	all := v.forgeries(t)
	if len(all) < 500 {
		t.Fatalf("%d forgeries", len(all))
	}
	// A search for the reason of a wrong signature takes its time. The step has no
	// divisor in common with the three keys that each forgery is made for.
	step := 8
	if long() {
		step = 1
	}
	opts := healthy("smart-backend-services").opts
	opts.JWKS = &doctor.Document{Source: "jwks.json", Data: v.set}
	judge := func(f forgery) finding.Case {
		var got finding.Case
		_, err := doctor.Run(t.Context(), opts, []doctor.Input{{Name: "token.jwt", Open: strings.NewReader(f.compact), As: "assertion"}}, func(c finding.Case) error {
			got = c
			return nil
		})
		if err != nil {
			t.Fatalf("%s: %v", f.name, err)
		}
		return got
	}
	passed := func(c finding.Case) bool {
		for _, f := range c.Findings {
			if f.Check == "signature-valid" && f.Outcome == finding.Pass {
				return true
			}
		}
		return false
	}
	for i := 0; i < len(all); i += step {
		if c := judge(all[i]); c.Summary.Verdict != finding.VerdictFail || passed(c) {
			t.Errorf("%s passes: %s", all[i].name, all[i].compact)
		}
	}
	for _, f := range v.malleable() {
		if c := judge(f); c.Summary.Verdict == finding.VerdictPass { // unused bits are a warning: many servers do not look at them
			t.Errorf("%s passes", f.name)
		}
	}
	// The control: what was signed with each of the keys passes.
	for kid, sign := range map[string]func(string) []byte{
		"rsa-a": func(in string) []byte { return pkcs1(v.rsa, crypto.SHA384, in) }, "ec-1": func(in string) []byte { return es384(v.ec, in) },
	} {
		in := input(fmt.Sprintf(`{"alg":%q,"typ":"JWT","kid":%q}`, map[string]string{"rsa-a": "RS384", "ec-1": "ES384"}[kid], kid))
		if c := judge(forgery{kid, in + "." + base64.RawURLEncoding.EncodeToString(sign(in))}); c.Summary.Verdict == finding.VerdictFail || !passed(c) {
			t.Errorf("%s: what is good fails: %+v", kid, c.Diagnosis)
		}
	}
}
