package input

import (
	"bytes"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/wording"
)

// surroundings describes the larger text that an assertion was found in.
type surroundings struct {
	words   string
	request bool // a token request, which sent the assertion
	named   bool // it is the value of client_assertion
}

// extract finds the assertion inside a larger text and narrows the text to it: the value
// of client_assertion, else the longest run that looks like a JWT. What surrounds it is
// not a fault, so repairs there are dropped.
func (w *work) extract() (surroundings, bool) {
	from, to, named := namedValue(w.b)
	if !named {
		from, to = longestToken(w.b)
	}
	if from < 0 {
		return surroundings{}, false
	}
	s := around(w.b, from)
	s.named = named
	before := w.b[:from]
	inJSON := from > 1 && w.b[from-1] == '"' && bytes.HasSuffix(bytes.TrimRight(before[:from-1], " \t\r\n\\"), []byte(":"))
	inForm := s.request && from > 0 && (w.b[from-1] == '=' || bytes.HasSuffix(before, []byte("%3D"))) && !encodesItself(before)
	place := w.span(from, to)
	w.cut(from, to)
	w.retain(func(_ int, r evidence.Repair) bool { return r.Span.Start >= place.Start && r.Span.End <= place.End })
	switch {
	case inJSON:
		w.unescape(true)
	case inForm:
		w.percent(true)
		w.normalise()
	}
	return s, true
}

// encodesItself reports whether the parameter belongs to curl's --data-urlencode, which
// encodes the value itself.
func encodesItself(before []byte) bool {
	i := bytes.LastIndex(before, []byte("--data"))
	return i >= 0 && bytes.HasPrefix(before[i:], []byte("--data-urlencode"))
}

// namedValue finds the value of client_assertion, in whatever notation. A real
// token is preferred to other values of that name.
func namedValue(b []byte) (from, to int, ok bool) {
	lower := bytes.ToLower(b)
	from, to = -1, -1
	for i := 0; i < len(lower); {
		n := bytes.Index(lower[i:], []byte("assertion"))
		if n < 0 {
			break
		}
		at := i + n
		i = at + len("assertion")
		if !bytes.HasSuffix(lower[:at], []byte("client_")) && !bytes.HasSuffix(lower[:at], []byte("client-")) &&
			!bytes.HasSuffix(lower[:at], []byte("client")) && !bytes.HasSuffix(lower[:at], []byte("client ")) {
			continue
		}
		start, quote := valueStart(b, i)
		if start < 0 {
			continue
		}
		end := valueEnd(b, start, quote)
		if end == start || end-start < 2 {
			continue
		}
		real := startsToken(b[start:end])
		if from < 0 || real {
			from, to = start, end
		}
		if real {
			break
		}
		i = max(i, end)
	}
	return from, to, from >= 0
}

// valueStart skips what is between the end of a name and its value.
func valueStart(b []byte, i int) (start int, quote byte) {
	skip := func(set string) {
		for i < len(b) && strings.IndexByte(set, b[i]) >= 0 {
			i++
		}
	}
	skip(`"'\ `)
	switch {
	case i < len(b) && (b[i] == '=' || b[i] == ':'):
		i++
		if i < len(b) && b[i] == '>' {
			i++
		}
	case bytes.HasPrefix(b[min(i, len(b)):], []byte("%3D")):
		i += 3
	default:
		return -1, 0
	}
	skip(" \t\\")
	if i < len(b) && strings.IndexByte("\"'`", b[i]) >= 0 {
		return i + 1, b[i]
	}
	if i >= len(b) {
		return -1, 0
	}
	return i, 0
}

// valueEnd is where a value ends: at its quotation mark, or else at the first byte that
// separates parameters or words. A wrapped token continues after a line end.
func valueEnd(b []byte, from int, quote byte) int {
	if quote != 0 {
		if n := bytes.IndexByte(b[from:], quote); n >= 0 && n <= MaxAssertion {
			end := from + n
			if end > from && b[end-1] == '\\' {
				end--
			}
			return end
		}
	}
	i := runEnd(b, from)
	for _, scheme := range []string{"bearer", "jwt", "dpop", "token", "basic"} {
		if strings.EqualFold(string(b[from:i]), scheme) && i < len(b) && b[i] == ' ' {
			i = runEnd(b, i+1)
			break
		}
	}
	return wrappedEnd(b, from, i)
}

