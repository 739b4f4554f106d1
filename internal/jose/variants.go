package jose

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"iter"
	"net/url"
	"strings"
	"unicode/utf16"

	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// Part is one dot-separated part of an assertion.
type Part struct {
	Sent    string // as it was sent
	Clean   string // as proper base64url; the same where nothing had to be repaired
	Decoded []byte
}

// variant is a text the signer may have signed instead of the one that was sent.
// Most are made only when they are asked for.
type variant struct {
	n     int           // place in the order of variants
	input []byte        // the text, where it is made already
	build func() []byte // makes the text
	words phrase        // what differs, without a full stop; empty for the text as sent
	// content reports whether names or values differ, not only the way they are
	// written; nil if they do not.
	content  func() bool
	repaired bool // the text as sent, once the encoding of its parts is repaired
}

func (v variant) text() []byte {
	if v.input == nil && v.build != nil {
		return v.build()
	}
	return v.input
}

func (v variant) changesContent() bool { return v.content != nil && v.content() }

// phrase is a sentence in pieces, which are put together only for the one
// variant that is reported.
type phrase [4]string

func (p phrase) String() string { return p[0] + p[1] + p[2] + p[3] }

// coreVariants is how many variants, likeliest first, are tried if each one
// costs a signature verification. If a digest was recovered, all are compared.
const coreVariants = 260

// variants yields what may have been signed, likeliest first; the text as sent
// is at place 0. It is finite and in an order that never changes.
func (x *Exhibit) variants() iter.Seq[variant] {
	return func(yield func(variant) bool) {
		n := 0
		each := func(v variant) bool {
			v.n = n
			n++
			return yield(v)
		}
		if x.tooLong() {
			_ = each(variant{input: x.sentInput()}) && !bytes.Equal(x.sentInput(), x.cleanInput()) &&
				each(variant{input: x.cleanInput(), repaired: true})
			return
		}
		for _, v := range x.framings() {
			if !each(v) {
				return
			}
		}
		h, p := readDocument(x.Header.Decoded), readDocument(x.Payload.Decoded)
		for _, step := range []func(h, p *document) iter.Seq[variant]{x.rewritten, x.edited, x.shiftedNear, x.combined, x.shiftedFar} {
			for v := range step(h, p) {
				if !each(v) {
					return
				}
			}
		}
	}
}

// maxSearchInput limits the text that is rewritten hundreds of times; a longer one
// is only compared as sent.
const maxSearchInput = 64 << 10

func (x *Exhibit) tooLong() bool { return len(x.Header.Sent)+len(x.Payload.Sent) > maxSearchInput }

