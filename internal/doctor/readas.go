package doctor

import (
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/input"
)

// readAs says in words what the input was taken for.
func readAs(c *evidence.Case, s subject) string {
	what := "an assertion"
	switch c.Kind {
	case evidence.JWTGrant:
		what = "a JWT grant"
	case evidence.IDToken:
		what = "an ID token"
	case evidence.AccessToken:
		what = "an access token"
	}
	a, known := c.Assertion.Get()
	var parts []string
	switch {
	case s.parts.Request != nil && s.item != nil:
		parts = append(parts, what, s.parts.Request.What)
	case s.parts.Request != nil && known && !a.FilledLater:
		parts = append(parts, what+" in "+s.parts.Request.What)
	case s.parts.Request != nil:
		parts = append(parts, s.parts.Request.What)
	case s.of != nil && s.of.decoded != nil && c.HasAssertion() && !known:
		parts = append(parts, what+" given decoded")
	case c.Unsigned != nil:
		parts = append(parts, what+" without its signature")
	case s.of != nil && s.of.unreadable():
		parts = append(parts, what+" that is shortened")
	case len(c.Errors) > 0 && s.parts.Response == nil && !known:
		parts = append(parts, "an error of a program")
	case known && a.Shape == evidence.ShapeNotJWT && a.LooksLike != "":
		parts = append(parts, a.LooksLike)
	case known && a.Shape == evidence.ShapePlaceholder:
		parts = append(parts, "a placeholder")
	case known && a.Embedded != "":
		parts = append(parts, what+" in "+a.Embedded)
	case known:
		parts = append(parts, what)
	}
	if r := s.parts.Response; r != nil {
		parts = append(parts, r.What)
	}
	if s.parts.Authorization != nil {
		parts = append(parts, "an authorization request")
	}
	if s.har {
		parts = []string{s.parts.Name + " of a HAR"}
	}
	return strings.Join(parts, " and ")
}

// leftOut says which checks and causes the user had left out: a run that did not ask
// looks like one that found nothing.
func (d *Doctor) leftOut() []string {
	var out []string
	if skip := d.opts.Skip; len(skip) > 0 {
		out = append(out, "left out (--skip): "+strings.Join(skip, ", "))
	}
	if only := d.opts.Only; len(only) > 0 {
		out = append(out, "nothing else was checked (--only): "+strings.Join(only, ", "))
	}
	return out
}

// notes are what was made of the input on the way to evidence.
func notes(c *evidence.Case) []string {
	const most = 4
	out := slices.Clone(c.Input.Undone)
	r, ok := c.Request.Get()
	if !ok {
		return out
	}
	var unread []string
	for _, name := range r.Unread[:min(len(r.Unread), most)] {
		note := input.NotRead(name)
		if i := slices.IndexFunc(r.Notes, func(n string) bool { return strings.HasPrefix(n, note+": ") }); i >= 0 {
			note = r.Notes[i] // it was to be read, and could not
		} else {
			note += "; --read-files reads it from the input's own folder"
		}
		unread = append(unread, strings.TrimSuffix(note, "."))
	}
	of := func(note string) func(string) bool {
		return func(file string) bool { return strings.HasPrefix(note, input.NotRead(file)+": ") }
	}
	for _, n := range r.Notes {
		if len(out) < len(c.Input.Undone)+most && !slices.ContainsFunc(r.Unread, of(n)) {
			out = append(out, strings.TrimSuffix(n, "."))
		}
	}
	return append(out, unread...)
}
