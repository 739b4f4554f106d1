package checks

import (
	"net/url"
	"strings"
)

// host is the host of a URL in lower case, "" if it has none.
func host(s string) string {
	u, err := url.Parse(s)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}

// sameButSlash reports whether two texts are the same but for slashes at the end.
func sameButSlash(a, b string) bool {
	return strings.TrimRight(a, "/") == strings.TrimRight(b, "/")
}

// urlNearMiss says how a value differs from the wanted one where it is only by
// what a URL library or a copy changes; "" if it is by more.
func urlNearMiss(value, want string) string {
	trimmed := strings.TrimSpace(value)
	rest := trimmed
	var how []string
	if trimmed != value {
		how = append(how, "whitespace")
	}
	scheme := func(s string) (string, string) {
		if s, ok := strings.CutPrefix(s, "https://"); ok {
			return "https", s
		}
		if s, ok := strings.CutPrefix(s, "http://"); ok {
			return "http", s
		}
		return "", s
	}
	lowScheme, low := scheme(strings.ToLower(rest))
	wantScheme, wantLow := scheme(strings.ToLower(want))
	if lowScheme != wantScheme {
		how = append(how, "the scheme")
	}
	hostPart := func(s string) (string, string) {
		if i := strings.IndexByte(s, '/'); i >= 0 {
			return s[:i], s[i:]
		}
		return s, ""
	}
	h, path := hostPart(low)
	wh, wpath := hostPart(wantLow)
	stripPort := func(h string) string {
		if i := strings.LastIndexByte(h, ':'); i > 0 && strings.Trim(h[i+1:], "0123456789") == "" {
			return h[:i]
		}
		return h
	}
	if h != wh && stripPort(h) == stripPort(wh) {
		how, h, wh = append(how, "the port"), stripPort(h), stripPort(wh)
	}
	squeeze := func(s string) string {
		for strings.Contains(s, "//") {
			s = strings.ReplaceAll(s, "//", "/")
		}
		return s
	}
	if path != wpath && squeeze(path) != path || squeeze(wpath) != wpath && path != wpath {
		if squeeze(path) == squeeze(wpath) || sameButSlash(squeeze(path), squeeze(wpath)) {
			how = append(how, "a double slash")
			path, wpath = squeeze(path), squeeze(wpath)
		}
	}
	if path != wpath && sameButSlash(path, wpath) {
		how = append(how, "a trailing slash")
		path, wpath = strings.TrimRight(path, "/"), strings.TrimRight(wpath, "/")
	}
	if h != wh || path != wpath {
		return ""
	}
	// What is the same in lower case differs, if at all, by case.
	if len(how) == 0 {
		if trimmed == want {
			return ""
		}
		return "only in upper and lower case"
	}
	return "only by " + list(how)
}
