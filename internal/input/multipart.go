package input

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

// boundaryOf is the boundary of a multipart body (RFC 2046 section 5.1.1): the one in the
// header if the body contains it, else the one in the first line. It is "" if the body is
// not multipart, whatever the header says.
func boundaryOf(r *evidence.Request) string {
	media, parameters := r.ContentType()
	text := r.Body.Text
	if strings.HasPrefix(media, "multipart/") {
		for part := range strings.SplitSeq(parameters, ";") {
			name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
			value = strings.Trim(strings.TrimSpace(value), `"`)
			if strings.EqualFold(strings.TrimSpace(name), "boundary") && value != "" && strings.Contains(text, "--"+value) {
				return value
			}
		}
	}
	first, rest, _ := strings.Cut(strings.TrimLeft(text, " \t\r\n"), "\n")
	first = strings.TrimSpace(first)
	if len(first) < 3 || len(first) > 200 || !strings.HasPrefix(first, "--") || strings.ContainsAny(first, " =&\t") {
		return ""
	}
	if !strings.HasPrefix(strings.ToLower(strings.TrimLeft(rest, " \t")), "content-") {
		return ""
	}
	return first[2:]
}

// multipartParams makes a parameter of every part that has a name (RFC 7578
// section 4.2).
func multipartParams(r *evidence.Request, at place) {
	text, mark := r.Body.Text, "--"+boundaryOf(r)
	i := strings.Index(text, mark)
	for i >= 0 {
		i += len(mark)
		if strings.HasPrefix(text[i:], "--") {
			return
		}
		if len(r.Params) >= maxParams {
			manyParams(r)
			return
		}
		end, next := len(text), strings.Index(text[i:], mark)
		if next >= 0 {
			next += i
			end = next
		}
		partParam(r, i, end, at)
		i = next
	}
}

// partParam reads the part between two boundaries.
func partParam(r *evidence.Request, start, end int, at place) {
	text := r.Body.Text
	var named bool
	var p evidence.Param
	i := start
	if n := strings.IndexByte(text[i:end], '\n'); n >= 0 {
		i += n + 1 // the rest of the boundary's line
	}
	for i < end {
		stop := end
		if n := strings.IndexByte(text[i:end], '\n'); n >= 0 {
			stop = i + n
		}
		line := text[i:stop]
		from := i
		i = min(stop+1, end)
		if strings.TrimSpace(line) == "" {
			break
		}
		field, _, _ := strings.Cut(line, ":")
		if !strings.EqualFold(strings.TrimSpace(field), "Content-Disposition") {
			continue
		}
		if a, b, ok := dispositionParameter(line, "name"); ok {
			named = true
			p.Name = line[a:b]
			p.NameSpan, _ = at(from+a, from+b)
		}
	}
	if !named {
		return
	}
	value := strings.TrimSuffix(strings.TrimSuffix(text[i:end], "\n"), "\r")
	p.RawName, p.Value, p.RawValue, p.In = p.Name, value, value, evidence.InBody
	p.Span, p.Verbatim = at(i, i+len(value))
	r.Params = append(r.Params, p)
}

// dispositionParameter finds the value of a parameter of Content-Disposition.
func dispositionParameter(line, name string) (start, end int, ok bool) {
	lower := strings.ToLower(line)
	if len(lower) != len(line) {
		return 0, 0, false
	}
	for i := strings.IndexByte(line, ';'); i >= 0 && i < len(line); {
		i++
		for i < len(line) && (line[i] == ' ' || line[i] == '\t') {
			i++
		}
		found := strings.HasPrefix(lower[i:], name+"=")
		n := strings.IndexAny(line[i:], "=;")
		if n < 0 {
			return 0, 0, false
		}
		i += n
		if line[i] == ';' {
			continue
		}
		i++
		start = i
		if i < len(line) && line[i] == '"' {
			start++
			for i++; i < len(line) && line[i] != '"'; i++ {
				if line[i] == '\\' {
					i++
				}
			}
			end = min(i, len(line))
		} else {
			for i < len(line) && strings.IndexByte("; \t\r", line[i]) < 0 {
				i++
			}
			end = i
		}
		if found {
			return start, end, true
		}
		n = strings.IndexByte(line[min(i, len(line)):], ';')
		if n < 0 {
			return 0, 0, false
		}
		i += n
	}
	return 0, 0, false
}
