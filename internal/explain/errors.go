package explain

import (
	"errors"
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/errortext"
	"github.com/assertionworks/jwtdoctor/internal/mask"
	"github.com/assertionworks/jwtdoctor/internal/visible"
)

// ErrNoError says that a text has no known error of a transport or library.
var ErrNoError = errors.New("no error of a transport or library is known in this text")

// mostErrors bounds how many errors of one text are reported.
const mostErrors = 4

// Errors says what the errors of transports and signing libraries in a text
// mean, the innermost of each failure first. mentioned takes those in too that
// the text only names, as somebody does who asks about ECONNREFUSED.
func (b *Book) Errors(text string, mentioned bool) (Page, error) {
	w := &page{book: b, link: plainLink}
	var told []*errortext.Entry
	host := ""
	all := errortext.Find(text)
	inner := slices.ContainsFunc(all, func(m errortext.Match) bool { return !m.Entry.Wraps })
	for _, m := range all {
		if m.Setting != errortext.Said && !mentioned || inner && m.Entry.Wraps || slices.Contains(told, m.Entry) {
			continue
		}
		if len(told) == mostErrors {
			break
		}
		if len(told) == 0 {
			w.heading(1, "What the error means")
		}
		told = append(told, m.Entry)
		if h := m.Value("host"); host == "" && strings.Trim(strings.ToLower(h), "abcdefghijklmnopqrstuvwxyz0123456789.-") == "" && strings.Contains(h, ".") {
			host = h
		}
		w.failure(m, text)
	}
	if len(told) == 0 {
		return Page{}, ErrNoError
	}
	w.heading(2, "What to run next")
	if b.ofNetwork(told[0]) {
		at := "https://auth.example.com/token"
		if host != "" {
			at = "https://" + host
		}
		w.para("Test the connection; nothing secret is sent:")
		w.raw("```sh\njwtdoctor probe " + at + "\n```")
	} else {
		w.para("Once there is an assertion, check it:")
		w.raw("```sh\njwtdoctor check assertion.jwt --key key.pem\n```")
	}
	return Page{ID: told[0].ID, Kind: KindAnswer, Title: "What the error means", Markdown: w.String()}, nil
}

// failure reports one error.
func (w *page) failure(m errortext.Match, text string) {
	var looks mask.Mask
	e := m.Entry
	w.para("%s", quoted(looks.Text(visible.Text(text[m.Offset:m.Offset+m.Length]))))
	w.para("%s (%s)", escape(strings.TrimSuffix(e.Means, ".")+"."), escape(e.Tool))
	if len(e.Causes) > 1 {
		w.para("Possible causes, most likely first:")
	}
	var items []string
	for _, cause := range e.Causes {
		items = append(items, w.ref(cause)+": "+escape(w.book.titleOf(cause)))
	}
	w.list(items)
	fix := e.Fix
	if fix == "" && len(e.Causes) > 0 {
		if check, ok := w.book.checkOf(e.Causes[0]); ok {
			for _, c := range check.Causes {
				if string(c.ID) == e.Causes[0] {
					fix = c.Fix
				}
			}
		}
	}
	if fix != "" {
		w.para("**Fix:** %s", escape(fix))
	}
	if len(e.Cite) > 0 {
		w.para("Source: %s", w.cite(e.Cite))
	}
}

// ofNetwork reports whether an error is one of the way to the server.
func (b *Book) ofNetwork(e *errortext.Entry) bool {
	for _, cause := range e.Causes {
		if check, ok := b.checkOf(cause); ok && strings.HasPrefix(string(check.ID), "net-") {
			return true
		}
	}
	return false
}
