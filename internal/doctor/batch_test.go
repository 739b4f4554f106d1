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

// A line of a file of NDJSON that contains no assertion is said to be unreadable, and
// the healthy lines around it stay assertions.
func TestDamagedLineOfObjects(t *testing.T) {
	good := `{"client_assertion":"` + healthy("redox").compact() + `"}`
	for _, row := range []struct {
		name, text string
		want       []string // what each line is read as
	}{
		{"damaged at the end", good + "\n{bad\n", []string{"assertion", ""}},
		{"damaged at the beginning", "{bad\n" + good + "\n", []string{"", "assertion"}},
		{"cut off", good + "\n" + `{"client_assertion":"eyJ`, []string{"assertion", ""}},
		{"without the member", good + "\n{\"x\":1}\n", []string{"assertion", ""}},
		{"below a blank line", good + "\n\n{bad\n", []string{"assertion", "", ""}},
		{"one word among several", good + "\nstarting\n" + good + "\n", []string{"assertion", "", "assertion"}},
		{"one object over several lines", "{\n" + `"request":` + "\n" + good + "\n}\n", []string{"request assertion"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			var got []string
			res, _ := doctor.Run(t.Context(), healthy("redox").opts, []doctor.Input{{Name: "lines", Open: strings.NewReader(row.text)}}, func(c finding.Case) error {
				got = append(got, strings.Join(c.Input.Kinds, " "))
				if (c.Error != "") != (len(c.Input.Kinds) == 0) || slices.Contains(failed(c), "not-a-jwt") {
					t.Errorf("line %d: %q, %v", c.Input.Line, c.Error, failed(c))
				}
				return nil
			})
			if !slices.Equal(got, row.want) || (res.Unreadable > 0) != (len(row.want) > 1) {
				t.Errorf("%q with %d unreadable, want %q", got, res.Unreadable, row.want)
			}
		})
	}
}
