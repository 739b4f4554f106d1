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
		Doc: "Before anything is sent, the host name becomes an address: by the machine's hosts file or by the DNS it is told to ask. " +
			"Inside a company, a container or a VPN both may answer otherwise than outside.",
		Causes: []Cause{
			{ID: "dns-not-found", Title: "the host name does not resolve", Severity: finding.Error,
				Why:    "The name is misspelt, was retired, or is known only inside another network.",
				Fix:    "Compare the host with the provider's page to the character; then look it up with another resolver (dig NAME @1.1.1.1) and from another network.",
				Unseen: true},
			{ID: "dns-failed", Title: "the resolver failed or did not answer", Severity: finding.Error,
				Why:    "The DNS server that this machine asks was not reached or broke; of the name itself nothing is known.",
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
			return NotAsked("%s is an address, so there is no name to resolve", n.Host)
		}
		if n.Proxy != nil && n.Connect != nil {
			return NotAsked("%s resolves the name", proxyWords(n.Proxy))
		}
		return NotAsked("%s", notReached(n, stepDNS))
	}
	fault := func(cause finding.CauseID, format string, args ...any) Verdict {
		return Fail(Found(cause, format, args...).Compare("no address", "an address of "+l.Name).At(c.atNetwork()).
			Saying("%s", c.saying(dnsWhy(cause, l.Name)+hostsNote(n), l.Says)).mendProxy(n))
	}
	switch l.Fault {
	case "dns-not-found":
		return fault("dns-not-found", "%s does not resolve", l.Name)
	case "dns-failed":
		return fault("dns-failed", "the resolver did not tell whether there is a host %s", l.Name)
	case "":
		if len(l.Addresses) == 0 {
			return NotAsked("the look-up of %s told no address", l.Name)
		}
		if l.HostsFile {
			return Pass("this machine's hosts file says that %s is %s; the DNS has no say", l.Name, list(few(l.Addresses)))
		}
		return Pass("%s resolves to %s", l.Name, list(few(l.Addresses)))
	}
	return NotAsked("the look-up of %s failed in another way%s", l.Name, c.because(l.Says))
}

func dnsWhy(cause finding.CauseID, name string) string {
	switch {
	case cause == "dns-failed":
		return "The DNS server that this machine asks was not reached or broke; of the name itself nothing is known."
	case !strings.Contains(strings.TrimSuffix(name, "."), "."):
		return "A name without a dot resolves only inside the network that defines it."
	}
	return "The name is misspelt, was retired, or is known only inside another network."
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

// network is what the look at the address came to; the checks that ask for it
// need that evidence.
func (c *Ctx) network() *evidence.Network { n, _ := c.Network.Get(); return n }

func (c *Ctx) atNetwork() evidence.Place {
	return c.AtDocument(finding.PartNetwork, shortURL(c.network().URL), nil, "", jsonspan.Span{})
}

// notReached tells why a step was not taken: an earlier one failed.
func notReached(n *evidence.Network, s step) string {
	switch {
	case s > stepDNS && n.DNS != nil && n.DNS.Fault != "":
		return "the name did not resolve"
	case s > stepConnect && n.Connect != nil && n.Connect.Fault != "":
		return "no connection came about"
	case n.Proxy != nil && n.Proxy.Fault != "" && (s > stepProxy || n.Connect == nil):
		return "the proxy did not let the request through"
	case s > stepTLS && n.TLS != nil && n.TLS.Fault != "":
		return "the TLS handshake did not succeed"
	case s <= stepTLS && n.HTTP != nil && n.HTTP.Fault != "":
		return "the server took the connection and stayed silent"
	}
	if n.Interrupted {
		return "the run was interrupted"
	}
	return "it did not come to this step"
}

// hostsNote tells of a hosts file that overrides the DNS, which is forgotten
// on the machine where it was once of use.
func hostsNote(n *evidence.Network) string {
	if n.DNS == nil || !n.DNS.HostsFile {
		return ""
	}
	return " This machine's hosts file names " + n.DNS.Name + orElse(" as "+list(few(n.DNS.Addresses)), len(n.DNS.Addresses) > 0, "") +
		", so that the DNS has no say; an old entry may lead astray."
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

// few cuts a list to what a sentence can hold.
func few(words []string) []string {
	const most = 6
	if len(words) <= most {
		return words
	}
	return append(words[:most:most], itoa(len(words)-most)+" more")
}
