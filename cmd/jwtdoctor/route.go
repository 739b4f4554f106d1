package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/probe"
	"github.com/assertionworks/jwtdoctor/internal/report"
	"github.com/assertionworks/jwtdoctor/internal/visible"
)

// drawn is how the steps of a connection are drawn.
type drawn struct {
	width        int
	color, ascii bool
	b            strings.Builder
}

func (c *probeCommand) drawnOn(w world) *drawn {
	return &drawn{width: w.Width, color: w.Color && !c.plain, ascii: w.ASCII}
}

// How a step ended.
type stepSign int

const (
	signNone stepSign = iota // goes on with the step above
	signGood
	signBad
	signWarn
	signSkip
)

// mark is the sign of a step, two columns wide in ASCII; colour only repeats it.
func (d *drawn) mark(s stepSign) string {
	marks := [...]string{" ", "✓", "✗", "!", "–"}
	if d.ascii {
		marks = [...]string{"  ", "ok", "x ", "! ", "- "}
	}
	codes := [...]string{"", "32", "31", "33", ""}
	if !d.color || codes[s] == "" {
		return marks[s]
	}
	return "\x1b[" + codes[s] + "m" + marks[s] + "\x1b[0m"
}

const stepWidth = 11 // columns of a step's name

// line writes one step. What comes from outside is masked and made visible here.
func (d *drawn) line(s stepSign, step, format string, args ...any) {
	shown := visible.Text
	if d.ascii {
		shown = visible.ASCII
	}
	indent := len("  ✓ ") - len("✓") + 1 + stepWidth
	if d.ascii {
		indent++
	}
	text := shown(looks(fmt.Sprintf(format, args...)))
	for i, l := range report.Wrap(text, max(d.width-indent, 20)) {
		if i == 0 {
			fmt.Fprintf(&d.b, "  %s %-*s%s\n", d.mark(s), stepWidth, step, l)
		} else {
			d.b.WriteString(strings.Repeat(" ", indent) + l + "\n")
		}
	}
}

func signOf(f evidence.Fault) stepSign {
	if f != "" {
		return signBad
	}
	return signGood
}

func milliseconds(d time.Duration) string { return fmt.Sprintf("%d ms", d.Milliseconds()) }

// route lists the steps for people, one a line, with what each came to.
func (d *drawn) route(n *evidence.Network, found *evidence.Discovery, now time.Time) string {
	d.way(n)
	if n.TLS != nil {
		d.handshake(n.TLS, now)
	}
	if n.HTTP != nil {
		d.exchange(n.HTTP, now)
	}
	d.discovery(found)
	if d.b.Len() == 0 {
		return ""
	}
	return visible.Text(looks(n.URL)) + "\n" + d.b.String() + "\n"
}

// way writes how the server was reached: proxy, DNS, TCP.
func (d *drawn) way(n *evidence.Network) {
	if x := n.Proxy; x != nil {
		words := x.URL + " (from " + x.From + ")"
		if x.Fault != "" {
			words += ": " + x.Says
		}
		d.line(signOf(x.Fault), "proxy", "%s", strings.TrimSpace(words))
	}
	if x := n.DNS; x != nil {
		if x.Fault != "" {
			d.line(signBad, "DNS", "%s", x.Says)
		} else {
			hosts := ""
			if x.HostsFile {
				hosts = ", by this machine's hosts file"
			}
			d.line(signGood, "DNS", "%s: %s%s (%s)", x.Name, strings.Join(x.Addresses, ", "), hosts, milliseconds(x.Took))
		}
	}
	if x := n.Connect; x != nil {
		if x.Fault != "" {
			d.line(signBad, "TCP", "%s", x.Says)
		} else if len(x.Tried) > 0 {
			d.line(signGood, "TCP", "%s (%s)", x.Tried[len(x.Tried)-1].Address, milliseconds(x.Took))
		}
	}
}

