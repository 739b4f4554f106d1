package doctor_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"math/big"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// A change to an exchange, in the words of the tables of this file and of
// providers_rows_test.go.
type change = func(*exchange)

func hdr(name string, v any) change   { return func(e *exchange) { e.token.header.set(name, v) } }
func claim(name string, v any) change { return func(e *exchange) { e.token.claims.set(name, v) } }
func param(name, v string) change     { return func(e *exchange) { e.set(name, v) } }
func field(name, v string) change     { return func(e *exchange) { e.field(name, v) } }

func noHdr(names ...string) change {
	return func(e *exchange) {
		for _, n := range names {
			e.token.header.del(n)
		}
	}
}

func noClaim(names ...string) change {
	return func(e *exchange) {
		for _, n := range names {
			e.token.claims.del(n)
		}
	}
}

func noParam(name string) change { return func(e *exchange) { e.del(name) } }
func noField(name string) change { return func(e *exchange) { e.unfield(name) } }

func all(changes ...change) change {
	return func(e *exchange) {
		for _, c := range changes {
			c(e)
		}
	}
}

// signs sets alg, with a signature of the length it makes.
func signs(alg string) change {
	size := map[string]int{"ES256": 64, "ES384": 96, "ES512": 132, "EdDSA": 64, "HS256": 32}[alg]
	if size == 0 {
		size = 256
	}
	return func(e *exchange) { e.token.header.set("alg", alg); e.token.sig = noise(size) }
}

// at sends the request there, with the same address as aud.
func at(url string) change {
	return func(e *exchange) {
		e.url, e.opts.TokenURL = url, ""
		e.token.claims.set("aud", url)
	}
}

// times sets iat and exp, in seconds from now.
func times(iat, exp int) change { return all(claim("iat", now+iat), claim("exp", now+exp)) }

// asOfIat judges the assertion at the time in its iat.
func asOfIat(e *exchange) { e.opts.Now, e.opts.Clock = "iat", later }

// issuer says what the server's issuer is, which no document can for a server of one's own.
func issuer(iss string) change { return func(e *exchange) { e.opts.Issuer = iss } }

// grants sends the JWT as the grant itself.
func grants(e *exchange) {
	e.params = [][2]string{{"grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"}, {"assertion", "\x00"}}
}

// client says who the client is: the party that iss and sub name.
func client(id string) change {
	return func(e *exchange) {
		e.opts.ClientID, e.token.opts.ClientID = id, id
		e.token.claims.set("iss", id)
		e.token.claims.set("sub", id)
	}
}

// secret sends the JWT in the place of a client secret.
func secret(e *exchange) {
	e.params = append(without(without(e.params, "client_assertion_type"), "client_assertion"), [2]string{"client_secret", "\x00"})
}

// workload makes the JWT one that a platform issued of what runs on it.
func workload(e *exchange) {
	e.opts.ClientID = ""
	all(signs("RS256"), claim("iss", platform), claim("sub", workloadSub))(e)
}

// codes exchanges an authorization code.
func codes(e *exchange) {
	e.params = append([][2]string{{"grant_type", "authorization_code"}, {"code", "SplxlOBeZQQYbYS6WxSbIA"}, {"redirect_uri", "https://client.example/cb"}},
		without(e.params, "grant_type")...)
}

// alone leaves the request out: the JWT goes to an API, not to a token endpoint.
func alone(e *exchange) { e.url, e.opts.TokenURL = "", "" }

