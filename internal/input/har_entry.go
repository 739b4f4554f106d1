package input

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// harEntry is the part of an entry that is read. A member that is missing or has the
// wrong type is its zero value; names that begin with _ are Chrome's.
type harEntry struct {
	Started   harText `json:"startedDateTime"`
	Time      harNumber
	Timings   map[string]harNumber
	FromCache harText `json:"_fromCache"`
	Error     harText `json:"_error"`
	Comment   harText
	Request   *harRequest
	Response  *harResponse
}

type harRequest struct {
	Method      harText
	URL         harText
	HTTPVersion harText
	Headers     harPairs
	QueryString harPairs
	PostData    *harPost
	BodySize    harNumber
}

type harPost struct {
	MimeType  harText
	Text      harText
	Params    harPairs
	Encoding  harText // not in HAR, but some programs write it
	Encoding2 harText `json:"_encoding"`
	Comment   harText
}

type harResponse struct {
	Status      harNumber
	StatusText  harText
	HTTPVersion harText
	Headers     harPairs
	Content     *harContent
	RedirectURL harText
	Error       harText `json:"_error"`
	Worker      harText `json:"_fetchedViaServiceWorker"`
}

type harContent struct {
	Size     harNumber
	MimeType harText
	Text     harText
	Encoding harText
}

// harText is a string; a number or boolean is read as written.
type harText struct {
	s   string
	set bool
	cut bool // it was longer than maxHARString
}

// UnmarshalJSON never fails.
func (t *harText) UnmarshalJSON(b []byte) error {
	switch {
	case len(b) > 0 && b[0] == '"':
		const slack = 8 // an escape sequence is cut as a whole
		t.set, t.cut = json.Unmarshal(b, &t.s) == nil, len(b)-2 > maxHARString-slack
	case len(b) > 0 && b[0] != '{' && b[0] != '[' && string(b) != "null":
		t.s, t.set = string(b), true
	}
	return nil
}

// harNumber is a number, or a string that contains one.
type harNumber struct {
	n   float64
	set bool
}

// UnmarshalJSON never fails.
func (n *harNumber) UnmarshalJSON(b []byte) error {
	f, err := strconv.ParseFloat(strings.Trim(string(b), `" `), 64)
	if err == nil && !math.IsNaN(f) && !math.IsInf(f, 0) {
		n.n, n.set = f, true
	}
	return nil
}

// harPair is a header field or parameter.
type harPair struct {
	name, value harText
	file        string // whose content was sent
}

// harPairs are [{"name": …, "value": …}]; {"name": "value"} is read too.
type harPairs []harPair

// UnmarshalJSON never fails.
func (p *harPairs) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '{' {
		v, _ := jsonspan.Scan(b, jsonspan.Limits{Values: 1 << 12})
		for _, m := range v.Members {
			if m.Value.Kind == jsonspan.String {
				*p = append(*p, harPair{name: harText{s: m.Name, set: true}, value: harText{s: m.Value.Str, set: true}})
			}
		}
		return nil
	}
	var all []struct{ Name, Value, FileName harText }
	_ = json.Unmarshal(b, &all)                          // a value of the wrong type is treated as missing
	for _, a := range all[:min(len(all), maxParams+1)] { // one more than is used, to know that there are more
		*p = append(*p, harPair{a.Name, a.Value, a.FileName.s})
	}
	return nil
}

func (p harPairs) value(name string) string {
	for _, f := range p {
		if strings.EqualFold(f.name.s, name) {
			return f.value.s
		}
	}
	return ""
}

func (e *harEntry) method() string { return strings.TrimSpace(e.Request.Method.s) }

// url is the URL without surrounding blanks; the query is added if a program wrote it
// only into queryString.
func (e *harEntry) url() string {
	u := strings.TrimSpace(e.Request.URL.s)
	if len(e.Request.QueryString) == 0 || strings.Contains(u, "?") {
		return u
	}
	address, fragment, has := strings.Cut(u, "#")
	u = address + "?" + encodedPairs(e.Request.QueryString, false)
	if has {
		u += "#" + fragment
	}
	return u
}

