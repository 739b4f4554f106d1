package jose

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"iter"
	"net/url"
	"strings"
	"unicode/utf16"
)

// Part is one dot-separated part of an assertion.
type Part struct {
	Sent    string // as it was sent
	Clean   string // as proper base64url; the same where nothing had to be repaired
	Decoded []byte
}

// variant is a text the signer may have signed instead of the one that was sent.
type variant struct {
	n     int // place in the order of variants
	input []byte
	words string // what differs, as a sentence without a full stop; "" for the text as sent
	// content tells that names or values differ, not the way they are written.
	content  bool
	repaired bool // the text as sent, once the encoding of its parts is repaired
}

// coreVariants is how many variants, likeliest first, are tried where each one
// costs a signature verification. Where a digest was recovered all are compared.
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

// maxSearchInput bounds the text that is rewritten hundreds of times; longer
// ones are judged as they stand.
const maxSearchInput = 64 << 10

func (x *Exhibit) tooLong() bool { return len(x.Header.Sent)+len(x.Payload.Sent) > maxSearchInput }

// framings are other choices of bytes around the very same header and payload.
func (x *Exhibit) framings() []variant {
	h, p, hj, pj := x.Header.Clean, x.Payload.Clean, string(x.Header.Decoded), string(x.Payload.Decoded)
	whole := h + "." + p
	list := []variant{{input: x.sentInput()}}
	add := func(words string, texts ...string) {
		for _, t := range texts {
			list = append(list, variant{input: []byte(t), words: words})
		}
	}
	if !bytes.Equal(x.sentInput(), x.cleanInput()) {
		list = append(list, variant{input: x.cleanInput(), words: "the parts in proper base64url were signed", repaired: true})
	}
	std, padded, both := base64.RawStdEncoding.EncodeToString, base64.URLEncoding.EncodeToString, base64.StdEncoding.EncodeToString
	hb, pb := x.Header.Decoded, x.Payload.Decoded
	add("the payload alone was signed, without header and dot", p)
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
	add("white space was signed with it", whole+" ", " "+whole, "\n"+whole, whole+"\t")
	add("a byte order mark was signed with it", "\xef\xbb\xbf"+whole)
	add("a dot at its end was signed with it", whole+".")
	add("header and payload were signed without the dot between them", h+p)
	add("header and payload were signed in the wrong order", p+"."+h)
	add("the header alone was signed", h, hj)
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

func joined(header, payload string, words string, content bool) variant {
	return variant{input: joinParts(header, payload), words: words, content: content}
}

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
			if ps != x.Payload.Clean && !yield(joined(x.Header.Clean, ps, "the payload was re-serialised after signing; signed was its JSON "+s.words, false)) {
				return
			}
			if hs != x.Header.Clean {
				if !yield(joined(hs, x.Payload.Clean, "the header was re-serialised after signing; signed was its JSON "+s.words, false)) {
					return
				}
				if ps != x.Payload.Clean && !yield(joined(hs, ps, "header and payload were re-serialised after signing; signed was their JSON "+s.words, false)) {
					return
				}
			}
			if p != nil && !yield(variant{input: s.write(p.value), words: "the payload's JSON was signed, " + s.words}) {
				return
			}
		}
	}
}

// edited are contents of which one thing was changed after signing.
func (x *Exhibit) edited(h, p *document) iter.Seq[variant] {
	return func(yield func(variant) bool) {
		if h != nil {
			for _, e := range headerEdits(h, x.Keys) {
				if !yield(joined(b64(h.style.write(e.value)), x.Payload.Clean, "the header was changed after signing: "+e.words, true)) {
					return
				}
			}
		}
		if p != nil {
			for _, e := range payloadEdits(p) {
				if !yield(joined(x.Header.Clean, b64(p.style.write(e.value)), "the payload was changed after signing: "+e.words, !p.reordersOnly(e))) {
					return
				}
			}
		}
		if h != nil {
			for _, e := range headerOrders(h) {
				if !yield(joined(b64(h.style.write(e.value)), x.Payload.Clean, "the header was changed after signing: "+e.words, !h.reordersOnly(e))) {
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
		for _, e := range timeShifts(p, limit) {
			if !yield(joined(x.Header.Clean, b64(p.style.write(e.value)), "the payload was changed after signing: "+e.words, true)) {
				return
			}
			if limit < 30 {
				continue
			}
			for _, s := range x.otherStyles(p) {
				if !yield(joined(x.Header.Clean, b64(s.write(e.value)), "the payload was changed and re-serialised after signing: "+e.words+"; signed was JSON "+s.words, true)) {
					return
				}
			}
		}
	}
}

// otherStyles are the two commonest ways of writing beside the document's own.
func (x *Exhibit) otherStyles(d *document) []style {
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
				if !yield(joined(head, payloads[i], "header and payload were re-serialised after signing; signed was the header's JSON "+hs.words+" and the payload's "+all[i].words, false)) {
					return
				}
			}
		}
		heads := append(headerEdits(h, x.Keys), headerOrders(h)...)
		edits := payloadEdits(p)
		for _, he := range heads {
			for _, hs := range append([]style{h.style}, x.otherStyles(h)...) {
				head := b64(hs.write(he.value))
				words := "the header was changed after signing: " + he.words
				if !yield(joined(head, x.Payload.Clean, words, !h.reordersOnly(he))) {
					return
				}
				for i := range all {
					if !yield(joined(head, payloads[i], words+"; and the payload was re-serialised, signed was its JSON "+all[i].words, !h.reordersOnly(he))) {
						return
					}
				}
				for _, pe := range edits {
					if !yield(joined(head, b64(p.style.write(pe.value)), words+"; and the payload: "+pe.words, true)) {
						return
					}
				}
			}
		}
		for _, pe := range edits {
			for _, s := range all {
				if !yield(joined(x.Header.Clean, b64(s.write(pe.value)), "the payload was changed after signing: "+pe.words+"; signed was JSON "+s.words, !p.reordersOnly(pe))) {
					return
				}
			}
		}
	}
}
