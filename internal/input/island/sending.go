package island

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/srctext"
)

// Sending is how a program sends the parameters that it shows as an object.
type Sending uint8

// Ways of sending.
const (
	SentUnknown Sending = iota // the text does not say
	SentForm
	SentJSON
	SentQuery
)

// What HTTP libraries do with an object is read from their documentation:
//
//   - Requests, Quickstart, "More complicated POST requests" and "Passing Parameters In
//     URLs", https://requests.readthedocs.io/en/latest/user/quickstart/, read 2026-11-30,
//     documented: data= is form-encoded, json= is sent as JSON, params= is the query.
//   - axios, "URL-Encoding Bodies", https://axios-http.com/docs/urlencoded, read
//     2026-11-30, documented: an object is sent as JSON unless the program or a header
//     says otherwise.

const (
	// longestCall is how far before an object the call that sends it may begin.
	longestCall = 300
	// longestRest is how far after an object its call is read.
	longestRest = 200
	// mostSought is how many objects the whole text is searched for.
	mostSought = 32
)

// sending is how the object is sent whose first name is at byte at of the source.
func (l *layer) sending(at int) Sending {
	source := l.f.source.String()
	head := strings.TrimRight(source[max(0, at-longestCall):min(at, len(source))], "\"'`: \t\r\n")
	bare := strings.TrimRight(head, "{[( \t\r\n")
	if len(bare) == len(head) {
		return SentUnknown
	}
	if strings.Contains(head[len(bare):], "(") {
		if how := serializer(bare); how != SentUnknown {
			return how
		}
	}
	l.f.sought++
	switch call := lastCall(bare); {
	case call == "":
	case strings.HasSuffix(bare, "json="):
		return SentJSON
	case strings.HasSuffix(bare, "params="):
		return SentQuery
	case strings.HasSuffix(bare, "data="):
		return SentForm
	case strings.HasPrefix(call, "axios.post(") && strings.HasSuffix(bare, ",") && strings.Count(call, ",") == 1 && l.f.sought <= mostSought && !formMentioned(source):
		return SentJSON
	}
	if name := nameBefore(bare, len(strings.TrimRight(strings.TrimSuffix(bare, "="), " "))); name != "" && strings.HasSuffix(bare, "=") && l.f.sought <= mostSought {
		return passedAs(source, name)
	}
	return SentUnknown
}

// formMentioned reports whether a program sets up that objects are sent as forms.
func formMentioned(source string) bool {
	return strings.Contains(source, "urlencoded") || strings.Contains(source, "transformRequest") || strings.Contains(source, "axios.defaults")
}

// lastCall is a call that sends a request and is still open at the end of a text.
func lastCall(head string) string {
	at := -1
	for _, word := range [...]string{"requests.post(", "requests.request(", "httpx.post(", "session.post(", "axios.post("} {
		at = max(at, strings.LastIndex(head, word))
	}
	if at < 0 {
		return ""
	}
	depth := 0
	for i := at; i < len(head); i++ {
		switch head[i] {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return "" // it is closed
			}
		}
	}
	return head[at:]
}

// serializer is what the function makes of an object whose name a text ends with.
func serializer(head string) Sending {
	from := len(head)
	for from > 0 && (isWord(head[from-1]) || head[from-1] == '.') {
		from--
	}
	switch strings.ToLower(head[from:]) {
	case "json.dumps", "json.stringify", "json_encode", "jsonencode":
		return SentJSON
	case "urlsearchparams", "qs.stringify", "querystring.stringify", "urlencode", "urllib.parse.urlencode", "parse.urlencode", "http_build_query", "formurlencodedcontent":
		return SentForm
	}
	return SentUnknown
}

// passedAs is how an object is sent that a program gives a name.
func passedAs(source, name string) Sending {
	how := SentUnknown
	for _, way := range [...]struct {
		word string
		how  Sending
	}{{"json=", SentJSON}, {"params=", SentQuery}, {"data=", SentForm}} {
		word := way.word + name
		i := strings.Index(source, word)
		if i < 0 || i+len(word) < len(source) && strings.IndexByte(",) \r\n", source[i+len(word)]) < 0 || lastCall(source[max(0, i-longestCall):i]) == "" {
			continue
		}
		if how != SentUnknown {
			return SentUnknown // two requests
		}
		how = way.how
	}
	return how
}

// withUser reports whether the call that sends what is between two bytes of the source
// authenticates with a name and a password as well: auth=('id', 'secret').
func (l *layer) withUser(at, end int) bool {
	source := l.f.source.String()
	call := lastCall(strings.TrimRight(source[max(0, at-longestCall):min(at, len(source))], "{[\"' \t\r\n"))
	if call == "" || strings.HasPrefix(call, "axios") {
		return false
	}
	rest := source[min(end, len(source)):min(len(source), end+longestRest)]
	rest, _, _ = strings.Cut(rest, "\n\n")
	if n := callEnd(rest); n >= 0 {
		rest = rest[:n]
	} else {
		return false
	}
	return userPair(call) || userPair(rest)
}

// callEnd is where the call ends whose rest a text begins with; -1 if it is not there.
func callEnd(rest string) int {
	depth := 0
	for i := range len(rest) {
		switch rest[i] {
		case '(', '[':
			depth++
		case ')', ']':
			if depth == 0 {
				return i
			}
			depth--
		}
	}
	return -1
}

// userPair reports whether arguments have auth= with two values.
func userPair(arguments string) bool {
	_, pair, ok := strings.Cut(arguments, "auth=(")
	return ok && strings.Count(pair[:max(0, strings.IndexByte(pair, ')'))], ",") == 1
}

// basicField is the header field that a program adds for a name and a password. What is
// in it stays where it is.
func basicField() Field {
	var name, value srctext.Builder
	name.Put("Authorization")
	value.Put("Basic {{auth}}")
	return Field{Name: name.Text(), Value: value.Text()}
}
