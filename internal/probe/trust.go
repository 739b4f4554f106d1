package probe

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

// judgement is what the certificates of a server came to.
type judgement struct {
	fault       evidence.Fault
	says        string
	intercepted string
}

// judge verifies what a server sent as a client does that fetches nothing:
// missing intermediates are not downloaded. Where several things are wrong,
// the one is reported that stays when the others are mended: an expired
// certificate of an unknown authority is of an unknown authority.
func judge(chain []*x509.Certificate, host string, roots *x509.CertPool, now time.Time) judgement {
	leaf := chain[0]
	product := inspector(chain)
	between := x509.NewCertPool()
	for _, c := range chain[1:] {
		between.AddCert(c)
	}
	verify := func(at time.Time) error {
		_, err := leaf.Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, CurrentTime: at})
		return err
	}
	err := verify(now)
	untimely := outOfTime(chain, now)
	if err != nil && untimely != nil {
		if at, ok := valid(chain); ok && verify(at) == nil {
			return judgement{evidence.FaultTLSExpired, lapse(untimely, untimely == leaf, now), product}
		} else if ok {
			err = verify(at)
		}
	}
	j := judgement{intercepted: product}
	var unknown x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	if errors.As(err, new(x509.SystemRootsError)) {
		err = unknown
	}
	switch {
	case err == nil:
		j.fault, j.says = named(leaf, host)
		return j
	case errors.As(err, &unknown) && product != "":
		j.fault = evidence.FaultTLSIntercepted
		j.says = fmt.Sprintf("the certificate is issued by %q, which inspects traffic, and that authority is not trusted here", name(leaf.Issuer))
	case errors.As(err, &unknown):
		j.fault, j.says = authority(chain, roots)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired && untimely != nil:
		return judgement{evidence.FaultTLSExpired, lapse(untimely, untimely == leaf, now), product}
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired: // a root of this machine
		j.fault, j.says = evidence.FaultTLSExpired, "a certificate of the chain has expired or is not valid yet"
	case errors.As(err, &invalid) && invalid.Reason == x509.IncompatibleUsage:
		j.fault, j.says = evidence.FaultTLSFailed, "the certificate is not made for servers: its extended key usage lacks serverAuth"
	default:
		j.fault, j.says = evidence.FaultTLSFailed, "the certificates break a rule of X.509, such as a constraint of their authority"
	}
	if untimely != nil {
		j.says += "; also, " + lapse(untimely, untimely == leaf, now)
	}
	return j
}

// outOfTime is the first certificate that is not valid now; nil for none.
func outOfTime(chain []*x509.Certificate, now time.Time) *x509.Certificate {
	for _, c := range chain {
		if now.Before(c.NotBefore) || now.After(c.NotAfter) {
			return c
		}
	}
	return nil
}

// valid is a time at which every certificate of the chain is valid.
func valid(chain []*x509.Certificate) (time.Time, bool) {
	from, to := chain[0].NotBefore, chain[0].NotAfter
	for _, c := range chain[1:] {
		if c.NotBefore.After(from) {
			from = c.NotBefore
		}
		if c.NotAfter.Before(to) {
			to = c.NotAfter
		}
	}
	return to, !to.Before(from)
}

func lapse(c *x509.Certificate, leaf bool, now time.Time) string {
	which := "the certificate"
	if !leaf {
		which = fmt.Sprintf("the certificate of the authority %q", name(c.Subject))
	}
	if now.Before(c.NotBefore) {
		return which + " is not valid before " + c.NotBefore.UTC().Format(time.RFC3339)
	}
	return which + " expired at " + c.NotAfter.UTC().Format(time.RFC3339)
}

func named(leaf *x509.Certificate, host string) (evidence.Fault, string) {
	if leaf.VerifyHostname(host) == nil {
		return "", ""
	}
	names := slices.Clone(leaf.DNSNames)
	for _, ip := range leaf.IPAddresses {
		names = append(names, ip.String())
	}
	if len(names) == 0 {
		return evidence.FaultTLSName, "the certificate names no host in subjectAltName, and the common name does not count (RFC 9525 section 2)"
	}
	const some = 5
	shown := strings.Join(names[:min(len(names), some)], ", ")
	if len(names) > some {
		shown += fmt.Sprintf(" and %d more", len(names)-some)
	}
	return evidence.FaultTLSName, fmt.Sprintf("the certificate is for %s and not for %s", shown, host)
}

