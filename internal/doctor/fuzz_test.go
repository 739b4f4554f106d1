package doctor_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// No input makes a check broken, and whatever comes out is valid JSON.
func FuzzRun(f *testing.F) {
	leaf := testCertificate(f)
	for _, r := range rows(leaf) {
		tok := healthy(r.provider)
		r.change(tok)
		f.Add(tok.compact(), r.provider)
	}
	for _, s := range []string{"", ".", "..", "...", "eyJ", "eyJ.eyJ.", "e30.e30.", "e30.W10.AA", "bnVsbA.bnVsbA.AA", "\x00", "{}", "[", strings.Repeat(".", 100),
		b64(`{"alg":{"a":[]},"x5c":[{}],"x5t":[],"crit":{},"jwk":[],"kid":[]}`) + "." + b64(`{"aud":[[]],"iss":{},"sub":[],"jti":{},"iat":[],"exp":{},"nbf":true}`) + ".AA",
		b64(`{"alg":null,"typ":null,"kid":null}`) + "." + b64(`{"aud":null,"exp":null,"iat":1e999,"nbf":-1e999}`) + "."} {
		f.Add(s, "redox")
	}
	f.Fuzz(func(t *testing.T, text, provider string) {
		switch provider {
		case "rfc7523", "smart-backend-services", "redox", "epic", "singpass":
		default:
			provider = "rfc7523"
		}
		opts := healthy(provider).opts
		_, err := doctor.Run(t.Context(), opts, []doctor.Input{{Name: "fuzz", Open: strings.NewReader(text)}}, func(c finding.Case) error {
			if b := broken(c); b != nil {
				t.Errorf("broken: %v", b)
			}
			if _, err := json.Marshal(c); err != nil {
				t.Errorf("no JSON: %v", err)
			}
			return nil
		})
		_ = err // unreadable input is an error, and reported as one
	})
}
