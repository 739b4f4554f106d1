package checks

import (
	"strings"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
)

const (
	serveChain = "Have the server send its full chain: its certificate first, then every intermediate, as in the file fullchain.pem; the root may be left out."
	addCA      = "Where the authority is one you mean to trust, give its certificate: --ca FILE here, and the same file in the HTTP client's trust store."
	keepVerify = "Do not turn verification off: the assertion would go to whoever answers."
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
		Doc: "The server proves its name with a certificate that a trusted authority signed, directly or through intermediates which the server has to send along. " +
			"Each program has a trust store of its own, so that a browser may show no fault where Java, Python or a container sees one.",
		Causes: []Cause{
			{ID: "tls-expired", Title: "the certificate has expired, or is not yet valid", Severity: finding.Error,
				Why:    "The certificate was not renewed, or was renewed and not loaded; or this machine's clock is off.",
				Fix:    "Have the certificate renewed and the server reloaded. Where the dates look right, set this machine's clock.",
				Unseen: true},
			{ID: "tls-name-mismatch", Title: "the certificate is for another host name", Severity: finding.Error,
				Why:    "The host is an alias or an address the certificate does not name, or another server answers there.",
				Fix:    "Use a host name the certificate holds, or have the certificate issued for this one too.",
				Unseen: true},
			{ID: "tls-self-signed", Title: "the certificate is self-signed", Severity: finding.Error,
				Why:    "Nobody but the server itself vouches for the certificate, as in test set-ups and appliances out of the box.",
				Fix:    "Have a certificate issued by an authority. " + addCA,
				Unseen: true},
			{ID: "tls-unknown-authority", Title: "the chain leads to an authority that is not trusted here", Severity: finding.Error,
				Why:    "The authority is a private one, or this machine's or container's trust store is old or empty.",
				Fix:    addCA,
				Unseen: true},
			{ID: "tls-missing-intermediate", Title: "the server does not send the intermediate certificate", Severity: finding.Error,
				Why:    "The server was given its own certificate alone. Browsers know or fetch the missing one; most HTTP clients do not.",
				Fix:    serveChain,
				Unseen: true},
			{ID: "tls-intercepted", Title: "another authority's certificate stands in for the server's", Severity: finding.Warning,
				Why:    "A proxy or security product opens the encryption and signs its own certificate for the host. It sees the assertion, and may change or drop headers.",
				Fix:    "Exempt the provider's host from inspection, or add the proxy's authority to the trust store of every program that connects: --ca FILE here.",
				Unseen: true},
			{ID: "tls-too-old", Title: "the server speaks only TLS below 1.2", Severity: finding.Error,
				Why:    "TLS 1.0 and 1.1 are abandoned (RFC 8996), and clients of today refuse them.",
				Fix:    "Have the server, or what stands before it, offer TLS 1.2 or 1.3.",
				Unseen: true},
			{ID: "tls-client-certificate-required", Title: "the server asks for a client certificate", Severity: finding.Error,
				Why:    "This address is for mutual TLS, where the client proves itself with a certificate; private_key_jwt needs none.",
				Fix:    "Use the provider's address without mutual TLS, or give the HTTP client the certificate the provider registered.",
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
		return NotAsked("%s", notReached(n, stepTLS))
	}
	cause := finding.CauseID(t.Fault)
	switch cause {
	case "":
		if t.Intercepted == "" {
			return Pass("%s", c.trusted(t))
		}
		cause = "tls-intercepted"
	case "tls-self-signed", "tls-unknown-authority", "tls-missing-intermediate":
		if t.Intercepted != "" {
			cause = "tls-intercepted" // which is why it is not trusted
		}
	}
	says, known := declared(netTLS(), cause)
	if !known {
		return NotAsked("the handshake failed, and not over whom to trust%s", c.because(t.Says))
	}
	f := c.tlsFault(cause, n, t)
	words := says.Why
	if chain := chainWords(t.Chain); chain != "" {
		words += " The chain sent: " + chain + "."
	}
	if t.Intercepted != "" && cause != "tls-intercepted" {
		words += " It was made by " + t.Intercepted + ", which stands in for the server's own authority."
	}
	if cause == "tls-name-mismatch" {
		words += hostsNote(n)
	}
	if f.Message != "" {
		words = f.Message + " " + words
	}
	return Fail(f.Saying("%s", c.saying(words, t.Says)).At(c.atNetwork()))
}

// tlsFault is the fault in words, with what was found beside what was expected.
func (c *Ctx) tlsFault(cause finding.CauseID, n *evidence.Network, t *evidence.TLS) *Fault {
	leaf, last := evidence.Certificate{}, evidence.Certificate{}
	if len(t.Chain) > 0 {
		leaf, last = t.Chain[0], t.Chain[len(t.Chain)-1]
	}
	roots := orElse(t.Roots, t.Roots != "", "the trusted roots")
	issuer := orElse(last.Issuer, last.Issuer != "", "an authority of which nothing is known")
	switch cause {
	case "tls-expired":
		return c.expired(t.Chain)
	case "tls-name-mismatch":
		return otherName(n.Host, leaf)
	case "tls-self-signed":
		return Found(cause, "the certificate is signed by itself, not by an authority").
			Compare(orElse("self-signed by "+leaf.Subject, leaf.Subject != "", "self-signed"), "signed by an authority among "+roots).
			Fix("Have a certificate issued by an authority for %s.", n.Host).Fix(addCA).Fix(keepVerify)
	case "tls-unknown-authority":
		return Found(cause, "the chain leads to %s, which is not among %s", issuer, roots).
			Compare(issuer, "an authority among "+roots).Fix(addCA).mendChain(last).Fix(keepVerify)
	case "tls-missing-intermediate":
		return Found(cause, "the server does not send the certificate of %s, which issued its own", issuer).
			Compare(list(subjects(t.Chain)), orElse(list(append(subjects(t.Chain), issuer)), last.Issuer != "", "the chain up to a root")).
			Fix(serveChain).Fix("Until then, give the intermediate to the client: --ca FILE here.").Fix(keepVerify)
	case "tls-intercepted":
		who := orElse(t.Intercepted, t.Intercepted != "", issuer)
		f := Found(cause, "the certificate was made by %s, not by an authority for the public", who).
			Compare("issued by "+who, "issued by a public authority").As(finding.Likely).
			Fix("Exempt %s from inspection by the proxy.", n.Host)
		if t.Fault == "" {
			return f.Fix("Where it has to stay, add the proxy's authority to the trust store of every program that connects; this machine trusts it already, a container or Java may not.")
		}
		f.Title += ", and is not trusted here"
		return f.Weigh(finding.Error).Fix("Where it has to stay, give the proxy's authority: --ca FILE here, and the same file in the HTTP client's trust store.").Fix(keepVerify)
	case "tls-too-old":
		return Found(cause, "the server speaks %s at most", orElse(t.Version, t.Version != "", "TLS 1.1")).
			Compare(orElse(t.Version, t.Version != "", "TLS below 1.2"), "TLS 1.2 or 1.3").Citing(rfc(8996, "5"))
	}
	return Found(cause, "the server asks for a client certificate").
		Compare("no client certificate", "one the server knows").Citing(rfc(8446, "4.3.2"), rfc(8705, "2"))
}

// mendChain is a further fix where the last certificate sent is no root: its
// issuer may be an intermediate, whose certificate the server has to send.
func (f *Fault) mendChain(last evidence.Certificate) *Fault {
	if last.SelfSigned || last.Issuer == "" {
		return f
	}
	return f.Fix("Where %s stands under an authority that is trusted already, have the server send its certificate, too: every intermediate, as in the file fullchain.pem.", last.Issuer)
}

// expired finds the certificate whose time is not now; an intermediate may be it.
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
			return Found("tls-expired", "%s expired %s ago", which, span(now.Sub(cert.NotAfter))).
				Compare("until "+clock(cert.NotAfter), "at least until now, "+clock(now)).
				Fix("Have the certificate renewed, and the server reloaded so that it sends the new one.").Fix(keepVerify).Citing(rfc(5280, "4.1.2.5"))
		}
		if !cert.NotBefore.IsZero() && now.Before(cert.NotBefore) {
			return Found("tls-expired", "%s becomes valid in %s", which, span(cert.NotBefore.Sub(now))).
				Compare("from "+clock(cert.NotBefore), "from now on, "+clock(now)).As(finding.Likely).
				Fix("Compare this machine's clock with the true time, and set it where it is behind.").
				Fix("Where the clock is right, have the server send a certificate that is valid already.").Citing(rfc(5280, "4.1.2.5"))
		}
	}
	return Found("tls-expired", "a certificate of the chain has expired or is not yet valid").
		Compare("out of its time", "valid now, "+clock(now)).Citing(rfc(5280, "4.1.2.5"))
}

