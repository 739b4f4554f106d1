package sender

import (
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

func scan(t *testing.T, text string) *jsonspan.Value {
	t.Helper()
	v, faults := jsonspan.Scan([]byte(text), jsonspan.Limits{})
	if len(faults) > 0 {
		t.Fatalf("%s: %v", text, faults)
	}
	return v
}

const (
	random43 = "abcdefghijABCDEFGHIJ0123456789_-abcdefghijA"
	guid     = "0b9e2a4c-1d2e-4f3a-8b4c-5d6e7f8a9b0c"
)

func TestOf(t *testing.T) {
	for _, row := range []struct{ want, header, claims string }{
		{"openid-client 5 for Node.js", `{"alg":"RS256","kid":"k"}`, `{"iat":1000,"exp":1060,"jti":"` + random43 + `","iss":"c","sub":"c","aud":"https://as"}`},
		{"openid-client 5 for Node.js", `{"alg":"RS256"}`, `{"iat":1000,"exp":1060,"jti":"` + random43 + `","iss":"c","sub":"c","aud":["https://as","https://as/token"]}`},
		{"oauth4webapi or openid-client 6", `{"alg":"ES256","kid":"k"}`, `{"jti":"` + random43 + `","aud":"https://as","exp":1060,"iat":1000,"nbf":1000,"iss":"c","sub":"c"}`},
		{"MSAL for .NET", `{"alg":"PS256","typ":"JWT","x5t#S256":"x"}`, `{"aud":"a","iss":"c","sub":"c","nbf":"1000","exp":"1600","jti":"` + guid + `"}`},
		{"MSAL for Node.js", `{"alg":"PS256","typ":"JWT","x5t#S256":"x"}`, `{"aud":"a","exp":1600,"iss":"c","sub":"c","nbf":1000,"jti":"` + guid + `","iat":1000}`},
		{"MSAL for Python", `{"alg":"RS256","typ":"JWT","x5t":"x"}`, `{"aud":"a","iss":"c","sub":"c","exp":1600.25,"iat":1000.25,"jti":"` + guid + `"}`},
		{"Authlib for Python", `{"alg":"RS256","typ":"JWT"}`, `{"iss":"c","aud":"a","sub":"c","iat":1000,"exp":4600,"jti":"` + strings.Repeat("aB3", 12) + `"}`},
		{"golang.org/x/oauth2/jwt", `{"alg":"RS256","typ":"JWT","kid":"k"}`, `{"iss":"c","scope":"s","aud":"a","exp":4600,"iat":1000,"jti":""}`},
		{"google-auth for Python", `{"typ":"JWT","alg":"RS256","kid":"k"}`, `{"iat":1000,"exp":4600,"iss":"c","aud":"a","scope":"s"}`},
		{"the TypeScript SDK of MCP", `{"alg":"ES256","typ":"JWT"}`, `{"iss":"c","sub":"c","aud":"a","exp":1300,"iat":1000,"jti":"1764438487123-k3j9x8q2z1"}`},
		{"MSAL for Java", `{"x5t#S256":"x","alg":"RS256"}`, `{"aud":"a","sub":"c","nbf":1000,"iss":"c","exp":1600,"jti":"` + guid + `"}`},
		{"Spring Security's OAuth 2.0 client, or other code with Nimbus", `{"kid":"k","alg":"RS256"}`, `{"sub":"c","aud":"a","iss":"c","exp":1060,"iat":1000,"jti":"` + guid + `"}`},
		{"Nimbus OAuth 2.0 SDK", `{"kid":"k","alg":"RS256"}`, `{"sub":"c","aud":"a","iss":"c","exp":1300,"jti":"` + random43 + `"}`},
		{"universal-github-app-jwt (octokit), or code after GitHub's example for Python", `{"alg":"RS256","typ":"JWT"}`, `{"iat":1000,"exp":1600,"iss":"123456"}`},
		{"Duende's example with Microsoft's JsonWebTokenHandler", `{"alg":"RS256","kid":"k","typ":"client-authentication+jwt"}`, `{"aud":"a","iss":"c","exp":1060,"jti":"` + guid + `","sub":"c","iat":1000,"nbf":1000}`},
		{"Duende's example with Microsoft's JwtSecurityTokenHandler", `{"alg":"RS256","kid":"k","typ":"JWT"}`, `{"jti":"` + guid + `","sub":"c","iat":1000,"nbf":1000,"exp":1060,"iss":"c","aud":"a"}`},

		// One thing is another, and nothing is said.
		{"", `{"alg":"RS256","kid":"k","typ":"JWT"}`, `{"jti":"` + guid + `","sub":"c","iat":1000,"nbf":1000,"exp":4600,"iss":"c","aud":"a"}`},
		{"", `{"alg":"RS256","kid":"k","typ":"JWT"}`, `{"aud":"a","iss":"c","exp":1300,"jti":"` + guid + `","sub":"c","iat":1000,"nbf":1000}`},
		{"", `{"alg":"RS256","kid":"k","typ":"JWT"}`, `{"aud":"a","iss":"c","exp":1060,"nbf":1000,"iat":1000,"jti":"` + guid + `","sub":"c"}`},
		{"", `{"kid":"k","alg":"RS256"}`, `{"sub":"c","aud":"a","iss":"c","exp":1300,"jti":"` + guid + `"}`},
		{"", `{"alg":"RS256","kid":"k"}`, `{"sub":"c","aud":"a","iss":"c","exp":1300,"jti":"` + random43 + `"}`},
		{"", `{"alg":"RS256"}`, `{"iat":1000,"exp":1600,"iss":"123456"}`},
		{"", `{"alg":"RS256","typ":"JWT"}`, `{"iat":1000,"exp":1660,"iss":"123456"}`},
		{"", `{"alg":"RS256","x5t":"x"}`, `{"aud":"a","sub":"c","nbf":1000,"iss":"c","exp":1600,"jti":"` + guid + `"}`},
		{"", `{"kid":"k","alg":"RS256"}`, `{"sub":"c","aud":"a","iss":"c","exp":1300,"iat":1000,"jti":"` + guid + `"}`},
		{"", `{"alg":"RS256","typ":"JWT"}`, `{"iat":1000,"exp":1060,"jti":"` + random43 + `","iss":"c","sub":"c","aud":"https://as"}`},
		{"", `{"alg":"RS256"}`, `{"iat":1000,"exp":1300,"jti":"` + random43 + `","iss":"c","sub":"c","aud":"https://as"}`},
		{"", `{"alg":"RS256"}`, `{"iat":1000,"exp":1060,"jti":"` + guid + `","iss":"c","sub":"c","aud":"https://as"}`},
		{"", `{"alg":"RS256"}`, `{"exp":1060,"iat":1000,"jti":"` + random43 + `","iss":"c","sub":"c","aud":"https://as"}`},
		{"", `{"alg":"RS256","typ":"JWT","x5t":"x"}`, `{"aud":"a","iss":"c","sub":"c","exp":1600,"iat":1000,"jti":"` + guid + `"}`},
		{"", `{"alg":"ES256","typ":"JWT"}`, `{"iss":"c","sub":"c","aud":"a","exp":1300,"iat":1000,"jti":"` + guid + `"}`},
		{"", `{"alg":"ES256"}`, `{}`},
		{"", `[]`, `{}`},
	} {
		got := ""
		if l := Of(scan(t, row.header), scan(t, row.claims)); l != nil {
			got = l.Name
		}
		if got != row.want {
			t.Errorf("%s.%s: %q, want %q", row.header, row.claims, got, row.want)
		}
	}
	if Of(nil, nil) != nil {
		t.Error("nothing was made by something")
	}
}

func TestEveryLibraryIsCited(t *testing.T) {
	for _, l := range loaded() {
		if l.Cite.URL == "" || l.Cite.Title == "" || l.Cite.Seen == "" || l.Cite.Authority != "source" && l.Cite.Authority != "documented" {
			t.Errorf("%s: %+v", l.Name, l.Cite)
		}
		if len(l.claims) == 0 || l.lifetime == 0 && l.jti == nil {
			t.Errorf("%s has no trait that tells it from others", l.Name)
		}
	}
	if _, err := parse("a\nnonsense b\n"); err == nil {
		t.Error("an unknown key is taken")
	}
}

func TestChange(t *testing.T) {
	l := &Library{change: "set({ {name}: {value} })"}
	set := func(pointer string, value any) finding.Patch {
		return finding.Patch{Part: finding.PartClaims, Pointer: pointer, Value: value}
	}
	if got := l.Change(set("/aud", `https://as/"x"`)); got != `set({ aud: "https://as/\"x\"" })` {
		t.Error(got)
	}
	for _, p := range []finding.Patch{set("/exp", 1060), set("/jti", "x"), {Part: finding.PartClaims, Pointer: "/nbf", Remove: true},
		{Part: finding.PartHeader, Pointer: "/kid", Value: "k"}, set("/aud/0", "x")} {
		if got := l.Change(p); got != "" {
			t.Errorf("%+v: %s", p, got)
		}
	}
}
