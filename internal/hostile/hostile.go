// Package hostile makes texts that ask a careless reader for more work than
// their size: what is repeated, nested, left open or misspelt as often as fits.
//
// It is used by tests, which compare the work for one size with the work for
// twice the size, and by scripts/hostile, which measures time and memory. The
// same name and size always give the same text.
package hostile

import (
	"encoding/base64"
	"fmt"
	"strings"
)

// Input is one kind of text.
type Input struct {
	Name string
	// Make returns a text of about size bytes.
	Make func(size int) string
	// Other returns a second text of the kind that differs from the first in
	// what it names, to compare the two; nil if the first is compared with itself.
	Other func(size int) string
}

// Inputs returns every kind.
func Inputs() []Input {
	var all []Input
	for _, group := range [][]Input{tokens(), pasted(), lists(), documents(), answers(), archives(), messages(), forms(), programs(), posix(), curl(), windows(), others(), exports()} {
		all = append(all, group...)
	}
	return all
}

// The parts of a healthy token, and one of a realistic length.
const (
	header = `{"alg":"RS384","typ":"JWT","kid":"example-2025"}`
	claims = `{"iss":"b81d5a60-3c27","sub":"b81d5a60-3c27","aud":"https://as.example/token","jti":"83e0ec65-d60a-4b49","iat":1759999990,"exp":1760000230}`
	tiny   = "eyJhbGciOiJub25lIn0.eyJhIjoxfQ.x"
	form   = "grant_type=client_credentials&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion="
)

func enc(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

func signature() string { return enc(strings.Repeat("\x9d\x17s", 86)[:256]) }

// Token is a healthy compact JWT of about 600 characters.
func Token() string { return enc(header) + "." + enc(claims) + "." + signature() }

// fill repeats unit up to size bytes.
func fill(unit string, size int) string { return strings.Repeat(unit, max(1, size/len(unit))) }

// filled is a kind made of a head, a unit as often as it fits, and a tail.
func filled(name, head, unit, tail string) Input {
	return Input{Name: name, Make: func(size int) string {
		return head + fill(unit, size-len(head)-len(tail)) + tail
	}}
}

// numbered repeats a format that takes a number, from a first one on, with a
// separator between.
func numbered(size, first int, format, separator string) string {
	var b strings.Builder
	for i := first; b.Len() < size; i++ {
		if i > first {
			b.WriteString(separator)
		}
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// counted is a kind whose units are numbered, so that no two are alike.
func counted(name, head, format, separator, tail string) Input {
	make := func(size, first int) string {
		return head + numbered(size-len(head)-len(tail), first, format, separator) + tail
	}
	return Input{Name: name,
		Make:  func(size int) string { return make(size, 100_000) },
		Other: func(size int) string { return make(size, 500_000) },
	}
}

// payload is a kind of token whose payload is made of head, units and tail.
func payload(name, head, unit, tail string) Input {
	return Input{Name: name, Make: func(size int) string {
		return enc(header) + "." + enc(head+fill(unit, size*3/4-len(head)-len(tail)-700)+tail) + "." + signature()
	}}
}

// claimed is payload with numbered units.
func claimed(name, head, format, separator, tail string) Input {
	make := func(size, first int) string {
		return enc(header) + "." + enc(head+numbered(size*3/4-len(head)-len(tail)-700, first, format, separator)+tail) + "." + signature()
	}
	return Input{Name: name,
		Make:  func(size int) string { return make(size, 100_000) },
		Other: func(size int) string { return make(size, 500_000) },
	}
}

// nested opens as often as fits in one half of the size and closes in the other.
func nested(name, head, open, middle, shut, tail string) Input {
	return Input{Name: name, Make: func(size int) string {
		n := max(1, (size-len(head)-len(tail))/(len(open)+len(shut)))
		return head + strings.Repeat(open, n) + middle + strings.Repeat(shut, n) + tail
	}}
}
