package doctor_test

import "github.com/assertionworks/jwtdoctor/internal/profile"

func requestMakers() map[string]maker {
	charset := field("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	return map[string]maker{
		"request.grant_type.accepted": func(_ *profile.Profile, r profile.Rule) []trial {
			return []trial{breaks(param("grant_type", "password"), "grant-type-wrong", "assertion-misnamed")}
		},
		"request.parameters.*.presence": func(_ *profile.Profile, r profile.Rule) []trial {
			name := r.Ref.Name()
			value := "x"
			if name == "client_id" {
				value = clientID
			}
			return presence(r, noParam(name), param(name, value), []string{"parameter-missing", "client-id-missing", "scope-missing", "grant-type-missing", "assertion-missing", "assertion-type-missing"},
				[]string{"parameter-not-allowed", "multiple-auth-methods"})
		},
		"request.parameters.*.accepted": func(_ *profile.Profile, r profile.Rule) []trial {
			out := []trial{breaks(param(r.Ref.Name(), "another"), "parameter-value-not-accepted")}
			for _, v := range r.Value.([]string) {
				out = append(out, allows(param(r.Ref.Name(), v), "parameter-value-not-accepted"))
			}
			return out
		},
		"request.headers.*.presence": func(_ *profile.Profile, r profile.Rule) []trial {
			name := r.Ref.Name()
			return presence(r, noField(name), field(name, "Basic Y2xpZW50OnNlY3JldA=="), []string{"request-header-missing", "user-agent-missing"},
				[]string{"multiple-auth-methods"})
		},
		"request.headers.*.accepted": func(_ *profile.Profile, r profile.Rule) []trial {
			out := []trial{breaks(field(r.Ref.Name(), "text/html"), "request-header-missing")}
			for _, v := range r.Value.([]string) {
				out = append(out, allows(field(r.Ref.Name(), v), "request-header-missing"))
			}
			return out
		},
		"request.scope.accepted": func(_ *profile.Profile, r profile.Rule) []trial {
			out := []trial{breaks(param("scope", "another"), "scope-not-allowed")}
			for _, v := range r.Value.([]string) {
				out = append(out, allows(param("scope", v), "scope-not-allowed"))
			}
			return out
		},
		"request.content_type.parameters": func(_ *profile.Profile, r profile.Rule) []trial {
			if r.Value == "refused" {
				return []trial{breaks(charset, "content-type-parameter")}
			}
			return []trial{allows(charset, "content-type-parameter")}
		},
		"request.chunked": func(_ *profile.Profile, r profile.Rule) []trial {
			chunked := field("Transfer-Encoding", "chunked")
			if r.Value == "refused" {
				return []trial{breaks(chunked, "framing-refused")}
			}
			return []trial{allows(chunked, "framing-refused")}
		},
		"jwks.timeout": within(func(_ *profile.Profile, most int) []trial {
			return []trial{breaks(servedIn(most+1), "jwks-slow"), allows(servedIn(most), "jwks-slow")}
		}),
	}
}
