package screen

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/report"
	"github.com/assertionworks/jwtdoctor/internal/visible"
	"github.com/assertionworks/jwtdoctor/internal/wording"
)

// mostRows is how many lines a value may take in a pane.
const mostRows = 4

// tokenRows shows header, claims and signature, with a mark at what the selected finding
// is about.
func (m *Model) tokenRows(it *item, c *finding.Case, width int) []row {
	p := m.paint
	e := m.panes.selected()
	var out []row
	part := func(name, title string, raw json.RawMessage, why string) {
		out = append(out, row{text: p.with(strong, title)})
		v, _ := jsonspan.Scan(raw, jsonspan.Limits{})
		if v.Kind != jsonspan.Object {
			if why == "" {
				why = "it cannot be read"
			}
			for _, l := range wrap(m.seen(why), width-1) {
				out = append(out, row{text: " " + l})
			}
			if x := excerptOf(e, name); x != nil {
				out = append(out, m.excerptRows(x, width)...)
			}
			return
		}
		claims := v
		for _, x := range v.Members {
			out = append(out, m.memberRows(e, name, x, raw, claims, width)...)
		}
		for _, missing := range absent(e, name, v) {
			out = append(out, row{p.with(e.mark(), " "+m.seen(missing)+" is missing"), true})
		}
	}
	part(finding.PartHeader, "HEADER", c.Decoded.Header, it.judged.Header.Why())
	part(finding.PartClaims, "CLAIMS", c.Decoded.Claims, it.judged.Claims.Why())
	out = append(out, m.signatureRows(c, e, width)...)
	if e.found != nil {
		for _, l := range e.found.At {
			if l.Part == finding.PartAssertion && l.Excerpt != nil {
				out = append(out, row{text: p.with(strong, "AS GIVEN")})
				out = append(out, m.excerptRows(l.Excerpt, width)...)
				break
			}
		}
	}
	return out
}

// memberRows shows one member, and the picture of the finding where it is about it.
func (m *Model) memberRows(e entry, part string, x jsonspan.Member, raw json.RawMessage, of *jsonspan.Value, width int) []row {
	p := m.paint
	name, _ := json.Marshal(x.Name)
	lead := " " + m.seen(string(name)) + ": "
	value := string(raw[x.Value.Span.Start:x.Value.Span.End])
	marked := about(e, part, x.Name)
	more := ""
	if part == finding.PartClaims {
		more = times(x, of)
	}
	var lines []string
	compact := m.seen(value)
	if columns(lead)+columns(compact) > width && (x.Value.Kind == jsonspan.Object || x.Value.Kind == jsonspan.Array) {
		var b bytes.Buffer
		if json.Indent(&b, []byte(value), " ", " ") == nil {
			for i, l := range strings.Split(b.String(), "\n") {
				if l = m.seen(l); i == 0 {
					l = lead + l
				}
				lines = append(lines, chop(l, width)...)
			}
		}
	}
	if lines == nil {
		lines = chop(lead+compact, width)
	}
	most := mostRows
	if x.Value.Kind == jsonspan.Object || x.Value.Kind == jsonspan.Array {
		most = 12
	}
	hidden := len(lines) - most
	lines = clipped(lines, most, p.ellipsis)
	if more != "" && hidden <= 0 && columns(lines[len(lines)-1])+2+columns(more) <= width {
		lines[len(lines)-1] += "  " + more
		more = ""
	}
	var out []row
	for _, l := range lines {
		if marked {
			l = p.with(e.mark(), l)
		}
		out = append(out, row{l, marked})
	}
	if more != "" {
		out = append(out, row{strings.Repeat(" ", 3) + more, marked})
	}
	if !marked {
		return out
	}
	// The caret is under the place where the value goes wrong, else under its start.
	at, length := columns(lead), min(columns(compact), width-columns(lead))
	if i, ok := firstDifference(e.found, x.Value); ok {
		at, length = at+1+i, 1
	}
	line := at / width
	if line < len(lines) && hidden <= 0 && len(lines) <= most && more == "" {
		caret := row{strings.Repeat(" ", at%width) + p.with(e.mark(), strings.Repeat(p.caret, max(1, min(length, width-at%width)))), true}
		out = slices.Insert(out, min(line+1, len(out)), caret)
	}
	if !pictured(e.found, x.Name) {
		return out
	}
	return append(out, m.pictureRows(e.found, width)...)
}

// pictured reports whether the picture of a finding belongs under that member: the claim
// at fault, or the first the finding is about. It is drawn once.
func pictured(f *finding.Finding, name string) bool {
	if f.Timeline != nil {
		for _, mark := range f.Timeline.Marks {
			if mark.Bad {
				return mark.Label == name
			}
		}
	}
	return len(f.At) == 0 || topOf(f.At[0].Pointer) == name
}

// pictureRows is the picture of a finding: times on a line, else what was expected.
func (m *Model) pictureRows(f *finding.Finding, width int) []row {
	var out []row
	if f.Timeline != nil && len(f.Timeline.Marks) > 1 {
		for _, l := range report.Picture(*f, report.Options{Width: width, Color: m.Color, ASCII: m.ASCII}) {
			out = append(out, row{cutTo(l, width), true})
		}
		return out
	}
	say := func(label, text string) {
		broken := wrap
		if f.Verbatim {
			broken = chop
		}
		lead := "   " + label
		for _, l := range clipped(broken(m.seen(text), width-columns(lead)), mostRows, m.paint.ellipsis) {
			out = append(out, row{lead + l, true})
			lead = strings.Repeat(" ", columns(lead))
		}
	}
	if f.Found != "" && !f.Verbatim {
		say("found   ", f.Found)
	}
	if f.Expected != "" {
		say("expects ", f.Expected)
	}
	return out
}

