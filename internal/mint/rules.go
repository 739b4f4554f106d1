package mint

import (
	"crypto/sha1" // x5t is a SHA-1 digest by definition (RFC 7515 section 4.1.7)
	"crypto/sha256"
	"encoding/base64"
	"fmt"

	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// value reads a rule the profile sets.
func value[T any](p *profile.Profile, key string) (T, bool) {
	r, ok := p.Rules[key]
	if !ok || r.State != profile.Set {
		var zero T
		return zero, false
	}
	v, ok := r.Value.(T)
	return v, ok
}

func list(p *profile.Profile, key string) []string {
	v, _ := value[[]string](p, key)
	return v
}

func presence(p *profile.Profile, key string) profile.Presence {
	v, _ := value[profile.Presence](p, key)
	return v
}

// thumbprints adds x5t or x5t#S256 where the profile wants it.
func (o Order) thumbprints(h *object) error {
	old := presence(o.Profile, "header.x5t.presence") == profile.Required
	modern := presence(o.Profile, "header.x5t#S256.presence") == profile.Required
	either := presence(o.Profile, "header.thumbprint.presence") == profile.Required
	if !old && !modern && !either {
		return nil
	}
	if len(o.Key.Certificates) == 0 {
		return fmt.Errorf("%s picks the key by the digest of its certificate: put the certificate into the key file, after the key", o.Profile.Name)
	}
	der := o.Key.Certificates[0].Raw
	if old {
		sum := sha1.Sum(der)
		h.set("x5t", base64.RawURLEncoding.EncodeToString(sum[:]))
	}
	if modern || either && !old {
		sum := sha256.Sum256(der)
		h.set("x5t#S256", base64.RawURLEncoding.EncodeToString(sum[:]))
	}
	return nil
}