// framings are other choices of bytes around the very same header and payload.
func (x *Exhibit) framings() []variant {
	h, p, hj, pj := x.Header.Clean, x.Payload.Clean, string(x.Header.Decoded), string(x.Payload.Decoded)
	whole := h + "." + p
	list := []variant{{input: x.sentInput()}}
	add := func(words string, texts ...string) {
		for _, t := range texts {
			list = append(list, variant{input: []byte(t), words: phrase{words}})
		}
	}
	if !bytes.Equal(x.sentInput(), x.cleanInput()) {
		list = append(list, variant{input: x.cleanInput(), words: phrase{"the parts in proper base64url were signed"}, repaired: true})
	}
	std, padded, both := base64.RawStdEncoding.EncodeToString, base64.URLEncoding.EncodeToString, base64.StdEncoding.EncodeToString
	hb, pb := x.Header.Decoded, x.Payload.Decoded
	add("only the payload was signed, without header and dot", p)
	add("the payload's JSON was signed, not its base64url text", pj)
	add("the JSON of header and payload was signed, not their base64url texts", hj+"."+pj, hj+pj)
	add("the header was signed as base64url and the payload as bare JSON", h+"."+pj)
	add("header and payload were signed in padded base64url", padded(hb)+"."+padded(pb))
	add("header and payload were signed in standard base64 with padding", both(hb)+"."+both(pb))
	add("header and payload were signed in standard base64 without padding", std(hb)+"."+std(pb))
	add("the payload was signed in padded base64", h+"."+padded(pb), h+"."+both(pb))
	add("the header was signed in padded base64", padded(hb)+"."+p, both(hb)+"."+p)
	add("a line end was signed with it", whole+"\n", whole+"\r\n", whole+"\r")
	add("a zero byte was signed with it", whole+"\x00")
	add("whitespace was signed with it", whole+" ", " "+whole, "\n"+whole, whole+"\t")
	add("a byte order mark was signed with it", "\xef\xbb\xbf"+whole)
	add("a dot at its end was signed with it", whole+".")
	add("header and payload were signed without the dot between them", h+p)
	add("header and payload were signed in the wrong order", p+"."+h)
	add("only the header was signed", h, hj)
	add("the header and a dot were signed, without the payload", h+".")
	add("the text was hex-encoded before signing", hex.EncodeToString([]byte(whole)), strings.ToUpper(hex.EncodeToString([]byte(whole))))
	add("the text was base64-encoded before signing", both([]byte(whole)), padded([]byte(whole)), b64([]byte(whole)), std([]byte(whole)))
	add("the text was percent-encoded before signing", url.QueryEscape(padded(hb)+"."+padded(pb)), url.QueryEscape(both(hb)+"."+both(pb)))
	add("the text was signed in quotes", `"`+whole+`"`, `'`+whole+`'`, "b'"+whole+"'")
	add("the text was signed with the word Bearer or a parameter name before it", "Bearer "+whole, "client_assertion="+whole)
	add("the text was signed in UTF-16", utf16Text(whole, false, false), utf16Text(whole, true, false), utf16Text(whole, false, true), utf16Text(whole, true, true))
	add("the payload was signed with a line end after it", h+"."+b64([]byte(pj+"\n")), h+"."+b64([]byte(pj+"\r\n")))
	add("header or payload was base64-encoded twice before signing", b64([]byte(h))+"."+b64([]byte(p)), h+"."+b64([]byte(p)))
	add("the payload was hex-encoded before signing", h+"."+hex.EncodeToString(pb))
	add("nothing at all was signed: the text was empty", "")
	add("the text was signed in lower or upper case", strings.ToLower(whole), strings.ToUpper(whole))
	return list
}

func utf16Text(s string, big, bom bool) string {
	units := utf16.Encode([]rune(s))
	if bom {
		units = append([]uint16{0xFEFF}, units...)
	}
	b := make([]byte, 0, 2*len(units))
	for _, u := range units {
		if big {
			b = append(b, byte(u>>8), byte(u))
		} else {
			b = append(b, byte(u), byte(u>>8))
		}
	}
	return string(b)
}

// joined is the variant of a header and a payload in base64url.
func joined(header, payload string, content func() bool, words ...string) variant {
	v := variant{build: func() []byte { return joinParts(header, payload) }, content: content}
	copy(v.words[:], words)
	return v
}

// written is the variant of a payload that is yet to be written, with a header.
func written(header string, s style, payload *jsonspan.Value, content func() bool, words ...string) variant {
	v := variant{build: func() []byte { return joinParts(header, b64(s.write(payload))) }, content: content}
	copy(v.words[:], words)
	return v
}

// editChanges is the content of an edited document, which may have been put into
// another order only.
func editChanges(d *document, e edit) func() bool {
	return func() bool { return !d.reordersOnly(e) }
}

func always() bool { return true }

// rewritten are the same values written by another JSON library.
func (x *Exhibit) rewritten(h, p *document) iter.Seq[variant] {
	return func(yield func(variant) bool) {
		for _, s := range styles() {
			hs, ps := x.Header.Clean, x.Payload.Clean
			if p != nil {
				ps = b64(s.write(p.value))
			}
			if h != nil {
				hs = b64(s.write(h.value))
			}
			if ps != x.Payload.Clean && !yield(joined(x.Header.Clean, ps, nil, "the payload was re-serialised after signing; signed was its JSON ", s.words)) {
				return
			}
			if hs != x.Header.Clean {
				if !yield(joined(hs, x.Payload.Clean, nil, "the header was re-serialised after signing; signed was its JSON ", s.words)) {
					return
				}
				if ps != x.Payload.Clean && !yield(joined(hs, ps, nil, "header and payload were re-serialised after signing; signed was their JSON ", s.words)) {
					return
				}
			}
			if p != nil && !yield(variant{build: func() []byte { return s.write(p.value) }, words: phrase{"the payload's JSON was signed, ", s.words}}) {
				return
			}
		}
	}
}