// about reports whether the finding is about that member.
func about(e entry, part, name string) bool {
	if e.found == nil || !e.found.Failed() {
		return false
	}
	for _, l := range e.found.At {
		if l.Part == part && topOf(l.Pointer) == name {
			return true
		}
	}
	return false
}

// absent are the members that the fix sets and that are not there.
func absent(e entry, part string, v *jsonspan.Value) []string {
	if e.found == nil || !e.found.Failed() {
		return nil
	}
	var out []string
	for _, s := range e.found.Patch {
		name := topOf(s.Pointer)
		if _, there := v.Get(name); s.Part == part && !s.Remove && !there && name != "" {
			out = append(out, name)
		}
	}
	return out
}

func topOf(pointer string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(pointer, "/"), "/")
	return strings.NewReplacer("~1", "/", "~0", "~").Replace(name)
}

// firstDifference is the column in a string value where it leaves what is expected.
func firstDifference(f *finding.Finding, v *jsonspan.Value) (int, bool) {
	if f == nil || !f.Verbatim || f.Expected == "" || v.Kind != jsonspan.String || f.Found != v.Str {
		return 0, false
	}
	found, expected := visible.Cells(f.Found, false), visible.Cells(f.Expected, false)
	at := 0
	for i, c := range found {
		if i >= len(expected) || expected[i].Text != c.Text {
			break
		}
		at += c.Width
	}
	return at, true
}

// times says a claim of time in words.
func times(x jsonspan.Member, of *jsonspan.Value) string {
	at, ok := instant(x.Value)
	switch x.Name {
	case "iat", "nbf", "exp", "auth_time":
	default:
		return ""
	}
	if !ok {
		return ""
	}
	words := at.Format("2006-01-02 15:04:05Z")
	if x.Name == "exp" {
		if v, there := of.Get("iat"); there {
			if iat, ok := instant(v); ok && at.After(iat) && at.Sub(iat) < 48*time.Hour {
				words = at.Format("15:04:05Z") + ", iat +" + wording.Span(at.Sub(iat))
			}
		}
	}
	return words
}

func instant(v *jsonspan.Value) (time.Time, bool) {
	var n float64
	if v.Kind != jsonspan.Number || json.Unmarshal([]byte(v.Raw), &n) != nil || n < 0 || n > 4e9 {
		return time.Time{}, false
	}
	return time.Unix(int64(n), 0).UTC(), true
}

// signatureRows says in a line what is known of the signature.
func (m *Model) signatureRows(c *finding.Case, e entry, width int) []row {
	p := m.paint
	out := []row{{text: p.with(strong, "SIGNATURE")}}
	for i := range c.Findings {
		f := &c.Findings[i]
		if f.Check != "signature-valid" {
			continue
		}
		words, i := f.Reason, plain
		switch {
		case f.Outcome == finding.Pass:
			words, i = p.tick+" "+f.Message, good
		case f.Failed():
			words, i = p.cross+" "+f.Title, bad
		case !m.visit.live && f.Why == finding.WhyMissing && remedy(f) == "press k":
			words = "not checked: press k to give the keys"
		}
		if m.visit.edit != nil && m.visit.edit.unsigned {
			words = "edited, no longer signed: s signs it"
		}
		marked := e.found == f && f.Failed()
		for _, l := range wrap(m.seen(words), width-1) {
			out = append(out, row{p.with(i, " "+l), marked})
		}
		if marked {
			out = append(out, m.pictureRows(f, width)...)
		}
		break
	}
	return out
}

// excerptOf is the place of a finding in that part, as it was given.
func excerptOf(e entry, part string) *finding.Excerpt {
	if e.found == nil {
		return nil
	}
	for _, l := range e.found.At {
		if l.Part == part && l.Excerpt != nil && l.Excerpt.Text != "" {
			return l.Excerpt
		}
	}
	return nil
}

// excerptRows is a place in a text with a caret under it.
func (m *Model) excerptRows(x *finding.Excerpt, width int) []row {
	p := m.paint
	cells := visible.Cells(x.Text, m.ASCII)
	var text strings.Builder
	at, length := 0, 0
	for _, c := range cells {
		text.WriteString(c.Text)
		switch {
		case c.End <= x.Start:
			at += c.Width
		case c.Start < x.Start+x.Length:
			length += c.Width
		}
	}
	line := text.String()
	room := width - 2
	if at+max(length, 1) > room { // the mark has to be seen
		from := min(at, max(0, at+min(length, room/2)-room+4))
		line = p.ellipsis + cutLeft(line, from)
		at += columns(p.ellipsis) - from
	}
	length = max(1, min(length, room-at))
	return []row{
		{"  " + cutTo(line, room), true},
		{"  " + strings.Repeat(" ", max(at, 0)) + p.with(bad, strings.Repeat(p.caret, length)), true},
	}
}
