package mask

import (
	"net/url"
	"slices"
	"strings"
)

// prose adds what is secret in the addresses of a text: a URL ends where the words of a
// sentence go on. With answer, the text is a server's.
func (l *List) prose(text string, answer bool) {
	if !strings.Contains(text, "://") {
		return
	}
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune(" \t\r\n\"'`<>", r) }) {
		if answer && manual(word) {
			continue
		}
		l.Address(word)
	}
}

// manual reports whether an address in a server's words is that of a page to read: one
// of a manual, whose query selects what the page shows, or one with nothing but short
// numbers in its query, such as that of an error. It is a list of the hosts of manuals,
// since nobody can list the names under which secrets are sent.
func manual(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.User != nil {
		return false
	}
	if slices.Contains([]string{"learn.microsoft.com", "docs.microsoft.com"}, u.Host) {
		return true
	}
	for parameter := range strings.SplitSeq(u.RawQuery, "&") {
		_, value, _ := strings.Cut(parameter, "=")
		if value == "" || len(value) >= certain || run(value, func(c byte) bool { return c >= '0' && c <= '9' }) != len(value) {
			return false
		}
	}
	return true
}
