package checks

import (
	"crypto/sha1" // x5t is a SHA-1 digest by definition (RFC 7515 section 4.1.7)
	"encoding/base64"
	"encoding/hex"
	"regexp"
	"strings"
	"sync"

	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// echoText matches what Microsoft Entra says of a certificate it does not know
// (AADSTS700027): the bytes it decoded from x5t, in hex.
var echoText = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)thumbprint of key used by client: *['"‘’]?([0-9a-f]+)(?:['"‘’]|[^0-9a-z+/_=-]|$)`)
})

// keyFound matches an answer that says the thumbprint did lead to a key.
var keyFound = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)\bkey was found\b|signature value did not match`)
})

// echoedThumbprint is what the server decoded from x5t, where its answer tells.
func (c *Ctx) echoedThumbprint() ([]byte, bool) {
	r := c.response()
	if r == nil {
		return nil, false
	}
	for _, text := range []string{r.Error.Description, r.Error.Text, r.Body} {
		if m := echoText().FindStringSubmatch(text); m != nil {
			raw, err := hex.DecodeString(m[1])
			return raw, err == nil && len(raw) > 0
		}
	}
	return nil, false
}

// echoFault tells from the bytes the server decoded what text was sent: their
// base64 is that text again.
func (c *Ctx) echoFault(echo []byte) *Fault {
	r := c.response()
	sent := base64.RawURLEncoding.EncodeToString(echo)
	_, cause, what := thumbprintText("x5t", sha1.Size, sent)
	entra := []finding.Citation{
		{Title: "Microsoft identity platform, certificate credentials", URL: "https://learn.microsoft.com/en-us/entra/identity-platform/certificate-credentials", Authority: "documented"},
		{Title: "Microsoft Q&A, AADSTS700027", URL: "https://learn.microsoft.com/en-us/answers/questions/2262614/aadsts700027-the-certificate-with-identifier-used", Authority: "community"},
	}
	found := func(cause finding.CauseID, title string) *Fault {
		return Found(cause, "%s", title).Compare(sent, "base64url of the registered certificate's SHA-1 digest, 27 characters").
			At(c.atError(r)).Citing(entra...).
			Saying("The answer repeats in hex what the server decoded from x5t: %d bytes. Encoded as base64url again, that is the text that was sent.", len(echo))
	}
	if cause != "" {
		return found(cause, "x5t, as the answer repeats it, "+what)
	}
	for _, text := range []string{r.Error.Description, r.Error.Text, r.Body} {
		if keyFound().MatchString(text) {
			return nil // it is the signature that failed
		}
	}
	f := found("x5t-wrong-certificate", "x5t has the right form, and the server knows no certificate with this digest").As(finding.Likely)
	certs, where := c.certificates()
	for _, cert := range certs {
		if string(digestOf(cert, sha1.Size)) == string(echo) {
			return f.Fix("Upload the certificate whose digest this is (the one %s) to this very application, in this tenant.", where)
		}
	}
	if len(certs) > 0 {
		f.Expected = base64.RawURLEncoding.EncodeToString(digestOf(certs[0], sha1.Size))
		return f.Fix("Take the digest of the certificate %s.", where)
	}
	return f.Fix("Compare %s with the thumbprints the portal lists for this application: sign with the key of one of those, or upload this certificate.", strings.ToUpper(hex.EncodeToString(echo)))
}

// isGUID tells the 36 characters of a GUID, as portals name keys and applications.
func isGUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i, r := range s {
		if dash := i == 8 || i == 13 || i == 18 || i == 23; dash != (r == '-') || !dash && !strings.ContainsRune("0123456789abcdefABCDEF", r) {
			return false
		}
	}
	return true
}
