package checks

import (
	"net/url"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// typRFC10070 is the typ by which a client says that it follows RFC 10070.
const typRFC10070 = "client-authentication+jwt"

func claimAudAhead() Check {
	return Check{
		ID:      "aud-rfc10070",
		Subject: "aud under RFC 10070",
		Rank:    435, // after claim-aud (430), which says what is true today
		Names:   []string{"aud"},
		Title:   "aud is one that RFC 10070 allows",
		Kinds:   []evidence.Kind{evidence.ClientAssertion},
		Needs:   []evidence.Need{evidence.NeedClaims},
		Params:  []profile.Ref{profile.AudAccept.Ref(), profile.AudValues.Ref(), profile.AudTyped.Ref(), profile.AudAnnounced.Ref(), profile.AudComplete.Ref(), profile.AudHosts.Ref()},
		Cites:   []finding.Citation{rfc(10070, "4")},
		Doc: "RFC 10070 (November 2026) lets a client assertion name one audience only, the issuer identifier of the server. " +
			"Servers that follow it refuse the token URL, which RFC 7523 suggested and most servers still accept. " +
			"The check is made if you ask for it (`-v`, or `-p rfc10070` with another profile), if the provider has announced the change, or if typ is client-authentication+jwt.",
		Causes: []Cause{
			{ID: "aud-token-url-superseded", Title: "aud is the token URL, which servers that follow RFC 10070 refuse", Severity: finding.Note, Ahead: true,
				Why: "RFC 7523 suggests the token URL. RFC 10070 replaces it with the issuer, because a token URL can be that of an attacker.",
				Fix: "Nothing has to change today. Once the server follows RFC 10070, set aud to its issuer identifier."},
		},
		Judge: judgeAudAhead,
	}
}

func judgeAudAhead(c *Ctx) Verdict {
	announced := profile.AudAnnounced.In(c.Rules)
	if !c.Ahead && !announced.Known() && (!c.saysRFC10070() || c.Failed("typ-not-accepted")) {
		return NotAsked("what RFC 10070 will change was not checked")
	}
	if c.Profile.Carrier != profile.CarrierClientAssertion {
		return NotAsked("RFC 10070 leaves this kind of JWT as it is")
	}
	exp := c.audiences()
	if !exp.takesURL {
		return NotAskedText("%s does not accept the token URL today either", c.provider())
	}
	v, ok := c.claims().Get("aud")
	if !ok {
		return NotAsked("aud is missing")
	}
	for _, value := range texts(v) {
		w, ok := exp.match(value)
		certainty := finding.Certain
		if !ok {
			// The token URL is not known; its form may still show what this is.
			if u, err := url.Parse(value); err != nil || u.Host == "" || !endsInToken(u.Path) {
				continue
			}
			certainty = finding.Likely
		} else if w.sort != tokenURL {
			continue
		}
		f := Found("aud-token-url-superseded", "works today; servers that follow RFC 10070 will refuse it: aud is the token URL").
			Compare(value, "the server's issuer").About(Detail{Name: "aud", Value: value}).At(c.claimAt("aud")).As(certainty).Citing(announced.Cite...)
		issuer := exp.issuerIn(w.env)
		switch {
		case issuer != "" && exp.takesIss:
			f.Detail.Right = issuer
			c.setAud(f.Compare(value, issuer).Fix("Set aud to %s: it is accepted today, too.", issuer), issuer)
		case issuer != "":
			f.Compare(value, issuer).Fix("Nothing has to change today. Once %s follows RFC 10070, set aud to its issuer, %s.", c.provider(), issuer)
		}
		return Fail(f)
	}
	return Pass("aud is not the token URL")
}

// issuerIn is the issuer that belongs to an environment, or that this case names;
// "" if it is not known.
func (a *audiences) issuerIn(env string) (issuer string) {
	a.each(func(au audience, _, _ bool) bool {
		if au.sort == issuerURL && (au.from != byProfile || au.env == env) {
			issuer = au.value
		}
		return issuer == ""
	})
	return issuer
}

// saysRFC10070 reports whether the client says by typ that it follows RFC 10070.
func (c *Ctx) saysRFC10070() bool {
	h, ok := c.Header.Get()
	if !ok {
		return false
	}
	typ, _ := h.Text("typ")
	return strings.EqualFold(strings.TrimPrefix(strings.ToLower(typ), "application/"), typRFC10070)
}

// endsInToken reports whether a path is by its last part that of a token endpoint.
func endsInToken(path string) bool {
	path = strings.TrimRight(path, "/")
	last := strings.ToLower(path[strings.LastIndexByte(path, '/')+1:])
	return last == "token" || last == "access_token" || strings.HasPrefix(last, "token.") || last == "tokens"
}
