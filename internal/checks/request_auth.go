package checks

import (
	"encoding/base64"
	"net/url"
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

func requestAuth() Check {
	return Check{
		ID:      "request-auth",
		Subject: "client authentication",
		Rank:    100,
		Title:   "One client authentication is used",
		Needs:   []evidence.Need{evidence.NeedRequest},
		Params:  []profile.Ref{profile.BasicEncoding.Ref()},
		Cites:   []finding.Citation{rfc(6749, "2.3"), rfc(7521, "4.2"), rfc(7617, "2")},
		Doc: "A client authenticates in one way per request. A library that was once set up with a secret keeps sending it with the assertion, and servers refuse two methods at once. " +
			"The assertion travels in the body, as client_assertion; a Bearer header is for access tokens.",
		Causes: []Cause{
			{ID: "multiple-auth-methods", Title: "the request authenticates the client in two ways", Severity: finding.Error,
				Why: "A client must not use more than one method per request. A secret left in the configuration, or an HTTP client that adds an Authorization header, makes it two.",
				Fix: "Send only client_assertion: remove client_secret and the Authorization header."},
			{ID: "assertion-as-bearer", Title: "the assertion was sent as a Bearer token", Severity: finding.Error,
				Why:   "An assertion proves who the client is to the token endpoint, which reads it from the body; as a Bearer token it is treated as an access token and refused.",
				Fix:   "POST it to the token endpoint as client_assertion, and send the API the access token you get back.",
				Leads: []Lead{{To: []finding.CauseID{"assertion-missing", "assertion-type-missing", "bearer-prefix", "multiple-auth-methods", "body-empty"}}, {To: []finding.CauseID{"parameter-missing"}, When: func(_, led *Fault) bool { return led.Detail.Meant == "assertion" }}}},
			{ID: "basic-malformed", Title: "Authorization: Basic is not base64 of id:secret", Severity: finding.Error,
				Why: "The credentials were encoded by hand: not at all, twice, with a line break, or in another alphabet.",
				Fix: "Let the HTTP client build the header (curl -u id:secret), or encode without a line break: printf %s 'id:secret' | base64 -w0."},
			{ID: "basic-percent-encoded", Title: "the Basic credentials are not encoded the way the server reads them", Severity: finding.Warning,
				Why: "RFC 6749 percent-encodes ID and secret before joining them; many servers read them as they are. It matters if they contain +, /, =, % or a colon.",
				Fix: "Encode the credentials the way the provider documents."},
		},
		Judge: judgeAuth,
	}
}

func judgeAuth(c *Ctx) Verdict {
	r := c.request()
	asserted := isSent(r, "client_assertion")
	secret, hasSecret := sent(r, "client_secret")
	var faults []*Fault
	several := func(what, beside string, at evidence.Place, fix string) *Fault {
		f := Found("multiple-auth-methods", "the request has both %s and %s", beside, what).
			Compare(beside+" and "+what, "only "+beside).At(at).Fix("%s", fix).About(Detail{Name: what, Beside: beside})
		faults = append(faults, f)
		return f
	}
	switch asserts := asserted && hasSecret; {
	case asserts && c.Profile.Carrier == profile.CarrierClientSecret:
		f := Found("multiple-auth-methods", "the request has both client_secret and client_assertion").
			Compare("client_secret and client_assertion", "only client_secret").At(c.AtParam(r, secret)).About(Detail{Name: "client_assertion", Beside: "client_secret"}).
			Fix("Remove client_assertion and client_assertion_type: %s expects the JWT as client_secret.", c.provider())
		for _, name := range []string{"client_assertion", "client_assertion_type"} {
			if isSent(r, name) {
				f.Remove(finding.PartRequest, name)
			}
		}
		faults = append(faults, f)
	case asserts:
		several("client_secret", "client_assertion", c.AtParam(r, secret), "Remove client_secret: the assertion replaces it.").
			Remove(finding.PartRequest, "client_secret")
	}
	for _, h := range r.Headers {
		if len(faults) > 4 || !strings.EqualFold(h.Name, "Authorization") {
			continue
		}
		at := c.AtHeader(r, h)
		scheme, rest := credentials(h.Value)
		switch {
		case scheme == "basic" && asserted:
			several("Authorization: Basic", "client_assertion", at, removeAuthorization)
		case scheme == "bearer" && asserted && rest != "":
			several("Authorization: Bearer", "client_assertion", at, removeAuthorization)
		case scheme == "basic":
			if hasSecret {
				several("client_secret", "Authorization: Basic", c.AtParam(r, secret), "Send the secret in only one of the two places.")
			}
			if !leftOpen(r, rest) {
				faults = append(faults, c.basic(rest, at))
			}
		case scheme == "bearer":
			faults = append(faults, c.bearer(r, rest, at))
		}
	}
	switch {
	case hasFault(faults):
		return Faults("", faults...)
	case asserted && !r.HeadersKnown:
		return Pass("the body has only client_assertion; the headers are not known").LeavesOpen("multiple-auth-methods")
	case asserted:
		return Pass("the request authenticates only with client_assertion")
	}
	if v, unknown := c.notRead(); unknown && !r.HeadersKnown {
		return v.For(finding.WhyNotGiven)
	}
	return Pass("the request has no second one")
}

const removeAuthorization = "Remove the Authorization header; if the HTTP client adds it, clear its user name and password."

// credentials takes an Authorization value apart; the scheme is in lower case.
func credentials(value string) (scheme, rest string) {
	scheme, rest, _ = strings.Cut(strings.TrimSpace(value), " ")
	return strings.ToLower(scheme), strings.TrimSpace(rest)
}

// basic judges the credentials of HTTP Basic, which are never shown.
func (c *Ctx) basic(sent string, at evidence.Place) *Fault {
	bad := func(format string, args ...any) *Fault {
		return Found("basic-malformed", "Authorization: Basic "+format, args...).
			Compare(c.Shown("secret", sent), "base64 of id:secret").At(at).About(Detail{Name: "Authorization"})
	}
	raw, err := base64.StdEncoding.DecodeString(sent)
	text := string(raw)
	switch {
	case sent == "":
		return bad("has no credentials")
	case err != nil && strings.ContainsAny(sent, " \t\r\n"):
		return bad("has whitespace in its credentials").Saying("base64 breaks its lines after 76 characters; -w0 turns that off.")
	case err != nil && strings.Contains(sent, ":"):
		return bad("has id:secret as plain text, not encoded")
	case err != nil && strings.Contains(sent, "%"):
		return bad("is percent-encoded; headers are not")
	case err != nil && decodes(base64.RawStdEncoding, sent):
		return bad("is missing the = at the end of its base64")
	case err != nil && (decodes(base64.URLEncoding, sent) || decodes(base64.RawURLEncoding, sent)):
		return bad("is in base64url, which has - and _ instead of + and /")
	case err != nil:
		return bad("is not base64")
	case !strings.Contains(text, ":"):
		if inner, err := base64.StdEncoding.DecodeString(text); err == nil && strings.Contains(string(inner), ":") {
			return bad("is encoded twice")
		}
		return bad("has no colon between ID and secret")
	case strings.HasSuffix(text, "\n"):
		return bad("ends with a line break, which counts as part of the secret").
			Fix("Encode without the line break that echo adds: printf %%s 'id:secret' | base64 -w0.")
	}
	return c.basicEncoded(text, at)
}

func decodes(e *base64.Encoding, s string) bool { _, err := e.DecodeString(s); return err == nil }

// basicEncoded judges by the provider's rule whether ID and secret had to be
// percent-encoded. Most characters are read the same either way and prove nothing.
func (c *Ctx) basicEncoded(text string, at evidence.Place) *Fault {
	rule := profile.BasicEncoding.In(c.Rules)
	if !rule.Known() {
		return nil
	}
	found := func(found, expected, format string, args ...any) *Fault {
		return Found("basic-percent-encoded", format, args...).Compare(found, expected).At(at).Citing(rule.Cite...).About(Detail{Name: "Authorization"})
	}
	id, secret, _ := strings.Cut(text, ":")
	decoded, err := url.QueryUnescape(id + secret)
	encoded := err == nil && strings.Contains(id+secret, "%") && url.QueryEscape(decoded) == id+secret
	switch {
	case rule.V == "plain" && encoded:
		return found("percent-encoded", "as they are", "ID or secret is percent-encoded; %s reads them as they are", c.provider()).As(finding.Likely).
			Fix("Join ID and secret with a colon exactly as you received them, and encode that as base64.")
	case rule.V == "form" && err != nil:
		return found("as they are", "percent-encoded", "ID or secret contains a %% that does not begin a percent-encoding; %s decodes both", c.provider()).
			Fix("Percent-encode ID and secret each before joining them with a colon.")
	case rule.V == "form" && strings.Contains(id+secret, "+"):
		return found("as they are", "percent-encoded", "ID or secret contains a +, which %s reads as a space", c.provider()).As(finding.Likely).
			Fix("Percent-encode ID and secret each before joining them with a colon: + becomes %%2B.")
	}
	return nil
}

// bearer judges a JWT in Authorization: Bearer. Some APIs accept a JWT that the
// client signed, so in an API call it must be addressed to a token endpoint.
func (c *Ctx) bearer(r *evidence.Request, token string, at evidence.Place) *Fault {
	claims, ok := openJWT(token)
	if !ok || c.ownBearer() {
		return nil
	}
	aud, _ := claims.Get("aud")
	iss, sub := textOf(claims, "iss"), textOf(claims, "sub")
	named, _ := c.tokenURLs()
	toEndpoint := aud != nil && slices.ContainsFunc(texts(aud), func(a string) bool {
		u, err := url.Parse(a)
		return err == nil && u.Host != "" && tokenPath(u.Path) || slices.ContainsFunc(named, func(e endpoint) bool { return sameButSlash(e.url, a) })
	})
	asks := c.asksForToken(r)
	if !(asks && (iss != "" && iss == sub || toEndpoint)) && !(!asks && toEndpoint && (sub == "" || iss == sub)) {
		return nil
	}
	f := Found("assertion-as-bearer", "the assertion was sent as a Bearer token").
		Compare("Authorization: Bearer "+c.Shown("token", token), "client_assertion in the body").At(at).About(Detail{Name: "Authorization", Meant: "client_assertion"})
	if !asks {
		f.As(finding.Likely).Saying("Its aud is a token endpoint, but it was sent to another address: exchange it for an access token first.")
	}
	return f
}

// tokenPath recognises the path of a token endpoint by the name it usually has.
func tokenPath(path string) bool {
	switch strings.ToLower(lastSegment(path)) {
	case "token", "accesstoken", "access_token", "token.oauth2":
		return true
	}
	return false
}
