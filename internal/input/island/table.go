package island

import "sync"

// entry is one sort of island: how it looks (where it begins) and how it is read. A
// reader returns where the search continues, or the beginning if there is no such island.
// Adding an island is adding an entry.
type entry struct {
	name string
	at   looks
	read func(l *layer, i int) int
}

// looks is where an entry is tried: at the beginning of a line, at a byte, at a word of
// the list, or at every word.
type looks struct {
	line  bool
	bytes string
	words []string
	word  bool
}

// entries are tried in this order.
func entries() []entry {
	return []entry{
		// Whole stretches of lines.
		{"a file of a REST client", looks{line: true}, readRESTFile},
		{"a file of Bruno", looks{line: true}, readBruno},
		{"a code fence", looks{line: true}, readFence},
		{"a PEM block", looks{bytes: "-"}, readPEM},
		{"a JWT in parts", looks{line: true}, readParts},
		{"a command", looks{line: true}, readCommand},
		{"a transcript of curl", looks{line: true}, readTranscript},
		{"an HTTP message", looks{line: true}, readMessage},
		{"a heading", looks{line: true}, readHeading},
		{"header fields", looks{line: true}, readFields},
		{"lines of names and values", looks{line: true}, readLines},
		{"the words of a server", looks{line: true}, readSentence},

		// Anywhere.
		{"a JWT", looks{words: nil, word: true}, readToken},
		{"an object", looks{bytes: "{["}, readBracket},
		{"an object with a word before it", looks{words: []string{"array", "map", "dict", "ordereddict"}}, readNamedBracket},
		{"parameters that a program sets", looks{bytes: "({"}, readSetPairs},
		{"percent-encoded text", looks{bytes: "%"}, readPercent},
		{"escaped text", looks{bytes: "\\"}, readEscaped},
		{"a page", looks{bytes: "<"}, readPage},
		{"a form", looks{words: formWords()}, readForm},
		{"a URL", looks{bytes: ":"}, readAddress},
		{"a method", looks{words: []string{"get", "post", "put", "patch", "delete"}}, readMethod},
		{"a status", looks{bytes: "12345"}, readStatus},
		{"an error code", looks{words: codeWords()}, readCode},
		{"an error of Entra", looks{word: true}, readEntra},
		{"the message of a line of logfmt", looks{words: []string{"msg", "message", "error", "err"}}, readLogfmt},
		{"names and values on a line", looks{words: pairWords()}, readInline},
	}
}

const (
	byteNone uint8 = iota
	byteLetter
	byteOther
)

// tables are the entries by where they begin.
type tables struct {
	lines   []entry
	words   map[string][]entry
	anyWord []entry
	byByte  [256][]entry
	bytes   [256]uint8
	roles   []role
	// byMember has a bit for each role that can have a member of that name.
	byMember map[string]uint32
}

// theTables is made once, when the first text is searched.
var theTables = sync.OnceValue(func() *tables {
	t := &tables{words: map[string][]entry{}, roles: roles(), byMember: map[string]uint32{}}
	for i, r := range t.roles {
		for _, name := range r.needs {
			t.byMember[name] |= 1 << i
		}
	}
	for c := range 256 {
		if isLetter(byte(c)) || c == '_' {
			t.bytes[c] = byteLetter
		}
	}
	for _, e := range entries() {
		if e.at.line {
			t.lines = append(t.lines, e)
		}
		if e.at.word {
			t.anyWord = append(t.anyWord, e)
		}
		for _, w := range e.at.words {
			t.words[w] = append(t.words[w], e)
		}
		for i := range len(e.at.bytes) {
			c := e.at.bytes[i]
			t.byByte[c] = append(t.byByte[c], e)
			t.bytes[c] = byteOther
		}
	}
	return t
})
