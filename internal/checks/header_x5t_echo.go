package checks

import (
	"crypto/sha1" // x5t is a SHA-1 digest by definition (RFC 7515 section 4.1.7)
	"encoding/base64"
	"encoding/hex"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// echoedThumbprint is what the server decoded from x5t, where its answer says so.
func (c *Ctx) echoedThumbprint() ([]byte, bool) {
	r := c.response()
	if r == nil {
		return nil, false
	}
	raw, err := hex.DecodeString(c.Symptom.Printed(r.Error.Description, r.Error.Text, r.Body)[profile.PrintsThumbprint])
	return raw, err == nil && len(raw) > 0
}

// echoFault shows, from the bytes the server decoded, what text was sent: their
// base64 is that text again.
func (c *Ctx) echoFault(echo []byte) *Fault {
	r, t := c.response(), &thumbprints[0]
	sent := base64.RawURLEncoding.EncodeToString(echo)
	_, cause, how := thumbprintText(t, sent)
	found := func(cause finding.CauseID, title string) *Fault {
		// The reader looks for the hex of the answer, so it is given next to the x5t it means.
		return Found(cause, "%s", title).Compare(sent+" (hex "+strings.ToUpper(hex.EncodeToString(echo))+")", "base64url of the registered certificate's SHA-1 digest, 27 characters").
			About(Detail{Name: t.name, Value: sent}).At(c.atError(r)).
			Citing(finding.Citation{Title: "Microsoft identity platform, certificate credentials", URL: "https://learn.microsoft.com/en-us/entra/identity-platform/certificate-credentials", Authority: "documented"},
				finding.Citation{Title: "Microsoft Q&A, AADSTS700027", URL: "https://learn.microsoft.com/en-us/answers/questions/2262614/aadsts700027-the-certificate-with-identifier-used", Authority: "community"}).
			Saying("The answer's %s is x5t decoded, in hex (%d bytes). The x5t that was sent has the same bytes in base64url: %s.", strings.ToUpper(hex.EncodeToString(echo)), len(echo), sent)
	}
	if cause != "" {
		return c.useEchoed(found(cause, "x5t, as the answer repeats it, "+how), bytesMeant(cause, sent, echo))
	}
	if !c.mayMean("x5t-wrong-certificate") {
		return nil // the server found a key, and it is the signature that failed
	}
	f := found("x5t-wrong-certificate", "x5t is a valid digest, but no certificate registered with the server has it").As(finding.Likely)
	certs, where := c.certificates()
	for _, cert := range certs {
		if string(digestOf(cert, t.size)) == string(echo) {
			return f.Fix("Upload the certificate whose digest this is (the one %s) to this application, in this tenant.", where)
		}
	}
	if len(certs) > 0 {
		return c.useDigest(f, t, nil)
	}
	return f.Fix("Compare %s with the thumbprints the portal lists for this application: sign with the key of one of those, or upload this certificate.", strings.ToUpper(hex.EncodeToString(echo)))
}

// useEchoed makes the digest that was meant the fix, where the header is not
// there to be compared.
func (c *Ctx) useEchoed(f *Fault, meant []byte) *Fault {
	if c.header() != nil {
		return c.useDigest(f, &thumbprints[0], meant)
	}
	if len(meant) == sha1.Size {
		right := base64.RawURLEncoding.EncodeToString(meant)
		f.Detail.Right = right
		return f.Fix("Set x5t to %s: base64url of the digest's bytes, without =.", right).Set(finding.PartHeader, "x5t", right)
	}
	return f
}

// isGUID reports whether a text has the 36 characters of a GUID, as portals
// name keys and applications.
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
