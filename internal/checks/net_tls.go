package checks

import (
	"strings"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/wording"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
)

const (
	serveChain = "Have the server send its full chain: its certificate first, then every intermediate, as in fullchain.pem; the root may be left out."
	addCA      = "If you trust the authority, add its certificate: --ca FILE here, and the same file in the HTTP client's trust store."
	keepVerify = "Do not turn verification off: the assertion would go to anyone who answers."
)

func netTLS() Check {
	return Check{
		ID:       "net-tls",
		Subject:  "TLS",
		Rank:     660,
		OfAnswer: true,
		Title:    "The TLS certificate is trusted",
		Needs:    []evidence.Need{evidence.NeedNetwork},
		Cites:    []finding.Citation{rfc(5280, "6.1"), rfc(8446, "4.4.2")},
		Doc: "The server proves its name with a certificate that a trusted authority signed, directly or through intermediates that the server has to send along. " +
			"Each program has its own trust store, so a browser may accept what Java, Python or a container rejects.",
		Causes: []Cause{
			{ID: "tls-expired", Title: "the certificate has expired, or is not yet valid", Severity: finding.Error,
				Why:    "The certificate was not renewed, or was renewed but not loaded; or this machine's clock is wrong.",
				Fix:    "Have the certificate renewed and the server reloaded. If the dates look right, set this machine's clock.",
				Unseen: true},
			{ID: "tls-name-mismatch", Title: "the certificate is for another host name", Severity: finding.Error,
				Why:    "The host is an alias or an address the certificate does not name, or another server answers there.",
				Fix:    "Use a host name that is in the certificate, or have the certificate issued for this one too.",
				Unseen: true},
			{ID: "tls-self-signed", Title: "the certificate is self-signed", Severity: finding.Error,
				Why:    "Only the server itself vouches for the certificate, as in test setups and new appliances.",
				Fix:    "Have a certificate issued by an authority. " + addCA,
				Unseen: true},
			{ID: "tls-unknown-authority", Title: "the chain leads to an authority that is not trusted here", Severity: finding.Error,
				Why:    "The authority is a private one, or this machine's or container's trust store is old or empty.",
				Fix:    addCA,
				Unseen: true},
			{ID: "tls-missing-intermediate", Title: "the server does not send the intermediate certificate", Severity: finding.Error,
				Why:    "The server was configured with only its own certificate. Browsers know or fetch the missing one; most HTTP clients do not.",
				Fix:    serveChain,
				Unseen: true},
			{ID: "tls-intercepted", Title: "a proxy's certificate replaces the server's", Severity: finding.Warning,
				Why:    "A proxy or security product decrypts the connection and signs its own certificate for the host. It sees the assertion, and may change or drop headers.",
				Fix:    "Exempt the provider's host from inspection, or add the proxy's authority to the trust store of every program that connects: --ca FILE here.",
				Unseen: true},
			{ID: "tls-too-old", Title: "the server speaks only TLS below 1.2", Severity: finding.Error,
				Why:    "TLS 1.0 and 1.1 are deprecated (RFC 8996), and current clients refuse them.",
				Fix:    "Have the server, or the load balancer in front of it, offer TLS 1.2 or 1.3.",
				Unseen: true},
			{ID: "tls-client-certificate-required", Title: "the server asks for a client certificate", Severity: finding.Error,
				Why:    "This address is for mutual TLS, in which the client authenticates with a certificate; private_key_jwt needs none.",
				Fix:    "Use the provider's address without mutual TLS, or give the HTTP client the certificate the provider registered.",
				Unseen: true},
			{ID: "tls-not-spoken", Title: "the port does not speak TLS", Severity: finding.Error,
				Why:    "What listens there answered the TLS handshake with something else: it is a port for plain HTTP or for another protocol, or a firewall or proxy answered.",
				Fix:    "Use the port for https, usually 443. If the server only has plain HTTP, ask the people who run it for an https address.",
				Unseen: true},
			{ID: "tls-failed", Title: "the TLS handshake failed", Severity: finding.Error,
				Why:    "The server, or a firewall in between, ended the handshake: it does not know the host name, accepts none of the versions and ciphers offered, or does not allow the connection. Or its certificate breaks a rule of X.509.",
				Fix:    "Check host and port with the provider's documentation; then try from another network, and with: openssl s_client -connect HOST:PORT -servername HOST",
				Unseen: true},
		},
		Judge: judgeTLS,
	}
}

