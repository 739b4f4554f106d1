package input

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// Carried is the JWT a request sends, as the server reads it.
type Carried struct {
	Assertion *evidence.Assertion // nil if the request shows none
	Kind      evidence.Kind       // what its parameter makes of it
	Why       string              // why there is none
}

// CarriedBy finds the assertion of a request: client_assertion, else the assertion of a
// JWT grant, else any parameter that contains a JWT and has a similar name, else a JWT
// sent as a Bearer token to a token endpoint.
func CarriedBy(r *evidence.Request) Carried {
	p, kind, ok := assertionParam(r)
	if !ok {
		if a, ok := bearer(r); ok {
			return Carried{Assertion: a, Kind: evidence.ClientAssertion}
		}
		why := "the request carries no assertion"
		if !r.BodyKnown && r.Body.Unknown == "" && r.Body.Kind == evidence.BodyNone {
			why = "the request's body is not shown"
		} else if r.Body.Unknown != "" {
			why = "the request's body is not known: " + r.Body.Unknown
		}
		return Carried{Kind: kind, Why: why}
	}
	if redacted(p.Value) {
		return Carried{Kind: kind, Why: "the text hides the assertion: " + strings.TrimSpace(p.Value) + " is in its place"}
	}
	if p.Unknown != "" && !strings.Contains(p.Value, "eyJ") {
		if p.Value == "" || len(r.Variables) == 0 {
			return Carried{Kind: kind, Why: "the assertion is not known: " + p.Unknown}
		}
		return Carried{Assertion: left(r, p), Kind: kind}
	}
	return Carried{Assertion: fromParam(r, p), Kind: kind}
}

// left is an assertion that the shell would fill in, such as $JWT.
func left(r *evidence.Request, p evidence.Param) *evidence.Assertion {
	a := &evidence.Assertion{Origin: at(r, p), Original: p.Value, Length: len(p.Value), Whole: true, Embedded: r.What, InRequest: true, FilledLater: true}
	return unread(a, evidence.ShapePlaceholder, p.Unknown)
}

func assertionParam(r *evidence.Request) (evidence.Param, evidence.Kind, bool) {
	if p, ok := r.Param("client_assertion"); ok {
		return p, evidence.ClientAssertion, true
	}
	grant, _ := r.Param("grant_type")
	kind := evidence.ClientAssertion
	if strings.Contains(grant.Value, "grant-type:jwt-bearer") {
		if _, authenticated := r.Param("client_assertion_type"); !authenticated {
			kind = evidence.JWTGrant
		}
	}
	if p, ok := r.Param("assertion"); ok {
		saml := strings.Contains(grant.Value, "grant-type:saml2-bearer") && !looksLikeJWT(p.Value) // RFC 7522 section 2.1
		return p, kind, !saml
	}
	if vaultLogin(r) {
		return evidence.Param{}, kind, false
	}
	for _, p := range r.Params {
		name := strings.ToLower(p.Name)
		if strings.Contains(name, "type") || !strings.Contains(name, "assert") && !strings.Contains(name, "jwt") {
			continue
		}
		if strings.Contains(name, "assert") || looksLikeJWT(p.Value) {
			return p, kind, true
		}
	}
	return evidence.Param{}, kind, false
}

// vaultLogin reports whether a request logs in to HashiCorp Vault, or OpenBao, with a
// JWT: to auth/MOUNT/login, with jwt and role as JSON. That is not an OAuth token
// request: it exchanges a JWT that a platform issued.
func vaultLogin(r *evidence.Request) bool {
	if _, ok := r.Param("grant_type"); ok {
		return false
	}
	if p, ok := r.Param("jwt"); !ok || !looksLikeJWT(p.Value) {
		return false
	}
	if r.URL == "" { // a shell variable
		_, ok := r.Param("role")
		return ok && len(r.Params) == 2
	}
	path, _, _ := strings.Cut(r.URL, "?")
	return strings.HasSuffix(path, "/login") && strings.Contains(path, "auth/")
}

