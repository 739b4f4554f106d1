package doctor

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/input"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// ownBearer is the profile of JWTs that an application signs and sends to an API
// as Bearer, where no provider is known: nothing of RFC 7523 applies to them.
const ownBearer = "app-jwt"

// elsewhere gives a case the JWT that its request sends neither as
// client_assertion nor as assertion, where it is one that the client made or that
// vouches for it. An access token that an API is called with is none.
func (d *Doctor) elsewhere(c *evidence.Case) {
	r, ok := c.Request.Get()
	if !ok || c.HasAssertion() {
		return
	}
	a, as := input.CarriedElsewhere(r)
	if a == nil {
		return
	}
	trial := *c
	input.Fill(&trial, a)
	trial.Elsewhere = as
	if as == evidence.AsBearer && !d.signsItself(&trial) {
		return
	}
	kinds := c.Input.Kinds
	*c = trial
	c.Input.Kinds = append(kinds, "assertion")
}

// signsItself reports whether the JWT of a case that travels as Bearer is the
// client's own: the provider takes such a JWT, or nothing in it is a server's.
func (d *Doctor) signsItself(c *evidence.Case) bool {
	if issued(c) {
		return false
	}
	rules, _, err := d.profiles.choose(c, 0)
	return err == nil && rules.Profile().Carrier == profile.CarrierBearer
}

// issued reports whether a JWT looks like one that a server issued: its issuer is
// an address, or it has what only a server puts there.
func issued(c *evidence.Case) bool {
	o, ok := c.Claims.Get()
	if !ok {
		return true
	}
	iss, _ := o.Text("iss")
	if iss == "" && o.Value != nil {
		if v, ok := o.Get("iss"); !ok || v.Kind != jsonspan.Number {
			return true
		}
	}
	if strings.HasPrefix(iss, "https://") || strings.HasPrefix(iss, "http://") {
		return true
	}
	for _, name := range [...]string{"scp", "roles", "realm_access", "azp", "client_id", "cid", "at_hash", "auth_time", "token_use"} {
		if _, ok := o.Get(name); ok {
			return true
		}
	}
	return false
}

// claimText reads the claims of a case for guessing.
func claimText(c *evidence.Case) func(name string) (string, bool) {
	o, ok := c.Claims.Get()
	if !ok {
		return nil
	}
	return func(name string) (string, bool) {
		v, ok := o.Get(name)
		switch {
		case !ok || v.Kind == jsonspan.Null:
			return "", false
		case v.Kind == jsonspan.String:
			return v.Str, true
		case v.Kind == jsonspan.Array && len(v.Items) > 0 && v.Items[0].Kind == jsonspan.String:
			return v.Items[0].Str, true
		}
		return v.Raw, true
	}
}
