package checks

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/wording"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

func responseReceived() Check {
	return Check{
		ID:      "response-received",
		Subject: "the answer",
		Rank:    10,
		Title:   "The token endpoint itself answered",
		Needs:   []evidence.Need{evidence.NeedResponse},
		Cites:   []finding.Citation{rfc(6749, "5.2"), rfc(9110, "15")},
		Doc: "Proxies, firewalls, load balancers and login pages between client and token endpoint have their own responses. " +
			"If one of them answered, nobody has looked at the assertion, and changing it does not help.",
		Causes: []Cause{
			{ID: "answered-by-gateway", Title: "a proxy, firewall, gateway or login page answered", Severity: finding.Error,
				Why:    "A token endpoint answers in JSON. A page or a redirect comes from something in front of it, or from an address that is not the token endpoint. In a gateway of your own, a policy may be in the wrong order: one that changes or checks the token runs too early.",
				Fix:    "Compare the URL with the provider's documentation; then try from another network, without a proxy, and with a User-Agent. Give the provider the time and the IDs in the answer.",
				Leads:  []Lead{{To: gatewayAnswers()}},
				Unseen: true},
			{ID: "endpoint-not-found", Title: "no token endpoint at this address, or it expects another method", Severity: finding.Error,
				Why:    "404 means another path or host, 405 another method: usually a GET, or a POST that a redirect turned into one.",
				Fix:    "Take the token endpoint from the provider's discovery document, and POST to it.",
				Leads:  []Lead{{To: gatewayAnswers()}},
				Unseen: true},
			{ID: "server-failed", Title: "the server failed", Severity: finding.Error,
				Why:    "A status of 500 or above is the server's own failure, whatever the request. The assertion was not checked.",
				Fix:    "Try again later with a new assertion; if it keeps failing, ask the provider's support.",
				Leads:  []Lead{{To: gatewayAnswers()}},
				Unseen: true},
			{ID: "rate-limited", Title: "too many requests", Severity: finding.Error,
				Why:    "The client, or others behind the same address, sent too many requests. The assertion was not checked.",
				Fix:    "Wait as long as Retry-After says, and keep the access token until it expires instead of requesting one each time.",
				Leads:  []Lead{{To: gatewayAnswers()}},
				Unseen: true},
			{ID: "token-not-accepted-by-api", Title: "an API refused the access token", Severity: finding.Error,
				Why:    "The answer comes from an API, not from a token endpoint: it checked the access token, and never saw an assertion. The token has expired, was revoked, or is for another API; an opaque one is looked up at the introspection endpoint.",
				Fix:    "Request a new access token; then look at its expiry, its aud and its scopes, or ask the introspection endpoint about an opaque one.",
				Leads:  []Lead{{To: gatewayAnswers()}},
				Unseen: true},
		},
		Judge: judgeReceived,
	}
}

const notChecked = "The assertion was not checked."

func judgeReceived(c *Ctx) Verdict {
	r := c.response()
	if f := c.refusedByAPI(r); f != nil {
		return Fail(f)
	}
	switch {
	case c.apiCall() && !c.ownBearer():
		return NotAsked("the request uses a token and does not ask for one")
	case r.Success():
		return Pass("the token endpoint answered")
	case c.callback(r):
		return Pass("the authorization endpoint answered")
	}
	if f := c.admitted(r); f != nil {
		return Fail(f)
	}
	own := judgedTheRequest(r.Error.Code) || knownAnswer(c)
	if own && r.Form == evidence.FormJSON && r.Status >= 400 && r.Status < 404 {
		return Pass("the token endpoint answered (%d)", r.Status)
	}
	return c.whoAnswered(r, own)
}

