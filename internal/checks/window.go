package checks

import (
	"strconv"
	"strings"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// window is the time claims of an assertion as a fix would have them. The times
// depend on each other: an exp within its limit from iat may lie too far from
// nbf, and a new exp does not help if iat is too old. So a fix
// changes one claim as its cause asks, and then what no longer fits.
type window struct {
	at      [3]time.Time // iat, nbf and exp; zero for one that is absent
	changed [3]bool
	issued  bool // a server made it, so there is nothing here to change
}

// The places of the claims in a window, in the order of timeClaims.
const (
	atIat = iota
	atNbf
	atExp
)

// window returns the time claims that can be read.
func (c *Ctx) window() window {
	w := window{issued: !c.isAssertion()}
	for i, name := range timeClaims() {
		if d := c.claims().Date(name); d.Usable {
			w.at[i] = d.At
		}
	}
	return w
}

// set changes one claim, in whole seconds.
func (w *window) set(i int, at time.Time) {
	w.at[i], w.changed[i] = at.Truncate(time.Second), true
}

func (w *window) has(i int) bool { return !w.at[i].IsZero() }

// fit changes what no longer agrees with the provider's rules, and as little
// as possible.
func (w *window) fit(c *Ctx) {
	now := c.AsOf
	skew := c.skewOf(profile.IatSkew, fallbackSkew)
	oldest := profile.IatMaxAge.In(c.Rules)
	if w.has(atIat) && (w.at[atIat].Sub(now) > skew || c.isAssertion() && oldest.Known() && now.Sub(w.at[atIat]) > oldest.V+skew) {
		w.set(atIat, now)
	}
	if w.has(atNbf) && w.at[atNbf].Sub(now) > c.skewOf(profile.NbfSkew, fallbackSkew) {
		w.set(atNbf, now)
	}
	if !w.has(atExp) || w.endFits(c) {
		return
	}
	life := c.lifetime()
	if start := w.start(now); start.Add(life).Sub(now) > min(leastLeft, life/2) {
		w.set(atExp, start.Add(life))
		if w.endFits(c) {
			return
		}
	}
	// What is there is too old for any exp: only a new assertion will do.
	for i := range atExp {
		if w.has(i) {
			w.set(i, now)
		}
	}
	w.set(atExp, now.Add(life))
}

// afresh is the window of an assertion made at a moment.
func (c *Ctx) afresh(now time.Time) window {
	w := c.window()
	for i, name := range timeClaims() {
		if w.has(i) || profile.ClaimPresence.In(c.Rules, name).V == profile.Required {
			w.set(i, now)
		}
	}
	w.set(atExp, now.Add(c.lifetime()))
	return w
}

// leastLeft is how long an assertion has to last for a fix to be of use.
const leastLeft = 30 * time.Second

// start is the earliest moment a limit of exp is counted from.
func (w *window) start(now time.Time) time.Time {
	start := now
	for i := range atExp {
		if w.has(i) && w.at[i].Before(start) {
			start = w.at[i]
		}
	}
	return start
}

// endFits reports whether exp keeps every rule, and a margin where a limit is
// counted from the server's clock.
func (w *window) endFits(c *Ctx) bool {
	exp := w.at[atExp]
	if !exp.After(c.AsOf) {
		return false
	}
	ahead := profile.ExpMaxAhead.In(c.Rules)
	if c.isAssertion() && ahead.Known() && exp.Sub(c.AsOf) >= ahead.V {
		return false
	}
	if far := profile.ExpAheadNoIat.In(c.Rules); !w.has(atIat) && far.Known() && c.isAssertion() && exp.Sub(c.AsOf) > far.V {
		return false
	}
	for i, most := range [2]profile.Value[time.Duration]{profile.LifetimeMax.In(c.Rules), profile.LifetimeNbfMax.In(c.Rules)} {
		if !w.has(i) {
			continue
		}
		life := exp.Sub(w.at[i])
		over := most.Known() && c.isAssertion() && (life > most.V || life == most.V && (ahead.Known() || !profile.LifetimeInclude.In(c.Rules).V))
		if life <= 0 || over || i == atIat && !most.Known() && ahead.Known() && c.isAssertion() && life > ahead.V {
			return false
		}
	}
	return true
}

// lifetime is how long an assertion should last: four minutes, or a fifth less
// than the provider's limit, which leaves room for clocks that differ.
func (c *Ctx) lifetime() time.Duration {
	life := 4 * time.Minute
	for _, bound := range [4]profile.Param[time.Duration]{profile.LifetimeMax, profile.LifetimeNbfMax, profile.ExpMaxAhead, profile.ExpAheadNoIat} {
		if most := bound.In(c.Rules); most.Known() && most.V > 0 {
			life = min(life, most.V*4/5)
		}
	}
	return max(life.Truncate(time.Second), time.Second)
}

// into makes what changed the fix of a fault: in words, with the numbers, and
// as a patch. The hint says how such a number comes about.
func (w *window) into(f *Fault, hint string) *Fault {
	if w.issued {
		return f
	}
	var steps []string
	for i, name := range timeClaims() {
		if w.changed[i] {
			f.Set(finding.PartClaims, name, w.at[i].Unix())
			steps = append(steps, name+" to "+strconv.FormatInt(w.at[i].Unix(), 10))
		}
	}
	if len(steps) == 0 {
		return f
	}
	fix := "Set " + list(steps)
	if hint != "" {
		fix += ": " + hint
	}
	return f.Fix("%s", strings.TrimSuffix(fix, ".")+".")
}

// nowWords names the moment that a new time is counted from.
func (c *Ctx) nowWords() string {
	if c.Basis == evidence.BasisIAT {
		return "iat"
	}
	return "now"
}

// lasts says in words how long an assertion should last: "now plus 4 minutes".
func (c *Ctx) lasts() string {
	life := c.lifetime()
	if life%time.Minute == 0 {
		n := int(life / time.Minute)
		return c.nowWords() + " plus " + itoa(n) + " " + plural(n, "minute", "minutes")
	}
	n := int(life / time.Second)
	return c.nowWords() + " plus " + itoa(n) + " " + plural(n, "second", "seconds")
}
