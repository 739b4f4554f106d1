package doctor_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
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
			Profiles: []string{provider}, ClientID: clientID,
			Clock: func() time.Time { return time.Unix(now, 0) },
			Key:   &doctor.Document{Source: key, Data: ring.pem[key]},
		},
		Kid: "example-2025",
	}
}

// withEC adds what the tests of sign want beside the fixed keys.
func withEC(t *testing.T, ring keyring) {
	t.Helper()
	ecKey, err := x509.MarshalPKCS8PrivateKey(ring.ec)
	if err != nil {
		t.Fatal(err)
	}
	ring.pem["ec"] = pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: ecKey})
	p256, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ec256, err := x509.MarshalPKCS8PrivateKey(p256)
	if err != nil {
		t.Fatal(err)
	}
	ring.pem["ec256"] = pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: ec256})
	ring.pem["with certificate"] = slices.Concat(ring.pem["rsa-a.pem"], ring.pem["cert-rsa-a.pem"])
}

// orders is what is to be reported for a profile beyond client ID, key and kid.
func orders() map[string]func(keyring, *doctor.SignOptions) {
	type options = *doctor.SignOptions
	url := func(u string) func(keyring, options) { return func(_ keyring, o options) { o.TokenURL = u } }
	iss := func(u string) func(keyring, options) { return func(_ keyring, o options) { o.Issuer = u } }
	aud := func(v string) func(keyring, options) { return func(_ keyring, o options) { o.Aud = []string{v} } }
	sub := func(v string) func(keyring, options) { return func(_ keyring, o options) { o.Subject = v } }
	id := func(v string) func(keyring, options) { return func(_ keyring, o options) { o.ClientID = v } }
	has := func(name, value string) func(keyring, options) {
		return func(_ keyring, o options) {
			o.Claims = append(o.Claims, mint.Member{Name: name, JSON: `"` + value + `"`})
		}
	}
	key := func(name string) func(keyring, options) {
		return func(ring keyring, o options) { o.Key.Data = ring.pem[name] }
	}
	all := func(changes ...func(keyring, options)) func(keyring, options) {
		return func(ring keyring, o options) {
			for _, c := range changes {
				c(ring, o)
			}
		}
	}
	general := url(exampleURL)
	const as = "https://as.example.test"
	return map[string]func(keyring, options){
		"adobe-ims":                   all(aud("https://ims-na1.adobelogin.com/c/x"), sub("7F2D@techacct.adobe.com")),
		"authelia":                    iss(as),
		"authlete":                    general,
		"better-auth":                 general,
		"cdr-au":                      iss(as),
		"cloudfoundry-uaa":            general,
		"connect2id":                  iss(as),
		"corppass":                    key("ec"),
		"doorkeeper":                  general,
		"fapi1-advanced":              general,
		"fapi2":                       iss(as),
		"gematik-zeta":                all(key("ec256"), general),
		"gravitee-am":                 general,
		"helseid":                     iss("https://helseid-sts.nhn.no"),
		"ibm-verify":                  iss("https://acme.verify.ibm.com/oidc/endpoint/default"),
		"ishare":                      all(key("with certificate"), aud("EU.EORI.NL000000001")),
		"mcp-client-credentials":      general,
		"mock-oauth2-server":          general,
		"mosip-esignet":               aud("https://esignet.example.test/v1/esignet/oauth/v2/token"),
		"oidc-core":                   general,
		"openiddict":                  iss(as),
		"oracle-iam":                  iss("https://idcs-3f1c.identity.oraclecloud.com/"),
		"pingone":                     general,
		"rfc10070":                    iss(as),
		"thunder-id":                  iss(as),
		"udap":                        all(key("with certificate"), general),
		"athenahealth":                aud("https://api.platform.athenahealth.com/oauth2/v1/token"),
		"atproto":                     iss("https://pds.example.test"),
		"auth0":                       iss("https://acme.eu.auth0.com/"),
		"bcda":                        aud("https://bcda.example.test"),
		"box":                         all(sub("1234567"), has("box_sub_type", "enterprise")),
		"bulk-data-server":            general,
		"canvas-lms":                  general,
		"docusign":                    all(sub(user), has("scope", "signature impersonation")),
		"dpc":                         all(key("ec"), id(macaroon)),
		"github-app":                  id(gitHubID),
		"app-store-connect":           key("ec256"),
		"apple-sign-in":               all(key("ec256"), has("iss", appleTeam)),
		"aws-sts-web-identity":        all(sub(workloadSub), has("iss", platform)),
		"google-workload-identity":    all(sub(workloadSub), has("iss", platform), aud("https:"+googlePool)),
		"kubernetes":                  all(sub(workloadSub), has("iss", platform), aud("https://kubernetes.default.svc")),
		"vault-jwt":                   all(sub(workloadSub), has("iss", platform), aud("https://vault.example.test")),
		"va-lighthouse":               iss(vaIssuer),
		"duende-identityserver":       general,
		"entra":                       all(key("with certificate"), url(entraURL)),
		"google-self-signed":          all(sub(googleRobot), func(_ keyring, o options) { o.ClientID = googleRobot }, aud("https://firestore.googleapis.com/")),
		"google-service-account":      has("scope", "https://www.googleapis.com/auth/drive"),
		"health-gorilla":              sub("drhouse"),
		"jose":                        general,
		"keycloak":                    url(keycloakURL),
		"maskinporten":                has("scope", "prefix:read"),
		"mockpass":                    all(key("ec"), iss("http://localhost:5156/singpass/v2")),
		"nimbus":                      general,
		"oidc-provider":               general,
		"okta":                        url(oktaURL),
		"openam":                      general,
		"oracle-health":               general,
		"ory-hydra":                   general,
		"rfc7523":                     general,
		"salesforce":                  sub("user@acme.example"),
		"singpass":                    key("ec"),
		"smart-backend-services":      general,
		"snowflake":                   all(sub("ACME-PROD.ROBOT"), func(_ keyring, o options) { o.ClientID = "ACME-PROD.ROBOT.SHA256:" + fingerprint }),
		"spring-authorization-server": general,
		"wso2":                        all(sub("user"), aud("https://is.example.test/alias")),
		"yahoo-connectid":             aud("https://id.example.test/identity/oauth2/access_token?realm=pi"),
		"zitadel":                     iss("https://acme-x1.zitadel.cloud"),
	}
}

