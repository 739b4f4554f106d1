package checks

import (
	"strconv"
	"strings"
	"time"

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
		Doc: "Between client and token endpoint stand proxies, firewalls, load balancers and login pages, each with answers of its own. " +
			"Where one of them answered, nobody has looked at the assertion, and nothing is gained by changing it.",
		Causes: []Cause{
			{ID: "answered-by-gateway", Title: "a proxy, firewall, gateway or login page answered", Severity: finding.Error,
				Why:    "A token endpoint answers in JSON. A page or a redirect comes from something in front of it, or from another address than the token endpoint.",
				Fix:    "Compare the URL with the provider's page; then try from another network, without proxy, and with a User-Agent. Give the provider the time and the IDs of the answer.",
				Leads:  []Lead{{To: gatewayAnswers()}},
				Unseen: true},
			{ID: "endpoint-not-found", Title: "there is no token endpoint at this address, or it takes another method", Severity: finding.Error,
				Why:    "404 means another path or host, 405 another method: most often a GET, or a POST that a redirect turned into one.",
				Fix:    "Take the token endpoint from the provider's discovery document, and POST to it.",
				Leads:  []Lead{{To: gatewayAnswers()}},
				Unseen: true},
			{ID: "server-failed", Title: "the server broke", Severity: finding.Error,
				Why:    "A status of 500 and above is the server's own failure, whatever the request. The assertion was not judged.",
				Fix:    "Try again later with a new assertion; where it stays so, ask the provider's support.",
				Leads:  []Lead{{To: gatewayAnswers()}},
				Unseen: true},
			{ID: "rate-limited", Title: "too many requests", Severity: finding.Error,
				Why:    "The client, or others behind the same address, asked too often. The assertion was not judged.",
				Fix:    "Wait as long as Retry-After says, and keep the access token until it expires instead of asking for one each time.",
				Leads:  []Lead{{To: gatewayAnswers()}},
				Unseen: true},
			{ID: "token-not-accepted-by-api", Title: "an API refused the access token", Severity: finding.Error,
				Why:    "The answer is that of an API, not of a token endpoint: it judged the access token, and never saw an assertion.",
				Fix:    "Look at the access token: its expiry, its aud and its scopes.",
				Leads:  []Lead{{To: gatewayAnswers()}},
				Unseen: true},
		},
		Judge: judgeReceived,
	}
}

const notJudged = "The assertion was not judged."

func judgeReceived(c *Ctx) Verdict {
	r := c.response()
	code := r.Error.Code
	if f := c.refusedByAPI(r); f != nil {
		return Fail(f)
	}
	if c.apiCall() {
		return NotAsked("the request uses a token and asks for none")
	}
	own := judgedTheRequest(code) || knownAnswer(c)
	who, sure := gatewayOf(r)
	switch {
	case r.Success():
		return Pass("the token endpoint answered")
	case callback(r):
		return Pass("the authorization endpoint answered")
	case r.Status == 429, !own && throttled(r):
		return Fail(c.rateLimited(r))
	case r.Status == 407:
		return Fail(c.gateway(r, "a proxy answered 407: it wants credentials of its own").
			Fix("Give the HTTP client the proxy's user name and password, or exempt the provider's host from the proxy (NO_PROXY)."))
	case r.Status == 511:
		return Fail(c.gateway(r, "the network asks for a login first (511)").Citing(rfc(6585, "6")))
	case r.Status >= 300 && r.Status < 400 && r.Status != 304:
		return Fail(c.redirectedAway(r))
	case r.Status == 405, r.Status == 404 && !own && !(sure && r.Form == evidence.FormHTML):
		return Fail(c.notFound(r))
	case sure && !own:
		return Fail(c.gateway(r, who+" answered, not the token endpoint"+statusWords(r)))
	case r.Status >= 500 && !own:
		return Fail(c.serverFailed(r, who))
	case own && r.Form != evidence.FormHTML:
		return Pass("the token endpoint answered%s", statusWords(r))
	case r.Form == evidence.FormHTML && !knownAnswer(c):
		what := "a web page came back, where a token endpoint answers in JSON"
		if who != "" {
			what = "a page as " + who + " sends came back, where a token endpoint answers in JSON"
		} else if loginPage(r.Body) {
			what = "a login page came back, where a token endpoint answers in JSON"
		}
		return Fail(c.gateway(r, what+statusWords(r)))
	case r.Form == evidence.FormXML && code == "" && !knownAnswer(c):
		return Fail(c.gateway(r, "XML came back, where a token endpoint answers in JSON"+statusWords(r)).As(finding.Likely))
	case r.Status == 0 && r.Form == evidence.FormEmpty:
		return NotAsked("the answer is empty, and its status is not known")
	}
	return Pass("the token endpoint answered%s", statusWords(r))
}

