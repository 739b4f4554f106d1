package jose

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/big"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// binaryMember is the value of a member that encodes bytes, and how it was read.
type binaryMember struct {
	bytes []byte
	flaw  string // in words; "" if it is base64url as RFC 7515 clause 2 defines it
}

// maxDigits is how many decimal digits a modulus of maxModulusBits can have.
const maxDigits = maxModulusBits * 31 / 100

// readBinary reads the value of a member whose bytes should number size (0
// where any number will do). It returns false if there is nothing sensible.
func readBinary(v *jsonspan.Value, size int) (binaryMember, bool) {
	if v.Kind == jsonspan.Number {
		if len(v.Raw) > maxDigits { // reading a number of so many digits takes long
			return binaryMember{flaw: fmt.Sprintf("a JSON number of %d digits, longer than any key's", len(v.Raw))}, false
		}
		n, ok := new(big.Int).SetString(v.Raw, 10)
		if !ok || n.Sign() < 0 {
			return binaryMember{flaw: "a number"}, false
		}
		return binaryMember{n.Bytes(), "a JSON number, not base64url text"}, true
	}
	if v.Kind != jsonspan.String {
		return binaryMember{flaw: v.Kind.String()}, false
	}
	return readBinaryText(v.Str, size)
}

func readBinaryText(s string, size int) (binaryMember, bool) {
	// Hexadecimal digits and decimal numbers are base64url letters too, so they
	// are distinguished by length.
	if b, ok := hexInstead(s, size); ok {
		return binaryMember{b, "hexadecimal, not base64url"}, true
	}
	if b, err := base64.RawURLEncoding.Strict().DecodeString(s); err == nil && !strings.ContainsAny(s, "\r\n") {
		return binaryMember{b, ""}, true
	}
	if n, ok := decimalExponent(s); ok {
		return binaryMember{n, "a decimal number in quotes, not base64url"}, true
	}
	var flaws []string
	clean := strings.Map(func(r rune) rune {
		switch r {
		case ' ', '\t', '\r', '\n':
			return -1
		}
		return r
	}, s)
	if clean != s {
		flaws = append(flaws, "whitespace in it")
	}
	if t := strings.TrimRight(clean, "="); t != clean {
		flaws, clean = append(flaws, "padding (=)"), t
	}
	if t := strings.NewReplacer("+", "-", "/", "_").Replace(clean); t != clean {
		flaws, clean = append(flaws, "the standard base64 alphabet (+ and /)"), t
	}
	if t := strings.TrimRight(clean, ",."); t != clean {
		flaws, clean = append(flaws, "characters after the end that belong to no base64"), t
	}
	b, err := base64.RawURLEncoding.DecodeString(clean)
	if err != nil {
		return binaryMember{flaw: "no base64url text"}, false
	}
	if len(flaws) == 0 {
		flaws = []string{"unused bits of the last character that are not zero"}
	}
	return binaryMember{b, strings.Join(flaws, " and ")}, true
}

func hexInstead(s string, size int) ([]byte, bool) {
	t := strings.ReplaceAll(strings.TrimPrefix(strings.TrimPrefix(s, "0x"), "0X"), ":", "")
	prefixed := t != s
	b, err := hex.DecodeString(t)
	if err != nil || len(b) == 0 {
		return nil, false
	}
	switch {
	case prefixed, size > 0 && len(b) == size, size == 0 && len(b) >= 64, size == 0 && t == "010001":
		return b, true
	}
	return nil, false
}

// decimalExponent recognises the two exponents people write as decimals.
func decimalExponent(s string) ([]byte, bool) {
	switch s {
	case "65537", "10001":
		return []byte{1, 0, 1}, true
	case "3":
		return []byte{3}, true
	}
	return nil, false
}
