package judge

import (
	"encoding/json"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/mask"
)

// Decode writes header and claims of a case as valid JSON in their own order,
// secrets masked unless they are to be revealed. Of a name that occurs twice the
// last is kept.
func Decode(c *evidence.Case, reveal bool) finding.Decoded {
	return decoded(c, mask.Of(judged{c, c.Kind, reveal}))
}

func decoded(c *evidence.Case, m *mask.Mask) finding.Decoded {
	write := func(fact evidence.Fact[*evidence.Object]) json.RawMessage {
		o, ok := fact.Get()
		if !ok || o.Value == nil {
			return json.RawMessage("null")
		}
		return m.Object(o.Value)
	}
	return finding.Decoded{Header: write(c.Header), Claims: write(c.Claims)}
}

// judged is a case as what its JWT is judged as: the profile may say that it is
// about a person where the case on its own does not.
type judged struct {
	*evidence.Case
	kind   evidence.Kind
	reveal bool
}

// Reveal implements mask.Source.
func (j judged) Reveal() bool { return j.reveal || j.Case.Reveal() }

// Person implements mask.Source.
func (j judged) Person() bool {
	return j.kind != evidence.ClientAssertion && j.kind != "" || j.Case.Person()
}
