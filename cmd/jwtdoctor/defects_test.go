package main

import (
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// defect is one thing that is put wrong in an order.
type defect struct {
	name   string
	change func(o *order)
	want   string // the cause that names it
}

// claim puts a value into a claim; nil takes it out.
func claim(name string, value any) func(*order) {
	return func(o *order) { o.claims[name] = value }
}

// parameter does the same in the header.
func parameter(name string, value any) func(*order) {
	return func(o *order) { o.jose[name] = value }
}

// assertionDefects are only in the assertion.
var assertionDefects = []defect{
	{"another audience", claim("aud", "https://elsewhere.example/token"), "aud-mismatch"},
	{"audiences of others", claim("aud", []any{"https://elsewhere.example/token", "https://other.example"}), "aud-mismatch"},
	{"the client as audience", claim("aud", "my-client"), "aud-mismatch"},
	{"no audience", claim("aud", nil), "aud-missing"},
	{"an empty audience", claim("aud", ""), "aud-missing"},
	{"a number as audience", claim("aud", 7), "aud-not-string"},
	{"a slash after the audience", func(o *order) { o.claims["aud"] = o.tokenURL + "/" }, "aud-trailing-slash"},
	{"a query in the audience", func(o *order) { o.claims["aud"] = o.tokenURL + "?v=1" }, "aud-mismatch"},
	{"another scheme in the audience", func(o *order) { o.claims["aud"] = strings.Replace(o.tokenURL, "http:", "https:", 1) }, "aud-near-miss"},
	{"another name of the host in the audience", func(o *order) { o.claims["aud"] = strings.Replace(o.tokenURL, "127.0.0.1", "localhost", 1) }, "aud-mismatch"},
	{"the path of the audience in capitals", func(o *order) { o.claims["aud"] = strings.Replace(o.tokenURL, "/token", "/Token", 1) }, "aud-near-miss"},
	{"the introspection endpoint as audience", func(o *order) { o.claims["aud"] = strings.Replace(o.tokenURL, "/token", "/introspect", 1) }, "aud-other-endpoint"},

	{"expired", func(o *order) { o.claims["iat"], o.claims["exp"] = o.now-900, o.now-600 }, "exp-past"},
	{"milliseconds", func(o *order) {
		o.claims["iat"], o.claims["nbf"], o.claims["exp"] = o.now*1000, o.now*1000, (o.now+240)*1000
	}, "time-in-milliseconds"},
	{"exp as text", func(o *order) { o.claims["exp"] = fmt.Sprint(o.now + 240) }, "time-as-string"},
	{"exp as a date", func(o *order) { o.claims["exp"] = time.Unix(o.now+240, 0).UTC().Format(time.RFC3339) }, "time-as-date"},
	{"nbf as text", func(o *order) { o.claims["nbf"] = fmt.Sprint(o.now) }, "time-as-string"},
	{"iat as text", func(o *order) { o.claims["iat"] = fmt.Sprint(o.now) }, "time-as-string"},
	{"not yet", func(o *order) { o.claims["nbf"] = o.now + 120 }, "nbf-in-future"},
	{"iat ahead", func(o *order) { o.claims["iat"] = o.now + 60 }, "clock-ahead"},
	{"no exp", claim("exp", nil), "exp-missing"},
	{"an hour", func(o *order) { o.claims["exp"] = o.now + 3600 }, "lifetime-too-long"},
	{"an old iat", func(o *order) { o.claims["iat"] = o.now - 1200 }, "iat-too-old"},
	{"exp before iat", func(o *order) { o.claims["exp"] = o.now - 100 }, "exp-before-iat"},
	{"exp as null", func(o *order) { o.payload = strings.Replace(jsonText(o.claims), fmt.Sprint(o.now+240), "null", 1) }, "exp-missing"},

	{"no jti", claim("jti", nil), "jti-missing"},
	{"a number as jti", claim("jti", 4711), "jti-not-string"},
	{"an empty jti", claim("jti", ""), "jti-empty"},
	{"no iss", claim("iss", nil), "iss-missing"},
	{"another iss", claim("iss", "https://my-client.example"), "iss-not-client-id"},
	{"iss in capitals", claim("iss", "My-Client"), "iss-not-client-id"},
	{"iss with a blank", claim("iss", "my-client "), "iss-not-client-id"},
	{"no sub", claim("sub", nil), "sub-missing"},
	{"another sub", claim("sub", "somebody"), "sub-not-client-id"},
	{"sub with a blank", claim("sub", " my-client"), "sub-not-client-id"},
	{"a number as sub", claim("sub", 1234), "sub-not-string"},
	{"another client", func(o *order) { o.claims["iss"], o.claims["sub"] = "other-client", "other-client" }, "iss-not-client-id"},

	{"none", func(o *order) {
		o.jose["alg"] = "none"
		o.sign = func(string) []byte { return nil }
	}, "alg-none"},
	{"a shared secret", func(o *order) {
		o.jose["alg"], o.sign = "HS256", mac("a secret of both sides")
	}, "alg-symmetric"},
	{"the public key as secret", func(o *order) {
		der, _ := x509.MarshalPKIXPublicKey(&o.key.PublicKey) // of an RSA key it does not fail
		o.jose["alg"], o.sign = "HS256", mac(string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})))
	}, "hmac-with-public-key"},
	{"alg in small letters", parameter("alg", "rs256"), "alg-unknown"},
	{"an alg nobody knows", parameter("alg", "RS999"), "alg-unknown"},
	{"no alg", parameter("alg", nil), "alg-missing"},
	{"alg of another kind of key", parameter("alg", "ES256"), "key-alg-mismatch"},
	{"alg of another hash", parameter("alg", "RS512"), "hash-mismatch"},
	{"an extension that must be understood", func(o *order) { o.jose["crit"], o.jose["ext"] = []any{"ext"}, "x" }, "crit-invalid"},
	{"a kid nobody published", parameter("kid", "k9"), "kid-not-in-jwks"},
	{"the kid of the other key", parameter("kid", "k2"), "signed-by-other-key"},
	{"another key of the set", func(o *order) { o.key = o.second }, "signed-by-other-key"},
	{"an unknown key", func(o *order) { o.key = o.stranger }, "signed-by-unknown-key"},

	{"SHA-512 under RS256", func(o *order) { o.sign = pkcs1(o.key, crypto.SHA512) }, "hash-mismatch"},
	{"SHA-1 under RS256", func(o *order) { o.sign = pkcs1(o.key, crypto.SHA1) }, "hash-mismatch"},
	{"PSS under RS256", func(o *order) {
		o.sign = func(input string) []byte {
			sum := sha256.Sum256([]byte(input))
			signature, err := rsa.SignPSS(rand.Reader, o.key, crypto.SHA256, sum[:], &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash})
			if err != nil {
				panic(err)
			}
			return signature
		}
	}, "padding-mismatch"},
	{"hashed twice", func(o *order) {
		o.sign = func(input string) []byte {
			sum := sha256.Sum256([]byte(input))
			return pkcs1(o.key, crypto.SHA256)(string(sum[:]))
		}
	}, "signed-twice-hashed"},
	{"signed over the payload", func(o *order) {
		o.sign = func(input string) []byte { return pkcs1(o.key, crypto.SHA256)(input[strings.IndexByte(input, '.')+1:]) }
	}, "signed-other-bytes"},
	{"the signature as hex", func(o *order) {
		inner := pkcs1(o.key, crypto.SHA256)
		o.sign = func(input string) []byte { return []byte(hex.EncodeToString(inner(input))) }
	}, "signature-hex"},
	{"half a signature", func(o *order) {
		o.assertion = func(compact string) string { return compact[:len(compact)-100] }
	}, "signature-truncated"},
	{"changed after signing", func(o *order) {
		o.assertion = func(compact string) string {
			parts := strings.Split(compact, ".")
			o.claims["scope"] = "everything"
			return parts[0] + "." + segment(jsonText(o.claims)) + "." + parts[2]
		}
	}, "content-changed"},
	{"no signature", func(o *order) {
		o.assertion = func(compact string) string { return compact[:strings.LastIndexByte(compact, '.')+1] }
	}, "signature-missing"},
	{"cut off", func(o *order) {
		o.assertion = func(compact string) string { return compact[:strings.LastIndexByte(compact, '.')] }
	}, "wrong-segment-count"},
	{"four segments", func(o *order) {
		o.assertion = func(compact string) string { return compact + ".eHg" }
	}, "wrong-segment-count"},
	{"in quotes", func(o *order) {
		o.assertion = func(compact string) string { return `"` + compact + `"` }
	}, "wrapped-in-quotes"},
	{"after Bearer", func(o *order) {
		o.assertion = func(compact string) string { return "Bearer " + compact }
	}, "bearer-prefix"},
	{"over two lines", func(o *order) {
		o.assertion = func(compact string) string { return compact[:80] + "\n" + compact[80:] }
	}, "inner-whitespace"},
	{"a character that does not belong", func(o *order) {
		o.assertion = func(compact string) string { return compact[:60] + "!" + compact[61:] }
	}, "base64-invalid-character"},
	{"payload that is no JSON", func(o *order) { o.payload = strings.Replace(jsonText(o.claims), `"aud":`, `aud:`, 1) }, "payload-not-json"},
	{"payload that is a list", func(o *order) { o.payload = "[" + jsonText(o.claims) + "]" }, "payload-not-object"},
	{"payload encoded twice", func(o *order) { o.payload = jsonText(jsonText(o.claims)) }, "payload-double-encoded"},
}

