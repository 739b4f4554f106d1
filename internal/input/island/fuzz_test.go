package island

import (
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/srctext"
)

// hooks are hooks that agree often enough to reach the code that depends on them.
func hooks() Hooks {
	return Hooks{Command: func(line string) bool { return strings.HasPrefix(line, "curl ") }}
}

// inside reports whether a text is in the source.
func inside(t *testing.T, source, what string, x srctext.Text) {
	t.Helper()
	p, exact := x.Place(0, x.Len())
	if p.Start < 0 || p.End > len(source) || p.Start > p.End {
		t.Fatalf("%s %q is at %v of %d bytes", what, x.String(), p, len(source))
	}
	if exact && source[p.Start:p.End] != x.String() {
		t.Fatalf("%s %q is not what is at %v", what, x.String(), p)
	}
}

// FuzzFind checks that the finder ends without a panic, and that every island is in the
// source.
func FuzzFind(f *testing.F) {
	for _, s := range []string{
		"POST /token HTTP/1.1\nHost: h\nContent-Type: application/x-www-form-urlencoded\n\ngrant_type=a&client_assertion=eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJhIn0.AAAA\n\nHTTP/1.1 400 Bad Request\n\n{\"error\":\"invalid_client\"}",
		"2026-11-28T10:00:00Z INFO {\"msg\":\"{\\\"error\\\":\\\"invalid_client\\\"}\"}\n",
		"app | {'grant_type': 'a', 'client_assertion': 'eyJ...AAAA'}\napp | Array\napp | (\napp |     [iss] => a\napp | )",
		"> POST /token HTTP/1.1\n> Host: h\n>\n< HTTP/1.1 401 Unauthorized\n<\n{\"error\":\"a\"}\n* left",
		"curl -d a=b \\\n -H 'x: y' https://h/token\n-----BEGIN PUBLIC KEY-----\nAA\n-----END PUBLIC KEY-----",
		"<p>{&quot;error&quot;:&quot;invalid_client&quot;}</p><pre>iss: a\nsub: a</pre>",
		"body=a%3Db%26c%3Dd map[iss:a sub:b] {iss=a, aud=[b]} AADSTS700024: x\nOPError: invalid_client (x)",
		"b.append(\"grant_type=a\"); b.append(\"&b=\" + f(x));\nx = `a${y}` + 'b'\nrequests.post(u, json={'grant_type': 'a', 'client_assertion': x + y.decode(), 'c': g['h']})\nv.Set(\"grant_type\", \"a\")",
		"\xff\xfe{\x00\"\x00a\x00\"\x00:\x001\x00}\x00",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, source string) {
		found := Find(source, hooks())
		for _, is := range found.Islands {
			if is.Span.Start < 0 || is.Span.End > len(source) || is.Span.Start > is.Span.End {
				t.Fatalf("%s is at %v of %d bytes", is.Name, is.Span, len(source))
			}
			inside(t, source, is.Name, is.Text)
			inside(t, source, "method", is.Method)
			inside(t, source, "URL", is.URL)
			for _, h := range is.Fields {
				inside(t, source, "name", h.Name)
				inside(t, source, "value", h.Value)
			}
			if is.Kind == KindToken && (is.Token == nil || is.Token.Signed > is.Text.Len()) {
				t.Fatalf("%q has no token", is.Text.String())
			}
			if is.Block < 0 || is.Block >= max(len(found.Blocks), 1) {
				t.Fatalf("block %d of %d", is.Block, len(found.Blocks))
			}
		}
		if found.Rest < 0 || found.Rest > len(source) {
			t.Fatal(found.Rest)
		}
	})
}
