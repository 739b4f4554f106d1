package address_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/address"
)

func TestParse(t *testing.T) {
	for in, want := range map[string]string{
		"https://AS.Example/Token":          "https://as.example/Token",
		"https://as.example:443/token":      "https://as.example/token",
		"http://as.example:80":              "http://as.example/",
		"https://as.example:8443/token?a=b": "https://as.example:8443/token",
		"http://as.example:443/token":       "http://as.example:443/token",
		"/oauth2/token":                     "/oauth2/token",
		" https://[::1]:9000/t#x ":          "https://::1:9000/t",
	} {
		a, ok := address.Parse(in)
		if !ok || a.String() != want {
			t.Errorf("%q: %q %v, want %q", in, a, ok, want)
		}
	}
	for _, in := range []string{"", "urn:ietf:x", "https://as example/", "%zz"} {
		if a, ok := address.Parse(in); ok {
			t.Errorf("%q is taken for %q", in, a)
		}
	}
}

func TestWritten(t *testing.T) {
	for in, want := range map[string]string{
		"//as.example/token":         "https://as.example/token",
		"//as.example:8443/token":    "https://as.example:8443/token",
		"//localhost:8080/token":     "localhost:8080/token",
		"//127.0.0.1/token":          "127.0.0.1/token",
		"//as/token":                 "as/token",
		"http://as.example/token":    "http://as.example/token",
		"/token":                     "/token",
		"{{base}}//as.example/token": "{{base}}//as.example/token",
	} {
		if got := address.Written(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestSame(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want bool
	}{
		{"https://as.example/token", "HTTPS://AS.EXAMPLE:443/token", true},
		{"https://as.example/token", "https://as.example/token/", false},
		{"https://as.example/token", "https://as.example/Token", false},
		{"https://as.example/token", "http://as.example/token", false},
		{"https://as.example/token", "https://as.example:8443/token", false},
		{"https://as.example/token", "https://other.example/token", false},
		{"https://as.example/token", "/token", true},
		{"https://as.example/token", "//as.example/token", true},
		{"https://as.example/token", "urn:x", false},
	} {
		a, _ := address.Parse(tt.a)
		if got := a.SameText(tt.b); got != tt.want {
			t.Errorf("%s, %s: %v", tt.a, tt.b, got)
		}
		if b, ok := address.Parse(tt.b); ok && b.SameText(tt.a) != tt.want {
			t.Errorf("%s, %s: not the same both ways", tt.b, tt.a)
		}
	}
}

func TestDiffer(t *testing.T) {
	const want = "https://as.example/oauth2/token"
	for value, by := range map[string]string{
		want:                                      "",
		want + "/":                                "trailing slash",
		want + "//":                               "double slash, trailing slash",
		" " + want:                                "whitespace",
		"http://as.example/oauth2/token":          "scheme",
		"as.example/oauth2/token":                 "scheme",
		"https://as.example:443/oauth2/token":     "port",
		"https://as.example//oauth2/token":        "double slash",
		"https://as.example//oauth2//token/":      "double slash, trailing slash",
		"https://as.example/OAuth2/token":         "upper and lower case",
		"http://AS.example:80/oauth2/token/\n":    "whitespace, scheme, port, trailing slash",
		"https://as.example/oauth2/tokens":        "",
		"https://other.example/oauth2/token":      "",
		"https://as.example.evil.ex/oauth2/token": "",
		"": "",
	} {
		d, ok := address.Differ(value, want)
		if got := strings.Join(d.Names(), ", "); got != by || ok != (by != "") {
			t.Errorf("%q: %q %v, want %q", value, got, ok, by)
		}
	}
	if d, ok := address.Differ("https://as.example", "https://as.example/"); !ok || d != address.TrailingSlash {
		t.Errorf("a bare host and one with a slash: %v %v", d.Names(), ok)
	}
}

func TestLoopback(t *testing.T) {
	for host, want := range map[string]bool{
		"localhost": true, "LOCALHOST.": true, "app.localhost": true, "127.0.0.1": true, "127.8.9.1": true, "::1": true, "[::1]": true,
		"::ffff:127.0.0.1": true, "127.evil.example": false, "notlocalhost": false, "localhost.example": false, "10.0.0.1": false, "": false, "0.0.0.0": false,
	} {
		if got := address.Loopback(host); got != want {
			t.Errorf("%s: %v", host, got)
		}
	}
}

func TestEnvironmentApart(t *testing.T) {
	for _, tt := range []struct{ a, b, want string }{
		{"https://stg.as.example/token", "https://as.example/token", "stg"},
		{"https://as.example/token", "https://as-sandbox.example/token", "sandbox"},
		{"https://as.example/test/token", "https://as.example/prod/token", "test"},
		{"https://as.example/token", "https://as.example/token", ""},
		{"https://one.as.example/token", "https://as.example/token", ""},
		{"https://stg.as.example/token", "https://as.example/other", ""},
		{"https://stg.as.example:8443/token", "https://as.example/token", ""},
		{"/stg/token", "/token", ""},
	} {
		a, _ := address.Parse(tt.a)
		b, _ := address.Parse(tt.b)
		if got := address.EnvironmentApart(a, b); got != tt.want {
			t.Errorf("%s, %s: %q, want %q", tt.a, tt.b, got, tt.want)
		}
	}
}

func TestLoose(t *testing.T) {
	for in, want := range map[string]address.Loose{
		"https://AS.example/Token/": {Host: "as.example", Path: "/Token"},
		"as.example":                {Host: "as.example", Path: "/"},
		" as.example:443/t?x#y ":    {Host: "as.example", Path: "/t"},
		"https://a@b.example/t":     {Host: "b.example", Path: "/t"},
		"as.example./t":             {Host: "as.example", Path: "/t"},
	} {
		if got, ok := address.ParseLoose(in); !ok || got != want {
			t.Errorf("%q: %+v %v", in, got, ok)
		}
	}
	for _, in := range []string{"", "client", "https://", "://", "a b.c", "\x00", "x" + strings.Repeat(".a", 200)} {
		if got, ok := address.ParseLoose(in); ok {
			t.Errorf("%q is taken for %+v", in, got)
		}
	}
	a, _ := address.ParseLoose("as.example/Token")
	b, _ := address.ParseLoose("https://AS.EXAMPLE/token/")
	if !a.Same(b) {
		t.Error("the case of a path counts")
	}
	patterns := []string{"as.example", "*.as.example"}
	got := []bool{}
	for _, host := range []string{"as.example", "eu.as.example", "evilas.example"} {
		got = append(got, slices.ContainsFunc(patterns, func(p string) bool { return address.Below(host, p) }))
	}
	if !slices.Equal(got, []bool{true, true, false}) {
		t.Errorf("hosts: %v", got)
	}
}

func TestHost(t *testing.T) {
	for in, want := range map[string]string{"https://AS.example:8443/t": "as.example", "/t": "", ":": "", "https://[::1]/": "::1"} {
		if got := address.Host(in); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
}
