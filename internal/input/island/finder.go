package island

import (
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/srctext"
)

const (
	// maxLayers is how deeply encodings may be nested.
	maxLayers = 8
	// maxIslands is how many islands are found in one text.
	maxIslands = 10000
)

// Find finds every island of a text in one pass. Time and memory are linear in the text;
// each layer of encoding is decoded once.
func Find(source string, hooks Hooks) Found {
	f := &finder{hooks: hooks, budget: 8*len(source) + 1<<16, tables: theTables(), records: -1}
	t, wide := srctext.UTF16(source)
	if !wide {
		t = srctext.New(source)
		if strings.HasPrefix(source, "\uFEFF") {
			t = t.Slice(len("\uFEFF"), len(source))
		}
	}
	f.source = t
	top, quoted := printable(t)
	if looksLikeMarkup(top.String()) {
		top = srctext.Markup(top)
	}
	peeled := f.peel(top)
	many := len(f.stamps) > maxStamps
	if !many {
		f.out = f.stampIslands(top, f.out)
	}
	unpeeled := top
	top, f.defs = joinedStrings(peeled)
	f.blocks = blocksOf(top, f.stamped)
	f.row = row{start: len(f.out), seen: len(f.out)}
	f.search(scope{}, top)
	for _, is := range f.knowns {
		f.add(is)
	}
	if many {
		f.nearest(unpeeled)
	}
	found := Found{Source: t, Islands: f.out, Blocks: f.blocks, Cut: f.cut}
	if quoted {
		found.Undone = "the text was read as quoted-printable: a mail wrote it so"
	}
	found.Rest = rest(source, found.Islands)
	for i := range found.Blocks {
		b := &found.Blocks[i]
		b.Span, _ = top.Place(b.Span.Start, b.Span.End)
	}
	return found
}

// finder is one search.
type finder struct {
	hooks  Hooks
	source srctext.Text
	out    []Island
	blocks []Block
	budget int // bytes of layers that may still be searched
	groups int
	view   bool // of an error, by PowerShell, where a prefix is read
	asked  int  // lines that were passed to Hooks.Sentence
	cut    bool
	// transcript is true if lines begin with > and < as in curl -v, timeline if the body
	// of a request begins its lines with |.
	transcript, timeline bool
	// stamped is how many lines began with a log's time stamp or the name of a container,
	// which peel removed.
	stamped int
	stamps  []peeledStamp
	// head is what the log puts before every line of the message being read.
	head   string
	tables *tables
	knowns []Island
	// defs are the names that the text defines, where it is a program.
	defs definitions
	// sought is how many objects were looked for in the calls that send them.
	sought int
	row    row
	// records is how many lines look like records of a log in JSON, up to two; -1 if they
	// have not been counted.
	records int
}

// scope is what a layer inherits from the layer around it.
type scope struct {
	label  string
	side   Side
	group  int
	layers int
	block  int
	// client is what an export of an API client says about its requests; nil outside of
	// one.
	client *client
}

// layer is one text being searched: the source, or what was encoded in it.
type layer struct {
	scope
	f *finder
	t srctext.Text
	s string

	i         int
	lineStart int
	lineEnd   int
	// safe is the end of the last island on the line, or the beginning of the line.
	safe   int
	braces brackets
	// rejected is how far each reader that looks ahead over lines has looked in
	// vain, by its name.
	rejected map[string]int
	// The last command island.
	commandStart, commandEnd int
	// fieldEnd is the end of the last line of header fields.
	fieldEnd int
	// requestEnd is the end of the line of the last request.
	requestEnd int
	// work is how many bytes may still be read of brackets that turn out not to be a
	// container.
	work int
	// values are the values in expressions of a program, once one is read.
	values *expressions
}

// add appends an island.
func (f *finder) add(is Island) {
	if len(f.out) >= maxIslands {
		f.cut = true
		return
	}
	f.cut = f.cut || len(f.out) == maxIslands-1
	if is.Span.Len() == 0 {
		is.Span = is.Text.Span()
	}
	f.out = append(f.out, is)
}

// emit appends an island of this layer.
func (l *layer) emit(is Island) {
	is.Layers = l.layers
	is.Block = l.block
	if l.layers == 0 {
		is.Block = l.f.blockAt(l.i)
	}
	if is.Group == 0 {
		is.Group = l.group
	}
	if is.Side == SideUnknown {
		is.Side = l.side
	}
	l.f.add(is)
}

// search searches a text in a scope.
func (f *finder) search(in scope, t srctext.Text) {
	if in.layers > maxLayers || t.Len() == 0 || f.budget < t.Len() {
		f.cut = f.cut || t.Len() > 0
		return
	}
	f.budget -= t.Len()
	l := &layer{scope: in, f: f, t: t, s: t.String(), work: 4*t.Len() + 1<<16, rejected: map[string]int{}, commandEnd: -1, fieldEnd: -1, requestEnd: -1}
	l.braces = bracketsOf(l.s)
	l.run()
	f.known(l)
}

