package input

import (
	"bytes"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"mvdan.cc/sh/v3/syntax"
)

// statements reads the commands from from on with the full grammar, up to the first
// damaged one. It returns where it stopped.
func (s *shell) statements(from, to int) (end int, whole bool) {
	end, whole = from, true
	parser := syntax.NewParser(syntax.Variant(syntax.LangBash))
	stop := func() bool {
		whole = false
		return false
	}
	// The iterator is called rather than ranged over: it yields an error even after being
	// asked to stop, which panics in a range loop.
	parser.StmtsSeq(strings.NewReader(s.src[from:to]))(func(st *syntax.Stmt, err error) bool {
		if err != nil || !whole {
			return stop()
		}
		next := min(from+int(st.End().Offset()), to)
		if next <= end && end > from {
			return stop()
		}
		p := posix{s, from, to}
		start, before := max(p.at(st.Pos()), end), len(s.out)
		if p.statement(st, nil, 0); before == len(s.out) && next > start {
			// Prose with an apostrophe swallows the commands after it.
			if i, ok := nextCommand(s.src, start, next); ok && strings.Contains(s.src[start:i], "\n") {
				return stop()
			}
		}
		end = next
		return true
	})
	if whole {
		end = to
	}
	return end, whole
}

// posix reads the statements of one stretch of the document.
type posix struct {
	*shell
	from, to int
}

func (p posix) at(pos syntax.Pos) int { return min(p.from+int(pos.Offset()), p.to) }

func (p posix) spanOf(n syntax.Node) jsonspan.Span {
	return jsonspan.Span{Start: p.at(n.Pos()), End: max(p.at(n.Pos()), p.at(n.End()))}
}

const (
	// maxDeep is how many commands of one chain (a && b | c) are read.
	maxDeep = 200
	// within is how much a command inside a command counts: each such level copies all of
	// its text again.
	within = 8
)

func (p posix) statement(st *syntax.Stmt, stdin *stream, depth int) {
	if st.Cmd == nil || depth > maxDeep {
		return
	}
	for _, r := range st.Redirs {
		if in := p.redirect(r); in != nil {
			stdin = in
		}
	}
	p.nested(st.Cmd, depth)
	switch cmd := st.Cmd.(type) {
	case *syntax.CallExpr:
		for _, a := range cmd.Assigns {
			p.assign(a)
		}
		p.run(p.words(cmd.Args), stdin, p.spanOf(st))
	case *syntax.DeclClause:
		for _, a := range cmd.Args {
			p.assign(a)
		}
	case *syntax.BinaryCmd:
		p.statement(cmd.X, stdin, depth+1)
		if cmd.Op == syntax.Pipe || cmd.Op == syntax.PipeAll {
			stdin = p.printed(cmd.X)
		}
		p.statement(cmd.Y, stdin, depth+1)
	}
}

// nested reads the statements inside a command, such as those of $(…) and of
// the body of a loop.
func (p posix) nested(cmd syntax.Command, depth int) {
	binary, isBinary := cmd.(*syntax.BinaryCmd)
	syntax.Walk(cmd, func(n syntax.Node) bool {
		st, ok := n.(*syntax.Stmt)
		if !ok {
			return true
		}
		if !isBinary || st != binary.X && st != binary.Y {
			p.statement(st, nil, depth+within)
		}
		return false
	})
}

func (p posix) assign(a *syntax.Assign) {
	switch {
	case a.Name == nil || a.Naked || a.Index != nil:
	case a.Array != nil:
		var words []word
		if a.Append {
			words = p.arrays[a.Name.Value]
		}
		for _, e := range a.Array.Elems {
			if e.Value != nil && e.Index == nil && len(words) < 1000 {
				words = append(words, p.word(e.Value))
			}
		}
		p.arrays[a.Name.Value] = words
	case a.Append:
		value := p.vars[a.Name.Value]
		if a.Value != nil && value.len() > 0 {
			w := p.word(a.Value)
			// Nothing else uses the memory after the value, so it may grow there.
			value.join(w.argument())
			p.set(a.Name.Value, value)
		}
	case a.Value == nil:
		p.set(a.Name.Value, mapped{})
	default:
		w := p.word(a.Value)
		p.set(a.Name.Value, w.argument())
	}
}

