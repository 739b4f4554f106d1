package checks

import (
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jose"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

func headerAlg() Check {
	return Check{
		ID:      "header-alg",
		Subject: "alg",
		Rank:    170,
		Names:   []string{"alg"},
		Title:   "alg is one the provider accepts",
		Needs:   []evidence.Need{evidence.NeedHeader},
		After:   []finding.CauseID{"encrypted-assertion"},
		Params:  []profile.Ref{profile.HeaderPresence.Ref(), profile.HeaderAccepted.Ref(), profile.AlgPreferred.Ref(), profile.AlgRefused.Ref()},
		Cites:   []finding.Citation{rfc(7515, "4.1.1"), rfc(7518, "3.1")},
		Doc:     "alg names the signature algorithm. Every provider accepts a few of the registered ones, and no algorithm suits them all: Redox accepts only RS384, Singpass only the ES family.",
		Causes: []Cause{
			{ID: "alg-missing", Title: "alg is missing", Severity: finding.Error,
				Why:   "The header was written by hand, or the library's default was overwritten. alg is required (RFC 7515 section 4.1.1).",
				Fix:   "Set alg to the algorithm the key signs with.",
				Rules: Turns{On: []profile.Ref{profile.HeaderAccepted.Of("alg")}}},
			{ID: "alg-none", Title: "alg is none: the assertion is not signed", Severity: finding.Error,
				Why:   "No algorithm was chosen, or a library for unsecured tokens was used. An assertion must be signed (RFC 7523 section 3 item 9).",
				Fix:   "Sign with the private key and an algorithm the provider accepts.",
				Leads: []Lead{{To: []finding.CauseID{"signature-missing"}}},
				Rules: Turns{On: []profile.Ref{profile.HeaderAccepted.Of("alg")}}},
			{ID: "alg-symmetric", Title: "an HMAC algorithm instead of one for a private key", Severity: finding.Error,
				Why:   "Some libraries sign with HS256 by default, and some of those use the text of a PEM file as the secret.",
				Fix:   "Name the algorithm when you sign; it must be one for private keys.",
				Leads: []Lead{{To: []finding.CauseID{"key-alg-mismatch", "signed-by-unknown-key"}}},
				Rules: Turns{On: []profile.Ref{profile.HeaderAccepted.Of("alg")}}},
			{ID: "alg-unknown", Title: "alg is not a registered name", Severity: finding.Error,
				Why:   "The name is misspelled, in the wrong case, or from another naming scheme such as SHA256withRSA. The comparison is exact. A JWT library says the same of RS256 if the cryptography library it needs is missing.",
				Fix:   "Use the registered spelling, in capitals.",
				Rules: Turns{On: []profile.Ref{profile.HeaderAccepted.Of("alg")}}},
			{ID: "alg-not-accepted", Title: "the provider does not accept the algorithm", Severity: finding.Error,
				Why: "The library's default or another provider's algorithm was used.",
				Fix: "Sign with an algorithm the provider lists, using a key of the matching type."},
			{ID: "alg-not-preferred", Title: "accepted, but the provider prefers another", Severity: finding.Note,
				Why:   "The provider accepts it and recommends a stronger one.",
				Fix:   "Consider the preferred algorithm.",
				Rules: Turns{On: []profile.Ref{profile.AlgPreferred.Ref()}}},
		},
		Judge: judgeAlg,
	}
}

// registeredAlgs are the signature algorithms of RFC 7518 section 3.1, RFC
// 8037, RFC 8812 and RFC 9864.
func registeredAlgs() []string {
	return []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "ES256K",
		"EdDSA", "Ed25519", "Ed448", "HS256", "HS384", "HS512", "none"}
}

