// Command pictures makes the pictures of the README: it drives the real program on a
// pseudo-terminal and draws what is on the screen as SVG, for a light and a dark page.
//
//	go run ./scripts/pictures [-binary FILE] [-out docs/pictures]
//
// The program is given the time (JWTDOCTOR_NOW), so that a picture changes only if the
// screen does.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/assertionworks/jwtdoctor/scripts/terminal"
)

// scene is one picture: what is done, and what is on the screen then.
type scene struct {
	name, alt     string
	columns, rows int
	steps         []step
}

// step pastes an example or types keys, and waits for a text.
type step struct {
	paste, keys string
	until       string
}

// refusal is an answer as Redox documents it.
const refusal = `{"error":"invalid_request","error_description":"Unexpected \"aud\" claim value"}`

func scenes() []scene {
	const greeting = "Nothing leaves this machine"
	return []scene{
		{"paste", "A token and the server's answer are pasted; the cause, the server's words and the fix are on top, and aud is marked", 100, 26, []step{
			{until: greeting}, {paste: "examples/trailing-slash.jwt", until: "[token ✓]"}, {paste: refusal, until: "this explains it"}}},
		{"answer", "Only the error is pasted; possible causes, how to find out which, steps to tick off", 100, 26, []step{
			{until: greeting}, {paste: "examples/refused.json", until: "how to tell which"}, {keys: "\x1b[B", until: "2/3"}}},
		{"whatif", "aud is edited, and the check passes: no problems found, no longer signed", 100, 26, []step{
			{until: greeting}, {paste: "examples/trailing-slash.jwt", until: "[token ✓]"}, {keys: "e", until: "what if"}, {keys: "\x7f", until: "No problems found"}}},
		{"request", "A curl command is pasted, and the parameter that is misnamed is marked in it", 100, 26, []step{
			{until: greeting}, {paste: "examples/request.sh", until: "[request ✓]"}}},
		{"narrow", "The same on a terminal of 60 columns: one pane at a time", 60, 20, []step{
			{until: "this machine."}, {paste: "examples/trailing-slash.jwt", until: "[token ✓]"}, {keys: "\t", until: "HEADER"}}},
	}
}

func main() {
	binary := flag.String("binary", "", "the program (default: built from this module)")
	out := flag.String("out", "docs/pictures", "the folder the pictures go to")
	flag.Parse()
	if err := run(*binary, *out); err != nil {
		fmt.Fprintln(os.Stderr, "pictures:", err)
		os.Exit(1)
	}
}

