package checks

import (
	"net/netip"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/wording"

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
		Doc: "A host can have several addresses, IPv4 and IPv6, which are tried one after the other. " +
			"If a firewall is in the way, it shows here: it refuses the connection, or drops it silently.",
		Causes: []Cause{
			{ID: "connect-refused", Title: "the host refuses the connection", Severity: finding.Error,
				Why:    "The host answered, but nothing listens on that port: the port or host is wrong, the service is down, or a firewall refuses the connection.",
				Fix:    "Compare host and port with the provider's documentation; if they are right, ask the people who run the host or the firewall.",
				Unseen: true},
			{ID: "connect-timeout", Title: "the host does not answer in time", Severity: finding.Error,
				Why:    "No packet came back. Usually a firewall drops the connection, on your side or because the provider has an IP allow-list.",
				Fix:    "Ask for the outgoing connection to be allowed; the provider may have an IP allow-list. If your network requires a proxy, set HTTPS_PROXY.",
				Unseen: true},
			{ID: "net-unreachable", Title: "no route to the host", Severity: finding.Error,
				Why:    "This machine or container is offline, outside the VPN, or does not have the address family, IPv4 or IPv6, that the host uses.",
				Fix:    "Check the network of the machine or container: its route, its VPN, and whether it supports the host's address family.",
				Unseen: true},
		},
		Judge: judgeConnect,
	}
}

func judgeConnect(c *Ctx) Verdict {
	n := c.network()
	t := n.Connect
	if t == nil {
		return notReached(n, stepConnect)
	}
	if t.Fault == "" {
		return Pass("%s", connectedWords{n})
	}
	who := peer(n)
	cause := connectCause(t)
	title, found := "", "no connection"
	switch cause {
	case "connect-refused":
		title = who + " refuses the connection"
	case "connect-timeout":
		title = who + " does not answer" + orElse(" within "+wording.Span(n.Timeout), n.Timeout > 0, "")
	case "net-unreachable":
		title = "no route to " + who
	default:
		return NotAsked("the connection to %s failed in another way%s", who, c.because(t.Says)).For(finding.WhyNotGiven)
	}
	if len(t.Tried) > 0 {
		found = list(few(attempts(t.Tried)))
	}
	f := Found(cause, "%s", title).Compare(found, "a connection").At(c.atNetwork()).About(Detail{Value: hostAndPort(n)})
	says, _ := declared(netConnect(), cause)
	return Fail(f.Saying("%s", c.saying(says.Why+hostsNote(n), t.Says)).fixProxy(n))
}

// connectCause is the most telling fault. That this machine does not have an
// address family does not matter if another address was reached and refused.
func connectCause(t *evidence.Connect) finding.CauseID {
	cause := t.Fault
	for _, a := range t.Tried {
		if cause == evidence.FaultUnreachable && a.Fault != "" {
			cause = a.Fault
		}
	}
	return finding.CauseID(cause)
}

// peer names what the connection is made to: the proxy, if there is one.
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

// connectedWords says which address accepted the connection.
type connectedWords struct{ n *evidence.Network }

func (w connectedWords) String() string { return connected(peer(w.n), w.n.Connect.Tried) }

// connected says which address accepted the connection and which did not.
func connected(who string, tried []evidence.Attempt) string {
	if len(tried) == 1 && tried[0].Fault == "" {
		return who + " accepts the connection" + orElse(" at "+tried[0].Address, tried[0].Address != who, "")
	}
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
	words := who + " accepts the connection"
	if good != "" && good != who {
		words += " at " + good
	}
	if len(bad) == 0 {
		return words
	}
	words += ", after " + list(few(bad))
	for _, pair := range [][2]string{{"IPv4", "IPv6"}, {"IPv6", "IPv4"}} {
		if works[pair[0]] && !works[pair[1]] && fails[pair[1]] {
			words += "; " + pair[0] + " works and " + pair[1] + " does not, which costs time, or fails in programs that try only one of them"
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
	case evidence.FaultConnectRefused:
		return "refused"
	case evidence.FaultConnectTimeout:
		return "did not answer"
	case evidence.FaultUnreachable:
		return "has no route"
	}
	return "failed"
}

// familyOf is the family of an address with port; "" if it is a name.
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
