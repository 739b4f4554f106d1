package input

import (
	"bytes"
	"slices"
	"strings"
)

// placeholderLike recognises a placeholder only by its brackets, so that they are not
// read as brackets around an assertion.
func (w *work) placeholderLike() bool {
	if len(w.b) > 200 {
		return false
	}
	_, ok := w.placeholder()
	return ok
}

// placeholder calls the function placeholder for the working text. It is called often, so
// it remembers the result until the text changes.
func (w *work) placeholder() (string, bool) {
	if w.asked == "" || w.asked != string(w.b) {
		w.asked = string(w.b)
		w.words, w.named = placeholder(w.asked)
	}
	return w.words, w.named
}

// placeholder reports whether the text is a placeholder for an assertion, and describes
// it. A real token is never one.
func placeholder(text string) (string, bool) {
	t := strings.TrimSpace(text)
	if t == "" {
		return "", false
	}
	if len(t) <= 200 && strings.IndexByte(t, '\n') < 0 {
		bare := strings.Trim(t, `"'`)
		if printedForNothing(bare) {
			return "the word " + t + ", which programs print for a value that is not there", true
		}
		if bracketed(bare) || templated(bare) {
			return "the placeholder " + bare, true
		}
		if words(bare) {
			return "the placeholder " + bare, true
		}
	}
	if startsToken(t) {
		return sample(t)
	}
	if at := ellipsis(t); strings.HasPrefix(t, "ey") && at > 1 && at < 4 {
		return "a shortened sample (" + clipText(t) + ")", true
	}
	if likeToken([]byte(t)) || len(t) > 200 {
		return "", false
	}
	if dummy(t) {
		return "the placeholder " + t, true
	}
	return "", false
}

// printedForNothing reports whether a text is what programs print for a value that is not
// there, or not yet.
func printedForNothing(bare string) bool {
	if len(bare) > len("promise { <pending> }") {
		return false
	}
	switch strings.ToLower(bare) {
	case "undefined", "null", "none", "nil", "(null)", "<nil>", "[object object]", "[object promise]", "promise { <pending> }", "nan", "%!s(<nil>)":
		return true
	}
	return false
}

// variable reports whether a text is a name such as JWT or client assertion.
func variable(s string) bool {
	s = strings.TrimSpace(s)
	if s == "" || len(s) > 80 || startsToken(s) {
		return false
	}
	for i, c := range []byte(s) {
		switch {
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c >= 0x80:
		case i > 0 && (c >= '0' && c <= '9' || strings.IndexByte(" .-:'()|/", c) >= 0):
		case c == '$' || c == '.' || c == '@' || c == '#':
		default:
			return false
		}
	}
	return true
}

// bracketed recognises placeholders in brackets: <assertion>, [CLIENT_ASSERTION].
func bracketed(t string) bool {
	for _, pair := range []string{"<>", "[]", "«»", "‹›", "＜＞", "()"} {
		left, right := pair[:len(pair)/2], pair[len(pair)/2:]
		inner, ok := strings.CutPrefix(t, left)
		if !ok {
			continue
		}
		if inner, ok = strings.CutSuffix(inner, right); ok && variable(inner) && !strings.ContainsAny(inner, "<>") && (left != "(" || words(inner)) {
			return len(inner) < 40 || strings.Contains(inner, " ") || words(inner)
		}
	}
	return false
}

// templated recognises variables of shells and templates: $JWT, ${JWT}, %JWT%, {{jwt}}.
func templated(t string) bool {
	for _, pair := range [][2]string{
		{"${{", "}}"}, {"{{", "}}"}, {"${", "}"}, {"#{", "}"}, {"@{", "}"}, {"$(", ")"}, {"<%=", "%>"}, {"{%", "%}"}, {"%(", ")s"}, {"{", "}"}, {"%", "%"}, {"!", "!"},
		{"__", "__"}, {"@@", "@@"}, {"##", "##"}, {"$", ""}, {":", ""},
	} {
		inner, ok := strings.CutPrefix(t, pair[0])
		if !ok {
			continue
		}
		if inner, ok = strings.CutSuffix(inner, pair[1]); !ok || inner == "" {
			continue
		}
		short := len(inner) <= 80 && !strings.ContainsAny(inner, "\n")
		if pair[0] == "$(" || pair[0] == "<%=" || pair[0] == "{{" || pair[0] == "${" || pair[0] == "${{" {
			return short && !startsToken(inner)
		}
		if pair[0] == "$" || pair[0] == ":" {
			return short && variable(inner) && !strings.ContainsAny(inner, " /'()|") && (pair[0] == "$" && len(inner) < 40 || words(inner))
		}
		return short && variable(inner)
	}
	return false
}

