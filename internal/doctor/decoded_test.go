package doctor_test

import (
	"fmt"
	"strings"
	"testing"
)

// Header and claims are shown without what would be a credential on its own.
func TestDecodedIsMasked(t *testing.T) {
	for _, tt := range []struct {
		name    string
		change  func(*token)
		secret  string
		control string // shown all the same
		fails   string // the cause, "" for none
	}{
		{"a private JWK as header", func(t *token) {
			t.header.set("kty", "RSA")
			t.header.set("n", "public-modulus")
			t.header.set("d", "very-private-exponent")
		}, "very-private-exponent", "public-modulus", "embedded-private-key"},
		{"a public JWK as header", func(t *token) {
			t.header.set("kty", "RSA")
			t.header.set("n", "public-modulus")
		}, "", "public-modulus", ""},
		{"d without a JWK", setH("d", "a letter"), "", "a letter", ""},
		{"a code among the claims", setC("code", "SplxlOBeZQQYbYS6WxSbIA"), "SplxlOBeZQQYbYS6WxSbIA", `"iss"`, ""},
		{"jti in the header, and spelled otherwise", func(t *token) {
			t.header.set("jti", "SplxlOBeZQQYbYS6WxSbIA")
			t.claims.set("JTI", "SplxlOBeZQQYbYS6WxSbIA")
		}, "SplxlOBeZQQYbYS6WxSbIA", `"iss"`, ""},
		{"a secret in an object", setC("x", map[string]any{"y": []any{map[string]any{"client_secret": "SplxlOBeZQQYbYS6WxSbIA"}}}), "SplxlOBeZQQYbYS6WxSbIA", `"y"`, ""},
		{"a JWT in a claim", setC("x", "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJhIn0.SplxlOBeZQQYbYS6WxSbIA"), "SplxlOBeZQQYbYS6WxSbIA", `"x"`, ""},
		{"a password among the claims", setC("password", "correct horse"), "correct horse", `"iss"`, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tok := healthy("rfc7523")
			tt.change(tok)
			c := run(t, tok.opts, tok.compact())[0]
			shown := string(c.Decoded.Header) + string(c.Decoded.Claims)
			if tt.secret != "" && strings.Contains(shown, tt.secret) || !strings.Contains(shown, tt.control) {
				t.Errorf("shown: %s", shown)
			}
			if f := strings.Join(failed(c), " "); strings.Contains(f, "embedded-private-key") != (tt.fails != "") {
				t.Errorf("failed: %s", f)
			}
		})
	}
}

// Many claims take no more than their number of steps; once each of them was
// looked for in all of the text.
func TestManyClaims(t *testing.T) {
	tok := healthy("rfc7523")
	for i := range 30_000 {
		tok.claims = append(tok.claims, member{fmt.Sprintf("claim%d", i), "1"})
	}
	c := run(t, tok.opts, tok.compact())[0]
	if f := failed(c); len(f) > 0 {
		t.Errorf("failed: %v", f)
	}
	tok.opts.Profiles = []string{"redox"}
	for _, f := range run(t, tok.opts, tok.compact())[0].Findings {
		if f.Cause == "claim-not-allowed" && len(f.At) > 20 {
			t.Errorf("%d places", len(f.At))
		}
	}
}
