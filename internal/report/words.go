package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// lapse writes a length of time in words; seconds is taken without its sign. A
// time.Duration would end at 292 years, and a millisecond timestamp read as
// seconds lies 50,000 years ahead.
func lapse(seconds int64) string {
	if seconds < 0 {
		seconds = -max(seconds, -math.MaxInt64)
	}
	const minute, hour, day, year = 60, 3600, 86400, 31556952 // a mean Gregorian year
	switch {
	case seconds < minute:
		return fmt.Sprintf("%ds", seconds)
	case seconds < hour && seconds%minute == 0:
		return fmt.Sprintf("%dm", seconds/minute)
	case seconds < hour:
		return fmt.Sprintf("%dm%02ds", seconds/minute, seconds%minute)
	case seconds < 2*day && seconds%hour < minute:
		return fmt.Sprintf("%dh", seconds/hour)
	case seconds < 2*day:
		return fmt.Sprintf("%dh %02dm", seconds/hour, seconds%hour/minute)
	case seconds < 10*day && seconds%day >= hour:
		return fmt.Sprintf("%d days %dh", seconds/day, seconds%day/hour)
	case seconds < 2*year:
		return fmt.Sprintf("%d days", seconds/day)
	}
	tenths := int64(math.Round(float64(seconds) / year * 10))
	if tenths < 100 && tenths%10 != 0 {
		return fmt.Sprintf("%d.%d years", tenths/10, tenths%10)
	}
	return grouped(tenths/10) + " years"
}

// signed is lapse with a sign: where a moment lies from another.
func signed(seconds int64) string {
	if seconds < 0 {
		return "-" + lapse(seconds)
	}
	return "+" + lapse(seconds)
}

// Grouped writes a number with a comma after the thousands.
func Grouped(n int64) string { return grouped(n) }

// grouped writes a number with a comma after the thousands.
func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// clock writes an instant in UTC, with its day where that is not plain.
func clock(t time.Time, withDay bool) string {
	t = t.UTC()
	switch {
	case t.Year() < 0 || t.Year() > 9999:
		return "year " + grouped(int64(t.Year()))
	case withDay:
		return t.Format("2006-01-02 15:04:05Z")
	}
	return t.Format("15:04:05Z")
}

// count writes a number with its noun: "1 warning", "2 warnings".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return grouped(int64(n)) + " " + noun + "s"
}

// subjects names what the checks of one family are about, for a list of what
// was not checked. A check of another family is named by its ID.
func subjects() []struct{ prefix, name string } {
	return []struct{ prefix, name string }{
		{"assertion-", "the assertion"},
		{"signature-", "the signature"},
		{"key-", "the signing key"},
		{"private-key-", "the private key"},
		{"jwks-", "the JWKS"},
		{"request-", "the request"},
		{"response-", "the response"},
		{"discovery-", "discovery"},
		{"net-", "the network"},
		{"clock-", "the clock"},
		{"jti-unique", "reuse of jti"},
		{"claim-", "claims"},
		{"header-", "the header"},
		{"time-", "the times"},
		{"token-", "the issued token"},
	}
}

func subject(check string) string {
	for _, s := range subjects() {
		if strings.HasPrefix(check, s.prefix) {
			return s.name
		}
	}
	return check
}
