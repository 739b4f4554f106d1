package checks

import (
	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

func claimSub() Check {
	return Check{
		ID:      "claim-sub",
		Subject: "sub",
		Rank:    200,
		Names:   []string{"sub"},
		Title:   "sub is the client ID",
		Kinds:   assertionKinds,
		Needs:   []evidence.Need{evidence.NeedClaims},
		Params:  []profile.Ref{profile.ClaimPresence.Ref(), profile.SubIsClientID.Ref()},
		Cites:   []finding.Citation{rfc(7523, "3")},
		Doc:     "For client authentication sub must be the client ID, the same text as iss. (In a JWT used as a grant it names the user instead.)",
		Causes: []Cause{
			{ID: "sub-missing", Title: "sub is missing", Severity: finding.Error,
				Why:   "The claim was not set; iss is not enough (RFC 7523 section 3 item 2).",
				Fix:   "Set sub to the client ID, the same as iss.",
				Rules: Turns{On: presenceRules()}},
			{ID: "sub-not-string", Title: "sub is not a string", Severity: finding.Error,
				Why:   "A number or an array was passed; a numeric client ID must be written in quotes.",
				Fix:   "Pass the client ID as text.",
				Rules: Turns{None: true}},
			{ID: "sub-not-client-id", Title: "sub is not the client ID given", Severity: finding.Error,
				Why:   "A user name, the application's name or another environment's client ID was used.",
				Fix:   "Set sub to the client ID of this environment.",
				Leads: []Lead{{To: []finding.CauseID{"client-id-mismatch"}, When: rightThere}, {To: []finding.CauseID{"iss-sub-differ", "iss-sub-near-miss"}}}},
		},
		Judge: func(c *Ctx) Verdict { return c.party(c.subParty()) },
	}
}

func (c *Ctx) subParty() *party {
	return &party{name: "sub", other: "iss", clientID: profile.SubIsClientID.In(c.Rules),
		missing: "sub-missing", notString: "sub-not-string", notClientID: "sub-not-client-id"}
}
