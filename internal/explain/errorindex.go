package explain

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/assertionworks/jwtdoctor/internal/checks"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// searched is the text of a symptom that people search for; "" where it is a pattern, or
// only a code that every server uses.
func searched(s profile.Symptom) string {
	for _, t := range []*profile.Text{s.Match.Description, s.Match.Body, s.Match.Error} {
		if t != nil && t.Regexp != "" && s.Says != "" {
			return s.Says
		}
		if t != nil && t.Substring != "" {
			return t.Substring
		}
	}
	return s.Says
}

// message is an error text with where it comes from and what it can mean.
type message struct {
	text      string
	providers []string
	causes    []string
}

// messages lists every error text that profiles know, A to Z.
func (b *Book) messages() []message {
	at := map[string]int{}
	var out []message
	for _, p := range b.Profiles() {
		for _, s := range p.Symptoms {
			text := searched(s)
			if s.From != p.ID || text == "" || len(s.Explains) == 0 {
				continue
			}
			i, ok := at[strings.ToLower(text)]
			if !ok {
				i = len(out)
				at[strings.ToLower(text)] = i
				out = append(out, message{text: text})
			}
			m := &out[i]
			if !slices.Contains(m.providers, p.ID) {
				m.providers = append(m.providers, p.ID)
			}
			for _, c := range s.Explains {
				if !slices.Contains(m.causes, c) {
					m.causes = append(m.causes, c)
				}
			}
		}
	}
	slices.SortFunc(out, func(a, b message) int { return cmp.Compare(sortable(a.text), sortable(b.text)) })
	return out
}

// sortable is a text without the marks it begins with, in lower case.
func sortable(s string) string {
	s = strings.ToLower(s)
	if t := strings.TrimLeftFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }); t != "" {
		return t
	}
	return s
}

// mostMeant is how many causes of a message the index lists.
const mostMeant = 6

// ErrorIndex is the index of error texts, A to Z, each with the pages of what it can mean.
// A letter is folded, so that the page can be looked through.
func (b *Book) ErrorIndex() string {
	w := &page{book: b, link: causeLink("errors.md")}
	w.heading(1, "Error messages A to Z")
	w.para("What a token endpoint said, at which providers, and what it can mean, most likely first. `jwtdoctor check` finds out which it is; `jwtdoctor explain \"TEXT\"` looks a message up. Codes that every server uses (`invalid_client`) mean something only with the rest of the answer.")
	letter := ""
	var rows [][]string
	flush := func() {
		if len(rows) == 0 {
			return
		}
		w.raw("<details><summary>" + letter + " (" + number(len(rows)) + ")</summary>")
		w.table([]string{"Message", "Provider", "It can mean"}, rows)
		w.raw("</details>")
		rows = nil
	}
	for _, m := range b.messages() {
		first := "0-9"
		if r := []rune(sortable(m.text))[0]; unicode.IsLetter(r) {
			first = strings.ToUpper(string(r))
		}
		if first != letter {
			flush()
			letter = first
		}
		providers := make([]string, len(m.providers))
		for i, id := range m.providers {
			providers[i] = w.ref(id)
		}
		causes := m.causes
		more := ""
		if len(causes) > mostMeant {
			causes, more = causes[:mostMeant], ", and "+number(len(m.causes)-mostMeant)+" more"
		}
		rows = append(rows, []string{strings.ReplaceAll(code(m.text), "|", `\|`), strings.Join(providers, ", "), w.refs(causes) + more})
	}
	flush()
	return w.String()
}

func number(n int) string { return strconv.Itoa(n) }

// causePage is the page of one cause in docs/. Its title has the words people search
// for: what the server says, and what is wrong.
func (b *Book) causePage(check checks.Check, cause checks.Cause, known []message) string {
	id := string(cause.ID)
	w := &page{book: b, link: causeLink("causes/" + id + ".md")}
	title := upperFirst(escape(cause.Title))
	if said := saidOf(id, known); said != "" {
		title = "“" + escape(said) + "”: " + lowerFirst(title)
	}
	w.heading(1, title)
	w.para("Cause `%s` of the check %s.", id, w.ref(string(check.ID)))
	w.cause(check, cause, 2)
	w.bearing(check, check.RulesFor(cause), 2)
	w.sources(check.Cites, 2)
	return w.String()
}

// saidOf is the message that points to a cause the most: one that means it first and
// little else, or else one that can mean it among little else.
func saidOf(cause string, known []message) string {
	const longest = 80
	for _, fits := range []func(message) bool{
		func(m message) bool { return m.causes[0] == cause },
		func(m message) bool { return slices.Contains(m.causes, cause) },
	} {
		best, fewest := "", 0
		for _, m := range known {
			if len(m.text) > longest || !strings.Contains(m.text, " ") || !fits(m) {
				continue
			}
			if best == "" || len(m.causes) < fewest {
				best, fewest = m.text, len(m.causes)
			}
		}
		if best != "" {
			return best
		}
	}
	return ""
}

// causeLink is linkFrom, with causes on their own pages.
func causeLink(from string) linker {
	plain := linkFrom(from)
	up := strings.Repeat("../", strings.Count(from, "/"))
	return func(b *Book, id string) string {
		if _, ok := b.checkOf(id); !ok {
			return plain(b, id)
		}
		if from == "causes/"+id+".md" {
			return code(id)
		}
		if strings.HasPrefix(from, "causes/") {
			return "[" + id + "](" + id + ".md)"
		}
		return "[" + id + "](" + up + "causes/" + id + ".md)"
	}
}
