package judge

import (
	"bytes"
	"encoding/json"
	"slices"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// Decode writes header and claims of a case as valid JSON in their own order,
// secrets masked unless they are to be revealed. Of a name that occurs twice the
// last is kept.
func Decode(c *evidence.Case, reveal bool) finding.Decoded {
	return decoded(c, c.Kind, reveal || c.ShowSecrets)
}

func decoded(c *evidence.Case, kind evidence.Kind, reveal bool) finding.Decoded {
	write := func(fact evidence.Fact[*evidence.Object], masked []string) json.RawMessage {
		o, ok := fact.Get()
		if !ok || o.Value == nil {
			return json.RawMessage("null")
		}
		var b bytes.Buffer
		whole := isJWK(o.Value)
		writeObject(&b, o.Value, func(name string, v *jsonspan.Value) (string, bool) {
			switch {
			case reveal:
				return "", false
			case whole:
				if s, ok := privateMembers(name, v); ok {
					return s, ok
				}
			}
			if !slices.Contains(masked, name) && !evidence.SecretParameter(name) {
				return "", false
			}
			if v.Kind == jsonspan.String {
				return c.Mask(v.Str), true
			}
			return c.Mask(v.Raw), true
		})
		return b.Bytes()
	}
	masked := []string{"jti"}
	if kind != evidence.ClientAssertion {
		masked = append(masked, personal()...)
	}
	return finding.Decoded{Header: write(c.Header, nil), Claims: write(c.Claims, masked)}
}

// personal are the claims that name a person (OpenID Connect Core section 5.1
// and what providers add), masked in tokens that are about people.
func personal() []string {
	return []string{"sub", "name", "given_name", "family_name", "middle_name", "nickname", "preferred_username", "profile", "picture",
		"website", "email", "gender", "birthdate", "phone_number", "address", "upn", "unique_name", "oid", "nric", "uinfin", "pid", "ssn", "fhirUser", "patient", "sid"}
}

// writeObject writes a scanned object as JSON; mask may replace the value of a member.
func writeObject(b *bytes.Buffer, v *jsonspan.Value, mask func(string, *jsonspan.Value) (string, bool)) {
	b.WriteByte('{')
	last := make(map[string]int, len(v.Members))
	for i, m := range v.Members {
		last[m.Name] = i
	}
	first := true
	for i, m := range v.Members {
		if last[m.Name] != i {
			continue
		}
		if !first {
			b.WriteByte(',')
		}
		first = false
		writeText(b, m.Name)
		b.WriteByte(':')
		if mask != nil {
			if s, ok := mask(m.Name, m.Value); ok {
				writeText(b, s)
				continue
			}
		}
		writeValue(b, m.Value)
	}
	b.WriteByte('}')
}

func writeValue(b *bytes.Buffer, v *jsonspan.Value) {
	switch v.Kind {
	case jsonspan.Object:
		writeObject(b, v, privateMembers)
	case jsonspan.Array:
		b.WriteByte('[')
		for i, it := range v.Items {
			if i > 0 {
				b.WriteByte(',')
			}
			writeValue(b, it)
		}
		b.WriteByte(']')
	case jsonspan.String:
		writeText(b, v.Str)
	default:
		if json.Valid([]byte(v.Raw)) && v.Kind != jsonspan.Invalid {
			b.WriteString(v.Raw)
		} else {
			writeText(b, v.Raw)
		}
	}
}

func isJWK(v *jsonspan.Value) bool { _, ok := v.Get("kty"); return ok }

// privateMembers masks the private members of a JWK wherever one is nested.
func privateMembers(name string, v *jsonspan.Value) (string, bool) {
	if v.Kind == jsonspan.String && slices.Contains([]string{"d", "p", "q", "dp", "dq", "qi", "k"}, name) {
		return "(private)", true
	}
	return "", false
}

func writeText(b *bytes.Buffer, s string) {
	// Marshalling a string cannot fail.
	text, _ := json.Marshal(s)
	b.Write(text)
}
