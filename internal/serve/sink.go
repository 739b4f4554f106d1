package serve

import (
	"fmt"
	"io"

	"github.com/assertionworks/jwtdoctor/internal/visible"
)

// sink is what reports are written to until that fails.
type sink struct {
	w      io.Writer // nil for nothing
	broken bool
}

// tell writes a line in addition to the reports.
func (s *Server) tell(line string) { s.write(&s.out, []byte(visible.Text(line)+"\n")) }

// write writes in one piece. A failure is reported at once where it still can be:
// anyone who waits for the cases would wait forever. The other sink goes on, and
// the first failure is what the run ends with.
func (s *Server) write(to *sink, b []byte) {
	if to.w == nil {
		return
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	if to.broken {
		return
	}
	_, err := to.w.Write(b)
	if err == nil {
		return
	}
	to.broken = true
	if s.lost == nil {
		s.lost = err
	}
	if s.out.w != nil && !s.out.broken {
		_, err = fmt.Fprintln(s.out.w, visible.Text("no more cases are recorded: "+err.Error()))
		s.out.broken = err != nil
	}
}
