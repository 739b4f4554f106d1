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
		Doc: "client_id is optional with an assertion, which names the client. If it is sent it must name the same client; " +
			"some providers require it.",
		Causes: []Cause{
			{ID: "client-id-mismatch", Title: "client_id is not the assertion's client", Severity: finding.Error,
				Why: "The assertion was made for one client and the request written for another, often one of another environment.",
				Fix: "Send the same client ID as client_id and as iss and sub of the assertion, or leave client_id out."},
			{ID: "client-id-missing", Title: "client_id is missing, which the provider requires", Severity: finding.Error,
				Why: "The standard makes it optional with an assertion, and most libraries leave it out then.",
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
			if v, unknown := c.notRead(); unknown {
				return v.For(finding.WhyNotGiven)
			}
			return Pass("client_id is missing, which %s allows", c.provider()).Citing(want.Cite...).Shows("client-id-missing")
		}
		if v, unknown := c.notRead(); unknown {
			return v
		}
		id := c.ownClientID()
		return Fail(c.absent("client-id-missing", "client_id", id, "; "+c.provider()+" requires it").
			Compare(absentWords(r, "client_id"), orElse(id, id != "", "the client ID")).Citing(want.Cite...))
	}
	if p.Unknown != "" || leftOpen(r, p.Value) {
		return unknownValue(r, p)
	}
	if c.Expect.ClientID != "" && p.Value != c.Expect.ClientID {
		return Fail(c.otherClientID(r, p, "the client ID you gave", c.Expect.ClientID).Citing(want.Cite...))
	}
	iss, _ := c.claims().Text("iss")
	sub, known := c.claims().Text("sub")
	switch {
	case c.Kind != evidence.ClientAssertion || !profile.SubIsClientID.In(c.Rules).V:
		return Pass("client_id is %s", p.Value)
	case !known || sub == "":
		if c.Expect.ClientID != "" {
			return Pass("client_id is the client ID you gave")
		}
		return NotAsked("sub of the assertion is not known, so client_id cannot be compared").For(finding.WhyNotGiven)
	case p.Value == sub:
		return Pass("client_id is sub of the assertion").Citing(want.Cite...)
	case p.Value == iss, p.Value == c.Expect.ClientID:
		return NotAsked("sub is not the assertion's client; see claim-sub and claim-iss-sub").For(finding.WhyMoot)
	case isURL(iss) && iss != sub:
		return NotAsked("another party, %s, vouches for the client, and its sub need not be the client ID", iss)
	}
	return Fail(c.otherClientID(r, p, "sub of the assertion", sub).Citing(want.Cite...).At(c.AtMember(finding.PartClaims, "sub")))
}

// ownClientID is the client ID as far as it is known for sure: the one given,
// else the one that iss and sub both name.
func (c *Ctx) ownClientID() string {
	if c.Expect.ClientID != "" {
		return c.Expect.ClientID
	}
	iss, _ := c.claims().Text("iss")
	sub, _ := c.claims().Text("sub")
	if c.Kind == evidence.ClientAssertion && iss == sub && profile.SubIsClientID.In(c.Rules).V {
		return sub
	}
	return ""
}

// otherClientID is the fault of a client_id that is not the client of the
// assertion, or not the one that is known to be right.
func (c *Ctx) otherClientID(r *evidence.Request, p evidence.Param, whose, right string) *Fault {
	f := Found("client-id-mismatch", "client_id is not %s", whose).Compare(p.Value, right).At(c.AtParam(r, p)).
		About(Detail{Name: "client_id", Value: p.Value, Right: right})
	if diff := nearMiss(p.Value, right); diff != "" {
		f.Saying("The two differ %s; they must match exactly.", diff)
	}
	switch c.ownClientID() {
	case "":
	case c.Expect.ClientID:
		f.Fix("Send client_id=%s.", right).Set(finding.PartRequest, "client_id", right)
	default:
		f.Fix("Send client_id=%s, which iss and sub both name, or make the assertion for %s.", right, p.Value).Set(finding.PartRequest, "client_id", right)
	}
	return f
}
