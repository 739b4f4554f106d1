package evidence

import (
	"testing"
	"time"
)

// An answer out of a cache has the Date of when it was made.
func TestStamped(t *testing.T) {
	date := time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)
	for _, r := range []struct {
		age  Headers
		want time.Time
		ok   bool
	}{
		{nil, date, true},
		{Headers{{Name: "Age", Value: "0"}}, date, true},
		{Headers{{Name: "age", Value: "420"}}, date.Add(7 * time.Minute), true},
		{Headers{{Name: "Age", Value: "soon"}}, time.Time{}, false},
		{Headers{{Name: "Age", Value: "-5"}}, time.Time{}, false},
		{Headers{{Name: "Age", Value: "99999999999999999999"}}, time.Time{}, false},
	} {
		if got, ok := (&Response{Date: date, Headers: r.age}).Stamped(); !got.Equal(r.want) || ok != r.ok {
			t.Errorf("%v: %s, %v", r.age, got, ok)
		}
	}
	if _, ok := new(Response).Stamped(); ok {
		t.Error("a time without a Date")
	}
}
