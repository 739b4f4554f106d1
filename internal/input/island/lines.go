package island

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/srctext"
)

// readFence steps over the line of a code fence.
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

// readHeading takes note of what a heading such as "Request Headers" or
// "--- TOKEN RESPONSE ---" says of the lines below. It finds nothing itself.
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

// sideOf is the message of an exchange that a caption speaks of.
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

// headerNames are the header fields that the messages of an exchange have. The
// value tells whose they are, and whether the name alone, without another one
// beside it, is not a word of everyday language.
var headerNames = map[string]struct {
	side Side
	sure bool
}{
	"contenttype": {SideUnknown, true}, "contentlength": {SideUnknown, true}, "transferencoding": {SideUnknown, true}, "cachecontrol": {SideUnknown, true}, "contentencoding": {SideUnknown, true},
	"connection": {SideUnknown, false}, "pragma": {SideUnknown, false}, "via": {SideUnknown, false}, "keepalive": {SideUnknown, true},
	"useragent": {SideRequest, true}, "host": {SideRequest, false}, "accept": {SideRequest, false}, "acceptencoding": {SideRequest, true}, "acceptlanguage": {SideRequest, true}, "authorization": {SideRequest, false},
	"dpop": {SideRequest, false}, "cookie": {SideRequest, false}, "origin": {SideRequest, false}, "referer": {SideRequest, false}, "postmantoken": {SideRequest, true}, "traceparent": {SideRequest, false}, "expect": {SideRequest, false},
	"date": {SideResponse, false}, "server": {SideResponse, false}, "location": {SideResponse, false}, "setcookie": {SideResponse, true}, "wwwauthenticate": {SideResponse, true}, "etag": {SideResponse, false}, "vary": {SideResponse, false}, "age": {SideResponse, false},
	"expires": {SideResponse, false}, "allow": {SideResponse, false}, "retryafter": {SideResponse, true}, "stricttransportsecurity": {SideResponse, true}, "xcontenttypeoptions": {SideResponse, true}, "xframeoptions": {SideResponse, true},
	"cfray": {SideResponse, true}, "dpopnonce": {SideResponse, true}, "acceptranges": {SideResponse, true}, "xpoweredby": {SideResponse, true}, "lastmodified": {SideResponse, true}, "contentsecuritypolicy": {SideResponse, true},
}

// fieldLine is one line of header fields.
type fieldLine struct {
	nameFrom, nameTo   int
	valueFrom, valueTo int
	side               Side
	known, sure        bool
}

// field reads "Name: value" of the line from i to end, behind what clients print
// before it.
func (l *layer) field(i, end int) (f fieldLine, ok bool) {
	s := l.s
	if end > i && s[end-1] == '\r' {
		end--
	}
	for i < end && (s[i] == ' ' || s[i] == '\t') {
		i++
	}
	for _, before := range [...]struct {
		text string
		side Side
	}{{"> ", SideRequest}, {"< ", SideResponse}, {">> ", SideRequest}, {"<< ", SideResponse}, {"request: ", SideRequest}, {"response: ", SideResponse}, {"--> ", SideRequest}, {"<-- ", SideResponse}, {"-> ", SideUnknown}, {"header: ", SideUnknown}, {"info: ", SideUnknown}, {"debug: ", SideUnknown}, {"fine: ", SideUnknown}} {
		if rest := s[i:end]; len(rest) > len(before.text) && strings.EqualFold(rest[:len(before.text)], before.text) {
			i += len(before.text)
			f.side = before.side
			break
		}
	}
	f.nameFrom = i
	for i < end && i-f.nameFrom < maxWord && (isLetter(s[i]) || isDigit(s[i]) || s[i] == '-') {
		i++
	}
	f.nameTo = i
	if i-f.nameFrom < 3 || i >= end {
		return f, false
	}
	for i < end && s[i] == ' ' {
		i++
	}
	switch {
	case i < end && (s[i] == ':' || s[i] == '\t'):
		i++
	case strings.HasPrefix(s[i:end], "=["):
		i++
	default:
		return f, false
	}
	name := s[f.nameFrom:f.nameTo]
	h, known := headerNames[folded(name)]
	f.known = known || len(name) > 2 && (name[0]|0x20) == 'x' && name[1] == '-'
	f.sure = h.sure || f.known && !known
	if h.side != SideUnknown && f.side == SideUnknown {
		f.side = h.side
	}
	f.valueFrom, f.valueTo = trim(s, i, end)
	if f.valueTo-f.valueFrom > 1 && (s[f.valueFrom] == '"' && s[f.valueTo-1] == '"' || s[f.valueFrom] == '\'' && s[f.valueTo-1] == '\'' || s[f.valueFrom] == '[' && s[f.valueTo-1] == ']') {
		f.valueFrom, f.valueTo = f.valueFrom+1, f.valueTo-1
	}
	return f, true
}

