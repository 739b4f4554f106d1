package doctor_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// broken is an exchange with one rule of its profile broken, and the causes any
// of which says so.
type brokenRule struct {
	rule   string
	change change
	want   []string
}

// brokenRules makes one breach of each of a profile's own rules that a breach can
// be made from the rule only.
func brokenRules(p *profile.Profile) []brokenRule {
	var out []brokenRule
	add := func(r profile.Rule, c change, want ...string) { out = append(out, brokenRule{r.ID(), c, want}) }
	missing := map[string]string{"iss": "iss-missing", "sub": "sub-missing", "aud": "aud-missing", "exp": "exp-missing", "iat": "iat-missing", "nbf": "nbf-missing", "jti": "jti-missing",
		"kid": "kid-missing", "typ": "typ-missing", "alg": "alg-missing"}
	for _, r := range p.Rules {
		if r.From != p.ID || r.State != profile.Set {
			continue
		}
		id := r.ID()
		part, rest, _ := strings.Cut(id, ".")
		name, what, _ := strings.Cut(rest, ".")
		switch v := r.Value.(type) {
		case profile.Presence:
			switch {
			case v == profile.Forbidden && part == "header":
				add(r, hdr(name, "x"), "header-not-allowed", "embedded-jwk", "jku-mismatch", "jku-not-https", "embedded-private-key", "x5c-malformed")
			case v == profile.Forbidden && part == "claims":
				add(r, claim(name, now), "claim-not-allowed")
			case v == profile.Forbidden && strings.HasPrefix(id, "request.parameters."):
				add(r, param(strings.TrimSuffix(strings.TrimPrefix(id, "request.parameters."), ".presence"), "x"), "parameter-not-allowed", "multiple-auth-methods")
			case v == profile.Required && strings.HasPrefix(id, "request.headers."):
				add(r, noField(strings.TrimSuffix(strings.TrimPrefix(id, "request.headers."), ".presence")), "request-header-missing", "user-agent-missing")
			case v != profile.Required:
			case part == "header" && what == "presence" && missing[name] != "":
				add(r, noHdr(name), missing[name])
			case part == "header" && what == "presence" && name != "thumbprint":
				add(r, noHdr(name), "header-missing")
			case part == "claims" && missing[name] != "":
				add(r, noClaim(name), missing[name])
			case part == "claims":
				add(r, noClaim(name), "claim-missing")
			case strings.HasPrefix(id, "request.parameters."):
				param := strings.TrimSuffix(strings.TrimPrefix(id, "request.parameters."), ".presence")
				if !slices.Contains([]string{"grant_type", "client_assertion", "client_assertion_type"}, param) {
					add(r, noParam(param), "parameter-missing", "client-id-missing", "scope-missing")
				}
			}
		case []string:
			switch id {
			case "header.alg.accepted", "header.alg.refused":
				for _, alg := range []string{"ES512", "RS512", "EdDSA", "ES256", "HS256"} {
					if slices.Contains(v, alg) == (id == "header.alg.refused") {
						add(r, signs(alg), "alg-not-accepted", "alg-symmetric")
						break
					}
				}
			case "header.typ.accepted":
				add(r, hdr("typ", "at+jwt"), "typ-not-accepted", "access-token-as-assertion")
			case "claims.aud.accept":
				add(r, claim("aud", "https://elsewhere.example/token"), "aud-mismatch", "aud-token-url-not-accepted")
			case "request.grant_type.accepted":
				if p.Kind == "jwt-grant" {
					continue // another grant is another flow
				}
				add(r, param("grant_type", "password"), "grant-type-wrong", "assertion-misnamed")
			}
		case time.Duration:
			over := int(v.Seconds()) + 100
			switch id {
			case "time.lifetime.max":
				add(r, times(-5, over), "lifetime-too-long", "exp-too-far")
			case "time.exp.max_ahead":
				add(r, times(-5, over), "exp-too-far", "lifetime-too-long")
			case "time.iat.max_age":
				add(r, times(-over, 10), "iat-too-old", "lifetime-too-long")
			case "time.iat.skew":
				add(r, times(over, over+60), "iat-in-future")
			case "time.nbf.skew":
				add(r, claim("nbf", now+over), "nbf-in-future")
			}
		case int:
			switch id {
			case "claims.jti.max_length":
				add(r, claim("jti", strings.Repeat("a1", v)), "jti-too-long")
			case "claims.jti.min_length":
				add(r, claim("jti", "a1"), "jti-too-short")
			}
		case *regexp.Regexp:
			if id == "claims.iss.pattern" {
				add(r, claim("iss", "!"), "iss-wrong-form", "iss-not-client-id", "iss-sub-differ")
			}
		case bool:
			switch {
			case !v, p.Kind == "jwt-grant": // whose iss and sub may be of others
			case id == "claims.iss.client_id", id == "claims.sub.same_as_iss":
				add(r, claim("iss", "another"), "iss-not-client-id", "iss-sub-differ", "iss-wrong-form")
			case id == "claims.sub.client_id":
				add(r, claim("sub", "another"), "sub-not-client-id", "iss-sub-differ")
			}
		case string:
			if what == "type" && part == "claims" {
				wrong := any(7)
				if v == "number" {
					wrong = []string{"x"}
				}
				add(r, claim(name, wrong), "claim-value-not-accepted", "jti-not-string", "scope-missing")
			}
			if id == "claims.aud.slash" && v != "tolerant" {
				add(r, func(e *exchange) {
					aud := e.token.claims.text("aud")
					e.token.claims.set("aud", strings.TrimSuffix(aud+"/", "//"))
				}, "aud-trailing-slash")
			}
			if id == "claims.aud.form" && (v == "string" || v == "single") {
				add(r, func(e *exchange) {
					e.token.claims.set("aud", []string{e.token.claims.text("aud"), "https://elsewhere.example"})
				}, "aud-array-not-accepted", "aud-mismatch")
			}
		}
	}
	return out
}

