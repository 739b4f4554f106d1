package screen

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// paste is one text that was given.
type paste struct {
	name, text string
	as         string // "request" or "response" where that is known, else ""
}

// state is what is judged. A state is never changed: every step makes a new one, and
// the step before is taken back by returning to the old.
type state struct {
	pastes    []paste
	jwks, key *doctor.Document
	profiles  []string // none to guess
	env       string
	settings  settings
	edit      *edit
	online    doctor.Online
	signed    string            // the assertion that was signed here
	unsent    bool              // what was signed here has not been sent, so that nobody has answered it
	used      map[string]string // assertions sent from here before, with when
	step      string            // what led to this state, for the line that says it was taken back
	said      string            // what is said once this state is shown
}

// edit is header and claims as they were changed here.
type edit struct {
	header, claims []member // nil if that part could not be read
	request        []finding.Patch
	// unsigned is true if header or claims differ from what was signed.
	unsigned bool
}

// with is a copy of the state for a next step.
func (s state) with(step string, change func(*state)) state {
	s.pastes, s.step, s.said = slices.Clone(s.pastes), step, ""
	change(&s)
	return s
}

func (s state) empty() bool { return len(s.pastes) == 0 && s.jwks == nil && s.key == nil }

// visit is a state with what it came to.
type visit struct {
	state
	items []*item
	at    int   // the item that is shown
	by    int   // the profile that is shown
	err   error // why nothing was judged
	// replaced says that an earlier text gave way to the last one.
	replaced bool

	doctor *doctor.Doctor // judges again after an edit, and as time goes on
	clock  func() time.Time
	live   bool
}

// item is one exchange.
type item struct {
	title    string
	evidence *evidence.Case
	judged   *evidence.Case // evidence as it was edited; the same where it was not
	cases    []finding.Case
	at       time.Time // by the clock, when it was judged
}

// options are those of the run with the choices of the state.
func (s state) options(base doctor.Options) doctor.Options {
	base.Profiles, base.Env = s.profiles, s.env
	base.JWKS, base.Key, base.Online = s.jwks, s.key, s.online
	s.settings.on(&base)
	return base
}

// read makes evidence of the texts.
func (s state) read(ctx context.Context, base doctor.Options) ([]*evidence.Case, error) {
	inputs := make([]doctor.Input, len(s.pastes))
	for i, p := range s.pastes {
		inputs[i] = doctor.Input{Name: p.name, Open: strings.NewReader(p.text), As: p.as}
	}
	return doctor.Evidence(ctx, s.options(base), inputs)
}

// consult reads and judges a state. Where the last text does not belong to the others it
// takes the place of the one of its kind, else it replaces all.
func consult(ctx context.Context, base doctor.Options, s state) *visit {
	v := &visit{state: s, clock: base.Clock}
	if len(s.pastes) == 0 {
		return v // only keys
	}
	n := len(s.pastes)
	if n > 1 {
		// A text that says nothing on its own would be passed over in silence.
		alone := s.with(s.step, func(t *state) { t.pastes = t.pastes[n-1:] })
		if _, err := alone.read(ctx, base); doctor.SaysNothing(err) {
			v.err = err
			return v
		}
	}
	cases, err := s.read(ctx, base)
	if n > 1 && (len(cases) > 1 || err != nil) {
		for i := n - 2; i >= 0; i-- {
			fewer := s.with(s.step, func(t *state) { t.pastes = slices.Delete(t.pastes, i, i+1) })
			if one, err2 := fewer.read(ctx, base); err2 == nil && len(one) == 1 {
				v.state, v.replaced, cases, err = fewer, true, one, nil
				break
			}
		}
		if !v.replaced {
			alone := s.with(s.step, func(t *state) { t.pastes = t.pastes[n-1:] })
			if some, err2 := alone.read(ctx, base); len(some) > 0 {
				v.state, v.replaced, cases, err = alone, true, some, err2
			}
		}
	}
	if len(cases) == 0 {
		v.err = err
		return v
	}
	if v.doctor, v.err = doctor.New(v.state.options(base)); v.err != nil {
		return v
	}
	for _, c := range cases {
		if v.unsent {
			c = doctor.Changed(c, doctor.Change{Unsent: true})
		}
		v.state.recall(c)
		v.items = append(v.items, &item{title: c.Input.Place(), evidence: c, judged: c})
	}
	v.at = firstRefused(v.items)
	v.err = v.judge()
	return v
}

