package reading

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/input"
	"github.com/assertionworks/jwtdoctor/internal/input/island"
	"github.com/assertionworks/jwtdoctor/internal/srctext"
)

// draft collects the scattered islands of one exchange: a method and a URL here, a body
// there, a status and an error further down.
type draft struct {
	line, params, address *island.Island
	// method and url are those of the request, which may be in separate places.
	method, url    srctext.Text
	requestFields  []island.Field
	status, answer *island.Island
	more           *island.Island // the description for a response that has only a code
	answerFields   []island.Field
	fieldsAt       int
	// group is the object that the response came from; 0 for none.
	group int
	start int
	end   int
	any   bool
	block int
}

func (d *draft) hasRequest() bool {
	return d.line != nil || d.params != nil || len(d.requestFields) > 0
}

func (d *draft) hasAnswer() bool {
	return d.status != nil || d.answer != nil || len(d.answerFields) > 0
}

// begins reports whether an island of a request begins another exchange.
func (d *draft) begins(is *island.Island) bool {
	if is.Kind != island.KindRequest && d.line != nil && d.params == nil && d.answer == nil {
		return false // a console shows the status next to the URL, and the rest below
	}
	return d.hasAnswer() && (is.Group == 0 || is.Group != d.group)
}

// add adds an island to the draft, or to a new one after finishing the current.
func (r *reader) add(is *island.Island) {
	d := &r.draft
	if d.any && is.Block != d.block && r.nature(is) != r.found.Blocks[d.block].Nature {
		r.flush() // a response does not belong to source code
	}
	switch is.Kind {
	case island.KindRequest:
		if is.URL.Len() == 0 && d.hasAnswer() && d.hasRequest() && d.fits(is) {
			return // repeated next to the response
		}
		if d.begins(is) && !r.mentions(is) || !d.fits(is) {
			r.flush()
		}
		d.line = is
		if d.method.Len() == 0 {
			d.method = is.Method
		}
		if d.url.Len() == 0 || !strings.Contains(d.url.String(), "://") && strings.Contains(is.URL.String(), "://") {
			d.url = is.URL
		}
	case island.KindParams:
		if d.params != nil && sameParams(d.params, is) {
			if !is.Shown {
				d.params = is
			}
			break
		}
		if d.begins(is) || d.params != nil {
			r.flush()
		}
		d.params = is
	case island.KindFields:
		if is.Side == island.SideRequest || is.Side == island.SideUnknown && !d.hasAnswer() && (d.hasRequest() || d.address != nil) {
			if d.begins(is) {
				r.flush()
			}
			d.requestFields = append(d.requestFields, is.Fields...)
		} else {
			d.answerFields = append(d.answerFields, is.Fields...)
		}
		d.fieldsAt = is.Span.Start
	case island.KindStatus:
		r.status(is)
	case island.KindAnswer:
		r.answer(is)
	case island.KindAddress:
		r.address(is)
		return
	default:
		return
	}
	r.cover(is)
}

// cover extends the stretch that the draft covers.
func (r *reader) cover(is *island.Island) {
	d := &r.draft
	if !d.any {
		d.any, d.start, d.end, d.block = true, is.Span.Start, is.Span.End, is.Block
	}
	if is.Group != 0 {
		d.group = is.Group
	}
	d.start, d.end = min(d.start, is.Span.Start), max(d.end, is.Span.End)
}

func (r *reader) status(is *island.Island) {
	d := &r.draft
	switch {
	case d.status == nil && d.answer != nil && is.Group == 0 && is.Code < 400:
		// a status of something else, further below
	case d.status == nil:
		d.status = is
	case d.status.Code == is.Code:
		if d.status.Phrase == "" {
			d.status = is
		}
	case is.Loose:
	case d.answer == nil:
		d.status = is // the last one before the body
	default:
		r.flush()
		d.status = is
	}
}

func (r *reader) answer(is *island.Island) {
	d := &r.draft
	if d.answer == nil {
		d.answer = is
		return
	}
	switch {
	case r.complete(d.answer, is):
		d.more = is
	case r.sameAnswer(d.answer, is):
		if d.answer.Loose && !is.Loose || d.answer.Weight < is.Weight || d.answer.Loose && r.saysOf(d.answer).words == "" && r.saysOf(is).words != "" {
			d.answer = is
		}
	case is.Weight == island.Weak || is.Weight < d.answer.Weight:
		// what programs add to it
	case d.answer.Weight == island.Weak || is.Weight > d.answer.Weight || d.answer.Loose && !is.Loose:
		d.answer = is
	case is.Loose:
		r.leave(is.Span.Start, "another error ("+orElse(r.saysOf(is).code, "without a code")+")")
	default:
		r.flush()
		d.answer = is
	}
}

// address uses a URL for what it is: the request's URL, an authorization request, or a
// callback.
func (r *reader) address(is *island.Island) {
	d := &r.draft
	switch is.Address {
	case island.AddressToken, island.AddressOther:
		if strings.Contains(is.Text.String(), "grant_type=") || strings.Contains(is.Text.String(), "client_assertion") {
			r.url(is)
			return
		}
		if d.url.Len() > 0 || d.address != nil && is.Address == island.AddressOther {
			return
		}
		if d.hasAnswer() && !(is.Address == island.AddressToken && d.answer == nil && r.sameLine(is)) {
			return
		}
		d.address = is
		r.cover(is)
	default:
		r.url(is)
	}
}

// url reads a URL with OAuth parameters.
func (r *reader) url(is *island.Island) {
	f := r.frame(is.Text)
	var e input.Exchange
	var ok bool
	if strings.Contains(is.Text.String(), "://") {
		e, ok = input.ReadURL(f.input())
	} else {
		e, ok = input.ReadBody(f.input())
	}
	if !ok || e.Response != nil && !e.Response.Error.Present {
		return
	}
	r.flush()
	e, values := r.exchange(f, e, 0)
	r.parts = append(r.parts, &part{Exchange: e, values: values, at: is.Span.Start, end: is.Span.End, nature: r.nature(is), label: is.Label})
}

// fits reports whether a method and URL may be those of the draft's request.
func (d *draft) fits(is *island.Island) bool {
	if m, n := d.method.String(), is.Method.String(); m != "" && n != "" && !strings.EqualFold(m, n) {
		return false
	}
	x, y := d.url.String(), is.URL.String()
	return x == "" || y == "" || withoutHost(x) == withoutHost(y)
}

// mentions reports whether a request is named in the sentence that reports its response:
// "400 Bad Request from POST https://…".
func (r *reader) mentions(is *island.Island) bool {
	d := &r.draft
	return d.answer == nil && d.fits(is) && r.sameLine(is)
}

// sameLine reports whether an island is on the line that the draft ends on.
func (r *reader) sameLine(is *island.Island) bool {
	d := &r.draft
	return d.any && is.Span.Start >= d.end && !strings.Contains(r.source[d.end:is.Span.Start], "\n")
}