// whoAnswered judges an answer that may not be the token endpoint's; own is
// true where its words are those of one.
func (c *Ctx) whoAnswered(r *evidence.Response, own bool) Verdict {
	who, sure := gatewayOf(r)
	switch {
	case r.Status == 429, !own && throttled(r):
		return Fail(c.rateLimited(r))
	case r.Status == 407:
		return Fail(c.gateway(r, "a proxy answered 407: it asks for its own credentials").
			Fix("Give the HTTP client the proxy's user name and password, or exempt the provider's host from the proxy (NO_PROXY)."))
	case r.Status == 511:
		return Fail(c.gateway(r, "the network asks for a login first (511)").Citing(rfc(6585, "6")))
	case r.Status >= 300 && r.Status < 400 && r.Status != 304:
		return Fail(c.redirectedAway(r))
	case r.Status == 405 && !c.mostlyMeans("method-not-post"), r.Status == 404 && !own && !(sure && r.Form == evidence.FormHTML):
		return Fail(c.notFound(r))
	case sure && !own:
		return Fail(c.gateway(r, who+" answered, not the token endpoint"+statusWords{r}.String()))
	case r.Status >= 500 && !own:
		return Fail(c.serverFailed(r, who))
	case own && r.Form != evidence.FormHTML:
		return Pass("the token endpoint answered%s", statusWords{r})
	case r.Form == evidence.FormHTML && !knownAnswer(c):
		what := "a web page"
		if who != "" {
			what = "a page from " + who
		} else if loginPage(r.Body) {
			what = "a login page"
		}
		return Fail(c.gateway(r, what+" came back instead of JSON"+statusWords{r}.String()))
	case r.Form == evidence.FormXML && r.Error.Code == "" && !knownAnswer(c):
		return Fail(c.gateway(r, "XML came back instead of JSON"+statusWords{r}.String()).As(finding.Likely))
	case r.Status == 0 && r.Form == evidence.FormEmpty:
		return NotAsked("the answer is empty, and its status is not known").For(finding.WhyNotGiven)
	case r.Status == 0 && !own && !r.Error.Present:
		return NotAsked("its status is not known, and nothing in it is a token endpoint's").Give("the answer's status line and headers").For(finding.WhyMissing)
	}
	return Pass("the token endpoint answered%s", statusWords{r})
}

// statusWords is the status in brackets; "" where it is not known.
type statusWords struct{ r *evidence.Response }

func (w statusWords) String() string {
	if w.r.Status == 0 {
		return ""
	}
	return " (" + strconv.Itoa(w.r.Status) + ")"
}

func (c *Ctx) gateway(r *evidence.Response, title string) *Fault {
	return Found("answered-by-gateway", "%s", title).Saying("%s", notChecked+support(r)).
		Compare(orElse(string(r.Form), r.Form != "", "an answer")+statusWords{r}.String(), "JSON from the token endpoint").At(c.atAnswer(r))
}

// atAnswer points to the body, where that has a place in the text, or to the
// beginning of the answer.
func (c *Ctx) atAnswer(r *evidence.Response) evidence.Place {
	if r.Body != "" && r.BodySpan.Len() > 0 {
		first := strings.IndexAny(r.Body, "\r\n")
		if first <= 0 {
			first = len(r.Body)
		}
		return c.AtResponse(r, inBody(r, jsonspan.Span{End: min(first, 120)}))
	}
	return c.atStatus(r)
}

// atStatus points to the first line of the answer.
func (c *Ctx) atStatus(r *evidence.Response) evidence.Place {
	end := strings.IndexAny(r.Text, "\r\n")
	if end < 0 {
		end = min(len(r.Text), 120)
	}
	return c.AtResponse(r, jsonspan.Span{End: end})
}

func (c *Ctx) redirectedAway(r *evidence.Response) *Fault {
	h, ok := r.Headers.Get("Location")
	where, login := "another address", false
	if ok {
		where = shortURL(h.Value)
		low := strings.ToLower(where)
		for _, word := range [...]string{"login", "signin", "sign-in", "logon", "/sso", "saml", "adfs", "/authorize", "portal", "consent"} {
			login = login || strings.Contains(low, word)
		}
	}
	title := "the server redirects to " + where
	code := ""
	switch {
	case errorPage(r):
		title, code = "the server redirects to an error page, "+where, codeErrorPage
	case login:
		title = "the server redirects to a login page, " + where
	}
	f := c.gateway(r, title+statusWords{r}.String()).
		Saying("A token endpoint does not redirect. %s%s", notChecked, support(r)).
		Fix("Send the POST straight to the token endpoint: HTTP clients that follow a redirect turn it into a GET without a body.")
	f.Compare(strconv.Itoa(r.Status)+" to "+where, "200, or 400 or 401 with an OAuth error")
	if ok {
		at := c.AtResponseHeader(r, h)
		if where != h.Value {
			at = at.Unshown() // a query may contain secrets
		}
		f.Places = []evidence.Place{at}
		f.About(Detail{Name: "Location", Value: where, Code: code})
	}
	return f
}

