package checks

import (
	"net/url"
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// pinAud is how clients that make aud of their token URL are reported another one.
const pinAud = "openid-client and oauth4webapi do it with modifyAssertion, Spring Security with setJwtClientAssertionCustomizer; other libraries have a setting named audience."

// audFromTap finds an aud that is the address of the tap the request went through.
// The client makes it of its token URL, so that nothing is wrong with it but while
// it talks to the tap. A server that refused the request refused it for this, as far
// as it looks at aud.
func (k *known) audFromTap(v *jsonspan.Value, values []string) *Fault {
	i := slices.IndexFunc(values, k.c.viaTap)
	if i < 0 {
		return nil
	}
	place := k.c.claimAt("aud")
	if v.Kind == jsonspan.Array && len(v.Items) == len(values) {
		place = k.c.At(finding.PartClaims, "/aud/"+itoa(i))
	}
	right := k.best("", "")
	if right == "" {
		right = k.c.Expect.TokenURL
	}
	f := Found("aud-from-tap", "aud is the address of the tap: the client uses its token URL as aud").
		Compare(values[i], right).About(Detail{Name: "aud", Value: values[i], Right: right}).At(place).
		Fix("Nothing to fix in the application: without the tap, its token URL is the right one and aud follows. To test through the tap, pin aud to %s; "+pinAud, right)
	return k.c.setAud(f, right).Weigh(k.c.tapSeverity())
}

// tapSeverity is how grave it is that a value names the tap: it is why the server
// refused the request, where it did.
func (c *Ctx) tapSeverity() finding.Severity {
	if r := c.response(); r != nil && r.Error.Present && r.Status >= 400 && r.Status < 500 {
		return finding.Error
	}
	return finding.Warning
}

// viaTap reports whether an address is that of a tap the request went through.
func (c *Ctx) viaTap(value string) bool {
	if len(c.Expect.Via) == 0 {
		return false
	}
	u, err := url.Parse(strings.TrimSpace(value))
	if err != nil || u.Host == "" {
		return false
	}
	return slices.ContainsFunc(c.Expect.Via, func(via string) bool { return strings.EqualFold(via, u.Scheme+"://"+u.Host) })
}
