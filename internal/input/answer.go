package input

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/wording"
)

// maxAnswer bounds the values read of a JSON answer.
const maxAnswer = 1 << 16

// fillResponse reads the body and headers of a response. It sets Form, JSON, Faults,
// Error, Challenges, Date and TraceIDs.
func fillResponse(r *evidence.Response) {
	r.Form = formOf(r)
	if r.Form == evidence.FormJSON {
		r.JSON, r.Faults = jsonspan.Scan([]byte(r.Body), jsonspan.Limits{Values: maxAnswer})
		if tellsInPieces(r) {
			r.Form, r.JSON, r.Faults = evidence.FormText, nil, nil
		}
	}
	for _, h := range r.Headers {
		switch {
		case strings.EqualFold(h.Name, "WWW-Authenticate") && len(r.Challenges) < maxChallenges:
			r.Challenges = append(r.Challenges, challengesIn(h.Value)...)
		case strings.EqualFold(h.Name, "Date") && r.Date.IsZero():
			r.Date, _ = headerDate(h.Value)
		}
	}
	r.Error = errorOf(r)
	if r.Date.IsZero() {
		r.Date = clockIn(r.Error.Description)
		r.Told = !r.Date.IsZero()
	}
	r.TraceIDs = traceIDs(r)
}

// formOf recognises a body by its content: servers label pages as JSON and JSON as pages.
func formOf(r *evidence.Response) evidence.Form {
	text := strings.TrimSpace(strings.TrimPrefix(r.Body, "\uFEFF"))
	if text == "" {
		return evidence.FormEmpty
	}
	media, _, _ := strings.Cut(strings.ToLower(r.Headers.Value("Content-Type")), ";")
	media = strings.TrimSpace(media)
	head := strings.ToLower(text[:min(len(text), 2048)])
	switch {
	case text[0] == '{', text[0] == '[':
		return evidence.FormJSON
	case text[0] == '"' && (isJSONMedia(media) || strings.HasPrefix(strings.TrimLeft(text[1:], " \t"), `{\"`)):
		return evidence.FormJSON
	case text[0] == '<':
		if !htmlLook(head) && (strings.HasPrefix(head, "<?xml") || strings.HasSuffix(media, "xml") || media != "text/html") {
			return evidence.FormXML
		}
		return evidence.FormHTML
	case strings.Contains(head, "<!doctype html"), strings.Contains(head, "<html"):
		return evidence.FormHTML
	case formLook(text) && formAnswer(text):
		return evidence.FormForm
	}
	return evidence.FormText
}

func htmlLook(head string) bool {
	return wording.HasAny(head, "<!doctype html", "<html", "<head", "<body", "<title", "<center", "<h1", "<h2", "<h3", "<p>", "<p ", "<div", "<script", "<pre", "<br", "<b>", "<meta", "<table", "<span", "<form")
}

// formAnswer distinguishes a form-encoded response from a sentence that contains an =.
func formAnswer(text string) bool {
	if line := strings.TrimSpace(text); strings.ContainsAny(line, "\r\n") {
		return false
	}
	for _, p := range formPairs(text) {
		switch p.name {
		case "error", "error_description", "access_token", "id_token", "code", "token_type":
			return true
		}
	}
	return false
}

// headerDate reads the three date formats of RFC 9110 section 5.6.7, all of them in GMT.
func headerDate(value string) (time.Time, bool) {
	value = strings.TrimSpace(value)
	for _, layout := range [...]string{"Mon, 2 Jan 2006 15:04:05 GMT", "Monday, 02-Jan-06 15:04:05 GMT", time.ANSIC} {
		if t, err := time.Parse(layout, value); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// statedTime is how Entra, and servers that imitate it, print their clock in an error
// message.
var statedTime = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?:Current time|Timestamp): (\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,9})?Z)`)
})

// clockIn reads the server's clock from an error description; the zero time if it is not
// there or not in UTC.
func clockIn(description string) time.Time {
	if !strings.Contains(description, "Current time: ") && !strings.Contains(description, "Timestamp: ") {
		return time.Time{} // the expression below is slow on a long text
	}
	m := statedTime().FindStringSubmatch(description)
	if m == nil {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339, strings.Replace(m[1], " ", "T", 1))
	if err != nil {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Second)
}

const (
	maxTraceIDs = 20
	maxTraceID  = 200 // bytes of one; anything longer is not an identifier
)

// traceIDs are the IDs of the exchange in the provider's log: those in the body first,
// then those in header fields.
func traceIDs(r *evidence.Response) []string {
	var out []string
	add := func(name, value string) {
		value = strings.TrimSpace(value)
		text := name + " " + value
		if value != "" && len(value) <= maxTraceID && len(name) < 60 && len(out) < maxTraceIDs && !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	var members func(v *jsonspan.Value, depth int)
	members = func(v *jsonspan.Value, depth int) {
		if v == nil || v.Kind != jsonspan.Object {
			return
		}
		beside := false
		for _, m := range v.Members {
			beside = beside || traceMember(m.Name)
		}
		_, failed := v.Get("error")
		for _, m := range v.Members {
			switch {
			case traceMember(m.Name) || m.Name == "id" && beside && failed:
				if m.Value.Kind == jsonspan.String {
					add(m.Name, m.Value.Str)
				} else if m.Value.Kind == jsonspan.Number {
					add(m.Name, m.Value.Raw)
				}
			case m.Value.Kind == jsonspan.Object && depth < 3:
				members(m.Value, depth+1)
			}
		}
	}
	members(r.JSON, 0)
	if r.Form == evidence.FormForm {
		for _, p := range formPairs(r.Body) {
			if traceMember(p.name) {
				add(p.name, p.value)
			}
		}
	}
	for _, h := range r.Headers {
		if traceHeader(h.Name) {
			add(h.Name, h.Value)
		}
	}
	return out
}

// folded is a name in lower case without separators, so that error_description,
// errorDescription and Error-Description are the same.
func folded(name string) string {
	if len(name) > 60 {
		return ""
	}
	return wording.Bare(name)
}

func traceMember(name string) bool {
	switch folded(name) {
	case "traceid", "correlationid", "requestid", "errorid", "traceparent", "xrequestid", "clientrequestid", "transactionid", "incidentid", "logid":
		return true
	}
	return false
}

func traceHeader(name string) bool {
	switch strings.ToLower(name) {
	case "x-request-id", "x-correlation-id", "x-ms-request-id", "x-ms-correlation-request-id", "client-request-id", "request-id", "correlation-id", "traceparent",
		"cf-ray", "x-amzn-trace-id", "x-amzn-requestid", "x-amz-cf-id", "x-okta-request-id", "x-trace-id", "trace-id", "x-b3-traceid", "x-azure-ref",
		"x-github-request-id", "x-fapi-interaction-id", "x-transaction-id", "x-vcap-request-id", "x-kong-request-id", "x-cloud-trace-context":
		return true
	}
	return false
}