func (c *Ctx) notFound(r *evidence.Response) *Fault {
	f := Found("endpoint-not-found", "the server answered 404: it does not know this address").
		Compare("404", "the token endpoint").As(finding.Likely).At(c.atStatus(r))
	if r.Status == 405 {
		f = Found("endpoint-not-found", "the server answered 405: it does not accept this method here").Compare("405", "POST").At(c.atStatus(r))
		if h, ok := r.Headers.Get("Allow"); ok {
			f.Title += " (it allows " + h.Value + ")"
			f.Places = []evidence.Place{c.AtResponseHeader(r, h)}
			if !strings.Contains(strings.ToUpper(h.Value), "POST") {
				f.Fix("Use the token endpoint; this address accepts no POST at all.")
			}
		}
	}
	if req := c.request(); req != nil && req.URL != "" {
		f.Found += ", " + strings.TrimSpace(req.Method+" "+shortURL(req.URL))
		f.At(c.AtURL(req))
	}
	return f.Saying("%s%s", notChecked, support(r))
}

func (c *Ctx) serverFailed(r *evidence.Response, who string) *Fault {
	title := "the server failed before it checked the request: it answered " + strconv.Itoa(r.Status)
	if meaning := failureWords(r.Status); meaning != "" {
		title += ", " + meaning
	}
	if who != "" {
		title += " (from " + who + ")"
	}
	f := Found("server-failed", "%s", title).Saying("%s%s", notChecked, support(r)).
		Compare(strconv.Itoa(r.Status), "200, or 400 or 401 with an OAuth error").At(c.atStatus(r)).About(Detail{Code: strconv.Itoa(r.Status), Beside: support(r)})
	if wait := c.retryAfter(r); wait != "" {
		f.Fix("Try again %s, with a new assertion.", wait)
	}
	return f
}

// admitted is the fault of a server that says in its own words that it failed or was
// asked too often, whatever the status; nil if its words say something else.
func (c *Ctx) admitted(r *evidence.Response) *Fault {
	switch {
	case r.Status >= 500:
		return nil // whoAnswered looks at who failed
	case c.mostlyMeans("rate-limited"):
		return c.rateLimited(r)
	case !c.mostlyMeans("server-failed"):
		return nil
	}
	said := cmp.Or(r.Error.Code, "its own error")
	f := Found("server-failed", "the server says that it failed%s", statusWords{r}).Saying("Its words say that it failed, not that the request is wrong.%s", support(r)).
		Compare(said, "200, or 400 or 401 with an OAuth error").At(c.atError(r)).About(Detail{Code: said, Beside: support(r)})
	if wait := c.retryAfter(r); wait != "" {
		f.Fix("Try again %s, with a new assertion.", wait)
	}
	return f
}

// failureWords is what a server's failure means.
func failureWords(status int) string {
	switch status {
	case 500:
		return "an internal error"
	case 502:
		return "a bad answer from the server behind it"
	case 503:
		return "overloaded or under maintenance"
	case 504:
		return "no answer in time from the server behind it"
	}
	return ""
}

// throttled reports whether a refusal is about too many requests.
func throttled(r *evidence.Response) bool {
	const beginning = 200 // where these words are
	plain := func(s string) string { return bareParameter(s[:min(len(s), beginning)]) }
	code := plain(r.Error.Code)
	if strings.Contains(code, "toomanyrequests") || strings.Contains(code, "ratelimit") || strings.Contains(code, "throttl") {
		return true
	}
	if words := plain(r.Error.Description); strings.HasPrefix(words, "toomanyrequests") || strings.HasPrefix(words, "apiratelimitexceeded") ||
		strings.Contains(words, "callexceededratelimit") || strings.HasPrefix(words, "ratelimitisexceeded") || strings.HasPrefix(words, "ratelimitexceeded") {
		return true
	}
	if v, ok := r.JSON.Get("statusCode"); ok && v.Raw == "429" {
		return true
	}
	left, ok := r.Headers.Get("X-RateLimit-Remaining")
	return ok && r.Status == 403 && strings.TrimSpace(left.Value) == "0"
}

func (c *Ctx) rateLimited(r *evidence.Response) *Fault {
	f := Found("rate-limited", "the server answered that there were too many requests%s", statusWords{r}).
		Saying("%s%s", notChecked, support(r)).At(c.atStatus(r)).Citing(rfc(6585, "4"), rfc(9110, "10.2.3"))
	if h, ok := r.Headers.Get("Retry-After"); ok {
		f.Places = []evidence.Place{c.AtResponseHeader(r, h)}
	}
	if wait := c.retryAfter(r); wait != "" {
		f.Title += "; try again " + wait
		f.Fix("Wait: try again %s, with a new assertion.", wait).Fix("Keep the access token until it expires instead of requesting one each time.")
	}
	return f
}