const (
	keycloakURL = "https://sso.example.test/realms/main/protocol/openid-connect/token"
	oktaURL     = "https://acme.okta.com/oauth2/default/v1/token"
	entraURL    = "https://login.microsoftonline.com/0b6a2e0c-58cf-4b5f-9d2f-0d5d3a1f0c11/oauth2/v2.0/token"
	hgURL       = "https://sandbox.healthgorilla.com/oauth/token"
	user        = "0e9f5c7a-8a13-4d0d-9d43-6f4d6f3b0a55"
	macaroon    = "MDAyMGxvY2F0aW9uIGh0dHBzOi8vZHBjLmNtcy5nb3YKMDAxOGlkZW50aWZpZXIgZXhhbXBsZQo"
	gitHubID    = "Iv23liAbCdEfGhIjKlMn"
	googleRobot = "robot@project.iam.gserviceaccount.com"
	appleTeam   = "ABCDE12345"
	cluster     = "https://kubernetes.default.svc.cluster.local"
	platform    = "https://token.actions.githubusercontent.com"
	workloadSub = "repo:acme/app:ref:refs/heads/main"
	googlePool  = "//iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/pool/providers/app"
	vaIssuer    = "https://deptva-eval.okta.com/oauth2/aus1a2b3c4d5e6f7g8h9"
	fingerprint = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
	thumbprint  = "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"
)

// chain puts a certificate into x5c.
func chain(e *exchange) {
	e.token.header.set("x5c", []string{base64.StdEncoding.EncodeToString(leafCertificate().Raw)})
}

// unverified leaves the certificate's key uncompared: the signature is only noise.
func unverified(e *exchange) { e.opts.Skip = append(e.opts.Skip, "x5c-leaf-mismatch") }

// leafCertificate is made once: no test changes it.
var leafCertificate = sync.OnceValue(func() *x509.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	of := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Unix(now-1000, 0), NotAfter: time.Unix(now+1000000, 0)}
	der, err := x509.CreateCertificate(rand.Reader, of, of, key.Public(), key)
	if err != nil {
		panic(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	return leaf
})

