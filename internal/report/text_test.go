package report

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/visible"
)

func render(t testing.TB, rep finding.Report, o Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := Text(&b, rep, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// modes are the ways in which text is looked at.
func modes() map[string]Options {
	return map[string]Options{"color": {Color: true, Links: true}, "none": {}, "ascii": {ASCII: true}, "plain": {Plain: true}}
}

// Eight reports as a person sees them: each file has three widths, one below the other.
func TestTextGolden(t *testing.T) {
	for _, name := range []string{"normal", "hostile", "pass", "proven", "symptom", "refused", "warn", "batch"} {
		for mode, o := range modes() {
			var b strings.Builder
			for _, o.Width = range []int{60, 80, 120} {
				if o.Plain && o.Width != 80 {
					continue // lines are as long as they are
				}
				fmt.Fprintf(&b, "%d columns\n\n%s\n", o.Width, render(t, samples()[name], o))
			}
			golden(t, name+"-"+mode+".txt", b.String())
		}
	}
	golden(t, "normal-verbose.txt", render(t, samples()["normal"], Options{Width: 80, Verbose: true}))
}

// What must be seen, whatever the golden files say.
func TestTextSays(t *testing.T) {
	explained := redoxCase()
	explained.Findings = append(explained.Findings, finding.Finding{Check: "response-accepted", Cause: refused, Outcome: finding.Fail, Severity: finding.Error, Message: "the server refused"})
	possible := redoxCase()
	possible.Diagnosis[0].Certainty = finding.Possible
	for _, tt := range []struct {
		name  string
		c     finding.Case
		o     Options
		has   []string
		lacks []string
	}{
		{"a failing case", redoxCase(), Options{},
			[]string{"MOST LIKELY CAUSE\n✗ exp is 10m after iat", "which is what you got", "This also causes exp-too-far: exp is", "ALSO WRONG\n✗ aud", "! kid ends",
				"\n\n   FIX     exp = iat + 240  (1795273613; leaves room for clock drift)\n",
				"   FIX     aud = \"https://api.redoxengine.com/v2/auth/token\"\n", "– signature: add --jwks",
				"Check yourself: did you click Save", "(2 more with -v)", "\n2 problems. Fix first: exp = iat + 240\n"},
			[]string{"jti-guessable", "PASSED", "the window contains now", "is the OAuth API key enabled", "possible", "not checked", "explain", "The library's default"}},
		{"verbose", redoxCase(), Options{Verbose: true},
			[]string{"NOTES\ni jti is a counter", "likely · jti-guessable", "PASSED\n✓ alg is RS384", "NOT CHECKED\n", "SKIPPED\n", "the window contains now", "is the OAuth API key enabled", "documented, 2024-08-06", "2 not checked"}, nil},
		{"quiet", redoxCase(), Options{Quiet: true}, []string{"✗ req.sh  lifetime-too-long: exp is 10m after iat; Redox allows at most 5m\n2 problems. Fix first: exp = iat + 240\n"}, []string{"MOST", "aud", "\n\n"}},
		{"nothing found", passCase(), Options{}, []string{"No problems found. Signature not checked: add --jwks FILE|URL or --key FILE.\n", "redox production (detected: aud is Redox's"}, []string{"✓ No", "Fix", "MOST"}},
		{"no provider", fallback(passCase()), Options{}, []string{"redox production (no provider detected)"}, []string{"(detected"}},
		{"not seen to its end", unfinished(passCase()), Options{}, []string{"\nCould not finish: the server broke off\n"}, []string{"No problems found"}},
		{"not seen to its end, quiet", unfinished(passCase()), Options{Quiet: true}, []string{"Could not finish: the server broke off\n"}, []string{"No problems found"}},
		{"a fault, and not seen to its end", unfinished(redoxCase()), Options{}, []string{"Fix first: exp = iat + 240"}, []string{"Could not finish"}},
		{"everything checked", provenCase(), Options{}, []string{"✓ typ  ✓ alg  ✓ kid  ✓ iss = sub  ✓ aud  ✓ iat  ✓ exp  ✓ jti  ✓ signature\n",
			"✓ Signature verifies with key key-1. Passes 9 checks of Redox's documented rules.\n"}, []string{"not checked"}},
		{"expired since", expiredCase(), Options{}, []string{"checked as of its iat (2026-11-21 15:02:53Z): it expired 8 days ago\n", "✓ aud  i exp", "No problems found. Signature not checked"},
			[]string{"exp-past", "✗", "✓ exp", "✓ iat", "Nothing says"}},
		{"warnings only", warnCase(), Options{}, []string{"WARNINGS\n! kid", "No errors, 1 warning. Fix: write kid without the space\n"}, []string{"MOST LIKELY", "✗"}},
		{"an answer only", symptomCase(), Options{}, []string{"THE SERVER ANSWERED\n  'signature validation failed'", "POSSIBLE CAUSES, MOST LIKELY FIRST\n? no key has this kid", "possible · kid-not-in-jwks",
			"\n3 possible causes. Check first: no key has this kid\n"}, []string{"ALSO WRONG", "✗", "problem"}},
		{"refused for no known reason", refusedCase(), Options{}, []string{"CHECK YOURSELF\n? did you click", "is the OAuth API key enabled", "Check the points above"}, []string{"more with -v"}},
		{"refused for a known reason", explained, Options{}, []string{"MOST LIKELY"}, []string{"the server refused"}},
		{"refused for a known reason, verbose", explained, Options{Verbose: true}, []string{"NOTES\n", "✗ the server refused"}, nil},
		{"not certain", possible, Options{}, []string{"possible · lifetime-too-long"}, nil},
		{"an answer only, with what to do", answered(), Options{}, []string{"? no key has this kid", "\n   FIX     Register the key.\n   confirm The JWKS lacks the kid.\n",
			"Only the answer was given. To see which cause it is, add the request:\n  jwtdoctor check request.sh error.json\n", "3 possible causes. Check first: no key has this kid. Fix: Register the key\n"}, []string{"✗", "not checked"}},
		{"links", redoxCase(), Options{Links: true}, []string{"source  \x1b]8;;https://docs.redoxengine.com/basics/authenticate/authenticate-with-a-jwt\x1b\\Redox, Authenticate with a JWT\x1b]8;;\x1b\\\n"}, []string{"\nhttps://"}},
		{"plain", redoxCase(), Options{Plain: true}, []string{"\nMost likely cause: exp is 10m after iat; Redox allows at most 5m. Cause lifetime-too-long. Redox answers", " Fix: exp = iat + 240.",
			"Also wrong: aud has an extra trailing slash. Cause aud-trailing-slash. Found: https://api.redoxengine.com/v2/auth/token/. Expected: https://api.redoxengine.com/v2/auth/token. They differ from character 42 on.",
			"\nNot checked: signature: add --jwks", "\n2 problems. Fix first: exp = iat + 240\n"}, []string{"✗", "━", "^", "  "}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.o.Width = 100
			got := render(t, report(tt.c), tt.o)
			for _, s := range tt.has {
				if !strings.Contains(got, s) {
					t.Errorf("%q is missing in\n%s", s, got)
				}
			}
			for _, s := range tt.lacks {
				if strings.Contains(got, s) {
					t.Errorf("%q should not be in\n%s", s, got)
				}
			}
		})
	}
}

// fallback is a case in which nothing names a provider.
func fallback(c finding.Case) finding.Case {
	c.Profile.Fallback, c.Profile.GuessedBy = true, ""
	return c
}

// answered is an answer only, with what to do about what it allows.
func answered() finding.Case {
	c := symptomCase()
	c.Unjudged, c.Next, c.NextCommand = true, "add the request: jwtdoctor check request.sh error.json", "jwtdoctor check request.sh error.json"
	c.Diagnosis[0].Fix, c.Diagnosis[0].Tell = []string{"Register the key."}, "The JWKS lacks the kid."
	return c
}

// unfinished is a case in which a step failed for its own reason.
func unfinished(c finding.Case) finding.Case {
	c.Unfinished, c.Summary.Verdict = "the server broke off", finding.VerdictFail
	return c
}

// Cases that were not seen to their end are led by no cause, and are not well.
func TestBatchUnfinished(t *testing.T) {
	got := render(t, report(unfinished(passCase()), unfinished(passCase())), Options{Width: 100})
	if !strings.HasSuffix(got, "Could not finish: the server broke off\n") || strings.Contains(got, "no cause named") {
		t.Error(got)
	}
	if got = render(t, report(unfinished(passCase()), redoxCase()), Options{Width: 100}); !strings.Contains(got, "Fix first: lifetime-too-long: exp = iat + 240") {
		t.Error(got)
	}
}

func TestBatch(t *testing.T) {
	rep := batchReport()
	got := render(t, rep, Options{Width: 100})
	if n := strings.Count(got, "MOST LIKELY CAUSE\n"); n != inFull {
		t.Errorf("%d cases in full, want %d", n, inFull)
	}
	for _, s := range []string{"✗ tokens.txt:9  lifetime-too-long: exp is", "✗ lifetime-too-long  7 cases  first tokens.txt\n", "9 cases: 7 failed, 1 with warnings only, 1 without a problem.\nFix first: lifetime-too-long: exp = iat + 240\n"} {
		if !strings.Contains(got, s) {
			t.Errorf("%q is missing in\n%s", s, got)
		}
	}
	if strings.Contains(got, "tokens.txt:3") {
		t.Error("a passing case shows without -v")
	}
	if n := strings.Count(got, "– signature: add"); n != 1 {
		t.Errorf("what was not checked is told %d times", n)
	}
	if v := render(t, rep, Options{Width: 100, Verbose: true}); !strings.Contains(v, "✓ tokens.txt:3  no problems found: 2 passed, 2 not checked") {
		t.Errorf("a passing case does not show with -v:\n%s", v)
	}
	q := render(t, rep, Options{Width: 100, Quiet: true})
	if strings.Count(q, "\n") != 10 || !strings.HasPrefix(q, "✗ tokens.txt  lifetime-too-long: exp is 10m after iat") || !strings.Contains(q, "\n! tokens.txt:5  kid-whitespace: ") {
		t.Errorf("quiet: %q", q)
	}
	if e := render(t, report(), Options{}); e != "No case was given, so nothing was checked.\n" {
		t.Errorf("nothing: %q", e)
	}
}

func TestCompare(t *testing.T) {
	for _, tt := range []struct{ name, found, expected, want string }{
		{"one character more", "abc/", "abc", "   found   abc/\n   expects abc\n              ^\n"},
		{"one character less", "abc", "abc/", "   found   abc\n   expects abc/\n              ^\n"},
		{"a space at the end", "key-1 ", "key-1", "   found   key-1·\n   expects key-1\n                ^\n"},
		{"a space before", " key-1", "key-1", "   found   ·key-1\n   expects key-1\n           ^\n"},
		{"wide characters before", "東京1", "東京2", "   found   東京1\n   expects 東京2\n               ^\n"},
		{"an escape before", "a\tbcdX", "a\tbcdY", "   found   a\\tbcdX\n   expects a\\tbcdY\n                 ^\n"},
		{"an escape that differs", "abcd\n", "abcd\t", "   found   abcd\\n\n   expects abcd\\t\n               ^\n"},
		{"nothing in common", "RSA", "ES256", "   found   RSA\n   expects ES256\n"},
		{"the same", "same", "same", "   found   same\n   expects same\n"},
	} {
		var b strings.Builder
		p := newPage(newPaint(&b, false), Options{Width: 60})
		p.compare(tt.found, tt.expected, true, false)
		if got := p.b.String(); got != tt.want {
			t.Errorf("%s:\n%swant\n%s", tt.name, got, tt.want)
		}
	}
}

// The caret is under the same, differing characters also where the values
// are too long for the line, or absurdly long.
func TestCompareLong(t *testing.T) {
	for _, n := range []int{0, 3, 30, 60, 100, 160, 161, 239, 240, 241, 300, 700, 5000} {
		for _, tail := range []int{0, 1, 40, 90, 300, 5000} {
			found, expected := strings.Repeat("k", n)+"X"+strings.Repeat("m", tail), strings.Repeat("k", n)+"Y"+strings.Repeat("m", tail)
			var b strings.Builder
			p := newPage(newPaint(&b, false), Options{Width: 60})
			p.compare(found, expected, true, false)
			lines := strings.Split(strings.TrimSuffix(p.b.String(), "\n"), "\n")
			if n < 3 && tail == 0 {
				continue // nothing in common
			}
			last := len(lines) - 1
			caret := strings.Index(lines[last], "^")
			f, e := []rune(lines[last-2]), []rune(lines[last-1])
			if caret < 0 || caret >= len(f) || f[caret] != 'X' || e[caret] != 'Y' {
				t.Errorf("%d before, %d after:\n%s", n, tail, p.b.String())
			}
			b.Reset()
			p = newPage(newPaint(&b, false), Options{Width: 60})
			p.compare(found, expected, true, true)
			if n+tail < longest && !strings.Contains(p.b.String(), found) {
				t.Errorf("%d before, %d after: the value is not there as a whole", n, tail)
			}
			for _, line := range lines {
				if visible.Width(line) > longest+textIndent {
					t.Errorf("%d before, %d after: a line of %d columns", n, tail, visible.Width(line))
				}
			}
		}
	}
}

func TestExcerpt(t *testing.T) {
	for _, tt := range []struct {
		name          string
		text          string
		start, length int
		want          string
	}{
		{"a word", `{"alg":"none"}`, 7, 6, "{\"alg\":\"none\"}\n                  ^^^^^^\n"},
		{"nothing, at a place", "abc", 1, 0, "abc\n            ^\n"},
		{"at the end", "abc", 3, 0, "abc\n              ^\n"},
		{"beyond the end", "abc", 30, 5, "abc\n              ^\n"},
		{"negative", "abc", -4, -1, "abc\n           ^\n"},
		{"cut on both sides", strings.Repeat("a", 100) + "BC" + strings.Repeat("d", 100), 100, 2, "…aaaaaaaaaaaaaaaaBCddddddddddddddddddddddddddddd…\n" + strings.Repeat(" ", 28) + "^^\n"},
		{"cut in columns, not characters", strings.Repeat("\x00", 30) + "B" + strings.Repeat("\x00", 30), 30, 1,
			`…\x00\x00\x00\x00B\x00\x00\x00\x00\x00\x00\x00…` + "\n" + strings.Repeat(" ", 28) + "^\n"},
		{"after bytes that are spelt out", "a\x1bé!", 4, 1, "a\\x1bé!\n                 ^\n"},
	} {
		var b strings.Builder
		p := newPage(newPaint(&b, false), Options{Width: 60})
		p.excerpt(finding.Location{Part: "header", Excerpt: &finding.Excerpt{Text: tt.text, Start: tt.start, Length: tt.length}})
		want := "   at      header\n           " + tt.want
		if got := p.b.String(); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", tt.name, got, want)
		}
	}
}

