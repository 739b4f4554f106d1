package compare

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/mask"
	"github.com/assertionworks/jwtdoctor/internal/wording"
)

// assertion compares the two JWTs: their text, header, claims and times.
func (c *comparison) assertion() {
	g, gok := c.good.Assertion.Get()
	b, bok := c.bad.Assertion.Get()
	if !gok || !bok {
		if gok != bok {
			c.Unseen = append(c.Unseen, "the assertion: only "+side(gok)+" side has one")
		}
		return
	}
	c.put(AreaText, "text", text(shapeWords(g)), text(shapeWords(b)))
	signature := func(a *evidence.Assertion) value {
		if len(a.Segments) != 3 {
			return value{}
		}
		n := len(a.Segments[2].Decoded)
		return value{has: true, is: a.Segments[2].Clean, shown: fmt.Sprintf("%d bytes", n), sort: fmt.Sprint(n)}
	}
	c.put(AreaText, "signature", signature(g), signature(b))
	gh, _ := c.good.Header.Get()
	bh, _ := c.bad.Header.Get()
	c.members(AreaJOSE, gh, bh)
	gc, _ := c.good.Claims.Get()
	bc, _ := c.bad.Claims.Get()
	c.members(AreaClaim, gc, bc)
	if gc != nil && bc != nil {
		c.times(gc, bc)
	}
}

func shapeWords(a *evidence.Assertion) string {
	words := string(a.Shape)
	var repairs []string
	for _, r := range a.Repairs {
		if !slices.Contains(repairs, string(r.Cause)) {
			repairs = append(repairs, string(r.Cause))
		}
	}
	// What is not base64url is read all the same, and faulted by its cause.
	for _, s := range a.Segments {
		for _, f := range s.Faults {
			if !slices.Contains(repairs, string(f.Cause)) {
				repairs = append(repairs, string(f.Cause))
			}
		}
	}
	if len(repairs) > 0 {
		words += ", with " + strings.Join(repairs, ", ")
	}
	return words
}

// members compares the members of two objects by name.
func (c *comparison) members(area Area, g, b *evidence.Object) {
	if g == nil || b == nil {
		if (g == nil) != (b == nil) {
			c.Unseen = append(c.Unseen, fmt.Sprintf("the %ss: only %s side can be read", area, side(g != nil)))
		}
		return
	}
	named := func(m *jsonspan.Member) string { return m.Name }
	good, bad := grouped(g.Value.Members, named), grouped(b.Value.Members, named)
	for _, name := range c.names(area, func(yield func(string)) {
		for _, o := range []*evidence.Object{g, b} {
			for _, m := range o.Value.Members {
				yield(m.Name)
			}
		}
	}) {
		c.put(area, name, c.good.member(area, name, g, good[name]), c.bad.member(area, name, b, bad[name]))
	}
}

// member is one side's member of that name, all of which are given; the last counts.
func (side view) member(area Area, name string, o *evidence.Object, all []*jsonspan.Member) value {
	if len(all) == 0 || all[len(all)-1].Value.Kind == jsonspan.Invalid {
		return value{}
	}
	v := all[len(all)-1].Value
	plain := written(v)
	out := value{has: true, is: v.Kind.String() + " " + plain, shown: plain}
	if shown := side.shownMember(name, v); shown != plain {
		out.shown, out.masked = strings.Trim(shown, `"`), true
	}
	switch {
	case area != AreaClaim:
	case name == "jti":
		out.shown, out.sort = strings.Trim(out.shown, `"`), jtiSort(v)
	case slices.Contains([]string{"iat", "nbf", "exp", "auth_time"}, name):
		out.date(o.Date(name), plain)
	case name == "nonce" || name == "at_hash" || name == "c_hash":
		out.sort = name
	}
	// RFC 7519 section 4: which of two claims of one name counts, readers settle
	// differently, be they equal or not.
	if n := len(all); n > 1 {
		out.is += fmt.Sprintf(" ×%d", n)
		out.shown += fmt.Sprintf(", given %d times", n)
		out.sort = ""
	}
	return out
}

// date makes the value a date: what it is to the others is compared apart, how
// it is written counts.
func (v *value) date(d evidence.Date, plain string) {
	v.sort = "date as " + string(d.Form)
	switch {
	case d.Quoted:
		v.sort += " in quotes"
	case d.Usable && d.Form == evidence.DateSeconds:
		v.shown = d.At.UTC().Format("2006-01-02 15:04:05Z")
	case d.Form == evidence.DateFraction:
		v.shown = plain + " (with a fraction or an exponent)"
	case d.Form != evidence.DateSeconds && d.Form != evidence.DateAbsent:
		v.shown = plain + " (" + string(d.Form) + ")"
	}
}

