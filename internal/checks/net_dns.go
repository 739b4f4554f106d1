package checks

import (
	"net/netip"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

func netDNS() Check {
	return Check{
		ID:       "net-dns",
		Subject:  "DNS",
		Rank:     630,
		OfAnswer: true,
		Title:    "The host name resolves",
		Needs:    []evidence.Need{evidence.NeedNetwork},
		Cites:    []finding.Citation{rfc(1035, "4.1.1"), rfc(8020, "2")},
		Doc: "Before anything is sent, the host name becomes an address: from the machine's hosts file or from its DNS server. " +
			"Inside a company, a container or a VPN both may answer differently than outside.",
		Causes: []Cause{
			{ID: "dns-not-found", Title: "the host name does not resolve", Severity: finding.Error,
				Why:    "The name is misspelled, was retired, or is known only inside another network.",
				Fix:    "Compare the host exactly with the provider's documentation; then look it up with another resolver (dig NAME @1.1.1.1) and from another network.",
				Unseen: true},
			{ID: "dns-failed", Title: "the resolver failed or did not answer", Severity: finding.Error,
				Why:    "This machine's DNS server was not reached or failed; nothing is known about the name.",
				Fix:    "Try again; then look at the machine's resolver (/etc/resolv.conf, VPN, container network).",
				Unseen: true},
		},
		Judge: judgeDNS,
	}
}

func judgeDNS(c *Ctx) Verdict {
	n := c.network()
	l := n.DNS
	if l == nil {
		if _, err := netip.ParseAddr(strings.Trim(n.Host, "[]")); err == nil {
			return NotAsked("%s is an address, so no name needs resolving", n.Host)
		}
		if n.Proxy != nil && n.Connect != nil {
			return NotAsked("%s resolves the name", proxyWords(n.Proxy))
		}
		return notReached(n, stepDNS)
	}
	fault := func(cause finding.CauseID, format string, args ...any) Verdict {
		f := Found(cause, format, args...).Compare("no address", "an address of "+l.Name).At(c.atNetwork()).
			Saying("%s", c.saying(dnsWhy(cause, l.Name)+hostsNote(n), l.Says)).fixProxy(n)
		return Fail(f.About(Detail{Value: l.Name}))
	}
	switch l.Fault {
	case evidence.FaultDNSNotFound:
		return fault("dns-not-found", "%s does not resolve", l.Name)
	case evidence.FaultDNSFailed:
		return fault("dns-failed", "the resolver could not say whether there is a host %s", l.Name)
	case "":
		if len(l.Addresses) == 0 {
			return NotAsked("the lookup of %s returned no address", l.Name).For(finding.WhyNotGiven)
		}
		if l.HostsFile {
			return Pass("this machine's hosts file says that %s is %s; DNS is not used", l.Name, list(few(l.Addresses)))
		}
		return Pass("%s resolves to %s", l.Name, list(few(l.Addresses)))
	}
	return NotAsked("the lookup of %s failed in another way%s", l.Name, c.because(l.Says)).For(finding.WhyNotGiven)
}

func dnsWhy(cause finding.CauseID, name string) string {
	switch {
	case cause == "dns-failed":
		return "This machine's DNS server was not reached or failed; nothing is known about the name."
	case !strings.Contains(strings.TrimSuffix(name, "."), "."):
		return "A name without a dot resolves only inside the network that defines it."
	}
	return "The name is misspelled, was retired, or is known only inside another network."
}

// step is one step of a look at an address, in the order they are taken.
type step int

const (
	stepDNS step = iota
	stepConnect
	stepProxy
	stepTLS
	stepHTTP
)

// network is the result of the look at the address; the checks that ask for it
// need that evidence.
func (c *Ctx) network() *evidence.Network { n, _ := c.Network.Get(); return n }

func (c *Ctx) atNetwork() evidence.Place {
	return c.AtDocument(finding.PartNetwork, shortURL(c.network().URL), nil, "", jsonspan.Span{})
}

// notReached is the verdict on a step that was not taken.
func notReached(n *evidence.Network, s step) Verdict {
	why, failed := whyNotReached(n, s)
	if failed {
		return NotAsked(why).For(finding.WhyMoot)
	}
	return NotAsked(why).For(finding.WhyNotGiven)
}

// whyNotReached says why a step was not taken; failed is true if an earlier
// one failed.
func whyNotReached(n *evidence.Network, s step) (why string, failed bool) {
	switch {
	case s > stepDNS && n.DNS != nil && n.DNS.Fault != "":
		return "the name did not resolve", true
	case s > stepConnect && n.Connect != nil && n.Connect.Fault != "":
		return "no connection was made", true
	case n.Proxy != nil && n.Proxy.Fault != "" && (s > stepProxy || n.Connect == nil):
		return "the proxy did not let the request through", true
	case s > stepTLS && n.TLS != nil && n.TLS.Fault != "":
		return "the TLS handshake failed", true
	case s <= stepTLS && n.HTTP != nil && n.HTTP.Fault != "":
		return "the server accepted the connection but did not respond", true
	}
	if n.Interrupted {
		return "the run was interrupted", false
	}
	return "this step was not reached", false
}

// hostsNote mentions a hosts file that overrides DNS: such entries are easily
// forgotten.
func hostsNote(n *evidence.Network) string {
	if n.DNS == nil || !n.DNS.HostsFile {
		return ""
	}
	return " This machine's hosts file names " + n.DNS.Name + orElse(" as "+list(few(n.DNS.Addresses)), len(n.DNS.Addresses) > 0, "") +
		", so DNS is not used; the entry may be outdated."
}

// saying is an explanation followed by what was seen of this case.
func (c *Ctx) saying(explanation, says string) string {
	if says = c.spoken(says); says != "" {
		return explanation + " Seen: " + strings.TrimRight(says, ".") + "."
	}
	return explanation
}

// because is what was seen, as the end of a reason.
func (c *Ctx) because(says string) string {
	if says = c.spoken(says); says != "" {
		return ": " + strings.TrimRight(says, ".")
	}
	return ""
}

// few cuts a list to the length of a sentence.
func few(words []string) []string {
	const most = 6
	if len(words) <= most {
		return words
	}
	return append(words[:most:most], itoa(len(words)-most)+" more")
}
