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
				Why: "crit must be a non-empty array of names that are in the header and are not the standard's own.",
				Fix: "Remove crit."},
		},
		Judge: judgeCrit,
	}
}

// isRegisteredHeader reports whether a name is one of RFC 7515 section 4.1 or
// RFC 7518, which crit must not list.
func isRegisteredHeader(name string) bool {
	switch name {
	case "alg", "jku", "jwk", "kid", "x5u", "x5c", "x5t", "x5t#S256", "typ", "cty", "crit",
		"enc", "zip", "epk", "apu", "apv", "iv", "tag", "p2s", "p2c":
		return true
	}
	return false
}

// registeredHeader lists them.
func registeredHeader() [20]string {
	return [20]string{"alg", "jku", "jwk", "kid", "x5u", "x5c", "x5t", "x5t#S256", "typ", "cty", "crit",
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
// "" if it is right as it is, or is none.
func meantName(name string) string {
	if len(name) > len("x5t#S256") || isRegisteredHeader(name) {
		return ""
	}
	for _, r := range registeredHeader() {
		if strings.EqualFold(name, r) {
			return r
		}
	}
	return ""
}

func judgeCrit(c *Ctx) Verdict {
	h := c.header()
	b64, unencoded := h.Get("b64")
	crit, listed := h.Get("crit")
	if !unencoded && !listed {
		return Pass("the header has no crit")
	}
	var faults []*Fault
	if unencoded {
		f := Found("b64-forbidden", "the header has b64; JWTs must not use it").Compare("b64: "+show(b64), "no b64").
			About(Detail{Name: "b64", Value: show(b64)}).At(c.headerAt("b64")).Citing(rfc(7797, "7")).
			Fix("Remove b64 and sign the encoded payload.").Remove(finding.PartHeader, "b64")
		if listed {
			withoutB64(f, crit)
		}
		faults = append(faults, f)
	}
	if listed {
		if why := critFault(c, crit); why != "" {
			faults = append(faults, Found("crit-invalid", "%s", why).Compare(show(crit), "no crit").About(Detail{Name: "crit"}).At(c.headerAt("crit")).
				Fix("Remove crit.").Remove(finding.PartHeader, "crit"))
		}
	}
	return Faults("crit names what the provider understands", faults...)
}

// withoutB64 takes b64 out of crit, which must name only what the header has.
func withoutB64(f *Fault, crit *jsonspan.Value) {
	var rest []any
	for _, it := range crit.Items {
		if it.Str != "b64" && len(rest) < mostPatches {
			rest = append(rest, it.Str)
		}
	}
	switch {
	case len(rest) == 0:
		f.Remove(finding.PartHeader, "crit")
	case len(rest) < len(crit.Items):
		f.Set(finding.PartHeader, "crit", rest)
	}
}

// critFault says what is wrong with crit, "" if nothing is.
func critFault(c *Ctx, v *jsonspan.Value) string {
	if v.Kind != jsonspan.Array {
		return "crit is " + v.Kind.String() + ", not an array"
	}
	if len(v.Items) == 0 {
		return "crit is empty"
	}
	understood := profile.CritUnderstood.In(c.Rules).V
	for i, it := range v.Items {
		switch {
		case i == mostPlaces:
			return "crit names " + itoa(len(v.Items)) + " extensions, more than any server understands"
		case it.Kind != jsonspan.String:
			return "crit lists " + it.Kind.String() + ", not a name"
		case slices.ContainsFunc(v.Items[:i], func(earlier *jsonspan.Value) bool { return earlier.Str == it.Str }):
			return "crit names " + it.Str + " twice"
		case isRegisteredHeader(it.Str):
			return "crit names " + it.Str + ", which the standard defines itself"
		}
		if _, there := c.header().Get(it.Str); !there {
			return "crit names " + it.Str + ", which is not in the header"
		}
		if it.Str != "b64" && !slices.Contains(understood, it.Str) {
			return "crit names the extension " + it.Str + ", which " + c.provider() + " is not known to understand"
		}
	}
	return ""
}
