package serve

import (
	"crypto/sha256"
	"sync"
	"time"
)

// The bounds of what is remembered of assertions used.
const (
	mostRemembered = 100_000
	rememberedFor  = 24 * time.Hour
)

type digest = [sha256.Size]byte

// memory is what was used once and for all: jti values and authorization codes,
// by digest. The oldest make room for new ones.
type memory struct {
	clock func() time.Time
	most  int
	mu    sync.Mutex
	used  map[digest]use
	order []digest // oldest first; one that was given back may still stand here
}

type use struct {
	where     string
	assertion digest
	at        time.Time
}

func newMemory(clock func() time.Time) *memory {
	return &memory{clock: clock, most: mostRemembered, used: map[digest]use{}}
}

func (m *memory) add(key, assertion digest, where string) (earlier string, same, added bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.clock()
	m.forget(func(u use) bool { return now.Sub(u.at) >= rememberedFor })
	if u, ok := m.used[key]; ok {
		return u.where, u.assertion == assertion, false
	}
	m.forget(func(use) bool { return len(m.order) >= m.most })
	m.used[key] = use{where, assertion, now}
	m.order = append(m.order, key)
	return "", false, true
}

// forget drops the oldest uses as long as there is reason to, and those that
// were given back.
func (m *memory) forget(reason func(use) bool) {
	for len(m.order) > 0 {
		u, ok := m.used[m.order[0]]
		if ok && !reason(u) {
			return
		}
		delete(m.used, m.order[0])
		m.order = m.order[1:]
	}
}

func (m *memory) size() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.used)
}

// errand is the memory as one request uses it. What a refused request used is
// given back: it can be sent again once its fault is mended. Until then it is
// taken, so that of two at once one alone is accepted.
type errand struct {
	*memory
	took []digest
}

// Use implements doctor.Memory.
func (e *errand) Use(key, assertion digest, where string) (earlier string, same bool) {
	earlier, same, added := e.add(key, assertion, where)
	if added {
		e.took = append(e.took, key)
	}
	return earlier, same
}

// Len implements doctor.Memory.
func (e *errand) Len() int { return e.size() }

func (e *errand) giveBack() {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, key := range e.took {
		delete(e.used, key)
	}
}