// retryAfter says when to try again; "" where the answer does not (RFC 9110
// section 10.2.3: seconds, or a date).
func (c *Ctx) retryAfter(r *evidence.Response) string {
	value := strings.TrimSpace(r.Headers.Value("Retry-After"))
	if n, err := strconv.ParseUint(value, 10, 31); err == nil {
		words := "in " + strconv.FormatUint(n, 10) + " seconds"
		if wait := time.Duration(n) * time.Second; wait >= time.Minute {
			words += " (" + wording.Span(wait) + ")"
		}
		if !r.Date.IsZero() {
			words += ", after " + clock(r.Date.Add(time.Duration(n)*time.Second))
		}
		return words
	}
	at, ok := httpDate(value)
	switch {
	case !ok:
		return ""
	case r.Date.IsZero() || at.Before(r.Date):
		return "after " + clock(at)
	}
	return "in " + strconv.Itoa(int(at.Sub(r.Date).Seconds())) + " seconds, after " + clock(at)
}

// refusedByAPI reads the challenge of an API that was sent an access token
// (RFC 6750 section 3.1). The answer to a token request is not one, and without
// a request only an error that no token endpoint gives proves it.
func (c *Ctx) refusedByAPI(r *evidence.Response) *Fault {
	if r.Inactive() {
		return Found("token-not-accepted-by-api", "the token is not active").Compare("active: false", "active: true").Citing(rfc(7662, "2.2")).At(c.atAnswer(r)).
			Saying("The introspection endpoint accepted the client, and says that the token it was asked about has expired, was revoked, or was not issued by this server.").
			Fix("Request a new access token, and ask the introspection endpoint of the server that issued it.")
	}
	if c.ownBearer() {
		return nil // it is not an access token
	}
	api := c.apiCall()
	if c.request() != nil && !api || r.Status != 0 && r.Status != 400 && r.Status != 401 && r.Status != 403 {
		return nil
	}
	for _, ch := range r.Challenges {
		if !strings.EqualFold(ch.Scheme, "Bearer") && !strings.EqualFold(ch.Scheme, "DPoP") {
			continue
		}
		code := ch.Params["error"]
		if !api && (code != "invalid_token" && code != "insufficient_scope" || judgedTheRequest(r.Error.Code)) {
			continue
		}
		f := Found("token-not-accepted-by-api", "an API refused the access token").
			Compare(orElse(code, code != "", "no error code"), "an access token it accepts").Citing(rfc(6750, "3.1")).About(Detail{Code: code})
		description := ""
		if d := ch.Params["error_description"]; d != "" {
			description = " It says: " + c.spoken(d) + "."
		}
		if h, ok := r.Headers.Get("WWW-Authenticate"); ok {
			f.At(c.AtResponseHeader(r, h))
		} else {
			f.At(c.atStatus(r))
		}
		return apiError(f, code, ch.Params["scope"], description+support(r))
	}
	if c.request() == nil && !c.Case.HasAssertion() && c.aboutAccessToken() {
		f := Found("token-not-accepted-by-api", "an API refused the access token").
			Compare(r.Error.Code, "an access token it accepts").Citing(rfc(6750, "3.1")).About(Detail{Code: r.Error.Code}).At(c.atError(r))
		return apiError(f, r.Error.Code, "", support(r))
	}
	return nil
}

// aboutAccessToken reports whether the answer is known as one that is given to
// an access token, and to nothing else.
func (c *Ctx) aboutAccessToken() bool {
	return c.mostlyMeans("token-not-accepted-by-api")
}

func apiError(f *Fault, code, scope, said string) *Fault {
	switch code {
	case "invalid_token":
		f.Title += ": invalid_token"
		return f.Saying("invalid_token means that it is expired, revoked, malformed, or not meant for this API.%s", said).
			Fix("Get a new access token, and compare its iss, aud and exp with what the API expects.")
	case "insufficient_scope":
		f.Title += ": insufficient_scope"
		f.Saying("insufficient_scope means that the token is valid but grants too little.%s", said)
		if scope != "" {
			return f.Fix("Request the scope %s in the token request.", scope)
		}
		return f.Fix("Request the scope that the API documents in the token request.")
	case "invalid_request":
		f.Title = "an API found the request malformed: invalid_request"
		return f.Saying("invalid_request means that the token was sent in more than one way, or a parameter is malformed.%s", said).
			Fix("Send the access token once, in the Authorization header.")
	case "":
		f.Title = "an API asks for an access token"
		return f.Saying("It names no error: it found no token in the request, or does not say.%s", said).
			Fix("Send Authorization: Bearer and the access token, with one space between them.")
	}
	f.Title += ": " + code
	return f.Saying("It checked the access token, not an assertion.%s", said)
}
