package doctor_test

import (
	"strings"
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

// One who lasts judges as of now, unless a time was given.
func TestAt(t *testing.T) {
	const pasted, later = 1795219230, 1795219330
	for now, want := range map[string]string{"": "2026-11-21T00:02:10Z", "now": "2026-11-21T00:02:10Z", "1795219240": "2026-11-21T00:00:40Z"} {
		opts := doctor.Options{Now: now, Clock: func() time.Time { return time.Unix(pasted, 0) }}
		text := unsigned(`{"alg":"RS256","kid":"k1","typ":"JWT"}`, `{"iss":"app","sub":"app","aud":"https://as.example/token","jti":"a","iat":1795219200,"exp":1795219440}`)
		cases, err := doctor.Evidence(t.Context(), opts, []doctor.Input{{Name: "paste", Open: strings.NewReader(text)}})
		if err != nil {
			t.Fatal(err)
		}
		d, err := doctor.New(opts)
		if err != nil {
			t.Fatal(err)
		}
		doctor.Examine(cases[0])
		got, err := d.At(time.Unix(later, 0)).Judge(cases[0], nil)
		if err != nil || got[0].JudgedAsOf.Time != want {
			t.Errorf("%q: judged as of %s, %v", now, got[0].JudgedAsOf.Time, err)
		}
		before, err := d.Judge(cases[0], nil) // the control
		if err != nil || now == "" && before[0].JudgedAsOf.Time != "2026-11-21T00:00:30Z" {
			t.Errorf("%q: the doctor itself judges as of %s, %v", now, before[0].JudgedAsOf.Time, err)
		}
	}
}