// words recognises texts such as YOUR_JWT_ASSERTION and client_assertion: only words, one
// of them significant.
func words(t string) bool {
	// Words have no digits; most texts that are not words do.
	if len(t) > 80 || strings.ContainsAny(t, "0123456789") || sentence(t) {
		return false
	}
	telling := false
	fields := strings.FieldsFunc(strings.ToLower(t), func(r rune) bool { return strings.ContainsRune(" _-.:/", r) })
	for _, f := range fields {
		if strings.Trim(f, "abcdefghijklmnopqrstuvwxyz") != "" {
			return false
		}
		switch f {
		case "jwt", "assertion", "clientassertion", "placeholder", "changeme", "todo", "tbd", "yourjwt", "yourtoken", "yourassertion", "jwtassertion",
			"signedjwt", "signed", "token", "jwttoken", "encodedjwt", "replaceme", "insert":
			telling = true
		default:
			// Any sentence may contain "here" or "there"; none contains tokenhere.
			switch what, here := strings.CutSuffix(f, "here"); {
			case strings.HasPrefix(f, "your"):
				telling = true
			case here:
				telling = telling || slices.Contains([]string{"token", "jwt", "assertion", "signature", "value", "paste", "insert", "put"}, what)
			}
		}
	}
	return telling
}

// sentence distinguishes a sentence about a token from a placeholder for one: it is long,
// ends like a sentence, or has a verb or pronoun that no instruction to insert something
// has.
func sentence(t string) bool {
	fields := strings.Fields(strings.ToLower(t))
	if len(fields) < 3 {
		return false
	}
	switch fields[0] {
	case "paste", "put", "insert", "replace", "enter", "add":
		return false
	}
	if strings.IndexByte(".!?", t[len(t)-1]) >= 0 && !strings.HasSuffix(t, "...") || len(fields) > 8 {
		return true
	}
	for _, f := range fields {
		switch strings.Trim(f, ".,:;!?") {
		case "i", "we", "it", "is", "are", "was", "were", "has", "have", "had", "says", "said", "gets", "got", "get", "tried", "fails", "failed", "does", "did", "not",
			"but", "why", "because", "since", "when", "our", "cannot":
			return true
		}
	}
	return false
}

// dummy recognises texts in the form of a JWT whose parts are words or repeated letters:
// header.payload.signature, xxx.yyy.zzz.
func dummy(t string) bool {
	parts := strings.Split(t, ".")
	if len(parts) != 3 {
		return len(t) >= 3 && strings.Trim(strings.ToLower(t), "x") == "" || len(t) >= 3 && strings.Trim(t, "*") == ""
	}
	for _, p := range parts {
		if !filler(p) {
			return false
		}
	}
	return true
}

// filler reports whether one part of a JWT was never filled in.
func filler(p string) bool {
	const brackets = " <>{}[]()$*"
	bare := strings.Trim(p, brackets)
	if bare == "" {
		return p != ""
	}
	if len(bare) == len(p) && (len(p) >= 40 || startsToken(p)) {
		return false // the usual case
	}
	q := strings.ToLower(bare)
	switch q {
	case "header", "payload", "signature", "claims", "body", "head", "jwtheader", "jwtpayload", "jwtsignature", "jose", "your-signature", "your_signature",
		"base64header", "base64payload", "base64signature", "signature-here", "signature_here", "signaturehere", "yoursignature", "encodedheader", "encodedpayload", "encodedsignature":
		return true
	}
	if len(q) != len(strings.ToLower(p)) && variable(q) {
		return true // it was in brackets
	}
	return len(p) > 2 && len(p) < 40 && strings.Trim(p, p[:1]) == "" && q[0] >= 'a' && q[0] <= 'z'
}

// sample recognises a JWT that was shortened for display: eyJ...,
// eyJhbGc….<payload>.<signature>.
func sample(t string) (string, bool) {
	parts, _ := bounds([]byte(t))
	cut := func(i int) int { return ellipsis(t[parts[i].Start:parts[i].End]) }
	if cut(0) > 0 {
		// Even the header is incomplete.
		if _, ok := object([]byte(t[parts[0].Start:parts[0].End])); !ok || len(parts) == 1 {
			return "a shortened sample (" + clipText(t) + ")", true
		}
	}
	for i, p := range parts {
		if i > 0 && i < 3 && filler(t[p.Start:p.End]) {
			return "a sample whose part " + string(rune('1'+i)) + " was never filled in", true
		}
		if i > 0 && i < 3 && cut(i) == 0 && p.Len() > 0 && p.Len() < 8 && strings.Trim(t[p.Start:p.End], ".…") == "" {
			return "a shortened sample (" + clipText(t) + ")", true
		}
	}
	return "", false
}

// ellipsis is the offset at which text was left out of a part; -1 if none was.
func ellipsis(part string) int {
	at := -1
	for _, mark := range []string{"...", "…", "***", "[snip]", "<snip>", "[truncated]"} {
		if i := strings.Index(part, mark); i >= 0 && (at < 0 || i < at) {
			at = i
		}
	}
	return at
}

func clipText(t string) string {
	const most = 24
	b := []byte(t)
	if len(b) <= most {
		return t
	}
	return string(bytes.ToValidUTF8(b[:most], nil)) + "…"
}
