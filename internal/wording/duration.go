package wording

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// Span writes a length of time for people: 250ms, 42s, 5m, 5m30s, 2h 03m, 3 days,
// 6 years. The sign is dropped.
func Span(d time.Duration) string {
	d = d.Abs()
	const day, year = 24 * time.Hour, 8766 * time.Hour
	switch {
	case d < time.Second && d > 0:
		return fmt.Sprintf("%dms", d.Milliseconds())
	case d < time.Minute:
		return fmt.Sprintf("%ds", int(d.Seconds()))
	case d < time.Hour && d%time.Minute < time.Second:
		return fmt.Sprintf("%dm", int(d.Minutes()))
	case d < time.Hour:
		return fmt.Sprintf("%dm%02ds", int(d.Minutes()), int(d.Seconds())%60)
	case d < 2*day:
		if s := int(d.Seconds()) % 60; s != 0 && d < 3*time.Hour {
			return fmt.Sprintf("%dh %02dm %02ds", int(d.Hours()), int(d.Minutes())%60, s)
		}
		if d%time.Hour < time.Minute {
			return fmt.Sprintf("%dh", int(d.Hours()))
		}
		return fmt.Sprintf("%dh %02dm", int(d.Hours()), int(d.Minutes())%60)
	case d < year:
		return fmt.Sprintf("%d days", int(d/day))
	case d < 2*year:
		return "over a year"
	case d == math.MaxInt64: // the difference of two times is never said to be longer
		return "over 292 years"
	}
	return fmt.Sprintf("%d years", int(d/year))
}

// Setting writes a duration as a profile and --set do: 5m, 90s as 1m30s, 2h.
func Setting(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
