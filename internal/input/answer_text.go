package input

import (
	"html"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/wording"
)

// wordsOf is all text of a response body, one piece per line: JSON strings without their
// escapes, pages without markup. Tokens are left out.
func wordsOf(r *evidence.Response) string {
	var b strings.Builder
	switch r.Form {
	case evidence.FormJSON:
		answerText(&b, r.JSON, true)
		for _, f := range r.Faults {
			if f.Loses() {
				addLine(&b, r.Body)
				break
			}
		}
	case evidence.FormHTML, evidence.FormXML:
		markupText(&b, r.Body)
	case evidence.FormForm:
		for _, p := range formPairs(r.Body) {
			if !isToken(p.name) && p.name != "code" && p.name != "state" {
				addLine(&b, p.value)
			}
		}
	case evidence.FormText:
		addLine(&b, r.Body)
	}
	if b.Len() == 0 {
		for _, c := range r.Challenges {
			addLine(&b, c.Params["error_description"])
		}
	}
	return strings.ToValidUTF8(b.String(), "\uFFFD")
}

func addLine(b *strings.Builder, s string) {
	if s = strings.TrimSpace(s); s == "" {
		return
	}
	if b.Len() > 0 {
		b.WriteByte('\n')
	}
	b.WriteString(s)
}

// answerText writes the strings and numbers of a JSON value. The scanner bounds its
// recursion. JSON or a page inside a string is read too, one level deep.
func answerText(b *strings.Builder, v *jsonspan.Value, open bool) {
	switch {
	case v == nil:
	case v.Kind == jsonspan.String:
		text := strings.TrimSpace(v.Str)
		if inner, ok := innerJSON(text); ok && open {
			answerText(b, inner, false)
		} else if strings.HasPrefix(text, "<") && htmlLook(strings.ToLower(text[:min(len(text), 512)])) {
			markupText(b, text)
		} else {
			addLine(b, text)
		}
	case v.Kind == jsonspan.Number, v.Kind == jsonspan.Invalid:
		addLine(b, v.Raw)
	}
	if v == nil {
		return
	}
	for _, item := range v.Items {
		answerText(b, item, open)
	}
	for _, m := range v.Members {
		if !isToken(m.Name) {
			answerText(b, m.Value, open)
		}
	}
}

// isToken reports whether a member contains a token, which is never part of an error
// message.
func isToken(name string) bool {
	switch name {
	case "access_token", "id_token", "refresh_token", "device_code", "client_secret":
		return true
	}
	return false
}

// markupText writes the text of HTML or XML: without tags, comments, scripts and styles,
// entities decoded, with a line end where a tag breaks the line.
func markupText(b *strings.Builder, s string) {
	var line strings.Builder
	flush := func() {
		if line.Len() > 0 {
			addLine(b, strings.Join(strings.Fields(html.UnescapeString(line.String())), " "))
			line.Reset()
		}
	}
	lower := wording.LowerASCII(s)
	for i := 0; i < len(s); {
		n := strings.IndexByte(s[i:], '<')
		if n < 0 {
			line.WriteString(s[i:])
			break
		}
		line.WriteString(s[i : i+n])
		i += n
		if i+1 == len(s) || !letter(s[i+1]) && strings.IndexByte("/!?", s[i+1]) < 0 {
			line.WriteByte('<')
			i++
			continue
		}
		rest := lower[i:]
		if raw, ok := strings.CutPrefix(rest, "<![cdata["); ok {
			end := strings.Index(raw, "]]>")
			if end < 0 {
				end = len(raw)
			}
			start := i + len(rest) - len(raw)
			line.WriteString(s[start : start+end])
			i = min(start+end+3, len(s))
			continue
		}
		name := tagName(rest)
		closer := ">"
		switch {
		case strings.HasPrefix(rest, "<!--"):
			closer = "-->"
		case name == "script" || name == "style":
			closer = "</" + name
		}
		end := strings.Index(rest, closer)
		if end < 0 {
			break // never closed: the rest is not text
		}
		i += end + len(closer)
		if !inlineTag(name) {
			flush()
		}
		if name == "script" || name == "style" {
			if end = strings.IndexByte(s[i:], '>'); end < 0 {
				break
			}
			i += end + 1
		}
	}
	flush()
}

// tagName is the name of the tag that s, in lower case, begins with.
func tagName(s string) string {
	s = strings.TrimPrefix(s[1:], "/")
	n := 0
	for n < len(s) && n < 20 && (letter(s[n]) || digit(s[n])) {
		n++
	}
	return s[:n]
}

func inlineTag(name string) bool {
	switch name {
	case "a", "b", "i", "u", "em", "strong", "span", "code", "font", "small", "tt", "kbd", "big", "sub", "sup", "abbr", "mark":
		return true
	}
	return false
}
