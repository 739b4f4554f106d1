package reading

import (
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

// FuzzRead checks that reading ends without a panic, that it always says something, and
// that what it found is in the text.
func FuzzRead(f *testing.F) {
	// Short seeds: the fuzzer shrinks what it finds interesting byte by byte.
	e := example{url: "https://h/token", header: `{"alg":"HS256"}`, claims: `{"iss":"a","sub":"a","exp":1}`, sig: 4, media: "application/x-www-form-urlencoded",
		params: [][2]string{{"grant_type", "a"}, {"client_assertion", "@"}}, status: 400, phrase: "Bad Request", answer: `{"error":"invalid_client"}`}
	for _, w := range ways {
		f.Add(w.text(e))
	}
	f.Fuzz(func(t *testing.T, source string) {
		r := Read("paste", source, Options{})
		if (r.Nothing == "") == (len(r.Cases) == 0 && len(r.Keys) == 0 && r.Discovery == nil) {
			t.Fatalf("%d cases, %d keys, %q", len(r.Cases), len(r.Keys), r.Nothing)
		}
		within := func(d evidence.Document) {
			if d.Origin.Line < 1 || len(d.Text) > len(source) {
				t.Fatalf("a document of %d bytes at line %d", len(d.Text), d.Origin.Line)
			}
		}
		for _, c := range r.Cases {
			if c.Request == nil && c.Response == nil && c.Authorization == nil && c.Assertion == nil && c.Decoded == nil && len(c.Known) == 0 {
				t.Fatal("a case of nothing")
			}
			if len(c.Kinds) == 0 || c.Line < 1 {
				t.Fatalf("kinds %v, line %d", c.Kinds, c.Line)
			}
			if q := c.Request; q != nil {
				within(q.Document)
				for _, p := range q.Params {
					if p.Span.Start < 0 || p.Span.End > len(q.Text) || p.Span.Start > p.Span.End || p.Verbatim && q.Text[p.Span.Start:p.Span.End] != p.Value {
						t.Fatalf("%s=%q is at %v of %q", p.Name, p.Value, p.Span, q.Text)
					}
				}
			}
			if a := c.Response; a != nil {
				within(a.Document)
				if a.BodySpan.End > len(a.Text) || a.BodySpan.Len() > 0 && a.Text[a.BodySpan.Start:a.BodySpan.End] != a.Body {
					t.Fatalf("the body %q is at %v of %q", a.Body, a.BodySpan, a.Text)
				}
			}
			if a := c.Assertion; a != nil {
				for _, o := range a.Offsets {
					if o < 0 || int(o) > len(a.Original) {
						t.Fatalf("offset %d of %d", o, len(a.Original))
					}
				}
				for _, p := range a.Repairs {
					if p.Span.Start < 0 || p.Span.End > len(a.Original) || p.Span.Start > p.Span.End {
						t.Fatalf("a repair at %v of %d", p.Span, len(a.Original))
					}
				}
			}
		}
		for _, u := range r.Unused {
			if u.Line < 1 || u.What == "" {
				t.Fatalf("%v", u)
			}
		}
	})
}