// shapes is what makes the general token request one of the provider's, as its
// documents show it. Profiles that are not here take the general one.
var shapes = sync.OnceValue(func() map[string]change {
	scope := claim("scope", "read write")
	bulk := all(signs("RS384"), param("scope", "system/*.*"))
	aud := func(iss string) change { return all(claim("aud", iss), issuer(iss)) }
	const as = "https://as.example.test"
	return map[string]change{
		"app-jwt":           alone,
		"app-store-connect": all(alone, signs("ES256"), claim("aud", "appstoreconnect-v1"), noClaim("sub", "jti"), times(-5, 900)),
		"apple-sign-in": all(at("https://appleid.apple.com/auth/token"), codes, secret, param("client_id", clientID), signs("ES256"), claim("iss", appleTeam),
			claim("aud", "https://appleid.apple.com"), noClaim("jti")),
		"aws-sts-web-identity": all(at("https://sts.amazonaws.com/"), workload, claim("aud", "sts.amazonaws.com"), func(e *exchange) {
			e.params = [][2]string{{"Action", "AssumeRoleWithWebIdentity"}, {"Version", "2011-06-15"}, {"RoleArn", "arn:aws:iam::123456789012:role/app"}, {"RoleSessionName", "app"}, {"WebIdentityToken", "\x00"}}
		}),
		"google-workload-identity": all(at("https://sts.googleapis.com/v1/token"), workload, claim("aud", "https:"+googlePool), func(e *exchange) {
			e.params = [][2]string{{"grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"}, {"audience", googlePool}, {"scope", "https://www.googleapis.com/auth/cloud-platform"},
				{"requested_token_type", "urn:ietf:params:oauth:token-type:access_token"}, {"subject_token_type", "urn:ietf:params:oauth:token-type:jwt"}, {"subject_token", "\x00"}}
		}),
		"kubernetes": all(alone, workload, claim("aud", []string{"https://kubernetes.default.svc"}), claim("sub", "system:serviceaccount:default:app"), noClaim("jti")),
		"vault-jwt": all(at("https://vault.example.test/v1/auth/jwt/login"), workload, claim("aud", "https://vault.example.test"), func(e *exchange) {
			e.params = [][2]string{{"role", "app"}, {"jwt", "\x00"}}
		}),
		"va-lighthouse": all(at("https://sandbox-api.va.gov/oauth2/health/system/v1/token"), signs("RS256"), aud(vaIssuer), claim("aud", vaIssuer+"/v1/token")),
		"adobe-ims": all(at("https://ims-na1.adobelogin.com/ims/exchange/jwt"), grants, signs("RS256"), claim("iss", "4C41@AdobeOrg"), claim("sub", "7F2D@techacct.adobe.com"),
			claim("aud", "https://ims-na1.adobelogin.com/c/"+clientID), func(e *exchange) {
				e.params = [][2]string{{"client_id", clientID}, {"client_secret", "bm90LXJlYWw"}, {"jwt_token", "\x00"}}
			}),
		"cdr-au":             signs("PS256"),
		"cloudfoundry-uaa":   signs("RS256"),
		"connect2id":         aud(as),
		"corppass":           all(at("https://id.corppass.gov.sg/token"), claim("aud", "https://id.corppass.gov.sg"), signs("ES256"), codes, param("client_id", clientID)),
		"fapi1-advanced":     signs("PS256"),
		"fapi2":              all(aud(as), signs("PS256")),
		"gematik-zeta":       all(signs("ES256"), hdr("jwk", map[string]string{"kty": "EC", "crv": "P-256", "x": "axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY", "y": "T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU"}), noHdr("kid"), claim("aud", []string{exampleURL})),
		"helseid":            all(at("https://helseid-sts.test.nhn.no/connect/token"), aud("https://helseid-sts.test.nhn.no"), hdr("typ", "client-authentication+jwt"), times(-5, 40)),
		"ibm-verify":         all(at("https://acme.verify.ibm.com/oidc/endpoint/default/token"), aud("https://acme.verify.ibm.com/oidc/endpoint/default"), signs("RS256")),
		"id-porten":          all(at("https://test.idporten.no/token"), claim("aud", "https://test.idporten.no"), signs("RS256"), codes, param("client_id", clientID), times(-5, 100)),
		"ishare":             all(noHdr("kid"), chain, unverified, signs("RS256"), claim("aud", "EU.EORI.NL000000001"), times(-1, 29)),
		"mock-oauth2-server": all(at("http://localhost:8080/default/token"), signs("RS256")),
		"openiddict":         all(aud(as), signs("RS256"), hdr("typ", "client-authentication+jwt")),
		"oracle-iam":         all(at("https://idcs-3f1c.identity.oraclecloud.com/oauth2/v1/token"), aud("https://idcs-3f1c.identity.oraclecloud.com/"), signs("RS256")),
		"pingone":            all(at("https://auth.pingone.eu/0b6a2e0c-58cf-4b5f-9d2f-0d5d3a1f0c11/as/token"), signs("RS256")),
		"rfc10070":           all(aud(as), signs("RS256"), hdr("typ", "client-authentication+jwt")),
		"thunder-id":         all(aud(as), signs("RS256")),
		"udap":               all(noHdr("kid"), chain, unverified, signs("RS256"), param("udap", "1")),
		"athenahealth":       at("https://api.preview.platform.athenahealth.com/oauth2/v1/token"),
		"atproto":            all(at("https://pds.example.test/oauth/token"), claim("aud", "https://pds.example.test"), issuer("https://pds.example.test"), signs("ES256")),
		"auth0":              all(at("https://acme.eu.auth0.com/oauth/token"), claim("aud", "https://acme.eu.auth0.com/"), signs("RS256")),
		"bcda":               all(at("https://bcda.example.test/v2/auth/token"), bulk),
		"box":                all(at("https://api.box.com/oauth2/token"), grants, signs("RS512"), times(-5, 40), claim("sub", "1234567"), claim("box_sub_type", "enterprise"), param("client_id", clientID), param("client_secret", "bm90LXJlYWw")),
		"bulk-data-server":   all(at("https://bulk-data.smarthealthit.org/auth/token"), bulk),
		"canvas-lms":         all(at("https://school.example.test/login/oauth2/token"), signs("RS256")),
		"docusign":           all(at("https://account-d.docusign.com/oauth/token"), grants, signs("RS256"), claim("aud", "account-d.docusign.com"), claim("sub", user), claim("scope", "signature impersonation"), times(-5, 3000)),
		"dpc":                all(at("https://sandbox.dpc.cms.gov/api/v1/Token/auth"), bulk, client(macaroon)),
		"eclinicalworks":     all(at("https://oauthserver.eclinicalworks.com/oauth/oauth2/token"), param("scope", "system/Group.read")),
		"entra":              all(at(entraURL), signs("PS256"), noHdr("kid"), hdr("x5t#S256", thumbprint), claim("nbf", now-10)),
		"github-app":         all(alone, signs("RS256"), noHdr("kid"), client(gitHubID), noClaim("sub", "aud", "jti"), times(-60, 500)),
		"google-self-signed": all(alone, signs("RS256"), client(googleRobot), claim("aud", "https://firestore.googleapis.com/"), noClaim("jti"), times(-10, 3590)),
		"google-service-account": all(at("https://oauth2.googleapis.com/token"), grants, signs("RS256"), claim("iss", googleRobot), noClaim("sub", "jti"),
			claim("scope", "https://www.googleapis.com/auth/drive"), times(-10, 3590)),
		"govuk-one-login": all(at("https://oidc.integration.account.gov.uk/token"), signs("RS256"), codes),
		"health-gorilla":  all(at(hgURL), grants, signs("RS256"), claim("iss", "https://clinic.example"), claim("sub", "drhouse"), claim("nbf", now-10), noHdr("kid")),
		"keycloak":        all(at(keycloakURL), signs("RS256")),
		"login-gov":       all(at("https://idp.int.identitysandbox.gov/api/openid_connect/token"), signs("RS256"), noHdr("kid"), codes),
		"maskinporten": all(at("https://test.maskinporten.no/token"), grants, signs("RS256"), claim("aud", "https://test.maskinporten.no/"), noClaim("sub"), scope,
			claim("resource", []string{"https://api.example.test"}), times(-5, 115)),
		"medplum":     at("https://api.medplum.com/oauth2/token"),
		"mockpass":    all(at("http://localhost:5156/singpass/v2/token"), claim("aud", "http://localhost:5156/singpass/v2"), issuer("http://localhost:5156/singpass/v2"), signs("ES256"), codes, param("client_id", clientID)),
		"nhs-england": all(at("https://int.api.service.nhs.uk/oauth2/token"), signs("RS512")),
		"okta":        all(at(oktaURL), signs("RS256")),
		"openam":      all(at("https://am.example.test/openam/oauth2/access_token"), signs("RS256")),
		"oracle-health": all(at("https://authorization.cerner.com/tenants/ec2458f2-1e24-41c8-b71b-0e701af7583d/hosts/api.cernermillennium.com/protocols/oauth2/profiles/smart-v1/token"),
			param("scope", "system/Patient.read")),
		"mcp-client-credentials":      param("resource", "https://mcp.example.test"),
		"ory-hydra":                   all(at("https://hydra.example.test/oauth2/token"), signs("ES256")),
		"pdnd":                        all(at("https://auth.interop.pagopa.it/token.oauth2"), signs("RS256"), claim("aud", "auth.interop.pagopa.it/client-assertion"), claim("purposeId", user), param("client_id", clientID)),
		"salesforce":                  all(at("https://login.salesforce.com/services/oauth2/token"), grants, signs("RS256"), noHdr("kid"), noClaim("jti", "iat"), claim("aud", "https://login.salesforce.com"), claim("sub", "user@acme.example")),
		"snowflake":                   all(alone, signs("RS256"), noHdr("kid"), noClaim("aud", "jti"), claim("iss", "ACME-PROD.ROBOT.SHA256:"+fingerprint), claim("sub", "ACME-PROD.ROBOT"), times(-5, 55)),
		"spring-authorization-server": all(at("https://as.example.test/oauth2/token"), param("client_id", clientID)),
		"wso2":                        all(at("https://is.example.test/oauth2/token"), grants, claim("iss", "partner-idp"), claim("sub", "user"), claim("aud", "https://is.example.test/alias")),
		"yahoo-connectid":             all(at("https://id.example.test/identity/oauth2/access_token"), claim("aud", "https://id.example.test/identity/oauth2/access_token?realm=pi")),
		"zitadel":                     all(at("https://acme-x1.zitadel.cloud/oauth/v2/token"), claim("aud", "https://acme-x1.zitadel.cloud"), issuer("https://acme-x1.zitadel.cloud"), signs("RS256")),
	}
})

