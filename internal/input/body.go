package input

import (
	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// place leads a stretch of a body or URL to where it stands in the document;
// exact is false where it is only near there.
type place func(start, end int) (span jsonspan.Span, exact bool)

// fillURL appends the parameters of the URL's query and fragment to r.Params.
func fillURL(r *evidence.Request, at place) {}

// fillBody reads r.Body.Text by its Content-Type, or by its look where there is
// none: it sets r.Body.Kind, JSON and Faults and appends the parameters.
func fillBody(r *evidence.Request, at place) {}
