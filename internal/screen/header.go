package screen

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// provider names what the user chose, "" if it is to be detected.
func (m *Model) provider() string {
	s := m.state()
	names := slices.Clone(s.profiles)
	for i, id := range names {
		if p, err := m.Options.Library.Load(id); err == nil {
			names[i] = p.Name
		}
	}
	name := strings.Join(names, ", ")
	if s.env != "" {
		name += " " + m.paint.dot + " " + s.env
	}
	return m.seen(name)
}

// head is the line that says what the case is compared with, whose it is, and as of when
// it was checked.
func (m *Model) head(width int) string {
	it, c := m.current()
	if c == nil {
		if m.Live != nil && m.live.empty() {
			return " " + m.seen(m.LiveTitle)
		}
		if name := m.provider(); name != "" {
			return " " + m.paint.with(strong, name)
		}
		return " " + m.paint.with(strong, "jwtdoctor")
	}
	name := m.seen(cmp.Or(c.Profile.Name, c.Profile.ID))
	if c.Profile.Env != "" {
		name += " " + m.paint.dot + " " + m.seen(c.Profile.Env)
	}
	head := m.paint.with(strong, name)
	how := ""
	switch {
	case c.Profile.Fallback:
		how = " (no provider detected)"
	case c.Profile.Guessed && c.Profile.GuessedFrom != "":
		how = " (from " + m.seen(c.Profile.GuessedFrom) + ")"
	case c.Profile.Guessed:
		how = " (detected)"
	}
	if n := len(it.cases); n > 1 {
		how += " " + number(min(m.visit.by, n-1)+1) + "/" + number(n)
	}
	whose := client(c)
	if columns(whose) > 14 {
		whose = m.paint.fit(whose, 8+columns(m.paint.ellipsis))
	}
	if whose != "" {
		whose = "client " + m.seen(whose)
	}
	edited := ""
	if e := m.visit.edit; e != nil && e.unsigned {
		edited = m.paint.with(strong, "edited, no longer signed")
	} else if e != nil && len(e.request) > 0 {
		edited = m.paint.with(strong, "edited")
	}
	long, short := m.moment(c)
	if m.live.any() {
		long, short = m.safe(it.title), m.safe(it.title)
	}
	// What there is no room for is left out, the moment last.
	m.elsewhere = m.seen(short)
	line := ""
	for _, parts := range [][]string{
		{head + how, whose, edited, long}, {head + how, whose, edited, short}, {head + how, edited, short}, {head, edited, short}, {head + how, edited}, {head, edited}, {head},
	} {
		line = strings.Join(slices.DeleteFunc(slices.Clone(parts), func(p string) bool { return p == "" }), "   ")
		if columns(line) < width {
			if last := parts[len(parts)-1]; last != "" && (last == long || last == short) {
				m.elsewhere = ""
			}
			break
		}
	}
	return " " + line
}

// join sets parts side by side as far as they fit; the first is always there.
func join(parts []string, width int, between string) string {
	line := parts[0]
	for _, p := range parts[1:] {
		if p != "" && columns(line)+columns(between)+columns(p) <= width {
			line += between + p
		}
	}
	return line
}

// client is the client ID that the assertion claims.
func client(c *finding.Case) string {
	claims := object(c.Decoded.Claims)
	iss, _ := claims["iss"].(string)
	return iss
}

func object(raw json.RawMessage) map[string]any {
	var out map[string]any
	if json.Unmarshal(raw, &out) != nil {
		return nil
	}
	return out
}

// moment says as of when the case was checked, in a few words and in fewer.
func (m *Model) moment(c *finding.Case) (long, short string) {
	at, err := time.Parse(time.RFC3339, c.JudgedAsOf.Time)
	if err != nil {
		return "", ""
	}
	of := at.UTC().Format("2006-01-02 15:04:05Z")
	switch c.JudgedAsOf.Basis {
	case "now":
		of = "now"
	case "iat", "nbf", "exp":
		of = c.JudgedAsOf.Basis
		if exp, ok := object(c.Decoded.Claims)["exp"].(float64); ok {
			if ago := m.Clock().Sub(time.Unix(int64(exp), 0)); ago > 0 {
				expired := " (expired " + brief(ago) + " ago)"
				return "checked as of " + of + expired, "as of " + of + expired
			}
		}
	case "date":
		of = "the answer's Date"
	case "har":
		of = "the HAR's time"
	case "log":
		of = "the log's time"
		if m.visit.edit != nil {
			of = "when it was sent" // the time that an edit keeps, wherever it came from
		}
	case "arrival":
		of = "its arrival"
	}
	return "checked as of " + of, "as of " + of
}

// slots is the line that says of what the case consists.
func (m *Model) slots(width int) string {
	it, _ := m.current()
	slot := func(name string, there bool, more string) string {
		sign, i := m.paint.skip, plain
		if there {
			sign, i = m.paint.tick, good
		}
		if more != "" {
			more = " " + more
		}
		return "[" + name + " " + m.paint.with(i, sign) + more + "]"
	}
	var parts []string
	if m.live.any() {
		parts = append(parts, m.live.slot(m))
	}
	token, request, response, keys, status := false, false, false, m.state().jwks != nil || m.state().key != nil, ""
	if it != nil && it.judged != nil {
		e := it.judged
		token = e.HasAssertion()
		_, request = e.Request.Get()
		if r, ok := e.Response.Get(); ok {
			response = true
			if r.Status > 0 {
				status = number(r.Status)
			}
		}
		if m.visit.setAside() {
			status = "left out"
		}
		_, public := e.Keys.Get()
		_, own := e.PrivateKey.Get()
		keys = public || own // what was given may have been no keys: a page that says 404
	}
	parts = append(parts, "case: "+strings.Join([]string{slot("token", token, ""), slot("request", request, ""), slot("response", response, status), slot("keys", keys, "")}, " "))
	if n := len(m.items()); n > 1 && !m.live.any() {
		parts = append(parts, "exchange "+number(m.visit.at+1)+" of "+number(n)+" ([ ] go)")
	}
	parts = append(parts, m.paint.fit(m.elsewhere, min(columns(m.elsewhere), width/2)))
	if !m.live.any() {
		parts = append(parts, "paste more at any time")
	}
	return " " + join(parts, width-1, "   ")
}

func (m *Model) items() []*item {
	if m.visit == nil {
		return nil
	}
	return m.visit.items
}

// brief is a duration in its largest unit.
func brief(d time.Duration) string {
	for _, u := range []struct {
		of   time.Duration
		name string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "m"}} {
		if d >= u.of {
			return number(int(d/u.of)) + u.name
		}
	}
	return number(int(d/time.Second)) + "s"
}
