package profile

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Answer is what a server said, as far as symptoms speak of it. An empty field
// is one the answer has not.
type Answer struct {
	Status      int // 0 where unknown: then no status is compared
	Error       string
	Description string
	ErrorURI    string
	// Text is all text of the body, without markup and escapes. A server's words
	// are looked for in it where they do not are in the member they should.
	Text string
	// Loose says that the answer has no members at all (a page, a line of a log,
	// what somebody typed): parts of a symptom it cannot have are not compared.
	Loose bool
}

// Fit is how a symptom answers to an answer.
type Fit struct {
	Symptom *Symptom
	Words   string // the words of the answer that matched
	// Specific is true where the server's own words matched, and not just an
	// error code of the standards, a status or an empty description.
	Specific bool
	// Own is true where the words tell whose server it is: nobody else is known
	// to answer with them, and a client gets to see them.
	Own bool
	// Distinct is true where the words are too long for others to say them by chance,
	// or a code.
	Distinct bool
	score    score
}

// score orders fits; the more specific wins. The server's sentence counts
// first, its error code next, then what was compared beside them.
type score struct {
	coded bool // a provider's numbered code, next to the words of others
	whole bool // the description is these words and nothing else
	text  int  // characters of description, URI or body that matched
	code  int  // characters of the error code that matched
	rest  int  // status, emptiness
	named bool // error_uri names the provider
	wire  bool // it is sent, and not only logged
}

func (s score) compare(o score) int {
	return cmp.Or(compareBool(s.coded, o.coded), cmp.Compare(s.text, o.text), cmp.Compare(s.code, o.code), cmp.Compare(s.rest, o.rest), compareBool(s.whole, o.whole),
		compareBool(s.named, o.named), compareBool(s.wire, o.wire))
}

// Compare returns which of two fits is more specific: above zero for f.
func (f Fit) Compare(o Fit) int { return f.score.compare(o.score) }

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// Recognised finds the profile's symptom that fits the answer best, its own
// before those it inherits where two fit as well.
func (p *Profile) Recognised(a Answer) (Fit, bool) {
	var best Fit
	found := false
	t := a.prepared()
	for i := range p.Symptoms {
		f, ok := p.Symptoms[i].fits(t)
		if ok && (!found || f.score.compare(best.score) > 0) {
			best, found = f, true
		}
	}
	return best, found
}

// prepared is an answer in the forms texts are compared in.
type prepared struct {
	Answer
	code, description, text          string // one line, for regular expressions
	codeLow, descriptionLow, textLow string // and without regard to case and quotation marks
	uris                             []string
}

// mostText bounds the bytes of an answer in which a server's words are looked
// for: hundreds of patterns are tried, and errors are short.
const mostText = 16 << 10

func (a Answer) prepared() *prepared {
	p := &prepared{Answer: a, code: oneLine(a.Error), description: oneLine(a.Description), text: oneLine(a.Text)}
	p.codeLow, p.descriptionLow, p.textLow = plain(p.code), plain(p.description), plain(p.text)
	// A URN is often percent-encoded, sometimes twice.
	for uri := oneLine(a.ErrorURI); uri != ""; {
		p.uris = append(p.uris, uri)
		next, err := url.PathUnescape(uri)
		if err != nil || next == uri || len(p.uris) > 2 {
			break
		}
		uri = next
	}
	return p
}

func oneLine(s string) string {
	if len(s) > mostText {
		s = strings.ToValidUTF8(s[:mostText], "")
	}
	return strings.Join(strings.Fields(s), " ")
}

// plain writes a text for comparison: lower case, without quotation marks (servers
// and those who quote them change or drop these), and no escaped slashes. The long
// s is one that expressions without regard to case take for an s.
func plain(s string) string { return quotes.Replace(strings.ToLower(s)) }

// quotes is never changed.
var quotes = strings.NewReplacer(`\/`, "/", `\"`, "", "ſ", "s", `"`, "", "'", "", "’", "", "‘", "", "“", "", "”", "", "`", "")

