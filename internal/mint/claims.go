package mint

import (
	"errors"
	"fmt"
	"slices"

	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// claims makes the claims the profile wants, and leaves out what it does not use.
func (o Order) claims() (object, error) {
	if o.ClientID == "" {
		return nil, ErrNoClientID
	}
	var c object
	c.set("iss", o.ClientID)
	sub, noSub := o.subject()
	if sub != "" {
		c.set("sub", sub)
	}
	aud, noAud := o.audience()
	switch {
	case noAud != nil:
	case profile.AudForm.In(o.Rules).V == "array":
		c.set("aud", []string{aud})
	default:
		c.set("aud", aud)
	}
	now := o.Now.Unix()
	c.set("jti", newID())
	c.set("iat", now)
	if o.claimPresence("nbf") == profile.Required {
		c.set("nbf", now)
	}
	c.set("exp", now+int64(o.lifetime().Seconds()))
	for _, m := range o.Claims {
		c.setRaw(m.Name, m.JSON)
	}
	if err := o.lacking(c, noSub, noAud); err != nil {
		return nil, err
	}
	allowed := profile.ClaimsAllowed.In(o.Rules).V
	return slices.DeleteFunc(c, func(m Member) bool {
		return len(allowed) > 0 && !slices.Contains(allowed, m.Name) || o.claimPresence(m.Name) == profile.Forbidden
	}), nil
}

// lacking names every claim that is neither made, nor given, nor kept from the
// assertion to repair.
func (o Order) lacking(c object, noSub, noAud error) error {
	var all []error
	need := func(name string, why error) {
		if _, there := c.get(name); !there && !o.keeps(name) {
			all = append(all, why)
		}
	}
	if noSub != nil {
		need("sub", noSub)
	}
	if noAud != nil && o.claimPresence("aud") != profile.Optional {
		need("aud", noAud)
	}
	for _, name := range o.required() {
		if name == "sub" && noSub != nil || name == "aud" && noAud != nil {
			continue
		}
		need(name, fmt.Errorf("%s requires the claim %s: give --claim %s=VALUE", o.profile().Name, name, name))
	}
	return together(all...)
}

// required lists the claims the profile requires, sorted.
func (o Order) required() []string {
	var names []string
	for _, name := range profile.ClaimPresence.Names(o.Rules) {
		if o.claimPresence(name) == profile.Required {
			names = append(names, name)
		}
	}
	return names
}

// subject is the one given, else the client ID where that is what the provider
// wants. "" if it does without one. Whom else a grant speaks for, nobody but
// the user knows: the client ID in its place would be refused.
func (o Order) subject() (string, error) {
	switch {
	case o.Subject != "":
		return o.Subject, nil
	case o.subjectIsClient():
		return o.ClientID, nil
	case o.claimPresence("sub") == profile.Optional:
		return "", nil
	}
	return "", fmt.Errorf("--subject is needed: sub of %s is not the client ID", o.profile().Name)
}

// subjectIsClient reports whether sub is the client ID: in an assertion of the
// client's own where the profile does not say otherwise, in a grant where the
// provider itself says so (RFC 7523 section 3 item 2).
func (o Order) subjectIsClient() bool {
	isClient := profile.SubIsClientID.In(o.Rules)
	if p := o.profile(); p.Kind == "jwt-grant" {
		return isClient.V && !isClient.Default && isClient.From == p.ID
	}
	return !isClient.Known() || isClient.V
}

// keeps reports whether the assertion to repair has this claim, with nothing wrong in it.
func (o Order) keeps(name string) bool {
	return o.From != nil && !slices.Contains(o.From.BadClaims, name) &&
		slices.ContainsFunc(o.From.Claims, func(m Member) bool { return m.Name == name })
}

// audience is what the profile takes as aud in the environment in use.
func (o Order) audience() (string, error) {
	if o.Aud != "" {
		return o.Aud, nil
	}
	env := o.environment()
	accept := profile.AudAccept.In(o.Rules).V
	for _, kind := range accept {
		switch kind {
		case "token-url":
			if u := first(o.TokenURL, env.TokenURL); u != "" {
				return u, nil
			}
		case "issuer":
			if u := first(o.Issuer, env.Issuer); u != "" {
				return profile.AudOfIssuer(u, profile.AudIssuerPath.In(o.Rules).V), nil
			}
		case "listed":
			if values := slices.Concat(profile.AudValues.In(o.Rules).V, env.Aud); len(values) > 0 {
				return values[0], nil
			}
		}
	}
	switch {
	case slices.Contains(accept, "token-url"):
		return "", errors.New("--token-url is needed: aud is the token endpoint")
	case slices.Contains(accept, "issuer"):
		return "", errors.New("--issuer is needed: aud is the server's issuer")
	}
	return "", errors.New("--aud is needed: the profile does not say what aud must be")
}

// environment is the one named, the one the token URL belongs to, else the
// profile's first where nothing points elsewhere.
func (o Order) environment() profile.Environment {
	if e, ok := o.profile().Env(o.Env); ok {
		return e
	}
	for _, e := range o.profile().Envs {
		if o.TokenURL != "" && e.TokenURL == o.TokenURL || o.Issuer != "" && e.Issuer == o.Issuer {
			return e
		}
	}
	if o.TokenURL == "" && o.Issuer == "" && len(o.profile().Envs) > 0 {
		return o.profile().Envs[0]
	}
	return profile.Environment{}
}
