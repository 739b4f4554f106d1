package checks

import (
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

func headerCrit() Check {
	return Check{
		ID:      "header-crit",
		Subject: "crit",
		Rank:    240,
		Names:   []string{"crit"},
		Title:   "crit is well formed and understood",
		Needs:   []evidence.Need{evidence.NeedHeader},
		Params:  []profile.Ref{profile.CritUnderstood.Ref()},
		Cites:   []finding.Citation{rfc(7515, "4.1.11")},
		Doc:     "crit lists extensions the server must understand or else refuse the JWT. No provider known to this program asks for one.",
		Causes: []Cause{
			{ID: "b64-forbidden", Title: "b64 in a JWT", Severity: finding.Error,
				Why:   "b64 false leaves the payload unencoded; JWTs must not use it (RFC 7797 section 7).",
				Fix:   "Remove b64 and sign the encoded payload.",
				Rules: Turns{None: true}},
			{ID: "crit-invalid", Title: "crit is malformed or names an unknown extension", Severity: finding.Error,
				Why: "crit must be a non-empty array of names that stand in the header and are not the standard's own.",
				Fix: "Remove crit."},
		},
		Judge: judgeCrit,
	}
}

// registeredHeader are the names of RFC 7515 section 4.1 and RFC 7518, which crit must not list.
func registeredHeader() []string {
	return []string{"alg", "jku", "jwk", "kid", "x5u", "x5c", "x5t", "x5t#S256", "typ", "cty", "crit",
		"enc", "zip", "epk", "apu", "apv", "iv", "tag", "p2s", "p2c"}
}

// caseVariant returns the last header parameter whose name differs from a
// registered one in case only.
func caseVariant(h *evidence.Object, name string) (jsonspan.Member, bool) {
	for i := len(h.Value.Members) - 1; i >= 0; i-- {
		if m := h.Value.Members[i]; m.Name != name && strings.EqualFold(m.Name, name) {
			return m, true
		}
	}
	return jsonspan.Member{}, false
}

// meantName returns the registered header parameter that a name is, but for case;
// "" where it is right as it is, or is none.
func meantName(name string) string {
	for _, r := range registeredHeader() {
		if name != r && strings.EqualFold(name, r) {
			return r
		}
	}
	return ""
}

func judgeCrit(c *Ctx) Verdict {
	h := c.header()
	var faults []*Fault
	if v, ok := h.Get("b64"); ok {
		faults = append(faults, Found("b64-forbidden", "b64 stands in the header; JWTs must not use it").
			Compare("b64: "+show(v), "no b64").At(c.headerAt("b64")).Citing(rfc(7797, "7")))
	}
	v, ok := h.Get("crit")
	if !ok {
		return Faults("there is no crit", faults...)
	}
	if why := critFault(c, v); why != "" {
		faults = append(faults, Found("crit-invalid", "%s", why).Compare(show(v), "no crit").At(c.headerAt("crit")))
	}
	return Faults("crit names what the provider understands", faults...)
}

func critFault(c *Ctx, v *jsonspan.Value) string {
	if v.Kind != jsonspan.Array {
		return "crit is " + v.Kind.String() + ", not an array"
	}
	if len(v.Items) == 0 {
		return "crit is empty"
	}
	var names []string
	for _, it := range v.Items {
		if it.Kind != jsonspan.String {
			return "crit lists " + it.Kind.String() + ", not a name"
		}
		_, there := c.header().Get(it.Str)
		switch {
		case slices.Contains(names, it.Str):
			return "crit names " + it.Str + " twice"
		case slices.Contains(registeredHeader(), it.Str):
			return "crit names " + it.Str + ", which the standard defines itself"
		case !there:
			return "crit names " + it.Str + ", which is not in the header"
		case it.Str != "b64" && !slices.Contains(profile.CritUnderstood.In(c.Rules).V, it.Str):
			return "crit names the extension " + it.Str + ", which " + c.provider() + " is not known to understand"
		}
		names = append(names, it.Str)
	}
	return ""
}
