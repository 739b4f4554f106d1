package mask

import (
	"cmp"
	"encoding/base64"
	"net/url"
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// Bounds on what is remembered of one case. Beyond them a secret is still masked
// where it appears under its name, and by its looks.
const (
	maxSecrets = 4096
	maxBytes   = 4 << 20
	maxParams  = 8192 // parameters and header fields that are looked at
	maxAround  = 64   // texts that may be shown and that others are looked for in
)

// List collects the secrets of a case, and what may be shown of it.
type List struct {
	secrets []secret
	shown   []string
	bytes   int
	params  int
}

// secret is one text that must not be shown.
type secret struct {
	text string
	// loose says that the text may be an ordinary word that means something else
	// elsewhere: it is masked only if it appears as a value.
	loose bool
	word  bool   // masked only as a whole word
	doubt bool   // no secret if it is part of what may be shown
	as    string // what is shown instead; "" for what Value makes of it
}

const (
	shortest = 4 // characters of a secret that is looked for
	certain  = 8 // from here on a secret is masked wherever it appears
)

// Secret adds what is secret for certain: by its name, or by where it was sent.
func (l *List) Secret(text string) {
	l.add(text, len(text) < certain)
	if !strings.ContainsAny(text, "%+") {
		return
	}
	if plain, err := url.QueryUnescape(text); err == nil && plain != text {
		l.add(plain, len(plain) < certain)
	}
}

// Doubtful adds what may be secret: the value of a parameter or header field that
// nobody knows. An ordinary word is masked only if it appears as a value.
func (l *List) Doubtful(text string) {
	oneWord := run(text, isLetter) == len(text)
	n := len(l.secrets)
	if l.add(text, !mixed(text) && (!oneWord || words(text))); len(l.secrets) > n {
		l.secrets[n].doubt = true
	}
}

// Person adds what names a person. A word that may be an ordinary one is masked only
// if it appears as a value.
func (l *List) Person(text string) {
	ordinary := len(text) < certain && run(text, func(c byte) bool { return c >= 'a' && c <= 'z' }) == len(text)
	n := len(l.secrets)
	if l.add(text, ordinary); len(l.secrets) > n {
		l.secrets[n].word, l.secrets[n].doubt = true, true
	}
}

// PrivateKey adds private key material, which not even --show-secrets shows.
func (l *List) PrivateKey(text string) {
	n := len(l.secrets)
	if l.add(text, false); len(l.secrets) > n {
		l.secrets[n].as = Private
	}
}

// Shown adds what may be shown, such as the client ID or an audience: it is not a
// secret even if it also appears in place of one.
func (l *List) Shown(texts ...string) {
	for _, t := range texts {
		if t != "" && len(l.shown) < maxSecrets {
			l.shown = append(l.shown, t)
		}
	}
}

func (l *List) add(text string, loose bool) {
	text = strings.TrimSpace(text)
	if len(text) < shortest || len(l.secrets) >= maxSecrets || l.bytes+len(text) > maxBytes || placeholder(text) {
		return
	}
	l.bytes += len(text)
	l.secrets = append(l.secrets, secret{text: text, loose: loose})
}

// Header adds the credential in a header field.
func (l *List) Header(name, value string) {
	if l.params++; l.params > maxParams {
		return
	}
	if shownHeader(name) {
		if addressHeader(name) {
			l.Address(value)
		} else if Bare(name) == "host" {
			l.Shown(value)
		}
		return
	}
	if !SecretHeader(name) {
		l.Doubtful(value)
		return
	}
	scheme, rest := Credentials(name, value)
	l.Secret(rest)
	if strings.Contains(Bare(name), "cookie") {
		for pair := range strings.SplitSeq(value, ";") {
			cookie, text, _ := strings.Cut(pair, "=")
			if !cookieAttribute(cookie) {
				l.Secret(text)
			}
		}
	}
	if plain, err := base64.StdEncoding.DecodeString(rest); err == nil && strings.EqualFold(scheme, "basic") {
		_, password, _ := strings.Cut(string(plain), ":")
		l.Secret(password)
	}
	for _, piece := range strings.FieldsFunc(rest, func(r rune) bool { return strings.ContainsRune(`, ="`, r) }) {
		if mixed(piece) { // the parameters of Digest, an AWS signature, a MAC
			l.Secret(piece)
		}
	}
}

func cookieAttribute(name string) bool {
	switch Bare(name) {
	case "path", "domain", "expires", "maxage", "samesite", "version", "priority":
		return true
	}
	return false
}

// Param adds the value of a request parameter, as read and as sent.
func (l *List) Param(name string, values ...string) {
	if l.params++; l.params > maxParams {
		return
	}
	for _, v := range values {
		switch {
		case shownParameter(name):
			l.Shown(v)
			l.Address(v)
		case Secret(name):
			l.Secret(v)
		default:
			l.Doubtful(v)
		}
		l.JWT(v)
	}
	if nameless(name) {
		l.Secret(name)
	}
}

// Address adds what of an address is secret.
func (l *List) Address(address string) {
	if !strings.Contains(address, "://") {
		return
	}
	for _, e := range credentials(address) {
		user, password, ok := strings.Cut(strings.TrimSuffix(address[e.start:e.end], "@"), ":")
		if !ok {
			password = user
		}
		l.Secret(password)
	}
	_, query, _ := strings.Cut(address, "?")
	query, fragment, _ := strings.Cut(query, "#")
	for pair := range strings.FieldsFuncSeq(query+"&"+fragment, func(r rune) bool { return r == '&' || r == ';' || r == '?' }) {
		if name, value, ok := strings.Cut(pair, "="); ok {
			l.Param(name, value)
		}
	}
}

// JWT adds the parts of a JWT that must not be shown: payload and signature.
func (l *List) JWT(text string) {
	if !strings.HasPrefix(text, "ey") || strings.Count(text, ".") < 1 {
		return
	}
	_, rest, _ := strings.Cut(text, ".")
	for part := range strings.SplitSeq(rest, ".") {
		if len(part) >= certain {
			l.add(part, false)
		}
	}
}

// JSON adds the secrets in a JSON value, at any depth. With person, the claims
// that name a person are among them.
func (l *List) JSON(v *jsonspan.Value, person bool) {
	l.json(v, scope{person: func() bool { return person }})
}

// Claims is JSON for the header or the claims of a JWT.
func (l *List) Claims(v *jsonspan.Value, person bool) {
	l.json(v, scope{person: func() bool { return person }, top: true})
}

// Answer is JSON for what a server answered: its code is that of an error, unless it
// looks like the code of an authorization.
func (l *List) Answer(v *jsonspan.Value, person bool) {
	l.json(v, scope{person: func() bool { return person }, answer: true})
}

// Words adds what looks like a secret in a text that nobody could read.
func (l *List) Words(text string) {
	const most = 64 << 10
	for word := range strings.FieldsFuncSeq(text[:min(len(text), most)], func(r rune) bool { return strings.ContainsRune(" \t\r\n&=;,\"'`<>{}()[]", r) }) {
		if mixed(word) && len(word) >= certain {
			l.add(word, false)
			l.JWT(word)
			l.Address(word)
		}
	}
}

func (l *List) json(v *jsonspan.Value, in scope) {
	if v == nil || len(l.secrets) >= maxSecrets {
		return
	}
	switch v.Kind {
	case jsonspan.Object:
		in = in.enter(v)
		for _, m := range v.Members {
			switch in.sort(m.Name, m.Value) {
			case sortPrivate:
				leaves(m.Value, l.PrivateKey)
			case sortSecret:
				leaves(m.Value, l.Secret)
			case sortPersonal:
				leaves(m.Value, l.Person)
			default:
				l.json(m.Value, in)
			}
		}
	case jsonspan.Array:
		for _, item := range v.Items {
			l.json(item, in)
		}
	case jsonspan.String:
		l.JWT(v.Str)
		l.prose(v.Str, in.answer)
	}
}

// leaves hands every text and number in a value to add.
func leaves(v *jsonspan.Value, add func(string)) {
	if v == nil {
		return
	}
	switch v.Kind {
	case jsonspan.String:
		add(v.Str)
	case jsonspan.Number:
		add(v.Raw)
	}
	for _, m := range v.Members {
		leaves(m.Value, add)
	}
	for _, item := range v.Items {
		leaves(item, add)
	}
}

// known is a list made ready to be looked for.
type known struct {
	first   [4]uint64 // bytes that a secret begins with, a bit each
	secrets []secret  // by their heads; of those with one head the longest first
}

// headLength is how many bytes of a secret it is found by.
const headLength = shortest

// known makes the list ready; with private, only its private key material.
func (l *List) known(private bool) known {
	var k known
	shown := l.lookup()
	for _, s := range l.secrets {
		if s.as == "" && (private || shown(s.text) || s.doubt && l.within(s.text)) {
			continue
		}
		k.put(s)
		if escaped := url.QueryEscape(s.text); escaped != s.text {
			again := s
			again.text = escaped
			k.put(again)
		}
	}
	// The longest first, so that a secret within another does not hide it.
	slices.SortStableFunc(k.secrets, func(a, b secret) int {
		return cmp.Or(strings.Compare(a.head(), b.head()), len(b.text)-len(a.text))
	})
	return k
}

// lookup tells what may be shown: of a few texts by comparing them, of many with a table.
func (l *List) lookup() func(string) bool {
	const few = 16
	if len(l.shown) <= few {
		return func(text string) bool { return slices.Contains(l.shown, text) }
	}
	table := make(map[string]bool, len(l.shown))
	for _, text := range l.shown {
		table[text] = true
	}
	return func(text string) bool { return table[text] }
}

// within reports whether a text is part of one that may be shown, as the name of a
// tenant is part of a token URL.
func (l *List) within(text string) bool {
	return slices.ContainsFunc(l.shown[:min(len(l.shown), maxAround)], func(shown string) bool { return strings.Contains(shown, text) })
}

func (s secret) head() string { return s.text[:headLength] }

func (k *known) put(s secret) {
	k.secrets = append(k.secrets, s)
	k.first[s.text[0]>>6] |= 1 << (s.text[0] & 63)
}

// begins reports whether a secret begins with a byte.
func (k *known) begins(c byte) bool { return k.first[c>>6]&(1<<(c&63)) != 0 }

// find adds an edit for each secret in a text.
func (k *known) find(s string, found *edits) {
	for i := 0; i+headLength <= len(s); i++ {
		if !k.begins(s[i]) {
			continue
		}
		if n, as := k.at(s, i); n > 0 {
			found.put(i, i+n, as)
			i += n - 1
		}
	}
}

// at returns the length of the secret that begins at a place, or of the
// beginning of one that was cut; 0 for none.
func (k *known) at(s string, i int) (length int, as string) {
	const (
		stretch = 12  // of a secret that was cut off
		enough  = 512 // of a secret to see what it looks like
	)
	head := s[i : i+headLength]
	from, _ := slices.BinarySearchFunc(k.secrets, head, func(x secret, head string) int { return strings.Compare(x.head(), head) })
	for _, secret := range k.secrets[from:] {
		if secret.head() != head {
			break
		}
		n := common(s[i:], secret.text)
		switch {
		case n == len(secret.text) && (!secret.loose || asValue(s, i, i+n)) && (!secret.word || begins(s, i) && ends(s, i+n)):
			return n, secret.as
		case n >= stretch && opaque(secret.text[:min(len(secret.text), enough)]):
			// It looks like nothing else, so that a stretch of it is known for what it is.
			return n, secret.as
		}
	}
	return 0, ""
}

func common(a, b string) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}

// asValue reports whether a stretch of text appears as a value: in quotation
// marks, behind an equals sign, or as the whole of the text.
func asValue(s string, start, end int) bool {
	if start == 0 {
		return end == len(s)
	}
	rest := s[end:]
	switch before := s[start-1]; before {
	case '=':
		return rest == "" || strings.IndexByte("&;, \t\n\"'`)", rest[0]) >= 0
	case '"', '\'', '`':
		return rest != "" && rest[0] == before || strings.HasPrefix(rest, `\"`)
	}
	return strings.HasSuffix(s[:start], "“") && strings.HasPrefix(rest, "”") || strings.HasSuffix(s[:start], "‘") && strings.HasPrefix(rest, "’")
}
