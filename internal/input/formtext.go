package input

import (
	"strings"
)

// formBody reads form-encoded text as people paste it: on one line, wrapped over several,
// or with one parameter per line (name=value, or name:value as in Postman's bulk edit).
// ok is false if it is not a form.
func formBody(text string, start, end int) (m mapped, ok bool) {
	start, end = trimSpan(text, start, end)
	if end-start > maxBody {
		end = start + maxBody
	}
	lines := linesOf(text, start, end)
	if named(text, lines, ':') {
		return listed(text, lines, ':'), true
	}
	if !formLook(text[start:end]) {
		return m, false
	}
	if named(text, lines, '=') {
		return listed(text, lines, '='), true
	}
	if !wrappedForm(text, lines) {
		return m, false
	}
	m = joined(text, lines)
	fillPlaceholders(&m)
	return m, true
}

// joined are lines without what is between them.
func joined(text string, lines []stretch) (m mapped) {
	for _, l := range lines {
		m.add(text[l.start:l.end], l.start)
	}
	return m
}

// stretch is a line, or part of one, by its place in the text.
type stretch struct{ start, end int }

// linesOf are the non-empty lines of a stretch, without leading and trailing blanks.
func linesOf(text string, start, end int) []stretch {
	var out []stretch
	for i := start; i < end; {
		stop := endOfLine(text, i, end)
		if a, b := trimSpan(text, i, stop); a < b {
			out = append(out, stretch{a, b})
		}
		i = stop + 1
	}
	return out
}

// named reports whether every line is a parameter, at least two of them of OAuth.
func named(text string, lines []stretch, mark byte) bool {
	known := 0
	for _, l := range lines {
		line := text[l.start:l.end]
		if mark == '=' && (strings.HasPrefix(line, "&") || strings.HasSuffix(line, "&")) {
			return false
		}
		n := strings.IndexByte(line, mark)
		if strings.HasPrefix(line, "//") { // a parameter switched off in a bulk edit
			continue
		}
		if n < 1 || !parameterName(strings.TrimSpace(line[:n])) {
			return false
		}
		if OAuthParameter(strings.TrimSpace(line[:n])) {
			known++
		}
	}
	return known > 1
}

func parameterName(s string) bool {
	if s == "" || len(s) > 64 {
		return false
	}
	for i := range len(s) {
		if !letter(s[i]) && !digit(s[i]) && strings.IndexByte("_-.[]", s[i]) < 0 {
			return false
		}
	}
	return true
}

// OAuthParameter reports whether a name is that of an OAuth parameter, in any case and
// with hyphens or underscores.
func OAuthParameter(s string) bool {
	switch strings.ReplaceAll(strings.ToLower(s), "-", "_") {
	case "grant_type", "client_assertion_type", "client_assertion", "client_id", "client_secret", "scope", "code", "redirect_uri", "code_verifier",
		"refresh_token", "assertion", "audience", "resource", "username", "password", "error", "error_description", "state", "response_type":
		return true
	}
	return false
}

// listed joins parameters that have one line each. Such values are usually not encoded,
// unless one contains percent-encoding.
func listed(text string, lines []stretch, mark byte) mapped {
	var m mapped
	encoded := false
	for _, l := range lines {
		line := text[l.start:l.end]
		encoded = encoded || mark == '=' && strings.Contains(line, "%3A") || strings.Contains(line, "%2F")
	}
	for _, l := range lines {
		line := text[l.start:l.end]
		if strings.HasPrefix(line, "//") {
			continue
		}
		if m.len() > 0 {
			m.put("&", -1)
		}
		n := strings.IndexByte(line, mark)
		_, nameEnd := trimSpan(text, l.start, l.start+n)
		m.add(text[l.start:nameEnd], l.start)
		m.put("=", -1)
		a, b := trimSpan(text, l.start+n+1, l.end)
		for i := a; i < b; i++ {
			if c := text[i]; !encoded && strings.IndexByte("&+%#", c) >= 0 {
				m.putPercent(c, int32(i))
			} else {
				m.add(text[i:i+1], i)
			}
		}
	}
	fillPlaceholders(&m)
	return m
}

// spacedForm reads a form with blanks around = and &, which clients remove before they
// send it; ok is false if the blanks may be part of what is sent.
func spacedForm(body mapped) (m mapped, ok bool) {
	text := body.String()
	if strings.Count(text, " =") == 0 || strings.Count(text, "&") > maxParams {
		return m, false
	}
	for start := 0; start <= len(text); {
		end := len(text)
		if n := strings.IndexByte(text[start:], '&'); n >= 0 {
			end = start + n
		}
		if m.len() > 0 && strings.TrimSpace(text[start:end]) == "" {
			start = end + 1
			continue
		}
		n := strings.IndexByte(text[start:end], '=')
		if n < 1 || n+1 >= end-start || text[start+n-1] != ' ' || text[start+n+1] != ' ' {
			return m, false
		}
		name, value := body.cut(start, start+n), body.cut(start+n+1, end)
		m = pair(m, trimmed(name), trimmed(value))
		start = end + 1
	}
	return m, true
}

// wrappedForm reports whether the lines are one form that was wrapped for display: at &,
// or inside a value if nothing else is possible.
func wrappedForm(text string, lines []stretch) bool {
	for i, l := range lines {
		line := text[l.start:l.end]
		if strings.ContainsAny(line, " \t") && i > 0 && strings.IndexByte(line, '=') < 0 {
			return false
		}
		if i > 0 && strings.IndexByte("{}<>", line[0]) >= 0 && !strings.HasPrefix(line, "{{") {
			return false
		}
	}
	return true
}

// maxPlaceholders bounds the placeholders looked for in one text.
const maxPlaceholders = 200

// fillPlaceholders makes holes of the placeholders of a text, unless there are so many
// that it cannot be a request.
func fillPlaceholders(m *mapped) {
	if strings.Count(m.String(), "{{") <= maxPlaceholders {
		m.placeholders()
	}
}
