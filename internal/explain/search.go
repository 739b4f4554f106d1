package explain

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/assertionworks/jwtdoctor/internal/checks"
	"github.com/assertionworks/jwtdoctor/internal/wording"
)

const (
	mostFound = 8 // pages listed for some words
	mostAsked = 6 // words that are looked for; more are a sentence
	shortWord = 3 // characters; shorter words are in everything
)

// Search finds the pages whose text has the words somebody asks about, those with the
// words in their titles first. The error wraps ErrUnknown where none has, and where
// the words are near an ID, which is meant then.
func (b *Book) Search(text string, v View) (Page, error) {
	words := searchWords(text)
	if len(words) == 0 || len(words) == 1 && wording.Nearest(words[0], b.IDs()) != "" {
		return Page{}, fmt.Errorf("%w: %d words", ErrUnknown, len(words))
	}
	var found []hit
	for _, c := range b.Checks {
		for _, cause := range c.Causes {
			if score := scoreOf(words, cause); score > 0 {
				found = append(found, hit{string(cause.ID), cause.Title, score})
			}
		}
	}
	if len(found) == 0 {
		return Page{}, fmt.Errorf("%w: no page has these words", ErrUnknown)
	}
	slices.SortStableFunc(found, func(x, y hit) int { return cmp.Compare(y.score, x.score) })
	if len(found) == 1 {
		return b.View(found[0].id, v)
	}
	w := &page{book: b, link: plainLink, view: v}
	w.heading(1, "Pages about "+strings.Join(words, " "))
	var items []string
	for _, h := range found[:min(len(found), mostFound)] {
		items = append(items, w.ref(h.id)+": "+escape(h.title))
	}
	w.list(items)
	w.para("`jwtdoctor explain ID` shows one of them.")
	return Page{ID: found[0].id, Kind: KindAnswer, Title: "Pages about " + strings.Join(words, " "), Markdown: w.String()}, nil
}

type hit struct {
	id, title string
	score     int
}

// searchWords are the words of a short question, in lower case; nil for a sentence and
// for anything that is not words, which may be a secret.
func searchWords(text string) []string {
	if strings.IndexFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && r != ' ' && r != '-' && r != '_' }) >= 0 {
		return nil
	}
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return r == ' ' || r == '-' || r == '_' })
	if len(words) > mostAsked {
		return nil
	}
	return slices.DeleteFunc(words, func(w string) bool {
		return len(w) < shortWord || slices.Contains([]string{"the", "was", "has", "are", "and", "for", "not"}, w)
	})
}

// scoreOf is how well a cause answers some words; 0 where one of them is nowhere in it.
func scoreOf(words []string, c checks.Cause) int {
	title := strings.ToLower(string(c.ID) + " " + c.Title)
	all := title + " " + strings.ToLower(c.Why+" "+c.Fix)
	score := 0
	for _, w := range words {
		w = strings.TrimSuffix(w, "s") // keys and key
		switch {
		case strings.Contains(title, w):
			score += 3
		case strings.Contains(all, w):
			score++
		default:
			return 0
		}
	}
	return score
}
