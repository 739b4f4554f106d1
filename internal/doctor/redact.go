package doctor

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// redact takes the signature and the jti out of every text of a case. The
// checks mask what they show already; this holds where one forgets.
func redact(out *finding.Case, c *evidence.Case) {
	if c.ShowSecrets {
		return
	}
	var pairs []string
	add := func(secret string) {
		// A short text would be masked where it means something else.
		if len(secret) >= 8 {
			pairs = append(pairs, secret, c.Mask(secret))
		}
	}
	if a, ok := c.Assertion.Get(); ok && len(a.Segments) > 2 {
		add(a.Compact[a.Segments[2].Span.Start:a.Segments[2].Span.End])
		add(a.Segments[2].Clean)
	}
	if o, ok := c.Claims.Get(); ok {
		if jti, ok := o.Text("jti"); ok {
			add(jti)
		}
	}
	if len(pairs) == 0 {
		return
	}
	r := strings.NewReplacer(pairs...)
	for i := range out.Findings {
		f := &out.Findings[i]
		f.Title, f.Message, f.Found, f.Expected, f.Reason = r.Replace(f.Title), r.Replace(f.Message), r.Replace(f.Found), r.Replace(f.Expected), r.Replace(f.Reason)
		for k := range f.Fix {
			f.Fix[k] = r.Replace(f.Fix[k])
		}
	}
	for i := range out.Diagnosis {
		out.Diagnosis[i].Title = r.Replace(out.Diagnosis[i].Title)
	}
}

// readAs tells in words what the input was taken for.
func readAs(c *evidence.Case, a *evidence.Assertion) string {
	what := "an assertion"
	switch c.Kind {
	case evidence.JWTGrant:
		what = "a JWT grant"
	case evidence.IDToken:
		what = "an ID token"
	case evidence.AccessToken:
		what = "an access token"
	}
	switch {
	case a.Shape == evidence.ShapeNotJWT && a.LooksLike != "":
		return a.LooksLike
	case a.Shape == evidence.ShapePlaceholder:
		return "a placeholder"
	case a.Embedded != "":
		return what + " in " + a.Embedded
	}
	return what
}