// recall says of a case that its assertion was sent from here before.
func (s state) recall(c *evidence.Case) {
	a, ok := c.Assertion.Get()
	if !ok {
		return
	}
	if at, before := s.used[a.Compact]; before {
		c.Seen = evidence.Known(evidence.Seen{Earlier: at, SameAssertion: true, Compared: len(s.used)})
	}
}

// firstRefused is the first exchange that the server refused, else the first.
func firstRefused(items []*item) int {
	return max(0, slices.IndexFunc(items, func(it *item) bool {
		r, ok := it.evidence.Response.Get()
		return ok && !r.Success()
	}))
}

// judge judges the item that is shown, unless it has been.
func (v *visit) judge() error {
	if len(v.items) == 0 || v.live {
		return nil
	}
	it := v.items[v.at]
	if it.cases != nil {
		return nil
	}
	if _, tried := it.evidence.Exam.Get(); !tried {
		doctor.Examine(it.evidence)
	}
	it.judged = it.evidence
	if v.edit != nil {
		it.judged = doctor.Changed(it.evidence, v.edit.change())
	}
	var err error
	it.at = v.clock()
	if v.sent(it) {
		it.at = v.online.Answered
	}
	it.cases, err = v.doctor.At(it.at).Judge(it.judged, nil)
	return err
}

// sent reports whether an exchange was sent from here: its time is past.
func (v *visit) sent(it *item) bool {
	_, live := it.judged.Network.Get()
	return live && !v.online.Answered.IsZero()
}

// again checks the item that is shown as of now; false if no time has passed
// by which that could change.
func (v *visit) again() (bool, error) {
	if len(v.items) == 0 || v.live {
		return false, nil
	}
	it := v.items[v.at]
	if it.cases == nil || v.sent(it) || v.clock().Unix() == it.at.Unix() {
		return false, nil
	}
	it.cases = nil
	return true, v.judge()
}

// edited is the visit after an edit: the evidence is the same, so only the checks run
// again.
func (v *visit) edited(s state) *visit {
	next := &visit{state: s, at: v.at, by: v.by, doctor: v.doctor, clock: v.clock}
	for _, it := range v.items {
		next.items = append(next.items, &item{title: it.title, evidence: it.evidence})
	}
	next.err = next.judge()
	return next
}

// shown is the case that is shown; nil if there is none.
func (v *visit) shown() (*item, *finding.Case) {
	if v == nil || v.at >= len(v.items) {
		return nil, nil
	}
	it := v.items[v.at]
	if len(it.cases) == 0 {
		return it, nil
	}
	return it, &it.cases[min(v.by, len(it.cases)-1)]
}

// answered reports whether the case that is shown has a response.
func (v *visit) answered() bool {
	it, _ := v.shown()
	if it == nil || it.judged == nil {
		return false
	}
	_, ok := it.judged.Response.Get()
	return ok
}

// setAside reports whether a response was given that does not count any more: the text
// it answered was edited.
func (v *visit) setAside() bool {
	it, _ := v.shown()
	if it == nil || it.evidence == nil || v.answered() {
		return false
	}
	_, ok := it.evidence.Response.Get()
	return ok
}

// compact is the assertion that can be sent: the text as given or as signed here; "" if
// it was edited since.
func (v *visit) compact() string {
	it, _ := v.shown()
	if it == nil || v.edit != nil && v.edit.unsigned || it.evidence == nil {
		return ""
	}
	a, ok := it.evidence.Assertion.Get()
	if !ok || a.Shape != evidence.ShapeCompact || len(a.Segments) != 3 {
		return ""
	}
	return a.Compact
}
