package doctor_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// A long batch with a hundredth of it broken in at least forty ways: every line is
// answered, in order, with its own causes and no others. JWTDOCTOR_LONG=1 makes it
// 100,000 lines.
func TestBatchKeepsOrderAndCauses(t *testing.T) {
	n := 5_000
	if long() {
		n = 100_000
	}
	var ways []row
	for _, r := range rows(testCertificate(t)) {
		tok := healthy(r.provider)
		r.change(tok)
		line := tok.compact()
		// A line of a batch is one line, under the options of them all, with a jti of its
		// own; and what is said of a line by its look is said in other words of a paste.
		if r.provider != "redox" || len(tok.opts.Set) > 0 || tok.opts.Ahead || tok.text != nil || strings.ContainsAny(line, "\r\n") || r.as() != "" ||
			!slices.Contains(tok.claims, member{"jti", `"e917e0c2-b144-4ff2-b212-8ed547a54e1c"`}) || tok.opts.ClientID != clientID || len(tok.opts.Aud) > 0 || len(line) > 5000 {
			continue
		}
		ways = append(ways, r)
	}
	if len(ways) < 40 {
		t.Fatalf("only %d ways", len(ways))
	}
	want := make([][]string, n)
	var text strings.Builder
	for i := range n {
		tok := healthy("redox")
		if i%100 == 99 {
			w := ways[i/100%len(ways)]
			w.change(tok)
			want[i] = w.want
		}
		tok.claims.set("jti", fmt.Sprintf("e917e0c2-b144-4ff2-b212-%012x", uint64(i)*0x9e3779b97f5%0xffffffffffff))
		text.WriteString(tok.compact() + "\n")
	}
	opts := healthy("redox").opts
	opts.Lines = true
	i := 0
	_, err := doctor.Run(t.Context(), opts, []doctor.Input{{Name: "batch.txt", Open: strings.NewReader(text.String())}}, func(c finding.Case) error {
		if c.Input.Line != i+1 {
			return fmt.Errorf("answer %d is of line %d", i+1, c.Input.Line)
		}
		if got := failed(c); !slices.Equal(got, want[i]) {
			t.Errorf("line %d: %v, want %v", i+1, got, want[i])
		}
		i++
		return nil
	})
	if err != nil || i != n {
		t.Errorf("%d of %d lines answered: %v", i, n, err)
	}
}
