package explain

import (
	"fmt"
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/checks"
	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// linker turns the ID of a topic into Markdown. On the terminal an ID is what
// one types next; in docs/ it is a link to its page.
type linker func(b *Book, id string) string

func plainLink(_ *Book, id string) string { return code(id) }

// page is Markdown on its way to being whole.
type page struct {
	book  *Book
	link  linker
	cites []finding.Citation // cited so far, told under Sources

	numbered bool // cites are numbers, which Sources lists
	view     View
	b        strings.Builder
}

func (w *page) String() string { return strings.TrimRight(w.b.String(), "\n") + "\n" }

func (w *page) ref(id string) string { return w.link(w.book, id) }

// strs are IDs as plain text.
func strs[T ~string](ids []T) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = string(id)
	}
	return out
}

func (w *page) refs(ids []string) string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = w.ref(id)
	}
	return strings.Join(out, ", ")
}

func (w *page) heading(level int, text string) {
	w.b.WriteString(strings.Repeat("#", level) + " " + text + "\n\n")
}

func (w *page) para(format string, args ...any) {
	fmt.Fprintf(&w.b, format+"\n\n", args...)
}

func (w *page) list(items []string) {
	if len(items) == 0 {
		return
	}
	for _, it := range items {
		w.b.WriteString("- " + it + "\n")
	}
	w.b.WriteByte('\n')
}

// table leaves out columns in which nothing stands.
func (w *page) table(head []string, rows [][]string) {
	if len(rows) == 0 {
		return
	}
	var cols []int
	for i := range head {
		if slices.ContainsFunc(rows, func(r []string) bool { return r[i] != "" }) {
			cols = append(cols, i)
		}
	}
	line := func(cells []string) {
		for _, i := range cols {
			w.b.WriteString("| " + cells[i] + " ")
		}
		w.b.WriteString("|\n")
	}
	line(head)
	for range cols {
		w.b.WriteString("| --- ")
	}
	w.b.WriteString("|\n")
	for _, r := range rows {
		line(r)
	}
	w.b.WriteByte('\n')
}

// raw adds Markdown that is whole already.
func (w *page) raw(s string) { w.b.WriteString(strings.TrimSpace(s) + "\n\n") }

// cause writes what is said of a cause below its heading; level is that of the
// headings within.
func (w *page) cause(check checks.Check, cause checks.Cause, level int) {
	w.para("%s. %s", upperFirst(escape(cause.Title)), severitySentence(cause))
	w.para("%s", escape(cause.Why))
	w.para("**Fix:** %s", escape(cause.Fix))
	if p := w.view.Provider; p != nil {
		w.heading(level, "At "+escape(p.Name))
		items := w.wordsOf(p, func(s profile.Symptom) (int, bool) {
			i := slices.Index(s.Explains, string(cause.ID))
			return i, i >= 0
		})
		if len(items) == 0 {
			w.para("%s documents no message for this.", escape(p.Name))
		}
		w.list(items)
	}
	w.answers(string(cause.ID))
	w.weighed(string(check.ID), string(cause.ID))
	all := recipesOf(string(check.ID), string(cause.ID))
	if len(all) == 0 {
		return
	}
	w.heading(level, "In your library")
	for _, r := range all {
		if r.Library != "" {
			w.para("**%s**", escape(r.Library))
		}
		w.raw(r.Markdown)
	}
}

// answers says which texts of providers point to the cause.
func (w *page) answers(cause string) {
	var items []string
	for _, p := range w.book.Profiles() {
		for _, s := range p.Symptoms {
			if s.From != p.ID || !slices.Contains(s.Explains, cause) {
				continue
			}
			item := escape(p.Name) + " (" + w.ref(p.ID) + "): " + matchWords(s)
			if len(s.Explains) > 1 && s.Explains[0] == cause {
				item += ", most likely"
			} else if len(s.Explains) > 1 {
				item += fmt.Sprintf(", one of %d causes", len(s.Explains))
			}
			items = append(items, item)
		}
	}
	if len(items) > 0 {
		w.para("Error messages for this cause:")
		w.list(items)
	}
}

// weighed says which profiles take the cause for more or less grave.
func (w *page) weighed(check, cause string) {
	var items []string
	for _, p := range w.book.Profiles() {
		s, ok := p.Severities[cause]
		if !ok {
			s, ok = p.Severities[check]
		}
		if ok {
			items = append(items, escape(p.Name)+" ("+w.ref(p.ID)+"): "+string(s))
		}
	}
	if len(items) > 0 {
		w.para("Other severity at:")
		w.list(items)
	}
}

// asked says when the question is put.
func (w *page) asked(c checks.Check) {
	kinds := "every kind of JWT"
	if len(c.Kinds) > 0 {
		words := make([]string, len(c.Kinds))
		for i, k := range c.Kinds {
			words[i] = kindWords(k)
		}
		kinds = and(words)
	}
	needs := make([]string, len(c.Needs))
	for i, n := range c.Needs {
		needs[i] = needWords(n)
	}
	items := []string{"Runs on " + kinds + ".", "Needs " + and(needs) + "."}
	if len(c.After) > 0 {
		items = append(items, "Skipped if one of these was found: "+w.refs(strs(c.After))+".")
	}
	w.list(items)
}

