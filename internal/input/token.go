package input

import (
	"bytes"
	"encoding/base64"
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// peek decodes the beginning of a text as base64 of either alphabet, as far as possible.
func peek(b []byte, most int) []byte {
	buf := make([]byte, 0, most)
	for _, c := range b {
		if !base64Byte(c) || len(buf) == most {
			break
		}
		buf = append(buf, urlByte(c))
	}
	buf = buf[:len(buf)-len(buf)%4]
	out := make([]byte, base64.RawURLEncoding.DecodedLen(len(buf)))
	n, _ := base64.RawURLEncoding.Decode(out, buf)
	return out[:n]
}

func urlByte(c byte) byte {
	switch c {
	case '+':
		return '-'
	case '/':
		return '_'
	}
	return c
}

// startsToken reports whether the text begins like the base64url of a JSON object: a
// brace, and what can follow one.
func startsToken[T string | []byte](b T) bool {
	if len(b) < 4 || b[0] != 'e' || !base64Byte(b[2]) || !base64Byte(b[3]) {
		return false
	}
	// The third character encodes the second half of the byte after the brace.
	half := byte(strings.IndexByte(base64Order, urlByte(b[2]))) >> 2
	switch b[1] {
	case 'y':
		half |= 0x20
	case 'w':
	default:
		return false
	}
	return half == '"' || half == '\'' || half == ' ' || half == '\n' || half == '\r' || half == '\t'
}

// base64Order lists the characters of base64url by their value.
const base64Order = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// complete reports whether the text is a whole signed JWT of three parts: JSON,
// JSON, and a signature of a length its alg can have.
func complete(b []byte) bool {
	parts := bytes.SplitN(b, []byte("."), 4)
	if len(parts) != 3 || len(parts[2]) == 0 {
		return false
	}
	header, ok := object(parts[0])
	if !ok {
		return false
	}
	if _, ok := object(parts[1]); !ok {
		return false
	}
	alg, _ := header.Get("alg")
	return alg != nil && fits(alg.Str, len(bytes.TrimRight(parts[2], "=")))
}

// object reads a segment that is a faultless JSON object.
func object(segment []byte) (*jsonspan.Value, bool) {
	text := decodeLenient(segment)
	if !bytes.HasPrefix(bytes.TrimLeft(text, " \t\r\n"), []byte("{")) {
		return nil, false // without scanning all of it
	}
	v, faults := jsonspan.Scan(text, jsonspan.Limits{Faults: 1})
	return v, len(faults) == 0 && v.Kind == jsonspan.Object
}

func decodeLenient(segment []byte) []byte {
	segment = bytes.TrimRight(segment, "=")
	buf := make([]byte, 0, len(segment))
	for _, c := range segment {
		if !base64Byte(c) {
			return nil
		}
		buf = append(buf, urlByte(c))
	}
	if len(buf)%4 == 1 {
		return nil
	}
	n, err := base64.RawURLEncoding.Decode(buf, buf)
	if err != nil {
		return nil
	}
	return buf[:n]
}

// signatureLengths are the lengths in bytes that a signature can have (RFC 7518 section
// 3, RFC 8037); nil for an unknown alg. Callers must not change them.
func signatureLengths(alg string) []int {
	switch strings.ToUpper(alg) {
	case "RS256", "RS384", "RS512", "PS256", "PS384", "PS512":
		return rsaLengths[:]
	case "ES256", "ES256K", "EDDSA", "ED25519", "HS512":
		return shortLengths[:1]
	case "ES384":
		return shortLengths[1:2]
	case "ES512":
		return shortLengths[2:3]
	case "HS256":
		return shortLengths[3:4]
	case "HS384":
		return shortLengths[4:5]
	}
	return nil
}

var (
	rsaLengths   = [...]int{256, 384, 512, 128, 192, 1024}
	shortLengths = [...]int{64, 96, 132, 32, 48}
)

// fits reports whether a signature of the alg can have so many characters; any number is
// possible if the alg is unknown.
func fits(alg string, characters int) bool {
	lengths := signatureLengths(alg)
	if lengths == nil {
		return characters%4 != 1
	}
	return slices.ContainsFunc(lengths, func(n int) bool { return (n*8+5)/6 == characters })
}

// likeToken reports whether the header or payload decodes to something that begins with a
// brace, so that the text is a JWT, damaged or not.
func likeToken(b []byte) bool {
	if startsToken(b) {
		return true
	}
	parts := bytes.SplitN(clipBytes(b, MaxAssertion), []byte("."), 3)
	for i, p := range parts {
		if i > 1 || len(parts) < 2 {
			break
		}
		p = bytes.TrimLeft(p, " \t\r\n\x1f")
		if startsToken(p) || i == 0 && jsonish(peek(p, 64)) {
			return true
		}
	}
	return false
}

// jsonish reports whether bytes are readable text with the braces and quotes of JSON in it.
func jsonish(b []byte) bool {
	if len(b) < 6 || bytes.IndexByte(b, '{') < 0 || bytes.IndexByte(b, '"') < 0 {
		return false
	}
	readable := 0
	for _, c := range b {
		if c >= ' ' && c < 0x7F || c == '\n' || c == '\r' || c == '\t' {
			readable++
		}
	}
	return readable*10 >= len(b)*9
}
