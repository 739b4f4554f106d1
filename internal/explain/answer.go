package explain

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/judge"
	"github.com/assertionworks/jwtdoctor/internal/mask"
	"github.com/assertionworks/jwtdoctor/internal/profile"
	"github.com/assertionworks/jwtdoctor/internal/visible"
)

// KindAnswer is the kind of a page about a server's words.
const KindAnswer Kind = "answer"

// ErrUnheard says that no profile knows the words.
var ErrUnheard = errors.New("no profile knows this answer")

// mostProviders bounds how many providers' readings of the same words are reported
// in full; more are named.
const mostProviders = 4

// Answer says what an answer means: whether the server behind it was reached at
// all, and else its words: at which providers, which causes they can have, and
// what to run next.
func (b *Book) Answer(r *evidence.Response, a profile.Answer) (Page, error) {
	return b.AnswerFor(r, a, View{All: true})
}

// AnswerFor is Answer with as much as is wanted: a provider's own reading of the
// words comes alone where it has one.
func (b *Book) AnswerFor(r *evidence.Response, a profile.Answer, v View) (Page, error) {
	library := b.known()
	heard := library.Recognising(a)
	unheard := false
	if v.Provider != nil {
		if f, ok := v.Provider.Recognised(a); ok {
			heard = []profile.Elsewhere{{Profile: v.Provider, Fit: f}}
		} else {
			unheard = true
		}
	}
	if f, ok := b.unjudged(r); ok {
		return b.elsewhere(f, v), nil
	}
	words := len(heard) > 0
	if !words {
		if symptom, ok := judge.InPlainWords(a); ok {
			return b.plainly(symptom, v), nil
		}
		heard = b.codes(a)
	}
	if len(heard) == 0 {
		if f, ok := b.standard(r); ok {
			return b.byStandard(f, v), nil
		}
		return Page{}, ErrUnheard
	}
	w := &page{book: b, link: plainLink, view: v}
	w.heading(1, "What the answer means")
	if unheard {
		w.para("%s does not document this message. Others do:", escape(v.Provider.Name))
	}
	// The words are the server's own, which may repeat what it was sent.
	m := mask.Of(&evidence.Case{Response: evidence.Known(r)})
	w.para("Recognised by %s.", quoted(m.Text(heard[0].Fit.Words)))
	if p := library.Named(a); p != nil && p.ID != heard[0].Profile.ID {
		w.para("error_uri names %s.", w.ref(p.ID))
	}
	if !words && a.Unheard() {
		// They are not quoted: a sentence nobody knows may hold a secret.
		w.para("No profile knows the text the server adds to its code. What follows comes from the code only.")
	}
	exact := profile.Rivals(heard)
	most := mostProviders
	if !v.All {
		most = 1
	}
	for i, h := range heard[:min(len(heard), most)] {
		switch {
		case i == 0:
		case words && i == exact:
			w.heading(2, "Similar messages")
		case !words && i == 1:
			w.heading(2, "Providers who answer so with no description")
		}
		w.reading(h)
	}
	if len(heard) > most {
		var names []string
		for _, h := range heard[most:] {
			names = append(names, w.ref(h.Profile.ID))
		}
		w.para("Known from others too: %s.", strings.Join(names, ", "))
	}
	w.next(heard[0], exact == 1 && heard[0].Fit.Own)
	return Page{ID: heard[0].Profile.ID, Kind: KindAnswer, Title: "What the answer means", Markdown: w.String()}, nil
}

// plainly is the page of a sentence that no profile knows, and that says in plain
// words what the server objects to.
func (b *Book) plainly(s *profile.Symptom, v View) Page {
	w := &page{book: b, link: plainLink, view: v}
	w.heading(1, "What the answer means")
	// It is not quoted: a sentence nobody knows may hold a secret.
	w.para("No profile knows this message, so this is what its words say.")
	w.causes(s)
	w.next(profile.Elsewhere{}, false)
	return Page{ID: profile.Standard, Kind: KindAnswer, Title: "What the answer means", Markdown: w.String()}
}

// Recognises reports whether any profile knows the words of an answer.
func (b *Book) Recognises(a profile.Answer) bool {
	const longest = 2000 // bytes of one sentence
	return len(a.Text)+len(a.Description) <= longest && len(b.known().Recognising(a)) > 0
}

// codes finds what is said of an error code that every server uses: by the
// standards, and by providers who are known to leave the description empty. What
// a provider means by a status or a code alone says nothing of any other server.
func (b *Book) codes(a profile.Answer) []profile.Elsewhere {
	var out []profile.Elsewhere
	for _, p := range b.Profiles() {
		f, ok := p.Recognised(a)
		if !ok || f.Symptom.From != p.ID {
			continue
		}
		if d := f.Symptom.Match.Description; p.Extends == "" && f.Symptom.Match.Error != nil || d != nil && d.Empty && a.Error != "" {
			out = append(out, profile.Elsewhere{Profile: p, Fit: f})
		}
	}
	standard := func(e profile.Elsewhere) bool { return e.Profile.Extends == "" }
	slices.SortStableFunc(out, func(x, y profile.Elsewhere) int {
		switch {
		case standard(x) != standard(y) && standard(x):
			return -1
		case standard(x) != standard(y):
			return 1
		}
		return y.Fit.Compare(x.Fit)
	})
	return out
}

// reading says what the words mean at one provider.
func (w *page) reading(h profile.Elsewhere) {
	s := h.Fit.Symptom
	w.heading(2, escape(h.Profile.Name))
	w.causes(s)
	if len(s.Cite) > 0 {
		w.para("Source: %s", w.cite(s.Cite))
	}
}

// causes says what a symptom means, which causes it can have, and what to ask.
func (w *page) causes(s *profile.Symptom) {
	w.para("%s", escape(strings.TrimSpace(s.Means)))
	if s.LogOnly {
		w.para("The text appears only in the server's log; a client does not see it.")
	}
	if len(s.Explains) > 0 {
		w.para("Possible causes, most likely first:")
		var items []string
		for i, cause := range s.Explains {
			if !w.view.All && i == briefCauses {
				items = append(items, fmt.Sprintf("and %d more (`--all`)", len(s.Explains)-i))
				break
			}
			items = append(items, w.ref(cause)+": "+escape(w.book.titleOf(cause)))
		}
		w.list(items)
	}
	if len(s.Ask) > 0 {
		w.para("Check yourself:")
		var items []string
		for i, q := range s.Ask {
			if !w.view.All && i == briefWords {
				break
			}
			items = append(items, escape(q))
		}
		w.list(items)
	}
}

// next says what to run, with what the answer leaves open.
func (w *page) next(h profile.Elsewhere, sure bool) {
	flag := ""
	if sure {
		flag = "-p " + h.Profile.ID + " "
	}
	w.heading(2, "What to run next")
	w.para("Give the request and the response together to find out which of these it is:")
	w.raw("```sh\njwtdoctor check " + flag + "request.sh response.json\njwtdoctor check " + flag + "assertion.jwt --jwks https://client.example/jwks.json\n```")
}

func (b *Book) titleOf(cause string) string {
	if c, ok := b.checkOf(cause); ok {
		for _, x := range c.Causes {
			if string(x.ID) == cause {
				return x.Title
			}
		}
	}
	return strings.ReplaceAll(cause, "-", " ")
}

func quoted(words string) string {
	const most = 200
	if r := []rune(words); len(r) > most {
		words = string(r[:most]) + "…"
	}
	return "“" + escape(visible.Text(words)) + "”"
}
