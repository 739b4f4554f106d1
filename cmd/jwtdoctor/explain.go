package main

import (
	"io"
	"os"
	"path/filepath"
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
	var format, name string
	var all bool
	var screen screenFlags
	cmd := &cobra.Command{
		Use:   "explain [TOPIC or ERROR TEXT]",
		Short: "Explain a cause, check, profile or error message",
		Long: `explain shows what a cause, check or profile means and how to fix it. Given an
error response (its text or body, as an argument, a file or on standard input),
it shows what it means at which provider, the possible causes, and what to run
next. It shows one screen; --all shows the rest, in $PAGER on a terminal.`,
		Example: `  jwtdoctor explain aud-trailing-slash
  jwtdoctor explain aud -p redox
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
			view := explain.View{All: all}
			if name != "" {
				p, err := w.provider(name)
				if err != nil {
					return err
				}
				view.Provider = p
			}
			page, err := w.page(cmd, args, view)
			if err != nil {
				return err
			}
			return w.tell(page, format, screen)
		},
	}
	cmd.Flags().SortFlags = false
	cmd.Flags().StringVarP(&name, "profile", "p", "", "show what this `PROFILE` documents: an ID or a YAML file")
	cmd.Flags().BoolVar(&all, "all", false, "show everything: all languages, providers and sources")
	described(cmd, "profile", profileWords)
	cmd.Flags().StringVarP(&format, "format", "f", "text", "`FORMAT`: text or markdown")
	choices(cmd, "format", explainFormats)
	screen.registerColor(cmd)
	screen.registerPlain(cmd)
	return cmd
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
func (w world) page(cmd *cobra.Command, args []string, view explain.View) (explain.Page, error) {
	name, text := "argument", strings.Join(args, " ")
	book, err := explain.Load()
	if err != nil {
		return explain.Page{}, err
	}
	book.Today = w.clock()
	var unknown error
	if len(args) == 1 {
		page, err := book.View(bareWord(text), view)
		if err == nil {
			return page, nil
		}
		unknown = err
	}
	if len(args) == 1 && isProfileFile(text) {
		p, err := profile.ReadFile(text, checks.Known())
		if err != nil {
			return explain.Page{}, usage("%s", w.hide(err.Error()))
		}
		return explain.Page{ID: p.ID, Kind: explain.KindProfile, Title: p.Name, Markdown: book.Profile(p)}, nil
	}
	var from io.Reader
	switch {
	case len(args) == 0 || text == "-":
		name, from = "stdin", &interruptible{ctx: cmd.Context(), r: w.In}
	case len(args) == 1:
		if info, err := os.Stat(text); err == nil && !info.IsDir() { // a pipe as well: explain <(curl …)
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
	page, err := explained(book, name, text, view)
	switch {
	case err == nil:
		return page, nil
	case from == nil:
		if found, err := book.Search(text, view); err == nil {
			return found, nil
		}
	}
	if unknown != nil && !strings.ContainsAny(text, " {<") {
		return page, usage("%s", unknown)
	}
	return page, usage("no profile knows this response, and it is not a known error of a library; give jwtdoctor check the request and the response to find out more")
}

// isProfileFile reports whether a name is that of a file of YAML, which answers are not
// written in.
func isProfileFile(name string) bool {
	ending := strings.ToLower(filepath.Ext(name))
	return (ending == ".yaml" || ending == ".yml") && isFile(name)
}

// explained finds what a text tells, as check does: a server's answer wherever it
// is in it, else an error of a transport or library.
func explained(book *explain.Book, name, text string, view explain.View) (explain.Page, error) {
	whole := input.PlainAnswer(name, text)
	view.Sentence = !strings.ContainsAny(strings.TrimSpace(text), "{<\n") && !strings.HasPrefix(text, "HTTP/")
	read := reading.Read(name, text, reading.Options{Sentence: func(line string, _ bool) bool {
		return book.Recognises(judge.AnswerOf(input.PlainAnswer("", line)))
	}})
	for _, c := range append(read.Cases, read.Weak...) {
		if c.Response == nil {
			continue
		}
		if page, err := book.AnswerFor(c.Response, judge.AnswerOf(c.Response), view); err == nil {
			return page, nil
		}
	}
	if page, err := book.Errors(text, false); err == nil {
		return page, nil
	}
	if page, err := book.AnswerFor(whole, judge.AnswerOf(whole), view); err == nil {
		return page, nil
	}
	return book.Errors(text, true)
}

// provider is the profile of a name, or of a file as --profile reads it.
func (w world) provider(name string) (*profile.Profile, error) {
	if id, ok := profile.Resolve(name); ok {
		name = id
	} else if isFileName(name) {
		p, err := profile.ReadFile(name, checks.Known())
		if err != nil {
			return nil, usage("--profile: %s", w.hide(err.Error()))
		}
		return p, nil
	}
	p, err := profile.Load(name)
	if err != nil {
		return nil, usage("--profile: %s", err)
	}
	return p, nil
}

// tell writes a page, in the pager if it is longer than the screen.
func (w world) tell(page explain.Page, format string, screen screenFlags) error {
	w, err := screen.screen(w)
	if err != nil {
		return err
	}
	text := page.Markdown
	if format == "text" {
		text = explain.Text(page.Markdown, min(w.Width, 100), w.Color)
	}
	return w.leaf(strings.TrimRight(text, "\n") + "\n")
}
