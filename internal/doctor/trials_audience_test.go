package doctor_test

import (
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/profile"
)

const otherServer = "https://elsewhere.example/token"

// unaddressed leaves out all that says which server is meant: aud is the only word
// on it.
func unaddressed(e *exchange) { alone(e); e.opts.Issuer = "" }

// otherAud is what is said of an aud that is none of the accepted values.
func otherAud() []string {
	return []string{"aud-mismatch", "aud-near-miss", "aud-issuer-not-accepted", "aud-token-url-not-accepted", "aud-other-endpoint"}
}

// respelt makes another aud of the one there is.
func respelt(f func(aud string) any) change {
	return func(e *exchange) { e.token.claims.set("aud", f(e.token.claims.text("aud"))) }
}

func audienceMakers() map[string]maker {
	return map[string]maker{
		"claims.aud.accept": func(_ *profile.Profile, r profile.Rule) []trial {
			out := []trial{breaks(claim("aud", otherServer), "aud-mismatch", "aud-token-url-not-accepted")}
			if slices.Contains(r.Value.([]string), "token-url") {
				out = append(out, allows(func(e *exchange) {
					if e.url != "" {
						e.token.claims.set("aud", e.url)
					}
				}, otherAud()...))
			}
			return out
		},
		"claims.aud.accept_typed": func(_ *profile.Profile, r profile.Rule) []trial {
			typed := hdr("typ", "client-authentication+jwt")
			out := []trial{breaks(all(typed, claim("aud", otherServer)), otherAud()...)}
			if slices.Contains(r.Value.([]string), "token-url") {
				return out
			}
			return append(out, breaks(all(typed, func(e *exchange) { e.token.claims.set("aud", e.url) }), "aud-token-url-not-accepted"))
		},
		"claims.aud.values": func(_ *profile.Profile, r profile.Rule) []trial {
			var out []trial
			for _, v := range r.Value.([]string) {
				out = append(out, allows(claim("aud", v), otherAud()...))
			}
			return out
		},
		"claims.aud.complete": audComplete,
		"claims.aud.hosts": func(_ *profile.Profile, r profile.Rule) []trial {
			return []trial{breaks(all(unaddressed, claim("aud", otherServer)), otherAud()...)}
		},
		"claims.aud.issuer_path": func(_ *profile.Profile, r profile.Rule) []trial {
			path := r.Value.(string)
			return []trial{
				breaks(respelt(func(aud string) any { return strings.TrimSuffix(aud, path) }), otherAud()...),
				allows(func(e *exchange) { e.token.claims.set("aud", e.opts.Issuer+path) }, otherAud()...),
				// Right as well where nothing says what the issuer is; the token URL never is.
				allows(unaddressed, otherAud()...),
				breaks(all(func(e *exchange) { e.token.claims.set("aud", e.url) }, unaddressed), "aud-token-url-not-accepted"),
			}
		},
		"claims.aud.slash": func(_ *profile.Profile, r profile.Rule) []trial {
			toggled := respelt(func(aud string) any { return strings.TrimSuffix(aud+"/", "//") })
			if r.Value == "tolerant" {
				return []trial{allows(toggled, append(otherAud(), "aud-trailing-slash")...)}
			}
			return []trial{breaks(toggled, "aud-trailing-slash")}
		},
		"claims.aud.form": audForm,
	}
}

// audComplete tries an address that no document lists, where nothing else says
// which server is meant.
func audComplete(p *profile.Profile, r profile.Rule) []trial {
	aud := "https://elsewhere.example"
	if hosts, ok := p.Rule(profile.AudHosts.Ref()).Value.([]string); ok {
		aud = "https://" + strings.Replace(hosts[0], "*", "another", 1)
	}
	if r.Value == true {
		return []trial{breaks(all(unaddressed, claim("aud", aud)), "aud-mismatch")}
	}
	return []trial{allows(all(unaddressed, claim("aud", aud)), otherAud()...)}
}

// audForm tries the right value in each form.
func audForm(_ *profile.Profile, r profile.Rule) []trial {
	first := func(e *exchange) string {
		if aud := e.token.claims.text("aud"); aud != "" {
			return aud
		}
		return e.url
	}
	form := func(f func(aud string) any) change {
		return func(e *exchange) { e.token.claims.set("aud", f(first(e))) }
	}
	text := form(func(aud string) any { return aud })
	one := form(func(aud string) any { return []string{aud} })
	two := form(func(aud string) any { return []string{aud, otherServer} })
	const no, noText = "aud-array-not-accepted", "aud-string-not-accepted"
	switch r.Value {
	case "string":
		return []trial{allows(text, noText), breaks(one, no), breaks(two, no)}
	case "single":
		return []trial{allows(text, noText), allows(one, no), breaks(two, no)}
	case "array":
		return []trial{breaks(text, noText), allows(one, no), allows(two, no)}
	}
	return []trial{allows(text, noText), allows(one, no), allows(two, no)}
}
