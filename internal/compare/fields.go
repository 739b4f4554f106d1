package compare

import (
	"fmt"
	"mime"
	"slices"
	"strconv"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

// fields compares header fields by name, whatever its case.
func (c *comparison) fields(g, b *evidence.Request) {
	if !g.HeadersKnown || !b.HeadersKnown {
		if g.HeadersKnown != b.HeadersKnown {
			c.Unseen = append(c.Unseen, "the header fields: only "+side(g.HeadersKnown)+" side shows them")
		}
		return
	}
	named := func(h *evidence.Header) string { return strings.ToLower(h.Name) }
	ofGood, ofBad := grouped(g.Headers, named), grouped(b.Headers, named)
	for _, name := range c.names(AreaField, func(yield func(string)) {
		for _, r := range []*evidence.Request{g, b} {
			for i := range r.Headers {
				yield(named(&r.Headers[i]))
			}
		}
	}) {
		good, bad := field(g, ofGood[name], c.good, name), field(b, ofBad[name], c.bad, name)
		if name == "content-length" {
			lengths(g, b, &good, &bad)
		}
		c.putField(name, good, bad)
	}
}

func (c *comparison) putField(name string, good, bad value) {
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

// field is one side's header field of that name: all its values. How many
// fields they are in counts, but for those that are lists (RFC 9110 section 5.3).
func field(r *evidence.Request, all []*evidence.Header, c view, name string) value {
	if name == "host" {
		return host(r)
	}
	var is, shown []string
	var v value
	var sorts strings.Builder
	sorts.WriteString(fieldSort(name))
	for _, h := range all {
		v.has = true
		is = append(is, plainField(name, h.Value))
		as := c.ShownHeader(*h)
		shown = append(shown, as)
		v.masked = v.masked || as != h.Value
		if evidence.SecretHeader(h.Name) {
			scheme, rest := evidence.Credentials(*h)
			sorts.WriteString(credentialSort(name, scheme, rest))
		}
	}
	v.sort = sorts.String()
	v.is, v.shown = strings.Join(is, ", "), strings.Join(shown, ", ")
	if len(is) > 1 && !listed(name) {
		v.is, v.sort = fmt.Sprintf("%d × %s", len(is), v.is), ""
	}
	return v
}

// credentialSort names credentials of which there are others each time, with
// their scheme, which counts; "" for those that stay the same from request to
// request: a password, a key.
func credentialSort(name, scheme, rest string) string {
	scheme = strings.ToLower(scheme)
	if scheme == "basic" || scheme == "apikey" || lasting(name) {
		return ""
	}
	if name == "cookie" {
		return "credentials"
	}
	return "credentials " + scheme + secretSort(name, rest)
}

// lasting recognises the names of secrets that belong to a client or person, not to
// one request.
func lasting(name string) bool {
	bare := strings.ToLower(strings.ReplaceAll(strings.ReplaceAll(name, "_", ""), "-", ""))
	return slices.ContainsFunc([]string{"secret", "password", "passwd", "apikey", "subscriptionkey", "accesskey", "authkey", "functionskey"},
		func(word string) bool { return strings.Contains(bare, word) })
}

// plainField writes a field's value without what means nothing.
func plainField(name, s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if name != "content-type" {
		return s
	}
	// RFC 9110 section 8.3.1: type, parameter names and charset have no case. A
	// value that is not a media type by that grammar is compared as it is.
	media, parameters, err := mime.ParseMediaType(s)
	if err != nil || strings.HasSuffix(s, ";") {
		return s
	}
	if charset, ok := parameters["charset"]; ok {
		parameters["charset"] = strings.ToLower(charset)
	}
	if _, ok := parameters["boundary"]; ok {
		parameters["boundary"] = "another each time"
	}
	return mime.FormatMediaType(media, parameters)
}

// host is the host the request names: by the field, or else by the URL. One
// that is not the URL's leads a server elsewhere than it seems.
func host(r *evidence.Request) value {
	u, known := r.Address()
	known = known && u.Host != ""
	h, ok := r.Headers.Get("Host")
	switch {
	case !ok && !known:
		return value{}
	case !ok:
		return value{has: true, is: plainHost(u.Scheme, u.Host), shown: u.Host, sort: "host of the URL"}
	}
	scheme := ""
	if known {
		scheme = u.Scheme
	}
	v := value{has: true, is: plainHost(scheme, h.Value), shown: h.Value, sort: "host of the URL"}
	if known && plainHost(u.Scheme, u.Host) != v.is {
		v.shown += " (the URL has " + u.Host + ")"
		v.sort = "another host than the URL's"
	}
	return v
}

// lengths compares Content-Length with the body each side shows: the number
// means nothing to the other side, that it does not fit does.
func lengths(g, b *evidence.Request, good, bad *value) {
	gl, gok := bodyLength(g)
	bl, bok := bodyLength(b)
	if !good.has || !bad.has || !gok || !bok {
		return
	}
	judge := func(v *value, length int, body string) {
		if v.sort = "content-length that fits"; !fits(v.is, body) {
			v.sort = "content-length that does not fit"
			v.shown += " (the body has " + strconv.Itoa(length) + " bytes)"
		}
	}
	judge(good, gl, g.Body.Text)
	judge(bad, bl, b.Body.Text)
}

// bodyLength is the length of the body where its bytes are known: a HAR's body
// is put together again, a coded one is shown decoded, and what a variable
// means has another length.
func bodyLength(r *evidence.Request) (int, bool) {
	if !r.BodyKnown || r.Body.Unknown != "" || r.Body.Kind == evidence.BodyUnknown || len(r.Variables) > 0 || len(r.Unread) > 0 || strings.Contains(r.What, "HAR") {
		return 0, false
	}
	for _, name := range []string{"Content-Encoding", "Transfer-Encoding"} {
		if _, coded := r.Headers.Get(name); coded {
			return 0, false
		}
	}
	const most = 1 << 20 // a longer body was cut
	return len(r.Body.Text), len(r.Body.Text) < most
}

// fits allows for what saving a request as text does to its line ends.
func fits(written, body string) bool {
	n, err := strconv.Atoi(written)
	if err != nil {
		return false
	}
	lines := strings.Count(body, "\n")
	least := len(strings.TrimRight(body, "\r\n")) - lines
	return n >= least && n <= len(body)+lines+2
}

// fieldSort names header fields whose value differs on its own.
func fieldSort(name string) string {
	switch name {
	case "user-agent", "origin":
		return name
	}
	if passing(name) {
		return name
	}
	return ""
}

// listed are fields whose value is a list that may be in several fields.
func listed(name string) bool {
	switch name {
	case "cache-control", "connection", "cookie", "forwarded", "pragma", "prefer", "te", "via", "x-forwarded-for":
		return true
	}
	return strings.HasPrefix(name, "accept")
}

// passing are fields that no token endpoint looks at.
func passing(name string) bool {
	switch name {
	case "date", "traceparent", "tracestate", "x-request-id", "x-correlation-id", "referer", "postman-token", "cache-control", "pragma", "dnt", "priority",
		"content-length", "connection", "accept-encoding", "accept-language", "te", "upgrade-insecure-requests", "x-amzn-trace-id", "x-b3-traceid", "x-b3-spanid":
		return true
	}
	return strings.HasPrefix(name, "sec-") || strings.HasPrefix(name, ":")
}
