package errortext_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/checks"
	"github.com/assertionworks/jwtdoctor/internal/errortext"
	"github.com/assertionworks/jwtdoctor/internal/finding"
)

func TestData(t *testing.T) {
	known := map[string]bool{}
	for _, c := range checks.All() {
		for _, cause := range c.Causes {
			known[string(cause.ID)] = true
		}
	}
	kebab := regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	written := map[string]string{}
	if n := len(errortext.All()); n < 120 {
		t.Errorf("%d entries", n)
	}
	for _, e := range errortext.All() {
		if !kebab.MatchString(e.ID) {
			t.Errorf("%q is not kebab case", e.ID)
		}
		if e.Tool == "" || len(e.Texts) == 0 || len(e.Cite) == 0 {
			t.Errorf("%s lacks a tool, text or citation", e.ID)
		}
		if !strings.HasSuffix(e.Means, ".") || e.Fix != "" && !strings.HasSuffix(e.Fix, ".") {
			t.Errorf("%s: means and fix are sentences", e.ID)
		}
		if strings.Contains(e.Means+e.Fix, "{") && !strings.Contains(e.Fix, "{:?}") && !strings.Contains(e.Fix, "{algorithm") {
			t.Errorf("%s: nothing is filled in there", e.ID)
		}
		switch {
		case e.Certainty == finding.Likely && len(e.Causes) != 1:
			t.Errorf("%s is likely, and has the causes %v", e.ID, e.Causes)
		case e.Certainty == finding.Possible && len(e.Causes) == 0 || e.Certainty != finding.Likely && e.Certainty != finding.Possible:
			t.Errorf("%s is %q, with the causes %v", e.ID, e.Certainty, e.Causes)
		}
		for i, c := range e.Causes {
			if !known[c] {
				t.Errorf("%s: there is no cause %s", e.ID, c)
			}
			if slices.Contains(e.Causes[:i], c) {
				t.Errorf("%s: %s twice", e.ID, c)
			}
		}
		for _, c := range e.Cite {
			if c.Title == "" || !strings.HasPrefix(c.URL, "https://") || !regexp.MustCompile(`^20\d\d-\d\d$`).MatchString(c.Seen) ||
				!slices.Contains([]string{"documented", "source", "observed", "community"}, c.Authority) {
				t.Errorf("%s: citation %+v", e.ID, c)
			}
		}
		for _, text := range e.Texts {
			if other, ok := written[text]; ok {
				t.Errorf("%q is written in %s and %s", text, other, e.ID)
			}
			written[text] = e.ID
		}
	}
}

// filled is what the blanks of a text are filled with, and what is kept of that.
var filled = map[string][2]string{
	"host": {"auth.example.test", "auth.example.test"}, "proxy": {"proxy.example.test", "proxy.example.test"},
	"address": {"192.0.2.10:8443", "192.0.2.10"}, "port": {"8443", "8443"}, "status": {"403", "403"}, "bits": {"1024", "1024"}, "n": {"30.5", ""},
	"url": {"https://user:secret@auth.example.test/token?code=secret#secret", "https://auth.example.test/token"}, "path": {"/run/key.pem", "/run/key.pem"},
	"alg": {"RS256", "RS256"}, "key": {"EC", "EC"}, "needs": {"RSA", "RSA"}, "kid": {"key-1", "key-1"}, "w": {"word", ""},
	"byte": {"2d", "2d"}, "now": {"1795860078", "1795860078"}, "nbf": {"1795860307", "1795860307"}, "iat": {"1795860308", "1795860308"}, "exp": {"1795860309", "1795860309"}, "*": {"some words", ""}, "names": {"DNS:other.example.test", "DNS:other.example.test"}, "reason": {"some reason", "some reason"},
}

// instances are the texts with their blanks filled, with and without what may
// be missing.
func instances(text string) []string {
	if before, rest, ok := strings.Cut(text, "<<"); ok {
		optional, after, _ := strings.Cut(rest, ">>")
		return append(instances(before+optional+after), instances(before+after)...)
	}
	for name, v := range filled {
		text = strings.ReplaceAll(text, "{"+name+"}", v[0])
	}
	return []string{text}
}

// TestEveryText finds every wording, also as logs, JSON and mail change it.
func TestEveryText(t *testing.T) {
	ways := []struct {
		name string
		way  func(string) string
	}{
		{"alone", func(s string) string { return s }},
		{"in a log", func(s string) string {
			return "2026-11-21T08:00:00Z INFO start\n2026-11-21T08:00:01Z ERROR token: " + s + "\n"
		}},
		{"in JSON", func(s string) string {
			b, _ := json.Marshal(map[string]string{"level": "error", "message": "token: " + s})
			return strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(string(b))
		}},
		{"with typographic quotes", func(s string) string { return "Error: " + strings.NewReplacer(`"`, "”", "'", "’").Replace(s) }},
		{"in HTML", func(s string) string {
			return "<pre>\nError: " + strings.NewReplacer(`"`, "&quot;", "'", "&#39;").Replace(s) + "\n</pre>"
		}},
		{"wrapped", func(s string) string {
			i := strings.LastIndexByte(s[:len(s)*2/3], ' ')
			if i < 0 || strings.Contains(s[i:], ", got") {
				return s
			}
			return "Error: " + s[:i] + "\n    " + s[i+1:]
		}},
	}
	for _, e := range errortext.All() {
		for _, text := range e.Texts {
			for _, instance := range instances(text) {
				for _, w := range ways {
					given := w.way(instance)
					if w.name == "wrapped" && (strings.Contains(text, "{*}") || strings.Contains(text, "{reason}") || strings.Contains(text, "{names}") || strings.Contains(text, "{url}")) {
						continue // a blank does not go over a line end
					}
					var m *errortext.Match
					all := errortext.Find(given)
					for i := range all {
						if all[i].Entry.ID == e.ID {
							m = &all[i]
							break
						}
					}
					if m == nil {
						var got []string
						for _, o := range all {
							got = append(got, o.Entry.ID)
						}
						t.Errorf("%s, %s: not found in %q (found: %v)", e.ID, w.name, given, got)
						continue
					}
					if m.Setting != errortext.Said {
						t.Errorf("%s, %s: %s in %q", e.ID, w.name, m.Setting, given)
					}
					if w.name != "alone" {
						continue
					}
					for name, v := range filled {
						if v[1] == "" || !strings.Contains(text, "{"+name+"}") || !strings.Contains(instance, v[0]) {
							continue
						}
						if name == "address" {
							name = "host"
						}
						if got := m.Value(name); got != v[1] {
							t.Errorf("%s: %s is %q in %q", e.ID, name, got, instance)
						}
					}
					if strings.Contains(m.Value("url"), "secret") {
						t.Errorf("%s tells %q", e.ID, m.Value("url"))
					}
				}
			}
		}
	}
}
