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
		Doc: "Through a proxy, https goes by CONNECT: the proxy is asked for a tunnel and may refuse it by host, port or user. " +
			"Browsers and programs on one machine often use different proxies.",
		Causes: []Cause{
			{ID: "proxy-refused", Title: "the proxy refuses, or asks for credentials", Severity: finding.Error,
				Why:    "The proxy does not know the user, or its rules do not admit the host or port. The provider got nothing.",
				Fix:    "Have the proxy admit the provider's host, or exempt it from the proxy with NO_PROXY where the network lets it out directly.",
				Unseen: true},
		},
		Judge: judgeProxy,
	}
}

func judgeProxy(c *Ctx) Verdict {
	n := c.network()
	p := n.Proxy
	if p == nil {
		return NotAsked("no proxy is in the way")
	}
	who := proxyWords(p) + orElse(" (from "+p.From+")", p.From != "", "")
	if p.Fault == "" {
		if n.DNS != nil && n.DNS.Fault != "" || n.Connect != nil && n.Connect.Fault != "" {
			return NotAsked("%s was not reached: %s", who, notReached(n, stepProxy))
		}
		return Pass("%s lets the request through", who)
	}
	if p.Fault != "proxy-refused" {
		return NotAsked("what became of the request at %s cannot be told%s", who, c.because(p.Says))
	}
	f := Found("proxy-refused", "%s refuses the connection to %s", who, n.Host).At(c.atNetwork()).
		Compare(orElse("status "+itoa(p.Status), p.Status != 0, "no answer to CONNECT"), "status 200")
	why := "The proxy's rules do not admit the host or port, or it does not do CONNECT at all. The provider got nothing."
	exempt := "Where the network lets the request out directly, exempt the host: NO_PROXY=" + n.Host + "."
	switch {
	case p.URL == "":
		f.Title, f.Found, f.Expected = "the address of the proxy cannot be read", "no URL", "http://HOST:PORT"
		why = "What is set as proxy is no URL, so that nothing was sent."
		f.mendProxy(n)
	case p.Status == 407:
		f.Title = who + " asks for credentials"
		why = "The proxy wants a user name and password of its own, which have nothing to do with the OAuth client. The provider got nothing."
		f.Fix("Give the HTTP client the proxy's user name and password, as in HTTPS_PROXY=http://USER:PASSWORD@%s.", proxyHost(p.URL)).Fix("%s", exempt)
	case p.Status == 403:
		why = "The proxy's rules do not admit the host or port, or not for this machine. The provider got nothing."
		f.Fix("Have the proxy's administrator admit %s.", hostAndPort(n)).Fix("%s", exempt)
	case p.Status >= 500:
		f.Title = who + " did not reach " + n.Host
		why = "The proxy itself got no connection to the host: it does not know the name, or is not let out. The provider got nothing."
		f.Fix("Ask the proxy's administrator why %s is not reached.", hostAndPort(n)).Fix("%s", exempt)
	}
	return Fail(f.Saying("%s", c.saying(why, p.Says)))
}

// proxyWords names the proxy; one whose address could not be read has no name.
func proxyWords(p *evidence.Proxy) string {
	return strings.TrimSpace("the proxy " + shortURL(p.URL))
}

// mendProxy is the fix of a fault on the way to the proxy, where there is one:
// the provider's host has no part in it.
func (f *Fault) mendProxy(n *evidence.Network) *Fault {
	if n.Proxy == nil {
		return f
	}
	return f.Fix("Correct the address of the proxy%s, or exempt the host where the network lets it out directly: NO_PROXY=%s.",
		orElse(" (it is from "+n.Proxy.From+")", n.Proxy.From != "", ""), n.Host)
}

// proxyHost is host and port of the proxy, as they stand in its URL.
func proxyHost(address string) string {
	a, ok := addressOf(shortURL(address))
	if !ok || a.host == "" {
		return "PROXY"
	}
	return a.host + orElse(":"+a.port, a.port != "", "")
}