func (s *Symptom) fits(a *prepared) (Fit, bool) {
	m := &s.Match
	f := Fit{Symptom: s, score: score{wire: !s.LogOnly}}
	if m.Status != 0 && a.Status != 0 {
		if m.Status != a.Status {
			return f, false
		}
		f.score.rest++
		if m.Error == nil && m.Description == nil && m.ErrorURI == nil && m.Body == nil {
			f.Words = "status " + strconv.Itoa(a.Status)
		}
	} else if m.Status != 0 && m.Error == nil && m.Description == nil && m.ErrorURI == nil && m.Body == nil {
		return f, false
	}
	// Of a whole sentence that is the server's own, the code beside it may be
	// another: servers change it from version to version.
	otherCode := m.Error != nil && !s.fitsError(a, &f)
	if otherCode && (m.Description == nil && m.ErrorURI == nil && m.Body == nil || m.Error.Empty) {
		return f, false
	}
	if m.Description != nil && !fitsText(m.Description, a.Description == "" && (a.Error != "" || a.Text == ""), &f, a.Loose,
		[]string{a.description, a.text}, []string{a.descriptionLow, a.textLow}) {
		return f, false
	}
	if m.ErrorURI != nil {
		var low []string
		for _, u := range a.uris {
			low = append(low, plain(u))
		}
		if !fitsText(m.ErrorURI, len(a.uris) == 0, &f, a.Loose, append(slices.Clone(a.uris), a.text), append(low, a.textLow)) {
			return f, false
		}
	}
	if m.Body != nil && !fitsText(m.Body, a.text == "" && a.Error == "", &f, false, []string{a.text}, []string{a.textLow}) {
		return f, false
	}
	if otherCode {
		if !f.telling() {
			return f, false
		}
		f.score.rest--
	}
	if a.Loose && f.score.text == 0 && f.score.code == 0 {
		return f, f.Words != "" // only by its status
	}
	if a.Loose && looksLikeNumber(f.Words) && len(f.Words) < len(a.text) && !speaksOfTokens(a.textLow) {
		return f, false
	}
	f.Specific = f.score.text > 0 || f.score.code > 0 && !standardCode(a.Error) && m.Error.Substring != "" && !standardCode(m.Error.Substring)
	// Beside a code of the provider's own, words that others use too are its own.
	ownCode := m.Error != nil && !otherCode && a.codeLow != "" && !standardCode(a.Error)
	f.Own = f.Specific && !s.LogOnly && (!s.Common || ownCode)
	f.Distinct = f.telling() || ownCode || !strings.Contains(f.Words, " ") || strings.ContainsAny(f.Words, "0123456789")
	return f, true
}

// telling reports whether the words are so many that no other server says them by
// chance; fewer are enough where they are all it says.
func (f *Fit) telling() bool {
	const sentence, whole = 30, 20 // characters
	return f.score.text >= 2*sentence || f.score.whole && f.score.text >= 2*whole && strings.Count(f.Words, " ") > 2
}

// fitsError compares the error code; prose that a server puts there counts as
// a sentence.
func (s *Symptom) fitsError(a *prepared, f *Fit) bool {
	t := s.Match.Error
	if t.Empty {
		f.score.rest++
		return a.codeLow == ""
	}
	words, ok := t.find(a.code, a.codeLow)
	// invalid_client_id is another code than invalid_client.
	if ok && t.Substring != "" && !word(a.codeLow, t.needle()) {
		ok = false
	}
	if !ok && a.codeLow == "" {
		if words, ok = t.find(a.text, a.textLow); ok && t.Substring != "" && !word(a.textLow, t.needle()) {
			ok = false
		}
		if !ok && (s.Match.Description != nil || s.Match.Body != nil || s.Match.ErrorURI != nil) {
			return true // an answer without a code; its other words decide
		}
	}
	if !ok {
		return false
	}
	if strings.ContainsAny(words, " ") {
		f.score.text += 2*len(words) + 1 // in its own member
		f.score.whole = f.score.whole || len(words) >= len(a.code)-1
	} else {
		f.score.code += 2 * len(words)
		if len(words) == len(a.code) {
			f.score.code++
		}
	}
	f.say(words)
	return true
}

// fitsText compares a text part: with its own member first, else with all text.
func fitsText(t *Text, empty bool, f *Fit, loose bool, texts, lows []string) bool {
	if t.Empty {
		if !empty || loose {
			return false
		}
		f.score.rest++
		return true
	}
	for i := range texts {
		words, ok := t.find(texts[i], lows[i])
		// In the text of all members the end of a code may look like the first word.
		if ok && i > 0 && t.Substring != "" && !beginsWord(lows[i], t.needle()) {
			ok = false
		}
		if ok {
			f.score.text += 2 * len(words)
			if i == 0 {
				f.score.text++ // in its own member
			}
			f.score.whole = f.score.whole || len(words) >= len(texts[i])-1
			f.say(words)
			return true
		}
	}
	return false
}

func (f *Fit) say(words string) {
	switch {
	case f.Words == "":
		f.Words = words
	case !strings.Contains(f.Words, words):
		f.Words += ": " + words
	}
}

// word reports whether text has needle as a separate word.
func word(text, needle string) bool {
	return within(text, needle, func(end int) bool { return end == len(text) || !partOfWord(text[end]) })
}

// beginsWord reports whether needle begins with a word of the text somewhere, and not
// in the middle of one. A sentence without its full stop is the same sentence.
func beginsWord(text, needle string) bool {
	needle = strings.TrimSuffix(needle, ".")
	return needle == "" || !partOfWord(needle[0]) || within(text, needle, func(int) bool { return true })
}

// within reports whether text has needle behind the end of another word, where ends
// accepts the place at which it stops.
func within(text, needle string, ends func(end int) bool) bool {
	for from := 0; ; {
		i := strings.Index(text[from:], needle)
		if i < 0 {
			return false
		}
		i += from
		if (i == 0 || !partOfWord(text[i-1])) && ends(i+len(needle)) {
			return true
		}
		from = i + 1
	}
}

func partOfWord(c byte) bool {
	return c == '_' || c == '-' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z'
}
