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
		Params:  []profile.Ref{profile.IssIsSub.Ref(), profile.Federated.Ref()},
		Cites:   []finding.Citation{rfc(7523, "3"), openid("9", "ClientAuthentication")},
		Doc:     "A client that authenticates itself is both issuer and subject of its assertion.",
		Causes: []Cause{
			{ID: "iss-sub-near-miss", Title: "iss and sub differ only in case, space or an environment prefix", Severity: finding.Error,
				Why: "The two values come from two places, one of which was typed or built differently.",
				Fix: "Set both from one variable."},
			{ID: "iss-sub-differ", Title: "iss and sub differ", Severity: finding.Error,
				Why:   "One of them is a URL, a user name or an application name instead of the client ID.",
				Fix:   "Set both to the client ID.",
				Leads: []Lead{{To: []finding.CauseID{"client-id-mismatch"}, When: func(lead, led *Fault) bool { return lead.Detail.Beside == led.Detail.Value }}}},
		},
		Judge: judgeIssSub,
	}
}

func judgeIssSub(c *Ctx) Verdict {
	same := profile.IssIsSub.In(c.Rules)
	if !same.V {
		return NotAskedText("%s does not require it", c.provider())
	}
	o := c.claims()
	iss, ok1 := o.Text("iss")
	sub, ok2 := o.Text("sub")
	if !ok1 || !ok2 || iss == "" || sub == "" {
		return NotAsked("iss or sub is missing").For(finding.WhyMoot)
	}
	if iss == sub {
		return PassText("iss and sub are both %s", iss).Citing(same.Cite...)
	}
	if platform, ok := c.federated(); ok {
		return c.vouched(platform, iss, sub)
	}
	if platform := platformOf(o, iss, sub); platform != "" {
		return Fail(by(c.notOfClient(platform, iss, sub), same))
	}
	if c.Elsewhere == evidence.AsSecret {
		return NotAsked("the JWT is sent as client_secret, and its issuer is not the client")
	}
	if diff := nearMiss(iss, sub); diff != "" {
		f := Found("iss-sub-near-miss", "iss and sub differ %s", diff)
		return Fail(by(c.whichClient(f, iss, sub), same))
	}
	return Fail(by(c.whichClient(Found("iss-sub-differ", "iss and sub differ; both must be the client ID"), iss, sub), same))
}

// whichClient completes a fault of iss and sub: where one of the two is known
// to be the client ID, the other is at fault.
func (c *Ctx) whichClient(f *Fault, iss, sub string) *Fault {
	wrong, value, right := "", "", c.Expect.ClientID
	if right == "" {
		right = c.likelyClient(iss, sub)
	}
	switch right {
	case "":
	case sub:
		wrong, value = "iss", iss
	case iss:
		wrong, value = "sub", sub
	default: // neither is, which other checks have said
		return f.Compare("iss "+iss+", sub "+sub, right).About(Detail{Name: "sub", Value: sub, Beside: iss, Right: right}).At(c.claimAt("iss"), c.claimAt("sub")).
			Fix("Set both to %s.", right).Set(finding.PartClaims, "iss", right).Set(finding.PartClaims, "sub", right)
	}
	if wrong == "" {
		return f.Compare("iss "+iss+", sub "+sub, "the client ID in both").About(Detail{Name: "sub", Value: sub, Beside: iss}).At(c.claimAt("iss"), c.claimAt("sub"))
	}
	return f.Compare(value, right).About(Detail{Name: wrong, Value: value, Beside: right, Right: right}).At(c.claimAt(wrong)).
		Fix("Set %s to %s, the client ID.", wrong, right).Set(finding.PartClaims, wrong, right)
}

// likelyClient is the one of iss and sub that the rest of the evidence says is
// the client ID: the request's client_id, what has the form the provider defines, or
// what is not an address; "" if it does not say.
func (c *Ctx) likelyClient(iss, sub string) string {
	if r, ok := c.Request.Get(); ok {
		for _, p := range r.Params {
			if p.Name == "client_id" && p.Unknown == "" && (p.Value == iss || p.Value == sub) {
				return p.Value
			}
		}
	}
	if form := profile.ClaimPattern.In(c.Rules, "iss"); form.Known() && form.V.MatchString(iss) != form.V.MatchString(sub) {
		if form.V.MatchString(iss) {
			return iss
		}
		return sub
	}
	address := func(s string) bool { return isURL(s) || strings.Contains(s, "@") }
	switch {
	case address(iss) && !address(sub):
		return sub
	case address(sub) && !address(iss):
		return iss
	}
	return ""
}

// notOfClient is the fault of a platform's token at a provider that is not known
// to trust one: neither of its values becomes right by being set to the other.
func (c *Ctx) notOfClient(platform, iss, sub string) *Fault {
	return Found("iss-sub-differ", "this is a token of %s: iss and sub are not the client ID", platform).
		Compare("iss "+iss+", sub "+sub, orElse(c.Expect.ClientID, c.Expect.ClientID != "", "the client ID")+" in both").
		About(Detail{Name: "sub", Value: sub, Beside: iss}).At(c.claimAt("iss"), c.claimAt("sub")).
		Saying("No document says that %s trusts other parties (workload identity federation).", c.provider()).
		Fix("Sign an assertion with the client's own private key, with the client ID as iss and sub.")
}

// vouched is the verdict on a token in which another party vouches for the
// client: right where the server trusts that party, wrong in a client's own
// assertion. Of what the server is documented to trust nothing is said.
func (c *Ctx) vouched(platform, iss, sub string) Verdict {
	if c.Profile.ID != profile.Standard && platform != "" {
		return NotAskedText("%s vouches for the client (workload identity federation), so iss and sub are not the client ID", platform)
	}
	title := "iss is another party's URL, and sub is not the same"
	if platform != "" {
		title = "iss and sub are those of " + platform + ", which vouches for the client"
	}
	return Fail(Found("iss-sub-differ", "%s", title).Weigh(finding.Warning).As(finding.Likely).
		Saying("This is right if the server trusts that party (workload identity federation), and wrong in a client's own assertion.").
		Compare("iss "+iss+", sub "+sub, "issuer and subject as they are registered, or the client ID in both").
		About(Detail{Name: "sub", Value: sub, Beside: iss}).At(c.claimAt("iss"), c.claimAt("sub")).Fix("%s", c.registered()))
}
