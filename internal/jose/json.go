package jose

import (
	"strconv"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// place is a value of a document together with the pointer that leads to it.
type place struct {
	value   *jsonspan.Value
	pointer string
}

func (p place) member(name string) (place, jsonspan.Member, bool) {
	m, ok := p.value.Member(name)
	if !ok {
		return place{}, m, false
	}
	return p.of(m), m, true
}

// of is the place of a member that is at hand.
func (p place) of(m jsonspan.Member) place {
	return place{m.Value, p.pointer + "/" + escapePointer(m.Name)}
}

func (p place) item(i int) place {
	return place{p.value.Items[i], p.pointer + "/" + strconv.Itoa(i)}
}

func escapePointer(name string) string {
	if !strings.ContainsAny(name, "~/") {
		return name
	}
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
}

// text returns a member that is a string.
func text(v *jsonspan.Value, name string) (string, bool) {
	if m, ok := v.Get(name); ok && m.Kind == jsonspan.String {
		return m.Str, true
	}
	return "", false
}

func isObject(v *jsonspan.Value) bool { return v != nil && v.Kind == jsonspan.Object }
func isArray(v *jsonspan.Value) bool  { return v != nil && v.Kind == jsonspan.Array }

// maxFaults limits the duplicates reported for one document.
const maxFaults = 50

// maxValues is how many JSON values of a document are read; a set of 1,000 keys has a tenth of it.
const maxValues = 1 << 17

// readJSON scans JSON with the limits of this package.
func readJSON(data []byte) (*jsonspan.Value, []jsonspan.Fault) {
	return jsonspan.Scan(data, jsonspan.Limits{Faults: maxFaults, Values: maxValues})
}