func judgeTLS(c *Ctx) Verdict {
	n := c.network()
	t := n.TLS
	if t == nil {
		if strings.HasPrefix(strings.ToLower(n.URL), "http://") {
			return NotAsked("the address is plain http, without TLS")
		}
		return notReached(n, stepTLS)
	}
	if t.Fault == evidence.FaultTLSFailed && n.HTTP != nil && n.HTTP.Status != 0 {
		return NotAsked("the handshake succeeded, but the certificate has a fault%s", c.because(t.Says))
	}
	cause := finding.CauseID(t.Fault)
	switch cause {
	case "":
		if t.Intercepted == "" {
			return Pass("%s", trustedWords{t, c.Now})
		}
		cause = "tls-intercepted"
	case "tls-self-signed", "tls-unknown-authority", "tls-missing-intermediate":
		if t.Intercepted != "" {
			cause = "tls-intercepted" // that is why it is not trusted
		}
	}
	says, known := declared(netTLS(), cause)
	if !known {
		return NotAsked("the handshake failed for another reason%s", c.because(t.Says)).For(finding.WhyNotGiven)
	}
	f := c.tlsFault(cause, n, t)
	words := says.Why
	if chain := chainWords(t.Chain); chain != "" {
		words += " The chain sent: " + chain + "."
	}
	if t.Intercepted != "" && cause != "tls-intercepted" {
		words += " It was made by " + t.Intercepted + ", which replaces the server's own authority."
	}
	if cause == "tls-name-mismatch" {
		words += hostsNote(n)
	}
	if f.Message != "" {
		words = f.Message + " " + words
	}
	f.About(Detail{Value: n.Host, Code: string(t.Fault)})
	return Fail(f.Saying("%s", c.saying(words, t.Says)).At(c.atNetwork()))
}

// tlsFault is the fault in words, with what was found and what was expected.
func (c *Ctx) tlsFault(cause finding.CauseID, n *evidence.Network, t *evidence.TLS) *Fault {
	leaf, last := evidence.Certificate{}, evidence.Certificate{}
	if len(t.Chain) > 0 {
		leaf, last = t.Chain[0], t.Chain[len(t.Chain)-1]
	}
	roots := orElse(t.Roots, t.Roots != "", "the trusted roots")
	issuer := orElse(last.Issuer, last.Issuer != "", "an unknown authority")
	switch cause {
	case "tls-expired":
		return c.expired(t.Chain)
	case "tls-name-mismatch":
		return otherName(n.Host, leaf)
	case "tls-self-signed":
		return Found(cause, "the certificate is self-signed, not issued by an authority").
			Compare(orElse("self-signed by "+leaf.Subject, leaf.Subject != "", "self-signed"), "signed by an authority among "+roots).
			Fix("Have a certificate issued by an authority for %s.", n.Host).Fix(addCA).Fix(keepVerify)
	case "tls-unknown-authority":
		return Found(cause, "the chain leads to %s, which is not among %s", issuer, roots).
			Compare(issuer, "an authority among "+roots).Fix(addCA).fixChain(last).Fix(keepVerify)
	case "tls-missing-intermediate":
		return Found(cause, "the server does not send the certificate of %s, which issued its own", issuer).
			Compare(list(subjects(t.Chain)), orElse(list(append(subjects(t.Chain), issuer)), last.Issuer != "", "the chain up to a root")).
			Fix(serveChain).Fix("Until then, give the intermediate to the client: --ca FILE here.").Fix(keepVerify)
	case "tls-intercepted":
		who := orElse(t.Intercepted, t.Intercepted != "", issuer)
		f := Found(cause, "the certificate was made by %s, not by a public authority", who).
			Compare("issued by "+who, "issued by a public authority").As(finding.Likely).
			Fix("Exempt %s from inspection by the proxy.", n.Host)
		if t.Fault == "" {
			return f.Fix("If it has to stay, add the proxy's authority to the trust store of every program that connects; this machine already trusts it, but a container or Java may not.")
		}
		f.Title += ", and is not trusted here"
		return f.Weigh(finding.Error).Fix("If it has to stay, add the proxy's authority: --ca FILE here, and the same file in the HTTP client's trust store.").Fix(keepVerify)
	case "tls-too-old":
		return Found(cause, "the server speaks at most %s", orElse(t.Version, t.Version != "", "TLS 1.1")).
			Compare(orElse(t.Version, t.Version != "", "TLS below 1.2"), "TLS 1.2 or 1.3").Citing(rfc(8996, "5"))
	}
	switch cause {
	case "tls-not-spoken":
		return Found(cause, "%s does not speak TLS", hostAndPort(n)).Compare("something other than TLS", "a TLS handshake")
	case "tls-failed":
		return Found(cause, "the TLS handshake with %s failed", hostAndPort(n)).Compare("no handshake", "a TLS handshake").
			Fix("Check host and port with the provider's documentation; then try from another network, and with: openssl s_client -connect %s -servername %s", hostAndPort(n), n.Host)
	}
	return Found(cause, "the server asks for a client certificate").
		Compare("no client certificate", "one the server knows").Citing(rfc(8446, "4.3.2"), rfc(8705, "2"))
}

