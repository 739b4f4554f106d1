package checks

import (
	"net/netip"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
)

func netConnect() Check {
	return Check{
		ID:       "net-connect",
		Subject:  "connection",
		Rank:     640,
		OfAnswer: true,
		Title:    "The host accepts connections",
		Needs:    []evidence.Need{evidence.NeedNetwork},
		Cites:    []finding.Citation{rfc(9293, "3.5"), rfc(8305, "5")},
		Doc: "A host can have several addresses, of IPv4 and IPv6, which are tried one after the other. " +
			"What a firewall does on the way shows here: an answer that refuses, or none at all.",
		Causes: []Cause{
			{ID: "connect-refused", Title: "the host refuses the connection", Severity: finding.Error,
				Why:    "Something answered, and nothing listens on that port: the port or host is wrong, the service is down, or a firewall refuses on its behalf.",
				Fix:    "Compare host and port with the provider's page; where they are right, ask whoever runs the host or the firewall.",
				Unseen: true},
			{ID: "connect-timeout", Title: "the host does not answer in time", Severity: finding.Error,
				Why:    "No packet came back. Most often a firewall drops the connection, on this side or because the provider admits known addresses alone.",
				Fix:    "Have outgoing connections to the host and port allowed, and ask the provider whether it admits known addresses alone. Where the network demands a proxy, set HTTPS_PROXY.",
				Unseen: true},
			{ID: "net-unreachable", Title: "there is no route to the host", Severity: finding.Error,
				Why:    "This machine or container is offline, outside the VPN, or lacks the family of address, IPv4 or IPv6, that the host has.",
				Fix:    "Look at the network of the machine or container: its route, its VPN, and whether it speaks the family of address the host has.",
				Unseen: true},
		},
		Judge: judgeConnect,
	}
}

func judgeConnect(c *Ctx) Verdict {
	n := c.network()
	t := n.Connect
	if t == nil {
		return NotAsked("%s", notReached(n, stepConnect))
	}
	who := peer(n)
	if t.Fault == "" {
		return Pass("%s", connected(who, t.Tried))
	}
	cause := connectCause(t)
	title, found := "", "no connection"
	switch cause {
	case "connect-refused":
		title = who + " refuses the connection"
	case "connect-timeout":
		title = who + " does not answer" + orElse(" within "+span(n.Timeout), n.Timeout > 0, "")
	case "net-unreachable":
		title = "there is no route to " + who
	default:
		return NotAsked("the connection to %s failed in another way%s", who, c.because(t.Says))
	}
	if len(t.Tried) > 0 {
		found = list(few(attempts(t.Tried)))
	}
	f := Found(finding.CauseID(cause), "%s", title).Compare(found, "a connection").At(c.atNetwork())
	says, _ := declared(netConnect(), finding.CauseID(cause))
	return Fail(f.Saying("%s", c.saying(says.Why+hostsNote(n), t.Says)).mendProxy(n))
}

// connectCause is the fault that says most. That this machine lacks a family
// of address is no news where another address was reached and refused.
func connectCause(t *evidence.Connect) string {
	cause := t.Fault
	for _, a := range t.Tried {
		if cause == "net-unreachable" && a.Fault != "" {
			cause = a.Fault
		}
	}
	return string(cause)
}

// peer names what the connection is made to: the proxy, where there is one.
func peer(n *evidence.Network) string {
	if n.Proxy != nil {
		return proxyWords(n.Proxy)
	}
	return hostAndPort(n)
}

func hostAndPort(n *evidence.Network) string {
	switch {
	case n.Port == "":
		return n.Host
	case strings.Contains(n.Host, ":"):
		return "[" + strings.Trim(n.Host, "[]") + "]:" + n.Port
	}
	return n.Host + ":" + n.Port
}

// connected tells which address took the connection and which did not.
func connected(who string, tried []evidence.Attempt) string {
	works, fails := map[string]bool{}, map[string]bool{}
	var good string
	var bad []string
	for _, a := range tried {
		family := familyOf(a.Address)
		if a.Fault == "" {
			good, works[family] = a.Address, true
			continue
		}
		fails[family] = true
		bad = append(bad, a.Address+" "+outcome(a.Fault))
	}
	words := who + " accepts the connection" + orElse(" at "+good, good != "" && good != who, "")
	if len(bad) == 0 {
		return words
	}
	words += ", after " + list(few(bad))
	for _, pair := range [][2]string{{"IPv4", "IPv6"}, {"IPv6", "IPv4"}} {
		if works[pair[0]] && !works[pair[1]] && fails[pair[1]] {
			words += "; " + pair[0] + " works and " + pair[1] + " does not, which costs time or fails in programs that try one alone"
		}
	}
	return words
}

func attempts(tried []evidence.Attempt) []string {
	var out []string
	for _, a := range tried {
		out = append(out, a.Address+" "+outcome(a.Fault))
	}
	return out
}

func outcome(f evidence.Fault) string {
	switch f {
	case "":
		return "accepted"
	case "connect-refused":
		return "refused"
	case "connect-timeout":
		return "did not answer"
	case "net-unreachable":
		return "has no route"
	}
	return "failed"
}

// familyOf is the family of an address with port; "" where it is a name.
func familyOf(address string) string {
	a, err := netip.ParseAddrPort(address)
	switch {
	case err != nil:
		return ""
	case a.Addr().Unmap().Is4():
		return "IPv4"
	}
	return "IPv6"
}
