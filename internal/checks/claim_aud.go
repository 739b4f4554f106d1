package checks

import (
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

func claimAud() Check {
	return Check{
		ID:      "claim-aud",
		Subject: "aud",
		Rank:    430,
		Names:   []string{"aud"},
		Title:   "aud names this token endpoint",
		Kinds:   assertionKinds,
		Needs:   []evidence.Need{evidence.NeedClaims},
		Params:  []profile.Ref{profile.ClaimPresence.Ref(), profile.AudAccept.Ref(), profile.AudValues.Ref(), profile.AudForm.Ref(), profile.AudSlash.Ref(), profile.AudComplete.Ref()},
		Cites:   []finding.Citation{rfc(7523, "3"), rfc(7519, "4.1.3"), rfc(3986, "6.2.1")},
		Doc: "aud names the server the assertion is meant for, and is compared as plain text: a slash, a letter's case or a port makes it another. " +
			"Which text is right differs: the token URL (SMART, Redox, Epic), the issuer (Singpass, FAPI 2.0), or either.",
		Causes: []Cause{
			{ID: "aud-missing", Title: "there is no aud", Severity: finding.Error,
				Why:   "The claim was not set, or is empty.",
				Fix:   "Set aud to the value the provider documents.",
				Rules: Turns{None: true}},
			{ID: "aud-not-string", Title: "aud is neither a string nor an array of strings", Severity: finding.Error,
				Why:   "A number, object or null was passed.",
				Fix:   "Pass aud as text.",
				Rules: Turns{None: true}},
			{ID: "aud-array-not-accepted", Title: "the right value, in an array the provider does not take", Severity: finding.Error,
				Why:   "Some libraries write a single audience as an array of one.",
				Fix:   "Write aud as a plain string; in jwx call SetAudience with FlattenAudience, in go-jose use a string in your own claims struct.",
				Rules: Turns{On: []profile.Ref{profile.AudForm.Ref()}}},
			{ID: "aud-trailing-slash", Title: "aud differs from an accepted value by a trailing slash alone", Severity: finding.Error,
				Why:   "A URL was joined or copied with a slash more or less; the comparison is exact.",
				Fix:   "Copy the value from the provider's page to the character.",
				Rules: Turns{On: []profile.Ref{profile.AudSlash.Ref(), profile.AudAccept.Ref()}}},
			{ID: "aud-near-miss", Title: "aud differs by case, scheme, port, double slash or white space alone", Severity: finding.Error,
				Why:   "The value was typed, normalised by a URL library, or read from a file with its line end.",
				Fix:   "Copy the value from the provider's page to the character.",
				Rules: Turns{On: []profile.Ref{profile.AudAccept.Ref(), profile.AudValues.Ref(), profile.AudComplete.Ref()}}},
			{ID: "aud-wrong-environment", Title: "aud is another environment of the same provider", Severity: finding.Error,
				Why:   "The configuration of sandbox and production was mixed.",
				Fix:   "Take token URL, aud, client ID and key from the same environment.",
				Rules: Turns{On: []profile.Ref{profile.AudAccept.Ref(), profile.AudValues.Ref(), profile.AudComplete.Ref()}}},
			{ID: "aud-authorize-endpoint", Title: "aud is the authorization endpoint", Severity: finding.Error,
				Why:   "The authorize URL was taken for the token URL.",
				Fix:   "Use the token endpoint.",
				Rules: Turns{On: []profile.Ref{profile.AudAccept.Ref(), profile.AudValues.Ref(), profile.AudComplete.Ref()}}},
			{ID: "aud-token-url-not-accepted", Title: "aud is the token URL where the provider wants its issuer", Severity: finding.Error,
				Why:   "RFC 7523 suggests the token URL and most libraries use it; this provider wants the issuer of its discovery document.",
				Fix:   "Set aud to the issuer.",
				Rules: Turns{On: []profile.Ref{profile.AudAccept.Ref(), profile.AudValues.Ref(), profile.AudComplete.Ref()}}},
			{ID: "aud-issuer-not-accepted", Title: "aud is the issuer where the provider wants its token URL", Severity: finding.Error,
				Why:   "Newer standards want the issuer, and some libraries send it; this provider wants the token URL.",
				Fix:   "Set aud to the full token URL.",
				Rules: Turns{On: []profile.Ref{profile.AudAccept.Ref(), profile.AudValues.Ref(), profile.AudComplete.Ref()}}},
			{ID: "aud-other-endpoint", Title: "aud is another endpoint of the same server", Severity: finding.Error,
				Why:   "The URL of the PAR, introspection or another endpoint was used where only one value is accepted.",
				Fix:   "Use the value the provider documents for the token request.",
				Rules: Turns{On: []profile.Ref{profile.AudAccept.Ref(), profile.AudValues.Ref(), profile.AudComplete.Ref()}}},
			{ID: "aud-mismatch", Title: "aud is some other value", Severity: finding.Error,
				Why:   "The assertion is addressed to somebody else: an API's base URL, a client ID or another provider.",
				Fix:   "Set aud to the value the provider documents.",
				Rules: Turns{On: []profile.Ref{profile.AudAccept.Ref(), profile.AudValues.Ref(), profile.AudComplete.Ref()}}},
		},
		Judge: judgeAud,
	}
}

func judgeAud(c *Ctx) Verdict {
	o := c.claims()
	exp := c.audiences()
	at := c.claimAt("aud")
	presence := profile.ClaimPresence.In(c.Rules, "aud")
	v, ok := o.Get("aud")
	empty := ok && (v.Kind == jsonspan.Null || v.Kind == jsonspan.String && strings.TrimSpace(v.Str) == "" || v.Kind == jsonspan.Array && len(v.Items) == 0)
	if !ok || empty {
		if presence.V == profile.Optional {
			return Pass("aud is absent, which %s allows", c.provider()).Shows("aud-missing")
		}
		if skip, unproven := absenceUnproven(o, "aud"); !ok && unproven {
			return skip
		}
		is, found := "missing", "no aud"
		if ok {
			is, found = "empty", orElse(`""`, v.Kind == jsonspan.String, show(v))
		}
		return Fail(Found("aud-missing", "aud is %s", is).Compare(found, exp.words()).At(at).Citing(exp.cite...))
	}
	if bad := notStrings(v); bad != "" {
		return Fail(Found("aud-not-string", "aud %s", bad).Compare(show(v), exp.words()).At(at).Citing(exp.cite...))
	}
	values := texts(v)
	for i, value := range values {
		if w, ok := exp.match(value); ok {
			form := profile.AudForm.In(c.Rules)
			if v.Kind == jsonspan.Array && form.V == "string" {
				return Fail(Found("aud-array-not-accepted", "aud is an array; %s takes a string alone", c.provider()).
					Compare(show(v), w.value).At(at).Citing(form.Cite...))
			}
			return takenAud(exp, w, v.Kind == jsonspan.Array, i)
		}
	}
	var best *audMiss
	for _, value := range values {
		if m := exp.miss(c, value); m != nil && (best == nil || m.rank < best.rank) {
			best = m
		}
	}
	if best == nil {
		return NotAsked("%s", exp.unknown()).Give("--token-url URL", "--issuer URL", "--aud VALUE")
	}
	f := Found(best.cause, "%s", best.title).Compare(best.value, best.expected).At(at).Citing(best.cite...).Citing(exp.cite...).As(best.certainty).
		About(Detail{Name: "aud", Value: best.value})
	if _, one := exp.match(best.expected); one {
		f.Fix("Set aud to %s", best.expected)
	}
	if v.Kind == jsonspan.Array {
		if i := slices.Index(values, best.value); i >= 0 && len(v.Items) == len(values) {
			f.Places = []evidence.Place{c.At(finding.PartClaims, "/aud/"+itoa(i))}
		}
	}
	return Fail(f)
}

// takenAud passes an audience. Where several forms of it are accepted, a server
// may be stricter than what is known of it.
func takenAud(exp audiences, w audience, array bool, i int) Verdict {
	pass := Pass("aud is %s", w.what).Citing(w.cite...)
	if i > 0 {
		pass = Pass("aud names %s, among others", w.what).Citing(w.cite...)
	}
	if array {
		pass = pass.Shows("aud-array-not-accepted")
	}
	switch {
	case exp.takesURL && exp.takesIss && strings.HasPrefix(w.what, "the token"):
		pass = pass.Shows("aud-token-url-not-accepted")
	case exp.takesURL && exp.takesIss && strings.HasPrefix(w.what, "the issuer"):
		pass = pass.Shows("aud-issuer-not-accepted")
	}
	return pass
}

func notStrings(v *jsonspan.Value) string {
	switch v.Kind {
	case jsonspan.String:
		return ""
	case jsonspan.Array:
		for _, it := range v.Items {
			if it.Kind != jsonspan.String {
				return "is an array that holds " + it.Kind.String()
			}
		}
		return ""
	}
	return "is " + v.Kind.String() + ", not a string"
}
