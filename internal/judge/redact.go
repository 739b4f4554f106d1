package judge

import (
	"encoding/base64"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
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
	for _, secret := range messageSecrets(c) {
		add(secret)
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
	for i := range out.Notes {
		out.Notes[i] = r.Replace(out.Notes[i])
	}
	if out.Symptom != nil {
		out.Symptom.Match = r.Replace(out.Symptom.Match)
	}
}

// messageSecrets lists what a request and its response hold that nobody else
// should have: credentials, codes and tokens.
func messageSecrets(c *evidence.Case) []string {
	var out []string
	for _, fact := range []evidence.Fact[*evidence.Request]{c.Request, c.Authorization} {
		r, ok := fact.Get()
		if !ok {
			continue
		}
		for _, p := range r.Params {
			// The assertion itself is masked by its signature: its other parts are told.
			if evidence.SecretParameter(p.Name) && !strings.Contains(strings.ToLower(p.Name), "assertion") && p.Unknown == "" {
				out = append(out, p.Value, p.RawValue)
			}
		}
		for _, h := range r.Headers {
			if evidence.SecretHeader(h.Name) {
				_, credentials, _ := strings.Cut(h.Value, " ")
				out = append(out, h.Value, credentials)
				if plain, err := base64.StdEncoding.DecodeString(credentials); err == nil {
					_, password, _ := strings.Cut(string(plain), ":")
					out = append(out, password)
				}
			}
		}
	}
	if r, ok := c.Response.Get(); ok && r.Form == evidence.FormJSON && r.JSON != nil {
		for _, m := range r.JSON.Members {
			if evidence.SecretParameter(m.Name) && m.Value.Kind == jsonspan.String {
				out = append(out, m.Value.Str)
			}
		}
	}
	return out
}