const (
	headerChanged  = "the header was changed after signing: "
	payloadChanged = "the payload was changed after signing: "
)

// editedHeader is the variant of a changed header with the payload as sent.
func (x *Exhibit) editedHeader(h *document, s style, e edit) variant {
	v := variant{build: func() []byte { return joinParts(b64(s.write(e.value)), x.Payload.Clean) }, content: editChanges(h, e)}
	v.words = phrase{headerChanged, e.words}
	return v
}

// edited are contents of which one thing was changed after signing.
func (x *Exhibit) edited(h, p *document) iter.Seq[variant] {
	return func(yield func(variant) bool) {
		if h != nil {
			for _, e := range headerEdits(h, x.Keys) {
				v := x.editedHeader(h, h.style, e)
				v.content = always
				if !yield(v) {
					return
				}
			}
		}
		if p != nil {
			for _, e := range payloadEdits(p) {
				if !yield(written(x.Header.Clean, p.style, e.value, editChanges(p, e), payloadChanged, e.words)) {
					return
				}
			}
		}
		if h != nil {
			for _, e := range headerOrders(h) {
				if !yield(x.editedHeader(h, h.style, e)) {
					return
				}
			}
		}
	}
}

func (x *Exhibit) shiftedNear(_, p *document) iter.Seq[variant] { return x.shifts(p, 5) }
func (x *Exhibit) shiftedFar(_, p *document) iter.Seq[variant]  { return x.shifts(p, 30) }

func (x *Exhibit) shifts(p *document, limit int64) iter.Seq[variant] {
	return func(yield func(variant) bool) {
		if p == nil {
			return
		}
		others := otherStyles(p)
		for _, e := range timeShifts(p, limit) {
			if !yield(written(x.Header.Clean, p.style, e.value, always, payloadChanged, e.words)) {
				return
			}
			if limit < 30 {
				continue
			}
			for _, s := range others {
				if !yield(written(x.Header.Clean, s, e.value, always, "the payload was changed and re-serialised after signing: ", e.words, "; signed was JSON ", s.words)) {
					return
				}
			}
		}
	}
}

// otherStyles are the two commonest ways of writing besides the document's own.
func otherStyles(d *document) []style {
	var list []style
	for _, s := range styles()[:2] {
		if s != d.style {
			list = append(list, s)
		}
	}
	return list
}

// combined crosses what edited and rewritten change one at a time.
func (x *Exhibit) combined(h, p *document) iter.Seq[variant] {
	return func(yield func(variant) bool) {
		if h == nil || p == nil {
			return
		}
		all := styles()
		payloads := make([]string, len(all))
		for i, s := range all {
			payloads[i] = b64(s.write(p.value))
		}
		for _, hs := range all {
			head := b64(hs.write(h.value))
			for i := range all {
				if !yield(joined(head, payloads[i], nil, "header and payload were re-serialised after signing; signed was the header's JSON ", hs.words, " and the payload's ", all[i].words)) {
					return
				}
			}
		}
		heads := append(headerEdits(h, x.Keys), headerOrders(h)...)
		edits := payloadEdits(p)
		for _, he := range heads {
			for _, hs := range append([]style{h.style}, otherStyles(h)...) {
				if !yield(x.editedHeader(h, hs, he)) {
					return
				}
				head := b64(hs.write(he.value))
				for i := range all {
					if !yield(joined(head, payloads[i], editChanges(h, he), headerChanged, he.words, "; and the payload was re-serialised, signed was its JSON ", all[i].words)) {
						return
					}
				}
				for _, pe := range edits {
					if !yield(written(head, p.style, pe.value, always, headerChanged, he.words, "; and the payload: ", pe.words)) {
						return
					}
				}
			}
		}
		for _, pe := range edits {
			for _, s := range all {
				if !yield(written(x.Header.Clean, s, pe.value, editChanges(p, pe), payloadChanged, pe.words, "; signed was JSON ", s.words)) {
					return
				}
			}
		}
	}
}
