package explain

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// escape makes plain text safe in Markdown, cells of tables included.
func escape(s string) string {
	var b strings.Builder
	for _, r := range strings.Join(strings.Fields(s), " ") {
		if strings.ContainsRune("\\`*<>[]|~&", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// code sets a value apart. A bar ends a cell even in code, so it is escaped,
// which GitHub undoes only in tables; values with one are written as text.
func code(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	switch {
	case s == "":
		return ""
	case strings.Contains(s, "|"):
		return escape(s)
	case strings.Contains(s, "`"):
		return "`` " + s + " ``"
	}
	return "`" + s + "`"
}

func codes(words []string) string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = code(w)
	}
	return strings.Join(out, ", ")
}

func and(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

func upperFirst(s string) string {
	// Names of claims and the like keep their case: "exp is …", "alg is …".
	first, _, _ := strings.Cut(s, " ")
	if first != strings.ToLower(first) || isName(first) {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func lowerFirst(s string) string {
	if len(s) > 1 && s[1] >= 'a' && s[1] <= 'z' {
		return strings.ToLower(s[:1]) + s[1:]
	}
	return s
}

// isName recognises words that begin a sentence in lower case.
func isName(s string) bool {
	switch strings.Trim(s, ",;:") {
	case "alg", "typ", "kid", "jku", "x5t", "x5c", "crit", "b64", "iss", "sub", "aud", "jti", "iat", "nbf", "exp", "use":
		return true
	}
	return false
}

// valueWords writes a rule's value as a profile would.
func valueWords(state profile.State, v any) string {
	switch state {
	case profile.None:
		return "none"
	case profile.Unknown:
		return "unknown"
	}
	switch v := v.(type) {
	case []string:
		return codes(v)
	case time.Duration:
		return durationWords(v)
	case *regexp.Regexp:
		return formWords(strings.TrimSuffix(strings.TrimPrefix(v.String(), "^(?:"), ")$"))
	case bool, int:
		return fmt.Sprint(v)
	case profile.Presence:
		return string(v)
	case string:
		return code(v)
	}
	return escape(fmt.Sprint(v))
}

// durationWords writes 5m0s as 5m, as profiles do.
func durationWords(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// typeWords says how a rule's value is written.
func typeWords(k profile.Key) string {
	switch k.Type {
	case profile.TypeBool:
		return "`true` or `false`"
	case profile.TypeInt:
		return "a whole number"
	case profile.TypeDuration:
		return "a duration"
	case profile.TypeStrings:
		if len(k.Choice) > 0 {
			return "a list of " + codes(k.Choice)
		}
		return "a list of texts"
	case profile.TypePresence:
		return codes([]string{string(profile.Required), string(profile.Recommended), string(profile.Optional), string(profile.Forbidden)})
	case profile.TypeRegexp:
		return "an expression between slashes"
	}
	if len(k.Choice) > 0 {
		return codes(k.Choice)
	}
	return "a text"
}

// matchWords says what an answer is recognised by.
func matchWords(s profile.Symptom) string {
	m := s.Match
	var parts []string
	if m.Status != 0 {
		parts = append(parts, fmt.Sprintf("HTTP %d", m.Status))
	}
	text := func(t *profile.Text, name string, bare bool) {
		switch {
		case t == nil:
		case t.Empty:
			parts = append(parts, "no "+name)
		case t.Regexp != "":
			parts = append(parts, name+" "+likeWords(t.Regexp, s.Says))
		case bare:
			parts = append(parts, code(t.Substring))
		default:
			parts = append(parts, name+" “"+escape(t.Substring)+"”")
		}
	}
	text(m.Error, "error", true)
	text(m.Description, "description", false)
	text(m.ErrorURI, "error_uri", false)
	text(m.Body, "body", false)
	if s.LogOnly {
		parts = append(parts, "only in its log")
	}
	return strings.Join(parts, ", ")
}

// likeWords writes an expression as the text it is for: the text itself where it is
// no more than one with optional quotes and gaps, else an example of it.
func likeWords(expr, says string) string {
	text := strings.NewReplacer(`"?`, `"`, ".*", " … ").Replace(strings.TrimPrefix(expr, "(?i)"))
	switch {
	case regexp.QuoteMeta(text) == text:
		return "“" + escape(text) + "”"
	case says != "":
		return "like “" + escape(says) + "”"
	}
	return "of a certain form"
}

// formWords writes an expression about a path or a claim with * for what varies,
// as people write it; where that does not say it, that there is a form.
func formWords(expr string) string {
	text := strings.NewReplacer("(?i)", "", "^", "", "$", "", "(?:[^/]+/)*", "…/", "[^/]+", "*", "[^/]*", "*", ".*", "*", ".+", "*", `\.`, ".", `\d+`, "*").Replace(expr)
	if strings.ContainsAny(text, `()[]{}|\+?^$`) || text == "" {
		return "of a certain form"
	}
	return "like " + code(text)
}
