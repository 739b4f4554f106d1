package checks

import (
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
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
		Doc:     "alg names the signature algorithm. Every provider takes a few of the registered ones, and no algorithm suits them all: Redox takes RS384 alone, Singpass the ES family alone.",
		Causes: []Cause{
			{ID: "alg-missing", Title: "there is no alg", Severity: finding.Error,
				Why:   "The header was written by hand or the library's default was overwritten. alg must be there (RFC 7515 section 4.1.1).",
				Fix:   "Set alg to the algorithm the key signs with.",
				Rules: Turns{On: []profile.Ref{profile.HeaderAccepted.Of("alg")}}},
			{ID: "alg-none", Title: "alg is none: the assertion is not signed", Severity: finding.Error,
				Why:   "No algorithm was chosen, or a library for unsecured tokens was used. An assertion must be signed (RFC 7523 section 3 item 9).",
				Fix:   "Sign with the private key and an algorithm the provider takes.",
				Leads: []Lead{{To: []finding.CauseID{"signature-missing"}}},
				Rules: Turns{On: []profile.Ref{profile.HeaderAccepted.Of("alg")}}},
			{ID: "alg-symmetric", Title: "an HMAC algorithm where a private key is expected", Severity: finding.Error,
				Why:   "Some libraries sign with HS256 unless told otherwise, and some of those take the text of a PEM file for the secret.",
				Fix:   "Name the algorithm when signing; it must be one for private keys.",
				Leads: []Lead{{To: []finding.CauseID{"key-alg-mismatch", "signed-by-unknown-key"}}},
				Rules: Turns{On: []profile.Ref{profile.HeaderAccepted.Of("alg")}}},
			{ID: "alg-unknown", Title: "alg is no registered name", Severity: finding.Error,
				Why:   "The name is misspelt, in the wrong case, or from another naming scheme such as SHA256withRSA. The comparison is exact.",
				Fix:   "Use the registered spelling, in capitals.",
				Rules: Turns{On: []profile.Ref{profile.HeaderAccepted.Of("alg")}}},
			{ID: "alg-not-accepted", Title: "a real algorithm the provider does not take", Severity: finding.Error,
				Why: "The library's default or another provider's algorithm was used.",
				Fix: "Sign with an algorithm the provider lists; the key must be of the matching kind."},
			{ID: "alg-not-preferred", Title: "accepted, but the provider prefers another", Severity: finding.Note,
				Why:   "The provider takes it and recommends a stronger one.",
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
	accepted := profile.HeaderAccepted.In(c.Rules, "alg")
	refused, preferred := profile.AlgRefused.In(c.Rules), profile.AlgPreferred.In(c.Rules)
	if !c.isAssertion() {
		// The lists are of what clients may sign with, not servers.
		accepted, refused, preferred = profile.Value[[]string]{}, profile.Value[[]string]{}, profile.Value[[]string]{}
	}
	at := c.headerAt("alg")
	expected := "an algorithm for private keys, such as RS384 or ES384"
	if accepted.Known() {
		expected = either(accepted.V)
	}
	v, ok := present(h, "alg")
	switch {
	case !ok:
		if skip, unproven := absenceUnproven(h, "alg"); unproven {
			return skip
		}
		if m, other := caseVariant(h, "alg"); other {
			return Fail(Found("alg-missing", "the header has no alg, but %s: names are case-sensitive", m.Name).
				Compare(m.Name, "alg").At(c.AtName(finding.PartHeader, evidence.Pointer(m.Name))).Citing(accepted.Cite...).
				Fix("Write %s as alg.", m.Name).About(Detail{Name: m.Name, Meant: "alg"}))
		}
		return Fail(Found("alg-missing", "the header has no alg").Compare("no alg", expected).At(at).Citing(accepted.Cite...))
	case v.Kind != jsonspan.String:
		return Fail(Found("alg-unknown", "alg is %s, not a string", v.Kind).Compare(show(v), expected).At(at).Citing(accepted.Cite...))
	}
	alg := v.Str
	if accepted.Known() && slices.Contains(accepted.V, alg) {
		if preferred.Known() && !slices.Contains(preferred.V, alg) {
			return Fail(Found("alg-not-preferred", "alg is %s; %s prefers %s", alg, c.provider(), either(preferred.V)).
				Compare(alg, either(preferred.V)).At(at).Citing(preferred.Cite...))
		}
		return Pass("alg is %s", alg).Citing(accepted.Cite...)
	}
	switch {
	case strings.EqualFold(strings.TrimSpace(alg), "none"):
		return Fail(Found("alg-none", "alg is %q: the assertion is not signed", alg).Compare(alg, expected).At(at).Citing(rfc(7523, "3"), rfc(8725, "3.2")))
	case c.isAssertion() && slices.Contains([]string{"HS256", "HS384", "HS512"}, alg):
		return Fail(Found("alg-symmetric", "alg is %s, an HMAC with a shared secret; a private key is expected", alg).
			Compare(alg, expected).At(at).Citing(accepted.Cite...).Citing(openid("9", "ClientAuthentication")))
	case !slices.Contains(registeredAlgs(), alg):
		f := Found("alg-unknown", "alg is %q, which is no registered name", alg).Compare(alg, expected).At(at).Citing(accepted.Cite...)
		if meant := algMeant(alg); meant != "" {
			f.Fix("Write alg as %s.", meant)
		}
		return Fail(f)
	case slices.Contains(refused.V, alg):
		return Fail(Found("alg-not-accepted", "alg is %s, which %s refuses", alg, c.provider()).Compare(alg, expected).At(at).Citing(refused.Cite...))
	case accepted.Known():
		return Fail(Found("alg-not-accepted", "alg is %s; %s takes %s", alg, c.provider(), either(accepted.V)).
			Compare(alg, expected).At(at).Citing(accepted.Cite...))
	}
	return Pass("alg is %s; no list of accepted algorithms is known", alg).Shows("alg-not-accepted")
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
