package srctext

import (
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// places spells out where each byte is from in the source.
func places(source string, t Text) string {
	var b strings.Builder
	for i := range t.Len() {
		p, exact := t.Place(i, i+1)
		b.WriteString(t.String()[i : i+1])
		b.WriteByte('=')
		b.WriteString(source[p.Start:p.End])
		if !exact {
			b.WriteByte('~')
		}
		b.WriteByte(' ')
	}
	return strings.TrimSpace(b.String())
}

func TestDecoders(t *testing.T) {
	for _, test := range []struct {
		name, source string
		decode       func(Text) Text
		text, places string
	}{
		{"JSON", `a\"b`, Unescape, `a"b`, `a=a "=\"~ b=b`},
		{"line end", `a\nb`, Unescape, "a\nb", "a=a \n=\\n~ b=b"},
		{"code point", `\u0041b`, Unescape, "Ab", `A=\u0041~ b=b`},
		{"pair of surrogates", `\ud83d\ude00`, Unescape, "😀", ""},
		{"forum", `client\_id`, Unescape, "client_id", ""},
		{"Windows path", `C:\Scripts`, Unescape, `C:\Scripts`, ""},
		{"backslash at the end", `a\`, Unescape, `a\`, ""},
		{"percent", "a%2Eb", func(x Text) Text { return Percent(x, false) }, "a.b", "a=a .=%2E~ b=b"},
		{"no percent", "100%", func(x Text) Text { return Percent(x, false) }, "100%", ""},
		{"plus", "a+b", func(x Text) Text { return Percent(x, true) }, "a b", "a=a  =+~ b=b"},
		{"entity", "a&quot;b", Entities, `a"b`, `a=a "=&quot;~ b=b`},
		{"no entity", "a&b=c;", Entities, "a&b=c;", ""},
		{"markup", "<p>a<br/>b</p>", Markup, "\na\nb\n", ""},
		{"placeholder", "a=<client_id>", Markup, "a=<client_id>", ""},
		{"script", "<script>a<b</SCRIPT>c", Markup, "c", ""},
		{"script without end", "<script>a", Markup, "a", ""},
		{"comment", "a<!-- <p> -->b", Markup, "ab", ""},
	} {
		got := test.decode(New(test.source))
		if got.String() != test.text {
			t.Errorf("%s: got %q, want %q", test.name, got.String(), test.text)
		}
		if test.places != "" && places(test.source, got) != test.places {
			t.Errorf("%s: got %s, want %s", test.name, places(test.source, got), test.places)
		}
	}
}

func TestPlaceThroughLayers(t *testing.T) {
	source := `log: {"body":"a%3D\"b%2Ec\""}`
	inner := New(source).Slice(14, 27)
	inner = Unescape(inner)
	inner = Percent(inner, false)
	if inner.String() != `a="b.c"` {
		t.Fatal(inner.String())
	}
	place, exact := inner.Place(3, 6)
	if exact || source[place.Start:place.End] != "b%2Ec" {
		t.Errorf("got %q, exact %v", source[place.Start:place.End], exact)
	}
	place, exact = inner.Place(3, 4)
	if !exact || source[place.Start:place.End] != "b" {
		t.Errorf("got %q, exact %v", source[place.Start:place.End], exact)
	}
	if part := inner.Slice(3, 6); part.Span() != (jsonspan.Span{Start: 20, End: 25}) {
		t.Errorf("got %v", part.Span())
	}
}

func TestBuilder(t *testing.T) {
	source := New("name: value")
	var b Builder
	b.Copy(source, 0, 4)
	b.Put("=")
	b.Copy(source, 6, 8)
	b.Copy(source, 8, 11)
	got := b.Text()
	if got.String() != "name=value" || len(got.runs) != 3 {
		t.Fatalf("%q in %d runs", got.String(), len(got.runs))
	}
	if p, exact := got.Place(5, 10); !exact || p != (jsonspan.Span{Start: 6, End: 11}) {
		t.Errorf("value: %v, exact %v", p, exact)
	}
	if p, exact := got.Place(0, 10); exact || p != (jsonspan.Span{Start: 0, End: 11}) {
		t.Errorf("all: %v, exact %v", p, exact)
	}
	if p, exact := got.Place(4, 5); exact || p.Len() != 0 {
		t.Errorf("what stands nowhere: %v, exact %v", p, exact)
	}
	if got.At(4) != -1 || got.At(5) != 6 || got.At(10) != 11 {
		t.Error(got.At(4), got.At(5), got.At(10))
	}
	if p, exact := got.Place(10, 10); !exact || p.Start != 11 {
		t.Errorf("the end: %v, exact %v", p, exact)
	}
}

func TestUTF16(t *testing.T) {
	source := "\xff\xfea\x00b\x00\x3d\xd8\x00\xde"
	got, ok := UTF16(source)
	if !ok || got.String() != "ab😀" {
		t.Fatalf("%q, %v", got.String(), ok)
	}
	if p, exact := got.Place(1, 2); exact || p != (jsonspan.Span{Start: 4, End: 6}) {
		t.Errorf("%v, exact %v", p, exact)
	}
	for _, plain := range []string{"abcd", "ab", "{\"a\":1}"} {
		if _, ok := UTF16(plain); ok {
			t.Errorf("%q was taken for UTF-16", plain)
		}
	}
}

// A decoded text is compact: what one escape costs does not grow with the text.
func TestRunsNotBytes(t *testing.T) {
	got := Unescape(New(strings.Repeat("a", 1<<16) + `\n` + strings.Repeat("b", 1<<16)))
	if len(got.runs) != 3 {
		t.Errorf("%d runs", len(got.runs))
	}
}

func FuzzDecoders(f *testing.F) {
	for _, s := range []string{`a\"b\u00e9`, "&lt;p&gt;<p>a%20b</p>", "<!--<script>", "\xff\xfea\x00", `\ud83d`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, source string) {
		text := New(source)
		for _, decode := range []func(Text) Text{Unescape, Markup, Entities, func(x Text) Text { return Percent(x, true) }} {
			text = decode(text)
			for i := range text.Len() {
				p, exact := text.Place(i, i+1)
				if p.Start < 0 || p.End > len(source) || p.Start > p.End {
					t.Fatalf("byte %d of %q is at %v of %q", i, text.String(), p, source)
				}
				if exact && source[p.Start:p.End] != text.String()[i:i+1] {
					t.Fatalf("byte %d of %q is not what is at %v of %q", i, text.String(), p, source)
				}
			}
			if p := text.Span(); p.Start < 0 || p.End > len(source) {
				t.Fatal(p)
			}
		}
		if wide, ok := UTF16(source); ok && wide.Span().End > len(source) {
			t.Fatal(wide.Span())
		}
	})
}
