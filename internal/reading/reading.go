// Package reading turns a pasted text into evidence: a log, a ticket, a stack trace, a
// page, or just one request. It finds the evidence wherever it is.
//
//	text ──▶ island.Find ──▶ []island.Island ──▶ parts ──▶ cases
//
// Four types connect the steps:
//
//   - srctext.Text, text that knows where in the source it came from, through
//     layers of decoding;
//   - island.Island, a stretch of it that is evidence of one kind, with its label.
//     The tables of package island define how each looks and how it is read;
//   - a part (here): what islands that belong together say about one message: a
//     request, a response, a separate assertion, a decoded one;
//   - Case (here): the parts of one exchange, as types of package evidence.
//
// Islands become parts by their order, their side (request or response) and their group
// (one object of a program). Parts become cases by order: a response belongs to the
// request before it; if there is one of each, they belong together in either order. JWTs
// are sorted by their labels and contents, never by length. Valuable evidence that is not
// used is reported in Unused; silence about a response would be a defect.
//
// A text that is a single format as a whole (a HAR, a list of assertions) is not read
// here; Source.Sort of package input recognises those. Readers of package input read
// commands and HTTP messages found in longer texts, so that they give the same result as
// on their own.
//
// False alarms are the worst mistake. A sentence that mentions invalid_client is not a
// response, a sample in a manual or program is not judged, an access log means nothing.
//
// The package judges nothing, has no clock, and reads files only through Options.Files.
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

// Options are the settings of Read.
type Options struct {
	// Files reads a file that a command sends; nil reads none.
	Files input.Files
	// Sentence is the hook of package island.
	Sentence func(line string, bare bool) bool
}

// Result is what was read from one text.
type Result struct {
	Cases []Case
	// Weak are responses that many APIs send ({"message": "Not Found"}) and statuses
	// without anything else. They count only with a request from another input, or if the
	// user says that the text is a response.
	Weak []Case
	// Keys are the keys and key sets in the text. They belong to all its cases.
	Keys []Key
	// Discovery is the discovery document in the text; nil if there is none.
	Discovery *Document
	Unused    []Unused
	// Whole is true if every byte of the text belongs to what was found.
	Whole bool
	// Nothing says what would be recognised, if nothing was; otherwise it is "".
	Nothing string
	// Cut is true if the text contains so many layers of encoding that part of it was not
	// searched.
	Cut bool
	// Sample is true if a JWT was left out because it is an example: one from a manual,
	// or in source code or documentation.
	Sample bool
	// Explains is true if the whole text is source code or documentation.
	Explains bool
}

// Case is one exchange, as far as a text shows it.
type Case struct {
	input.Exchange
	// Assertion is the assertion of the case: the one its request sends, else one next to
	// it; nil if there is none.
	Assertion *Assertion
	// Decoded is an assertion given only as header and claims, without encoding and
	// signature; nil if there is none, or Assertion has them.
	Decoded *Decoded
	// Sent is when the request was sent, if the text shows it.
	Sent Sent
	// Known are the errors of transports and libraries that the text contains with it.
	Known []Known
	// Undone describes what the text did to the case and was undone, since it is not a
	// fault of the case.
	Undone []string
	// Kinds are what was found: request, assertion, decoded-assertion, response,
	// authorization, error-text, and jwks, key, discovery.
	Kinds []string
	Line  int
}

// Assertion is an assertion with what the text did to it.
type Assertion struct {
	*evidence.Assertion
	// Label is what the text calls it; "" if nothing.
	Label string
	// Hidden is what the text shows in place of the signature.
	Hidden string
	// Shortened is true if characters of the header or payload were left out, so that
	// nothing can be judged.
	Shortened bool
	// Carrier is how the request sends it if not as client_assertion or assertion:
	// "client_secret", "bearer"; otherwise "".
	Carrier string
}

// Decoded is a JWT as its decoded parts.
type Decoded struct {
	// Header and Claims are the parts; one of them may be nil. Places are relative to
	// Raw; HeaderText and ClaimsText convert them to the source.
	Header, Claims         *evidence.Object
	HeaderText, ClaimsText srctext.Text
	Label                  string
	Line                   int
}

// Sent is the time that the text gives for a case.
type Sent struct {
	Time time.Time
	// Zoned is true if the text has the time zone; otherwise Time is read as UTC and
	// proves nothing. The zero Sent is not a time.
	Zoned bool
	// Answer is true if the time is in the response; otherwise it is a log's time stamp.
	Answer bool
	Line   int
}

// Known is an error of a transport or a library, as a program printed it.
type Known struct {
	errortext.Match
	Span jsonspan.Span // in the source
	Line int
}

// Key is a key or key set in a text.
type Key struct {
	// Set is true for JSON (a JWK or JWK Set); otherwise it is PEM.
	Set  bool
	Text string
	Line int
	// Label is what the text calls it, PEM the label of a block.
	Label, PEM string
}

// Document is a document inside a text.
type Document struct {
	Text string
	Line int
}

// Unused is valuable evidence that no case uses.
type Unused struct {
	Line int
	What string // "a second JWT"
	// Token is true of a JWT that is not what is looked for.
	Token bool
}

// Expected lists what is recognised in a text.
const Expected = "an assertion (JWT), a token request (curl, HTTP, a form or JSON body), the response to one, an authorization or callback URL, a key set, a PEM key or certificate, a discovery document, or a known error message"

// nothing is the message if nothing was recognised.
const nothing = "nothing recognised; expected " + Expected

// knownTexts is the finder's hook for the messages that package errortext knows.
func knownTexts(text string) []island.KnownText {
	var out []island.KnownText
	for _, m := range errortext.Find(text) {
		if m.Setting == errortext.Said {
			out = append(out, island.KnownText{Span: jsonspan.Span{Start: m.Offset, End: m.Offset + m.Length}, Found: m})
		}
	}
	return out
}

// Read reads a text. name is its name in messages and places.
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
