package input

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
)

func allLines(t *testing.T, l *Lines) []Line {
	t.Helper()
	var out []Line
	for {
		line, err := l.Next()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, line)
	}
}

// Every line is returned with its number, even blank ones, and none is parsed before its
// Item is requested.
func TestLines(t *testing.T) {
	tok := token()
	text := tok + "\r\n\n# mine\n" + `{"client_assertion":"` + tok + `"}` + "\n" + `{"x":1}` + "\n" + `{"client_assertion":5}` + "\nnonsense\n  " + tok
	for _, r := range []io.Reader{strings.NewReader(text), iotest.OneByteReader(strings.NewReader(text))} {
		var got []string
		for _, l := range allLines(t, NewLines("f", r, "")) {
			item := l.Item()
			got = append(got, fmt.Sprintf("%d blank=%v token=%v %s", l.Number, l.Blank(), item.Assertion().Compact == tok, item.Problem))
			if item.Origin.Line != l.Number || item.Origin.File != "f" {
				t.Errorf("%+v", item.Origin)
			}
		}
		want := []string{
			"1 blank=false token=true ", "2 blank=true token=false ", "3 blank=true token=false ", "4 blank=false token=true ",
			`5 blank=false token=false line 5 has no member "client_assertion"; name the right one with --field`,
			`6 blank=false token=false line 6: the member "client_assertion" is a number, not a string`,
			"7 blank=false token=false ", "8 blank=false token=true ",
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s", strings.Join(got, "\n"))
		}
	}
}

// A line over the limit costs no more than the limit, and the next one is complete.
func TestLinesOverTheLimit(t *testing.T) {
	tok := token()
	for name, long := range map[string]string{"token": enc(header) + "." + strings.Repeat("A", 3<<20), "object": `{"client_assertion":"` + strings.Repeat("A", 3<<20) + `"}`} {
		lines := allLines(t, NewLines("f", strings.NewReader(tok+"\n"+long+"\n"+tok+"\n"), ""))
		if len(lines) != 3 || lines[1].Length < len(long) || len(lines[1].Text) != MaxAssertion || lines[2].Text != tok || lines[2].Number != 3 {
			t.Fatalf("%s: %d lines, %d of %d bytes", name, len(lines), len(lines[1].Text), lines[1].Length)
		}
		item := lines[1].Item()
		if told := strings.Contains(item.Problem, "over the limit of 1 MiB"); told != (name == "object") || name == "token" && item.Assertion().Whole {
			t.Errorf("%s: %q", name, item.Problem)
		}
	}
}

// The first line that is not blank decides, and nothing after it is waited for.
func TestLinesBatch(t *testing.T) {
	tok := token()
	for _, row := range []struct {
		text  string
		batch bool
	}{
		{tok, true}, {tok + "\nwords\n", true}, {"\n# mine\n \n" + tok + "\n", true}, {"\uFEFF" + tok + "\n", true}, {"Bearer " + tok + "\n", true},
		{`{"client_assertion":"x"}` + "\n", true}, {`{"client_assertion":5}` + "\n", false}, {`{"error":"x"}` + "\n", false},
		{"curl https://a.test\n" + tok + "\n", false}, {"", false}, {"\n\n", false}, {tok[:100] + "\n", false}, {"{\n\"client_assertion\": \"x\"}", false},
	} {
		l := NewLines("f", strings.NewReader(row.text), "")
		if got := l.Batch(); got != row.batch {
			t.Errorf("%.40q: %v", row.text, got)
		}
		if all, err := io.ReadAll(l.Reader()); err != nil || string(all) != row.text {
			t.Errorf("%.40q: something was taken away: %.40q", row.text, all)
		}
	}
	// A pipe that stays open after the first line.
	in, out := io.Pipe()
	go func() { fmt.Fprintln(out, tok) }()
	l := NewLines("f", in, "")
	if !l.Batch() {
		t.Error("an open pipe is no list")
	}
	if line, err := l.Next(); err != nil || line.Text != tok {
		t.Errorf("%v", err)
	}
	out.CloseWithError(errors.New("the disk is gone"))
	if _, err := l.Next(); !errors.Is(err, ErrFailed) || !strings.Contains(err.Error(), "after line 1") {
		t.Errorf("error %v", err)
	}
}

// Many goroutines parse lines while more are read.
func TestLinesInParallel(t *testing.T) {
	tok := token()
	var text strings.Builder
	for i := range 200 {
		fmt.Fprintf(&text, "{\"n\":%d,\"client_assertion\":\"%s\"}\n", i, tok)
	}
	l := NewLines("f", strings.NewReader(text.String()), "")
	work := make(chan Line)
	var good sync.Map
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for line := range work {
				if a := line.Item().Assertion(); a.Compact == tok {
					good.Store(line.Number, true)
				}
			}
		})
	}
	for {
		line, err := l.Next()
		if err != nil {
			break
		}
		work <- line
	}
	close(work)
	wg.Wait()
	for i := range 200 {
		if _, ok := good.Load(i + 1); !ok {
			t.Errorf("line %d", i+1)
		}
	}
}

// Splitting allocates one text per line and nothing else, however many lines there are.
func TestLinesAllocations(t *testing.T) {
	text := strings.Repeat(realToken()+"\n", 100)
	cost := func(times int) float64 {
		return testing.AllocsPerRun(5, func() {
			l := NewLines("f", &repeated{text: text, left: times}, "")
			for {
				if _, err := l.Next(); err != nil {
					return
				}
			}
		})
	}
	if few, many := cost(1), cost(11); many-few > 1000*1.01 {
		t.Errorf("%.0f allocations for 1,000 more lines", many-few)
	}
}

// A list in which nothing is an assertion ends with a sentence; one in which
// most lines are damaged does not.
func TestAstray(t *testing.T) {
	tok := token()
	for _, row := range []struct {
		name, text string
		items      int
		over       bool
	}{
		{"words", tok + "\n" + tok + "\n" + strings.Repeat("word\n", maxAstray+5) + tok, maxAstray + 2, true},
		{"objects", `{"client_assertion":"` + tok + "\"}\n" + strings.Repeat("{}\n", maxAstray+5), maxAstray + 1, true},
		{"not so many words", tok + "\n" + tok + "\n" + strings.Repeat("word\n", maxAstray) + tok, maxAstray + 3, false},
		{"damaged ones", tok + "\n" + tok + "\n" + strings.Repeat("eyJ.x\n", maxAstray+5) + tok, maxAstray + 8, false},
	} {
		items, err := Split("f", []byte(row.text), "")
		if over := errors.Is(err, ErrMalformed) && strings.Contains(err.Error(), "in a row"); over != row.over || len(items) != row.items {
			t.Errorf("%s: %d items, %v", row.name, len(items), err)
		}
	}
}
