package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// No secret that is in what was given comes out, in no command, format or error.
func TestPlantedSecrets(t *testing.T) {
	p := planted{}
	assertion := p.jwt("assertion", p.header(), p.claims())
	id := p.jwt("ID token", map[string]any{"alg": "RS256", "typ": "JWT"}, p.person("ID token"))
	access := p.jwt("access token", map[string]any{"alg": "RS256", "typ": "at+jwt"}, p.person("access token"))
	grantClaims := p.person("grant")
	grantClaims["iss"] = "my-client"
	grant := p.jwt("grant", map[string]any{"alg": "RS256"}, grantClaims)
	secretJWK := map[string]any{"kty": "EC", "crv": "P-256", "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4", "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM", "d": p.in("JWKS: d"), "kid": "k1"}
	set := jsonText(map[string]any{"keys": []any{secretJWK, map[string]any{"kty": "oct", "k": p.in("JWKS: k"), "kid": "k2"}}})
	pem := "-----BEGIN PRIVATE KEY-----\n" + strings.Repeat(p.in("PEM"), 4) + "\n-----END PRIVATE KEY-----\n"
	request, refused := p.request("HTTP", assertion), p.answer("answer", assertion)
	dir := t.TempDir()
	files := map[string]string{
		"assertion.jwt": assertion, "id.jwt": id, "access.jwt": access, "grant.jwt": grant, "set.json": set, "key.pem": pem,
		"request.http": request, "refused.http": refused, "echoed.http": p.answer("echo", assertion+" and "+url.QueryEscape(p.in("HTTP: parameter whatever"))+" and "+p.in("HTTP: cookie")), "granted.http": p.granted("granted"), "curl.sh": p.curl(assertion), "session.har": p.har(assertion),
		"form.txt": form(p.parameters("form", assertion)), "grant-form.txt": "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=" + grant,
		"body.json": jsonText(map[string]any{"grant_type": "client_credentials", "client_assertion": assertion, "client_secret": p.in("JSON body: client_secret"), "other": map[string]any{"password": p.in("JSON body: nested")}}),
		"odd.http":  "POST /token HTTP/1.1\r\nHost: as.example\r\nContent-Type: text/plain\r\n\r\n" + p.in("a body that is no form"),
		"log.txt":   "2026-11-21T00:00:10Z POST https://as.example/token client_secret=" + p.in("log: client_secret") + " Authorization: Bearer " + p.in("log: Bearer") + "\nclient_assertion=" + assertion + "\nresponse: {\"error\":\"invalid_client\",\"x\":\"" + p.in("log: answer") + "\"}\n",
		"callback":  "https://app.example/cb?error=access_denied&error_description=" + p.in("callback: code")[:0] + "no&code=" + p.in("callback: code") + "&state=" + p.in("callback: state"),
		"broken":    assertion[:len(assertion)-30] + "!" + assertion[len(assertion)-30:], "quoted": `"Bearer ` + assertion + `"`, "nothing": p.in("text that is nothing"),
		"program.py":   "requests.post('https://as.example/token', auth=('me', '" + p.in("program: password") + "'), data={'grant_type': 'client_credentials', 'client_assertion': '" + assertion + "', 'client_secret': unlock('" + p.in("program: argument") + "'), 'code': cached or '" + p.in("program: alternative") + "', 'username': \"" + p.in("program: literal") + "\" + " + "suffix, 'scope': not_in('" + p.in("program: another argument") + "')})\n",
		"joined.js":    "const body = 'grant_type=client_credentials&client_secret=" + p.in("joined: client_secret") + "' +\n  '&client_assertion=' + seal('" + p.in("joined: argument") + "');\n// " + assertion + "\n",
		"lines.ndjson": `{"client_assertion":"` + assertion + `","echo":"` + p.in("NDJSON: another member") + "\"}\n" + `{"client_assertion":"` + p.in("NDJSON: no assertion") + "\"}\n",
		"postman.json": `{"info":{"name":"c"},"variable":[{"key":"pw","value":"` + p.in("Postman: variable") + `"}],"item":[{"name":"t","request":{"method":"POST","url":{"raw":"https://as.example/token"},"auth":{"type":"basic","basic":[{"key":"username","value":"u"},{"key":"password","value":"{{pw}}` + p.in("Postman: password") + `"}]},"body":{"mode":"urlencoded","urlencoded":[{"key":"client_assertion","value":"` + assertion + `"},{"key":"client_secret","value":"` + p.in("Postman: switched off") + `","disabled":true}]}}}]}`,
		"tok.bru":      "post {\n  url: https://as.example/token\n  body: multipartForm\n  auth: basic\n}\n\nauth:basic {\n  username: u\n  password: " + p.in("Bruno: password") + "\n}\n\nbody:multipart-form {\n  client_assertion: " + assertion + "\n  client_secret: " + p.in("Bruno: client_secret") + "\n}\n",
		"app.env":      "CLIENT_SECRET=" + p.in("env: CLIENT_SECRET") + "\nDB_PASSWORD=" + p.in("env: DB_PASSWORD") + "\nCLIENT_ASSERTION=" + assertion + "\n",
		"profile.yaml": "id: odd\nname: Odd\nextends: rfc7523\npassword: " + p.in("profile: password") + "\n",
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	key, err := filepath.Abs(signingKey)
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	var checks [][]string
	for _, name := range []string{"id.jwt", "access.jwt", "body.json", "odd.http", "log.txt", "callback", "broken", "quoted", "nothing", "lines.ndjson", "key.pem", "curl.sh", "session.har", "form.txt", "grant-form.txt", "postman.json", "tok.bru", "app.env", "program.py", "joined.js"} {
		checks = append(checks, []string{name})
	}
	checks = append(checks, [][]string{
		{"assertion.jwt", "--jwks", "set.json", "-p", "redox"}, {"request.http", "echoed.http", "-p", "epic"}, {"request.http", "granted.http"}, {"refused.http"}, {"granted.http"},
		{"grant.jwt", "--kind", "jwt-grant", "-p", "google"}, {"grant.jwt", "--kind", "jwt-grant", "--client-id", "another"}, {"id.jwt", "--kind", "id-token"},
		{"assertion.jwt", "--client-id", "https://joe:" + p.in("--client-id: password") + "@client.example", "--aud", "https://joe:" + p.in("--aud: password") + "@as.example/token", "--aud", "x?password=" + p.in("--aud: query"),
			"--token-url", "https://joe:" + p.in("--token-url: password") + "@as.example/token?client_secret=" + p.in("--token-url: query"), "--issuer", "https://joe:" + p.in("--issuer: password") + "@as.example", "--redirect-uri", "https://joe:" + p.in("--redirect-uri: password") + "@app.example"},
		{"assertion.jwt", "--key", "key.pem"}, {"assertion.jwt", "--response", "refused.http"},
		{"profile.yaml"}, {"assertion.jwt", "-p", "profile.yaml"}, {"set.json"}, {"-", "--jwks", "set.json"},
	}...)
	now := time.Unix(1795219230, 0)
	for _, args := range checks {
		more, read := everyFormat(t)
		_, out, errs := runAt(now, nil, assertion, slices.Concat([]string{"check", "-v"}, args, more)...)
		p.absent(t, "check "+strings.Join(args, " "), out, errs, read())
	}
	for _, args := range [][]string{
		{"decode", "assertion.jwt"}, {"decode", "-f", "json", "assertion.jwt", "grant.jwt", "id.jwt"}, {"decode", "id.jwt", "access.jwt"}, {"decode", "--kind", "jwt-grant", "grant.jwt"}, {"decode", "request.http"}, {"decode", "-f", "json", "broken"}, {"decode", "nothing"},
		{"diff", "request.http", "form.txt"}, {"diff", "-f", "json", "--all", "request.http", "curl.sh"}, {"diff", "--all", "session.har", "curl.sh"}, {"diff", "assertion.jwt", "id.jwt"}, {"diff", "--all", "id.jwt", "grant.jwt"}, {"diff", "request.http", "nothing"},
		{"jwks", "set.json", "--assertion", "assertion.jwt", "-v"}, {"jwks", "-f", "json", "set.json"}, {"jwks", "key.pem"},
		{"explain", "refused.http"}, {"explain", "log.txt"},
		{"profiles", "lint", "profile.yaml"},
		{"sign", "-p", "rfc7523", "--key", key, "--client-id", "me", "--aud", "https://joe:" + p.in("sign --aud") + "@as.example", "--claim", "password=" + p.in("sign --claim"), "--claim", "email=" + p.in("sign: email"), "-v", "--kid", "k", "--subject", "me"},
		{"sign", "-p", "rfc7523", "--key", key, "--from", "assertion.jwt", "-v"},
		{"token", "-p", "rfc7523", "--key", key, "--client-id", "me", "--dry-run", "--token-url", "https://as.example/token?api_key=" + p.in("token --token-url"), "--param", "client_secret=" + p.in("token --param"), "--param", "x=" + p.in("token --param x"), "--proxy", "http://joe:" + p.in("token --proxy") + "@proxy.example"},
	} {
		_, out, errs := runAt(now, nil, "", args...)
		if args[0] == "sign" { // what was asked for
			out = ""
		}
		p.absent(t, strings.Join(args, " "), out, errs)
	}
	if len(p) < 90 {
		t.Errorf("%d secrets", len(p))
	}
}

// --show-secrets shows them, except private keys; and what is not a secret is shown
// without it.
func TestPlantedRevealed(t *testing.T) {
	p := planted{}
	assertion := p.jwt("assertion", p.header(), p.claims())
	_, out, _ := runAt(time.Unix(1795219230, 0), nil, assertion, "check", "-f", "json", "--show-secrets", "-")
	for secret, place := range p {
		private := strings.Contains(place, "of a JWK") || strings.HasSuffix(place, "nested d")
		if carried := strings.Contains(place, "nested JWT") || strings.HasSuffix(place, ": signature"); !carried && strings.Contains(out, secret) == private {
			t.Errorf("%s: shown is %v", place, !private)
		}
	}
	_, out, _ = runAt(time.Unix(1795219230, 0), nil, assertion, "decode", "-")
	for _, shown := range []string{`"my-client"`, `"k1"`, "RS384", "1795219440", "as.example/token", `"n": "public"`} {
		if !strings.Contains(out, shown) {
			t.Errorf("%s is not shown:\n%s", shown, out)
		}
	}
}

// A secret in the wrong place of a command line is not repeated.
func TestPlantedInCommandLines(t *testing.T) {
	p := planted{}
	x := p.in("a word")
	pair := "client_secret=" + p.in("a pair")
	compact := p.jwt("text", map[string]any{"alg": "RS384"}, map[string]any{"iss": "me", "jti": p.in("text: jti")})
	for _, args := range [][]string{
		{x}, {"help", x}, {"check", x}, {"check", pair}, {"check", compact}, {"decode", x}, {"decode", compact}, {"check", "--" + x}, {"check", "--quiet=" + x}, {"check", "-" + x}, {"check", "--skew", x, "-"}, {"check", "--now", x, "-"}, {"check", "--set", x, "-"},
		{"check", "--set", "claims.iss.value=" + x + "; rm", "-"}, {"check", "--only", x, "-"}, {"check", "--skip", x, "-"}, {"check", "--require", x, "-"}, {"check", "--fail-on", x, "-"}, {"check", "-p", x, "-"}, {"check", "--env", x, "-p", "redox", "-"}, {"check", "--kind", x, "-"},
		{"check", "-f", x, "-"}, {"check", "-o", x + "=y", "-"}, {"check", "--color", x, "-"}, {"check", "--jwks", x, "-"}, {"check", "--key", x, "-"}, {"check", "--discovery", x, "-"}, {"check", "--ca", x, "-"}, {"check", "--timeout", x, "-"}, {"check", "--proxy", x, "-"}, {"check", "--assertion", x},
		{"check", "--request", x}, {"check", "--response", "error=invalid_client&error_description=" + compact},
		{"explain", x}, {"explain", "{\"error\":\"invalid_client\",\"error_description\":\"" + pair + " " + compact + "\"}"}, {"profiles", "show", x}, {"profiles", "show", "-f", "yaml", x}, {"profiles", x}, {"profiles", "lint", x}, {"checks", x}, {"version", x},
		{"diff", x, x}, {"diff", pair, pair + "1"}, {"jwks", x}, {"probe", x}, {"probe", "https://joe:" + x + "#@as.example"}, {"token", "--key", x, "--client-id", "me", "--token-url", "https://as.example/token"}, {"token", "--assertion", x, "--token-url", "https://as.example/token"},
		{"token", "--assertion", compact, "--token-url", "https://joe:" + x + "@as.example/token"}, {"token", "--assertion", compact, "--dry-run", "--token-url", "https://as.example/token", "--param", pair}, {"token", "--param", x},
		{"sign", "--key", x}, {"sign", "--claim", x, "--key", signingKey}, {"sign", "--from", x, "--key", signingKey}, {"serve", "-p", x}, {"serve", "-p", "redox", "--fail-with", x}, {"serve", "-p", "redox", "--listen", x}, {"completion", x},
	} {
		_, out, errs := runAt(time.Unix(1795219230, 0), nil, "eyJ", args...)
		p.absent(t, strings.Join(args, " "), out, errs)
	}
}

// Nor is one in the environment or in the project's file, not even with -v.
func TestPlantedInSettings(t *testing.T) {
	p := planted{}
	compact := p.jwt("text", map[string]any{"alg": "RS384"}, map[string]any{"iss": "me", "jti": p.in("text: jti")})
	good := example(t, "good.jwt")
	dir := t.TempDir()
	t.Chdir(dir)
	var environs [][]string
	for _, name := range []string{"ASSERTION", "REQUEST", "RESPONSE", "JWKS", "KEY", "DISCOVERY", "PROFILE", "ENV", "SET", "SKEW", "NOW", "KIND", "ONLY", "SKIP", "REQUIRE", "FAIL_ON", "FORMAT", "COLOR", "QUIET", "OFFLINE", "FIELD"} {
		environs = append(environs, []string{envPrefix + name + "=" + p.in("JWTDOCTOR_"+name)})
	}
	environs = append(environs,
		[]string{"JWTDOCTOR_ASSERTION=" + compact}, []string{"JWTDOCTOR_REQUEST=client_secret=" + p.in("JWTDOCTOR_REQUEST: secret") + "&client_assertion=" + compact},
		[]string{"JWTDOCTOR_JWKS={\"keys\":[{\"kty\":\"oct\",\"k\":\"" + p.in("JWTDOCTOR_JWKS: k") + "\"}]}"}, []string{"JWTDOCTOR_KEY=-----BEGIN PRIVATE KEY-----\n" + p.in("JWTDOCTOR_KEY: PEM") + "\n-----END PRIVATE KEY-----"},
		[]string{"JWTDOCTOR_AUD=https://joe:" + p.in("JWTDOCTOR_AUD") + "@as.example\nx?password=" + p.in("JWTDOCTOR_AUD: second"), "JWTDOCTOR_TOKEN_URL=https://joe:" + p.in("JWTDOCTOR_TOKEN_URL") + "@as.example/token", "JWTDOCTOR_CLIENT_ID=https://joe:" + p.in("JWTDOCTOR_CLIENT_ID") + "@client.example"},
		[]string{"JWTDOCTOR_JWKS=https://joe:" + p.in("JWTDOCTOR_JWKS: password") + "@as.example/jwks?token=" + p.in("JWTDOCTOR_JWKS: query")},
	)
	for _, environ := range environs {
		_, out, errs := runAt(pinnedNow(), environ, good, "check", "-v")
		p.absent(t, environ[0][:14], out, errs)
	}
	for _, text := range []string{
		"client-secret: " + p.in("file: unknown setting"), p.in("file: a name") + ": x", "profile: " + p.in("file: profile"), "profile: [" + p.in("file: list"), "set:\n  a.b: " + p.in("file: set"), "aud: https://joe:" + p.in("file: aud") + "@as.example",
		"jwks: " + p.in("file: jwks"), "skew: " + p.in("file: skew"), p.in("file: a word"), "client-id: \"" + p.in("file: not closed"), "jwks: '{\"kty\":\"oct\",\"k\":\"" + p.in("file: k") + "\"}'", "now: &" + p.in("file: anchor") + " x", "a: *" + p.in("file: alias"),
	} {
		if err := os.WriteFile(configName, []byte(text+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		_, out, errs := runAt(pinnedNow(), nil, good, "check", "-v")
		p.absent(t, configName+" with "+text, out, errs)
	}
}

// What goes to a server and what it answers is shown without its secrets.
func TestPlantedOnline(t *testing.T) {
	p := planted{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.ParseForm()
		w.Header().Set("Set-Cookie", "s="+p.in("live: Set-Cookie"))
		w.Header().Set("X-Debug", p.in("live: X-Debug"))
		w.Header().Set("Content-Type", "application/json")
		switch r.URL.Path {
		case "/granted":
			fmt.Fprintf(w, `{"access_token":%q,"token_type":"Bearer","expires_in":60,"x":{"refresh_token":%q,"email":%q}}`, p.in("live: token"), p.in("live: refresh token"), p.in("live: email"))
		case "/led":
			http.Redirect(w, r, "/none?code="+p.in("live: redirect")+"#access_token="+p.in("live: fragment"), http.StatusFound)
		default:
			w.WriteHeader(400)
			fmt.Fprintf(w, `{"error":"invalid_client","error_description":"assertion %s, client_secret %s, password=%s"}`, r.Form.Get("client_assertion"), r.Form.Get("client_secret"), p.in("live: password"))
		}
	}))
	defer server.Close()
	key, err := filepath.Abs(signingKey)
	if err != nil {
		t.Fatal(err)
	}
	secret := strings.Replace(server.URL, "://", "://joe:"+p.in("live: password in the address")+"@", 1)
	file := filepath.Join(t.TempDir(), "a.jwt")
	compact := p.jwt("sent", map[string]any{"alg": "RS384", "kid": "k", "jti": p.in("sent: jti in the header")}, map[string]any{"iss": "me", "sub": "me", "jti": p.in("sent: jti"), "aud": "x", "exp": 1795219240})
	if err := os.WriteFile(file, []byte(compact), 0o600); err != nil {
		t.Fatal(err)
	}
	send := func(path string, more ...string) []string {
		return append([]string{"token", "-p", "rfc7523", "--assertion", file, "--token-url", server.URL + path, "-v", "--param", "client_secret=" + p.in("sent: client_secret"), "--param", "x=" + p.in("sent: x"), "--scope", "a b"}, more...)
	}
	for _, args := range [][]string{
		send("/refused?api_key=" + p.in("live: query")), send("/granted"), send("/led"), send("/refused", "-f", "json"), send("/granted", "-f", "json"),
		{"token", "-p", "rfc7523", "--key", key, "--client-id", "me", "--aud", "x", "--token-url", server.URL + "/led", "-v"},
		{"probe", secret + "/led?token=" + p.in("live: probed query"), "-v"}, {"probe", server.URL + "/refused", "-f", "json"}, {"jwks", secret + "/led", "-v"}, {"check", file, "--jwks", secret + "/led", "-v"}, {"check", file, "--discovery", secret + "/granted", "-v", "-f", "json"},
	} {
		_, out, errs := runAt(time.Unix(1795219230, 0), nil, "", args...)
		p.absent(t, strings.Join(args, " "), out, errs)
	}
}

// Nor does serve show them, neither in its reports nor in its journal.
func TestPlantedServed(t *testing.T) {
	p := planted{}
	cases := filepath.Join(t.TempDir(), "cases.ndjson")
	s := startServe(t, "-p", "redox", "-v", "--report", cases)
	assertion := p.jwt("served", p.header(), p.claims())
	base := strings.TrimSuffix(s.url, "/token")
	ask := func(method, target, body string) {
		r, err := http.NewRequest(method, target, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for _, kv := range p.fields("served") {
			r.Header.Set(kv[0], kv[1])
		}
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
	}
	ask("POST", s.url+"?client_secret="+p.in("served: query"), form(p.parameters("served", assertion)))
	ask("POST", base+"/x/"+strings.Repeat(p.in("served: path"), 2)+"/token", p.in("served: body"))
	ask("GET", base+"/elsewhere/"+strings.Repeat(p.in("served: another path"), 2)+"?code="+p.in("served: code"), "")
	ask(p.in("served: method"), base+"/"+assertion, "")
	ask(p.in("served: method of a token request"), s.url, "")
	res, err := http.Get(base + "/_jwtdoctor/requests")
	if err != nil {
		t.Fatal(err)
	}
	journal := make([]byte, 1<<20)
	n, _ := res.Body.Read(journal)
	res.Body.Close()
	s.stop()
	_, out := s.end()
	kept, err := os.ReadFile(cases)
	if err != nil {
		t.Fatal(err)
	}
	p.absent(t, "serve", out, s.errOut.String(), string(kept), string(journal[:n]))
	if n == 0 || len(kept) == 0 {
		t.Error("nothing was reported")
	}
}
