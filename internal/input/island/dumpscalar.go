package island

import (
	"strconv"
	"strings"
	"time"
)

// scalar writes a bare word as the JSON that it means.
func (d *dump) scalar(name string, from, to int) {
	word := d.s[from:to]
	switch strings.ToLower(word) {
	case "true", "false":
		d.out.Stand(strings.ToLower(word), d.t, from, to)
		return
	case "null", "none", "nil", "undefined", "<nil>":
		d.out.Stand("null", d.t, from, to)
		return
	}
	if timeName(name) {
		if whole, ok := floatSeconds(word); ok {
			d.number(whole, from, to)
			return
		}
	}
	if jsonNumber(word) {
		d.number(word, from, to)
		return
	}
	if timeName(name) {
		if plain := strings.TrimRight(word, "Lln"); digits(plain) {
			d.number(plain, from, to)
			return
		}
		if at, ok := moment(word); ok {
			d.number(strconv.FormatInt(at.Unix(), 10), from, to)
			return
		}
	}
	d.text(from, to)
}

func (d *dump) number(as string, from, to int) {
	if as == d.s[from:to] {
		d.out.Copy(d.t, from, to)
	} else {
		d.out.Stand(as, d.t, from, to)
	}
	d.i = max(d.i, to)
}

// floatSeconds is the whole number that Go and others print as 1.79586024e+09, since they
// decode every JSON number to a float.
func floatSeconds(word string) (string, bool) {
	if !strings.ContainsAny(word, "eE") || !jsonNumber(word) {
		return "", false
	}
	f, err := strconv.ParseFloat(word, 64)
	if err != nil || f != float64(int64(f)) || f < 0 || f > 1<<53 {
		return "", false
	}
	return strconv.FormatInt(int64(f), 10), true
}

// timeName reports whether the value of a claim is a NumericDate, so that a printed date
// is read as one.
func timeName(name string) bool {
	switch name {
	case "exp", "iat", "nbf", "auth_time":
		return true
	}
	return false
}

// moment reads the dates that Java and others print for a NumericDate; they need a time
// zone.
func moment(s string) (time.Time, bool) {
	s = strings.Trim(s, `"'`)
	for _, layout := range [...]string{time.RFC3339, "Mon Jan 2 15:04:05 MST 2006", "2006-01-02 15:04:05 -0700 MST", "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05Z07:00"} {
		if at, err := time.Parse(layout, s); err == nil {
			if layout == "Mon Jan 2 15:04:05 MST 2006" && !strings.Contains(s, " UTC ") && !strings.Contains(s, " GMT ") {
				return time.Time{}, false // Go does not know what CEST is
			}
			return at, true
		}
	}
	return time.Time{}, false
}

// pythonTime reads datetime.datetime(2026, 11, 28, 10, 0, tzinfo=…utc).
func pythonTime(s string) (at int64, length int, ok bool) {
	rest, ok := strings.CutPrefix(s, "datetime.datetime(")
	if !ok {
		return 0, 0, false
	}
	inner := rest[:min(len(rest), 120)]
	end, depth := -1, 1
	for i := range len(inner) {
		switch inner[i] {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				end = i
			}
		}
		if end >= 0 {
			break
		}
	}
	if end < 0 || !strings.Contains(strings.ToLower(inner[:end]), "utc") {
		return 0, 0, false
	}
	var n [7]int
	for i, part := range strings.Split(inner[:end], ",") {
		v, err := strconv.Atoi(strings.TrimSpace(part))
		if err != nil || i >= len(n) {
			break
		}
		n[i] = v
	}
	if n[0] < 1970 || n[1] < 1 || n[2] < 1 {
		return 0, 0, false
	}
	return time.Date(n[0], time.Month(n[1]), n[2], n[3], n[4], n[5], 0, time.UTC).Unix(), len(s) - len(rest) + end + 1, true
}

// jsonNumber reports whether a word is a number as JSON writes it.
func jsonNumber(s string) bool {
	if len(s) == 0 || len(s) > 40 || !(s[0] == '-' || s[0] >= '0' && s[0] <= '9') {
		return false
	}
	if _, err := strconv.ParseFloat(s, 64); err != nil || strings.ContainsAny(s, "xX_pP") || s[len(s)-1] == '.' {
		return false
	}
	plain := strings.TrimPrefix(s, "-")
	return len(plain) == 1 || plain[0] != '0' || plain[1] == '.'
}
