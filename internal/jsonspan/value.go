// Package jsonspan reads JSON as a diagnosis needs it: every name and value keeps the
// span of bytes it came from, duplicates are kept in order, and a fault is recorded and
// skipped instead of ending the reading.
//
// It does not decode into Go structs and never decides what a fault means.
package jsonspan

// Span is the half-open range of bytes [Start, End).
type Span struct{ Start, End int }

// Len is the number of bytes.
func (s Span) Len() int { return s.End - s.Start }

// Kind of a JSON value (RFC 8259 clause 3).
type Kind uint8

// Kinds of value. Invalid is something unreadable that was skipped.
const (
	Invalid Kind = iota
	Object
	Array
	String
	Number
	Bool
	Null
)

// String names the kind as a person would: "an object", "a string".
func (k Kind) String() string {
	switch k {
	case Object:
		return "an object"
	case Array:
		return "an array"
	case String:
		return "a string"
	case Number:
		return "a number"
	case Bool:
		return "a boolean"
	case Null:
		return "null"
	}
	return "unreadable"
}

// Value is one JSON value with its place in the text.
type Value struct {
	Kind    Kind
	Span    Span     // with quotes, braces or brackets
	Str     string   // String: decoded, invalid UTF-8 replaced by U+FFFD
	Raw     string   // Number, Bool, Null, Invalid: as written
	Members []Member // Object: in order, duplicates kept
	Items   []*Value // Array
}

// Member is one name/value pair of an object.
type Member struct {
	Name     string // decoded
	NameSpan Span   // with quotes
	Value    *Value // never nil; Kind Invalid if the text ended early
}

// Get returns the value of the last member of that name, the one most parsers keep.
func (v *Value) Get(name string) (*Value, bool) {
	if m, ok := v.Member(name); ok {
		return m.Value, true
	}
	return nil, false
}

// Member returns the last member of that name.
func (v *Value) Member(name string) (Member, bool) {
	if v == nil || v.Kind != Object {
		return Member{}, false
	}
	for i := len(v.Members) - 1; i >= 0; i-- {
		if v.Members[i].Name == name {
			return v.Members[i], true
		}
	}
	return Member{}, false
}

// FaultCode is a way in which text is not JSON.
type FaultCode string

// The faults Scan knows.
const (
	FaultEmpty         FaultCode = "empty"          // no value at all
	FaultSyntax        FaultCode = "syntax"         // anything without its own code
	FaultTruncated     FaultCode = "truncated"      // the text ends inside a value
	FaultTrailing      FaultCode = "trailing"       // text after the value
	FaultTrailingComma FaultCode = "trailing-comma" // a comma before } or ]
	FaultMissingComma  FaultCode = "missing-comma"  // two members or items without one
	FaultSingleQuotes  FaultCode = "single-quotes"  // 'text'
	FaultTypographic   FaultCode = "typographic"    // “text”
	FaultUnquotedName  FaultCode = "unquoted-name"  // {alg: "RS384"}
	FaultLiteral       FaultCode = "literal"        // True, None, undefined, NaN
	FaultNumber        FaultCode = "number"         // 01, +1, .5, 1.
	FaultEscape        FaultCode = "escape"         // \x, \u12
	FaultControl       FaultCode = "control"        // a raw control character in a string
	FaultComment       FaultCode = "comment"        // // or /* */
	FaultUTF8          FaultCode = "utf8"           // bytes that are not UTF-8
	FaultBOM           FaultCode = "bom"            // a byte order mark before the value
	FaultDuplicate     FaultCode = "duplicate"      // a name occurs twice in one object
	FaultDepth         FaultCode = "depth"          // deeper than Limits.Depth; not read further
	FaultSize          FaultCode = "size"           // more values than Limits.Values; not read further
)

// Fault is one place at which the text is not JSON.
type Fault struct {
	Code    FaultCode
	Span    Span
	Message string // one plain sentence without a full stop; never the text of a standard-library error
}

// Loses reports whether what follows the fault may be missing from the result,
// so that the absence of a member proves nothing.
func (f Fault) Loses() bool {
	switch f.Code {
	case FaultEmpty, FaultSyntax, FaultTruncated, FaultDepth, FaultSize:
		return true
	}
	return false
}