var (
	ansiCode = regexp.MustCompile(`\x1b\[[0-9;]*m`)
	linkCode = regexp.MustCompile(`\x1b\]8;;[!-~]*\x1b\\`)
)

// checkText checks what every text report must be, whatever came in.
func checkText(t *testing.T, text string, o Options) {
	t.Helper()
	if o.Color {
		text = ansiCode.ReplaceAllString(text, "")
	}
	if o.Links {
		text = linkCode.ReplaceAllString(text, "")
	}
	width := newPage(&paint{}, o).width
	value := false // the line after a label on its own contains a value as it is
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		for _, r := range line {
			if !unicode.IsPrint(r) || o.ASCII && r > '~' {
				t.Fatalf("%U stands in %q", r, line)
			}
		}
		trimmed := strings.TrimSpace(line)
		if strings.HasPrefix(trimmed, "::e") || strings.HasPrefix(trimmed, "::s") || strings.Contains(line, "##[") || strings.Contains(line, "##vso") {
			t.Fatalf("a CI runner would obey %q", line)
		}
		if line != strings.TrimRight(line, " ") {
			t.Fatalf("%q ends with spaces", line)
		}
		if visible.Width(line) > width && !(value && o.Verbose) && !strings.Contains(line, "://") && !o.Plain {
			t.Fatalf("%d columns where there are %d: %q", visible.Width(line), width, line)
		}
		value = trimmed == "found" || trimmed == "expects"
	}
}

