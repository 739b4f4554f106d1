package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// Run puts every check of the list that applies to the kind of case, in order,
// and returns one finding for each pass, skip and cause. answer is the symptom
// that the server's answer was recognised as, nil for none.
func Run(c *evidence.Case, rules *profile.Rules, answer *profile.Symptom, list []Check) []finding.Finding {
	ctx := &Ctx{Case: c, Rules: rules, Profile: rules.Profile(), Symptom: answer, failed: map[string]bool{}}
	var all []finding.Finding
	for i := range list {
		check := &list[i]
		if len(check.Kinds) > 0 && !slices.Contains(check.Kinds, c.Kind) {
			continue
		}
		for _, f := range ctx.put(check) {
			if f.Outcome == finding.Fail {
				ctx.failed[f.Cause] = true
			}
			all = append(all, f)
		}
	}
	return all
}

// put asks one check and stamps its answer.
func (c *Ctx) put(check *Check) []finding.Finding {
	base := finding.Finding{Check: check.ID, Title: check.Title, Severity: finding.Note, Cite: check.Cites}
	if why, remedy := c.lacking(check.Needs); why != "" {
		base.Outcome, base.Reason, base.Remedy = finding.Skip, why, remedy
		return []finding.Finding{base}
	}
	for _, cause := range check.After {
		if c.failed[cause] {
			base.Outcome, base.Reason = finding.Skip, "moot: "+cause+" comes first"
			return []finding.Finding{base}
		}
	}
	v, trouble := c.judge(check)
	switch {
	case trouble != "":
		base.Outcome, base.Reason = finding.Broken, trouble
	case v.skip:
		base.Outcome, base.Reason, base.Remedy = finding.Skip, v.reason, v.remedy
	case len(v.faults) == 0:
		base.Outcome, base.Message, base.At = finding.Pass, v.message, v.at
		base.Open, base.Shown = v.open, v.shown
		base.Cite = append(slices.Clone(v.cite), check.Cites...)
	default:
		var all []finding.Finding
		for _, f := range v.faults {
			all = append(all, c.stamp(check, f.finding))
		}
		return all
	}
	return []finding.Finding{base}
}

// judge runs the check; a panic in it is our fault and told as such.
func (c *Ctx) judge(check *Check) (v Verdict, trouble string) {
	defer func() {
		if r := recover(); r != nil {
			// The panic's own text may quote the input; only its type is told.
			trouble = fmt.Sprintf("this check failed itself (%T); please report it", r)
		}
	}()
	return check.Judge(c), ""
}

// stamp completes a fault with what is known of its check and cause.
func (c *Ctx) stamp(check *Check, f finding.Finding) finding.Finding {
	f.Check, f.Outcome = check.ID, finding.Fail
	cause, ok := check.cause(f.Cause)
	if !ok {
		return finding.Finding{Check: check.ID, Title: check.Title, Outcome: finding.Broken, Severity: finding.Note,
			Reason: "this check gave the cause " + f.Cause + ", which it does not declare; please report it"}
	}
	if f.Message == "" {
		f.Message = cause.Why
	}
	if len(f.Fix) == 0 && cause.Fix != "" {
		f.Fix = []string{cause.Fix}
	}
	if f.Severity == "" {
		f.Severity = cause.Severity
		if c.Sent && cause.SentSeverity != "" {
			f.Severity = cause.SentSeverity
		}
	}
	for _, id := range []string{check.ID, f.Cause} {
		if s, ok := c.Profile.Severities[id]; ok {
			f.Severity = s
		}
	}
	f.Cite = uniqueCites(append(slices.Clone(f.Cite), check.Cites...))
	f.Answer = c.answer(f.Cause)
	return f
}

func (check *Check) cause(id string) (Cause, bool) {
	for _, c := range check.Causes {
		if c.ID == id {
			return c, true
		}
	}
	return Cause{}, false
}

// answer is what the provider is documented to say to the cause, where one of
// its symptoms names it first.
func (c *Ctx) answer(cause string) string {
	if cause == "token-refused" {
		return "" // it is the answer itself
	}
	for _, s := range c.Profile.Symptoms {
		if s.From != c.Profile.ID || s.LogOnly || len(s.Explains) == 0 || !slices.Contains(s.Explains, cause) {
			continue
		}
		if s.Says != "" {
			return s.Says
		}
		if d := s.Match.Description; d != nil && d.Substring != "" {
			return d.Substring
		}
	}
	return ""
}

