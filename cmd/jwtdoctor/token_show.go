package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/mask"
	"github.com/assertionworks/jwtdoctor/internal/probe"
	"github.com/assertionworks/jwtdoctor/internal/visible"
)

// http writes the request as it is sent.
func (r posted) http() string {
	var b strings.Builder
	u, _ := url.Parse(r.url) // was parsed before
	body := r.form.Encode()
	fmt.Fprintf(&b, "POST %s HTTP/1.1\r\nHost: %s\r\n", r.url, u.Host)
	for _, h := range r.header {
		fmt.Fprintf(&b, "%s: %s\r\n", h[0], h[1])
	}
	fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n%s", len(body), body)
	return b.String()
}

// Reveal implements mask.Source.
func (r posted) Reveal() bool { return r.reveal }

// Person implements mask.Source: an answer may contain the claims of a person.
func (r posted) Person() bool { return true }

// Secrets implements mask.Source: what is sent.
func (r posted) Secrets(l *mask.List) {
	for _, name := range r.order {
		l.Param(name, r.form.Get(name))
	}
	l.Address(r.url)
}

// shown writes the request for people.
func (r posted) shown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "POST %s\n", visible.Text(r.address()))
	for _, h := range r.header {
		fmt.Fprintf(&b, "  %s: %s\n", h[0], h[1])
	}
	for _, name := range r.order {
		fmt.Fprintf(&b, "  %s=%s\n", visible.Text(name), visible.Text(r.value(name)))
	}
	return b.String()
}

// address is where the request goes, without a secret in its query.
func (r posted) address() string {
	if r.reveal {
		return r.url
	}
	return looks(probe.Shown(r.url))
}

// value is a parameter as it may be shown.
func (r posted) value(name string) string {
	value := r.form.Get(name)
	if !r.reveal && (name == "client_assertion" || name == "assertion") {
		return r.masked(value)
	}
	if shown := mask.Of(r).Param(name, value); shown == value || shown != mask.Value(value) {
		return shown
	}
	return "…" // nothing of it, in a command that is made to be changed and run
}

// curl writes the command that sends the same, secrets masked unless asked for.
func (r posted) curl(way onlineFlags, insecure bool) string {
	quote := func(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
	words := []string{"curl " + quote(r.address())}
	for _, h := range r.header[1:2] {
		words = append(words, "-H "+quote(h[0]+": "+h[1]))
	}
	if way.ca != "" {
		words = append(words, "--cacert "+quote(way.ca))
	}
	if way.proxy != "" {
		proxy := way.proxy
		if !r.reveal {
			proxy = probe.Shown(proxy)
		}
		words = append(words, "-x "+quote(proxy))
	}
	if insecure {
		words = append(words, "-k")
	}
	for _, name := range r.order {
		words = append(words, "--data-urlencode "+quote(name+"="+r.value(name)))
	}
	return strings.Join(words, " \\\n  ") + "\n"
}

// masked shows the header of an assertion, unless there is a secret in it; its
// payload contains the jti, and with the signature it is a credential.
func (r posted) masked(compact string) string {
	header, rest, ok := strings.Cut(compact, ".")
	text, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(header, "="))
	if !ok || err != nil {
		return mask.Value(compact)
	}
	open, hidden := mask.Of(revealed{}), mask.Of()
	if !bytes.Equal(open.JSON(text), hidden.JSON(text)) || strings.Contains(string(hidden.JSON(text)), mask.Private) {
		return mask.Value(compact)
	}
	return fmt.Sprintf("%s.…(%d characters left out; %s shows them)", header, len(rest), r.unhide)
}

// revealed is not evidence, and nothing to hide.
type revealed struct{}

func (revealed) Reveal() bool       { return true }
func (revealed) Person() bool       { return false }
func (revealed) Secrets(*mask.List) {}

// outcome says in words what came of it.
func (c *tokenCommand) outcome(judged finding.Case, x *evidence.Exchanged) string {
	if x == nil || x.Response == nil {
		return ""
	}
	if !slices.ContainsFunc(judged.Findings, func(f finding.Finding) bool { return f.Check == "response-token" && f.Outcome == finding.Pass }) {
		return ""
	}
	return "\nAn access token was granted: " + visible.Text(grant(x.Response.Body, c.showSecrets)) + "\n"
}

// httpAnswer writes an answer as text, for the reader of responses.
func httpAnswer(x *evidence.Exchanged) string {
	var b strings.Builder
	fmt.Fprintf(&b, "HTTP/1.1 %d\r\n", x.Status)
	for _, h := range x.Response.Headers {
		if !strings.EqualFold(h.Name, "Content-Length") && !strings.EqualFold(h.Name, "Transfer-Encoding") {
			fmt.Fprintf(&b, "%s: %s\r\n", h.Name, strings.NewReplacer("\r", " ", "\n", " ").Replace(h.Value))
		}
	}
	fmt.Fprintf(&b, "Content-Length: %d\r\n", len(x.Response.Body))
	return b.String() + "\r\n" + x.Response.Body
}

// grant lists type, lifetime and scope of a token response; the token itself
// only if it was asked for.
func grant(body string, secrets bool) string {
	var t struct {
		AccessToken string          `json:"access_token"`
		Type        string          `json:"token_type"`
		ExpiresIn   json.RawMessage `json:"expires_in"`
		Scope       string          `json:"scope"`
	}
	if err := json.Unmarshal([]byte(body), &t); err != nil {
		return "it cannot be shown"
	}
	words := "type " + t.Type
	if len(t.ExpiresIn) > 0 {
		words += ", for " + strings.Trim(string(t.ExpiresIn), `"`) + " seconds"
	}
	if t.Scope != "" {
		words += ", scope " + t.Scope
	}
	words = looks(words)
	if secrets {
		words += "\n" + t.AccessToken
	}
	return words
}
