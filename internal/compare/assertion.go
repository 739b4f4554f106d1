package compare

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// assertion compares the two JWTs: their text, header, claims and times.
func (c *comparison) assertion() {
	g, gok := c.good.Assertion.Get()
	b, bok := c.bad.Assertion.Get()
	if !gok || !bok {
		if gok != bok {
			c.Unseen = append(c.Unseen, "the assertion: "+side(gok)+" side alone has one")
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
		if !slices.Contains(repairs, r.Cause) {
			repairs = append(repairs, r.Cause)
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
			c.Unseen = append(c.Unseen, fmt.Sprintf("the %ss: %s side alone can be read", area, side(g != nil)))
		}
		return
	}
	for _, name := range names(16, func(yield func(string)) {
		for _, o := range []*evidence.Object{g, b} {
			for _, m := range o.Value.Members {
				yield(m.Name)
			}
		}
	}) {
		of := func(o *evidence.Object, side *evidence.Case) value {
			v, ok := o.Get(name)
			if !ok {
				return value{}
			}
			written := written(v)
			out := value{has: true, is: v.Kind.String() + " " + written, shown: written}
			switch {
			case area != AreaClaim:
			case name == "jti":
				out.shown, out.sort = side.Mask(strings.Trim(written, `"`)), jtiSort(v)
			case slices.Contains([]string{"iat", "nbf", "exp", "auth_time"}, name):
				if d := o.Date(name); d.Usable {
					out.shown = d.At.UTC().Format("2006-01-02 15:04:05Z")
				}
				out.sort = "date as " + v.Kind.String() // what it is to the others is compared apart
			case name == "nonce" || name == "at_hash" || name == "c_hash":
				out.sort = name
			}
			return out
		}
		c.put(area, name, of(g, c.good), of(b, c.bad))
	}
}

// jtiSort puts jti of the same form into one sort: their values must differ.
func jtiSort(v *jsonspan.Value) string {
	length := len(v.Str)
	switch {
	case v.Kind != jsonspan.String:
		return v.Kind.String()
	case length == 0:
		return "empty"
	case length > 128:
		return fmt.Sprintf("%d characters", length)
	}
	return "text"
}

func written(v *jsonspan.Value) string {
	switch v.Kind {
	case jsonspan.String:
		return `"` + v.Str + `"`
	case jsonspan.Array:
		var items []string
		for _, it := range v.Items {
			items = append(items, written(it))
		}
		return "[" + strings.Join(items, ", ") + "]"
	case jsonspan.Object:
		var items []string
		for _, m := range v.Members {
			items = append(items, `"`+m.Name+`": `+written(m.Value))
		}
		return "{" + strings.Join(items, ", ") + "}"
	}
	return v.Raw
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
	since := func(o *evidence.Object, claim string, at time.Time) value {
		d := o.Date(claim)
		if !d.Usable || at.IsZero() {
			return value{}
		}
		ahead := d.At.Sub(at)
		v := value{has: true, is: ahead.String(), shown: span(ahead)}
		if ahead.Abs() < 30*time.Second {
			v.sort = "near" // as long as the request took to be built
		}
		return v
	}
	for _, claim := range []string{"iat", "nbf", "exp"} {
		good, bad := since(g, claim, sentG), since(b, claim, sentB)
		if good.has && bad.has && claim == "exp" {
			// A few seconds more or less are those between signing and sending.
			gd, bd := g.Date(claim).At.Sub(sentG), b.Date(claim).At.Sub(sentB)
			if (gd > 0) == (bd > 0) && (gd-bd).Abs() < 30*time.Second {
				good.sort, bad.sort = "near", "near"
			}
		}
		c.both(AreaTime, claim+" after sending", good, bad)
	}
}

// both compares where both sides have a value; one that cannot be reckoned is
// told as the claim that is missing.
func (c *comparison) both(area Area, name string, good, bad value) {
	if good.has && bad.has {
		c.put(area, name, good, bad)
	}
}

// sent is when an exchange took place, as far as it tells.
func sent(c *evidence.Case) time.Time {
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
	return d.String()
}
