package screen

import (
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// logged is a request and its answer from a log, a minute after the assertion expired.
func logged(t *testing.T) string {
	t.Helper()
	return "2026-11-21T00:05:00Z INFO POST https://api.redoxengine.com/v2/auth/token grant_type=client_credentials&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=" +
		strings.TrimSpace(example(t, "good.jwt")) + "\n2026-11-21T00:05:01Z ERROR 400 {\"error\":\"invalid_client\"}\n"
}

// The fix of a request that was sent some time ago is one for then; applied here, it
// makes an assertion that can be sent now.
func TestFixOfALogIsForNow(t *testing.T) {
	const now = 1795221000 // 25 minutes after the log
	d := open(t, func(c *Config) { c.Clock = func() time.Time { return time.Unix(now, 0) } })
	d.paste(logged(t))
	if got := cause(t, d); got != "exp-past" {
		t.Fatalf("the cause is %s", got)
	}
	d.sees("the log's time", "[response ✓ 400]")
	d.press("a")
	d.sees("times moved to now", "No problems found")
	_, c := d.current()
	if iat := object(c.Decoded.Claims)["iat"].(float64); iat < now-60 || iat > now+10 {
		t.Errorf("iat is %s after now", strconv.Itoa(int(iat)-now))
	}
	// What was signed has not been answered.
	d.press("s")
	d.types(keyFile("rsa-a.pem"))
	d.press("enter")
	d.sees("[request ✓] [response –]", "Signed here")
	if _, c := d.current(); c.Summary.Fail > 0 {
		t.Errorf("what was signed fails: %v", c.Diagnosis)
	}
	// Control: the time of sending holds as long as the times are what they were.
	d.press("u", "u")
	d.sees("the log's time", "[response ✓ 400]")
}

func TestTextThatSaysNothing(t *testing.T) {
	d := open(t, nil)
	d.paste(example(t, "trailing-slash.jwt"))
	steps := len(d.before)
	for _, text := range []string{"hello world", strings.Repeat("noise ", 1000)} {
		d.paste(text)
		d.sees("nothing recognised")
		if len(d.before) != steps || len(d.visit.pastes) != 1 {
			t.Errorf("%.11s… left a step", text)
		}
	}
	for _, missing := range []string{"nosuch.json", "./nosuch", filepath.Join(t.TempDir(), "no such file")} {
		d.paste(missing)
		d.sees("no such file")
	}
	d.paste(audError) // control
	d.sees("[response ✓]")
	d.seesNot("nothing recognised", "no such file")
}

// A text that comes while another is being read is added to it.
func TestPastesInQuickSuccession(t *testing.T) {
	d := open(t, nil)
	_, first := d.Update(tea.PasteMsg{Content: example(t, "trailing-slash.jwt")})
	_, second := d.Update(tea.PasteMsg{Content: audError})
	d.run(first)
	d.run(second)
	d.sees("[token ✓]", "[response ✓]")
	if cause(t, d) != "aud-trailing-slash" {
		t.Errorf("the cause is %s", cause(t, d))
	}
}

func TestKeysThatDoNothingSayWhy(t *testing.T) {
	d := open(t, nil)
	d.paste(example(t, "good.jwt"))
	for _, k := range []string{"s", "a", "f", "Y", "c", "v", "["} {
		was := d.status
		d.press(k)
		if was == d.status || len(d.modes) > 0 {
			t.Errorf("%s does nothing, and says nothing", k)
		}
	}
	d.press("z") // control: no key of the screen
	if !strings.Contains(d.status, "exchange") {
		t.Errorf("z says %q", d.status)
	}
}

// On the empty screen letters are text; what is pasted is read all the same.
func TestPasteAfterTypedLetters(t *testing.T) {
	d := open(t, nil)
	d.paste(example(t, "good.jwt"))
	d.press("n")
	d.sees("Ctrl-U brings it back")
	d.types("u")
	d.paste(example(t, "trailing-slash.jwt"))
	if cause(t, d) != "aud-trailing-slash" {
		t.Errorf("the cause is %s", cause(t, d))
	}
	// Control: a name is pasted behind the folder that was typed.
	d.press("n")
	d.types("./")
	d.paste("nosuch.json")
	d.sees("./nosuch.json")
}

func TestEditorKeepsWhatIsNoValue(t *testing.T) {
	d := open(t, nil)
	d.paste(example(t, "good.jwt"))
	d.press("e", "ctrl+u")
	d.types("{")
	d.press("esc")
	d.sees("stays as it was")
	d.press("e", "down", "down", "down", "down", "ctrl+o")
	d.types("nbf")
	d.press("enter", "esc")
	_, c := d.current()
	if _, number := object(c.Decoded.Claims)["nbf"].(float64); !number {
		t.Errorf("nbf is %v", object(c.Decoded.Claims)["nbf"])
	}
	d.seesNot("stays as it was")
}

// Nothing is left to think that a signature was checked that was not.
func TestNotCheckedIsTold(t *testing.T) {
	d := open(t, nil)
	d.paste(example(t, "good.jwt"))
	_, c := d.current()
	if c.Summary.Verdict != finding.VerdictPass {
		t.Fatalf("the verdict is %s", c.Summary.Verdict)
	}
	if got := d.Verdict(); !strings.Contains(got, "not checked: ") || !strings.Contains(got, "signature") {
		t.Errorf("the last line is %q", got)
	}
}

// What the provider of the case answers comes before what others do.
func TestExplainBeginsWithTheProvider(t *testing.T) {
	d := open(t, nil)
	d.paste(example(t, "trailing-slash.jwt"))
	d.press("enter")
	d.sees("At Redox")
	shown := d.text()
	if i := strings.Index(shown, "Error messages for this cause"); i >= 0 && i < strings.Index(shown, "At Redox") {
		t.Error("others come first")
	}
}
