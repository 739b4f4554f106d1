package input

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

const (
	// maxParams is how many parameters are read of one body or query.
	maxParams = 1000
	// maxBody is how much of a body is read, in bytes.
	maxBody = 1 << 20
	// maxPairFaults is how many faults of one name=value are reported.
	maxPairFaults = 4
)

// formPair is one name=value of a form body or query, with its place in the
// text it was read from.
type formPair struct {
	rawName, rawValue    string
	name, value          string
	nameStart, nameEnd   int
	valueStart, valueEnd int
	faults               []string // what is wrong with its encoding
}

// formPairs splits application/x-www-form-urlencoded text as servers do: at &, then at
// the first =; + is a space, and percent-encoding is decoded once. It never fails: what
// cannot be decoded stays as it is and is reported as a fault.
//
// A pair without = has an empty value at the end of its name. Nothing between two & is
// not a pair. Pairs after the first 1,000 are left out.
func formPairs(text string) []formPair {
	out, _ := someFormPairs(text)
	return out
}

// someFormPairs is formPairs that also reports whether pairs were left out.
func someFormPairs(text string) (out []formPair, more bool) {
	out = make([]formPair, 0, min(strings.Count(text, "&")+1, maxParams))
	for i := 0; i < len(text); {
		end := len(text)
		if n := strings.IndexByte(text[i:], '&'); n >= 0 {
			end = i + n
		}
		if end > i && len(out) == maxParams {
			return out, true
		}
		if end > i {
			out = append(out, pairAt(text, i, end))
		}
		i = end + 1
	}
	return out, false
}

func pairAt(text string, start, end int) formPair {
	p := formPair{nameStart: start, nameEnd: end, valueStart: end, valueEnd: end}
	if n := strings.IndexByte(text[start:end], '='); n >= 0 {
		p.nameEnd, p.valueStart = start+n, start+n+1
	}
	p.rawName, p.rawValue = text[p.nameStart:p.nameEnd], text[p.valueStart:p.valueEnd]
	p.name = p.decode(p.rawName)
	p.value = p.decode(p.rawValue)
	return p
}

// decode reads + and percent-encoding (WHATWG URL section 5.1).
func (p *formPair) decode(raw string) string {
	if strings.IndexByte(raw, '%') < 0 && strings.IndexByte(raw, '+') < 0 {
		if !utf8.ValidString(raw) {
			p.fault("it contains bytes that are not UTF-8")
		}
		return raw
	}
	b := make([]byte, 0, len(raw))
	source := []byte(raw)
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; c {
		case '+':
			b = append(b, ' ')
		case '%':
			if v, ok := percentAt(source, i); ok {
				b = append(b, v)
				i += 2
				continue
			}
			p.fault("%s is not percent-encoding", raw[i:min(i+3, len(raw))])
			b = append(b, c)
		default:
			b = append(b, c)
		}
	}
	if !utf8.Valid(b) {
		p.fault("decoded, it contains bytes that are not UTF-8")
	}
	return string(b)
}

func (p *formPair) fault(format string, args ...any) {
	if len(p.faults) < maxPairFaults {
		p.faults = append(p.faults, strings.ToValidUTF8(fmt.Sprintf(format, args...), "\uFFFD"))
	}
}