func statusWords(r *evidence.Response) string {
	if r.Status == 0 {
		return ""
	}
	return " (" + strconv.Itoa(r.Status) + ")"
}

func (c *Ctx) gateway(r *evidence.Response, title string) *Fault {
	return Found("answered-by-gateway", "%s", title).Saying("%s", notJudged+support(r)).
		Compare(orElse(string(r.Form), r.Form != "", "an answer")+statusWords(r), "JSON of the token endpoint").At(c.atAnswer(r))
}

// atAnswer points to the body, where there is one with a place of its own, or
// to the beginning of the answer.
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
	where, login := "elsewhere", false
	if ok {
		where = shortURL(h.Value)
		low := strings.ToLower(where)
		for _, word := range []string{"login", "signin", "sign-in", "logon", "/sso", "saml", "adfs", "/authorize", "portal", "consent"} {
			login = login || strings.Contains(low, word)
		}
	}
	title := "the server redirects to " + where
	if login {
		title = "the server redirects to a login page, " + where
	}
	f := c.gateway(r, title+statusWords(r)).
		Saying("A token endpoint does not redirect. %s%s", notJudged, support(r)).
		Fix("Send the POST to the token endpoint itself: HTTP clients that follow a redirect turn it into a GET without body.")
	f.Found, f.Expected = statusWordsOnly(r)+" to "+where, "200, or 400 or 401 with an OAuth error"
	if ok {
		at := c.AtResponseHeader(r, h)
		if where != h.Value {
			at = at.Unshown() // a query may contain secrets
		}
		f.Places = []evidence.Place{at}
	}
	return f
}

func statusWordsOnly(r *evidence.Response) string { return strings.Trim(statusWords(r), " ()") }

func (c *Ctx) notFound(r *evidence.Response) *Fault {
	f := Found("endpoint-not-found", "the server answered 404: it knows nothing of this address").
		Compare("404", "the token endpoint").As(finding.Likely).At(c.atStatus(r))
	if r.Status == 405 {
		f = Found("endpoint-not-found", "the server answered 405: it does not take this method here").Compare("405", "POST").At(c.atStatus(r))
		if h, ok := r.Headers.Get("Allow"); ok {
			f.Title += " (it allows " + h.Value + ")"
			f.Places = []evidence.Place{c.AtResponseHeader(r, h)}
			if !strings.Contains(strings.ToUpper(h.Value), "POST") {
				f.Fix("Use the token endpoint; this address takes no POST at all.")
			}
		}
	}
	if req := c.request(); req != nil && req.URL != "" {
		f.Found += ", " + strings.TrimSpace(req.Method+" "+shortURL(req.URL))
		f.At(c.AtURL(req))
	}
	return f.Saying("%s%s", notJudged, support(r))
}

func (c *Ctx) serverFailed(r *evidence.Response, who string) *Fault {
	title := "the server answered " + strconv.Itoa(r.Status)
	if meaning := map[int]string{500: "it broke inside", 502: "what stands in front of it got no good answer", 503: "it is overloaded or under maintenance",
		504: "what stands in front of it waited in vain"}[r.Status]; meaning != "" {
		title += ": " + meaning
	}
	if who != "" {
		title += " (" + who + " says so)"
	}
	f := Found("server-failed", "%s", title).Saying("%s%s", notJudged, support(r)).
		Compare(strconv.Itoa(r.Status), "200, or 400 or 401 with an OAuth error").At(c.atStatus(r))
	if wait := c.retryAfter(r); wait != "" {
		f.Fix("Try again %s, with a new assertion.", wait)
	}
	return f
}

