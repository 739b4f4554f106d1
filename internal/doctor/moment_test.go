package doctor_test

import (
	"testing"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
)

func TestMoment(t *testing.T) {
	clock := time.Unix(1795219230, 0)
	for now, want := range map[string]int64{"": 1795219230, "now": 1795219230, "iat": 1795219230, "1602269800": 1602269800, "2026-11-21T00:00:00Z": 1795219200} {
		got, err := doctor.Options{Now: now, Clock: func() time.Time { return clock }}.Moment()
		if err != nil || got.Unix() != want || got.Location() != time.UTC {
			t.Errorf("%q: %v, %v", now, got, err)
		}
	}
	if _, err := (doctor.Options{Now: "yesterday"}).Moment(); err == nil {
		t.Error("yesterday is no time")
	}
}
