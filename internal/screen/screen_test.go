package screen

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// desk is a screen at work without a terminal: commands are run at once.
type desk struct {
	*Model
	t      *testing.T
	copied string
	quit   bool
}

func open(t *testing.T, change func(*Config)) *desk {
	t.Helper()
	c := Config{
		Clock: func() time.Time { return time.Unix(1795219230, 0) }, // half a minute after the examples' iat
		Read:  os.ReadFile,
		Exists: func(path string) bool {
			info, err := os.Stat(path)
			return err == nil && info.Mode().IsRegular()
		},
	}
	if change != nil {
		change(&c)
	}
	d := &desk{Model: New(t.Context(), c), t: t}
	d.run(d.Init())
	return d
}

// run runs a command and what follows from it.
func (d *desk) run(cmd tea.Cmd) {
	d.t.Helper()
	if cmd == nil {
		return
	}
	switch msg := cmd().(type) {
	case nil:
	case tea.QuitMsg:
		d.quit = true
	case tea.BatchMsg:
		for _, c := range msg {
			d.run(c)
		}
	default:
		if s := fmt.Sprintf("%T", msg); s == "tea.setClipboardMsg" {
			d.copied = fmt.Sprint(msg)
			return
		}
		d.send(msg)
	}
}

func (d *desk) send(msg tea.Msg) {
	d.t.Helper()
	_, cmd := d.Update(msg)
	if d.broken != nil {
		d.t.Fatalf("the screen broke: %v", d.broken)
	}
	d.run(cmd)
}

func (d *desk) paste(text string) { d.t.Helper(); d.send(tea.PasteMsg{Content: text}) }

// press presses keys by the names that tea gives them.
func (d *desk) press(keys ...string) {
	d.t.Helper()
	for _, k := range keys {
		d.send(keyOf(k))
	}
}