// authority says which way an authority is unknown. That an intermediate is
// missing is reported only if it is proven: a private authority may sign
// with its root, and its certificates also say where the issuer's is.
func authority(chain []*x509.Certificate, roots *x509.CertPool) (evidence.Fault, string) {
	leaf := chain[0]
	if selfSigned(leaf) {
		return evidence.FaultTLSSelfSigned, "the server's certificate is self-signed, not issued by an authority"
	}
	if none(roots) {
		return evidence.FaultTLSUnknown, "this machine trusts no authority at all: it has no trust store, as a container without the package ca-certificates"
	}
	top := leaf
	for range chain {
		i := slices.IndexFunc(chain, func(c *x509.Certificate) bool {
			return c != top && string(c.RawSubject) == string(top.RawIssuer) && top.CheckSignatureFrom(c) == nil
		})
		if i < 0 || selfSigned(top) {
			break
		}
		top = chain[i]
	}
	switch issuer := name(top.Issuer); {
	case selfSigned(top):
		return evidence.FaultTLSUnknown, fmt.Sprintf("the chain ends at the root %q, which is not trusted here", name(top.Subject))
	case top == leaf && public(leaf):
		return evidence.FaultTLSIntermediate, fmt.Sprintf("the server sends its own certificate but not that of its issuer %q, which is not a root either", issuer)
	default:
		return evidence.FaultTLSUnknown, fmt.Sprintf("the authority %q is not trusted here, and the server does not send its certificate", issuer)
	}
}

// none reports whether there are no roots, as in a minimal container.
func none(roots *x509.CertPool) bool {
	if roots == nil {
		system, err := x509.SystemCertPool()
		if err != nil {
			return true
		}
		roots = system
	}
	return roots.Equal(x509.NewCertPool())
}

// public reports whether a certificate is one of a public authority: it contains the
// receipts of transparency logs (RFC 6962 section 3.3), which take certificates
// of public authorities only. Of these it is known that an intermediate comes
// between them and the root.
func public(c *x509.Certificate) bool {
	receipts := asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11129, 2, 4, 2}
	return slices.ContainsFunc(c.Extensions, func(e pkix.Extension) bool { return e.Id.Equal(receipts) })
}

func selfSigned(c *x509.Certificate) bool {
	return string(c.RawSubject) == string(c.RawIssuer) && c.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature) == nil
}

// name is what people call the holder of a certificate.
func name(n pkix.Name) string {
	switch {
	case n.CommonName != "":
		return n.CommonName
	case len(n.Organization) > 0:
		return n.Organization[0]
	}
	return n.String()
}

// inspector names the authority of a product that opens TLS connections on
// their way; "" if the issuers are none. Only what such products put into
// the certificates they make themselves is listed: their makers' own sites
// have certificates of public authorities.
func inspector(chain []*x509.Certificate) string {
	marks := [...]string{"zscaler", "netskope", "fortinet", "fortigate", "palo alto networks", "blue coat", "bluecoat", "symantec web",
		"mitmproxy", "charles proxy", "fiddler", "avast", "avg web", "kaspersky", "bitdefender", "eset ssl", "sophos", "cisco umbrella",
		"check point", "checkpoint", "barracuda", "forcepoint", "websense", "mcafee web", "skyhigh", "menlo security", "iboss", "securly",
		"lightspeed", "untangle", "sonicwall", "watchguard", "cloudflare managed", "portswigger", "owasp zed", "proxyman", "http toolkit",
		"ssl inspection", "tls inspection", "ssl decrypt", "tls decrypt", "web gateway", "forward trust"}
	for _, c := range chain {
		words := append([]string{c.Issuer.CommonName}, c.Issuer.Organization...)
		for _, word := range append(words, c.Issuer.OrganizationalUnit...) {
			lower := strings.ToLower(word)
			if slices.ContainsFunc(marks[:], func(m string) bool { return strings.Contains(lower, m) }) {
				return word
			}
		}
	}
	return ""
}
