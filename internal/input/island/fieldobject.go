package island

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/srctext"
)

func fieldNames() []string {
	var out []string
	for name := range headerNames {
		out = append(out, name)
	}
	return out
}

// isFields recognises an object of header fields.
func isFields(o object, m names) bool {
	sure, known := 0, 0
	for name := range m {
		if h, ok := headerNames[name]; ok {
			known++
			if h.sure {
				sure++
			}
		}
	}
	return sure > 0 && known*3 >= len(m) || known > 0 && strings.HasSuffix(o.label, "headers") || known > 1 && strings.Contains(o.label, "header")
}

func readFieldObject(l *layer, o object, _ names, _ int) { l.emitFields(o, SideUnknown) }

// emitFields writes the members of an object, or the pairs of a list, as header fields.
func (l *layer) emitFields(o object, side Side) {
	var ps []param
	switch o.value.Kind {
	case jsonspan.Object:
		ps = membersOf(o.value)
	case jsonspan.Array:
		ps, _ = tuples(o.value)
	}
	is := l.island(KindFields, "header fields", o)
	own := SideUnknown
	for _, p := range ps {
		h := headerNames[folded(p.name)]
		if own == SideUnknown {
			own = h.side
		}
		name := o.text.Slice(p.span.Start, p.span.End)
		if s := name.String(); len(s) > 2 && (s[0] == '"' || s[0] == '\'') {
			name = name.Slice(1, len(s)-1)
		}
		value, ok := o.fieldValue(p.value)
		value = l.filled(value)
		if ok && p.name != "" && !strings.ContainsAny(p.name, " \t:") {
			is.Fields = append(is.Fields, Field{Name: name, Value: value})
		}
	}
	if len(is.Fields) == 0 {
		return
	}
	is.Side = side
	if side == SideUnknown {
		is.Side = own // otherwise that of the layer
	}
	l.emit(is)
}

// fieldValue is the value of a header field as text; a list is joined by commas.
func (o object) fieldValue(v *jsonspan.Value) (srctext.Text, bool) {
	switch v.Kind {
	case jsonspan.String:
		return o.at(v, "").content(), true
	case jsonspan.Number, jsonspan.Bool:
		return o.text.Slice(v.Span.Start, v.Span.End), true
	case jsonspan.Array:
		var b srctext.Builder
		for i, item := range v.Items {
			part, ok := o.fieldValue(item)
			if !ok {
				return srctext.Text{}, false
			}
			if i > 0 {
				b.Put(", ")
			}
			b.Copy(part, 0, part.Len())
		}
		return b.Text(), len(v.Items) > 0
	}
	return srctext.Text{}, false
}