func TestNoEscapeWithoutColour(t *testing.T) {
	for name, rep := range samples() {
		for width := 0; width <= 130; width += 13 {
			for bits := range 16 {
				o := Options{Width: width, ASCII: bits&1 > 0, Verbose: bits&2 > 0, Color: bits&4 > 0, Plain: bits&8 > 0}
				text := render(t, rep, o)
				if !o.Color && strings.Contains(text, "\x1b") {
					t.Fatalf("%s: an escape sequence without colour", name)
				}
				if o.Color && !o.Plain && !strings.Contains(text, "\x1b[") {
					t.Fatalf("%s: no colour", name)
				}
				checkText(t, text, o)
			}
		}
	}
}

// Colour adds nothing but colour: nothing is said only by it.
func TestColourIsDecoration(t *testing.T) {
	for name, rep := range samples() {
		bare, coloured := render(t, rep, Options{}), render(t, rep, Options{Color: true})
		if got := ansiCode.ReplaceAllString(coloured, ""); got != bare {
			t.Errorf("%s: without its colours the report is another", name)
		}
		for _, code := range ansiCode.FindAllString(coloured, -1) {
			switch code {
			case "\x1b[0m", "\x1b[m", "\x1b[1m", "\x1b[31m", "\x1b[1;31m", "\x1b[32m", "\x1b[33m", "\x1b[35m", "\x1b[36m", "\x1b[1;32m":
			default:
				t.Errorf("%s: %q is no base colour", name, code)
			}
		}
	}
}

