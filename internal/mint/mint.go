// Package mint makes an assertion that passes a profile, from a private key,
// and repairs one that does not: what is right is kept, what is wrong replaced.
//
// It never prints, stores or sends a key, and refuses to make what the profile
// would refuse.
package mint

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/jose"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// Order is what to mint. Empty fields follow from the rules and the key.
type Order struct {
	Rules    *profile.Rules // what the assertion has to pass
	Key      *jose.Key
	ClientID string
	Subject  string // for JWT grants; where empty the client ID, if that is what the provider wants
	Aud      string
	TokenURL string
	Issuer   string
	Env      string
	Alg      string
	Kid      string
	Lifetime time.Duration
	Claims   []Member  // more claims, in place of or in addition to the rest
	Set      *jose.Set // published keys, to find the kid in
	NoSet    string    // why there are none, although they were asked for: a clause
	SetFrom  string    // where the published keys were read
	Now      time.Time
	From     *Failing // an assertion to repair; nil to make one afresh
}

// Assertion is what was made.
type Assertion struct {
	Compact string
	Changes []Change // against Order.From, in order
	Kid     string
	Alg     string
}

// Change is one difference between a failing assertion and its repair.
type Change struct {
	Part     string // "header" or "claims"
	Name     string
	Old, New string // JSON; "" if there is none
	Routine  bool   // a time or jti, which every new assertion changes
}

// ErrNoClientID says that nothing says whose assertion it is to be.
var ErrNoClientID = errors.New("--client-id is needed: the assertion's iss and sub are the client ID")

// Make mints the assertion.
func Make(o Order) (Assertion, error) {
	if o.Key == nil || !o.Key.CanSign() {
		return Assertion{}, errors.New("no private key to sign with")
	}
	alg, err := o.algorithm()
	if err != nil {
		return Assertion{}, err
	}
	header, lack := o.header(alg)
	claims, err := o.claims()
	if err := together(lack, err); err != nil {
		return Assertion{}, err
	}
	var changes []Change
	if o.From != nil {
		header, claims, changes = o.From.repair(header, claims)
	}
	compact, err := jose.Sign(alg, o.Key, header.json(), claims.json())
	if err != nil {
		return Assertion{}, fmt.Errorf("signing with %s: %w", alg, err)
	}
	kid, _ := header.text("kid")
	return Assertion{Compact: compact, Changes: changes, Kid: kid, Alg: alg}, nil
}

// together is several errors as one sentence, so that everything that is missing is
// named at once; nil if there are none.
func together(all ...error) error {
	var first error
	for _, err := range all {
		switch {
		case err == nil:
		case first == nil:
			first = err
		default:
			first = fmt.Errorf("%w; %w", first, err)
		}
	}
	return first
}

// algorithm chooses what both the key can make and the profile takes, the
// preferred one first.
func (o Order) algorithm() (string, error) {
	able := algorithms(o.Key)
	if len(able) == 0 {
		return "", fmt.Errorf("no algorithm is known for this key (%s)", o.Key.Describe())
	}
	accepted, refused := profile.HeaderAccepted.In(o.Rules, "alg").V, profile.AlgRefused.In(o.Rules).V
	if kinds := profile.KeyKinds.In(o.Rules).V; len(accepted) == 0 && len(kinds) > 0 && !slices.Contains(kinds, o.Key.Kty) {
		return "", fmt.Errorf("%s accepts %s keys, but this key is %s: use another key", o.profile().Name,
			strings.Join(kinds, ", "), o.Key.Describe())
	}
	takes := func(alg string) bool {
		return (len(accepted) == 0 || slices.Contains(accepted, alg)) && !slices.Contains(refused, alg)
	}
	if o.Alg != "" {
		if !slices.Contains(able, o.Alg) {
			return "", fmt.Errorf("this key (%s) cannot make %s; it can make %s", o.Key.Describe(), o.Alg, strings.Join(able, ", "))
		}
		return o.Alg, nil
	}
	if o.Key.Alg != "" && slices.Contains(able, o.Key.Alg) && takes(o.Key.Alg) {
		return o.Key.Alg, nil
	}
	for _, alg := range slices.Concat(profile.AlgPreferred.In(o.Rules).V, accepted, able) {
		if slices.Contains(able, alg) && takes(alg) {
			return alg, nil
		}
	}
	if len(accepted) == 0 {
		return "", fmt.Errorf("%s refuses %s, and this key (%s) makes no other: another key is needed", o.profile().Name,
			strings.Join(able, ", "), o.Key.Describe())
	}
	return "", fmt.Errorf("%s accepts %s, but this key (%s) makes %s: use another key", o.profile().Name,
		strings.Join(accepted, ", "), o.Key.Describe(), strings.Join(able, ", "))
}