// lacking names the first sort of evidence there is none of, and what would supply it.
func (c *Ctx) lacking(needs []evidence.Need) (why, remedy string) {
	for _, n := range needs {
		var known bool
		switch n {
		case evidence.NeedAssertion:
			_, known = c.Assertion.Get()
			why, remedy = c.Assertion.Why(), "give an assertion"
		case evidence.NeedHeader:
			_, known = c.Header.Get()
			why, remedy = c.Header.Why(), ""
		case evidence.NeedHeaderOrResponse:
			_, known = c.Header.Get()
			_, answered := c.Response.Get()
			known = known || answered
			why, remedy = c.Header.Why(), ""
		case evidence.NeedClaims:
			_, known = c.Claims.Get()
			why, remedy = c.Claims.Why(), ""
		case evidence.NeedSignature:
			_, known = c.Signature.Get()
			why, remedy = c.Signature.Why(), ""
		case evidence.NeedKeys:
			_, known = c.Keys.Get()
			why, remedy = c.Keys.Why(), "give --jwks FILE|URL or --key FILE"
		case evidence.NeedJWKS:
			_, known = c.JWKS.Get()
			// Nobody misses it who did not think of it; the signature is asked for above.
			why, remedy = c.JWKS.Why(), ""
		case evidence.NeedFetched:
			_, known = c.Fetched.Get()
			why, remedy = c.Fetched.Why(), ""
		case evidence.NeedPrivateKey:
			_, known = c.PrivateKey.Get()
			why, remedy = c.PrivateKey.Why(), ""
		case evidence.NeedSeen:
			_, known = c.Seen.Get()
			why, remedy = c.Seen.Why(), ""
		case evidence.NeedRequest:
			_, known = c.Request.Get()
			why, remedy = c.Request.Why(), ""
		case evidence.NeedAuthorization:
			_, known = c.Authorization.Get()
			why, remedy = c.Authorization.Why(), ""
		case evidence.NeedResponse:
			_, known = c.Response.Get()
			why, remedy = c.Response.Why(), ""
		case evidence.NeedIssued:
			_, known = c.Issued.Get()
			why, remedy = c.Issued.Why(), ""
		case evidence.NeedNetwork:
			_, known = c.Network.Get()
			why, remedy = c.Network.Why(), ""
		case evidence.NeedDiscovery:
			_, known = c.Discovery.Get()
			why, remedy = c.Discovery.Why(), ""
		case evidence.NeedClock:
			_, known = c.Clock.Get()
			why, remedy = c.Clock.Why(), ""
		default:
			why, remedy = "", ""
		}
		if !known {
			if why == "" {
				why = "no " + string(n) + " was given"
			}
			return why, remedy
		}
	}
	return "", ""
}

func uniqueCites(cites []finding.Citation) []finding.Citation {
	var out []finding.Citation
	for _, c := range cites {
		if !slices.ContainsFunc(out, func(o finding.Citation) bool { return o.URL == c.URL && o.Title == c.Title }) {
			out = append(out, c)
		}
	}
	return out
}

// rfc cites a section of an RFC.
func rfc(number int, section string) finding.Citation {
	title, url := fmt.Sprintf("RFC %d", number), fmt.Sprintf("https://www.rfc-editor.org/rfc/rfc%d", number)
	if section != "" {
		title, url = title+", section "+section, url+"#section-"+section
	}
	return finding.Citation{Title: title, URL: url, Authority: "documented"}
}

// openid cites OpenID Connect Core 1.0.
func openid(section, anchor string) finding.Citation {
	return finding.Citation{Title: "OpenID Connect Core 1.0, section " + section,
		URL: "https://openid.net/specs/openid-connect-core-1_0.html#" + anchor, Authority: "documented"}
}

// list writes words as "a, b and c".
func list(words []string) string { return join(words, "and") }

// either writes words as "a, b or c".
func either(words []string) string { return join(words, "or") }

func join(words []string, last string) string {
	switch len(words) {
	case 0:
		return "nothing"
	case 1:
		return words[0]
	}
	return strings.Join(words[:len(words)-1], ", ") + " " + last + " " + words[len(words)-1]
}
