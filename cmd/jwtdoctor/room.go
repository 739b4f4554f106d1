package main

import (
	"runtime/debug"
	"runtime/metrics"
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

// keepRoom lets the heap of a long batch grow to a fixed size, or by the same bytes
// between two collections where much is alive. Go's own measure is a share of what is
// alive: at the beginning, where that is little, it collects at every turn, and
// after a million remembered jti values it needs twice their memory.
func keepRoom() {
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	if live[0].Value.Kind() == metrics.KindUint64 {
		debug.SetGCPercent(shareOfGarbage(live[0].Value.Uint64()))
	}
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