// healthyAt makes a token request with which the provider has no quarrel.
func healthyAt(id string) *exchange {
	e := healthyExchange(id)
	if shape := shapes()[id]; shape != nil {
		shape(e)
	}
	return e
}

// causes judges the exchange, the JWT alone where there is none, or only the keys.
func (e *exchange) causes(t *testing.T) []string {
	t.Helper()
	if e.keysOnly {
		c, _, err := doctor.JudgeSet(t.Context(), e.opts, nil)
		if err != nil {
			t.Fatal(err)
		}
		return failed(c)
	}
	if e.url == "" {
		return failed(run(t, e.opts, e.token.compact())[0])
	}
	return failed(e.judge(t))
}

// A request made as the provider documents it has no failure: under its
// profile, with its answer, and where the profile is guessed from its addresses.
func TestHealthyUnderEveryProfile(t *testing.T) {
	guessed := map[string]bool{}
	for _, id := range profile.IDs() {
		t.Run(id, func(t *testing.T) {
			if f := healthyAt(id).causes(t); f != nil {
				t.Errorf("fails %v", f)
			}
			e := healthyAt(id)
			if f := failed(run(t, e.opts, e.token.compact())[0]); f != nil {
				t.Errorf("the JWT alone fails %v", f)
			}
			if e.url == "" {
				return
			}
			e.granted()
			if f := failed(e.judge(t)); f != nil {
				t.Errorf("with its answer fails %v", f)
			}
			e = healthyAt(id)
			e.opts.Profiles, e.opts.TokenURL, e.opts.ClientID = nil, "", ""
			c := e.judge(t)
			if c.Profile.ID == id {
				guessed[id] = true
				if f := failed(c); f != nil {
					t.Errorf("guessed, fails %v", f)
				}
			}
		})
	}
	for _, id := range []string{"athenahealth", "auth0", "box", "docusign", "dpc", "eclinicalworks", "entra", "epic", "google-service-account", "govuk-one-login",
		"health-gorilla", "keycloak", "login-gov", "maskinporten", "medplum", "nhs-england", "okta", "oracle-health", "pdnd", "redox", "salesforce", "singpass", "zitadel"} {
		if !guessed[id] {
			t.Errorf("%s was not guessed from its own request", id)
		}
	}
}

