package doctor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/input"
)

// subject is what one case is about, as it was read.
type subject struct {
	item *input.Item // an assertion without a request
	// assertion is what the item was read as, once it has been.
	assertion *evidence.Assertion
	// line is a line of a batch; item is taken out of it later, beside others.
	line   *input.Line
	source string // of the line
	echo   string // the member that is copied to the output
	// unreadable says why the line gives no case; blank that nobody expected one.
	unreadable string
	blank      bool
	parts      input.Exchange
	har        bool
	// of is what a longer text tells beside the parts; nil where there is none.
	of *paste
}

func (s subject) empty() bool {
	return s.item == nil && s.line == nil && !s.of.tells() && s.parts.Request == nil && s.parts.Response == nil && s.parts.Authorization == nil
}

// takes puts the parts of another subject beside its own; false where both
// have one of the same kind, so that they are two cases.
func (s *subject) takes(o subject) bool {
	if s.har || o.har ||
		s.item != nil && o.item != nil ||
		s.parts.Request != nil && o.parts.Request != nil ||
		s.parts.Response != nil && o.parts.Response != nil ||
		s.parts.Authorization != nil && o.parts.Authorization != nil {
		return false
	}
	of, ok := s.of.beside(o.of)
	if !ok {
		return false
	}
	item, assertion, request := s.item, s.assertion, s.parts.Request
	if item == nil {
		item, assertion = o.item, o.assertion
	}
	if request == nil {
		request = o.parts.Request
	}
	if item != nil && request != nil {
		if sent := input.CarriedBy(request).Assertion; sent != nil && !sent.FilledLater {
			given := assertion
			if given == nil {
				given = item.Assertion()
			}
			switch {
			case of.unreadable():
				// the text of the request leaves out what is given here
			case sent.Compact != given.Compact:
				return false // the request sends another one
			default:
				item, assertion = nil, nil
			}
		}
	}
	s.item, s.assertion, s.parts.Request, s.of = item, assertion, request, of
	if s.parts.Response == nil {
		s.parts.Response = o.parts.Response
	}
	if s.parts.Authorization == nil {
		s.parts.Authorization = o.parts.Authorization
	}
	return true
}

// mostPeeked is the number of inputs that are looked at before the first is
// judged, to find keys among them. More are a list of assertions.
const mostPeeked = 64

// given is an input on its way: a source that has been looked at, or one that
// must not be yet, since it may be a stream whose next line has not been written.
type given struct {
	src    *input.Source
	stream *Input
}

// givenInputs looks at the inputs and takes keys and key sets out, which belong
// to all cases of the run. The list of the others is made as it is asked for.
func givenInputs(opts *Options, inputs []Input) (next func() (given, bool), err error) {
	look := func(in Input) given {
		if in.As == "" && (opts.Lines || opts.FirstLine && in.Stream) {
			return given{stream: &in}
		}
		return given{src: input.NewSource(in.Name, in.Open, in.As)}
	}
	if len(inputs) > mostPeeked {
		return func() (given, bool) {
			if len(inputs) == 0 {
				return given{}, false
			}
			in := inputs[0]
			inputs = inputs[1:]
			return look(in), true
		}, nil
	}
	var all []given
	others := 0
	for _, in := range inputs {
		g := look(in)
		if !g.key() {
			others++
		}
		all = append(all, g)
	}
	if others > 0 { // a key by itself is judged as what it was given for
		if all, err = withoutKeys(opts, all); err != nil {
			return nil, err
		}
	}
	return func() (given, bool) {
		if len(all) == 0 {
			return given{}, false
		}
		g := all[0]
		all = all[1:]
		return g, true
	}, nil
}

func (g given) key() bool {
	return g.src != nil && (g.src.Sort() == input.SortJWKS || g.src.Sort() == input.SortKey)
}

// withoutKeys moves the key and the key set among the inputs to the options.
func withoutKeys(opts *Options, all []given) (kept []given, err error) {
	for _, g := range all {
		if !g.key() {
			kept = append(kept, g)
			continue
		}
		into, what := &opts.JWKS, "a key set"
		if g.src.Sort() == input.SortKey {
			into, what = &opts.Key, "a key"
		}
		if *into != nil {
			return nil, UsageError{fmt.Sprintf("%s is %s, and there is one already; give one", g.src.Name(), what)}
		}
		data, err := g.src.Bytes()
		if err != nil {
			return nil, InputError{err.Error()}
		}
		*into = &Document{Source: g.src.Name(), Data: data}
	}
	return kept, nil
}

