package doctor_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// trial is a provider's healthy exchange, changed in what one rule is about: the
// rule is broken, and one of the causes says so; or what it allows is made use of,
// and none of them does.
type trial struct {
	change  change
	causes  []string
	allowed bool
}

func breaks(c change, causes ...string) trial { return trial{c, causes, false} }
func allows(c change, causes ...string) trial { return trial{c, causes, true} }

// maker makes the trials of a rule that a profile sets.
type maker = func(*profile.Profile, profile.Rule) []trial

// makers has one for each rule of the vocabulary that a profile sets and that
// decides anything in an exchange or in the keys next to it.
func makers() map[string]maker {
	out := map[string]maker{}
	for _, part := range []map[string]maker{headerMakers(), claimMakers(), audienceMakers(), partyMakers(), timeMakers(), requestMakers(), keyMakers()} {
		maps.Copy(out, part)
	}
	return out
}

// notMade are rules for which there is nothing to make, and why.
func notMade() map[string]string {
	return map[string]string{
		"claims.*.form":     "the words for claims.*.pattern",
		"claims.jti.unique": "takes two assertions: TestUsedTwiceUnderEveryProfile",
		"jwks.cache":        "is explained, and decides nothing",
		"request.json":      "takes a JSON body: TestRequestsInOtherForms",
	}
}

// elsewhere are rules that mean something else in one profile: what is said of
// them there is next to each.
func elsewhere() map[string]string {
	return map[string]string{
		"ishare claims.aud.form":                     "what aud must be is not known here",
		"aws-sts-web-identity claims.aud.accept":     "the identity provider in IAM lists its own audiences",
		"google-workload-identity claims.aud.accept": "the provider of the pool lists its own audiences",
		"epic key.kid.presence":                      "a header cannot name a key without kid, so its absence is pointed out all the same",
		"rfc7523 key.kid.presence":                   "the same",
	}
}

// ownRules are the rules that a profile itself gives a value, and does not inherit.
func ownRules(p *profile.Profile) []profile.Rule {
	var own []profile.Rule
	for _, r := range p.Rules {
		if r.From == p.ID && r.State == profile.Set {
			own = append(own, r)
		}
	}
	return own
}

// Each value that a profile gives a rule decides something: broken, it gives the
// cause of that rule; made use of, it gives none. The tables of
// providers_rows_test.go are exact next to it.
func TestEveryRuleIsEnforced(t *testing.T) {
	made := makers()
	broken, allowed := 0, 0
	for _, id := range profile.IDs() {
		p := loadProfile(t, id)
		for _, r := range ownRules(p) {
			kind := r.Ref.Key().ID
			if notMade()[kind] != "" || elsewhere()[id+" "+r.ID()] != "" {
				continue
			}
			if made[kind] == nil {
				t.Errorf("%s: nothing tries %s", id, r.ID())
				continue
			}
			trials := made[kind](p, r)
			if len(trials) == 0 {
				t.Errorf("%s: %s is never tried", id, r.ID())
			}
			for _, trial := range trials {
				e := healthyAt(id)
				trial.change(e)
				got := e.causes(t)
				said := slices.ContainsFunc(got, func(c string) bool { return slices.Contains(trial.causes, c) })
				switch {
				case trial.allowed && said:
					t.Errorf("%s: what %s allows gives %v", id, r.ID(), got)
				case !trial.allowed && !said:
					t.Errorf("%s: %s broken gives %v, want one of %v", id, r.ID(), got, trial.causes)
				case trial.allowed:
					allowed++
				default:
					broken++
				}
			}
		}
	}
	if broken < 550 || allowed < 250 {
		t.Errorf("only %d rules were broken and %d made use of", broken, allowed)
	}
	t.Logf("%d breaches, %d uses", broken, allowed)
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
