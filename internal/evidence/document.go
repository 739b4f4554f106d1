package evidence

import (
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// locateDocument points into its own document, such as a JWK Set. It carries
// no excerpt: what is there may be a private key.
func (c *Case) locateDocument(part, source string, raw []byte, pointer string, span jsonspan.Span) finding.Location {
	span = clamp(span, len(raw))
	line, column := position(string(raw), span.Start)
	l := finding.Location{Part: part, Pointer: pointer, Offset: span.Start, Length: span.Len(), Line: line, Column: column}
	if source != "" {
		l.Source = &finding.Source{File: source, Line: line, Column: column, Length: span.Len()}
	}
	return l
}
