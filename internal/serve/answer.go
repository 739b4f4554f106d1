package serve

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/checks"
	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// answer is a refusal as the provider would send it.
type answer struct {
	status      int     // 0 where the provider is not known to use a certain one
	code        string  // "" for none
	description *string // nil for none
	uri         string
	body        string // the whole body in place of JSON, or text beside it
	whole       bool   // body is all there is
	from        string // why this one: the cause it explains or what was asked for
}

// refusing finds what the provider is documented to answer to a cause: its own
// texts first, then those it inherits, then what RFC 6749 section 5.2 says.
func refusing(p *profile.Profile, cause, check string) *answer {
	for _, s := range ordered(p) {
		if slices.Contains(s.Explains, cause) {
			return speak(p, s, cause, check)
		}
	}
	return &answer{code: codeFor(p, cause, check), from: cause}
}

// ordered lists the symptoms that can be played, the profile's own first.
func ordered(p *profile.Profile) []*profile.Symptom {
	var own, inherited []*profile.Symptom
	for i := range p.Symptoms {
		switch s := &p.Symptoms[i]; {
		case !playable(s):
		case s.From == p.ID:
			own = append(own, s)
		default:
			inherited = append(inherited, s)
		}
	}
	return append(own, inherited...)
}

// playable tells whether a symptom is sent, is a refusal, and its words are
// known: of a pattern the server's own words must stand beside it.
func playable(s *profile.Symptom) bool {
	m := &s.Match
	if s.LogOnly || m.Status != 0 && m.Status < 400 {
		return false
	}
	patterns := 0
	for _, t := range []*profile.Text{m.Error, m.Description, m.ErrorURI, m.Body} {
		if t != nil && t.Regexp != "" {
			patterns++
		}
	}
	return patterns == 0 || patterns == 1 && s.Says != ""
}

// speak makes the answer a symptom is matched by.
func speak(p *profile.Profile, s *profile.Symptom, cause, check string) *answer {
	m := &s.Match
	a := &answer{status: m.Status, from: cause}
	words := func(t *profile.Text) string {
		if t.Regexp != "" {
			return s.Says
		}
		return t.Substring
	}
	switch {
	case m.Error != nil:
		a.code = words(m.Error) // "" where it is empty
	case m.Description == nil && m.ErrorURI == nil:
		// A page or a text, JSON that has no member error, or a status alone.
		a.whole = true
		if m.Body != nil {
			a.body = words(m.Body)
		}
		return a
	default:
		a.code = codeFor(p, cause, check)
	}
	if m.Description != nil {
		text := words(m.Description)
		a.description = &text
	}
	if m.ErrorURI != nil && !m.ErrorURI.Empty {
		a.uri = wholeURI(words(m.ErrorURI))
	}
	if m.Body != nil {
		a.body = words(m.Body)
	}
	return a
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

// codeFor is the error code to a cause where no text names one: what the
// provider's own texts use throughout, else that of RFC 6749 section 5.2.
func codeFor(p *profile.Profile, cause, check string) string {
	standard := standardCode(cause, check)
	var codes []string
	for i := range p.Symptoms {
		s := &p.Symptoms[i]
		if e := s.Match.Error; s.From == p.ID && !s.LogOnly && e != nil && e.Substring != "" && !slices.Contains(codes, e.Substring) {
			codes = append(codes, e.Substring)
		}
	}
	if len(codes) == 1 && standard == "invalid_client" {
		return codes[0]
	}
	return standard
}

func standardCode(cause, check string) string {
	switch {
	case cause == "grant-type-wrong":
		return "unsupported_grant_type"
	case cause == "code-reused" || check == "request-redirect-uri" || check == "request-pkce":
		return "invalid_grant"
	case check == "request-scope":
		return "invalid_scope"
	case cause == "assertion-missing" || cause == "assertion-misnamed" || check == "request-auth" || check == "request-client-id":
		return "invalid_client"
	case check == "" || strings.HasPrefix(check, "request-"):
		return "invalid_request"
	}
	return "invalid_client"
}

// playing finds the answer --fail-with asks for: by error code, by the server's
// words, or by a cause the words explain.
func playing(p *profile.Profile, want string) (*answer, error) {
	from := "--fail-with " + want
	give := func(s *profile.Symptom, cause string) (*answer, error) {
		a := speak(p, s, cause, checkOfCause(cause))
		a.from = from
		return a, nil
	}
	says := func(t *profile.Text) bool { return t != nil && strings.EqualFold(t.Substring, want) && !t.Empty }
	all := ordered(p)
	for _, s := range all {
		if says(s.Match.Error) {
			return give(s, firstOf(s.Explains))
		}
	}
	for _, s := range all {
		if slices.Contains(s.Explains, want) {
			return give(s, want)
		}
	}
	for _, s := range all {
		for _, t := range []*profile.Text{s.Match.Description, s.Match.Body, s.Match.ErrorURI, s.Match.Error} {
			if t != nil && contains(t.Substring, want) {
				return give(s, firstOf(s.Explains))
			}
		}
		if contains(s.Says, want) {
			return give(s, firstOf(s.Explains))
		}
	}
	if slices.Contains(standardCodes(), want) {
		return &answer{code: want, from: from}, nil
	}
	if check := checkOfCause(want); check != "" {
		a := refusing(p, want, check)
		a.from = from
		return a, nil
	}
	var words []string
	for _, s := range all {
		if s.Match.Error != nil {
			words = append(words, s.Match.Error.Substring)
		}
		words = append(words, s.Explains...)
	}
	hint := "; jwtdoctor profiles show " + p.ID + " lists its answers"
	if near := profile.Nearest(want, append(words, standardCodes()...)); near != "" {
		hint = "; did you mean " + near + "?"
	}
	return nil, doctor.UsageError{Message: fmt.Sprintf("--fail-with %q: no answer of the profile %s has this error code, text or cause%s", want, p.ID, hint)}
}

func contains(text, part string) bool {
	return part != "" && strings.Contains(strings.ToLower(text), strings.ToLower(part))
}

func firstOf(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// checkOfCause is the check a cause belongs to; "" for what is no cause.
func checkOfCause(cause string) string {
	for _, c := range checks.All() {
		for _, x := range c.Causes {
			if x.ID == cause {
				return c.ID
			}
		}
	}
	return ""
}

// standardCodes are the errors of a token endpoint (RFC 6749 section 5.2), and
// the two of section 4.1.2.1 that servers use there too.
func standardCodes() []string {
	return []string{"invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type", "invalid_scope",
		"server_error", "temporarily_unavailable"}
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
