package island

import (
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/srctext"
)

// readFence skips the line of a code fence.
func readFence(l *layer, i int) int {
	if strings.IndexByte("`~> \t{[", l.s[i]) < 0 {
		return i
	}
	if mark, _ := fence(l.s[i:l.lineEnd]); !mark {
		return i
	}
	l.side = SideUnknown
	return min(l.lineEnd+1, len(l.s))
}

// readHeading records what a heading such as "Request Headers" or "--- TOKEN RESPONSE
// ---" says about the lines below. It finds nothing itself.
func readHeading(l *layer, i int) int {
	if l.lineEnd-i < 5 || l.lineEnd-i > longestCaption+20 {
		return i
	}
	line := strings.TrimSpace(l.s[i:l.lineEnd])
	if len(line) < 5 || len(line) > longestCaption {
		return i
	}
	if n := strings.IndexByte(line, ':'); n >= 0 && strings.Trim(line[n:], ":*-=# ") != "" {
		return i // a name and its value
	}
	text := strings.Trim(line, "-=*#_:+>< \t")
	if text == "" || strings.ContainsAny(text, "{}=&\"';") || strings.Count(text, " ") > 6 {
		return i
	}
	if side := sideOf(plainWords(text)); side != SideUnknown {
		l.side = side
	}
	return i
}

// sideOf is the message of an exchange that a caption is about.
func sideOf(caption string) Side {
	caption = strings.ReplaceAll(caption, "bad request", "")
	response := strings.Contains(caption, "response") || strings.Contains(caption, "reply") || strings.Contains(caption, "answer") || strings.Contains(caption, "inbound message") || strings.Contains(caption, "result")
	request := strings.Contains(caption, "request") || strings.Contains(caption, "outbound message") || strings.Contains(caption, "sending") || strings.Contains(caption, "sent")
	for _, word := range [...]string{"failed", "error", "returned", "received", "rejected", "got"} {
		response = response || strings.Contains(caption, word)
	}
	switch {
	case response:
		return SideResponse
	case request:
		return SideRequest
	}
	return SideUnknown
}

// pairLine is a line with a name and its value.
type pairLine struct {
	indent           int
	nameFrom, nameTo int
	valueFrom        int
	end              int
	style            style
}

// pair reads the name of a line of names and values: "iss: x", "- **iss** = x",
// "iss → x", "| iss | x |".
func (l *layer) pair(i, end int) (p pairLine, ok bool) {
	s := l.s
	if end > i && s[end-1] == '\r' {
		end--
	}
	from := i
	for i < end && (s[i] == ' ' || s[i] == '\t') {
		i++
	}
	p.indent = i - from
	table := i < end && s[i] == '|'
	for i < end && strings.IndexByte("-*+|> \t", s[i]) >= 0 || strings.HasPrefix(s[i:end], "• ") {
		if s[i] == '-' && i+1 < end && s[i+1] != ' ' {
			return p, false // an option, or a horizontal rule
		}
		if s[i] >= 0x80 {
			i += len("•")
			continue
		}
		i++
	}
	for i < end && strings.IndexByte("*`\"'_[:", s[i]) >= 0 {
		i++
	}
	p.nameFrom = i
	for i < end && i-p.nameFrom < longestName && (isWord(s[i]) || s[i] == '-' || s[i] == '.' || s[i] == '#') {
		i++
	}
	p.nameTo = i
	if i == p.nameFrom || digits(s[p.nameFrom:i]) || i >= end {
		return p, false
	}
	for i < end && strings.IndexByte("*`\"'_]", s[i]) >= 0 {
		i++
	}
	blanks := i
	for i < end && (s[i] == ' ' || s[i] == '\t') {
		i++
	}
	rest := s[i:end]
	switch {
	case strings.HasPrefix(rest, "=>"), strings.HasPrefix(rest, "->"):
		p.style = styleArrow
		i += 2
	case strings.HasPrefix(rest, "→"):
		p.style = styleArrow
		i += len("→")
	case strings.HasPrefix(rest, "://"), strings.HasPrefix(rest, "=="):
		return p, false
	case strings.HasPrefix(rest, ":"):
		i++
		for i < end && (s[i] == '*' || s[i] == '`') {
			i++
		}
	case strings.HasPrefix(rest, "="):
		p.style = styleEquals
		i++
	case table && strings.HasPrefix(rest, "|"):
		i++
	case i > blanks && (s[blanks] == '\t' || i-blanks > 2) && pairClass(s[p.nameFrom:p.nameTo]) != pairOther && rest != "":
	default:
		return p, false
	}
	p.valueFrom, p.end = trim(s, i, end)
	if table && p.end > p.valueFrom && s[p.end-1] == '|' {
		p.valueFrom, p.end = trim(s, p.valueFrom, p.end-1)
	}
	if p.end-p.valueFrom > 1 && s[p.valueFrom] == '`' && s[p.end-1] == '`' {
		p.valueFrom, p.end = p.valueFrom+1, p.end-1
	}
	for p.end > p.valueFrom && s[p.end-1] == ',' {
		p.end--
	}
	return p, true
}

