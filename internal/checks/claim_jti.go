package checks

import (
	"strings"
	"unicode/utf8"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

func claimJti() Check {
	return Check{
		ID:      "claim-jti",
		Subject: "jti",
		Rank:    440,
		Names:   []string{"jti"},
		Title:   "jti is an acceptable unique ID",
		Kinds:   assertionKinds,
		Needs:   []evidence.Need{evidence.NeedClaims},
		Params:  []profile.Ref{profile.ClaimPresence.Ref(), profile.JtiMin.Ref(), profile.JtiMax.Ref()},
		Cites:   []finding.Citation{rfc(7519, "4.1.7"), openid("9", "ClientAuthentication")},
		Doc:     "jti is a text used once. Servers remember it until exp, some far longer, and refuse the second assertion that carries it.",
		Causes: []Cause{
			{ID: "jti-missing", Title: "there is no jti", Severity: finding.Error,
				Why:   "Few libraries add jti by themselves.",
				Fix:   "Set jti to a fresh random value, such as a UUID, for every assertion.",
				Rules: Turns{On: presenceRules()}},
			{ID: "jti-not-string", Title: "jti is no string", Severity: finding.Error,
				Why:   "A number or a UUID object was passed; RFC 7519 section 4.1.7 makes jti a string.",
				Fix:   "Pass it as text, such as str(uuid.uuid4()).",
				Rules: Turns{On: presenceRules()}},
			{ID: "jti-empty", Title: "jti is empty", Severity: finding.Error,
				Why:   "The variable it came from was not set.",
				Fix:   "Set jti to a fresh random value.",
				Rules: Turns{On: presenceRules()}},
			{ID: "jti-too-long", Title: "jti is longer than the provider allows", Severity: finding.Error,
				Why:   "Several values were joined, or a token was used as ID.",
				Fix:   "Use a UUID (36 characters).",
				Rules: Turns{On: []profile.Ref{profile.JtiMax.Ref()}}},
			{ID: "jti-too-short", Title: "jti is shorter than the provider allows", Severity: finding.Error,
				Why:   "A counter or short random text was used.",
				Fix:   "Use a UUID (36 characters).",
				Rules: Turns{On: []profile.Ref{profile.JtiMin.Ref()}}},
			{ID: "jti-guessable", Title: "jti is a constant, a counter or a bare timestamp: reuse is likely", Severity: finding.Note,
				Why:   "Two assertions made in the same moment, or after a restart, carry the same jti, and the second is refused.",
				Fix:   "Use a random value, such as a UUID.",
				Rules: Turns{None: true}},
		},
		Judge: judgeJti,
	}
}

func judgeJti(c *Ctx) Verdict {
	o := c.claims()
	want := profile.ClaimPresence.In(c.Rules, "jti")
	at := c.claimAt("jti")
	v, ok := present(o, "jti")
	if !ok {
		if want.V != profile.Required {
			return Pass("jti is absent, which %s allows", c.provider()).Citing(want.Cite...).Shows("jti-missing")
		}
		if skip, unproven := absenceUnproven(o, "jti"); unproven {
			return skip
		}
		return Fail(Found("jti-missing", "jti is missing").Compare("no jti", "a unique text").At(at).Citing(want.Cite...))
	}
	if v.Kind != jsonspan.String {
		return Fail(Found("jti-not-string", "jti is %s, not a string", v.Kind).Compare(v.Kind.String(), "a string").At(at).Citing(want.Cite...))
	}
	if v.Str == "" {
		return Fail(Found("jti-empty", "jti is empty").Compare(`""`, "a unique text").At(at).Citing(want.Cite...))
	}
	n := utf8.RuneCountInString(v.Str)
	if most := profile.JtiMax.In(c.Rules); most.Known() && n > most.V {
		return Fail(Found("jti-too-long", "jti has %d characters; %s allows at most %d", n, c.provider(), most.V).
			Compare(characters(n), "at most "+characters(most.V)).At(at).Citing(most.Cite...))
	}
	if least := profile.JtiMin.In(c.Rules); least.Known() && n < least.V {
		return Fail(Found("jti-too-short", "jti has %d characters; %s wants at least %d", n, c.provider(), least.V).
			Compare(characters(n), "at least "+characters(least.V)).At(at).Citing(least.Cite...))
	}
	if why := guessable(v.Str, o); why != "" {
		return Fail(Found("jti-guessable", "jti is %s: another assertion may come to have the same", why).
			Compare(c.Mask(v.Str), "a random text").At(at).Citing(want.Cite...))
	}
	pass := Pass("jti is a text of %d characters", n).Citing(want.Cite...)
	if !profile.JtiMax.In(c.Rules).Known() {
		pass = pass.LeavesOpen("jti-too-long")
	}
	if !profile.JtiMin.In(c.Rules).Known() {
		pass = pass.LeavesOpen("jti-too-short")
	}
	return pass
}

func characters(n int) string {
	return itoa(n) + " " + plural(n, "character", "characters")
}

// guessable tells in words why a jti is likely to come again.
func guessable(jti string, o *evidence.Object) string {
	digits := strings.TrimLeft(jti, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_.:#")
	prefix := jti[:len(jti)-len(digits)]
	allDigits := digits != "" && strings.Trim(digits, "0123456789") == ""
	if allDigits {
		for _, claim := range []string{"iat", "exp", "nbf"} {
			d := o.Date(claim)
			if !d.Usable {
				continue
			}
			// A timestamp near one of the times, in seconds or finer.
			sec := itoa(int(d.At.Unix()))
			if len(digits) >= len(sec) && len(digits) <= len(sec)+9 && digits[:len(sec)-3] == sec[:len(sec)-3] {
				if prefix != "" {
					return "a fixed text and a timestamp"
				}
				return "a bare timestamp"
			}
		}
		if len(digits) <= 6 {
			return "a counter"
		}
	}
	if t := strings.ToLower(jti); t == "jti" || t == "test" || t == "id" || t == "nonce" || t == "string" || t == "unique" ||
		t == "randomstring" || t == "uuid" || t == "unique-id" || t == "unique_id" || t == "00000000-0000-0000-0000-000000000000" {
		return "a constant"
	}
	if sub, ok := o.Text("sub"); ok && sub == jti {
		return "the client ID"
	}
	return ""
}
