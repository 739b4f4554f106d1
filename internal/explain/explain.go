// Package explain says what one check, cause or profile means, as Markdown:
// what `jwtdoctor explain` prints and what docs/ holds are the same words. The
// words themselves live beside the checks and in the profiles; here they are
// put in order, joined with recipes for the usual libraries, and linked.
//
// It judges nothing, asks nobody, and takes no text from outside: Text renders
// the Markdown written here and no other.
package explain

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/checks"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/mask"
	"github.com/assertionworks/jwtdoctor/internal/profile"
	"github.com/assertionworks/jwtdoctor/internal/wording"
)

// Kind is what a page is about.
type Kind string

// Kinds of pages.
const (
	KindCause   Kind = "cause"
	KindCheck   Kind = "check"
	KindProfile Kind = "profile"
)

// Page is one topic, told.
type Page struct {
	ID       string
	Kind     Kind
	Title    string // without a full stop
	Markdown string
}

// ErrUnknown says that nothing has this ID.
var ErrUnknown = errors.New("nothing to explain under this name")

// Book is everything there is to explain: what the pages refer to.
type Book struct {
	Checks  []checks.Check
	Today   time.Time          // by which old facts are marked; zero marks none
	only    []*profile.Profile // in place of the embedded ones; sorted by ID
	library *profile.Library   // the embedded ones
}

// Load makes the book of all checks and embedded profiles, each of which is read when
// a page needs it.
func Load() (*Book, error) {
	return &Book{Checks: checks.All(), library: profile.NewLibrary()}, nil
}

// Profiles are those of the book, sorted by ID.
func (b *Book) Profiles() []*profile.Profile {
	if b.library == nil {
		return b.only
	}
	return b.library.All()
}

// messagesOf is how many error messages can mean a cause.
func (b *Book) messagesOf(cause string) int {
	if b.library != nil {
		return b.library.Messages(cause)
	}
	n := 0
	for _, p := range b.only {
		for _, s := range p.Symptoms {
			if s.From == p.ID && slices.Contains(s.Explains, cause) {
				n++
			}
		}
	}
	return n
}

// known is what providers are known to answer.
func (b *Book) known() *profile.Library {
	if b.library == nil {
		return profile.NewLibrary()
	}
	return b.library
}

// Topic is all there is to tell of the cause, check or profile of that ID, whatever its
// case. The error wraps ErrUnknown, with the nearest ID.
func (b *Book) Topic(id string) (Page, error) { return b.View(id, View{All: true}) }

// View shows as much of a topic as is wanted: the errors are Topic's.
func (b *Book) View(id string, v View) (Page, error) {
	plain := mask.Plain(id)
	id = strings.ToLower(strings.TrimSpace(id))
	for _, c := range b.Checks {
		if string(c.ID) == id {
			text := b.briefCheck
			if v.All {
				text = b.checkFor
			}
			return Page{string(c.ID), KindCheck, c.Title, text(c, v)}, nil
		}
		for _, cause := range c.Causes {
			if string(cause.ID) == id {
				text := b.briefCause
				if v.All {
					text = b.causeFor
				}
				return Page{string(cause.ID), KindCause, cause.Title, text(c, cause, v)}, nil
			}
		}
	}
	if embedded, ok := profile.Resolve(id); ok { // it may be an alias
		id = embedded
	}
	if p := b.profile(id); p != nil {
		text := b.briefProfile
		if v.All {
			text = b.Profile
		}
		return Page{p.ID, KindProfile, p.Name, text(p)}, nil
	}
	near := wording.Nearest(id, b.IDs())
	// What is not a word may be a secret that was pasted.
	if near == "" && !plain {
		id = mask.Value(id)
	}
	const most = 60
	if r := []rune(id); len(r) > most {
		id = string(r[:most]) + "…"
	}
	if near != "" {
		return Page{}, fmt.Errorf("%w: %q; did you mean %s?", ErrUnknown, id, near)
	}
	return Page{}, fmt.Errorf("%w: %q; jwtdoctor checks lists the checks and causes, jwtdoctor profiles the profiles", ErrUnknown, id)
}

