package address

import "strings"

// Difference is the set of trifles by which one text differs from the address it
// was meant to be: what a URL library, a configuration or a copy changes.
type Difference uint8

// The trifles. Case is noted only if nothing else differs.
const (
	Space Difference = 1 << iota
	Scheme
	Port
	DoubleSlash
	TrailingSlash
	Case
)

// Has reports whether the trifle is in the set.
func (d Difference) Has(one Difference) bool { return d&one != 0 }

// Names lists what the texts differ by, in words that fit after "by".
func (d Difference) Names() []string {
	var out []string
	for i, name := range [...]string{"whitespace", "scheme", "port", "double slash", "trailing slash", "upper and lower case"} {
		if d.Has(1 << i) {
			out = append(out, name)
		}
	}
	return out
}

// Differ returns the trifles by which a value differs from the wanted address.
// ok is false if the two are the same text or differ by more.
func Differ(value, want string) (d Difference, ok bool) {
	trimmed := strings.TrimSpace(value)
	if trimmed != value {
		d |= Space
	}
	scheme, rest := cutScheme(strings.ToLower(trimmed))
	wantScheme, wantRest := cutScheme(strings.ToLower(want))
	if scheme != wantScheme {
		d |= Scheme
	}
	host, path := cutHost(rest)
	wantHost, wantPath := cutHost(wantRest)
	if bare, wantBare := cutPort(host), cutPort(wantHost); host != wantHost && bare == wantBare {
		d, host, wantHost = d|Port, bare, wantBare
	}
	if path != wantPath {
		single, wantSingle := squeeze(path), squeeze(wantPath)
		if (single != path || wantSingle != wantPath) && SameButSlash(single, wantSingle) {
			d, path, wantPath = d|DoubleSlash, single, wantSingle
		}
	}
	if path != wantPath && SameButSlash(path, wantPath) {
		d, path, wantPath = d|TrailingSlash, "", ""
	}
	switch {
	case host != wantHost || path != wantPath, d == 0 && trimmed == want:
		return 0, false
	case d == 0:
		// What is the same in lower case differs by case.
		return Case, true
	}
	return d, true
}

func cutScheme(s string) (scheme, rest string) {
	if rest, ok := strings.CutPrefix(s, "https://"); ok {
		return "https", rest
	}
	if rest, ok := strings.CutPrefix(s, "http://"); ok {
		return "http", rest
	}
	return "", s
}

func cutHost(s string) (host, path string) {
	if i := strings.IndexByte(s, '/'); i >= 0 {
		return s[:i], s[i:]
	}
	return s, ""
}

func cutPort(host string) string {
	if i := strings.LastIndexByte(host, ':'); i > 0 && strings.Trim(host[i+1:], "0123456789") == "" {
		return host[:i]
	}
	return host
}

// squeeze writes runs of slashes as one, in one pass.
func squeeze(s string) string {
	if !strings.Contains(s, "//") {
		return s
	}
	out := make([]byte, 0, len(s))
	for i := range len(s) {
		if s[i] != '/' || i == 0 || s[i-1] != '/' {
			out = append(out, s[i])
		}
	}
	return string(out)
}
