// Package compare sets two token exchanges side by side: what the one that
// works has and the one that fails lacks. What differs in every request
// on its own (jti, signature, the time) is kept apart from what may
// matter. It judges neither against a provider, and asks nobody.
package compare

import (
	"fmt"
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/mask"
)

// Area is the part of an exchange in which something differs.
type Area string

// Areas, in the order they are reported.
const (
	AreaRequest Area = "request"   // method, URL, HTTP version, framing
	AreaField   Area = "header"    // HTTP header fields
	AreaParam   Area = "parameter" // of the URL and the body
	AreaText    Area = "assertion" // the text of the JWT itself
	AreaJOSE    Area = "JOSE header"
	AreaClaim   Area = "claim"
	AreaTime    Area = "time"   // relative to the sending, or to iat
	AreaReplay  Area = "replay" // what is the same on both sides, and may be used once
)

// Difference is one thing that is not the same on both sides.
type Difference struct {
	Area Area   `json:"area"`
	Name string `json:"name"`
	// Good and Bad are the values as they may be shown; "" if a side has none.
	Good string `json:"good"`
	Bad  string `json:"bad"`
	// Only is "good" or "bad" if only one side has it.
	Only string `json:"only,omitempty"`
	// Matters is false for what differs from request to request on its own.
	Matters bool   `json:"matters"`
	Note    string `json:"note,omitempty"` // "only by a trailing slash"
}

// Result is all that differs, and how much does not.
type Result struct {
	Differences []Difference `json:"differences"`
	Same        int          `json:"same"`
	// Unseen names what one side shows and the other does not, so that it
	// could not be compared: a body against a whole request.
	Unseen []string `json:"unseen"`
}

// Compared reports whether there was anything to compare at all.
func (r Result) Compared() bool { return r.Same > 0 || len(r.Differences) > 0 }

// Matter returns the differences that may matter.
func (r Result) Matter() []Difference {
	return slices.DeleteFunc(slices.Clone(r.Differences), func(d Difference) bool { return !d.Matters })
}

// comparison is a comparison under way.
type comparison struct {
	good, bad view
	Result
}

// view is one side with the masks it is seen through.
type view struct {
	*evidence.Case
	plain    *mask.Mask
	personal *mask.Mask // as if its JWT were about a person
}

func viewOf(c *evidence.Case) view {
	return view{Case: c, plain: mask.Of(c), personal: mask.Of(person{c})}
}

// person is a case whose JWT is taken to be about a person.
type person struct{ *evidence.Case }

// Person implements mask.Source.
func (person) Person() bool { return true }

// Compare sets two exchanges side by side. Values that are secret are masked as
// in every report, which leaves equal ones equal to see.
func Compare(good, bad *evidence.Case) Result {
	c := &comparison{good: viewOf(good), bad: viewOf(bad)}
	c.Differences, c.Unseen = []Difference{}, []string{}
	c.request()
	c.assertion()
	c.replay()
	c.mask()
	slices.SortStableFunc(c.Differences, func(a, b Difference) int {
		switch {
		case a.Matters == b.Matters:
			return 0
		case a.Matters:
			return -1
		}
		return 1
	})
	return c.Result
}

// mask hides the secrets of either side wherever they are quoted: the other side may
// have the same value under another name.
func (c *comparison) mask() {
	m := mask.Of(c.good.Case, c.bad.Case)
	for i := range c.Differences {
		d := &c.Differences[i]
		d.Name = m.Name(d.Name)
		m.Texts(&d.Good, &d.Bad, &d.Note)
	}
	for i := range c.Unseen {
		m.Texts(&c.Unseen[i])
	}
}

// value is one side's value: as it is compared, and as it is shown.
type value struct {
	has   bool
	is    string
	shown string
	// sort makes the value one that differs from request to request on its own, as
	// long as it is of the same sort on both sides.
	sort string
	// masked is true if shown is not the value itself, so that it says
	// nothing of how near two are.
	masked bool
}

func text(s string) value { return value{has: true, is: s, shown: s} }

// put compares one value. Different values of the same sort do not matter.
func (c *comparison) put(area Area, name string, good, bad value) {
	d := Difference{Area: area, Name: name, Good: good.shown, Bad: bad.shown, Matters: true}
	switch {
	case !good.has && !bad.has:
		return
	case good.has != bad.has:
		if d.Only = "bad"; good.has {
			d.Only = "good"
		}
	case good.is == bad.is:
		c.Same++
		return
	case good.sort != "" && good.sort == bad.sort:
		d.Matters = false
	case good.shown == bad.shown:
		d.Note = "in what is not shown"
	case good.masked || bad.masked:
	default:
		d.Note = nearness(strings.Trim(good.shown, `"`), strings.Trim(bad.shown, `"`))
	}
	c.Differences = append(c.Differences, d)
}

// nearness says in words how near two texts are; "" if they are not.
func nearness(a, b string) string {
	switch {
	case strings.TrimSpace(a) == strings.TrimSpace(b):
		return "only by whitespace"
	case strings.EqualFold(a, b):
		return "only by upper and lower case"
	case strings.TrimRight(a, "/") == strings.TrimRight(b, "/"):
		return "only by a trailing slash"
	case strings.Trim(a, `"'`) == strings.Trim(b, `"'`):
		return "only by quotation marks"
	case strings.TrimPrefix(strings.TrimPrefix(a, "https:"), "http:") == strings.TrimPrefix(strings.TrimPrefix(b, "https:"), "http:"):
		return "only by http and https"
	}
	return ""
}

// maxNames is how many names of one area are compared; nothing that is sent has
// a tenth of it.
const maxNames = 2000

// names collects names once each, in order, and notes when there are more than
// are compared.
func (c *comparison) names(area Area, each func(yield func(string))) []string {
	var out []string
	seen := map[string]bool{}
	more := false
	each(func(name string) {
		switch {
		case seen[name]:
		case len(out) == maxNames:
			more = true
		default:
			seen[name] = true
			out = append(out, name)
		}
	})
	if more {
		c.Unseen = append(c.Unseen, fmt.Sprintf("the %ss after the first %d: remove what both sides share, and compare again", area, maxNames))
	}
	return out
}

// grouped collects the items of each name, in order, so that none has to be
// searched for in the whole list.
func grouped[T any](list []T, name func(*T) string) map[string][]*T {
	out := make(map[string][]*T, min(len(list), maxNames))
	for i := range list {
		n := name(&list[i])
		out[n] = append(out[n], &list[i])
	}
	return out
}

func side(good bool) string {
	if good {
		return "the good"
	}
	return "the bad"
}
