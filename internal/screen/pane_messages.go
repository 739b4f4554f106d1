package screen

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
)

func cutLeft(s string, columns int) string { return ansi.TruncateLeft(s, columns, "") }

// requestRows shows the request as it was sent, secrets masked.
func (m *Model) requestRows(it *item, width int) []row {
	p := m.paint
	e := m.panes.selected()
	r, _ := it.judged.Request.Get()
	hide := m.hide()
	places := placesIn(e, finding.PartRequest)
	var out []row
	add := func(text string, marked bool) {
		lines := clipped(chop(text, width), mostRows, p.ellipsis)
		for _, l := range lines {
			if marked {
				l = p.with(bad, l)
			}
			out = append(out, row{l, marked})
		}
		if marked {
			out = append(out, row{p.with(bad, strings.Repeat(p.caret, min(columns(lines[0]), width))), true})
		}
	}
	add(m.seen(strings.TrimSpace(r.Method+" "+it.judged.ShownURL(r.URL))), begins(places, r.Method) && r.Method != "" || begins(places, r.URL) && r.URL != "")
	for _, h := range r.Headers {
		value := hide.Header(h.Name, h.Value)
		line := m.seen(h.Name + ": " + value)
		if h.Implied {
			line += " (added by the program)"
		}
		add(line, begins(places, h.Name+":"))
	}
	if len(r.Headers) == 0 && !r.HeadersKnown {
		out = append(out, row{text: "(headers not given)"})
	}
	out = append(out, row{})
	for _, q := range r.Params {
		line := hide.Name(q.Name) + " = " + hide.Param(q.Name, q.Value)
		if q.Unknown != "" {
			line = hide.Name(q.Name) + " = (" + hide.Text(q.Unknown) + ")"
		}
		if q.In != evidence.InBody {
			line += " (in the " + string(q.In) + ")"
		}
		add(m.seen(line), begins(places, q.RawName) || begins(places, q.Name))
	}
	if len(r.Params) == 0 {
		switch {
		case r.Body.Unknown != "":
			add("("+m.safe(r.Body.Unknown)+")", false)
		case r.BodyKnown && r.Body.Text == "":
			out = append(out, row{text: "(no body)"})
		case !r.BodyKnown:
			out = append(out, row{text: "(body not given)"})
		default:
			add(m.safe(r.Body.Text), false)
		}
	}
	if e.found != nil && e.found.Failed() {
		for _, s := range e.found.Patch {
			if name := topOf(s.Pointer); s.Part == finding.PartRequest && !s.Remove {
				if _, there := r.Param(name); !there {
					out = append(out, row{p.with(bad, m.seen(name)+" is missing"), true})
				}
			}
		}
	}
	return out
}

// placesIn are the excerpts of a finding in that part.
func placesIn(e entry, part string) []string {
	if e.found == nil || !e.found.Failed() {
		return nil
	}
	var out []string
	for _, l := range e.found.At {
		if l.Part == part && l.Excerpt != nil {
			out = append(out, l.Excerpt.Text)
		}
	}
	return out
}

func begins(places []string, with string) bool {
	for _, p := range places {
		if with != "" && strings.HasPrefix(p, with) {
			return true
		}
	}
	return false
}

// answerRows shows what the server said, with a mark at the words that are recognised.
func (m *Model) answerRows(it *item, c *finding.Case, width int) []row {
	p := m.paint
	e := m.panes.selected()
	hide := m.hide()
	var out []row
	match := ""
	if c.Symptom != nil {
		match = c.Symptom.Match
	}
	if r, ok := it.judged.Response.Get(); ok {
		places := placesIn(e, finding.PartResponse)
		if r.Status > 0 {
			out = append(out, row{text: p.with(strong, m.seen(number(r.Status)+" "+r.StatusText))})
		}
		for _, h := range r.Headers {
			line := m.seen(h.Name + ": " + hide.Header(h.Name, h.Value))
			marked := begins(places, h.Name+":")
			for _, l := range clipped(chop(line, width), mostRows, p.ellipsis) {
				if marked {
					l = p.with(bad, l)
				}
				out = append(out, row{l, marked})
			}
		}
		if len(out) > 0 {
			out = append(out, row{})
		}
		out = append(out, m.bodyRows(r, match, width)...)
	}
	for _, k := range it.judged.Errors {
		for _, l := range wrap(m.safe(k.Words), width) {
			out = append(out, row{p.with(bad, l), true})
		}
	}
	if c.Symptom != nil && c.Symptom.Means != "" {
		out = append(out, row{}, row{text: p.with(strong, "WHAT THIS MEANS")})
		for _, l := range wrap(m.seen(c.Symptom.Means), width) {
			out = append(out, row{text: l})
		}
		for _, cite := range c.Symptom.Cite[:min(1, len(c.Symptom.Cite))] {
			for _, l := range chop(m.seen(cite.URL), width) {
				out = append(out, row{text: l})
			}
		}
	}
	return out
}

