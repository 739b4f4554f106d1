package report

import (
	"strings"
	"testing"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/visible"
)

// times makes a timeline of "label seconds" pairs after a fixed iat.
func times(marks ...any) *finding.Timeline {
	var t finding.Timeline
	base := at("15:02:53")
	for i := 0; i < len(marks); i += 2 {
		name, bad := strings.CutPrefix(marks[i].(string), "!")
		kind := finding.MarkClaim
		switch name {
		case "now":
			kind = finding.MarkNow
		case "limit":
			kind = finding.MarkLimit
		}
		t.Marks = append(t.Marks, finding.Mark{Kind: kind, Label: name, Bad: bad, At: time.Unix(base.Unix()+int64(marks[i+1].(int)), 0)})
	}
	return &t
}

func timelines() []struct {
	name string
	t    *finding.Timeline
} {
	const minute, hour, day, year = 60, 3600, 86400, 31556952
	return []struct {
		name string
		t    *finding.Timeline
	}{
		{"lifetime too long", times("now", -42, "iat", 0, "limit", 5*minute, "!exp", 10*minute)},
		{"expired three minutes ago", times("iat", 0, "!exp", 5*minute, "now", 8*minute)},
		{"expired six years ago", times("iat", 0, "limit", 5*minute, "!exp", 5*minute, "now", 6*year)},
		{"expired six years ago, limit apart", times("iat", 0, "limit", 5*minute, "!exp", 10*minute, "now", 6*year)},
		{"iat in the future", times("now", -3*hour, "limit", -3*hour+10, "!iat", 0, "exp", 5*minute)},
		{"iat too old", times("!iat", 0, "limit", 2*minute, "now", 4*minute, "exp", 5*minute)},
		{"exp before iat", times("now", 1, "iat", 0, "!exp", -30)},
		{"milliseconds read as seconds", times("now", 3, "limit", 303, "!exp", 53_000*year)},
		{"all at once", times("now", 0, "iat", 0, "limit", 0, "!exp", 0)},
		{"two seconds apart, one far", times("iat", 0, "nbf", 1, "now", 2, "limit", 3, "!exp", 3*day)},
		{"before the year nought", times("!iat", -60_000*year+hour, "now", 5, "exp", 300)},
		{"eight marks", times("a", 0, "b", 1, "c", 2, "d", 3, "e", 100_000, "f", 100_001, "now", 500_000_000, "!h", 500_000_001)},
	}
}

func TestTimelines(t *testing.T) {
	var b strings.Builder
	for _, width := range []int{60, 80, 120} {
		for _, tt := range timelines() {
			p := newPage(newPaint(&b, false), Options{Width: width})
			p.timeline(tt.t)
			b.WriteString("## " + tt.name + "\n" + p.b.String() + "\n")
		}
	}
	golden(t, "timelines.txt", b.String())
}

func TestTimelineFits(t *testing.T) {
	for _, ascii := range []bool{false, true} {
		for width := minWidth; width <= maxTextWidth; width++ {
			for _, tt := range timelines() {
				var b strings.Builder
				p := newPage(newPaint(&b, false), Options{Width: width, ASCII: ascii})
				p.timeline(tt.t)
				for line := range strings.Lines(p.b.String()) {
					if w := visible.Width(strings.TrimSuffix(line, "\n")); w > width {
						t.Errorf("%s at %d columns: a line of %d\n%s", tt.name, width, w, p.b.String())
					}
				}
			}
		}
	}
}

// The order on the bar is the order in time, whatever the distances.
func TestTimelineOrder(t *testing.T) {
	for _, tt := range timelines() {
		for bar := minWidth - pictureIndent - 1; bar <= barMax; bar++ {
			marks := append([]finding.Mark(nil), tt.t.Marks...)
			sortMarks(marks)
			instants := arrange(marks, bar)
			for i := 1; i < len(instants); i++ {
				if instants[i].at <= instants[i-1].at || instants[i].column <= instants[i-1].column {
					t.Fatalf("%s, bar of %d: %+v", tt.name, bar, instants)
				}
				if instants[i].column >= bar {
					t.Fatalf("%s, bar of %d: column %d", tt.name, bar, instants[i].column)
				}
			}
		}
	}
}

func TestLapse(t *testing.T) {
	for s, want := range map[int64]string{
		0: "0s", 42: "42s", -42: "42s", 59: "59s", 60: "1m", 61: "1m01s", 300: "5m", 3599: "59m59s", 3600: "1h", 3659: "1h", 3660: "1h 01m", 7380: "2h 03m",
		172799: "47h 59m", 172800: "2 days", 180000: "2 days 2h", 864000: "10 days", 63113903: "730 days", 63113904: "2 years", 78892380: "2.5 years", 189341000: "6 years", 190000000: "6 years",
		1_700_000_000_000: "53,870 years", -1 << 63: "292,277,024,626 years",
	} {
		if got := lapse(s); got != want {
			t.Errorf("lapse(%d) = %q, want %q", s, got, want)
		}
	}
	if got := signed(-90); got != "-1m30s" {
		t.Errorf("signed(-90) = %q", got)
	}
}
