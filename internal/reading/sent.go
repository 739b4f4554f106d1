package reading

import (
	"slices"
	"sort"

	"github.com/assertionworks/jwtdoctor/internal/input/island"
)

// spots are the places in the source that tell when a message was sent: those of what was
// sent (its method and URL, its parameters), and that of the response, -1 for none. A
// line that only names an address is neither.
type spots struct {
	asked    []int
	answered int
}

// spots are the places of the islands that the draft is made of.
func (d *draft) spots() *spots {
	s := &spots{answered: -1}
	for _, is := range [...]*island.Island{d.line, d.params} {
		if is != nil {
			s.asked = append(s.asked, is.Span.Start)
		}
	}
	for _, is := range [...]*island.Island{d.status, d.answer} {
		if is != nil && (s.answered < 0 || is.Span.Start < s.answered) {
			s.answered = is.Span.Start
		}
	}
	return s
}

// spots are the places that tell when a case was sent. What was sent comes in order, the
// last before the response first: the nearest to the moment of sending.
func (p *caseParts) spots() spots {
	out := spots{answered: -1}
	for _, x := range [...]*part{p.exchange, p.token, p.decoded} {
		switch {
		case x == nil:
		case x.drafted == nil:
			out.asked = append(out.asked, x.at)
		default:
			if x.hasRequest() {
				out.asked = append(out.asked, x.drafted.asked...)
			}
			out.answered = x.drafted.answered
		}
	}
	if a := p.answer; a != nil {
		out.answered = a.at
		if a.drafted != nil {
			out.answered = a.drafted.answered
		}
	}
	slices.Sort(out.asked)
	slices.Reverse(out.asked)
	if n := len(out.asked); out.answered >= 0 && n > 1 && out.asked[n-1] < out.answered {
		out.asked = slices.DeleteFunc(out.asked, func(at int) bool { return at > out.answered })
	}
	return out
}

// sent is when a case was sent: the time of the line that what was sent is on, else that
// of the response's line, else that of the record which begins further up, else a time
// below or in the response.
func (r *reader) sent(p *caseParts) Sent {
	s := p.spots()
	places := slices.Clone(s.asked)
	if s.answered >= 0 {
		places = append(places, s.answered)
	}
	var order []*island.Island
	for _, at := range places {
		order = append(order, r.stampOnLine(at))
	}
	for _, at := range places {
		order = append(order, r.stampBefore(at, at-farthestStamp))
	}
	within, own := r.stampsWithin(p)
	order = append(order, within, own)
	for _, zoned := range [...]bool{true, false} {
		for _, is := range order {
			if is != nil && is.Stamp.Zoned == zoned {
				return Sent{Time: is.Stamp.Time, Zoned: zoned, Answer: is.Stamp.Answer, Line: r.line(is.Span.Start)}
			}
		}
	}
	return Sent{}
}

// farthestStamp is how many bytes before a message its time stamp may be.
const farthestStamp = 2000

// stampOnLine is the log's time stamp on the line of byte at: the last one before it,
// else the first after it; nil if there is none.
func (r *reader) stampOnLine(at int) *island.Island {
	from, end := r.lines[r.line(at)-1], r.endOfLine(at)
	if s := r.stampBefore(at, from); s != nil {
		return s
	}
	for i := r.stampAfter(at); i < len(r.stamps) && r.stamps[i].Span.Start < end; i++ {
		if !r.stamps[i].Stamp.Answer {
			return &r.stamps[i]
		}
	}
	return nil
}

// stampBefore is the last time stamp of a log that begins from byte from to byte at; nil
// if there is none.
func (r *reader) stampBefore(at, from int) *island.Island {
	for i := r.stampAfter(at) - 1; i >= 0 && r.stamps[i].Span.Start >= from; i-- {
		if !r.stamps[i].Stamp.Answer {
			return &r.stamps[i]
		}
	}
	return nil
}

// stampAfter is the index of the first time stamp that begins after byte at.
func (r *reader) stampAfter(at int) int {
	return sort.Search(len(r.stamps), func(i int) bool { return r.stamps[i].Span.Start > at })
}

// stampsWithin are the first time of a log and the last of a response between the
// beginning of a case and the end of its last line.
func (r *reader) stampsWithin(p *caseParts) (within, own *island.Island) {
	end := 0
	for _, x := range [...]*part{p.exchange, p.answer, p.token, p.decoded} {
		if x != nil {
			end = max(end, x.end)
		}
	}
	end = r.endOfLine(end) // the time may be last in a log record
	for i := range r.stamps {
		s := &r.stamps[i]
		switch {
		case s.Span.Start < p.at() || s.Span.Start > end:
		case s.Stamp.Answer:
			own = s
		case within == nil:
			within = s
		}
	}
	return within, own
}
