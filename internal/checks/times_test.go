package checks

import (
	"strings"
	"testing"
)

func TestAboutTime(t *testing.T) {
	for _, check := range All() {
		want := strings.HasPrefix(string(check.ID), "time-") || strings.HasPrefix(string(check.ID), "clock-")
		for _, cause := range check.Causes {
			if got := aboutTime(cause.ID); got != want {
				t.Errorf("%s of %s: about time %t", cause.ID, check.ID, got)
			}
		}
	}
}
