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
		Doc:     "x5t is the base64url of the 20 bytes of the certificate's SHA-1 digest (27 characters), x5t#S256 that of the 32 bytes of its SHA-256 digest (43 characters). Tools print digests in hex, so nearly every fault here is the text of the digest taken for its bytes.",
		Causes: []Cause{
			{ID: "x5t-missing", Title: "the provider picks the key by x5t, and there is none", Severity: finding.Error,
				Why:   "Libraries write x5t only when they are given the certificate.",
				Fix:   "Add x5t or x5t#S256, the digest of the registered certificate.",
				Rules: Turns{On: presenceRules()}},
			{ID: "x5t-encoded-twice", Title: "the base64 text was encoded again", Severity: finding.Error,
				Why:   "The digest was base64-encoded already when it was handed to something that encodes it.",
				Fix:   "Encode the digest's bytes once.",
				Rules: Turns{None: true}},
			{ID: "x5t-hex-encoded", Title: "the hex text was encoded instead of the bytes", Severity: finding.Error,
				Why:   "The fingerprint as openssl or a portal prints it was used as text.",
				Fix:   "Remove the colons, decode the hex to bytes, then base64url: xxd -r -p | basenc --base64url, and strip the =.",
				Rules: Turns{None: true}},
			{ID: "x5t-wrong-digest", Title: "SHA-256 in x5t, or SHA-1 in x5t#S256", Severity: finding.Error,
				Why:   "x5t is SHA-1 by definition; the SHA-256 digest has a name of its own.",
				Fix:   "Put the SHA-1 digest into x5t, or the SHA-256 digest into x5t#S256.",
				Rules: Turns{None: true}},
			{ID: "x5t-not-base64url", Title: "right digest, in standard base64 or with padding", Severity: finding.Error,
				Why:   "A plain base64 encoder was used.",
				Fix:   "Use base64url: - for +, _ for /, no = at the end.",
				Rules: Turns{None: true}},
			{ID: "x5t-wrong-certificate", Title: "right shape, another certificate", Severity: finding.Error,
				Why:   "The digest was taken of another certificate than the one in x5c.",
				Fix:   "Take the digest of the DER bytes of the certificate whose key signs.",
				Rules: Turns{None: true}},
			{ID: "x5t-not-a-digest", Title: "a GUID or other text", Severity: finding.Error,
				Why:   "A key ID, name or number was put where the digest belongs.",
				Fix:   "Put the digest of the certificate there.",
				Rules: Turns{None: true}},
		},
		Judge: judgeX5t,
	}
}

func judgeX5t(c *Ctx) Verdict {
	h := c.header()
	echo, echoed := c.echoedThumbprint()
	if h == nil {
		if echoed {
			return Faults("the server found a key by the thumbprint", c.echoFault(echo))
		}
		return NotAsked("%s", orElse(c.Header.Why(), c.Header.Why() != "", "no header was given"))
	}
	var faults []*Fault
	seen := false
	for _, p := range []struct {
		name string
		size int
	}{{"x5t", sha1.Size}, {"x5t#S256", sha256.Size}} {
		v, ok := present(h, p.name)
		if !ok {
			if want := profile.HeaderPresence.In(c.Rules, p.name); want.V == profile.Required && c.isAssertion() && !h.Partial {
				faults = append(faults, Found("x5t-missing", "%s is missing; %s picks the key by it", p.name, c.provider()).
					At(c.headerAt(p.name)).Citing(want.Cite...))
			}
			continue
		}
		seen = true
		faults = append(faults, c.thumbprint(p.name, p.size, v))
	}
	if want := profile.X5tEither.In(c.Rules); !seen && len(faults) == 0 && want.V == profile.Required && c.isAssertion() && !h.Partial {
		faults = append(faults, Found("x5t-missing", "there is neither x5t nor x5t#S256; %s picks the key by it", c.provider()).
			At(c.headerAt("x5t")).Citing(want.Cite...))
	}
	// The header itself tells best how the digest was encoded; what the answer
	// adds is that the server has no such certificate.
	if sent, ok := h.Text("x5t"); echoed && !hasFault(faults) && ok && sent == base64.RawURLEncoding.EncodeToString(echo) {
		faults = append(faults, c.echoFault(echo))
	}
	if !seen {
		return Faults("there is none, and none is required", faults...).Shows("x5t-missing")
	}
	if certs, where := c.certificates(); len(certs) > 0 {
		return Faults("it is the digest of the certificate "+where, faults...).LeavesOpen("x5t-wrong-certificate")
	}
	return Faults("it has the form of a digest; of which certificate is not known", faults...).LeavesOpen("x5t-wrong-certificate")
}

