package checks

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

func headerKeyMaterial() Check {
	return Check{
		ID:      "header-key-material",
		Subject: "keys in the header",
		Rank:    550,
		Title:   "The header carries no key material it should not",
		Needs:   []evidence.Need{evidence.NeedHeader},
		After:   []finding.CauseID{"dpop-proof-as-assertion"},
		Names:   []string{"jwk"},
		Params:  []profile.Ref{profile.HeaderPresence.Ref()},
		Cites:   []finding.Citation{rfc(7515, "4.1.3"), rfc(8725, "3.10")},
		Doc:     "A key that travels in the JWT proves nothing: anyone who signs can put any key there. Servers verify with the registered key, and a private key in a header is given away.",
		Causes: []Cause{
			{ID: "embedded-private-key", Title: "a private key is in the header", Severity: finding.Error,
				Why:     "The whole JWK was put into the header instead of its public half or its kid. Everyone who has seen the assertion has the key.",
				Fix:     "Replace the key now, remove the old one from the provider, and send only its kid.",
				Exposes: true},
			{ID: "embedded-jwk", Title: "a public jwk is in the header; servers must not trust it", Severity: finding.Warning,
				Why: "The library was configured to embed the key. A server that trusted it would accept anyone's signature.",
				Fix: "Leave jwk out and name the registered key by kid."},
		},
		Judge: judgeKeyMaterial,
	}
}

// dropKey takes a private key out of the header, unless the provider wants the public
// key in its place, which has to be that of another pair.
func (c *Ctx) dropKey(f *Fault, name string) {
	if want := profile.HeaderPresence.In(c.Rules, name); want.V == profile.Required {
		by(f, want).Compare("a private key", "only the public key").
			Fix("Replace the key now, remove the old one from the provider, and put only the public half of the new one into %s.", name)
		return
	}
	f.Remove(finding.PartHeader, name)
}

func judgeKeyMaterial(c *Ctx) Verdict {
	h := c.header()
	if h.Value != nil {
		// The whole JWK may have been taken for the header.
		if secret := privateMember(h.Value); secret != "" {
			f := Found("embedded-private-key", "the header is a private JWK itself (member %s)", secret).Compare("a private key", "only the kid").
				About(Detail{Name: secret}).At(c.AtName(finding.PartHeader, "/"+secret))
			for _, name := range keyMembers() {
				if _, ok := h.Value.Get(name); ok {
					f.Remove(finding.PartHeader, name)
				}
			}
			return Fail(f)
		}
		var secrets *Fault
		for _, m := range h.Value.Members {
			secret := privateMember(m.Value)
			switch {
			case secret == "":
			case secrets == nil:
				secrets = Found("embedded-private-key", "the header's %s contains a private key (member %s)", m.Name, secret).Compare("a private key", "only the kid").
					About(Detail{Name: m.Name}).At(c.AtName(finding.PartHeader, evidence.Pointer(m.Name)))
				c.dropKey(secrets, m.Name)
			case len(secrets.Places) < mostPlaces:
				c.dropKey(secrets.At(c.AtName(finding.PartHeader, evidence.Pointer(m.Name))), m.Name)
			}
		}
		if secrets != nil {
			return Fail(secrets)
		}
	}
	if v, ok := present(h, "jwk"); ok && profile.HeaderPresence.In(c.Rules, "jwk").V == profile.Required {
		return PassText("jwk is a public key, which %s requires", c.provider())
	} else if ok {
		return Fail(Found("embedded-jwk", "the header contains a public key in jwk").Compare("jwk: "+v.Kind.String(), "only the kid").
			About(Detail{Name: "jwk"}).At(c.AtName(finding.PartHeader, "/jwk")).
			Fix("Leave jwk out and name the registered key by kid.").Remove(finding.PartHeader, "jwk"))
	}
	return Pass("the header contains no key")
}

// keyMembers are the members of a JWK that are its key (RFC 7518 section 6).
func keyMembers() []string {
	return []string{"kty", "crv", "n", "e", "x", "y", "d", "p", "q", "dp", "dq", "qi", "oth", "k"}
}

// privateMember names the member that makes a JWK a private or symmetric one,
// or "PEM" where the value is a private key as text.
func privateMember(v *jsonspan.Value) string {
	if v.Kind == jsonspan.String && strings.Contains(v.Str, "PRIVATE KEY-----") {
		return "PEM"
	}
	if v.Kind != jsonspan.Object {
		return ""
	}
	if _, ok := v.Get("kty"); !ok {
		return ""
	}
	for _, name := range []string{"d", "p", "q", "dp", "dq", "qi", "oth", "k"} {
		if _, ok := v.Get(name); ok {
			return name
		}
	}
	return ""
}