// nasty makes a report of random fields out of the seed and the text.
func nasty(seed uint64, text string) finding.Case {
	r := rand.New(rand.NewPCG(seed, 7))
	s := func() string {
		switch r.IntN(5) {
		case 0:
			return ""
		case 1:
			return strings.Repeat(text+" ", r.IntN(4))
		case 2:
			if len(text) > 0 {
				return text[r.IntN(len(text)):]
			}
		}
		return text
	}
	cause := func() string { return []string{"a-b", "c-d", "e-f", text}[r.IntN(4)] }
	var cites []finding.Citation
	for range r.IntN(3) {
		cites = append(cites, finding.Citation{Title: s(), URL: "https://x.example/" + strings.ReplaceAll(s(), " ", ""), Authority: s(), Seen: s()})
	}
	c := finding.Case{
		Input: finding.Input{Source: s(), Line: r.IntN(3)}, ReadAs: s(),
		Profile:    finding.Profile{ID: s(), Env: s(), Guessed: r.IntN(2) == 0, GuessedBy: s(), Name: s()},
		JudgedAsOf: finding.JudgedAsOf{Time: s(), Basis: s(), Words: s()},
		Decoded:    finding.Decoded{Header: []byte(s()), Claims: []byte(`{"x":"` + s() + `"}`)},
		Summary:    finding.CaseSummary{Verdict: []finding.Verdict{finding.VerdictFail, finding.VerdictPass, finding.VerdictWarn, ""}[r.IntN(4)], Skip: r.IntN(2), Broken: r.IntN(2)},
	}
	if r.IntN(2) == 0 {
		c.Symptom = &finding.Symptom{Match: s(), Means: s(), Explains: []finding.CauseID{finding.CauseID(cause())}, Cite: cites}
	}
	for range r.IntN(6) {
		f := finding.Finding{
			Check: finding.CheckID(cause()), Cause: finding.CauseID(cause()), Outcome: []finding.Outcome{finding.Fail, finding.Fail, finding.Pass, finding.Skip, finding.Broken}[r.IntN(5)],
			Severity:  []finding.Severity{finding.Error, finding.Warning, finding.Note, ""}[r.IntN(4)],
			Certainty: []finding.Certainty{finding.Certain, finding.Likely, finding.Possible, ""}[r.IntN(4)],
			Title:     s(), Message: s(), Found: s(), Expected: s(), Reason: s(), Answer: s(), Remedy: s(), Cite: cites,
		}
		for range r.IntN(3) {
			f.Fix = append(f.Fix, s())
			f.At = append(f.At, finding.Location{Part: s(), Pointer: s(), Line: r.IntN(3), Source: &finding.Source{File: s()},
				Excerpt: &finding.Excerpt{Text: s(), Start: r.IntN(40) - 5, Length: r.IntN(40) - 5}})
		}
		if r.IntN(3) == 0 {
			f.Timeline = &finding.Timeline{}
			for range r.IntN(10) {
				f.Timeline.Marks = append(f.Timeline.Marks, finding.Mark{
					Kind:  []finding.MarkKind{finding.MarkNow, finding.MarkClaim, finding.MarkLimit, ""}[r.IntN(4)],
					Label: []string{"iat", "nbf", "exp", text}[r.IntN(4)], Bad: r.IntN(3) == 0,
					At: time.Unix(int64(r.Uint64()>>r.IntN(64)), 0),
				})
			}
		}
		if r.IntN(4) == 0 {
			f.ConsequenceOf = finding.CauseID(cause())
		}
		c.Findings = append(c.Findings, f)
		if r.IntN(2) == 0 {
			c.Diagnosis = append(c.Diagnosis, finding.Diagnosis{Cause: f.Cause, Check: f.Check, Certainty: f.Certainty, Title: s()})
		}
	}
	for range r.IntN(4) {
		c.Ask = append(c.Ask, finding.Ask{Text: s(), Cite: cites})
	}
	return c
}

