package island

import (
	"time"

	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/srctext"
)

// Kind is what an island is evidence of.
type Kind string

// The kinds, with the members of Island that they use.
const (
	KindToken     Kind = "token"     // a JWT, whole, with its signature replaced, or shortened: Text, Token
	KindHeader    Kind = "header"    // a JOSE header as JSON: Text
	KindClaims    Kind = "claims"    // a claims set as JSON: Text
	KindCommand   Kind = "command"   // shell commands that send requests: Text
	KindMessage   Kind = "message"   // HTTP messages as text: Text
	KindRequest   Kind = "request"   // a method and a URL: Method, URL
	KindParams    Kind = "params"    // the parameters of a request, form-encoded: Text
	KindFields    Kind = "fields"    // header fields: Fields, Side
	KindStatus    Kind = "status"    // a status: Code, Phrase
	KindAnswer    Kind = "answer"    // the body of a response: Text, Weight
	KindAddress   Kind = "address"   // a URL: Text, Address
	KindKeySet    Kind = "jwks"      // a JWK Set or a JWK: Text
	KindKey       Kind = "key"       // a PEM block: Text, Phrase (its label)
	KindDiscovery Kind = "discovery" // a discovery document: Text
	KindStamp     Kind = "stamp"     // a time: Stamp
	KindKnown     Kind = "known"     // a text that a hook knows: Text, Found
)

// Side is which message of an exchange an island belongs to.
type Side uint8

// Sides.
const (
	SideUnknown Side = iota
	SideRequest
	SideResponse
)

// Island is a stretch of a text that is evidence.
type Island struct {
	Kind Kind
	// Name is the table entry that found it.
	Name string
	// Text is the decoded island, for further reading. Its places are in the source.
	Text srctext.Text
	// Span is its place in the source.
	Span jsonspan.Span
	// Label is what the text calls it: the name of its member or parameter, or the words
	// before it; in lower case, words separated by one blank; "" for none.
	Label string
	Side  Side
	// Block is the index of the block it is in.
	Block int
	// Layers is how many encodings were undone to read it.
	Layers int
	// Group is the same number for all islands of a container that shows a request or
	// response in several members; 0 for none.
	Group int

	Token       *Token
	Method, URL srctext.Text
	Fields      []Field
	Code        int
	Phrase      string
	Address     AddressKind
	Stamp       Stamp
	Found       any
	// Weight is how likely a response comes from a token endpoint.
	Weight Weight
	// Grant is true for a response with tokens.
	Grant bool
	// Shown is true if the text shows parameters but does not quote the body that
	// contained them. JSON is then what it shows, as JSON; empty for a list.
	Shown bool
	JSON  srctext.Text
	// Sent is how a program sends parameters that are Shown; Fields are then header fields
	// that it adds.
	Sent Sending
	// Partial is true if the text shows some parameters, as a log line does, and there
	// may be others.
	Partial bool
	// Undone describes what the text did to a JWT and was undone to read it; "" for
	// nothing.
	Undone string
	// Loose is true if a request or status was read from a sentence or log line, so that
	// it counts only with other evidence.
	Loose bool
}

// Weight is how likely a response comes from a token endpoint.
type Weight uint8

// Weights.
const (
	// Weak: JSON that many APIs respond with ({"message": "Not Found"}). It counts only
	// with a request, or if the user says that it is a response.
	Weak Weight = iota
	// Fair: an error in the form that token endpoints and gateways use, without a word
	// that only they use.
	Fair
	// Strong: an OAuth error, or a token response.
	Strong
)

// Field is one header field.
type Field struct {
	Name, Value srctext.Text
}

// AddressKind is what a URL is for.
type AddressKind uint8

// Kinds of address.
const (
	AddressOther AddressKind = iota
	AddressToken
	AddressAuthorization
	AddressCallback
)

// Stamp is a time in the text.
type Stamp struct {
	Time time.Time
	// Zoned is true if the text has the time zone; otherwise Time is read as UTC.
	Zoned bool
	// Answer is true for a time in a response.
	Answer bool
}

// Token is a JWT as it is in a text.
type Token struct {
	// Header and Claims are the decoded objects; nil if they cannot be read.
	Header, Claims *jsonspan.Value
	// Parts is the number of dot-separated parts.
	Parts int
	// Hidden is what is in place of the signature ("<signature>", "***"), or of a part of
	// it; "" if the signature is there.
	Hidden string
	// Signed is the length in Text of header, dot and payload if the signature is hidden.
	Signed int
	// Shortened is true if characters of the header or payload were left out.
	Shortened bool
	// Encoded is true if the token is percent-encoded in Text.
	Encoded bool
}

// Nature is what a block of text is made of.
type Nature uint8

// Natures.
const (
	NaturePlain  Nature = iota // a log, notes, data, a report of a failure
	NatureSource               // source code
	NatureDocs                 // documentation, an article, prose
)

// Block is a stretch of a text with its own nature: a code fence, or what
// is outside of fences.
type Block struct {
	Nature Nature
	Span   jsonspan.Span
	Fenced bool
}

// Found is everything that was found in a text.
type Found struct {
	Source  srctext.Text // the text, in UTF-8
	Islands []Island     // in order
	Blocks  []Block
	// Rest is the number of bytes that belong to no island, not counting whitespace.
	Rest int
	// Cut is true if the text contains so many layers of encoding that part of it was not
	// searched.
	Cut bool
	// Undone describes what was undone of the whole text before it was searched; "" for
	// nothing.
	Undone string
}

// Hooks are what the finder asks other packages.
type Hooks struct {
	// Command reports whether a line begins with a command that sends a request.
	Command func(line string) bool
	// Known finds texts that other packages know, such as error messages of transports
	// and libraries; nil for none. It is called once per layer.
	Known func(text string) []KnownText
	// Sentence reports whether a line contains words in which a server refuses a request;
	// if nothing before them marks an error (bare), the line may contain hardly anything
	// else. nil for none.
	Sentence func(line string, bare bool) bool
}

// KnownText is a stretch of text that a hook knows.
type KnownText struct {
	Span  jsonspan.Span // in the text that the hook was given
	Found any
}
