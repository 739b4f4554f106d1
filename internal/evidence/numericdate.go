package evidence

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// DateForm is how a time claim is written. RFC 7519 section 2 knows one form:
// a JSON number of seconds since 1970-01-01T00:00:00Z.
type DateForm string

// Forms in which time claims are met.
const (
	DateAbsent     DateForm = "absent" // not there, or null
	DateSeconds    DateForm = "seconds"
	DateFraction   DateForm = "fraction" // seconds, with a fraction or an exponent
	DateMillis     DateForm = "milliseconds"
	DateMicros     DateForm = "microseconds"
	DateNanos      DateForm = "nanoseconds"
	DateCalendar   DateForm = "date" // a calendar date as text
	DateOutOfRange DateForm = "out of range"
	DateNotANumber DateForm = "not a number"
)

// Date is a time claim as it was read.
type Date struct {
	Claim  string
	Form   DateForm
	Quoted bool // a number in quotes
	// Usable reports whether At is the moment meant beyond doubt; a number of
	// milliseconds is not, since the sum that made it may have mixed units.
	Usable bool
	At     time.Time
	Value  *jsonspan.Value // nil if the claim is absent
}

// Bounds of what is taken for a date. Below 1973 a number of seconds is a
// duration or a counter; from 5138 on it is not a date either.
const (
	minSeconds = 1e8
	maxSeconds = 1e11
	// A count in a finer unit is believed where it lands between 2001 and 2286.
	minFiner = 1e9
	maxFiner = 1e10
)

// Date reads a time claim.
func (o *Object) Date(claim string) Date {
	d := Date{Claim: claim, Form: DateAbsent}
	v, ok := o.Get(claim)
	if !ok || v.Kind == jsonspan.Null {
		d.Value = v
		return d
	}
	d.Value = v
	switch v.Kind {
	case jsonspan.Number:
		d.readNumber(v.Raw)
	case jsonspan.String:
		text := strings.TrimSpace(v.Str)
		if _, err := strconv.ParseFloat(text, 64); err == nil && isNumber(text) {
			d.Quoted = true
			d.readNumber(text)
			break
		}
		if at, ok := calendar(text); ok {
			d.Form, d.At, d.Usable = DateCalendar, at, true
			break
		}
		d.Form = DateNotANumber
	default:
		d.Form = DateNotANumber
	}
	return d
}

func isNumber(s string) bool {
	return strings.Trim(s, "+-0123456789.eE") == ""
}

func (d *Date) readNumber(raw string) {
	if n, ok := wholeNumber(raw); ok && n >= minSeconds && n < maxSeconds {
		d.Form, d.At, d.Usable = DateSeconds, time.Unix(n, 0).UTC(), true
		return
	}
	f, err := strconv.ParseFloat(raw, 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		d.Form = DateOutOfRange
		return
	}
	finer := func(form DateForm, per float64) bool {
		if s := f / per; s >= minFiner && s < maxFiner {
			d.Form, d.At = form, seconds(s)
			return true
		}
		return false
	}
	switch {
	case f < minSeconds:
		d.Form = DateOutOfRange
	case f < maxSeconds:
		d.Form, d.At, d.Usable = DateSeconds, seconds(f), true
		if strings.ContainsAny(raw, ".eE") {
			d.Form = DateFraction
		}
	case finer(DateMillis, 1e3), finer(DateMicros, 1e6), finer(DateNanos, 1e9):
	default:
		d.Form = DateOutOfRange
	}
}

// wholeNumber reads a few digits, as nearly every time is written.
func wholeNumber(raw string) (n int64, ok bool) {
	if raw == "" || len(raw) > 12 {
		return 0, false
	}
	for i := range len(raw) {
		if raw[i] < '0' || raw[i] > '9' {
			return 0, false
		}
		n = 10*n + int64(raw[i]-'0')
	}
	return n, true
}

func seconds(f float64) time.Time {
	whole, frac := math.Modf(f)
	return time.Unix(int64(whole), int64(frac*1e9)).UTC()
}

func calendar(s string) (time.Time, bool) {
	for _, layout := range []string{
		time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999", "2006-01-02 15:04:05Z07:00",
		"2006-01-02T15:04", "2006-01-02", time.RFC1123, time.RFC1123Z, time.RFC850, time.ANSIC, time.UnixDate,
		"01/02/2006 15:04:05", "1/2/2006 3:04:05 PM", "Mon Jan 2 2006 15:04:05 GMT-0700", "2006-01-02T15:04:05-0700",
	} {
		if at, err := time.Parse(layout, s); err == nil {
			return at.UTC(), true
		}
	}
	// JavaScript's Date.toString ends in a zone name in parentheses.
	if before, _, ok := strings.Cut(s, " ("); ok {
		return calendar(before)
	}
	return time.Time{}, false
}
