package main

import (
	"runtime/debug"
	"runtime/metrics"
)

const (
	// roomOfGarbage is what the heap of a batch may grow by between two
	// collections, in bytes.
	roomOfGarbage = 6 << 20
	// roomEvery is after how many cases the room is measured out again.
	roomEvery = 1000
)

// keepRoom lets the heap of a long batch grow by the same bytes between two
// collections, however much is alive. Go's own measure is a share of what is
// alive: at the beginning, where that is little, it collects at every turn, and
// after a million remembered jti values it needs twice their memory.
func keepRoom() {
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	if live[0].Value.Kind() == metrics.KindUint64 {
		debug.SetGCPercent(shareOfGarbage(live[0].Value.Uint64()))
	}
}

// shareOfGarbage is the room as a share of the live heap, in percent.
func shareOfGarbage(live uint64) int {
	return int(min(max(100*roomOfGarbage/max(live, 1), 10), 400))
}
