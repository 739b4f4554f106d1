package profile

import (
	"fmt"
	"strings"
)

// Problem is one fault of a profile file, where it is and what was
// probably meant. Lines and columns start at 1; columns count characters.
type Problem struct {
	File         string
	Line, Column int
	Message      string
	Suggestion   string // the word or value to write instead; "" if none comes near
}

func (p Problem) String() string {
	s := fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Column, p.Message)
	if p.Suggestion != "" {
		s += "; did you mean " + p.Suggestion + "?"
	}
	return s
}

// LintError is everything that is wrong with a profile, in order of the file.
// It is never returned without a problem.
type LintError struct {
	Problems []Problem
}

func (e *LintError) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}
