package input

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

// TestHealthy is the control for all other tests: tokens of many kinds need no repair and
// have no fault, and a file of them is a list of the same.
func TestHealthy(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	text := func(n int) string {
		const alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:/?#[]@!$&'()*+,;=äß€😀 \"\\<>{}"
		var b strings.Builder
		for range r.IntN(n) {
			b.WriteRune([]rune(alphabet)[r.IntN(len([]rune(alphabet)))])
		}
		return b.String()
	}
	sizes := map[string][]int{"RS256": {256, 384, 512, 128}, "PS512": {256}, "ES256": {64}, "ES384": {96}, "ES512": {132}, "EdDSA": {64}, "HS256": {32}, "none": {0}, "weird": {1, 2, 3, 77}}
	algs := []string{"RS256", "PS512", "ES256", "ES384", "ES512", "EdDSA", "HS256", "none", "weird"}
	for i := range 4000 {
		alg := algs[r.IntN(len(algs))]
		head, _ := json.Marshal(map[string]any{"alg": alg, "typ": "JWT", "kid": text(30), text(10) + "x": r.IntN(1000)})
		body, _ := json.Marshal(map[string]any{"iss": text(60), "sub": text(20), "aud": []string{text(80)}, "exp": r.IntN(1 << 31), "jti": text(40), "your token": "<assertion>"})
		if i%7 == 0 {
			head, body = append([]byte(" \n"), head...), append(body, '\n')
		}
		sig := make([]byte, sizes[alg][r.IntN(len(sizes[alg]))])
		for k := range sig {
			sig[k] = byte(r.Uint32())
		}
		e := base64.RawURLEncoding.EncodeToString
		tok := e(head) + "." + e(body) + "." + e(sig)
		if i%7 == 0 && !startsToken([]byte(tok)) {
			// A header that begins with whitespace does not begin with ey; the payload
			// identifies it.
			continue
		}
		a := read(tok)
		checkAssertion(t, a)
		checkPatience(t, tok)
		if a.Shape != evidence.ShapeCompact || len(a.Repairs) > 0 || faultCauses(a) != "" || a.Compact != tok || a.Embedded != "" || len(a.Segments) != 3 {
			t.Fatalf("%s: %s, %v, %s, %q", tok, a.Shape, a.Repairs, faultCauses(a), a.Embedded)
		}
		if string(a.Segments[0].Decoded) != string(head) || string(a.Segments[1].Decoded) != string(body) || string(a.Segments[2].Decoded) != string(sig) {
			t.Fatal("decoded otherwise")
		}
	}
}

func TestExamples(t *testing.T) {
	a := read(example(t, "sample-request.sh"))
	checkAssertion(t, a)
	if a.Embedded != "a curl command" || !a.InRequest || len(a.Repairs) > 0 || faultCauses(a) != "" || len(a.Segments) != 3 {
		t.Errorf("curl: %q, %v, %s", a.Embedded, a.Repairs, faultCauses(a))
	}
	c := &evidence.Case{}
	Fill(c, a)
	claims, _ := c.Claims.Get()
	if iss, _ := claims.Text("iss"); iss != "lipta-lee-8732" || fmt.Sprint(c.Input.Kinds) != "[request assertion]" || !c.Sent {
		t.Errorf("curl: iss %q, %v", iss, c.Input)
	}

	a = read(example(t, "dash-from-a-forum.jwt"))
	checkAssertion(t, a)
	if repairCauses(a) != causeTypographic || !strings.Contains(a.Compact, "_--z4KIM") || len(a.Segments[2].Decoded) != 256 || faultCauses(a) != "" {
		t.Errorf("dash: %v, %d bytes, %s", a.Repairs, len(a.Segments[2].Decoded), faultCauses(a))
	}

	a = read(example(t, "request.http"))
	if a.Embedded != "an HTTP request" || len(a.Repairs) > 0 || !complete([]byte(a.Compact)) {
		t.Errorf("http: %q, %v", a.Embedded, a.Repairs)
	}
	a = read(example(t, "body.txt"))
	if a.Embedded != "a form body" || len(a.Repairs) > 0 || !complete([]byte(a.Compact)) {
		t.Errorf("body: %q, %v", a.Embedded, a.Repairs)
	}
	items, err := Split("three.txt", []byte(example(t, "three.txt")), "")
	if err != nil || len(items) != 3 || items[1].Origin.Line != 2 {
		t.Errorf("three: %d, %v", len(items), err)
	}
}

