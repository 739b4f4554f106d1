package input

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// The causes of the check assertion-base64url.
const (
	causePadding    = "base64-padding"
	causeStandard   = "base64-standard-alphabet"
	causeInvalid    = "base64-invalid-character"
	causeTruncated  = "base64-truncated"
	causeCanonical  = "base64-noncanonical"
	maxSegmentFault = 8   // of one cause in one segment
	maxStray        = 256 // characters outside the alphabet; with more, a segment is not repaired
)

// bounds finds the dot-separated parts of b, at most maxSegments, and whether more
// follow. Three or more dots in a row are an ellipsis and separate nothing.
func bounds(b []byte) (parts []jsonspan.Span, more bool) {
	start := 0
	parts = make([]jsonspan.Span, 0, 3) // the usual number
	for i := 0; i < len(b); i++ {
		n := bytes.IndexByte(b[i:], '.')
		if n < 0 {
			break
		}
		i += n
		if run := dots(b[i:]); run > 2 {
			i += run - 1
			continue
		}
		parts = append(parts, jsonspan.Span{Start: start, End: i})
		if start = i + 1; len(parts) == maxSegments {
			return parts, true
		}
	}
	return append(parts, jsonspan.Span{Start: start, End: len(b)}), false
}

func dots(b []byte) int { return len(b) - len(bytes.TrimLeft(b, ".")) }

// split fills the segments of an assertion from its Compact.
func split(a *evidence.Assertion) {
	b := []byte(a.Compact)
	parts, more := bounds(b)
	a.MoreSegments = more
	a.Segments = make([]evidence.Segment, 0, len(parts))
	alg := ""
	for i, p := range parts {
		s, ok := healthySegment(a.Compact, p)
		if !ok {
			s = segment(b, p, i, alg)
		}
		if i == 0 {
			readHeader(&s)
			if v, ok := s.JSON.Get("alg"); ok {
				alg = v.Str
			}
		}
		a.Segments = append(a.Segments, s)
	}
}

// readHeader reads the first part as JSON, once for everything that needs it.
func readHeader(s *evidence.Segment) {
	s.JSON, s.JSONFaults = jsonspan.Scan(s.Decoded, jsonspan.Limits{Values: maxClaims})
}

// healthySegment reads a part that is faultless base64url, as most parts are even in a
// damaged token.
func healthySegment(compact string, span jsonspan.Span) (evidence.Segment, bool) {
	text := compact[span.Start:span.End]
	if len(text)%4 == 1 {
		return evidence.Segment{}, false
	}
	decoded := make([]byte, base64.RawURLEncoding.DecodedLen(len(text)))
	return evidence.Segment{Span: span, Clean: text, Decoded: decoded}, strictly(decoded, text)
}