// known adds the texts that the hook knows in a layer. A text found in one layer is not
// repeated for layers inside it.
func (f *finder) known(l *layer) {
	if f.hooks.Known == nil || l.layers > 0 && len(l.s) < shortestKnown {
		return
	}
	for _, k := range f.hooks.Known(l.s) {
		if k.Span.Start < 0 || k.Span.End > len(l.s) || k.Span.Start > k.Span.End {
			continue
		}
		is := Island{Kind: KindKnown, Name: "a known error", Text: l.t.Slice(k.Span.Start, k.Span.End), Found: k.Found, Layers: l.layers, Block: l.block, Label: l.label}
		if l.layers == 0 {
			is.Block = f.blockAt(k.Span.Start)
		}
		is.Span = is.Text.Span()
		again := false
		for _, have := range f.knowns {
			again = again || have.Span.Start < is.Span.End && is.Span.Start < have.Span.End
		}
		if !again && len(f.knowns) < mostKnown {
			f.knowns = append(f.knowns, is)
		}
	}
}

const (
	shortestKnown = 16  // bytes of a layer that is passed to the hook
	mostKnown     = 200 // texts that are kept
)

// inner searches a text that was decoded from this layer.
func (l *layer) inner(t srctext.Text, label string) {
	in := l.scope
	if l.layers == 0 {
		in.block = l.f.blockAt(l.i)
	}
	in.layers++
	if label != "" {
		in.label = label
	}
	l.f.search(in, t)
}

// run is the pass: entries that begin a line are tried at its beginning, the
// others at the byte or word they begin with.
func (l *layer) run() {
	l.line()
	fresh := true // at the beginning of a line that no entry was tried at
	for l.i < len(l.s) && len(l.f.out) < maxIslands {
		if fresh {
			fresh = false
			if n := l.atLine(); n > l.i {
				fresh = l.advance(n)
				continue
			}
		}
		c := l.s[l.i]
		if c == '\n' {
			fresh = l.advance(l.i + 1)
			continue
		}
		n, had := l.i, len(l.f.out)
		switch class := l.f.tables.bytes[c]; {
		case class == 0:
		case class == byteLetter:
			n = l.word()
		default:
			for _, e := range l.f.tables.byByte[c] {
				if n = e.read(l, l.i); n > l.i {
					break
				}
			}
		}
		if n <= l.i {
			n = l.i + 1
		}
		if len(l.f.out) > had {
			l.safe = n
			if l.layers == 0 {
				l.f.thin()
			}
		}
		fresh = l.advance(n)
	}
}

// advance moves to n, and reports whether a line begins there.
func (l *layer) advance(n int) bool {
	l.i = n
	if n <= l.lineEnd || n >= len(l.s) {
		return false
	}
	l.line()
	return l.s[n-1] == '\n'
}

// line updates what is known about the line that l.i is on.
func (l *layer) line() {
	l.lineStart = l.i
	for l.lineStart > 0 && l.s[l.lineStart-1] != '\n' {
		l.lineStart--
		if l.i-l.lineStart > 4096 {
			break // far enough for a label
		}
	}
	l.lineEnd = endOfLine(l.s, l.i)
	l.safe = l.i
	if l.layers == 0 && l.side != SideUnknown && l.f.blockAt(l.i) != l.block {
		l.side = SideUnknown
	}
	if l.layers == 0 {
		l.block = l.f.blockAt(l.i)
	}
}

// endOfLine is the end of the line that byte i is on.
func (l *layer) endOfLine(i int) int {
	if i >= l.i && i <= l.lineEnd {
		return l.lineEnd
	}
	return endOfLine(l.s, min(i, len(l.s)))
}

func endOfLine(s string, i int) int {
	if n := strings.IndexByte(s[i:], '\n'); n >= 0 {
		return i + n
	}
	return len(s)
}

// atLine tries the entries that begin a line.
func (l *layer) atLine() int {
	if l.i >= l.lineEnd {
		return l.i
	}
	for _, e := range l.f.tables.lines {
		if n := e.read(l, l.i); n > l.i {
			return n
		}
	}
	return l.i
}

// blockAt is the block that byte i of the outermost text is in.
func (f *finder) blockAt(i int) int {
	k := sort.Search(len(f.blocks), func(k int) bool { return f.blocks[k].Span.Start > i }) - 1
	return max(k, 0)
}

// rest counts the bytes of the source that belong to no island.
func rest(source string, islands []Island) int {
	spans := make([]jsonspan.Span, 0, len(islands))
	for _, is := range islands {
		if is.Kind != KindStamp {
			spans = append(spans, is.Span)
		}
	}
	sort.Slice(spans, func(i, j int) bool { return spans[i].Start < spans[j].Start })
	n, at := 0, 0
	count := func(from, to int) {
		for _, r := range source[min(from, len(source)):min(max(from, to), len(source))] {
			if r > ' ' && r != utf8.RuneError {
				n++
			}
		}
	}
	for _, s := range spans {
		if s.Start > at {
			count(at, s.Start)
		}
		at = max(at, s.End)
	}
	count(at, len(source))
	return n
}
