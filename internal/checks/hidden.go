package checks

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/visible"
)

// hiddenValues finds characters that nobody sees in the values of header and
// claims: they came along when an ID was copied or read from a file, and make
// it another one, even if iss and sub agree in it.
func (c *Ctx) hiddenValues() *Fault {
	var h hiddenValues
	for _, o := range [2]*evidence.Object{c.header(), c.claims()} {
		if o == nil || o.Value == nil {
			continue
		}
		for i := range o.Value.Members {
			m := &o.Value.Members[i]
			h.look(c, o.Part, m.Name, m.Value, 0)
		}
	}
	if h.fault == nil {
		return nil
	}
	return h.done()
}

// hiddenValues gathers the values with hidden characters into one fault.
type hiddenValues struct {
	fault      *Fault
	names      []string
	characters [][]rune // the hidden ones of each name
	value      string   // the first one, as it is
	clean      string
	identifier bool // one of them is compared exactly by every server
	count      int
	patched    int
}

// look looks at a value of a top-level member, and into lists and objects.
func (h *hiddenValues) look(c *Ctx, part, name string, v *jsonspan.Value, depth int) {
	switch v.Kind {
	case jsonspan.String:
		if !isPlain(v.Str) {
			h.add(c, part, name, v, depth)
		}
	case jsonspan.Array:
		for _, it := range v.Items {
			h.look(c, part, name, it, depth+1)
		}
	case jsonspan.Object:
		for i := range v.Members {
			h.look(c, part, name, v.Members[i].Value, depth+1)
		}
	}
}

func (h *hiddenValues) add(c *Ctx, part, name string, v *jsonspan.Value, depth int) {
	exact := isIdentifier(name)
	_, has := worstHidden(v.Str, exact)
	clean := ""
	plain, known := visible.WithoutEscapes(v.Str)
	if !has || name == "kid" && depth == 0 && strings.TrimSpace(visibleOnly(v.Str)) == strings.TrimSpace(v.Str) ||
		name == "aud" && strings.TrimSpace(visibleOnly(v.Str)) == strings.TrimSpace(v.Str) {
		return // whitespace at the ends of these has causes that name it
	}
	if known { // else the rest of an escape sequence would be left over
		clean = strings.TrimSpace(visibleOnly(plain))
	}
	h.count++
	if h.fault == nil {
		h.fault = Found("invisible-characters", "%s", "").About(Detail{Name: name, Code: codeValue})
		h.value, h.clean = v.Str, orElse(clean, clean != "", visibleCharacters)
		if name == "jti" || evidence.SecretParameter(name) {
			h.value, h.clean = c.Mask(v.Str), visibleCharacters
		}
	}
	h.identifier = h.identifier || exact
	if slices.Contains(h.names, name) {
		return
	}
	if len(h.names) < mostPlaces {
		h.names = append(h.names, name)
		h.characters = append(h.characters, hiddenIn(v.Str, exact))
		h.fault.At(c.AtMember(part, name))
		// A value that the provider still refuses without the character is not a fix.
		refused := part == finding.PartHeader && name == "alg" && !c.accepts(clean) || part == finding.PartClaims && name == "aud" && c.refusesAud(clean)
		if depth == 0 && clean != "" && !refused && (name != "jti" && !evidence.SecretParameter(name) || c.ShowSecrets) {
			h.fault.Set(part, name, clean)
			h.patched++
		}
	}
}

// done puts the fault into words.
func (h *hiddenValues) done() *Fault {
	f := h.fault
	f.Detail.Names = h.names
	names := shortened(h.names)
	f.Title = h.title(names)
	f.Compare(h.value, h.clean)
	f.Saying("Such characters are copied along with a value, or are the line end of the file it was read from. You cannot see them, and servers compare these values exactly.")
	if h.patched < len(h.names) || h.count > len(h.names) {
		f.Patches = nil // a part of the values would not be enough
	}
	if len(f.Patches) == 1 {
		f.Fix("Set %s to %s, typed or trimmed.", h.names[0], h.clean)
	} else {
		f.Fix("Remove %s from %s: type the value, or trim what you read from a file.", plural(h.kinds(), "it", "them"), list(names))
	}
	if !h.identifier {
		f.Weigh(finding.Warning).As(finding.Likely)
	}
	return f
}

// kinds is how many different characters were found.
func (h *hiddenValues) kinds() int {
	all := slices.Concat(h.characters...)
	slices.Sort(all)
	return len(slices.Compact(all))
}

