package checks

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

func assertionJSON() Check {
	return Check{
		ID:      "assertion-json",
		Subject: "JSON",
		Rank:    150,
		Title:   "Header and payload are one JSON object each",
		Needs:   []evidence.Need{evidence.NeedAssertion},
		After:   []finding.CauseID{"placeholder-left", "not-a-jwt", "json-serialization", "encrypted-assertion"},
		Cites:   []finding.Citation{rfc(7515, "4"), rfc(7519, "7.2")},
		Doc:     "Header and payload are each exactly one JSON object in UTF-8, in which no name occurs twice and which nothing follows. Parsers differ in what they forgive; if two disagree about a duplicate, the signature check and the claim check may even see different values.",
		Causes: []Cause{
			{ID: "header-not-json", Title: "the header does not parse as JSON", Severity: finding.Error,
				Why: "The header was put together by hand, or something else was encoded in its place.",
				Fix: "Build the header as an object and let the library serialize it."},
			{ID: "payload-not-json", Title: "the payload does not parse as JSON", Severity: finding.Error,
				Why: "The claims were put together as text, printed in a language's own notation, or damaged on the way.",
				Fix: "Build the claims as an object and let the library serialize it."},
			{ID: "payload-double-encoded", Title: "the payload is a JSON string that contains the claims", Severity: finding.Error,
				Why: "The claims were serialized before they were handed to the library, which serialized the text once more.",
				Fix: "Hand the library the object, not its JSON text (no JSON.stringify or json.dumps before signing)."},
			{ID: "payload-not-object", Title: "the payload is JSON, but not an object", Severity: finding.Error,
				Why: "An array, number or text was signed. Claims are the members of one object (RFC 7519 section 4).",
				Fix: "Sign an object of claims."},
			{ID: "duplicate-member", Title: "a name occurs twice in one object", Severity: finding.Error,
				Why: "Text was concatenated, or two layers added the same claim. Some servers refuse it (RFC 7519 section 4), others keep the first or the last.",
				Fix: "Set each name once."},
			{ID: "invalid-utf8", Title: "bytes that are not UTF-8", Severity: finding.Error,
				Why: "The text was encoded in Latin-1, Windows-1252 or UTF-16.",
				Fix: "Encode the JSON as UTF-8 before base64url."},
		},
		Judge: judgeJSON,
	}
}

func judgeJSON(c *Ctx) Verdict {
	a := c.assertion()
	if c.Failed("wrong-segment-count") && len(a.Segments) < 2 {
		return NotAsked("the payload is missing").For(finding.WhyMoot)
	}
	faults := c.jsonFaults(finding.PartHeader, c.Header, 0)
	faults = append(faults, c.jsonFaults(finding.PartClaims, c.Claims, 1)...)
	if len(faults) == 0 {
		return Pass("header and payload parse, and no name occurs twice")
	}
	return Faults("", faults...)
}

func (c *Ctx) jsonFaults(part string, fact evidence.Fact[*evidence.Object], segment int) []*Fault {
	a := c.assertion()
	if segment >= len(a.Segments) || a.Segments[segment].Span.Len() == 0 {
		return nil
	}
	cause := finding.CauseID("header-not-json")
	if part == finding.PartClaims {
		cause = "payload-not-json"
	}
	if f := c.strayBefore(cause, segment); f != nil {
		return []*Fault{f}
	}
	o, ok := fact.Get()
	if !ok {
		return []*Fault{c.compressed(part, c.unreadable(part, cause, segment))}
	}
	var faults []*Fault
	if o.DoubleEncoded {
		faults = append(faults, c.doubleEncoded(segment))
	}
	// Of the faults of syntax only the first is described; the rest follow from it
	// as a rule.
	var syntax, names, undecoded *Fault
	for _, jf := range o.Faults {
		var f **Fault
		switch jf.Code {
		case jsonspan.FaultDuplicate:
			f = &names
			if names == nil {
				names = Found("duplicate-member", "in the %s, %s", partName(part), jf.Message).About(Detail{Name: partName(part)})
			}
		case jsonspan.FaultUTF8:
			f = &undecoded
			if undecoded == nil {
				undecoded = Found("invalid-utf8", "the %s contains bytes that are not UTF-8, from byte %d on", partName(part), jf.Span.Start).About(Detail{Name: partName(part)})
			}
		default:
			f = &syntax
			if syntax == nil {
				syntax = Found(cause, "the %s is not JSON: at byte %d, %s", partName(part), jf.Span.Start, lower(jf.Message)).
					About(Detail{Name: partName(part), Code: string(jf.Code)})
				if fix := jsonFix(jf.Code); fix != "" {
					syntax.Fix("%s", fix)
				}
			}
		}
		if len((*f).Places) < mostPlaces {
			(*f).At(c.AtSpan(part, jf.Span))
		}
	}
	if names == nil && part == finding.PartHeader {
		names = c.twiceButForCase(o)
	}
	if undecoded == nil {
		undecoded = c.loneSurrogates(part, o)
	}
	for _, f := range [...]*Fault{c.compressed(part, syntax), names, undecoded} {
		if f != nil {
			faults = append(faults, f)
		}
	}
	return faults
}

