package report

import (
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/visible"
)

func TestFold(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"short", "a line\n", "a line\n"},
		{"prose", "one two three four five six seven eight nine ten\n", "one two three four five six\nseven eight nine ten\n"},
		{"indented", "  one two three four five six seven eight\n", "  one two three four five six\n  seven eight\n"},
		{"columns", "  --flag FILE  what it is for, and what else\n", "  --flag FILE  what it is for,\n               and what else\n"},
		{"a command", "  jwtdoctor check --profile redox request.sh\n", "  jwtdoctor check \\\n      --profile redox \\\n      request.sh\n"},
		{"a URL", "see https://example.com/a/long/address/that/is/whole now\n", "see\nhttps://example.com/a/long/address/that/is/whole\nnow\n"},
		{"no line end", "one two three four five six seven", "one two three four five six\nseven"},
	} {
		if got := Fold(tt.in, 30); got != tt.want {
			t.Errorf("%s:\n%s\nwant\n%s", tt.name, got, tt.want)
		}
	}
	for width := 20; width < 100; width++ {
		for line := range strings.Lines(Fold("  a  bb  "+strings.Repeat("word 東京 ", 60)+"\n"+strings.Repeat("x", 300)+"\n", width)) {
			if w := visible.Width(strings.TrimSuffix(line, "\n")); w > width {
				t.Fatalf("%d columns of %d: %q", w, width, line)
			}
		}
	}
}
