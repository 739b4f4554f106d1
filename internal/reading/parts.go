package reading

import (
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/errortext"
	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/input"
	"github.com/assertionworks/jwtdoctor/internal/input/island"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/srctext"
	"github.com/assertionworks/jwtdoctor/internal/wording"
)

// reader is the reading of one text.
type reader struct {
	name   string
	source string
	lines  []int
	counts []int // of characters; see runes
	opts   Options
	found  island.Found

	parts  []*part
	draft  draft
	header *island.Island // a header still without claims
	stamps []island.Island
	known  []Known
	broken string // why the last unreadable command cannot be read
	unused []Unused
	said   map[*island.Island]saying
	result Result
}

// mostParts is how many parts of one text are read.
const mostParts = 1000

// claims are the claims of the JWT that the request sends; nil if they cannot be read.
func (p *part) claims() *jsonspan.Value {
	if p.sent == nil {
		p.sent = &jsonspan.Value{}
		if a := p.carried().Assertion; a != nil {
			if o, ok := input.Object(a, 1).Get(); ok {
				p.sent = o.Value
			}
		}
	}
	if p.sent.Kind != jsonspan.Object {
		return nil
	}
	return p.sent
}

// carried is the JWT that the request sends.
func (p *part) carried() input.Carried {
	if p.Request == nil {
		return input.Carried{}
	}
	if p.carries == nil {
		c := input.CarriedBy(p.Request)
		p.carries = &c
	}
	return *p.carries
}

// gather makes parts from the islands.
func (r *reader) gather() {
	r.said = map[*island.Island]saying{}
	list := r.listed()
	for i := range r.found.Islands {
		is := &r.found.Islands[i]
		if len(r.parts) >= mostParts {
			r.draft, r.header = draft{}, nil
			r.leave(is.Span.Start, "everything from here on: the text contains more than 1,000 requests, answers and JWTs")
			return
		}
		if r.draft.answer != nil && (is.Kind == island.KindToken || is.Kind == island.KindClaims || is.Kind == island.KindHeader) {
			r.flush() // another one begins
		}
		switch is.Kind {
		case island.KindStamp:
			r.stamps = append(r.stamps, *is)
		case island.KindKnown:
			if m, ok := is.Found.(errortext.Match); ok && r.nature(is) == island.NaturePlain && !r.within(is) {
				r.known = append(r.known, Known{m, is.Span, r.line(is.Span.Start)})
			}
		case island.KindMessage:
			r.flush()
			r.messages(is)
		case island.KindCommand:
			r.flush()
			r.commands(is)
		case island.KindToken:
			r.parts = append(r.parts, &part{token: is, at: is.Span.Start, end: is.Span.End, nature: r.nature(is), label: is.Label})
		case island.KindHeader:
			if r.behind(is, i) {
				continue
			}
			r.headerAlone()
			r.header = is
			continue
		case island.KindClaims:
			r.claims(is)
		case island.KindKeySet, island.KindKey:
			if text := is.Text.String(); strings.Contains(text, "...") || strings.Contains(text, "…") {
				r.leave(is.Span.Start, "a key that is shortened")
				continue
			}
			r.result.Keys = append(r.result.Keys, Key{Set: is.Kind == island.KindKeySet, Text: is.Text.String(), Line: r.line(is.Span.Start), Label: is.Label, PEM: is.Phrase})
		case island.KindDiscovery:
			if r.result.Discovery == nil {
				r.result.Discovery = &Document{Text: is.Text.String(), Line: r.line(is.Span.Start)}
			}
		default:
			if is.Kind == island.KindAnswer && is.Loose && (list || r.ofLibrary(is)) {
				continue
			}
			r.add(is)
		}
		if is.Kind != island.KindStamp && is.Kind != island.KindClaims {
			r.headerAlone()
		}
	}
	r.flush()
	r.headerAlone()
}

