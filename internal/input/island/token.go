package island

import (
	"encoding/base64"
	"strings"
	"unicode/utf8"

	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

const (
	longestToken  = 1 << 20
	shortestToken = 20 // characters of anything that is taken for a JWT
	shortestLine  = 16 // characters of a line that a wrapped JWT goes on with
	mostDecoded   = 64 << 10
)

// readToken reads a JWT: whole, wrapped over lines, with its signature replaced
// by a word or signs, or shortened.
func readToken(l *layer, i int) int {
	if !startsToken(l.s[i:]) || !tokenBoundary(l.s, i) {
		return i
	}
	r := tokenRun{s: l.s, start: i}
	r.read()
	if !r.isToken() {
		return i
	}
	t := r.token()
	l.emit(Island{Kind: KindToken, Name: "a JWT", Text: l.t.Slice(i, r.end), Token: t, Label: l.labelBefore(i)})
	return r.end
}

// startsToken reports whether the text begins as the base64url of a JSON object
// does.
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
	// gap is where characters were left out, -1 where none were.
	gap     int
	encoded bool
	wrapped bool
	hidden  string
	signed  int // the end of the payload where the signature is hidden
	// want are the lengths a signature by the algorithm of the header can have;
	// known is true once the header was looked at.
	want   []int
	known  bool
	spaces int // white space since the last dot
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

// damage reports whether a character is one that forums and word processors
// put into or in place of those of a token.
func damage(r rune) bool {
	return r >= 0x2010 && r <= 0x2015 || r == 0x2212 || r >= 0x200B && r <= 0x200F || r == 0x2060 || r == 0xFEFF || r == 0xAD || r >= 0xFF01 && r <= 0xFF5E || r == 0xA0
}

// goesOn reports whether characters of a token follow.
func (r *tokenRun) goesOn(i int) bool {
	n := i
	for n < len(r.s) && n-i < 8 && (base64Byte(r.s[n]) || r.s[n] == '.') {
		n++
	}
	return n-i >= 8 || n > i && (n == len(r.s) || !isBlank(r.s[n]))
}

// ellipsis takes the n bytes at i for characters that were left out, and reads
// what is shown of the rest.
func (r *tokenRun) ellipsis(i, n int) bool {
	if i-r.start < 3 {
		return false
	}
	end := i + n
	for end < len(r.s) && (base64Byte(r.s[end]) || r.s[end] == '.' && dotsAt(r.s, end) < 3 && r.goesOn(end+1)) {
		end++
	}
	switch {
	case len(r.dots) == 2:
		r.hidden, r.signed = r.s[i:end], r.dots[1]
	case r.gap < 0 && len(r.dots) == 1 && r.s[i] == '.' && r.readable(r.dots[0]+1, i):
		// header.payload...
		r.dots = append(r.dots, i)
		r.hidden, r.signed = strings.TrimPrefix(r.s[i:end], "."), i
	case r.gap < 0:
		r.gap = i
	}
	r.end = end
	return true
}

// readable reports whether a part decodes to a whole JSON object.
func (r *tokenRun) readable(from, to int) bool {
	text := decodePart(r.s[from:to])
	if len(text) < 2 || text[len(text)-1] != '}' {
		return false
	}
	v, faults := jsonspan.Scan(text, jsonspan.Limits{Faults: 1, Values: 4096})
	return v.Kind == jsonspan.Object && len(faults) == 0
}

// elision is the length of what people and tools write for characters left out:
// ***, [...], <snip>, (truncated).
func elision(s string) int {
	if n := len(s) - len(strings.TrimLeft(s, "*")); n > 1 {
		return n
	}
	closing := closingOf(s[0])
	if closing == 0 {
		return 0
	}
	n := strings.IndexByte(s[:min(len(s), 48)], closing)
	if n < 2 {
		return 0
	}
	inner := strings.ToLower(strings.Trim(s[1:n], " .…-_*:"))
	if inner == "" {
		return n + 1
	}
	for _, word := range [...]string{"snip", "truncat", "redact", "remov", "omit", "cut", "hidden", "shorten", "mask", "strip", "elided", "more", "character", "chars", "bytes", "signature", "sig", "secret"} {
		if strings.Contains(inner, word) {
			return n + 1
		}
	}
	return 0
}

func closingOf(c byte) byte {
	switch c {
	case '[':
		return ']'
	case '<':
		return '>'
	case '(':
		return ')'
	case '{':
		return '}'
	}
	return 0
}

// hides reads what stands in place of the signature, which would begin at i.
func (r *tokenRun) hides(i int) bool {
	rest := r.s[i:]
	n := 0
	switch {
	case rest == "" || isBlank(rest[0]) || strings.IndexByte("\"'`,;&", rest[0]) >= 0:
		return false // an empty signature, which is one of the faults
	case strings.IndexByte("[<({", rest[0]) >= 0:
		closing := closingOf(rest[0])
		if k := strings.IndexByte(rest[:min(len(rest), 64)], closing); k > 0 && !strings.ContainsAny(rest[:k], "\n\"") {
			n = k + 1
			for n < len(rest) && rest[n] == closing {
				n++
			}
		}
	case rest[0] == '*' || rest[0] == '#' || rest[0] == '~':
		n = len(rest) - len(strings.TrimLeft(rest, rest[:1]))
		if w := wordRun(rest[n:]); w > 0 && w < 24 && strings.HasPrefix(rest[n+w:], rest[:1]) { // ***redacted***
			n += w
			n += len(rest[n:]) - len(strings.TrimLeft(rest[n:], rest[:1]))
		}
	case strings.HasPrefix(rest, "…") || strings.HasPrefix(rest, "..."):
		n = len(rest) - len(strings.TrimLeft(rest, ".…"))
	default:
		k := 0
		for k < len(rest) && base64Byte(rest[k]) {
			k++
		}
		word := rest[:k]
		switch {
		case standIn(word):
			n = k
		case k < len(rest) && (strings.HasPrefix(rest[k:], "...") || strings.HasPrefix(rest[k:], "…") || strings.HasPrefix(rest[k:], "**") || rest[k] == '[' || rest[k] == '<'):
			// The beginning of the signature is shown.
			m := len(rest[k:]) - len(strings.TrimLeft(rest[k:], ".…*"))
			if m == 0 {
				m = elision(rest[k:])
			}
			if m > 0 {
				n = k + m
				for n < len(rest) && base64Byte(rest[n]) {
					n++
				}
			}
		}
	}
	if n == 0 || !r.readable(r.dots[0]+1, r.dots[1]) {
		return false
	}
	r.hidden, r.signed, r.end = rest[:n], r.dots[1], i+n
	return true
}

func wordRun(s string) int {
	n := 0
	for n < len(s) && (isWord(s[n]) || s[n] == ' ' || s[n] == '-') {
		n++
	}
	return n
}

// standIn reports whether a word stands for a signature: SIGNATURE, redacted,
// XXXXXXXX.
func standIn(word string) bool {
	if len(word) < 3 || len(word) > 80 {
		return false
	}
	if strings.Trim(word, word[:1]) == "" {
		return len(word) < 40 || word[0] == 'X' || word[0] == 'x'
	}
	letters := strings.Trim(strings.ToLower(word), "-_x")
	for _, w := range [...]string{"signature", "sig", "redacted", "removed", "hidden", "masked", "secret", "stripped", "omitted", "snip", "snipped", "truncated", "signature-removed", "signature_removed", "signatureremoved",
		"signature-redacted", "redacted-signature", "redacted_signature", "signature_redacted", "jwt-signature", "jwt_signature", "your-signature", "the-signature", "signature-part", "sig-removed", "sig-redacted", "signature-omitted", "signature-here", "signature_here"} {
		if letters == w {
			return true
		}
	}
	return false
}

// nextLine is where a wrapped token goes on, 0 where it does not: on the next
// line, which holds nothing but characters of a token.
func (r *tokenRun) nextLine(i int) int {
	k, ends := i, 0
	for k < len(r.s) && (isBlank(r.s[k]) || r.s[k] == '\\' || r.s[k] == '>') {
		if r.s[k] == '\n' {
			if ends++; ends > 1 {
				return 0 // an empty line
			}
		} else if r.s[k] == '>' && ends == 0 {
			return 0
		}
		k++
	}
	if ends == 0 || r.whole(i) && !r.longer(i, k) {
		return 0
	}
	end := k
	for end < len(r.s) && (base64Byte(r.s[end]) || r.s[end] == '.' || r.s[end] == '=') {
		end++
	}
	last := end == len(r.s) || strings.IndexByte("\"'`&,)<", r.s[end]) >= 0 || r.s[end] == '\n' || r.s[end] == '\r'
	switch {
	case end == k || !last && !(end < len(r.s) && r.s[end] == '\\'):
		return 0
	case end-k < shortestLine && !(end == len(r.s) || strings.IndexByte("\"'`&<", r.s[end]) >= 0 || r.completes(i, end-k)):
		return 0
	case startsToken(r.s[k:]) && r.s[i-1] != '.' && r.s[k-1] != '.':
		return 0 // another token
	}
	return k
}

// longer reports whether the lines from k on make the signature that could end
// at i one of another length that its algorithm makes.
func (r *tokenRun) longer(i, k int) bool {
	n := 0
	for k < len(r.s) && n < 2048 {
		end := k
		for end < len(r.s) && base64Byte(r.s[end]) {
			end++
		}
		if end == k || end < len(r.s) && r.s[end] != '\n' && r.s[end] != '\r' && !isBlank(r.s[end]) && strings.IndexByte("\"'`&,)<", r.s[end]) < 0 {
			return false
		}
		n += end - k
		if end-k >= shortestLine && r.completes(i, n) {
			return true
		}
		for k = end; k < len(r.s) && (r.s[k] == '\r' || r.s[k] == '\n' || r.s[k] == ' '); k++ {
			if r.s[k] == '\n' && k > end && r.s[k-1] == '\n' {
				return false
			}
		}
		if k == end {
			return r.completes(i, n)
		}
	}
	return r.completes(i, n)
}

// signature is the number of characters of the signature up to i.
func (r *tokenRun) signature(i int) int {
	if len(r.dots) < 2 {
		return 0
	}
	return i - r.dots[len(r.dots)-1] - 1 - r.spaces
}

// whole reports whether the token may end at i: its signature has a length that
// its algorithm makes.
func (r *tokenRun) whole(i int) bool { return r.completes(i, 0) }

// completes reports whether n more characters make the signature whole.
func (r *tokenRun) completes(i, n int) bool {
	if len(r.dots) != 2 {
		return false
	}
	have := r.signature(i) + n
	for _, want := range r.expected() {
		if have == want {
			return true
		}
	}
	return false
}

// expected are the numbers of characters that a signature by the algorithm of
// the header can have; nil where that is not known.
func (r *tokenRun) expected() []int {
	if !r.known {
		r.want, r.known = r.signatureLengths(), true
	}
	return r.want
}

func (r *tokenRun) signatureLengths() []int {
	header, _ := jsonspan.Scan(decodePart(r.s[r.start:r.dots[0]]), jsonspan.Limits{Values: 256})
	alg, _ := header.Get("alg")
	if alg == nil {
		return nil
	}
	switch strings.ToUpper(alg.Str) {
	case "RS256", "RS384", "RS512", "PS256", "PS384", "PS512":
		return []int{342, 512, 683, 171, 256, 1366}
	case "ES256", "ES256K", "EDDSA", "ED25519":
		return []int{86}
	case "ES384":
		return []int{128}
	case "ES512":
		return []int{176}
	case "HS256":
		return []int{43}
	case "HS384":
		return []int{64}
	case "HS512":
		return []int{86}
	}
	return nil
}

// decodePart decodes a part of a token as far as it is one; white space and
// what continues a line is stepped over.
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

// token tells what was read.
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

// ReadToken reads a text that is one JWT, such as the value of a parameter; ok is
// false where it is none.
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