func TestSegmentFaults(t *testing.T) {
	h, c, s := enc(header), enc(claims), signatureText(256)
	at := strings.IndexByte(c, 'J')
	tests := []struct {
		name, text, faults string
		claims, partial    bool
	}{
		{"control", h + "." + c + "." + s, "", true, false},
		{"padding", h + "." + enc(`{"iss":"abc"}`) + "==." + s, "1:padding", true, false},
		{"padding of the signature", h + "." + c + "." + s + "==", "2:padding", true, false},
		{"standard alphabet", h + "." + enc(`{"iss":"?>?>~~~"}`) + "." + s, "", true, false},
		{"standard alphabet, really", h + "." + strings.NewReplacer("-", "+", "_", "/").Replace(enc(`{"iss":"a???b>>>c"}`)) + "." + s, "1:standard-alphabet", true, false},
		{"a character in the place of another", h + "." + c[:at] + "#" + c[at+1:] + "." + s, "1:invalid-character", true, true},
		{"a character put in", h + "." + c[:at] + "#" + c[at:] + "." + s, "1:invalid-character", true, true},
		{"beyond ASCII", h + "." + c[:at] + "é" + c[at:] + "." + s, "1:invalid-character", true, true},
		{"no UTF-8", h + "." + c[:at] + "\xe9" + c[at:] + "." + s, "1:invalid-character", true, true},
		{"cut", h + "." + c[:len(c)-len(c)%4-3] + "." + s, "1:truncated", true, true},
		{"ellipsis", h + "." + c[:60] + "…" + c[80:] + "." + s, "1:truncated", true, true},
		{"three dots", h + "." + c[:60] + "..." + c[80:] + "." + s, "1:truncated", true, true},
		{"three dots after stray bits", h + "." + c + "." + s[:65] + "B...", "2:truncated", true, false},
		{"stray bits", h + "." + c + "." + s[:len(s)-1] + "B", "2:noncanonical", true, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := read(tt.text)
			checkAssertion(t, a)
			if a.Shape != evidence.ShapeCompact {
				t.Fatalf("%s (%s)", a.Shape, a.LooksLike)
			}
			got := map[string]bool{}
			for _, f := range strings.Fields(faultCauses(a)) {
				got[f] = true
			}
			for _, f := range strings.Fields(tt.faults) {
				if !got[f] {
					t.Errorf("no %s in %q", f, faultCauses(a))
				}
				delete(got, f)
			}
			if len(got) > 0 {
				t.Errorf("besides: %v", got)
			}
			o, ok := Object(a, 1).Get()
			if ok != tt.claims || ok && o.Partial != tt.partial {
				t.Errorf("claims %v: %+v (%s)", ok, o, Object(a, 1).Why())
			}
		})
	}
}

func TestObject(t *testing.T) {
	s := signatureText(256)
	tests := []struct {
		name, payload string
		why           string // "" if there are claims
		partial       bool
		double        bool
	}{
		{"control", claims, "", false, false},
		{"trailing text", claims + "x", "", false, false},
		{"python", strings.ReplaceAll(claims, `"`, "'"), "", false, false},
		{"cut", claims[:80], "", true, false},
		{"encoded twice", mustJSON(claims), "", false, true},
		{"encoded three times", mustJSON(mustJSON(claims)), "", false, true},
		{"array", `[1,2]`, "the payload is an array, not an object", false, false},
		{"number", `17`, "the payload is a number, not an object", false, false},
		{"text", `"hello"`, "the payload is a JSON string, not an object", false, false},
		{"nothing like it", "hello there", "the payload is not JSON", false, false},
		{"empty", "", "the payload is empty", false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := &evidence.Case{}
			a := read(enc(header) + "." + enc(tt.payload) + "." + s)
			checkAssertion(t, a)
			Fill(c, a)
			o, ok := c.Claims.Get()
			if c.Claims.Why() != tt.why || ok != (tt.why == "") {
				t.Fatalf("%v, %q", ok, c.Claims.Why())
			}
			if ok && (o.Partial != tt.partial || o.DoubleEncoded != tt.double) {
				t.Errorf("partial %v, double %v", o.Partial, o.DoubleEncoded)
			}
			if ok {
				if iss, _ := o.Text("iss"); iss != "b81d5a60-3c27" {
					t.Errorf("iss %q", iss)
				}
			}
			if _, ok := c.Header.Get(); !ok {
				t.Error(c.Header.Why())
			}
		})
	}
	for text, why := range map[string]string{
		enc(header) + "." + enc(claims):       "it has no third part",
		enc(header) + "." + enc(claims) + ".": "the third part is empty",
		"hello":                               "not a JWT",
		"$JWT":                                "the text is a placeholder",
	} {
		c := &evidence.Case{}
		Fill(c, read(text))
		if got := c.Signature.Why(); got != why {
			t.Errorf("%.20q: %q", text, got)
		}
	}
}

func mustJSON(s string) string { b, _ := json.Marshal(s); return string(b) }

