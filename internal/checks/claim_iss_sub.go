package checks

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

func claimIssSub() Check {
	return Check{
		ID:      "claim-iss-sub",
		Subject: "iss = sub",
		Rank:    210,
		Names:   []string{"iss", "sub"},
		Title:   "iss and sub are the same client ID",
		Kinds:   []evidence.Kind{evidence.ClientAssertion},
		Needs:   []evidence.Need{evidence.NeedClaims},
		After:   []finding.CauseID{"access-token-as-assertion", "id-token-as-assertion"},
		Params:  []profile.Ref{profile.IssIsSub.Ref()},
		Cites:   []finding.Citation{rfc(7523, "3"), openid("9", "ClientAuthentication")},
		Doc:     "A client that authenticates itself is both issuer and subject of its assertion.",
		Causes: []Cause{
			{ID: "iss-sub-near-miss", Title: "iss and sub differ only in case, space or an environment prefix", Severity: finding.Error,
				Why: "The two values come from two places, one of which was typed or built differently.",
				Fix: "Set both from one variable."},
			{ID: "iss-sub-differ", Title: "iss and sub differ", Severity: finding.Error,
				Why:   "One of them holds a URL, user name or application name instead of the client ID.",
				Fix:   "Set both to the client ID.",
				Leads: []Lead{{To: []finding.CauseID{"client-id-mismatch"}, When: func(lead, led *Fault) bool { return lead.Detail.Beside == led.Detail.Value }}}},
		},
		Judge: judgeIssSub,
	}
}

func judgeIssSub(c *Ctx) Verdict {
	same := profile.IssIsSub.In(c.Rules)
	if !same.V {
		return NotAsked("%s does not ask for it", c.provider())
	}
	o := c.claims()
	iss, ok1 := o.Text("iss")
	sub, ok2 := o.Text("sub")
	if !ok1 || !ok2 || iss == "" || sub == "" {
		return NotAsked("iss or sub is missing")
	}
	if iss == sub {
		return Pass("both are %s", iss).Citing(same.Cite...)
	}
	if c.AsSecret {
		return NotAsked("the JWT is sent as client_secret, and its issuer is not the client")
	}
	if diff := nearMiss(iss, sub); diff != "" {
		return Fail(Found("iss-sub-near-miss", "iss and sub differ %s", diff).Compare("sub "+sub, "iss "+iss).
			At(c.claimAt("sub"), c.claimAt("iss")).Citing(same.Cite...).About(Detail{Name: "sub", Value: sub, Beside: iss}))
	}
	f := Found("iss-sub-differ", "iss and sub differ; both must be the client ID").Compare("sub "+sub, "iss "+iss).
		At(c.claimAt("iss"), c.claimAt("sub")).Citing(same.Cite...).About(Detail{Name: "sub", Value: sub, Beside: iss})
	if (c.Profile.ID == "rfc7523" || c.Profile.ID == "entra") && strings.HasPrefix(iss, "https://") && c.Expect.ClientID != iss {
		// Workload identity: another party vouches for the client (RFC 7521 section 4.2).
		f.Weigh(finding.Warning).As(finding.Likely).
			Saying("iss is another party's URL: right where a workload identity provider vouches for the client, wrong in a client's own assertion.")
	}
	return Fail(f)
}
