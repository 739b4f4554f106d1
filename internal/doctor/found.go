package doctor

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/input"
	"github.com/assertionworks/jwtdoctor/internal/reading"
)

// finds is what is kept while the files of a directory are read: a case is kept
// back until the next is there, so that keys found with it can be reported.
type finds struct {
	held   *subject
	spare  []evidence.Unused
	cases  int
	files  int
	passed []string // files in which nothing was recognised
}

// mostSpare bounds how many spare keys are reported with a case.
const mostSpare = 50

// hand takes a case in and hands on the one before it. Where no directory was
// given nothing waits.
func (f *finds) hand(s subject, accept func(subject) error) error {
	f.cases++
	if f.files == 0 {
		return accept(s)
	}
	before, held := f.held, s // a copy, so that only what waits is allocated
	held.beside, f.spare = slices.Concat(s.beside, f.spare), nil
	f.held = &held
	if before == nil {
		return nil
	}
	return accept(*before)
}

// end hands the last case on and returns how many there were.
func (f *finds) end(accept func(subject) error) (cases int, err error) {
	if f.held != nil {
		f.held.beside = slices.Concat(f.held.beside, f.spare)
		err = accept(*f.held)
		f.held = nil
	}
	return f.cases, err
}

// tell notes something of value that no case uses.
func (f *finds) tell(line int, what string) {
	if len(f.spare) < mostSpare {
		f.spare = append(f.spare, evidence.Unused{Line: max(line, 1), What: what})
	}
}

// nothing says that no file contains a case.
func (f *finds) nothing() string {
	var what []reading.Unused
	for _, u := range f.spare {
		what = append(what, reading.Unused{Line: u.Line, What: u.What})
	}
	names := f.passed
	if len(names) > 3 {
		names = append(names[:3:3], fmt.Sprintf("and %d more", len(f.passed)-3))
	}
	return fmt.Sprintf("nothing recognised in %s (%s); expected %s", count(f.files, "file"), strings.Join(names, ", "), reading.Expected) + unusedWords(what)
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// mostOfFile is the size of a file in a directory that is read, in bytes.
const mostOfFile = 1 << 20

// file reads a file that was found in a directory. Keys in it are reported and not
// used: nobody named them.
func (r *run) file(ctx context.Context, in Input, keep *finds, add, alone func(subject) error) error {
	keep.files++
	put := func(to func(subject) error) func(subject) error {
		return func(s subject) error {
			s.found = true
			if s.of != nil && (len(s.of.keys) > 0 || s.of.discovery != nil) {
				keep.spares(in.Name, s.of.keys, s.of.discovery)
				of := *s.of
				of.keys, of.discovery = nil, nil
				s.of = &of
			}
			return to(s)
		}
	}
	if r.opts.Lines {
		return r.stream(ctx, in, put(add), put(alone))
	}
	data, err := io.ReadAll(io.LimitReader(in.Open, mostOfFile))
	if err != nil {
		return InputError{in.Name + " cannot be read"}
	}
	src := input.NewSource(in.Name, bytes.NewReader(data), "")
	switch src.Sort() {
	case input.SortJWKS:
		keep.spares(in.Name, []reading.Key{{Set: true}}, nil)
		keep.passed = append(keep.passed, in.Name)
		return nil
	case input.SortKey:
		keep.spares(in.Name, []reading.Key{{}}, nil)
		keep.passed = append(keep.passed, in.Name)
		return nil
	}
	if text, ok := src.Paste(r.opts.Field); ok {
		err = r.paste(ctx, in.Name, text, put(add))
	} else {
		err = r.form(ctx, src, put(add), put(alone))
	}
	var nothing nothingError
	if errors.As(err, &nothing) {
		keep.spares(in.Name, nothing.keys, nothing.discovery)
	}
	if errors.As(err, new(InputError)) || errors.As(err, new(addressError)) {
		keep.passed = append(keep.passed, in.Name)
		return nil
	}
	return err
}

// spares lists keys and documents of a file, with the flag that would use them.
func (f *finds) spares(name string, keys []reading.Key, discovery *reading.Document) {
	for _, k := range keys {
		if k.Set {
			f.tell(k.Line, "a key set in "+name+" (--jwks "+name+" uses it)")
		} else {
			f.tell(k.Line, "a key or certificate in "+name+" (--key "+name+" uses it)")
		}
	}
	if discovery != nil {
		f.tell(discovery.Line, "a discovery document in "+name+" (--discovery "+name+" uses it)")
	}
}
