package checks

import (
	"fmt"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

func responseToken() Check {
	return Check{
		ID:       "response-token",
		Subject:  "the token response",
		Rank:     620,
		OfAnswer: true,
		Title:    "The token response is complete",
		Needs:    []evidence.Need{evidence.NeedResponse},
		After:    []finding.CauseID{"answered-by-gateway", "endpoint-not-found", "server-failed", "rate-limited", "token-not-accepted-by-api", "response-not-json", "token-refused"},
		Cites:    []finding.Citation{rfc(6749, "5.1")},
		Doc:      "A token response must have access_token and token_type; expires_in, if present, is a number of seconds. Clients fail on anything else, each in its own way, although the server accepted the request.",
		Causes: []Cause{
			{ID: "token-response-incomplete", Title: "access_token or token_type is missing or malformed, or expires_in is not a number", Severity: finding.Error,
				Why: "The OAuth response is invalid: it does not follow RFC 6749 section 5.1. The request was accepted.",
				Fix: "Report it to the provider; until then, read the member in the form it comes in."},
			{ID: "token-response-cacheable", Title: "Cache-Control: no-store is missing", Severity: finding.Note,
				Why: "RFC 6749 section 5.1 asks servers for it, so that no cache keeps the token.",
				Fix: "Report it to the provider; make sure no cache is in between."},
		},
		Judge: judgeToken,
	}
}

func judgeToken(c *Ctx) Verdict {
	r := c.response()
	f, _ := c.answers()
	switch {
	case c.apiCall() || f == flowOther:
		return NotAsked("the request does not ask for a token")
	case f != flowToken:
		return NotAsked("this is the answer to a %s", f)
	case r.Error.Present:
		return NotAsked("the answer is an error").For(finding.WhyMoot)
	case r.Status != 0 && (r.Status < 200 || r.Status > 299):
		return NotAsked("the answer is a %d, not a token response", r.Status).For(finding.WhyMoot)
	case r.Form != evidence.FormJSON || r.JSON == nil || r.JSON.Kind != jsonspan.Object:
		return NotAsked("the answer is not a JSON object").For(finding.WhyMoot)
	case r.Status == 0 && !r.Success():
		return NotAsked("nothing says that this is a token response").For(finding.WhyNotGiven)
	}
	for _, of := range []struct{ member, what string }{{"request_uri", "a pushed authorization request"}, {"device_code", "a device authorization request"},
		{"auth_req_id", "a backchannel authentication request"}, {"active", "an introspection request"}, {"keys", "a request for keys"},
		{"token_endpoint", "a discovery request"}, {"redirect_uris", "a registration"}} {
		if _, has := r.JSON.Get(of.member); has && !r.Success() {
			return NotAsked("this is the answer to %s", of.what)
		}
	}
	for _, fault := range r.Faults {
		if fault.Loses() {
			return NotAsked("the answer is damaged, so something may be lost").For(finding.WhyMoot)
		}
	}
	incomplete := c.incomplete(r)
	var cacheable *Fault
	if r.HeadersKnown && !noStore(r) {
		fault := Found("token-response-cacheable", "the token response may be cached: Cache-Control: no-store is missing").
			Compare(orElse("Cache-Control: "+r.Headers.Value("Cache-Control"), r.Headers.Value("Cache-Control") != "", "no Cache-Control"), "Cache-Control: no-store")
		if h, ok := r.Headers.Get("Cache-Control"); ok {
			fault.At(c.AtResponseHeader(r, h))
		} else {
			fault.At(c.atStatus(r))
		}
		cacheable = fault.About(Detail{Name: "Cache-Control"})
	}
	return Faults("access_token and token_type are present", incomplete, cacheable)
}

func noStore(r *evidence.Response) bool {
	for _, h := range r.Headers {
		if strings.EqualFold(h.Name, "Cache-Control") && strings.Contains(strings.ToLower(h.Value), "no-store") {
			return true
		}
	}
	return false
}

// incomplete is everything wrong with the members as one fault: it is one answer
// that has to be fixed.
func (c *Ctx) incomplete(r *evidence.Response) *Fault {
	var wrong, found, expected []string
	var at []evidence.Place
	first, lenient := "", true // most clients read it as it is
	add := func(name, what, is, want string) {
		first = orElse(first, first != "", name)
		lenient = lenient && strings.HasPrefix(what, inQuotes)
		wrong, found, expected = append(wrong, name+" "+what), append(found, is), append(expected, want)
		at = append(at, c.AtBody(r, orElse("/"+name, hasMember(r.JSON, name), "")))
	}
	for _, name := range []string{"access_token", "token_type"} {
		v, ok := r.JSON.Get(name)
		switch {
		case !ok && otherSpelling(r.JSON, name) != "":
			other := otherSpelling(r.JSON, name)
			add(name, "is missing; there is "+other+" instead", other, name)
		case !ok:
			add(name, "is missing", "no "+name, name)
		case v.Kind != jsonspan.String:
			add(name, "is "+v.Kind.String()+", not a string", name+": "+v.Kind.String(), name+": a string")
		case strings.TrimSpace(v.Str) == "":
			add(name, "is empty", name+": \"\"", name+": a string")
		}
	}
	for _, name := range []string{"access_token", "token_type", "expires_in"} {
		if n := times(r.JSON, name); n > 1 {
			add(name, "appears "+countOf(n)+"; which one a client reads depends on its parser", name+" "+countOf(n), name+" once")
		}
	}
	if v, ok := r.JSON.Get("expires_in"); ok && v.Kind != jsonspan.Number && v.Kind != jsonspan.Null {
		if v.Kind == jsonspan.String && v.Str != "" && strings.Trim(v.Str, "0123456789") == "" {
			add("expires_in", inQuotes+", which RFC 6749 does not allow", `"`+v.Str+`"`, v.Str)
		} else {
			add("expires_in", "is "+v.Kind.String()+", not a number", "expires_in: "+v.Kind.String(), "expires_in: a number of seconds")
		}
	}
	if v, ok := r.JSON.Get("id_token"); ok && v.Kind != jsonspan.Null {
		// An encrypted ID token has five parts and cannot be looked into.
		if _, readable := openJWT(v.Str); v.Kind != jsonspan.String || !readable && strings.Count(v.Str, ".") != 4 {
			add("id_token", "is not a readable JWT", "id_token: "+orElse(c.Shown("id_token", v.Str), v.Kind == jsonspan.String, v.Kind.String()), "id_token: a JWT")
		}
	}
	if len(wrong) == 0 {
		return nil
	}
	f := Found("token-response-incomplete", "%s", list(wrong)).Compare(strings.Join(found, ", "), strings.Join(expected, ", ")).At(at...).
		About(Detail{Name: first})
	if lenient {
		f.Weigh(finding.Warning)
	}
	return f
}

// inQuotes is what large servers do with expires_in, for years.
const inQuotes = "is a number in quotes"

func hasMember(v *jsonspan.Value, name string) bool { _, ok := v.Get(name); return ok }

// times counts a name among the members of an object.
func times(v *jsonspan.Value, name string) int {
	n := 0
	for _, m := range v.Members {
		if m.Name == name {
			n++
		}
	}
	return n
}

func countOf(n int) string {
	if n == 2 {
		return "twice"
	}
	return fmt.Sprintf("%d times", n)
}

// otherSpelling finds a member that is the name but for case and separators.
func otherSpelling(v *jsonspan.Value, name string) string {
	bare := bareParameter(name)
	for _, m := range v.Members {
		if m.Name != name && len(m.Name) <= len(name)+2 && bareParameter(m.Name) == bare {
			return m.Name
		}
	}
	return ""
}