// fixChain is one more fix where the last certificate sent is not a root: its
// issuer may be an intermediate, whose certificate the server has to send.
func (f *Fault) fixChain(last evidence.Certificate) *Fault {
	if last.SelfSigned || last.Issuer == "" {
		return f
	}
	return f.Fix("If %s is under an authority that is already trusted, have the server send its certificate too: every intermediate, as in fullchain.pem.", last.Issuer)
}

// expired finds the certificate that is out of its time; it may be an intermediate.
func (c *Ctx) expired(chain []evidence.Certificate) *Fault {
	now := c.Now
	if now.IsZero() {
		now = c.AsOf
	}
	for i, cert := range chain {
		which := "the certificate"
		if i > 0 {
			which = "the certificate of " + cert.Subject + ", which the server sends along,"
		}
		if !cert.NotAfter.IsZero() && now.After(cert.NotAfter) {
			return Found("tls-expired", "%s expired %s ago", which, wording.Span(now.Sub(cert.NotAfter))).
				Compare("until "+clock(cert.NotAfter), "at least until now, "+clock(now)).
				Fix("Have the certificate renewed, and the server reloaded so that it sends the new one.").Fix(keepVerify).Citing(rfc(5280, "4.1.2.5"))
		}
		if !cert.NotBefore.IsZero() && now.Before(cert.NotBefore) {
			return Found("tls-expired", "%s becomes valid in %s", which, wording.Span(cert.NotBefore.Sub(now))).
				Compare("from "+clock(cert.NotBefore), "from now on, "+clock(now)).As(finding.Likely).
				Fix("Check this machine's clock, and set it if it is behind.").
				Fix("If the clock is right, have the server send a certificate that is already valid.").Citing(rfc(5280, "4.1.2.5"))
		}
	}
	return Found("tls-expired", "a certificate of the chain has expired or is not yet valid").
		Compare("not valid now", "valid now, "+clock(now)).Citing(rfc(5280, "4.1.2.5"))
}

func otherName(host string, leaf evidence.Certificate) *Fault {
	f := Found("tls-name-mismatch", "the certificate is not for %s", host).
		Compare(orElse(list(few(leaf.Names)), len(leaf.Names) > 0, "no host name"), host).
		Citing(rfc(6125, "6.4"), rfc(9525, "6.3"))
	if len(leaf.Names) == 0 {
		return f.Saying("The certificate has no host name at all; the common name of its subject does not count.")
	}
	for _, name := range leaf.Names {
		suffix, wild := strings.CutPrefix(strings.ToLower(name), "*")
		label, under := strings.CutSuffix(strings.ToLower(host), suffix)
		switch {
		case wild && under && strings.Contains(label, "."):
			return f.Saying("%s covers only one label, and %s has more (RFC 6125 section 6.4.3).", name, host)
		case wild && strings.EqualFold(host, strings.TrimPrefix(suffix, ".")):
			return f.Saying("%s covers names below it, but not %s.", name, host)
		}
	}
	return f
}

// trustedWords says what was seen of a chain that is trusted.
type trustedWords struct {
	t   *evidence.TLS
	now time.Time
}

func (w trustedWords) String() string {
	t := w.t
	words := orElse(t.Version+", ", t.Version != "", "") + "trusted by " + orElse(t.Roots, t.Roots != "", "the trusted roots")
	if len(t.Chain) == 0 {
		return words
	}
	if end := t.Chain[0].NotAfter; !end.IsZero() {
		words += ", valid until " + end.UTC().Format(time.DateOnly)
		if !w.now.IsZero() && end.After(w.now) {
			words += " (" + wording.Span(end.Sub(w.now)) + ")"
		}
	}
	return words + "; " + chainWords(t.Chain)
}

// chainWords lists a chain from the leaf to the root.
func chainWords(chain []evidence.Certificate) string {
	if len(chain) == 0 {
		return ""
	}
	words := few(subjects(chain))
	last := chain[len(chain)-1]
	switch {
	case last.SelfSigned:
		words = append(words[:len(words):len(words)], "itself")
	case last.Issuer != "":
		words = append(words[:len(words):len(words)], last.Issuer+" (not sent)")
	}
	return strings.Join(words, ", issued by ")
}

func subjects(chain []evidence.Certificate) []string {
	var out []string
	for _, cert := range chain {
		out = append(out, orElse(cert.Subject, cert.Subject != "", "a certificate without a subject"))
	}
	return out
}
