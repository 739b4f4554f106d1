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
		Doc:     "jti is a text that is used once. Servers remember it until exp, some far longer, and refuse the second assertion that has it.",
		Causes: []Cause{
			{ID: "jti-missing", Title: "jti is missing", Severity: finding.Error,
				Why:   "Few libraries add jti.",
				Fix:   "Set jti to a new random value, such as a UUID, in every assertion.",
				Rules: Turns{On: presenceRules()}},
			{ID: "jti-not-string", Title: "jti is not a string", Severity: finding.Error,
				Why:   "A number or a UUID object was passed; RFC 7519 section 4.1.7 makes jti a string.",
				Fix:   "Pass it as text, such as str(uuid.uuid4()).",
				Rules: Turns{On: presenceRules()}},
			{ID: "jti-empty", Title: "jti is empty", Severity: finding.Error,
				Why:   "The variable it came from was not set.",
				Fix:   "Set jti to a new random value, such as a UUID, in every assertion.",
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
				Why:   "Two assertions created at the same moment, or after a restart, have the same jti, and the second is refused.",
				Fix:   "Use a random value, such as a UUID.",
				Rules: Turns{None: true}},
		},
		Judge: judgeJti,
	}
}

func judgeJti(c *Ctx) Verdict {
	o := c.claims()
	want := profile.ClaimPresence.In(c.Rules, "jti")
	v, ok := present(o, "jti")
	if !ok {
		if want.V != profile.Required {
			return PassText("jti is missing, which %s allows", c.provider()).Citing(want.Cite...).Shows("jti-missing")
		}
		if skip, unproven := absenceUnproven(o, "jti"); unproven {
			return skip
		}
		return Fail(by(Found("jti-missing", "jti is missing; %s requires it", who(c, want)), want).Compare("no jti", "a unique text").
			About(Detail{Meant: "jti"}).At(c.claimAt("jti")))
	}
	// The value is a secret of a kind: no detail carries it.
	fault := func(cause finding.CauseID, found, expected, format string, args ...any) *Fault {
		return Found(cause, format, args...).Compare(found, expected).About(Detail{Name: "jti"}).At(c.claimAt("jti"))
	}
	if v.Kind != jsonspan.String {
		return Fail(by(fault("jti-not-string", v.Kind.String(), "a string", "jti is %s, not a string", v.Kind), want))
	}
	if v.Str == "" {
		return Fail(by(fault("jti-empty", `""`, "a unique text", "jti is empty"), want))
	}
	n := utf8.RuneCountInString(v.Str)
	most, least := profile.JtiMax.In(c.Rules), profile.JtiMin.In(c.Rules)
	switch {
	case most.Known() && n > most.V:
		f := by(fault("jti-too-long", characters(n), "at most "+characters(most.V), "jti has %d characters; %s allows at most %d", n, who(c, most), most.V), most)
		return Fail(uuidWithin(f, least, most))
	case least.Known() && n < least.V:
		f := by(fault("jti-too-short", characters(n), "at least "+characters(least.V), "jti has %d characters; %s requires at least %d", n, who(c, least), least.V), least)
		return Fail(uuidWithin(f, least, most))
	}
	if why := guessable(v.Str, o); why != "" {
		return Fail(by(fault("jti-guessable", c.Mask(v.Str), "a random text", "jti is %s: another assertion may get the same", why), want))
	}
	pass := Pass("jti is a text of %d characters", n).Citing(want.Cite...)
	switch {
	case !most.Known() && !least.Known():
		return pass.LeavesOpen("jti-too-long", "jti-too-short")
	case !most.Known():
		return pass.LeavesOpen("jti-too-long")
	case !least.Known():
		return pass.LeavesOpen("jti-too-short")
	}
	return pass
}

// uuidWithin advises a UUID where it has a length the rules allow, else a random
// text of a length that they do.
func uuidWithin(f *Fault, least, most profile.Value[int]) *Fault {
	const uuid = 36
	switch {
	case most.Known() && most.V < uuid:
		return f.Fix("Use a random text of at most %s.", characters(most.V))
	case least.Known() && least.V > uuid:
		return f.Fix("Use a random text of at least %s.", characters(least.V))
	}
	return f
}

func characters(n int) string {
	return itoa(n) + " " + plural(n, "character", "characters")
}

// guessable says why a jti is likely to repeat, "" if it is not.
func guessable(jti string, o *evidence.Object) string {
	if prefix, digits := endsInDigits(jti); digits != "" {
		for _, claim := range timeClaims() {
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
	if isStockID(jti) {
		return "a constant"
	}
	if sub, ok := o.Text("sub"); ok && sub == jti {
		return "the client ID"
	}
	return ""
}

// endsInDigits takes an ID apart that is a word, or nothing, and then digits
// only; digits is "" for any other.
func endsInDigits(jti string) (prefix, digits string) {
	i := 0
	for i < len(jti) && (jti[i] < '0' || jti[i] > '9') {
		switch c := jti[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '-', c == '_', c == '.', c == ':', c == '#':
			i++
		default:
			return "", ""
		}
	}
	for k := i; k < len(jti); k++ {
		if jti[k] < '0' || jti[k] > '9' {
			return "", ""
		}
	}
	return jti[:i], jti[i:]
}

// isStockID reports whether an ID is one that samples have.
func isStockID(jti string) bool {
	const longest = len("00000000-0000-0000-0000-000000000000")
	if len(jti) > longest || len(jti) > len("randomstring") && len(jti) != longest {
		return false
	}
	switch strings.ToLower(jti) {
	case "jti", "test", "id", "nonce", "string", "unique", "randomstring", "uuid", "unique-id", "unique_id", "00000000-0000-0000-0000-000000000000":
		return true
	}
	return false
}
