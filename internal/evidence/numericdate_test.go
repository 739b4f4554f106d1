package evidence

import (
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

func TestDate(t *testing.T) {
	num := func(s string) *jsonspan.Value { return &jsonspan.Value{Kind: jsonspan.Number, Raw: s} }
	text := func(s string) *jsonspan.Value { return &jsonspan.Value{Kind: jsonspan.String, Str: s} }
	for _, r := range []struct {
		name   string
		v      *jsonspan.Value
		form   DateForm
		unix   int64 // of At where the form has one
		quoted bool
		usable bool
	}{
		{"seconds", num("1760000000"), DateSeconds, 1760000000, false, true},
		{"the first taken for a date", num("100000000"), DateSeconds, 100000000, false, true},
		{"the last below it", num("99999999"), DateOutOfRange, 0, false, false},
		{"a far year", num("9999999999"), DateSeconds, 9999999999, false, true},
		{"a fraction", num("1760000000.5"), DateFraction, 1760000000, false, true},
		{"an exponent", num("1.76e9"), DateFraction, 1760000000, false, true},
		{"milliseconds", num("1760000000123"), DateMillis, 1760000000, false, false},
		{"microseconds", num("1760000000123456"), DateMicros, 1760000000, false, false},
		{"nanoseconds", num("1760000000123456789"), DateNanos, 1760000000, false, false},
		{"the year 9999", num("253402300799"), DateOutOfRange, 0, false, false},
		{"a duration", num("300"), DateOutOfRange, 0, false, false},
		{"zero", num("0"), DateOutOfRange, 0, false, false},
		{"negative", num("-1760000000"), DateOutOfRange, 0, false, false},
		{"over every bound", num("1e400"), DateOutOfRange, 0, false, false},
		{"in quotes", text("1760000000"), DateSeconds, 1760000000, true, true},
		{"milliseconds in quotes", text("1760000000123"), DateMillis, 1760000000, true, false},
		{"ISO 8601", text("2025-10-09T08:53:20Z"), DateCalendar, 1760000000, false, true},
		{"ISO 8601 with a zone", text("2025-10-09T10:53:20+02:00"), DateCalendar, 1760000000, false, true},
		{"as SQL prints it", text("2025-10-09 08:53:20"), DateCalendar, 1760000000, false, true},
		{"as HTTP prints it", text("Thu, 09 Oct 2025 08:53:20 GMT"), DateCalendar, 1760000000, false, true},
		{"as JavaScript prints it", text("Thu Oct 09 2025 10:53:20 GMT+0200 (Central European Summer Time)"), DateCalendar, 1760000000, false, true},
		{"words", text("soon"), DateNotANumber, 0, false, false},
		{"NaN in quotes", text("NaN"), DateNotANumber, 0, false, false},
		{"true", &jsonspan.Value{Kind: jsonspan.Bool, Raw: "true"}, DateNotANumber, 0, false, false},
		{"null", &jsonspan.Value{Kind: jsonspan.Null, Raw: "null"}, DateAbsent, 0, false, false},
	} {
		t.Run(r.name, func(t *testing.T) {
			o := &Object{Value: &jsonspan.Value{Kind: jsonspan.Object, Members: []jsonspan.Member{{Name: "exp", Value: r.v}}}}
			d := o.Date("exp")
			if d.Form != r.form || d.Quoted != r.quoted || d.Usable != r.usable {
				t.Errorf("form %s, quoted %v, usable %v; want %s, %v, %v", d.Form, d.Quoted, d.Usable, r.form, r.quoted, r.usable)
			}
			if r.unix != 0 && d.At.Unix() != r.unix {
				t.Errorf("at %d, want %d", d.At.Unix(), r.unix)
			}
		})
	}
	if d := (&Object{Value: &jsonspan.Value{Kind: jsonspan.Object}}).Date("exp"); d.Form != DateAbsent {
		t.Errorf("a claim that is not there reads as %s", d.Form)
	}
}
