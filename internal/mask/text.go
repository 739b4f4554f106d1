package mask

import (
	"slices"
	"strings"
)

// Text is a text as it may be shown: every secret in it, known from the evidence
// or recognized by its looks, is masked. A text without any stays as it is.
func (m *Mask) Text(s string) string {
	return apply(s, m.search(s))
}

// Texts masks several texts in place.
func (m *Mask) Texts(texts ...*string) {
	for _, t := range texts {
		*t = m.Text(*t)
	}
}

// search finds what must not be shown of a text, in order. Most texts are our own
// words: one look at the characters says which searches can find anything.
func (m *Mask) search(s string) []edit {
	if len(s) < shortest {
		return nil
	}
	known := m.secrets()
	var has signs
	begins := false
	longest, word := 0, 0 // bytes without a blank
	for i := range len(s) {
		is := signOf[s[i]]
		has |= is
		if word++; is&signBlank != 0 {
			longest, word = max(longest, word-1), 0
		}
	}
	longest = max(longest, word)
	if len(known.secrets) > 0 {
		for i := 0; i < len(s) && !begins; i++ {
			begins = known.begins(s[i])
		}
	}
	var found edits
	if has&signCapital != 0 || has&signQuote != 0 {
		privateKeys(s, &found)
	}
	if begins {
		known.find(s, &found)
	}
	if m.reveal {
		return found.settle(s)
	}
	if has&signDot != 0 {
		jwts(s, &found)
	}
	if has&signSlash != 0 && has&signAt != 0 {
		addressed(s, &found, false)
	}
	if has&signPair != 0 {
		pairs(s, &found)
	}
	if has&(signDigit|signCapital) != 0 {
		schemes(s, &found)
	}
	if has&signDigit != 0 && longest >= leastBranded {
		branded(s, &found)
		sentences(s, &found)
	}
	return found.settle(s)
}

// signs are the characters a text has, as far as they matter to a search.
type signs uint8

const (
	signPair signs = 1 << iota // = : %
	signSlash
	signAt
	signDot
	signDigit
	signCapital
	signQuote
	signBlank
)

var signOf = signTable()

func signTable() (t [256]signs) {
	for c := '0'; c <= '9'; c++ {
		t[c] = signDigit
	}
	for c := 'A'; c <= 'Z'; c++ {
		t[c] = signCapital
	}
	t['='], t[':'], t['%'] = signPair, signPair, signPair
	t['/'], t['@'], t['.'], t['"'] = signSlash, signAt, signDot, signQuote
	t[' '], t['\t'], t['\r'], t['\n'] = signBlank, signBlank, signBlank, signBlank
	return t
}

// edit is a stretch of text that is shown as something else.
type edit struct {
	start, end int
	as         string // "" for what Value makes of it
}

// edits are the stretches of one text, in the order they were found.
type edits struct{ list []edit }

func (e *edits) add(start, end int) { e.put(start, end, "") }

func (e *edits) put(start, end int, as string) {
	if start < end {
		e.list = append(e.list, edit{start, end, as})
	}
}

// settle sorts the edits and joins those that overlap.
func (e *edits) settle(s string) []edit {
	if len(e.list) == 0 {
		return nil
	}
	slices.SortStableFunc(e.list, func(a, b edit) int {
		if a.start != b.start {
			return a.start - b.start
		}
		return b.end - a.end
	})
	out := e.list[:1]
	for _, next := range e.list[1:] {
		last := &out[len(out)-1]
		switch {
		case next.start >= last.end:
			out = append(out, next)
		case next.end > last.end:
			last.end = next.end
			if last.as != Private {
				last.as = next.as
			}
		}
	}
	for i := range out {
		if x := &out[i]; x.as == "" {
			x.as = hide(s[x.start:x.end])
		}
	}
	return out
}

// apply writes the text with the edits made.
func apply(s string, list []edit) string {
	if len(list) == 0 {
		return s
	}
	var b strings.Builder
	at := 0
	for _, x := range list {
		b.WriteString(s[at:x.start])
		b.WriteString(x.as)
		at = x.end
	}
	b.WriteString(s[at:])
	return b.String()
}

