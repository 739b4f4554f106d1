package island

import (
	"encoding/base64"
	"strings"
	"unicode/utf8"

	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

const (
	longestToken  = 1 << 20
	shortestToken = 20 // characters of anything that is read as a JWT
	shortestLine  = 16 // characters of a line that continues a wrapped JWT
	mostDecoded   = 64 << 10
)

// readToken reads a JWT, which may be wrapped over lines, shortened, or have its
// signature replaced by a word or signs.
func readToken(l *layer, i int) int {
	if !startsToken(l.s[i:]) || !tokenBoundary(l.s, i) {
		return i
	}
	r := tokenRun{s: l.s, start: i}
	r.read()
	if !r.isToken() {
		return i
	}
	is := Island{Kind: KindToken, Name: "a JWT", Text: l.t.Slice(i, r.end), Token: r.token(), Label: l.labelBefore(i)}
	if r.wrapped && r.hidden == "" && r.gap < 0 {
		is.Text, is.Undone = l.unwrapped(i, r.end)
	}
	l.emit(is)
	return r.end
}

// startsToken reports whether the text begins like the base64url of a JSON object.
func startsToken(s string) bool {
	if len(s) < 4 || s[0] != 'e' || s[1] != 'y' && s[1] != 'w' {
		return false
	}
	var buf [6]byte
	n := 0
	for n < min(len(s), 8) && base64Byte(s[n]) {
		n++
	}
	n -= n % 4
	if n < 4 {
		return n == 0 && strings.HasPrefix(s, "eyJ")
	}
	var head [8]byte
	for i := range n {
		switch head[i] = s[i]; s[i] {
		case '+':
			head[i] = '-'
		case '/':
			head[i] = '_'
		}
	}
	k, err := base64.RawURLEncoding.Decode(buf[:], head[:n])
	if err != nil || k < 2 || buf[0] != '{' {
		return false
	}
	c := buf[1]
	return c == '"' || c == '\'' || c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '}' || isLetter(c)
}

func base64Byte(c byte) bool {
	return isLetter(c) || isDigit(c) || c == '-' || c == '_' || c == '+' || c == '/'
}

// tokenBoundary reports whether a token may begin at i: not in the middle of a word.
func tokenBoundary(s string, i int) bool {
	if i == 0 || !base64Byte(s[i-1]) && s[i-1] != '.' {
		return true
	}
	return s[i-1] == '/' || i > 2 && s[i-3] == '%'
}

// tokenRun is a stretch that may be a JWT.
type tokenRun struct {
	s          string
	start, end int
	dots       []int // places of the dots that separate parts
	// gap is where characters were left out; -1 if none were.
	gap     int
	encoded bool
	wrapped bool
	hidden  string
	signed  int // the end of the payload if the signature is hidden
	// want are the possible lengths of a signature by the header's algorithm; known is
	// true once they were looked up.
	want   []int
	known  bool
	spaces int // whitespace since the last dot
}

func (r *tokenRun) read() {
	r.gap = -1
	i := r.start
	for i < len(r.s) && i-r.start < longestToken {
		c := r.s[i]
		switch {
		case base64Byte(c):
			i++
			continue
		case c == '=' && i+1 <= len(r.s) && r.padding(i):
			i++
			continue
		case c == '.':
			n := dotsAt(r.s, i)
			if n > 2 {
				if !r.ellipsis(i, n) {
					r.end = i
					return
				}
				i = r.end
				continue
			}
			if len(r.dots) == 2 && !r.goesOn(i+1) {
				r.end = i // a full stop
				return
			}
			if len(r.dots) > 5 {
				r.end = i
				return
			}
			r.dots = append(r.dots, i)
			r.spaces = 0
			i++
			if len(r.dots) == 2 && r.hides(i) {
				return
			}
			continue
		case c == '%' && i+2 < len(r.s):
			if plain := strings.ToUpper(r.s[i : i+3]); plain == "%2E" || plain == "%2D" || plain == "%5F" || plain == "%3D" || plain == "%2B" || plain == "%2F" {
				r.encoded = true
				if plain == "%2E" {
					r.dots = append(r.dots, i)
				}
				i += 3
				continue
			}
		case c >= utf8.RuneSelf:
			ru, n := utf8.DecodeRuneInString(r.s[i:])
			if ru == '…' {
				if !r.ellipsis(i, n) {
					r.end = i
					return
				}
				i = r.end
				continue
			}
			if damage(ru) && r.goesOn(i+n) {
				i += n
				continue
			}
		case c == '*' || c == '[' || c == '<' || c == '(':
			if n := elision(r.s[i:]); n > 0 && r.ellipsis(i, n) {
				i = r.end
				continue
			}
		case isBlank(c) || c == '\\':
			if n := r.nextLine(i); n > 0 {
				r.wrapped = true
				r.spaces += n - i
				i = n
				continue
			}
			if n := r.spaced(i); n > 0 {
				r.spaces += n - i
				i = n
				continue
			}
		}
		break
	}
	r.end = i
}

// padding reports whether the equals sign at i is padding of a part.
func (r *tokenRun) padding(i int) bool {
	n := i
	for n < len(r.s) && r.s[n] == '=' && n-i < 2 {
		n++
	}
	return n == len(r.s) || r.s[n] == '.' || !base64Byte(r.s[n]) || i > 0 && r.s[i-1] == '='
}

func dotsAt(s string, i int) int {
	n := 0
	for i+n < len(s) && s[i+n] == '.' {
		n++
	}
	return n
}

// damage reports whether a character is one that forums and word processors insert into a
// token or put in place of its characters.
func damage(r rune) bool {
	return r >= 0x2010 && r <= 0x2015 || r == 0x2212 || r >= 0x200B && r <= 0x200F || r == 0x2060 || r == 0xFEFF || r == 0xAD || r >= 0xFF01 && r <= 0xFF5E || r == 0xA0
}

// goesOn reports whether more characters of a token follow.
func (r *tokenRun) goesOn(i int) bool {
	n := i
	for n < len(r.s) && n-i < 8 && (base64Byte(r.s[n]) || r.s[n] == '.') {
		n++
	}
	return n-i >= 8 || n > i && (n == len(r.s) || !isBlank(r.s[n]))
}

// decodePart decodes a part of a token as far as possible, skipping whitespace and line
// continuations.
func decodePart(s string) []byte {
	buf := make([]byte, 0, min(len(s), mostDecoded))
	for i := 0; i < len(s) && len(buf) < mostDecoded; i++ {
		switch c := s[i]; {
		case c == '+':
			buf = append(buf, '-')
		case c == '/':
			buf = append(buf, '_')
		case base64Byte(c):
			buf = append(buf, c)
		case isBlank(c) || c == '\\' || c == '>' || c == '=':
		default:
			i = len(s)
		}
	}
	if len(buf)%4 == 1 {
		buf = buf[:len(buf)-1]
	}
	n, _ := base64.RawURLEncoding.Decode(buf, buf)
	return buf[:n]
}

// isToken reports whether what was read is a JWT, damaged or not.
func (r *tokenRun) isToken() bool {
	switch {
	case r.gap >= 0:
		return r.gap-r.start > 4 || r.end > r.gap+3
	case len(r.dots) == 0 || r.end-r.start < shortestToken:
		return false
	case r.encoded:
		return true
	}
	if header, _ := jsonspan.Scan(decodePart(r.s[r.start:r.dots[0]]), jsonspan.Limits{Values: 256}); header.Kind == jsonspan.Object {
		return true
	}
	return len(r.dots) > 1
}

// token describes what was read.
func (r *tokenRun) token() *Token {
	t := &Token{Parts: len(r.dots) + 1, Hidden: r.hidden, Shortened: r.gap >= 0, Encoded: r.encoded}
	if r.hidden != "" {
		t.Signed = r.signed - r.start
	}
	if r.encoded || r.gap >= 0 {
		return t
	}
	if len(r.dots) > 0 {
		t.Header = objectIn(r.s[r.start:r.dots[0]])
		end := r.end
		if len(r.dots) > 1 {
			end = r.dots[1]
		}
		t.Claims = objectIn(r.s[r.dots[0]+1 : end])
	}
	return t
}

func objectIn(part string) *jsonspan.Value {
	v, _ := jsonspan.Scan(decodePart(part), jsonspan.Limits{Values: 4096})
	if v.Kind != jsonspan.Object {
		return nil
	}
	return v
}

// ReadToken reads a text that is one JWT, such as the value of a parameter; ok is false
// if it is not one.
func ReadToken(s string) (t *Token, ok bool) {
	if len(s) > longestToken || !startsToken(s) {
		return nil, false
	}
	r := tokenRun{s: s}
	if r.read(); !r.isToken() {
		return nil, false
	}
	return r.token(), true
}
