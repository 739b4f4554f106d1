package jose

import (
	"encoding/base64"
	"testing"
)

func FuzzParseJWKS(f *testing.F) {
	for _, s := range setShapes(f) {
		if len(s.data) < 4096 {
			f.Add([]byte(s.data))
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

func FuzzParseKeyFile(f *testing.F) {
	for _, s := range privateShapes(f) {
		f.Add([]byte(s.data))
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
	})
}

func FuzzDiagnose(f *testing.F) {
	set := testSet(f)
	for _, alg := range []string{"RS256", "ES256", "EdDSA", "HS256", "none", "x"} {
		f.Add(alg, testHeader(alg, "rsa-a"), testPayload, make([]byte, 64), "rsa-a")
		f.Add(alg, testHeader(alg, "rsa-a"), testPayload, make([]byte, 256), "rsa-a")
	}
	f.Add("RS256", "", "", []byte("0123456789abcdef0123456789abcdef"), "")
	f.Fuzz(func(t *testing.T, alg, header, payload string, sig []byte, kid string) {
		x := Exhibit{Alg: alg, Kid: kid, HasKid: kid != "", Keys: set, Budget: 60, Signature: sig, SignatureText: b64(sig)}
		x.Header = Part{Sent: enc(header), Clean: enc(header), Decoded: []byte(header)}
		x.Payload = Part{Sent: base64.URLEncoding.EncodeToString([]byte(payload)), Clean: enc(payload), Decoded: []byte(payload)}
		d := Diagnose(x)
		if d.Valid || d.ValidRepaired {
			t.Fatalf("valid: %+v", d)
		}
		if d.Cause == "" && !d.Inconclusive || d.Words == "" {
			t.Fatalf("nothing said: %+v", d)
		}
		Inspect(alg, sig, x.SignatureText, set)
	})
}
