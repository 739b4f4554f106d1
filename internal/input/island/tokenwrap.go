package island

import (
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// nextLine is where a wrapped token continues: on the next line, if that contains only
// characters of a token. It is 0 if the token does not continue.
func (r *tokenRun) nextLine(i int) int {
	k, ends := i, 0
	for k < len(r.s) && (isBlank(r.s[k]) || r.s[k] == '\\' || r.s[k] == '>') {
		if r.s[k] == '\n' {
			if ends++; ends > 1 {
				return 0 // an empty line
			}
		} else if r.s[k] == '>' && ends == 0 {
			return 0
		}
		k++
	}
	if ends == 0 || r.whole(i) && !r.longer(i, k) {
		return 0
	}
	end := k
	for end < len(r.s) && (base64Byte(r.s[end]) || r.s[end] == '.' || r.s[end] == '=') {
		end++
	}
	last := end == len(r.s) || strings.IndexByte("\"'`&,)<", r.s[end]) >= 0 || r.s[end] == '\n' || r.s[end] == '\r'
	switch {
	case end == k || !last && !(end < len(r.s) && r.s[end] == '\\'):
		return 0
	case end-k < shortestLine && !(end == len(r.s) || strings.IndexByte("\"'`&<", r.s[end]) >= 0 || r.completes(i, end-k)):
		return 0
	case startsToken(r.s[k:]) && r.s[i-1] != '.' && r.s[k-1] != '.':
		return 0 // another token
	}
	return k
}

// spaced is where a token continues whose dots have a blank after them: at a payload with
// the next dot, or at a whole signature. It is 0 if the token does not continue.
func (r *tokenRun) spaced(i int) int {
	const most = 3 // blanks
	if r.s[i-1] != '.' {
		return 0
	}
	k := i
	for k < len(r.s) && k-i < most && (r.s[k] == ' ' || r.s[k] == '\t') {
		k++
	}
	end := k
	for end < len(r.s) && base64Byte(r.s[end]) {
		end++
	}
	switch {
	case len(r.dots) == 1 && startsToken(r.s[k:]) && end < len(r.s) && r.s[end] == '.':
		return k
	case len(r.dots) == 2 && slices.Contains(r.expected(), end-k):
		return k
	}
	return 0
}

// longer reports whether a signature that could end at i has another valid length with
// the lines from k on.
func (r *tokenRun) longer(i, k int) bool {
	n := 0
	for k < len(r.s) && n < 2048 {
		end := k
		for end < len(r.s) && base64Byte(r.s[end]) {
			end++
		}
		if end == k || end < len(r.s) && r.s[end] != '\n' && r.s[end] != '\r' && !isBlank(r.s[end]) && strings.IndexByte("\"'`&,)<", r.s[end]) < 0 {
			return false
		}
		n += end - k
		if end-k >= shortestLine && r.completes(i, n) {
			return true
		}
		for k = end; k < len(r.s) && (r.s[k] == '\r' || r.s[k] == '\n' || r.s[k] == ' '); k++ {
			if r.s[k] == '\n' && k > end && r.s[k-1] == '\n' {
				return false
			}
		}
		if k == end {
			return r.completes(i, n)
		}
	}
	return r.completes(i, n)
}

// signature is the number of characters of the signature up to i.
func (r *tokenRun) signature(i int) int {
	if len(r.dots) < 2 {
		return 0
	}
	return i - r.dots[len(r.dots)-1] - 1 - r.spaces
}

// whole reports whether the token may end at i: its signature has a valid length for its
// algorithm.
func (r *tokenRun) whole(i int) bool { return r.completes(i, 0) }

// completes reports whether n more characters make the signature whole.
func (r *tokenRun) completes(i, n int) bool {
	if len(r.dots) != 2 {
		return false
	}
	return slices.Contains(r.expected(), r.signature(i)+n)
}

// expected are the possible numbers of characters of a signature by the header's
// algorithm; nil if unknown.
func (r *tokenRun) expected() []int {
	if !r.known {
		r.want, r.known = r.signatureLengths(), true
	}
	return r.want
}

func (r *tokenRun) signatureLengths() []int {
	header, _ := jsonspan.Scan(decodePart(r.s[r.start:r.dots[0]]), jsonspan.Limits{Values: 256})
	alg, _ := header.Get("alg")
	if alg == nil {
		return nil
	}
	switch strings.ToUpper(alg.Str) {
	case "RS256", "RS384", "RS512", "PS256", "PS384", "PS512":
		return []int{342, 512, 683, 171, 256, 1366}
	case "ES256", "ES256K", "EDDSA", "ED25519":
		return []int{86}
	case "ES384":
		return []int{128}
	case "ES512":
		return []int{176}
	case "HS256":
		return []int{43}
	case "HS384":
		return []int{64}
	case "HS512":
		return []int{86}
	}
	return nil
}
