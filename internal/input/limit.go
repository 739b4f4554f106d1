package input

import (
	"fmt"
	"slices"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

// maxWords is how many arguments are read of one command; real commands have far fewer.
const maxWords = 4000

// limited says where reading stopped because there was too much, and what to do.
func limited(most int, what string) string {
	return fmt.Sprintf("only the first %d %s were read; remove what is repeated, or check the rest separately", most, what)
}

// foremost puts a note before all others: a report shows only the first few.
func foremost(notes []string, note string) []string {
	if slices.Contains(notes, note) {
		return notes
	}
	return slices.Insert(notes, 0, note)
}

// endedEarly adds a note to the last request that the text after it was not read.
func endedEarly(all []Exchange, most int, what string) {
	for i := len(all) - 1; i >= 0; i-- {
		for _, r := range []*evidence.Request{all[i].Request, all[i].Authorization} {
			if r != nil {
				r.Notes = foremost(r.Notes, limited(most, what))
				return
			}
		}
	}
}
