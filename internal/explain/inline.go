package explain

import (
	"strings"
	"unicode/utf8"

	"github.com/assertionworks/jwtdoctor/internal/visible"
)

// style is the SGR parameter a piece of text is painted with.
type style string

const (
	plain style = ""
	bold  style = "1"
)

// word is what no line break may enter, in pieces of one style each.
type word struct {
	parts []part
	width int
}

type part struct {
	text  string
	style style
}

// words reads inline Markdown: escapes, code, bold, links. Addresses are shown
// behind a link's text where asked for.
func words(s string, addresses bool) []word {
	var in inline
	in.read(s, plain, addresses)
	in.space()
	return in.words
}

type inline struct {
	words []word
	cur   word
}

func (in *inline) space() {
	if len(in.cur.parts) > 0 {
		in.words, in.cur = append(in.words, in.cur), word{}
	}
}

// add appends text, in which spaces part words.
func (in *inline) add(text string, st style) {
	for i, piece := range strings.Split(text, " ") {
		if i > 0 {
			in.space()
		}
		if piece == "" {
			continue
		}
		if n := len(in.cur.parts); n > 0 && in.cur.parts[n-1].style == st {
			in.cur.parts[n-1].text += piece
		} else {
			in.cur.parts = append(in.cur.parts, part{piece, st})
		}
		in.cur.width += visible.Width(piece)
	}
}

func (in *inline) read(s string, st style, addresses bool) {
	for s != "" {
		switch {
		case s[0] == '\\' && len(s) > 1 && isPunct(s[1]):
			in.add(s[1:2], st)
			s = s[2:]
		case s[0] == '`':
			ticks := s[:len(s)-len(strings.TrimLeft(s, "`"))]
			body, rest, ok := strings.Cut(s[len(ticks):], ticks)
			if !ok {
				in.add(ticks, st)
				s = s[len(ticks):]
				continue
			}
			in.add(strings.TrimSpace(body), bold)
			s = rest
		case strings.HasPrefix(s, "**"):
			if st == bold {
				st = plain
			} else {
				st = bold
			}
			s = s[2:]
		case s[0] == '[':
			text, url, rest, ok := link(s)
			if !ok {
				in.add("[", st)
				s = s[1:]
				continue
			}
			in.read(text, st, addresses)
			if addresses && strings.Contains(url, "://") {
				in.space()
				in.add("<"+url+">", plain)
			}
			s = rest
		default:
			_, n := utf8.DecodeRuneInString(s)
			for n < len(s) && !strings.ContainsRune("\\`*[", rune(s[n])) {
				_, m := utf8.DecodeRuneInString(s[n:])
				n += m
			}
			in.add(s[:n], st)
			s = s[n:]
		}
	}
}

// link takes [text](address) apart.
func link(s string) (text, url, rest string, ok bool) {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case ']':
			if !strings.HasPrefix(s[i:], "](") {
				return "", "", "", false
			}
			url, rest, ok = strings.Cut(s[i+2:], ")")
			return s[1:i], url, rest, ok
		}
	}
	return "", "", "", false
}

func isPunct(c byte) bool {
	return strings.IndexByte("\\`*_{}[]()<>#+-.!|~&", c) >= 0
}