// readLines reads lines with one name and value each, as in YAML, property lists and
// clients' consoles, as an object.
func readLines(l *layer, i int) int {
	if l.rejected["lines"] > i {
		return i
	}
	first, ok := l.pair(i, l.lineEnd)
	if !ok {
		return i
	}
	end, worth := l.pairs(i, first.indent, nil)
	if !worth {
		l.rejected["lines"] = max(end, i+1)
		return i
	}
	var b srctext.Builder
	b.Put("{")
	at, _ := l.pairs(i, first.indent, &b)
	b.Put("}")
	json := b.Text()
	v, ok := scanJSON(json)
	if !ok || !l.object(object{text: json, value: v, label: l.captionOf(i), form: formLines}) {
		l.rejected["lines"] = max(at, i+1)
		return i
	}
	return at
}

// pairs reads the lines of names and values from i on that have the same indentation, and
// writes them as members if b is not nil. It returns where they end, and whether they are
// worth reading: at least two have known names.
func (l *layer) pairs(i, indent int, b *srctext.Builder) (at int, worth bool) {
	var known [pairKinds]int
	var names []string
	n := 0
	for at = i; at < len(l.s) && n < mostPairs; n++ {
		end := l.endOfLine(at)
		p, ok := l.pair(at, end)
		if !ok || p.indent != indent || n > 0 && startsAnother(l, at, end) {
			break
		}
		value := l.s[p.valueFrom:p.end]
		if p.style == styleEquals && strings.IndexByte(value, '&') >= 0 && strings.Contains(value, "=") {
			break // a form
		}
		next := min(end+1, len(l.s))
		if b != nil {
			if n > 0 {
				b.Put(",")
			}
			next = l.pairValue(b, p, next)
		} else if value == "" || len(value) < 3 && strings.IndexByte("|>", value[0]) >= 0 {
			next = l.blockEnd(p, next, value == "")
		} else if open, width := quoteAt(value); width > 0 && !strings.ContainsAny(value[width:], open) {
			if end := l.closing(p.valueFrom+width, open); end > 0 {
				next = min(endOfLine(l.s, end)+1, len(l.s))
			}
		}
		name := l.s[p.nameFrom:p.nameTo]
		class := pairClass(name)
		if class != pairOther && len(names) < 40 && !slices.Contains(names, name) {
			names = append(names, name)
			known[class]++
		}
		at = next
	}
	if known[pairError] > 0 && n == 1 && errorLine(l.s[i:l.lineEnd]) {
		return at, true
	}
	return at, len(names) > 1 && n-len(names) <= 2*len(names)
}

// mostPairs is how many lines are read as members of one object.
const mostPairs = 200

// captionOf is the label of lines that begin at i.
func (l *layer) captionOf(i int) string {
	if label := l.caption(i); label != "" {
		return label
	}
	return l.label
}

// startsAnother reports whether a line begins an island of another kind.
func startsAnother(l *layer, i, end int) bool {
	if f, ok := l.field(i, end); ok && f.known && f.sure {
		return true
	}
	return messageStart(strings.TrimSpace(l.s[i:end]))
}

// errorLine reports whether a line is a single pair that reports an error.
func errorLine(line string) bool {
	for w := range strings.FieldsFuncSeq(line, func(r rune) bool { return strings.ContainsRune(" \t:='\",", r) }) {
		if errorCode(w) {
			return true
		}
	}
	return false
}
