package doctor_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/hex"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/checks"
	"github.com/assertionworks/jwtdoctor/internal/doctor"
)

// One change to a healthy assertion, one answer: exactly these causes.
type row struct {
	name     string
	provider string
	change   func(*token)
	want     []string // causes that are on their own
}

func h(f func(*members)) func(*token) { return func(t *token) { f(&t.header) } }
func c(f func(*members)) func(*token) { return func(t *token) { f(&t.claims) } }

func setH(name string, v any) func(*token) { return h(func(m *members) { m.set(name, v) }) }
func setC(name string, v any) func(*token) { return c(func(m *members) { m.set(name, v) }) }
func delH(name string) func(*token)        { return h(func(m *members) { m.del(name) }) }
func delC(name string) func(*token)        { return c(func(m *members) { m.del(name) }) }
func rawC(name, raw string) func(*token)   { return c(func(m *members) { m.setRaw(name, raw) }) }

func text(f func(string) string) func(*token) { return func(t *token) { t.text = f } }
func around(before, after string) func(*token) {
	return text(func(s string) string { return before + s + after })
}

// rule sets rules of the profile on top of the change.
func rule(change func(*token), rules ...string) func(*token) {
	return func(t *token) {
		change(t)
		t.opts.Set = append(t.opts.Set, rules...)
	}
}

func nothing(*token) {}

// part changes one of the three parts of the compact text.
func part(i int, f func(string) string) func(*token) {
	return text(func(s string) string {
		p := strings.Split(s, ".")
		p[i] = f(p[i])
		return strings.Join(p, ".")
	})
}

func signature(f func([]byte) []byte) func(*token) {
	return func(t *token) { t.sig = f(t.sig) }
}

func payload(f func(string) string) func(*token) {
	return part(1, func(s string) string {
		raw, _ := base64.RawURLEncoding.DecodeString(s)
		return b64(f(string(raw)))
	})
}

func headerJSON(f func(string) string) func(*token) {
	return part(0, func(s string) string {
		raw, _ := base64.RawURLEncoding.DecodeString(s)
		return b64(f(string(raw)))
	})
}

const (
	redoxURL   = "https://api.redoxengine.com/v2/auth/token"
	epicURL    = "https://fhir.epic.com/interconnect-fhir-oauth/oauth2/token"
	exampleURL = "https://fhir.example.test/oauth2/token"
)

func der(n int) []byte {
	half := func(b byte) []byte {
		v := make([]byte, n)
		for i := range v {
			v[i] = b + byte(i)
		}
		v[0] = 0x11
		return append([]byte{0x02, byte(n)}, v...)
	}
	body := append(half(7), half(99)...)
	return append([]byte{0x30, byte(len(body))}, body...)
}

