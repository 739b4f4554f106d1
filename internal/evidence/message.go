package evidence

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// Document is a text as it was given, and where it begins in its file.
type Document struct {
	Origin Origin
	Text   string
}

// Header is one HTTP header field.
type Header struct {
	Name, Value string
	// NameSpan and Span are where name and value are in the document; both
	// empty if the field is Implied or is nowhere word for word.
	NameSpan, Span jsonspan.Span
	// Implied is true for a field that the program which sends the request adds
	// on its own, as curl does with Content-Type.
	Implied bool
}

// Headers are header fields in order.
type Headers []Header

// Get returns the first field of that name, whatever its case.
func (hs Headers) Get(name string) (Header, bool) {
	for _, h := range hs {
		if strings.EqualFold(h.Name, name) {
			return h, true
		}
	}
	return Header{}, false
}

// Value returns the value of the first field of that name, "" without one.
func (hs Headers) Value(name string) string {
	h, _ := hs.Get(name)
	return h.Value
}

// ParamPlace is where a parameter stood.
type ParamPlace string

// Places of parameters.
const (
	InBody     ParamPlace = "body"
	InURL      ParamPlace = "URL"      // the query
	InFragment ParamPlace = "fragment" // never sent to a server
)

// Param is one parameter of a request.
type Param struct {
	// Name and Value are as the server reads them.
	Name, Value string
	// RawName and RawValue are as they are sent, percent-encoding included; in a
	// JSON or multipart body the same as Name and Value.
	RawName, RawValue string
	In                ParamPlace
	// NameSpan and Span are where name and value are in the document. Exact
	// where Verbatim is true, else the words they came out of.
	NameSpan, Span jsonspan.Span
	// Verbatim is true if Span covers exactly the bytes of Value.
	Verbatim bool
	// Unknown says why the value cannot be known, "" if it is: "it is read
	// from the file key.jwt", "it is the shell variable $JWT".
	Unknown string
	// Type is the JSON type of a value in a JSON body, "" elsewhere.
	Type string
	// Faults are what is wrong with the encoding, in words ("%zz is not a percent-encoding").
	Faults []string
}

// BodyKind is what a request's body is made of.
type BodyKind string

// Kinds of body.
const (
	BodyNone      BodyKind = ""
	BodyForm      BodyKind = "form"
	BodyJSON      BodyKind = "json"
	BodyMultipart BodyKind = "multipart"
	BodyText      BodyKind = "text"    // something else
	BodyUnknown   BodyKind = "unknown" // there is one, and what it is cannot be known
)

// Body is what a request carries.
type Body struct {
	Kind BodyKind
	// Text is the body as it is sent; cut where it is larger than the limit.
	Text string
	Span jsonspan.Span // in the document; empty if the body is put together from several words
	// JSON is the body read as JSON, where Kind is BodyJSON; places count in Text.
	JSON   *jsonspan.Value
	Faults []jsonspan.Fault
	// Shown is true if the text shows the parameters in the body, but not how they were
	// encoded: as an object of a program, which may send it as a form or as JSON.
	Shown bool
	// Unknown says why the body cannot be known ("it is read from the file body.txt").
	Unknown string
}
