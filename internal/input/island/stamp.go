package island

import (
	"strconv"
	"strings"
	"time"
)

// longestStamp is how far into a line its time stamp may reach.
const longestStamp = 64

// stampAt reads the time stamp that a text begins with, and returns its length; 0 if
// there is none. The length includes what a log puts around it ([, time=").
func stampAt(s string) (stamp Stamp, length int) {
	s = s[:min(len(s), longestStamp)]
	i := 0
	for i < len(s) && (s[i] == ' ' || s[i] == '\t') {
		i++
	}
	if strings.HasPrefix(s[i:], "I, [") || strings.HasPrefix(s[i:], "D, [") || strings.HasPrefix(s[i:], "E, [") || strings.HasPrefix(s[i:], "W, [") { // Ruby
		i += 3
	}
	for _, name := range [...]string{"timestamp=", "time=", "ts=", "t=", "at="} {
		if strings.HasPrefix(s[i:], name) {
			i += len(name)
			break
		}
	}
	closing := byte(0)
	if i < len(s) {
		switch s[i] {
		case '[':
			closing = ']'
		case '(':
			closing = ')'
		case '"', '\'':
			closing = s[i]
		}
		if closing != 0 {
			i++
		}
	}
	for _, read := range [...]func(string) (Stamp, int){isoStamp, httpStamp, commonStamp, epochStamp} {
		st, n := read(s[i:])
		if n == 0 {
			continue
		}
		i += n
		if closing != 0 && i < len(s) && s[i] == closing {
			i++
		} else if closing == ']' {
			if k := strings.IndexByte(s[i:], ']'); k >= 0 && k < 30 { // [2026-11-28T10:00:00.1 #123]
				i += k + 1
			}
		}
		return st, i
	}
	return Stamp{}, 0
}

// Stamped reports whether the first line of a text begins with the time stamp of a log.
func Stamped(text string) bool {
	line, _, _ := strings.Cut(text[:min(len(text), longestStamp+1)], "\n")
	_, n := stampAt(line)
	return n > 0 && n < len(line) && line[n] == ' '
}

// isoStamp reads 2026-11-28T10:00:39.892Z and its many variants.
func isoStamp(s string) (Stamp, int) {
	if len(s) < 19 || !(isDigit(s[0]) && isDigit(s[3]) && (s[4] == '-' || s[4] == '/')) {
		return Stamp{}, 0
	}
	n, ok := numbers(s, [...]int{0, 4, 5, 2, 8, 2, 11, 2, 14, 2, 17, 2})
	if !ok || s[7] != s[4] || s[10] != 'T' && s[10] != 't' && s[10] != ' ' && s[10] != '_' || s[13] != ':' || s[16] != ':' {
		return Stamp{}, 0
	}
	i := 19
	nanos := 0
	if i < len(s) && (s[i] == '.' || s[i] == ',') && i+1 < len(s) && isDigit(s[i+1]) {
		k := i + 1
		scale := 100_000_000
		for k < len(s) && isDigit(s[k]) {
			nanos += int(s[k]-'0') * scale
			scale /= 10
			k++
		}
		i = k
	}
	if n[1] < 1 || n[1] > 12 || n[2] < 1 || n[2] > 31 || n[3] > 24 || n[4] > 59 || n[5] > 60 {
		return Stamp{}, 0
	}
	offset, zoned, length := zone(s[i:])
	t := time.Date(n[0], time.Month(n[1]), n[2], n[3], n[4], n[5], nanos, time.UTC).Add(-offset)
	return Stamp{Time: t, Zoned: zoned}, i + length
}

// numbers reads numbers at fixed offsets. at is offset, digits, offset, digits, …
func numbers(s string, at [12]int) (out [6]int, ok bool) {
	for k := range 6 {
		from, n := at[2*k], at[2*k+1]
		for i := from; i < from+n; i++ {
			if i >= len(s) || !isDigit(s[i]) {
				return out, false
			}
			out[k] = out[k]*10 + int(s[i]-'0')
		}
	}
	return out, true
}

// zone reads Z, UTC, +01:00, +0100, " +0000".
func zone(s string) (offset time.Duration, zoned bool, length int) {
	i := 0
	if i < len(s) && s[i] == ' ' {
		i++
	}
	rest := s[i:]
	switch {
	case i == 0 && strings.HasPrefix(rest, "Z"):
		return 0, true, 1
	case strings.HasPrefix(rest, "UTC"), strings.HasPrefix(rest, "GMT"):
		return 0, true, i + 3
	case strings.HasPrefix(rest, "Z ") || rest == "Z":
		return 0, true, i + 1
	}
	if len(rest) < 3 || rest[0] != '+' && rest[0] != '-' || !isDigit(rest[1]) || !isDigit(rest[2]) {
		return 0, false, 0
	}
	hours, minutes, n := int(rest[1]-'0')*10+int(rest[2]-'0'), 0, 3
	k := n
	if k < len(rest) && rest[k] == ':' {
		k++
	}
	if k+1 < len(rest) && isDigit(rest[k]) && isDigit(rest[k+1]) {
		minutes, n = int(rest[k]-'0')*10+int(rest[k+1]-'0'), k+2
	} else if i == 1 {
		return 0, false, 0 // a blank and -12 may be anything
	}
	if n < len(rest) && isDigit(rest[n]) || hours > 14 || minutes > 59 {
		return 0, false, 0
	}
	offset = time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute
	if rest[0] == '-' {
		offset = -offset
	}
	return offset, true, i + n
}

