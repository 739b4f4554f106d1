package doctor

import (
	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/input"
	"github.com/assertionworks/jwtdoctor/internal/jose"
)

// memory is what one case is read and judged in. A batch uses it again for another line
// once the case has been emitted. What is said of a case contains copies and strings, and
// nothing of the evidence, which is let go before that. There is room for one of everything;
// with a nil memory everything is allocated.
type memory struct {
	input    input.Memory
	item     input.Item
	evidence evidence.Case
	exam     jose.Diagnosis
	judged   [1]finding.Case
	// examination keeps its buffers for the next one.
	examination jose.Examination
}

// forget lets go of the evidence of a case that has been judged.
func (m *memory) forget() {
	m.input.Reset()
	m.examination.Reset()
	m.item, m.evidence, m.exam = input.Item{}, evidence.Case{}, jose.Diagnosis{}
}

func (m *memory) forInput() *input.Memory {
	if m == nil {
		return nil
	}
	return &m.input
}

func (m *memory) forItem() *input.Item {
	if m == nil {
		return new(input.Item)
	}
	return &m.item
}

func (m *memory) forCase() *evidence.Case {
	if m == nil {
		return new(evidence.Case)
	}
	return &m.evidence
}
