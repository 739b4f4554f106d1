package doctor_test

import (
	"encoding/base64"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// pastedCase is one text of testdata/pasted.txt: what somebody pasted, with the
// causes that may come first (none: nothing may be wrong) and those that must
// not be errors.
type pastedCase struct {
	name, text string
	first, not []string
	says       []string
	nothing    bool // nothing is recognised
	controlled bool // no error at all
}

// unsigned is a JWT with a signature that nobody made.
func unsigned(header, claims string) string {
	n := 256
	if strings.Contains(header, `"ES256"`) {
		n = 64
	} else if strings.Contains(header, `"HS256"`) {
		n = 32
	}
	sig := make([]byte, n)
	x := uint32(len(claims) + 11)
	for i := range sig {
		x = x*1664525 + 1013904223
		sig[i] = byte(x >> 24)
	}
	enc := base64.RawURLEncoding.EncodeToString
	return enc([]byte(header)) + "." + enc([]byte(claims)) + "." + enc(sig)
}

// readPasted reads testdata/pasted.txt: cases between lines of ====, each a line
// "# name", lines "word: values", a line of ----, and the text, in which @NAME@ is
// the JWT that "jwt NAME: header claims" gives.
func readPasted(t *testing.T) []pastedCase {
	t.Helper()
	data, err := os.ReadFile("testdata/pasted.txt")
	if err != nil {
		t.Fatal(err)
	}
	var out []pastedCase
	for _, block := range strings.Split(string(data), "\n====\n") {
		head, text, ok := strings.Cut(strings.TrimPrefix(block, "\n"), "\n----\n")
		if !ok {
			t.Fatalf("no ---- in %q", block[:min(60, len(block))])
		}
		c := pastedCase{text: text}
		for _, line := range strings.Split(head, "\n") {
			word, rest, _ := strings.Cut(line, ":")
			rest = strings.TrimSpace(rest)
			switch {
			case strings.HasPrefix(line, "# "):
				c.name = line[2:]
			case word == "first":
				c.first = strings.Fields(rest)
			case word == "not":
				c.not = strings.Fields(rest)
			case word == "says":
				c.says = append(c.says, rest)
			case word == "nothing":
				c.nothing = true
			case word == "fine":
				c.controlled = true
			case strings.HasPrefix(word, "jwt "):
				header, claims, _ := strings.Cut(rest, "} {")
				jwt := unsigned(header+"}", "{"+claims)
				c.text = strings.ReplaceAll(c.text, "@"+word[4:]+"@", jwt)
			default:
				t.Fatalf("what is %q?", line)
			}
		}
		out = append(out, c)
	}
	return out
}

func TestPastedCases(t *testing.T) {
	clock := func() time.Time { return time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC) }
	for _, c := range readPasted(t) {
		t.Run(c.name, func(t *testing.T) {
			got, nothing := judgePaste(t, doctor.Options{Clock: clock}, c.text)
			if c.nothing {
				if len(got) > 0 || nothing == "" {
					t.Fatalf("%d cases, %q; want none", len(got), nothing)
				}
				return
			}
			if len(got) == 0 {
				t.Fatalf("no case: %s", nothing)
			}
			var tops, errors []string
			var words strings.Builder
			for _, g := range got {
				if len(g.Diagnosis) > 0 {
					tops = append(tops, string(g.Diagnosis[0].Cause))
				}
				if g.Symptom != nil {
					words.WriteString(g.Symptom.Means + "\n")
				}
				for _, a := range g.Ask {
					words.WriteString(a.Text + "\n")
				}
				for _, f := range g.Findings {
					if f.Outcome == finding.Broken {
						t.Errorf("%s is broken", f.Check)
					}
					if f.Failed() && f.Severity == finding.Error {
						errors = append(errors, string(f.Cause))
					}
					if f.Failed() {
						words.WriteString(f.Title + "\n" + f.Message + "\n" + f.Found + "\n" + f.Expected + "\n" + strings.Join(f.Fix, "\n") + "\n")
					}
				}
			}
			if c.controlled && len(errors) > 0 {
				t.Errorf("errors %v; want none", errors)
			}
			if len(c.first) > 0 && !slices.ContainsFunc(tops, func(s string) bool { return slices.Contains(c.first, s) }) {
				t.Errorf("first is %v; want one of %v", tops, c.first)
			}
			for _, no := range c.not {
				if slices.Contains(errors, no) {
					t.Errorf("%s is an error", no)
				}
			}
			for _, say := range c.says {
				if !strings.Contains(words.String(), say) {
					t.Errorf("nothing says %q", say)
				}
			}
		})
	}
}

// TestWhatIsJudgedIsNotLeftOver: a token of another kind that is all there is is judged,
// and not called unused; next to an assertion it is.
func TestWhatIsJudgedIsNotLeftOver(t *testing.T) {
	other := healthy("redox")
	other.header.set("typ", "at+jwt")
	other.claims.set("iss", "https://op.example.test")
	e := healthyExchange("redox")
	c := run(t, e.opts, other.compact())[0]
	if got := failed(c); len(c.Input.Unused) > 0 || len(got) == 0 || got[0] != "access-token-as-assertion" {
		t.Errorf("unused: %v, causes: %v", c.Input.Unused, got)
	}
	both := run(t, e.opts, "client_assertion="+e.token.compact()+"\naccess_token="+other.compact()+"\n")
	if len(both) != 1 || len(both[0].Input.Unused) != 1 {
		t.Errorf("%d cases; unused: %v", len(both), both[0].Input.Unused)
	}
}
