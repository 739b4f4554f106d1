package serve

import (
	"slices"
	"sync"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// mostTold is how many requests the journal reports; older ones are dropped.
const mostTold = 1000

// Event is what became of one request. It contains no secret.
type Event struct {
	Request  int       `json:"request"` // from 1
	Time     time.Time `json:"time"`
	Method   string    `json:"method"`
	Path     string    `json:"path"`    // without the query
	Verdict  string    `json:"verdict"` // pass, warn or fail; "" if it could not be judged
	Causes   []string  `json:"causes"`  // of the refusal, the likeliest first
	Warnings []string  `json:"warnings"`
	Remark   string    `json:"remark,omitempty"` // why it could not be judged, or which answer was played
	Answer   Answer    `json:"answer"`

	evidence *evidence.Case // for Config.Observe; the journal keeps none
}

// Answer is what the server said.
type Answer struct {
	Status      int    `json:"status"`
	Error       string `json:"error,omitempty"`
	Description string `json:"error_description,omitempty"`
	ErrorURI    string `json:"error_uri,omitempty"`
}

// journal keeps the last events and counts all.
type journal struct {
	mu      sync.Mutex
	begun   int
	came    Outcome
	dropped int
	events  []Event
}

// record is the journal as it is read.
type record struct {
	Requests []Event `json:"requests"`
	Dropped  int     `json:"dropped,omitempty"` // earlier requests that are no longer reported
}

// begin gives a request its number.
func (j *journal) begin() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.begun++
	return j.begun
}

// note keeps an event, with the case it was judged as or nil, and says how many
// there were.
func (j *journal) note(e Event, c *finding.Case, refused bool) int {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.came.add(c, refused)
	if len(j.events) == mostTold {
		j.events = append(j.events[:0], j.events[1:]...)
		j.dropped++
	}
	j.events = append(j.events, e)
	return j.came.Judged
}

func (j *journal) record() record {
	j.mu.Lock()
	defer j.mu.Unlock()
	return record{append([]Event{}, j.events...), j.dropped}
}

func (j *journal) tally() Outcome {
	j.mu.Lock()
	defer j.mu.Unlock()
	t := j.came
	t.Unmet = slices.Clone(t.Unmet)
	return t
}

// Outcome is what requests came to.
type Outcome struct {
	Judged  int
	Refused int              // for their own fault
	Worst   finding.Severity // of what was found; "" for nothing
	Unmet   []string         // required checks that could not run
}

// add counts a request. What is refused is an error, whether or not a finding says so.
func (t *Outcome) add(c *finding.Case, refused bool) {
	t.Judged++
	if refused {
		t.Refused++
		t.Worst = t.Worst.Or(finding.Error)
	}
	if c == nil {
		return
	}
	t.Worst = t.Worst.Or(c.Worst())
	for _, id := range c.Unmet {
		if !slices.Contains(t.Unmet, id) {
			t.Unmet = append(t.Unmet, id)
		}
	}
}
