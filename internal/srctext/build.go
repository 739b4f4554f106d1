package srctext

// Builder puts a text together out of parts of others. The zero value is ready
// to use.
type Builder struct {
	b    []byte
	runs []run
}

// Len is the number of bytes so far.
func (b *Builder) Len() int { return len(b.b) }

// Grow makes room for n more bytes.
func (b *Builder) Grow(n int) {
	if free := cap(b.b) - len(b.b); free < n {
		b.b = append(make([]byte, 0, len(b.b)+n), b.b...)
	}
}

// Copy appends t[i:j] with its origins.
func (b *Builder) Copy(t Text, i, j int) {
	if i >= j {
		return
	}
	shift := int32(len(b.b) - (t.from + i))
	for k := t.run(i); k >= 0 && k < len(t.runs) && int(t.runs[k].at) < t.from+j; k++ {
		r := t.runs[k]
		if start := int32(t.from + i); r.at < start {
			if r.width == 0 && r.src >= 0 {
				r.src += start - r.at
			}
			r.at = start
		}
		r.at += shift
		b.run(r)
	}
	b.b = append(b.b, t.s[i:j]...)
}

// Stand appends s, which is in place of t[i:j].
func (b *Builder) Stand(s string, t Text, i, j int) {
	if s == "" {
		return
	}
	if p, _ := t.Place(i, j); p.Len() > 0 {
		b.run(run{at: int32(len(b.b)), src: int32(p.Start), width: int32(p.Len())})
	} else {
		b.run(run{at: int32(len(b.b)), src: -1})
	}
	b.b = append(b.b, s...)
}

// Put appends s, which is nowhere in the source.
func (b *Builder) Put(s string) {
	if s == "" {
		return
	}
	b.run(run{at: int32(len(b.b)), src: -1})
	b.b = append(b.b, s...)
}

// Mark is a length to go back to.
type Mark struct{ bytes, runs int }

// Mark is where the builder is.
func (b *Builder) Mark() Mark { return Mark{len(b.b), len(b.runs)} }

// Undo takes away what was appended since the mark.
func (b *Builder) Undo(m Mark) { b.b, b.runs = b.b[:m.bytes], b.runs[:m.runs] }

// run begins a run, unless the last one goes on with it.
func (b *Builder) run(r run) {
	if n := len(b.runs); n > 0 {
		last := b.runs[n-1]
		switch {
		case last.src < 0 && r.src < 0,
			last.width > 0 && r.width == last.width && r.src == last.src,
			last.width == 0 && r.width == 0 && last.src >= 0 && r.src == last.src+r.at-last.at:
			return
		}
	}
	b.runs = append(b.runs, r)
}

// Text is what was put together. The builder must not be used any more.
func (b *Builder) Text() Text {
	return Text{s: string(b.b), runs: b.runs}
}
