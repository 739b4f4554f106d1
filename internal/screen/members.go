package screen

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/mask"
)

// member is one top-level member of header or claims as it is edited.
type member struct {
	name string
	raw  string // the value as JSON, or what is typed on the way to it
	// hidden is true for a value that is not shown until it is typed again.
	hidden bool
}

// membersOf lists the members of an object; nil if it cannot be read.
func membersOf(fact evidence.Fact[*evidence.Object], m *mask.Mask) []member {
	o, ok := fact.Get()
	if !ok || o.Value == nil {
		return nil
	}
	out := []member{}
	for _, x := range o.Value.Members {
		span := x.Value.Span
		if span.End > len(o.Raw) || span.Start > span.End {
			continue
		}
		raw := string(o.Raw[span.Start:span.End])
		shown := string(m.Claim(x.Name, x.Value))
		out = append(out, member{name: x.Name, raw: raw, hidden: !sameJSON(raw, shown)})
	}
	return out
}

func sameJSON(a, b string) bool {
	var x, y any
	if json.Unmarshal([]byte(a), &x) != nil || json.Unmarshal([]byte(b), &y) != nil {
		return a == b
	}
	one, _ := json.Marshal(x)
	two, _ := json.Marshal(y)
	return string(one) == string(two)
}

// text writes the members as one JSON object.
func text(all []member) []byte {
	if all == nil {
		return nil
	}
	var b strings.Builder
	b.WriteByte('{')
	for i, m := range all {
		if i > 0 {
			b.WriteByte(',')
		}
		name, _ := json.Marshal(m.name) // a string can always be written
		b.Write(name)
		b.WriteByte(':')
		b.WriteString(m.raw)
	}
	b.WriteByte('}')
	return []byte(b.String())
}

func (e *edit) change() doctor.Change {
	if !e.unsigned {
		return doctor.Change{Request: e.request}
	}
	return doctor.Change{Header: text(e.header), Claims: text(e.claims), Request: e.request}
}

// part is the list that a part of a patch is about; nil for another part.
func (e *edit) part(name string) *[]member {
	switch {
	case name == finding.PartHeader && e.header != nil:
		return &e.header
	case name == finding.PartClaims && e.claims != nil:
		return &e.claims
	}
	return nil
}

// clone is a copy that can be changed.
func (e *edit) clone() *edit {
	return &edit{slices.Clone(e.header), slices.Clone(e.claims), slices.Clone(e.request), e.unsigned}
}

// apply does the steps of a fix; false if one of them cannot be done here.
func (e *edit) apply(steps []finding.Patch) bool {
	for _, s := range steps {
		if s.Part == finding.PartRequest {
			e.request = append(e.request, s)
			continue
		}
		list := e.part(s.Part)
		name := strings.TrimPrefix(s.Pointer, "/")
		if list == nil || strings.Contains(name, "/") {
			return false
		}
		e.unsigned = true
		set(list, strings.NewReplacer("~1", "/", "~0", "~").Replace(name), s)
	}
	return len(steps) > 0
}

func set(list *[]member, name string, s finding.Patch) {
	is := func(m member) bool { return m.name == name }
	if s.Remove {
		*list = slices.DeleteFunc(*list, is)
		return
	}
	raw := written(s.Value)
	if i := slices.IndexFunc(*list, is); i >= 0 {
		(*list)[i] = member{name: name, raw: raw}
		// Of a name that occurs twice one is left.
		rest := slices.DeleteFunc(slices.Clone((*list)[i+1:]), is)
		*list = append((*list)[:i+1], rest...)
		return
	}
	*list = append(*list, member{name: name, raw: raw})
}

// written is a value as JSON, without escapes that only HTML needs.
func written(value any) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if enc.Encode(value) != nil {
		return "null"
	}
	return strings.TrimSpace(b.String())
}

// applicable reports whether every step of a fix can be done here.
func applicable(it *item, steps []finding.Patch) bool {
	if it == nil || it.evidence == nil || len(steps) == 0 {
		return false
	}
	_, header := it.judged.Header.Get()
	_, claims := it.judged.Claims.Get()
	_, request := it.judged.Request.Get()
	for _, s := range steps {
		switch s.Part {
		case finding.PartHeader:
			if !header {
				return false
			}
		case finding.PartClaims:
			if !claims {
				return false
			}
		case finding.PartRequest:
			if !request {
				return false
			}
		default:
			return false
		}
	}
	return true
}