func otherName(host string, leaf evidence.Certificate) *Fault {
	f := Found("tls-name-mismatch", "the certificate is not for %s", host).
		Compare(orElse(list(few(leaf.Names)), len(leaf.Names) > 0, "no host name"), host).
		Citing(rfc(6125, "6.4"), rfc(9525, "6.3"))
	if len(leaf.Names) == 0 {
		return f.Saying("The certificate holds no name of a host at all; the common name of its subject does not count.")
	}
	for _, name := range leaf.Names {
		suffix, wild := strings.CutPrefix(strings.ToLower(name), "*")
		label, under := strings.CutSuffix(strings.ToLower(host), suffix)
		switch {
		case wild && under && strings.Contains(label, "."):
			return f.Saying("%s stands for one label alone, and %s has more before it (RFC 6125 section 6.4.3).", name, host)
		case wild && strings.EqualFold(host, strings.TrimPrefix(suffix, ".")):
			return f.Saying("%s stands for names below it and not for %s itself.", name, host)
		}
	}
	return f
}

// trusted tells what was seen of a chain that is trusted.
func (c *Ctx) trusted(t *evidence.TLS) string {
	words := orElse(t.Version+", ", t.Version != "", "") + "trusted by " + orElse(t.Roots, t.Roots != "", "the trusted roots")
	if len(t.Chain) == 0 {
		return words
	}
	if end := t.Chain[0].NotAfter; !end.IsZero() {
		words += ", valid until " + end.UTC().Format(time.DateOnly)
		if !c.Now.IsZero() && end.After(c.Now) {
			words += " (" + span(end.Sub(c.Now)) + ")"
		}
	}
	return words + "; " + chainWords(t.Chain)
}

// chainWords tells a chain from the leaf to the root.
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
		out = append(out, orElse(cert.Subject, cert.Subject != "", "a certificate without subject"))
	}
	return out
}