// segment reads one part. A character outside the alphabet was either inserted or
// replaced another one: the reading that decodes wins.
func segment(b []byte, span jsonspan.Span, index int, alg string) evidence.Segment {
	s := evidence.Segment{Span: span}
	text := b[span.Start:span.End]
	n := len(bytes.TrimRight(text, "="))
	if pad := len(text) - n; pad > 0 {
		s.Faults = append(s.Faults, evidence.SegmentFault{Cause: causePadding,
			Span: jsonspan.Span{Start: span.Start + n, End: span.End}, What: counted(pad, "an equals sign at its end", "equals signs at its end")})
	}
	clean, end := newTraced(n+1), int32(span.Start+n)
	var strange []stray
	var count map[string]int // of faults, by cause
	fault := func(cause string, from, to int, format string, args ...any) {
		if count == nil {
			count = map[string]int{}
		}
		if count[cause]++; count[cause] <= maxSegmentFault {
			s.Faults = append(s.Faults, evidence.SegmentFault{Cause: finding.CauseID(cause), Span: jsonspan.Span{Start: span.Start + from, End: span.Start + to}, What: fmt.Sprintf(format, args...)})
		}
	}
	gap := false
	for i := 0; i < n; {
		c := text[i]
		if base64Byte(c) {
			if u := urlByte(c); u != c {
				fault(causeStandard, i, i+1, "the character %c instead of base64url's %c", c, u)
				c = u
			}
			if !gap {
				clean.putByte(c, int32(span.Start+i))
			}
			i++
			continue
		}
		r, width := utf8.DecodeRune(text[i:])
		switch {
		case c == '.' || r == '…':
			if c == '.' {
				width = dots(text[i:])
			}
			fault(causeTruncated, i, i+width, "an ellipsis replaces text that was cut out")
			// What follows is no longer aligned.
			gap = true
		case len(strange) >= maxStray:
			// Too damaged to repair, so no more words are made.
		case r == utf8.RuneError && width == 1:
			fault(causeInvalid, i, i+1, "the byte 0x%02X at offset %d", c, span.Start+i)
			strange = append(strange, stray{clean.len(), int32(span.Start + i)})
		default:
			fault(causeInvalid, i, i+width, "the character %c (U+%04X) at offset %d", r, r, span.Start+i)
			strange = append(strange, stray{clean.len(), int32(span.Start + i)})
		}
		i += width
	}
	if len(strange) > 0 && len(strange) < maxStray && !gap {
		clean = replace(clean, strange, index, alg)
	}
	if clean.len()%4 == 1 {
		last := clean.len() - 1
		if !gap {
			fault(causeTruncated, int(clean.at[last])-span.Start, n, "%d characters, a length no base64url text can have", clean.len())
		}
		clean = traced{clean.b[:last], clean.at[:last]}
	}
	if k := clean.len() % 4; k > 1 {
		last := clean.len() - 1
		if was, is := clean.b[last], canonical(clean.b[last], k); was != is {
			if at := int(clean.at[last]) - span.Start; !gap { // the cut caused the stray bits
				fault(causeCanonical, at, at+1, "its last character is %c; %c encodes the same bytes without stray bits", was, is)
			}
			clean.b[last] = is
		}
	}
	s.Clean, s.Offsets = clean.String(), clean.offsets(end)
	s.Decoded = make([]byte, base64.RawURLEncoding.DecodedLen(clean.len()))
	m, _ := base64.RawURLEncoding.Decode(s.Decoded, clean.b)
	s.Decoded = s.Decoded[:m]
	return s
}

// canonical clears the unused bits of the last character: four if 2 characters encode one
// byte, two if 3 encode two (RFC 4648 section 3.5).
func canonical(c byte, in int) byte {
	mask := 0b110000
	if in == 3 {
		mask = 0b111100
	}
	if i := strings.IndexByte(base64Order, c); i >= 0 {
		return base64Order[i&mask]
	}
	return c
}

// stray is a character outside the alphabet: it was before clean[i], at an offset of
// Compact.
type stray struct {
	i  int
	at int32
}

// replace puts an A in place of every strange character if the segment is more readable
// with them than without.
func replace(clean traced, strange []stray, index int, alg string) traced {
	if reads(clean.b, index, alg) {
		return clean
	}
	filled := newTraced(clean.len() + len(strange) + 1)
	for i := 0; i <= clean.len(); i++ {
		for ; len(strange) > 0 && strange[0].i == i; strange = strange[1:] {
			filled.putByte('A', strange[0].at)
		}
		if i < clean.len() {
			filled.putByte(clean.b[i], clean.at[i])
		}
	}
	if reads(filled.b, index, alg) || clean.len()%4 == 1 && filled.len()%4 != 1 || index < 2 && braced(filled.b) && !braced(clean.b) {
		return filled
	}
	return clean
}

// braced reports whether a segment decodes to something that ends like an object.
func braced(b []byte) bool {
	text := decodeLenient(b)
	return len(text) > 0 && text[len(text)-1] == '}'
}

// reads reports whether a part is what it should be: JSON, or a signature of the alg's length.
func reads(b []byte, index int, alg string) bool {
	if index < 2 {
		_, ok := object(b)
		return ok
	}
	return signatureLengths(alg) != nil && fits(alg, len(b))
}
