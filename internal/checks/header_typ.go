package checks

import (
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
		After:   []finding.CauseID{"encrypted-assertion", "access-token-as-assertion", "dpop-proof-as-assertion", "request-object-as-assertion", "other-jwt-as-assertion"},
		Params:  []profile.Ref{profile.HeaderPresence.Ref(), profile.HeaderAccepted.Ref(), profile.TypIgnoreCase.Ref()},
		Cites:   []finding.Citation{rfc(7515, "4.1.9"), rfc(7519, "5.1"), rfc(2045, "5.1")},
		Doc:     "typ says what kind of JWT this is. The standard leaves it optional; some providers require it. It is a media type, whose case does not matter, except where the provider documents one spelling.",
		Causes: []Cause{
			{ID: "typ-missing", Title: "typ is missing, and the provider requires it", Severity: finding.Error,
				Why:   "Some libraries write typ only when asked to.",
				Fix:   "Set the header parameter typ to JWT.",
				Rules: Turns{On: presenceRules()}},
			{ID: "typ-not-accepted", Title: "typ has a value the provider does not accept", Severity: finding.Error,
				Why:   "Another kind of JWT was named, or the spelling differs from the one the provider documents.",
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
			return PassText("typ is missing, which %s allows", c.provider()).Citing(want.Cite...).Shows("typ-missing", "typ-not-accepted")
		}
		if skip, unproven := absenceUnproven(h, "typ"); unproven {
			return skip
		}
		f := by(Found("typ-missing", "typ is missing; %s requires it", who(c, want)), want).Compare("no typ", typWords(accepted)).
			About(Detail{Meant: "typ"}).At(c.headerAt("typ"))
		return Fail(useTyp(f, accepted, ""))
	}
	if v.Kind != jsonspan.String {
		f := by(Found("typ-not-accepted", "typ is %s, not a string", v.Kind), accepted).Compare(show(v), typWords(accepted)).
			About(Detail{Name: "typ"}).At(c.headerAt("typ"))
		return Fail(useTyp(f, accepted, ""))
	}
	if !accepted.Known() {
		if c.Kind == evidence.ClientAssertion && typIs(v.Str, "at+jwt") && c.ownToken() {
			return Fail(useTyp(Found("typ-not-accepted", "typ is %s, the type of an access token", v.Str).Compare(v.Str, typWords(accepted)).
				Saying("The client itself made this assertion; its typ says that it is something else.").
				About(Detail{Name: "typ", Value: v.Str}).At(c.headerAt("typ")).Citing(rfc(9068, "2.1"), rfc(8725, "3.11")), accepted, ""))
		}
		return PassText("typ is %s", v.Str).Shows("typ-not-accepted")
	}
	ignoreCase := profile.TypIgnoreCase.In(c.Rules).V
	for _, a := range accepted.V {
		if a == v.Str || ignoreCase && typIs(v.Str, a) {
			return PassText("typ is %s", v.Str).Citing(accepted.Cite...)
		}
	}
	f := by(Found("typ-not-accepted", "typ is %q; %s accepts %s", v.Str, who(c, accepted), either(quoted(accepted.V))), accepted).
		Compare(v.Str, either(accepted.V)).About(Detail{Name: "typ", Value: v.Str}).At(c.headerAt("typ"))
	near := ""
	for _, a := range accepted.V {
		if strings.EqualFold(strings.TrimSpace(a), strings.TrimSpace(v.Str)) {
			near = a
			f.Saying("Only case or whitespace differs from what %s documents.", who(c, accepted))
		}
	}
	return Fail(useTyp(f, accepted, near))
}

// useTyp makes the value that typ should have the fix of a fault: the one that
// comes near, else the first that the provider names, else JWT.
func useTyp(f *Fault, accepted profile.Value[[]string], near string) *Fault {
	switch {
	case near != "":
	case accepted.Known() && len(accepted.V) > 0:
		near = accepted.V[0]
	default:
		near = "JWT"
	}
	f.Detail.Right = near
	return f.Fix("Set the header parameter typ to %s.", near).Set(finding.PartHeader, "typ", near)
}

// typWords says what typ may be.
func typWords(accepted profile.Value[[]string]) string {
	if !accepted.Known() {
		return "JWT"
	}
	return either(accepted.V)
}

// orElse returns s if the condition is true, else the other.
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
