package checks

import (
	"net/url"
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/wording"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
)

func netHTTP() Check {
	return Check{
		ID:       "net-http",
		Subject:  "HTTP",
		Rank:     670,
		OfAnswer: true,
		Title:    "The server answers in time, without a detour",
		Needs:    []evidence.Need{evidence.NeedNetwork},
		Cites:    []finding.Citation{rfc(9110, "15.4"), rfc(6749, "3.2")},
		Doc: "A token endpoint answers a POST itself, and at once. A redirect drops the body or sends the assertion to another host, " +
			"and a server that does not respond is usually waiting for something behind it.",
		Causes: []Cause{
			{ID: "http-timeout", Title: "connected, but no response in time", Severity: finding.Error,
				Why:    "Connected, but no response: the server is waiting for something behind it, such as the client's JWKS, or a proxy delays the answer.",
				Fix:    "Try again, then from another network. If the provider fetches your JWKS, make sure that it can reach it and gets it fast.",
				Leads:  []Lead{{To: []finding.CauseID{"response-not-json", "token-response-incomplete"}}},
				Unseen: true},
			{ID: "http-redirected", Title: "the server redirects", Severity: finding.Warning,
				Why:    "The address is outdated, has a missing or extra slash, is http instead of https, or is behind a login page.",
				Fix:    "Use the address that the redirect leads to, if the provider documents it; HTTP clients do not carry a token request over.",
				Leads:  []Lead{{To: []finding.CauseID{"answered-by-gateway"}}},
				Unseen: true},
			{ID: "http-failed", Title: "no valid HTTP answer came back", Severity: finding.Error,
				Why:    "Something other than an HTTP server listens there, or a proxy, firewall or load balancer ended the connection.",
				Fix:    "Check scheme, host and port with the provider's documentation; then try from another network and without a proxy.",
				Leads:  []Lead{{To: []finding.CauseID{"response-not-json", "token-response-incomplete"}}},
				Unseen: true},
			{ID: "http-to-tls-port", Title: "the address is plain http, and the port speaks TLS", Severity: finding.Error,
				Why:    "The scheme was left out or mistyped, or a client that was built for http was pointed at a port for https.",
				Fix:    "Use https in the address.",
				Leads:  []Lead{{To: []finding.CauseID{"response-not-json", "token-response-incomplete", "answered-by-gateway", "token-refused", "url-not-https"}}},
				Unseen: true},
			{ID: "http-unavailable", Title: "the server answers with an error", Severity: finding.Warning,
				Why:    "The server, or a gateway in front of it, is overloaded, under maintenance or broken, or limits requests from this address.",
				Fix:    "Try again later; if it keeps failing, give the provider's support the time and the IDs in the answer.",
				Unseen: true},
			{ID: "http-blocked", Title: "a firewall, gateway or login page answers", Severity: finding.Warning,
				Why:    "Something in front of the server answers instead of it, so a token request does not reach it.",
				Fix:    "Check the address with the provider's documentation; then try from another network, without a proxy, and with a User-Agent. The provider may have an IP allow-list.",
				Unseen: true},
		},
		Judge: judgeHTTP,
	}
}

func judgeHTTP(c *Ctx) Verdict {
	n := c.network()
	h := n.HTTP
	if h == nil {
		return notReached(n, stepHTTP)
	}
	switch hops := hopsOf(n); {
	case n.Proxy != nil && n.Proxy.Fault != "":
		return notReached(n, stepHTTP) // what answered is the proxy
	case h.Fault == evidence.FaultHTTPToTLS:
		rest, _ := strings.CutPrefix(n.URL, "http://")
		return Fail(Found("http-to-tls-port", "%s speaks TLS, and was asked in plain http", hostAndPort(n)).Compare("http://", "https://").At(c.atNetwork()).
			About(Detail{Value: hostAndPort(n)}).Fix("Use https: %s", shortURL("https://"+rest)))
	case h.Fault == evidence.FaultHTTPTimeout:
		return Fail(c.silent(n))
	case len(hops) > 0:
		return Fail(c.redirected(h, hops))
	case h.Fault == evidence.FaultHTTPRedirected:
		return Fail(c.redirected(h, []evidence.Redirect{{Status: h.Status, From: n.URL}}))
	case h.Fault != "":
		return Fail(c.noAnswer(n))
	case h.Status == 0:
		return NotAsked("no answer was recorded").For(finding.WhyNotGiven)
	}
	if f := c.unasked(n); f != nil {
		return Fail(f)
	}
	return Pass("%s", answerWords{h})
}

