package checks

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// The kinds of JWT that authenticate a client or stand in for a grant.
var assertionKinds = []evidence.Kind{evidence.ClientAssertion, evidence.JWTGrant}

func (c *Ctx) assertion() *evidence.Assertion { a, _ := c.Assertion.Get(); return a }
func (c *Ctx) header() *evidence.Object       { o, _ := c.Header.Get(); return o }
func (c *Ctx) claims() *evidence.Object       { o, _ := c.Claims.Get(); return o }

// isAssertion tells a JWT the client made from one a server issued, to which a
// provider's rules for assertions do not apply.
func (c *Ctx) isAssertion() bool { return slices.Contains(assertionKinds, c.Kind) }

// provider names the profile for sentences.
func (c *Ctx) provider() string {
	if c.Profile.ID == "rfc7523" || c.Profile.Name == "" {
		return "the standard"
	}
	return c.Profile.Name
}

// alg returns the header's alg where it is a string.
func (c *Ctx) alg() string { s, _ := c.header().Text("alg"); return s }

// headerAt and claimAt point to the value of a top-level member.
func (c *Ctx) headerAt(name string) evidence.Place {
	return c.At(finding.PartHeader, evidence.Pointer(name))
}

func (c *Ctx) claimAt(name string) evidence.Place {
	return c.At(finding.PartClaims, evidence.Pointer(name))
}

// present returns a member unless it is absent or null.
func present(o *evidence.Object, name string) (*jsonspan.Value, bool) {
	v, ok := o.Get(name)
	return v, ok && v.Kind != jsonspan.Null
}

// show writes a value the way it stands in the JSON, short enough to read.
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
		return NotAsked("the %s is damaged, so that %s may have been lost", partName(o.Part), name), true
	}
	return Verdict{}, false
}

func partName(part string) string {
	if part == finding.PartClaims {
		return "payload"
	}
	return part
}

// span writes a length of time for people: 42s, 5m00s, 2h 03m, 3 days, 6 years.
func span(d time.Duration) string {
	if d < 0 {
		d = -d
	}
	const day, year = 24 * time.Hour, 8766 * time.Hour
	switch {
	case d < time.Second && d > 0:
		return fmt.Sprintf("%dms", d.Milliseconds())
	case d < time.Minute:
		return fmt.Sprintf("%ds", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%dm%02ds", int(d.Minutes()), int(d.Seconds())%60)
	case d < 2*day:
		if s := int(d.Seconds()) % 60; s != 0 && d < 3*time.Hour {
			return fmt.Sprintf("%dh %02dm %02ds", int(d.Hours()), int(d.Minutes())%60, s)
		}
		return fmt.Sprintf("%dh %02dm", int(d.Hours()), int(d.Minutes())%60)
	case d < year:
		return fmt.Sprintf("%d days", int(d/day))
	case d < 2*year:
		return "over a year"
	}
	return fmt.Sprintf("%d years", int(d/year))
}

// clock writes an instant for people.
func clock(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05Z") }

// asOf names the moment the times are judged at.
func (c *Ctx) asOf() string {
	switch c.Basis {
	case evidence.BasisIAT:
		return "its own time"
	case evidence.BasisFlag:
		return "the given time"
	case evidence.BasisDate, evidence.BasisHAR, evidence.BasisLog, evidence.BasisAnswer:
		return "the time of sending"
	}
	return "now"
}

func itoa(n int) string { return strconv.Itoa(n) }