// strayBefore finds a few characters before the header that shift all that comes
// after them: without them, it is an object again.
func (c *Ctx) strayBefore(cause finding.CauseID, segment int) *Fault {
	a := c.assertion()
	if segment != 0 || len(a.Segments) == 0 {
		return nil
	}
	s := a.Segments[0].Span
	n := strayLength(a.Compact[s.Start:s.End])
	if n == 0 {
		return nil
	}
	stray := a.Compact[s.Start : s.Start+n]
	what := orElse("one character before the header makes", n == 1, itoa(n)+" characters before the header make")
	return Found(cause, "%s it unreadable: %q", what, stray).Compare(stray+"eyJ…", "eyJ…").
		Saying("Without %s, the header is an object. base64url is read in groups of four characters, so that one too many shifts all that follow.", orElse("it", n == 1, "them")).
		Fix("Remove %q in front of the assertion.", stray).About(Detail{Name: partName(finding.PartHeader), Value: stray}).
		At(c.AtAssertion(jsonspan.Span{Start: s.Start, End: s.Start + n}))
}

// strayLength is how many characters are before the object of a header, where
// there are a few of them and the rest is one; 0 for none.
func strayLength(header string) int {
	const most = 3
	for n := 1; n <= most && n+3 < len(header); n++ {
		if header[n:n+3] != "eyJ" {
			continue
		}
		raw, err := base64.RawURLEncoding.DecodeString(header[n:])
		if err == nil && json.Valid(raw) {
			return n
		}
	}
	return 0
}

// twiceButForCase finds a header parameter next to the same name in another case:
// readers that ignore case see one name twice, and differ on which value counts.
func (c *Ctx) twiceButForCase(o *evidence.Object) *Fault {
	for i := range o.Value.Members {
		m := &o.Value.Members[i]
		meant := meantName(m.Name)
		if meant == "" {
			continue
		}
		if _, beside := o.Get(meant); !beside {
			continue
		}
		return Found("duplicate-member", "the header has both %s and %s", m.Name, meant).
			Saying("A parser that ignores case treats them as one name, and the last value may win: the server could see a different %s from the one you set.", meant).
			Compare(meant+" and "+m.Name, meant).Fix("Remove %s from the header.", m.Name).
			Weigh(finding.Warning).At(c.AtName(finding.PartHeader, evidence.Pointer(m.Name))).
			About(Detail{Name: m.Name, Meant: meant}).Remove(finding.PartHeader, m.Name)
	}
	return nil
}

// loneSurrogates finds escapes such as \ud800 that are half of a pair and so no
// character: JSON's grammar allows them, and readers differ on what they become
// (RFC 8259 section 8.2).
func (c *Ctx) loneSurrogates(part string, o *evidence.Object) *Fault {
	var f *Fault
	for _, s := range loneSurrogates(o.Raw) {
		if f == nil {
			f = Found("invalid-utf8", "in the %s, %s is half of a character", partName(part), o.Raw[s.Start:s.End]).
				Saying("An escape from \\ud800 to \\udfff is only half of a character. On its own it cannot be written in UTF-8, so parsers reject it or replace it.").
				Fix("Write the character in UTF-8, or as both halves, such as \\ud83d\\ude00.").
				Weigh(finding.Warning).Citing(rfc(8259, "8.2")).About(Detail{Name: partName(part)})
		}
		if len(f.Places) < mostPlaces {
			f.At(c.AtSpan(part, s))
		}
	}
	return f
}

