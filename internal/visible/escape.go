package visible

import "strings"

// WithoutEscapes is a text without the escape sequences of a terminal: colours and
// cursor movements (CSI), titles and links (OSC). ok is false if what an escape character
// begins is not known to end, so that nobody can say which characters belong to it.
func WithoutEscapes(s string) (plain string, ok bool) {
	if strings.ContainsAny(s, "\u0090\u0098\u009b\u009d\u009e\u009f") {
		return s, false // the same in one character
	}
	if !strings.Contains(s, "\x1b") {
		return s, true
	}
	var b strings.Builder
	for {
		text, rest, found := strings.Cut(s, "\x1b")
		b.WriteString(text)
		if !found {
			return b.String(), true
		}
		n := escapeLength(rest)
		if n == 0 {
			return b.String() + rest, false
		}
		s = rest[n:]
	}
}

// escapeLength is the length of what follows the escape character and belongs to it; 0 if
// that is not known (ECMA-48 sections 5.4 and 8.3.89).
func escapeLength(s string) int {
	switch {
	case strings.HasPrefix(s, "["):
		for i := 1; i < len(s); i++ {
			switch c := s[i]; {
			case c >= '@' && c <= '~':
				return i + 1
			case c < ' ' || c > '?':
				return 0
			}
		}
	case strings.HasPrefix(s, "]"):
		if i := strings.IndexAny(s, "\a\x1b"); i > 0 && s[i] == '\a' {
			return i + 1
		} else if i > 0 && strings.HasPrefix(s[i:], "\x1b\\") {
			return i + 2
		}
	}
	return 0
}
