package explain

import (
	"regexp"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/visible"
)

func TestText(t *testing.T) {
	for _, tt := range []struct{ name, markdown, want string }{
		{"paragraph", "a\nb\n\nc", "a b\n\nc\n"},
		{"first heading", "# Title", "Title\n=====\n"},
		{"second heading", "## `kid`", "kid\n---\n"},
		{"third heading", "### Low", "Low\n"},
		{"no heading", "#hash", "#hash\n"},
		{"escapes", `a \* b \\n \[x\] \| \<y\>`, `a * b \n [x] | <y>` + "\n"},
		{"backslash before a letter", `\n and \x`, `\n and \x` + "\n"},
		{"code keeps backslashes", "`a\\*b`", `a\*b` + "\n"},
		{"code with a backtick", "`` a`b ``", "a`b\n"},
		{"open code", "a `b", "a `b\n"},
		{"bold", "**Fix:** do", "Fix: do\n"},
		{"link", "see [RFC](https://x.example/a#b).", "see RFC <https://x.example/a#b>.\n"},
		{"link within docs", "see [kid](checks/kid.md)", "see kid\n"},
		{"no link", "a [b] c", "a [b] c\n"},
		{"list", "- a\n- b", "- a\n- b\n"},
		{"comment", "<!-- a\nb -->\nc", "c\n"},
		{"open comment", "<!-- a\nb", "\n"},
		{"code block", "```sh\na  b\n\n  # c\n```\nd", "    a  b\n\n      # c\n\nd\n"},
		{"open code block", "```sh\na", "    a\n"},
		{"table", "| A | Bc |\n| --- | --- |\n| x\\|y | [z](https://x.example) |\n", "A    Bc\n---  --\nx|y  z\n"},
		{"empty", "", "\n"},
	} {
		if got := Text(tt.markdown, 80, false); got != tt.want {
			t.Errorf("%s: %q gives %q, want %q", tt.name, tt.markdown, got, tt.want)
		}
	}
}

func TestTextColor(t *testing.T) {
	got := Text("# `a` b\n\n`c` **d** e", 80, true)
	if want := "\x1b[1ma\x1b[0m \x1b[1mb\x1b[0m\n\n\x1b[1mc\x1b[0m \x1b[1md\x1b[0m e\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestTextWraps checks every page at every width: prose stays within, and what
// is longer is one word, an address or code.
func TestTextWraps(t *testing.T) {
	b := loaded(t)
	sgr := regexp.MustCompile("\x1b\\[[0-9;]*m")
	url := regexp.MustCompile("https://[^\\s)>`]+")
	for n, id := range b.IDs() {
		p, err := b.Topic(id)
		if err != nil {
			t.Fatal(err)
		}
		var urls []string
		for line := range strings.SplitSeq(p.Markdown, "\n") {
			if !strings.HasPrefix(line, "|") { // links of tables are under Sources
				urls = append(urls, url.FindAllString(line, -1)...)
			}
		}
		for i, width := range []int{60, 80, 120} {
			text := Text(p.Markdown, width, false)
			if i != n%3 {
				// Each page is coloured at one width, and each width met by a third of them.
			} else if colored := sgr.ReplaceAllString(Text(p.Markdown, width, true), ""); withoutRules(colored) != withoutRules(text) {
				t.Errorf("%s at %d: colour changes more than colour", id, width)
			}
			for line := range strings.Lines(text) {
				line = strings.TrimRight(line, "\n")
				if strings.HasSuffix(line, " ") {
					t.Errorf("%s at %d: %q ends in a space", id, width, line)
				}
				if visible.Width(line) > width && !isCode(p.Markdown, line) && len(strings.Fields(strings.TrimPrefix(line, "- "))) > 1 {
					t.Errorf("%s at %d: the line %q has %d columns", id, width, line, visible.Width(line))
				}
			}
			for _, u := range urls {
				if !strings.Contains(text, u) {
					t.Errorf("%s at %d: %s is broken", id, width, u)
				}
			}
		}
	}
}

// isCode tells lines of code blocks, which are never wrapped: whole, or without the
// comment behind them.
func isCode(markdown, line string) bool {
	code, ok := strings.CutPrefix(line, "    ")
	return ok && (strings.Contains(markdown, "\n"+code+"\n") || strings.Contains(markdown, "\n"+code+"  # ") || strings.Contains(markdown, "\n"+code+"  // "))
}

// A comment that does not fit behind its code goes above it; code is never broken.
func TestCommentAboveCode(t *testing.T) {
	const comment = "as the provider writes it"
	for _, tt := range []struct{ code, want string }{
		{"  url = token_url()  # " + comment, "      # as the provider writes it\n      url = token_url()\n"},
		{"url()  # short", "    url()  # short\n"},
		{"url = `one two three four five six seven # eight`", "    url = `one two three four five six seven # eight`\n"},
	} {
		if got := Text("```\n"+tt.code+"\n```", 40, false); got != tt.want {
			t.Errorf("%q gives %q, want %q", tt.code, got, tt.want)
		}
	}
}

// withoutRules drops the lines that underline headings, which colour replaces.
func withoutRules(text string) string {
	var out []string
	for _, l := range strings.Split(text, "\n") {
		if l == "" || strings.Trim(l, "=- ") != "" {
			out = append(out, l)
		}
	}
	return strings.Join(out, "\n")
}

func TestTextNarrow(t *testing.T) {
	long := "one two three four five six seven eight nine ten"
	got := Text("| Rule | Says | Also | Source |\n| --- | --- | --- | --- |\n| a | "+long+" | "+long+" | "+long+" |\n| d | e | | |\n", 1, false)
	want := "a\n  Says: one two three four five six\n    seven eight nine ten\n  Also: one two three four five six\n    seven eight nine ten\n" +
		"  Source: one two three four five six\n    seven eight nine ten\n\nd\n  Says: e\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func FuzzText(f *testing.F) {
	for _, s := range []string{"# a\n\nb", "| a |\n| --- |\n| b | c |", "|", "||\n|", "```\na", "- [a](b", "**", "`", "\\", "<!--", "[\\"} {
		f.Add(s, 80)
	}
	f.Fuzz(func(t *testing.T, s string, width int) {
		if got := Text(s, width, true); !strings.HasSuffix(got, "\n") {
			t.Errorf("%q gives %q", s, got)
		}
	})
}
