package main

import (
	"encoding/json"
	"testing"
	"time"
)

// --now now is this moment, strictly: an assertion that has expired fails, where the
// same without --now is checked as of its iat.
func TestNowIsStrict(t *testing.T) {
	good := example(t, "good.jwt")
	for _, c := range []struct {
		now, basis string
		code       int
	}{{"now", "--now", 1}, {"NOW", "--now", 1}, {"", "iat", 0}, {"iat", "iat", 0}} {
		args := []string{"check", "-p", "redox", "-f", "json"}
		if c.now != "" {
			args = append(args, "--now", c.now)
		}
		code, out, errs := runAt(time.Unix(1795219230+3600, 0), nil, good, append(args, "-")...)
		var report struct {
			Cases []struct {
				JudgedAsOf struct{ Basis string } `json:"judged_as_of"`
				Diagnosis  []struct{ Cause string }
			}
		}
		if err := json.Unmarshal([]byte(out), &report); err != nil || len(report.Cases) != 1 {
			t.Fatalf("%v %s", err, errs)
		}
		got := report.Cases[0]
		if code != c.code || got.JudgedAsOf.Basis != c.basis || (code == 1) != (len(got.Diagnosis) == 1 && got.Diagnosis[0].Cause == "exp-past") {
			t.Errorf("--now %q: exit code %d, basis %s, %v", c.now, code, got.JudgedAsOf.Basis, got.Diagnosis)
		}
	}
}
