package serve

import (
	"net/http"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// answer is a refusal as the provider would send it.
type answer struct {
	status      int     // 0 if the provider is not known to use a certain one
	code        string  // "" for none
	description *string // nil for none
	uri         string
	body        string // the whole body in place of JSON, or text next to it
	whole       bool   // body is all there is
	from        string // why this one: the cause it explains or what was asked for
}

// speak makes the answer a symptom is matched by.
func (a *answers) speak(s *profile.Symptom, f fault) *answer {
	m := &s.Match
	out := &answer{status: m.Status, from: f.cause}
	words := func(t *profile.Text) string {
		if t.Regexp != "" {
			return s.Says
		}
		return finished(t.Substring)
	}
	switch {
	case m.Error != nil:
		out.code = words(m.Error) // "" if it is empty
	case m.Description == nil && m.ErrorURI == nil:
		// A page or a text, JSON that has no member error, or only a status.
		out.whole = true
		if m.Body != nil {
			out.body = words(m.Body)
		}
		return out
	default:
		var status int
		if out.code, status = a.codeFor(f); out.status == 0 {
			out.status = status
		}
	}
	if m.Description != nil {
		text := words(m.Description)
		out.description = &text
	}
	if m.ErrorURI != nil && !m.ErrorURI.Empty {
		out.uri = wholeURI(words(m.ErrorURI))
	}
	if m.Body != nil {
		out.body = words(m.Body)
	}
	return out
}

// finished ends a text that breaks off where a server puts in a value of the
// request: what it opened is closed again.
func finished(text string) string {
	const value = "..." // in ASCII, as error_description must be (RFC 6749 section 5.2)
	for opening, closing := range map[string]string{"'": "'", `"`: `"`, "`": "`", "(": ")", "[": "]"} {
		if text == opening || strings.HasSuffix(text, " "+opening) {
			return text + value + closing
		}
	}
	if strings.LastIndexByte(text, '(') > strings.LastIndexByte(text, ')') {
		return text + " " + value + ")"
	}
	return text
}

// wholeURI makes a URI of the part of one that is documented.
func wholeURI(part string) string {
	host, _, _ := strings.Cut(part, "/")
	switch {
	case strings.Contains(part, ":"):
		return part
	case strings.Contains(host, ".") && !strings.Contains(host, " "):
		return "https://" + part
	}
	return part
}

// statusOf is the status of an answer: the provider's, else that of RFC 6749
// section 5.2.
func (a *answer) statusOf() int {
	switch {
	case a.status != 0:
		return a.status
	case a.code == "invalid_client":
		return http.StatusUnauthorized
	case a.code == "server_error":
		return http.StatusInternalServerError
	case a.code == "temporarily_unavailable":
		return http.StatusServiceUnavailable
	}
	return http.StatusBadRequest
}

// told is the answer as the journal keeps it.
func (a *answer) told() Answer {
	out := Answer{Status: a.statusOf(), Error: a.code, ErrorURI: a.uri, Description: a.body}
	if a.description != nil {
		out.Description = *a.description
	}
	return out
}

// send writes the answer.
func (a *answer) send(w http.ResponseWriter, r *http.Request) {
	status := a.statusOf()
	if scheme, _, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && status == http.StatusUnauthorized {
		// RFC 6749 section 5.2: the scheme the client used.
		if !strings.EqualFold(scheme, "Bearer") {
			scheme = "Basic"
		}
		w.Header().Set("WWW-Authenticate", scheme+` realm="jwtdoctor"`)
	}
	if status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "1")
	}
	if a.whole {
		kind := "text/plain; charset=utf-8"
		if strings.HasPrefix(a.body, "<") {
			kind = "text/html; charset=utf-8"
		}
		sendText(w, status, kind, a.body)
		return
	}
	sendJSON(w, status, struct {
		Error       string  `json:"error,omitempty"`
		Description *string `json:"error_description,omitempty"`
		URI         string  `json:"error_uri,omitempty"`
		Message     string  `json:"message,omitempty"`
	}{a.code, a.description, a.uri, a.body})
}
