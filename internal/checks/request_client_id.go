package checks

import (
	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

func requestClientID() Check {
	return Check{
		ID:      "request-client-id",
		Subject: "client_id",
		Rank:    110,
		Title:   "client_id is the assertion's client",
		Kinds:   assertionKinds,
		Needs:   []evidence.Need{evidence.NeedRequest},
		After:   []finding.CauseID{"shell-quoting", "body-empty"},
		Params:  []profile.Ref{profile.ParamPresence.Ref(), profile.SubIsClientID.Ref()},
		Cites:   []finding.Citation{rfc(7521, "4.2"), rfc(7523, "3")},
		Doc: "client_id may be left out beside an assertion, which names the client itself. Where it is sent it must name the same client; " +
			"some providers want it all the same.",
		Causes: []Cause{
			{ID: "client-id-mismatch", Title: "client_id is another client than the assertion's", Severity: finding.Error,
				Why: "The assertion was made for one client and the request written for another, often one of another environment.",
				Fix: "Send the same client ID as client_id and as iss and sub of the assertion, or leave client_id out."},
			{ID: "client-id-missing", Title: "there is no client_id where the provider requires it", Severity: finding.Error,
				Why: "The standard leaves it optional beside an assertion, and most libraries leave it out then.",
				Fix: "Send client_id with the client ID."},
		},
		Judge: judgeClientID,
	}
}

func judgeClientID(c *Ctx) Verdict {
	r := c.request()
	if v, ok := c.judgeable(r); !ok {
		return v
	}
	want := profile.ParamPresence.In(c.Rules, "client_id")
	p, ok := sent(r, "client_id")
	if !ok {
		if want.V != profile.Required {
			return Pass("client_id is absent, which %s allows", c.provider()).Citing(want.Cite...).Shows("client-id-missing")
		}
		if why, remedy := unread(r); why != "" {
			return NotAsked("%s", why).Give(remedy)
		}
		is, found := isOrEmpty(r, "client_id")
		f := Found("client-id-missing", "client_id is %s; %s requires it", is, c.provider()).
			Compare(found, orElse(c.Expect.ClientID, c.Expect.ClientID != "", "the client ID")).At(c.atAbsent(r, "client_id")).Citing(want.Cite...)
		if near := standIn(r, "client_id"); near != "" {
			f.Saying("%s", near).Fix("Spell the name client_id.")
		} else {
			f.Fix("%s", addParameter(r, "client_id", orElse(c.Expect.ClientID, c.Expect.ClientID != "", "…")))
		}
		return Fail(f)
	}
	if p.Unknown != "" || leftOpen(r, p.Value) {
		return unknownValue(r, p)
	}
	mismatch := func(whose, expected string) *Fault {
		f := Found("client-id-mismatch", "client_id is not %s", whose).Compare(p.Value, expected).At(c.AtParam(r, p)).Citing(want.Cite...).
			About(Detail{Name: "client_id", Value: p.Value, Right: expected})
		if diff := nearMiss(p.Value, expected); diff != "" {
			f.Saying("The two differ %s; they are compared letter by letter.", diff)
		}
		return f
	}
	if c.Expect.ClientID != "" && p.Value != c.Expect.ClientID {
		return Fail(mismatch("the client ID given", c.Expect.ClientID))
	}
	iss, _ := c.claims().Text("iss")
	sub, known := c.claims().Text("sub")
	switch {
	case c.Kind != evidence.ClientAssertion || !profile.SubIsClientID.In(c.Rules).V:
		return Pass("client_id is %s", p.Value)
	case !known || sub == "":
		if c.Expect.ClientID != "" {
			return Pass("client_id is the client ID given")
		}
		return NotAsked("sub of the assertion is not known, so client_id cannot be compared")
	case p.Value == sub:
		return Pass("client_id is sub of the assertion").Citing(want.Cite...)
	case p.Value == iss, p.Value == c.Expect.ClientID:
		return NotAsked("sub of the assertion is not its client, which the checks of its claims tell")
	case isURL(iss) && iss != sub:
		return NotAsked("another party, %s, vouches for the client, and its sub need not be the client ID", iss)
	}
	return Fail(mismatch("sub of the assertion", sub).At(c.claimAt("sub")))
}
