package input

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

const (
	maxLogins   = 64       // authorization requests kept
	maxCodes    = 256      // codes kept
	maxLoginURL = 64 << 10 // bytes of an authorization request
)

// harLogins are the authorization requests of the entries so far, and the codes they led
// to.
type harLogins struct {
	logins []harLogin
	codes  []harCode
}

type harLogin struct {
	request                                 *evidence.Request
	clientID, redirectURI, state, challenge string
}

type harCode struct{ code, state string }

// see keeps what an entry says about a login: an authorization request, or a code that is
// returned, in a callback's query or form or in the Location that leads there.
func (l *harLogins) see(h *HAR, e *harEntry) {
	at := e.url()
	if len(at) > maxLoginURL {
		return
	}
	body := ""
	if strings.EqualFold(e.method(), "POST") && e.Request.PostData != nil {
		if body, _ = e.body(h.tool); len(body) > maxLoginURL {
			body = ""
		}
	}
	if strings.Contains(at, "response_type") || strings.Contains(body, "response_type") {
		l.login(h, e, body)
	}
	if !strings.Contains(body, "grant_type") {
		l.code(body)
	}
	l.code(harQuery(at))
	if to, ok := e.location(); ok && len(to) < maxLoginURL {
		l.code(harQuery(to))
	}
}

// harQuery is the query and fragment of a URL as one form.
func harQuery(url string) string {
	_, query, _ := strings.Cut(strings.Replace(url, "#", "?", 1), "?")
	return strings.ReplaceAll(query, "?", "&")
}

// login keeps an authorization request, or a pushed one (RFC 9126): its
// parameters, without header fields.
func (l *harLogins) login(h *HAR, e *harEntry, body string) {
	bare := harEntry{Started: e.Started, Time: e.Time, Request: &harRequest{Method: e.Request.Method, URL: e.Request.URL, QueryString: e.Request.QueryString}}
	if body != "" {
		bare.Request.PostData = &harPost{MimeType: harText{s: e.contentType()}, Text: harText{s: body}}
	}
	r := h.request(&bare)
	if _, ok := r.Param("response_type"); !ok {
		return
	}
	text := func(name string) string { p, _ := r.Param(name); return p.Value }
	l.logins = append(l.logins, harLogin{r, text("client_id"), text("redirect_uri"), text("state"), text("code_challenge")})
	if len(l.logins) > maxLogins {
		l.logins = l.logins[1:]
	}
}

func (l *harLogins) code(form string) {
	if !strings.Contains(form, "code=") || !strings.Contains(form, "state=") {
		return
	}
	var c harCode
	for _, p := range formPairs(form) {
		switch p.name {
		case "code":
			c.code = p.value
		case "state":
			c.state = p.value
		}
	}
	if c.code == "" || c.state == "" {
		return
	}
	l.codes = append(l.codes, harCode{strings.Clone(c.code), strings.Clone(c.state)}) // clones, to not keep the whole URL
	if len(l.codes) > maxCodes {
		l.codes = l.codes[1:]
	}
}

// before finds the authorization request that a token request completes; nil if none is
// known. The state that its code was returned with proves it. Otherwise it is the latest
// with the same state, the challenge of this code_verifier, the same client and
// redirect_uri, or the same client; but not one that led to another code.
func (l *harLogins) before(r *evidence.Request) *evidence.Request {
	text := func(name string) string { p, _ := r.Param(name); return p.Value }
	code, verifier, redirect, own := text("code"), text("code_verifier"), text("redirect_uri"), text("state")
	if code == "" && verifier == "" && text("grant_type") != "authorization_code" {
		return nil
	}
	state := ""
	for _, c := range l.codes {
		if code != "" && c.code == code {
			state = c.state
		}
	}
	client := clientOf(r)
	var found *evidence.Request
	best := 0
	for i := len(l.logins) - 1; i >= 0; i-- {
		a := l.logins[i]
		sameClient := client != "" && a.clientID == client
		rank := 0
		switch {
		case a.request.Sent.After(r.Sent) && !r.Sent.IsZero(), state != "" && a.state != "" && a.state != state, l.spent(a.state, code):
			continue
		case state != "" && a.state == state:
			rank = 5
		case own != "" && a.state == own:
			rank = 4
		case verifier != "" && (a.challenge == challengeOf(verifier) || a.challenge == verifier):
			rank = 3
		case redirect != "" && a.redirectURI == redirect && (sameClient || client == "" || a.clientID == ""):
			rank = 2
		case sameClient:
			rank = 1
		}
		if rank > best {
			best, found = rank, a.request
		}
	}
	return found
}

// spent reports whether an authorization request led to another code.
func (l *harLogins) spent(state, code string) bool {
	if state == "" || code == "" {
		return false
	}
	another := false
	for _, c := range l.codes {
		if c.state == state {
			if c.code == code {
				return false
			}
			another = true
		}
	}
	return another
}

// challengeOf is the code_challenge of a code_verifier (RFC 7636 section 4.2).
func challengeOf(verifier string) string {
	d := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(d[:])
}

// clientOf is the client of a token request: with an assertion, client_id may
// be left out (RFC 7521 section 4.2).
func clientOf(r *evidence.Request) string {
	if p, ok := r.Param("client_id"); ok && p.Value != "" {
		return p.Value
	}
	a := CarriedBy(r)
	if a.Assertion == nil || a.Kind != evidence.ClientAssertion {
		return ""
	}
	claims, ok := Object(a.Assertion, 1).Get()
	if !ok {
		return ""
	}
	if sub, ok := claims.Text("sub"); ok {
		return sub
	}
	iss, _ := claims.Text("iss")
	return iss
}
