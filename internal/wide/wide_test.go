package wide_test

import (
	"encoding/binary"
	"slices"
	"testing"
	"unicode/utf16"

	"github.com/assertionworks/jwtdoctor/internal/wide"
)

func TestRunes(t *testing.T) {
	le := func(units ...uint16) (out []byte) {
		for _, u := range units {
			out = binary.LittleEndian.AppendUint16(out, u)
		}
		return out
	}
	pair := utf16.Encode([]rune{'😀'})
	for _, c := range []struct {
		name string
		text []byte
		want []wide.Rune
	}{
		{"nothing", nil, nil},
		{"a byte order mark", le(0xFEFF, 'a'), []wide.Rune{{'a', 2, 2}}},
		{"the mark later on", le('a', 0xFEFF), []wide.Rune{{'a', 0, 2}, {0xFEFF, 2, 2}}},
		{"a surrogate pair", le(pair[0], pair[1], 'b'), []wide.Rune{{'😀', 0, 4}, {'b', 4, 2}}},
		{"half a pair", le(pair[0], 'b'), []wide.Rune{{0xFFFD, 0, 2}, {'b', 2, 2}}},
		{"half a pair at the end", le(pair[0]), []wide.Rune{{0xFFFD, 0, 2}}},
		{"an odd byte", append(le('a'), 'b'), []wide.Rune{{'a', 0, 2}}},
	} {
		if got := slices.Collect(wide.Runes(c.text, true)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
		big := slices.Clone(c.text)
		for i := 0; i+1 < len(big); i += 2 {
			big[i], big[i+1] = big[i+1], big[i]
		}
		if got := slices.Collect(wide.Runes(string(big), false)); !slices.Equal(got, c.want) {
			t.Errorf("%s, big endian: %v, want %v", c.name, got, c.want)
		}
	}
	for range wide.Runes("a\x00b\x00", true) {
		break // stops where nobody wants more
	}
}
