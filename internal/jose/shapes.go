package jose

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"math/big"
	"slices"
	"unicode/utf8"
)

// shape is one reading of the signature's bytes. The first one is always the
// bytes as sent, without a cause.
type shape struct {
	id    shapeID
	sig   []byte
	cause string
	words string
}

// shapeID names the way to a shape: how the bytes were unwrapped, and in which
// form they were then read. It means the same for every signature; zero is the
// bytes as sent.
type shapeID struct {
	wrap wrapping
	form form
}

// wrapping is an encoding that was put around a signature once too often.
type wrapping uint8

const (
	bareBytes wrapping = iota
	hexInsteadOfBase64
	hexInside
	base64Inside
	hexInBase64Inside
	latin1Inside
)

// form is how the bytes of a signature are arranged.
type form uint8

const (
	asGiven form = iota
	reversedWhole
	swappedHalves
	reversedHalves
	paddedLeft
	zerosBefore
	bytesAfter
	derSequence
	zerosInside
	octetString
	splitAt // the first of several: where R ends
)

// as is another form of the shape.
func (s shape) as(f form, sig []byte, cause, words string) shape {
	return shape{shapeID{s.id.wrap, f}, sig, cmpOr(s.cause, cause), and(s.words, words)}
}

// unwrapped lists what the bytes may have been before somebody encoded them
// once more.
func (x *Exhibit) unwrapped() []shape {
	list := []shape{{sig: x.Signature}}
	add := func(wrap wrapping, sig []byte, ok bool, cause, words string) {
		if ok && len(sig) > 0 && !slices.ContainsFunc(list, func(s shape) bool { return bytes.Equal(s.sig, sig) }) {
			list = append(list, shape{shapeID{wrap: wrap}, sig, cause, words})
		}
	}
	fromHex := func(t []byte) ([]byte, bool) {
		b, err := hex.DecodeString(string(bytes.TrimSpace(t)))
		return b, err == nil && len(b) >= 16
	}
	fromBase64 := func(t []byte) ([]byte, bool) {
		t = bytes.TrimRight(bytes.TrimSpace(t), "=")
		if len(t) < 40 {
			return nil, false
		}
		t = bytes.ReplaceAll(bytes.ReplaceAll(t, []byte("+"), []byte("-")), []byte("/"), []byte("_"))
		b, err := base64.RawURLEncoding.DecodeString(string(t))
		return b, err == nil
	}
	b, ok := fromHex([]byte(x.SignatureText))
	add(hexInsteadOfBase64, b, ok, CauseHex, "the signature part is hexadecimal text; it must be base64url of the bytes")
	b, ok = fromHex(x.Signature)
	add(hexInside, b, ok, CauseHex, "the signature was turned into hexadecimal text before it was base64url-encoded")
	b, ok = fromBase64(x.Signature)
	add(base64Inside, b, ok, CauseHex, "the signature was base64-encoded twice")
	if ok {
		inner, hexOK := fromHex(b)
		add(hexInBase64Inside, inner, hexOK, CauseHex, "the signature was turned into hexadecimal text and base64-encoded twice")
	}
	b, ok = latin1(x.Signature)
	add(latin1Inside, b, ok, CauseWrongLength, "the signature's bytes were read as Latin-1 characters and written as UTF-8 before encoding; encode the bytes themselves")
	return list
}

// latin1 undoes the writing of bytes as UTF-8 characters.
func latin1(sig []byte) ([]byte, bool) {
	if !utf8.Valid(sig) || len(sig) < 40 {
		return nil, false
	}
	var b []byte
	for _, r := range string(sig) {
		if r > 0xFF {
			return nil, false
		}
		b = append(b, byte(r))
	}
	return b, len(b) < len(sig)
}

// rsaShapes lists the readings that are as long as the modulus.
func (x *Exhibit) rsaShapes(size int) []shape {
	var list []shape
	for _, s := range x.unwrapped() {
		switch n := len(s.sig); {
		case n == size:
			list = append(list, s)
			list = append(list, s.as(reversedWhole, reversedBytes(s.sig), CauseByteOrder, "the signature's bytes are in reverse order, as Windows CryptoAPI gives them; reverse them before encoding"))
		case n < size && n >= size-3:
			list = append(list, s.as(paddedLeft, leftPad(s.sig, size), CauseWrongLength, "the leading zero byte of the signature was dropped; pad it on the left to the length of the modulus"))
		case n > size && n <= size+4:
			list = append(list, trimmed(s, size)...)
		}
	}
	return list
}

// trimmed removes zero bytes and line ends that do not belong to a signature.
func trimmed(s shape, size int) []shape {
	var list []shape
	if allBytes(s.sig[:len(s.sig)-size], 0) {
		list = append(list, s.as(zerosBefore, s.sig[len(s.sig)-size:], CauseWrongLength, "the signature has a zero byte before it (a sign byte of the encoder); strip it"))
	}
	if tail := s.sig[size:]; allBytes(tail, 0) || len(bytes.TrimSpace(tail)) == 0 {
		list = append(list, s.as(bytesAfter, s.sig[:size], CauseWrongLength, "there are bytes after the signature (a zero byte or a line end); strip them"))
	}
	return list
}