// listed reports whether the text is a list of errors: codes by the dozen, each on its
// own line.
func (r *reader) listed() bool {
	const most = 3
	var seen []string
	looked := 0
	for i := range r.found.Islands {
		is := &r.found.Islands[i]
		if is.Kind != island.KindAnswer || !is.Loose {
			continue
		}
		if looked++; looked > 200 {
			break
		}
		s := r.saysOf(is)
		code := s.code
		if code == "" {
			code, _, _ = strings.Cut(s.words, ":")
		}
		if !slices.Contains(seen, code) {
			if seen = append(seen, code); len(seen) > most {
				return true
			}
		}
	}
	return false
}

// ofLibrary reports whether words that might be a server's are from a library, which
// prints more than a server says: its clock next to the token's time.
func (r *reader) ofLibrary(is *island.Island) bool {
	if r.saysOf(is).code != "" {
		return false
	}
	for i := range r.found.Islands {
		other := &r.found.Islands[i]
		if other.Kind != island.KindKnown || other.Span.Start >= is.Span.End || other.Span.End <= is.Span.Start {
			continue
		}
		if m, ok := other.Found.(errortext.Match); ok && len(m.Entry.Causes) > 0 && !m.Entry.Wraps {
			return true
		}
	}
	return false
}

// within reports whether a known error is part of another island, such as the words of a
// server.
func (r *reader) within(is *island.Island) bool {
	for i := range r.found.Islands {
		other := &r.found.Islands[i]
		switch other.Kind {
		case island.KindAnswer, island.KindMessage, island.KindParams, island.KindClaims, island.KindKey, island.KindKeySet, island.KindDiscovery, island.KindCommand:
			if !other.Loose && other.Span.Start <= is.Span.Start && is.Span.End <= other.Span.End {
				return true
			}
		}
	}
	return false
}

func (r *reader) nature(is *island.Island) island.Nature {
	if is.Block < len(r.found.Blocks) {
		return r.found.Blocks[is.Block].Nature
	}
	return island.NaturePlain
}

func (r *reader) leave(at int, what string) { r.leaveThat(Unused{Line: r.line(at), What: what}) }

func (r *reader) leaveThat(u Unused) {
	for _, have := range r.unused {
		if have == u {
			return
		}
	}
	if len(r.unused) < 100 {
		r.unused = append(r.unused, u)
	}
}

// messages reads HTTP messages.
func (r *reader) messages(is *island.Island) {
	f := r.frame(is.Text)
	all, err := input.ReadHTTP(f.input(), r.opts.Files)
	if err != nil {
		return
	}
	for _, e := range all {
		at := is.Span.Start
		if e.Line > f.doc.Origin.Line { // lines of the text that was read
			at = r.lineIn(is.Text, e.Line-f.doc.Origin.Line)
		}
		r.printed(e.Response)
		e, values := r.exchange(f, e, at-f.at)
		r.parts = append(r.parts, &part{Exchange: e, values: values, at: at, end: is.Span.End, nature: r.nature(is), label: is.Label})
	}
}

// printed reads the body of a response that a program printed as an object of its
// language, below the header that it logged. In a text that contains only messages, the
// body is what the server sent.
func (r *reader) printed(a *evidence.Response) {
	if a == nil || r.found.Rest == 0 || !strings.HasPrefix(strings.TrimSpace(a.Body), "{'") {
		return
	}
	if json, ok := island.AsJSON(a.Body); ok {
		a.Body, a.BodySpan = json, jsonspan.Span{}
		input.Understand(a)
	}
}

// lineIn is the offset in the source of the nth line of a text.
func (r *reader) lineIn(t srctext.Text, n int) int {
	s, i := t.String(), 0
	for ; n > 0; n-- {
		k := strings.IndexByte(s[i:], '\n')
		if k < 0 {
			break
		}
		i += k + 1
	}
	if at := t.At(i); at >= 0 {
		return at
	}
	return t.Span().Start
}

