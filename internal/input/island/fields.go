package island

import (
	"strings"
)

// headerNames are the header fields of the messages of an exchange: which message they
// belong to, and whether the name on its own is enough to recognise a field, since it is
// not an everyday word.
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

// field reads "Name: value" from the line from i to end, after what clients print before
// it.
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
		if value.Len() == 0 && next < len(l.s) { // the value is on the next line
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
