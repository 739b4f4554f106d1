package input

import (
	"encoding/base64"
	"net/url"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

// userSpan is where the user and password are in an address, including their @ (RFC 3986
// section 3.2.1). bare reports whether an address may lack its scheme.
func userSpan(address string, bare bool) (from, to int, ok bool) {
	if i := strings.Index(address, "://"); i >= 0 && !strings.ContainsAny(address[:i], "/?#@") {
		from = i + 3
	} else if strings.HasPrefix(address, "//") {
		from = 2
	} else if !bare {
		return 0, 0, false
	}
	end := len(address)
	if i := strings.IndexAny(address[from:], "/?#"); i >= 0 {
		end = from + i
	}
	at := strings.LastIndexByte(address[from:end], '@')
	return from, from + at + 1, at >= 0
}

// withoutCredentials removes user and password from an address.
func withoutCredentials(address string) string {
	from, to, _ := userSpan(address, true)
	return address[:from] + address[max(from, to):]
}

// userOf is the user and password of a URL.
func userOf(u mapped) (mapped, bool) {
	from, to, ok := userSpan(u.String(), false)
	if !ok {
		return mapped{}, false
	}
	return u.cut(from, to-1), true
}

// anonymous is a URL without user and password.
func anonymous(u mapped) mapped {
	from, to, ok := userSpan(u.String(), false)
	if !ok {
		return u
	}
	out := u.cut(0, from)
	out.join(u.cut(to, u.len()))
	return out
}

// hostOn is the part of a URL that a report may point at: what follows user and password.
func hostOn(u mapped) mapped {
	_, to, ok := userSpan(u.String(), false)
	if !ok {
		return u
	}
	return u.cut(to, u.len())
}

// basicOf is the header that sends user and password (RFC 7617). Those of a URL are
// percent-encoded. If part of them is in a variable, the header is not known.
func basicOf(user mapped, ofURL bool) evidence.Header {
	h := evidence.Header{Name: "Authorization", Value: "Basic", Implied: true}
	if len(user.holes) > 0 {
		return h
	}
	text := user.String()
	if plain, err := url.PathUnescape(text); ofURL && err == nil {
		text = plain
	}
	if !strings.Contains(text, ":") {
		text += ":"
	}
	h.Value += " " + base64.StdEncoding.EncodeToString([]byte(text))
	return h
}
