package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
)

// snare counts every DNS lookup and every connection to the address it listens on.
type snare struct {
	origin string // by address; every other host by name
	met    atomic.Int64
}

// setSnare sets one for the length of the test.
func setSnare(t *testing.T) *snare {
	t.Helper()
	s := &snare{}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.origin = "http://" + l.Addr().String()
	web := &http.Server{Handler: http.NotFoundHandler(), ConnState: func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			s.met.Add(1)
		}
	}}
	go web.Serve(l)
	preferGo, dial := net.DefaultResolver.PreferGo, net.DefaultResolver.Dial
	net.DefaultResolver.PreferGo = true
	net.DefaultResolver.Dial = func(context.Context, string, string) (net.Conn, error) {
		s.met.Add(1)
		return nil, errors.New("no name is looked for here")
	}
	t.Cleanup(func() {
		web.Close()
		net.DefaultResolver.PreferGo, net.DefaultResolver.Dial = preferGo, dial
	})
	return s
}

// went reports how often it was gone online since it was asked last.
func (s *snare) went() int64 { return s.met.Swap(0) }

// material are inputs full of addresses, by name: of the snare and of hosts.
func (s *snare) material(assertion string) map[string]string {
	body := form([][2]string{{"grant_type", "client_credentials"}, {"client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}, {"client_assertion", assertion}, {"resource", s.origin + "/resource"}})
	key := `{"kty":"RSA","kid":"k1","n":"AQAB","e":"AQAB","x5u":"` + s.origin + `/x5u"}`
	document := `{"issuer":"` + s.origin + `","token_endpoint":"` + s.origin + `/token","jwks_uri":"` + s.origin + `/jwks","registration_endpoint":"https://register.snare.example"}`
	refused := `{"error":"invalid_client","error_description":"keys of ` + s.origin + `/jwks cannot be read","error_uri":"` + s.origin + `/why"}`
	return map[string]string{
		"assertion.jwt": assertion, "request.http": "POST " + s.origin + "/token HTTP/1.1\r\nHost: as.snare.example\r\nContent-Type: application/x-www-form-urlencoded\r\nReferer: https://page.snare.example/\r\n\r\n" + body,
		"answer.http": "HTTP/1.1 302 Found\r\nLocation: " + s.origin + "/login\r\nLink: <" + s.origin + "/next>; rel=next\r\nContent-Type: application/json\r\n\r\n" + refused,
		"curl.sh":     "curl -L '" + s.origin + "/token' -x " + s.origin + " --data '" + body + "'", "keys.json": `{"keys":[` + key + `]}`, "discovery.json": document, "refused.json": refused,
		"authorize.txt": s.origin + "/authorize?response_type=code&client_id=me&redirect_uri=" + url.QueryEscape(s.origin+"/cb") + "&request_uri=" + url.QueryEscape(s.origin+"/request") + "\n",
		"profile.yaml":  "id: snare\nname: Snare\nextends: rfc7523\ncite: {page: {title: A page, url: \"" + s.origin + "/page\", seen: 2026-11-01, authority: documented}}\nenvironments: {production: {token_url: \"" + s.origin + "/token\", issuer: \"" + s.origin + "\", aud: [\"" + s.origin + "/token\"], cite: page}}\n",
	}
}

// Nothing goes online but what was named for it: no command, in no format, asks
// for an address that is in what it reads.
func TestNothingGoesOnlineUnasked(t *testing.T) {
	s := setSnare(t)
	key, err := filepath.Abs(signingKey)
	if err != nil {
		t.Fatal(err)
	}
	assertion := segment(jsonText(map[string]any{"alg": "RS256", "typ": "JWT", "kid": s.origin + "/keys#k1", "jku": s.origin + "/jku", "x5u": "https://x5u.snare.example/x5u", "jwk": map[string]any{"kty": "RSA", "n": "AQAB", "e": "AQAB", "x5u": s.origin + "/inner"}})) + "." +
		segment(jsonText(map[string]any{"iss": s.origin, "sub": "https://sub.snare.example", "aud": []any{s.origin + "/token", "https://aud.snare.example/token"}, "jti": s.origin + "/jti", "iat": 1795219200, "exp": 1795219440, "jwks_uri": s.origin + "/jwks"})) + "." + segment(strings.Repeat("s", 256))
	dir := t.TempDir()
	t.Chdir(dir)
	for name, text := range s.material(assertion) {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	one := func(environ []string, args ...string) {
		t.Helper()
		if code, out, errs := runAt(pinnedNow(), environ, assertion, args...); s.went() > 0 {
			t.Errorf("%s went online (exit code %d)\n%.400s\n%.400s", strings.Join(args, " "), code, out, errs)
		}
	}
	for _, args := range [][]string{
		{"check", "assertion.jwt"}, {"check", "-"}, {"check", "request.http", "answer.http"}, {"check", "curl.sh", "refused.json", "--read-files"}, {"check", "refused.json"}, {"check", "discovery.json"}, {"check", "authorize.txt", "request.http"}, {"check", "keys.json", "assertion.jwt"}, {"check", "."},
		{"check", "request.http", "--jwks", "keys.json", "--discovery", "discovery.json", "--issuer", s.origin, "--token-url", s.origin + "/token", "--aud", "https://aud.snare.example", "--redirect-uri", s.origin + "/cb"},
		{"check", "request.http", "-p", "profile.yaml"}, {"check", "assertion.jwt", "-p", "redox", "-p", "entra", "--kind", "jwt-grant"}, {"check", "assertion.jwt", "--kind", "id-token", "--offline"},
		{"decode", "assertion.jwt"}, {"decode", "request.http"}, {"diff", "request.http", "curl.sh"}, {"jwks", "keys.json", "--assertion", "assertion.jwt"}, {"jwks", "keys.json", "-p", "profile.yaml"},
	} {
		more, _ := everyFormat(t)
		one(nil, slices.Concat(args, []string{"-v"}, more)...)
	}
	for _, args := range [][]string{
		{s.origin + "/token"}, {"https://as.snare.example/token"}, {"check", "https://as.snare.example/token"}, {assertion}, {"explain", "refused.json"}, {"explain", s.origin}, {"profiles", "lint", "profile.yaml"}, {"profiles", "show", "profile.yaml"}, {"checks", s.origin},
		{"sign", "-p", "profile.yaml", "--key", key, "--client-id", s.origin, "--aud", s.origin + "/token"}, {"sign", "-p", "rfc7523", "--key", key, "--from", "assertion.jwt"}, {"jwks", "--public", key},
		{"token", "--dry-run", "-p", "profile.yaml", "--key", key, "--client-id", "me"}, {"token", "--dry-run", "-p", "rfc7523", "--assertion", "assertion.jwt", "--token-url", s.origin + "/token"}, {"token", "-p", "profile.yaml", "--assertion", "assertion.jwt"},
		{"token", "-p", "rfc7523", "--assertion", "assertion.jwt"}, {"serve", "-p", "profile.yaml", "--fail-with", "nonsense"}, {"tap"}, {"probe"}, {"config"}, {"init"}, {"version"}, {"completion", "bash"}, {"man"},
	} {
		one(nil, args...)
	}
	if err := os.WriteFile(configName, []byte("profile: profile.yaml\ntoken-url: "+s.origin+"/token\nissuer: "+s.origin+"\naud: "+s.origin+"/token\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	environ := []string{"JWTDOCTOR_ISSUER=" + s.origin, "JWTDOCTOR_TOKEN_URL=" + s.origin + "/token", "HTTPS_PROXY=" + s.origin, "HTTP_PROXY=" + s.origin}
	for _, args := range [][]string{{"check", "request.http", "-v"}, {"check", "request.http", "--discover"}, {"config"}, {"token", "--assertion", "assertion.jwt"}, {"token", "--key", key, "--client-id", "me"}, {"jwks", "keys.json"}, {"sign", "--key", key, "--client-id", "me"}} {
		one(nil, args...)
		one(environ, args...)
	}
	if err := os.Remove(configName); err != nil {
		t.Fatal(err)
	}
	s.served(t, assertion)

	// The controls: by address and by name, where it was named for the purpose.
	for _, args := range [][]string{
		{"probe", s.origin + "/token"}, {"jwks", s.origin + "/jwks"}, {"check", "assertion.jwt", "--jwks", s.origin + "/jwks"}, {"check", "assertion.jwt", "--issuer", s.origin, "--discover"}, {"token", "-p", "rfc7523", "--assertion", "assertion.jwt", "--token-url", s.origin + "/token"},
		{"probe", "--timeout", "5s", "https://as.snare.example/token"}, {"jwks", "--timeout", "5s", "https://as.snare.example/jwks"},
	} {
		if runAt(pinnedNow(), nil, "", args...); s.went() == 0 {
			t.Errorf("%s: the snare would not have noticed", strings.Join(args, " "))
		}
	}
}

// served sends the assertion to a serve and through a tap, which go nowhere with it
// but to the tap's own server.
func (s *snare) served(t *testing.T, assertion string) {
	t.Helper()
	request := url.Values{"grant_type": {"client_credentials"}, "client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}, "client_assertion": {assertion}}
	strict := startListening(t, pinnedNow, "serve", "-p", "rfc7523", "-v")
	more, _ := everyFormat(t)
	through := startListening(t, pinnedNow, slices.Concat([]string{"tap", strict.url, "-p", "rfc7523", "--jwks", "keys.json", "--har", filepath.Join(t.TempDir(), "x.har")}, more)...)
	for _, address := range []string{strict.url, through.url} {
		if status, _ := post(t, address, request); status == http.StatusOK {
			t.Errorf("%s takes it", address)
		}
	}
	for _, l := range []*listening{through, strict} {
		l.stop()
		l.end()
	}
	if s.went() > 0 {
		t.Error("serve or tap went online")
	}
}
