package doctor

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/reading"
	"github.com/assertionworks/jwtdoctor/internal/wording"
)

// besides reports, of a text with several assertions and nothing else that is useful, that
// it was searched, and in which of its lines no assertion begins: a user who meant a list
// would miss them.
func (r *run) besides(name, text string, subjects []subject, cases []reading.Case) {
	if len(subjects) < 2 || len(cases) != len(subjects) || slices.ContainsFunc(cases, func(c reading.Case) bool { return !lone(&c) }) {
		return
	}
	first := subjects[0].of
	first.undone = append(first.undone, fmt.Sprintf("the text was searched, and %d assertions were found; --lines checks every line as an assertion", len(subjects)))
	if others := otherLines(text, cases); others != "" {
		r.result.Besides = append(r.result.Besides, fmt.Sprintf("%s: %s nothing that was checked; --lines checks every line as an assertion", name, others))
	}
}

// otherLines names the lines of a text in which no assertion begins; "" if there are none.
func otherLines(text string, cases []reading.Case) string {
	const most = 5
	var others []string
	number, more := 0, 0
	for line := range strings.Lines(text) {
		number++
		switch {
		case strings.TrimSpace(line) == "", slices.ContainsFunc(cases, func(c reading.Case) bool { return c.Line == number }):
		case len(others) < most:
			others = append(others, strconv.Itoa(number))
		default:
			more++
		}
	}
	switch {
	case len(others) == 0:
		return ""
	case len(others) == 1:
		return "line " + others[0] + " has"
	case more > 0:
		return fmt.Sprintf("lines %s and %d more have", strings.Join(others, ", "), more)
	}
	return "lines " + wording.And(others) + " have"
}

// lone reports whether a case is an assertion and nothing else.
func lone(c *reading.Case) bool {
	return c.Assertion != nil && !c.Assertion.Shortened && c.Assertion.Hidden == "" && c.Request == nil && c.Response == nil && c.Authorization == nil && c.Decoded == nil && len(c.Known) == 0
}
