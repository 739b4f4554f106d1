package reading

import (
	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/input"
	"github.com/assertionworks/jwtdoctor/internal/input/island"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/srctext"
)

// part is what islands that belong together say about one message, or a separate JWT.
type part struct {
	input.Exchange
	token   *island.Island
	decoded *Decoded
	at      int // where it begins in the source
	end     int
	// drafted are the places of a message that was put together from islands; nil for one
	// that is in one piece.
	drafted *spots
	// weak is true for a response that any server may send, loose for a request or status
	// that was read from words. Neither is a case on its own.
	weak, loose bool
	// snippet is true for a request whose parameters are shown with a program's variables
	// instead of values.
	snippet bool
	// nature is that of the block it is in.
	nature island.Nature
	label  string
	// values are parameters of the request that may be an assertion, with their places.
	values map[string]srctext.Text
	// carries is the JWT of the request and sent its claims, once needed.
	carries *input.Carried
	sent    *jsonspan.Value
	opened  uint8 // 0 unknown, 1 no, 2 yes
}

// whole reports whether the request shows the JWT it sends.
func (p *part) whole() bool {
	a := p.carried().Assertion
	return a != nil && a.Shape == evidence.ShapeCompact
}

// open reports whether the request leaves its assertion open: it is shortened, a
// variable, or the body is not shown.
func (p *part) open() bool {
	if p.opened == 0 {
		p.opened = 1
		if p.leavesOpen() {
			p.opened = 2
		}
	}
	return p.opened == 2
}

func (p *part) leavesOpen() bool {
	if p.Request == nil {
		return false
	}
	a := p.carried().Assertion
	if a == nil || a.FilledLater || a.Shape == evidence.ShapePlaceholder || a.Shape == evidence.ShapeNotJWT {
		return true
	}
	t, ok := island.ReadToken(a.Original)
	return ok && t.Shortened
}

func (p *part) hasRequest() bool { return p.Request != nil || p.Authorization != nil }
