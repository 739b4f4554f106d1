package doctor_test

import (
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// severityOf is how a case weighs a cause, empty where it does not name it.
func severityOf(c finding.Case, cause finding.CauseID) finding.Severity {
	for _, f := range c.Findings {
		if f.Outcome == finding.Fail && f.Cause == cause {
			return f.Severity
		}
	}
	return ""
}

// A file beside an assertion is often no more than the key that verifies it: what it
// lacks may be published all the same. What was fetched is what the provider sees.
func TestKeyThatAPartLacks(t *testing.T) {
	ring := testKeys(t)
	one := func(s *signed) { s.keys = s.keys[:1] }
	for _, r := range []struct {
		name   string
		change func(*signed)
		want   finding.Severity
	}{
		{"the signing key alone, in a file", one, finding.Note},
		{"two keys, in a file", func(*signed) {}, finding.Note},
		{"an encryption key of another curve", func(s *signed) {
			k := ecJWK(&ring.ec.PublicKey, "enc")
			k["use"] = "enc"
			delete(k, "alg")
			s.keys[1] = k
			s.opts.Set = append(s.opts.Set, "key.encryption.curves=P-521")
		}, finding.Error},
		{"what was fetched", func(s *signed) {
			one(s)
			s.got = &evidence.Fetched{URL: "https://keys.example.test/jwks.json", Status: 200, ContentType: "application/json"}
		}, finding.Error},
	} {
		s := healthySigned(ring)
		s.opts.Set = []string{"key.encryption.presence=required"}
		r.change(s)
		c := s.run(t)
		if got := severityOf(c, "encryption-key-missing"); got != r.want {
			t.Errorf("%s: %q, want %q", r.name, got, r.want)
		}
		if len(c.Diagnosis) > 0 && r.want != finding.Error {
			t.Errorf("%s: leads with %+v, though the signature verifies", r.name, c.Diagnosis[0])
		}
	}
}

// Where the provider asks for no kid and the assertion has none, the only key of a
// set needs none either.
func TestOnlyKeyWithoutKid(t *testing.T) {
	ring := testKeys(t)
	for _, r := range []struct {
		name   string
		change func(*signed)
		want   bool
	}{
		{"nobody uses kid", func(*signed) {}, false},
		{"the header names a key", func(s *signed) { s.header.set("kid", "rsa-a") }, true},
		{"the provider asks for kid", func(s *signed) { s.opts.Set = []string{"header.kid.presence=recommended"} }, true},
		{"published keys need it", func(s *signed) { s.opts.Set = []string{"key.kid.presence=required"} }, true},
		{"kid is a number", func(s *signed) { s.keys[0].(jwk)["kid"] = 7 }, true},
		{"another key", func(s *signed) { s.keys = append(s.keys, ecJWK(&ring.ec.PublicKey, "ec-1")) }, true},
	} {
		s := healthySigned(ring)
		s.opts.Profiles = []string{"rfc7523"}
		s.header.del("kid")
		s.keys = s.keys[:1]
		delete(s.keys[0].(jwk), "kid")
		r.change(s)
		if got := severityOf(s.run(t), "jwks-kid-missing") != ""; got != r.want {
			t.Errorf("%s: found is %v, want %v", r.name, got, r.want)
		}
	}
}