func judgeAlg(c *Ctx) Verdict {
	h := c.header()
	v, ok := present(h, "alg")
	if !ok {
		if skip, unproven := absenceUnproven(h, "alg"); unproven {
			return skip
		}
		if m, other := caseVariant(h, "alg"); other {
			return Fail(c.misspelledAlg(m))
		}
		return Fail(c.otherAlg("alg-missing", "no alg", "alg is missing"))
	}
	if v.Kind != jsonspan.String {
		return Fail(c.otherAlg("alg-unknown", show(v), "alg is %s, not a string", v.Kind))
	}
	alg := v.Str
	if !c.isAssertion() {
		return c.issuedAlg(alg)
	}
	accepted := profile.HeaderAccepted.In(c.Rules, "alg")
	if accepted.Known() && slices.Contains(accepted.V, alg) {
		if preferred := profile.AlgPreferred.In(c.Rules); preferred.Known() && !slices.Contains(preferred.V, alg) {
			f := by(Found("alg-not-preferred", "alg is %s; %s prefers %s", alg, who(c, preferred), either(preferred.V)), preferred).
				Compare(alg, either(preferred.V)).About(Detail{Name: "alg", Value: alg}).At(c.headerAt("alg"))
			return Fail(c.prefer(f, preferred.V))
		}
		return PassText("alg is %s", alg).Citing(accepted.Cite...)
	}
	refused := profile.AlgRefused.In(c.Rules)
	switch {
	case strings.EqualFold(strings.TrimSpace(alg), "none"):
		return Fail(c.otherAlg("alg-none", alg, "alg is %q: the assertion is not signed", alg).Citing(rfc(7523, "3"), rfc(8725, "3.2")))
	case isHMAC(alg):
		return Fail(c.symmetric(alg))
	case !slices.Contains(registeredAlgs(), alg):
		f := c.otherAlg("alg-unknown", alg, "alg is %q, which is not a registered name", alg)
		if meant := algMeant(alg); meant != "" && c.accepts(meant) {
			f.Fixes, f.Patches, f.Detail.Right = nil, nil, meant
			f.Fix("Write alg as %s.", meant).Set(finding.PartHeader, "alg", meant)
		}
		return Fail(f)
	case slices.Contains(refused.V, alg):
		f := c.otherAlg("alg-not-accepted", alg, "alg is %s, which %s refuses", alg, who(c, refused))
		f.Cites = nil
		return Fail(by(f, refused))
	case accepted.Known():
		return Fail(c.otherAlg("alg-not-accepted", alg, "alg is %s; %s accepts %s", alg, who(c, accepted), either(accepted.V)))
	}
	return PassText("alg is %s; no list of accepted algorithms is known", alg).Shows("alg-not-accepted")
}

// misspelledAlg is the fault of an alg whose name is in another case.
func (c *Ctx) misspelledAlg(m jsonspan.Member) *Fault {
	f := Found("alg-missing", "alg is missing; the header has %s, and names are case-sensitive", m.Name).Compare(m.Name, "alg").
		About(Detail{Name: m.Name, Meant: "alg"}).At(c.AtName(finding.PartHeader, evidence.Pointer(m.Name))).
		Fix("Write %s as alg.", m.Name).Remove(finding.PartHeader, m.Name)
	if m.Value.Kind == jsonspan.String && c.accepts(m.Value.Str) {
		return f.Set(finding.PartHeader, "alg", m.Value.Str)
	}
	return c.signWith(f, nil)
}

// issuedAlg judges the alg of a token that a server issued: a provider's lists
// are about what clients may sign with.
func (c *Ctx) issuedAlg(alg string) Verdict {
	switch {
	case strings.EqualFold(strings.TrimSpace(alg), "none"):
		return Fail(Found("alg-none", "alg is %q: the token is not signed", alg).Compare(alg, "a signature algorithm").
			About(Detail{Name: "alg", Value: alg}).At(c.headerAt("alg")).Citing(rfc(8725, "3.2")).Fix("Do not trust this token."))
	case !slices.Contains(registeredAlgs(), alg):
		return Fail(Found("alg-unknown", "alg is %q, which is not a registered name", alg).Compare(alg, "a registered algorithm").
			About(Detail{Name: "alg", Value: alg}).At(c.headerAt("alg")))
	}
	return PassText("alg is %s", alg)
}

