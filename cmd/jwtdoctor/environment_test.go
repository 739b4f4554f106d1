package main

import (
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// An address in the environment is not gone to, whichever command reads it; the
// same address on the command line is.
func TestEnvironmentNamesNoAddress(t *testing.T) {
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked++
		w.Write([]byte(`{"keys":[]}`))
	}))
	defer server.Close()
	good := example(t, "good.jwt")
	for _, tt := range []struct {
		name, variable string
		args           []string
		flag           []string // what says it on the command line
	}{
		{"a key set", "JWTDOCTOR_JWKS=" + server.URL + "/jwks", []string{"check", "--now", "iat", "-p", "redox", "-"}, []string{"--jwks", server.URL + "/jwks"}},
		{"in capitals", "JWTDOCTOR_JWKS=" + strings.Replace(server.URL, "http", "HTTP", 1), []string{"check", "--now", "iat", "-p", "redox", "-"}, nil},
		{"a key set, to sign", "JWTDOCTOR_JWKS=" + server.URL + "/jwks", []string{"sign", "-p", "redox", "--key", signingKey, "--client-id", "me"}, nil},
		{"a key set, to serve", "JWTDOCTOR_JWKS=" + server.URL + "/jwks", []string{"serve", "-p", "redox", "--once", "1"}, nil},
		{"a document", "JWTDOCTOR_DISCOVERY=" + server.URL + "/d", []string{"check", "--now", "iat", "-p", "redox", "-"}, []string{"--discovery", server.URL + "/d"}},
		{"an issuer to look under", "JWTDOCTOR_ISSUER=" + server.URL, []string{"check", "--now", "iat", "-p", "redox", "--discover", "-"}, []string{"--issuer", server.URL}},
		{"a token URL to look under", "JWTDOCTOR_TOKEN_URL=" + server.URL + "/token", []string{"check", "--now", "iat", "-p", "redox", "--discover", "-"}, []string{"--token-url", server.URL + "/token"}},
		{"a profile to send by", "JWTDOCTOR_PROFILE=redox", []string{"token", "--key", signingKey, "--client-id", "me"}, nil},
	} {
		asked = 0
		code, out, errs := runAt(pinnedNow(), []string{tt.variable}, good, tt.args...)
		if name, _, _ := strings.Cut(tt.variable, "="); code != 2 || asked > 0 || out != "" || !strings.Contains(errs, name) || !strings.Contains(errs, "command line") {
			t.Errorf("%s: exit code %d, asked %d times\n%s%s", tt.name, code, asked, out, errs)
		}
		if tt.flag != nil {
			if code, out, errs := runAt(pinnedNow(), nil, good, append(tt.args, tt.flag...)...); asked == 0 {
				t.Errorf("%s: on the command line it is not asked either: exit code %d\n%s%s", tt.name, code, out, errs)
			}
		}
	}
	// An issuer on its own does not start a request, and a variable may name a file.
	file := filepath.Join(t.TempDir(), "set.json")
	if err := os.WriteFile(file, []byte(`{"keys":[]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, variable := range []string{"JWTDOCTOR_ISSUER=" + server.URL, "JWTDOCTOR_JWKS=" + file, `JWTDOCTOR_JWKS={"keys":[]}`} {
		asked = 0
		if code, _, errs := runAt(pinnedNow(), []string{variable}, good, "check", "--now", "iat", "-p", "redox", "-"); code == 2 || asked > 0 {
			t.Errorf("%s: exit code %d\n%s", variable, code, errs)
		}
	}
}

// A private key in the environment or in the project's file is refused, in every
// form it is put there, and not repeated.
func TestEnvironmentHoldsNoKey(t *testing.T) {
	text, err := os.ReadFile(signingKey)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(text)
	const secret = "ebMh0zJZk3Xq9Lm2Vb7Rt5Yw1Pc8Nd4"
	jwk := `{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","d":"` + secret + `"}`
	der := base64.StdEncoding.EncodeToString(block.Bytes)
	quoted, err := json.Marshal(jwk)
	if err != nil {
		t.Fatal(err)
	}
	forms := map[string]string{
		"PEM": string(text), "PEM on one line": strings.ReplaceAll(string(text), "\n", `\n`), "PEM in base64": base64.StdEncoding.EncodeToString(text), "bare base64": der, "base64url": base64.RawURLEncoding.EncodeToString(block.Bytes),
		"JWK": jwk, "JWK with blanks": strings.ReplaceAll(jwk, `":`, `" : `), "JWK in single quotes": strings.ReplaceAll(jwk, `"`, "'"), "JWK in a string": string(quoted), "JWK in base64": base64.StdEncoding.EncodeToString([]byte(jwk)),
		"a set": `{"keys":[` + jwk + `]}`, "a secret": `{"kty":"oct","k":"` + secret + `"}`, "an encrypted one": "-----BEGIN ENCRYPTED PRIVATE KEY-----\n" + der[:64] + "\n-----END ENCRYPTED PRIVATE KEY-----",
	}
	good := example(t, "good.jwt")
	t.Chdir(t.TempDir())
	for name, form := range forms {
		for _, variable := range []string{"KEY", "JWKS", "ASSERTION", "CLIENT_ID", "NOBODY_READS_IT"} {
			code, out, errs := runAt(pinnedNow(), []string{envPrefix + variable + "=" + form}, good, "check", "-v", "-p", "redox", "-")
			if code != 2 || !strings.Contains(errs, envPrefix+variable+" contains a private key") || repeats(out+errs, form, secret, der) {
				t.Errorf("%s in %s: exit code %d\n%s%s", name, variable, code, out, errs)
			}
		}
		encoded, err := json.Marshal(form) // which is YAML, too
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(configName, []byte("client-id: "+string(encoded)+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		code, out, errs := runAt(pinnedNow(), nil, good, "check", "-v", "-p", "redox", "-")
		if os.Remove(configName); code != 2 || !strings.Contains(errs, configName+":1 contains a private key") || repeats(out+errs, form, secret, der) {
			t.Errorf("%s in the project's file: exit code %d\n%s%s", name, code, out, errs)
		}
	}
	for _, public := range []string{`{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}`, good} {
		if code, _, errs := runAt(pinnedNow(), []string{"JWTDOCTOR_JWKS=" + public}, good, "check", "-p", "redox", "-"); strings.Contains(errs, "private key") {
			t.Errorf("a public one: exit code %d\n%s", code, errs)
		}
	}
}

// repeats reports whether a text has a stretch of any of the secrets in it.
func repeats(text string, secrets ...string) bool {
	for _, s := range secrets {
		if n := len(s) / 2; strings.Contains(text, s[n:min(n+12, len(s))]) {
			return true
		}
	}
	return false
}
