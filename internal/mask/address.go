package mask

import "strings"

// Address is an address as it may be shown: without user and password, and with
// of its query and fragment only the values that are known to contain no secret.
func Address(address string) string {
	var found edits
	addressed(address, &found, true)
	return apply(address, found.settle(address))
}

// addressed finds user and password in the addresses of a text. With strict, the
// text is one address, and what its query contains is found, too; in other texts pairs
// does that, by name.
func addressed(s string, found *edits, strict bool) {
	for _, e := range credentials(s) {
		if !masked(strings.TrimSuffix(s[e.start:e.end], "@")) {
			found.put(e.start, e.end, "…@")
		}
	}
	if !strict {
		return
	}
	start := strings.IndexAny(s, "?#")
	for at := start; at >= 0 && at < len(s); {
		at++
		n := strings.IndexAny(s[at:], "&;#?> \t,\"")
		if n < 0 {
			n = len(s) - at
		}
		pair := s[at : at+n]
		name, value, ok := strings.Cut(pair, "=")
		switch {
		case pair == "" || strings.Contains(pair, "…"):
		case !ok && !opaque(pair) && !mixed(pair):
		case !ok:
			found.put(at, at+n, "…")
		case !shownParameter(name) && value != "":
			found.put(at+len(name)+1, at+n, "…")
		}
		at += n
	}
	// A piece of the path that a machine made may be a code or a key.
	const long = 24
	end := start
	if end < 0 {
		end = len(s)
	}
	for at := 0; at < end; {
		n := strings.IndexByte(s[at:end], '/')
		if n < 0 {
			n = end - at
		}
		if piece := s[at : at+n]; opaque(piece) && len(piece) >= long && !uuid(piece) || run(piece, isLetter) == n && !words(piece) {
			found.put(at, at+n, "…")
		}
		at += n + 1
	}
}

// uuid reports whether a text is a UUID, as the path of a tenant is.
func uuid(s string) bool {
	return len(s) == 36 && s[8] == '-' && s[13] == '-' && s[18] == '-' && s[23] == '-' && run(s, func(c byte) bool { return c == '-' || isHex(c) }) == 36
}

// credentials finds user and password, their @ included, of every address in a
// text (RFC 3986 section 3.2.1). A password may contain characters that end
// an address elsewhere: everything up to the last @ before a blank or a quotation mark
// counts.
func credentials(s string) []edit {
	if !strings.Contains(s, "//") || !strings.Contains(s, "@") {
		return nil
	}
	var out []edit
	for at := 0; at < len(s); at++ {
		n := strings.IndexAny(s[at:], " \t\r\n\"'`<>")
		if n < 0 {
			n = len(s) - at
		}
		if word := s[at : at+n]; strings.Contains(word, "@") {
			for _, e := range userinfo(word) {
				out = append(out, edit{start: at + e.start, end: at + e.end})
			}
		}
		at += n
	}
	return out
}

// userinfo is credentials for a text without blanks.
func userinfo(word string) (out []edit) {
	odd := 0
	for at := 0; ; {
		i := strings.Index(word[at:], "//")
		if i < 0 {
			return out
		}
		start := at + i + 2
		start += run(word[start:], func(c byte) bool { return c == '/' })
		at = start
		rest := word[start:]
		host := strings.IndexAny(rest, "/?#")
		if host < 0 {
			host = len(rest)
		}
		last := strings.LastIndexByte(rest[:host], '@')
		// Behind a /, ? or # an @ is part of the path, unless a colon says that a
		// password began before it.
		if colon := strings.IndexByte(rest[:host], ':'); last < 0 && colon >= 0 && !port(rest[colon+1:host]) && odd < maxOdd {
			odd++
			next := strings.Index(rest, "://") // another address ends this one
			if next < 0 {
				next = len(rest)
			}
			last = strings.LastIndexByte(rest[:next], '@')
		}
		if last >= 0 {
			out = append(out, edit{start: start, end: start + last + 1})
			at = start + last + 1
		}
	}
}

// maxOdd bounds the addresses of one word whose password is searched for further
// than an address goes.
const maxOdd = 16

func port(s string) bool {
	return run(s, func(c byte) bool { return c >= '0' && c <= '9' }) == len(s)
}

// Path is the path of a request as it may be shown.
func Path(path string) string { return Address(path) }
