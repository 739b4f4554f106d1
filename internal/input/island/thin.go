package island

import (
	"slices"
	"strings"
)

// A long log has thousands of lines with an address, a status or a time. They count only
// with what they belong to, so of a long row of them the middle is left out: what
// comes after it is still found, however long the log is.

// fewSlight is how many islands of a row are kept at its beginning and at its end.
const fewSlight = 64

// row is where the last row of slight islands begins, and up to where islands have been
// looked at.
type row struct{ start, seen int }

// thin leaves out the middle of the last row of slight islands, if it is long.
func (f *finder) thin() {
	for ; f.row.seen < len(f.out); f.row.seen++ {
		if !slight(&f.out[f.row.seen]) {
			f.row.start = f.row.seen + 1
		}
	}
	if len(f.out)-f.row.start < 4*fewSlight {
		return
	}
	f.out = slices.Delete(f.out, f.row.start+fewSlight, len(f.out)-fewSlight)
	f.row.seen = len(f.out)
}

// slight reports whether an island counts only with others: a time, an address or
// request that has nothing to do with tokens, a status of a success, a message that
// any program prints.
func slight(is *Island) bool {
	switch is.Kind {
	case KindStamp:
		return true
	case KindStatus:
		return is.Code < 400
	case KindAnswer:
		return is.Weight == Weak
	case KindAddress:
		return is.Address == AddressOther && !sendsTokens(is.Text.String())
	case KindRequest:
		return is.Loose && !TokenPath(is.URL.String()) && !sendsTokens(is.URL.String())
	}
	return false
}

func sendsTokens(url string) bool {
	return strings.Contains(url, "grant_type=") || strings.Contains(url, "client_assertion")
}
