package doctor_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// collect judges a batch and returns what is emitted, in order.
func collect(t *testing.T, opts doctor.Options, text string) ([]finding.Case, doctor.Result) {
	t.Helper()
	var got []finding.Case
	res, err := doctor.RunTo(t.Context(), opts, []doctor.Input{{Name: "batch.txt", Open: strings.NewReader(text), Stream: true}}, doctor.Output[[]finding.Case]{
		Prepare: func(c []finding.Case) []finding.Case { return c },
		Emit:    func(c []finding.Case) error { got = append(got, c...); return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	return got, res
}

// TestBatchKeepsOrder: each line has one answer, in the order of the lines, with
// the faults that are in it, however many are judged at once.
func TestBatchKeepsOrder(t *testing.T) {
	e := healthyExchange("redox")
	var text strings.Builder
	want := map[int]string{}
	for i := range 700 {
		e.token.claims.set("jti", fmt.Sprintf("0f1e2d3c-4b5a-%d", i))
		line := e.token.compact()
		switch {
		case i%50 == 7:
			line, want[i] = "", "blank"
		case i%50 == 13:
			line, want[i] = "this is no token", "unreadable"
		case i%50 == 21:
			e.token.claims.set("jti", "0f1e2d3c-4b5a-0")
			line, want[i] = e.token.compact(), "jti-reused"
		}
		text.WriteString(line + "\n")
	}
	opts := e.opts
	opts.FirstLine = true
	got, res := collect(t, opts, text.String())
	if len(got) != 700 {
		t.Fatalf("%d answers to 700 lines", len(got))
	}
	for i, c := range got {
		if c.Input.Line != i+1 {
			t.Fatalf("answer %d is about line %d", i+1, c.Input.Line)
		}
		var causes []string
		for _, d := range c.Diagnosis {
			causes = append(causes, string(d.Cause))
		}
		switch w := want[i]; {
		case w == "blank", w == "unreadable":
			if c.Error == "" || len(c.Findings) > 0 {
				t.Errorf("line %d: error %q, %d findings", i+1, c.Error, len(c.Findings))
			}
		case strings.Join(causes, " ") != w:
			t.Errorf("line %d: %v, want %q", i+1, causes, w)
		}
	}
	if res.Unreadable != 14 || res.Summary.Cases != 700-28 || res.Summary.Failed != 14 {
		t.Errorf("%d unreadable, %+v", res.Unreadable, res.Summary)
	}
}

// TestLineInLineOut: a line is answered while the input stays open.
func TestLineInLineOut(t *testing.T) {
	e := healthyExchange("redox")
	r, w := io.Pipe()
	answers := make(chan int)
	done := make(chan error, 1)
	opts := e.opts
	opts.FirstLine = true
	waiting := 0
	go func() {
		_, err := doctor.RunTo(context.Background(), opts, []doctor.Input{{Name: "stdin", Open: r, Stream: true}}, doctor.Output[int]{
			Prepare: func(c []finding.Case) int { return c[0].Input.Line },
			Emit:    func(line int) error { waiting = line; return nil },
			Flush:   func() error { answers <- waiting; return nil },
		})
		done <- err
	}()
	for i := range 20 {
		e.token.claims.set("jti", fmt.Sprintf("0f1e2d3c-%d", i))
		if _, err := io.WriteString(w, e.token.compact()+"\n"); err != nil {
			t.Fatal(err)
		}
		if line := <-answers; line != i+1 {
			t.Fatalf("line %d is answered after line %d was written", line, i+1)
		}
	}
	w.Close()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// TestBatchStops: an error of the output ends the run, and is its error.
func TestBatchStops(t *testing.T) {
	e := healthyExchange("redox")
	opts := e.opts
	opts.Lines = true
	full := errors.New("no space left")
	emitted := 0
	_, err := doctor.RunTo(t.Context(), opts, []doctor.Input{{Name: "b", Open: strings.NewReader(strings.Repeat(e.token.compact()+"\n", 5000))}}, doctor.Output[int]{
		Prepare: func([]finding.Case) int { return 0 },
		Emit: func(int) error {
			if emitted++; emitted == 3 {
				return full
			}
			return nil
		},
	})
	if !errors.Is(err, full) || emitted != 3 {
		t.Errorf("%d emitted, %v", emitted, err)
	}
}

// TestSeveralProfiles: the first decides, the others are advice.
func TestSeveralProfiles(t *testing.T) {
	e := healthyExchange("redox")
	opts := e.opts
	opts.Profiles, opts.TokenURL = []string{"redox", "singpass"}, ""
	got, res := collect(t, opts, e.token.compact())
	if len(got) != 2 || got[0].Profile.ID != "redox" || got[0].Advisory || got[1].Profile.ID != "singpass" || !got[1].Advisory {
		t.Fatalf("%d cases", len(got))
	}
	if got[0].Summary.Verdict == finding.VerdictFail || got[1].Summary.Verdict != finding.VerdictFail {
		t.Errorf("verdicts %s and %s", got[0].Summary.Verdict, got[1].Summary.Verdict)
	}
	if res.Summary.Cases != 1 || res.Summary.Failed != 0 || res.Worst == finding.Error {
		t.Errorf("%+v, worst %s", res.Summary, res.Worst)
	}
}
