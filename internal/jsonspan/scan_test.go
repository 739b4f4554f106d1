package jsonspan

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func codes(faults []Fault) string {
	var out []string
	for _, f := range faults {
		out = append(out, string(f.Code))
	}
	return strings.Join(out, " ")
}

func TestScanFaults(t *testing.T) {
	const control = `{"iss":"a","n":1,"list":[true,null]}`
	tests := []struct {
		name, text, codes string
		iss               string // what is still read
		loses             bool
	}{
		{"control", control, "", "a", false},
		{"whitespace", " \t\r\n" + control + "\n", "", "a", false},
		{"empty", "", "empty", "", true},
		{"blank", " \n", "empty", "", true},
		{"single quotes", `{'iss':'a'}`, "single-quotes single-quotes", "a", false},
		{"single quotes with a double quote", `{'iss':'a"b'}`, "single-quotes single-quotes", `a"b`, false},
		{"escaped single quote", `{'iss':'a\'b'}`, "single-quotes single-quotes", `a'b`, false},
		{"python literals", `{"iss":"a","x":True,"y":None,"z":False}`, "literal literal literal", "a", false},
		{"javascript literals", `{"iss":"a","x":undefined,"y":NaN,"z":-Infinity}`, "literal literal literal", "a", false},
		{"bare word", `{"iss":abc}`, "literal", "abc", false},
		{"bytes", `{"iss":b'abc'}`, "literal single-quotes", "abc", false},
		{"call", `{"jti":UUID('x}'),"iss":"a"}`, "literal", "a", false},
		{"tuple", `{"aud":("x","y"),"iss":"a"}`, "literal", "a", false},
		{"unquoted name", `{iss:"a"}`, "unquoted-name", "a", false},
		{"ruby symbol", `{:iss=>"a"}`, "unquoted-name syntax", "a", true},
		{"java map", `{iss=a, sub=b}`, "unquoted-name syntax literal unquoted-name syntax literal", "a", true},
		{"trailing comma", `{"iss":"a",}`, "trailing-comma", "a", false},
		{"trailing comma in array", `{"iss":"a","x":[1,]}`, "trailing-comma", "a", false},
		{"missing comma", `{"x":1 "iss":"a"}`, "missing-comma", "a", false},
		{"missing comma in array", `{"x":[1 2],"iss":"a"}`, "missing-comma", "a", false},
		{"double comma", `{"x":1,,"iss":"a"}`, "syntax", "a", true},
		{"missing colon", `{"x" 1,"iss":"a"}`, "syntax", "a", true},
		{"no value", `{"x":,"iss":"a"}`, "syntax", "a", true},
		{"name alone", `{"x","iss":"a"}`, "syntax", "a", true},
		{"wrong bracket", `{"x":[1},"iss":"a"}`, "syntax trailing", "", true},
		{"stray bracket", `{"x":1],"iss":"a"}`, "syntax trailing", "", true},
		{"line comment", "{\"x\":1, // no\n\"iss\":\"a\"}", "comment", "a", false},
		{"block comment", `{/* no */"iss":"a"}`, "comment", "a", false},
		{"hash comment", "{# no\n\"iss\":\"a\"}", "comment", "a", false},
		{"typographic quotes", `{“iss”:“a”}`, "typographic typographic", "a", false},
		{"german quotes", `{„iss“:„a“}`, "typographic typographic", "a", false},
		{"no-break space", "{\"iss\":\u00a0\"a\"}", "typographic", "a", false},
		{"leading zero", `{"n":01,"iss":"a"}`, "number", "a", false},
		{"plus", `{"n":+1,"iss":"a"}`, "number", "a", false},
		{"no integer part", `{"n":.5,"iss":"a"}`, "number", "a", false},
		{"no fraction", `{"n":1.,"iss":"a"}`, "number", "a", false},
		{"hex", `{"n":0x1F,"iss":"a"}`, "number", "a", false},
		{"date", `{"n":2024-01-02T03,"iss":"a"}`, "literal", "a", false},
		{"bad escape", `{"iss":"a\x41"}`, "escape", `ax41`, false},
		{"short unicode escape", `{"iss":"a\u12"}`, "escape", `a\u12`, false},
		{"raw newline", "{\"iss\":\"a\nb\"}", "control", "a\nb", false},
		{"bad utf8", "{\"iss\":\"a\xff\xfeb\"}", "utf8", "a\uFFFD\uFFFDb", false},
		{"bom", "\uFEFF" + control, "bom", "a", false},
		{"nul after", control + "\x00\x00", "control control", "a", false},
		{"trailing text", control + "x", "trailing", "a", false},
		{"trailing brace", control + "}", "trailing", "a", false},
		{"second value", control + control, "trailing", "a", false},
		{"text before", `claims: {"iss":"a"}`, "syntax", "a", true},
		{"duplicate", `{"iss":"b","iss":"a"}`, "duplicate", "a", false},
		{"duplicate by escape", `{"iss":"b","\u0069ss":"a"}`, "duplicate", "a", false},
		{"cut in an object", `{"iss":"a"`, "truncated", "a", true},
		{"cut in a name", `{"iss":"a","su`, "truncated", "a", true},
		{"cut after a name", `{"iss":"a","sub"`, "truncated", "a", true},
		{"cut in a string", `{"iss":"a","sub":"x`, "truncated", "a", true},
		{"cut in a number", `{"iss":"a","exp":17`, "truncated", "a", true},
		{"cut in a literal", `{"iss":"a","x":tr`, "truncated", "a", true},
		{"cut in an array", `{"iss":"a","x":[1,`, "truncated", "a", true},
		{"no json", `hello`, "syntax", "", true},
		{"deep", `{"x":` + strings.Repeat("[", 65) + strings.Repeat("]", 65) + `,"iss":"a"}`, "depth", "a", true},
		{"just not too deep", `{"x":` + strings.Repeat("[", 63) + strings.Repeat("]", 63) + `,"iss":"a"}`, "", "a", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v, faults := Scan([]byte(tt.text), Limits{})
			if got := codes(faults); got != tt.codes {
				t.Errorf("codes %q, want %q", got, tt.codes)
			}
			iss := ""
			if m, ok := v.Get("iss"); ok {
				iss = m.Str
			}
			if iss != tt.iss {
				t.Errorf("iss %q, want %q", iss, tt.iss)
			}
			loses := false
			for _, f := range faults {
				loses = loses || f.Loses()
				if strings.HasSuffix(f.Message, ".") || f.Message == "" {
					t.Errorf("message %q", f.Message)
				}
			}
			if loses != tt.loses {
				t.Errorf("loses %v, want %v", loses, tt.loses)
			}
			checkScan(t, []byte(tt.text))
		})
	}
}

