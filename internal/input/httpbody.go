package input

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/input/island"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// endOfJSON ends a JSON body at its closing brace if other text follows after an empty
// line, or the next line of a log.
func (p *httpParser) endOfJSON(start, end int) int {
	text := p.text[start:end]
	if !jsonLook(text) {
		return end
	}
	gap := gapIn(text)
	if gap < 0 {
		return end
	}
	v, _ := jsonspan.Scan([]byte(text), jsonspan.Limits{Values: maxMembers})
	if v.Span.End < len(text) && v.Span.End <= gap+1 {
		rest := start + v.Span.End
		l := lineAt(p.text, rest)
		if strings.TrimSpace(p.text[rest:l.end]) == "" {
			p.i = l.next
			return rest
		}
	}
	return end
}

// gapIn is the end of the line below which the first empty line or line of a log is; -1
// if there is none.
func gapIn(text string) int {
	for i := 0; ; {
		n := strings.IndexByte(text[i:], '\n')
		if n < 0 {
			return -1
		}
		i += n
		if below := text[i+1:]; strings.HasPrefix(below, "\n") || strings.HasPrefix(below, "\r\n") || island.Stamped(below) {
			return i
		}
		i++
	}
}