func trim(s string, i, end int) (int, int) {
	for i < end && isBlank(s[i]) {
		i++
	}
	for end > i && isBlank(s[end-1]) {
		end--
	}
	return i, end
}

// readFields reads lines of header fields.
func readFields(l *layer, i int) int {
	if l.rejected["fields"] > i {
		return i
	}
	first, ok := l.field(i, l.lineEnd)
	if !ok || !first.known {
		return i
	}
	var fields []Field
	side, sure, mail := l.side, false, false
	own := SideUnknown
	at, end := i, i
	for at < len(l.s) && len(fields) < mostPairs {
		stop := l.endOfLine(at)
		f, ok := l.field(at, stop)
		name := l.s[f.nameFrom:f.nameTo]
		if !ok || !f.known && !strings.Contains(name, "-") {
			mail = mail || strings.HasPrefix(l.s[at:stop], "From:") || strings.HasPrefix(l.s[at:stop], "Subject:") || strings.HasPrefix(l.s[at:stop], "To:")
			break
		}
		next := min(stop+1, len(l.s))
		value := l.t.Slice(f.valueFrom, f.valueTo)
		if value.Len() == 0 && next < len(l.s) { // the value stands on the line below
			below := endOfLine(l.s, next)
			if _, another := l.field(next, below); !another && strings.TrimSpace(l.s[next:below]) != "" {
				from, to := trim(l.s, next, below)
				value = l.t.Slice(from, to)
				stop, next = below, min(below+1, len(l.s))
			}
		}
		if own == SideUnknown {
			own = f.side
		}
		sure = sure || f.sure
		fields = append(fields, Field{Name: l.t.Slice(f.nameFrom, f.nameTo), Value: value})
		at, end = next, stop
	}
	near := l.fieldEnd >= 0 && i-l.fieldEnd < 3
	if mail || !sure && side == SideUnknown && !near {
		l.rejected["fields"] = at
		return i
	}
	if own != SideUnknown {
		side = own
	}
	l.emit(Island{Kind: KindFields, Name: "header fields", Text: l.t.Slice(first.nameFrom, end), Fields: fields, Side: side})
	l.fieldEnd = end
	return at
}

// pairLine is a line that is a name and its value.
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
			return p, false // an option, or a rule
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

// readLines reads lines that are a name and a value each, as YAML, lists of
// properties and the consoles of clients have them, and hands them on as an
// object.
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

