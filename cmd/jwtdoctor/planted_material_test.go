package main

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// planted are secrets, each with the place it was put. They look random, and no
// two are alike in more than chance has it.
type planted map[string]string

// in makes the secret of a place.
func (p planted) in(place string) string {
	sum := sha256.Sum256([]byte(place))
	secret := new(big.Int).SetBytes(sum[:12]).Text(62)
	p[secret] = place
	return secret
}

// longest is how much of a secret may be shown: how it begins.
const longest = 5

// absent fails for every secret in what was written, whole or in part, in any case.
func (p planted) absent(t *testing.T, what string, written ...string) {
	t.Helper()
	all := strings.ToLower(strings.Join(written, "\n"))
	for secret, place := range p {
		low := strings.ToLower(secret)
		if i := strings.Index(all, low[:longest+4]); i >= 0 {
			t.Errorf("%s shows the secret of %s: …%s…", what, place, strings.ToValidUTF8(all[max(0, i-60):min(len(all), i+40)], ""))
		}
		if i := strings.Index(all, low[4:]); i >= 0 {
			t.Errorf("%s shows the end of the secret of %s", what, place)
		}
	}
}

func jsonText(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}

func segment(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

// jwt is an assertion with a secret wherever one can be.
func (p planted) jwt(where string, header, claims map[string]any) string {
	return segment(jsonText(header)) + "." + segment(jsonText(claims)) + "." + segment(p.in(where+": signature"))
}

// nested is a JWT within one.
func (p planted) nested(where string) string {
	return segment(`{"alg":"none"}`) + "." + segment(`{"x":"`+p.in(where+": payload of a nested JWT")+`"}`) + "." + segment(p.in(where+": signature of a nested JWT"))
}

func (p planted) header() map[string]any {
	return map[string]any{
		"alg": "RS384", "typ": "JWT", "kid": "k1", "jti": p.in("header: jti"), "JTI": p.in("header: JTI"), "client_secret": p.in("header: client_secret"),
		"jwk": map[string]any{"kty": "RSA", "n": "public", "e": "AQAB", "d": p.in("header: d of a JWK"), "p": p.in("header: p of a JWK"), "qi": p.in("header: qi of a JWK")},
		"jku": "https://joe:" + p.in("header: password of an address") + "@client.example/jwks.json?api_key=" + p.in("header: query of an address"),
	}
}

func (p planted) claims() map[string]any {
	return map[string]any{
		"iss": "my-client", "sub": "my-client", "iat": 1795219200, "exp": 1795219440,
		"aud": "https://joe:" + p.in("aud: password") + "@as.example/token?client_secret=" + p.in("aud: query"),
		"jti": p.in("claims: jti"), "Jti": p.in("claims: Jti"), "JTI": p.in("claims: JTI"),
		"client_secret": p.in("claims: client_secret"), "clientSecret": []any{p.in("claims: in a list")}, "password": map[string]any{"x": map[string]any{"y": p.in("claims: in an object")}},
		"private": map[string]any{"access_token": p.in("claims: nested access_token"), "list": []any{map[string]any{"apiKey": p.in("claims: nested apiKey")}}, "d": p.in("claims: nested d")},
		"cnf":     map[string]any{"jwk": map[string]any{"kty": "oct", "k": p.in("claims: k of a JWK")}}, "subject_token": p.nested("claims"), "vp": []any{p.nested("claims, in a list")},
		"code": p.in("claims: code"), "nested": map[string]any{"jti": p.in("claims: nested jti")},
	}
}

// person are claims that name one, in all spellings.
func (p planted) person(where string) map[string]any {
	out := map[string]any{"iss": "https://as.example", "aud": "my-client", "iat": 1795219200, "exp": 1795219440, "auth_time": 1795219200}
	for _, name := range []string{"sub", "name", "given_name", "givenName", "GivenName", "given-name", "FAMILY_NAME", "email", "E-Mail", "phone_number", "birthdate", "preferred_username", "upn", "address", "pid",
		"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname"} {
		out[name] = p.in(where + ": " + name)
	}
	out["address"] = map[string]any{"street_address": p.in(where + ": street"), "formatted": p.in(where + ": address")}
	out["act"] = map[string]any{"sub": p.in(where + ": sub of act")}
	return out
}

// parameters are those of a request, known, misspelled and unknown.
func (p planted) parameters(where, assertion string) [][2]string {
	out := [][2]string{{"grant_type", "client_credentials"}, {"scope", "a b"}, {"client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}, {"client_assertion", assertion}}
	for _, name := range []string{"client_secret", "clientSecret", "client_secrte", "code", "code_verifier", "refresh_token", "password", "username", "assertion", "SAMLResponse", "subject_token", "actor_token",
		"device_code", "id_token_hint", "api_key", "state", "nonce", "x-custom", "whatever", "otp"} {
		out = append(out, [2]string{name, p.in(where + ": parameter " + name)})
	}
	return out
}

func (p planted) fields(where string) [][2]string {
	out := [][2]string{
		{"Authorization", "Basic " + base64.StdEncoding.EncodeToString([]byte("my-client:"+p.in(where+": password of Basic")))},
		{"Cookie", "sid=" + p.in(where+": cookie") + "; other=" + p.in(where+": second cookie")},
		{"Referer", "https://app.example/cb?code=" + p.in(where+": code in Referer") + "&x=" + p.in(where+": x in Referer")},
	}
	for _, name := range []string{"X-Api-Key", "X-Auth-Token", "DPoP", "Ocp-Apim-Subscription-Key", "X-Amz-Security-Token", "X-Nobody-Knows", "Client-Secrte", "Proxy-Authorization"} {
		out = append(out, [2]string{name, p.in(where + ": header " + name)})
	}
	return out
}

func form(params [][2]string) string {
	var out []string
	for _, kv := range params {
		out = append(out, url.QueryEscape(kv[0])+"="+url.QueryEscape(kv[1]))
	}
	return strings.Join(out, "&")
}

// request is the text of an HTTP request.
func (p planted) request(where, assertion string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "POST https://joe:%s@as.example/token?client_secret=%s&foo=%s HTTP/1.1\r\nHost: as.example\r\nContent-Type: application/x-www-form-urlencoded\r\n", p.in(where+": password in the URL"), p.in(where+": secret in the query"), p.in(where+": foo in the query"))
	for _, kv := range p.fields(where) {
		fmt.Fprintf(&b, "%s: %s\r\n", kv[0], kv[1])
	}
	return b.String() + "\r\n" + form(p.parameters(where, assertion))
}

// answer is an error that repeats what was sent.
func (p planted) answer(where, sent string) string {
	body := jsonText(map[string]any{"error": "invalid_client", "error_description": "client authentication failed for client_secret=" + p.in(where+": a secret of its own") + " with " + sent,
		"access_token": p.in(where + ": access_token"), "detail": map[string]any{"refreshToken": p.in(where + ": nested refreshToken")}})
	return fmt.Sprintf("HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json\r\nDate: Sat, 21 Nov 2026 00:00:20 GMT\r\nSet-Cookie: s=%s; Path=/\r\nX-Debug: %s\r\nLocation: https://app.example/cb#access_token=%s\r\nContent-Length: %d\r\n\r\n%s",
		p.in(where+": Set-Cookie"), p.in(where+": X-Debug"), p.in(where+": Location"), len(body), body)
}

func (p planted) granted(where string) string {
	body := jsonText(map[string]any{"access_token": p.in(where + ": access_token"), "token_type": "Bearer", "expires_in": 300, "refresh_token": p.in(where + ": refresh_token"),
		"id_token": p.jwt(where, map[string]any{"alg": "RS256"}, p.person(where)), "patient": p.in(where + ": patient"), "data": map[string]any{"email": p.in(where + ": nested email")}})
	return fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nDate: Sat, 21 Nov 2026 00:00:20 GMT\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
}

func (p planted) curl(assertion string) string {
	words := []string{"curl -v 'https://joe:" + p.in("curl: password in the URL") + "@as.example/token' -u 'my-client:" + p.in("curl: -u") + "'", "-x 'http://joe:" + p.in("curl: password of the proxy") + "@proxy.example:3128'", "--cert 'client.pem:" + p.in("curl: --cert") + "'"}
	for _, kv := range p.fields("curl") {
		words = append(words, "-H '"+kv[0]+": "+kv[1]+"'")
	}
	for _, kv := range p.parameters("curl", assertion) {
		words = append(words, "--data-urlencode '"+kv[0]+"="+kv[1]+"'")
	}
	return "export API_SECRET=" + p.in("curl: a variable") + "\n" + strings.Join(words, " \\\n  ") + "\n"
}

func (p planted) har(assertion string) string {
	pairs := func(kvs [][2]string) []any {
		var out []any
		for _, kv := range kvs {
			out = append(out, map[string]any{"name": kv[0], "value": kv[1]})
		}
		return out
	}
	params := p.parameters("HAR", assertion)
	return jsonText(map[string]any{"log": map[string]any{"version": "1.2", "creator": map[string]any{"name": "x", "version": "1"}, "entries": []any{map[string]any{
		"startedDateTime": "2026-11-21T00:00:10Z", "time": 100,
		"request": map[string]any{"method": "POST", "url": "https://joe:" + p.in("HAR: password in the URL") + "@as.example/token?token=" + p.in("HAR: query"), "httpVersion": "HTTP/1.1",
			"headers": pairs(append(p.fields("HAR"), [2]string{"Content-Type", "application/x-www-form-urlencoded"})), "cookies": pairs([][2]string{{"sid", p.in("HAR: cookie")}}), "queryString": []any{},
			"postData": map[string]any{"mimeType": "application/x-www-form-urlencoded", "text": form(params)}},
		"response": map[string]any{"status": 401, "statusText": "Unauthorized", "httpVersion": "HTTP/1.1", "headers": pairs([][2]string{{"Set-Cookie", "s=" + p.in("HAR: Set-Cookie")}, {"X-Debug", p.in("HAR: X-Debug")}, {"Content-Type", "application/json"}}),
			"cookies": []any{}, "content": map[string]any{"mimeType": "application/json", "text": `{"error":"invalid_grant","error_description":"bad assertion ` + assertion + `, session ` + p.in("HAR: cookie") + `"}`}},
	}}}})
}

// formats are those of a report, apart from text.
var formats = [...]string{"concise", "json", "ndjson", "sarif", "junit", "github", "gitlab", "rdjson", "markdown", "html"}

// everyFormat are the flags that write one run in every format, and what reads them.
func everyFormat(t *testing.T) (flags []string, read func() string) {
	dir := t.TempDir()
	for _, format := range formats {
		flags = append(flags, "-o", format+"="+filepath.Join(dir, format))
	}
	return flags, func() string {
		var all string
		for _, format := range formats {
			b, _ := os.ReadFile(filepath.Join(dir, format)) // a refused run writes none
			all += string(b)
		}
		return all
	}
}
