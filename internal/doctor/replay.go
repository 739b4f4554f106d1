package doctor

import (
	"crypto/sha256"
	"sync"
	"time"
)

// The bounds of what a Replay remembers. One use without a usable exp is
// forgotten after a day.
const (
	mostRemembered = 100_000
	rememberedFor  = 24 * time.Hour
)

type digest = [sha256.Size]byte

// Replay is a Memory that serves many runs at once: jti values and authorization
// codes, by digest. A use is forgotten once the assertion could not be used again
// in any case: when its exp has passed, and the skew after it. If there are too
// many, the oldest make room for new ones.
type Replay struct {
	clock func() time.Time
	skew  time.Duration
	most  int
	mu    sync.Mutex
	used  map[digest]replayed
	order []digest // oldest first; one that was given back or forgotten may still be listed
	sweep int      // number of uses from which on those that have passed are looked for
}

type replayed struct {
	where     string
	assertion digest
	until     time.Time
}

// NewReplay makes an empty memory; skew is how long after exp an assertion is
// still accepted.
func NewReplay(clock func() time.Time, skew time.Duration) *Replay {
	return &Replay{clock: clock, skew: skew, most: mostRemembered, used: map[digest]replayed{}, sweep: 1024}
}

func (m *Replay) add(key, assertion digest, where string, exp time.Time) (earlier string, same, added bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.clock()
	if u, ok := m.used[key]; ok && now.Before(u.until) {
		return u.where, u.assertion == assertion, false
	}
	if len(m.order) >= m.sweep {
		m.forgetPassed(now)
	}
	for len(m.order) >= m.most {
		delete(m.used, m.order[0])
		m.order = m.order[1:]
	}
	until := now.Add(rememberedFor)
	if !exp.IsZero() {
		until = exp.Add(m.skew)
	}
	m.used[key] = replayed{where, assertion, until}
	m.order = append(m.order, key)
	return "", false, true
}

// forgetPassed drops the uses whose time has passed, and what of the order is no
// longer used.
func (m *Replay) forgetPassed(now time.Time) {
	kept := make([]digest, 0, len(m.order))
	for _, key := range m.order {
		u, ok := m.used[key]
		switch {
		case !ok:
		case !now.Before(u.until):
			delete(m.used, key)
		default:
			kept = append(kept, key)
		}
	}
	m.order, m.sweep = kept, max(1024, 2*len(kept))
}

// Use implements Memory.
func (m *Replay) Use(key, assertion [sha256.Size]byte, where string, exp time.Time) (earlier string, same bool) {
	earlier, same, _ = m.add(key, assertion, where, exp)
	return earlier, same
}

// Len implements Memory.
func (m *Replay) Len() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.used)
}

// Errand is the memory as one request uses it.
func (m *Replay) Errand() *Errand { return &Errand{Replay: m} }

// Errand is a Memory that can take back what it noted. What a refused request
// used can be sent again once its fault is fixed; until then it is taken, so that
// of two at once only one is accepted.
type Errand struct {
	*Replay
	took []digest
}

// Use implements Memory.
func (e *Errand) Use(key, assertion [sha256.Size]byte, where string, exp time.Time) (earlier string, same bool) {
	earlier, same, added := e.add(key, assertion, where, exp)
	if added {
		e.took = append(e.took, key)
	}
	return earlier, same
}

// GiveBack forgets what the errand has used.
func (e *Errand) GiveBack() {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, key := range e.took {
		delete(e.used, key)
	}
	e.took = nil
}
