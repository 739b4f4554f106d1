package explain

import (
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/checks"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// rulesOf lists the rules a check reads, narrowed to the name the check is about:
// header-kid reads header.*.presence only for kid.
func rulesOf(c checks.Check) []profile.Ref {
	names := namesOf(c.ID)
	var out []profile.Ref
	for _, p := range c.Params {
		if !p.Wild() || names == nil {
			out = append(out, p)
			continue
		}
		for _, n := range names {
			out = append(out, p.Of(n))
		}
	}
	return out
}

// namesOf lists the headers or claims a check is about; nil for any.
func namesOf(check string) []string {
	switch check {
	case "header-x5t":
		return []string{"x5t", "x5t#S256"}
	case "key-selected":
		return []string{"kid"}
	case "claim-iss-sub":
		return []string{"iss", "sub"}
	case "header-names", "claim-names":
		return nil
	}
	room, name, ok := strings.Cut(check, "-")
	if ok && (room == "header" || room == "claim" || room == "time") && !strings.Contains(name, "-") {
		return []string{name}
	}
	return nil
}

// presences are the rules that say whether something is required.
func presences() []profile.Ref {
	return []profile.Ref{profile.HeaderPresence.Ref(), profile.X5tEither.Ref(), profile.ClaimPresence.Ref()}
}

// narrow returns, for a cause that turns on a few of its check's rules, which
// those are; a rule with a "*" stands for those of every name. Other causes turn
// on all of them: ok is false.
func narrow(cause string) (rules []profile.Ref, ok bool) {
	switch cause {
	case "alg-missing", "alg-none", "alg-symmetric", "alg-unknown":
		return []profile.Ref{profile.HeaderAccepted.Of("alg")}, true
	case "alg-not-preferred":
		return []profile.Ref{profile.AlgPreferred.Ref()}, true
	case "typ-not-accepted":
		return []profile.Ref{profile.HeaderAccepted.Ref(), profile.TypIgnoreCase.Ref()}, true
	case "typ-missing", "jti-missing", "jti-not-string", "jti-empty", "exp-missing", "exp-past", "nbf-missing",
		"kid-missing", "kid-in-payload", "kid-not-string", "kid-whitespace", "x5t-missing", "iss-missing", "sub-missing",
		"claim-missing", "recommended-missing":
		return presences(), true
	case "jti-too-long":
		return []profile.Ref{profile.JtiMax.Ref()}, true
	case "jti-too-short":
		return []profile.Ref{profile.JtiMin.Ref()}, true
	case "iat-missing":
		return []profile.Ref{profile.ClaimPresence.Ref(), profile.ExpAheadNoIat.Ref()}, true
	case "iat-in-future":
		return []profile.Ref{profile.IatSkew.Ref(), profile.TimeSkew.Ref()}, true
	case "iat-too-old":
		return []profile.Ref{profile.IatMaxAge.Ref(), profile.IatSkew.Ref(), profile.TimeSkew.Ref()}, true
	case "nbf-in-future":
		return []profile.Ref{profile.NbfSkew.Ref(), profile.TimeSkew.Ref()}, true
	case "exp-too-far":
		return []profile.Ref{profile.ExpMaxAhead.Ref(), profile.ExpAheadSkew.Ref(), profile.ExpAheadInclude.Ref()}, true
	case "lifetime-too-long", "lifetime-no-margin":
		return []profile.Ref{profile.LifetimeMax.Ref(), profile.LifetimeNbfMax.Ref(), profile.LifetimeInclude.Ref(), profile.ExpMaxAhead.Ref()}, true
	case "claim-not-allowed":
		return []profile.Ref{profile.ClaimsAllowed.Ref()}, true
	case "header-not-allowed":
		return []profile.Ref{profile.HeaderAllowed.Ref()}, true
	case "claim-value-not-accepted":
		return []profile.Ref{profile.ClaimAccepted.Ref(), profile.ClaimType.Ref(), profile.ClaimPattern.Ref(), profile.ClaimForm.Ref()}, true
	case "kid-not-in-jwks", "kid-encryption-key", "exp-before-iat", "claim-misspelt", "claim-in-header",
		"x5t-encoded-twice", "x5t-hex-encoded", "x5t-wrong-digest", "x5t-not-base64url", "x5t-wrong-certificate", "x5t-not-a-digest",
		"aud-not-string", "aud-missing", "iss-not-string", "sub-not-string", "jti-guessable", "jku-not-https", "b64-forbidden",
		"jwks-unreachable", "jwks-http-error", "jwks-not-https", "jwk-use-conflict":
		return nil, true // no provider can differ here
	case "aud-array-not-accepted":
		return []profile.Ref{profile.AudForm.Ref()}, true
	case "aud-trailing-slash":
		return []profile.Ref{profile.AudSlash.Ref(), profile.AudAccept.Ref()}, true
	case "aud-token-url-not-accepted", "aud-issuer-not-accepted", "aud-other-endpoint", "aud-authorize-endpoint", "aud-near-miss", "aud-mismatch", "aud-wrong-environment":
		return []profile.Ref{profile.AudAccept.Ref(), profile.AudValues.Ref(), profile.AudComplete.Ref()}, true
	case "kid-ambiguous":
		return []profile.Ref{profile.HeaderPresence.Of("kid"), profile.KidTriesAll.Ref()}, true
	case "key-alg-mismatch":
		return []profile.Ref{profile.KeyAlgEqual.Ref()}, true
	}
	return nil, false
}

// rulesFor lists the rules one cause turns on.
func rulesFor(c checks.Check, cause string) []profile.Ref {
	all := rulesOf(c)
	few, ok := narrow(cause)
	if !ok {
		return all
	}
	return slices.DeleteFunc(all, func(r profile.Ref) bool {
		return !slices.ContainsFunc(few, func(f profile.Ref) bool { return f.Covers(r) })
	})
}

// bearing tells what each provider documents on those rules. A rule stands once,
// with the profile that sets it and those that take it over from there.
func (w *page) bearing(c checks.Check, rules []profile.Ref, level int) {
	began := false
	for _, ref := range w.expand(c, rules) {
		var rows [][]string
		for _, p := range w.book.Profiles {
			r := p.Rule(ref)
			if r.State == profile.Unset || r.From != p.ID {
				continue
			}
			who := []string{w.ref(p.ID)}
			for _, heir := range w.book.Profiles {
				if h := heir.Rule(ref); h.State != profile.Unset && heir.ID != p.ID && h.From == p.ID {
					who = append(who, w.ref(heir.ID))
				}
			}
			rows = append(rows, []string{strings.Join(who, ", "), valueWords(r.State, r.Value), w.remarks(r), w.cite(r.Cite)})
		}
		if len(rows) == 0 {
			continue
		}
		if !began {
			w.heading(level, "What providers document")
			began = true
		}
		w.para("%s: %s.", code(ref.ID()), escape(ref.Key().Help))
		w.table([]string{"Profile", "Value", "Remarks", "Source"}, rows)
	}
}

// expand lists the rules profiles set under rules that may have a "*", in their
// order and sorted by name within one.
func (w *page) expand(c checks.Check, rules []profile.Ref) []profile.Ref {
	var out []profile.Ref
	for _, ref := range rules {
		if !ref.Wild() {
			out = append(out, ref)
			continue
		}
		var set []profile.Ref
		for _, p := range w.book.Profiles {
			for _, r := range p.Rules {
				if ref.Covers(r.Ref) && !ownCheck(c.ID, r.Ref) {
					set = append(set, r.Ref)
				}
			}
		}
		slices.SortFunc(set, profile.Ref.Compare)
		out = append(out, slices.Compact(set)...)
	}
	return out
}

// ownCheck reports whether a rule is about a name that another check than
// claim-names or header-names is about.
func ownCheck(check string, r profile.Ref) bool {
	switch {
	case profile.HeaderPresence.Ref().Covers(r), profile.HeaderAccepted.Ref().Covers(r):
		return slices.Contains([]string{"alg", "typ", "kid", "jku", "x5t", "x5t#S256"}, r.Name())
	case check == "claim-names":
		return slices.Contains([]string{"iss", "sub", "aud", "exp", "nbf", "iat", "jti"}, r.Name())
	}
	return false
}

// remarks tells what stands beside a rule's value: its note, what the server was
// seen to do, and what other documents say.
func (w *page) remarks(r profile.Rule) string {
	var out []string
	if r.Note != "" {
		out = append(out, escape(r.Note))
	}
	also := func(what string, a profile.Alternative) {
		s := what + " " + valueWords(a.State, a.Value)
		if a.Note != "" {
			s += ", " + escape(a.Note)
		}
		if len(a.Cite) > 0 {
			s += " (" + w.cite(a.Cite) + ")"
		}
		out = append(out, s)
	}
	if r.Enforced != nil {
		also("enforced:", *r.Enforced)
	}
	for _, a := range r.Also {
		also("elsewhere:", a)
	}
	return strings.Join(out, "; ")
}