// sent is when the request was sent; zero if the time zone is missing or the year
// implausible.
func (e *harEntry) sent() time.Time {
	if e.FromCache.s != "" {
		return time.Time{} // the response was made for an earlier request
	}
	s := strings.TrimSpace(e.Started.s)
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05Z0700", "2006-01-02 15:04:05Z07:00"} {
		if t, err := time.Parse(layout, s); err == nil && t.Year() >= 2000 && t.Year() < 9999 {
			return t
		}
	}
	return time.Time{}
}

// took is the duration of the exchange; 0 if unknown.
func (e *harEntry) took() time.Duration {
	ms := max(e.Time.n, 0) // -1 if unknown
	if ms == 0 {
		for name, t := range e.Timings {
			if !strings.EqualFold(name, "ssl") && !strings.HasPrefix(name, "_") && t.n > 0 { // connect includes ssl
				ms += t.n
			}
		}
	}
	const day = 24 * 60 * 60 * 1000.0
	return time.Duration(min(ms, day) * float64(time.Millisecond))
}

// failure is what a browser says if there was no response.
func (e *harEntry) failure() string {
	said := []harText{e.Error}
	if e.Response != nil {
		said = append(said, e.Response.Error, e.Response.StatusText)
	}
	for _, t := range append(said, e.Comment) {
		if s := strings.TrimSpace(t.s); s != "" {
			return harClip(s, 200)
		}
	}
	return ""
}

// answered reports whether an answer came; browsers write status 0 if none did.
func (e *harEntry) answered() bool {
	if e.Response == nil {
		return false
	}
	s := e.Response.Status.n
	return s >= 100 && s <= 999 && s == math.Trunc(s)
}

// unanswered says that there was no response, and why.
func (e *harEntry) unanswered(what string) string {
	if why := e.failure(); why != "" {
		what += "; the program that recorded it says " + why
	}
	if e.neverSent() {
		what += ": the request was never sent"
	}
	return what
}

// neverSent reports whether no server got the request: no address was found, no
// connection was made, or the browser blocked it (Chromium's net_error_list.h). A request
// that fails later, or because of the response, was sent.
func (e *harEntry) neverSent() bool {
	if e.Response == nil || e.answered() {
		return false
	}
	why := strings.TrimPrefix(e.failure(), "net::")
	switch why {
	case "ERR_BLOCKED_BY_CLIENT", "ERR_BLOCKED_BY_ADMINISTRATOR", "ERR_BLOCKED_BY_CSP", "ERR_CONNECTION_REFUSED", "ERR_CONNECTION_TIMED_OUT", "ERR_CONNECTION_FAILED",
		"ERR_NAME_NOT_RESOLVED", "ERR_NAME_RESOLUTION_FAILED", "ERR_INTERNET_DISCONNECTED", "ERR_ADDRESS_UNREACHABLE", "ERR_ADDRESS_INVALID",
		"ERR_PROXY_CONNECTION_FAILED", "ERR_TUNNEL_CONNECTION_FAILED", "ERR_SSL_PROTOCOL_ERROR", "ERR_SSL_VERSION_OR_CIPHER_MISMATCH", "ERR_UNSAFE_PORT",
		"NS_ERROR_CONNECTION_REFUSED", "NS_ERROR_UNKNOWN_HOST", "NS_ERROR_OFFLINE":
		return true
	}
	return strings.HasPrefix(why, "ERR_CERT_")
}

// location is where a redirect leads, as an absolute URL if possible.
func (e *harEntry) location() (to string, ok bool) {
	if e.Response == nil {
		return "", false
	}
	switch e.Response.Status.n {
	case 301, 302, 303, 307, 308:
	default:
		return "", false
	}
	to = strings.TrimSpace(e.Response.RedirectURL.s)
	if to == "" {
		to = strings.TrimSpace(e.Response.Headers.value("Location"))
	}
	return absolute(e.url(), to), to != ""
}

// harClip keeps text from the file from filling a message.
func harClip(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
