package compare_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/compare"
)

// another makes a request like working, with its own jti.
func another() made {
	m := working()
	m.claims = strings.Replace(m.claims, "2f0a-1111", "77aa-1111", 1)
	return m
}

func matters(r compare.Result) []string {
	var got []string
	for _, d := range r.Matter() {
		got = append(got, string(d.Area)+" "+d.Name)
	}
	return got
}

// codeGrant makes a token request of the code flow.
func codeGrant(code, verifier, more string) func(*made) {
	return func(m *made) {
		m.body = "grant_type=authorization_code&code=" + code + "&code_verifier=" + verifier + "&client_assertion_type=x&client_assertion=%s" + more
	}
}

const verifier1, verifier2 = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "E9Melhoa2OwvFrEMTJguCHaoeGzY7qrRGXy8Q9a1bTQ"

func TestDiffers(t *testing.T) {
	replace := func(old, by string) func(*made) {
		return func(m *made) { m.claims = strings.Replace(m.claims, old, by, 1) }
	}
	field := func(line string) func(*made) { return func(m *made) { m.fields += line + "\n" } }
	both := func(fs ...func(*made)) func(*made) {
		return func(m *made) {
			for _, f := range fs {
				f(m)
			}
		}
	}
	body := func(tail string) func(*made) { return func(m *made) { m.body += tail } }
	refresh := func(v string) func(*made) { return body("&refresh_token=" + v) }
	none := func(*made) {}
	for _, tt := range []struct {
		name      string
		good, bad func(*made)
		want      []string
	}{
		{"iat and exp in milliseconds", none, both(replace("1760000000", "1760000000000"), replace("1760000240", "1760000240000")), []string{"claim iat", "claim exp"}},
		{"in milliseconds on both sides", replace("1760000240", "1760000240000"), replace("1760000240", "1760000241000"), nil},
		{"exp with a fraction of nothing", none, replace("1760000240", "1760000240.0"), []string{"claim exp"}},
		{"exp with an exponent", none, replace("1760000240", "1.76000024e9"), []string{"claim exp"}},
		{"iat 20 s ahead", none, both(replace("1760000000", "1760000022"), replace("1760000240", "1760000262")), []string{"time iat after sending"}},
		{"iat 3 s ahead, as clocks differ", none, both(replace("1760000000", "1760000005"), replace("1760000240", "1760000245")), nil},
		{"nbf long ago on both sides", replace(`"jti"`, `"nbf":1759999700,"jti"`), both(replace(`"jti"`, `"nbf":1759999701,"jti"`), replace("1760000000", "1760000001"), replace("1760000240", "1760000241")), nil},
		{"a claim twice with the same value", none, replace(`"iss":"c"`, `"iss":"c","iss":"c"`), []string{"claim iss"}},
		{"a jti of one character", none, replace("77aa-1111-2222-3333", "1"), []string{"claim jti"}},
		{"a jti of another length", none, replace("77aa-1111-2222-3333", "77aa-1111"), nil},
		{"a second Content-Type", none, field("Content-Type: application/json"), []string{"header content-type"}},
		{"Content-Type in another case", none, func(m *made) { m.fields = strings.Replace(m.fields, "application/x-www", "Application/X-WWW", 1) }, nil},
		{"charset in another case", func(m *made) { m.fields = strings.Replace(m.fields, "urlencoded", "urlencoded; charset=utf-8", 1) },
			func(m *made) { m.fields = strings.Replace(m.fields, "urlencoded", "urlencoded;charset=UTF-8", 1) }, nil},
		{"a charset", none, func(m *made) { m.fields = strings.Replace(m.fields, "urlencoded", "urlencoded; charset=utf-8", 1) }, []string{"header content-type"}},
		{"Content-Length of another body", field("Content-Length: 684"), field("Content-Length: 12"), []string{"header content-length"}},
		{"Origin", none, field("Origin: https://app.example"), []string{"header origin"}},
		{"another Origin", field("Origin: https://app.example"), field("Origin: https://app2.example"), nil},
		{"Basic with another password", field("Authorization: Basic eDp5"), field("Authorization: Basic eDp6"), []string{"header authorization"}},
		{"another bearer token", field("Authorization: Bearer aaaa"), field("Authorization: Bearer bbbb"), nil},
		{"another key", field("X-Api-Key: aaaa"), field("X-Api-Key: bbbb"), []string{"header x-api-key"}},
		{"another cookie", field("Cookie: a=1"), field("Cookie: a=2"), nil},
		{"method in lower case", none, func(m *made) { m.method = "post" }, []string{"request method"}},
		{"host in another case", none, func(m *made) { m.url = "https://AS.example/token" }, nil},
		{"the scheme's port", none, func(m *made) { m.url = "https://as.example:443/token" }, nil},
		{"another port", none, func(m *made) { m.url = "https://as.example:8443/token" }, []string{"request URL"}},
		{"another code", codeGrant("zz.abc-1", verifier1, ""), codeGrant("zz.def-2", verifier2, ""), nil},
		{"no code", codeGrant("zz.abc-1", verifier1, ""), codeGrant("", verifier2, ""), []string{"parameter code"}},
		{"a code encoded twice", codeGrant("zz.abc-1", verifier1, ""), codeGrant("0.AX%%252F9", verifier2, ""), []string{"parameter code"}},
		{"a code with a blank", codeGrant("zz.abc-1", verifier1, ""), codeGrant("0.AX+9", verifier2, ""), []string{"parameter code"}},
		{"a short verifier", codeGrant("zz.abc-1", verifier1, ""), codeGrant("zz.def-2", "abc", ""), []string{"parameter code_verifier"}},
		{"another refresh token", refresh("aaa-1"), refresh("bbb-2"), nil},
		{"the word undefined", refresh("aaa-1"), refresh("undefined"), []string{"parameter refresh_token"}},
		{"the word null", refresh("aaa-1"), refresh("null"), []string{"parameter refresh_token"}},
		{"no client secret in it", body("&client_secret=abc"), body("&client_secret="), []string{"parameter client_secret"}},
		{"another client secret", body("&client_secret=abc"), body("&client_secret=def"), []string{"parameter client_secret"}},
		{"the second of two", body("&resource=a&resource=b"), body("&resource=a&resource=c"), []string{"parameter resource"}},
		{"two of each", body("&resource=a&resource=b"), body("&resource=a&resource=b"), nil},
		{"scopes in another order", body("&scope=a+b"), body("&scope=b+a"), nil},
		{"two blanks between scopes", body("&scope=a+b"), body("&scope=a++b"), []string{"parameter scope"}},
		{"the same code again", codeGrant("zz.abc-1", verifier1, ""), codeGrant("zz.abc-1", verifier1, ""), []string{"replay code"}},
		{"the same jti again", none, both(replace("77aa", "2f0a"), field("X-Other: 1")), []string{"header x-other", "replay jti"}},
		{"the same jti of another client", none, both(replace("77aa", "2f0a"), replace(`"iss":"c"`, `"iss":"d"`)), []string{"claim iss"}},
		{"no jti, the same assertion", replace(`"jti":"2f0a-1111-2222-3333",`, ""), both(replace(`"jti":"77aa-1111-2222-3333",`, ""), field("User-Agent: b/2")), []string{"header user-agent", "replay assertion"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			good, bad := working(), another()
			tt.good(&good)
			tt.bad(&bad)
			r := compare.Compare(good.read(t), bad.read(t))
			if got := matters(r); !slices.Equal(got, tt.want) {
				t.Errorf("differences %q, want %q\n%+v", got, tt.want, r.Differences)
			}
		})
	}
}

