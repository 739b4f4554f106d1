package main

import (
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/assertionworks/jwtdoctor/internal/checks"
	"github.com/assertionworks/jwtdoctor/internal/explain"
	"github.com/assertionworks/jwtdoctor/internal/input"
	"github.com/assertionworks/jwtdoctor/internal/judge"
	"github.com/assertionworks/jwtdoctor/internal/profile"
	"github.com/assertionworks/jwtdoctor/internal/reading"
)

func newExplain(w world) *cobra.Command {
	var format string
	var profiles []string
	var screen screenFlags
	cmd := &cobra.Command{
		Use:   "explain [TOPIC or ERROR TEXT]",
		Short: "Explain a cause, check, profile or error message",
		Long: `explain shows what a cause, check or profile means and how to fix it. Given an
error response (its text or body, as an argument, a file or on standard input),
it shows what it means at which provider, the possible causes, and what to run
next.`,
		Example: `  jwtdoctor explain aud-trailing-slash
  jwtdoctor explain aud
  jwtdoctor explain redox
  jwtdoctor explain "JWT header kid property is required"
  curl … | jwtdoctor explain`,
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return append(checkWords(), profileWords()...), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := oneOf("--format", format, explainFormats()); err != nil {
				return err
			}
			if len(args) == 0 && w.InIsTTY {
				return usage("nothing to explain: give the ID of a cause, check or profile (jwtdoctor checks and jwtdoctor profiles list them), or what the server answered")
			}
			book, err := bookOf(profiles)
			if err != nil {
				return err
			}
			page, err := w.page(cmd, book, args)
			if err != nil {
				return err
			}
			return w.tell(page, format, screen)
		},
	}
	cmd.Flags().StringVarP(&format, "format", "f", "text", "`FORMAT`: text or markdown")
	choices(cmd, "format", explainFormats)
	cmd.Flags().StringArrayVarP(&profiles, "profile", "p", nil, "what this provider says of it, and no other: `ID or FILE` (repeatable)")
	described(cmd, "profile", profileWords)
	screen.registerColor(cmd)
	screen.registerPlain(cmd)
	return cmd
}

// bookOf is all there is to explain, of the profiles named or of all.
func bookOf(names []string) (*explain.Book, error) {
	book, err := explain.Load()
	if err != nil || len(names) == 0 {
		return book, err
	}
	var only []*profile.Profile
	for _, name := range names {
		load := profile.Load
		if profile.NamesFile(name) {
			load = func(path string) (*profile.Profile, error) { return profile.ReadFile(path, checks.Known()) }
		}
		p, err := load(name)
		if err != nil {
			return nil, usage("--profile: %s", err)
		}
		only = append(only, p)
	}
	return book.Of(only...), nil
}

func explainFormats() []string { return []string{"text", "markdown"} }

// bareWord is the check about a claim, a header parameter or a time that is named
// alone: aud is claim-aud, kid header-kid, exp time-exp. Other words stay.
func bareWord(word string) string {
	if _, ok := profile.Resolve(word); ok {
		return word
	}
	low := strings.ToLower(word)
	for _, c := range checks.All() {
		for _, part := range []string{"claim-", "header-", "time-", "request-"} {
			if string(c.ID) == part+strings.ReplaceAll(low, "_", "-") {
				return string(c.ID)
			}
		}
	}
	return word
}

// page finds what the arguments, or else standard input, are about: the ID of
// a topic first, then a server's words.
func (w world) page(cmd *cobra.Command, book *explain.Book, args []string) (explain.Page, error) {
	name, text := "argument", strings.Join(args, " ")
	var unknown error
	if len(args) == 1 {
		page, err := book.Topic(bareWord(text))
		if err == nil {
			return page, nil
		}
		unknown = err
	}
	var from io.Reader
	switch {
	case len(args) == 0 || text == "-":
		name, from = "stdin", &interruptible{ctx: cmd.Context(), r: w.In}
	case len(args) == 1:
		if info, err := os.Stat(text); err == nil && info.Mode().IsRegular() {
			f, err := openFile(cmd.Context(), text)
			if err != nil {
				return explain.Page{}, unreadable("%s", err)
			}
			defer f.Close()
			name, from = text, f
		}
	}
	if from != nil {
		const most = 1 << 20
		b, err := io.ReadAll(io.LimitReader(from, most))
		if err != nil {
			return explain.Page{}, unreadable("%s cannot be read", brief(name))
		}
		if text = string(b); strings.TrimSpace(text) == "" {
			return explain.Page{}, unreadable("%s is empty; what the server answered was expected", brief(name))
		}
		unknown = nil
	}
	if from == nil && isPrivateKey(text) {
		return explain.Page{}, keyAsText()
	}
	page, err := explained(book, name, text)
	switch {
	case err == nil:
		return page, nil
	case unknown != nil && !strings.ContainsAny(text, " {<"):
		return page, usage("%s", unknown)
	}
	return page, usage("no profile knows this response, and it is not a known error of a library; give jwtdoctor check the request and the response to find out more")
}

// explained finds what a text tells, as check does: a server's answer wherever it
// stands in it, else an error of a transport or library.
func explained(book *explain.Book, name, text string) (explain.Page, error) {
	whole := input.PlainAnswer(name, text)
	read := reading.Read(name, text, reading.Options{Sentence: func(line string) bool {
		return book.Recognises(judge.AnswerOf(input.PlainAnswer("", line)))
	}})
	for _, c := range append(read.Cases, read.Weak...) {
		if c.Response == nil {
			continue
		}
		if page, err := book.Answer(c.Response, judge.AnswerOf(c.Response)); err == nil {
			return page, nil
		}
	}
	if page, err := book.Errors(text, false); err == nil {
		return page, nil
	}
	if page, err := book.Answer(whole, judge.AnswerOf(whole)); err == nil {
		return page, nil
	}
	return book.Errors(text, true)
}

// tell writes a page.
func (w world) tell(page explain.Page, format string, screen screenFlags) error {
	w, err := screen.screen(w)
	if err != nil {
		return err
	}
	text := page.Markdown
	if format == "text" {
		text = explain.Text(page.Markdown, min(w.Width, 100), w.Color)
	}
	return w.print(strings.TrimRight(text, "\n") + "\n")
}