func (d *drawn) handshake(x *evidence.TLS, now time.Time) {
	words := strings.TrimSpace(x.Version + " " + x.ALPN + " (" + milliseconds(x.Took) + ")")
	how := signOf(x.Fault)
	switch {
	case x.Fault != "" && x.Version == "":
		words = x.Says
	case x.Fault != "":
		words += ": " + x.Says
	case x.Intercepted != "":
		how = signWarn
	}
	d.line(how, "TLS", "%s", words)
	branch := "└─ "
	if d.ascii {
		branch = "+- "
	}
	for i, cert := range x.Chain {
		lead := ""
		if i > 0 {
			lead = strings.Repeat("   ", i-1) + branch
		}
		left := fmt.Sprintf("%d days left", probe.DaysLeft(cert, now))
		if probe.DaysLeft(cert, now) < 0 {
			left = "expired"
		}
		d.line(signNone, "", "%s%s, %s, %s", lead, cert.Subject, cert.Key, left)
		if i == len(x.Chain)-1 && !cert.SelfSigned {
			d.line(signNone, "", "%s%s(issued by %s, not sent)", strings.Repeat("   ", i), branch, cert.Issuer)
		}
	}
}

func (d *drawn) exchange(x *evidence.Exchanged, now time.Time) {
	how := signOf(x.Fault)
	switch {
	case x.Status == 0:
		d.line(signBad, "HTTP", "%s", x.Says)
	case x.Fault == evidence.FaultHTTPFailed || x.Fault == evidence.FaultHTTPTimeout:
		d.line(how, "HTTP", "%s: %d (%s); %s", x.Method, x.Status, milliseconds(x.Took), x.Says)
	default:
		if how == signGood && x.Status >= 500 {
			how = signWarn
		}
		d.line(how, "HTTP", "%s: %d (%s)", x.Method, x.Status, milliseconds(x.Took))
	}
	for _, r := range x.Redirects {
		d.line(signNone, "", "%d to %s", r.Status, r.To)
	}
	if x.Response == nil || x.Response.Date.IsZero() {
		return
	}
	// Whether the clocks agree is for the check to say, which knows when it was asked.
	cached := ""
	if age := x.Response.Headers.Value("Age"); strings.Trim(age, "0 ") != "" {
		cached = ", from a cache (Age: " + age + ")"
	}
	d.line(signNone, "clock", "the server says %s%s, this machine %s", x.Response.Date.Format("15:04:05Z"), cached, now.UTC().Format("15:04:05Z"))
}

func (d *drawn) discovery(x *evidence.Discovery) {
	switch {
	case x == nil:
		return
	case x.Doc == nil:
		if len(x.Tried) > 0 {
			d.line(signSkip, "discovery", "no discovery document found")
		}
		return
	}
	d.line(signGood, "discovery", "%s", x.Source)
	for _, m := range [][2]string{{"issuer", x.Issuer}, {"token endpoint", x.TokenEndpoint}, {"auth methods", strings.Join(x.AuthMethods, ", ")}, {"algorithms", strings.Join(x.Algs, ", ")}} {
		if m[1] != "" {
			d.line(signNone, "", "%s: %s", m[0], m[1])
		}
	}
}

// verdict says below the steps how far the connection got.
func (d *drawn) verdict(n *evidence.Network, judged finding.Case) string {
	how, words := signGood, "The connection works"
	switch step := failedStep(n); {
	case step != "":
		how, words = signBad, "The connection fails at "+step+"."
	case judged.Unfinished != "" || n.Interrupted || n.HTTP == nil || n.HTTP.Status == 0:
		how, words = signBad, "The test ended before the server answered."
	default:
		words += fmt.Sprintf(": the server answered with HTTP %d", n.HTTP.Status)
		if n.TLS != nil {
			words += " over " + n.TLS.Version
		}
		words += "."
		if len(judged.Diagnosis) > 0 {
			how, words = signWarn, words+" See the problems below."
		}
	}
	shown := visible.Text(words)
	if d.ascii {
		shown = visible.ASCII(words)
	}
	lines := report.Wrap(shown, max(d.width-3, 20))
	return d.mark(how) + " " + strings.Join(lines, "\n  ") + "\n"
}

// failedStep is the first step at which the connection failed; "" for none.
func failedStep(n *evidence.Network) string {
	switch {
	case n.DNS != nil && n.DNS.Fault != "":
		return "DNS: the name is not resolved"
	case n.Proxy != nil && n.Proxy.Fault != "":
		return "the proxy"
	case n.Connect != nil && n.Connect.Fault != "":
		return "TCP: no connection"
	case n.TLS != nil && n.TLS.Fault != "":
		return "TLS"
	case n.HTTP != nil && n.HTTP.Fault != "" && n.HTTP.Fault != evidence.FaultHTTPRedirected:
		return "HTTP: the server did not answer properly"
	}
	return ""
}
