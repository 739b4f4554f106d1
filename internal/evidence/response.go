package evidence

import (
	"strconv"
	"strings"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// Response is what a server answered, as far as the text tells. A body alone is
// a response too: then status and headers are not known.
type Response struct {
	Document
	What string // what it was read from: "an HTTP response", "an error body", "a callback URL"
	// Callback is true where it was read from a callback URL: the answer of an
	// authorization endpoint.
	Callback bool
	// Printed is true where it was read out of words that a program printed, which
	// may be those of a library and not the server's.
	Printed bool

	Status       int // 0 where unknown
	StatusText   string
	Version      string
	Headers      Headers
	HeadersKnown bool

	Body string
	// BodySpan is where Body is in the document, word by word; empty where
	// it is there encoded, as in a HAR.
	BodySpan  jsonspan.Span
	BodyKnown bool // false where only the head was given
	Truncated bool // the body is longer than was read
	Form      Form
	JSON      *jsonspan.Value  // where Form is FormJSON; places count in Body
	Faults    []jsonspan.Fault // of the JSON

	Error      OAuthError
	Challenges []Challenge // of WWW-Authenticate
	Date       time.Time   // of the header Date; zero where unknown
	Told       bool        // Date is from the words of the answer, and not of its head
	// TraceIDs name the exchange in the provider's log, as "trace_id 1a2b".
	TraceIDs []string
}

// Form is what a response's body is made of.
type Form string

// Forms of a body.
const (
	FormEmpty Form = "empty"
	FormJSON  Form = "json" // begins like JSON; Faults tell whether it is
	FormHTML  Form = "html"
	FormXML   Form = "xml"
	FormForm  Form = "form" // error=…&error_description=…
	FormText  Form = "text"
)

// OAuthError is the error a response tells, in whatever members the server
// puts it (RFC 6749 section 5.2, RFC 6750 section 3, RFC 7807, and what
// providers invented).
type OAuthError struct {
	Present     bool // the response is an error by what it says
	Code        string
	Description string
	URI         string
	// HasDescription is true where the member is there, be it null or empty.
	HasDescription bool
	// Text is all text of the body, without markup and JSON escapes, a line
	// each: what a server's words are looked for in where they are in a
	// member of another name.
	Text string
}

// Challenge is one challenge of WWW-Authenticate (RFC 9110 section 11.6.1).
type Challenge struct {
	Scheme string
	Params map[string]string // names in lower case
}

// Success reports whether the response is a token response by status or, where
// there is none, by its members.
func (r *Response) Success() bool {
	if r.Error.Present || r.Status != 0 && (r.Status < 200 || r.Status > 299) {
		return false
	}
	if r.Form != FormJSON {
		return false
	}
	_, access := r.JSON.Get("access_token")
	_, id := r.JSON.Get("id_token")
	return access || id
}

// Inactive reports whether it is an introspection endpoint's answer that the token is
// not active, which has nothing else in it (RFC 7662 section 2.2).
func (r *Response) Inactive() bool {
	if r.Form != FormJSON || r.JSON == nil || len(r.JSON.Members) != 1 || r.Status != 0 && r.Status != 200 {
		return false
	}
	v, ok := r.JSON.Get("active")
	return ok && v.Raw == "false"
}

// Stamped is the time on the server's side when the answer came: its Date and,
// for one out of a cache, how long it lay there (RFC 9111 section 5.1). False
// where there is no Date, or an Age that cannot be read.
func (r *Response) Stamped() (at time.Time, ok bool) {
	h, cached := r.Headers.Get("Age")
	if r.Date.IsZero() || !cached {
		return r.Date, !r.Date.IsZero()
	}
	seconds, err := strconv.ParseUint(strings.TrimSpace(h.Value), 10, 31)
	if err != nil {
		return time.Time{}, false
	}
	return r.Date.Add(time.Duration(seconds) * time.Second), true
}

// Clock is what two stamps of one exchange tell of the client's clock.
type Clock struct {
	Server time.Time // the response's Date, whole seconds
	// Local is when the client's own clock says the response came; zero where
	// no stamp of the client tells.
	Local time.Time
	Took  time.Duration // of the exchange
	From  string        // "the HAR entry", "this machine's clock"
}
