package serve

import (
	"cmp"
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/checks"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// answers is what a provider is known to answer.
type answers struct {
	profile   *profile.Profile
	own       []*profile.Symptom // those that can be played, in order
	inherited []*profile.Symptom
	checkOf   map[string]string // the check each cause belongs to
	refused   map[string]bool   // the causes a server refuses for: errors
}

// fault is what a request is refused for. The check is "" if none found it.
type fault struct {
	cause, check string
}

func newAnswers(p *profile.Profile) *answers {
	a := &answers{profile: p, checkOf: map[string]string{}, refused: map[string]bool{}}
	for _, c := range checks.All() {
		for _, x := range c.Causes {
			a.checkOf[string(x.ID)] = string(c.ID)
			a.refused[string(x.ID)] = x.Severity == finding.Error || x.SentSeverity == finding.Error
		}
	}
	for i := range p.Symptoms {
		switch s := &p.Symptoms[i]; {
		case !playable(s):
		case s.From == p.ID:
			a.own = append(a.own, s)
		default:
			a.inherited = append(a.inherited, s)
		}
	}
	return a
}

// playable reports whether a symptom is sent, is a refusal, and its words are
// known: a pattern needs the server's own words with it.
func playable(s *profile.Symptom) bool {
	m := &s.Match
	if s.LogOnly || m.Status != 0 && m.Status < 400 {
		return false
	}
	patterns := 0
	for _, t := range []*profile.Text{m.Error, m.Description, m.ErrorURI, m.Body} {
		if t != nil && t.Regexp != "" {
			patterns++
		}
	}
	return patterns == 0 || patterns == 1 && s.Says != ""
}

// of is the fault a cause is.
func (a *answers) of(cause string) fault { return fault{cause, a.checkOf[cause]} }

// refusing finds what the provider answers to a fault: what it is documented to
// say of this cause; else what it says of the whole question the cause answers,
// or of everything; else what its profile inherits, and RFC 6749 section 5.2.
func (a *answers) refusing(f fault) *answer {
	usual, other := a.apart(f, a.own)
	for _, s := range []*profile.Symptom{a.direct(f), a.sibling(f, usual), a.catchAllFor(f), a.sibling(f, other)} {
		if s != nil {
			return a.speak(s, f)
		}
	}
	code := a.standardCode(f)
	byStandard, _ := a.apart(f, a.inherited)
	if s := a.best(f, byStandard); s != nil && !wordless(s) {
		return a.speak(s, f)
	}
	// A provider that gives no reason says the code in its own way.
	if s := withCode(usual, code); s != nil {
		return a.speak(s, f)
	}
	return &answer{code: code, from: f.cause}
}

// apart parts the symptoms whose error code belongs to the other use of a JWT:
// an assertion that does not authenticate the client is answered with
// invalid_client, one that is not a grant with invalid_grant (RFC 7523 sections
// 3.2 and 3.1). A provider may document it otherwise; a standard does not.
func (a *answers) apart(f fault, all []*profile.Symptom) (usual, other []*profile.Symptom) {
	if !a.ofAssertion(f) && a.profile.Kind != grantKind {
		return all, nil
	}
	for _, s := range all {
		code := substring(s.Match.Error)
		switch {
		case a.profile.Kind == grantKind && code == "invalid_client" && s.From != a.profile.ID,
			a.profile.Kind != grantKind && code == "invalid_grant":
			other = append(other, s)
		default:
			usual = append(usual, s)
		}
	}
	return usual, other
}

const grantKind = "jwt-grant"

// direct finds the provider's own answer to this very cause. Where it has texts
// for both uses of a JWT, those of the other one count last. Of answers to
// everything the first is the provider's: what they list is not an order between them.
func (a *answers) direct(f fault) *profile.Symptom {
	usual, other := a.apart(f, a.own)
	s := a.best(f, usual)
	if s == nil || a.general(s) && len(other) > 0 {
		s = a.best(f, a.own)
	}
	if all := a.catchAll(); s != nil && all != nil && a.general(s) && slices.Contains(all.Explains, f.cause) {
		return all
	}
	return s
}

// best is the symptom the cause explains best: it is earliest in explains,
// which lists the most likely first. Of bare codes the one the standards want
// for the fault is the better: what else a code may mean is not an order.
func (a *answers) best(f fault, list []*profile.Symptom) (found *profile.Symptom) {
	at := -1
	for _, s := range list {
		if i := slices.Index(s.Explains, f.cause); i >= 0 && (found == nil || i < at) {
			found, at = s, i
		}
	}
	if found == nil || !wordless(found) {
		return found
	}
	for _, s := range list {
		if wordless(s) && s.Match.Error.Substring == a.standardCode(f) && slices.Contains(s.Explains, f.cause) {
			return s
		}
	}
	return found
}

// sibling finds an answer to the question the cause answers, if there is
// none to the cause: one without words, or one whose words are documented for
// several of its causes. A text for one cause would be about another fault.
func (a *answers) sibling(f fault, list []*profile.Symptom) (found *profile.Symptom) {
	most := 0
	for _, s := range list {
		of := a.siblings(f, s)
		// To ask which names are right is as many questions as there are names.
		names := slices.Contains([]string{"claim-names", "header-names", "request-parameters", "request-headers"}, f.check)
		spoken := len(of) > 1 && !names && (missing(f.cause) || !missing(of[0]))
		if len(of) > most && (spoken || wordless(s)) && !a.general(s) {
			found, most = s, len(of)
		}
	}
	return found
}

// siblings lists the causes of the same check that a symptom explains, and that
// the standards answer alike.
func (a *answers) siblings(f fault, s *profile.Symptom) (out []string) {
	for _, c := range s.Explains {
		if f.check != "" && a.checkOf[c] == f.check && a.standardCode(fault{c, f.check}) == a.standardCode(f) {
			out = append(out, c)
		}
	}
	return out
}

func missing(cause string) bool { return strings.HasSuffix(cause, "-missing") }

// wordless reports whether an answer gives a code and no reason.
func wordless(s *profile.Symptom) bool {
	m := &s.Match
	return substring(m.Error) != "" && !strings.Contains(m.Error.Substring, " ") && (m.Description == nil || m.Description.Empty) && m.Body == nil
}

// withCode finds the answer that gives this code and no reason.
func withCode(list []*profile.Symptom, code string) *profile.Symptom {
	for _, s := range list {
		if wordless(s) && strings.EqualFold(s.Match.Error.Substring, code) {
			return s
		}
	}
	return nil
}

// catchAll finds the provider's one answer to everything. To be authenticated
// and not allowed (unauthorized_client) is none.
func (a *answers) catchAll() *profile.Symptom {
	for _, s := range a.own {
		if a.general(s) && substring(s.Match.Error) != "unauthorized_client" {
			return s
		}
	}
	return nil
}

// general reports whether an answer does not say what is wrong: it is about faults
// of claims, of times and of the signature alike.
func (a *answers) general(s *profile.Symptom) bool {
	return a.speaksFor(s, "claim-") && a.speaksFor(s, "time-") && a.speaksFor(s, "signature-")
}

func (a *answers) speaksFor(s *profile.Symptom, checks ...string) bool {
	return slices.ContainsFunc(s.Explains, func(cause string) bool {
		return slices.ContainsFunc(checks, func(prefix string) bool { return strings.HasPrefix(a.checkOf[cause], prefix) })
	})
}

// catchAllFor is the answer to everything where it answers this fault too: one
// of the assertion, or any, where it speaks for what is found before there is
// an assertion to look at.
func (a *answers) catchAllFor(f fault) *profile.Symptom {
	s := a.catchAll()
	if s == nil || !a.ofAssertion(f) && !a.speaksFor(s, "request-body", "request-method", "request-content-type") {
		return nil
	}
	return s
}

// codeFor is the error code that goes with a text documented without one, and
// the status that goes with it: that of the provider's answers to the same
// cause, to the same question or to everything, else the standard's. A code of
// the provider's own says something on its own, and goes with no other text.
func (a *answers) codeFor(f fault) (code string, status int) {
	usual, _ := a.apart(f, a.own)
	usual = slices.DeleteFunc(slices.Clone(usual), func(s *profile.Symptom) bool {
		code := substring(s.Match.Error)
		return code == "unauthorized_client" || !slices.Contains(standardCodes(), code)
	})
	from := a.best(f, usual)
	if from == nil {
		from = slices.MaxFunc(append([]*profile.Symptom{{}}, usual...), func(x, y *profile.Symptom) int {
			return cmp.Compare(len(a.siblings(f, x)), len(a.siblings(f, y)))
		})
		if len(a.siblings(f, from)) == 0 {
			from = a.catchAllFor(f)
		}
	}
	if from == nil || !slices.Contains(usual, from) {
		return a.standardCode(f), 0
	}
	return from.Match.Error.Substring, from.Match.Status
}

// ofAssertion reports whether a fault is answered as one of the assertion.
func (a *answers) ofAssertion(f fault) bool {
	code := a.standardCode(f)
	return code == a.assertionCode() && f.cause != "code-reused" && f.check != "request-redirect-uri" && f.check != "request-pkce"
}

// assertionCode is the error of an assertion that is not valid: RFC 7523
// section 3.1 where it is the grant, section 3.2 where it is the client's.
func (a *answers) assertionCode() string {
	if a.profile.Kind == grantKind {
		return "invalid_grant"
	}
	return "invalid_client"
}

// standardCode is the error of RFC 6749 section 5.2.
func (a *answers) standardCode(f fault) string {
	grant := a.profile.Kind == grantKind
	absent := f.cause == "assertion-missing" || f.cause == "assertion-misnamed" || f.cause == "assertion-as-bearer"
	switch {
	case f.cause == "grant-type-wrong":
		return "unsupported_grant_type"
	case f.cause == "code-reused" || f.check == "request-redirect-uri" || f.check == "request-pkce":
		return "invalid_grant"
	case f.check == "request-scope":
		return "invalid_scope"
	case f.cause == "multiple-auth-methods" || absent && grant: // a required parameter is missing
		return "invalid_request"
	case absent || f.check == "request-auth" || f.check == "request-client-id":
		return "invalid_client"
	case f.check == "" || strings.HasPrefix(f.check, "request-"):
		return "invalid_request"
	}
	return a.assertionCode()
}

// standardCodes are the errors of a token endpoint (RFC 6749 section 5.2), and
// the two of section 4.1.2.1 that servers use there too.
func standardCodes() []string {
	return []string{"invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type", "invalid_scope",
		"server_error", "temporarily_unavailable"}
}

// substring is the text looked for; "" for none or a pattern.
func substring(t *profile.Text) string {
	if t == nil {
		return ""
	}
	return t.Substring
}
