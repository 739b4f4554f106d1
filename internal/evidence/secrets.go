package evidence

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/mask"
)

// SecretParameter reports whether a parameter's value is a secret by its name.
// What may be shown is another question: see Shown.
func SecretParameter(name string) bool { return mask.Secret(name) }

// SecretHeader reports whether a header field's value is a credential.
func SecretHeader(name string) bool { return mask.SecretHeader(name) }

// Credentials takes the value of a secret header field apart: the scheme of
// Authorization, and all the rest.
func Credentials(h Header) (scheme, rest string) { return mask.Credentials(h.Name, h.Value) }

// PersonalClaim reports whether a claim names a person.
func PersonalClaim(name string) bool { return mask.Personal(name) }

// Mask writes a secret so that two can be told apart but neither can be used.
func (c *Case) Mask(value string) string {
	if c.ShowSecrets {
		return value
	}
	return mask.Value(value)
}

// ShownHeader is the value of a header field as a report may show it.
func (c *Case) ShownHeader(h Header) string { return c.looks().Header(h.Name, h.Value) }

// ShownURL is a URL without credentials and query, unless secrets are shown.
func (c *Case) ShownURL(url string) string {
	if c.ShowSecrets {
		return url
	}
	return withoutQuery(url)
}

// Shown is the value of a request parameter as a report may show it: only those
// that are known to contain no secret are.
func (c *Case) Shown(name, value string) string { return c.looks().Param(name, value) }

// shownMember is the value of a member of a server's answer.
func (c *Case) shownMember(name, value string) string { return c.looks().Member(name, value) }

// looks is a mask that knows names and forms only. What it misses, the mask of the
// whole case finds when the text is on its way out.
func (c *Case) looks() *mask.Mask { return mask.Of(nameless{c}) }

// nameless is a case that lists no secrets.
type nameless struct{ c *Case }

func (n nameless) Reveal() bool       { return n.c.Reveal() }
func (n nameless) Person() bool       { return n.c.Person() }
func (n nameless) Secrets(*mask.List) {}

// Reveal reports whether secrets are shown.
func (c *Case) Reveal() bool { return c.ShowSecrets }

// Person reports whether the JWT of the case is about a person: by its kind, or
// because it looks like a token that a server issued to one.
func (c *Case) Person() bool {
	if c.Kind != ClientAssertion && c.Kind != "" {
		return true
	}
	claims, ok := c.Claims.Get()
	if !ok || claims.Value == nil {
		return false
	}
	iss, _ := claims.Text("iss")
	if sub, _ := claims.Text("sub"); sub == iss {
		return false // a client that speaks for itself
	}
	header, _ := c.Header.Get()
	if typ, _ := header.Text("typ"); strings.HasSuffix(strings.ToLower(typ), "at+jwt") {
		return true
	}
	for _, m := range claims.Value.Members {
		switch mask.Bare(m.Name) {
		case "athash", "chash", "shash", "authtime", "amr", "azp", "scp", "upn", "idtyp", "sid", "preferredusername", "givenname", "familyname", "email", "emailverified", "birthdate", "phonenumber", "fhiruser", "pid":
			return true
		}
	}
	return false
}

// Secrets lists what of the case must not be shown.
func (c *Case) Secrets(l *mask.List) {
	e := c.Expect
	l.Shown(e.ClientID, e.TokenURL, e.Issuer, e.RedirectURI, e.Env)
	l.Shown(e.Aud...)
	person := c.Person()
	if o, ok := c.Header.Get(); ok {
		l.Claims(o.Value, person)
		shown(l, o, "alg", "kid", "typ")
	}
	if o, ok := c.Claims.Get(); ok {
		l.Claims(o.Value, person)
		shown(l, o, "iss", "aud", "client_id", "azp", "scope")
		if !person && !mask.OnBehalf(o.Value) {
			shown(l, o, "sub")
		}
	}
	if a, ok := c.Assertion.Get(); ok {
		a.secrets(l)
	}
	for _, fact := range []Fact[*Request]{c.Request, c.Authorization} {
		if r, ok := fact.Get(); ok {
			r.secrets(l)
		}
	}
	if r, ok := c.Response.Get(); ok {
		r.secrets(l)
	}
	if x, ok := c.Issued.Get(); ok && x.InResponse {
		l.Claims(valueOf(x.Header), true)
		l.Claims(valueOf(x.Claims), true)
	}
	if d, ok := c.Discovery.Get(); ok {
		l.JSON(d.Doc, false)
	}
	if n, ok := c.Network.Get(); ok {
		l.Address(n.URL)
		if n.HTTP != nil && n.HTTP.Response != nil {
			n.HTTP.Response.secrets(l)
		}
	}
}

// shown lists members that may be shown whatever else has the same value.
func shown(l *mask.List, o *Object, names ...string) {
	for _, name := range names {
		v, ok := o.Get(name)
		if !ok {
			continue
		}
		l.Shown(v.Str)
		for _, item := range v.Items {
			l.Shown(item.Str)
		}
	}
}

func valueOf(o *Object) *jsonspan.Value {
	if o == nil {
		return nil
	}
	return o.Value
}

func (a *Assertion) secrets(l *mask.List) {
	if len(a.Segments) == 0 {
		if a.Shape != ShapePlaceholder {
			// Unrecognized text may be a key or a password.
			const word = 512
			if len(a.Original) <= word && !strings.ContainsAny(a.Original, " \t\r\n") {
				l.Secret(a.Original)
			}
			l.Words(a.Original)
		}
		return
	}
	for _, s := range a.Segments[1:] {
		if raw := a.Compact[s.Span.Start:s.Span.End]; len(raw) >= len("signature") {
			l.Secret(raw)
			if s.Clean != raw {
				l.Secret(s.Clean)
			}
		}
	}
}

func (r *Request) secrets(l *mask.List) {
	// No method is longer than this, and none has a digit (IANA's registry of them).
	if len(r.Method) > len("BASELINE-CONTROL") || strings.ContainsAny(r.Method, "0123456789") {
		l.Secret(r.Method)
	}
	for _, p := range r.Params {
		if p.Unknown == "" {
			l.Param(p.Name, p.Value, p.RawValue)
		}
	}
	for _, h := range r.Headers {
		l.Header(h.Name, h.Value)
	}
	l.Address(r.URL)
	l.Shown(withoutQuery(r.URL))
	for _, d := range r.Redirects {
		l.Address(d.From)
		l.Address(d.To)
	}
	l.JSON(r.Body.JSON, true)
	if r.Body.Kind == BodyText || r.Body.Kind == BodyUnknown {
		l.Words(r.Body.Text)
	}
}

func (r *Response) secrets(l *mask.List) {
	for _, h := range r.Headers {
		l.Header(h.Name, h.Value)
	}
	// An error names itself and what it is about, not a person.
	l.Answer(r.JSON, r.Success())
	if r.Form == FormForm {
		l.Address("form://body?" + r.Body)
	}
}
