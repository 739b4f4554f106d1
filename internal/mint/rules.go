package mint

import (
	"crypto/ecdsa"
	"crypto/sha1" // x5t is a SHA-1 digest by definition (RFC 7515 section 4.1.7)
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"fmt"

	"github.com/assertionworks/jwtdoctor/internal/jose"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// profile is the one the assertion is made for.
func (o Order) profile() *profile.Profile { return o.Rules.Profile() }

func (o Order) headerPresence(name string) profile.Presence {
	return profile.HeaderPresence.In(o.Rules, name).V
}

func (o Order) claimPresence(name string) profile.Presence {
	return profile.ClaimPresence.In(o.Rules, name).V
}

// certificates adds x5t, x5t#S256 or x5c where the profile picks the key by its
// certificate: which that is cannot be seen from the key.
func (o Order) certificates(h *object, kid string) error {
	old := o.headerPresence("x5t") == profile.Required
	modern := o.headerPresence("x5t#S256") == profile.Required
	either := profile.X5tEither.In(o.Rules).V == profile.Required
	whole := o.headerPresence("x5c")
	chain, err := o.chain()
	switch {
	case !old && !modern && !either && whole != profile.Required && (whole != profile.Optional || kid != ""):
		return nil
	case err != nil:
		return err
	case len(chain) == 0 && (old || modern || either || whole == profile.Required):
		return fmt.Errorf("%s picks the key by the digest of its certificate: put the certificate into the key file, after the key", o.profile().Name)
	case len(chain) == 0:
		return nil
	}
	if old {
		sum := sha1.Sum(chain[0].Raw)
		h.set("x5t", base64.RawURLEncoding.EncodeToString(sum[:]))
	}
	if modern || either && !old {
		sum := sha256.Sum256(chain[0].Raw)
		h.set("x5t#S256", base64.RawURLEncoding.EncodeToString(sum[:]))
	}
	// Where x5c is one of two ways to name the key, it is taken in place of a kid.
	if whole == profile.Required || whole == profile.Optional && kid == "" {
		var x5c []string
		for _, c := range chain {
			x5c = append(x5c, base64.StdEncoding.EncodeToString(c.Raw))
		}
		h.set("x5c", x5c)
	}
	return nil
}

// chain is the certificates of the key at hand: those it came with, else those
// of the same key in the published set.
func (o Order) chain() ([]*x509.Certificate, error) {
	chain := o.Key.Certificates
	if len(chain) == 0 && o.Set != nil {
		for _, k := range o.Set.Keys {
			if len(k.Certificates) > 0 && k.Matches(o.Key) {
				return k.Certificates, nil
			}
		}
	}
	if len(chain) == 0 {
		return nil, nil
	}
	if certified, err := jose.NewKey(chain[0].PublicKey); err == nil && !certified.Matches(o.Key) {
		return nil, fmt.Errorf("the certificate in the key file contains a different key (%s) from the one that signs", certified.Describe())
	}
	return chain, nil
}

// publicJWK is the public half of the key, for a provider that wants it in the
// header. Those that do want an EC key.
func (o Order) publicJWK() (map[string]string, error) {
	key, ok := o.Key.Public.(*ecdsa.PublicKey)
	if !ok {
		return nil, fmt.Errorf("%s wants the public key in the header, as an EC key; this key is %s", o.profile().Name, o.Key.Describe())
	}
	point, err := key.Bytes() // 0x04, x and y
	if err != nil {
		return nil, fmt.Errorf("the public key: %w", err)
	}
	half := (len(point) - 1) / 2
	text := base64.RawURLEncoding.EncodeToString
	return map[string]string{"kty": "EC", "crv": o.Key.Crv, "x": text(point[1 : 1+half]), "y": text(point[1+half:])}, nil
}
