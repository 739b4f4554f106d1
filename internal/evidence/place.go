package evidence

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// Place refers to a place in the evidence. It is cheap to make: line, column
// and excerpt are computed by Locate, which only a fault needs.
type Place struct {
	part    string
	name    string // of a top-level member, where pointer is empty
	pointer string
	find    func(*Case) finding.Location // nil for the value that the pointer leads to
}

// Part is the part of the case the place is in.
func (p Place) Part() string { return p.part }

// Pointer is the JSON Pointer (RFC 6901) of the place, "" if it has none.
func (p Place) Pointer() string {
	if p.pointer == "" && p.name != "" {
		return Pointer(p.name)
	}
	return p.pointer
}

// IsZero reports whether the place refers to nothing.
func (p Place) IsZero() bool { return p.part == "" }

// Locate computes where the place is in the case, and what it looks like there.
func (p Place) Locate(c *Case) finding.Location {
	if p.find != nil {
		return p.find(c)
	}
	return c.atPointer(p.part, p.Pointer(), false)
}

// Unshown is the place without an excerpt: what is there may be a secret.
func (p Place) Unshown() Place {
	return p.UnshownIf(func(string) bool { return true })
}

// UnshownIf is the place without an excerpt where the excerpt's text must not
// be shown.
func (p Place) UnshownIf(secret func(text string) bool) Place {
	shown := p
	p.find = func(c *Case) finding.Location {
		l := shown.Locate(c)
		if l.Excerpt != nil && secret(l.Excerpt.Text) {
			l.Excerpt = nil
		}
		return l
	}
	return p
}

// Pointer is the JSON Pointer of a top-level member (RFC 6901 section 3).
func Pointer(name string) string {
	if strings.ContainsAny(name, "~/") {
		name = strings.ReplaceAll(strings.ReplaceAll(name, "~", "~0"), "/", "~1")
	}
	return "/" + name
}

// Whole is a part as a whole, of which nothing is shown.
func Whole(part string) Place {
	return Place{part: part, find: func(*Case) finding.Location { return finding.Location{Part: part, Line: 1, Column: 1} }}
}

// At is the value that a JSON Pointer leads to in a part: the header or the
// claims. A member that is not there is at the closing brace of the innermost
// object that is.
func (c *Case) At(part, pointer string) Place { return Place{part: part, pointer: pointer} }

// AtMember is the value of a top-level member of the header or the claims.
func (c *Case) AtMember(part, name string) Place { return Place{part: part, name: name} }

// AtName is the name of the member that a JSON Pointer leads to.
func (c *Case) AtName(part, pointer string) Place {
	return Place{part: part, pointer: pointer, find: func(c *Case) finding.Location { return c.atPointer(part, pointer, true) }}
}

// AtSpan is a span of bytes of the decoded JSON of a part.
func (c *Case) AtSpan(part string, span jsonspan.Span) Place {
	return Place{part: part, find: func(c *Case) finding.Location { return c.locateSpan(part, span) }}
}

// AtAssertion is a span of Compact.
func (c *Case) AtAssertion(span jsonspan.Span) Place {
	return Place{part: finding.PartAssertion, find: func(c *Case) finding.Location { return c.locateAssertion(span) }}
}

// AtOriginal is a span of Original. Offset and Length of the part "assertion"
// count in Original, which is what a person can look at.
func (c *Case) AtOriginal(span jsonspan.Span) Place {
	return Place{part: finding.PartAssertion, find: func(c *Case) finding.Location { return c.locateOriginal(span) }}
}

// AtSegment is one dot-separated part as a whole: all of it where it was
// decoded, else its text. One that is not there is the end of the text.
func (c *Case) AtSegment(i int) Place {
	return Place{part: finding.PartAssertion, find: func(c *Case) finding.Location { return c.locateSegment(i) }}
}

// AtParam is the value of a parameter of a request.
func (c *Case) AtParam(r *Request, p Param) Place {
	return request(func(c *Case) finding.Location { return c.locateParam(r, p) })
}

// AtParamName is the name of a parameter.
func (c *Case) AtParamName(r *Request, p Param) Place {
	return request(func(c *Case) finding.Location { return c.locateParamName(r, p) })
}

// AtHeader is the value of a header field of a request.
func (c *Case) AtHeader(r *Request, h Header) Place {
	return request(func(c *Case) finding.Location { return c.locateHeader(r, h) })
}

// AtMethod is the method of a request.
func (c *Case) AtMethod(r *Request) Place {
	return request(func(c *Case) finding.Location { return c.locateMethod(r) })
}

// AtURL is the URL of a request, whose query is not shown: it may contain secrets.
func (c *Case) AtURL(r *Request) Place {
	return request(func(c *Case) finding.Location { return c.locateURL(r) })
}

// AtRequest is a span of the request's text, without an excerpt.
func (c *Case) AtRequest(r *Request, span jsonspan.Span) Place {
	return request(func(c *Case) finding.Location { return c.locateRequest(r, span) })
}

func request(find func(*Case) finding.Location) Place {
	return Place{part: finding.PartRequest, find: find}
}

// AtResponse is a span of the response's text, without an excerpt.
func (c *Case) AtResponse(r *Response, span jsonspan.Span) Place {
	return Place{part: finding.PartResponse, find: func(c *Case) finding.Location { return c.locateResponse(r, span) }}
}

// AtResponseHeader is the value of a header field of the response.
func (c *Case) AtResponseHeader(r *Response, h Header) Place {
	return Place{part: finding.PartResponse, find: func(c *Case) finding.Location { return c.locateResponseHeader(r, h) }}
}

// AtBody is the value a JSON Pointer leads to in the response's body; "" is all
// of it. The values of tokens are masked.
func (c *Case) AtBody(r *Response, pointer string) Place {
	return Place{part: finding.PartResponse, pointer: pointer, find: func(c *Case) finding.Location { return c.locateBody(r, pointer) }}
}

// AtDocument is a span of another document, such as a JWK Set. It has no
// excerpt: what is there may be a private key.
func (c *Case) AtDocument(part, source string, raw []byte, pointer string, span jsonspan.Span) Place {
	return Place{part: part, pointer: pointer, find: func(c *Case) finding.Location { return c.locateDocument(part, source, raw, pointer, span) }}
}
