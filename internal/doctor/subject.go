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
	// line is a line of a batch; item is taken out of it later, at the same time as others.
	line   *input.Line
	source string // of the line
	echo   string // the member that is copied to the output
	// unreadable says why the line gives no case; blank that nobody expected one.
	unreadable string
	blank      bool
	parts      input.Exchange
	har        bool
	// of is what a longer text says in addition to the parts; nil if there is none.
	of *paste
	// found is true if it is of a file that nobody named.
	found bool
	// beside is what was found in other files and not used.
	beside []evidence.Unused
}

func (s subject) empty() bool {
	return s.item == nil && s.line == nil && !s.of.tells() && s.parts.Request == nil && s.parts.Response == nil && s.parts.Authorization == nil
}

// takes puts the parts of another subject with its own; false if both
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
	s.item, s.assertion, s.parts.Request, s.of, s.found = item, assertion, request, of, s.found || o.found
	if s.parts.Response == nil {
		s.parts.Response = o.parts.Response
	}
	if s.parts.Authorization == nil {
		s.parts.Authorization = o.parts.Authorization
	}
	return true
}

// gather reads the inputs in turn and hands on what they contain, subject by
// subject. Inputs of different kinds that follow one another are one case, but
// for those of different groups.
func (r *run) gather(ctx context.Context, next func() (given, bool)) error {
	var pending subject
	var weak []error // answers of an API that nothing else was given with
	found := false   // the pending one is in a file that nobody named
	var keep finds
	accept := r.accept
	r.accept = func(s subject) error { return keep.hand(s, accept) }
	defer func() { r.accept = accept }()
	flush := func() error {
		s := pending
		pending = subject{}
		if s.empty() {
			return nil
		}
		if why := s.of.alone(s); why != "" {
			if found {
				keep.passed = append(keep.passed, s.of.name)
			} else {
				weak = append(weak, InputError{why})
			}
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
	group := ""
	for {
		g, ok := next()
		if !ok {
			break
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if g.group != group {
			if err := flush(); err != nil {
				return err
			}
			group = g.group
		}
		found = g.found
		var err error
		switch {
		case g.found:
			err = r.file(ctx, *g.stream, &keep, add, alone)
		case g.stream != nil:
			err = r.stream(ctx, *g.stream, add, alone)
		default:
			err = r.read(ctx, g.src, add, alone)
		}
		var bad InputError
		var address addressError
		switch {
		case errors.As(err, &address):
			r.result.Addresses = append(r.result.Addresses, r.addressOf(string(address)))
		case errors.As(err, &bad):
			unreadable = append(unreadable, err)
		case err != nil:
			return err
		}
	}
	if err := flush(); err != nil {
		return err
	}
	cases, err := keep.end(accept)
	if err != nil {
		return err
	}
	r.result.Passed = len(keep.passed)
	if keep.files > 0 && cases == 0 && len(unreadable)+len(weak) == 0 {
		return InputError{keep.nothing()}
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
	return r.listed(ctx, in.Name, lines, alone)
}

// listed hands on the lines of a list as they come.
func (r *run) listed(ctx context.Context, name string, lines *input.Lines, alone func(subject) error) error {
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
		if err := alone(subject{line: &line, source: name}); err != nil {
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
// its own case to alone.
func (r *run) read(ctx context.Context, src *input.Source, add, alone func(subject) error) error {
	if text, ok := src.Paste(r.opts.Field); ok {
		return r.paste(ctx, src.Name(), text, add)
	}
	if lines := src.Lines(r.opts.Field); lines != nil {
		lines.Echo(r.opts.Echo)
		return r.listed(ctx, src.Name(), lines, alone)
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
			s, put = r.resolve(nil, s), add // it may belong to what comes next
			if !src.Said() && tooLong(s) {
				return InputError{fmt.Sprintf("%s is %d bytes long, and neither a list of assertions nor a HAR; a text is searched up to %d MiB. Give the part that contains the assertion, the request or the answer", src.Name(), item.Length, input.MaxText>>20)}
			}
		}
		if err := put(s); err != nil {
			return err
		}
	}
}

// tooLong reports whether a subject is the beginning of a text over the limit that does
// not begin as a JWT does.
func tooLong(s subject) bool {
	return s.item != nil && !s.item.Whole() && s.assertion != nil && s.assertion.Shape == evidence.ShapeNotJWT && !strings.HasPrefix(strings.TrimSpace(s.item.Text), "ey")
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
func (d *Doctor) recognised(m *memory, item *input.Item) subject {
	const longest = 16 << 10 // bytes of an error text
	a := m.forInput().Assertion(*item)
	a.Problem = item.Problem
	if a.Shape == evidence.ShapeNotJWT && item.Problem == "" && len(item.Text) <= longest && strings.ContainsAny(item.Text, " _{<") {
		if r := input.PlainAnswer(item.Origin.File, item.Text); d.known(r) {
			return subject{parts: input.Exchange{Response: r, Line: item.Origin.Line}}
		}
	}
	return subject{item: item, assertion: a}
}
