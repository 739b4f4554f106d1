package doctor

import "time"

// At is the doctor at another time by the clock, for one that lasts: it read the clock
// once. A time that the options give stays.
func (d *Doctor) At(now time.Time) *Doctor {
	here := *d
	here.setNow(now)
	return &here
}

// setNow sets what now is for the doctor.
func (d *Doctor) setNow(clock time.Time) {
	d.now = clock.UTC()
	if d.moment.present {
		d.moment.at, d.moment.given = d.now, true
	}
	if d.moment.given {
		d.now = d.moment.at
	}
}

// Moment is what a run with these options takes for now: Options.Now where it
// names a time, else the clock. The error is that of Run, a UsageError.
func (o Options) Moment() (time.Time, error) {
	m, err := parseNow(o.Now)
	switch {
	case err != nil:
		return time.Time{}, err
	case m.given:
		return m.at, nil
	case o.Clock != nil:
		return o.Clock().UTC(), nil
	}
	return time.Now().UTC(), nil
}
