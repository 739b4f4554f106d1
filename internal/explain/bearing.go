package explain

import (
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/checks"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// keysOf lists the rules a check reads, narrowed to the name the check is about:
// header-kid reads header.*.presence for kid alone.
func keysOf(c checks.Check) []string {
	names := namesOf(string(c.ID))
	var out []string
	for _, k := range c.Params {
		if !strings.Contains(k.ID, "*") || names == nil {
			out = append(out, k.ID)
			continue
		}
		for _, n := range names {
			out = append(out, strings.Replace(k.ID, "*", n, 1))
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

// narrow names, for causes that turn on a few of their check's rules, which
// those are: by the end of the key. Other causes turn on all of them.
func narrow(cause string) []string {
	switch cause {
	case "alg-missing", "alg-none", "alg-symmetric", "alg-unknown":
		return []string{"header.alg.accepted"}
	case "alg-not-preferred":
		return []string{"header.alg.preferred"}
	case "typ-not-accepted":
		return []string{".accepted", ".ignore_case"}
	case "typ-missing", "jti-missing", "jti-not-string", "jti-empty", "exp-missing", "exp-past", "nbf-missing",
		"kid-missing", "kid-in-payload", "kid-not-string", "kid-whitespace", "x5t-missing", "iss-missing", "sub-missing":
		return []string{".presence"}
	case "jti-too-long":
		return []string{".max_length"}
	case "jti-too-short":
		return []string{".min_length"}
	case "iat-missing":
		return []string{".presence", ".max_ahead_without_iat"}
	case "iat-in-future":
		return []string{".skew"}
	case "iat-too-old":
		return []string{".max_age", ".skew"}
	case "nbf-in-future":
		return []string{".skew"}
	case "exp-too-far":
		return []string{".max_ahead", ".ahead_skew", ".ahead_inclusive"}
	case "lifetime-too-long", "lifetime-no-margin":
		return []string{"time.lifetime.max", ".nbf_max", ".inclusive", ".max_ahead"}
	case "claim-missing", "recommended-missing":
		return []string{".presence"}
	case "claim-not-allowed":
		return []string{"claims.allowed"}
	case "header-not-allowed":
		return []string{"header.allowed"}
	case "claim-value-not-accepted":
		return []string{".accepted", ".type", ".pattern", ".form"}
	case "kid-not-in-jwks", "kid-encryption-key", "exp-before-iat", "claim-misspelt", "claim-in-header",
		"x5t-encoded-twice", "x5t-hex-encoded", "x5t-wrong-digest", "x5t-not-base64url", "x5t-wrong-certificate", "x5t-not-a-digest",
		"aud-not-string", "aud-missing", "iss-not-string", "sub-not-string", "jti-guessable", "jku-not-https", "b64-forbidden",
		"jwks-unreachable", "jwks-http-error", "jwks-not-https", "jwk-use-conflict":
		return []string{} // no provider can differ here
	case "aud-array-not-accepted":
		return []string{"claims.aud.form"}
	case "aud-trailing-slash":
		return []string{"claims.aud.slash", "claims.aud.accept"}
	case "aud-token-url-not-accepted", "aud-issuer-not-accepted", "aud-other-endpoint", "aud-authorize-endpoint", "aud-near-miss", "aud-mismatch", "aud-wrong-environment":
		return []string{"claims.aud.accept", "claims.aud.values", "claims.aud.complete"}
	case "kid-ambiguous":
		return []string{".kid.presence", ".tries_all"}
	case "key-alg-mismatch":
		return []string{"key.alg.equal"}
	}
	return nil
}

// keysFor lists the rules one cause turns on.
func keysFor(c checks.Check, cause string) []string {
	all, ends := keysOf(c), narrow(cause)
	if ends == nil {
		return all
	}
	return slices.DeleteFunc(all, func(id string) bool {
		return !slices.ContainsFunc(ends, func(end string) bool { return strings.HasSuffix(id, end) })
	})
}

// bearing tells what each provider documents on those rules. A rule stands once,
// with the profile that sets it and those that take it over from there.
func (w *page) bearing(c checks.Check, keys []string, level int) {
	began := false
	for _, key := range w.expand(c, keys) {
		var rows [][]string
		for _, p := range w.book.Profiles {
			r, ok := p.Rules[key]
			if !ok || r.From != p.ID {
				continue
			}
			who := []string{w.ref(p.ID)}
			for _, heir := range w.book.Profiles {
				if h, ok := heir.Rules[key]; ok && heir.ID != p.ID && h.From == p.ID {
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
		w.para("%s: %s.", code(key), escape(helpOf(c, key)))
		w.table([]string{"Profile", "Value", "Remarks", "Source"}, rows)
	}
}

// helpOf tells what a rule is about.
func helpOf(c checks.Check, id string) string {
	for _, k := range c.Params {
		if k.Matches(id) {
			return k.Help
		}
	}
	return ""
}

// expand lists the rules profiles set under keys that may hold a "*", in the
// order of the keys and sorted by name within one.
func (w *page) expand(c checks.Check, keys []string) []string {
	var out []string
	for _, id := range keys {
		if !strings.Contains(id, "*") {
			out = append(out, id)
			continue
		}
		var names []string
		for _, p := range w.book.Profiles {
			names = append(names, profile.Key{ID: id}.Names(p)...)
		}
		slices.Sort(names)
		for _, n := range slices.Compact(names) {
			if !ownCheck(string(c.ID), id, n) {
				out = append(out, strings.Replace(id, "*", n, 1))
			}
		}
	}
	return out
}

// ownCheck tells names that another check than claim-names or header-names is about.
func ownCheck(check, key, name string) bool {
	switch {
	case check == "claim-names" && strings.HasPrefix(key, "claims."):
		return slices.Contains([]string{"iss", "sub", "aud", "exp", "nbf", "iat", "jti"}, name)
	case strings.HasPrefix(key, "header."):
		return slices.Contains([]string{"alg", "typ", "kid", "jku", "x5t", "x5t#S256"}, name)
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
