package evidence

import (
	"net/url"
	"strings"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// Request is one HTTP request as it was, or would be, sent, as far as the text
// says. A form body on its own is a request too: then method, URL and headers are
// not known, which is not the same as missing.
type Request struct {
	Document
	What string // what it was read from: "a curl command", "an HTTP request", "a form body"
	// Program is the program whose command it was read from; empty if it was
	// not a command.
	Program Program

	// Method is in upper case as sent; "" if unknown.
	Method     string
	MethodSpan jsonspan.Span
	// URL is absolute if the text has a scheme ("https://host/path?query");
	// "//host/path" where the request has a Host and no scheme, "/path" where it
	// has neither; "" if unknown.
	URL     string
	URLSpan jsonspan.Span
	Version string // of HTTP: "1.0", "1.1", "2"; "" if unknown

	Headers Headers
	// HeadersKnown is true if a header that is not in Headers is not sent.
	HeadersKnown bool
	Body         Body
	// BodyKnown is true if the body, or that there is none, is known.
	BodyKnown bool
	Params    []Param // of the URL, then of the body, in order

	Sent      time.Time // when it was sent; zero if unknown
	Took      time.Duration
	Redirects []Redirect // what it was led through before the response came

	// NeverSent says that no server got it: no address was found, no
	// connection came about, or the browser blocked it.
	NeverSent bool

	// What the sending program was reported.
	Insecure bool   // certificates are not verified: curl -k
	Follow   bool   // redirects are followed: curl -L
	Proxy    string // address of the proxy, credentials taken out
	// Variables are shell variables and placeholders of a client such as
	// {{token}} that the text leaves open.
	Variables []string
	// Unread are files the command sends that were not read.
	Unread []string
	// Quoting reports quotation marks that reach the server as text ("'"), as
	// happens where a command for one shell is run in another; "" for none.
	Quoting string
	// Notes are what a reader of the command should know, each a sentence
	// ("--data is given twice; curl joins both with &").
	Notes []string
}

// Program is a command-line program that sends requests.
type Program string

// The programs whose commands are read.
const (
	ProgramCurl       Program = "curl"
	ProgramWget       Program = "wget"
	ProgramHTTPie     Program = "HTTPie"
	ProgramPowerShell Program = "PowerShell"
)

// Redirect is one answer that led a request elsewhere.
type Redirect struct {
	Status     int
	From, To   string
	Method     string // of the request that was made of it
	DroppedAll bool   // the body was not sent again
}

// Param returns the first parameter of that exact name in the body or, where
// there is none, in the URL.
func (r *Request) Param(name string) (Param, bool) {
	var found Param
	ok := false
	for _, p := range r.Params {
		if p.Name != name || p.In == InFragment {
			continue
		}
		if p.In == InBody {
			return p, true
		}
		if !ok {
			found, ok = p, true
		}
	}
	return found, ok
}

// All returns every parameter of that exact name, in order.
func (r *Request) All(name string) []Param {
	var out []Param
	for _, p := range r.Params {
		if p.Name == name {
			out = append(out, p)
		}
	}
	return out
}

// ParamsIn returns the parameters of one place.
func (r *Request) ParamsIn(place ParamPlace) []Param {
	var out []Param
	for _, p := range r.Params {
		if p.In == place {
			out = append(out, p)
		}
	}
	return out
}

// Address returns the URL taken apart; ok is false if it is unknown or no URL.
func (r *Request) Address() (u *url.URL, ok bool) {
	if r.URL == "" {
		return nil, false
	}
	u, err := url.Parse(r.URL)
	if err != nil {
		return nil, false
	}
	return u, true
}

// Endpoint is the URL without query and fragment; "" if it is unknown or
// not absolute up to the host.
func (r *Request) Endpoint() string {
	u, ok := r.Address()
	if !ok || u.Host == "" {
		return ""
	}
	end := strings.IndexAny(r.URL, "?#")
	if end < 0 {
		end = len(r.URL)
	}
	return r.URL[:end]
}

// ContentType is the media type in lower case and what follows it, as
// "application/json" and "charset=utf-8". Both are "" without a header.
func (r *Request) ContentType() (media, parameters string) {
	media, parameters, _ = strings.Cut(r.Headers.Value("Content-Type"), ";")
	return strings.ToLower(strings.TrimSpace(media)), strings.TrimSpace(parameters)
}
