package explain

import (
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/profile"
	"github.com/assertionworks/jwtdoctor/internal/wording"
)

// Bounds of the cheat sheet, which has about twelve lines.
const (
	sheetSteps  = 2  // things to check in the provider's portal
	sheetErrors = 3  // error messages
	sheetText   = 70 // characters of a message
)

// cheatSheet is what a new client needs to know of a provider, at the top of its page.
func (w *page) cheatSheet(p *profile.Profile) {
	var rows [][]string
	add := func(what, value string) {
		if value != "" {
			rows = append(rows, []string{what, value})
		}
	}
	if len(p.Envs) == 0 || p.Envs[0].TokenURL == "" {
		add("token URL", "differs for each server; give it with `--token-url`")
	} else {
		add("token URL", code(p.Envs[0].TokenURL))
	}
	if len(p.Envs) > 0 {
		var others []string
		for _, e := range p.Envs[1:] {
			others = append(others, escape(e.Name))
		}
		if len(others) > 0 {
			add("environments", escape(p.Envs[0].Name)+" (default), "+strings.Join(others, ", "))
		}
	}
	add("aud", audValues(p))
	value := func(ref profile.Ref) string {
		switch r := p.Rule(ref); r.State {
		case profile.Set:
			return valueWords(r.State, r.Value)
		case profile.None:
			return "not restricted" // "none" in the line of alg reads as the algorithm none
		}
		return "not documented"
	}
	add("alg", value(profile.HeaderAccepted.Of("alg")))
	add("typ", value(profile.HeaderAccepted.Of("typ")))
	add("kid", value(profile.HeaderPresence.Of("kid")))
	add("iss, sub", clientIDs(p))
	add("jti", value(profile.ClaimPresence.Of("jti")))
	add("lifetime", lifetime(p))
	w.sheetAsks(p, add)
	w.sheetErrors(p, add)
	if len(rows) == 0 {
		return
	}
	w.heading(2, "Cheat sheet")
	w.table([]string{"What", "Value"}, rows)
}

func (w *page) sheetAsks(p *profile.Profile, add func(string, string)) {
	n := 0
	for _, a := range p.Ask {
		if a.From == p.ID && n < sheetSteps {
			add("in the portal", escape(a.Text))
			n++
		}
	}
}

// sheetErrors adds the first messages that a client sees, each of another cause.
func (w *page) sheetErrors(p *profile.Profile, add func(string, string)) {
	var known []string
	for _, s := range p.Symptoms {
		text := clipped(searched(s))
		if s.From != p.ID || s.LogOnly || text == "" || len(s.Explains) == 0 || slices.Contains(known, s.Explains[0]) || slices.Contains(known, text) || len(known) == 2*sheetErrors {
			continue
		}
		known = append(known, s.Explains[0], text)
		add("error", quoted(text)+": "+w.ref(s.Explains[0]))
	}
}

// audValues is what aud has to be: the values themselves where they are known.
func audValues(p *profile.Profile) string {
	var env profile.Environment
	if len(p.Envs) > 0 {
		env = p.Envs[0]
	}
	if len(env.Aud) > 0 {
		return audWords(env.Aud, env)
	}
	r := p.Rule(profile.AudAccept.Ref())
	accepted, _ := r.Value.([]string)
	if r.State != profile.Set {
		return r.Note
	}
	var out []string
	for _, a := range accepted {
		switch a {
		case "token-url":
			out = append(out, "the token URL")
		case "issuer":
			issuer := "the issuer"
			if env.Issuer != "" {
				issuer += " " + code(env.Issuer)
			}
			out = append(out, issuer)
		default:
			if listed, ok := p.Rule(profile.AudValues.Ref()).Value.([]string); ok {
				out = append(out, codes(listed))
			} else {
				out = append(out, "another value the provider accepts")
			}
		}
	}
	return wording.Or(out)
}

func audWords(values []string, env profile.Environment) string {
	out := make([]string, len(values))
	for i, v := range values {
		if out[i] = code(v); v == env.TokenURL {
			out[i] = "the token URL"
		}
	}
	return wording.Or(out)
}

func clientIDs(p *profile.Profile) string {
	iss, okIss := p.Rule(profile.IssIsClientID.Ref()).Value.(bool)
	sub, okSub := p.Rule(profile.SubIsClientID.Ref()).Value.(bool)
	switch {
	case okIss && iss && okSub && sub:
		return "both the client ID"
	case okIss && iss:
		return "iss is the client ID"
	case okSub && sub:
		return "sub is the client ID"
	}
	return ""
}

func lifetime(p *profile.Profile) string {
	var out []string
	for _, x := range []struct {
		ref  profile.Ref
		from string
	}{{profile.LifetimeMax.Ref(), "after iat"}, {profile.ExpMaxAhead.Ref(), "from now"}} {
		if r := p.Rule(x.ref); r.State == profile.Set {
			out = append(out, "exp at most "+valueWords(r.State, r.Value)+" "+x.from)
		}
	}
	if len(out) == 0 {
		return "not documented"
	}
	return strings.Join(out, ", ")
}

// clipped is the beginning of a message, which is enough to know it again.
func clipped(text string) string {
	if r := []rune(text); len(r) > sheetText {
		return strings.TrimRight(string(r[:sheetText]), " ") + "…"
	}
	return text
}
