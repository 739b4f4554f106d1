package doctor_test

import (
	"slices"
	"testing"
)

// One assertion is good for one request, whether it has a jti to know it by or
// not; and of another nothing is compared with it.
func TestReplays(t *testing.T) {
	of := func(changes map[string]any) string {
		e := healthy("rfc7523")
		for name, v := range changes {
			if v == nil {
				e.claims.del(name)
				continue
			}
			e.claims.set(name, v)
		}
		return e.compact()
	}
	none := map[string]any{"jti": nil}
	for _, r := range []struct {
		name          string
		first, second map[string]any
		reused        bool
	}{
		{"with a jti", nil, nil, true},
		{"the jti in another assertion", nil, map[string]any{"exp": now + 61}, true},
		{"another jti", nil, map[string]any{"jti": "another-jti-altogether"}, false},
		{"without a jti", none, none, true},
		{"without a jti, another second", none, map[string]any{"jti": nil, "exp": now + 61}, false},
		{"a jti that is no text", map[string]any{"jti": 7}, map[string]any{"jti": 7}, true},
		{"without and with", none, nil, false},
	} {
		cases := judgeText(t, healthy("rfc7523").opts, of(r.first), of(r.second))
		if len(cases) != 2 {
			t.Fatalf("%s: %d cases", r.name, len(cases))
		}
		if slices.Contains(failed(cases[0]), "jti-reused") || slices.Contains(failed(cases[1]), "jti-reused") != r.reused {
			t.Errorf("%s: %v and %v", r.name, failed(cases[0]), failed(cases[1]))
		}
	}
}
