package report

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"path"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/visible"
)

// result is one failed finding of severity error or warning, as the formats for
// other programs have it: a place in a file, a rule, and what is wrong. All texts
// are visible.
type result struct {
	severity finding.Severity
	cause    string
	check    string
	message  string // what is wrong, as a clause
	fix      string
	place    spot
	// print is the same for the same fault in the same place of a file, wherever
	// its line has moved to.
	print string
	found *finding.Finding // nil for a cause that an answer only points to
}

// spot is a range on one line of a file, in characters from 1.
type spot struct {
	file                    string // as it was given
	line, column, endColumn int
}

// results are the faults of a case, the likeliest first. Consequences are not in
// it, nor cases that were judged against another profile for advice.
func results(c finding.Case, seen map[string]int) []result {
	if c.Advisory {
		return nil
	}
	s := sortCase(c)
	var entries []entry
	if s.lead != nil {
		entries = append(entries, *s.lead)
	}
	entries = append(append(entries, s.others...), s.warnings...)
	var out []result
	for _, e := range entries {
		out = append(out, oneResult(e, s, seen))
	}
	for _, f := range s.broken {
		r := oneResult(entry{title: brokenText(f), found: &f}, s, seen)
		r.severity, r.cause, r.message = finding.Error, "", visible.Text(brokenText(f))
		out = append(out, r)
	}
	return out
}

func oneResult(e entry, s sorted, seen map[string]int) result {
	r := result{severity: e.severity(), cause: visible.Text(string(e.cause)), message: e.headline(), place: placeOf(e, s.Input)}
	if r.severity != finding.Error {
		r.severity = finding.Warning
	}
	key := string(e.cause) + "\x00" + r.place.file
	if e.found != nil {
		r.found, r.check = e.found, visible.Text(string(e.found.Check))
		r.fix = visible.Text(Fix(*e.found, s.Decoded.Claims))
		if len(e.found.At) > 0 {
			key += "\x00" + e.found.At[0].Part + e.found.At[0].Pointer
		}
	} else if r.fix = visible.Text(strings.TrimSuffix(firstOf(e.fix...), ".")); len(s.possible) > 0 {
		var names []string
		for _, p := range s.possible {
			names = append(names, string(p.cause))
		}
		r.message += "; also possible: " + listOf(names)
	}
	if e.certainty == finding.Likely || e.certainty == finding.Possible {
		r.message += " (" + string(e.certainty) + ")"
	}
	r.message = visible.Text(strings.TrimSuffix(r.message, "."))
	seen[key]++
	sum := sha256.Sum256([]byte(key))
	r.print = fmt.Sprintf("%s:%d", hex.EncodeToString(sum[:8]), seen[key])
	return r
}

// placeOf is where a fault is in the text as it was given: where the finding
// points to, else the beginning of the case.
func placeOf(e entry, in finding.Input) spot {
	p := spot{file: in.Source, line: max(in.Line, 1), column: 1, endColumn: 2}
	if p.file == "" {
		p.file = "input"
	}
	if e.found == nil {
		return p
	}
	for _, at := range e.found.At {
		if s := at.Source; s != nil && s.File != "" && s.Line > 0 {
			column := max(s.Column, 1)
			return spot{file: s.File, line: s.Line, column: column, endColumn: column + max(s.Length, 1)}
		}
	}
	return p
}

// files turns names of files into what other programs know them by.
type files struct{ dir string }

// name is the file's name with slashes, relative to the directory of the run
// where it is below it.
func (f files) name(file string) string {
	slashed := strings.ReplaceAll(file, `\`, "/")
	dir := strings.ReplaceAll(f.dir, `\`, "/")
	if dir != "" {
		if rest, ok := strings.CutPrefix(slashed, strings.TrimSuffix(dir, "/")+"/"); ok {
			slashed = rest
		}
	}
	if slashed == "" {
		return "input"
	}
	return visible.Text(path.Clean(slashed))
}

// uri is the name as a relative reference (RFC 3986), or as a file URI where it
// is an absolute path elsewhere.
func (f files) uri(file string) string {
	name := f.name(file)
	switch {
	case strings.HasPrefix(name, "/"):
		return (&url.URL{Scheme: "file", Path: name}).String()
	case len(name) > 2 && name[1] == ':' && name[2] == '/':
		return (&url.URL{Scheme: "file", Path: "/" + name}).String()
	}
	// A colon in the first segment would be read as the end of a scheme.
	return strings.ReplaceAll(strings.TrimPrefix((&url.URL{Path: name}).String(), "./"), ":", "%3A")
}
