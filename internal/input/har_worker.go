package input

import (
	"crypto/sha256"
	"slices"
	"strings"
)

// Chrome lists a request that a service worker makes for a page twice: as the page's,
// with _fetchedViaServiceWorker, and as the worker's own. It was sent only once; read as
// two, the second would seem to reuse the jti.

// harTwin is what both entries of one request have in common.
type harTwin [sha256.Size]byte

// harFetched are recent requests that were not marked so, any of which may be the
// worker's.
type harFetched []harSent

type harSent struct {
	twin  harTwin
	entry int
}

// twice records an entry by what was sent. listed is true if it is the page's entry for a
// request that was already read; twin is set if that request may still follow.
func (h *HAR) twice(e *harEntry) (twin *harTwin, listed bool) {
	body, unknown := e.body(h.tool)
	if body == "" || unknown != "" {
		return nil, false
	}
	this := harTwin(sha256.Sum256([]byte(strings.ToUpper(e.method()) + "\x00" + plainAddress(e.url()) + "\x00" + body)))
	h.fetched = slices.DeleteFunc(h.fetched, func(s harSent) bool { return h.entry-s.entry > patience })
	if e.Response != nil && strings.EqualFold(e.Response.Worker.s, "true") {
		i := slices.IndexFunc(h.fetched, func(s harSent) bool { return s.twin == this })
		if i < 0 {
			return &this, false
		}
		h.fetched = slices.Delete(h.fetched, i, i+1) // another entry of the page is another request
		return nil, true
	}
	i := slices.IndexFunc(h.queue, func(d *harHeld) bool { return d.twin != nil && *d.twin == this })
	if i >= 0 {
		h.queue = slices.Delete(h.queue, i, i+1)
		return nil, false
	}
	h.fetched = append(h.fetched, harSent{this, h.entry})
	return nil, false
}
