package evidence

import (
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// Assertion is the pasted text, taken apart. Three texts are kept, each mapped
// to the one before:
//
//	Original   as given, less one final line end
//	Compact    what stood around and was woven into it taken away
//	Segment.Clean  each dot-separated part as proper base64url
//
// so that a byte of a claim can be found again in the user's file.
type Assertion struct {
	Origin   Origin
	Original string
	Repairs  []Repair // in order of place
	Compact  string
	// Offsets leads back: Compact[i] stood at Original[Offsets[i]]; one more entry
	// for the end. It is nil if Compact is Original.
	Offsets []int32

	Shape     Shape
	LooksLike string // for NotJWT, Placeholder and the like: what it seems to be, as "a PEM private key"
	// Embedded names the larger text the assertion was taken out of ("a curl
	// command", "a form body"); what surrounds it there is not a fault. "" if
	// the text is only the assertion.
	Embedded string
	// InRequest is true if that larger text is a token request, so that the
	// assertion is one that was sent.
	InRequest bool
	// FilledLater is true for a placeholder that anyone who runs the command it
	// is in will fill: a shell variable.
	FilledLater bool
	Segments    []Segment
	// MoreSegments is true if reading stopped before the last dot.
	MoreSegments bool
	// Problem says why a line of a batch contains no assertion, "" if it may.
	Problem string
	// Whole is false if the text was longer than the limit and cut.
	Whole bool
	// Length is the number of bytes given, also where the text was cut.
	Length int
}

// Origin is where Original begins in its file.
type Origin struct {
	File   string
	Line   int // from 1
	Column int // from 1, in characters
}

// Shape is what the text was taken for.
type Shape string

// Shapes.
const (
	ShapeCompact     Shape = "compact"     // dot-separated parts, right in number or not
	ShapeJWE         Shape = "jwe"         // RFC 7516: five parts
	ShapeJSON        Shape = "json"        // RFC 7515 section 7.2: JSON serialization
	ShapePlaceholder Shape = "placeholder" // never filled in
	ShapeNotJWT      Shape = "not-a-jwt"
)

// Repair is one thing that was removed or changed to get at the assertion.
type Repair struct {
	Cause finding.CauseID // of the check assertion-clean
	Span  jsonspan.Span   // in Original
	What  string          // "the word Bearer and a space", "an en dash, read as --"
}

// Segment is one dot-separated part.
type Segment struct {
	Span  jsonspan.Span // in Compact
	Clean string        // base64url without padding; "" if nothing could be read
	// Offsets leads back: Clean[i] stood at Compact[Offsets[i]]; one more entry for
	// the end. It is nil if Clean is all that is in the span.
	Offsets []int32
	Decoded []byte
	Faults  []SegmentFault
	// JSON is Decoded as it was read already to see what the assertion is, with
	// what is wrong with it; nil if it was not.
	JSON       *jsonspan.Value
	JSONFaults []jsonspan.Fault
}

// SegmentFault is one way in which a part is not base64url (RFC 7515 section 2).
type SegmentFault struct {
	Cause finding.CauseID // of the check assertion-base64url
	Span  jsonspan.Span   // in Compact
	What  string          // "2 equals signs", "the character # (U+0023)"
}
