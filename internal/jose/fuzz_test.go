package jose

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// The seeds of the targets are small, and so are their keys: a fuzzer first makes
// smaller what it finds, and the number of runs for that grows with the square of
// the length. What is proven does not depend on the size of a key.

// smallModulus has 512 bits, the least that is taken for an RSA key at all.
const smallModulus = "1xCfy8AA7EQrBUxFKXzHXfOMb00LXxI1bc0H-2AhhikhnDv91GCpd2Ii9P332gSrTpXfjj57-AF4jla8GUu8kQ"

// smallSet has a key of each cheap kind.
func smallSet(t testing.TB) []*Key {
	t.Helper()
	set := ParseJWKS([]byte(`{"keys":[{"kty":"RSA","kid":"r","e":"AQAB","n":"` + smallModulus + `"},` +
		jwkOf(t, "ec256", map[string]any{"kid": "e", "alg": nil, "use": nil}) + "," + jwkOf(t, "ed25519", map[string]any{"kid": "d", "alg": nil, "use": nil}) + `]}`))
	for _, k := range set.Keys {
		if k.Public == nil {
			t.Fatal(k.Unusable)
		}
	}
	return set.Keys
}

func FuzzParseJWKS(f *testing.F) {
	for _, s := range setShapes(f) {
		data := s.data
		for _, name := range []string{"rsa-a", "rsa-b"} {
			data = strings.ReplaceAll(data, b64(member(f, name, "n")), smallModulus)
		}
		if len(data) < 700 {
			f.Add([]byte(data))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		set := ParseJWKS(data)
		for _, p := range set.Problems {
			if p.Cause == "" || p.Message == "" || p.Span.Start < 0 || p.Span.End > len(data) || p.Span.Start > p.Span.End {
				t.Fatalf("%+v", p)
			}
		}
		for _, k := range set.Keys {
			if (k.Public == nil) != (k.Thumbprint == "") {
				t.Fatalf("%v: public %v, thumbprint %q", k, k.Public != nil, k.Thumbprint)
			}
			for _, alg := range []string{"RS256", "PS256", "ES256", "EdDSA", "HS256"} {
				if Verify(alg, []byte("x"), make([]byte, 64), k) == nil {
					t.Fatalf("%v: zeros verify under %s", k, alg)
				}
			}
		}
	})
}

// damagedPEMs are the ways in which a PEM is damaged, for a short one.
func damagedPEMs(p string) []string {
	lines := strings.Split(strings.TrimSpace(p), "\n")
	literal := strings.Join(lines, `\n`)
	return []string{p, strings.Join(lines, ""), strings.Join(lines, " "), literal, `"` + literal + `"`, `KEY="` + literal + `"`,
		strings.Join(lines, `\\n`), "\xef\xbb\xbf" + p, utf16File(p, false, true), utf16File(p, true, false), "'" + p + "'",
		"k: |\n  " + strings.Join(lines, "\n  "), "> " + strings.Join(lines, "\n> "), strings.ReplaceAll(p, "-----", "--"),
		strings.ReplaceAll(p, "-----BEGIN", "—–BEGIN"), strings.Join(lines[1:len(lines)-1], ""), strings.Join(lines[:len(lines)-1], "\n"),
		strings.Replace(p, "PRIVATE KEY", "EC PRIVATE KEY", 2), base64.StdEncoding.EncodeToString([]byte(p)), `{"private_key":"` + literal + `"}`}
}

func FuzzParseKeyFile(f *testing.F) {
	for _, s := range append(damagedPEMs(string(readKeyFile(f, "ed25519.pem"))), damagedPEMs(string(readKeyFile(f, "ec256.pem")))[:2]...) {
		f.Add([]byte(s))
	}
	for _, s := range privateShapes(f) {
		if len(s.data) < 500 {
			f.Add([]byte(s.data))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file := ParseKeyFile(data)
		if file.What == "" {
			t.Fatal("it is called nothing")
		}
		if file.Key == nil && len(file.Problems) == 0 {
			t.Fatalf("no key and no problem: %s", file.What)
		}
		if file.CanSign() && file.Has(CausePublicGiven) {
			t.Fatal("a private key called public")
		}
		for _, k := range file.Keys {
			if k.unsound != "" && (k.CanSign() || k.Public != nil) {
				t.Fatalf("%v: %s, and still used", k, k.unsound)
			}
		}
	})
}

func FuzzDiagnose(f *testing.F) {
	set := smallSet(f)
	const payload = `{"iss":"c","exp":1763712240}`
	for i, alg := range []string{"RS256", "PS256", "ES256", "EdDSA", "HS256", "none", "x"} {
		sig := make([]byte, []int{64, 64, 64, 64, 32, 0, 64}[i])
		for j := range sig {
			sig[j] = byte(j + i)
		}
		f.Add(alg, `{"alg":"`+alg+`","kid":"r"}`, payload, sig, "r")
	}
	f.Add("RS256", "", "", []byte("0123456789abcdef0123456789abcdef"), "")
	f.Add("ES256", `{"alg":"ES256"}`, payload, []byte("\x30\x06\x02\x01\x01\x02\x01\x01"), "e")
	f.Add("EdDSA", `{}`, payload, []byte(strings.Repeat("Az09", 22)[:86]), "d")
	var found Hypotheses // a memory of all runs must never make one valid
	f.Fuzz(func(t *testing.T, alg, header, payload string, sig []byte, kid string) {
		x := Exhibit{Alg: alg, Kid: kid, HasKid: kid != "", Keys: set, Signature: sig, SignatureText: b64(sig)}
		x.Header = Part{Sent: enc(header), Clean: enc(header), Decoded: []byte(header)}
		x.Payload = Part{Sent: base64.URLEncoding.EncodeToString([]byte(payload)), Clean: enc(payload), Decoded: []byte(payload)}
		// A budget of the input's own, so that the search ends at many places.
		budget := 1 + len(payload)%5
		e := Examine(x)
		d := e.Search(found.Propose(e), budget)
		found.Learn(d)
		if d.Valid || d.ValidRepaired {
			t.Fatalf("valid: %+v", d)
		}
		if d.Cause == "" && !d.Inconclusive || d.Words == "" {
			t.Fatalf("nothing said: %+v", d)
		}
		if d.Spent > budget || d.Cut && (d.CutAt == "" || d.Certainty == finding.Certain) {
			t.Fatalf("spent %d of %d: %+v", d.Spent, budget, d)
		}
		Inspect(alg, sig, x.SignatureText, set)
	})
}
