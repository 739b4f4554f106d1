package island

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/srctext"
)

// A file of Bruno is a sequence of blocks, whose braces begin and end lines:
//
//	post {
//	  url: https://idp.example.com/token
//	  body: formUrlEncoded
//	  auth: none
//	}
//
//	body:form-urlencoded {
//	  grant_type: client_credentials
//	  ~scope: switched off
//	}

// brunoBlock is one block of such a file.
type brunoBlock struct {
	name     string
	at       int // where its name begins
	from, to int // of its lines
}

// brunoRow is a line of a block with a name and a value.
type brunoRow struct {
	nameFrom, nameTo, valueFrom, valueTo int
}

const (
	mostBlocks = 100
	mostRows   = 500
)

// readBruno reads a file of Bruno as the request that it is: with the body and the
// credentials that its first block chooses, without rows that are switched off.
func readBruno(l *layer, i int) int {
	if l.rejected["bruno"] > i || brunoName(l.s[i:l.lineEnd]) == "" {
		return i
	}
	blocks, end := l.brunoBlocks(i)
	var method *brunoBlock
	for k := range blocks {
		if methodName(blocks[k].name) && method == nil {
			method = &blocks[k]
		}
	}
	if method == nil {
		l.rejected["bruno"] = end
		return i
	}
	b := bruno{l: l, blocks: blocks}
	json, ok := b.request(*method)
	v, whole := scanJSON(json)
	found := false
	if ok && whole {
		was := l.client
		l.client = &client{outer: was, vars: b.vars()}
		found = l.object(object{text: json, value: v, form: formLines})
		l.client = was
	}
	if !found {
		l.rejected["bruno"] = end
		return i
	}
	return end
}

// brunoName is the name of the block that a line begins; "" if it begins none.
func brunoName(line string) string {
	name, ok := strings.CutSuffix(strings.TrimRight(line, " \t\r"), " {")
	if !ok || len(name) > 40 {
		return ""
	}
	first, _, _ := strings.Cut(name, ":")
	switch first {
	case "meta", "get", "post", "put", "patch", "delete", "headers", "auth", "body", "vars", "params", "query", "script", "tests", "assert", "docs", "settings":
		return name
	}
	return ""
}

// brunoBlocks are the blocks from i on, and where they end.
func (l *layer) brunoBlocks(i int) (out []brunoBlock, end int) {
	end = i
	for at := i; at < len(l.s) && len(out) < mostBlocks; {
		stop := endOfLine(l.s, at)
		line := l.s[at:stop]
		if strings.TrimSpace(line) == "" {
			at = stop + 1
			continue
		}
		name := brunoName(line)
		from := min(stop+1, len(l.s))
		n := strings.Index(l.s[stop:], "\n}")
		switch {
		case name == "":
			return out, max(end, stop)
		case n < 0:
			return out, len(l.s) // no block ends any more
		}
		to := max(from, stop+n)
		out = append(out, brunoBlock{name, at, from, to})
		end = endOfLine(l.s, stop+n+1)
		at = min(end+1, len(l.s))
	}
	return out, end
}

// bruno writes the blocks of a file as the object in which other clients export a
// request.
type bruno struct {
	l      *layer
	blocks []brunoBlock
	out    dump
}

func (b *bruno) request(method brunoBlock) (json srctext.Text, ok bool) {
	l := b.l
	work := 1 << 16
	b.out = dump{t: l.t, s: l.s, work: &work}
	url, ok := b.row(method, "url")
	if !ok {
		return json, false
	}
	put := b.out.out.Put
	put(`{"method":`)
	b.out.text(method.at, method.at+len(method.name))
	put(`,"url":`)
	b.out.text(url.valueFrom, url.valueTo)
	put(`,"headers":[`)
	b.rows("headers")
	put(`]`)
	if auth, ok := b.row(method, "auth"); ok {
		b.auth(auth)
	}
	if mode, ok := b.row(method, "body"); ok {
		b.body(mode)
	}
	put("}")
	return b.out.out.Text(), true
}