// answerWords says what came back.
type answerWords struct{ h *evidence.Exchanged }

func (w answerWords) String() string {
	h := w.h
	words := "status " + itoa(h.Status)
	if h.Took > 0 {
		words += " after " + wording.Span(h.Took)
	}
	words += orElse(", "+h.Version, h.Version != "", "")
	if h.Method == "GET" && h.Status == 405 {
		words += "; a token endpoint accepts only POST"
	}
	return words
}

// noAnswer is the fault of an exchange that broke a rule of HTTP, or broke off.
func (c *Ctx) noAnswer(n *evidence.Network) *Fault {
	f := Found("http-failed", "no valid HTTP answer came from %s", hostAndPort(n)).
		Compare(orElse("status "+itoa(n.HTTP.Status)+", cut off", n.HTTP.Status != 0, "no answer"), "an HTTP answer").At(c.atNetwork()).
		About(Detail{Value: hostAndPort(n)})
	cause, _ := declared(netHTTP(), "http-failed")
	f.Saying("%s", c.saying(cause.Why, n.HTTP.Says))
	if rest, plain := strings.CutPrefix(n.URL, "http://"); plain && n.HTTP.Status == 0 {
		f.Fix("Try https: %s", shortURL("https://"+rest)).Fix("%s", cause.Fix)
	}
	return f
}

// unasked judges the answer to a look that was not a token request. Only what
// any request would get is in the way of one.
func (c *Ctx) unasked(n *evidence.Network) *Fault {
	h := n.HTTP
	r := h.Response
	if h.Method == "POST" || r == nil || c.response() != nil {
		return nil
	}
	found := func(cause finding.CauseID, format string, args ...any) *Fault {
		return Found(cause, format, args...).Compare("status "+itoa(h.Status), "an answer from the server itself").At(c.atNetwork()).As(finding.Likely).
			About(Detail{Code: itoa(h.Status)})
	}
	who, sure := gatewayOf(r)
	switch {
	case h.Status == 429:
		f := found("http-unavailable", "the server answered 429: too many requests from here")
		if wait := c.retryAfter(r); wait != "" {
			f.Fix("Wait: try again %s.", wait)
		}
		return f
	case sure:
		return found("http-blocked", "%s answers instead of the server (%d)", who, h.Status)
	case h.Status == 511:
		return found("http-blocked", "the network asks for a login first (511)")
	case r.Form == evidence.FormHTML && h.Status == 200 && loginPage(r.Body):
		return found("http-blocked", "a login page answers instead of the server")
	case h.Status >= 500 && !judgedTheRequest(r.Error.Code):
		words := ""
		if meaning := failureWords(h.Status); meaning != "" {
			words = ": " + meaning
		}
		f := found("http-unavailable", "the server answered %d%s", h.Status, words)
		if who != "" {
			f.Title += " (from " + who + ")"
		}
		if h.Status == 500 {
			// Some servers fail only on a GET.
			f.As(finding.Possible).Saying("It was a GET; a POST may get another answer.%s", support(r))
		}
		return f
	}
	return nil
}

// silent says at which point the server stopped responding: a TLS handshake has
// nothing to do with what was requested.
func (c *Ctx) silent(n *evidence.Network) *Fault {
	limit := orElse(" within "+wording.Span(n.Timeout), n.Timeout > 0, " in time")
	cause, _ := declared(netHTTP(), "http-timeout")
	found := func(what, found, why string) *Fault {
		return Found("http-timeout", "%s accepted the connection but %s%s", hostAndPort(n), what, limit).
			Compare(found, "an answer"+limit).At(c.atNetwork()).Saying("%s", c.saying(why, n.HTTP.Says)).About(Detail{Value: hostAndPort(n)})
	}
	switch {
	case n.HTTP.Status != 0:
		return found("did not finish its answer", "the beginning of an answer", cause.Why)
	case n.TLS == nil && strings.HasPrefix(strings.ToLower(n.URL), "https://"):
		return found("did not respond to TLS", "no TLS handshake", "Connected, but the TLS handshake got no response: the port is not a TLS server's, the server is overloaded, or a firewall lets connections through and drops their contents. The request was not sent.").
			Fix("Compare host and port with the provider's documentation; then try again, and from another network. If your network requires a proxy, set HTTPS_PROXY.")
	}
	return found("did not respond", "no answer", cause.Why)
}

