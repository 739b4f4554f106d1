package doctor

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/input"
	"github.com/assertionworks/jwtdoctor/internal/input/island"
	"github.com/assertionworks/jwtdoctor/internal/judge"
	"github.com/assertionworks/jwtdoctor/internal/probe"
	"github.com/assertionworks/jwtdoctor/internal/reading"
)

// paste is what a longer text reports a case beside the parts of its exchange.
type paste struct {
	// assertion is the assertion of the case, where the text does something to it
	// or the request does not carry it as others do.
	assertion *reading.Assertion
	decoded   *reading.Decoded
	sent      reading.Sent
	known     []evidence.TextError
	keys      []reading.Key
	discovery *reading.Document
	unused    []reading.Unused
	undone    []string
	name      string
	line      int
	// nothing says, where this is an answer that many an API gives, that it is no
	// case on its own.
	nothing string
	// bearer is true where the text calls the assertion a Bearer token.
	bearer bool
}

// tells reports whether the text tells something that can be judged on its own.
func (p *paste) tells() bool { return p != nil && (p.decoded != nil || len(p.known) > 0) }

// unreadable reports whether the text leaves out characters of the assertion.
func (p *paste) unreadable() bool { return p != nil && p.assertion != nil && p.assertion.Shortened }

// alone says why a subject is not a case, "" if it is one.
func (p *paste) alone(s subject) string {
	if p.onlyShortened(s) {
		return p.name + ": the assertion is shortened, with characters left out, so nothing in it can be checked; give the whole assertion"
	}
	if p == nil || p.nothing == "" || s.item != nil || s.parts.Request != nil || s.parts.Authorization != nil || p.decoded != nil {
		return ""
	}
	return p.nothing
}

// onlyShortened reports whether a shortened assertion is all there is: no check can
// read it, and a case in which nothing was checked would look like one that passed.
func (p *paste) onlyShortened(s subject) bool {
	return p.unreadable() && !p.tells() && s.parts.Request == nil && s.parts.Response == nil && s.parts.Authorization == nil &&
		(s.assertion == nil || !p.replaced(s.assertion))
}

// beside puts together what two texts tell; false where both tell of an
// assertion, so that they are two cases.
func (p *paste) beside(o *paste) (*paste, bool) {
	switch {
	case p == nil:
		return o, true
	case o == nil:
		return p, true
	case (p.assertion != nil || p.decoded != nil) && (o.assertion != nil || o.decoded != nil):
		return nil, false
	}
	both := *p
	if p.assertion == nil {
		both.assertion = o.assertion
	}
	if p.decoded == nil {
		both.decoded = o.decoded
	}
	if p.sent == (reading.Sent{}) || !p.sent.Zoned && o.sent.Zoned {
		both.sent = o.sent
	}
	if p.discovery == nil {
		both.discovery = o.discovery
	}
	both.known = append(both.known[:len(both.known):len(both.known)], o.known...)
	both.keys = append(both.keys[:len(both.keys):len(both.keys)], o.keys...)
	both.undone = append(both.undone[:len(both.undone):len(both.undone)], o.undone...)
	both.unused = append(both.unused[:len(both.unused):len(both.unused)], o.unused...)
	return &both, true
}

// paste searches a text for evidence. A text that is of one form as a whole is read
// as that form.
func (r *run) paste(ctx context.Context, name, text string, add func(subject) error) error {
	read := reading.Read(name, text, reading.Options{Files: r.files(name), Sentence: r.sentence})
	known := make([][]evidence.TextError, len(read.Cases))
	for i := range read.Cases {
		known[i] = errorsOf(name, text, read.Cases[i].Known)
	}
	subjects, err := r.whole(ctx, name, text, &read)
	if err != nil {
		return err
	}
	if subjects == nil {
		subjects = r.pasted(name, &read)
		r.besides(name, text, subjects, read.Cases)
	}
	for i := range subjects {
		if p := subjects[i].of; p != nil && i < len(known) {
			p.known = known[i]
		}
	}
	if len(subjects) == 0 {
		if address, ok := bareAddress(text); ok {
			return addressError(address)
		}
		why := read.Nothing
		if why == "" {
			why = "a key or discovery document was given, but nothing to check with it; add an assertion, a request or a response"
		}
		return nothingError{InputError{name + ": " + why + unusedWords(append(leftOver(&read), aSAMLDocument(text)...))}, read.Keys, read.Discovery}
	}
	share(name, subjects, &read)
	for _, s := range subjects {
		if err := add(s); err != nil {
			return err
		}
	}
	return nil
}

