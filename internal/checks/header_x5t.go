package checks

import (
	"crypto/sha1" // x5t is a SHA-1 digest by definition (RFC 7515 section 4.1.7)
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

func headerX5t() Check {
	return Check{
		ID:      "header-x5t",
		Subject: "x5t",
		Rank:    270,
		Names:   []string{"x5t", "x5t#S256"},
		Title:   "x5t is the digest of the certificate",
		Needs:   []evidence.Need{evidence.NeedHeaderOrResponse}, // some answers repeat the digest
		Params:  []profile.Ref{profile.HeaderPresence.Ref(), profile.X5tEither.Ref()},
		Cites:   []finding.Citation{rfc(7515, "4.1.7"), rfc(7515, "4.1.8")},
		Doc:     "x5t is the base64url of the 20 bytes of the certificate's SHA-1 digest (27 characters), x5t#S256 that of the 32 bytes of its SHA-256 digest (43 characters). Tools print digests in hex, so nearly every mistake here is using the text of the digest instead of its bytes.",
		Causes: []Cause{
			{ID: "x5t-missing", Title: "the provider finds the key by x5t, and there is none", Severity: finding.Error,
				Why:   "Libraries write x5t only when they are given the certificate.",
				Fix:   "Add x5t or x5t#S256, the digest of the registered certificate.",
				Rules: Turns{On: presenceRules()}},
			{ID: "x5t-encoded-twice", Title: "the base64 text was encoded again", Severity: finding.Error,
				Why:   "The digest was already base64 when it was handed to something that encodes it.",
				Fix:   "Encode the digest's bytes once.",
				Rules: Turns{None: true}},
			{ID: "x5t-hex-encoded", Title: "the hex text was encoded instead of the bytes", Severity: finding.Error,
				Why:   "The fingerprint as openssl or a portal prints it was used as text.",
				Fix:   "Remove the colons, decode the hex to bytes, then base64url: xxd -r -p | basenc --base64url, and strip the =.",
				Rules: Turns{None: true}},
			{ID: "x5t-wrong-digest", Title: "SHA-256 in x5t, or SHA-1 in x5t#S256", Severity: finding.Error,
				Why:   "x5t is SHA-1 by definition; the SHA-256 digest has another name.",
				Fix:   "Put the SHA-1 digest into x5t, or the SHA-256 digest into x5t#S256.",
				Rules: Turns{None: true}},
			{ID: "x5t-not-base64url", Title: "the right digest, in standard base64 or with padding", Severity: finding.Error,
				Why:   "A plain base64 encoder was used.",
				Fix:   "Use base64url: - for +, _ for /, no = at the end.",
				Rules: Turns{None: true}},
			{ID: "x5t-wrong-certificate", Title: "x5t belongs to another certificate", Severity: finding.Error,
				Why:   "The digest belongs to a different certificate from the one that signs.",
				Fix:   "Use the digest of the DER bytes of the certificate whose key signs.",
				Rules: Turns{None: true}},
			{ID: "x5t-not-a-digest", Title: "a GUID or other text", Severity: finding.Error,
				Why:   "A key ID, name or number was used instead of the digest.",
				Fix:   "Use the digest of the certificate.",
				Rules: Turns{None: true}},
		},
		Judge: judgeX5t,
	}
}

// thumbprints are the two header parameters with a digest of the certificate.
var thumbprints = [2]thumbprintName{{"x5t", "x5t#S256", sha1.Size, "SHA-1"}, {"x5t#S256", "x5t", sha256.Size, "SHA-256"}}

// thumbprintName is one of them: the other's name, and the size and name of its
// digest.
type thumbprintName struct {
	name, other string
	size        int
	digest      string
}

func judgeX5t(c *Ctx) Verdict {
	h := c.header()
	echo, echoed := c.echoedThumbprint()
	if h == nil {
		if echoed {
			return Faults("the server found a key by the thumbprint", c.echoFault(echo))
		}
		return NotAsked("%s", orElse(c.Header.Why(), c.Header.Why() != "", "no header was given")).For(finding.WhyNotGiven)
	}
	var faults []*Fault
	seen := false
	// A party that vouches for the client signs with its own key; no certificate
	// of the client is registered.
	_, federated := c.federated()
	own := c.isAssertion() && !federated
	for i := range thumbprints {
		t := &thumbprints[i]
		v, ok := present(h, t.name)
		if ok {
			seen = true
			if f := c.thumbprint(t, v); f != nil {
				faults = append(faults, f)
			}
			continue
		}
		if want := profile.HeaderPresence.In(c.Rules, t.name); want.V == profile.Required && own && !h.Partial {
			f := Found("x5t-missing", "%s is missing; %s finds the key by it", t.name, who(c, want)).Compare("no "+t.name, "the "+t.digest+" digest of the certificate")
			faults = append(faults, by(c.useCertificate(f, t), want))
		}
	}
	if want := profile.X5tEither.In(c.Rules); !seen && len(faults) == 0 && want.V == profile.Required && own && !h.Partial {
		f := Found("x5t-missing", "x5t and x5t#S256 are both missing; %s finds the key by one of them", who(c, want)).Compare("no x5t", "the digest of the certificate")
		faults = append(faults, by(c.useCertificate(f, &thumbprints[1]), want))
	}
	// The header itself shows best how the digest was encoded; what the answer
	// adds is that the server has no such certificate.
	if echoed && len(faults) == 0 {
		if sent, ok := h.Text("x5t"); ok && sent == base64.RawURLEncoding.EncodeToString(echo) {
			faults = append(faults, c.echoFault(echo))
		}
	}
	switch {
	case !seen:
		return Faults("x5t is missing, and not required", faults...).Shows("x5t-missing")
	case len(faults) > 0:
		return Faults("", faults...)
	}
	if certs, where := c.certificates(); len(certs) > 0 {
		return PassText("it is the digest of the certificate %s", where).LeavesOpen("x5t-wrong-certificate")
	}
	return Pass("x5t has the form of a digest; which certificate it belongs to is not known").LeavesOpen("x5t-wrong-certificate")
}

// useCertificate makes the digest of the certificate at hand the fix of a
// fault, if there is one.
func (c *Ctx) useCertificate(f *Fault, t *thumbprintName) *Fault {
	f.About(Detail{Name: t.name, Meant: t.name}).At(c.headerAt(t.name))
	certs, where := c.certificates()
	if len(certs) == 0 {
		return f
	}
	right := base64.RawURLEncoding.EncodeToString(digestOf(certs[0], t.size))
	f.Detail.Right = right
	return f.Fix("Set %s to %s, the %s digest of the certificate %s.", t.name, right, t.digest, where).Set(finding.PartHeader, t.name, right)
}

// thumbprint judges the value of x5t or x5t#S256.
func (c *Ctx) thumbprint(t *thumbprintName, v *jsonspan.Value) *Fault {
	fault := func(cause finding.CauseID, how string) *Fault {
		return Found(cause, "%s %s", t.name, how).Compare(show(v), "base64url of the certificate's "+t.digest+" digest").
			About(Detail{Name: t.name, Value: show(v)}).At(c.headerAt(t.name))
	}
	if v.Kind != jsonspan.String {
		return c.useDigest(fault("x5t-not-a-digest", "is "+v.Kind.String()+", not a string"), t, nil)
	}
	raw, cause, how := thumbprintText(t, v.Str)
	if cause != "" {
		return c.useDigest(fault(cause, how), t, bytesMeant(cause, v.Str, raw))
	}
	if strings.ContainsAny(v.Str, "+/=") || strings.TrimSpace(v.Str) != v.Str {
		return c.useDigest(fault("x5t-not-base64url", "is the right length, but in standard base64"), t, raw)
	}
	certs, where := c.certificates()
	for _, cert := range certs {
		if string(digestOf(cert, t.size)) == string(raw) {
			return nil
		}
	}
	if len(certs) > 0 {
		return c.useDigest(fault("x5t-wrong-certificate", "is not the digest of the certificate "+where), t, nil)
	}
	return nil
}

// useDigest makes a digest the fix of a fault: that of the certificate at hand,
// else the one that was meant, under the name that its size has.
func (c *Ctx) useDigest(f *Fault, t *thumbprintName, meant []byte) *Fault {
	if certs, where := c.certificates(); len(certs) > 0 {
		right := base64.RawURLEncoding.EncodeToString(digestOf(certs[0], t.size))
		f.Expected, f.Detail.Right = right, right
		return f.Fix("Set %s to %s, the %s digest of the certificate %s.", t.name, right, t.digest, where).Set(finding.PartHeader, t.name, right)
	}
	right := base64.RawURLEncoding.EncodeToString(meant)
	switch {
	case len(meant) == t.size:
		f.Expected, f.Detail.Right = right, right
		return f.Fix("Set %s to %s: base64url of the digest's bytes, without =.", t.name, right).Set(finding.PartHeader, t.name, right)
	case len(meant) != 0 && profile.HeaderPresence.In(c.Rules, t.name).V != profile.Required && !there(c.header(), t.other):
		return f.Fix("Move it to %s, as %s, or set %s to the certificate's %s digest.", t.other, right, t.name, t.digest).
			Remove(finding.PartHeader, t.name).Set(finding.PartHeader, t.other, right)
	}
	return f
}

// bytesMeant are the bytes of the digest that a text of the wrong form was meant
// to be; nil if it is none.
func bytesMeant(cause finding.CauseID, text string, raw []byte) []byte {
	switch cause {
	case "x5t-hex-encoded":
		if isDigestHex(text) {
			return fromHex(text)
		}
		return fromHex(string(raw))
	case "x5t-encoded-twice":
		once, _ := fromBase64(string(raw))
		return once
	case "x5t-wrong-digest":
		return raw
	}
	return nil
}

// thumbprintText says what the text of x5t or x5t#S256 contains in place of a
// digest of its size; the cause is "" if it is one.
func thumbprintText(t *thumbprintName, text string) (raw []byte, cause finding.CauseID, how string) {
	if isDigestHex(text) {
		return nil, "x5t-hex-encoded", "is the digest in hex; it must be base64url of the bytes"
	}
	raw, err := fromBase64(text)
	switch {
	case err != nil:
		return nil, "x5t-not-a-digest", "is not a digest: it is not base64url"
	case isDigestHex(string(raw)):
		return raw, "x5t-hex-encoded", "contains the hex text of a digest (" + itoa(len(raw)) + " characters" + separatorsOf(string(raw)) + "), not its bytes"
	case isBase64Digest(string(raw)):
		return raw, "x5t-encoded-twice", "contains the base64 text of a digest, encoded once more"
	case len(raw) == sha1.Size+sha256.Size-t.size:
		return raw, "x5t-wrong-digest", "contains " + itoa(len(raw)) + " bytes, which is the digest of " + t.other
	case isGUID(strings.TrimSpace(text)):
		return raw, "x5t-not-a-digest", "is a GUID, not a digest"
	case len(raw) != t.size:
		return raw, "x5t-not-a-digest", "contains " + itoa(len(raw)) + " bytes; a " + t.digest + " digest has " + itoa(t.size)
	}
	return raw, "", ""
}

// separatorsOf says what is between the digits of a digest in hex.
func separatorsOf(s string) string {
	var with []string
	for _, sep := range []struct{ chars, words string }{{":", "colons"}, {"-", "hyphens"}, {" ", "spaces"}, {"\r\n", "a line end"}} {
		if strings.ContainsAny(s, sep.chars) {
			with = append(with, sep.words)
		}
	}
	return orElse(" with "+list(with), len(with) > 0, "")
}

// certificates are those the digest can be compared with: the leaf of x5c, else
// the leaves that came with the keys given, those kid names where it names any.
// A key without certificate could be the one meant, so that nothing is proven.
func (c *Ctx) certificates() ([]*x509.Certificate, string) {
	if leaf := c.leaf(); leaf != nil {
		return []*x509.Certificate{leaf}, "in x5c"
	}
	keys, ok := c.Keys.Get()
	if !ok {
		return nil, ""
	}
	candidates := keys.Set.Keys
	if kid, ok := c.header().Text("kid"); ok {
		if named := keys.Set.ByKid(kid); len(named) > 0 {
			candidates = named
		}
	}
	var certs []*x509.Certificate
	for _, k := range candidates {
		if len(k.Certificates) == 0 {
			return nil, ""
		}
		certs = append(certs, k.Certificates[0])
	}
	return certs, "given with the keys"
}

func digestOf(cert *x509.Certificate, size int) []byte {
	if size == sha256.Size {
		s := sha256.Sum256(cert.Raw)
		return s[:]
	}
	s := sha1.Sum(cert.Raw)
	return s[:]
}

// isDigestHex reports whether a text is the hex of a SHA-1 or SHA-256 digest,
// with or without separators and a line end.
func isDigestHex(s string) bool {
	n := len(fromHex(s))
	return n == sha1.Size || n == sha256.Size
}

// fromHex decodes the hex text of a digest, with or without separators; nil
// where it is none.
func fromHex(s string) []byte {
	if len(s) < 2*sha1.Size || len(s) > 4*sha256.Size {
		return nil
	}
	s = strings.Map(func(r rune) rune {
		if r == ':' || r == ' ' || r == '-' {
			return -1
		}
		return r
	}, strings.TrimSpace(s))
	raw, err := hex.DecodeString(s)
	if err != nil {
		return nil
	}
	return raw
}

// fromBase64 decodes base64 in either alphabet, with or without padding.
func fromBase64(s string) ([]byte, error) {
	plain := strings.Map(func(r rune) rune {
		switch r {
		case '+':
			return '-'
		case '/':
			return '_'
		}
		return r
	}, strings.TrimRight(strings.TrimSpace(s), "="))
	return base64.RawURLEncoding.DecodeString(plain)
}

func isBase64Digest(s string) bool {
	raw, err := fromBase64(s)
	return err == nil && (len(raw) == sha1.Size || len(raw) == sha256.Size)
}