// gather reads the inputs in turn and hands on what they hold, subject by
// subject. Inputs of different kinds that follow one another are one case.
func (r *run) gather(ctx context.Context, next func() (given, bool)) error {
	var pending subject
	var weak []error // answers of an API that nothing else was given with
	flush := func() error {
		s := pending
		pending = subject{}
		if s.empty() {
			return nil
		}
		if why := s.of.alone(s); why != "" {
			weak = append(weak, InputError{why})
			return nil
		}
		return r.accept(s)
	}
	add := func(s subject) error {
		if pending.takes(s) {
			return nil
		}
		if err := flush(); err != nil {
			return err
		}
		pending = s
		return nil
	}
	alone := func(s subject) error {
		if err := flush(); err != nil {
			return err
		}
		return r.accept(s)
	}
	var unreadable []error
	for {
		g, ok := next()
		if !ok {
			break
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		var err error
		if g.stream != nil {
			err = r.stream(ctx, *g.stream, add, alone)
		} else {
			err = r.read(ctx, g.src, add, alone)
		}
		var bad InputError
		switch {
		case errors.As(err, &bad):
			unreadable = append(unreadable, err)
		case err != nil:
			return err
		}
	}
	if err := flush(); err != nil {
		return err
	}
	return errors.Join(append(unreadable, weak...)...)
}

// stream reads a batch line by line, as its lines come. Where neither a flag
// nor the first line makes the input one, it is read as any other.
func (r *run) stream(ctx context.Context, in Input, add, alone func(subject) error) error {
	lines := input.NewLines(in.Name, in.Open, r.opts.Field)
	lines.Echo(r.opts.Echo)
	if !r.opts.Lines && !lines.Batch() {
		return r.read(ctx, input.NewSource(in.Name, lines.Reader(), in.As), add, alone)
	}
	r.lines = true
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		line, err := lines.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return InputError{err.Error()}
		}
		if err := alone(subject{line: &line, source: in.Name}); err != nil {
			return err
		}
		if lines.Waits() {
			r.pause() // the next line may be long in coming
		}
	}
}

// input judges the cases of one input.
func (r *run) input(ctx context.Context, in Input) error {
	next, err := givenInputs(&Options{}, []Input{in})
	if err != nil {
		return err
	}
	return r.gather(ctx, next)
}

// read takes one source apart. What may be part of a case goes to add, what is
// a case of its own to alone.
func (r *run) read(ctx context.Context, src *input.Source, add, alone func(subject) error) error {
	if text, ok := src.Paste(r.opts.Field); ok {
		return r.paste(ctx, src.Name(), text, add)
	}
	return r.form(ctx, src, add, alone)
}

// form reads a source that is of one form as a whole.
func (r *run) form(ctx context.Context, src *input.Source, add, alone func(subject) error) error {
	switch src.Sort() {
	case input.SortHAR:
		har := src.HAR()
		for {
			if err := ctx.Err(); err != nil {
				return err
			}
			e, err := har.Next()
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return InputError{err.Error()}
			}
			if err := alone(subject{parts: e, har: true}); err != nil {
				return err
			}
		}
	case input.SortExchange:
		all, err := src.Exchanges(r.files(src.Name()))
		if err != nil {
			return InputError{err.Error()}
		}
		for _, e := range all {
			if err := add(subject{parts: e}); err != nil {
				return err
			}
		}
		return nil
	}
	items := src.Items(r.opts.Field)
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		item, err := items.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return InputError{err.Error()}
		}
		s, put := subject{item: &item}, alone
		if !items.Many() {
			s, put = r.resolve(s), add // it may belong to what comes next
		}
		if err := put(s); err != nil {
			return err
		}
	}
}

// files reads what a command in the input of that name sends.
func (d *Doctor) files(source string) input.Files {
	if d.opts.Files == nil {
		return nil
	}
	return func(name string) ([]byte, error) { return d.opts.Files(source, name) }
}

// recognised is an assertion, or a server's words where the text is none and
// such words are known.
func (d *Doctor) recognised(item input.Item) subject {
	const longest = 16 << 10 // bytes of an error text
	a := item.Assertion()
	a.Problem = item.Problem
	if a.Shape == evidence.ShapeNotJWT && item.Problem == "" && len(item.Text) <= longest && strings.ContainsAny(item.Text, " _{<") {
		if r := input.PlainAnswer(item.Origin.File, item.Text); d.known(r) {
			return subject{parts: input.Exchange{Response: r, Line: item.Origin.Line}}
		}
	}
	return subject{item: &item, assertion: a}
}