// runEnd is where the first separator of words or parameters is. Braces may be part of a
// placeholder such as ${JWT}.
func runEnd(b []byte, i int) int {
	open := 0
	for ; i < len(b); i++ {
		switch c := b[i]; c {
		case '{', '<':
			open++
		case '}', '>':
			if open == 0 {
				return i
			}
			open--
		case '\\':
			if i+1 < len(b) && (b[i+1] == '"' || b[i+1] == '\'' || b[i+1] == '\n' || b[i+1] == '\r' || b[i+1] == 'n' || b[i+1] == 'r') {
				return i
			}
		case '"', '\'', '`', '&', ',', ';', ')', '|', '\n', '\r', '\t', wideSpace:
			return i
		case ' ':
			if open == 0 {
				return i
			}
		}
	}
	return i
}

// wrappedEnd continues across line ends as long as whole lines of a token follow.
func wrappedEnd(b []byte, from, i int) int {
	const shortest = 16 // characters of a line that is not the last
	if complete(b[from:i]) {
		return i
	}
	dot := bytes.LastIndexByte(b[from:i], '.') + from
	broken := 0 // bytes of whitespace since that dot
	for !likelySignature(i-dot-1-broken) || !complete(withoutSpace(b[from:i])) {
		k := i
		for k < len(b) && (isSpace(b[k]) || b[k] == '>' || b[k] == '\\') {
			k++
		}
		if k == i || bytes.IndexByte(b[i:k], '\n') < 0 {
			return i
		}
		end := k
		broken += k - i
		for end < len(b) && (base64Byte(b[end]) || b[end] == '.') {
			if b[end] == '.' {
				dot, broken = end, 0
			}
			end++
		}
		last := end == len(b) || b[end] == '"' || b[end] == '\'' || b[end] == '&'
		if end == k || end-k < shortest && !last || end < len(b) && !last && !isSpace(b[end]) {
			return i
		}
		i = end
	}
	return i
}

// likelySignature reports whether a signature may have so many characters, which is
// cheaper than trying to read one after every line of a long text.
func likelySignature(characters int) bool {
	for _, alg := range []string{"RS256", "ES256", "ES384", "ES512", "HS256"} {
		if fits(alg, characters) {
			return true
		}
	}
	return false
}

func withoutSpace(b []byte) []byte {
	return bytes.Map(func(r rune) rune {
		if r < 0x80 && isSpace(byte(r)) || r == '>' || r == '\\' {
			return -1
		}
		return r
	}, b)
}

// longestToken finds the longest run that looks like a JWT.
func longestToken(b []byte) (from, to int) {
	from, to = -1, -1
	for i := 0; i+4 < len(b); i++ {
		if b[i] != 'e' || !startsToken(b[i:min(len(b), i+8)]) || !boundary(b, i) {
			continue
		}
		end := i
		for end < len(b) && (base64Byte(b[end]) || b[end] == '.' || b[end] == '=' && end+1 < len(b) && (b[end+1] == '.' || b[end+1] == '=') || b[end] == '%' && hexPair(b, end) || b[end] >= 0x80) {
			end++
		}
		end = wrappedEnd(b, i, end)
		run := b[i:end]
		if (bytes.IndexByte(run, '.') > 0 || bytes.Contains(run, []byte("%2E"))) && end-i > 16 && end-i > to-from {
			from, to = i, end
		}
		i = end
	}
	// The full stop of a sentence is not part of the token.
	for to > from && b[to-1] == '.' && complete(b[from:to-1]) {
		to--
	}
	return from, to
}

func hexPair(b []byte, i int) bool { _, ok := percentAt(b, i); return ok }

// boundary reports whether a token may begin at i: not in the middle of a word.
func boundary(b []byte, i int) bool {
	if i == 0 || !base64Byte(b[i-1]) && b[i-1] != '.' {
		return true
	}
	if i > 2 && hexPair(b, i-3) {
		return true
	}
	return i > 1 && b[i-2] == '\\' || b[i-1] == '/'
}

