package doctor

import (
	"errors"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/reading"
)

// nothingError is a text in which nothing was recognised that can be judged.
type nothingError struct {
	InputError
	keys      []reading.Key
	discovery *reading.Document
}

func (e nothingError) Unwrap() error { return e.InputError }

// SaysNothing reports whether an error of Evidence means that nothing in a text is
// evidence, not even keys or a discovery document.
func SaysNothing(err error) bool {
	var nothing nothingError
	return errors.As(err, &nothing) && len(nothing.keys) == 0 && nothing.discovery == nil
}

// leftOver is what was found in a text and not used, with what was not searched.
func leftOver(read *reading.Result) []reading.Unused {
	if !read.Cut {
		return read.Unused
	}
	return append(read.Unused[:len(read.Unused):len(read.Unused)], reading.Unused{Line: 1,
		What: "a part of the text, which was not searched: it has more layers of encoding, or more that looks like evidence, than are searched in one text"})
}

// share gives each case what was found near it and not used: what is between
// it and the next one. What is before the first is the first's.
func share(name string, subjects []subject, read *reading.Result) {
	lines := make([]int, len(subjects))
	for i, s := range subjects {
		switch {
		case s.of != nil && s.of.line > 0:
			lines[i] = s.of.line
		case s.item != nil:
			lines[i] = s.item.Origin.Line
		default:
			lines[i] = s.parts.Line
		}
	}
	for _, u := range leftOver(read) {
		at := 0
		for i, line := range lines {
			if line <= u.Line && line >= lines[at] {
				at = i
			}
		}
		if subjects[at].of == nil {
			subjects[at].of = &paste{name: name, line: lines[at]}
		}
		subjects[at].of.unused = append(subjects[at].of.unused, u)
	}
}

func unusedWords(unused []reading.Unused) string {
	if len(unused) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("; found and not used: ")
	for i, u := range unused {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(u.What)
	}
	return b.String()
}
