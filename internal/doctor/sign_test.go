package doctor_test

import (
	"crypto/x509"
	"encoding/pem"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/mint"
)

func signOptions(ring keyring, provider, key string) doctor.SignOptions {
	return doctor.SignOptions{
		Options: doctor.Options{
			Profile: provider, ClientID: clientID,
			Clock: func() time.Time { return time.Unix(now, 0) },
			Key:   &doctor.Document{Source: key, Data: ring.pem[key]},
		},
		Kid: "example-2025",
	}
}

// What is minted passes the profile, whatever the profile.
func TestSign(t *testing.T) {
	ring := testKeys(t)
	ecKey, _ := x509.MarshalPKCS8PrivateKey(ring.ec)
	ring.pem["ec"] = pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: ecKey})
	ring.pem["with certificate"] = slices.Concat(ring.pem["rsa-a.pem"], ring.pem["cert-rsa-a.pem"])
	for _, r := range []struct {
		name   string
		change func(*doctor.SignOptions)
		alg    string
		bad    string // what the refusal says, "" where there is none
	}{
		{"redox", func(o *doctor.SignOptions) { o.Profile = "redox" }, "RS384", ""},
		{"redox with the wrong kind of key", func(o *doctor.SignOptions) { o.Profile = "redox"; o.Key.Data = ring.pem["ec"] }, "", "another key is needed"},
		{"redox with another alg", func(o *doctor.SignOptions) { o.Profile = "redox"; o.Alg = "RS256" }, "", "alg-not-accepted"},
		{"epic", func(o *doctor.SignOptions) { o.Profile = "epic" }, "RS384", ""},
		{"epic with EC", func(o *doctor.SignOptions) { o.Profile = "epic"; o.Key.Data = ring.pem["ec"] }, "ES384", ""},
		{"singpass", func(o *doctor.SignOptions) { o.Profile = "singpass"; o.Key.Data = ring.pem["ec"] }, "ES384", ""},
		{"singpass staging", func(o *doctor.SignOptions) {
			o.Profile = "singpass"
			o.Key.Data = ring.pem["ec"]
			o.Env = "staging"
		}, "ES384", ""},
		{"SMART", func(o *doctor.SignOptions) { o.Profile = "smart-backend-services"; o.TokenURL = exampleURL }, "RS384", ""},
		{"SMART without a token URL", func(o *doctor.SignOptions) { o.Profile = "smart-backend-services" }, "", "--token-url is needed"},
		{"the standard", func(o *doctor.SignOptions) { o.Profile = "rfc7523"; o.Aud = []string{exampleURL} }, "RS384", ""},
		{"no client ID", func(o *doctor.SignOptions) { o.ClientID = "" }, "", "--client-id is needed"},
		{"no key", func(o *doctor.SignOptions) { o.Key = nil }, "", "--key FILE is needed"},
		{"a public key", func(o *doctor.SignOptions) { o.Key.Data = ring.pem["cert-rsa-a.pem"] }, "", "private"},
		{"an encrypted key", func(o *doctor.SignOptions) { o.Key.Data = ring.pem["encrypted.pem"] }, "", "passphrase"},
		{"no kid where it is required", func(o *doctor.SignOptions) { o.Kid = "" }, "", "requires kid"},
		{"kid from the published set", func(o *doctor.SignOptions) {
			o.Kid = ""
			o.JWKS = &doctor.Document{Source: "jwks.json", Data: jwks(rsaJWK(&ring.rsaB.PublicKey, "b"), rsaJWK(&ring.rsaA.PublicKey, "a"))}
		}, "RS384", ""},
		{"a key that is not published", func(o *doctor.SignOptions) {
			o.JWKS = &doctor.Document{Source: "jwks.json", Data: jwks(rsaJWK(&ring.rsaB.PublicKey, "example-2025"))}
		}, "", "private-key-mismatch"},
		{"x5t", func(o *doctor.SignOptions) {
			o.Key.Data = ring.pem["with certificate"]
			o.Set = []string{"header.x5t.presence=required"}
		}, "RS384", ""},
		{"x5t without a certificate", func(o *doctor.SignOptions) { o.Set = []string{"header.x5t.presence=required"} }, "", "certificate"},
		{"a further claim", func(o *doctor.SignOptions) {
			o.Set = []string{"claims.purpose.presence=required"}
			o.Claims = []mint.Member{{Name: "purpose", JSON: `"TREAT"`}}
		}, "RS384", ""},
		{"a further claim forgotten", func(o *doctor.SignOptions) { o.Set = []string{"claims.purpose.presence=required"} }, "", "--claim purpose"},
	} {
		t.Run(r.name, func(t *testing.T) {
			o := signOptions(ring, "redox", "rsa-a.pem")
			r.change(&o)
			made, c, err := doctor.Sign(t.Context(), o)
			if r.bad != "" {
				if err == nil || !strings.Contains(err.Error(), r.bad) {
					t.Fatalf("error %v, want one that says %q", err, r.bad)
				}
				if o.Key != nil && strings.Contains(err.Error(), string(o.Key.Data[40:80])) {
					t.Error("the error shows the key")
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if made.Alg != r.alg {
				t.Errorf("alg %s, want %s", made.Alg, r.alg)
			}
			if f := errorsOf(c); f != nil {
				t.Errorf("what was made fails %v", f)
			}
			if strings.Count(made.Compact, ".") != 2 {
				t.Errorf("%q is no JWT", made.Compact)
			}
		})
	}
}

// Repairing keeps what is right and replaces what is wrong.
func TestSignFrom(t *testing.T) {
	ring := testKeys(t)
	bad := healthy("redox")
	bad.header.set("typ", "jwt")
	bad.header.set("custom", "kept")
	bad.claims.set("aud", redoxURL+"/")
	bad.claims.set("exp", (now+200)*1000)
	bad.claims.set("kid", "example-2025")
	bad.claims.set("purpose", "kept")
	o := signOptions(ring, "redox", "rsa-a.pem")
	o.ClientID = "" // told by the failing assertion
	o.From = &doctor.Input{Name: "bad.jwt", Open: strings.NewReader(bad.compact())}
	made, c, err := doctor.Sign(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if f := errorsOf(c); f != nil {
		t.Errorf("the repair fails %v", f)
	}
	var changed, routine []string
	for _, ch := range made.Changes {
		if ch.Routine {
			routine = append(routine, ch.Name)
		} else {
			changed = append(changed, ch.Name)
		}
	}
	if want := []string{"typ", "aud", "exp"}; !slices.Equal(changed, want) {
		t.Errorf("changed %v, want %v", changed, want)
	}
	if want := []string{"jti", "iat"}; !slices.Equal(routine, want) {
		t.Errorf("routinely changed %v, want %v", routine, want)
	}
	for _, kept := range []string{`"custom":"kept"`} {
		if !strings.Contains(string(c.Decoded.Header), kept) {
			t.Errorf("%s was lost", kept)
		}
	}
	if !strings.Contains(string(c.Decoded.Claims), `"purpose":"kept"`) {
		t.Error("a claim that was right was lost")
	}
}
