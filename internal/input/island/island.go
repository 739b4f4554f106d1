package island

import (
	"time"

	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/srctext"
)

// Kind is what an island is evidence of.
type Kind string

// The kinds. What each member of Island holds for it is beside it.
const (
	KindToken     Kind = "token"     // a JWT, whole, with its signature replaced, or shortened: Text, Token
	KindHeader    Kind = "header"    // a JOSE header as JSON: Text
	KindClaims    Kind = "claims"    // a claims set as JSON: Text
	KindCommand   Kind = "command"   // commands of a shell that send requests: Text
	KindMessage   Kind = "message"   // HTTP messages as text: Text
	KindRequest   Kind = "request"   // a method and an address: Method, URL
	KindParams    Kind = "params"    // the parameters of a request, form-encoded: Text
	KindFields    Kind = "fields"    // header fields: Fields, Side
	KindStatus    Kind = "status"    // a status: Code, Phrase
	KindAnswer    Kind = "answer"    // the body of an answer: Text, Weight
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
	// Name is the entry of the table that found it.
	Name string
	// Text is the island, decoded: what is read further. Its places lead to the
	// source.
	Text srctext.Text
	// Span is its place in the source.
	Span jsonspan.Span
	// Label is what the text calls it: the name of its member or parameter, or
	// the words before it; in lower case, words separated by one blank, "" for none.
	Label string
	Side  Side
	// Block is the index of the block it is in.
	Block int
	// Layers is how many encodings were undone to read it.
	Layers int
	// Group is the same number for islands of one container that tells a request
	// or an answer in several members, 0 for none.
	Group int

	Token       *Token
	Method, URL srctext.Text
	Fields      []Field
	Code        int
	Phrase      string
	Address     AddressKind
	Stamp       Stamp
	Found       any
	// Weight is how surely an answer is one of a token endpoint.
	Weight Weight
	// Grant is true for an answer with tokens.
	Grant bool
	// Shown is true where the text shows parameters and does not quote the
	// body that carried them. JSON is then what it shows, as JSON; empty for a list.
	Shown bool
	JSON  srctext.Text
	// Partial is true where the text shows some parameters, as a line of a log
	// does, and says nothing of others.
	Partial bool
	// Undone says what the text did to a JWT and was undone to read it; "" for nothing.
	Undone string
	// Loose is true where a request or status was read out of a sentence or log
	// line, so that it counts beside other evidence only.
	Loose bool
}

// Weight is how surely an answer belongs to this business.
type Weight uint8

// Weights.
const (
	// Weak: JSON that many an API answers with ({"message": "Not Found"}). It
	// counts beside a request, or where the user says that it is an answer.
	Weak Weight = iota
	// Fair: the form of an error that token endpoints and gateways have, without
	// a word that only they use.
	Fair
	// Strong: an error of OAuth, or a token response.
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

// Stamp is a time that the text tells.
type Stamp struct {
	Time time.Time
	// Zoned is true where the text tells the zone; else Time is as if it were UTC.
	Zoned bool
	// Answer is true for the time an answer reports itself.
	Answer bool
}

// Token is a JWT as it is in a text.
type Token struct {
	// Header and Claims are the decoded objects, nil where they cannot be read.
	Header, Claims *jsonspan.Value
	// Parts is the number of dot-separated parts.
	Parts int
	// Hidden is what is in place of the signature ("<signature>", "***"),
	// or of a part of it; "" where the signature is given.
	Hidden string
	// Signed is the length in Text of header and payload with the dot between,
	// where the signature is hidden.
	Signed int
	// Shortened is true where characters of header or payload were left out.
	Shortened bool
	// Encoded is true where the token is percent-encoded in Text.
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

// Found is all that was found in a text.
type Found struct {
	Source  srctext.Text // the text, in UTF-8
	Islands []Island     // in order
	Blocks  []Block
	// Rest is the number of bytes, whitespace not counted, that belong to no island.
	Rest int
	// Cut is true where the text holds so much encoded within itself that a part
	// of it was not searched.
	Cut bool
	// Undone says what of the whole text was undone before it was searched; "" for
	// nothing.
	Undone string
}

// Hooks are what the finder is told by others.
type Hooks struct {
	// Command reports whether a line begins with a command that sends a request.
	Command func(line string) bool
	// Known finds texts known to others, such as the errors of transports and
	// libraries, in text; nil for none. It is asked once for each layer.
	Known func(text string) []KnownText
	// Sentence reports whether a line holds words by which a server refuses, and
	// hardly more where nothing before them marks an error (bare);
	// nil for none.
	Sentence func(line string, bare bool) bool
}

// KnownText is a stretch of text that a hook knows.
type KnownText struct {
	Span  jsonspan.Span // in the text that the hook was given
	Found any
}
