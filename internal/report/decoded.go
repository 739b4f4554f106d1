package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// DecodedText writes what one assertion says: who sends it to whom and how it is
// signed, its JSON, and its times in words as seen at now. If a part cannot be read, the failed findings of the case say why;
// beyond that nothing is judged.
func DecodedText(w io.Writer, c finding.Case, now time.Time, o Options) error {
	p := newPage(newPaint(w, o.Color), o)
	if !o.Quiet {
		line := p.shown(where(c.Input))
		if c.ReadAs != "" {
			line += " " + p.dot + " read as " + p.sentence(c.ReadAs)
		}
		p.wrapped(piece{}, plain, line)
		p.gap()
		p.summary(c.Decoded, now)
		p.gap()
	}
	p.part("HEADER", c.Decoded.Header)
	p.part("CLAIMS", c.Decoded.Claims)
	if !o.Quiet {
		p.times(members(c.Decoded.Claims), now)
	}
	if len(members(c.Decoded.Header)) == 0 || len(members(c.Decoded.Claims)) == 0 {
		for _, f := range c.Findings {
			if f.Outcome == finding.Fail {
				p.headline(p.cross, worse, plain, firstOf(f.Message, f.Title), string(f.Cause))
			}
		}
	}
	_, err := w.Write(append(bytes.TrimRight(p.b.Bytes(), "\n"), '\n'))
	return err
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// member is a name of an object with its value as JSON.
type member struct {
	name  string
	value json.RawMessage
}

// members takes a JSON object apart in its own order; nil if it is none.
func members(raw json.RawMessage) []member {
	dec := json.NewDecoder(strings.NewReader(string(raw)))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil
	}
	var out []member
	for dec.More() {
		t, err := dec.Token()
		name, ok := t.(string)
		if err != nil || !ok {
			return out
		}
		var v json.RawMessage
		if dec.Decode(&v) != nil {
			return out
		}
		out = append(out, member{name, v})
	}
	return out
}

// part writes one object. Values stay JSON, so that a number and the same in quotes
// can be told apart.
func (p *page) part(title string, raw json.RawMessage) {
	p.line(piece{strong, title})
	if string(object(raw)) == "null" {
		p.line(piece{plain, pad(bodyIndent) + "not readable"})
		p.gap()
		return
	}
	p.object(members(raw))
	p.gap()
}

// times lists the claims that are times, in words.
func (p *page) times(claims []member, now time.Time) {
	began := false
	for _, m := range claims {
		words := moment(m, now)
		if words == "" {
			continue
		}
		if !began {
			p.line(piece{strong, "TIMES"})
			began = true
		}
		p.line(piece{plain, pad(bodyIndent) + m.name + "  " + words})
	}
	p.gap()
}

// moment is in words what a member says that is a time, "" for all others.
func moment(m member, now time.Time) string {
	if !slices.Contains([]string{"iat", "nbf", "exp", "auth_time", "updated_at"}, m.name) {
		return ""
	}
	text := strings.Trim(string(m.value), `"`)
	n, err := strconv.ParseFloat(text, 64)
	// From here on a number is not a time of this world in seconds.
	const farSeconds, farMilliseconds = 1e11, 1e14
	switch {
	case err != nil || n < 0 || n >= farMilliseconds:
		return ""
	case n >= farSeconds:
		return fmt.Sprintf("read as milliseconds: %s", seenFrom(time.UnixMilli(int64(n)), now))
	}
	return seenFrom(time.Unix(int64(n), 0), now)
}

func seenFrom(t, now time.Time) string {
	seconds := t.Unix() - now.Unix()
	switch {
	case seconds == 0:
		return clock(t, true) + ", now"
	case seconds < 0:
		return clock(t, true) + ", " + lapse(-seconds) + " ago"
	}
	return clock(t, true) + ", in " + lapse(seconds)
}