func FuzzReport(f *testing.F) {
	for i, text := range []string{"", "plain words of prose", "\x1b[31m\u202e\n::error::x ##[y]\r\n", "東京 e\u0301\u0301\u0301\u200d", "\xff\xfe \u00a0", strings.Repeat("long", 200), " a  b ", "::error::"} {
		f.Add(uint64(i), text, 40+10*i, uint8(i))
	}
	f.Fuzz(func(t *testing.T, seed uint64, text string, width int, bits uint8) {
		if len(text) > 2000 {
			return
		}
		o := Options{Width: width, ASCII: bits&1 > 0, Verbose: bits&2 > 0, Color: bits&4 > 0, Quiet: bits&8 > 0, Plain: bits&32 > 0, Links: bits&64 > 0}
		rep := report(nasty(seed, text))
		if bits&16 > 0 {
			for i := range 8 {
				rep.Cases = append(rep.Cases, nasty(seed+uint64(i)%3, text))
			}
		}
		checkText(t, render(t, rep, o), o)
		var b bytes.Buffer
		if err := JSON(&b, rep); err != nil {
			t.Fatal(err)
		}
		checkJSONText(t, b.Bytes())
	})
}

func TestManyRandomReports(t *testing.T) {
	texts := []string{"word", "some prose with https://u.example/x in it", "\x1b[2J\u202e a\n::error::b ##vso[c]", strings.Repeat("value", 50), strings.Repeat("x", 10_000), "\U0001f469\u200d\U0001f4bb \U0001f1e9\U0001f1ea emoji", "a  b", "東京 都"}
	for seed := range uint64(140) {
		o := Options{Width: int(seed) % 130, ASCII: seed%2 == 0, Verbose: seed%3 == 0, Color: seed%5 == 0, Plain: seed%7 == 0, Links: seed%11 == 0}
		checkText(t, render(t, report(nasty(seed, texts[seed%uint64(len(texts))])), o), o)
	}
}

func BenchmarkText(b *testing.B) {
	for _, color := range []bool{false, true} {
		b.Run(fmt.Sprintf("color=%v", color), func(b *testing.B) {
			rep := report(redoxCase())
			b.ReportAllocs()
			for b.Loop() {
				if err := Text(io.Discard, rep, Options{Width: 80, Color: color}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