// place leads a place in the text to the text with the edits made. One inside of
// an edit is led to its beginning, or with after, to its end.
func place(list []edit, offset int, after bool) int {
	shift := 0
	for _, x := range list {
		switch {
		case offset >= x.end:
			shift += len(x.as) - (x.end - x.start)
		case offset > x.start && after:
			return x.start + shift + len(x.as)
		case offset > x.start:
			return x.start + shift
		}
	}
	return offset + shift
}

// jwts finds compact JWTs and JWEs: an object in base64url, a dot, and more.
func jwts(s string, found *edits) {
	const head, least = 8, 8
	for at := 0; ; {
		i := strings.Index(s[at:], "ey")
		if i < 0 {
			return
		}
		i += at
		first := i + run(s[i:], inBase64)
		if first-i < head || first >= len(s) || s[first] != '.' || !begins(s, i) {
			at = max(first, i+2)
			continue
		}
		end, parts := first, 0
		for end < len(s) && s[end] == '.' {
			n := run(s[end+1:], inBase64)
			if n == 0 && parts > 0 {
				break
			}
			end += 1 + n
			parts++
		}
		if end-first > least {
			found.add(i, end)
		}
		at = max(end, i+2)
	}
}

// begins reports whether a word begins at a place, behind percent-encoding too.
func begins(s string, i int) bool {
	if i == 0 {
		return true
	}
	if c := s[i-1]; !isLetter(c) && (c < '0' || c > '9') && c != '_' && c != '-' {
		return true
	}
	return i > 2 && s[i-3] == '%' && isHex(s[i-2]) && isHex(s[i-1])
}

// ends reports whether a word ends at a place.
func ends(s string, i int) bool {
	return i == len(s) || !identifier(s[i])
}

func inBase64(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-' || c == '+' || c == '/' || c == '='
}

// run counts the bytes at the beginning of s that fit.
func run(s string, fits func(byte) bool) int {
	for i := range len(s) {
		if !fits(s[i]) {
			return i
		}
	}
	return len(s)
}

// schemes finds a credential behind the word that says how it is sent: Bearer abc.
func schemes(s string, found *edits) {
	for at := 0; at < len(s); {
		i := strings.IndexByte(s[at:], ' ')
		if i < 0 {
			return
		}
		i += at
		at = i + 1
		word := i
		for word > 0 && isLetter(s[word-1]) {
			word--
		}
		if !sentAs(s[word:i]) {
			continue
		}
		start := i + len(s[i:]) - len(strings.TrimLeft(s[i:], " "))
		n := run(s[start:], func(c byte) bool { return inBase64(c) || c == '.' || c == '~' || c == '%' })
		if value := strings.TrimRight(s[start:start+n], "."); mixed(value) || opaque(value) || len(value) >= 16 && strings.ToLower(value) != value {
			found.add(start, start+len(value))
		}
	}
}

// sentAs reports whether a word says how the credential behind it is sent.
func sentAs(word string) bool {
	for _, scheme := range [...]string{"bearer", "basic", "dpop", "negotiate", "ntlm"} {
		if len(word) == len(scheme) && strings.EqualFold(word, scheme) {
			return true
		}
	}
	return false
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// leastBranded is the number of characters, none of them blank, of the shortest token
// that branded finds. What a sentence names has to be longer.
const leastBranded = 12

// branded finds tokens that say what they are by how they begin. There is a digit in
// each of them.
func branded(s string, found *edits) {
	for _, brand := range [...]string{"ya29.", "1//0", "ghp_", "gho_", "ghs_", "github_pat_", "glpat-", "xoxb-", "xoxp-", "sk_live_", "AKIA", "ASIA", "AIza"} {
		for at := 0; ; {
			i := strings.Index(s[at:], brand)
			if i < 0 {
				break
			}
			i += at
			n := run(s[i:], func(c byte) bool { return inBase64(c) || c == '.' })
			if n >= leastBranded && begins(s, i) {
				found.add(i, i+n)
			}
			at = i + max(n, 1)
		}
	}
}