// Padding and the other base64 alphabet are read, and still differ.
func TestDiffersByBase64(t *testing.T) {
	for name, spoil := range map[string]func(string) string{
		"padding":  func(s string) string { return s + "=" },
		"alphabet": func(s string) string { return strings.NewReplacer("-", "+", "_", "/").Replace(s) },
		"none":     func(s string) string { return s },
	} {
		good, bad := working(), another()
		good.sig, bad.sig = strings.Repeat("\xff\xfe", 128), strings.Repeat("\xff\xfe", 128)
		token := b64(bad.header) + "." + b64(bad.claims) + "." + spoil(b64(bad.sig))
		bad.body = strings.Replace(fmt.Sprintf(bad.body, "TOKEN"), "TOKEN", strings.NewReplacer("+", "%2B", "/", "%2F", "=", "%3D").Replace(token), 1)
		got := matters(compare.Compare(good.read(t), bad.asIs(t)))
		if want := name != "none"; slices.Contains(got, "assertion text") != want || len(got) > 1 {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// One exchange given twice sends nothing again; the worse one sent first neither.
func TestNoReplay(t *testing.T) {
	if got := matters(compare.Compare(working().read(t), working().read(t))); got != nil {
		t.Errorf("the same exchange: %q", got)
	}
	draft := working()
	draft.response, draft.fields = "", draft.fields+"X-Other: 1\n"
	if got := matters(compare.Compare(working().read(t), draft.read(t))); !slices.Equal(got, []string{"header x-other"}) {
		t.Errorf("a draft of it: %q", got)
	}
	first := working()
	first.response = strings.Replace(first.response, "08:53:22", "08:53:18", 1)
	if got := matters(compare.Compare(working().read(t), first.read(t))); got != nil {
		t.Errorf("sent before: %q", got)
	}
}

// What is secret is not shown, on no side and in no part.
func TestShowsNoSecret(t *testing.T) {
	const secret = "SECRETVALUE-abcdef-0123456789"
	for _, tt := range []struct {
		name   string
		change func(*made)
	}{
		{"cookie", func(m *made) { m.fields += "Cookie: sid=" + secret + "\n" }},
		{"no scheme", func(m *made) { m.fields += "Authorization: " + secret + "\n" }},
		{"a tab", func(m *made) { m.fields += "Authorization: Bearer\t" + secret + "\n" }},
		{"two", func(m *made) { m.fields += "X-Vault-Token: a\nX-Vault-Token: " + secret + "\n" }},
		{"a parameter", func(m *made) { m.body += "&clientSecret=" + secret }},
		{"the second parameter", func(m *made) { m.body += "&api_key=1&api_key=" + secret }},
		{"credentials in the URL", func(m *made) { m.url = "https://user:" + secret + "@as2.example/token" }},
		{"a person", func(m *made) { m.claims = strings.Replace(m.claims, `"jti"`, `"email":"`+secret+`","jti"`, 1) }},
		{"a person within", func(m *made) {
			m.claims = strings.Replace(m.claims, `"jti"`, `"user":{"given_name":"`+secret+`"},"jti"`, 1)
		}},
		{"a field nobody knows", func(m *made) { m.fields += "X-Nobody-Knows: " + secret + "\n" }},
		{"a SAML response", func(m *made) { m.body += "&SAMLResponse=" + secret }},
		{"a misspelled parameter", func(m *made) { m.body += "&client_secrte=" + secret }},
		{"a parameter without a name", func(m *made) { m.body += "&" + secret }},
		{"a secret in another's place", func(m *made) { m.body += "&client_secret=" + secret + "&scope=a%20" + secret }},
		{"a jti of another spelling", func(m *made) { m.claims = strings.Replace(m.claims, `"jti"`, `"JTI":"`+secret+`","jti"`, 1) }},
		{"a jti in the header", func(m *made) { m.header = strings.Replace(m.header, `"kid"`, `"jti":"`+secret+`","kid"`, 1) }},
		{"a secret within", func(m *made) {
			m.claims = strings.Replace(m.claims, `"jti"`, `"x":[{"password":["`+secret+`"]}],"jti"`, 1)
		}},
		{"a person of another spelling", func(m *made) {
			m.claims = strings.Replace(m.claims, `"jti"`, `"Given-Name":"`+secret+`","jti"`, 1)
		}},
		{"a private key", func(m *made) {
			m.header = strings.Replace(m.header, `"kid"`, `"jwk":{"kty":"EC","d":"`+secret+`"},"kid"`, 1)
		}},
	} {
		bad := another()
		tt.change(&bad)
		for _, r := range []compare.Result{compare.Compare(working().read(t), bad.read(t)), compare.Compare(bad.read(t), working().read(t))} {
			if shown := fmt.Sprintf("%+v", r); strings.Contains(shown, secret) {
				t.Errorf("%s: %s", tt.name, shown)
			}
			if len(r.Matter()) == 0 {
				t.Errorf("%s: no difference", tt.name)
			}
		}
	}
	// What comes from elsewhere is shown as an address, without its code.
	bad := another()
	bad.fields += "Referer: https://app.example/cb?code=" + secret + "\n"
	if shown := fmt.Sprintf("%+v", compare.Compare(working().read(t), bad.read(t))); strings.Contains(shown, secret) || !strings.Contains(shown, "https://app.example/cb?code=…") {
		t.Errorf("referer: %s", shown)
	}
}
