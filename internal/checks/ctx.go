package checks

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/wording"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// The kinds of JWT that authenticate a client or are in for a grant.
var assertionKinds = []evidence.Kind{evidence.ClientAssertion, evidence.JWTGrant}

func (c *Ctx) assertion() *evidence.Assertion { a, _ := c.Assertion.Get(); return a }
func (c *Ctx) header() *evidence.Object       { o, _ := c.Header.Get(); return o }
func (c *Ctx) claims() *evidence.Object       { o, _ := c.Claims.Get(); return o }

// isAssertion reports whether the client made the JWT. A provider's rules for
// assertions do not apply to what a server issued.
func (c *Ctx) isAssertion() bool {
	return c.Kind == evidence.ClientAssertion || c.Kind == evidence.JWTGrant
}

// provider names the profile for sentences.
func (c *Ctx) provider() string {
	if c.Profile.ID == profile.Standard || c.Profile.Name == "" {
		return "the standard"
	}
	return c.Profile.Name
}

// who names whose rule it is, for sentences: the provider's or the user's own.
func who[T any](c *Ctx, v profile.Value[T]) string { return c.owner(v.Said) }

func (c *Ctx) owner(said profile.Said) string {
	if said.ByUser() {
		return "your setting (" + said.Yours() + ")"
	}
	return c.provider()
}

// by names the documents behind the rule a fault breaks. A user's own setting
// has none, and those of the check say something else.
func by[T any](f *Fault, v profile.Value[T]) *Fault { return f.under(v.Said) }

func (f *Fault) under(said profile.Said) *Fault {
	if said.ByUser() {
		f.Own = true
		return f
	}
	return f.Citing(said.Cite...)
}

// alg returns the header's alg where it is a string.
func (c *Ctx) alg() string { s, _ := c.header().Text("alg"); return s }

// headerAt and claimAt point to the value of a top-level member.
func (c *Ctx) headerAt(name string) evidence.Place {
	return c.AtMember(finding.PartHeader, name)
}

func (c *Ctx) claimAt(name string) evidence.Place {
	return c.AtMember(finding.PartClaims, name)
}

// present returns a member unless it is absent or null.
func present(o *evidence.Object, name string) (*jsonspan.Value, bool) {
	v, ok := o.Get(name)
	return v, ok && v.Kind != jsonspan.Null
}

// plain is a JSON value as a patch can carry it: text, number, boolean or a list
// of these; ok is false for an object or null.
func plain(v *jsonspan.Value) (value any, ok bool) {
	switch v.Kind {
	case jsonspan.String:
		return v.Str, true
	case jsonspan.Number:
		if json.Valid([]byte(v.Raw)) {
			return json.Number(v.Raw), true
		}
	case jsonspan.Bool:
		return v.Raw == "true", true
	case jsonspan.Array:
		list := make([]any, 0, len(v.Items))
		for _, it := range v.Items {
			item, ok := plain(it)
			if !ok {
				return nil, false
			}
			list = append(list, item)
		}
		return list, true
	}
	return nil, false
}

// show writes a value the way it is in the JSON, short enough to read.
func show(v *jsonspan.Value) string {
	switch v.Kind {
	case jsonspan.String:
		return v.Str
	case jsonspan.Object:
		return "an object"
	case jsonspan.Array:
		items := make([]string, 0, len(v.Items))
		for i, it := range v.Items {
			if i == 8 {
				items = append(items, "…")
				break
			}
			if it.Kind == jsonspan.String {
				items = append(items, `"`+it.Str+`"`)
			} else {
				items = append(items, show(it))
			}
		}
		return "[" + strings.Join(items, ", ") + "]"
	}
	return v.Raw
}

// absenceUnproven is the verdict on something that is not there in damaged
// JSON: it may have been lost.
func absenceUnproven(o *evidence.Object, name string) (Verdict, bool) {
	if o.Partial {
		return NotAskedText("the %s is damaged, so %s may have been lost", partName(o.Part), name).For(finding.WhyMoot), true
	}
	return Verdict{}, false
}

func partName(part string) string {
	if part == finding.PartClaims {
		return "payload"
	}
	return part
}

// lasting is a length of time that is put into words when it is read.
type lasting time.Duration

func (d lasting) String() string { return wording.Span(time.Duration(d)) }

// clock writes an instant for people.
func clock(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05Z") }

// asOf names the moment the times are checked at.
func (c *Ctx) asOf() string {
	switch c.Basis {
	case evidence.BasisIAT:
		return "its own time"
	case evidence.BasisFlag:
		return "the given time"
	case evidence.BasisArrival:
		return "the time it arrived"
	case evidence.BasisDate, evidence.BasisHAR, evidence.BasisLog, evidence.BasisAnswer:
		return "the time of sending"
	}
	return "now"
}

func itoa(n int) string { return strconv.Itoa(n) }
