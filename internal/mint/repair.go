package mint

import (
	"slices"
	"strings"
)

// Failing is an assertion to repair: its members in order, and which of them
// were found at fault.
type Failing struct {
	Header, Claims []Member
	// BadHeader and BadClaims are the names at fault; a name that is in
	// neither the header nor the claims is missing there.
	BadHeader, BadClaims []string
}

// routine are the members every new assertion has to change.
func routine() []string { return []string{"jti", "iat", "nbf", "exp"} }

// repair keeps what is right of the failing assertion, in its order, takes the
// rest from the healthy one, and says what changed.
func (f *Failing) repair(header, claims object) (object, object, []Change) {
	h, hc := mend("header", f.Header, f.BadHeader, header, nil)
	c, cc := mend("claims", f.Claims, f.BadClaims, claims, routine())
	return h, c, append(hc, cc...)
}

// ofKey reports a header parameter that belongs to the key at hand, whatever
// the failing assertion had there.
func ofKey(name string, healthy object) bool {
	switch name {
	case "alg", "kid":
		return true
	case "x5t", "x5t#S256", "x5c":
		return slices.ContainsFunc(healthy, func(m Member) bool { return m.Name == "x5c" || strings.HasPrefix(m.Name, "x5t") })
	}
	return false
}

func mend(part string, old []Member, bad []string, healthy object, fresh []string) (object, []Change) {
	var out object
	var changes []Change
	for _, m := range old {
		if _, twice := out.get(m.Name); twice {
			continue
		}
		want, known := healthy.get(m.Name)
		isFresh := slices.Contains(fresh, m.Name)
		switch {
		case !isFresh && !slices.Contains(bad, m.Name) && (part != "header" || !ofKey(m.Name, healthy)):
			out.setRaw(m.Name, m.JSON)
		case known:
			out.setRaw(m.Name, want)
			if want != m.JSON {
				changes = append(changes, Change{Part: part, Name: m.Name, Old: m.JSON, New: want, Routine: isFresh && !slices.Contains(bad, m.Name)})
			}
		case isFresh && !slices.Contains(bad, m.Name) && m.Name == "nbf":
			iat, _ := healthy.get("iat")
			out.setRaw("nbf", iat)
			changes = append(changes, Change{Part: part, Name: m.Name, Old: m.JSON, New: iat, Routine: true})
		default:
			changes = append(changes, Change{Part: part, Name: m.Name, Old: m.JSON})
		}
	}
	for _, m := range healthy {
		if _, there := out.get(m.Name); !there {
			out.setRaw(m.Name, m.JSON)
			changes = append(changes, Change{Part: part, Name: m.Name, New: m.JSON})
		}
	}
	slices.SortStableFunc(changes, func(a, b Change) int { return strings.Compare(a.Part, b.Part) * -1 })
	return out, changes
}
