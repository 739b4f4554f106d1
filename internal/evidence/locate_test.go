package evidence_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/input"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

const (
	locHeader = `{"alg":"RS384","typ":"JWT","kid":"example-2025"}`
	locClaims = `{"iss":"b81d5a60","sub":"b81d5a60","jti":"83e0ec65-d60a-4b49-84b0-6468ca319a71","aud":["https://api.example.com/token"],"exp":1760000230}`
	locJTI    = "83e0ec65-d60a-4b49-84b0-6468ca319a71"
)

func encode(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

func locToken() string {
	return encode(locHeader) + "." + encode(locClaims) + "." + locSignature()
}

func locSignature() string { return strings.Repeat("SigNature_-9", 29)[:342] }

func caseOf(text string, origin evidence.Origin) *evidence.Case {
	c := &evidence.Case{}
	input.Fill(c, input.Assertion(text, origin))
	return c
}

// covered is the base64url text that a Source points to.
func covered(t *testing.T, text string, s *finding.Source) string {
	t.Helper()
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	var all []rune
	for _, l := range lines[s.Line-1:] {
		all = append(all, []rune(l+"\n")...)
	}
	return string(all[s.Column-1 : s.Column-1+s.Length])
}

func TestAtFindsValueInFile(t *testing.T) {
	tok := locToken()
	wrapped := tok[:50] + "\n" + tok[50:100] + "\n" + tok[100:150] + "\n" + tok[150:]
	for name, text := range map[string]string{
		"alone": tok, "in quotes": `"` + tok + `"`, "after Bearer": "Bearer " + tok, "wrapped": wrapped, "zero width before": "\u200b" + tok,
		"in a form": "grant_type=x&client_assertion=" + tok + "&a=b", "percent": strings.ReplaceAll(tok, ".", "%2E"), "later line": "\n\n  " + tok, "é before": "é: " + tok,
	} {
		t.Run(name, func(t *testing.T) {
			c := caseOf(text, evidence.Origin{File: "f.jwt", Line: 1, Column: 1})
			for _, want := range []struct{ part, pointer, value string }{
				{"claims", "/exp", "1760000230"}, {"claims", "/iss", `"b81d5a60"`}, {"claims", "/aud/0", `"https://api.example.com/token"`}, {"header", "/kid", `"example-2025"`}, {"claims", "/none", "}"}, {"claims", "", locClaims},
			} {
				l := c.At(want.part, want.pointer).Locate(c)
				raw := locClaims
				if want.part == "header" {
					raw = locHeader
				}
				if raw[l.Offset:l.Offset+l.Length] != want.value || l.Line != 1 || l.Column != l.Offset+1 || l.Pointer != want.pointer {
					t.Errorf("%s: %+v", want.pointer, l)
				}
				if l.Source == nil || l.Source.File != "f.jwt" {
					t.Fatalf("%s: no source", want.pointer)
				}
				got := strings.NewReplacer("\n", "", "%2E", "").Replace(covered(t, text, l.Source))
				if !carries(got, want.value) {
					t.Errorf("%s: the source covers %q", want.pointer, got)
				}
			}
		})
	}
}

// carries reports whether a run of base64url contains the value at one of the four alignments.
func carries(run, value string) bool {
	for pad := range 4 {
		s := strings.Repeat("A", pad) + run
		b, _ := base64.RawURLEncoding.DecodeString(s[:len(s)-len(s)%4])
		rest := ""
		if n := len(s) % 4; n > 1 {
			r, _ := base64.RawURLEncoding.DecodeString(s[len(s)-n:])
			rest = string(r)
		}
		if strings.Contains(string(b)+rest, value) {
			return true
		}
	}
	return false
}

func TestAtLinesAndColumns(t *testing.T) {
	tok := locToken()
	c := caseOf("é\u200b "+tok, evidence.Origin{File: "f", Line: 7, Column: 3})
	if s := c.At("header", "").Locate(c).Source; s.Line != 7 {
		t.Errorf("%+v", s)
	}
	c = caseOf("\n  "+tok, evidence.Origin{File: "f", Line: 7, Column: 3})
	if s := c.AtSegment(0).Locate(c).Source; s.Line != 8 || s.Column != 3 || s.Length != len(encode(locHeader)) {
		t.Errorf("second line: %+v", s)
	}
	c = caseOf(tok, evidence.Origin{File: "f", Line: 7, Column: 3})
	if s := c.AtSegment(0).Locate(c).Source; s.Line != 7 || s.Column != 3 {
		t.Errorf("first line: %+v", s)
	}
	if s := c.AtSegment(1).Locate(c).Source; s.Column != 3+len(encode(locHeader))+1 {
		t.Errorf("second part: %+v", s)
	}
	l := c.AtName("claims", "/exp").Locate(c)
	if locClaims[l.Offset:l.Offset+l.Length] != `"exp"` {
		t.Errorf("name: %+v", l)
	}
	l = c.AtSpan("claims", jsonspan.Span{Start: 1, End: 6}).Locate(c)
	if l.Offset != 1 || l.Length != 5 || l.Pointer != "" {
		t.Errorf("span: %+v", l)
	}
	pretty := "{\n  \"iss\": \"é\", \"exp\": 5\n}"
	c = caseOf(encode(locHeader)+"."+encode(pretty)+"."+locSignature(), evidence.Origin{})
	if l := c.At("claims", "/exp").Locate(c); l.Line != 2 || l.Column != 22 {
		t.Errorf("in indented JSON: %+v", l)
	}
	if l := c.At("claims", "/none").Locate(c); l.Line != 3 || l.Column != 1 || l.Length != 1 {
		t.Errorf("missing member: %+v", l)
	}
}

func TestExcerptMarksTheValue(t *testing.T) {
	c := caseOf(locToken(), evidence.Origin{File: "f"})
	for pointer, want := range map[string]string{"/exp": "1760000230", "/iss": `"b81d5a60"`, "/jti": `"83e…(36 characters)"`, "/none": "}"} {
		e := c.At("claims", pointer).Locate(c).Excerpt
		if got := e.Text[e.Start : e.Start+e.Length]; got != want {
			t.Errorf("%s: marked %q in %q", pointer, got, e.Text)
		}
		if len(e.Text) > 130 {
			t.Errorf("%s: %d bytes", pointer, len(e.Text))
		}
	}
	c = caseOf("Bearer "+locToken(), evidence.Origin{File: "f"})
	e := c.AtOriginal(jsonspan.Span{End: 7}).Locate(c).Excerpt
	if got := e.Text[e.Start : e.Start+e.Length]; got != "Bearer " {
		t.Errorf("marked %q in %q", got, e.Text)
	}
}

// TestExcerptsKeepSecrets looks at every place there is: no four characters in
// a row of the signature or the jti beyond the first three are shown.
func TestExcerptsKeepSecrets(t *testing.T) {
	tok := locToken()
	sig := tok[strings.LastIndex(tok, ".")+1:]
	at := strings.Index(locClaims, locJTI)
	hidden := map[string]string{"signature": sig[3:12], "end of the signature": sig[len(sig)-8:], "jti": locJTI[3:10], "jti in base64": encode(locClaims)[(at+6)*8/6+1 : (at+20)*8/6]}
	for name, text := range map[string]string{
		"alone": tok, "quoted": `"` + tok + `"`, "wrapped": tok[:70] + "\n" + tok[70:260] + "\n" + tok[260:], "form": "client_assertion=" + tok + "&client_secret=hunter2hunter2", "damaged": tok[:300] + "#" + tok[301:], "five parts": tok + ".a.b",
		"cut claims": encode(locHeader) + "." + encode(locClaims[:60]), "python": encode(locHeader) + "." + encode(strings.ReplaceAll(locClaims, `"`, "'")) + "." + sig, "double": encode(locHeader) + "." + encode(`"`+strings.ReplaceAll(locClaims, `"`, `\"`)+`"`) + "." + sig,
	} {
		t.Run(name, func(t *testing.T) {
			c := caseOf(text, evidence.Origin{File: "f"})
			a, _ := c.Assertion.Get()
			var all []finding.Location
			for i := 0; i < len(a.Original); i += 3 {
				for _, n := range []int{0, 1, 3, 40, len(a.Original)} {
					all = append(all, c.AtOriginal(jsonspan.Span{Start: i, End: i + n}).Locate(c), c.AtAssertion(jsonspan.Span{Start: i, End: i + n}).Locate(c))
				}
			}
			for i := range 500 {
				for _, part := range []string{"header", "claims", "signature"} {
					all = append(all, c.AtSpan(part, jsonspan.Span{Start: i, End: i + 1}).Locate(c), c.AtSpan(part, jsonspan.Span{Start: i, End: i + 50}).Locate(c))
				}
			}
			for _, p := range []string{"", "/jti", "/iss", "/none", "/jti/x"} {
				all = append(all, c.At("claims", p).Locate(c), c.AtName("claims", p).Locate(c), c.At("header", p).Locate(c))
			}
			for i := range 7 {
				all = append(all, c.AtSegment(i-1).Locate(c))
			}
			for _, l := range all {
				if l.Excerpt == nil {
					continue
				}
				if e := l.Excerpt; e.Start < 0 || e.Length < 0 || e.Start+e.Length > len(e.Text) || strings.ContainsAny(e.Text, "\r\n") && e.Length != 1 {
					t.Fatalf("excerpt %+v", e)
				}
				for what, secret := range hidden {
					if strings.Contains(l.Excerpt.Text, secret) {
						t.Fatalf("%s shown in %q", what, l.Excerpt.Text)
					}
				}
				if strings.Contains(l.Excerpt.Text, "hunter2") {
					t.Fatalf("what stands around is shown: %q", l.Excerpt.Text)
				}
			}
		})
	}
	c := caseOf(tok, evidence.Origin{})
	c.ShowSecrets = true
	if e := c.At("claims", "/jti").Locate(c).Excerpt; !strings.Contains(e.Text, locJTI) {
		t.Errorf("asked for, not shown: %q", e.Text)
	}
}

func TestDoubleEncodedPointsToTheSegment(t *testing.T) {
	c := caseOf(encode(locHeader)+"."+encode(`"`+strings.ReplaceAll(locClaims, `"`, `\"`)+`"`)+"."+locSignature(), evidence.Origin{})
	whole := c.AtSegment(1).Locate(c)
	if l := c.At("claims", "/exp").Locate(c); *l.Source != *whole.Source || l.Pointer != "/exp" || l.Part != "claims" {
		t.Errorf("%+v", l)
	}
}

func TestMask(t *testing.T) {
	c := &evidence.Case{}
	for value, want := range map[string]string{"": "…(0 characters)", "short": "…(5 characters)", "elevenchars": "…(11 characters)", "twelve chars": "twe…(12 characters)", "äöüäöüäöüäöü": "äöü…(12 characters)"} {
		if got := c.Mask(value); got != want {
			t.Errorf("%q: %q", value, got)
		}
	}
	c.ShowSecrets = true
	if got := c.Mask("short"); got != "short" {
		t.Errorf("shown: %q", got)
	}
}

func TestNoAssertion(t *testing.T) {
	c := &evidence.Case{}
	for _, l := range []finding.Location{c.At("claims", "/x").Locate(c), c.AtName("header", "/x").Locate(c), c.AtSegment(1).Locate(c), c.AtAssertion(jsonspan.Span{End: 5}).Locate(c), c.AtOriginal(jsonspan.Span{End: 5}).Locate(c), c.AtSpan("jwks", jsonspan.Span{End: 5}).Locate(c)} {
		if l.Source != nil || l.Line != 1 {
			t.Errorf("%+v", l)
		}
	}
}
