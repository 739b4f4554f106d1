package checks

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
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
			{ID: "x5c-malformed", Title: "not an array, wrong base64, or not a certificate", Severity: finding.Error,
				Why: "The PEM text, a single string or base64url was used instead of an array of base64 DER.",
				Fix: "Make x5c an array with the base64 of each certificate's DER bytes, without BEGIN and END lines."},
			{ID: "x5c-leaf-mismatch", Title: "its first certificate contains another key", Severity: finding.Error,
				Why: "The chain is in the wrong order, or belongs to another key than the one that signs.",
				Fix: "Put the signer's own certificate first."},
		},
		Judge: judgeX5c,
	}
}

func judgeX5c(c *Ctx) Verdict {
	v, ok := c.header().Get("x5c")
	if !ok {
		return Pass("the header has no x5c")
	}
	if how := chainFault(v); how != "" {
		f := Found("x5c-malformed", "%s", how).Compare(v.Kind.String(), "an array of base64 DER certificates").About(Detail{Name: "x5c"}).At(c.headerAt("x5c"))
		if right := c.chainMeant(v); right != nil {
			f.Fix("Make x5c an array with the base64 of each certificate's DER bytes, without BEGIN and END lines.").Set(finding.PartHeader, "x5c", right)
		}
		return Fail(f)
	}
	leaf, _ := certificate(v.Items[0])
	mismatch := func(found, expected, format string, args ...any) *Fault {
		return Found("x5c-leaf-mismatch", format, args...).Compare(found, expected).About(Detail{Name: "x5c"}).At(c.At(finding.PartHeader, "/x5c/0"))
	}
	var f *Fault
	if misfit := keyMisfit(leaf, c.alg()); misfit != "" {
		f = mismatch(misfit, "the key that signs", "the first certificate of x5c contains %s, and alg is %s", misfit, c.alg())
	} else if other := c.otherThan(leaf); other != nil {
		f = mismatch("the key of the certificate", nameOf(other)+", "+other.Describe(),
			"the first certificate of x5c contains another key than %s, which the signature is to be verified with", nameOf(other))
	} else {
		return Pass("%d %s", len(v.Items), plural(len(v.Items), "certificate", "certificates"))
	}
	if right := c.reordered(v); right != nil {
		f.Fix("Put the signer's own certificate first.").Set(finding.PartHeader, "x5c", right)
	}
	return Fail(f)
}

// chainFault says what is wrong with x5c as a list of certificates, "" if
// nothing is.
func chainFault(v *jsonspan.Value) string {
	if v.Kind != jsonspan.Array {
		return "x5c is " + v.Kind.String() + ", not an array"
	}
	if len(v.Items) == 0 {
		return "x5c is an empty array"
	}
	for i, it := range v.Items {
		if i == longestChain {
			return "x5c has " + itoa(len(v.Items)) + " entries; no server accepts so many certificates"
		}
		if _, why := certificate(it); why != "" {
			return "certificate " + itoa(i+1) + " of x5c " + why
		}
	}
	return ""
}

// longestChain bounds the certificates that are read.
const longestChain = 20

// chainMeant is what x5c was meant to be, where each of its texts is a
// certificate in another form, the first one that of the key in use; nil if
// it is not so.
func (c *Ctx) chainMeant(v *jsonspan.Value) []any {
	items := v.Items
	if v.Kind == jsonspan.String {
		items = []*jsonspan.Value{v}
	}
	if len(items) == 0 || len(items) > longestChain {
		return nil
	}
	var out []any
	for _, it := range items {
		if it.Kind != jsonspan.String {
			return nil
		}
		ders := pemBlocks(it.Str)
		if der, err := fromBase64(strings.Join(strings.Fields(it.Str), "")); err == nil {
			ders = [][]byte{der}
		}
		if len(ders) == 0 {
			return nil
		}
		for _, der := range ders {
			cert, err := x509.ParseCertificate(der)
			if err != nil || len(out) == 0 && (keyMisfit(cert, c.alg()) != "" || c.otherThan(cert) != nil) {
				return nil
			}
			out = append(out, base64.StdEncoding.EncodeToString(der))
		}
	}
	return out
}

// pemBlocks decodes the blocks of PEM text.
func pemBlocks(text string) [][]byte {
	var out [][]byte
	rest := []byte(text)
	for len(out) <= longestChain {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		out = append(out, block.Bytes)
	}
	return out
}

// reordered is x5c with the certificate first that fits alg and the key of the
// signature; nil if no other one does.
func (c *Ctx) reordered(v *jsonspan.Value) []any {
	for i, it := range v.Items {
		cert, _ := certificate(it)
		if i == 0 || keyMisfit(cert, c.alg()) != "" || c.otherThan(cert) != nil {
			continue
		}
		out := []any{it.Str}
		for k, other := range v.Items {
			if k != i {
				out = append(out, other.Str)
			}
		}
		return out
	}
	return nil
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
			if named, n := keyNamed(keys.Set, kid); n == 1 {
				key = named
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

// certificate reads one item of x5c, or says why it cannot.
func certificate(v *jsonspan.Value) (*x509.Certificate, string) {
	if v.Kind != jsonspan.String {
		return nil, "is " + v.Kind.String() + ", not a string"
	}
	if strings.Contains(v.Str, "-----BEGIN") {
		return nil, "is PEM text; x5c needs only the base64 between its lines"
	}
	der, err := base64.StdEncoding.DecodeString(v.Str)
	if err != nil {
		if strings.ContainsAny(v.Str, "-_") {
			return nil, "is base64url; x5c needs standard base64"
		}
		return nil, "is not base64"
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, "is not a certificate"
	}
	return cert, ""
}

// keyMisfit names the certificate's key where it cannot make a signature of that alg.
func keyMisfit(cert *x509.Certificate, alg string) string {
	family := family(alg)
	switch key := cert.PublicKey.(type) {
	case *rsa.PublicKey:
		if family == "ES" || family == "Ed" {
			return fmt.Sprintf("an RSA key of %d bits", key.N.BitLen())
		}
	case *ecdsa.PublicKey:
		if curve := curveFor(alg); family == "RS" || family == "PS" || family == "Ed" || curve != "" && curve != key.Curve.Params().Name {
			return "an EC key on " + key.Curve.Params().Name
		}
	case ed25519.PublicKey:
		if family == "RS" || family == "PS" || family == "ES" {
			return "an Ed25519 key"
		}
	}
	return ""
}
