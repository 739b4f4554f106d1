package main

import (
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"maps"
	"math/big"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// order is a token request for oidc-provider, and what is to be put wrong in
// it. A member that is nil is left out.
type order struct {
	method, path, contentType string
	header                    map[string]string // of the HTTP request
	jose, claims              map[string]any
	params                    url.Values
	key                       *rsa.PrivateKey
	sign                      func(input string) []byte // nil: RS256 with key
	assertion                 func(compact string) string
	body                      func(form string) string
}

// healthyOrder is what the server takes.
func healthyOrder(issuer string, key *rsa.PrivateKey) *order {
	now := time.Now().Unix()
	return &order{
		method: http.MethodPost, path: "/token", contentType: "application/x-www-form-urlencoded", key: key,
		header: map[string]string{},
		jose:   map[string]any{"alg": "RS256", "typ": "JWT", "kid": "k1"},
		claims: map[string]any{"iss": "my-client", "sub": "my-client", "aud": issuer, "jti": rand.Text(), "iat": now, "exp": now + 240},
		params: url.Values{"grant_type": {"client_credentials"}, "client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}},
	}
}

// request makes the HTTP request of the order.
func (o *order) request(t *testing.T, issuer string) *http.Request {
	t.Helper()
	part := func(members map[string]any) string {
		maps.DeleteFunc(members, func(_ string, v any) bool { return v == nil })
		b, err := json.Marshal(members)
		if err != nil {
			t.Fatal(err)
		}
		return base64.RawURLEncoding.EncodeToString(b)
	}
	input := part(o.jose) + "." + part(o.claims)
	if o.sign == nil {
		o.sign = func(input string) []byte {
			sum := sha256.Sum256([]byte(input))
			signature, err := rsa.SignPKCS1v15(rand.Reader, o.key, crypto.SHA256, sum[:])
			if err != nil {
				t.Fatal(err)
			}
			return signature
		}
	}
	compact := input + "." + base64.RawURLEncoding.EncodeToString(o.sign(input))
	if o.assertion != nil {
		compact = o.assertion(compact)
	}
	form := url.Values{"client_assertion": {compact}}
	for name, values := range o.params {
		if form[name] = values; values == nil {
			delete(form, name)
		}
	}
	body := form.Encode()
	if o.body != nil {
		body = o.body(body)
	}
	req, err := http.NewRequestWithContext(t.Context(), o.method, issuer+o.path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if o.contentType != "" {
		req.Header.Set("Content-Type", o.contentType)
	}
	for name, value := range o.header {
		req.Header.Set(name, value)
	}
	return req
}

func readRSA(t *testing.T, file string) *rsa.PrivateKey {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(text)
	if block == nil {
		t.Fatalf("%s is no PEM", file)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return key.(*rsa.PrivateKey)
}

func publicJWK(key *rsa.PrivateKey, kid string) map[string]any {
	return map[string]any{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid,
		"n": base64.RawURLEncoding.EncodeToString(key.N.Bytes()),
		"e": base64.RawURLEncoding.EncodeToString(big.NewInt(int64(key.E)).Bytes())}
}

// What a token server of others refuses, is explained by the one fault that
// was put into the request; what it takes, is found well.
func TestOIDCProvider(t *testing.T) {
	key, second, stranger := readRSA(t, signingKey), readRSA(t, "../../internal/jose/testdata/keys/rsa-b.pem"), readRSA(t, "../../internal/jose/testdata/keys/rsa-c.pem")
	set, err := json.Marshal(map[string]any{"keys": []any{publicJWK(key, "k1"), publicJWK(second, "k2")}})
	if err != nil {
		t.Fatal(err)
	}
	issuer := startNodeServer(t, "oidc-provider", string(set))
	dir := t.TempDir()
	jwks := filepath.Join(dir, "jwks.json")
	if err := os.WriteFile(jwks, set, 0o600); err != nil {
		t.Fatal(err)
	}
	now := time.Now().Unix()
	again, first := healthyOrder(issuer, key), filepath.Join(dir, "first.http")
	for _, tt := range []struct {
		name    string
		change  func(o *order)
		refused bool
		want    string // the cause put in
	}{
		{"a good request", func(o *order) { *o = *again }, false, ""},
		{"the token URL as audience", func(o *order) { o.claims["aud"] = issuer + "/token" }, false, ""},
		{"the key by its kid", func(o *order) { o.key, o.jose["kid"] = second, "k2" }, false, ""},
		{"iat ahead", func(o *order) { o.claims["iat"] = now + 60 }, false, "clock-ahead"}, // a warning

		{"another audience", func(o *order) { o.claims["aud"] = "https://elsewhere.example/token" }, true, "aud-mismatch"},
		{"a slash after the audience", func(o *order) { o.claims["aud"] = issuer + "/token/" }, true, "aud-trailing-slash"},
		{"no audience", func(o *order) { o.claims["aud"] = nil }, true, "aud-missing"},
		{"expired", func(o *order) { o.claims["iat"], o.claims["exp"] = now-900, now-600 }, true, "exp-past"},
		{"milliseconds", func(o *order) { o.claims["iat"], o.claims["nbf"], o.claims["exp"] = now*1000, now*1000, (now+240)*1000 }, true, "time-in-milliseconds"},
		{"the time as a string", func(o *order) { o.claims["exp"] = fmt.Sprint(now + 240) }, true, "time-as-string"},
		{"not yet", func(o *order) { o.claims["nbf"] = now + 120 }, true, "nbf-in-future"},
		{"no exp", func(o *order) { o.claims["exp"] = nil }, true, "exp-missing"},
		{"no jti", func(o *order) { o.claims["jti"] = nil }, true, "jti-missing"},
		{"no iss", func(o *order) { o.claims["iss"] = nil }, true, "iss-missing"},
		{"another iss", func(o *order) { o.claims["iss"] = "https://my-client.example" }, true, "iss-not-client-id"},
		{"no sub", func(o *order) { o.claims["sub"] = nil }, true, "sub-missing"},
		{"another sub", func(o *order) { o.claims["sub"] = "somebody" }, true, "sub-not-client-id"},
		{"another client_id", func(o *order) { o.params.Set("client_id", "another-client") }, true, "client-id-mismatch"},
		{"another key of the set", func(o *order) { o.key = second }, true, "signed-by-other-key"},
		{"an unknown key", func(o *order) { o.key = stranger }, true, "signed-by-unknown-key"},
		{"a kid nobody published", func(o *order) { o.jose["kid"] = "k9" }, true, "kid-not-in-jwks"},
		{"none", func(o *order) {
			o.jose["alg"] = "none"
			o.sign = func(string) []byte { return nil }
		}, true, "alg-none"},
		{"a shared secret", func(o *order) {
			o.jose["alg"] = "HS256"
			o.sign = func(input string) []byte {
				mac := hmac.New(sha256.New, []byte("a secret of both sides"))
				mac.Write([]byte(input))
				return mac.Sum(nil)
			}
		}, true, "alg-symmetric"},
		{"SHA-512 under RS256", func(o *order) {
			o.sign = func(input string) []byte {
				h := crypto.SHA512.New()
				h.Write([]byte(input))
				signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA512, h.Sum(nil))
				if err != nil {
					t.Error(err)
				}
				return signature
			}
		}, true, "hash-mismatch"},
		{"PSS under RS256", func(o *order) {
			o.sign = func(input string) []byte {
				sum := sha256.Sum256([]byte(input))
				signature, err := rsa.SignPSS(rand.Reader, key, crypto.SHA256, sum[:], &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash})
				if err != nil {
					t.Error(err)
				}
				return signature
			}
		}, true, "padding-mismatch"},
		{"changed after signing", func(o *order) {
			o.assertion = func(compact string) string {
				header, rest, _ := strings.Cut(compact, ".")
				_, signature, _ := strings.Cut(rest, ".")
				o.claims["scope"] = "everything"
				b, err := json.Marshal(o.claims)
				if err != nil {
					t.Error(err)
				}
				return header + "." + base64.RawURLEncoding.EncodeToString(b) + "." + signature
			}
		}, true, "content-changed"},
		{"no signature", func(o *order) {
			o.assertion = func(compact string) string { return compact[:strings.LastIndexByte(compact, '.')+1] }
		}, true, "signature-missing"},
		{"cut off", func(o *order) {
			o.assertion = func(compact string) string { return compact[:strings.LastIndexByte(compact, '.')] }
		}, true, "wrong-segment-count"},
		{"the same again", func(o *order) { *o = *again }, true, "jti-reused"},

		{"no assertion type", func(o *order) { o.params["client_assertion_type"] = nil }, true, "assertion-type-missing"},
		{"another assertion type", func(o *order) {
			o.params.Set("client_assertion_type", "urn:ietf:params:oauth:grant-type:jwt-bearer")
		}, true, "assertion-type-wrong"},
		{"encoded twice", func(o *order) {
			o.params.Set("client_assertion_type", "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer")
		}, true, "assertion-type-double-encoded"},
		{"no grant type", func(o *order) { o.params["grant_type"] = nil }, true, "grant-type-missing"},
		{"another grant type", func(o *order) { o.params.Set("grant_type", "client_credential") }, true, "grant-type-wrong"},
		{"a hyphen", func(o *order) {
			o.body = func(form string) string { return strings.Replace(form, "client_assertion=", "client-assertion=", 1) }
		}, true, "assertion-misnamed"},
		{"a secret beside it", func(o *order) {
			o.header["Authorization"] = "Basic " + base64.StdEncoding.EncodeToString([]byte("my-client:secret"))
		}, true, "multiple-auth-methods"},
		{"twice the grant type", func(o *order) { o.body = func(form string) string { return form + "&grant_type=client_credentials" } }, true, "parameter-repeated"},
		{"JSON", func(o *order) {
			o.contentType = "application/json"
			o.body = func(form string) string {
				values, _ := url.ParseQuery(form)
				members := map[string]string{}
				for name := range values {
					members[name] = values.Get(name)
				}
				b, _ := json.Marshal(members)
				return string(b)
			}
		}, true, "body-json|content-type-json"},
		{"another address", func(o *order) { o.path = "/oauth2/token" }, true, "endpoint-not-found|url-not-token-endpoint"},
		{"GET", func(o *order) { o.method = http.MethodGet }, true, "method-not-post"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := healthyOrder(issuer, key)
			tt.change(o)
			req := o.request(t, issuer)
			dump, err := httputil.DumpRequestOut(req, true)
			if err != nil {
				t.Fatal(err)
			}
			res, err := http.DefaultTransport.RoundTrip(req)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			answer, err := httputil.DumpResponse(res, true)
			if err != nil {
				t.Fatal(err)
			}
			if refused := res.StatusCode != 200; refused != tt.refused {
				t.Fatalf("the server answers %s", answer)
			}
			args := []string{"check", "-p", "oidc-provider", "--client-id", "my-client", "--token-url", issuer + "/token", "--issuer", issuer, "--jwks", jwks}
			files := []string{"request.http", "response.http"}
			for i, text := range [][]byte{dump, answer} {
				files[i] = filepath.Join(dir, files[i])
				if err := os.WriteFile(files[i], text, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			switch tt.name {
			case "a good request":
				if err := os.WriteFile(first, dump, 0o600); err != nil {
					t.Fatal(err)
				}
			case "the same again":
				args = append(args, "--request", first)
			}
			args = append(args, "--request", files[0], "--response", files[1])
			code, out, errs := runAt(time.Now(), nil, "", append(args, "-f", "json")...)
			var report struct {
				Cases []struct {
					Diagnosis []struct{ Cause, Confidence string }
				}
			}
			if err := json.Unmarshal([]byte(out), &report); err != nil || len(report.Cases) == 0 {
				t.Fatalf("%v, %s%s", err, out, errs)
			}
			cause := ""
			diagnosis := report.Cases[len(report.Cases)-1].Diagnosis
			if len(diagnosis) > 0 {
				cause = diagnosis[0].Cause
			}
			named := false
			for want := range strings.SplitSeq(tt.want, "|") {
				named = named || cause == want
			}
			if !named || (code == 0) == tt.refused {
				_, text, _ := runAt(time.Now(), nil, "", args...)
				t.Errorf("exit code %d, first %q, want %q; the server answered\n%s\n%s", code, cause, tt.want, answer, text)
			}
		})
	}
}