// around describes the text around a token at from.
func around(b []byte, from int) surroundings {
	head := strings.TrimLeft(string(clipBytes(b, 4096)), " \t\r\n$>#")
	lower := strings.ToLower(head)
	before := string(b[max(0, from-4096):from])
	form := strings.Contains(lower, "grant_type=") || strings.Contains(lower, "client_assertion_type=") || strings.Contains(string(b), "grant_type=")
	line := firstLine(lower)
	switch {
	case strings.HasPrefix(lower, "curl") || strings.Contains(lower, "curl ") && strings.Contains(lower, "http"):
		return surroundings{words: "a curl command", request: true}
	case strings.Contains(lower, "invoke-restmethod") || strings.Contains(lower, "invoke-webrequest"):
		return surroundings{words: "a PowerShell command", request: true}
	case strings.HasPrefix(lower, "wget "):
		return surroundings{words: "a wget command", request: true}
	case strings.HasPrefix(lower, "http post ") || strings.HasPrefix(lower, "https post ") || strings.HasPrefix(lower, "http --form") || strings.HasPrefix(lower, "xh "):
		return surroundings{words: "an HTTPie command", request: true}
	case requestLine(line) || strings.Contains(lower, " http/1.1\n") || strings.Contains(lower, " http/1.1\r\n") || strings.Contains(lower, "\nhost: "):
		return surroundings{words: "an HTTP request", request: true}
	case strings.HasPrefix(lower, "http/"):
		return surroundings{words: "an HTTP response"}
	case strings.HasPrefix(head, "{") || strings.HasPrefix(head, "["):
		return surroundings{words: "JSON", request: strings.Contains(lower, "client_assertion") && strings.Contains(lower, "grant_type")}
	case strings.HasPrefix(lower, "http://") || strings.HasPrefix(lower, "https://"):
		return surroundings{words: "a URL", request: strings.Contains(lower, "client_assertion")}
	case form && strings.Contains(head, "&"), strings.HasPrefix(lower, "client_assertion=") || strings.HasPrefix(lower, "client-assertion=") || strings.HasPrefix(lower, "client_assertion_type="):
		return surroundings{words: "a form body", request: true}
	case strings.HasPrefix(lower, "<"):
		return surroundings{words: "XML or HTML"}
	case strings.HasPrefix(lower, "export ") || strings.HasPrefix(lower, "set ") || strings.HasPrefix(head, "env:") || assignment(before):
		return surroundings{words: "an assignment"}
	case strings.Contains(before, `":`) || strings.HasPrefix(head, `"`):
		return surroundings{words: "JSON"}
	case strings.Count(strings.TrimSpace(head), "\n") == 0 && logLike(lower):
		return surroundings{words: "a log line"}
	case strings.Count(strings.TrimSpace(head), "\n") == 0 && len(before) < 40 && strings.HasSuffix(strings.TrimRight(before, " \t\"'"), ":"):
		return surroundings{words: "a line with a label"}
	}
	return surroundings{words: "a longer text"}
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return strings.TrimRight(line, "\r")
}

func requestLine(line string) bool {
	f := strings.Fields(line)
	return len(f) >= 2 && strings.HasPrefix(f[len(f)-1], "http/") && (f[0] == "post" || f[0] == "get" || f[0] == "put")
}

// assignment reports whether only NAME= comes before.
func assignment(before string) bool {
	name := strings.TrimRight(before, " \t\"'`=:")
	if len(name) == len(before) || !strings.Contains(before[len(name):], "=") {
		return false
	}
	for _, word := range []string{"const ", "let ", "var ", "final ", "String ", "local ", "$", "set "} {
		name = strings.TrimPrefix(strings.TrimSpace(name), word)
	}
	return name != "" && strings.Trim(strings.ToLower(name), "abcdefghijklmnopqrstuvwxyz0123456789_-.") == ""
}

func logLike(lower string) bool {
	return wording.HasAny(lower[:min(len(lower), 80)], "info", "debug", "error", "warn", "trace", "[", " - ", "20")
}
