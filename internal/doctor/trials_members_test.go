package doctor_test

import (
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// presence tries whether a member has to be there: without it and with it.
func presence(r profile.Rule, without, with change, missing, unwelcome []string) []trial {
	switch r.Value.(profile.Presence) {
	case profile.Required:
		return []trial{breaks(without, missing...)}
	case profile.Recommended:
		return []trial{breaks(without, append([]string{"recommended-missing"}, missing...)...), allows(with, unwelcome...)}
	case profile.Optional:
		return []trial{allows(without, append([]string{"recommended-missing"}, missing...)...), allows(with, unwelcome...)}
	}
	return []trial{breaks(with, unwelcome...)}
}

// missingMember is what is said where that header parameter or claim is missing.
func missingMember(name, otherwise string) []string {
	if slices.Contains([]string{"iss", "sub", "aud", "exp", "iat", "nbf", "jti", "kid", "typ", "alg"}, name) {
		return []string{name + "-missing"}
	}
	return []string{otherwise}
}

// otherAlg is the first of some algorithms that is in the list, or is not.
func otherAlg(listed bool, algs []string) change {
	for _, alg := range []string{"ES512", "RS512", "EdDSA", "ES256", "RS256", "RS384", "ES384", "HS256"} {
		if slices.Contains(algs, alg) == listed {
			return signs(alg)
		}
	}
	panic("no algorithm is left")
}

func headerMakers() map[string]maker {
	return map[string]maker{
		"header.*.presence": func(_ *profile.Profile, r profile.Rule) []trial {
			name := r.Ref.Name()
			unwelcome := []string{"header-not-allowed"}
			if r.Value == profile.Forbidden {
				unwelcome = append(unwelcome, "embedded-jwk", "jku-mismatch", "jku-not-https", "embedded-private-key", "x5c-malformed")
			}
			return presence(r, noHdr(name), hdr(name, "x"), missingMember(name, "header-missing"), unwelcome)
		},
		"header.thumbprint.presence": func(_ *profile.Profile, r profile.Rule) []trial {
			return presence(r, noHdr("x5t", "x5t#S256"), hdr("x5t#S256", thumbprint), []string{"x5t-missing"}, []string{"header-not-allowed"})
		},
		"header.*.accepted": func(_ *profile.Profile, r profile.Rule) []trial {
			values := r.Value.([]string)
			if r.Ref.Name() == "alg" {
				out := []trial{breaks(otherAlg(false, values), "alg-not-accepted", "alg-symmetric")}
				return append(out, allows(signs(values[len(values)-1]), "alg-not-accepted", "alg-unknown"))
			}
			out := []trial{breaks(hdr("typ", "at+jwt"), "typ-not-accepted", "access-token-as-assertion")}
			for _, typ := range values {
				out = append(out, allows(hdr("typ", typ), "typ-not-accepted"))
			}
			return out
		},
		"header.alg.refused": func(_ *profile.Profile, r profile.Rule) []trial {
			return []trial{breaks(otherAlg(true, r.Value.([]string)), "alg-not-accepted", "alg-symmetric")}
		},
		"header.alg.preferred": func(p *profile.Profile, r profile.Rule) []trial {
			preferred := r.Value.([]string)
			out := []trial{allows(signs(preferred[0]), "alg-not-preferred", "alg-not-accepted")}
			accepted, _ := p.Rule(profile.HeaderAccepted.Ref().Of("alg")).Value.([]string)
			for _, alg := range accepted {
				if !slices.Contains(preferred, alg) {
					return append(out, breaks(signs(alg), "alg-not-preferred"))
				}
			}
			return out
		},
		"header.typ.ignore_case": func(_ *profile.Profile, r profile.Rule) []trial {
			if r.Value == true {
				return []trial{allows(hdr("typ", "jwt"), "typ-not-accepted"), allows(hdr("typ", "JWT"), "typ-not-accepted")}
			}
			return []trial{breaks(hdr("typ", "jwt"), "typ-not-accepted")}
		},
		"header.allowed": func(_ *profile.Profile, r profile.Rule) []trial {
			return []trial{breaks(hdr("x-example", "x"), "header-not-allowed")}
		},
	}
}

func claimMakers() map[string]maker {
	return map[string]maker{
		"claims.*.presence": func(_ *profile.Profile, r profile.Rule) []trial {
			name := r.Ref.Name()
			without := noClaim(name)
			if name == "iat" && r.Value == profile.Optional {
				// Where it is missing, some providers take exp as no further ahead than this.
				without = all(without, claim("exp", now+30))
			}
			return presence(r, without, claim(name, now), missingMember(name, "claim-missing"), []string{"claim-not-allowed"})
		},
		"claims.*.instead": func(_ *profile.Profile, r profile.Rule) []trial {
			var out []trial
			for _, other := range r.Value.([]string) {
				out = append(out, allows(all(noClaim(r.Ref.Name()), claim(other, "https://app.example")), "claim-missing"))
			}
			return append(out, breaks(noClaim(r.Ref.Name()), "claim-missing"))
		},
		"claims.*.accepted": func(_ *profile.Profile, r profile.Rule) []trial {
			out := []trial{breaks(claim(r.Ref.Name(), "another"), "claim-value-not-accepted")}
			for _, v := range r.Value.([]string) {
				out = append(out, allows(claim(r.Ref.Name(), v), "claim-value-not-accepted"))
			}
			return out
		},
		"claims.*.type": func(_ *profile.Profile, r profile.Rule) []trial {
			wrong := any(7)
			if r.Value == "number" {
				wrong = []string{"x"}
			}
			return []trial{breaks(claim(r.Ref.Name(), wrong), "claim-value-not-accepted", r.Ref.Name()+"-not-string", "scope-missing")}
		},
		"claims.*.pattern": func(_ *profile.Profile, r profile.Rule) []trial {
			return []trial{breaks(claim(r.Ref.Name(), "!"), "iss-wrong-form", "claim-value-not-accepted", "iss-not-client-id", "iss-sub-differ")}
		},
		"claims.allowed": func(_ *profile.Profile, r profile.Rule) []trial {
			return []trial{breaks(claim("x-example", "x"), "claim-not-allowed")}
		},
		"claims.jti.max_length": func(_ *profile.Profile, r profile.Rule) []trial {
			most := r.Value.(int)
			return []trial{breaks(claim("jti", strings.Repeat("a1b", most)[:most+1]), "jti-too-long"), allows(claim("jti", strings.Repeat("a1b", most)[:most]), "jti-too-long")}
		},
		"claims.jti.min_length": func(_ *profile.Profile, r profile.Rule) []trial {
			least := r.Value.(int)
			return []trial{breaks(claim("jti", strings.Repeat("a1b", least)[:least-1]), "jti-too-short"), allows(claim("jti", strings.Repeat("a1b", least)[:least]), "jti-too-short")}
		},
	}
}

// partyMakers are about who iss and sub are.
func partyMakers() map[string]maker {
	const another = "another"
	return map[string]maker{
		"claims.iss.client_id": func(_ *profile.Profile, r profile.Rule) []trial {
			if r.Value == true {
				return []trial{breaks(claim("iss", another), "iss-not-client-id", "iss-sub-differ", "iss-wrong-form")}
			}
			return []trial{allows(claim("iss", another), "iss-not-client-id")}
		},
		"claims.sub.client_id": func(_ *profile.Profile, r profile.Rule) []trial {
			if r.Value == true {
				return []trial{breaks(claim("sub", another), "sub-not-client-id", "iss-sub-differ")}
			}
			return []trial{allows(claim("sub", another), "sub-not-client-id")}
		},
		"claims.sub.same_as_iss": func(_ *profile.Profile, r profile.Rule) []trial {
			if r.Value == true {
				return []trial{breaks(claim("iss", another), "iss-not-client-id", "iss-sub-differ", "iss-wrong-form")}
			}
			return []trial{allows(claim("sub", another), "iss-sub-differ", "iss-sub-near-miss")}
		},
		"claims.iss.federated": func(_ *profile.Profile, _ profile.Rule) []trial {
			return []trial{allows(workload, "iss-sub-differ", "iss-not-client-id", "sub-not-client-id")}
		},
	}
}
