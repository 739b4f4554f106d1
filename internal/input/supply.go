package input

import (
	"fmt"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

const (
	// maxSupplied bounds the text that one document gets from variables and files, in
	// bytes: a few lines can ask for more than fits in memory.
	maxSupplied = 4 << 20
	// pieceCost is what every piece counts in addition to its text.
	pieceCost = 32
)

// supply provides text from outside the place of its use: values of variables, and files.
// Everything read of a document shares one, so that the total is bounded and not only
// each piece.
type supply struct {
	files Files
	left  int
	over  bool
	why   map[string]string // why a file was not read, by its name
}

func newSupply(files Files) *supply {
	return &supply{files: files, left: maxSupplied, why: map[string]string{}}
}

// draw takes n bytes of the supply; it returns false if it is used up.
func (s *supply) draw(n int) bool {
	if s.over || n > s.left-pieceCost {
		s.over = true
		return false
	}
	s.left -= n + pieceCost
	return true
}

// read reads a file that a command sends; it fails if files are not to be read.
func (s *supply) read(name string) ([]byte, error) {
	if s.files == nil {
		return nil, ErrMissing
	}
	if !s.draw(len(name)) {
		return nil, ErrFailed
	}
	b, err := s.files(name)
	switch {
	case err != nil:
		s.refused(name, err.Error())
		return nil, err
	case len(b) > maxCommand:
		s.refused(name, "it is larger than 1 MiB")
		return nil, ErrFailed
	case !s.draw(len(b)):
		return nil, ErrFailed
	}
	return b, nil
}

func (s *supply) refused(name, why string) {
	if len(s.why) < maxHoles {
		s.why[name] = why
	}
}

// overdrawn is the error for a document that used up its supply.
func (s *supply) overdrawn(d evidence.Document) error {
	return &ReadError{ErrMalformed, fmt.Sprintf("%s builds more than %d MiB from its variables and the files it sends, more than any token request; give a single request, with its values written out", d.Origin.File, maxSupplied>>20)}
}

// NotRead begins the note of a request that sends a file that was not read; the reason
// may follow after a colon.
func NotRead(file string) string { return "the file " + file + " was not read" }

// cost is what joining the text to another draws from the supply.
func (m *mapped) cost() int { return len(m.b) + pieceCost*(len(m.holes)+len(m.from)) }