// auth writes the credentials of the kind that the request chooses.
func (b *bruno) auth(kind brunoRow) {
	put := b.out.out.Put
	put(`,"authentication":{"type":`)
	b.out.text(kind.valueFrom, kind.valueTo)
	for _, block := range b.named("auth:" + b.l.s[kind.valueFrom:kind.valueTo]) {
		for _, r := range b.rowsOf(block) {
			put(",")
			b.out.text(r.nameFrom, r.nameTo)
			put(":")
			b.out.text(r.valueFrom, r.valueTo)
		}
	}
	put("}")
}

// body writes the body that the request chooses.
func (b *bruno) body(mode brunoRow) {
	block, media := "", ""
	switch b.l.s[mode.valueFrom:mode.valueTo] {
	case "formUrlEncoded":
		block, media = "body:form-urlencoded", formMedia
	case "multipartForm":
		block, media = "body:multipart-form", multipartMedia
	case "json":
		block, media = "body:json", "application/json"
	case "text":
		block, media = "body:text", "text/plain"
	case "xml":
		block, media = "body:xml", "application/xml"
	default:
		return
	}
	put := b.out.out.Put
	put(`,"body":{"mimeType":"`)
	b.out.out.Stand(media, b.l.t, mode.valueFrom, mode.valueTo)
	put(`",`)
	if media == formMedia || media == multipartMedia {
		put(`"params":[`)
		b.rows(block)
		put("]}")
		return
	}
	put(`"text":`)
	if found := b.named(block); len(found) > 0 {
		from, to := trim(b.l.s, found[0].from, found[0].to)
		b.out.text(from, to)
	} else {
		put(`""`)
	}
	put("}")
}

// rows writes the rows of a block as a list.
func (b *bruno) rows(name string) {
	n := 0
	for _, block := range b.named(name) {
		for _, r := range b.rowsOf(block) {
			if n++; n > 1 {
				b.out.out.Put(",")
			}
			b.out.out.Put(`{"name":`)
			b.out.text(r.nameFrom, r.nameTo)
			b.out.out.Put(`,"value":`)
			b.out.text(r.valueFrom, r.valueTo)
			b.out.out.Put("}")
		}
	}
}

// vars are the variables that the file sets before the request.
func (b *bruno) vars() map[string]srctext.Text {
	out := map[string]srctext.Text{}
	for _, block := range b.named("vars:pre-request") {
		for _, r := range b.rowsOf(block) {
			if r.valueTo > r.valueFrom {
				out[b.l.s[r.nameFrom:r.nameTo]] = b.l.t.Slice(r.valueFrom, r.valueTo)
			}
		}
	}
	return out
}

func (b *bruno) named(name string) []brunoBlock {
	var out []brunoBlock
	for _, block := range b.blocks {
		if block.name == name {
			out = append(out, block)
		}
	}
	return out
}

// row is the first row of a block with a name.
func (b *bruno) row(block brunoBlock, name string) (brunoRow, bool) {
	for _, r := range b.rowsOf(block) {
		if b.l.s[r.nameFrom:r.nameTo] == name {
			return r, true
		}
	}
	return brunoRow{}, false
}

// rowsOf are the rows of a block that are not switched off (~name).
func (b *bruno) rowsOf(block brunoBlock) []brunoRow {
	s := b.l.s
	var out []brunoRow
	for at := block.from; at < block.to && len(out) < mostRows; {
		stop := min(endOfLine(s, at), block.to)
		from, to := trim(s, at, stop)
		at = stop + 1
		n := strings.IndexByte(s[from:to], ':')
		if n <= 0 || s[from] == '~' {
			continue
		}
		r := brunoRow{nameFrom: from, nameTo: from + n}
		r.valueFrom, r.valueTo = trim(s, from+n+1, to)
		out = append(out, r)
	}
	return out
}