func run(binary, out string) error {
	dir, err := os.MkdirTemp("", "pictures")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if binary == "" {
		binary = filepath.Join(dir, "jwtdoctor")
		if text, err := exec.Command("go", "build", "-o", binary, "./cmd/jwtdoctor").CombinedOutput(); err != nil {
			return fmt.Errorf("go build: %w\n%s", err, text)
		}
	}
	if binary, err = filepath.Abs(binary); err != nil {
		return err
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	for _, s := range scenes() {
		t, err := act(s, binary, dir)
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		err = os.WriteFile(filepath.Join(out, s.name+".svg"), draw(t, s), 0o644)
		t.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

// act does the steps of a scene.
func act(s scene, binary, dir string) (*terminal.Terminal, error) {
	env := []string{"TERM=xterm-256color", "LANG=C.UTF-8", "HOME=/nonexistent", "PATH=" + os.Getenv("PATH"), "JWTDOCTOR_NOW=1795219230"}
	t, err := terminal.Start(terminal.Options{Columns: s.columns, Rows: s.rows, Env: env, Dir: dir}, binary)
	if err != nil {
		return nil, err
	}
	for _, step := range s.steps {
		text := step.paste
		if b, err := os.ReadFile(text); err == nil {
			text = string(b)
		}
		if text != "" {
			t.Paste(text)
		}
		if step.keys != "" {
			t.Type(step.keys)
		}
		if !t.WaitFor(step.until, time.Minute) {
			screen := t.Screen()
			t.Close()
			return nil, fmt.Errorf("%q did not come:\n%s", step.until, screen)
		}
	}
	// What is still being drawn is drawn by then.
	last := ""
	t.Until(func(screen string) bool {
		same := screen == last
		last = screen
		time.Sleep(50 * time.Millisecond)
		return same
	}, time.Second)
	return t, nil
}

// draw writes the screen as SVG.
func draw(t *terminal.Terminal, s scene) []byte {
	const (
		cell, line = 8.4, 18.0
		margin     = 12.0
		bar        = 26.0 // the window's title bar
	)
	var b strings.Builder
	width, height := 2*margin+cell*float64(s.columns), bar+2*margin+line*float64(s.rows)
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" width="%.0f" height="%.0f" role="img" aria-label="%s">`+"\n", width, height, width, height, escaped(s.alt))
	b.WriteString(`<style>
.s{fill:#fff;stroke:#d0d7de}.h{fill:#f6f8fa}.d{fill:#d0d7de}
text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;white-space:pre;fill:#1f2328}
.b{font-weight:bold}.c1{fill:#cf222e}.c2{fill:#1a7f37}.c3{fill:#9a6700}.c6{fill:#1b7c83}.c8{fill:#8c959f}.r{fill:#fff}.k{fill:#1f2328}
@media (prefers-color-scheme:dark){.s{fill:#0d1117;stroke:#30363d}.h{fill:#161b22}.d{fill:#30363d}text{fill:#e6edf3}
.c1{fill:#ff7b72}.c2{fill:#3fb950}.c3{fill:#d29922}.c6{fill:#39c5cf}.c8{fill:#6e7681}.r{fill:#0d1117}.k{fill:#e6edf3}}
</style>
`)
	fmt.Fprintf(&b, `<rect class="s" x=".5" y=".5" width="%.1f" height="%.1f" rx="8"/>`+"\n", width-1, height-1)
	fmt.Fprintf(&b, `<path class="h" d="M1 %.0fV8a7 7 0 0 1 7-7H%.0fa7 7 0 0 1 7 7V%.0fZ"/>`+"\n", bar, width-8, bar)
	for i := range 3 {
		fmt.Fprintf(&b, `<circle class="d" cx="%d" cy="13" r="5"/>`, 16+18*i)
	}
	b.WriteString("\n")
	for y := range s.rows {
		for _, r := range runs(t, s.columns, y) {
			if strings.TrimSpace(r.text) == "" {
				continue
			}
			class := ""
			if r.class != "" {
				class = ` class="` + r.class + `"`
			}
			fmt.Fprintf(&b, `<text x="%.1f" y="%.1f" textLength="%.1f"%s>%s</text>`+"\n", margin+cell*float64(r.at), bar+margin+line*float64(y)+13, cell*float64(r.width), class, escaped(r.text))
		}
	}
	b.WriteString("</svg>\n")
	return []byte(b.String())
}

// stretch is cells of one style side by side.
type stretch struct {
	at, width   int
	text, class string
}

func runs(t *terminal.Terminal, columns, y int) []stretch {
	var out []stretch
	for x := 0; x < columns; {
		text, class, wide := " ", "", 1
		if c := t.Cell(x, y); c != nil {
			if c.Content != "" {
				text = c.Content
			}
			class, wide = classOf(c.Style.Fg, c.Style.Attrs), max(c.Width, 1)
		}
		// A stretch begins at text: spaces would be squeezed by some renderers.
		if n := len(out); n > 0 && out[n-1].class == class && !(text == " " && strings.HasSuffix(out[n-1].text, " ")) {
			out[n-1].text += text
			out[n-1].width += wide
		} else {
			out = append(out, stretch{x, wide, text, class})
		}
		x += wide
	}
	for i := range out {
		for strings.HasSuffix(out[i].text, " ") {
			out[i].text = out[i].text[:len(out[i].text)-1]
			out[i].width--
		}
		for strings.HasPrefix(out[i].text, " ") {
			out[i].text = out[i].text[1:]
			out[i].at++
			out[i].width--
		}
	}
	return out
}

func escaped(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace(s)
}