// What is minted passes the profile, whatever the profile.
func TestSign(t *testing.T) {
	ring := testKeys(t)
	withEC(t, ring)
	for _, r := range []struct {
		name   string
		change func(*doctor.SignOptions)
		alg    string
		bad    string // what the refusal says, "" where there is none
	}{
		{"redox", func(o *doctor.SignOptions) { o.Profiles = []string{"redox"} }, "RS384", ""},
		{"redox with the wrong kind of key", func(o *doctor.SignOptions) { o.Profiles = []string{"redox"}; o.Key.Data = ring.pem["ec"] }, "", "use another key"},
		{"redox with another alg", func(o *doctor.SignOptions) { o.Profiles = []string{"redox"}; o.Alg = "RS256" }, "", "alg-not-accepted"},
		{"epic", func(o *doctor.SignOptions) { o.Profiles = []string{"epic"} }, "RS384", ""},
		{"epic with EC", func(o *doctor.SignOptions) { o.Profiles = []string{"epic"}; o.Key.Data = ring.pem["ec"] }, "ES384", ""},
		{"singpass", func(o *doctor.SignOptions) { o.Profiles = []string{"singpass"}; o.Key.Data = ring.pem["ec"] }, "ES384", ""},
		{"singpass staging", func(o *doctor.SignOptions) {
			o.Profiles = []string{"singpass"}
			o.Key.Data = ring.pem["ec"]
			o.Env = "staging"
		}, "ES384", ""},
		{"SMART", func(o *doctor.SignOptions) { o.Profiles = []string{"smart-backend-services"}; o.TokenURL = exampleURL }, "RS384", ""},
		{"SMART without a token URL", func(o *doctor.SignOptions) { o.Profiles = []string{"smart-backend-services"} }, "", "--token-url is needed"},
		{"the standard", func(o *doctor.SignOptions) { o.Profiles = []string{"rfc7523"}; o.Aud = []string{exampleURL} }, "RS256", ""},
		{"NHS England", func(o *doctor.SignOptions) { o.Profiles = []string{"nhs-england"} }, "RS512", ""},
		{"Entra", func(o *doctor.SignOptions) {
			o.Profiles, o.TokenURL = []string{"entra"}, entraURL
			o.Key.Data = ring.pem["with certificate"]
		}, "PS256", ""},
		{"Entra without a certificate", func(o *doctor.SignOptions) { o.Profiles, o.TokenURL = []string{"entra"}, entraURL }, "", "put the certificate into the key file"},
		{"Maskinporten without a scope", func(o *doctor.SignOptions) { o.Profiles = []string{"maskinporten"} }, "", "--claim scope"},
		{"Docusign without a user", func(o *doctor.SignOptions) { o.Profiles = []string{"docusign"} }, "", "--subject is needed"},
		{"DPC with a key it takes none of", func(o *doctor.SignOptions) { o.Profiles = []string{"dpc"} }, "", "key-too-small"},
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
