package checks

import (
	"fmt"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// rfc cites a section of an RFC.
func rfc(number int, section string) finding.Citation {
	title, url := fmt.Sprintf("RFC %d", number), fmt.Sprintf("https://www.rfc-editor.org/rfc/rfc%d", number)
	if section != "" {
		title, url = title+", section "+section, url+"#section-"+section
	}
	return finding.Citation{Title: title, URL: url, Authority: "documented"}
}

// openid cites OpenID Connect Core 1.0.
func openid(section, anchor string) finding.Citation {
	return finding.Citation{Title: "OpenID Connect Core 1.0, section " + section,
		URL: "https://openid.net/specs/openid-connect-core-1_0.html#" + anchor, Authority: "documented"}
}

// list writes words as "a, b and c".
func list(words []string) string { return join(words, "and") }

// either writes words as "a, b or c".
func either(words []string) string { return join(words, "or") }

func join(words []string, last string) string {
	switch len(words) {
	case 0:
		return "nothing"
	case 1:
		return words[0]
	}
	return strings.Join(words[:len(words)-1], ", ") + " " + last + " " + words[len(words)-1]
}

// declared is what a check says of one of its causes.
func declared(check Check, id finding.CauseID) (Cause, bool) {
	for _, c := range check.Causes {
		if c.ID == id {
			return c, true
		}
	}
	return Cause{}, false
}
