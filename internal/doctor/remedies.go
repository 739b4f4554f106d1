package doctor

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// offer leaves of each remedy what the command can be given: a flag that it
// does not have is no help.
func (o Options) offer(all []finding.Finding) {
	if o.Has == nil {
		return
	}
	for i := range all {
		all[i].Remedy = o.offered(all[i].Remedy)
	}
}

func (o Options) offered(remedy string) string {
	lacks := func(alternative string) bool {
		for word := range strings.FieldsSeq(alternative) {
			if name, ok := strings.CutPrefix(word, "--"); ok && !o.Has(strings.Trim(name, ",")) {
				return true
			}
		}
		return false
	}
	rest, ok := strings.CutPrefix(remedy, "give ")
	if !ok || !lacks(rest) {
		return remedy
	}
	var kept []string
	for part := range strings.SplitSeq(strings.ReplaceAll(strings.ReplaceAll(rest, ", or ", ", "), " or ", ", "), ", ") {
		if !lacks(part) {
			kept = append(kept, part)
		}
	}
	switch last := len(kept) - 1; last {
	case -1:
		return ""
	case 0:
		return "give " + kept[0]
	default:
		return "give " + strings.Join(kept[:last], ", ") + " or " + kept[last]
	}
}
