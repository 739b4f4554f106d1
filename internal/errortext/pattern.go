package errortext

import (
	"fmt"
	"strings"
)

// A pattern is a text as the data writes it, with blanks:
//
//	Failed to connect to {host} port {port}<< after {n} ms>>: Connection refused
//
// A space matches any whitespace, line ends included, and a quotation mark any
// of them, also escaped, because logs and forums change both. Letters
// match without regard to case; constants such as ECONNREFUSED do not. What is
// between << and >> may be missing. {*} is anything on the line.
type pattern struct {
	entry   int
	pieces  []piece
	literal int // characters that must be these
}

// piece is letters or a blank.
type piece struct {
	letters []letter
	blank   string
	class   class
}

type letter struct {
	b     byte // lower case, unless exact
	kind  letterKind
	exact bool
}

type letterKind byte

const (
	plain letterKind = iota
	space
	quote
)

// compile reads one text; each optional part makes two patterns of one.
func compile(text string, entry int) ([]pattern, error) {
	if i := strings.Index(text, "<<"); i >= 0 {
		optional, rest, ok := strings.Cut(text[i+2:], ">>")
		if !ok {
			return nil, fmt.Errorf("%q: << without >>", text)
		}
		with, err := compile(text[:i]+optional+rest, entry)
		if err != nil {
			return nil, err
		}
		without, err := compile(text[:i]+rest, entry)
		return append(with, without...), err
	}
	p := pattern{entry: entry, pieces: make([]piece, 0, 1+2*strings.Count(text, "{"))}
	for rest := text; rest != ""; {
		words, after, blank := strings.Cut(rest, "{")
		if words != "" {
			p.pieces = append(p.pieces, piece{letters: letters(words)})
			p.literal += len(words)
		}
		if !blank {
			break
		}
		name, tail, ok := strings.Cut(after, "}")
		c := classes(name)
		if !ok || c == unknownClass {
			return nil, fmt.Errorf("%q: no blank is called {%s}", text, name)
		}
		if n := len(p.pieces); n == 0 || p.pieces[n-1].blank != "" {
			return nil, fmt.Errorf("%q: a blank needs words before it", text)
		}
		p.pieces = append(p.pieces, piece{blank: name, class: c})
		rest = tail
	}
	return []pattern{p}, nil
}

func letters(s string) []letter {
	out := make([]letter, 0, len(s))
	constant := 0 // up to where the characters belong to one
	for i := 0; i < len(s); i++ {
		if i >= constant && s[i] >= 'A' && s[i] <= 'Z' && (i == 0 || !wordByte(s[i-1])) {
			constant = constantEnd(s, i)
		}
		switch b := s[i]; b {
		case ' ':
			if n := len(out); n == 0 || out[n-1].kind != space {
				out = append(out, letter{b: ' ', kind: space})
			}
		case '\'', '"', '`':
			out = append(out, letter{b: '"', kind: quote})
		default:
			if i >= constant {
				b = fold(b)
			}
			out = append(out, letter{b: b, exact: i < constant})
		}
	}
	return out
}

// constantEnd returns where the constant that begins at i ends, or i where
// there is none: it has five characters or more, and no small letter.
func constantEnd(s string, i int) int {
	j := i
	for j < len(s) && wordByte(s[j]) {
		if s[j] >= 'a' && s[j] <= 'z' {
			return i
		}
		j++
	}
	if j-i < 5 {
		return i
	}
	return j
}

// fold makes an ASCII letter lower case.
func fold(b byte) byte {
	if b-'A' < 26 {
		b |= 0x20
	}
	return b
}

func wordByte(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || b == '_'
}

func spaceByte(b byte) bool { return b == ' ' || b == '\t' || b == '\r' || b == '\n' }

// mostSpace bounds the whitespace that one space of a pattern matches.
const mostSpace = 64

// forward matches letters from i on and returns where they end, or -1.
func forward(text string, i int, ls []letter) int {
	for _, l := range ls {
		switch {
		case l.kind == space:
			j := i
			for j < len(text) && j-i < mostSpace && spaceByte(text[j]) {
				j++
			}
			if j == i {
				return -1
			}
			i = j
		case l.kind == quote:
			n := quoteAt(text[i:])
			if n == 0 {
				return -1
			}
			i += n
		case i >= len(text) || text[i] != l.b && (l.exact || fold(text[i]) != l.b):
			return -1
		default:
			i++
			if l.b == '\\' && i < len(text) && text[i] == '\\' {
				i++ // escaped once more
			}
		}
	}
	return i
}

// backward matches letters that end before i and returns where they begin, or -1.
func backward(text string, i int, ls []letter) int {
	for k := len(ls) - 1; k >= 0; k-- {
		switch l := ls[k]; {
		case l.kind == space:
			j := i
			for j > 0 && i-j < mostSpace && spaceByte(text[j-1]) {
				j--
			}
			if j == i {
				return -1
			}
			i = j
		case l.kind == quote:
			n := quoteBefore(text[:i])
			if n == 0 {
				return -1
			}
			i -= n
		case i == 0 || text[i-1] != l.b && (l.exact || fold(text[i-1]) != l.b):
			return -1
		default:
			i--
			if l.b == '\\' && i > 0 && text[i-1] == '\\' {
				i--
			}
		}
	}
	return i
}

// quotes are what a quotation mark becomes on its way; longer ones first.
var quotes = [...]string{`\\\"`, `\"`, `\'`, "&quot;", "&#34;", "&#39;", "&#x27;", "&apos;", "\u2018", "\u2019", "\u201c", "\u201d", `"`, "'", "`"}

func quoteAt(s string) int {
	if s == "" || s[0] != '"' && s[0] != '\'' && s[0] != '`' && s[0] != '\\' && s[0] != '&' && s[0] != 0xe2 {
		return 0
	}
	for _, q := range quotes {
		if strings.HasPrefix(s, q) {
			return len(q)
		}
	}
	return 0
}

func quoteBefore(s string) int {
	for _, q := range quotes {
		if strings.HasSuffix(s, q) {
			return len(q)
		}
	}
	return 0
}