// bodyRows is the body of an answer, laid out where it is JSON.
func (m *Model) bodyRows(r *evidence.Response, match string, width int) []row {
	const most = 400 // lines
	p := m.paint
	hide := m.hide()
	var lines []string
	switch {
	case !r.BodyKnown:
		lines = []string{"(body not given)"}
	case strings.TrimSpace(r.Body) == "":
		lines = []string{"(empty body)"}
	case r.JSON != nil && len(r.Faults) == 0:
		var b bytes.Buffer
		if json.Indent(&b, hide.JSON([]byte(r.Body)), "", " ") == nil {
			lines = strings.Split(b.String(), "\n")
		}
	}
	if lines == nil {
		for l := range strings.SplitSeq(strings.ReplaceAll(hide.Text(r.Body), "\r", ""), "\n") {
			lines = append(lines, strings.ReplaceAll(l, "\t", "  "))
		}
	}
	var out []row
	plainly := strings.ToLower(strings.ReplaceAll(match, `"`, `\"`))
	for _, l := range lines[:min(len(lines), most)] {
		low := strings.ToLower(l)
		marked := match != "" && (strings.Contains(low, strings.ToLower(match)) || strings.Contains(low, plainly))
		for _, piece := range chop(m.seen(l), width) {
			if marked {
				piece = p.with(bad, piece)
			}
			out = append(out, row{piece, marked})
		}
	}
	if n := len(lines) - most; n > 0 {
		out = append(out, row{text: "and " + number(n) + " more lines"})
	}
	return out
}

// keyRows lists the keys at hand.
func (m *Model) keyRows(it *item, c *finding.Case, width int) []row {
	p := m.paint
	e := m.panes.selected()
	var out []row
	keys, _ := it.judged.Keys.Get()
	for _, l := range wrap("from "+m.safe(keys.Source), width) {
		out = append(out, row{text: p.with(strong, l)})
	}
	for _, k := range keys.Set.Keys {
		sign, i := " ", plain
		words := k.Describe()
		if k.Kid != "" {
			words = k.Kid + ": " + words
		}
		if t := k.Thumbprint; t != "" && t == c.SignedBy {
			sign, i = p.tick, good
			words += ", made this signature"
		}
		for n, l := range wrap(m.seen(words), width-2) {
			if n > 0 {
				sign = " "
			}
			out = append(out, row{text: p.with(i, sign) + " " + l})
		}
	}
	if len(keys.Set.Keys) == 0 {
		out = append(out, row{text: "no key could be read"})
	}
	if e.found != nil && e.found.Failed() {
		for _, l := range e.found.At {
			if (l.Part == finding.PartJWKS || l.Part == finding.PartKey) && l.Excerpt != nil {
				out = append(out, row{})
				out = append(out, m.excerptRows(l.Excerpt, width)...)
				break
			}
		}
	}
	return out
}

// howRows says how to tell the possible causes apart: the selected one first, then what
// to look at in the provider's portal, to be ticked off.
func (m *Model) howRows(c *finding.Case, width int) []row {
	p := m.paint
	var out []row
	e := m.panes.selected()
	if e.kind != fault && e.kind != points {
		if first, _, _, ok := m.panes.fault(); ok {
			e = first
		}
	}
	para := func(lead string, text string) {
		for k, l := range wrap(m.seen(text), width-columns(lead)) {
			if k > 0 {
				lead = strings.Repeat(" ", columns(lead))
			}
			out = append(out, row{text: lead + l})
		}
	}
	if e.isFault() {
		out = append(out, row{text: p.with(strong, "IF IT IS THIS")})
		para(" ", e.title)
		if e.message != "" {
			para(" ", e.message)
		}
		if fix := fixWords(e); fix != "" {
			para(" "+p.with(good, "FIX")+" ", fix)
		}
	}
	if points := tellApart(m.panes.all); points != "" {
		out = append(out, row{}, row{text: p.with(strong, "TO BE SURE")})
		para(" ", points)
	}
	if len(c.Ask) > 0 {
		done := 0
		for _, a := range c.Ask {
			if m.ticked[a.Text] {
				done++
			}
		}
		out = append(out, row{}, row{text: p.with(strong, "STEPS") + " " + number(done) + " of " + number(len(c.Ask)) + " done"})
		for _, a := range c.Ask {
			box := p.box
			if m.ticked[a.Text] {
				box = p.ticked
			}
			marked := a.Text == m.stepAt()
			from := len(out)
			para(" "+box+" ", a.Text)
			for i := range out[from:] {
				out[from+i].mark = marked
				if marked {
					out[from+i].text = p.with(strong, out[from+i].text)
				}
			}
		}
	}
	return out
}

// tellApart says what to paste so that one of several causes remains.
func tellApart(all []entry) string {
	n := 0
	for _, e := range all {
		if e.kind == points || e.kind == fault && e.certainty == finding.Possible {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return "Paste the token or the request that was refused: it is checked, and causes that do not apply are left out."
}
