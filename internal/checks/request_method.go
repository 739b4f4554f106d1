package checks

import (
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
)

func requestMethod() Check {
	return Check{
		ID:      "request-method",
		Subject: "method",
		Rank:    20,
		Title:   "The request is a POST",
		Kinds:   assertionKinds,
		Needs:   []evidence.Need{evidence.NeedRequest},
		Cites:   []finding.Citation{rfc(6749, "3.2"), rfc(9110, "15.4")},
		Doc: "A token request is a POST; a GET has no body, and its URL ends up in logs. A server that gets anything else answers 404 or 405, or misses every parameter. " +
			"When a client follows a redirect (301, 302, 303), it usually turns the POST into a GET and drops the body.",
		Causes: []Cause{
			{ID: "method-not-post", Title: "the request is not a POST", Severity: finding.Error,
				Why:   "The parameters were put into the URL, or the client sends GET by default.",
				Fix:   "Send the request with the method POST.",
				Leads: []Lead{{To: slices.Concat([]finding.CauseID{"params-in-url"}, lostBody(), strangeAnswers())}}},
			{ID: "post-became-get", Title: "a redirect turned the POST into a GET and dropped its body", Severity: finding.Error,
				Why:    "The address answers with a redirect (301, 302 or 303), and the client followed it the way browsers do: with GET and without the body.",
				Fix:    "Send the request to the final address, with https and exactly the trailing slash it has or does not have.",
				Leads:  []Lead{{To: slices.Concat([]finding.CauseID{"method-not-post", "params-in-url"}, lostBody(), strangeAnswers())}},
				Unseen: true},
		},
		Judge: judgeMethod,
	}
}

func judgeMethod(c *Ctx) Verdict {
	r := c.request()
	if f, why := c.flow(); f == flowOther {
		return NotAsked(why)
	}
	if c.ownBearer() {
		return NotAsked("the JWT is sent to an API as Bearer, which takes it with any method")
	}
	if r.Method == "" {
		return NotAsked("the text does not show the method").Give(wholeRequest)
	}
	if r.Method != "POST" && (len(r.Redirects) == 0 || r.Body.Kind != evidence.BodyNone || !redirected(r)) {
		return Fail(c.notPost(r))
	}
	for _, hop := range r.Redirects {
		if !lost(hop) {
			continue
		}
		f := Found("post-became-get", "the redirect %d to %s turned the POST into a GET and dropped its body", hop.Status, shortURL(hop.To))
		if hop.Method == "POST" {
			f = Found("post-became-get", "the redirect %d to %s dropped the body of the POST", hop.Status, shortURL(hop.To))
		}
		f.Compare(orElse(hop.Method, hop.Method != "", "GET")+" "+shortURL(hop.To), "POST "+shortURL(hop.To)).
			At(c.AtURL(r)).About(Detail{Value: shortURL(hop.From), Right: shortURL(hop.To)})
		if from, to := shortURL(hop.From), shortURL(hop.To); samePath(from, to) {
			f.Fix("Send the request straight to %s.", to)
		} else {
			f.Fix("Find out why the address redirects. A token endpoint does not, and %s may be a page for people.", to)
		}
		if curlHas(r, "-L", "--location") {
			f.Fix("Drop -L, so that you see the redirect.")
		}
		return Fail(f)
	}
	return Pass("the method is POST")
}

// lost reports whether what followed a redirect was no longer the same POST.
func lost(hop evidence.Redirect) bool {
	return hop.DroppedAll || hop.Method == "GET" || hop.Method == "HEAD"
}

// samePath reports whether a redirect changes no more than scheme, host or slash.
func samePath(from, to string) bool {
	a, ok1 := addressOf(from)
	b, ok2 := addressOf(to)
	return ok1 && ok2 && strings.Trim(a.path, "/") == strings.Trim(b.path, "/")
}

// redirected reports whether a redirect may have taken the body away.
func redirected(r *evidence.Request) bool {
	for _, hop := range r.Redirects {
		if hop.DroppedAll && (hop.Status == 301 || hop.Status == 302 || hop.Status == 303) {
			return true
		}
	}
	return false
}

func (c *Ctx) notPost(r *evidence.Request) *Fault {
	at := c.AtMethod(r)
	if r.MethodSpan.Len() == 0 && r.URLSpan.Len() > 0 {
		at = c.AtURL(r)
	}
	f := Found("method-not-post", "the method is %s; a token request is a POST", r.Method).Compare(r.Method, "POST").At(at).
		About(Detail{Value: r.Method, Right: "POST"})
	switch {
	case strings.EqualFold(strings.TrimSpace(r.Method), "POST"):
		f.Saying("Method names are case-sensitive: %s is not POST (RFC 9110 section 9.1).", r.Method).
			Fix("Write the method as POST.").As(finding.Likely)
	case curlHas(r, "-G", "--get"):
		f.Saying("With -G, curl sends GET and puts the data into the URL.").Fix("Drop -G (--get); with data, curl sends POST by default.")
	case curlHas(r, "-I", "--head"):
		f.Saying("With -I, curl sends HEAD.").Fix("Drop -I (--head); use -i to see the response headers of a POST.")
	case curlHas(r, "-T", "--upload-file"):
		f.Fix("Send the parameters with --data-urlencode and drop -T (--upload-file), which makes the request a PUT.")
	case isCurl(r) && r.Body.Kind != evidence.BodyNone:
		f.Saying("With data, curl sends POST by default; -X replaces that.").Fix("Drop -X %s.", r.Method)
	case isCurl(r):
		f.Saying("Without data, curl sends GET.").Fix("Send the parameters with --data-urlencode; curl then sends POST.")
	}
	return f
}