func looksLikeJWT(s string) bool {
	s = strings.TrimSpace(s)
	return len(s) > 40 && strings.Count(s, ".") >= 2 && startsToken(s)
}

// fromParam reads the assertion of a parameter, with its place in the text, so that its
// claims can be underlined there.
func fromParam(r *evidence.Request, p evidence.Param) *evidence.Assertion {
	a := assertionAsIs(p.Value, len(p.Value), at(r, p))
	if a.Embedded != "" || a.Shape == evidence.ShapeNotJWT && p.Value == "" {
		// The server gets the whole value, whatever was found inside it.
		a.Embedded = ""
	}
	a.Embedded, a.InRequest = r.What, true
	return a
}

// at is where the value of a parameter begins in its file, or a place near it if it is
// written differently there.
func at(r *evidence.Request, p evidence.Param) evidence.Origin {
	span := p.Span
	if !p.Verbatim && span.End <= len(r.Text) && span.Start < span.End && p.Value != "" {
		if i := strings.Index(r.Text[span.Start:span.End], p.Value); i >= 0 {
			span = jsonspan.Span{Start: span.Start + i, End: span.Start + i + len(p.Value)}
		}
	}
	return r.Place(span.Start)
}

// bearer is a client assertion sent as a Bearer token to a token endpoint.
func bearer(r *evidence.Request) (*evidence.Assertion, bool) {
	if !IsTokenRequest(r) {
		return nil, false
	}
	return bearerJWT(r)
}

// bearerJWT is the JWT of a request's Authorization: Bearer.
func bearerJWT(r *evidence.Request) (*evidence.Assertion, bool) {
	h, ok := r.Headers.Get("Authorization")
	if !ok {
		return nil, false
	}
	scheme, token, ok := strings.Cut(strings.TrimSpace(h.Value), " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") || !looksLikeJWT(token) {
		return nil, false
	}
	origin := r.Place(h.Span.Start)
	if i := strings.Index(r.Text[min(h.Span.Start, len(r.Text)):min(h.Span.End, len(r.Text))], token); i >= 0 {
		origin = r.Place(h.Span.Start + i)
	}
	a := assertionAsIs(token, len(token), origin)
	a.Embedded, a.InRequest = r.What, true
	return a, true
}

// CarriedElsewhere finds the JWT of a request that sends none as an assertion:
// as client_secret, as the token to be exchanged, or as Bearer. nil for none.
func CarriedElsewhere(r *evidence.Request) (*evidence.Assertion, evidence.Carrier) {
	for _, in := range [...]struct {
		name string
		as   evidence.Carrier
	}{{"client_secret", evidence.AsSecret}, {"subject_token", evidence.AsSubject}, {"WebIdentityToken", evidence.AsSubject}, {"subjectToken", evidence.AsSubject}} {
		if p, ok := r.Param(in.name); ok && p.Unknown == "" && looksLikeJWT(p.Value) {
			return fromParam(r, p), in.as
		}
	}
	if p, ok := r.Param("jwt"); ok && vaultLogin(r) {
		return fromParam(r, p), evidence.AsSubject
	}
	if a, ok := bearerJWT(r); ok {
		return a, evidence.AsBearer
	}
	return nil, ""
}

// IssuedIn is the ID token of a token response; nil if there is none that can be read.
func IssuedIn(r *evidence.Response) *evidence.Issued {
	if r.Form != evidence.FormJSON {
		return nil
	}
	v, ok := r.JSON.Get("id_token")
	if !ok || v.Kind != jsonspan.String {
		return nil
	}
	a := Assertion(v.Str, evidence.Origin{})
	header, ok := Object(a, 0).Get()
	claims, readable := Object(a, 1).Get()
	if !ok || !readable {
		return nil
	}
	return &evidence.Issued{Kind: evidence.IDToken, From: "the id_token of the response", Header: header, Claims: claims, InResponse: true}
}