// Every rule of a provider, broken alone, gives its cause and no other; and what
// is nearly that gives none.
func TestProviderRules(t *testing.T) {
	for id, rows := range providerRows() {
		for _, r := range rows {
			t.Run(id+"/"+r.name, func(t *testing.T) {
				e := healthyAt(id)
				r.change(e)
				got := e.causes(t)
				if want := strings.Fields(r.want); !slices.Equal(got, want) {
					t.Errorf("fails %v, want %v", got, want)
				}
			})
		}
	}
}

// A token of another party's that vouches for the client is not a fault at Entra,
// though it is not an assertion of the client's own.
func TestEntraFederation(t *testing.T) {
	e := healthyAt("entra")
	all(signs("RS256"), noHdr("x5t#S256"), hdr("kid", "k1"), noClaim("jti"), claim("iss", "https://oidc.cluster.example/issuer"),
		claim("sub", "system:serviceaccount:default:app"), claim("aud", []string{"api://AzureADTokenExchange"}), times(-600, 3000), param("client_id", clientID))(e)
	e.opts.ClientID = ""
	if f := errorsOf(e.judge(t)); f != nil {
		t.Errorf("fails %v", f)
	}
}

// What sign makes for a provider passes its profile without a word.
func TestSignForEveryProfile(t *testing.T) {
	ring := testKeys(t)
	withEC(t, ring)
	for _, id := range profile.IDs() {
		t.Run(id, func(t *testing.T) {
			o := signOptions(ring, id, "rsa-a.pem")
			if change := orders()[id]; change != nil {
				change(ring, &o)
			}
			made, c, err := doctor.Sign(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			if f := failed(c); f != nil {
				t.Errorf("what was made (%s) fails %v", made.Alg, f)
			}
		})
	}
}
