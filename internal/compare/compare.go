// Package compare sets two token exchanges side by side: what the one that
// works has and the one that fails has not. What differs from request to request
// by itself (jti, signature, the hour of the day) is told apart from what may
// matter. It judges neither against a provider, and asks nobody.
package compare

import (
	"fmt"
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

// Area is the part of an exchange in which something differs.
type Area string

// Areas, in the order they are told.
const (
	AreaRequest Area = "request"   // method, URL, HTTP version, framing
	AreaField   Area = "header"    // HTTP header fields
	AreaParam   Area = "parameter" // of the URL and the body
	AreaText    Area = "assertion" // the text of the JWT itself
	AreaJOSE    Area = "JOSE header"
	AreaClaim   Area = "claim"
	AreaTime    Area = "time" // relative to the sending, or to iat
)

// Difference is one thing that is not the same on both sides.
type Difference struct {
	Area Area   `json:"area"`
	Name string `json:"name"`
	// Good and Bad are the values as they may be shown; "" where a side has none.
	Good string `json:"good"`
	Bad  string `json:"bad"`
	// Only is "good" or "bad" where one side alone has it.
	Only string `json:"only,omitempty"`
	// Matters is false for what differs from request to request by itself.
	Matters bool   `json:"matters"`
	Note    string `json:"note,omitempty"` // "by a trailing slash alone"
}

// Result is all that differs, and how much does not.
type Result struct {
	Differences []Difference `json:"differences"`
	Same        int          `json:"same"`
	// Unseen names what one side shows and the other does not, so that it
	// could not be compared: a body against a whole request.
	Unseen []string `json:"unseen"`
}

// Matter returns the differences that may matter.
func (r Result) Matter() []Difference {
	return slices.DeleteFunc(slices.Clone(r.Differences), func(d Difference) bool { return !d.Matters })
}

// comparison is a comparison under way.
type comparison struct {
	good, bad *evidence.Case
	Result
}

// Compare sets two exchanges side by side. Values that are secret are masked as
// in every report, which leaves equal ones equal to see.
func Compare(good, bad *evidence.Case) Result {
	c := &comparison{good: good, bad: bad}
	c.Differences, c.Unseen = []Difference{}, []string{}
	c.request()
	c.assertion()
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

// value is one side's value: as it is compared, and as it is shown.
type value struct {
	has   bool
	is    string
	shown string
	// by makes the value one that differs from request to request by itself, as
	// long as it is of the same sort on both sides.
	sort string
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
	default:
		d.Note = nearness(strings.Trim(good.shown, `"`), strings.Trim(bad.shown, `"`))
	}
	c.Differences = append(c.Differences, d)
}

// nearness tells in words how near two texts are; "" where they are not.
func nearness(a, b string) string {
	switch {
	case strings.TrimSpace(a) == strings.TrimSpace(b):
		return "by white space alone"
	case strings.EqualFold(a, b):
		return "by upper and lower case alone"
	case strings.TrimRight(a, "/") == strings.TrimRight(b, "/"):
		return "by a trailing slash alone"
	case strings.Trim(a, `"'`) == strings.Trim(b, `"'`):
		return "by quotation marks alone"
	case strings.TrimPrefix(strings.TrimPrefix(a, "https:"), "http:") == strings.TrimPrefix(strings.TrimPrefix(b, "https:"), "http:"):
		return "by http and https alone"
	}
	return ""
}

// request compares method, URL, header fields and parameters.
func (c *comparison) request() {
	g, gok := c.good.Request.Get()
	b, bok := c.bad.Request.Get()
	if !gok || !bok {
		if gok != bok {
			c.Unseen = append(c.Unseen, "the request: "+side(gok)+" side alone has one")
		}
		return
	}
	if g.Method != "" && b.Method != "" {
		c.put(AreaRequest, "method", text(g.Method), text(b.Method))
	} else if g.Method != b.Method {
		c.Unseen = append(c.Unseen, "the method: "+side(g.Method != "")+" side alone tells it")
	}
	if g.Endpoint() != "" && b.Endpoint() != "" {
		c.put(AreaRequest, "URL", text(comparable(g.Endpoint(), b.Endpoint())), text(comparable(b.Endpoint(), g.Endpoint())))
	} else if g.Endpoint() != b.Endpoint() {
		c.Unseen = append(c.Unseen, "the URL: "+side(g.Endpoint() != "")+" side alone tells it")
	}
	if g.Version != "" && b.Version != "" {
		c.put(AreaRequest, "HTTP version", text(g.Version), text(b.Version))
	}
	if g.BodyKnown && b.BodyKnown {
		c.put(AreaRequest, "body", text(bodyWords(g)), text(bodyWords(b)))
	}
	if len(g.Redirects) > 0 || len(b.Redirects) > 0 {
		c.put(AreaRequest, "redirects", text(redirectWords(g)), text(redirectWords(b)))
	}
	c.fields(g, b)
	c.params(g, b)
}

// comparable leaves the scheme out where the other side's is not known.
func comparable(url, other string) string {
	if strings.HasPrefix(other, "//") {
		if i := strings.Index(url, "//"); i >= 0 {
			return url[i:]
		}
	}
	return url
}

func side(good bool) string {
	if good {
		return "the good"
	}
	return "the bad"
}

func bodyWords(r *evidence.Request) string {
	switch r.Body.Kind {
	case evidence.BodyNone:
		return "none"
	case evidence.BodyForm:
		return "form-encoded"
	case evidence.BodyJSON:
		return "JSON"
	case evidence.BodyMultipart:
		return "multipart"
	}
	return "text"
}

func redirectWords(r *evidence.Request) string {
	if len(r.Redirects) == 0 {
		return "none"
	}
	var words []string
	for _, d := range r.Redirects {
		words = append(words, fmt.Sprintf("%d to %s", d.Status, d.To))
	}
	return strings.Join(words, ", ")
}

// fields compares header fields by name, whatever its case.
func (c *comparison) fields(g, b *evidence.Request) {
	if !g.HeadersKnown || !b.HeadersKnown {
		if g.HeadersKnown != b.HeadersKnown {
			c.Unseen = append(c.Unseen, "the header fields: "+side(g.HeadersKnown)+" side alone shows them")
		}
		return
	}
	for _, name := range names(len(g.Headers)+len(b.Headers), func(yield func(string)) {
		for _, h := range append(slices.Clone(g.Headers), b.Headers...) {
			yield(strings.ToLower(h.Name))
		}
	}) {
		of := func(r *evidence.Request, side *evidence.Case) value {
			h, ok := r.Headers.Get(name)
			if !ok {
				return value{}
			}
			v := value{has: true, is: strings.Join(strings.Fields(h.Value), " "), shown: h.Value, sort: fieldSort(name)}
			if evidence.SecretHeader(h.Name) {
				scheme, rest, _ := strings.Cut(h.Value, " ")
				v.shown = scheme + " " + side.Mask(rest)
				// The credentials themselves differ; that there are some, and of which scheme, counts.
				v.sort = "credentials " + strings.ToLower(scheme)
			}
			return v
		}
		c.field(name, of(g, c.good), of(b, c.bad))
	}
}

func (c *comparison) field(name string, good, bad value) {
	if good.has != bad.has && passing(name) {
		d := Difference{Area: AreaField, Name: name, Good: good.shown, Bad: bad.shown, Only: "bad"}
		if good.has {
			d.Only = "good"
		}
		c.Differences = append(c.Differences, d)
		return
	}
	c.put(AreaField, name, good, bad)
}

// fieldSort names header fields whose value differs by itself.
func fieldSort(name string) string {
	switch name {
	case "user-agent", "content-length", "host", "accept-encoding", "accept-language", "connection":
		return name
	}
	if passing(name) {
		return name
	}
	return ""
}

// passing are fields that no token endpoint looks at.
func passing(name string) bool {
	switch name {
	case "date", "traceparent", "tracestate", "x-request-id", "x-correlation-id", "origin", "referer", "postman-token", "cache-control", "pragma", "dnt", "priority",
		"content-length", "connection", "accept-encoding", "accept-language", "host", "te", "upgrade-insecure-requests", "x-amzn-trace-id", "x-b3-traceid", "x-b3-spanid":
		return true
	}
	return strings.HasPrefix(name, "sec-") || strings.HasPrefix(name, ":")
}

// params compares parameters by name, place and number.
func (c *comparison) params(g, b *evidence.Request) {
	for _, name := range names(len(g.Params)+len(b.Params), func(yield func(string)) {
		for _, p := range append(slices.Clone(g.Params), b.Params...) {
			yield(p.Name)
		}
	}) {
		of := func(r *evidence.Request, side *evidence.Case) value {
			all := r.All(name)
			if len(all) == 0 {
				return value{}
			}
			p := all[0]
			v := value{has: true, is: string(p.In) + " " + p.Value, shown: side.Shown(name, p.Value)}
			if len(all) > 1 {
				v.is, v.shown = fmt.Sprintf("%d × %s", len(all), v.is), fmt.Sprintf("%s, and %d times more", v.shown, len(all)-1)
			}
			if p.In != evidence.InBody {
				v.shown += " (in the " + string(p.In) + ")"
			}
			if len(p.Faults) > 0 {
				v.is += " !"
			}
			switch {
			case p.Unknown != "":
				v.shown, v.sort = "("+p.Unknown+")", "secret "+string(p.In)
			case evidence.SecretParameter(name) && len(all) == 1:
				// An assertion, a code, a secret: its own parts are compared below, or
				// it is another one each time.
				v.sort = "secret " + string(p.In)
			case name == "state" || name == "nonce":
				v.sort = name
			}
			return v
		}
		c.put(AreaParam, name, of(g, c.good), of(b, c.bad))
	}
}

// names collects names once each, in order.
func names(size int, each func(yield func(string))) []string {
	out := make([]string, 0, size)
	seen := map[string]bool{}
	each(func(name string) {
		if !seen[name] {
			seen[name] = true
			out = append(out, name)
		}
	})
	return out
}