// throttled tells a refusal that says in its code that it is a matter of rate.
func throttled(r *evidence.Response) bool {
	plain := func(s string) string {
		return strings.NewReplacer("_", "", "-", "", " ", "").Replace(strings.ToLower(s))
	}
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
	f := Found("rate-limited", "the server answers that there were too many requests%s", statusWords(r)).
		Saying("%s%s", notJudged, support(r)).At(c.atStatus(r)).Citing(rfc(6585, "4"), rfc(9110, "10.2.3"))
	if h, ok := r.Headers.Get("Retry-After"); ok {
		f.Places = []evidence.Place{c.AtResponseHeader(r, h)}
	}
	if wait := c.retryAfter(r); wait != "" {
		f.Title += "; try again " + wait
		f.Fix("Wait: try again %s, with a new assertion.", wait).Fix("Keep the access token until it expires instead of asking for one each time.")
	}
	return f
}

// retryAfter tells in words when to come again; "" where the answer does not
// say (RFC 9110 section 10.2.3: seconds, or a date).
func (c *Ctx) retryAfter(r *evidence.Response) string {
	value := strings.TrimSpace(r.Headers.Value("Retry-After"))
	if n, err := strconv.ParseUint(value, 10, 31); err == nil {
		words := "in " + strconv.FormatUint(n, 10) + " seconds"
		if wait := time.Duration(n) * time.Second; wait >= time.Minute {
			words += " (" + span(wait) + ")"
		}
		if !r.Date.IsZero() {
			words += ", from " + clock(r.Date.Add(time.Duration(n)*time.Second)) + " on"
		}
		return words
	}
	at, ok := httpDate(value)
	switch {
	case !ok:
		return ""
	case r.Date.IsZero() || at.Before(r.Date):
		return "from " + clock(at) + " on"
	}
	return "in " + strconv.Itoa(int(at.Sub(r.Date).Seconds())) + " seconds, from " + clock(at) + " on"
}

// refusedByAPI reads the challenge of an API that was sent an access token
// (RFC 6750 section 3.1). An answer to a token request is none, and without a
// request only an error that no token endpoint gives tells.
func (c *Ctx) refusedByAPI(r *evidence.Response) *Fault {
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
			Compare(orElse(code, code != "", "no error code"), "an access token it takes").Citing(rfc(6750, "3.1"))
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
	return nil
}

func apiError(f *Fault, code, scope, said string) *Fault {
	switch code {
	case "invalid_token":
		f.Title += ": invalid_token"
		return f.Saying("invalid_token means that it is expired, revoked, malformed, or not meant for this API.%s", said).
			Fix("Get a new access token, and compare its iss, aud and exp with what the API wants.")
	case "insufficient_scope":
		f.Title += ": insufficient_scope"
		f.Saying("insufficient_scope means that the token is good and grants too little.%s", said)
		if scope != "" {
			return f.Fix("Ask for the scope %s in the token request.", scope)
		}
		return f.Fix("Ask for the scope the API's page names in the token request.")
	case "invalid_request":
		f.Title = "an API found the request malformed: invalid_request"
		return f.Saying("invalid_request means that the token was sent in more than one way, or a parameter is malformed.%s", said).
			Fix("Send the access token once, in the Authorization header.")
	case "":
		f.Title = "an API asks for an access token"
		return f.Saying("It names no error, which means that it found no token at all in the request, or does not tell.%s", said).
			Fix("Send Authorization: Bearer and the access token, with one space between them.")
	}
	f.Title += ": " + code
	return f.Saying("It judged the access token, not an assertion.%s", said)
}
