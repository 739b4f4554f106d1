package input

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

// Sort is what an input is, as recognised or as the user says.
type Sort string

// Sorts of input.
const (
	SortAssertion Sort = "assertion" // one, one per line, or NDJSON; also any unrecognised text
	SortExchange  Sort = "exchange"  // requests and responses as text
	SortHAR       Sort = "har"
	SortJWKS      Sort = "jwks"
	SortKey       Sort = "key"
)

// MaxText bounds the text of requests and responses, in bytes; a HAR may be larger.
const MaxText = 4 << 20

// Source is one input. Its beginning decides what it is, and the method for that sort
// reads it.
type Source struct {
	name string
	r    *bufio.Reader
	as   string // "", "assertion", "request" or "response", as the user said
	sort Sort
}

// NewSource looks at the beginning of r. as is what the user says it is; "" to recognise
// it.
func NewSource(name string, r io.Reader, as string) *Source {
	s := &Source{name: name, r: buffered(r), as: as}
	s.sort = s.look()
	return s
}

// Name is what the input is called in messages.
func (s *Source) Name() string { return s.name }

// Said reports whether the user said what the input is.
func (s *Source) Said() bool { return s.as != "" }

// Sort is what the input is. If it cannot be read it is SortAssertion, whose reader
// returns the reason.
func (s *Source) Sort() Sort { return s.sort }

func (s *Source) look() Sort {
	if s.as == "assertion" {
		return SortAssertion
	}
	head, _ := s.r.Peek(MaxAssertion) // an error shows again when it is read
	if s.as == "response" && len(head) > 0 && !looksLikeHAR(head) {
		return SortExchange // a server may answer anything
	}
	if len(head) == 0 || binary(head) != "" {
		return SortAssertion
	}
	if looksLikeHAR(head) {
		return SortHAR
	}
	if s.as != "" {
		return SortExchange
	}
	return sortOf(head)
}

// Paste reads a whole text that may be anything. ok is false if the user said what it is,
// if it is a HAR, key, key set or list of assertions, or if it cannot be read as text;
// the source is then unchanged.
func (s *Source) Paste(field string) (text string, ok bool) {
	if s.as != "" || s.sort != SortAssertion && s.sort != SortExchange {
		return "", false
	}
	head, _ := s.r.Peek(MaxAssertion)
	if len(bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\uFEFF")))) == 0 || binary(head) != "" {
		return "", false
	}
	if s.sort == SortAssertion && kindsOf(head, field).layoutOfList(field) != single {
		return "", false
	}
	all, err := io.ReadAll(io.LimitReader(s.r, MaxText+1))
	if err != nil || len(all) > MaxText {
		s.r = buffered(io.MultiReader(bytes.NewReader(all), failing{err}, s.r))
		return "", false
	}
	return string(all), true
}

// Lines reads a list line by line; nil if the user said what the input is, or if it is
// not a list.
func (s *Source) Lines(field string) *Lines {
	if s.as != "" || s.sort != SortAssertion {
		return nil
	}
	head, _ := s.r.Peek(MaxAssertion)
	if len(head) == 0 || binary(head) != "" {
		return nil
	}
	layout := kindsOf(head, field).layoutOfList(field)
	if layout == single {
		return nil
	}
	return &Lines{r: s.r, of: batch{name: s.name, field: fieldOr(field), objects: layout == ndjson, mixed: layout == perLine}}
}

// Items reads assertions; for SortAssertion.
func (s *Source) Items(field string) *Reader { return &Reader{name: s.name, field: field, r: s.r} }

// HAR reads a HAR; for SortHAR.
func (s *Source) HAR() *HAR { return newHAR(s.name, s.r) }

// Bytes reads all of a key set or key file, at most 1 MiB.
func (s *Source) Bytes() ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(s.r, MaxAssertion+1))
	switch {
	case err != nil:
		return nil, &ReadError{ErrFailed, fmt.Sprintf("%s cannot be read to its end (%s)", s.name, reason(err))}
	case len(b) > MaxAssertion:
		return nil, &ReadError{ErrFailed, s.name + " is larger than 1 MiB; no key set or key file is"}
	}
	return b, nil
}

// Exchanges reads requests and responses from text; for SortExchange. files reads what a
// command sends from files, nil for none.
func (s *Source) Exchanges(files Files) ([]Exchange, error) {
	text, err := readText(s.r, MaxText+1)
	if err != nil {
		return nil, &ReadError{ErrFailed, fmt.Sprintf("%s cannot be read to its end (%s)", s.name, reason(err))}
	}
	if len(text) > MaxText {
		return nil, &ReadError{ErrFailed, fmt.Sprintf("%s is larger than %d MiB, more than a request and its response have; a HAR may be larger", s.name, MaxText>>20)}
	}
	text = strings.TrimPrefix(text, "\uFEFF")
	d := evidence.Document{Origin: evidence.Origin{File: s.name, Line: 1, Column: 1}, Text: text}
	all, err := exchanges(d, s.as, files)
	if err != nil {
		return nil, err
	}
	if s.as != "" {
		all = onlyAs(all, s.as)
	}
	if len(all) == 0 {
		first := len(text) - len(strings.TrimLeft(text, " \t\r\n"))
		return nil, &ReadError{ErrMalformed, fmt.Sprintf("%s, line %d: no %s begins here: neither a command (curl, Invoke-RestMethod), nor HTTP (POST … HTTP/1.1), nor a form or JSON body, nor an address", s.name, d.Place(first).Line, taken(s.as))}
	}
	return all, nil
}

func taken(as string) string {
	switch as {
	case "request", "response":
		return as
	}
	return "request or response"
}

// onlyAs keeps what the user said the text is.
func onlyAs(all []Exchange, as string) []Exchange {
	var out []Exchange
	for _, e := range all {
		if as == "request" && (e.Request != nil || e.Authorization != nil) || as == "response" && e.Response != nil {
			out = append(out, e)
		}
	}
	return out
}
