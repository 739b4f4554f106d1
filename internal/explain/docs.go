package explain

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/checks"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// regenerate is the command that writes the pages again.
const regenerate = "go test ./internal/explain -run TestDocs -update"

const generated = "<!-- Generated from the checks, profiles and recipes. Do not edit: " + regenerate + " -->\n\n"

// Docs returns the generated pages of docs/ by their path below it. The same
// book gives the same bytes.
func (b *Book) Docs() map[string]string {
	out := map[string]string{"README.md": generated + b.Index()}
	known := b.messages()
	out["errors.md"] = generated + b.ErrorIndex()
	for _, c := range b.Checks {
		for _, cause := range c.Causes {
			out["causes/"+string(cause.ID)+".md"] = generated + b.causePage(c, cause, known)
		}
		out["checks/"+string(c.ID)+".md"] = generated + b.check(c, linkFrom("checks/"+string(c.ID)+".md"))
	}
	for _, p := range b.Profiles() {
		out["profiles/"+p.ID+".md"] = generated + b.profilePage(p, linkFrom("profiles/"+p.ID+".md"))
	}
	return out
}

// linkFrom makes links as they must read in the page at that path.
func linkFrom(from string) linker {
	return func(b *Book, id string) string {
		to, anchor := b.place(id)
		if to == "" {
			return code(id)
		}
		if to == from {
			if anchor == "" {
				return code(id)
			}
			return "[" + id + "](#" + anchor + ")"
		}
		if path.Dir(to) == path.Dir(from) {
			to = path.Base(to)
		} else if path.Dir(from) != "." {
			to = "../" + to
		}
		if anchor != "" {
			to += "#" + anchor
		}
		return "[" + id + "](" + to + ")"
	}
}

// place tells the page of an ID and the heading on it; "" where there is none,
// as for causes no check looks for yet.
func (b *Book) place(id string) (file, anchor string) {
	if slices.ContainsFunc(b.Checks, func(c checks.Check) bool { return string(c.ID) == id }) {
		return "checks/" + id + ".md", ""
	}
	if c, ok := b.checkOf(id); ok {
		return "checks/" + string(c.ID) + ".md", id
	}
	if b.profile(id) != nil {
		return "profiles/" + id + ".md", ""
	}
	return "", ""
}

// Index is the table of contents of docs/.
func (b *Book) Index() string {
	w := &page{book: b, link: causeLink("README.md")}
	w.heading(1, "jwtdoctor: documentation")
	w.list([]string{
		"[Error messages A to Z](errors.md): what a server's answer can mean",
		"[How to read the report](report.md), and [its JSON Schema](report.schema.json)",
		"[The profile format](profile-format.md), for a provider of your own",
		"[How the program is built](architecture.md), and [what became of each requirement](source-rules.md)",
	})
	w.para("The pages on checks and profiles say what `jwtdoctor explain ID` says.")
	w.heading(2, "Profiles")
	var rows [][]string
	for _, p := range b.Profiles() {
		var envs []string
		for _, e := range p.Envs {
			envs = append(envs, escape(e.Name))
		}
		rows = append(rows, []string{w.ref(p.ID), escape(p.Name), strings.Join(envs, ", "), escape(p.About)})
	}
	w.table([]string{"Profile", "Provider", "Environments", "About"}, rows)
	w.heading(2, "Checks and their causes")
	w.para("In the order of the report. Each title is true when the check passes.")
	w.raw("<details><summary>All checks and causes</summary>")
	for _, c := range b.Checks {
		w.para("**%s**: %s", w.ref(string(c.ID)), lowerFirst(escape(c.Title)))
		var items []string
		for _, cause := range c.Causes {
			items = append(items, fmt.Sprintf("%s (%s): %s", w.ref(string(cause.ID)), severityWord(cause), escape(cause.Title)))
		}
		w.list(items)
	}
	w.raw("</details>")
	return w.String()
}

// Keys is the table of every rule a profile may set.
func Keys() string {
	w := &page{book: &Book{Checks: checks.All()}, link: linkFrom("profile-format.md")}
	var rows [][]string
	for _, ref := range profile.Refs() {
		var readers []string
		for _, c := range w.book.Checks {
			for _, p := range c.Params {
				if p.Covers(ref) {
					readers = append(readers, w.ref(string(c.ID)))
				}
			}
		}
		k := ref.Key()
		rows = append(rows, []string{code(k.ID), typeWords(k), escape(k.Help), strings.Join(readers, ", ")})
	}
	w.table([]string{"Rule", "Value", "What it says", "Read by"}, rows)
	return w.String()
}

// Fill puts generated text between the markers of that name in a page written
// by hand: <!-- begin NAME --> and <!-- end NAME -->.
func Fill(text, name, body string) (string, error) {
	begin, end := "<!-- begin "+name+" -->\n", "<!-- end "+name+" -->"
	head, rest, ok := strings.Cut(text, begin)
	_, tail, closed := strings.Cut(rest, end)
	if !ok || !closed {
		return "", fmt.Errorf("the page has no part %q between %q and %q", name, strings.TrimSpace(begin), end)
	}
	return head + begin + "\n" + strings.TrimSpace(body) + "\n\n" + end + tail, nil
}
