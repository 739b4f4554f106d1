package checks

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

func assertionKind() Check {
	return Check{
		ID:      "assertion-kind",
		Subject: "the kind of JWT",
		Rank:    160,
		Title:   "The JWT is a client assertion",
		Kinds:   []evidence.Kind{evidence.ClientAssertion},
		Needs:   []evidence.Need{evidence.NeedHeader, evidence.NeedClaims},
		Cites:   []finding.Citation{rfc(7523, "3"), rfc(8725, "3.11")},
		Doc:     "Many JWTs look alike. What a server issued, a proof of possession or a request object cannot replace an assertion that the client signs about itself, and every other complaint about its claims would only follow from that.",
		Causes: []Cause{
			{ID: "access-token-as-assertion", Title: "this is an access token the server issued", Severity: finding.Error,
				Why:   "The token a server returned was sent back as client_assertion. Its iss is the server, not the client, and the server's key signed it.",
				Fix:   "Sign an assertion with the client's own private key; send the access token to the API, in an Authorization header.",
				Leads: []Lead{{To: ofAnotherToken()}}},
			{ID: "id-token-as-assertion", Title: "this is an ID token", Severity: finding.Error,
				Why:   "An ID token says who logged in. It is signed by the provider and proves nothing about the client.",
				Fix:   "Sign an assertion with the client's own private key.",
				Leads: []Lead{{To: ofAnotherToken()}}},
			{ID: "dpop-proof-as-assertion", Title: "this is a DPoP proof", Severity: finding.Error,
				Why:   "A DPoP proof (typ dpop+jwt, htm, htu) binds a token to a key; it belongs in the DPoP header, next to the assertion.",
				Fix:   "Send the proof in the DPoP header and a client assertion in client_assertion.",
				Leads: []Lead{{To: ofAnotherToken()}}},
			{ID: "request-object-as-assertion", Title: "this is a request object", Severity: finding.Error,
				Why:   "client_id, response_type and redirect_uri in the payload make an authorization request (RFC 9101); it belongs in the parameter request.",
				Fix:   "Sign an assertion with iss, sub, aud, jti and exp for the token endpoint.",
				Leads: []Lead{{To: ofAnotherToken()}}},
			{ID: "other-jwt-as-assertion", Title: "this is a JWT for another purpose", Severity: finding.Error,
				Why:   "Its typ or its claims say what it is for: to log a user out, to report an event, or to answer a token introspection. A server signed it, and it proves nothing about the client.",
				Fix:   "Sign an assertion with the client's own private key.",
				Leads: []Lead{{To: ofAnotherToken()}}},
		},
		Judge: judgeKind,
	}
}

func judgeKind(c *Ctx) Verdict {
	h, o := c.header(), c.claims()
	typ, _ := h.Text("typ")
	switch {
	case typIs(typ, "dpop+jwt"):
		return Fail(c.another("dpop-proof-as-assertion", finding.PartHeader, "typ", "this is a DPoP proof: typ is dpop+jwt").Citing(rfc(9449, "4.2")))
	case there(o, "htm") && there(o, "htu"):
		return Fail(c.another("dpop-proof-as-assertion", finding.PartClaims, "htu", "this is a DPoP proof: it has the claims htm and htu").Citing(rfc(9449, "4.2")))
	case typIs(typ, "oauth-authz-req+jwt"):
		return Fail(c.another("request-object-as-assertion", finding.PartHeader, "typ", "this is a request object: typ is oauth-authz-req+jwt").Citing(rfc(9101, "4")))
	case there(o, "response_type") && (there(o, "client_id") || there(o, "redirect_uri")):
		return Fail(c.another("request-object-as-assertion", finding.PartClaims, "response_type", "this is a request object: response_type is among the claims").Citing(rfc(9101, "4")))
	case typIs(typ, "logout+jwt"):
		return Fail(c.another("other-jwt-as-assertion", finding.PartHeader, "typ", "this is a logout token: typ is logout+jwt").Citing(backchannelLogout()))
	case typIs(typ, "secevent+jwt"):
		return Fail(c.another("other-jwt-as-assertion", finding.PartHeader, "typ", "this is a security event token: typ is secevent+jwt").Citing(rfc(8417, "2.3")))
	case typIs(typ, "token-introspection+jwt"):
		return Fail(c.another("other-jwt-as-assertion", finding.PartHeader, "typ", "this is the answer to a token introspection: typ is token-introspection+jwt").Citing(rfc(9701, "5")))
	case logsOut(o):
		return Fail(c.another("other-jwt-as-assertion", finding.PartClaims, "events", "this is a logout token: it has the event backchannel-logout").Citing(backchannelLogout()))
	case typIs(typ, "at+jwt") && !c.ownToken():
		return Fail(c.another("access-token-as-assertion", finding.PartHeader, "typ", "this is an access token: typ is at+jwt").Citing(rfc(9068, "2.1")))
	}
	if c.sameParty() {
		return Pass("iss and sub are the same party")
	}
	// The rest is decided by claims.
	iss, _ := o.Text("iss")
	if !isURL(iss) || iss == c.Expect.ClientID || !audIsOther(o) {
		return Pass("nothing in it is another kind of JWT")
	}
	return c.kindByClaims(iss)
}

