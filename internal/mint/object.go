package mint

import (
	"bytes"
	"encoding/json"
)

// Member is one member of an object, in JSON.
type Member struct {
	Name string
	JSON string
}

// object is a JSON object whose order is kept.
type object []Member

func (o *object) set(name string, v any) {
	// Only strings, numbers and lists of strings come here; they always marshal.
	raw, _ := json.Marshal(v)
	o.setRaw(name, string(raw))
}

func (o *object) setRaw(name, raw string) {
	for i := range *o {
		if (*o)[i].Name == name {
			(*o)[i].JSON = raw
			return
		}
	}
	*o = append(*o, Member{name, raw})
}

func (o object) get(name string) (string, bool) {
	for _, m := range o {
		if m.Name == name {
			return m.JSON, true
		}
	}
	return "", false
}

func (o object) text(name string) (string, bool) {
	raw, ok := o.get(name)
	var s string
	if !ok || json.Unmarshal([]byte(raw), &s) != nil {
		return "", false
	}
	return s, true
}

func (o object) json() []byte {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		name, _ := json.Marshal(m.Name)
		b.Write(name)
		b.WriteByte(':')
		b.WriteString(m.JSON)
	}
	b.WriteByte('}')
	return b.Bytes()
}