// redirect is what a redirection makes the command read; nil for other redirections.
func (p posix) redirect(r *syntax.Redirect) *stream {
	if r.N != nil && r.N.Value != "0" {
		return nil
	}
	switch r.Op {
	case syntax.WordHdoc:
		w := p.word(r.Word)
		in := &stream{mapped: w.argument()}
		in.put("\n", -1)
		return in
	case syntax.Hdoc, syntax.DashHdoc:
		in := &stream{}
		if r.Hdoc == nil {
			return in
		}
		// The grammar counts the delimiter as part of the text.
		body := posix{p.shell, p.from, p.hdocEnd(r)}
		span := body.spanOf(r.Hdoc)
		if quotedWord(r.Word) {
			in.add(p.doc[span.Start:span.End], span.Start)
		} else {
			for _, part := range r.Hdoc.Parts {
				body.part(&in.mapped, part, "$`\\")
			}
		}
		if r.Op == syntax.DashHdoc {
			in.mapped = withoutTabs(in.mapped)
		}
		in.from = []region{{0, in.len(), span}}
		return in
	case syntax.RdrIn:
		w := p.word(r.Word)
		return fileStream(p.supply, w.String(), w.span)
	}
	return nil
}

// hdocEnd is where the text of a here-document ends, which is before its delimiter.
func (p posix) hdocEnd(r *syntax.Redirect) int {
	span := p.spanOf(r.Hdoc)
	w := p.word(r.Word)
	text := strings.TrimRight(p.doc[span.Start:span.End], " \t\r\n")
	if rest, ok := strings.CutSuffix(text, w.String()); ok && (rest == "" || strings.HasSuffix(strings.TrimRight(rest, " \t"), "\n")) {
		return span.Start + len(strings.TrimRight(rest, " \t"))
	}
	return span.End
}

func fileStream(from *supply, name string, span jsonspan.Span) *stream {
	in := &stream{}
	content, err := from.read(name)
	if err != nil {
		return &stream{unknown: fromFile(name), file: name}
	}
	in.put(string(content), -1)
	in.from = []region{{0, in.len(), span}}
	return in
}