// pasted makes subjects of what was read. An answer that many an API could give is
// one on its own where its words are those of a single provider.
func (r *run) pasted(name string, read *reading.Result) []subject {
	cases, nothing := read.Cases, ""
	if len(cases) == 0 && len(read.Weak) > 0 {
		cases, nothing = read.Weak, name+": "+orElse(read.Nothing, "there is an answer, which says nothing without the request it is for")
		if read.Cut {
			nothing += unusedWords(leftOver(read))
		}
	}
	var out []subject
	for i := range cases {
		c := &cases[i]
		p := &paste{assertion: c.Assertion, decoded: c.Decoded, sent: c.Sent, keys: read.Keys, discovery: read.Discovery, undone: c.Undone, name: name, line: c.Line, nothing: nothing}
		if nothing != "" && c.Response != nil && r.own(c.Response) {
			p.nothing = ""
		}
		s := subject{parts: c.Exchange, of: p}
		if s.parts.Line == 0 {
			s.parts.Line = c.Line
		}
		if a := c.Assertion; a != nil && (c.Request == nil || !a.InRequest && leavesOpen(c.Request)) {
			s.item = &input.Item{Text: a.Original, Length: a.Length, Origin: a.Origin}
			s.assertion = a.Assertion
			p.bearer = calledBearer(a)
			if a.Hidden == "" && !a.Shortened {
				p.assertion = nil // it is as any other
			}
		}
		out = append(out, s)
	}
	return out
}

