package doctor_test

import (
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// What other keys of the set are like is no reason why this assertion is refused.
func TestOtherKeys(t *testing.T) {
	ring := testKeys(t)
	without := func(k jwk, name string) jwk { delete(k, name); return k }
	a, b, ec := func() jwk { return rsaJWK(&ring.rsaA.PublicKey, "rsa-a") }, func() jwk { return rsaJWK(&ring.rsaB.PublicKey, "rsa-b") }, func() jwk { return ecJWK(&ring.ec.PublicKey, "ec-1") }
	named := func(k jwk, kid string) jwk { k["kid"] = kid; return k }
	use := func(k jwk, use string) jwk { k["use"] = use; delete(k, "alg"); return k }
	for _, tt := range []struct {
		name     string
		change   func(*signed)
		set      []string
		keys     []any
		cause    finding.CauseID
		severity finding.Severity
	}{
		{"the key in use lacks use", nil, []string{"key.use.presence=required"}, []any{without(a(), "use"), ec()}, "jwk-use-missing", finding.Warning},
		{"another key lacks use", nil, []string{"key.use.presence=required"}, []any{a(), without(ec(), "use")}, "jwk-use-missing", finding.Note},
		{"the key in use is short", nil, []string{"key.rsa.min_bits=4096"}, []any{a(), ec()}, "key-too-small", finding.Error},
		{"another key is shorter than the provider asks", (*signed).useEC, []string{"key.rsa.min_bits=4096"}, []any{ec(), a()}, "key-too-small", finding.Note},
		{"one kid, two keys", nil, nil, []any{a(), named(b(), "rsa-a")}, "jwks-kid-duplicate", finding.Error},
		{"one kid, two types", nil, nil, []any{a(), named(ec(), "rsa-a")}, "jwks-kid-duplicate", finding.Warning},
		{"one kid, to sign and to encrypt", nil, nil, []any{a(), use(named(b(), "rsa-a"), "enc")}, "jwks-kid-duplicate", finding.Warning},
		{"one key twice", nil, nil, []any{a(), ec(), a()}, "jwks-kid-duplicate", finding.Note},
		{"one key twice, and another with its kid", nil, nil, []any{a(), a(), named(b(), "rsa-a")}, "jwks-kid-duplicate", finding.Error},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := healthySigned(ring)
			s.opts.Set, s.keys = tt.set, tt.keys
			if tt.change != nil {
				tt.change(s)
			}
			c := s.run(t)
			f := of(t, c, tt.cause)
			if f.Severity != tt.severity {
				t.Errorf("%s: %s, want %s", f.Title, f.Severity, tt.severity)
			}
			if asked(t, c, "signature-valid").Outcome != finding.Pass {
				t.Error("the signature does not verify")
			}
		})
	}
}
