package screen

import (
	"os"
	"regexp"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/finding"
)

const epicURL = "https://fhir.hospitalgroup.example.org/interconnect/oauth2/token"

// atEpic is an assertion for an organisation's own server, which no profile documents.
func atEpic(d *desk) {
	d.paste(`{"alg":"RS384","typ":"JWT","kid":"k1"}
{"iss":"my-client","sub":"my-client","aud":"` + epicURL + `","iat":1795219200,"exp":1795219440,"jti":"0b6cf3b1-9f3c-4a5a-8f38-6c33e2b1f0aa"}`)
	d.press("p")
	d.types("epic")
	d.press("enter")
}

// What a flag would say can be said here, and the screen names the key for it.
func TestSettings(t *testing.T) {
	d := open(t, func(c *Config) { refusing(c) })
	d.send(tea.WindowSizeMsg{Width: 80, Height: 24})
	atEpic(d)
	d.sees("press i to check")
	d.press("i")
	d.sees("Token URL", "Issuer", "aud", "Client ID", "Redirect URI")
	d.types(epicURL)
	if x, line := d.under(); x != len([]rune(strings.TrimRight(line, " "))) {
		t.Errorf("the cursor is in column %d of %q", x, line)
	}
	d.press("down", "down", "down")
	d.types("another-client")
	d.press("enter")
	d.seesNot("press i")
	d.sees("iss is not the client ID")
	if got := d.suggested(); got != epicURL {
		t.Errorf("%q is offered as the address to send to", got)
	}
	d.press("i")
	d.sees("▸ Token URL", "another-client")
	if !strings.Contains(strings.ReplaceAll(d.text(), " ", ""), epicURL) {
		t.Errorf("the token URL is not there: %s", d.text())
	}
	for range 3 {
		d.press("down")
	}
	d.press("ctrl+u")
	d.types("my-client")
	d.press("enter")
	d.seesNot("iss is not the client ID")
	d.press("u", "u")
	d.sees("press i to check")
	// Esc changes nothing, and nothing changed leaves no step.
	steps := len(d.before)
	d.press("i")
	d.types("https://elsewhere.example")
	d.press("esc", "i", "enter")
	if len(d.before) != steps || d.state().settings.tokenURL != "" {
		t.Errorf("%d steps, the token URL is %q", len(d.before)-steps, d.state().settings.tokenURL)
	}
}

func TestSettingsRefuseWhatIsNoAddress(t *testing.T) {
	for text, says := range map[string]string{
		"fhir.example.org/token":            "an address begins with https://",
		"https://":                          "an address begins with https://",
		"https://joe:secret@as.example/tok": "leave the user name and the password out",
		epicURL:                             "", // the control
	} {
		d := open(t, nil)
		d.paste(example(t, "good.jwt"))
		d.press("i")
		d.types(text)
		d.press("enter")
		if _, open := d.front().(*form); open != (says != "") || !strings.Contains(d.status, says) {
			t.Errorf("%s: the form is open %v, it says %q", text, open, d.status)
		}
	}
}

// What the command line says is where the screen begins; an address that it does not say
// is not offered.
func TestSettingsOfTheCommandLine(t *testing.T) {
	for _, given := range []bool{true, false} {
		d := open(t, func(c *Config) {
			refusing(c)
			c.Options = doctor.Options{Profiles: []string{"epic"}, TokenURL: epicURL, ClientID: "my-client"}
			c.TokenURLGiven = given
		})
		d.sees("Provider: Epic", "Token URL: "+epicURL, "Client ID: my-client")
		d.paste(example(t, "good.jwt"))
		d.sees("Epic", "iss is not the client ID")
		if offered := d.suggested() == epicURL; offered != given {
			t.Errorf("given %v, offered %v", given, offered)
		}
		d.press("n")
		d.sees("Provider: Epic", "Token URL: "+epicURL)
	}
}

// A private key and a published set, given in either order, are compared with each other.
func TestKeyAndSet(t *testing.T) {
	const set = `{"keys":[{"kty":"EC","kid":"k1","use":"sig","alg":"ES256","crv":"P-256","x":"lJ36qE3-Q6LezCXNo2EDz1FkSl-SglEByTLt1AMv8AQ","y":"DcfSSBXdKuV_WsCj8QBp8sOOOqXPX92CpK7Y_lgeEgM"}]}`
	compared := func(d *desk) finding.Outcome {
		_, c := d.current()
		for i := range c.Findings {
			if c.Findings[i].Check == "private-key-matches" {
				return c.Findings[i].Outcome
			}
		}
		return ""
	}
	for name, want := range map[string]finding.Outcome{"ec256.pem": finding.Pass, "rsa-a.pem": finding.Fail} {
		key, err := os.ReadFile(keyFile(name))
		if err != nil {
			t.Fatal(err)
		}
		for _, texts := range [][]string{{string(key), set}, {set, string(key)}} {
			d := open(t, nil)
			d.paste(example(t, "good.jwt"))
			d.paste(texts[0])
			if got := compared(d); got != finding.Skip {
				t.Errorf("%s: with one of them the comparison is a %s", name, got)
			}
			d.paste(texts[1])
			if got := compared(d); got != want {
				t.Errorf("%s: the comparison is a %s, want %s", name, got, want)
			}
		}
	}
}

// The findings name keys of the screen, and no flag that it has no way to be given.
func TestFindingsNameKeys(t *testing.T) {
	flag := regexp.MustCompile(`(?:^|[^\w-])--[a-z][a-z-]+`)
	for _, name := range []string{"good.jwt", "trailing-slash.jwt", "too-long.jwt", "wrong-alg.jwt", "request.sh"} {
		d := open(t, nil)
		d.paste(example(t, name))
		for _, e := range d.panes.all {
			if e.kind == unasked && flag.MatchString(e.text) && !strings.Contains(e.text, "jwtdoctor") {
				t.Errorf("%s: %q", name, e.text)
			}
		}
	}
}
