package profile

import (
	"cmp"
	"net/url"
	"regexp"
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
	// are looked for in it where they do not stand in the member they should.
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
	Own   bool
	score score
}

// score orders fits; the more specific wins. The server's sentence counts
// first, its error code next, then what was compared beside them.
type score struct {
	whole bool // the description is these words and nothing else
	text  int  // characters of description, URI or body that matched
	code  int  // characters of the error code that matched
	rest  int  // status, emptiness
	named bool // error_uri names the provider
	wire  bool // it is sent, and not only logged
}

func (s score) compare(o score) int {
	return cmp.Or(cmp.Compare(s.text, o.text), cmp.Compare(s.code, o.code), cmp.Compare(s.rest, o.rest), compareBool(s.whole, o.whole),
		compareBool(s.named, o.named), compareBool(s.wire, o.wire))
}

// Compare tells which of two fits is the more specific: above zero for this one.
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

// Elsewhere is what another profile's symptoms say of an answer.
type Elsewhere struct {
	Profile *Profile
	Fit     Fit
}

// Library is all embedded profiles, read once, when first asked.
type Library struct {
	all []*Profile
}

// NewLibrary makes a library that has read nothing yet.
func NewLibrary() *Library { return &Library{} }

func (l *Library) profiles() []*Profile {
	if l.all == nil {
		done := map[string]*Profile{}
		for _, id := range IDs() {
			if p, err := loadOnce(id, done); err == nil {
				l.all = append(l.all, p)
			}
		}
	}
	return l.all
}

// Recognising searches the embedded profiles for those whose own symptoms hold
// the server's very words, best first. Codes that every server uses do not count.
func (l *Library) Recognising(a Answer) []Elsewhere {
	var out []Elsewhere
	t := a.prepared()
	for _, p := range l.profiles() {
		var best Fit
		found := false
		for i := range p.Symptoms {
			s := &p.Symptoms[i]
			if s.From != p.ID {
				continue
			}
			f, ok := s.fits(t)
			if ok && f.Specific && (!found || f.score.compare(best.score) > 0) {
				best, found = f, true
			}
		}
		if found {
			best.score.named = p.namedBy(t)
			out = append(out, Elsewhere{p, best})
		}
	}
	slices.SortStableFunc(out, func(x, y Elsewhere) int { return y.Fit.score.compare(x.Fit.score) })
	return out
}

// Rivals returns how many of the first are as good as the best.
func Rivals(all []Elsewhere) int {
	n := 0
	for _, e := range all {
		if e.Fit.score.compare(all[0].Fit.score) == 0 {
			n++
		}
	}
	return n
}

// loadOnce is Load that parses what many profiles extend once.
func loadOnce(id string, done map[string]*Profile) (*Profile, error) {
	if p, ok := done[id]; ok {
		return p, nil
	}
	data, err := Source(id)
	if err != nil {
		return nil, err
	}
	p, err := parse(source{name: id + ".yaml", data: data, citing: true}, Known{}, func(parent string, _ []string) (*Profile, error) {
		return loadOnce(parent, done)
	}, nil)
	if err != nil {
		return nil, err
	}
	p.Origin = ""
	done[id] = p
	return p, nil
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

// plain writes a text for comparison: lower case, one kind of quotation mark
// (servers and those who quote them change these), and no escaped slashes.
func plain(s string) string { return quotes.Replace(strings.ToLower(s)) }

// quotes is never changed.
var quotes = strings.NewReplacer(`\/`, "/", `\"`, "'", `"`, "'", "’", "'", "‘", "'", "“", "'", "”", "'", "`", "'")

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
		const sentence = 30 // characters; what is shorter, others say too
		if f.score.text < 2*sentence {
			return f, false
		}
		f.score.rest--
	}
	if a.Loose && f.score.text == 0 && f.score.code == 0 {
		return f, f.Words != "" // by its status alone
	}
	if a.Loose && looksLikeNumber(f.Words) && len(f.Words) < len(a.text) && !speaksOfTokens(a.textLow) {
		return f, false
	}
	f.Specific = f.score.text > 0 || f.score.code > 0 && !standardCode(a.Error) && m.Error.Substring != "" && !standardCode(m.Error.Substring)
	// Beside a code of the provider's own, words that others use too are its own.
	ownCode := m.Error != nil && !otherCode && a.codeLow != "" && !standardCode(a.Error)
	f.Own = f.Specific && !s.LogOnly && (!s.Common || ownCode)
	return f, true
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
	if ok && t.Substring != "" && !word(a.codeLow, plain(oneLine(t.Substring))) {
		ok = false
	}
	if !ok && a.codeLow == "" {
		if words, ok = t.find(a.text, a.textLow); ok && t.Substring != "" && !word(a.textLow, plain(t.Substring)) {
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
		f.score.text += 2 * len(words)
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
		if words, ok := t.find(texts[i], lows[i]); ok {
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

// find looks for the text in one line; low is the line written plain.
func (t *Text) find(line, low string) (words string, ok bool) {
	if line == "" {
		return "", false
	}
	if t.Regexp != "" {
		re := t.re
		if re == nil { // not from a loader
			var err error
			if re, err = regexp.Compile(t.Regexp); err != nil {
				return "", false
			}
		}
		words = re.FindString(line)
		return words, words != ""
	}
	needle := plain(oneLine(t.Substring))
	at := strings.Index(low, needle)
	if needle == "" || at < 0 {
		return "", false
	}
	if len(low) == len(line) {
		return line[at : at+len(needle)], true
	}
	return t.Substring, true
}

// word tells whether needle stands in text as a word of its own.
func word(text, needle string) bool {
	part := func(c byte) bool {
		return c == '_' || c == '-' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z'
	}
	for from := 0; ; {
		i := strings.Index(text[from:], needle)
		if i < 0 {
			return false
		}
		i += from
		end := i + len(needle)
		if (i == 0 || !part(text[i-1])) && (end == len(text) || !part(text[end])) {
			return true
		}
		from = i + 1
	}
}