// caseOf makes evidence of a subject.
func (d *Doctor) caseOf(s subject) *evidence.Case {
	c := &evidence.Case{
		Kind:        d.kind,
		ShowSecrets: d.opts.ShowSecrets,
		Expect: evidence.Expect{
			ClientID: d.opts.ClientID, TokenURL: d.opts.TokenURL, Issuer: d.opts.Issuer,
			RedirectURI: d.opts.RedirectURI, Env: d.opts.Env, Aud: d.opts.Aud,
		},
		Request:       evidence.Missing[*evidence.Request]("no request was given"),
		Response:      evidence.Missing[*evidence.Response]("no response was given"),
		Authorization: evidence.Missing[*evidence.Request]("no authorization request was given"),
		Clock:         evidence.Missing[*evidence.Clock]("no response with a Date was given"),
		Issued:        evidence.Missing[*evidence.Issued]("no ID or access token was given"),
	}
	d.opts.Online.give(c)
	why := "no assertion was given"
	var a *evidence.Assertion
	if s.item != nil {
		if a = s.assertion; a == nil {
			a = s.item.Assertion()
			a.Problem = s.item.Problem
		}
		c.Input = evidence.Input{Source: s.item.Origin.File, Line: s.item.Origin.Line}
	}
	if r := s.parts.Request; r != nil {
		c.Request, c.Sent = evidence.Known(r), true
		carried := input.CarriedBy(r)
		if d.opts.Kind == "" {
			c.Kind = carried.Kind
		}
		if a == nil || carried.Assertion != nil && !carried.Assertion.FilledLater && !s.of.unreadable() {
			a, why = carried.Assertion, carried.Why
		}
		place(c, r.Document, s)
		c.Input.Kinds = append(c.Input.Kinds, "request")
	}
	if r := s.parts.Response; r != nil {
		d.opts.Online.complete(r)
		c.Response = evidence.Known(r)
		if id := input.IssuedIn(r); id != nil {
			c.Issued = evidence.Known(id)
		}
		place(c, r.Document, s)
		if _, seen := c.Clock.Get(); !seen {
			c.Clock = clockOf(s.parts)
		}
	}
	if r := s.parts.Authorization; r != nil {
		c.Authorization = evidence.Known(r)
		place(c, r.Document, s)
	}
	if told := s.of.fill(c, a); told != "" {
		c.Input.Kinds = append(c.Input.Kinds, told)
	} else if a != nil {
		kinds := c.Input.Kinds
		input.Fill(c, a)
		if len(kinds) > 0 {
			c.Input.Kinds = append(kinds, "assertion")
		}
	} else {
		c.Assertion = evidence.Missing[*evidence.Assertion](why)
		c.Header, c.Claims = evidence.Missing[*evidence.Object](why), evidence.Missing[*evidence.Object](why)
		c.Signature = evidence.Missing[[]byte](why)
	}
	d.elsewhere(c)
	if s.of != nil && s.of.bearer && a != nil && c.Elsewhere == "" && !issued(c) {
		c.Elsewhere = evidence.AsBearer
	}
	if s.parts.Response != nil {
		c.Input.Kinds = append(c.Input.Kinds, "response")
	}
	if s.parts.Authorization != nil {
		c.Input.Kinds = append(c.Input.Kinds, "authorization")
	}
	if s.har {
		c.Input.Name = s.parts.Name
		c.Input.Kinds = append([]string{"har"}, c.Input.Kinds...)
	}
	s.of.errors(c)
	d.keys.give(c)
	s.of.give(c)
	if h, ok := c.Claims.Get(); ok && (c.Kind == evidence.IDToken || c.Kind == evidence.AccessToken) {
		header, _ := c.Header.Get()
		c.Issued = evidence.Known(&evidence.Issued{Kind: c.Kind, From: "the token", Header: header, Claims: h})
	}
	return c
}

// place says where the case comes from, unless that is known already.
func place(c *evidence.Case, d evidence.Document, s subject) {
	if c.Input.Source == "" {
		c.Input.Source, c.Input.Line = d.Origin.File, max(d.Origin.Line, 1)
		if s.parts.Line > 0 && !s.har { // in a HAR it is the number of the entry
			c.Input.Line = s.parts.Line
		}
	}
}

// clockOf compares the stamps of one exchange.
func clockOf(e input.Exchange) evidence.Fact[*evidence.Clock] {
	if e.Response.Date.IsZero() {
		return evidence.Missing[*evidence.Clock]("the response has no Date")
	}
	clock := &evidence.Clock{Server: e.Response.Date}
	if r := e.Request; r != nil && !r.Sent.IsZero() {
		clock.Local, clock.Took, clock.From = r.Sent.Add(r.Took), r.Took, "the HAR entry"
	}
	return evidence.Known(clock)
}
