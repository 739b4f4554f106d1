package checks

import (
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

func headerTyp() Check {
	return Check{
		ID:      "header-typ",
		Subject: "typ",
		Rank:    460,
		Names:   []string{"typ"},
		Title:   "typ is what the provider expects",
		Kinds:   assertionKinds,
		Needs:   []evidence.Need{evidence.NeedHeader},
		After:   []finding.CauseID{"encrypted-assertion", "access-token-as-assertion", "dpop-proof-as-assertion", "request-object-as-assertion"},
		Params:  []profile.Ref{profile.HeaderPresence.Ref(), profile.HeaderAccepted.Ref(), profile.TypIgnoreCase.Ref()},
		Cites:   []finding.Citation{rfc(7515, "4.1.9"), rfc(7519, "5.1")},
		Doc:     "typ says what kind of JWT this is. The standard leaves it optional; some providers require it, most of those as exactly JWT in capitals.",
		Causes: []Cause{
			{ID: "typ-missing", Title: "typ is absent where it is required", Severity: finding.Error,
				Why:   "Some libraries write typ only when asked to.",
				Fix:   `Set the header parameter typ to "JWT".`,
				Rules: Turns{On: presenceRules()}},
			{ID: "typ-not-accepted", Title: "typ has a value the provider does not take", Severity: finding.Error,
				Why:   "Another kind of JWT was named, or the spelling differs; the comparison is exact at most providers, case included.",
				Fix:   "Set typ to the value the provider names.",
				Rules: Turns{On: []profile.Ref{profile.HeaderAccepted.Ref(), profile.TypIgnoreCase.Ref()}}},
		},
		Judge: judgeTyp,
	}
}

func judgeTyp(c *Ctx) Verdict {
	h := c.header()
	want := profile.HeaderPresence.In(c.Rules, "typ")
	accepted := profile.HeaderAccepted.In(c.Rules, "typ")
	v, ok := present(h, "typ")
	if !ok {
		if want.V != profile.Required {
			return Pass("typ is absent, which %s allows", c.provider()).Citing(want.Cite...).Shows("typ-missing", "typ-not-accepted")
		}
		if skip, unproven := absenceUnproven(h, "typ"); unproven {
			return skip
		}
		return Fail(Found("typ-missing", "typ is missing; %s requires it", c.provider()).
			Compare("no typ", either(accepted.V)).At(c.headerAt("typ")).Citing(want.Cite...))
	}
	if v.Kind != jsonspan.String {
		return Fail(Found("typ-not-accepted", "typ is %s, not a string", v.Kind).
			Compare(show(v), orElse(either(accepted.V), accepted.Known(), "a string")).At(c.headerAt("typ")).Citing(accepted.Cite...))
	}
	if !accepted.Known() {
		return Pass("typ is %s", v.Str).Shows("typ-not-accepted")
	}
	same := func(a string) bool {
		return a == v.Str || profile.TypIgnoreCase.In(c.Rules).V && strings.EqualFold(a, v.Str)
	}
	if slices.ContainsFunc(accepted.V, same) {
		return Pass("typ is %s", v.Str).Citing(accepted.Cite...)
	}
	f := Found("typ-not-accepted", "typ is %q; %s takes %s", v.Str, c.provider(), either(quoted(accepted.V))).
		Compare(v.Str, either(accepted.V)).At(c.headerAt("typ")).Citing(accepted.Cite...)
	for _, a := range accepted.V {
		if strings.EqualFold(strings.TrimSpace(a), strings.TrimSpace(v.Str)) {
			f.Saying("Only case or white space differs, and the comparison is exact.").Fix("Write typ as %q.", a)
		}
	}
	return Fail(f)
}

// orElse returns s where it holds, else the other.
func orElse(s string, holds bool, other string) string {
	if holds {
		return s
	}
	return other
}

func quoted(words []string) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = `"` + w + `"`
	}
	return out
}