// thumbprint judges the value of x5t or x5t#S256, size bytes when right.
func (c *Ctx) thumbprint(name string, size int, v *jsonspan.Value) *Fault {
	digest := map[int]string{sha1.Size: "SHA-1", sha256.Size: "SHA-256"}[size]
	bad := func(cause finding.CauseID, format string, args ...any) *Fault {
		return Found(cause, name+" "+format, args...).
			Compare(show(v), "base64url of the certificate's "+digest+" digest").At(c.headerAt(name))
	}
	if v.Kind != jsonspan.String {
		return bad("x5t-not-a-digest", "is %s, not a string", v.Kind)
	}
	plain := strings.TrimRight(strings.NewReplacer("+", "-", "/", "_").Replace(v.Str), "=")
	raw, cause, what := thumbprintText(name, size, v.Str)
	switch {
	case cause != "":
		return bad(cause, "%s", what)
	case plain != v.Str:
		return bad("x5t-not-base64url", "is the right length, but in standard base64").Compare(v.Str, plain)
	}
	certs, where := c.certificates()
	for _, cert := range certs {
		if string(digestOf(cert, size)) == string(raw) {
			return nil
		}
	}
	if len(certs) > 0 {
		return bad("x5t-wrong-certificate", "is not the digest of the certificate %s", where).
			Compare(v.Str, base64.RawURLEncoding.EncodeToString(digestOf(certs[0], size)))
	}
	return nil
}

// thumbprintText tells what the text of x5t or x5t#S256 holds in place of a
// digest of that size; the cause is "" where it holds one.
func thumbprintText(name string, size int, text string) (raw []byte, cause finding.CauseID, what string) {
	if isDigestHex(text) {
		return nil, "x5t-hex-encoded", "is the digest in hex; it must be base64url of the bytes"
	}
	plain := strings.TrimRight(strings.NewReplacer("+", "-", "/", "_").Replace(text), "=")
	raw, err := base64.RawURLEncoding.DecodeString(plain)
	other := map[string]string{"x5t": "x5t#S256", "x5t#S256": "x5t"}[name]
	switch {
	case err != nil:
		return nil, "x5t-not-a-digest", "is no digest: it is not base64url"
	case isDigestHex(string(raw)):
		return raw, "x5t-hex-encoded", "holds the hex text of a digest (" + itoa(len(raw)) + " characters" + separatorsOf(string(raw)) + "), not its bytes"
	case isBase64Digest(string(raw)):
		return raw, "x5t-encoded-twice", "holds the base64 text of a digest, encoded once more"
	case len(raw) == sha1.Size+sha256.Size-size:
		return raw, "x5t-wrong-digest", "holds " + itoa(len(raw)) + " bytes, which is the digest of " + other
	case isGUID(text) || isGUID(plain):
		return raw, "x5t-not-a-digest", "is a GUID, not a digest"
	case len(raw) != size:
		return raw, "x5t-not-a-digest", "holds " + itoa(len(raw)) + " bytes, a " + map[int]string{sha1.Size: "SHA-1", sha256.Size: "SHA-256"}[size] + " digest has " + itoa(size)
	}
	return raw, "", ""
}

// separatorsOf tells of what stands between the digits of a digest in hex.
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
	if kid, ok := c.header().Text("kid"); ok && len(keys.Set.ByKid(kid)) > 0 {
		candidates = keys.Set.ByKid(kid)
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

// isDigestHex tells the hex text of a SHA-1 or SHA-256 digest, with or without
// separators and a line end.
func isDigestHex(s string) bool {
	s = strings.NewReplacer(":", "", " ", "", "-", "").Replace(strings.TrimSpace(s))
	if len(s) != 2*sha1.Size && len(s) != 2*sha256.Size {
		return false
	}
	_, err := hex.DecodeString(s)
	return err == nil
}

func isBase64Digest(s string) bool {
	s = strings.TrimRight(strings.NewReplacer("+", "-", "/", "_").Replace(strings.TrimSpace(s)), "=")
	raw, err := base64.RawURLEncoding.DecodeString(s)
	return err == nil && (len(raw) == sha1.Size || len(raw) == sha256.Size)
}
