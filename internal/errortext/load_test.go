package errortext

import "testing"

// TestEverySource: a document that nothing cites is left over.
func TestEverySource(t *testing.T) {
	files, err := data.ReadDir("data")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := load(); err != nil {
		t.Fatal(err)
	}
	cited := map[string]bool{}
	for _, e := range All() {
		for _, c := range e.Cite {
			cited[c.URL] = true
		}
	}
	p := newParser()
	for _, f := range files {
		text, err := data.ReadFile("data/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		if err := p.file(f.Name(), string(text)); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range p.cites {
		if !cited[c.URL] {
			t.Errorf("nothing cites %s", name)
		}
	}
}

// TestParse: a slip in the data is reported with its place.
func TestParse(t *testing.T) {
	const good = "cite a source 2026-11 https://x.test/ X\n\none\ntool t\ntext some words\nlikely tls-expired\nmeans A thing.\ncite a\n"
	if err := newParser().file("f", good); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ text, want string }{
		{"one two\n", `f:1: a block begins with its own ID, not with "one two"`},
		{"one\ntool t\n\none\n", `f:4: a block begins with its own ID, not with "one"`},
		{"one\ntexts x\n", `f:2: no key is called "texts"`},
		{"one\ncite b\n", "f:2: no document is called b"},
		{"cite a source\n", "f:1: a document has a name, authority, month, URL and title"},
		{"cite a source 2026-11 https://x.test/ X\ncite a source 2026-11 https://x.test/ X\n", "f:2: the document a is listed twice"},
	} {
		if err := newParser().file("f", c.text); err == nil || err.Error() != c.want {
			t.Errorf("%q: %v, want %s", c.text, err, c.want)
		}
	}
	for _, text := range []string{"{host} first", "two {host}{port}", "some {nothing}", "some <<words", "some {host"} {
		if _, err := compile(text, 0); err == nil {
			t.Errorf("%q compiles", text)
		}
	}
	if _, err := newIndex([]Entry{{ID: "x", Texts: []string{"a\" b"}}}); err == nil {
		t.Error("a text that cannot be found by its first words is taken")
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := load(); err != nil {
			b.Fatal(err)
		}
	}
}
