package judge

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// window is how Entra prints its clock and the bounds of an assertion it takes
// for early or late (AADSTS700024).
var window = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)current time: (\S+?),? assertion valid from (\S+?),? expiry time of assertion (\S+)`)
})

// timed puts the causes of a symptom into the order that the times in the
// answer prove: what came before the window is early, what came after it late.
func timed(s *profile.Symptom, description string) *profile.Symptom {
	words := strings.Join(strings.Fields(description), " ")
	if !strings.Contains(strings.ToLower(words), "current time: ") {
		return s // which spares reading the expression for nothing
	}
	m := window().FindStringSubmatch(words)
	if m == nil {
		return s
	}
	var at [3]time.Time
	for i := range at {
		var err error
		if at[i], err = time.Parse(time.RFC3339, strings.TrimRight(m[i+1], ".,;")); err != nil {
			return s
		}
	}
	early := []string{"nbf-in-future", "iat-in-future", "clock-ahead", "local-time-as-utc", "time-in-milliseconds"}
	late := []string{"exp-past", "clock-behind", "local-time-as-utc", "exp-before-iat"}
	var first, never []string
	switch now, from, until := at[0], at[1], at[2]; {
	case now.Before(from):
		first, never = early, []string{"exp-past", "clock-behind", "iat-too-old"}
	case !now.Before(until):
		first, never = late, []string{"nbf-in-future", "iat-in-future", "clock-ahead"}
	default:
		return s
	}
	out := *s
	out.Explains = nil
	for _, cause := range append(slices.Clone(first), s.Explains...) {
		if slices.Contains(s.Explains, cause) && !slices.Contains(never, cause) && !slices.Contains(out.Explains, cause) {
			out.Explains = append(out.Explains, cause)
		}
	}
	return &out
}
