package island

import (
	"math/bits"
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/srctext"
)

// form is how an object was written in the text.
type form uint8

const (
	formJSON   form = iota // as JSON
	formDump               // as a programming language prints it
	formLines              // as lines of names and values
	formInline             // as names and values on one line, which may leave some out
)

// object is a JSON value and the text it was read from. Places in the value are relative
// to text.
type object struct {
	text  srctext.Text
	value *jsonspan.Value
	label string
	form  form
	// partial is true if something in it could not be read.
	partial bool
}

const mostValues = 1 << 16

// scanJSON reads a text that is JSON; ok is false if part of it may be lost.
func scanJSON(t srctext.Text) (*jsonspan.Value, bool) {
	v, faults := jsonspan.Scan([]byte(t.String()), jsonspan.Limits{Values: mostValues, Faults: 2})
	for _, f := range faults {
		if f.Loses() || f.Code == jsonspan.FaultTrailing {
			return v, false
		}
	}
	return v, true
}

// readBracket reads an object or list, as JSON or as a programming language prints it.
func readBracket(l *layer, i int) int {
	if !l.opensObject(i) || l.bracketsForm(i) {
		return i
	}
	return l.bracket(i, i)
}

// readNamedBracket reads Array ( … ), map[…], dict(…).
func readNamedBracket(l *layer, i int) int {
	end := wordEnd(l.s, i)
	k := end
	for k < len(l.s) && k-end < 40 && isBlank(l.s[k]) {
		k++
	}
	if k >= len(l.s) || l.s[k] != '(' && (l.s[k] != '[' || k > end) && l.s[k] != '{' {
		return i
	}
	if l.s[k] == '(' {
		if n := k + 1; n < len(l.s) && isDigit(l.s[n]) { // array(2) {
			for n < len(l.s) && isDigit(l.s[n]) {
				n++
			}
			if strings.HasPrefix(l.s[n:], ") {") {
				k = n + 2
			}
		}
		word := strings.ToLower(l.s[i:end])
		if word == "map" {
			return i
		}
	}
	if strings.EqualFold(l.s[i:end], "map") {
		return l.bracket(i, i)
	}
	return l.bracket(i, k)
}

// opensObject reports whether the bracket at i begins something that contains a name, or
// a list of such things.
func (l *layer) opensObject(i int) bool {
	s := l.s
	k := i + 1
	for k < len(s) && k-i < 400 && isBlank(s[k]) {
		k++
	}
	if k >= len(s) {
		return false
	}
	if s[i] == '[' && (s[k] == '{' || s[k] == '[' || s[k] == '(') {
		return k+1 < len(s)
	}
	if s[i] == '{' && s[k] == '{' {
		return false // a placeholder
	}
	d := dump{t: l.t, s: s, i: k, end: min(len(s), k+256), work: new(int)}
	*d.work = 1 << 16
	if s[k] == '.' && strings.HasPrefix(s[k:], "...") { // {...a, b: c}
		return false
	}
	if _, _, ok := d.name(); !ok {
		return false
	}
	at := d.i
	ok, _ := d.separator()
	return ok && !strings.HasSuffix(strings.TrimSpace(s[at:d.i]), ":=") // a block of a program
}

// bracket reads the container whose bracket is at i; the words before it begin at start.
func (l *layer) bracket(start, i int) int {
	if l.work < 0 {
		return start // a text full of brackets that contain nothing
	}
	end := len(l.s)
	partner := -1
	if l.s[i] == '{' || l.s[i] == '[' {
		if partner = l.braces.partner(i); partner >= 0 {
			end = partner + 1
		}
	}
	if partner < 0 && l.s[i] != 'm' && l.s[i] != 'M' {
		end = min(end, i+longestOpen)
	}
	label := l.labelBefore(start)
	if l.s[i] == '{' || l.s[i] == '[' {
		t := l.t.Slice(i, end)
		if looksQuoted(t.String()) {
			v, ok := scanJSON(t)
			if !ok {
				l.work -= end - i
			}
			if !ok && partner >= 0 && v.Kind != jsonspan.Invalid {
				// A brace in a string may have been mistaken for the end.
				v, ok = l.further(i, end, &t)
			}
			if ok || partner < 0 && l.cutShort(v, t) {
				if o := (object{text: t.Slice(0, max(v.Span.End, 1)), value: v, label: label}); l.object(o) {
					return i + max(v.Span.End, 1)
				}
				if ok {
					return i + max(v.Span.End, 1)
				}
			}
		}
	}
	json, next, lost, ok := readDumpOf(l.t, i, end)
	if !ok {
		l.work -= end - i
		return start
	}
	v, ok := scanJSON(json)
	if !ok || !l.object(object{text: json, value: v, label: label, form: formDump, partial: lost > 0}) {
		l.work -= next - i
		return start
	}
	return next
}

// longestOpen is how much of an unclosed container is read.
const longestOpen = 16 << 10

