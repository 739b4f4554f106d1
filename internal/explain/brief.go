package explain

import (
	"fmt"
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/checks"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// View is how much of a topic is shown, and for whose client.
type View struct {
	All      bool             // everything there is, not one screen
	Provider *profile.Profile // whose rules and words are shown; nil for none
	// Sentence is true if an answer is words that anyone may have written, so that it
	// may be about another address than the token endpoint's.
	Sentence bool
}

// Bounds of a page that fits on one screen.
const (
	briefCauses = 8   // causes of a check or an answer
	briefRules  = 4   // a provider's rules
	briefWords  = 3   // a provider's error messages
	briefCode   = 10  // lines of code
	briefDoc    = 400 // bytes of a check's first paragraph
)

// briefCause is what is wrong, why, the fix, and the code in one language.
func (b *Book) briefCause(c checks.Check, cause checks.Cause, v View) string {
	w := &page{book: b, link: plainLink}
	w.heading(1, code(string(cause.ID)))
	w.para("%s. %s", upperFirst(escape(cause.Title)), severitySentence(cause))
	w.para("%s", escape(cause.Why))
	w.para("**Fix:** %s", escape(cause.Fix))
	w.provider(v.Provider, c, c.RulesFor(cause), func(s profile.Symptom) (int, bool) {
		i := slices.Index(s.Explains, string(cause.ID))
		return i, i >= 0
	})
	all := recipesOf(string(c.ID), string(cause.ID))
	if r, ok := oneRecipe(all); ok {
		if r.Library != "" {
			w.para("**%s**", escape(r.Library))
		}
		w.raw(r.Markdown)
	}
	w.more(string(cause.ID), v, b.restOfCause(string(cause.ID), len(all)))
	return w.String()
}

// restOfCause names what the whole page has beyond the screen.
func (b *Book) restOfCause(cause string, recipes int) string {
	messages := b.messagesOf(cause)
	var rest []string
	if messages > 0 {
		rest = append(rest, counted(messages, "error message"))
	}
	if recipes > 1 {
		rest = append(rest, "code for "+counted(recipes-1, "more library", "more libraries"))
	}
	return and(append(rest, "sources"))
}

// briefCheck is the question with the causes that can be its answer.
func (b *Book) briefCheck(c checks.Check, v View) string {
	w := &page{book: b, link: plainLink}
	w.heading(1, code(string(c.ID)))
	w.para("**%s.**", escape(c.Title))
	if first, _, _ := strings.Cut(strings.TrimSpace(c.Doc), "\n\n"); len(first) <= briefDoc {
		w.para("%s", first)
	}
	w.para("What it can find:")
	var items []string
	for _, cause := range c.Causes[:min(len(c.Causes), briefCauses)] {
		items = append(items, w.ref(string(cause.ID))+": "+escape(cause.Title))
	}
	if n := len(c.Causes) - len(items); n > 0 {
		items = append(items, fmt.Sprintf("and %d more", n))
	}
	w.list(items)
	w.provider(v.Provider, c, c.Params, func(s profile.Symptom) (int, bool) {
		if len(s.Explains) == 0 {
			return 0, false
		}
		return 0, slices.ContainsFunc(c.Causes, func(x checks.Cause) bool { return string(x.ID) == s.Explains[0] })
	})
	w.more(string(c.ID), v, "each cause with its fix, code, what providers document and sources")
	return w.String()
}

// briefProfile is the cheat sheet.
func (b *Book) briefProfile(p *profile.Profile) string {
	w := &page{book: b, link: plainLink}
	w.heading(1, escape(p.Name))
	w.para("%s", escape(p.About))
	w.cheatSheet(p)
	w.para("More: `jwtdoctor profiles show %s` has every rule and error message, with sources.", p.ID)
	return w.String()
}

// more ends a page with how to see the rest.
func (w *page) more(id string, v View, rest string) {
	hint := ""
	if v.Provider == nil {
		hint = " Add `-p PROFILE` for one provider's rules and words."
	}
	w.para("More: `jwtdoctor explain %s --all` has %s.%s", id, rest, hint)
}

// provider shows what one provider documents on rules, and its words: those of
// the symptoms that about accepts, the best first.
func (w *page) provider(p *profile.Profile, c checks.Check, rules []profile.Ref, about func(profile.Symptom) (int, bool)) {
	if p == nil {
		return
	}
	w.heading(2, "At "+escape(p.Name))
	var items []string
	if slices.ContainsFunc(rules, profile.AudAccept.Ref().Covers) {
		if values := audValues(p); values != "" {
			items = append(items, "`aud`: "+values)
		}
	}
	shown := 0
	for _, r := range p.Rules {
		covered := slices.ContainsFunc(rules, func(ref profile.Ref) bool { return ref.Covers(r.Ref) }) && !ownCheck(string(c.ID), r.Ref) && named(c, r.Ref)
		if !covered || r.State != profile.Set && r.State != profile.None || r.Ref == profile.AudAccept.Ref() || shown == briefRules {
			continue
		}
		item := code(r.ID()) + ": " + valueWords(r.State, r.Value)
		if r.Note != "" {
			item += " (" + escape(strings.TrimSuffix(r.Note, ".")) + ")"
		}
		items = append(items, item)
		w.cite(r.Cite)
		shown++
	}
	items = append(items, w.wordsOf(p, about)...)
	if len(items) == 0 {
		w.para("%s documents nothing about this.", escape(p.Name))
		return
	}
	w.list(items)
	if len(w.cites) > 0 {
		w.para("Source: %s", w.citation(w.cites[0]))
	}
}

// named reports whether a rule is about the one claim or parameter a check is
// about, if it is about one.
func named(c checks.Check, r profile.Ref) bool {
	for _, part := range []string{"claim-", "header-", "time-"} {
		if name, ok := strings.CutPrefix(string(c.ID), part); ok && name != "names" && r.Name() != "" {
			return r.Name() == name
		}
	}
	return true
}

// wordsOf are the messages by which a provider reports what about accepts.
func (w *page) wordsOf(p *profile.Profile, about func(profile.Symptom) (int, bool)) []string {
	type heard struct {
		s    profile.Symptom
		rank int
	}
	var all []heard
	for _, s := range p.Symptoms {
		if rank, ok := about(s); ok && s.From == p.ID && searched(s) != "" {
			if s.LogOnly {
				rank += 100 // nobody but the provider sees it
			}
			all = append(all, heard{s, rank})
		}
	}
	slices.SortStableFunc(all, func(a, b heard) int { return a.rank - b.rank })
	var items []string
	var said []string
	for _, h := range all {
		text := strings.ToLower(searched(h.s))
		if slices.Contains(said, text) || len(said) == briefWords {
			continue
		}
		said = append(said, text)
		item := "answers " + quoted(searched(h.s))
		switch {
		case h.s.LogOnly:
			item += ", only in its log"
		case len(h.s.Explains) > 1 && h.rank > 0:
			item += fmt.Sprintf(", which has %d possible causes", len(h.s.Explains))
		}
		items = append(items, item)
		w.cite(h.s.Cite)
	}
	return items
}

// oneRecipe is the code for one language that fits on the screen: the first short
// one, else none.
func oneRecipe(all []Recipe) (Recipe, bool) {
	for _, r := range all {
		if r.Library != "" && strings.Count(r.Markdown, "\n") < briefCode {
			return r, true
		}
	}
	for _, r := range all {
		if strings.Count(r.Markdown, "\n") < briefCode {
			return r, true
		}
	}
	return Recipe{}, false
}

// counted is a number with its word; the plural has an s unless it is given.
func counted(n int, one string, many ...string) string {
	switch {
	case n == 1:
		return "1 " + one
	case len(many) > 0:
		return fmt.Sprintf("%d %s", n, many[0])
	}
	return fmt.Sprintf("%d %ss", n, one)
}
