package island

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/wording"
)

const (
	longestLabel = 80
	// longestCaption is how long a line above an island may be to be its label.
	longestCaption = 90
)

// labelBefore is what the text calls the thing at i: the name or words before it on its
// line, else the line above if that is a caption, else the label of the layer.
func (l *layer) labelBefore(i int) string {
	from := max(l.lineStart, i-longestLabel)
	if i < from {
		from = i
	}
	if label := words(l.s[from:i]); label != "" {
		return label
	}
	if label := l.caption(l.lineStart); label != "" {
		return label
	}
	return l.label
}

// caption is the line above byte start if it is a label: a heading, a line that ends with
// a colon, or a few words.
func (l *layer) caption(start int) string {
	end := start
	head := "" // the header of a table
	for lines := 0; end > 0 && lines < 4; lines++ {
		begin := max(0, end-1-longestCaption-1)
		if n := strings.LastIndexByte(l.s[begin:end-1], '\n'); n >= 0 {
			begin += n + 1
		}
		line := strings.TrimSpace(l.s[begin : end-1])
		end = begin
		if line != "" && line[0] == '|' && len(line) <= longestCaption && head == "" && strings.Trim(line, "-=_*~+#`|: ") != "" {
			head = plainWords(line) + " "
			continue
		}
		if line == "" || strings.Trim(line, "-=_*~+#`|: ") == "" || strings.HasPrefix(line, "```") {
			continue
		}
		if len(line) > longestCaption {
			return strings.TrimSpace(head)
		}
		text := strings.Trim(line, "#*_`=->+ \t")
		named := strings.HasSuffix(text, ":") || strings.HasSuffix(text, ":**") || strings.HasPrefix(line, "#") || strings.HasPrefix(line, "**") || strings.HasPrefix(line, "--")
		blanks := strings.Count(text, " ")
		if !named && blanks > 4 && (blanks > 8 || !telling(text)) || strings.ContainsAny(text, "{}=&;") {
			return strings.TrimSpace(head)
		}
		return head + plainWords(text)
	}
	return strings.TrimSpace(head)
}

// telling reports whether a sentence names something that may be below it.
func telling(text string) bool {
	low := strings.ToLower(text)
	return wording.HasAny(low, "payload", "claims", "header", "assertion", "token", "jwt", "request", "response")
}

// words are the last words of a text that can be a label, in lower case; "" if there are
// none.
func words(s string) string {
	s = strings.TrimRight(s, " \t\r\n\"'“”‘’«„`([{<=:>*|~\\,%-")
	for _, scheme := range [...]string{"bearer", "dpop", "jwt"} {
		if n := len(s) - len(scheme); n > 0 && strings.EqualFold(s[n:], scheme) && !isWord(s[n-1]) {
			head := strings.TrimRight(s[:n], " \t\"'`([{=:>")
			if strings.HasSuffix(strings.ToLower(head), "authorization") || scheme == "bearer" {
				return "bearer"
			}
			break
		}
	}
	start := len(s)
	for start > 0 {
		c := s[start-1]
		if !isWord(c) && c != ' ' && c != '-' && c != '.' && c != '/' {
			break
		}
		if c == '.' && start < len(s) && s[start] == ' ' {
			break // the end of a sentence
		}
		start--
	}
	return plainWords(s[start:])
}

// plainWords writes a name as words: clientAssertion and client_assertion become "client
// assertion".
func plainWords(s string) string {
	var b strings.Builder
	blank, lower := true, false
	for i := range len(s) {
		c := s[i]
		switch {
		case c >= 'A' && c <= 'Z':
			if lower && !blank {
				b.WriteByte(' ')
			}
			b.WriteByte(c | 0x20)
			blank, lower = false, false
		case c >= 'a' && c <= 'z' || isDigit(c):
			b.WriteByte(c)
			blank, lower = false, true
		default:
			if !blank {
				b.WriteByte(' ')
			}
			blank, lower = true, false
		}
	}
	return strings.TrimSpace(b.String())
}
