package report

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/visible"
)

const indent = "  "

// jsonRenderer writes the head, then each case as it comes, then the summary:
// the members of finding.Report in their order.
type jsonRenderer struct {
	w     io.Writer
	cases int
}

func (r *jsonRenderer) Begin(rep finding.Report) error {
	tool, err := encode(rep.Tool, indent)
	if err != nil {
		return err
	}
	now, err := encode(rep.Now, indent)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(r.w, "{\n  \"version\": %d,\n  \"tool\": %s,\n  \"now\": %s,\n  \"cases\": [", cmp.Or(rep.Version, finding.ReportVersion), tool, now)
	return err
}

func (r *jsonRenderer) Progress(finding.Progress) error { return nil }

func (r *jsonRenderer) Case(c finding.Case) error {
	text, err := encode(complete(c), indent+indent)
	if err != nil {
		return err
	}
	separator := ",\n    "
	if r.cases == 0 {
		separator = "\n    "
	}
	r.cases++
	_, err = r.w.Write(append([]byte(separator), text...))
	return err
}

func (r *jsonRenderer) End(s finding.Summary) error {
	text, err := encode(s, indent)
	if err != nil {
		return err
	}
	end := "]"
	if r.cases > 0 {
		end = "\n  ]"
	}
	_, err = fmt.Fprintf(r.w, "%s,\n  \"summary\": %s\n}\n", end, text)
	return err
}

// Indent writes a value as JSON the way reports are written: indented, one line
// end after it, and nothing in it that a terminal or CI runner would obey. All
// JSON of the program is written by Indent or Line.
func Indent(v any) ([]byte, error) {
	text, err := encode(v, "")
	return append(text, '\n'), err
}

// Line is Indent on one line.
func Line(v any) ([]byte, error) {
	text, err := encodeCompact(v)
	return append(text, '\n'), err
}

// encode writes v as indented JSON without the last line end; prefix is
// before every line but the first.
func encode(v any, prefix string) ([]byte, error) {
	return encoded(v, func(enc *json.Encoder) { enc.SetIndent(prefix, indent) })
}

func encoded(v any, form func(*json.Encoder)) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	form(enc)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("the report cannot be written as JSON: %w", err)
	}
	return escape(bytes.TrimSuffix(b.Bytes(), []byte("\n"))), nil
}

// encodeCompact writes v as JSON without whitespace.
func encodeCompact(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("the report cannot be written as JSON: %w", err)
	}
	return escape(bytes.TrimSuffix(b.Bytes(), []byte("\n"))), nil
}

// rawJSON is text that is JSON already.
func rawJSON(s string) json.RawMessage { return json.RawMessage(s) }

// appendText writes a string as JSON. Most are plain ASCII, which takes one pass.
func appendText(b []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < ' ' || c >= 0x7f || c == '"' || c == '\\' || c == '#' && i > 0 && s[i-1] == '#' {
			text, err := encodeCompact(s)
			if err != nil {
				return append(b, `""`...) // a string can always be written
			}
			return append(b, text...)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}

// escape turns what is legal in JSON and yet not safe to look at into \u
// escapes; the value stays the same. That is everything visible.Text would spell
// out, and the second # of ##[ and ##vso[, which CI runners obey within a line.
// Such characters are only in strings, so no position needs to be known.
func escape(text []byte) []byte {
	clean := true
	for i, c := range text {
		if c >= utf8.RuneSelf || c == 0x7f || c == '#' && i > 0 && text[i-1] == '#' {
			clean = false
			break
		}
	}
	if clean {
		return text
	}
	out := make([]byte, 0, len(text)+64)
	for i := 0; i < len(text); {
		c := text[i]
		if c < utf8.RuneSelf {
			switch {
			case c == 0x7f, c == '#' && i > 0 && text[i-1] == '#':
				out = fmt.Appendf(out, `\u%04x`, c)
			default:
				out = append(out, c)
			}
			i++
			continue
		}
		r, size := utf8.DecodeRune(text[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			out = append(out, `\ufffd`...) // as every JSON parser would read it
		case visible.Drawn(r):
			out = append(out, text[i:i+size]...)
		case r > 0xffff:
			r -= 0x10000
			out = fmt.Appendf(out, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		i += size
	}
	return out
}

// complete returns the case with every list there, so that none is null, and
// with nothing in it that cannot be written as JSON.
func complete(c finding.Case) finding.Case {
	c.Input.Kinds = list(c.Input.Kinds)
	c.Decoded.Header = object(c.Decoded.Header)
	c.Decoded.Claims = object(c.Decoded.Claims)
	if c.Symptom != nil {
		s := *c.Symptom
		s.Explains, s.Cite = list(s.Explains), list(s.Cite)
		c.Symptom = &s
	}
	c.Diagnosis = list(c.Diagnosis)
	findings := make([]finding.Finding, len(c.Findings))
	for i, f := range c.Findings {
		f.Fix, f.Patch, f.At, f.Cite = list(f.Fix), list(f.Patch), list(f.At), list(f.Cite)
		findings[i] = f
	}
	c.Findings = findings
	ask := make([]finding.Ask, len(c.Ask))
	for i, a := range c.Ask {
		a.Cite = list(a.Cite)
		ask[i] = a
	}
	c.Ask = ask
	return c
}

func list[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

// object is null if there is no JSON object, so that one unreadable header
// does not cost the whole report.
func object(raw json.RawMessage) json.RawMessage {
	if bytes.HasPrefix(bytes.TrimLeft(raw, " \t\r\n"), []byte("{")) && json.Valid(raw) {
		return raw
	}
	return json.RawMessage("null")
}
