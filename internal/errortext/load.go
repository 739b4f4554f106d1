package errortext

import (
	"embed"
	"fmt"
	"strings"
	"sync"

	"github.com/assertionworks/jwtdoctor/internal/finding"
)

//go:embed data/*.txt
var data embed.FS

// library is the entries and what finds them.
type library struct {
	entries []Entry
	index   *index
}

// loaded is read when first needed.
var loaded = sync.OnceValue(func() *library {
	l, err := load()
	if err != nil {
		panic(err) // embedded, and checked by the tests
	}
	return l
})

// All returns every entry, in the order of the data. Do not change them.
func All() []Entry { return loaded().entries }

func load() (*library, error) {
	files, err := data.ReadDir("data")
	if err != nil {
		return nil, err
	}
	p := newParser()
	for _, f := range files {
		text, err := data.ReadFile("data/" + f.Name())
		if err != nil {
			return nil, err
		}
		if err := p.file(f.Name(), string(text)); err != nil {
			return nil, err
		}
	}
	ix, err := newIndex(p.entries)
	if err != nil {
		return nil, err
	}
	return &library{p.entries, ix}, nil
}

// parser reads the data. A file is blocks with a blank line between them: a
// line with an ID, then a key and a value on each line. Lines that begin with
// # are comments. A block whose first line begins with "cite" lists documents:
//
//	cite NAME AUTHORITY SEEN URL TITLE
type parser struct {
	cites   map[string]finding.Citation
	ids     map[string]bool
	entries []Entry
}

func newParser() *parser {
	return &parser{cites: map[string]finding.Citation{}, ids: map[string]bool{}}
}

func (p *parser) file(name, text string) error {
	var e *Entry
	done := func() {
		if e != nil {
			p.entries = append(p.entries, *e)
			e = nil
		}
	}
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimRight(line, " \r\n")
		if line == "" {
			done()
			continue
		}
		if line[0] == '#' {
			continue
		}
		key, value, _ := strings.Cut(line, " ")
		value = strings.TrimLeft(value, " ")
		var err error
		switch {
		case e == nil && key == "cite":
			err = p.cite(value)
		case e == nil && value == "" && !p.ids[key]:
			p.ids[key] = true
			e = &Entry{ID: key}
		case e == nil:
			err = fmt.Errorf("a block begins with its own ID, not with %q", line)
		default:
			err = p.member(e, key, value)
		}
		if err != nil {
			return fmt.Errorf("%s:%d: %w", name, n, err)
		}
	}
	done()
	return nil
}

func (p *parser) cite(value string) error {
	f := strings.SplitN(value, " ", 5)
	if len(f) != 5 {
		return fmt.Errorf("a document has a name, authority, month, URL and title")
	}
	if _, ok := p.cites[f[0]]; ok {
		return fmt.Errorf("the document %s is listed twice", f[0])
	}
	p.cites[f[0]] = finding.Citation{Title: f[4], URL: f[3], Seen: f[2], Authority: f[1]}
	return nil
}

func (p *parser) member(e *Entry, key, value string) error {
	switch key {
	case "tool":
		e.Tool = value
	case "text":
		e.Texts = append(e.Texts, value)
	case "likely", "possible":
		e.Certainty, e.Causes = finding.Certainty(key), strings.Fields(value)
	case "means":
		e.Means = value
	case "fix":
		e.Fix = value
	case "wraps":
		e.Wraps = true
	case "cite":
		for _, name := range strings.Fields(value) {
			c, ok := p.cites[name]
			if !ok {
				return fmt.Errorf("no document is called %s", name)
			}
			e.Cite = append(e.Cite, c)
		}
	default:
		return fmt.Errorf("no key is called %q", key)
	}
	return nil
}