// pairs reads the lines of names and values from i on, that are indented alike,
// and writes them as members where b is not nil. It returns where they end, and
// whether they are worth to be read: two of them have names that are known.
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
		if class != pairOther && len(names) < 40 && !contains(names, name) {
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

// blockEnd is where the lines end that are the value of a name above.
func (l *layer) blockEnd(p pairLine, next int, list bool) int {
	for n := 0; next < len(l.s) && n < mostPairs; n++ {
		end := endOfLine(l.s, next)
		from, to := trim(l.s, next, end)
		item := strings.HasPrefix(l.s[from:to], "- ")
		if from == to || list && !item || from-next <= p.indent && !item || end == len(l.s) {
			break
		}
		next = end + 1
	}
	return next
}

// captionOf is the label of lines that begin at i.
func (l *layer) captionOf(i int) string {
	if label := l.caption(i); label != "" {
		return label
	}
	return l.label
}

// startsAnother reports whether a line begins an island of another sort.
func startsAnother(l *layer, i, end int) bool {
	if f, ok := l.field(i, end); ok && f.known && f.sure {
		return true
	}
	return messageStart(strings.TrimSpace(l.s[i:end]))
}

// errorLine reports whether a line tells an error in one pair.
func errorLine(line string) bool {
	for w := range strings.FieldsFuncSeq(line, func(r rune) bool { return strings.ContainsRune(" \t:='\",", r) }) {
		if errorCode(w) {
			return true
		}
	}
	return false
}

// pairValue writes a pair as a member, and returns where the next line begins.
func (l *layer) pairValue(b *srctext.Builder, p pairLine, next int) int {
	work := dumpWork * (p.end - p.valueFrom + 64)
	d := dump{t: l.t, s: l.s, i: p.valueFrom, end: p.end, style: p.style, work: &work}
	d.text(p.nameFrom, p.nameTo)
	d.out.Put(":")
	name := l.s[p.nameFrom:p.nameTo]
	value := l.s[p.valueFrom:p.end]
	switch {
	case value == "" || value == "|" || value == ">" || value == "|-" || value == ">-":
		next = l.blockValue(&d, p, next, value == "")
	default:
		mark := d.out.Mark()
		if _, width := quoteAt(value); (width > 0 || value[0] == '[' || value[0] == '{') && d.value(name, 0) && d.i >= p.end {
			break
		}
		d.out.Undo(mark)
		if open, width := quoteAt(value); width > 0 && !strings.ContainsAny(value[width:], open) {
			if end := l.closing(p.valueFrom+width, open); end > 0 { // a string broken over lines
				d.text(p.valueFrom+width, end)
				next = min(endOfLine(l.s, end)+1, len(l.s))
				break
			}
		}
		d.scalar(name, p.valueFrom, p.end)
	}
	out := d.out.Text()
	b.Copy(out, 0, out.Len())
	return next
}

// closing finds the quotation mark that closes a string of several lines.
func (l *layer) closing(i int, marks string) int {
	end := min(len(l.s), i+longestString)
	if n := strings.IndexAny(l.s[i:end], marks); n >= 0 && !strings.Contains(l.s[i:i+n], "\n\n") {
		return i + n
	}
	return -1
}

const longestString = 16 << 10

// blockValue writes the value that stands on the lines below a name: a list, or
// text of several lines.
func (l *layer) blockValue(d *dump, p pairLine, next int, list bool) int {
	var items [][2]int
	at := next
	for at < len(l.s) && len(items) < 200 {
		end := endOfLine(l.s, at)
		from, to := trim(l.s, at, end)
		if from == to || from-at <= p.indent && !strings.HasPrefix(l.s[from:to], "- ") {
			break
		}
		if list {
			if !strings.HasPrefix(l.s[from:to], "- ") {
				break
			}
			from, to = trim(l.s, from+2, to)
			if to-from > 1 && (l.s[from] == '"' || l.s[from] == '\'') && l.s[to-1] == l.s[from] {
				from, to = from+1, to-1
			}
		}
		items = append(items, [2]int{from, to})
		at = min(end+1, len(l.s))
		if end == len(l.s) {
			break
		}
	}
	switch {
	case len(items) == 0:
		d.out.Put("null")
		return next
	case list:
		d.out.Put("[")
		for i, it := range items {
			if i > 0 {
				d.out.Put(",")
			}
			d.text(it[0], it[1])
		}
		d.out.Put("]")
		return at
	}
	var whole srctext.Builder
	for _, it := range items {
		whole.Copy(l.t, it[0], it[1])
	}
	text := whole.Text()
	e := dump{t: text, s: text.String(), end: text.Len()}
	e.text(0, text.Len())
	out := e.out.Text()
	d.out.Copy(out, 0, out.Len())
	return at
}