// types types a text.
func (d *desk) types(text string) {
	d.t.Helper()
	for _, r := range text {
		d.send(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
}

func keyOf(name string) tea.KeyPressMsg {
	special := map[string]rune{"enter": tea.KeyEnter, "esc": tea.KeyEscape, "up": tea.KeyUp, "down": tea.KeyDown, "left": tea.KeyLeft, "right": tea.KeyRight,
		"tab": tea.KeyTab, "backspace": tea.KeyBackspace, "home": tea.KeyHome, "end": tea.KeyEnd, "pgdown": tea.KeyPgDown, "pgup": tea.KeyPgUp, "delete": tea.KeyDelete}
	if code, ok := special[name]; ok {
		return tea.KeyPressMsg{Code: code}
	}
	if name == "space" {
		return tea.KeyPressMsg{Code: ' ', Text: " "}
	}
	if rest, ok := strings.CutPrefix(name, "ctrl+"); ok {
		return tea.KeyPressMsg{Code: rune(rest[0]), Mod: tea.ModCtrl}
	}
	r := []rune(name)[0]
	return tea.KeyPressMsg{Code: r, Text: name}
}

// text is what is on the screen, without styles and line breaks.
func (d *desk) text() string {
	d.t.Helper()
	v := d.View()
	if d.broken != nil {
		d.t.Fatalf("drawing broke: %v", d.broken)
	}
	lines := strings.Split(v.Content, "\n")
	if len(lines) != d.height {
		d.t.Errorf("%d lines are drawn on a screen of %d", len(lines), d.height)
	}
	for i, l := range lines {
		if n := ansi.StringWidth(l); n > d.width {
			d.t.Errorf("line %d has %d columns of %d: %q", i, n, d.width, l)
		}
	}
	return strings.Join(strings.FieldsFunc(ansi.Strip(v.Content), func(r rune) bool { return strings.ContainsRune(" \n│", r) }), " ")
}

func (d *desk) sees(texts ...string) {
	d.t.Helper()
	shown := d.text()
	for _, s := range texts {
		if !strings.Contains(shown, s) {
			d.t.Errorf("%q is not on the screen: %s", s, shown)
		}
	}
}

func (d *desk) seesNot(texts ...string) {
	d.t.Helper()
	shown := d.text()
	for _, s := range texts {
		if strings.Contains(shown, s) {
			d.t.Errorf("%q is on the screen: %s", s, shown)
		}
	}
}

func example(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("../../examples", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func keyFile(name string) string { return filepath.Join("../jose/testdata/keys", name) }

const audError = `{"error":"invalid_request","error_description":"Unexpected \"aud\" claim value"}`

func cause(t *testing.T, d *desk) finding.CauseID {
	t.Helper()
	_, c := d.current()
	if c == nil || len(c.Diagnosis) == 0 {
		return ""
	}
	return c.Diagnosis[0].Cause
}

func TestPasteFillsTheCase(t *testing.T) {
	d := open(t, nil)
	d.sees("Paste a token, curl, HAR, HTTP or error. Nothing leaves this machine.")
	d.paste(example(t, "trailing-slash.jwt"))
	d.sees("[token ✓] [request –] [response –] [keys –]", "aud has an extra trailing slash", "FIX")
	d.paste(audError)
	d.sees("[token ✓] [request –] [response ✓]", "said 'Unexpected \"aud\" claim value': this explains it")
	d.paste(example(t, "good.jwt")) // of the same kind: it takes the other's place
	d.sees("[token ✓] [request –] [response ✓]", "replaced the one before")
	if cause(t, d) == "aud-trailing-slash" {
		t.Error("the second token did not take the place of the first")
	}
	d.press("u")
	if cause(t, d) != "aud-trailing-slash" {
		t.Error("u does not take the last paste back")
	}
	d.press("n")
	d.sees("Nothing leaves this machine.")
	d.press("ctrl+u")
	if cause(t, d) != "aud-trailing-slash" {
		t.Error("what n forgot cannot be brought back")
	}
	d.paste("Good morning, nothing of interest here.")
	if cause(t, d) != "aud-trailing-slash" || d.status == "" {
		t.Errorf("a text without evidence changes the case, or says nothing: %q", d.status)
	}
}

func TestFilesAreRead(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "my token.jwt")
	if err := os.WriteFile(path, []byte(example(t, "trailing-slash.jwt")), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, dropped := range map[string]string{"plain": path, "quoted": "'" + path + "'", "escaped": strings.ReplaceAll(path, " ", `\ `) + " ", "a URL": "file://" + path} {
		d := open(t, nil)
		d.paste(dropped)
		if cause(t, d) != "aud-trailing-slash" {
			t.Errorf("%s: %q is not read", name, dropped)
		}
	}
	d := open(t, nil)
	d.types(path)
	d.press("enter")
	if cause(t, d) != "aud-trailing-slash" {
		t.Error("a name that is typed is not read")
	}
}

func TestTypedPaste(t *testing.T) {
	d := open(t, nil)
	d.types(strings.TrimSpace(example(t, "trailing-slash.jwt")))
	d.press("enter")
	if cause(t, d) != "aud-trailing-slash" {
		t.Error("a paste on a terminal that marks none is not judged")
	}
}

func TestEditUntilItPasses(t *testing.T) {
	d := open(t, nil)
	d.paste(example(t, "trailing-slash.jwt"))
	d.paste(audError)
	d.press("e", "backspace")
	d.sees("no longer signed", "No problems found")
	d.press("esc")
	_, c := d.current()
	if c.Summary.Verdict != finding.VerdictPass {
		t.Errorf("the verdict is %s", c.Summary.Verdict)
	}
	d.press("u")
	if cause(t, d) != "aud-trailing-slash" {
		t.Error("the edit cannot be taken back in one step")
	}
	d.sees("[response ✓]")
	// An edit that changes nothing leaves nothing behind.
	steps := len(d.before)
	d.press("e", "esc")
	if len(d.before) != steps || d.visit.edit != nil {
		t.Error("looking at the editor leaves a step")
	}
	// What is not a value is not judged.
	d.press("e", "end", "backspace")
	d.sees("not a JSON value yet")
}

// The response was to the old text: after an edit it does not count, and that is said.
func TestEditLeavesOutTheResponse(t *testing.T) {
	d := open(t, nil)
	d.paste(example(t, "trailing-slash.jwt"))
	d.seesNot("left out") // control: there was none
	d.paste(audError)
	d.seesNot("left out")
	d.press("a")
	d.sees("[response – left out]", "so the response is left out")
	d.press("u")
	d.sees("[response ✓]")
	d.press("e", "backspace")
	d.sees("[response – left out]", "The response was to the text before the edit, so it is left out")
}

func TestEditorAddsAndRemoves(t *testing.T) {
	d := open(t, nil)
	d.paste(example(t, "good.jwt"))
	d.press("e")
	for range 3 { // aud is not the first
		d.press("down")
	}
	_, x := d.visit.edit.member(d.front().(*editor).at)
	removed := x.name
	d.press("ctrl+x")
	if strings.Contains(string(text(d.visit.edit.header))+string(text(d.visit.edit.claims)), `"`+removed+`"`) {
		t.Errorf("%s is still there", removed)
	}
	d.press("ctrl+o")
	d.types(removed)
	d.press("enter")
	d.types("x")
	if !strings.Contains(string(text(d.visit.edit.header))+string(text(d.visit.edit.claims)), `"`+removed+`":"x"`) {
		t.Errorf("%s was not added: %s", removed, text(d.visit.edit.claims))
	}
	d.press("ctrl+g")
	if d.visit.edit != nil {
		t.Error("the edit was not taken back")
	}
}

// A fix that is applied passes, is signed with a key file and can be copied.
func TestApplyAndSign(t *testing.T) {
	d := open(t, nil)
	d.paste(example(t, "trailing-slash.jwt"))
	d.press("a")
	d.sees("No problems found", "no longer signed")
	d.press("s")
	d.types(keyFile("rsa-a.pem"))
	d.press("enter")
	if d.visit.signed == "" {
		t.Fatalf("nothing was signed: %s", d.status)
	}
	d.sees("Signed here", "[keys ✓]")
	if _, c := d.current(); c.Summary.Fail > 0 {
		t.Errorf("what was signed fails: %v", c.Diagnosis)
	}
	d.press("c")
	if d.copied != d.visit.signed || strings.Count(d.copied, ".") != 2 {
		t.Errorf("copied was %q", d.copied)
	}
	d.seesNot(d.visit.signed[len(d.visit.signed)-40:], "PRIVATE")
	d.press("u", "u")
	if cause(t, d) != "aud-trailing-slash" {
		t.Error("signing and fix cannot be taken back")
	}
	// A key that does not fit says so.
	d.press("a", "s")
	d.types(keyFile("ec256.pem"))
	d.press("enter")
	if d.visit.signed != "" || !strings.Contains(d.status, "RS384") {
		t.Errorf("an EC key signed RS384: %q", d.status)
	}
}

func TestRenew(t *testing.T) {
	d := open(t, func(c *Config) { c.Clock = func() time.Time { return time.Unix(1800000000, 0) } })
	d.paste(example(t, "good.jwt"))
	d.press("r")
	_, c := d.current()
	claims := object(c.Decoded.Claims)
	if claims["iat"].(float64) != 1800000000 || claims["exp"].(float64) != 1800000240 {
		t.Errorf("the claims are %v", claims)
	}
	if slices.ContainsFunc(c.Findings, func(f finding.Finding) bool { return f.Cause == "exp-past" }) {
		t.Error("it is still expired")
	}
}

func TestProviders(t *testing.T) {
	d := open(t, nil)
	d.paste(example(t, "trailing-slash.jwt"))
	d.press("p")
	d.sees("▸ Redox · production") // the guess is chosen beforehand
	d.types("epic sand")
	d.press("enter")
	if _, c := d.current(); c.Profile.ID != "epic" || c.Profile.Env != "sandbox" || c.Profile.Guessed {
		t.Errorf("the profile is %+v", c.Profile)
	}
	d.press("p")
	d.types("okta")
	d.press("tab")
	d.press("esc")
	d.types("redox")
	d.press("tab", "enter")
	it, c := d.current()
	if len(it.cases) != 2 || c.Profile.ID != "okta" || !it.cases[1].Advisory {
		t.Fatalf("two providers were chosen; there are %d cases, the first of %s", len(it.cases), c.Profile.ID)
	}
	d.sees("1/2")
	d.press("v")
	if _, c := d.current(); c.Profile.ID != "redox" {
		t.Errorf("v shows %s", c.Profile.ID)
	}
}

// Only an answer: how to tell which, with steps to tick.
func TestAnswerAlone(t *testing.T) {
	d := open(t, nil)
	d.send(tea.WindowSizeMsg{Width: 120, Height: 40})
	d.paste(example(t, "refused.json"))
	d.sees("how to tell which", "IF IT IS THIS", "STEPS 0 of", "1/3")
	d.press("down")
	d.sees("2/3", "▸2 ? the assertion may have been sent under", "the assertion may have been sent under another parameter name", "IF IT IS THIS")
	d.press("tab", "space")
	d.sees("STEPS 1 of", "☑")
}

func TestMarkFollowsTheFinding(t *testing.T) {
	d := open(t, nil)
	d.send(tea.WindowSizeMsg{Width: 120, Height: 40})
	d.paste(example(t, "request.sh"))
	if d.panes.detail != request {
		t.Errorf("a fault of the request shows %s", d.name(d.panes.detail))
	}
	rows := d.rowsOf(request, 60)
	i := slices.IndexFunc(rows, func(r row) bool { return r.mark })
	if i < 0 || !strings.Contains(ansi.Strip(rows[i].text), "client-assertion = ") {
		t.Errorf("the mark is not at the parameter: %v", rows)
	}
	d.press("n")
	d.paste(example(t, "trailing-slash.jwt"))
	rows = d.rowsOf(token, 80)
	i = slices.IndexFunc(rows, func(r row) bool { return r.mark })
	if i < 0 || !strings.Contains(ansi.Strip(rows[i].text), `"aud": "https://api.redoxengine.com/v2/auth/token/"`) {
		t.Fatalf("the mark is not at aud: %v", rows)
	}
	value, caret := ansi.Strip(rows[i].text), ansi.Strip(rows[i+1].text)
	if at := strings.LastIndexByte(value, '/'); strings.TrimLeft(caret, " ") != "^" || len(caret)-1 != at {
		t.Errorf("the caret is at %d, the slash at %d:\n%s\n%s", len(caret)-1, at, value, caret)
	}
}

// Only keys that work now are listed, and every one of them does something.
func TestHelpListsWhatWorks(t *testing.T) {
	d := open(t, nil)
	d.paste(example(t, "refused.json"))
	d.press("?")
	d.sees("keys that work now")
	d.seesNot("sign what you edited", "send the token request", "edit header")
	d.types("provid")
	d.sees("choose providers")
	d.seesNot("copy the report")
	d.press("esc", "esc")
	d.paste(example(t, "trailing-slash.jwt"))
	d.press("?")
	d.sees("edit header and claims")
	d.seesNot("send the token request") // nobody gave a way to
	d.press("esc")
	seen := map[string]bool{}
	for _, b := range d.bindings() {
		for _, k := range b.keys {
			if seen[k] {
				t.Errorf("the key %s is bound twice", k)
			}
			seen[k] = true
		}
	}
}

func TestEscNeverQuits(t *testing.T) {
	d := open(t, nil)
	d.press("esc", "esc")
	d.paste(example(t, "trailing-slash.jwt"))
	for _, k := range []string{"?", "p", "k", "e", "/", "enter", "o", "tab"} {
		d.press(k, "esc", "esc")
		if d.quit || d.front() != nil {
			t.Errorf("%s and Esc: quit %v, in front %T", k, d.quit, d.front())
		}
	}
	d.press("q")
	if !d.quit {
		t.Error("q does not quit")
	}
}

func TestFilterAndJump(t *testing.T) {
	d := open(t, nil)
	d.paste(example(t, "too-long.jwt"))
	d.press("/")
	d.types("zzz")
	d.sees("nothing matches")
	d.press("esc")
	d.press("/")
	d.types("pass")
	d.press("enter")
	if len(d.panes.shown) >= len(d.panes.all) || len(d.panes.shown) == 0 {
		t.Errorf("the filter leaves %d of %d", len(d.panes.shown), len(d.panes.all))
	}
	d.press("esc")
	if len(d.panes.shown) != len(d.panes.all) {
		t.Error("Esc does not end the filter")
	}
	d.press("down", "down", "1")
	if e := d.panes.selected(); !e.isFault() {
		t.Errorf("1 jumps to %q", e.title)
	}
}

func TestClipboard(t *testing.T) {
	d := open(t, nil)
	d.paste(example(t, "trailing-slash.jwt"))
	d.press("f")
	if d.copied != "https://api.redoxengine.com/v2/auth/token" {
		t.Errorf("f copies %q", d.copied)
	}
	d.press("y")
	token := strings.TrimSpace(example(t, "trailing-slash.jwt"))
	if !strings.Contains(d.copied, "aud-trailing-slash") || strings.Contains(d.copied, token[strings.LastIndexByte(token, '.')+1:]) {
		t.Errorf("y copies %q", d.copied)
	}
	d.press("Y")
	d.sees("─── the report ───", "### Most likely cause")
	refusing := open(t, func(c *Config) { c.NoClipboard = true })
	refusing.paste(example(t, "trailing-slash.jwt"))
	refusing.press("f")
	refusing.sees("https://api.redoxengine.com/v2/auth/token", "select the text")
	if refusing.copied != "" {
		t.Error("a terminal that takes nothing was told to copy")
	}
}

// What goes online is asked for, shown masked, and done once.
func TestSendAsks(t *testing.T) {
	sent := 0
	var got Sending
	d := open(t, func(c *Config) {
		c.Preview = func(s Sending) ([]string, error) { return []string{"POST " + s.URL, "client_assertion=eyJ…"}, nil }
		c.Send = func(_ context.Context, s Sending) (Sent, error) {
			sent, got = sent+1, s
			return Sent{Request: "POST /v2/auth/token HTTP/1.1\r\nHost: api.redoxengine.com\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\ngrant_type=client_credentials&client_assertion=" + s.Compact,
				Answer: "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\n\r\n" + audError,
				Online: doctor.Online{Network: &evidence.Network{Sent: true}}}, nil
		}
	})
	d.paste(example(t, "trailing-slash.jwt"))
	d.press("t")
	d.sees("https://api.redoxengine.com/v2/auth/token")
	d.press("enter")
	d.sees("Send this once?", "client_assertion=eyJ…")
	d.press("enter") // is no yes
	d.press("n")
	if sent != 0 {
		t.Fatal("it was sent without a yes")
	}
	d.press("t", "enter", "y")
	if sent != 1 || got.URL != "https://api.redoxengine.com/v2/auth/token" || got.Compact != strings.TrimSpace(example(t, "trailing-slash.jwt")) {
		t.Errorf("%d were sent, the last %+v", sent, got)
	}
	d.sees("[token ✓] [request ✓] [response ✓ 400]")
	d.seesNot("already used")
	d.press("t", "enter", "y")
	d.sees("✗ the same assertion was", "already used at…")
}

// What the token itself names is never offered, and for its keys never fetched.
func TestAddressesOfTheToken(t *testing.T) {
	fetched := ""
	d := open(t, func(c *Config) {
		c.Keys = func(_ context.Context, address string) (*doctor.Document, error) {
			fetched = address
			return &doctor.Document{Source: address, Data: []byte(`{"keys":[]}`), Fetched: &evidence.Fetched{URL: address, Status: 200}}, nil
		}
		c.Send = func(context.Context, Sending) (Sent, error) { return Sent{}, nil }
		c.Probe = func(context.Context, string) (Probed, error) { return Probed{}, nil }
	})
	d.paste(`{"alg":"RS256","kid":"a","jku":"https://evil.example/keys"}
{"iss":"me","sub":"me","aud":"https://evil.example/token","iat":1795219200,"exp":1795219440,"jti":"0b6cf3b1-9f3c-4a5a-8f38-6c33e2b1f0aa"}`)
	if s := d.suggested(); s != "" {
		t.Errorf("%q is offered, which only the token names", s)
	}
	for _, spelt := range []string{"https://evil.example/keys/", "https://EVIL.example:443/keys", "https://evil.example/keys?x=1", "https://joe@evil.example./keys#a"} {
		d.status = ""
		d.press("k")
		d.types(spelt)
		d.press("enter")
		if d.front() != nil || fetched != "" || !strings.Contains(d.status, "inside the token") {
			t.Errorf("jku can be confirmed as %s: %q", spelt, d.status)
		}
	}
	d.press("k")
	d.types("https://app.example/jwks.json")
	d.press("enter")
	d.sees("Fetch the key set from this address?")
	d.press("y")
	if fetched != "https://app.example/jwks.json" {
		t.Errorf("fetched was %q", fetched)
	}
}

// A feed of exchanges is followed until somebody looks at an older one.
func TestLive(t *testing.T) {
	feed := make(chan Exchange, 3)
	judged := open(t, nil)
	judged.paste(example(t, "trailing-slash.jwt"))
	it, _ := judged.current()
	for n := range 3 {
		feed <- Exchange{Title: fmt.Sprintf("request %d", n+1), Evidence: it.evidence, Cases: it.cases}
	}
	close(feed)
	d := open(t, func(c *Config) { c.Live, c.LiveTitle = feed, "listening on http://127.0.0.1:8080/token" })
	d.sees("exchange 3 of 3", "aud has an extra trailing slash")
	d.press("[")
	d.sees("exchange 2 of 3")
	d.seesNot("p provider", "e what-if")
}

// Whatever comes in, nothing of it moves the cursor, is wider than the screen, or breaks
// it.
func TestHostileTexts(t *testing.T) {
	for _, size := range [][2]int{{60, 20}, {79, 24}, {80, 24}, {200, 60}, {10, 3}} {
		for _, text := range []string{
			example(t, "request.sh"),
			"{\"error\":\"invalid_client\",\"error_description\":\"\\u001b]52;c;aGFja2Vk\\u0007\\u202eevil \\u001b[2J" + strings.Repeat("漢字", 400) + "\"}",
			"HTTP/1.1 400 Bad\r\nX-Evil: \x1b[31m\u202e\r\nContent-Type: text/html\r\n\r\n<html>" + strings.Repeat("<p>\x9b1;1H</p>", 50),
			"eyJhbGciOiJub25lIn0.e30.",
			`{"alg":"RS384","\u001b[2J":"x"}` + "\n" + `{"iss":"` + strings.Repeat("é", 3000) + `","sub":"` + "\u202e" + `","aud":["a","b"],"exp":1}`,
		} {
			d := open(t, nil)
			d.send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
			d.paste(text)
			for _, keys := range [][]string{{}, {"tab"}, {"tab"}, {"tab"}, {"esc", "e"}, {"esc", "p"}, {"esc", "?"}, {"esc", "y"}} {
				d.press(keys...)
				v := d.View()
				if d.broken != nil {
					t.Fatalf("%v: drawing broke: %v", size, d.broken)
				}
				bare := ansi.Strip(v.Content)
				if strings.ContainsAny(bare, "\x1b\u009b\x07\u202e") {
					t.Errorf("%v: a control character is drawn: %q", size, bare)
				}
				for l := range strings.SplitSeq(v.Content, "\n") {
					if n := ansi.StringWidth(l); n > max(size[0], 8) {
						t.Errorf("%v: a line of %d columns: %q", size, n, l)
					}
				}
			}
		}
	}
}
