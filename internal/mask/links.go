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

// manual reports whether an address is that of a page that servers' answers refer to:
// its query selects what the page shows. It is a list of the hosts of manuals, since
// nobody can list the names under which secrets are sent.
func manual(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.User != nil {
		return false
	}
	if slices.Contains([]string{"learn.microsoft.com", "docs.microsoft.com"}, u.Host) {
		return true
	}
	// The error_uri of Microsoft Entra ID has the number of the error in its query.
	number, ok := strings.CutPrefix(u.RawQuery, "code=")
	return ok && u.Host == "login.microsoftonline.com" && u.Path == "/error" && len(number) < certain && run(number, func(c byte) bool { return c >= '0' && c <= '9' }) == len(number)
}
