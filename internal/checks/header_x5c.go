package checks

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jose"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

func headerX5c() Check {
	return Check{
		ID:      "header-x5c",
		Subject: "x5c",
		Rank:    280,
		Names:   []string{"x5c"},
		Title:   "x5c is a certificate chain",
		Needs:   []evidence.Need{evidence.NeedHeader},
		Cites:   []finding.Citation{rfc(7515, "4.1.6")},
		Doc:     "x5c is an array of certificates, the signer's first, each the standard base64 (not base64url) of its DER bytes, without PEM lines.",
		Causes: []Cause{
			{ID: "x5c-malformed", Title: "no array, wrong base64, or no certificate", Severity: finding.Error,
				Why: "The PEM text, a single string or base64url was used instead of an array of base64 DER.",
				Fix: "Make x5c an array with the base64 of each certificate's DER bytes, without BEGIN and END lines."},
			{ID: "x5c-leaf-mismatch", Title: "its first certificate holds another key", Severity: finding.Error,
				Why: "The chain stands in the wrong order, or belongs to another key than the one that signs.",
				Fix: "Put the signer's own certificate first."},
		},
		Judge: judgeX5c,
	}
}

func judgeX5c(c *Ctx) Verdict {
	v, ok := c.header().Get("x5c")
	if !ok {
		return Pass("there is no x5c")
	}
	at := c.headerAt("x5c")
	bad := func(format string, args ...any) Verdict {
		return Fail(Found("x5c-malformed", format, args...).Compare(v.Kind.String(), "an array of base64 DER certificates").At(at))
	}
	if v.Kind != jsonspan.Array {
		return bad("x5c is %s, not an array", v.Kind)
	}
	if len(v.Items) == 0 {
		return bad("x5c is an empty array")
	}
	for i, it := range v.Items {
		if _, err := certificate(it); err != "" {
			return bad("certificate %d of x5c %s", i+1, err)
		}
	}
	leaf, _ := certificate(v.Items[0])
	if misfit := keyMisfit(leaf, c.alg()); misfit != "" {
		return Fail(Found("x5c-leaf-mismatch", "the first certificate of x5c holds %s, and alg is %s", misfit, c.alg()).
			Compare(misfit, "the key that signs").At(c.At(finding.PartHeader, "/x5c/0")))
	}
	if other := c.otherThan(leaf); other != nil {
		return Fail(Found("x5c-leaf-mismatch", "the first certificate of x5c holds another key than %s, which the signature is to be verified with", nameOf(other)).
			Compare("the key of the certificate", nameOf(other)+", "+other.Describe()).At(c.At(finding.PartHeader, "/x5c/0")))
	}
	return Pass("%d %s", len(v.Items), plural(len(v.Items), "certificate", "certificates"))
}

// otherThan returns the key the assertion belongs to where it is not the
// certificate's: the one that made the signature, else the one kid names.
func (c *Ctx) otherThan(leaf *x509.Certificate) *jose.Key {
	own, err := jose.NewKey(leaf.PublicKey)
	if err != nil {
		return nil
	}
	key := c.madeBy()
	if keys, ok := c.Keys.Get(); ok && key == nil {
		if kid, has := c.header().Text("kid"); has {
			if named := keys.Set.ByKid(kid); len(named) == 1 {
				key = named[0]
			}
		}
	}
	if key == nil || key.Public == nil || key.Matches(own) {
		return nil
	}
	return key
}

// leaf returns the first certificate of x5c where it is one.
func (c *Ctx) leaf() *x509.Certificate {
	if v, ok := c.header().Get("x5c"); ok && v.Kind == jsonspan.Array && len(v.Items) > 0 {
		cert, _ := certificate(v.Items[0])
		return cert
	}
	return nil
}

// certificate reads one member of x5c, or says in words why it cannot.
func certificate(v *jsonspan.Value) (*x509.Certificate, string) {
	if v.Kind != jsonspan.String {
		return nil, "is " + v.Kind.String() + ", not a string"
	}
	if strings.Contains(v.Str, "-----BEGIN") {
		return nil, "is PEM text; x5c wants the base64 between its lines alone"
	}
	der, err := base64.StdEncoding.DecodeString(v.Str)
	if err != nil {
		if strings.ContainsAny(v.Str, "-_") {
			return nil, "is base64url; x5c wants standard base64"
		}
		return nil, "is not base64"
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, "is no certificate"
	}
	return cert, ""
}

// keyMisfit names the certificate's key where it cannot make a signature of that alg.
func keyMisfit(cert *x509.Certificate, alg string) string {
	family := ""
	if len(alg) >= 2 {
		family = alg[:2]
	}
	switch key := cert.PublicKey.(type) {
	case *rsa.PublicKey:
		if family == "ES" || family == "Ed" {
			return fmt.Sprintf("an RSA key of %d bits", key.N.BitLen())
		}
	case *ecdsa.PublicKey:
		fits := map[string]elliptic.Curve{"ES256": elliptic.P256(), "ES384": elliptic.P384(), "ES512": elliptic.P521()}
		if family == "RS" || family == "PS" || family == "Ed" || (fits[alg] != nil && fits[alg] != key.Curve) {
			return "an EC key on " + key.Curve.Params().Name
		}
	case ed25519.PublicKey:
		if family == "RS" || family == "PS" || family == "ES" {
			return "an Ed25519 key"
		}
	}
	return ""
}