// otherAlg starts a fault that another algorithm would fix.
func (c *Ctx) otherAlg(cause finding.CauseID, found, format string, args ...any) *Fault {
	f := Found(cause, format, args...).About(Detail{Name: "alg", Value: found}).At(c.headerAt("alg"))
	accepted := profile.HeaderAccepted.In(c.Rules, "alg")
	expected := "an algorithm for private keys, such as RS384 or ES384"
	if accepted.Known() && c.isAssertion() {
		expected = either(accepted.V)
		by(f, accepted)
	}
	f.Compare(found, expected)
	if c.isAssertion() {
		c.signWith(f, nil)
	}
	return f
}

// symmetric is the fault of an HMAC where a private key is expected: an error
// only where something says so, since it is right for client_secret_jwt.
func (c *Ctx) symmetric(alg string) *Fault {
	f := c.otherAlg("alg-symmetric", alg, "alg is %s, an HMAC with a shared secret; a private key is expected", alg).Citing(openid("9", "ClientAuthentication"))
	if !c.wantsPrivateKey() {
		f.Title = "alg is " + alg + ", an HMAC with a shared secret, which is right only for client_secret_jwt"
		f.Weigh(finding.Warning).As(finding.Likely).
			Saying("Nothing says which method the client is registered for. private_key_jwt needs a signature with a private key.")
	}
	return f
}

// wantsPrivateKey reports whether anything says that the client signs with a
// private key: the provider's list of algorithms, the discovery document, a
// public key that was given, or the server's answer.
func (c *Ctx) wantsPrivateKey() bool {
	if profile.HeaderAccepted.In(c.Rules, "alg").Known() || len(profile.AlgRefused.In(c.Rules).V) > 0 {
		return true
	}
	if d, ok := c.Discovery.Get(); ok {
		if slices.Contains(d.AuthMethods, "private_key_jwt") && !slices.Contains(d.AuthMethods, "client_secret_jwt") ||
			len(d.Algs) > 0 && !slices.ContainsFunc(d.Algs, isHMAC) {
			return true
		}
	}
	if keys, ok := c.Keys.Get(); ok && slices.ContainsFunc(keys.Set.Keys, func(k *jose.Key) bool { return k.Public != nil }) {
		return true
	}
	if _, ok := c.PrivateKey.Get(); ok {
		return true
	}
	s := c.Symptom
	return s != nil && s.Match.Description != nil && c.mayMean("alg-symmetric")
}

// prefer offers the preferred algorithm that the key can make, where one can.
func (c *Ctx) prefer(f *Fault, preferred []string) *Fault {
	key := c.signingKey()
	for _, alg := range preferred {
		if c.accepts(alg) && (key != nil && misfit(key, alg) == "" || key == nil && family(alg) == family(f.Detail.Value)) {
			f.Detail.Right = alg
			return f.Fix("Consider %s.", alg).Set(finding.PartHeader, "alg", alg)
		}
	}
	return f
}

// algMeant finds the registered name a misspelling stands for.
func algMeant(alg string) string {
	plain := strings.NewReplacer("-", "", "_", "", " ", "").Replace(alg)
	for _, r := range registeredAlgs() {
		if strings.EqualFold(plain, r) {
			return r
		}
	}
	lower := strings.ToLower(plain)
	for _, bits := range []string{"256", "384", "512"} {
		if !strings.Contains(lower, bits) {
			continue
		}
		switch {
		case strings.Contains(lower, "ecdsa"):
			return "ES" + bits
		case strings.Contains(lower, "pss") || strings.Contains(lower, "mgf1"):
			return "PS" + bits
		case strings.Contains(lower, "rsa"):
			return "RS" + bits
		case strings.Contains(lower, "hmac"):
			return "HS" + bits
		}
	}
	return ""
}
