package main

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"maps"
	"math/big"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"
)

// parties are the server of an order, and the client's keys: two that are
// published, as k1 and k2, and one of a stranger.
type parties struct {
	issuer, tokenURL      string
	key, second, stranger *rsa.PrivateKey
}

// published is the client's key set.
func (p *parties) published() string {
	return jsonText(map[string]any{"keys": []any{publicJWK(p.key, "k1"), publicJWK(p.second, "k2")}})
}

// order is a token request, and what is to be put wrong in it. A member that is nil
// is left out.
type order struct {
	*parties
	now                      int64
	method, url, contentType string
	header                   map[string]string // of the HTTP request
	jose, claims             map[string]any
	params                   url.Values
	payload                  string                    // "": the claims
	sign                     func(input string) []byte // nil: RS256 with key
	assertion                func(compact string) string
	query                    string // behind the URL
	body                     func(form string) string

	compact string // once it was made
}

// healthyOrder is what the server takes.
func healthyOrder(p *parties) *order {
	own, now := *p, time.Now().Unix()
	return &order{
		parties: &own, now: now, method: http.MethodPost, url: p.tokenURL, contentType: "application/x-www-form-urlencoded", header: map[string]string{},
		jose:   map[string]any{"alg": "RS256", "typ": "JWT", "kid": "k1"},
		claims: map[string]any{"iss": "my-client", "sub": "my-client", "aud": p.issuer, "jti": rand.Text(), "iat": now, "exp": now + 240},
		params: url.Values{"grant_type": {"client_credentials"}, "client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}},
	}
}

// signed makes the assertion of the order.
func (o *order) signed(t *testing.T) string {
	t.Helper()
	part := func(members map[string]any) string {
		maps.DeleteFunc(members, func(_ string, v any) bool { return v == nil })
		b, err := json.Marshal(members)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	if o.payload == "" {
		o.payload = part(o.claims)
	}
	input := segment(part(o.jose)) + "." + segment(o.payload)
	if o.sign == nil {
		o.sign = pkcs1(o.key, crypto.SHA256)
	}
	o.compact = input + "." + base64.RawURLEncoding.EncodeToString(o.sign(input))
	if o.assertion != nil {
		o.compact = o.assertion(o.compact)
	}
	return o.compact
}

// request makes the HTTP request of the order, to be sent to an address.
func (o *order) request(t *testing.T, address string) *http.Request {
	t.Helper()
	form := url.Values{"client_assertion": {o.signed(t)}}
	for name, values := range o.params {
		if form[name] = values; values == nil {
			delete(form, name)
		}
	}
	body := form.Encode()
	if o.body != nil {
		body = o.body(body)
	}
	req, err := http.NewRequestWithContext(t.Context(), o.method, address+o.query, strings.NewReader(body))
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

// asIs reports whether all that is wrong is in the assertion, so that the rest of
// the request may be made by others.
func (o *order) asIs() bool {
	return o.method == http.MethodPost && o.url == o.tokenURL && o.contentType == "application/x-www-form-urlencoded" && len(o.header) == 0 && o.body == nil && len(o.params) == 2 &&
		o.params.Get("grant_type") == "client_credentials" && o.params.Get("client_assertion_type") == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
}

// pkcs1 signs with PKCS #1 v1.5.
func pkcs1(key *rsa.PrivateKey, hash crypto.Hash) func(string) []byte {
	return func(input string) []byte {
		h := hash.New()
		h.Write([]byte(input))
		signature, err := rsa.SignPKCS1v15(rand.Reader, key, hash, h.Sum(nil))
		if err != nil {
			panic(err)
		}
		return signature
	}
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
