package main

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// startTap runs a tap in front of an address.
func startTap(t *testing.T, to string, args ...string) *listening {
	t.Helper()
	return startListening(t, time.Now, append([]string{"tap", to, "-f", "ndjson"}, args...)...)
}

// reported is a case as programs read it.
type reported struct {
	Diagnosis []struct{ Cause, Certainty string }
	Findings  []struct {
		Check, Cause, Outcome, Severity string
		Fix                             []string
	}
	Summary struct{ Verdict finding.Verdict }
}

// first is the most likely cause; "" for none.
func (r reported) first() string {
	if len(r.Diagnosis) == 0 {
		return ""
	}
	return r.Diagnosis[0].Cause
}

func (r reported) failed() bool { return r.Summary.Verdict == finding.VerdictFail }

// exchange waits for the next case of a tap.
func (s *listening) exchange(t *testing.T) reported {
	t.Helper()
	line := s.out.next()
	var c reported
	if err := json.Unmarshal([]byte(line), &c); err != nil {
		t.Fatalf("%v: %q\n%s", err, line, s.errOut)
	}
	return c
}
