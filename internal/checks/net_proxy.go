package checks

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
)

func netProxy() Check {
	return Check{
		ID:       "net-proxy",
		Subject:  "proxy",
		Rank:     650,
		OfAnswer: true,
		Title:    "The proxy lets the request through",
		Needs:    []evidence.Need{evidence.NeedNetwork},
		Cites:    []finding.Citation{rfc(9110, "9.3.6"), rfc(9110, "15.5.8")},
		Doc: "Through a proxy, https uses CONNECT: the client asks the proxy for a tunnel, which it may refuse because of the host, port or user. " +
			"Browsers and programs on one machine often use different proxies.",
		Causes: []Cause{
			{ID: "proxy-refused", Title: "the proxy refuses, or asks for credentials", Severity: finding.Error,
				Why:    "The proxy does not know the user, or its rules do not allow the host or port. Nothing reached the provider.",
				Fix:    "Have the provider's host allowed on the proxy, or exempt it with NO_PROXY if your network allows direct connections.",
				Unseen: true},
		},
		Judge: judgeProxy,
	}
}

func judgeProxy(c *Ctx) Verdict {
	n := c.network()
	p := n.Proxy
	if p == nil {
		return NotAsked("no proxy is used")
	}
	who := proxyWords(p) + orElse(" (from "+p.From+")", p.From != "", "")
	if p.Fault == "" {
		if n.DNS != nil && n.DNS.Fault != "" || n.Connect != nil && n.Connect.Fault != "" {
			why, _ := whyNotReached(n, stepProxy)
			return NotAsked("%s was not reached: %s", who, why).For(finding.WhyMoot)
		}
		return Pass("%s lets the request through", who)
	}
	if p.Fault != evidence.FaultProxyRefused {
		return NotAsked("what happened at %s is not known%s", who, c.because(p.Says)).For(finding.WhyNotGiven)
	}
	f := Found("proxy-refused", "%s refuses the connection to %s", who, n.Host).At(c.atNetwork()).About(Detail{Value: p.URL, Code: itoa(p.Status)}).
		Compare(orElse("status "+itoa(p.Status), p.Status != 0, "no answer to CONNECT"), "status 200")
	why := "The proxy's rules do not allow the host or port, or it does not support CONNECT at all. Nothing reached the provider."
	exempt := "If your network allows direct connections, exempt the host: NO_PROXY=" + n.Host + "."
	switch {
	case p.URL == "":
		f.Title, f.Found, f.Expected = "the address of the proxy cannot be read", "not a URL", "http://HOST:PORT"
		why = "The proxy setting is not a URL, so nothing was sent."
		f.fixProxy(n)
	case p.Status == 407:
		f.Title = who + " asks for credentials"
		why = "The proxy wants its own user name and password, which have nothing to do with the OAuth client. Nothing reached the provider."
		f.Fix("Give the HTTP client the proxy's user name and password, for example HTTPS_PROXY=http://USER:PASSWORD@%s.", proxyHost(p.URL)).Fix("%s", exempt)
	case p.Status == 403:
		why = "The proxy's rules do not allow the host or port, or not from this machine. Nothing reached the provider."
		f.Fix("Ask the proxy's administrator to allow %s.", hostAndPort(n)).Fix("%s", exempt)
	case p.Status >= 500:
		f.Title = who + " did not reach " + n.Host
		why = "The proxy could not connect to the host: it does not know the name, or may not connect out. Nothing reached the provider."
		f.Fix("Ask the proxy's administrator why it cannot reach %s.", hostAndPort(n)).Fix("%s", exempt)
	}
	return Fail(f.Saying("%s", c.saying(why, p.Says)))
}

// proxyWords names the proxy; one whose address could not be read has no name.
func proxyWords(p *evidence.Proxy) string {
	return strings.TrimSpace("the proxy " + shortURL(p.URL))
}

// fixProxy is the fix of a fault on the way to the proxy, if there is one: the
// provider's host does not matter.
func (f *Fault) fixProxy(n *evidence.Network) *Fault {
	if n.Proxy == nil {
		return f
	}
	return f.Fix("Correct the address of the proxy%s, or exempt the host if your network allows direct connections: NO_PROXY=%s.",
		orElse(" (from "+n.Proxy.From+")", n.Proxy.From != "", ""), n.Host)
}

// proxyHost is the host and port of the proxy, as its URL has them.
func proxyHost(address string) string {
	a, ok := addressOf(shortURL(address))
	if !ok || a.host == "" {
		return "PROXY"
	}
	return a.host + orElse(":"+a.port, a.port != "", "")
}