func TestCutValuesAreNoValues(t *testing.T) {
	for _, text := range []string{`{"x":"abc`, `{"x":17`, `{"x":tru`, `{"x":`, `{"x"`} {
		v, _ := Scan([]byte(text), Limits{})
		if x, ok := v.Get("x"); !ok || x.Kind != Invalid {
			t.Errorf("%s: %v %+v", text, ok, x)
		}
	}
	v, faults := Scan([]byte(`17`), Limits{})
	if v.Kind != Number || len(faults) > 0 {
		t.Errorf("a number alone: %v %v", v.Kind, faults)
	}
}

func TestSpans(t *testing.T) {
	const text = ` {"a" : [1, "é"], "b":{"c":true}}`
	v, _ := Scan([]byte(text), Limits{})
	for pointer, want := range map[string]string{
		"": `{"a" : [1, "é"], "b":{"c":true}}`, "/a": `[1, "é"]`, "/a/0": "1", "/a/1": `"é"`, "/b": `{"c":true}`, "/b/c": "true",
	} {
		got, ok := Find(v, pointer)
		if !ok || text[got.Span.Start:got.Span.End] != want {
			t.Errorf("%s: %v %v", pointer, ok, got)
		}
	}
	m, ok := FindMember(v, "/b/c")
	if !ok || text[m.NameSpan.Start:m.NameSpan.End] != `"c"` {
		t.Errorf("name of /b/c: %v", m)
	}
	for _, pointer := range []string{"a", "/x", "/a/2", "/a/01", "/a/-1", "/a/-", "/a/0/x", "/b/c/d"} {
		if v, ok := Find(v, pointer); ok {
			t.Errorf("%s leads to %v", pointer, v)
		}
	}
	if _, ok := FindMember(v, "/a/0"); ok {
		t.Error("an item is no member")
	}
	odd, _ := Scan([]byte(`{"a/b":{"~":1,"":2}}`), Limits{})
	for pointer, want := range map[string]string{"/a~1b/~0": "1", "/a~1b/": "2"} {
		if got, ok := Find(odd, pointer); !ok || got.Raw != want {
			t.Errorf("%s: %v", pointer, got)
		}
	}
}