func rows(leaf *x509.Certificate) []row {
	leaf1, leaf256 := sha1.Sum(leaf.Raw), sha256.Sum256(leaf.Raw)
	url := base64.RawURLEncoding.EncodeToString
	x5c := []string{base64.StdEncoding.EncodeToString(leaf.Raw)}
	other := sha1.Sum([]byte("another"))
	return []row{
		{"placeholder-left", "redox", text(func(string) string { return "YOUR_JWT_ASSERTION" }), []string{"placeholder-left"}},
		{"a template's placeholder", "redox", text(func(string) string { return "{{client_assertion}}" }), []string{"placeholder-left"}},
		{"a shell variable", "epic", text(func(string) string { return "$JWT" }), []string{"placeholder-left"}},
		{"wrapped-in-quotes", "redox", around(`"`, `"`), []string{"wrapped-in-quotes"}},
		{"backticks", "epic", around("`", "`"), []string{"wrapped-in-quotes"}},
		{"bearer-prefix", "redox", around("Bearer ", ""), []string{"bearer-prefix"}},
		{"bytes-repr", "redox", around("b'", "'"), []string{"bytes-repr"}},
		{"surrounding-whitespace", "redox", around("  ", ""), []string{"surrounding-whitespace"}},
		{"inner-whitespace", "redox", text(func(s string) string { return s[:64] + "\n" + s[64:128] + "\n" + s[128:] }), []string{"inner-whitespace"}},
		{"percent-encoded", "redox", text(func(s string) string { return strings.ReplaceAll(s, ".", "%2E") }), []string{"percent-encoded"}},
		{"percent-encoded twice", "redox", text(func(s string) string { return strings.ReplaceAll(s, ".", "%252E") }), []string{"percent-encoded"}},
		{"json-escaped", "redox", text(func(s string) string { return strings.ReplaceAll(s, ".", `\u002e`) }), []string{"json-escaped"}},
		{"invisible-characters", "redox", text(func(s string) string { return s[:40] + "\u200b" + s[40:] }), []string{"invisible-characters"}},
		{"byte order mark", "redox", around("\ufeff", ""), []string{"invisible-characters"}},
		{"a zero-width space in iss and sub", "redox", c(func(m *members) { m.set("iss", clientID+"\u200b"); m.set("sub", clientID+"\u200b") }), []string{"invisible-characters"}},
		{"the same where no client ID is known", "rfc7523", func(t *token) {
			t.opts.ClientID = ""
			t.claims.set("iss", clientID+"\u200b")
			t.claims.set("sub", clientID+"\u200b")
		}, []string{"invisible-characters"}},
		{"a line end in iss and sub", "redox", c(func(m *members) { m.set("iss", clientID+"\n"); m.set("sub", clientID+"\n") }), []string{"invisible-characters"}},
		{"a line end in iss", "redox", func(t *token) { t.opts.ClientID = ""; t.claims.set("iss", clientID+"\n") }, []string{"invisible-characters"}},
		{"a byte order mark in alg", "redox", setH("alg", "\ufeffRS384"), []string{"invisible-characters"}},
		{"a word joiner in aud", "redox", setC("aud", redoxURL+"\u2060"), []string{"invisible-characters"}},
		{"a zero-width space in a scope", "rfc7523", setC("scope", []string{"system/*.read\u200b"}), []string{"invisible-characters"}},
		{"a line end in jti", "redox", setC("jti", "e917e0c2-b144-4ff2-b212-8ed547a54e1c\n"), []string{"invisible-characters"}},
		{"control: a text for people", "rfc7523", setC("note", "Größe in zwei\nZeilen, mit \u00a0 und 👨\u200d👩"), nil},
		{"typographic-characters", "redox", part(2, func(s string) string { return s[:100] + "\u2013" + s[102:] }), []string{"typographic-characters"}},

		{"wrong-segment-count", "redox", text(func(s string) string { return s[:strings.LastIndex(s, ".")] }), []string{"wrong-segment-count"}},
		{"a dot before it", "redox", around(".", ""), []string{"wrong-segment-count"}},
		{"four parts", "redox", around("", ".YWJj"), []string{"wrong-segment-count"}},
		{"encrypted-assertion", "redox", text(func(s string) string {
			return b64(`{"alg":"RSA-OAEP","enc":"A256GCM"}`) + "." + url(noise(256)) + "." + url(noise(12)) + "." + url(noise(200)) + "." + url(noise(16))
		}), []string{"encrypted-assertion"}},
		{"json-serialization", "redox", text(func(s string) string {
			p := strings.Split(s, ".")
			return `{"payload":"` + p[1] + `","protected":"` + p[0] + `","signature":"` + p[2] + `"}`
		}), []string{"json-serialization"}},
		{"empty-segment", "redox", part(1, func(string) string { return "" }), []string{"empty-segment"}},
		{"not-a-jwt", "redox", text(func(string) string { return "3f1c8e0a5b7d49f2a6c3e8d1b4f70912" }), []string{"not-a-jwt"}},
		{"a host name", "redox", text(func(string) string { return "api.redoxengine.com" }), []string{"not-a-jwt"}},

		{"base64-padding", "redox", part(1, func(s string) string { return s + strings.Repeat("=", (4-len(s)%4)%4) }), []string{"base64-padding"}},
		{"base64-standard-alphabet", "redox", part(2, func(s string) string { return strings.NewReplacer("-", "+", "_", "/").Replace(s) }), []string{"base64-standard-alphabet"}},
		{"base64-invalid-character", "redox", part(2, func(s string) string { return s[:50] + "#" + s[51:] }), []string{"base64-invalid-character"}},
		{"base64-truncated", "redox", part(2, func(s string) string { return s[:len(s)-1] }), []string{"base64-truncated"}},
		{"base64-noncanonical", "redox", part(2, func(s string) string { return s[:len(s)-1] + next(s[len(s)-1]) }), []string{"base64-noncanonical"}},

		{"header-not-json", "redox", headerJSON(func(s string) string { return strings.ReplaceAll(s, `"`, `'`) }), []string{"header-not-json"}},
		{"payload-not-json", "redox", payload(func(s string) string { return strings.Replace(s, "}", ",}", 1) }), []string{"payload-not-json"}},
		{"payload-not-object", "redox", payload(func(s string) string { return "[" + s + "]" }), []string{"payload-not-object"}},
		{"payload-double-encoded", "redox", payload(func(s string) string { return `"` + strings.ReplaceAll(s, `"`, `\"`) + `"` }), []string{"payload-double-encoded"}},
		{"duplicate-member", "redox", payload(func(s string) string { return strings.Replace(s, "{", `{"iss":"other",`, 1) }), []string{"duplicate-member"}},
		{"invalid-utf8", "redox", payload(func(s string) string { return strings.Replace(s, "{", "{\"note\":\"caf\xe9\",", 1) }), []string{"invalid-utf8"}},

		{"access-token-as-assertion", "redox", func(t *token) { t.header.set("typ", "at+jwt"); t.claims.set("iss", "https://idp.example.test") }, []string{"access-token-as-assertion"}},
		{"a client's own assertion of the type of an access token", "redox", setH("typ", "at+jwt"), []string{"typ-not-accepted"}},
		{"the same where no list is known", "rfc7523", setH("typ", "at+jwt"), []string{"typ-not-accepted"}},
		{"an access token by its claims", "rfc7523", c(func(m *members) {
			m.set("iss", "https://idp.example.test/")
			m.set("aud", "https://api.example.test")
			m.set("sub", "user-1")
			m.set("scope", "read write")
			m.set("azp", clientID)
		}), []string{"access-token-as-assertion"}},
		{"id-token-as-assertion", "rfc7523", c(func(m *members) {
			m.set("iss", "https://idp.example.test")
			m.set("sub", "user-1")
			m.set("aud", clientID)
			m.set("nonce", "n-0S6_WzA2Mj")
		}), []string{"id-token-as-assertion"}},
		{"dpop-proof-as-assertion", "redox", setH("typ", "dpop+jwt"), []string{"dpop-proof-as-assertion"}},
		{"request-object-as-assertion", "redox", c(func(m *members) {
			m.set("response_type", "code")
			m.set("client_id", clientID)
			m.set("redirect_uri", "https://app.example.test/cb")
		}), []string{"request-object-as-assertion"}},

		{"other-jwt-as-assertion", "redox", setH("typ", "secevent+jwt"), []string{"other-jwt-as-assertion"}},
		{"an introspection response", "redox", setH("typ", "token-introspection+jwt"), []string{"other-jwt-as-assertion"}},
		{"a logout token by typ", "rfc7523", setH("typ", "logout+jwt"), []string{"other-jwt-as-assertion"}},
		{"a logout token by its event", "rfc7523", c(func(m *members) {
			m.set("iss", "https://idp.example.test")
			m.setRaw("events", `{"http://schemas.openid.net/event/backchannel-logout":{}}`)
		}), []string{"other-jwt-as-assertion"}},

		{"typ-missing", "redox", delH("typ"), []string{"typ-missing"}},
		{"typ-not-accepted", "redox", setH("typ", "jwt"), []string{"typ-not-accepted"}},
		{"alg-missing", "redox", delH("alg"), []string{"alg-missing"}},
		{"alg-none", "redox", func(t *token) { t.header.set("alg", "none"); t.sig = nil }, []string{"alg-none"}},
		{"alg-none in capitals", "epic", setH("alg", "None"), []string{"alg-none"}},
		{"alg-symmetric", "redox", func(t *token) { t.header.set("alg", "HS256"); t.sig = noise(32) }, []string{"alg-symmetric"}},
		{"alg-not-accepted", "redox", setH("alg", "RS256"), []string{"alg-not-accepted"}},
		{"alg-not-accepted by Singpass", "singpass", func(t *token) { t.header.set("alg", "RS256"); t.sig = noise(256) }, []string{"alg-not-accepted"}},
		{"alg-unknown", "redox", setH("alg", "rs384"), []string{"alg-unknown"}},
		{"alg-not-preferred", "epic", setH("alg", "RS256"), []string{"alg-not-preferred"}},

		{"kid-missing", "redox", delH("kid"), []string{"kid-missing"}},
		{"kid-not-string", "redox", setH("kid", 7), []string{"kid-not-string"}},
		{"an empty kid", "epic", setH("kid", ""), []string{"kid-not-string"}},
		{"kid-whitespace", "redox", setH("kid", "example-2025 "), []string{"kid-whitespace"}},
		{"kid-in-payload", "redox", func(t *token) { t.header.del("kid"); t.claims.set("kid", "example-2025") }, []string{"kid-in-payload"}},

		{"jku-not-https", "redox", setH("jku", "http://keys.example.test/jwks.json"), []string{"jku-not-https"}},
		{"jku-mismatch", "redox", rule(setH("jku", "https://keys.example.test/old.json"), "header.jku.accepted=https://keys.example.test/jwks.json"), []string{"jku-mismatch"}},

		{"x5t-missing", "rfc7523", rule(nothing, "header.x5t.presence=required"), []string{"x5t-missing"}},
		{"x5t or x5t#S256", "rfc7523", rule(nothing, "header.thumbprint.presence=required"), []string{"x5t-missing"}},
		{"x5t-hex-encoded", "rfc7523", setH("x5t", b64(hex.EncodeToString(leaf1[:]))), []string{"x5t-hex-encoded"}},
		{"bare hex", "rfc7523", setH("x5t", strings.ToUpper(hex.EncodeToString(leaf1[:]))), []string{"x5t-hex-encoded"}},
		{"x5t-wrong-digest", "rfc7523", setH("x5t", url(leaf256[:])), []string{"x5t-wrong-digest"}},
		{"SHA-1 in x5t#S256", "rfc7523", setH("x5t#S256", url(leaf1[:])), []string{"x5t-wrong-digest"}},
		{"x5t-not-a-digest", "rfc7523", setH("x5t", "6f1c4f2e-0d0a-4b8a-9a5e-0f6c7d1e2b3a"), []string{"x5t-not-a-digest"}},
		{"x5t-wrong-certificate", "rfc7523", func(t *token) { t.header.set("x5c", x5c); t.header.set("x5t", url(other[:])); ec(t) }, []string{"x5t-wrong-certificate"}},
		{"x5t-not-base64url", "rfc7523", setH("x5t#S256", base64.StdEncoding.EncodeToString(leaf256[:])), []string{"x5t-not-base64url"}},
		{"x5t-encoded-twice", "rfc7523", setH("x5t", b64(base64.StdEncoding.EncodeToString(leaf1[:]))), []string{"x5t-encoded-twice"}},
		{"x5c-malformed", "rfc7523", setH("x5c", x5c[0]), []string{"x5c-malformed"}},
		{"x5c-leaf-mismatch", "rfc7523", setH("x5c", x5c), []string{"x5c-leaf-mismatch"}},

		{"crit-invalid", "redox", setH("crit", []string{}), []string{"crit-invalid"}},
		{"an unknown extension", "redox", func(t *token) { t.header.set("crit", []string{"ext"}); t.header.set("ext", 1) }, []string{"crit-invalid"}},
		{"b64-forbidden", "redox", func(t *token) { t.header.set("b64", false); t.header.set("crit", []string{"b64"}) }, []string{"b64-forbidden"}},
		{"embedded-private-key", "redox", setH("jwk", map[string]string{"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "d": "AA"}), []string{"embedded-private-key"}},
		{"embedded-jwk", "redox", setH("jwk", map[string]string{"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}), []string{"embedded-jwk"}},
		{"header-not-allowed", "redox", rule(setH("ver", "1"), "header.allowed=[alg, typ, kid]"), []string{"header-not-allowed"}},
		{"claim-in-header", "redox", setH("iss", clientID), []string{"claim-in-header"}},
		{"a claim in the header alone", "redox", func(t *token) { t.claims.del("exp"); t.header.set("exp", now+200) }, []string{"claim-in-header"}},

		{"value-not-filled", "redox", c(func(m *members) { m.set("iss", "YOUR_CLIENT_ID"); m.set("sub", "YOUR_CLIENT_ID") }), []string{"value-not-filled"}},
		{"a variable that is not set", "epic", c(func(m *members) { m.set("iss", "undefined"); m.set("sub", "undefined") }), []string{"value-not-filled"}},
		{"a template in aud", "redox", setC("aud", "${TOKEN_URL}"), []string{"value-not-filled"}},
		{"a tenant in braces", "rfc7523", setC("aud", "https://login.example.test/{tenantid}/oauth2/v2.0/token"), []string{"value-not-filled"}},
		{"a tenant in angle brackets", "rfc7523", setC("aud", "https://login.example.test/<your tenant-id>/token"), []string{"value-not-filled"}},
		{"a template in kid", "redox", setH("kid", "{{kid}}"), []string{"value-not-filled"}},
		{"iss-missing", "redox", delC("iss"), []string{"iss-missing"}},
		{"iss-not-string", "redox", setC("iss", 42), []string{"iss-not-string"}},
		{"iss-not-client-id", "redox", setC("iss", "https://app.example.test"), []string{"iss-not-client-id"}},
		{"another client's ID", "redox", c(func(m *members) { m.set("iss", "other"); m.set("sub", "other") }), []string{"iss-not-client-id"}},
		{"iss-wrong-form", "rfc7523", rule(c(func(m *members) { m.set("iss", "acme.user"); m.set("sub", "acme.user") }), "claims.iss.pattern=/^[A-Z.]+$/"), []string{"iss-wrong-form"}},
		{"sub-missing", "redox", delC("sub"), []string{"sub-missing"}},
		{"sub-not-string", "redox", setC("sub", []string{clientID}), []string{"sub-not-string"}},
		{"sub-not-client-id", "redox", setC("sub", "user@example.test"), []string{"sub-not-client-id"}},
		{"iss-sub-differ", "redox", func(t *token) { t.opts.ClientID = ""; t.claims.set("sub", "somebody-else") }, []string{"iss-sub-differ"}},
		{"iss-sub-differ, iss an address", "redox", func(t *token) { t.opts.ClientID = ""; t.claims.set("iss", "https://app.example.test") }, []string{"iss-sub-differ"}},
		{"iss-sub-near-miss", "redox", func(t *token) { t.opts.ClientID = ""; t.claims.set("sub", strings.ToUpper(clientID)) }, []string{"iss-sub-near-miss"}},
		{"an environment's prefix", "redox", func(t *token) { t.opts.ClientID = ""; t.claims.set("sub", "prod-"+clientID) }, []string{"iss-sub-near-miss"}},

		{"aud-missing", "redox", delC("aud"), []string{"aud-missing"}},
		{"aud-not-string", "redox", setC("aud", map[string]string{"url": redoxURL}), []string{"aud-not-string"}},
		{"aud-trailing-slash", "redox", setC("aud", redoxURL+"/"), []string{"aud-trailing-slash"}},
		{"aud-near-miss by case", "redox", setC("aud", "https://API.redoxengine.com/v2/auth/token"), []string{"aud-near-miss"}},
		{"aud-near-miss", "redox", setC("aud", "http://api.redoxengine.com/v2/auth/token"), []string{"aud-near-miss"}},
		{"a double slash", "redox", setC("aud", "https://api.redoxengine.com//v2/auth/token"), []string{"aud-near-miss"}},
		{"a port", "redox", setC("aud", "https://api.redoxengine.com:443/v2/auth/token"), []string{"aud-near-miss"}},
		{"a line end", "redox", setC("aud", redoxURL+"\n"), []string{"aud-near-miss"}},
		{"aud-wrong-environment", "singpass", func(t *token) { t.opts.Env = "production"; t.claims.set("aud", "https://stg-id.singpass.gov.sg") }, []string{"aud-wrong-environment"}},
		{"the sandbox at a customer's", "epic", func(t *token) { t.opts.TokenURL = "https://epic.hospital.example/interconnect-prd/oauth2/token" }, []string{"aud-wrong-environment"}},
		{"aud-authorize-endpoint", "epic", setC("aud", "https://fhir.epic.com/interconnect-fhir-oauth/oauth2/authorize"), []string{"aud-authorize-endpoint"}},
		{"aud-token-url-not-accepted", "singpass", setC("aud", "https://id.singpass.gov.sg/token"), []string{"aud-token-url-not-accepted"}},
		{"aud-token-url-superseded", "redox", func(t *token) { t.opts.Ahead = true }, []string{"aud-token-url-superseded"}},
		{"the same, not asked for", "redox", nothing, nil},
		{"the issuer, asked for", "singpass", func(t *token) { t.opts.Ahead = true }, nil},
		{"typ says RFC 10070, aud is the token URL", "rfc7523", func(t *token) {
			t.opts.Issuer = "https://idp.example.test"
			t.header.set("typ", "client-authentication+jwt")
		}, []string{"aud-token-url-superseded"}},
		{"header-missing", "redox", rule(nothing, "header.x5c.presence=required"), []string{"header-missing"}},
		{"more than one aud where one is allowed", "redox", rule(setC("aud", []string{redoxURL, "https://elsewhere.example"}), "claims.aud.form=single"), []string{"aud-array-not-accepted"}},
		{"an array of one where one is allowed", "redox", rule(setC("aud", []string{redoxURL}), "claims.aud.form=single"), nil},
		{"FAPI 2.0 at Singpass", "singpass", setC("aud", "https://id.singpass.gov.sg/fapi"), nil},
		{"FAPI 2.0 at Singpass, the endpoint its demo sends", "singpass", setC("aud", "https://stg-id.singpass.gov.sg/fapi/par"), []string{"aud-other-endpoint"}},
		{"a region of Redox's that is not listed", "redox", setC("aud", "https://api.eu.redoxengine.com/v2/auth/token"), nil},
		{"another path at Redox", "redox", setC("aud", "https://api.redoxengine.com/v3/other"), []string{"aud-mismatch"}},
		{"aud-issuer-not-accepted", "smart-backend-services", func(t *token) {
			t.opts.Issuer = "https://idp.example.test"
			t.claims.set("aud", "https://idp.example.test")
		}, []string{"aud-issuer-not-accepted"}},
		{"aud-string-not-accepted", "redox", rule(nothing, "claims.aud.form=array"), []string{"aud-string-not-accepted"}},
		{"an array where one is defined", "redox", rule(setC("aud", []string{redoxURL}), "claims.aud.form=array"), nil},
		{"aud-array-not-accepted", "redox", rule(setC("aud", []string{redoxURL}), "claims.aud.form=string"), []string{"aud-array-not-accepted"}},
		{"aud-mismatch", "redox", setC("aud", "https://other.example.test/token"), []string{"aud-mismatch"}},
		{"the client ID as aud", "redox", setC("aud", clientID), []string{"aud-mismatch"}},
		{"aud-other-endpoint", "smart-backend-services", setC("aud", "https://fhir.example.test/oauth2/introspect"), []string{"aud-other-endpoint"}},

		{"jti-missing", "redox", delC("jti"), []string{"jti-missing"}},
		{"jti-not-string", "redox", setC("jti", 123456789), []string{"jti-not-string"}},
		{"jti-empty", "redox", setC("jti", ""), []string{"jti-empty"}},
		{"jti-too-long", "epic", setC("jti", strings.Repeat("a1b2", 38)), []string{"jti-too-long"}},
		{"jti-too-short", "redox", rule(setC("jti", "x7Gq2LpZ"), "claims.jti.min_length=16"), []string{"jti-too-short"}},
		{"jti-guessable", "redox", setC("jti", "redox1759999990123"), []string{"jti-guessable"}},
		{"a counter", "redox", setC("jti", "17"), []string{"jti-guessable"}},

		{"claim-missing", "rfc7523", rule(nothing, "claims.scope.presence=required"), []string{"claim-missing"}},
		{"claim-not-allowed", "rfc7523", rule(setC("nbf", now-10), "claims.allowed=[iss, sub, aud, jti, iat, exp]"), []string{"claim-not-allowed"}},
		{"claim-misspelt", "redox", c(func(m *members) { m.rename("exp", "expires") }), []string{"claim-misspelt"}},
		{"claim-misspelt beside the right one", "redox", setC("Iss", clientID), []string{"claim-misspelt"}},
		{"claim-value-not-accepted", "rfc7523", rule(setC("purpose", "fun"), "claims.purpose.accepted=[TREAT, PAY]"), []string{"claim-value-not-accepted"}},
		{"recommended-missing", "rfc7523", rule(nothing, "claims.purpose.presence=recommended"), []string{"recommended-missing"}},

		{"time-in-milliseconds", "redox", c(func(m *members) { m.set("iat", (now-10)*1000); m.set("exp", (now+230)*1000) }), []string{"time-in-milliseconds"}},
		{"exp alone in milliseconds", "epic", setC("exp", (now+230)*1000), []string{"time-in-milliseconds"}},
		{"time-as-string", "redox", setC("exp", "1760000230"), []string{"time-as-string"}},
		{"time-as-date", "redox", setC("iat", "2025-10-09T08:53:10Z"), []string{"time-as-date"}},
		{"time-fractional", "redox", rawC("iat", "1759999990.25"), []string{"time-fractional"}},
		{"an exponent", "redox", rawC("exp", "1.76000023e9"), []string{"time-fractional"}},
		{"time-out-of-range", "redox", setC("exp", 300), []string{"time-out-of-range"}},
		{"a negative time", "redox", setC("iat", -5), []string{"time-out-of-range"}},
		{"local-time-as-utc ahead", "redox", shift(2 * 3600), []string{"local-time-as-utc"}},
		{"local-time-as-utc behind", "epic", shift(-5*3600 - 1800), []string{"local-time-as-utc"}},
		{"iat and nbf an hour back, exp right", "rfc7523", c(func(m *members) { m.set("iat", now-3600); m.set("nbf", now-3600) }), nil},
		{"iat and nbf an hour back, exp right, five minutes allowed", "redox", c(func(m *members) { m.set("iat", now-3600); m.set("nbf", now-3600) }), []string{"iat-too-old", "lifetime-too-long"}},
		{"iat an hour ahead, exp right", "rfc7523", setC("iat", now+3600), []string{"exp-before-iat", "iat-in-future"}},
		{"half an hour ahead is no time zone", "rfc7523", shift(1800), []string{"iat-in-future"}},
		{"five and a half hours ahead", "rfc7523", shift(5*3600 + 1800), []string{"local-time-as-utc"}},
		{"five hours and twenty minutes ahead", "rfc7523", shift(5*3600 + 1200), []string{"iat-in-future"}},
		{"iat-missing", "redox", delC("iat"), []string{"iat-missing"}},
		{"iat-missing where exp is far", "rfc7523", rule(delC("iat"), "time.exp.max_ahead_without_iat=60s"), []string{"iat-missing"}},
		{"iat-in-future", "redox", c(func(m *members) { m.set("iat", now+90); m.set("exp", now+290) }), []string{"iat-in-future"}},
		{"iat-too-old", "redox", c(func(m *members) { m.set("iat", now-400); m.set("exp", now-101); m.set("exp", now+60) }), []string{"iat-too-old", "lifetime-too-long"}},
		{"iat-too-old alone", "rfc7523", rule(setC("iat", now-400), "time.iat.max_age=5m"), []string{"iat-too-old"}},
		{"nbf-in-future", "epic", setC("nbf", now+100), []string{"nbf-in-future"}},
		{"nbf after exp, which follows", "redox", setC("nbf", now+900), []string{"nbf-in-future"}},
		{"nbf-missing", "rfc7523", rule(nothing, "claims.nbf.presence=required"), []string{"nbf-missing"}},
		{"exp-missing", "redox", delC("exp"), []string{"exp-missing"}},
		{"exp-past", "redox", c(func(m *members) { m.set("iat", now-280); m.set("exp", now-40) }), []string{"exp-past"}},
		{"exp-too-far", "smart-backend-services", func(t *token) { t.claims.del("iat"); t.claims.set("exp", now+900) }, []string{"exp-too-far"}},
		{"lifetime-too-long", "redox", setC("exp", now-10+3600), []string{"lifetime-too-long"}},
		{"lifetime-too-long by Singpass", "singpass", setC("exp", now-10+150), []string{"lifetime-too-long"}},
		{"lifetime-too-long from nbf", "epic", c(func(m *members) { m.set("exp", now+280); m.set("nbf", now-60) }), []string{"lifetime-too-long"}},
		{"exp-before-iat", "redox", setC("exp", now-11), []string{"exp-before-iat"}},
		{"lifetime-no-margin", "redox", setC("exp", now-10+300), []string{"lifetime-no-margin"}},

		{"signature-missing", "redox", func(t *token) { t.sig = nil }, []string{"signature-missing"}},
		{"ecdsa-der", "singpass", signature(func([]byte) []byte { return der(32) }), []string{"ecdsa-der"}},
		{"signature-truncated", "singpass", signature(func(b []byte) []byte { return b[:60] }), []string{"signature-truncated"}},
		{"signature-truncated RSA", "redox", signature(func(b []byte) []byte { return b[:250] }), []string{"signature-truncated"}},
		{"signature-hex", "redox", signature(func(b []byte) []byte { return []byte(hex.EncodeToString(b)) }), []string{"signature-hex"}},
		{"encoded twice", "singpass", signature(func(b []byte) []byte { return []byte(url(b)) }), []string{"signature-hex"}},
		{"signature-wrong-length", "singpass", signature(func([]byte) []byte { return noise(96) }), []string{"signature-wrong-length"}},
	}
}

// ec turns the token into one an EC key could have signed.
func ec(t *token) {
	t.header.set("alg", "ES256")
	t.sig = noise(64)
}

// shift moves the whole window by seconds.
func shift(by int) func(*token) {
	return c(func(m *members) { m.set("iat", now-10+by); m.set("exp", now+230+by) })
}

// next is another character whose first bits are the same.
func next(b byte) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	return string(alphabet[strings.IndexByte(alphabet, b)+1])
}

// as is what the text of a row is said to be: what is not a JWT at all counts only
// where it was given as one.
func (r row) as() string {
	if slices.Contains(r.want, "not-a-jwt") {
		return "assertion"
	}
	return ""
}

func TestOneChangeOneAnswer(t *testing.T) {
	covered := map[string]bool{"jti-reused": true} // TestJtiReused
	for _, r := range keyRows(t, testKeys(t)) {
		for _, want := range r.want {
			covered[want] = true
		}
	}
	for _, r := range rows(testCertificate(t)) {
		for _, want := range r.want {
			covered[want] = true
		}
		t.Run(r.name, func(t *testing.T) {
			tok := healthy(r.provider)
			r.change(tok)
			got := judgeAs(t, tok.opts, r.as(), given{"token.jwt", tok.compact()})
			if len(got) != 1 {
				t.Fatalf("%d cases", len(got))
			}
			if b := broken(got[0]); b != nil {
				t.Fatalf("broken: %v", b)
			}
			if f := failed(got[0]); !slices.Equal(f, r.want) {
				t.Errorf("failed causes %v, want %v", f, r.want)
				for _, f := range got[0].Findings {
					if f.Failed() {
						t.Logf("%s: %s [%s] found %q expected %q (of %q)", f.Cause, f.Title, f.Severity, f.Found, f.Expected, f.ConsequenceOf)
					}
				}
			}
		})
	}
	for _, r := range exchangeRows() {
		for _, cause := range r.want {
			covered[cause] = true
		}
	}
	for _, r := range onlineRows() {
		covered[r.want] = true
	}
	for _, cause := range slices.Concat(sequenceCauses(), setCauses()) {
		covered[cause] = true
	}
	for _, check := range checks.All() {
		for _, cause := range check.Causes {
			if !covered[string(cause.ID)] {
				t.Errorf("no row for %s", cause.ID)
			}
		}
	}
}

func TestHealthyHasNoFailure(t *testing.T) {
	for _, provider := range []string{"rfc7523", "smart-backend-services", "redox", "epic", "singpass"} {
		t.Run(provider, func(t *testing.T) {
			tok := healthy(provider)
			got := run(t, tok.opts, tok.compact()+"\n")
			if f := failed(got[0]); f != nil {
				t.Errorf("a healthy assertion fails %v", f)
			}
			if got[0].Summary.Verdict != "pass" {
				t.Errorf("verdict %s", got[0].Summary.Verdict)
			}
		})
	}
}

// What aud is compared with where the profile, or the user, says so much and no more.
func TestAud(t *testing.T) {
	own := filepath.Join(t.TempDir(), "own.yaml")
	if err := os.WriteFile(own, []byte("id: own\nname: Our gateway\nextends: smart-backend-services\n"+
		"environments:\n  production: {token_url: \"https://gw.example.test/token\"}\n  staging: {token_url: \"https://gw-stg.example.test/token\"}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, r := range []struct {
		name, profile, aud string
		opts               func(*doctor.Options)
		want               []string
		skipped            bool
	}{
		{"a profile's environment", own, "https://gw.example.test/token", nil, nil, false},
		{"its other environment", own, "https://gw-stg.example.test/token", nil, nil, false},
		{"neither", own, "https://elsewhere.example.test/token", nil, []string{"aud-mismatch"}, false},
		{"the other one, and the token URL says so", own, "https://gw-stg.example.test/token", func(o *doctor.Options) { o.TokenURL = "https://gw.example.test/token" }, []string{"aud-wrong-environment"}, false},
		{"nothing to compare with", "smart-backend-services", "https://fhir.example.test/token", nil, nil, true},
		{"a customer's own", "epic", "https://epic.hospital.example/interconnect-prd/oauth2/token", nil, nil, true},
		{"a customer's own, by its token URL", "epic", "https://epic.hospital.example/interconnect-prd/oauth2/token", func(o *doctor.Options) { o.TokenURL = "https://epic.hospital.example/interconnect-prd/oauth2/token" }, nil, false},
		{"perhaps the issuer", "rfc7523", "https://idp.example.test", func(o *doctor.Options) { o.TokenURL = "https://idp.example.test/oauth2/token" }, nil, true},
		{"the issuer, given", "rfc7523", "https://idp.example.test", func(o *doctor.Options) { o.Issuer = "https://idp.example.test" }, nil, false},
		{"not the issuer given, and the token URL is not known", "rfc7523", "https://idp.example.test/other", func(o *doctor.Options) { o.Issuer = "https://idp.example.test" }, nil, true},
		{"neither the issuer nor the token URL given", "rfc7523", "https://idp.example.test/other", func(o *doctor.Options) {
			o.Issuer, o.TokenURL = "https://idp.example.test", "https://idp.example.test/oauth2/token"
		}, []string{"aud-mismatch"}, false},
		{"another site", "rfc7523", "https://elsewhere.example", func(o *doctor.Options) { o.TokenURL = "https://idp.example.test/oauth2/token" }, []string{"aud-mismatch"}, false},
		{"--aud alone counts", "redox", redoxURL, func(o *doctor.Options) { o.Aud = []string{"https://proxy.example.test/token"} }, []string{"aud-mismatch"}, false},
		{"--aud is the issuer, aud the token URL", "singpass", "https://id.singpass.gov.sg/token", func(o *doctor.Options) { o.Aud = []string{"https://id.singpass.gov.sg"} }, []string{"aud-token-url-not-accepted"}, false},
		{"one of several --aud", "redox", "b", func(o *doctor.Options) { o.Aud = []string{"a", "b"} }, nil, false},
	} {
		t.Run(r.name, func(t *testing.T) {
			tok := healthy("smart-backend-services")
			tok.opts.Profiles, tok.opts.TokenURL = []string{r.profile}, ""
			tok.opts.Only = []string{"claim-aud"}
			tok.claims.set("aud", r.aud)
			if r.opts != nil {
				r.opts(&tok.opts)
			}
			got := run(t, tok.opts, tok.compact())[0]
			if f := failed(got); !slices.Equal(f, r.want) {
				t.Errorf("fails %v, want %v", f, r.want)
			}
			for _, f := range got.Findings {
				if f.Check == "claim-aud" && (f.Outcome == "skip") != r.skipped {
					t.Errorf("%s: %s", f.Outcome, f.Reason)
				}
			}
		})
	}
}

// What a provider asks of clients is not asked of the tokens its server issues.
func TestIssuedTokensAreNotHeldToClientRules(t *testing.T) {
	for _, kind := range []string{"id-token", "access-token"} {
		for _, provider := range []string{"redox", "epic", "singpass", "smart-backend-services", "rfc7523"} {
			tok := healthy(provider)
			tok.opts.Kind = kind
			tok.header = nil
			tok.header.set("alg", "RS256")
			tok.claims = nil
			tok.claims.set("iss", "https://idp.example.test")
			if provider == "singpass" {
				tok.claims.set("iss", "https://id.singpass.gov.sg")
			}
			tok.claims.set("sub", "user-1")
			tok.claims.set("aud", "an-audience")
			if kind == "id-token" {
				tok.claims.set("aud", clientID)
			}
			tok.claims.set("exp", now+3600)
			tok.sig = noise(256)
			if f := failed(run(t, tok.opts, tok.compact())[0]); f != nil {
				t.Errorf("%s under %s fails %v", kind, provider, f)
			}
			tok.claims.set("exp", now-3600)
			if f := failed(run(t, tok.opts, tok.compact())[0]); !slices.Equal(f, []string{"exp-past"}) {
				t.Errorf("an expired %s under %s fails %v", kind, provider, f)
			}
		}
	}
	grant := healthy("rfc7523")
	grant.opts.Kind = "jwt-grant"
	grant.claims.set("sub", "user@example.test")
	if f := failed(run(t, grant.opts, grant.compact())[0]); f != nil {
		t.Errorf("a grant for a user fails %v", f)
	}
}

func TestJtiReused(t *testing.T) {
	tok := healthy("redox")
	first := tok.compact()
	tok.claims.set("exp", now+200)
	second := tok.compact()
	tok.claims.set("jti", "another-jti-altogether")
	got := run(t, tok.opts, first+"\n"+second+"\n"+tok.compact()+"\n"+first+"\n")
	if len(got) != 4 {
		t.Fatalf("%d cases", len(got))
	}
	for i, want := range [][]string{nil, {"jti-reused"}, nil, {"jti-reused"}} {
		if f := failed(got[i]); !slices.Equal(f, want) {
			t.Errorf("line %d fails %v, want %v", i+1, f, want)
		}
	}
}

func testCertificate(t testing.TB) *x509.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"},
		NotBefore: time.Unix(now, 0), NotAfter: time.Unix(now, 0).AddDate(1, 0, 0)}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	return leaf
}