// looksQuoted reports whether the first name is in double quotes, as in JSON.
func looksQuoted(s string) bool {
	k := 0
	for k < len(s) && (isBlank(s[k]) || s[k] == '[' || s[k] == '{') {
		k++
	}
	return k < len(s) && s[k] == '"'
}

// further reads a container past the brace that was mistaken for its end.
func (l *layer) further(i, end int, t *srctext.Text) (*jsonspan.Value, bool) {
	if l.work < 0 {
		return &jsonspan.Value{}, false
	}
	stop := min(len(l.s), max(i+longestOpen, end+1024))
	l.work -= stop - i
	whole := l.t.Slice(i, stop)
	v, faults := jsonspan.Scan([]byte(whole.String()), jsonspan.Limits{Values: mostValues, Faults: 2})
	for _, f := range faults {
		if f.Loses() && f.Span.Start < v.Span.End {
			return v, false
		}
	}
	if v.Span.End <= end-i {
		return v, false
	}
	*t = whole
	return v, true
}

// cutShort reports whether an object ends with the text, as in a log that truncates
// lines, but still contains something.
func (l *layer) cutShort(v *jsonspan.Value, t srctext.Text) bool {
	if v.Kind != jsonspan.Object || len(v.Members) == 0 {
		return false
	}
	m := namesOf(v)
	return m.has("error", "errordescription", "clientassertion", "granttype") && t.Len() < longestOpen
}

// object recognises an object and reads it, or searches its members if it has no role. It
// reports whether anything was found in it.
func (l *layer) object(o object) bool {
	before := len(l.f.out)
	l.visit(o, 0)
	return len(l.f.out) > before
}

const deepestVisit = 24

// visit reads an object by the first role that fits, or descends into its members.
func (l *layer) visit(o object, depth int) {
	if depth > deepestVisit || o.value == nil {
		return
	}
	switch o.value.Kind {
	case jsonspan.Object:
		if l.role(o, depth) {
			return
		}
		l.members(o, depth)
	case jsonspan.Array:
		if ps, ok := tuples(o.value); ok {
			if len(ps) == 0 {
				return // all of them are switched off
			}
			m := names{}
			for _, p := range ps {
				m[folded(p.name)] = p.value
			}
			if isParams(m) && (l.asSent(o) || !settings(m, ps)) {
				l.emitParams(o, ps)
				return
			}
		}
		for _, item := range o.value.Items {
			l.visit(o.at(item, ""), depth+1)
		}
	case jsonspan.String:
		l.stringValue(o)
	}
}

// role reads an object by the first role that fits.
func (l *layer) role(o object, depth int) bool {
	var may uint32
	var buf [maxWord]byte
	for _, m := range o.value.Members {
		may |= l.f.tables.byMember[string(fold(buf[:0], m.Name))]
	}
	if may == 0 {
		return false
	}
	m := namesOf(o.value)
	for ; may != 0; may &= may - 1 {
		r := &l.f.tables.roles[bits.TrailingZeros32(may)]
		if r.is(o, m) {
			r.read(l, o, m, depth)
			return true
		}
	}
	return false
}

// at is a value within an object.
func (o object) at(v *jsonspan.Value, label string) object {
	if label == "" {
		label = o.label
	}
	form := o.form
	if form == formLines && v != o.value && v.Kind == jsonspan.Object {
		form = formDump // in braces, on one line
	}
	return object{text: o.text, value: v, label: label, form: form, partial: o.partial}
}

// members searches the members of an object, those of the request before those of the
// response.
func (l *layer) members(o object, depth int, skip ...string) {
	side, group := l.side, l.group
	for _, m := range o.value.Members {
		name := folded(m.Name)
		if slices.Contains(skip, name) || m.Value == nil {
			continue
		}
		if stampName(name) {
			l.stampMember(o, m)
			continue
		}
		switch name {
		case "request", "req", "config", "options":
			l.side = SideRequest
		case "response", "res", "resp", "reply", "answer", "result", "responsebody":
			l.side = SideResponse
		}
		l.visit(o.at(m.Value, plainWords(m.Name)), depth+1)
		l.side, l.group = side, group
	}
}

func stampName(name string) bool {
	switch name {
	case "timestamp", "@timestamp", "time", "ts", "date", "datetime", "eventtime", "starteddatetime", "t", "createdat", "logtime":
		return true
	}
	return false
}

// stampMember reads the time of a log record or of a response.
func (l *layer) stampMember(o object, m jsonspan.Member) {
	text := m.Value.Raw
	if m.Value.Kind == jsonspan.String {
		text = m.Value.Str
	}
	stamp, n := stampAt(text + " ")
	if n == 0 {
		return
	}
	names := namesOf(o.value)
	stamp.Answer = names.has("error", "errordescription", "message", "status") && !logRecord(names) && !l.ofLog(names)
	l.emit(Island{Kind: KindStamp, Name: "a time stamp", Text: o.text.Slice(m.Value.Span.Start, m.Value.Span.End), Stamp: stamp})
}