// IDs lists every topic of the book: causes and checks in report order, then profiles.
func (b *Book) IDs() []string {
	var out []string
	for _, c := range b.Checks {
		out = append(out, string(c.ID))
		for _, cause := range c.Causes {
			out = append(out, string(cause.ID))
		}
	}
	if b.library != nil {
		return append(out, profile.IDs()...)
	}
	for _, p := range b.only {
		out = append(out, p.ID)
	}
	return out
}

func (b *Book) profile(id string) *profile.Profile {
	if b.library != nil {
		if p, err := b.library.Load(id); err == nil && p.ID == id {
			return p
		}
		return nil
	}
	for _, p := range b.only {
		if p.ID == id {
			return p
		}
	}
	return nil
}

// checkOf returns the check that finds a cause; ok is false where there is none.
func (b *Book) checkOf(cause string) (checks.Check, bool) {
	for _, c := range b.Checks {
		if slices.ContainsFunc(c.Causes, func(x checks.Cause) bool { return string(x.ID) == cause }) {
			return c, true
		}
	}
	return checks.Check{}, false
}

// Cause explains one cause of a check.
func (b *Book) Cause(check checks.Check, cause checks.Cause) string {
	return b.causeFor(check, cause, View{All: true})
}

func (b *Book) causeFor(check checks.Check, cause checks.Cause, v View) string {
	w := &page{book: b, link: plainLink, numbered: true, view: v}
	w.heading(1, code(string(cause.ID)))
	w.cause(check, cause, 2)
	w.para("Found by the check %s: %s.", w.ref(string(check.ID)), lowerFirst(escape(check.Title)))
	w.bearing(check, check.RulesFor(cause), 2)
	w.sources(check.Cites, 2)
	return w.String()
}

// Check explains one check with all its causes.
func (b *Book) Check(c checks.Check) string { return b.checkFor(c, View{All: true}) }

func (b *Book) checkFor(c checks.Check, v View) string {
	return b.checkPage(c, &page{book: b, link: plainLink, numbered: true, view: v})
}

// check is the page of docs/.
func (b *Book) check(c checks.Check, link linker) string {
	return b.checkPage(c, &page{book: b, link: link})
}

func (b *Book) checkPage(c checks.Check, w *page) string {
	w.heading(1, code(string(c.ID)))
	w.para("**%s.**", escape(c.Title))
	w.para("%s", c.Doc)
	w.asked(c)
	rows := [][]string{}
	for _, cause := range c.Causes {
		rows = append(rows, []string{w.ref(string(cause.ID)), severityWord(cause), escape(cause.Title)})
	}
	w.table([]string{"Cause", "Severity", "What it says"}, rows)
	for _, cause := range c.Causes {
		w.heading(2, code(string(cause.ID)))
		w.cause(c, cause, 3)
	}
	if len(c.Params) > 0 {
		w.heading(2, "Rules it reads")
		w.para("A profile sets these; `*` is any one name.")
		rows := [][]string{}
		for _, p := range c.Params {
			k := p.Key()
			rows = append(rows, []string{code(k.ID), typeWords(k), escape(k.Help)})
		}
		w.table([]string{"Rule", "Value", "What it says"}, rows)
		w.bearing(c, c.RulesOf(), 2)
	}
	w.sources(c.Cites, 2)
	return w.String()
}

// severityWord says how grave a cause is, in the words of the catalogue.
func severityWord(c checks.Cause) string {
	if c.SentSeverity != "" && c.SentSeverity != c.Severity {
		return string(c.Severity) + " pasted, " + string(c.SentSeverity) + " sent"
	}
	return string(c.Severity)
}

func severitySentence(c checks.Cause) string {
	tell := map[finding.Severity]string{
		finding.Error:   "An error: a server may refuse the request because of it.",
		finding.Warning: "A warning: not every server refuses it.",
		finding.Note:    "A note: worth knowing, but no reason for a server to refuse.",
	}
	if c.SentSeverity != "" && c.SentSeverity != c.Severity {
		return "A " + string(c.Severity) + " in text that was pasted, an " + string(c.SentSeverity) + " if a request carried it."
	}
	return tell[c.Severity]
}
