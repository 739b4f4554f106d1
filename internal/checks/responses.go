package checks

import (
	"encoding/base64"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

func (c *Ctx) response() *evidence.Response { r, _ := c.Response.Get(); return r }

// mayMean reports whether a cause is among those that the server's words are known for.
func (c *Ctx) mayMean(cause finding.CauseID) bool {
	return c.Symptom != nil && slices.Contains(c.Symptom.Explains, string(cause))
}

// mostlyMeans reports whether a cause is what the server's words mean first.
func (c *Ctx) mostlyMeans(cause finding.CauseID) bool {
	return c.Symptom != nil && len(c.Symptom.Explains) > 0 && c.Symptom.Explains[0] == string(cause)
}

// knownAnswer reports whether the answer's words were recognised as those of an
// endpoint that looked at the request, whatever its status and form; some
// symptoms say that none did.
func knownAnswer(c *Ctx) bool {
	return c.Symptom != nil && !slices.ContainsFunc([]finding.CauseID{"answered-by-gateway", "endpoint-not-found", "server-failed", "rate-limited", "token-not-accepted-by-api"}, c.mayMean)
}

// judgedTheRequest reports whether an error code is one that only an
// authorization server gives, and only after it has looked at the request:
// whatever the status, the token endpoint itself answered (RFC 6749 section 5.2, RFC 8628 section 3.5, RFC 8707
// section 2, RFC 9449 section 5).
func judgedTheRequest(code string) bool {
	switch strings.ToLower(strings.TrimSpace(code)) {
	case "invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type", "invalid_scope",
		"access_denied", "authorization_pending", "slow_down", "expired_token", "invalid_target", "use_dpop_nonce", "invalid_dpop_proof",
		"interaction_required", "consent_required", "login_required":
		return true
	}
	return false
}

// callback reports whether this is the answer of an authorization endpoint, which
// comes as a URL the browser is sent to. A token request gets no such answer.
func (c *Ctx) callback(r *evidence.Response) bool {
	if r.Callback {
		return true
	}
	if r.Status < 300 || r.Status > 399 || c.wantsToken() {
		return false
	}
	location := r.Headers.Value("Location")
	at := strings.IndexAny(location, "?#")
	if at < 0 {
		return false
	}
	for pair := range strings.FieldsFuncSeq(location[at:], func(r rune) bool { return r == '&' || r == '?' || r == '#' }) {
		if name, _, _ := strings.Cut(pair, "="); name == "code" || name == "error" || name == "id_token" {
			return true
		}
	}
	return false
}

// errorPage reports whether the answer is a redirect to a page that shows an
// error, as its address says.
func errorPage(r *evidence.Response) bool {
	if r.Status < 300 || r.Status > 399 {
		return false
	}
	a, ok := addressOf(r.Headers.Value("Location"))
	return ok && strings.Contains(strings.ToLower(lastSegment(a.path)), "error")
}

// asksForToken reports whether a request goes to a token endpoint by its address
// or parameters, whatever its Authorization header is.
func (c *Ctx) asksForToken(r *evidence.Request) bool {
	return r.URL == "" || c.place() == flowToken || c.read().names&(hasGrantType|hasClientAssertion|hasAssertionType) != 0
}

// apiCall reports whether the request uses a token instead of asking for one.
func (c *Ctx) apiCall() bool {
	r := c.request()
	if r == nil || c.asksForToken(r) || c.place() != flowOther {
		return false
	}
	if a, ok := c.address(); !ok || isAuthorize(a) {
		return false
	}
	scheme, _ := credentials(r.Headers.Value("Authorization"))
	return scheme == "bearer" || scheme == "dpop" || r.Method == "GET"
}

// ownBearer reports whether the request sends the client's own JWT to an API, as
// the provider wants it.
func (c *Ctx) ownBearer() bool { return c.Elsewhere == evidence.AsBearer }

// support names the exchange for the provider's support.
func support(r *evidence.Response) string {
	if len(r.TraceIDs) == 0 {
		return ""
	}
	return " For the provider's support: " + list(r.TraceIDs[:min(len(r.TraceIDs), 5)]) + "."
}

// inBody is a place in the body as one in the response's document.
func inBody(r *evidence.Response, s jsonspan.Span) jsonspan.Span {
	if r.BodySpan.Len() == 0 {
		return r.BodySpan // it is encoded there
	}
	return jsonspan.Span{Start: r.BodySpan.Start + s.Start, End: r.BodySpan.Start + s.End}
}

// atError points to what the response says is wrong.
func (c *Ctx) atError(r *evidence.Response) evidence.Place {
	for _, name := range []string{"error_description", "error", "error_message", "message", "detail", "title"} {
		if _, ok := r.JSON.Get(name); ok {
			// The server may echo a secret.
			return c.AtBody(r, "/"+name).UnshownIf(func(text string) bool { return c.without(text) != text })
		}
	}
	return c.AtBody(r, "")
}

// mostSpoken is how much of what a server said is looked at: far more than a
// report repeats.
const mostSpoken = 32 << 10

// spoken is what a server said as a report may repeat it: on one line, not
// longer than a sentence or two, without the secrets it may echo.
func (c *Ctx) spoken(text string) string {
	if len(text) > mostSpoken {
		// Half a secret would not be recognised as one, so the cut is at a space.
		end := strings.LastIndexAny(text[:mostSpoken], " \t\r\n")
		if end < 0 {
			return c.Mask(text)
		}
		text = text[:end]
	}
	text = strings.Join(strings.Fields(c.without(text)), " ")
	if runes := []rune(text); len(runes) > 400 {
		text = string(runes[:400]) + "…"
	}
	return text
}

// without masks those of the request's secrets that are in a text.
func (c *Ctx) without(text string) string {
	if c.ShowSecrets {
		return text
	}
	var masks []string // that are in the text now
	hide := func(value string) {
		if len(value) > 5 && strings.Contains(text, value) {
			masks = append(masks, c.Mask(value))
			text = strings.ReplaceAll(text, value, masks[len(masks)-1])
		}
	}
	if r := c.request(); r != nil {
		for _, p := range firstParams(r) {
			if evidence.SecretParameter(p.Name) {
				hide(p.Value)
			}
		}
	}
	if jti, ok := c.claims().Text("jti"); ok {
		hide(jti)
	}
	text = pairText().ReplaceAllStringFunc(text, func(pair string) string {
		name, value, _ := strings.Cut(pair, "=")
		if !evidence.SecretParameter(name) || name == "code" || name == "token" || strings.Contains(value, ".") {
			return pair // words of a sentence, or a JWT, masked below
		}
		if slices.ContainsFunc(masks, func(mask string) bool { return strings.HasPrefix(mask, value) }) {
			return pair // the pattern ends at the first blank of a mask
		}
		return name + "=" + c.Mask(value)
	})
	return tokenText().ReplaceAllStringFunc(text, c.Mask)
}

// pairText matches a parameter with its value, as servers quote requests.
var pairText = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\b[A-Za-z_]{4,30}=[^\s&"',;]{4,}`)
})

// tokenText matches a JWT: base64url of an object's beginning, then a dot.
var tokenText = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`eyJ[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]*)*`)
})

// httpDate reads the three forms of date of RFC 9110 section 5.6.7.
func httpDate(s string) (time.Time, bool) {
	for _, layout := range []string{"Mon, 02 Jan 2006 15:04:05 GMT", time.RFC850, time.ANSIC} {
		if t, err := time.Parse(layout, strings.TrimSpace(s)); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// openJWT reads the claims of a compact JWT without any verification.
func openJWT(text string) (claims *jsonspan.Value, ok bool) {
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return nil, false
	}
	for _, part := range parts[:2] {
		raw, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(part, "="))
		if err != nil {
			return nil, false
		}
		v, faults := jsonspan.Scan(raw, jsonspan.Limits{})
		if v == nil || v.Kind != jsonspan.Object || slices.ContainsFunc(faults, jsonspan.Fault.Loses) {
			return nil, false
		}
		claims = v
	}
	return claims, true
}

// textOf is a member that is a string.
func textOf(v *jsonspan.Value, name string) string {
	if m, ok := v.Get(name); ok && m.Kind == jsonspan.String {
		return m.Str
	}
	return ""
}