// visibleCharacters is what is expected where the value itself cannot be shown, or is not
// known.
const visibleCharacters = "only visible characters"

// shortened is a list of names of which the first few are named.
func shortened(names []string) []string {
	if len(names) > 4 {
		return append(slices.Clone(names[:3]), itoa(len(names)-3)+" more")
	}
	return names
}

// title names the characters: once if all values have the same one, else with each name.
func (h *hiddenValues) title(names []string) string {
	contain := plural(len(h.names), " contains ", " contain ")
	first := h.characters[0]
	if !slices.ContainsFunc(h.characters, func(have []rune) bool { return !slices.Equal(have, first) }) && len(first) == 1 {
		return list(names) + contain + visible.Name(first[0])
	}
	var each []string
	for i, name := range h.names {
		var codes []string
		for _, r := range h.characters[i] {
			codes = append(codes, fmt.Sprintf("U+%04X", r))
		}
		each = append(each, name+" ("+strings.Join(codes, ", ")+")")
	}
	return list(shortened(each)) + contain + "control or invisible characters"
}

// hiddenIn are the hidden characters of a text, each once, the first few.
func hiddenIn(s string, exact bool) []rune {
	const most = 3
	var out []rune
	for len(out) < most {
		r, ok := worstHidden(s, exact)
		if !ok {
			break
		}
		out = append(out, r)
		s = strings.ReplaceAll(s, string(r), "")
	}
	return out
}

// codeValue is the Detail.Code of a fault in a value of header or claims, in
// place of one in the text around them.
const codeValue = "value"

// ofText reports whether the lead is about the text of the assertion.
func ofText(lead, _ *Fault) bool { return lead.Detail.Code != codeValue }

// ofThatValue reports whether both faults are about one value of header or claims.
func ofThatValue(lead, led *Fault) bool {
	names := lead.Detail.Names
	switch {
	case lead.Detail.Code != codeValue:
		return false
	case led.Cause == "iss-sub-differ", led.Cause == "iss-sub-near-miss", led.Cause == "client-id-mismatch":
		return slices.Contains(names, "iss") || slices.Contains(names, "sub")
	}
	return slices.Contains(names, led.Detail.Name)
}

// isIdentifier reports whether servers compare the value of a header parameter
// or claim exactly, so that no character of it is there for a reader.
func isIdentifier(name string) bool {
	switch name {
	case "iss", "sub", "aud", "jti", "azp", "client_id", "scope", "alg", "typ", "cty", "kid", "jku", "x5u", "x5t", "x5t#S256":
		return true
	}
	return false
}

// isPlain reports whether a text is printable ASCII, as nearly every one is.
func isPlain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c >= 0x7f {
			return false
		}
	}
	return true
}

// worstHidden is the first hidden character of a text that should not be there. In what
// is written for people, blanks, line ends and joiners are part of the writing.
func worstHidden(s string, exact bool) (r rune, ok bool) {
	prose := !exact && strings.ContainsAny(s, " ")
	if !exact && strings.Contains(s, "-----BEGIN ") {
		return 0, false
	}
	for _, r := range s {
		if !isHidden(r) {
			continue
		}
		if !exact && (r == 0x200c || r == 0x200d || r >= 0xfe00 && r <= 0xfe0f || r >= 0xe0000 && r <= 0xe007f || prose && unicode.IsSpace(r)) {
			continue
		}
		return r, true
	}
	return 0, false
}

// isHidden reports whether a character shows nothing, or only an unusual blank.
func isHidden(r rune) bool {
	switch {
	case r < ' ', r >= 0x7f && r <= 0xa0, r == 0xad, r == 0x34f, r == 0x61c, r == 0x115f, r == 0x1160, r == 0x180e, r >= 0x2000 && r <= 0x200f,
		r >= 0x2028 && r <= 0x202f, r >= 0x205f && r <= 0x206f, r == 0x2800, r == 0x3000, r == 0x3164, r >= 0xfe00 && r <= 0xfe0f, r == 0xfeff,
		r >= 0xfff9 && r <= 0xfffb, r >= 0xe0000 && r <= 0xe007f:
		return true
	}
	return r > 0x7f && unicode.IsSpace(r)
}

// visibleOnly is a text without its hidden characters.
func visibleOnly(s string) string {
	return strings.Map(func(r rune) rune {
		if isHidden(r) {
			return -1
		}
		return r
	}, s)
}
