package probe

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

// What is given as an address contains no password, whatever it looks like; one
// without stays as it was written.
func TestShown(t *testing.T) {
	for _, r := range []struct{ text, want string }{
		{"https://as.example/token", "https://as.example/token"},
		{"HTTPS://AS.example/Token/", "HTTPS://AS.example/Token/"},
		{"https://as.example/users/@me", "https://as.example/users/@me"},
		{"https://as.example/token?tenant=a", "https://as.example/token?tenant=a"},
		{"https://as.example/token?access_token=hush", "https://as.example/token"},
		{"https://as.example/token?apiKey=hush", "https://as.example/token"},
		{"https://joe:hush@as.example/token", "https://as.example/token"},
		{"https://joe:hush#1@as.example/token", "https://as.example/token"},
		{"https://joe:12#hush@as.example/token", "https://as.example/token"},
		{"https://joe:hu/sh?1@as.example/token?hush=1", "https://as.example/token"},
		{"http://joe:hush%zz@proxy.example:3128", "http://proxy.example:3128"},
		{"joe:hush@proxy.example:3128", "proxy.example:3128"},
		{"ftp://joe:hush@proxy.example", "ftp://proxy.example"},
		{"", ""},
	} {
		if got := Shown(r.text); got != r.want {
			t.Errorf("%s: %s, want %s", r.text, got, r.want)
		}
	}
}

func FuzzShown(f *testing.F) {
	f.Add("https://joe:", "@as.example/")
	f.Add("http://a:1#", "@b")
	f.Fuzz(func(t *testing.T, before, after string) {
		const hush = "h0hush0h"
		if strings.Contains(before+after, "h0hush0h") || !strings.HasPrefix(after, "@") || !strings.HasPrefix(before, "https://joe:") {
			return
		}
		if u, err := ReadAddress(before + hush + after); err == nil && u.User == nil {
			return // it is no password there
		}
		if got := Shown(before + hush + after); strings.Contains(got, hush) {
			t.Errorf("%q shows %q", before+hush+after, got)
		}
	})
}

func TestReadAddress(t *testing.T) {
	for _, r := range []struct{ text, bad string }{
		{"https://as.example/token", ""},
		{" http://[::1]:8080/token ", ""},
		{"https://joe:hush@as.example:65535", ""},
		{"https://as.example:99x/", "not an address"},
		{"https://as.example:99999/", "port"},
		{"https://as.example:0/", "port"},
		{"https:///token", "not an address"},
		{"as.example/token", "not an address"},
		{"ftp://as.example/", "not an address"},
		{"https://joe:12#hush@as.example/", "# before an @"},
	} {
		if _, err := ReadAddress(r.text); (err == nil) != (r.bad == "") || err != nil && (!strings.Contains(err.Error(), r.bad) || strings.Contains(err.Error(), "hush")) {
			t.Errorf("%s: %v, want %q", r.text, err, r.bad)
		}
	}
}

func TestReadProxy(t *testing.T) {
	for _, r := range []struct{ text, bad string }{
		{"http://proxy.example:3128", ""},
		{"http://joe:hush%231@proxy.example:3128/", ""},
		{"socks5://proxy.example", ""},
		{"socks5h://proxy.example:1080", ""},
		{"https://proxy.example", ""},
		{"ftp://proxy.example", "kind"},
		{"socks4://proxy.example", "kind"},
		{"http://proxy.example:99999", "port"},
		{"http://joe:hush#1@proxy.example:3128", "not an address"},
		{"http://joe:12#hush@proxy.example:3128", "behind the host"},
		{"http://joe:hush%zz@proxy.example", "not an address"},
		{"http://http://proxy.example:99x", "not an address"},
		{"proxy.example:3128", "not an address"},
		{"", "not an address"},
	} {
		if _, err := ReadProxy(r.text); (err == nil) != (r.bad == "") || err != nil && (!strings.Contains(err.Error(), r.bad) || strings.Contains(err.Error(), "hush")) {
			t.Errorf("%s: %v, want %q", r.text, err, r.bad)
		}
	}
}

// A variable that names no proxy one can speak to is reported, unless net/http
// passes it over.
func TestProxyOfTheEnvironment(t *testing.T) {
	port := serve(t, nil, ok)
	for _, r := range []struct {
		value string
		fault evidence.Fault
	}{
		{"ftp://proxy.example:3128", evidence.FaultProxyRefused},
		{"http://proxy.example:99999", evidence.FaultProxyRefused},
		{"http://http://joe:hush#1@proxy.example", evidence.FaultProxyRefused},
		{"http://127.0.0.1:" + port, ""},
	} {
		c := local(t, nil)
		c.environ = func(*http.Request) (*url.URL, error) { return url.Parse(r.value) }
		n := c.Look(t.Context(), "http://"+host+"/")
		if n.Proxy == nil || n.Proxy.Fault != r.fault || strings.Contains(n.Proxy.URL+n.Proxy.Says, "hush") {
			t.Errorf("%s: %+v", r.value, n.Proxy)
		}
	}
	for value, want := range map[string]bool{"http://joe:hush%zz@proxy.example": true, "http://proxy.example:3128": false, "proxy.example:3128": false} {
		if ProxyIgnored(value) != want {
			t.Errorf("%s: ignored %v", value, !want)
		}
	}
}
