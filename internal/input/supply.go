package input

import (
	"fmt"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

const (
	// maxSupplied bounds what one document has put together out of variables
	// and files, in bytes: a few lines can ask for more than any memory holds.
	maxSupplied = 4 << 20
	// pieceCost is what every piece counts for besides its text.
	pieceCost = 32
)

// supply is where text comes from that a document does not spell out where it
// is used: values of variables, and files. One is shared by all that is read of
// a document, so that the sum is bounded and not each piece alone.
type supply struct {
	files Files
	left  int
	over  bool
	why   map[string]string // why a file was not read, by its name
}

func newSupply(files Files) *supply {
	return &supply{files: files, left: maxSupplied, why: map[string]string{}}
}

// draw takes a piece of n bytes; it is false where the document has had its fill.
func (s *supply) draw(n int) bool {
	if s.over || n > s.left-pieceCost {
		s.over = true
		return false
	}
	s.left -= n + pieceCost
	return true
}

// read reads a file the command sends; it fails where none are read.
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

// overdrawn is the error of a document that asks for more than it is given.
func (s *supply) overdrawn(d evidence.Document) error {
	return &ReadError{ErrMalformed, fmt.Sprintf("%s builds more than %d MiB from its variables and the files it sends, more than any token request; give a single request, with its values written out", d.Origin.File, maxSupplied>>20)}
}

// NotRead begins the note of a request that sends a file nobody read; the
// reason may follow behind a colon.
func NotRead(file string) string { return "the file " + file + " was not read" }

// cost is what joining the text to another takes.
func (m *mapped) cost() int { return len(m.b) + pieceCost*(len(m.holes)+len(m.from)) }