// unbreakable are breaches that mean something else in a profile: what is said of
// them there is next to each.
func unbreakable() map[string]string {
	return map[string]string{
		"ishare claims.aud.form":                     "what aud must be is not known here",
		"aws-sts-web-identity claims.aud.accept":     "the identity provider in IAM lists its own audiences",
		"google-workload-identity claims.aud.accept": "the provider of the pool lists its own audiences",
	}
}

// Each rule of each profile, broken on its own, gives the cause of that rule: what no
// table has to list. The tables of providers_rows_test.go are exact next to it.
func TestEveryRuleIsEnforced(t *testing.T) {
	rules := 0
	for _, id := range profile.IDs() {
		for _, b := range brokenRules(loadProfile(t, id)) {
			if unbreakable()[id+" "+b.rule] != "" {
				continue
			}
			rules++
			e := healthyAt(id)
			b.change(e)
			got := e.causes(t)
			if !slices.ContainsFunc(got, func(c string) bool { return slices.Contains(b.want, c) }) {
				t.Errorf("%s: %s broken gives %v, want one of %v", id, b.rule, got, b.want)
			}
		}
	}
	if rules < 400 {
		t.Errorf("only %d rules were broken", rules)
	}
	t.Logf("%d rules", rules)
}

// A jti that was used before is found wherever a profile says that it is refused, and
// passes where it says that it is not.
func TestUsedTwiceUnderEveryProfile(t *testing.T) {
	for _, id := range profile.IDs() {
		r := loadProfile(t, id).Rule(profile.JtiUnique.Ref())
		unique, _ := r.Value.(bool)
		if r.From != id || r.State != profile.Set {
			continue
		}
		e := healthyAt(id)
		if e.token.claims.text("jti") == "" {
			e.token.claims.set("jti", "5f0e6f5e-4a52-4b6c-9e0a-3f4c1d2b7a90")
		}
		jwt := e.token.compact()
		cases := run(t, e.opts, jwt, jwt)
		if got := failed(cases[len(cases)-1]); slices.Contains(got, "jti-reused") != unique {
			t.Errorf("%s: used twice gives %v", id, got)
		}
	}
}