func TestUTF16(t *testing.T) {
	for _, order := range []string{"little", "big"} {
		for _, mark := range []bool{true, false} {
			text := `{"iss":"ä€😀"}`
			if mark {
				text = "\uFEFF" + text
			}
			data := toUTF16(text, order == "little")
			v, faults := Scan(data, Limits{})
			if got := codes(faults); got != "utf8" {
				t.Errorf("%s: %s", order, got)
			}
			iss, ok := v.Get("iss")
			if !ok || iss.Str != "ä€😀" {
				t.Fatalf("%s: %v", order, v)
			}
			if got := data[iss.Span.Start:iss.Span.End]; len(got) != 2*(2+2+2) {
				t.Errorf("%s: span %v", order, iss.Span)
			}
		}
	}
}

func toUTF16(text string, little bool) []byte {
	var b []byte
	for _, r := range text {
		units := []rune{r}
		if r > 0xFFFF {
			r -= 0x10000
			units = []rune{0xD800 + r>>10, 0xDC00 + r&0x3FF}
		}
		for _, u := range units {
			if little {
				b = append(b, byte(u), byte(u>>8))
			} else {
				b = append(b, byte(u>>8), byte(u))
			}
		}
	}
	return b
}

func TestLimits(t *testing.T) {
	_, faults := Scan([]byte("["+strings.Repeat("True,", 50)+"1]"), Limits{Faults: 3})
	if got := codes(faults); got != "literal literal literal" {
		t.Errorf("capped: %s", got)
	}
	v, faults := Scan([]byte("["+strings.Repeat("1,", 1000)+"1]"), Limits{Values: 10})
	if got := codes(faults); got != "size" || len(v.Items) > 10 || !faults[0].Loses() {
		t.Errorf("too many values: %s, %d items", got, len(v.Items))
	}
	v, faults = Scan([]byte(`{"a":{"b":{"c":"]"}},"d":1}`), Limits{Depth: 2})
	if got := codes(faults); got != "depth" {
		t.Errorf("depth: %s", got)
	}
	if d, ok := v.Get("d"); !ok || d.Raw != "1" {
		t.Errorf("what follows: %v", d)
	}
	// None of this may take long or recurse deeply.
	for _, c := range []string{"[", "{", `{"a":`, "(", `"`, "'", "/*", "\\", ",", "}", "]", "a", `{"a"`, "\xff", "#", `b"`, "x("} {
		checkScan(t, bytes.Repeat([]byte(c), 20000))
	}
}

// checkScan checks what must be true for any text.
func checkScan(t *testing.T, text []byte) {
	t.Helper()
	v, faults := Scan(text, Limits{})
	if v == nil {
		t.Fatal("no value")
	}
	checkSpans(t, v, Span{0, len(text)})
	count := map[FaultCode]int{}
	lenient := true
	for _, f := range faults {
		if f.Span.Start < 0 || f.Span.End < f.Span.Start || f.Span.End > len(text) {
			t.Errorf("fault %s at %v of %d bytes", f.Code, f.Span, len(text))
		}
		if !utf8.ValidString(f.Message) {
			t.Errorf("message of %s is no UTF-8", f.Code)
		}
		if count[f.Code]++; count[f.Code] > defaultFaults {
			t.Errorf("more than %d of %s", defaultFaults, f.Code)
		}
		lenient = lenient && (f.Code == FaultDuplicate || f.Code == FaultUTF8 || f.Code == FaultDepth || f.Code == FaultSize)
	}
	valid := json.Valid(text)
	if valid && !lenient {
		t.Errorf("valid JSON, yet %v", faults)
	}
	if !valid && len(faults) == 0 {
		t.Errorf("no fault, yet no valid JSON: %q", text)
	}
	if valid && len(faults) == 0 {
		d := json.NewDecoder(bytes.NewReader(text))
		d.UseNumber()
		var want any
		if err := d.Decode(&want); err != nil {
			t.Fatal(err)
		}
		if got := plain(v); !reflect.DeepEqual(got, want) {
			t.Errorf("read %v, want %v", got, want)
		}
	}
}