// commands reads the commands of a script.
func (r *reader) commands(is *island.Island) {
	f := r.frame(is.Text)
	all, err := input.ReadCommands(f.input(), r.opts.Files)
	if err != nil {
		r.broken = strings.TrimPrefix(sentence(err), r.name+" ")
		r.leave(is.Span.Start, "a command that cannot be read ("+sentence(err)+")")
		return
	}
	var kept []*evidence.Request
	for _, q := range all {
		if input.IsTokenRequest(q) {
			kept = append(kept, q)
		}
	}
	if len(kept) == 0 {
		kept = all
	}
	kept = slices.DeleteFunc(kept, func(q *evidence.Request) bool {
		if q.URL == "" && len(q.Params) == 0 && q.Body.Text == "" {
			return true // nothing is known about it
		}
		return len(all) > 1 && methodAsHost(q.URL)
	})
	for _, q := range kept {
		at := is.Span.Start
		if p, ok := is.Text.Place(min(q.URLSpan.Start, is.Text.Len()), min(q.URLSpan.Start, is.Text.Len())); ok && q.URLSpan.Len() > 0 {
			at = p.Start
		}
		e, values := r.exchange(f, input.Exchange{Request: q}, at-f.at)
		r.parts = append(r.parts, &part{Exchange: e, values: values, at: at, end: is.Span.End, nature: r.nature(is), label: is.Label})
	}
}

// methodAsHost recognises what curl does with "curl -v POST URL": a separate request to a
// host of that name.
func methodAsHost(url string) bool {
	switch strings.TrimSuffix(strings.TrimPrefix(url, "http://"), "/") {
	case "POST", "GET", "PUT":
		return true
	}
	return false
}

func sentence(err error) string { return err.Error() }

// claims makes a decoded assertion from claims and the header before them.
func (r *reader) claims(is *island.Island) {
	d := &Decoded{Label: is.Label, Line: r.line(is.Span.Start)}
	at := is.Span.Start
	if h := r.header; h != nil {
		d.Header, d.HeaderText = object("header", h.Text), h.Text
		d.Label = h.Label + " " + is.Label
		at = min(at, h.Span.Start)
		d.Line = r.line(at)
		r.header = nil
	}
	d.Claims, d.ClaimsText = object("claims", is.Text), is.Text
	r.parts = append(r.parts, &part{decoded: d, at: at, end: is.Span.End, nature: r.nature(is), label: d.Label, weak: d.Header == nil && !claimsLabel(is.Label)})
}

// behind adds a header to the claims directly before it, as Ruby prints them.
func (r *reader) behind(is *island.Island, i int) bool {
	if r.header != nil || len(r.parts) == 0 || i+1 < len(r.found.Islands) && r.found.Islands[i+1].Kind == island.KindClaims {
		return false
	}
	last := r.parts[len(r.parts)-1]
	if last.decoded == nil || last.decoded.Header != nil || is.Span.Start-last.end > 24 || is.Span.Start < last.end {
		return false
	}
	last.decoded.Header, last.decoded.HeaderText = object("header", is.Text), is.Text
	last.end, last.weak = is.Span.End, false
	return true
}

// headerAlone keeps a header without claims, if it is labelled as one.
func (r *reader) headerAlone() {
	h := r.header
	r.header = nil
	if h == nil || !strings.Contains(h.Label, "header") {
		return
	}
	r.parts = append(r.parts, &part{decoded: &Decoded{Header: object("header", h.Text), HeaderText: h.Text, Label: h.Label, Line: r.line(h.Span.Start)},
		at: h.Span.Start, end: h.Span.End, nature: r.nature(h), label: h.Label})
}

// claimsLabel reports whether a label says that an object is the payload of a JWT.
func claimsLabel(label string) bool {
	return wording.HasAny(label, "payload", "claim", "decoded", "assertion", "jwt", "token", "body")
}

// object is a decoded part as evidence.
func object(part string, t srctext.Text) *evidence.Object {
	o := &evidence.Object{Part: part, Raw: []byte(t.String())}
	o.Value, o.Faults = jsonspan.Scan(o.Raw, jsonspan.Limits{})
	for _, f := range o.Faults {
		o.Partial = o.Partial || f.Loses()
	}
	return o
}
