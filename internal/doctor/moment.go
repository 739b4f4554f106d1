package doctor

import "time"

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