func checkSpans(t *testing.T, v *Value, in Span) {
	t.Helper()
	if v.Span.Start < in.Start || v.Span.End > in.End || v.Span.End < v.Span.Start {
		t.Errorf("%s at %v is not within %v", v.Kind, v.Span, in)
	}
	at := v.Span.Start
	for _, m := range v.Members {
		if m.Value == nil {
			t.Fatal("a member without value")
		}
		if m.NameSpan.Start < at || m.NameSpan.End > v.Span.End || m.Value.Span.Start < m.NameSpan.End {
			t.Errorf("member %q at %v, %v after %d in %v", m.Name, m.NameSpan, m.Value.Span, at, v.Span)
		}
		checkSpans(t, m.Value, v.Span)
		at = m.Value.Span.End
	}
	for _, item := range v.Items {
		if item.Span.Start < at {
			t.Errorf("item at %v after %d", item.Span, at)
		}
		checkSpans(t, item, v.Span)
		at = item.Span.End
	}
}

func plain(v *Value) any {
	switch v.Kind {
	case Object:
		m := map[string]any{}
		for _, x := range v.Members {
			m[x.Name] = plain(x.Value)
		}
		return m
	case Array:
		a := []any{}
		for _, x := range v.Items {
			a = append(a, plain(x))
		}
		return a
	case String:
		return v.Str
	case Number:
		return json.Number(v.Raw)
	case Bool:
		return v.Raw == "true"
	}
	return nil
}

func FuzzScan(f *testing.F) {
	for _, s := range []string{
		`{"iss":"a","aud":["b"],"exp":1e3}`, `{'iss':None,}`, `{“a”:b'c'}`, `[1,2 3]`, "\uFEFF{}x", `{"a":"\ud83d\ude00\ud800"}`, "{\"a\":\"\xff\"}",
		`{a=b, c=>d(1)}`, `// x`, `-`, `-0.0E+1`, `{"a":{"a":1,"a":2}}`, "{\x00}\x00", `"\u12`, "\xff\xfe{\x00}\x00", `tru`, `(1,'x')`, `{"a":1]`,
	} {
		f.Add([]byte(s))
	}
	// The fuzzer tries to shorten every interesting input by every stretch of it, which
	// is quadratic.
	const longest = 512
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) <= longest {
			checkScan(t, text)
		}
	})
}

func BenchmarkScan(b *testing.B) {
	for name, text := range map[string]string{
		"claims": `{"iss":"b81d5a60","sub":"b81d5a60","aud":"https://x.example/token","jti":"83e0ec65","iat":1759999990,"exp":1760000230}`,
		"wide":   "{" + strings.Repeat(`"aaaaaaaa":1,`, 1<<20/13) + `"b":1}`,
		"nested": strings.Repeat("[", 1<<20),
		"items":  "[" + strings.Repeat("1,", 1<<19) + "1]",
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				Scan([]byte(text), Limits{})
			}
		})
	}
}

func ExampleScan() {
	v, faults := Scan([]byte(`{'exp': 1760000230, "aud": None}`), Limits{})
	exp, _ := v.Get("exp")
	fmt.Println(exp.Raw, exp.Span)
	for _, f := range slices.Compact(faults) {
		fmt.Println(f.Code, f.Span)
	}
	// Output:
	// 1760000230 {8 18}
	// single-quotes {1 2}
	// literal {27 31}
}

func TestHex(t *testing.T) {
	for text, want := range map[string]rune{"x00e9": 0xE9, "xABcd": 0xABCD, "x0a": -1, "x00g0": -1, "": -1} {
		got, ok := Hex(text, 1, 4)
		if !ok {
			got = -1
		}
		if got != want {
			t.Errorf("%q: got %x, want %x", text, got, want)
		}
	}
}