// TestHostile checks that size does no harm, by the memory allocated.
func TestHostile(t *testing.T) {
	size := sized(1 << 20)
	fill := func(s string) string { return strings.Repeat(s, size/len(s)) }
	head := enc(header) + "."
	tests := map[string]string{
		"dots": strings.Repeat(".", 5*size), "ey": fill("ey"), "eyJ.": fill("eyJ."), "quotes": fill(`"`), "percent": fill("%25"), "backslashes": fill(`\`), "unicode escapes": fill(`\u002e`),
		"spaces": fill(" "), "lines": head + fill("ab\n"), "tabs": head + fill("a\t"), "dashes": head + fill("–"), "zero width": head + fill("\u200b"), "every other zero width": head + fill("a\u200b"), "commas": fill(","),
		"assertion": fill("client_assertion="), "assertions quoted": fill(`client_assertion="`), "tokens": fill("eyJhbGciOiJub25lIn0.eyJhIjoxfQ.x "), "invalid": head + fill("#"), "entities": fill("&#46;"), "amp": fill("&"),
		"soft breaks": head + fill("a=\n"), "mail": head + fill("a\n> "), "NUL": fill("\x00"), "codes": "[" + fill("101 "), "braces": fill("{"), "arrays": head + enc("["+strings.Repeat("1,", size/3)) + ".x",
		"objects": head + enc(strings.Repeat(`{"a":`, size/8)) + ".x", "blanks": head + fill("a "), "BOM": fill("\uFEFF"), "parentheses": fill("String("), "Bearer": fill("Bearer "), "brackets": fill("[") + "x" + fill("]"),
		"UTF-16": utf16le("\uFEFF" + fill("a")[:size/2]), "ellipses": head + fill("a..."), "padding": head + fill("="), "JSON": `{"a":` + fill("["), "header": enc(`{"alg":"`+fill("x")[:size/2]+`"}`) + "." + fill("y"),
		"wrapped": "x client_assertion=" + head + fill("abcdefghijklmnopqrstuvwxyz\n"),
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			a := read(text)
			runtime.ReadMemStats(&after)
			const most, fixed = 64, 64 << 10 // bytes per byte of text, and for any text
			if used := int(after.TotalAlloc - before.TotalAlloc); used > most*size+fixed {
				t.Errorf("%d bytes were asked for, for %d", used, size)
			}
			checkAssertion(t, a)
		})
	}
}

// TestMixtures combines what people paste in any order; the seed is fixed to make
// failures repeatable.
func TestMixtures(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	tok := token()
	bits := []string{
		"'", `"`, "`", "```", "\n", "\r\n", " ", "\t", "=", "==", "=\n", "%2E", "%252E", "%22", "–", "—", "…", "...", "\u200b", "\u00a0", "\uFEFF", "Bearer ", "b'", `String("`,
		"client_assertion=", `"client_assertion":"`, "&", `\n`, `\u002e`, `\`, "<", ">", "[", "]", "{", "}", "(", ")", ",", ";", "\x00", "\xff", "．", "“", "”", "&quot;", "&#46;",
		tok, tok[:50], tok[50:], tok[60:200], ".", "eyJ", "eyJ...", "$JWT", "curl ", "-d '", "\n> ", "[101 121 74 104 98 71", "\x1b[32m", "#", "é", "+", "/", "POST / HTTP/1.1\n", `{"keys":`,
	}
	for range 8000 {
		var b strings.Builder
		for range 1 + r.IntN(8) {
			b.WriteString(bits[r.IntN(len(bits))])
		}
		if checkAssertion(t, read(b.String())); t.Failed() {
			t.Fatalf("%q", b.String())
		}
	}
}

// TestOtherCharacter checks that a character replaced by another one of the alphabet is
// neither repaired nor hidden: only the signature can reveal it.
func TestOtherCharacter(t *testing.T) {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	tok := token()
	for i := range tok {
		if tok[i] == '.' {
			continue
		}
		text := tok[:i] + string(alphabet[(strings.IndexByte(alphabet, tok[i])+17)%64]) + tok[i+1:]
		if a := read(text); a.Compact != text || len(a.Repairs) > 0 || a.Shape != evidence.ShapeCompact {
			t.Errorf("at %d: %s, %v", i, a.Shape, a.Repairs)
		}
	}
}

func BenchmarkAssertion(b *testing.B) {
	const size = 1 << 20
	head := enc(header) + "."
	for name, text := range map[string]string{
		"token": token(), "percent": strings.Repeat("%25", size/3), "lines": head + strings.Repeat("ab\n", size/3), "blanks": head + strings.Repeat("a ", size/2), "assertions": strings.Repeat("client_assertion=", size/17),
		"tokens": strings.Repeat("eyJhbGciOiJub25lIn0.eyJhIjoxfQ.x ", size/33), "dots": strings.Repeat(".", 5_000_000), "zero width": head + strings.Repeat("a\u200b", size/4), "wrapped": "x client_assertion=" + head + strings.Repeat("abcdefghijklmnopqrstuvwxyz\n", size/27),
		"dashes": head + strings.Repeat("–", size/3), "arrays": head + enc("["+strings.Repeat("1,", size/3)) + ".x", "brackets": strings.Repeat("[", size/2) + strings.Repeat("]", size/2), "invalid": head + strings.Repeat("#", size), "quoted": strings.Repeat(`client_assertion="`, size/18),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				read(text)
			}
		})
	}
}
