// Package reading makes evidence of a text somebody pasted: a log, a ticket, a
// stack trace, a page, or one request word by word. The evidence is found
// wherever it is.
//
//	text ──▶ island.Find ──▶ []island.Island ──▶ parts ──▶ cases
//
// Four types pass between:
//
//   - srctext.Text, text that knows where in the source it came from, through
//     layers of decoding;
//   - island.Island, a stretch of it that is evidence of one kind, with what it
//     is labelled as. The tables of package island tell how each looks and how
//     it is read;
//   - a part (here): what islands that belong together tell of one message: a
//     request, an answer, a free-standing assertion, a decoded one;
//   - Case (here): the parts of one exchange, as types of package evidence.
//
// Islands become parts by their order, their side (request or answer) and their
// group (one object of a program). Parts become cases by order: an answer
// belongs to the request before it; where there is one of each, they belong
// together in either order. JWTs are sorted by what they are labelled as and by
// what they hold, never by length. What is of value and was not used is reported in
// Unused; silence about an answer would be a defect.
//
// What is one form as a whole (a HAR, a list of assertions) is not read here;
// Source.Sort of package input tells those. Where one island covers the whole
// text it is read as that form, by the readers of package input: they also read
// commands and HTTP messages found inside of longer texts, so that both come out
// the same.
//
// False alarms are worst. A sentence that mentions invalid_client is not an answer,
// a sample in a manual or a program is not judged, an access log is nothing.
//
// The package judges nothing, has no clock, and reads no file but through
// Options.Files.
package reading

import (
	"slices"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/errortext"
	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/input"
	"github.com/assertionworks/jwtdoctor/internal/input/island"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/srctext"
)

// Options are what reading is reported.
type Options struct {
	// Files reads a file that a command sends; nil reads none.
	Files input.Files
	// Sentence is the hook of package island.
	Sentence func(line string, bare bool) bool
}

// Result is what was read of one text.
type Result struct {
	Cases []Case
	// Weak are answers that many an API gives ({"message": "Not Found"}) and
	// statuses without anything else: they count beside a request of another
	// input, or where the user says that it is an answer.
	Weak []Case
	// Keys are the keys and key sets that are in the text. They belong to all of its cases.
	Keys []Key
	// Discovery is the discovery document that is in the text, nil without one.
	Discovery *Document
	Unused    []Unused
	// Whole is true where every byte of the text belongs to what was found, so
	// that the text is nothing else.
	Whole bool
	// Nothing says, where nothing was recognised, what would be; "" where
	// something was.
	Nothing string
	// Cut is true where the text holds so much encoded within itself that a part
	// of it was not searched.
	Cut bool
	// Sample is true where a JWT was left out because it is there to be looked at:
	// that of a manual, or in source code or documentation.
	Sample bool
	// Explains is true where the whole text is source code or documentation.
	Explains bool
}

// Case is one exchange as far as a text reports it.
type Case struct {
	input.Exchange
	// Assertion is the assertion of the case: the one its request carries, else
	// one that is beside it; nil where there is none.
	Assertion *Assertion
	// Decoded is an assertion given as header and claims, whose encoding and
	// signature were not given; nil where there is none, or Assertion has them.
	Decoded *Decoded
	// Sent is when the request was sent, as far as the text tells.
	Sent Sent
	// Known are the errors of transports and libraries that the text tells beside it.
	Known []Known
	// Undone says what the text did to the case and was undone, so that it is not
	// held against it.
	Undone []string
	// Kinds name what was found: request, assertion, decoded-assertion,
	// response, authorization, error-text, and jwks, key, discovery.
	Kinds []string
	Line  int
}

// Assertion is an assertion with what the text does to it.
type Assertion struct {
	*evidence.Assertion
	// Label is what the text calls it; "" where it says nothing.
	Label string
	// Hidden is what is in place of the signature, so that it was not given.
	Hidden string
	// Shortened is true where characters of header or payload were left out, so
	// that nothing can be judged.
	Shortened bool
	// Carrier is how the request carries it, where that is not as
	// client_assertion or assertion: "client_secret", "bearer"; else "".
	Carrier string
}

// Decoded is a JWT as its decoded parts.
type Decoded struct {
	// Header and Claims are the parts; one of them may be nil. Places count in
	// Raw; HeaderText and ClaimsText lead them to the source.
	Header, Claims         *evidence.Object
	HeaderText, ClaimsText srctext.Text
	Label                  string
	Line                   int
}

// Sent is a time that the text reports a case.
type Sent struct {
	Time time.Time
	// Zoned is true where the text tells the zone; else Time is as if it were UTC
	// and says nothing for certain. The zero Sent is not a time.
	Zoned bool
	// Answer is true where the answer tells the time of itself; else it is the
	// stamp of a log.
	Answer bool
	Line   int
}

// Known is an error of a transport or a library, as a program printed it.
type Known struct {
	errortext.Match
	Span jsonspan.Span // in the source
	Line int
}

// Key is a key or key set that is in a text.
type Key struct {
	// Set is true for JSON (a JWK or JWK Set), else it is PEM.
	Set  bool
	Text string
	Line int
	// Label is what the text calls it, PEM the label of a block.
	Label, PEM string
}

// Document is a document within a text.
type Document struct {
	Text string
	Line int
}

// Unused is something of value that no case uses.
type Unused struct {
	Line int
	What string // "a second JWT"
}

// Expected names what is recognised in a text.
const Expected = "an assertion (JWT), a token request (curl, HTTP, a form or JSON body), the response to one, an authorization or callback URL, a key set, a PEM key or certificate, a discovery document, or a known error message"

// nothing is said where nothing was recognised.
const nothing = "nothing recognised; expected " + Expected

// knownTexts is the hook of the finder for what package errortext knows.
func knownTexts(text string) []island.KnownText {
	var out []island.KnownText
	for _, m := range errortext.Find(text) {
		if m.Setting == errortext.Said {
			out = append(out, island.KnownText{Span: jsonspan.Span{Start: m.Offset, End: m.Offset + m.Length}, Found: m})
		}
	}
	return out
}

// Read reads a text. name is what it is called in messages and places.
func Read(name, text string, opts Options) Result {
	r := &reader{name: name, opts: opts, source: text}
	r.found = island.Find(text, island.Hooks{Command: input.CommandLine, Known: knownTexts, Sentence: opts.Sentence})
	r.lines = lineStarts(text)
	r.gather()
	r.assemble()
	r.result.Cut = r.found.Cut
	r.result.Explains = !slices.ContainsFunc(r.found.Blocks, func(b island.Block) bool { return b.Nature == island.NaturePlain && b.Span.Len() > 0 })
	r.result.Whole = r.found.Rest == 0
	if len(r.result.Cases) == 0 && len(r.result.Keys) == 0 && r.result.Discovery == nil {
		r.result.Nothing = nothing
		if r.broken != "" && len(r.result.Unused) == 1 {
			r.result.Nothing, r.result.Unused = r.broken, nil
		}
	}
	return r.result
}
