package explain

import (
	"strings"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// fresh is for how many years what a provider's page or source said is taken as
// what it says today.
const fresh = 2

// aged says of a document that was read long ago that it was; "" if it is
// recent, where no day is known, and where it is a standard, which stays as it is.
func (b *Book) aged(c finding.Citation) string {
	seen, ok := day(c.Seen)
	if !ok || b.Today.IsZero() || standing(c.URL) || b.Today.Before(seen.AddDate(fresh, 0, 0)) {
		return ""
	}
	return "more than two years ago"
}

// day is the last day that a date means, which may be that of a month.
func day(s string) (time.Time, bool) {
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		return t, true
	}
	t, err := time.Parse("2006-01", s)
	return t.AddDate(0, 1, -1), err == nil
}

// standing reports whether an address is that of a published text that is never
// changed, but replaced by another.
func standing(url string) bool {
	for _, publisher := range []string{"https://www.rfc-editor.org/", "https://openid.net/specs/", "https://hl7.org/fhir/"} {
		if strings.HasPrefix(url, publisher) {
			return true
		}
	}
	return false
}
