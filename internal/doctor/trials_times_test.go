package doctor_test

import (
	"time"

	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// within makes the trials of a bound in seconds.
func within(make func(p *profile.Profile, bound int) []trial) maker {
	return func(p *profile.Profile, r profile.Rule) []trial {
		return make(p, int(r.Value.(time.Duration).Seconds()))
	}
}

// boundOf is another bound of the profile, in seconds.
func boundOf(p *profile.Profile, rule profile.Ref) int {
	d, _ := p.Rule(rule).Value.(time.Duration)
	return int(d.Seconds())
}

func timeMakers() map[string]maker {
	const long, far = "lifetime-too-long", "exp-too-far"
	return map[string]maker{
		"time.lifetime.max": within(func(_ *profile.Profile, most int) []trial {
			return []trial{breaks(times(-5, most+100), long, far), allows(times(-5, most-6), long)}
		}),
		"time.lifetime.nbf_max": within(func(_ *profile.Profile, most int) []trial {
			from := func(life int) change { return all(noClaim("iat"), claim("nbf", now-5), claim("exp", now-5+life)) }
			return []trial{breaks(from(most+100), long), allows(from(most-1), long)}
		}),
		"time.lifetime.inclusive": func(p *profile.Profile, r profile.Rule) []trial {
			exactly := times(-5, boundOf(p, profile.LifetimeMax.Ref())-5)
			if r.Value == true {
				return []trial{allows(exactly, long)}
			}
			return []trial{breaks(exactly, long)}
		},
		"time.exp.max_ahead": within(func(_ *profile.Profile, most int) []trial {
			return []trial{breaks(times(-5, most+100), far, long), allows(times(-5, most-6), far)}
		}),
		// Judged as of iat, a limit from now ends that much later after it.
		"time.iat.backdate": within(func(p *profile.Profile, back int) []trial {
			most := boundOf(p, profile.ExpMaxAhead.Ref())
			since := func(life int) change { return all(times(-10, life-10), asOfIat) }
			return []trial{breaks(since(most+back+1), long), allows(since(most+back), long, "lifetime-no-margin"), allows(times(-back, most-back), "lifetime-no-margin")}
		}),
		"time.exp.ahead_skew": func(p *profile.Profile, r profile.Rule) []trial {
			edge := boundOf(p, profile.ExpMaxAhead.Ref()) + boundOf(p, r.Ref)
			ahead := func(n int) change { return all(noClaim("iat"), claim("exp", now+n)) }
			return []trial{breaks(ahead(edge+1), far), allows(ahead(edge-1), far)}
		},
		"time.exp.max_ahead_without_iat": within(func(_ *profile.Profile, most int) []trial {
			ahead := func(n int) change { return all(noClaim("iat"), claim("exp", now+n)) }
			return []trial{breaks(ahead(most+100), "iat-missing"), allows(ahead(most-1), "iat-missing")}
		}),
		"time.exp.skew": within(func(_ *profile.Profile, late int) []trial {
			out := []trial{breaks(times(-late-100, -late-1), "exp-past")}
			if late > 1 {
				out = append(out, allows(times(-late-100, 1-late), "exp-past"))
			}
			return out
		}),
		"time.iat.max_age": within(func(_ *profile.Profile, most int) []trial {
			return []trial{breaks(times(-most-100, 10), "iat-too-old", long), allows(times(-most+1, 10), "iat-too-old")}
		}),
		"time.iat.skew": within(func(_ *profile.Profile, ahead int) []trial {
			return []trial{breaks(times(ahead+100, ahead+160), "iat-in-future"), allows(times(ahead, ahead+30), "iat-in-future")}
		}),
		"time.nbf.skew": within(func(_ *profile.Profile, ahead int) []trial {
			return []trial{breaks(claim("nbf", now+ahead+100), "nbf-in-future"), allows(claim("nbf", now+ahead), "nbf-in-future")}
		}),
		"time.skew": within(func(_ *profile.Profile, ahead int) []trial {
			return []trial{breaks(claim("nbf", now+ahead+100), "nbf-in-future"), allows(claim("nbf", now+ahead), "nbf-in-future")}
		}),
	}
}
