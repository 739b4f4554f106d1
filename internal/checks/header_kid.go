package checks

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/profile"
	"github.com/assertionworks/jwtdoctor/internal/visible"
)

func headerKid() Check {
	return Check{
		ID:      "header-kid",
		Subject: "kid",
		Rank:    250,
		Names:   []string{"kid"},
		Title:   "kid names the key",
		Needs:   []evidence.Need{evidence.NeedHeader},
		After:   []finding.CauseID{"encrypted-assertion"},
		Params:  []profile.Ref{profile.HeaderPresence.Ref()},
		Cites:   []finding.Citation{rfc(7515, "4.1.4")},
		Doc:     "kid names the client's public key that the server must verify with. It must be exactly the kid under which that key is published or registered.",
		Causes: []Cause{
			{ID: "kid-in-payload", Title: "kid is in the payload, not the header", Severity: finding.Error,
				Why:   "It was passed as a claim. Servers look for it in the header, before they trust anything else.",
				Fix:   "Move kid to the header.",
				Rules: Turns{On: presenceRules()}},
			{ID: "kid-missing", Title: "kid is missing, and the provider requires it", Severity: finding.Error,
				Why:   "Most libraries write kid only when it is given to them.",
				Fix:   "Set the header parameter kid to the kid of the registered key.",
				Rules: Turns{On: presenceRules()}},
			{ID: "kid-not-string", Title: "kid is not a string, or is empty", Severity: finding.Error,
				Why:   "A number or null was passed, or a variable that was not set.",
				Fix:   "Pass the kid as text, exactly as it is in the JWKS.",
				Rules: Turns{On: presenceRules()}},
			{ID: "kid-whitespace", Title: "kid begins or ends with whitespace", Severity: finding.Error,
				Why:   "A line end or blank came along from a file or form. The comparison is exact, so no key has this kid.",
				Fix:   "Trim the kid before signing.",
				Leads: []Lead{{To: []finding.CauseID{"kid-not-in-jwks", "signed-by-unknown-key"}}},
				Rules: Turns{On: presenceRules()}},
		},
		Judge: judgeKid,
	}
}

// registeredKid is the fix for a kid where nothing says which it should be.
const registeredKid = "Set the header parameter kid to the kid of the registered key."

func judgeKid(c *Ctx) Verdict {
	h := c.header()
	want := profile.HeaderPresence.In(c.Rules, "kid")
	if !c.isAssertion() {
		want = profile.Value[profile.Presence]{}
	}
	v, ok := h.Get("kid")
	if !ok || (v.Kind == jsonspan.Null && want.V != profile.Required) {
		return c.withoutKidParameter(want)
	}
	fault := func(cause finding.CauseID, found, expected, format string, args ...any) *Fault {
		return Found(cause, format, args...).Compare(found, expected).About(Detail{Name: "kid", Value: found}).At(c.headerAt("kid"))
	}
	switch {
	case v.Kind != jsonspan.String:
		f := by(fault("kid-not-string", show(v), "a string", "kid is %s, not a string", v.Kind), want)
		kid := c.signingKid(c.alg())
		if kid == "" && v.Kind == jsonspan.Number {
			kid = v.Raw
		}
		return Fail(useKid(f, kid, "Pass the kid as text, exactly as it is in the JWKS."))
	case v.Str == "":
		return Fail(useKid(by(fault("kid-not-string", `""`, "the kid of the registered key", "kid is empty"), want), c.signingKid(c.alg()), registeredKid))
	case strings.TrimSpace(v.Str) == "":
		return Fail(useKid(fault("kid-whitespace", v.Str, "the kid of the registered key", "kid is only whitespace"), c.signingKid(c.alg()), registeredKid))
	case strings.TrimSpace(v.Str) != v.Str:
		trimmed := strings.TrimSpace(v.Str)
		return Fail(useKid(fault("kid-whitespace", v.Str, trimmed, "kid %s with %s", ends(v.Str), edgeName(v.Str)), trimmed, ""))
	}
	return PassText("kid is %s", v.Str).Citing(want.Cite...)
}

// withoutKidParameter is the verdict where the header has no kid.
func (c *Ctx) withoutKidParameter(want profile.Value[profile.Presence]) Verdict {
	if o := c.claims(); o != nil {
		if k, there := present(o, "kid"); there {
			f := by(Found("kid-in-payload", "kid is in the payload, not the header").Compare("claim kid: "+show(k), "header parameter kid").
				About(Detail{Name: "kid", Meant: "kid", Value: show(k)}).At(c.claimAt("kid")), want)
			if want.V != profile.Required {
				f.As(finding.Likely)
			}
			if k.Kind == jsonspan.String && strings.TrimSpace(k.Str) != "" {
				kid := strings.TrimSpace(k.Str)
				f.Fix("Move kid %s to the header.", kid).Remove(finding.PartClaims, "kid").Set(finding.PartHeader, "kid", kid)
			}
			return Fail(f)
		}
	}
	if want.V != profile.Required {
		return PassText("kid is missing, which %s allows", c.provider()).Citing(want.Cite...).Shows("kid-missing")
	}
	if skip, unproven := absenceUnproven(c.header(), "kid"); unproven {
		return skip
	}
	f := by(Found("kid-missing", "kid is missing; %s requires it", who(c, want)).Compare("no kid", "the kid of the registered key").
		About(Detail{Meant: "kid"}).At(c.headerAt("kid")), want)
	return Fail(useKid(f, c.signingKid(c.alg()), registeredKid))
}

// edgeName names the whitespace at an end of a text.
func edgeName(s string) string {
	edge := strings.TrimPrefix(s, strings.TrimRightFunc(s, unicode.IsSpace))
	if edge == "" {
		edge = s
	}
	r, _ := utf8.DecodeRuneInString(edge)
	if r == ' ' {
		return "a space"
	}
	return visible.Name(r)
}

// ends says on which side of a text there is whitespace.
func ends(s string) string {
	left, right := strings.TrimLeft(s, " \t\r\n\u00a0") != s, strings.TrimRight(s, " \t\r\n\u00a0") != s
	switch {
	case left && right:
		return "begins and ends"
	case left:
		return "begins"
	}
	return "ends"
}