func loneSurrogates(raw []byte) []jsonspan.Span {
	if bytes.IndexByte(raw, '\\') < 0 {
		return nil
	}
	unit := func(i int) (rune, bool) {
		if i+6 > len(raw) || raw[i] != '\\' || raw[i+1] != 'u' {
			return 0, false
		}
		n, err := strconv.ParseUint(string(raw[i+2:i+6]), 16, 16)
		return rune(n), err == nil
	}
	var list []jsonspan.Span
	for i := 0; i < len(raw); {
		r, ok := unit(i)
		switch {
		case !ok && raw[i] == '\\':
			i += 2
			continue
		case !ok:
			i++
			continue
		case utf16.IsSurrogate(r):
			if low, ok := unit(i + 6); ok && utf16.DecodeRune(r, low) != utf8.RuneError {
				i += 12
				continue
			}
			list = append(list, jsonspan.Span{Start: i, End: i + 6})
		}
		i += 6
	}
	return list
}

// compressed adds to a payload that is not JSON that its header asks for zip.
func (c *Ctx) compressed(part string, f *Fault) *Fault {
	if f == nil || part != finding.PartClaims || c.header() == nil {
		return f
	}
	if zip, ok := c.header().Get("zip"); ok {
		f.Fix("The header says zip %s: turn compression off, which is for encrypted JWTs only.", show(zip))
	}
	return f
}

func (c *Ctx) doubleEncoded(segment int) *Fault {
	return Found("payload-double-encoded", "the payload is a JSON string that contains the claims, not an object").
		Compare("a JSON string", "a JSON object").About(Detail{Name: "payload"}).At(c.AtSegment(segment))
}

// unreadable is the fault of a part in which no object could be read.
func (c *Ctx) unreadable(part string, cause finding.CauseID, segment int) *Fault {
	s := c.assertion().Segments[segment]
	about := Detail{Name: partName(part)}
	root, faults := jsonspan.Scan(s.Decoded, jsonspan.Limits{})
	if len(faults) == 0 && root != nil && root.Kind != jsonspan.Invalid {
		what := root.Kind.String()
		if part == finding.PartClaims {
			if root.Kind == jsonspan.String && strings.Contains(root.Str, "{") {
				return c.doubleEncoded(segment)
			}
			return Found("payload-not-object", "the payload is %s; claims are members of an object", what).
				Compare(what, "an object").About(about).At(c.AtSegment(segment))
		}
		return Found(cause, "the header is %s, not an object", what).Compare(what, "an object").About(about).At(c.AtSegment(segment))
	}
	where := ""
	if len(faults) > 0 {
		where = fmt.Sprintf(": at byte %d, %s", faults[0].Span.Start, lower(faults[0].Message))
	}
	return Found(cause, "the %s is not JSON%s", partName(part), where).About(about).At(c.AtSegment(segment))
}

func lower(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

func jsonFix(code jsonspan.FaultCode) string {
	switch code {
	case jsonspan.FaultSingleQuotes, jsonspan.FaultLiteral:
		return "This is a language's own notation, as Python's str(dict) prints it: use json.dumps or the library's encoder."
	case jsonspan.FaultTrailingComma, jsonspan.FaultMissingComma, jsonspan.FaultUnquotedName, jsonspan.FaultComment:
		return "Do not write JSON by hand: build an object and let the library serialize it."
	case jsonspan.FaultTrailing:
		return "Nothing may follow the closing brace (RFC 7515 section 10.12 makes servers refuse it)."
	case jsonspan.FaultTypographic:
		return "Typographic quotes come from a document or chat; JSON has only the straight \"."
	case jsonspan.FaultBOM:
		return "Encode the JSON as UTF-8 without byte order mark."
	case jsonspan.FaultDepth:
		return "No claim needs this depth; servers limit it too."
	}
	return ""
}
