package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
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

// shown writes the request for people.
func (r posted) shown(secrets bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, "POST %s\n", visible.Text(r.address(secrets)))
	for _, h := range r.header {
		fmt.Fprintf(&b, "  %s: %s\n", h[0], h[1])
	}
	for _, name := range r.order {
		fmt.Fprintf(&b, "  %s=%s\n", visible.Text(name), visible.Text(r.value(name, secrets)))
	}
	return b.String()
}

// address is where it goes to, a secret in its query left out.
func (r posted) address(secrets bool) string {
	if secrets {
		return r.url
	}
	return probe.Shown(r.url)
}

// value is a parameter as it may be told.
func (r posted) value(name string, secrets bool) string {
	value := r.form.Get(name)
	switch {
	case secrets:
	case name == "client_assertion" || name == "assertion":
		return masked(value)
	case evidence.SecretParameter(name):
		return "…"
	}
	return value
}

// curl writes the command that sends the same, secrets masked unless asked for.
func (r posted) curl(way onlineFlags, insecure, secrets bool) string {
	quote := func(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
	words := []string{"curl " + quote(r.address(secrets))}
	for _, h := range r.header[1:2] {
		words = append(words, "-H "+quote(h[0]+": "+h[1]))
	}
	if way.ca != "" {
		words = append(words, "--cacert "+quote(way.ca))
	}
	if way.proxy != "" {
		proxy := way.proxy
		if !secrets {
			proxy = probe.Shown(proxy)
		}
		words = append(words, "-x "+quote(proxy))
	}
	if insecure {
		words = append(words, "-k")
	}
	for _, name := range r.order {
		words = append(words, "--data-urlencode "+quote(name+"="+r.value(name, secrets)))
	}
	return strings.Join(words, " \\\n  ") + "\n"
}

// masked shows the header of an assertion; its payload holds the jti, and with
// the signature it is a credential.
func masked(compact string) string {
	header, rest, ok := strings.Cut(compact, ".")
	if !ok {
		return "…"
	}
	return fmt.Sprintf("%s.…(%d characters left out; --show-secrets shows them)", header, len(rest))
}

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

// grant tells type, lifetime and scope of a token response; the token itself
// only where it was asked for.
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
	if secrets {
		words += "\n" + t.AccessToken
	}
	return words
}