// logsOut reports whether the claims are those of a logout token, which has to have this
// event.
func logsOut(o *evidence.Object) bool {
	events, ok := o.Get("events")
	if !ok {
		return false
	}
	_, ok = events.Get("http://schemas.openid.net/event/backchannel-logout")
	return ok
}

func backchannelLogout() finding.Citation {
	return finding.Citation{Title: "OpenID Connect Back-Channel Logout 1.0, section 2.4",
		URL: "https://openid.net/specs/openid-connect-backchannel-1_0.html#LogoutToken", Authority: "documented"}
}

// kindByClaims recognises by its claims a token that a server issued.
func (c *Ctx) kindByClaims(iss string) Verdict {
	o := c.claims()
	sub, _ := o.Text("sub")
	access := func(claim string) *Fault {
		return c.another("access-token-as-assertion", finding.PartClaims, claim, "this is an access token: %s issued it, and it has the claim %s", iss, claim).
			Citing(rfc(9068, "2.2")).As(finding.Likely)
	}
	id := func(claim string) *Fault {
		return c.another("id-token-as-assertion", finding.PartClaims, claim, "this is an ID token: it has %s, and iss is %s", claim, iss).
			Citing(openid("2", "IDToken"))
	}
	// Keycloak and Amazon Cognito say outright what a token is.
	said, _ := o.Text("typ")
	use, _ := o.Text("token_use")
	switch {
	case said == "ID":
		return Fail(id("typ"))
	case use == "id":
		return Fail(id("token_use"))
	case said == "Bearer":
		return Fail(access("typ").As(finding.Certain))
	case use == "access":
		return Fail(access("token_use").As(finding.Certain))
	}
	// A user's access token may have auth_time, too; an ID token has no scope.
	if n := firstOf(o, "scope", "scp", "client_id", "cid", "realm_access", "gty", "appid"); n != "" {
		return Fail(access(n))
	}
	if n := firstOf(o, "nonce", "at_hash", "c_hash", "auth_time"); n != "" && sub != "" {
		return Fail(id(n))
	}
	// aud of an ID token is a client, and not an address.
	if n := firstOf(o, "preferred_username", "email", "nickname", "sid", "azp"); n != "" && sub != "" && audIsClient(c, o, n == "azp") {
		return Fail(id(n).As(finding.Likely))
	}
	if n := firstOf(o, "azp", "roles"); n != "" {
		return Fail(access(n))
	}
	return Pass("nothing in it is another kind of JWT")
}

// another starts the fault of a JWT of another kind, shown by a member of it.
func (c *Ctx) another(cause finding.CauseID, part, name, format string, args ...any) *Fault {
	return Found(cause, format, args...).About(Detail{Name: name}).At(c.AtMember(part, name))
}

// typIs reports whether typ is this media type, with or without its
// "application/" (RFC 7515 section 4.1.9).
func typIs(typ, media string) bool {
	const application = "application/"
	if len(typ) == len(application)+len(media) && strings.EqualFold(typ[:len(application)], application) {
		typ = typ[len(application):]
	}
	return strings.EqualFold(typ, media)
}

// there reports whether the object has the member, and not as null.
func there(o *evidence.Object, name string) bool {
	_, ok := present(o, name)
	return ok
}

// firstOf returns the first of the names that the object has, "" for none.
func firstOf(o *evidence.Object, names ...string) string {
	for _, n := range names {
		if there(o, n) {
			return n
		}
	}
	return ""
}

// sameParty reports whether iss and sub are the same text, as they are in a
// token of the client's own making.
func (c *Ctx) sameParty() bool {
	iss, _ := c.claims().Text("iss")
	sub, _ := c.claims().Text("sub")
	return iss != "" && iss == sub
}

// ownToken reports whether the client made the JWT, whatever it says of itself:
// iss and sub are the same, or a key of the client verifies it.
func (c *Ctx) ownToken() bool {
	if c.sameParty() {
		return true
	}
	x, ok := c.Exam.Get()
	return ok && (x.Valid || x.ValidRepaired)
}

// audIsClient reports whether aud is a client's ID: the one given, that of azp,
// or, unless one of these has to be it, anything that is not an address.
func audIsClient(c *Ctx, o *evidence.Object, named bool) bool {
	v, ok := o.Get("aud")
	if !ok {
		return false
	}
	azp, _ := o.Text("azp")
	for _, s := range texts(v) {
		if s != "" && (s == azp || s == c.Expect.ClientID) {
			return true
		}
		if named || strings.Contains(s, "://") {
			return false
		}
	}
	return !named
}

func isURL(s string) bool {
	return strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://")
}

// audIsOther reports whether aud is outside the issuer: a workload's token that
// names its issuer as client is addressed to the authorization server.
func audIsOther(o *evidence.Object) bool {
	v, ok := o.Get("aud")
	if !ok {
		return true
	}
	for _, s := range texts(v) {
		if strings.HasSuffix(s, "/token") || strings.HasPrefix(s, "api://AzureADTokenExchange") {
			return false
		}
	}
	return true
}

// texts returns the strings of a string or an array.
func texts(v *jsonspan.Value) []string {
	switch v.Kind {
	case jsonspan.String:
		return []string{v.Str}
	case jsonspan.Array:
		var out []string
		for _, it := range v.Items {
			if it.Kind == jsonspan.String {
				out = append(out, it.Str)
			}
		}
		return out
	}
	return nil
}