// leavesOpen reports whether a request does not say which assertion it sends: it has none,
// or a variable in its place.
func leavesOpen(q *evidence.Request) bool {
	a := input.CarriedBy(q).Assertion
	return a == nil || a.FilledLater
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// whole reads a text as the one form that it is as a whole; nil where it is none,
// or where reading finds more in it.
func (r *run) whole(ctx context.Context, name, text string, read *reading.Result) ([]subject, error) {
	var all []subject
	err := r.form(ctx, input.NewSource(name, strings.NewReader(text), ""), func(s subject) error {
		all = append(all, s)
		return nil
	}, func(s subject) error {
		all = append(all, r.resolve(nil, s))
		return nil
	})
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil || len(all) == 0 {
		return nil, nil // it is not of that form
	}
	if len(read.Cases) == 0 {
		for _, s := range all {
			if !r.recognisable(s, text, read) {
				return nil, nil
			}
		}
		if !slices.ContainsFunc(all, func(s subject) bool { return s.item == nil }) {
			// What was left is what is judged.
			read.Unused = slices.DeleteFunc(read.Unused, func(u reading.Unused) bool { return u.Token })
		}
		for i := range all {
			if all[i].of == nil && all[i].item != nil && bearerBefore(text, all[i].assertion) {
				all[i].of = &paste{name: name, line: all[i].item.Origin.Line, bearer: true}
			}
		}
		return all, nil
	}
	begins := input.BeginsExchange(text)
	if begins && len(all) == 1 && all[0].parts.Response == nil && heredoc(all[0].parts.Request, read.Cases) {
		return all, nil
	}
	if len(all) != len(read.Cases) {
		return nil, nil
	}
	for i, s := range all {
		c := &read.Cases[i]
		if !(read.Whole || begins || s.bare()) || !s.like(c) || s.item != nil && saysMore(text) {
			return nil, nil
		}
		all[i].of = &paste{bearer: calledBearer(c.Assertion), sent: c.Sent, keys: read.Keys, discovery: read.Discovery, name: name, line: c.Line}
	}
	return all, nil
}

// calledBearer reports whether a text calls a JWT that is on its own the Bearer
// token of a request.
func calledBearer(a *reading.Assertion) bool {
	return a != nil && (strings.Contains(a.Label, "bearer") || strings.Contains(a.Label, "authorization"))
}

// bearerBefore reports whether a JWT is in a text behind the word Bearer.
func bearerBefore(text string, a *evidence.Assertion) bool {
	if a == nil || a.Compact == "" {
		return false
	}
	i := strings.Index(text, a.Compact)
	const word = "bearer "
	return i >= len(word) && strings.EqualFold(text[i-len(word):i], word)
}

// heredoc reports whether a command has parameters in the lines below it, which
// are found as their own request where they are searched for.
func heredoc(q *evidence.Request, cases []reading.Case) bool {
	for _, c := range cases {
		if c.Response != nil || c.Decoded != nil || len(c.Known) > 0 || c.Request != nil && q != nil && len(c.Request.Params) > len(q.Params) {
			return false
		}
	}
	return q != nil && len(cases) > 0 && cases[0].Request != nil && len(cases[0].Request.Params) < len(q.Params)
}

// bare reports whether the subject is an assertion with nothing around it but what
// was pasted with it.
func (s subject) bare() bool {
	if s.item == nil || s.assertion == nil || s.assertion.Shape == evidence.ShapeNotJWT {
		return false
	}
	return s.assertion.Embedded == "" || !strings.ContainsAny(strings.TrimSpace(s.item.Text), " \t\r\n")
}

// saysMore reports whether below the first line of a JWT there is something else than
// more of it: words, or a key.
func saysMore(text string) bool {
	_, below, _ := strings.Cut(strings.TrimSpace(text), "\n")
	for line := range strings.Lines(below) {
		if line = strings.TrimSpace(line); strings.ContainsAny(line, " \t") || strings.HasPrefix(line, "-----") {
			return true
		}
	}
	return false
}

// like reports whether reading found in a text what the subject is, and no more.
func (s subject) like(c *reading.Case) bool {
	if c.Decoded != nil || c.Assertion != nil && (c.Assertion.Hidden != "" || c.Assertion.Shortened || c.Assertion.Carrier == "client_secret") {
		return false
	}
	return (s.parts.Request != nil) == (c.Request != nil) && (s.parts.Response != nil) == (c.Response != nil) &&
		(s.parts.Authorization != nil) == (c.Authorization != nil) && (s.item != nil) == (c.Request == nil && c.Assertion != nil)
}

// errorsOf are the errors that a text tells, with their places.
func errorsOf(name, text string, known []reading.Known) []evidence.TextError {
	const longest = 300 // bytes of the words that are shown
	var out []evidence.TextError
	for _, k := range known {
		start, end := min(k.Span.Start, len(text)), min(k.Span.End, len(text))
		column := utf8.RuneCountInString(text[strings.LastIndexByte(text[:start], '\n')+1:start]) + 1
		words := strings.ToValidUTF8(text[start:min(end, start+longest)], "")
		at := &finding.Location{Part: finding.PartText, Offset: start, Length: end - start, Line: k.Line, Column: column,
			Source: &finding.Source{File: name, Line: k.Line, Column: column, Length: utf8.RuneCountInString(text[start:end])}}
		out = append(out, evidence.TextError{Match: k.Match, Words: words, At: at})
	}
	return out
}

// sentence reports whether a line holds words by which a server refuses. A code
// alone is none: anyone who writes about an error names it. Of a line that nothing
// marks as an error the words are half at least, or long.
func (d *Doctor) sentence(line string, bare bool) bool {
	const longest = 2000 // bytes
	if len(line) > longest {
		return false
	}
	all := d.profiles.library.Recognising(judge.AnswerOf(input.PlainAnswer("", line)))
	return len(all) > 0 && (!bare || 2*len(all[0].Fit.Words) >= len(line) || all[0].Fit.Distinct)
}

// fill gives a case the assertion as far as the text shows it. It returns the
// kind of evidence it is, "" where the text shows it whole.
func (p *paste) fill(c *evidence.Case, given *evidence.Assertion) string {
	if p == nil {
		return ""
	}
	for _, u := range p.unused {
		c.Input.Unused = append(c.Input.Unused, evidence.Unused{Line: u.Line, What: u.What})
	}
	c.Input.Undone = append(c.Input.Undone, p.undone...)
	if !p.sent.Time.IsZero() {
		c.Told = evidence.Told{Time: p.sent.Time, Answer: p.sent.Answer, Local: !p.sent.Zoned}
	}
	if c.Input.Source == "" {
		c.Input.Source, c.Input.Line = p.name, max(p.line, 1)
	}
	a := p.assertion
	switch {
	case a != nil && (given == nil || !p.replaced(given)):
		if a.Shortened {
			absent(c, "the assertion in the text is shortened, with characters left out, so it cannot be checked")
			break
		}
		if a.Hidden != "" {
			why := "the signature was not given: the text shows something else in its place"
			if a.Hidden == island.NotShown {
				why = "the signature was not given"
			}
			absent(c, why)
			c.Unsigned = a.Assertion
			c.Header, c.Claims = input.Object(a.Assertion, 0), input.Object(a.Assertion, 1)
			return "assertion"
		}
		if a.Carrier == "client_secret" && given == nil {
			input.Fill(c, a.Assertion)
			c.Elsewhere = evidence.AsSecret
			return "assertion"
		}
		return ""
	case p.decoded != nil && given == nil:
	default:
		return ""
	}
	if d := p.decoded; d != nil {
		absent(c, "header and claims were given decoded: the encoding and the signature were not given")
		if d.Header != nil {
			c.Header = evidence.Known(d.Header)
		} else {
			c.Header = evidence.Missing[*evidence.Object]("the header was not given")
		}
		if d.Claims != nil {
			c.Claims = evidence.Known(d.Claims)
		} else {
			c.Claims = evidence.Missing[*evidence.Object]("the claims were not given")
		}
		return "decoded-assertion"
	}
	return "assertion"
}

// errors gives a case the errors of transports and libraries that the text tells.
// Beside an exchange they are reported and not used: it shows more than they say.
func (p *paste) errors(c *evidence.Case) {
	if p == nil || len(p.known) == 0 {
		return
	}
	c.Input.Kinds = append(c.Input.Kinds, "error-text")
	c.Errors = p.known
	_, request := c.Request.Get()
	r, response := c.Response.Get()
	if response && r.Printed && !request && !c.HasAssertion() {
		return // a refusal that says little is explained by the error printed with it
	}
	if !request && !response && !c.HasAssertion() {
		return
	}
	for _, k := range p.known {
		c.Input.Unused = append(c.Input.Unused, evidence.Unused{Line: k.At.Line, What: "an error of a program: " + strings.TrimSuffix(k.Match.Entry.Means, ".")})
	}
}

// replaced reports whether another input gives the assertion that the text only
// shows a part of.
func (p *paste) replaced(given *evidence.Assertion) bool {
	return given.Original != p.assertion.Original && given.Origin.File != p.name
}

// absent says why no assertion can be judged.
func absent(c *evidence.Case, why string) {
	c.Assertion = evidence.Missing[*evidence.Assertion](why)
	c.Header, c.Claims = evidence.Missing[*evidence.Object](why), evidence.Missing[*evidence.Object](why)
	c.Signature = evidence.Missing[[]byte](why)
}

// give adds the keys and the discovery document that are in the text, where none
// were given on their own.
func (p *paste) give(c *evidence.Case) {
	if p == nil {
		return
	}
	var set, key *Document
	for _, k := range p.keys {
		into, kind := &key, "key"
		if k.Set {
			into, kind = &set, "jwks"
		}
		if *into == nil {
			*into = &Document{Source: p.name, Data: []byte(k.Text)}
			c.Input.Kinds = append(c.Input.Kinds, kind)
		}
	}
	_, public := c.Keys.Get()
	_, private := c.PrivateKey.Get()
	if (set != nil || key != nil) && !public && !private {
		if _, fetched := c.Fetched.Get(); !fetched {
			readKeys(set, key).give(c)
		}
	}
	if _, ok := c.Discovery.Get(); !ok && p.discovery != nil {
		c.Discovery = evidence.Known(probe.ReadDiscovery(p.name, []byte(p.discovery.Text)))
		c.Input.Kinds = append(c.Input.Kinds, "discovery")
	}
}
