// Package evidence holds what is known about one token exchange: the Case the
// checks judge. It parses nothing, judges nothing and goes nowhere; it knows
// where each thing came from and what of it must not be shown.
package evidence

import (
	"strconv"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/errortext"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jose"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// Kind is what the JWT of a case is for.
type Kind string

// Kinds of JWT, as the flag --kind spells them.
const (
	ClientAssertion Kind = "client-assertion" // RFC 7523 section 2.2
	JWTGrant        Kind = "jwt-grant"        // RFC 7523 section 2.1
	IDToken         Kind = "id-token"
	AccessToken     Kind = "access-token"
)

// Carrier is how a JWT travels that is neither client_assertion nor assertion.
type Carrier string

// The carriers.
const (
	// AsSecret is client_secret, as Apple wants it: iss is then the one who
	// registered the client, and not the client.
	AsSecret Carrier = "client_secret"
	// AsBearer is Authorization: Bearer, to the API itself, as an app of GitHub
	// sends the JWT that it signs.
	AsBearer Carrier = "bearer"
	// AsSubject is the token of another party, to be exchanged (RFC 8693, AWS).
	AsSubject Carrier = "subject_token"
)

// Fact is a value, or why there is none.
type Fact[T any] struct {
	value T
	known bool
	why   string
}

// Known makes a fact of a value.
func Known[T any](v T) Fact[T] { return Fact[T]{value: v, known: true} }

// Missing makes a fact of a reason; the zero Fact is missing without one.
func Missing[T any](why string) Fact[T] { return Fact[T]{why: why} }

// Get returns the value and whether there is one.
func (f Fact[T]) Get() (T, bool) { return f.value, f.known }

// Why says why there is not a value.
func (f Fact[T]) Why() string { return f.why }

// Basis says what the moment of judgement rests on.
type Basis string

// The bases.
const (
	BasisNow     Basis = "now"
	BasisFlag    Basis = "--now"
	BasisDate    Basis = "date"
	BasisHAR     Basis = "har"
	BasisLog     Basis = "log"    // the stamp of a log line
	BasisAnswer  Basis = "answer" // the time that an answer tells of itself
	BasisIAT     Basis = "iat"
	BasisArrival Basis = "arrival" // it has just arrived, so this is when it was sent
)

// Moment is when a case is judged, and as what. It is not a part of the Case, so
// that one case can be judged more than once.
type Moment struct {
	Kind Kind // what the JWT is judged as
	// AsOf is the moment the times are judged at, Basis what it rests on.
	AsOf  time.Time
	Basis Basis
	// Claim is the claim that AsOf was taken from, where Basis is BasisIAT: "iat"
	// but where that is absent or wrong.
	Claim string
	// Now is the moment of the run (or --now). It differs from AsOf where the
	// assertion had expired and nothing says when it was sent.
	Now time.Time
	// Words say the same for people: "2026-11-21 08:00:00Z, given by --now".
	Words string
}

// Rests names the basis as the report does: where the assertion's own time is taken,
// the claim it is.
func (m Moment) Rests() string {
	if m.Basis == BasisIAT && m.Claim != "" {
		return m.Claim
	}
	return string(m.Basis)
}

// Case is one token exchange as far as it is known. Once it has been gathered
// nothing changes it, so that it can be judged by several goroutines, against
// several profiles, and again.
type Case struct {
	// Kind is what the JWT was read as; Moment.Kind what it is judged as.
	Kind  Kind
	Input Input

	// Expect is what the user said must hold, on the command line.
	Expect Expect

	// Sent is true where a request carried the assertion, so that what is
	// around it reached the server.
	Sent bool
	// Elsewhere is how the JWT travels where that is neither as client_assertion
	// nor as assertion; "" where it does, or where nobody knows.
	Elsewhere Carrier

	Assertion Fact[*Assertion]
	// Unsigned is where header and claims are where Assertion is missing because
	// its signature was not given; else nil.
	Unsigned  *Assertion
	Header    Fact[*Object]
	Claims    Fact[*Object]
	Signature Fact[[]byte]
	Seen      Fact[Seen]

	// Keys are the public keys to verify with; JWKS is the document they were
	// read from, where that is a JWK Set, and Fetched how it was come by, where
	// it was fetched.
	Keys       Fact[*Keys]
	JWKS       Fact[*Keys]
	Fetched    Fact[*Fetched]
	PrivateKey Fact[*PrivateKey]
	// Exam is what the signature itself tells, tried against Keys.
	Exam Fact[*jose.Diagnosis]

	// Request is the token request, Response its answer, Authorization the
	// authorization request that came before, where there was one.
	Request       Fact[*Request]
	Response      Fact[*Response]
	Authorization Fact[*Request]
	Clock         Fact[*Clock]
	// Told is when the request was sent, as the text around it says.
	Told      Told
	Network   Fact[*Network]
	Discovery Fact[*Discovery]
	// Issued is an ID or access token the server issued: the JWT of the case
	// where that is its kind, else the ID token in the response.
	Issued Fact[*Issued]

	// Errors are errors of transports and libraries that a text tells.
	Errors []TextError

	// ShowSecrets leaves jti, signature and the like unmasked.
	ShowSecrets bool
	// NoExcerpts is true where nobody looks at the text of a place.
	NoExcerpts bool
}

// TextError is an error of a transport or a library as a program printed it.
type TextError struct {
	Match errortext.Match
	Words string // the text
	At    *finding.Location
}

// Told is a time that a text reports a case; the zero Told is none.
type Told struct {
	Time time.Time
	// Answer is true where the answer tells it of itself, else it is the stamp of a log.
	Answer bool
	// Local is true where the text has no zone: Time is what it would be in UTC, and may
	// be off by the offset of any zone. It is no moment to check at.
	Local bool
}

// Input says where a case came from.
type Input struct {
	Source string   // file name, "stdin" or "argument"
	Line   int      // of the assertion in that source, from 1
	Kinds  []string // "assertion", "request", …
	Unused []Unused // what of value was found beside it and not used
	Undone []string // what the text around it did to it and was undone: a mail's line breaks
	Name   string   // what tells it from others of that line, as "entry 17" of a HAR; "" where the line does
}

// Unused is something of value in an input that no case uses.
type Unused struct {
	Line int
	What string
}

// Expect is what the user named; an empty field was not named.
type Expect struct {
	ClientID    string
	TokenURL    string
	Issuer      string
	RedirectURI string
	Env         string
	Aud         []string
	// Via lists the addresses of a proxy that stood in for the server: scheme,
	// host and port.
	Via []string
}

// Keys are public keys and where they came from.
type Keys struct {
	Source string // file name, URL or "stdin"
	Set    *jose.Set
}

// Fetched is what became of fetching the JWKS.
type Fetched struct {
	URL         string
	Redirects   []string // the addresses it was led through
	Status      int      // 0 where there was no answer
	ContentType string
	Took        time.Duration
	Trouble     string // why there is not an answer, or why it was not followed
	Fault       Fault  // the step that failed, as far as one did; a proxy that was not reached is one that refuses
	Unended     bool   // the answer began and did not come to its end
}

// PrivateKey is the client's own key file, as far as it could be read.
type PrivateKey struct {
	Source string
	File   *jose.KeyFile
}

// Seen reports earlier assertions of the same run.
type Seen struct {
	// Earlier is where the same iss and jti stood before, "" if nowhere.
	Earlier string
	// SameAssertion is true where the whole assertion was the same, not the jti alone.
	SameAssertion bool
	// Compared is how many earlier assertions there were.
	Compared int
	// Code is where the same authorization code was sent before, "" if nowhere.
	Code string
}

// Issued is a JWT that a server made.
type Issued struct {
	Kind   Kind   // IDToken or AccessToken
	From   string // "the token", "the id_token of the response"
	Header *Object
	Claims *Object
	// InResponse is true where it is in the response, so that its claims
	// have no place in the assertion.
	InResponse bool
}

// Object is a JSON object of the assertion with its place in it.
type Object struct {
	Part  string // finding.PartHeader or finding.PartClaims
	Raw   []byte // the decoded JSON
	Value *jsonspan.Value
	// Partial is true where a fault may have hidden members: a member that is
	// not there is then not proven missing.
	Partial bool
	Faults  []jsonspan.Fault
	// DoubleEncoded is true where the part was a JSON string holding this
	// object: Raw is then the inner JSON, whose bytes have no place of their own
	// in the assertion.
	DoubleEncoded bool
}

// Place is where the input stands, in words.
func (i Input) Place() string {
	if i.Name != "" {
		return i.Source + ", " + i.Name
	}
	if i.Line == 0 {
		return i.Source // a request on the wire, which has no lines
	}
	return i.Source + ", line " + strconv.Itoa(i.Line)
}

// Get returns the value of a top-level member. One that could not be read is as
// good as lost: the object is Partial then.
func (o *Object) Get(name string) (*jsonspan.Value, bool) {
	if o == nil {
		return nil, false
	}
	v, ok := o.Value.Get(name)
	if !ok || v.Kind == jsonspan.Invalid {
		return nil, false
	}
	return v, true
}

// Text returns a top-level member that is a string.
func (o *Object) Text(name string) (string, bool) {
	if v, ok := o.Get(name); ok && v.Kind == jsonspan.String {
		return v.Str, true
	}
	return "", false
}
