package input

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// unclosed is the error for a quotation mark that is never closed.
type unclosed struct {
	at   int // offset in the document
	mark string
}

func (e *unclosed) Error() string { return fmt.Sprintf("%s opens and never closes", e.mark) }

// splitter splits one POSIX shell command if the full grammar does not apply: the text is
// damaged, or software replaced its quotes and hyphens.
type splitter struct {
	*shell
	i, to   int
	cur     word
	open    bool // a word has begun
	words   []word
	stdin   *stream
	pending []string // delimiters of here-documents that begin on the next line
	strange string
	more    bool // more words follow that are not read
	// unpaired is true once a typographic quotation mark had no partner.
	unpaired bool
}

// split reads the command that begins at from.
func (s *shell) split(from, to int) (invocation, int, error) {
	p := &splitter{shell: s, i: from, to: to}
	err := p.command()
	p.finish()
	inv := invocation{stdin: p.stdin, span: jsonspan.Span{Start: from, End: p.i}, strange: p.strange}
	inv.cut(p.more)
	if i, ok := senderAt(p.assignments()); ok {
		words := p.words[len(p.words)-len(p.assignments()):]
		inv.name, inv.args = programName(words[i].String()), words[i+1:]
	}
	return inv, max(p.i, from+1), err
}

// assignments remembers NAME=value before the command and returns what follows.
func (p *splitter) assignments() []word {
	words := p.words
	for len(words) > 0 {
		text := words[0].String()
		if text == "export" || text == "local" || text == "declare" {
			words = words[1:]
			continue
		}
		n := nameLength(text)
		if n == 0 || n >= len(text) || text[n] != '=' {
			break
		}
		p.set(text[:n], words[0].tail(n+1))
		words = words[1:]
	}
	return words
}

func (p *splitter) begin() {
	if !p.open {
		p.open, p.cur = true, word{span: jsonspan.Span{Start: p.i, End: p.i}}
	}
}

func (p *splitter) finish() {
	if p.open {
		p.cur.span.End = min(p.i, p.to)
		if p.open = false; len(p.words) >= maxWords {
			p.more = true
			return
		}
		p.words = append(p.words, p.cur)
	}
}

func (p *splitter) command() error {
	for p.i < p.to {
		c := p.src[p.i]
		switch {
		case c == ' ' || c == '\t' || c == '\r':
			p.finish()
			p.i++
		case c == '\n':
			p.finish()
			p.i++
			if len(p.pending) > 0 {
				p.heredoc()
			}
			return nil
		case c == ';' || c == '|' || c == '&' || c == ')':
			p.finish()
			if strings.HasPrefix(p.src[p.i:p.to], "&>") || strings.HasPrefix(p.src[p.i:p.to], ">&") {
				p.i++
				continue
			}
			return nil
		case c == '#' && !p.open:
			p.i = endOfLine(p.src, p.i, p.to)
		case c == '<' || c == '>':
			p.redirect()
		default:
			if err := p.piece(); err != nil {
				return err
			}
		}
	}
	return nil
}

func endOfLine(s string, i, to int) int {
	if n := strings.IndexByte(s[i:to], '\n'); n >= 0 {
		return i + n
	}
	return to
}

// piece reads the next piece of a word.
func (p *splitter) piece() error {
	p.begin()
	i, rest := p.i, p.src[p.i:p.to]
	switch c := rest[0]; {
	case c == '\\':
		n := 1
		if k := lineEnd(rest[1:]); k > 0 {
			if n += k; p.cur.len() == 0 && p.cur.span.Start == i {
				p.open = false
			}
		} else if len(rest) > 1 {
			_, size := utf8.DecodeRuneInString(rest[1:])
			p.cur.raw = p.cur.raw || p.cur.len() == 0
			p.cur.add(p.doc[i+1:i+1+size], i+1)
			n += size
		}
		p.i += n
	case c == '\'':
		n := strings.IndexByte(rest[1:], '\'')
		if n < 0 {
			return p.endsIn("'")
		}
		p.cur.add(p.doc[i+1:i+1+n], i+1)
		p.i += n + 2
	case c == '"':
		return p.double()
	case c == '$' || c == '`':
		p.expansion()
	default:
		if mark := typographicQuote(rest); mark != "" && p.typographic(mark) {
			return nil
		}
		n := 1
		for n < len(rest) && !strings.ContainsRune(" \t\r\n;|&)<>\\'\"$`", rune(rest[n])) && rest[n] < utf8.RuneSelf {
			n++
		}
		if c >= utf8.RuneSelf {
			_, n = utf8.DecodeRuneInString(rest)
		}
		p.cur.add(p.doc[i:i+n], i)
		p.i += n
	}
	return nil
}

// endsIn gives up on a quotation mark that is never closed; everything after it belongs
// to the word.
func (p *splitter) endsIn(mark string) error {
	err := &unclosed{p.i, mark}
	p.cur.add(strings.TrimRight(p.doc[p.i+1:p.to], " \t\r\n"), p.i+1)
	p.i = p.to
	return err
}

