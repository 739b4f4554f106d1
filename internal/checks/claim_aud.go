package checks

import (
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

func claimAud() Check {
	return Check{
		ID:      "claim-aud",
		Subject: "aud",
		Rank:    430,
		Names:   []string{"aud"},
		Title:   "aud names this token endpoint",
		Kinds:   assertionKinds,
		Needs:   []evidence.Need{evidence.NeedClaims},
		Params:  []profile.Ref{profile.ClaimPresence.Ref(), profile.AudAccept.Ref(), profile.AudValues.Ref(), profile.AudTyped.Ref(), profile.AudForm.Ref(), profile.AudSlash.Ref(), profile.AudComplete.Ref(), profile.AudHosts.Ref(), profile.AudIssuerPath.Ref()},
		Cites:   []finding.Citation{rfc(7523, "3"), rfc(7519, "4.1.3"), rfc(3986, "6.2.1")},
		Doc: "aud names the server the assertion is meant for, and is compared as plain text: a slash, the case of a letter or a port makes it a different one. " +
			"Which text is right differs: the token URL (SMART, Redox, Epic), the issuer (Singpass, FAPI 2.0), or either.",
		Causes: []Cause{
			{ID: "aud-missing", Title: "aud is missing", Severity: finding.Error,
				Why:   "The claim was not set, or is empty.",
				Fix:   "Set aud to the value the provider documents.",
				Rules: Turns{None: true}},
			{ID: "aud-not-string", Title: "aud is neither a string nor an array of strings", Severity: finding.Error,
				Why:   "A number, object or null was passed.",
				Fix:   "Pass aud as text.",
				Rules: Turns{None: true}},
			{ID: "aud-array-not-accepted", Title: "the right value, in an array the provider does not accept", Severity: finding.Error,
				Why:   "Some libraries write a single audience as an array of one.",
				Fix:   "Write aud as a plain string; in jwx call SetAudience with FlattenAudience, in go-jose use a string in your own claims struct.",
				Rules: Turns{On: []profile.Ref{profile.AudForm.Ref()}}},
			{ID: "aud-string-not-accepted", Title: "the right value as a string, where the provider defines an array", Severity: finding.Warning,
				Why:   "Most libraries write a single audience as a string.",
				Fix:   "Write aud as an array of one.",
				Rules: Turns{On: []profile.Ref{profile.AudForm.Ref()}}},
			{ID: "aud-trailing-slash", Title: "aud differs from an accepted value only by a trailing slash", Severity: finding.Error,
				Why:   "A URL was joined or copied with one slash more or less; the comparison is exact.",
				Fix:   "Copy the value exactly from the provider's page.",
				Rules: Turns{On: []profile.Ref{profile.AudSlash.Ref(), profile.AudAccept.Ref()}}},
			{ID: "aud-near-miss", Title: "aud differs only by case, scheme, port, double slash or whitespace", Severity: finding.Error,
				Why:   "The value was typed, normalized by a URL library, or read from a file with its line end.",
				Fix:   "Copy the value exactly from the provider's page.",
				Rules: Turns{On: audRules()}},
			{ID: "aud-wrong-environment", Title: "aud is another environment of the same provider", Severity: finding.Error,
				Why:   "The settings of sandbox and production were mixed.",
				Fix:   "Take token URL, aud, client ID and key from the same environment.",
				Rules: Turns{On: audRules()}},
			{ID: "aud-authorize-endpoint", Title: "aud is the authorization endpoint", Severity: finding.Error,
				Why:   "The authorize URL was used instead of the token URL.",
				Fix:   "Use the token endpoint.",
				Rules: Turns{On: audRules()}},
			{ID: "aud-token-url-not-accepted", Title: "aud is the token URL; the provider expects its issuer", Severity: finding.Error,
				Why:   "RFC 7523 suggests the token URL and most libraries use it; this provider expects the issuer from its discovery document.",
				Fix:   "Set aud to the issuer.",
				Rules: Turns{On: audRules()}},
			{ID: "aud-issuer-not-accepted", Title: "aud is the issuer; the provider expects its token URL", Severity: finding.Error,
				Why:   "Newer standards ask for the issuer, and some libraries send it; this provider expects the token URL.",
				Fix:   "Set aud to the full token URL.",
				Rules: Turns{On: audRules()}},
			{ID: "aud-other-endpoint", Title: "aud is another endpoint of the same server", Severity: finding.Error,
				Why:   "The URL of the PAR, introspection or another endpoint was used where only one value is accepted.",
				Fix:   "Use the value the provider documents for the token request.",
				Rules: Turns{On: audRules()}},
			{ID: "aud-from-tap", Title: "aud is the address of the tap the request went through", Severity: finding.Warning,
				Why:   "The client uses its token URL as aud. While it talks to the tap, that is the tap's address, which the server does not accept.",
				Fix:   "Nothing to fix in the application; to test through the tap, pin aud to the real value. " + pinAud,
				Rules: Turns{On: audRules()}},
			{ID: "aud-mismatch", Title: "aud is some other value", Severity: finding.Error,
				Why:   "The assertion is addressed to someone else: an API's base URL, a client ID or another provider.",
				Fix:   "Set aud to the value the provider documents.",
				Rules: Turns{On: audRules()}},
		},
		Judge: judgeAud,
	}
}

// audAsString judges the right value as a string. Many servers read either form, so
// a document that defines an array does not prove that a string is refused.
func (c *Ctx) audAsString(w audience, pass Verdict) Verdict {
	form := profile.AudForm.In(c.Rules)
	if form.V != "array" {
		return pass
	}
	f := Found("aud-string-not-accepted", "aud is a string; %s defines an array", who(c, form)).Compare(w.value, `["`+w.value+`"]`).
		About(Detail{Name: "aud", Value: w.value, Right: w.value}).At(c.claimAt("aud"))
	return Fail(c.setAud(by(f, form).Fix("Set aud to an array with %s in it.", w.value), w.value))
}

// setAud makes a value the fix of a fault of aud, in the form the provider defines.
func (c *Ctx) setAud(f *Fault, value string) *Fault {
	if profile.AudForm.In(c.Rules).V == "array" {
		return f.Set(finding.PartClaims, "aud", []string{value})
	}
	return f.Set(finding.PartClaims, "aud", value)
}

func judgeAud(c *Ctx) Verdict {
	o := c.claims()
	v, ok := o.Get("aud")
	if !ok || isBlank(v) {
		return c.withoutAud(v, ok)
	}
	exp := c.audiences()
	if v.Kind == jsonspan.String { // the usual form, without making a list of it
		if w, ok := exp.match(v.Str); ok {
			return c.audAsString(w, exp.pass(w, false, 0))
		}
	}
	if bad := notStrings(v); bad != "" {
		k := exp.lists()
		f := Found("aud-not-string", "aud %s", bad).Compare(show(v), k.words()).About(Detail{Name: "aud"}).At(c.claimAt("aud"))
		return Fail(by(k.use(f, k.best("", "")), exp.accept))
	}
	values := texts(v)
	for i, value := range values {
		if w, ok := exp.match(value); ok {
			form := profile.AudForm.In(c.Rules)
			// Which form a platform gives its own tokens, the server has to take.
			if _, federated := c.federated(); v.Kind == jsonspan.Array && form.V == "string" && !federated {
				f := Found("aud-array-not-accepted", "aud is an array; %s accepts only a string", who(c, form)).Compare(show(v), w.value).
					About(Detail{Name: "aud", Value: w.value, Right: w.value}).At(c.claimAt("aud"))
				return Fail(by(f, form).Fix("Set aud to the string %s; in jwx call SetAudience with FlattenAudience, in go-jose use a string in your own claims struct.", w.value).
					Set(finding.PartClaims, "aud", w.value))
			}
			if form.V == "single" && len(values) > 1 {
				f := Found("aud-array-not-accepted", "aud names %d audiences; %s accepts only one", len(values), who(c, form)).Compare(show(v), w.value).
					About(Detail{Name: "aud", Value: w.value, Right: w.value}).At(c.claimAt("aud"))
				return Fail(by(f, form).Fix("Set aud to %s only.", w.value).Set(finding.PartClaims, "aud", w.value))
			}
			return exp.pass(w, v.Kind == jsonspan.Array, i)
		}
	}
	k := exp.lists()
	if f := k.audFromTap(v, values); f != nil {
		return Fail(f)
	}
	var best *audMiss
	for i, value := range values {
		if i == mostPlaces {
			break // no server accepts so many
		}
		if m := k.miss(value); m != nil && (best == nil || m.rank < best.rank) {
			best = m
		}
	}
	if best == nil {
		if f := k.refusedBy(v, values); f != nil {
			return Fail(f)
		}
		not := NotAsked("%s", k.unknown())
		if c.Profile.Carrier == profile.CarrierBearer {
			return not.Give("--aud VALUE") // there is no token request
		}
		return not.Give(unless(c.Expect.TokenURL, "--token-url URL"), unless(c.Expect.Issuer, "--issuer URL"), "--aud VALUE")
	}
	return Fail(k.fault(best, v, values))
}

// unless is what to give where it was not given; "" where it was.
func unless(given, flag string) string {
	if given != "" {
		return ""
	}
	return flag
}

// refusedBy is the fault of an aud that nothing else shows to be wrong, where the server
// that the request went to says that it is: it is not the token URL, so that may be what
// the server expects.
func (k *known) refusedBy(v *jsonspan.Value, values []string) *Fault {
	url := k.c.postedTo()
	if !k.c.mostlyMeans("aud-mismatch") || url == "" || !k.takesURL || len(values) != 1 {
		return nil
	}
	f := Found("aud-mismatch", "the server does not accept aud %s", values[0]).Compare(values[0], url).As(finding.Likely).
		About(Detail{Name: "aud", Value: values[0]}).At(k.c.claimAt("aud"))
	if k.takesIss {
		return by(f, k.accept).Fix("Set aud to the token URL, %s, or to the issuer in the server's discovery document, exactly, if it expects that.", url)
	}
	return by(f, k.accept).Fix("Set aud to the token URL, %s.", url)
}

// fault is the fault of an aud that is none of the accepted values.
func (k *known) fault(m *audMiss, v *jsonspan.Value, values []string) *Fault {
	place := k.c.claimAt("aud")
	if v.Kind == jsonspan.Array && len(v.Items) == len(values) {
		if i := slices.Index(values, m.value); i >= 0 {
			place = k.c.At(finding.PartClaims, "/aud/"+itoa(i))
		}
	}
	expected := m.right
	if expected == "" {
		expected = k.words()
	}
	f := Found(m.cause, "%s", m.title).Compare(m.value, expected).About(Detail{Name: "aud", Value: m.value}).At(place).As(m.certainty).Weigh(m.severity)
	if !k.values.ByUser() {
		f.Citing(m.cite...)
	}
	f = by(f, k.accept)
	f.Own = f.Own || k.values.ByUser()
	if m.rank <= 1 && m.right != "" { // it is clear which value was meant
		f.Detail.Right = m.right
		return k.c.setAud(f.Fix("Set aud to %s.", m.right), m.right)
	}
	return k.use(f, m.right)
}

// use makes a value of aud the fix of a fault; without one it says what is
// accepted where.
func (k *known) use(f *Fault, right string) *Fault {
	if right == "" {
		switch {
		case k.takesURL && !k.takesIss:
			return f.Fix("Set aud to the token URL that you send the request to.")
		case k.takesIss && !k.takesURL:
			return f.Fix("Set aud to the issuer in the server's discovery document.")
		}
		return f.Fix("Set aud to %s.", k.words())
	}
	f.Detail.Right = right
	k.c.setAud(f, right)
	others, env := k.otherEnvironments(right)
	if len(others) == 0 {
		return f.Fix("Set aud to %s.", right)
	}
	return f.Fix("Set aud to %s for %s; for %s.", right, env, list(others))
}

// otherEnvironments lists what else may be right, where nothing says which
// environment is in use: "canada to https://…". The name is that of the value's own.
func (k *known) otherEnvironments(right string) (others []string, name string) {
	if k.inUse != "" || len(k.values.V) > 0 || k.postedEnvironment() != "" {
		return nil, ""
	}
	for _, au := range k.accepted {
		switch {
		case au.env == "":
			return nil, ""
		case au.value == right:
			name = au.env
		case len(others) < 3:
			others = append(others, au.env+" it is "+au.value)
		}
	}
	if name == "" {
		return nil, ""
	}
	return others, name
}

// isBlank reports whether a value of aud names nothing.
func isBlank(v *jsonspan.Value) bool {
	return v.Kind == jsonspan.Null || v.Kind == jsonspan.String && strings.TrimSpace(v.Str) == "" || v.Kind == jsonspan.Array && len(v.Items) == 0
}

// withoutAud is the verdict where aud is missing, or is there and names nothing.
func (c *Ctx) withoutAud(v *jsonspan.Value, there bool) Verdict {
	presence := profile.ClaimPresence.In(c.Rules, "aud")
	if presence.V == profile.Optional {
		return PassText("aud is missing, which %s allows", c.provider()).Shows("aud-missing")
	}
	if skip, unproven := absenceUnproven(c.claims(), "aud"); !there && unproven {
		return skip
	}
	is, found := "missing", "no aud"
	if there {
		is, found = "empty", orElse(`""`, v.Kind == jsonspan.String, show(v))
	}
	exp := c.audiences()
	k := exp.lists()
	f := Found("aud-missing", "aud is %s", is).Compare(found, k.words()).About(Detail{Meant: "aud"}).At(c.claimAt("aud"))
	return Fail(by(k.use(f, k.best("", "")), exp.accept))
}

// pass is the verdict on an accepted audience. Where several forms of it are
// accepted, a server may be stricter than what is known of it.
func (a *audiences) pass(w audience, array bool, i int) Verdict {
	pass := PassText("aud is %s", w.what())
	if i > 0 {
		pass = PassText("aud names %s, among others", w.what())
	}
	pass = pass.Citing(w.cite...)
	if array {
		pass = pass.Shows("aud-array-not-accepted")
	}
	if a.takesURL && a.takesIss {
		switch w.sort {
		case tokenURL:
			return pass.Shows("aud-token-url-not-accepted")
		case issuerURL:
			return pass.Shows("aud-issuer-not-accepted")
		}
	}
	return pass
}

// notStrings says why a value of aud is neither a string nor a list of them.
func notStrings(v *jsonspan.Value) string {
	switch v.Kind {
	case jsonspan.String:
		return ""
	case jsonspan.Array:
		for _, it := range v.Items {
			if it.Kind != jsonspan.String {
				return "is an array that contains " + it.Kind.String()
			}
		}
		return ""
	}
	return "is " + v.Kind.String() + ", not a string"
}

// audRules are the rules that say which values of aud are accepted.
func audRules() []profile.Ref {
	return []profile.Ref{profile.AudAccept.Ref(), profile.AudValues.Ref(), profile.AudTyped.Ref(), profile.AudComplete.Ref(), profile.AudHosts.Ref()}
}