func kindWords(k evidence.Kind) string {
	switch k {
	case evidence.ClientAssertion:
		return "client assertions"
	case evidence.JWTGrant:
		return "JWT grants"
	case evidence.IDToken:
		return "ID tokens"
	case evidence.AccessToken:
		return "access tokens"
	}
	return string(k)
}

func needWords(n evidence.Need) string {
	switch n {
	case evidence.NeedAssertion:
		return "text read as an assertion"
	case evidence.NeedAssertionOrParts:
		return "text read as an assertion, or its decoded header or payload"
	case evidence.NeedHeader:
		return "a header that can be read"
	case evidence.NeedHeaderOrResponse:
		return "a header that can be read, or a response"
	case evidence.NeedClaims:
		return "a payload that can be read"
	case evidence.NeedSignature:
		return "a signature"
	case evidence.NeedKeys:
		return "keys (`--jwks` or `--key`)"
	case evidence.NeedJWKS:
		return "a JWK Set (`--jwks`)"
	case evidence.NeedFetched:
		return "an answer of the JWKS URL (`--jwks URL`)"
	case evidence.NeedPrivateKey:
		return "a private key (`--key FILE`)"
	case evidence.NeedSeen:
		return "several assertions"
	case evidence.NeedRequest:
		return "a token request"
	case evidence.NeedResponse:
		return "a response"
	case evidence.NeedDiscovery:
		return "a discovery document"
	case evidence.NeedNetwork:
		return "the network"
	case evidence.NeedClock:
		return "a response with its `Date`, better with the time of sending"
	case evidence.NeedRequestOrAuthorization:
		return "the token request or the authorization request"
	case evidence.NeedAuthorization:
		return "the authorization request"
	case evidence.NeedIssued:
		return "an ID or access token"
	}
	return n.String()
}

// sources lists the check's documents and all that were cited on the page.
func (w *page) sources(first []finding.Citation, level int) {
	all := append(slices.Clone(first), w.cites...)
	if w.numbered { // in the order of their numbers
		all = append(slices.Clone(w.cites), first...)
	}
	if all = uniqueCites(all); len(all) == 0 {
		return
	}
	w.heading(level, "Sources")
	if w.numbered {
		for i, c := range all {
			fmt.Fprintf(&w.b, "%d. %s\n", i+1, w.citation(c))
		}
		w.b.WriteByte('\n')
		return
	}
	items := make([]string, len(all))
	for i, c := range all {
		items[i] = w.citation(c)
	}
	w.list(items)
}

// cite notes documents for Sources and returns them as short links, or as their
// numbers there.
func (w *page) cite(cites []finding.Citation) string {
	if w.numbered {
		return w.number(cites)
	}
	w.cites = append(w.cites, cites...)
	out := make([]string, len(cites))
	for i, c := range cites {
		out[i] = "[" + escape(c.Title) + "](" + c.URL + ")"
		if c.Seen != "" {
			out[i] += " (" + c.Seen + ")"
		}
	}
	return strings.Join(out, "; ")
}

// number is cite on a page whose sources have numbers.
func (w *page) number(cites []finding.Citation) string {
	out := make([]string, len(cites))
	for i, c := range cites {
		at := slices.IndexFunc(w.cites, func(o finding.Citation) bool { return sameSource(o, c) })
		if at < 0 {
			at = len(w.cites)
			w.cites = append(w.cites, c)
		} else if len(c.Title) > len(w.cites[at].Title) {
			w.cites[at] = c
		}
		out[i] = fmt.Sprintf("\\[%d\\]", at+1)
	}
	return strings.Join(slices.Compact(out), " ")
}

// citation is a document in full: title, date, what it rests on.
func (w *page) citation(c finding.Citation) string {
	var more []string
	if c.Authority != "" && c.Authority != "documented" {
		more = append(more, c.Authority)
	}
	if c.Seen != "" {
		more = append(more, c.Seen)
	}
	if old := w.book.aged(c); old != "" {
		more = append(more, old)
	}
	s := "[" + escape(c.Title) + "](" + c.URL + ")"
	if len(more) > 0 {
		s += " (" + strings.Join(more, ", ") + ")"
	}
	return s
}

// uniqueCites drops what is reported already. Two documents of a provider may share
// an address, an RFC's has but one, under a longer and a shorter title.
func uniqueCites(cites []finding.Citation) []finding.Citation {
	var out []finding.Citation
	for _, c := range cites {
		i := slices.IndexFunc(out, func(o finding.Citation) bool { return sameSource(o, c) })
		switch {
		case i < 0:
			out = append(out, c)
		case len(c.Title) > len(out[i].Title):
			out[i] = c
		}
	}
	return out
}

func sameSource(a, b finding.Citation) bool {
	return a.URL == b.URL && (a.Title == b.Title || strings.HasPrefix(b.URL, "https://www.rfc-editor.org/"))
}