func (p *splitter) double() error {
	start := p.i
	end := start + 1
	for end < p.to && p.src[end] != '"' {
		switch {
		case p.src[end] == '\\':
			end += 2
		case strings.HasPrefix(p.src[end:p.to], "$("):
			end = closing(p.src, end+1, p.to)
		default:
			end++
		}
	}
	if end >= p.to {
		return p.endsIn(`"`)
	}
	for p.i = start + 1; p.i < end; {
		n := strings.IndexAny(p.src[p.i:end], "$`\\")
		if n < 0 {
			n = end - p.i
		}
		if n > 0 {
			p.cur.add(p.doc[p.i:p.i+n], p.i)
			p.i += n
			continue
		}
		if p.src[p.i] == '\\' {
			to := min(p.i+2, end)
			if strings.HasPrefix(p.doc[p.i+1:], "\r\n") {
				to = min(p.i+3, end)
			}
			p.inDouble(&p.cur.mapped, p.i, to, "$`\"\\")
			p.i = to
			continue
		}
		p.expansion()
	}
	p.i = end + 1
	return nil
}

// closing is the offset after the parenthesis that closes the one at i.
func closing(s string, i, to int) int {
	depth := 0
	for ; i < to; i++ {
		switch s[i] {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i + 1
			}
		case '\n':
			if depth > 50 {
				return i
			}
		}
	}
	return to
}

// expansion reads $NAME, ${NAME}, $(…), `…` and $'…'.
func (p *splitter) expansion() {
	i, rest := p.i, p.src[p.i:p.to]
	literal := func(n int) {
		p.cur.add(p.doc[i:i+n], i)
		p.i = i + n
	}
	switch {
	case rest[0] == '`':
		n := strings.IndexByte(rest[1:], '`')
		if n < 0 {
			literal(1)
			return
		}
		p.output(&p.cur.mapped, i, i+n+2)
		p.i = i + n + 2
	case strings.HasPrefix(rest, "$'"):
		end := 2
		for end < len(rest) && rest[end] != '\'' {
			if rest[end] == '\\' {
				end++
			}
			end++
		}
		if end >= len(rest) {
			literal(1)
			return
		}
		p.ansi(&p.cur.mapped, i+2, i+end)
		p.i = i + end + 1
	case strings.HasPrefix(rest, "$("):
		end := closing(p.src, i+1, p.to)
		p.output(&p.cur.mapped, i, end)
		p.i = end
	case strings.HasPrefix(rest, "${{") && strings.Contains(rest[:min(len(rest), 90)], "}}"):
		literal(strings.Index(rest, "}}") + 2)
	case strings.HasPrefix(rest, "${"):
		n := strings.IndexAny(rest[:min(len(rest), 200)], "}\n")
		if n < 0 || rest[n] != '}' {
			literal(2)
			return
		}
		name := rest[2:n]
		if nameLength(name) != len(name) {
			name = ""
		}
		p.variable(&p.cur.mapped, name, i, i+n+1)
		p.i = i + n + 1
	default:
		n := nameLength(rest[1:])
		if n == 0 {
			literal(1)
			return
		}
		p.variable(&p.cur.mapped, rest[1:1+n], i, i+1+n)
		p.i = i + 1 + n
	}
}

// typographicQuote is the typographic quotation mark that s begins with.
func typographicQuote(s string) string {
	for _, mark := range [...]string{"“", "”", "„", "‘", "’", "«"} {
		if strings.HasPrefix(s, mark) {
			return mark
		}
	}
	return ""
}

// typographic reads a word in typographic quotation marks up to the closing
// one. The shell gives them no meaning, so they stay part of the word.
func (p *splitter) typographic(mark string) bool {
	if p.unpaired {
		return false
	}
	closers := "”“"
	switch mark {
	case "‘", "’":
		closers = "’‘"
	case "«":
		closers = "»"
	}
	from := p.i + len(mark)
	n := strings.IndexAny(p.src[from:min(p.to, from+1<<16)], closers)
	if n < 0 {
		p.unpaired = true
		return false
	}
	_, size := utf8.DecodeRuneInString(p.src[from+n:])
	end := from + n + size
	p.cur.add(p.doc[p.i:end], p.i)
	p.i, p.strange = end, mark
	return true
}

// redirect reads a redirection; only here-documents and here-strings matter.
func (p *splitter) redirect() {
	rest := p.src[p.i:p.to]
	if p.open && strings.Trim(p.cur.String(), "0123456789") == "" {
		p.open = false // the number of a file descriptor
	}
	p.finish()
	n := 1
	for n < len(rest) && (rest[n] == '<' || rest[n] == '>' || rest[n] == '&' || rest[n] == '-') {
		n++
	}
	op := rest[:n]
	p.i += n
	for p.i < p.to && (p.src[p.i] == ' ' || p.src[p.i] == '\t') {
		p.i++
	}
	before := len(p.words)
	for p.i < p.to && !strings.ContainsRune(" \t\r\n;|&)<>", rune(p.src[p.i])) {
		if p.piece() != nil {
			break
		}
	}
	p.finish()
	if len(p.words) == before {
		return
	}
	target := p.words[before]
	p.words = p.words[:before]
	switch op {
	case "<<<":
		in := &stream{mapped: target.argument()}
		in.put("\n", -1)
		p.stdin = in
	case "<<", "<<-":
		p.pending = append(p.pending, target.String())
	case "<":
		p.stdin = fileStream(p.supply, target.String(), target.span)
	}
}

// heredoc reads the here-document that begins on this line.
func (p *splitter) heredoc() {
	delimiter := p.pending[len(p.pending)-1]
	start := p.i
	for i := start; i < p.to; {
		end := endOfLine(p.src, i, p.to)
		if strings.TrimSpace(p.doc[i:end]) == delimiter {
			in := &stream{}
			in.add(p.doc[start:i], start)
			in.from = []region{{0, in.len(), jsonspan.Span{Start: start, End: i}}}
			p.stdin, p.i = in, min(end+1, p.to)
			return
		}
		i = end + 1
	}
}
