package profile

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/wording"
)

// nearestKey is the function of that name while there are few problems.
func (d *decoder) nearestKey(id string) string {
	if len(d.problems) >= maxProblems {
		return ""
	}
	return nearestKey(id)
}

// nearestKey returns the rule key that was probably meant, "" for none: the "*"
// of a declaration is taken for the name the writer used in that place.
func nearestKey(id string) string {
	parts := strings.Split(id, ".")
	words := make([]string, 0, len(vocabulary))
	for i := range vocabulary {
		w := vocabulary[i].ID
		if strings.Contains(w, "*") {
			if len(parts) != strings.Count(w, ".")+1 {
				continue
			}
			w = strings.Replace(w, "*", parts[1], 1)
		}
		words = append(words, w)
	}
	return wording.Nearest(id, words)
}