func mac(secret string) func(string) []byte {
	return func(input string) []byte {
		h := hmac.New(sha256.New, []byte(secret))
		h.Write([]byte(input))
		return h.Sum(nil)
	}
}

// inBody changes the body of the request.
func inBody(change func(form string) string) func(*order) {
	return func(o *order) { o.body = change }
}

func param(name string, values ...string) func(*order) {
	return func(o *order) { o.params[name] = values }
}

// requestDefects are in what carries the assertion.
var requestDefects = []defect{
	{"another client_id", param("client_id", "another-client"), "client-id-mismatch"},
	{"no assertion type", param("client_assertion_type"), "assertion-type-missing"},
	{"another assertion type", param("client_assertion_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), "assertion-type-wrong"},
	{"the assertion type encoded twice", param("client_assertion_type", "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"), "assertion-type-double-encoded"},
	{"the assertion type misnamed", inBody(func(form string) string {
		return strings.Replace(form, "client_assertion_type=", "client_asertion_type=", 1)
	}), "parameter-misspelt"},
	{"no grant type", param("grant_type"), "grant-type-missing"},
	{"another grant type", param("grant_type", "client_credential"), "grant-type-wrong"},
	{"the grant type twice", inBody(func(form string) string { return form + "&grant_type=client_credentials" }), "parameter-repeated"},
	{"the assertion with a hyphen", inBody(func(form string) string { return strings.Replace(form, "client_assertion=", "client-assertion=", 1) }), "assertion-misnamed"},
	{"an empty assertion", func(o *order) { o.assertion = func(string) string { return "" } }, "assertion-missing"},
	{"a placeholder", func(o *order) { o.assertion = func(string) string { return "${CLIENT_ASSERTION}" } }, "placeholder-left"},
	{"a word", func(o *order) { o.assertion = func(string) string { return "abc123" } }, "not-a-jwt"},
	{"no assertion", inBody(func(string) string { return "grant_type=client_credentials" }), "assertion-missing"},
	{"an empty body", inBody(func(string) string { return "" }), "body-empty"},
	{"&amp;", inBody(func(form string) string { return strings.ReplaceAll(form, "&", "&amp;") }), "ampersand-escaped"},
	{"a secret beside it", func(o *order) {
		o.header["Authorization"] = "Basic " + base64.StdEncoding.EncodeToString([]byte("my-client:secret"))
	}, "multiple-auth-methods"},
	{"client_secret beside it", param("client_secret", "not-a-real-one"), "multiple-auth-methods"},
	{"as a bearer token", func(o *order) {
		o.body = func(string) string {
			o.header["Authorization"] = "Bearer " + o.compact
			return "grant_type=client_credentials"
		}
	}, "assertion-as-bearer"},
	{"JSON", func(o *order) {
		o.contentType = "application/json"
		o.body = func(form string) string {
			values, _ := url.ParseQuery(form)
			members := map[string]string{}
			for name := range values {
				members[name] = values.Get(name)
			}
			return jsonText(members)
		}
	}, "content-type-json"},
	{"a form that is called text", func(o *order) { o.contentType = "text/plain" }, "content-type-other"},
	{"a form that is called nothing", func(o *order) { o.contentType = "" }, "content-type-missing"},
	{"multipart", func(o *order) {
		o.contentType = "multipart/form-data; boundary=xyz"
		o.body = func(form string) string {
			values, _ := url.ParseQuery(form)
			var b strings.Builder
			for name := range values {
				fmt.Fprintf(&b, "--xyz\r\nContent-Disposition: form-data; name=%q\r\n\r\n%s\r\n", name, values.Get(name))
			}
			return b.String() + "--xyz--\r\n"
		}
	}, "body-multipart"},
	{"in the URL", func(o *order) {
		o.body = func(form string) string {
			o.query = "?" + form
			return ""
		}
	}, "params-in-url"},
	{"another address", func(o *order) { o.url = strings.Replace(o.tokenURL, "/token", "/tokens", 1) }, "url-not-token-endpoint"},
	{"GET", func(o *order) { o.method = http.MethodGet }, "method-not-post"},
	{"PUT", func(o *order) { o.method = http.MethodPut }, "method-not-post"},
	{"a scope nobody has", param("scope", "everything"), "scope-not-allowed"},
}
