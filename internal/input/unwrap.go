package input

import (
	"bytes"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

// unwrap removes what surrounds the assertion, layer by layer, until nothing more comes
// off, and finds it inside a larger text.
func (w *work) unwrap() surroundings {
	var found surroundings
	for range maxRounds {
		before, repairs := *w, len(w.repairs)
		w.peel()
		if len(w.b) == len(before.b) && found.words != "" {
			if !w.decode() {
				return found
			}
			continue
		}
		if !w.bare() && !(singleWord(w.b) && w.hasPercent()) && found.words == "" {
			peeled := *w
			*w = before
			w.retain(func(i int, _ evidence.Repair) bool { return i < repairs })
			if s, ok := w.extract(); ok {
				found = s
				continue
			}
			*w = peeled
		}
		if w.placeholderLike() {
			return found
		}
		if !w.decode() && len(w.b) == len(before.b) {
			break
		}
	}
	return found
}

// decode undoes one layer of percent-encoding, escapes or character codes inside the
// text.
func (w *work) decode() bool {
	changed := w.percent(false)
	changed = w.unescape(false) || changed
	return w.numbers() || changed
}

// bare reports whether the text is a token, damaged or not, and nothing else.
func (w *work) bare() bool {
	if !startsToken(w.b) {
		return false
	}
	n := 0
	for n < len(w.b) && (base64Byte(w.b[n]) || w.b[n] == '.' || w.b[n] == '=') {
		n++
	}
	if n == len(w.b) {
		return true
	}
	rest := bytes.TrimLeft(w.b[n:], " \t\r\n")
	switch {
	case complete(w.b[:n]):
		// Something follows a whole token: a quote, words or another token.
		for len(rest) > 1 && rest[0] == '\\' && (rest[1] == 'n' || rest[1] == 'r' || rest[1] == 't') {
			rest = rest[2:]
		}
		return len(rest) == 0
	case w.b[n] == '&' || w.b[n] == '"' && bytes.IndexByte(w.b[n:], ':') >= 0:
		return false // the rest of a form or of JSON
	}
	return true
}

// singleWord reports whether the text contains neither whitespace nor separators of
// parameters.
func singleWord(b []byte) bool { return !bytes.ContainsAny(b, " \t\r\n&:'\"\x1f") }