// algorithms lists what a key can sign with, first the one that most servers
// know: RS256 is the only one for RSA keys that every server has to implement
// (RFC 7518 section 3.1, OpenID Connect Core section 15.1).
func algorithms(k *jose.Key) []string {
	if len(k.Only) > 0 {
		return k.Only
	}
	switch k.Kty {
	case jose.KtyRSA:
		return []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"}
	case jose.KtyEC:
		if alg, ok := map[string]string{"P-256": "ES256", "P-384": "ES384", "P-521": "ES512"}[k.Crv]; ok {
			return []string{alg}
		}
	case jose.KtyOKP:
		if k.Crv == "Ed25519" {
			return []string{"EdDSA", "Ed25519"}
		}
	}
	return nil
}

func (o Order) header(alg string) (object, error) {
	var h object
	h.set("alg", alg)
	typ := "JWT"
	if accepted := profile.HeaderAccepted.In(o.Rules, "typ").V; len(accepted) > 0 {
		typ = accepted[0]
	}
	if o.headerPresence("typ") != profile.Forbidden {
		h.set("typ", typ)
	}
	kid := o.kid()
	switch {
	case o.headerPresence("kid") == profile.Forbidden:
	case kid != "":
		h.set("kid", kid)
	case o.headerPresence("kid") == profile.Required:
		return nil, o.noKid()
	}
	if err := o.certificates(&h, kid); err != nil {
		return nil, err
	}
	if o.headerPresence("jwk") == profile.Required {
		jwk, err := o.publicJWK()
		if err != nil {
			return nil, err
		}
		h.set("jwk", jwk)
	}
	allowed := profile.HeaderAllowed.In(o.Rules).V
	return slices.DeleteFunc(h, func(m Member) bool { return len(allowed) > 0 && !slices.Contains(allowed, m.Name) }), nil
}

// noKid says why there is no kid, and how to give one.
func (o Order) noKid() error {
	name := o.profile().Name
	switch {
	case o.NoSet != "":
		return fmt.Errorf("%s requires kid, and %s; give --kid, or a JWK with kid as --key", name, o.NoSet)
	case o.Set == nil:
		return fmt.Errorf("%s requires kid: give --kid, a JWK with kid as --key, or the published set as --jwks", name)
	case len(o.Set.Matching(o.Key)) > 0:
		return fmt.Errorf("%s requires kid, and this key has none in %s; publish it with a kid, and give the kid as --kid", name, o.SetFrom)
	}
	return fmt.Errorf("%s requires kid, and %s does not contain this key; publish its public half there, or sign with a key that is published", name, o.SetFrom)
}

// kid is the one given, the key's own, or that of the same key in the published set.
func (o Order) kid() string {
	if o.Kid != "" {
		return o.Kid
	}
	if o.Set != nil {
		for _, k := range o.Set.Keys {
			if k.HasKid && k.Matches(o.Key) {
				return k.Kid
			}
		}
	}
	return o.Key.Kid
}

// lifetime leaves a fifth of the provider's limit as margin for clocks that differ.
func (o Order) lifetime() time.Duration {
	if o.Lifetime > 0 {
		return o.Lifetime
	}
	life := 4 * time.Minute
	for _, bound := range []profile.Param[time.Duration]{profile.LifetimeMax, profile.LifetimeNbfMax, profile.ExpMaxAhead} {
		if most := bound.In(o.Rules); most.Known() {
			life = min(life, most.V*4/5)
		}
	}
	return life
}

// newID makes a random UUID (RFC 9562 version 4).
func newID() string {
	var b [16]byte
	rand.Read(b[:]) // cannot fail: it ends the program where the system has no randomness
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	s := hex.EncodeToString(b[:])
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
}

func first(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
