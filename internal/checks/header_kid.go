package checks

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/profile"
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
		Doc:     "kid tells the server which of the client's public keys to verify with. It must be the kid under which that key is published or registered, to the character.",
		Causes: []Cause{
			{ID: "kid-in-payload", Title: "kid stands among the claims", Severity: finding.Error,
				Why:   "It was passed as a claim. Servers look for it in the header, before they trust anything else.",
				Fix:   "Move kid to the JOSE header.",
				Leads: []Lead{{To: []finding.CauseID{"claim-not-allowed"}, When: func(_, led *Fault) bool { return led.Detail.Name == "kid" }}},
				Rules: Turns{On: presenceRules()}},
			{ID: "kid-missing", Title: "kid is absent where it is required", Severity: finding.Error,
				Why:   "Most libraries write kid only when it is given to them.",
				Fix:   "Set the header parameter kid to the kid of the registered key.",
				Rules: Turns{On: presenceRules()}},
			{ID: "kid-not-string", Title: "kid is no string, or empty", Severity: finding.Error,
				Why:   "A number or null was passed, or an unset variable.",
				Fix:   "Pass the kid as text, as it stands in the JWKS.",
				Rules: Turns{On: presenceRules()}},
			{ID: "kid-whitespace", Title: "kid begins or ends with white space", Severity: finding.Error,
				Why:   "A line end or blank came along from a file or form. The comparison is exact, so no key has this kid.",
				Fix:   "Trim the kid before signing.",
				Leads: []Lead{{To: []finding.CauseID{"kid-not-in-jwks", "signed-by-unknown-key"}}},
				Rules: Turns{On: presenceRules()}},
		},
		Judge: judgeKid,
	}
}

func judgeKid(c *Ctx) Verdict {
	h := c.header()
	want := profile.HeaderPresence.In(c.Rules, "kid")
	if !c.isAssertion() {
		want = profile.Value[profile.Presence]{}
	}
	at := c.headerAt("kid")
	v, ok := h.Get("kid")
	if !ok || (v.Kind == jsonspan.Null && want.V != profile.Required) {
		if o := c.claims(); o != nil {
			if k, there := present(o, "kid"); there {
				f := Found("kid-in-payload", "kid stands among the claims instead of in the header").
					Compare("claim kid: "+show(k), "header parameter kid").At(c.claimAt("kid")).Citing(want.Cite...)
				if want.V != profile.Required {
					f.As(finding.Likely)
				}
				return Fail(f)
			}
		}
		if want.V != profile.Required {
			return Pass("there is no kid, and %s does not require one", c.provider()).Citing(want.Cite...).Shows("kid-missing")
		}
		if skip, unproven := absenceUnproven(h, "kid"); unproven {
			return skip
		}
		return Fail(Found("kid-missing", "kid is missing; %s requires it", c.provider()).
			Compare("no kid", "the kid of the registered key").At(at).Citing(want.Cite...))
	}
	switch {
	case v.Kind != jsonspan.String:
		return Fail(Found("kid-not-string", "kid is %s, not a string", v.Kind).Compare(show(v), "a string").At(at).Citing(want.Cite...))
	case v.Str == "":
		return Fail(Found("kid-not-string", "kid is empty").Compare(`""`, "the kid of the registered key").At(at).Citing(want.Cite...))
	case strings.TrimSpace(v.Str) == "":
		return Fail(Found("kid-whitespace", "kid is white space alone").Compare(v.Str, "the kid of the registered key").At(at))
	case strings.TrimSpace(v.Str) != v.Str:
		return Fail(Found("kid-whitespace", "kid %s with white space", ends(v.Str)).Compare(v.Str, strings.TrimSpace(v.Str)).At(at))
	}
	return Pass("kid is %s", v.Str).Citing(want.Cite...)
}

// ends tells on which side of a text white space stands.
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
