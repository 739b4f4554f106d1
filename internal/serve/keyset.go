package serve

import (
	"strconv"
	"sync"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
)

// fetchAgain is how long a key set that could not be fetched is not tried.
const fetchAgain = 3 * time.Second

// keySet is the client's published keys. An application under test publishes
// them itself, and is often started after the server it asks.
type keySet struct {
	fetch func() *doctor.Document // nil for never again
	clock func() time.Time

	mu       sync.Mutex
	document *doctor.Document
	tried    time.Time
	fetching bool
}

// Unfetched says why a key set could not be fetched; "" if it was, or where
// it came from no address.
func Unfetched(d *doctor.Document) string {
	switch {
	case d == nil || d.Fetched == nil:
		return ""
	case d.Fetched.Trouble != "":
		return d.Fetched.Trouble
	case d.Fetched.Status != 200:
		return "it answers with status " + strconv.Itoa(d.Fetched.Status)
	}
	return ""
}

// current is the key set in use. One that is missing is fetched again on
// demand; meanwhile other requests are judged with what there is.
func (k *keySet) current() *doctor.Document {
	if k.fetch == nil || !k.due() {
		return k.get()
	}
	got := k.fetch()
	k.mu.Lock()
	defer k.mu.Unlock()
	k.fetching, k.tried = false, k.clock()
	if got != nil {
		k.document = got
	}
	return k.document
}

// due reports whether to fetch now, once for all who ask at the same time.
func (k *keySet) due() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.fetching || Unfetched(k.document) == "" || !k.tried.IsZero() && k.clock().Sub(k.tried) < fetchAgain {
		return false
	}
	k.fetching = true
	return true
}

func (k *keySet) get() *doctor.Document {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.document
}
