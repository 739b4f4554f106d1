package input

import (
	"encoding/base64"
	"mime"
	"strconv"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/wording"
)

// body is the request's body, or why it is not known. tool is the program that made the
// HAR.
func (e *harEntry) body(tool string) (text, unknown string) {
	p := e.Request.PostData
	if p != nil {
		text = p.Text.s
		if strings.EqualFold(p.Encoding.s, "base64") || strings.EqualFold(p.Encoding2.s, "base64") {
			text = decoded64(text)
		}
		if text == "" && len(p.Params) > 0 {
			text = e.encodedBody(tool)
		}
		text = withoutFieldLines(text)
		if p.Text.cut {
			return text, "it is larger than 1 MiB and was not read to its end"
		}
	}
	if text != "" {
		return text, ""
	}
	length := strings.TrimSpace(e.Request.Headers.value("Content-Length"))
	_, chunked := e.header("Transfer-Encoding")
	const left = "the HAR leaves it out"
	switch {
	case length != "" && strings.Trim(length, "0") != "":
		return "", left + " (Content-Length is " + harClip(length, 20) + ")"
	case e.Request.BodySize.n > 0:
		return "", left + " (bodySize is " + strconv.FormatFloat(min(e.Request.BodySize.n, 1e15), 'f', -1, 64) + ")"
	case chunked:
		return "", left
	case length != "":
		return "", ""
	}
	switch strings.ToUpper(e.method()) {
	case "GET", "HEAD", "OPTIONS", "DELETE":
		return "", ""
	}
	// Browsers also write bodySize 0 if they no longer have the body.
	if e.Request.BodySize.set && e.Request.BodySize.n == 0 && tool != "" && !browser(tool) {
		return "", ""
	}
	return "", "the HAR does not say"
}

func (e *harEntry) header(name string) (string, bool) {
	for _, f := range e.Request.Headers {
		if strings.EqualFold(f.name.s, name) {
			return f.value.s, true
		}
	}
	return "", false
}

func browser(tool string) bool {
	return wording.HasAny(tool, "webinspector", "webkit", "firefox", "edge", "chrom", "safari", "opera")
}

// withoutFieldLines drops the header fields that Firefox writes before the body of a
// form.
func withoutFieldLines(text string) string {
	if len(text) < 8 || !strings.EqualFold(text[:8], "content-") {
		return text
	}
	head, body, ok := strings.Cut(text, "\r\n\r\n")
	for line := range strings.SplitSeq(head, "\r\n") {
		name, _, isField := strings.Cut(line, ": ")
		ok = ok && isField && !strings.ContainsAny(name, "=&")
	}
	if !ok {
		return text
	}
	return body
}

// encodedBody writes a body from its parameters.
func (e *harEntry) encodedBody(tool string) string {
	p := e.Request.PostData
	media := strings.ToLower(p.MimeType.s)
	if media == "" {
		media = strings.ToLower(e.Request.Headers.value("Content-Type"))
	}
	if !strings.HasPrefix(media, "multipart/") {
		return encodedPairs(p.Params, strings.Contains(tool, "webinspector") || encodedAlready(p.Params))
	}
	boundary := "boundary"
	if _, parameters, err := mime.ParseMediaType(e.contentType()); err == nil && parameters["boundary"] != "" {
		boundary = parameters["boundary"]
	}
	var b strings.Builder
	for _, f := range p.Params {
		name := strings.NewReplacer(`"`, "%22", "\r", "%0D", "\n", "%0A").Replace(f.name.s)
		b.WriteString("--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + f.value.s + "\r\n")
	}
	return b.String() + "--" + boundary + "--\r\n"
}

// contentType is that of the request, or the one the program wrote next to the body.
func (e *harEntry) contentType() string {
	if v, ok := e.header("Content-Type"); ok {
		return v
	}
	if p := e.Request.PostData; p != nil {
		return p.MimeType.s
	}
	return ""
}

// encodedAlready reports whether parameters are written percent-encoded, as they were
// sent, which HAR does not allow: programs do that more often than clients encode the
// colon of a URN or URL twice. If another value contains a character that a form always
// encodes, the parameters are written decoded, and this one really was encoded twice.
func encodedAlready(params harPairs) bool {
	encoded := false
	for _, p := range params {
		if strings.ContainsAny(p.value.s, ":/ ") {
			return false
		}
		switch wording.Bare(p.name.s) {
		case "clientassertiontype", "granttype", "redirecturi":
			encoded = encoded || strings.Contains(strings.ToLower(p.value.s), "%3a")
		}
	}
	return encoded
}

// encodedPairs writes parameters as a form; raw ones are already encoded.
func encodedPairs(params harPairs, raw bool) string {
	var b strings.Builder
	put := func(s string) {
		for i := 0; i < len(s); i++ {
			c := s[i]
			switch {
			case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("-._~*", c) >= 0,
				raw && c > ' ' && c < 0x7F && c != '&':
				b.WriteByte(c)
			case c == ' ':
				b.WriteByte('+')
			default:
				const hex = "0123456789ABCDEF"
				b.WriteString(string([]byte{'%', hex[c>>4], hex[c&15]}))
			}
		}
	}
	for i, p := range params {
		if i > 0 {
			b.WriteByte('&')
		}
		put(p.name.s)
		if b.WriteByte('='); p.file == "" {
			put(p.value.s)
		}
	}
	return b.String()
}

// decoded64 decodes base64 of either alphabet as far as possible; other text stays as it
// is.
func decoded64(s string) string {
	plain := strings.NewReplacer("\r", "", "\n", "", "-", "+", "_", "/").Replace(s)
	plain = strings.TrimRight(plain, "=")
	if len(plain)%4 == 1 {
		plain = plain[:len(plain)-1]
	}
	out, err := base64.RawStdEncoding.DecodeString(plain)
	if err != nil {
		return s
	}
	return string(out)
}