func quotedWord(w *syntax.Word) bool {
	for _, part := range w.Parts {
		lit, ok := part.(*syntax.Lit)
		if !ok || strings.Contains(lit.Value, `\`) {
			return true
		}
	}
	return false
}

func withoutTabs(m mapped) mapped {
	var out mapped
	for from := 0; from < m.len(); {
		end := m.len()
		if n := bytes.IndexByte(m.b[from:], '\n'); n >= 0 {
			end = from + n + 1
		}
		for from < end && m.b[from] == '\t' {
			from++
		}
		out.join(m.cut(from, end))
		from = end
	}
	return out
}

// printed is what a command on the left of a pipe prints.
func (p posix) printed(st *syntax.Stmt) *stream {
	unknown := &stream{unknown: "it is the output of a command"}
	call, ok := st.Cmd.(*syntax.CallExpr)
	if !ok || len(call.Args) == 0 {
		return unknown
	}
	words := p.words(call.Args)
	var in *stream
	for _, r := range st.Redirs {
		if from := p.redirect(r); from != nil {
			in = from
		}
	}
	out := &stream{}
	switch words[0].String() {
	case "echo":
		words = words[1:]
		end := "\n"
		for len(words) > 0 && (words[0].String() == "-n" || words[0].String() == "-E" || words[0].String() == "-e") {
			if words[0].String() == "-n" {
				end = ""
			}
			words = words[1:]
		}
		for i := range words {
			if i > 0 {
				out.put(" ", -1)
			}
			out.join(words[i].argument())
		}
		out.put(end, -1)
		return out
	case "printf":
		if len(words) == 3 {
			if format := words[1].String(); format == "%s" || format == `%s\n` {
				out.join(words[2].argument())
				if format != "%s" {
					out.put("\n", -1)
				}
				return out
			}
		}
		if len(words) == 2 && !bytes.ContainsAny(words[1].b, `%\`) {
			out.join(words[1].argument())
			return out
		}
	case "cat":
		if len(words) == 1 && in != nil {
			return in
		}
		if len(words) == 2 && words[1].len() > 0 && words[1].b[0] != '-' {
			return fileStream(p.supply, words[1].String(), words[1].span)
		}
	}
	return unknown
}

// words expands the arguments of a command.
func (p posix) words(in []*syntax.Word) []word {
	out := make([]word, 0, min(len(in), maxWords+1))
	for _, w := range in {
		if array, ok := p.array(w); ok {
			out = append(out, array...)
			continue
		}
		if out = append(out, p.word(w)); len(out) > maxWords {
			break // one more than is used, to know that there are more
		}
	}
	return out
}

// array is the value of a word that is only "${name[@]}".
func (p posix) array(w *syntax.Word) ([]word, bool) {
	parts := w.Parts
	if len(parts) == 1 {
		if q, ok := parts[0].(*syntax.DblQuoted); ok {
			parts = q.Parts
		}
	}
	if len(parts) != 1 {
		return nil, false
	}
	e, ok := parts[0].(*syntax.ParamExp)
	if !ok || e.Index == nil || e.Param == nil {
		return nil, false
	}
	if index, ok := e.Index.(*syntax.Word); !ok || index.Lit() != "@" && index.Lit() != "*" {
		return nil, false
	}
	words, ok := p.arrays[e.Param.Value]
	for i := range words {
		if !p.supply.draw(words[i].cost()) {
			return nil, ok
		}
	}
	return words, ok
}

func (p posix) word(w *syntax.Word) word {
	out := word{span: p.spanOf(w)}
	for _, part := range w.Parts {
		p.part(&out.mapped, part, "")
	}
	if len(w.Parts) == 1 {
		e, ok := w.Parts[0].(*syntax.ParamExp)
		out.spread = ok && len(out.holes) > 0 && e != nil
	}
	out.raw = out.span.Len() > 2 && p.doc[out.span.Start] == '\\' && lineEnd(p.doc[out.span.Start+1:]) == 0
	return out
}

// part appends one part of a word. special are the characters a backslash
// escapes in the double quotes around it, "" outside of them.
func (p posix) part(m *mapped, part syntax.WordPart, special string) {
	span := p.spanOf(part)
	from, to := span.Start, span.End
	switch x := part.(type) {
	case *syntax.Lit:
		if special == "" {
			p.unquoted(m, from, to)
		} else {
			p.inDouble(m, from, to, special)
		}
	case *syntax.SglQuoted:
		switch {
		case x.Dollar && to-from >= 3:
			p.ansi(m, from+2, to-1)
		case !x.Dollar && to-from >= 2:
			m.add(p.doc[from+1:to-1], from+1)
		}
	case *syntax.DblQuoted:
		for _, inner := range x.Parts {
			p.part(m, inner, "$`\"\\")
		}
	case *syntax.ParamExp:
		name := ""
		if x.Param != nil && x.Exp == nil && x.Slice == nil && x.Repl == nil && x.Index == nil && !x.Excl && !x.Length && x.Names == 0 && len(x.Modifiers) == 0 {
			name = x.Param.Value
		}
		p.variable(m, name, from, to)
	case *syntax.CmdSubst:
		p.output(m, from, to)
	default:
		m.leave(p.doc[from:to], from, "it is what the shell makes of "+p.doc[from:to])
	}
}