// httpStamp reads Sat, 28 Nov 2026 10:00:39 GMT, and 28 Nov 2026 10:00:39 +0000.
func httpStamp(s string) (Stamp, int) {
	i := 0
	if n := strings.IndexByte(s[:min(len(s), 11)], ','); n > 2 && weekday(s[:n]) {
		i = n + 1
		for i < len(s) && s[i] == ' ' {
			i++
		}
	}
	if i >= len(s) || !isDigit(s[i]) {
		return Stamp{}, 0
	}
	for _, layout := range [...]string{"02 Jan 2006 15:04:05", "02-Jan-2006 15:04:05", "2 Jan 2006 15:04:05"} {
		for _, n := range [...]int{len("02 Jan 2006 15:04:05"), len("2 Jan 2006 15:04:05")} {
			if i+n > len(s) {
				continue
			}
			t, err := time.Parse(layout, s[i:i+n])
			if err != nil {
				continue
			}
			end := i + n
			for end < len(s) && (s[end] == '.' || s[end] == ',' || isDigit(s[end])) {
				end++
			}
			offset, zoned, length := zone(s[end:])
			return Stamp{Time: t.Add(-offset), Zoned: zoned}, end + length
		}
	}
	return Stamp{}, 0
}

func weekday(s string) bool {
	for _, day := range [...]string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"} {
		if strings.HasPrefix(s, day) {
			return len(s) == 3 || strings.HasSuffix(s, "day")
		}
	}
	return false
}

// commonStamp reads the 28/Nov/2026:10:00:39 +0000 of access logs.
func commonStamp(s string) (Stamp, int) {
	const layout = "02/Jan/2006:15:04:05"
	if len(s) < len(layout) || s[2] != '/' {
		return Stamp{}, 0
	}
	t, err := time.Parse(layout, s[:len(layout)])
	if err != nil {
		return Stamp{}, 0
	}
	offset, zoned, length := zone(s[len(layout):])
	return Stamp{Time: t.Add(-offset), Zoned: zoned}, len(layout) + length
}

// epochStamp reads seconds since 1970, with decimals, or milliseconds, if a blank or
// bracket follows.
func epochStamp(s string) (Stamp, int) {
	n := 0
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	whole := s[:n]
	if n != 10 && n != 13 || whole[0] != '1' && whole[0] != '2' {
		return Stamp{}, 0
	}
	v, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		return Stamp{}, 0
	}
	t := time.Unix(v, 0)
	if n == 13 {
		t = time.UnixMilli(v)
	}
	if n == 10 && n < len(s) && s[n] == '.' {
		for n++; n < len(s) && isDigit(s[n]); n++ {
		}
	}
	if n < len(s) && strings.IndexByte(" ])", s[n]) < 0 {
		return Stamp{}, 0
	}
	return Stamp{Time: t.UTC(), Zoned: true}, n
}

// unzonedStamp is the length of a time without a year or date at the beginning of a line,
// as in syslog (Nov 28 10:00:39), klog (E1128 10:00:39.892693) and consoles
// (10:00:39.892). Such a time is useless.
func unzonedStamp(s string) int {
	clock := func(i int) int {
		if i+8 > len(s) || s[i+2] != ':' || s[i+5] != ':' || !isDigit(s[i]) || !isDigit(s[i+7]) {
			return 0
		}
		i += 8
		for i < len(s) && (isDigit(s[i]) || s[i] == '.' || s[i] == ',') {
			i++
		}
		return i
	}
	switch {
	case len(s) > 15 && isLetter(s[0]) && isLetter(s[1]) && isLetter(s[2]) && s[3] == ' ' && (isDigit(s[4]) || s[4] == ' ') && isDigit(s[5]) && s[6] == ' ':
		return clock(7)
	case len(s) > 13 && strings.IndexByte("IWEFD", s[0]) >= 0 && isDigit(s[1]) && isDigit(s[4]) && s[5] == ' ':
		return clock(6)
	case len(s) > 8 && isDigit(s[0]):
		return clock(0)
	}
	return 0
}
