package checks

import (
	"net/url"
	"slices"
	"strings"

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
		Doc: "A token endpoint answers a POST itself and at once. A redirect takes the body away or hands the assertion to another host, " +
			"and a server that stays silent is most often one that waits for something behind it.",
		Causes: []Cause{
			{ID: "http-timeout", Title: "connected, but no answer in time", Severity: finding.Error,
				Why:    "The connection stands and the answer does not come: the server waits for something behind it, as for the client's JWKS, or a proxy holds the answer back.",
				Fix:    "Try again, then from another network. Where the provider fetches your JWKS, see that it is reachable for the provider and answers fast.",
				Leads:  []Lead{{To: []finding.CauseID{"response-not-json", "token-response-incomplete"}}},
				Unseen: true},
			{ID: "http-redirected", Title: "the server redirects", Severity: finding.Warning,
				Why:    "The address is an old one, lacks or has a slash too many, is http where https is wanted, or a login page stands before it.",
				Fix:    "Use the address the redirect leads to, where the provider's page names it; HTTP clients do not carry a token request over.",
				Leads:  []Lead{{To: []finding.CauseID{"answered-by-gateway"}}},
				Unseen: true},
		},
		Judge: judgeHTTP,
	}
}

func judgeHTTP(c *Ctx) Verdict {
	n := c.network()
	h := n.HTTP
	if h == nil {
		return NotAsked("%s", notReached(n, stepHTTP))
	}
	switch hops := hopsOf(n); {
	case n.Proxy != nil && n.Proxy.Fault != "":
		return NotAsked("%s", notReached(n, stepHTTP)) // what answered is the proxy
	case h.Fault == "http-timeout":
		return Fail(c.silent(n))
	case len(hops) > 0:
		return Fail(c.redirected(h, hops))
	case h.Fault == "http-redirected":
		return Fail(c.redirected(h, []evidence.Redirect{{Status: h.Status, From: n.URL}}))
	case h.Fault != "":
		return NotAsked("no whole answer was had%s", c.because(h.Says))
	case h.Status == 0:
		return NotAsked("no answer was recorded")
	}
	words := "status " + itoa(h.Status) + orElse(" after "+span(h.Took), h.Took > 0, "") + orElse(", "+h.Version, h.Version != "", "")
	if h.Method == "GET" && h.Status == 405 {
		words += "; a token endpoint takes POST alone"
	}
	return Pass("%s", words)
}

// silent tells at which point the server fell silent: that of a TLS handshake
// has nothing to do with what was asked.
func (c *Ctx) silent(n *evidence.Network) *Fault {
	limit := orElse(" within "+span(n.Timeout), n.Timeout > 0, " in time")
	cause, _ := declared(netHTTP(), "http-timeout")
	found := func(what, found, why string) *Fault {
		return Found("http-timeout", "%s took the connection and %s%s", hostAndPort(n), what, limit).
			Compare(found, "an answer"+limit).At(c.atNetwork()).Saying("%s", c.saying(why, n.HTTP.Says))
	}
	switch {
	case n.HTTP.Status != 0:
		return found("did not end its answer", "the beginning of an answer", cause.Why)
	case n.TLS == nil && strings.HasPrefix(strings.ToLower(n.URL), "https://"):
		return found("did not answer to TLS", "no TLS handshake", "The connection stands and nothing comes back to the first word of TLS: something else than a TLS server listens there, it is overloaded, or a firewall lets connections through and drops what they carry. The request was not sent.").
			Fix("Compare host and port with the provider's page; then try again, and from another network. Where the network demands a proxy, set HTTPS_PROXY.")
	}
	return found("did not answer", "no answer", cause.Why)
}

// hopsOf lists the redirects; one that was not followed stands in the answer alone.
func hopsOf(n *evidence.Network) []evidence.Redirect {
	h := n.HTTP
	if len(h.Redirects) > 0 || h.Response == nil || !slices.Contains([]int{301, 302, 303, 307, 308}, h.Status) {
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

// redirected tells where to, and what that does to a token request.
func (c *Ctx) redirected(h *evidence.Exchanged, hops []evidence.Redirect) *Fault {
	var way []string
	for _, hop := range hops[:min(len(hops), 6)] {
		way = append(way, itoa(hop.Status)+" to "+orElse(shortURL(hop.To), hop.To != "", "nowhere it names"))
	}
	first, last := hops[0], hops[len(hops)-1]
	says := h.Says
	if to, plain := strings.CutPrefix(says, "it redirects to "); plain && !strings.Contains(to, " ") {
		says = "" // which is told already
	}
	f := Found("http-redirected", "the server redirects to %s (%d)", orElse(shortURL(last.To), last.To != "", "another address"), first.Status).
		Compare(strings.Join(way, ", then "), "an answer of "+shortURL(first.From)+" itself").
		Saying("%s", c.saying(whatRedirectDoes(first), says)).At(c.atNetwork())
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
		f.Fix("Write the address with https://: %s", shortURL(last.To))
	case from.host == to.host && from.path != to.path && sameButSlash(from.path, to.path):
		f.Fix("Write the address as the server has it, the slash at the end included: %s", shortURL(last.To))
	case loginAddress(to):
		f.Fix("Compare the address with the provider's page: a login page stands before this one, which is none that a program uses.")
	case from.host != to.host:
		f.Fix("Compare the address with the provider's page, and send the assertion to %s only where that page names it.", to.host)
	}
	return f
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
			return "HTTP clients that follow it send the same POST again, so that the assertion reaches another host, " + to + ", than the one it was meant for."
		}
		return "HTTP clients that follow it send the same POST again; many do not, or refuse to repeat the body, and the assertion is sent twice."
	}
	return "A token endpoint does not redirect."
}

// loginAddress knows a login page by the words of its address.
func loginAddress(a address) bool {
	text := strings.ToLower(a.host + a.path)
	return slices.ContainsFunc([]string{"login", "signin", "sign-in", "logon", "/sso", "saml", "adfs", "portal", "consent"},
		func(word string) bool { return strings.Contains(text, word) })
}