// hopsOf lists the redirects; one that was not followed is only in the answer.
func hopsOf(n *evidence.Network) []evidence.Redirect {
	h := n.HTTP
	if len(h.Redirects) > 0 || h.Response == nil || !redirects3xx(h.Status) {
		return h.Redirects
	}
	to := h.Response.Headers.Value("Location")
	if to == "" {
		return nil // an answer in itself, however odd
	}
	if base, err := url.Parse(n.URL); err == nil {
		if ref, err := base.Parse(to); err == nil {
			to = ref.String()
		}
	}
	return []evidence.Redirect{{Status: h.Status, From: n.URL, To: to, Method: h.Method}}
}

// redirected says where to, and what that does to a token request.
func (c *Ctx) redirected(h *evidence.Exchanged, hops []evidence.Redirect) *Fault {
	var way []string
	for _, hop := range hops[:min(len(hops), 6)] {
		way = append(way, itoa(hop.Status)+" to "+orElse(shortURL(hop.To), hop.To != "", "an address it does not name"))
	}
	first, last := hops[0], hops[len(hops)-1]
	says := h.Says
	if h.Method == "POST" || h.Status != 0 && !redirects3xx(h.Status) {
		says = "" // what it says is where it redirects to, and that was reached
	}
	f := Found("http-redirected", "the server redirects to %s (%d)", orElse(shortURL(last.To), last.To != "", "another address"), first.Status).
		Compare(strings.Join(way, ", then "), "an answer from "+shortURL(first.From)).
		Saying("%s", c.saying(whatRedirectDoes(first), says)).At(c.atNetwork()).
		About(Detail{Value: shortURL(first.From), Right: shortURL(last.To)})
	if c.request() != nil || h.Method == "POST" {
		f.Weigh(finding.Error)
	}
	if h.Method != "POST" {
		f.As(finding.Likely) // what a POST gets there was not tried
	}
	if section := map[int]string{301: "15.4.2", 302: "15.4.3", 303: "15.4.4", 307: "15.4.8", 308: "15.4.9"}[first.Status]; section != "" {
		f.Citing(rfc(9110, section))
	}
	from, okFrom := addressOf(first.From)
	to, okTo := addressOf(last.To)
	switch {
	case !okFrom || !okTo:
	case from.scheme == "http" && to.scheme == "https" && from.host == to.host && from.path == to.path:
		f.Fix("Use https: %s", shortURL(last.To))
	case from.host == to.host && from.path != to.path && sameButSlash(from.path, to.path):
		f.Fix("Use the address exactly as the server has it, with or without the trailing slash: %s", shortURL(last.To))
	case loginAddress(to):
		f.Fix("Compare the address with the provider's documentation: this one is behind a login page, so it is not for programs.")
	case from.host != to.host:
		f.Fix("Compare the address with the provider's documentation, and send the assertion to %s only if it is documented.", to.host)
	}
	return f
}

func redirects3xx(status int) bool {
	switch status {
	case 301, 302, 303, 307, 308:
		return true
	}
	return false
}

func whatRedirectDoes(r evidence.Redirect) string {
	from, to := host(r.From), host(r.To)
	switch r.Status {
	case 301, 302:
		return "HTTP clients that follow it turn the POST of a token request into a GET, and its body is lost."
	case 303:
		return "It asks for a GET: the POST of a token request ends here, and its body is lost."
	case 307, 308:
		if to != "" && from != "" && to != from {
			return "HTTP clients that follow it send the same POST again, so the assertion reaches another host, " + to + ", than the one it was meant for."
		}
		return "HTTP clients that follow it send the same POST again; many do not, or refuse to repeat the body, and the assertion is sent twice."
	}
	return "A token endpoint does not redirect."
}

// loginAddress recognises a login page by the words in its address.
func loginAddress(a address) bool {
	text := strings.ToLower(a.host + a.path)
	return slices.ContainsFunc([]string{"login", "signin", "sign-in", "logon", "/sso", "saml", "adfs", "portal", "consent"},
		func(word string) bool { return strings.Contains(text, word) })
}
