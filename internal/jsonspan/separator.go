package jsonspan

import (
	"strings"
)

// separator moves from one member or item to the next.
type separator struct {
	s     *scanner
	fresh bool // nothing or a comma comes before
	comma int  // offset of that comma plus one; 0 for none
}

// took records that a member or item was read.
func (p *separator) took() { p.fresh, p.comma = false, 0 }

// next moves to the next member or item; it returns false after the closing bracket.
func (p *separator) next(inside, wanted string) bool {
	s := p.s
	for {
		s.space()
		if !s.more() {
			s.end(inside)
			return false
		}
		switch c := s.text[s.i]; c {
		case s.open[len(s.open)-1]:
			if p.comma > 0 {
				s.fault(FaultTrailingComma, Span{p.comma - 1, p.comma}, "a comma before the closing %s", bracket(c))
			}
			s.i++
			return false
		case '}', ']', ')':
			s.fault(FaultSyntax, Span{s.i, s.i + 1}, "a closing %s inside %s", bracket(c), inside)
			if !strings.Contains(string(s.open[:len(s.open)-1]), string(c)) {
				s.i++ // nothing else expects it
			}
			return false
		case ',':
			if p.fresh {
				s.fault(FaultSyntax, Span{s.i, s.i + 1}, "a comma instead of %s", wanted)
			}
			s.i++
			p.fresh, p.comma = true, s.i
			continue
		}
		if !p.fresh {
			s.fault(FaultMissingComma, Span{s.i, s.i}, "a comma is missing")
		}
		return true
	}
}
