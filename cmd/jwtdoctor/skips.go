package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/goccy/go-yaml/ast"

	"github.com/assertionworks/jwtdoctor/internal/yamlfile"
)

// skipped is a check or cause that a project's file leaves out, and why.
type skipped struct {
	ID     string
	Reason string
	Until  time.Time // the last day it is left out, in UTC; zero for no end
	At     string    // file:line
}

// over reports whether the last day of a skip has passed.
func (s skipped) over(now time.Time) bool {
	return !s.Until.IsZero() && now.UTC().After(s.Until.AddDate(0, 0, 1).Add(-time.Nanosecond))
}

// text says what is left out, until when and why.
func (s skipped) text() string {
	out := s.ID
	if !s.Until.IsZero() {
		out += " until " + s.Until.Format(time.DateOnly)
	}
	if s.Reason != "" {
		out += " (" + s.Reason + ")"
	}
	return out
}

// skipsOf reads the value of skip: one ID, a list of IDs, or entries with a reason and
// an end date.
func skipsOf(name string, n ast.Node) ([]skipped, error) {
	nodes := []ast.Node{n}
	if list, ok := n.(*ast.SequenceNode); ok {
		nodes = list.Values
	}
	var out []skipped
	for _, node := range nodes {
		s, err := skipOf(node)
		if err != nil {
			return nil, err
		}
		s.At = where(name, node.GetToken())
		out = append(out, s)
	}
	return out, nil
}

func skipOf(n ast.Node) (s skipped, err error) {
	members, ok := yamlfile.Members(n)
	if !ok {
		s.ID, err = scalar(n)
		return s, err
	}
	for _, m := range members {
		key := m.Key.GetToken().Value
		text, err := scalar(m.Value)
		if err != nil {
			return s, fmt.Errorf("%s: %w", brief(key), err)
		}
		switch key {
		case "check":
			s.ID = text
		case "reason":
			s.Reason = text
		case "until":
			if s.Until, err = time.Parse(time.DateOnly, text); err != nil {
				return s, fmt.Errorf("until: cannot read %q as a date; write it as 2027-01-31", brief(text))
			}
		default:
			return s, fmt.Errorf("an entry has check, reason and until, not %q", brief(key))
		}
	}
	if s.ID == "" {
		return s, errors.New("an entry needs check: the ID of a check or cause")
	}
	return s, nil
}
