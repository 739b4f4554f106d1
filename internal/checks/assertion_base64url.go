package checks

import (
	"slices"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
)

func assertionBase64URL() Check {
	return Check{
		ID:      "assertion-base64url",
		Subject: "base64url",
		Rank:    140,
		Title:   "Every part is base64url without padding",
		Needs:   []evidence.Need{evidence.NeedAssertion},
		After:   []finding.CauseID{"placeholder-left", "not-a-jwt", "json-serialization"},
		Cites:   []finding.Citation{rfc(7515, "2"), rfc(4648, "5")},
		Doc:     "base64url is base64 with - and _ for + and /, and without = at the end. Libraries differ in what they accept, so one of them decodes a token that another refuses.",
		Causes: []Cause{
			{ID: "base64-standard-alphabet", Title: "the encoding uses + or / instead of - and _", Severity: finding.Error,
				Why: "A plain base64 encoder was used. In a form body the + also arrives as a space.",
				Fix: "Use the URL-safe alphabet: base64.urlsafe_b64encode(x).rstrip(b'=') in Python, 'base64url' in Node, base64.RawURLEncoding in Go, Base64.getUrlEncoder().withoutPadding() in Java."},
			{ID: "base64-padding", Title: "equals signs at the end of a part", Severity: finding.Error,
				Why: "The encoder pads to a multiple of four. RFC 7515 leaves the padding off.",
				Fix: "Strip the trailing = of each part before joining, and before signing: the signature covers the text without them."},
			{ID: "base64-invalid-character", Title: "a character outside the base64url alphabet", Severity: finding.Error,
				Why:   "The text was damaged on the way, or is not base64url at all.",
				Fix:   "Send the assertion exactly as the library returned it.",
				Leads: []Lead{{To: slices.Concat([]finding.CauseID{"base64-truncated"}, undecoded(), misshapen())}}},
			{ID: "base64-truncated", Title: "a part was cut off: it has a length that base64url never has", Severity: finding.Error,
				Why:   "A field, log line, clipboard or terminal cut the text; one character more than a multiple of four encodes nothing.",
				Fix:   "Take the whole assertion from the program that made it; a terminal line keeps only 4,095 bytes of a paste.",
				Leads: []Lead{{To: slices.Concat(undecoded(), misshapen())}}},
			{ID: "base64-noncanonical", Title: "unused bits of the last character are not zero", Severity: finding.Warning,
				Why: "The last character was changed, or the encoder is faulty. Most servers ignore the spare bits, strict ones refuse them (RFC 4648 section 3.5).",
				Fix: "Encode the part again with the library's own encoder."},
		},
		Judge: judgeBase64URL,
	}
}

func judgeBase64URL(c *Ctx) Verdict {
	a := c.assertion()
	var faults []*Fault
	for i := range a.Segments {
		if span := a.Segments[i].Span; i == 0 && len(a.Segments[i].Faults) > 0 && strayLength(a.Compact[span.Start:span.End]) > 0 {
			continue // nothing of it is cut off: there is something too many
		}
		for k := range a.Segments[i].Faults {
			sf := &a.Segments[i].Faults[k]
			f := ofCause(faults, sf.Cause)
			if f == nil {
				name := segmentName(a, i)
				f = Found(sf.Cause, "the %s: %s", name, sf.What).About(Detail{Name: name})
				faults = append(faults, f)
			}
			if len(f.Places) < 8 {
				f.At(c.AtAssertion(sf.Span))
			}
		}
	}
	if len(faults) == 0 {
		return Pass("every part is clean base64url")
	}
	return Faults("", faults...)
}

// segmentName names a part of the compact text.
func segmentName(a *evidence.Assertion, i int) string {
	if len(a.Segments) <= 3 {
		return [3]string{"header", "payload", "signature"}[i]
	}
	return "part " + itoa(i+1)
}

// ofCause returns the fault of a cause among those found, nil for none.
func ofCause(faults []*Fault, cause finding.CauseID) *Fault {
	for _, f := range faults {
		if f.Cause == cause {
			return f
		}
	}
	return nil
}