// shownMember writes a value as it may be shown. A claim that names a person is not,
// even if the JWT is an assertion of a client, whose sub is the client itself.
func (side view) shownMember(name string, v *jsonspan.Value) string {
	m := side.personal
	if side.Kind == evidence.ClientAssertion && mask.Bare(name) == "sub" {
		m = side.plain
	}
	masked, _ := jsonspan.Scan(m.Claim(name, v), jsonspan.Limits{})
	return written(masked)
}

// jtiSort puts jti of the same form into one sort: their values must differ. One
// of a few characters is not a random value, as the others then are.
func jtiSort(v *jsonspan.Value) string {
	const few, many = 8, 128
	length := len(v.Str)
	switch {
	case v.Kind != jsonspan.String:
		return v.Kind.String()
	case length == 0:
		return "empty"
	case length > many:
		return fmt.Sprintf("%d characters", length)
	case length < few:
		return "few characters"
	}
	return "text"
}

// written writes a value on one line.
func written(v *jsonspan.Value) string {
	if v.Kind != jsonspan.Object && v.Kind != jsonspan.Array && v.Kind != jsonspan.String {
		return v.Raw
	}
	var b strings.Builder
	write(&b, v)
	return b.String()
}

func write(b *strings.Builder, v *jsonspan.Value) {
	switch v.Kind {
	case jsonspan.String:
		b.WriteByte('"')
		b.WriteString(v.Str)
		b.WriteByte('"')
	case jsonspan.Array:
		b.WriteByte('[')
		for i, it := range v.Items {
			if i > 0 {
				b.WriteString(", ")
			}
			write(b, it)
		}
		b.WriteByte(']')
	case jsonspan.Object:
		b.WriteByte('{')
		for i, m := range v.Members {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteByte('"')
			b.WriteString(m.Name)
			b.WriteString(`": `)
			write(b, m.Value)
		}
		b.WriteByte('}')
	default:
		b.WriteString(v.Raw)
	}
}

// times compares the times with each other and with the moment of sending:
// that the days differ means nothing, that the lifetimes do may.
func (c *comparison) times(g, b *evidence.Object) {
	sentG, sentB := sent(c.good), sent(c.bad)
	between := func(o *evidence.Object, from, to string) value {
		a, z := o.Date(from), o.Date(to)
		if !a.Usable || !z.Usable {
			return value{}
		}
		d := z.At.Sub(a.At)
		return value{has: true, is: d.String(), shown: span(d)}
	}
	c.both(AreaTime, "exp after iat", between(g, "iat", "exp"), between(b, "iat", "exp"))
	c.both(AreaTime, "nbf after iat", between(g, "iat", "nbf"), between(b, "iat", "nbf"))
	for _, claim := range []string{"iat", "nbf", "exp"} {
		gd, gok := since(g, claim, sentG)
		bd, bok := since(b, claim, sentB)
		if !gok || !bok {
			continue
		}
		good, bad := text(span(gd)), text(span(bd))
		if alike(gd, bd, claim == "exp") {
			good.sort, bad.sort = "near", "near"
		}
		c.put(AreaTime, claim+" after sending", good, bad)
	}
}

// since is how long after the sending a claim's moment is.
func since(o *evidence.Object, claim string, sent time.Time) (time.Duration, bool) {
	d := o.Date(claim)
	if !d.Usable || sent.IsZero() {
		return 0, false
	}
	return d.At.Sub(sent), true
}

// alike reports whether two moments, each relative to its sending, differ by no more
// than the time between signing and sending. Beginnings ahead of the sending are
// another thing: beyond what clocks differ by in whole seconds, a server may
// refuse them.
func alike(good, bad time.Duration, end bool) bool {
	const building, rounding = 30 * time.Second, 5 * time.Second
	apart := (good - bad).Abs()
	if end {
		return (good > 0) == (bad > 0) && apart < building
	}
	atOnce := func(d time.Duration) bool { return -building < d && d <= rounding }
	ahead := func(d time.Duration) bool { return d > rounding }
	return atOnce(good) && atOnce(bad) || ahead(good) == ahead(bad) && apart <= 2*rounding
}

// both compares where both sides have a value; one that cannot be reckoned is
// reported as the claim that is missing.
func (c *comparison) both(area Area, name string, good, bad value) {
	if good.has && bad.has {
		c.put(area, name, good, bad)
	}
}

// sent is when an exchange took place, as far as it says.
func sent(c view) time.Time {
	if r, ok := c.Response.Get(); ok && !r.Date.IsZero() {
		return r.Date
	}
	if r, ok := c.Request.Get(); ok {
		return r.Sent
	}
	return time.Time{}
}

func span(d time.Duration) string {
	if d%time.Second == 0 {
		d = d.Round(time.Second)
	} else {
		d = d.Round(time.Millisecond)
	}
	return wording.Setting(d)
}
