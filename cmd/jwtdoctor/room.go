package main

import (
	"runtime"
	"runtime/debug"
	"sync"
)

const (
	// leastRoom is what the heap of a batch may grow by between two collections, in
	// bytes, and wantedHeap how large that of any run may become where that leaves more
	// room: no small case needs a collection.
	leastRoom  = 3 << 20
	wantedHeap = 10 << 20
	// goHeap is the heap that Go lets grow before it collects at all, times the
	// share of garbage.
	goHeap = 4 << 20
	// roomEvery is after how many cases the room is measured out again.
	roomEvery = 1000
)

// heap decides how large the heap becomes before it is collected. Go's own measure is a
// share of what is alive: of a batch, where that is little, it collects at every turn at
// the beginning, and after a million remembered jti values it needs twice their memory.
type heap struct {
	mu      sync.Mutex
	percent int // of what is alive; 0 until it is decided
	batch   bool
}

// start leaves what is small without a collection; from the first one on, Go's own
// measure applies.
func (h *heap) start() {
	h.grow(100 * wantedHeap / goHeap)
	type untilCollected struct{ _ *heap }
	runtime.AddCleanup(&untilCollected{h}, func(h *heap) {
		h.mu.Lock()
		defer h.mu.Unlock()
		if !h.batch {
			h.grow(100)
		}
	}, h)
}

// measure sees how much was alive after the last collection of a batch. It keeps the heap
// at a fixed size, or lets it grow by the same bytes between two collections where much
// is alive.
func (h *heap) measure() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.batch = true
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	h.grow(shareOfGarbage(100 * m.NextGC / uint64(100+h.percent)))
}

func (h *heap) grow(percent int) {
	h.percent = percent
	debug.SetGCPercent(percent)
}

// shareOfGarbage is the room as a share of the live heap, in percent. Where little is
// alive it is always the same, so that the heap has the same size after each
// collection: whenever it shrinks, memory is given back that is soon wanted again.
func shareOfGarbage(live uint64) int {
	room := uint64(leastRoom)
	if live+room < wantedHeap {
		room = wantedHeap - live
	}
	return int(min(max(100*room/max(live, 1), 10), 100*wantedHeap/goHeap))
}