// ecShapes lists the readings as R followed by S, each of size bytes.
func (x *Exhibit) ecShapes(size int) []shape {
	var list []shape
	for _, s := range x.unwrapped() {
		if r, sv, ok := parseDER(s.sig); ok && len(r) <= size && len(sv) <= size {
			list = append(list, shape{shapeID{s.id.wrap, derSequence}, append(leftPad(r, size), leftPad(sv, size)...), CauseECDSADER,
				and(s.words, "the signature is ASN.1 DER, as OpenSSL, Java and cloud key stores give it; JWS needs R and S one after the other at their full length")})
			continue
		}
		switch n := len(s.sig); {
		case n == 2*size:
			list = append(list, s)
			a, b := s.sig[:size], s.sig[size:]
			list = append(list,
				s.as(swappedHalves, slices.Concat(b, a), CauseByteOrder, "S comes before R"),
				s.as(reversedHalves, slices.Concat(reversedBytes(a), reversedBytes(b)), CauseByteOrder, "R and S are in little-endian order"),
				s.as(reversedWhole, slices.Concat(reversedBytes(b), reversedBytes(a)), CauseByteOrder, "the signature's bytes are in reverse order"))
		case n < 2*size && n >= 2*size-4:
			list = append(list, splits(s, size)...)
		case n > 2*size && n <= 2*size+4:
			list = append(list, trimmed(s, 2*size)...)
			if n == 2*size+2 && s.sig[0] == 0 && s.sig[size+1] == 0 {
				list = append(list, s.as(zerosInside, slices.Concat(s.sig[1:size+1], s.sig[size+2:]), CauseWrongLength, "R and S each begin with a zero byte too many"))
			}
		}
	}
	return list
}

// splits restores R and S of which leading zero bytes were dropped.
func splits(s shape, size int) []shape {
	var list []shape
	n := len(s.sig)
	for at := min(size, n-1); at >= n-size && at > 0; at-- {
		list = append(list, s.as(splitAt+form(at), append(leftPad(s.sig[:at], size), leftPad(s.sig[at:], size)...), CauseWrongLength,
			"a leading zero byte of R or S was dropped; both are padded on the left to their full length"))
	}
	return list
}

// edShapes lists the readings as an Ed25519 signature.
func (x *Exhibit) edShapes() []shape {
	var list []shape
	for _, s := range x.unwrapped() {
		switch n := len(s.sig); {
		case n == 64:
			list = append(list, s,
				s.as(reversedWhole, reversedBytes(s.sig), CauseByteOrder, "the signature's bytes are in reverse order"),
				s.as(swappedHalves, slices.Concat(s.sig[32:], s.sig[:32]), CauseByteOrder, "the halves of the signature are exchanged"),
				s.as(reversedHalves, slices.Concat(reversedBytes(s.sig[:32]), reversedBytes(s.sig[32:])), CauseByteOrder, "each half of the signature is in reverse order"))
		case n > 64 && n <= 68:
			list = append(list, trimmed(s, 64)...)
		case n == 66 && s.sig[0] == 4 && s.sig[1] == 64:
			list = append(list, shape{shapeID{s.id.wrap, octetString}, s.sig[2:], CauseWrongLength, "the signature is wrapped in an ASN.1 octet string"})
		}
	}
	return list
}

// parseDER reads SEQUENCE { INTEGER r, INTEGER s } that fills the bytes exactly.
// It accepts zero bytes after it, and integers that are longer than necessary.
func parseDER(sig []byte) (r, s []byte, ok bool) {
	rest, ok := derValue(sig, 0x30)
	if !ok {
		return nil, nil, false
	}
	body := rest.body
	if !allBytes(rest.after, 0) || len(rest.after) > 2 {
		return nil, nil, false
	}
	a, ok := derValue(body, 2)
	if !ok {
		return nil, nil, false
	}
	b, ok := derValue(a.after, 2)
	if !ok || len(b.after) > 0 || len(a.body) == 0 || len(b.body) == 0 {
		return nil, nil, false
	}
	return bytes.TrimLeft(a.body, "\x00"), bytes.TrimLeft(b.body, "\x00"), true
}

type derPiece struct{ body, after []byte }

func derValue(b []byte, tag byte) (derPiece, bool) {
	if len(b) < 2 || b[0] != tag {
		return derPiece{}, false
	}
	n, head := int(b[1]), 2
	if n == 0x81 && len(b) > 2 {
		n, head = int(b[2]), 3
	} else if n >= 0x80 {
		return derPiece{}, false
	}
	if len(b) < head+n {
		return derPiece{}, false
	}
	return derPiece{b[head : head+n], b[head+n:]}, true
}

// encodeDER is the form the standard library's verifier expects.
func encodeDER(sig []byte) []byte {
	half := len(sig) / 2
	integer := func(b []byte) []byte {
		b = new(big.Int).SetBytes(b).Bytes()
		if len(b) == 0 || b[0] >= 0x80 {
			b = append([]byte{0}, b...)
		}
		return append([]byte{2, byte(len(b))}, b...)
	}
	body := append(integer(sig[:half]), integer(sig[half:])...)
	if len(body) >= 0x80 {
		return append([]byte{0x30, 0x81, byte(len(body))}, body...)
	}
	return append([]byte{0x30, byte(len(body))}, body...)
}

func reversedBytes(b []byte) []byte {
	c := bytes.Clone(b)
	slices.Reverse(c)
	return c
}

func leftPad(b []byte, size int) []byte {
	return append(make([]byte, size-len(b), size), b...)
}

func allBytes(b []byte, v byte) bool {
	for _, c := range b {
		if c != v {
			return false
		}
	}
	return len(b) > 0 || v == 0
}

func cmpOr(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func and(a, b string) string {
	if a == "" {
		return b
	}
	return a + "; also, " + b
}
