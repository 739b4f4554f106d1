package input

import (
	"fmt"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// maxClaims bounds the values of a header or payload; no assertion has a hundredth as
// many.
const maxClaims = 1 << 15

// Object reads segment 0 (the header) or 1 (the payload) as a JSON object. The fact is
// missing, with the reason in words, if there is no such object.
func Object(a *evidence.Assertion, index int) evidence.Fact[*evidence.Object] {
	return (*Memory)(nil).objectOf(a, index)
}

func (m *Memory) objectOf(a *evidence.Assertion, index int) evidence.Fact[*evidence.Object] {
	part, words := finding.PartHeader, "header"
	if index == 1 {
		part, words = finding.PartClaims, "payload"
	}
	missing := func(format string, args ...any) evidence.Fact[*evidence.Object] {
		return evidence.Missing[*evidence.Object](fmt.Sprintf(format, args...))
	}
	if why := unsplit(a); why != "" {
		return missing("%s", why)
	}
	if a.Shape == evidence.ShapeJWE && index == 1 {
		return missing("the payload is encrypted")
	}
	if index >= len(a.Segments) {
		return missing("it has no second part")
	}
	if len(a.Segments) != 3 && a.Segments[0].Span.Len() == 0 {
		return missing("the parts are in the wrong order")
	}
	s := &a.Segments[index]
	if s.Span.Len() == 0 {
		return missing("the %s is empty", words)
	}
	if len(s.Decoded) == 0 {
		return missing("nothing of the %s could be decoded", words)
	}
	o := m.object(index)
	o.Part, o.Raw = part, s.Decoded
	if o.Value, o.Faults = s.JSON, s.JSONFaults; s.JSON == nil {
		o.Value, o.Faults = m.scan(o.Raw)
	}
	damaged := damagedBase64(s)
	if o.Value.Kind == jsonspan.String && index == 1 {
		if !inner(o) {
			return missing("the payload is a JSON string, not an object")
		}
	}
	if o.Value.Kind != jsonspan.Object {
		if o.Value.Kind == jsonspan.Invalid || damaged {
			return missing("the %s is not JSON", words)
		}
		return missing("the %s is %s, not an object", words, o.Value.Kind)
	}
	o.Partial = damaged
	for _, f := range o.Faults {
		o.Partial = o.Partial || f.Loses()
	}
	return evidence.Known(o)
}

// inner reads the object inside a JSON string: claims that were serialised twice.
func inner(o *evidence.Object) bool {
	for range 3 {
		raw := []byte(o.Value.Str)
		v, faults := jsonspan.Scan(raw, jsonspan.Limits{Values: maxClaims})
		if v.Kind != jsonspan.Object && v.Kind != jsonspan.String {
			return false
		}
		o.Raw, o.Value, o.Faults, o.DoubleEncoded = raw, v, faults, true
		if v.Kind == jsonspan.Object {
			return true
		}
	}
	return false
}

// damagedBase64 reports whether bytes of a part are lost or unreliable.
func damagedBase64(s *evidence.Segment) bool {
	for _, f := range s.Faults {
		if f.Cause == causeTruncated || f.Cause == causeInvalid {
			return true
		}
	}
	return false
}

// unsplit is why an assertion has no parts; "" if it has some.
func unsplit(a *evidence.Assertion) string {
	switch a.Shape {
	case evidence.ShapePlaceholder:
		return "the text is a placeholder"
	case evidence.ShapeNotJWT:
		return "not a JWT"
	case evidence.ShapeJSON:
		return "the text is a JWS in JSON serialization"
	}
	return ""
}

// Fill adds an assertion, and everything that can be read in it, to a case. If it was
// found in a request, the case is one of an assertion that was sent.
func Fill(c *evidence.Case, a *evidence.Assertion) { (*Memory)(nil).Fill(c, a) }

// Fill is the function Fill in this memory.
func (m *Memory) Fill(c *evidence.Case, a *evidence.Assertion) {
	c.Assertion = evidence.Known(a)
	c.Header, c.Claims = m.objectOf(a, 0), m.objectOf(a, 1)
	c.Signature = signature(a)
	if c.Input.Source == "" {
		c.Input.Source = a.Origin.File
	}
	if c.Input.Line == 0 {
		c.Input.Line = max(a.Origin.Line, 1)
	}
	if len(c.Input.Kinds) == 0 {
		if a.InRequest {
			c.Input.Kinds = append(c.Input.Kinds, "request")
		}
		c.Input.Kinds = append(c.Input.Kinds, "assertion")
	}
	c.Sent = c.Sent || a.InRequest
}

func signature(a *evidence.Assertion) evidence.Fact[[]byte] {
	if why := unsplit(a); why != "" {
		return evidence.Missing[[]byte](why)
	}
	switch {
	case a.Shape == evidence.ShapeJWE:
		return evidence.Missing[[]byte]("it is encrypted, not signed")
	case len(a.Segments) < 3:
		return evidence.Missing[[]byte]("it has no third part")
	case a.Segments[2].Span.Len() == 0:
		return evidence.Missing[[]byte]("the third part is empty")
	}
	return evidence.Known(a.Segments[2].Decoded)
}
