package report

import (
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/visible"
)

// State is the state of an item of the checklist.
type State int

// The states of an item, best first.
const (
	Passed State = iota
	Unchecked
	Noted
	Warned
	Failed
)

// Item is one entry of the checklist: what was looked at, and how it is.
type Item struct {
	Name  string
	State State
	// Remedy is what would let an unchecked item be checked; "" if nothing
	// would that is in the reader's hands.
	Remedy string
}

// group is an item of the checklist and the checks it sums up. Those not in
// always appear only if one of their checks found something.
type group struct {
	name   string
	always bool
	checks []string // IDs; one that ends in "-" means all that begin so; the first decides
}

// groups are the items, in the order in which people think of them. A check
// apart from them appears under its own subject once it fails.
func groups() []group {
	return []group{
		{"typ", true, []string{"header-typ"}},
		{"alg", true, []string{"header-alg"}},
		{"kid", true, []string{"header-kid"}},
		{"iss", true, []string{"claim-iss-sub", "claim-iss", "claim-sub"}},
		{"aud", true, []string{"claim-aud"}},
		{"iat", true, []string{"time-iat"}},
		{"nbf", false, []string{"time-nbf"}},
		{"exp", true, []string{"time-exp", "time-lifetime"}},
		{"jti", true, []string{"claim-jti", "jti-unique"}},
		{"signature", true, []string{"signature-valid", "signature-present", "signature-encoding", "key-"}},
		{"request", true, []string{"request-"}},
		{"JWKS", true, []string{"jwks-"}},
		{"discovery", true, []string{"discovery-"}},
		{"network", true, []string{"net-"}},
		{"answer", true, []string{"response-received", "response-"}},
	}
}

func (g group) holds(check string) bool {
	return slices.ContainsFunc(g.checks, func(id string) bool {
		return id == check || strings.HasSuffix(id, "-") && strings.HasPrefix(check, id)
	})
}

// Checklist sums a case up in a few items: the documented checks that a person
// has in mind, whatever else failed, and last what was not checked.
func Checklist(c finding.Case) []Item {
	all := groups()
	items := make([]Item, len(all))
	seen := make([]bool, len(all)) // something of it was asked
	open := make([]bool, len(all)) // the check that decides could not be asked
	signed := false                // one of the questions was about the signature itself
	var more, missing []Item
	for i, g := range all {
		items[i] = Item{Name: g.name, State: Passed}
	}
	for _, f := range c.Findings {
		i := slices.IndexFunc(all, func(g group) bool { return g.holds(string(f.Check)) })
		state, counts := stateOf(f)
		if !counts {
			if i >= 0 && all[i].checks[0] == string(f.Check) {
				open[i] = f.Why != finding.WhyRule
			}
			continue
		}
		if i < 0 {
			if state >= Warned {
				more = merge(more, Item{Name: firstOf(f.Subject, subject(string(f.Check))), State: state})
			} else if state == Unchecked && f.Remedy != "" {
				missing = merge(missing, Item{Name: firstOf(f.Subject, subject(string(f.Check))), State: state, Remedy: f.Remedy})
			}
			continue
		}
		seen[i] = true
		signed = signed || strings.HasPrefix(string(f.Check), "signature-")
		if f.Check == "claim-iss-sub" && f.Outcome != finding.Skip {
			items[i].Name = "iss = sub"
		}
		if state > items[i].State {
			items[i].State = state
		}
		if f.Remedy != "" && items[i].Remedy == "" && state == Unchecked {
			items[i].Remedy = f.Remedy
		}
	}
	var out, last []Item
	for i, item := range items {
		if item.Name == "signature" && item.State == Passed && !signed {
			item.Name = "key" // a key set without an assertion has no signature that could verify
		} else if item.State == Passed && open[i] {
			item.State = Unchecked
		}
		switch {
		case !seen[i], item.State == Passed && !all[i].always:
		case item.State == Unchecked && item.Remedy != "":
			last = append(last, item)
		default:
			item.Remedy = ""
			out = append(out, item)
		}
	}
	out = append(out, more...)
	for _, m := range missing {
		if !slices.ContainsFunc(last, func(i Item) bool { return i.Name == m.Name }) {
			last = append(last, m)
		}
	}
	return append(out, last...)
}

func merge(items []Item, add Item) []Item {
	for i := range items {
		if items[i].Name == add.Name {
			items[i].State = max(items[i].State, add.State)
			return items
		}
	}
	return append(items, add)
}

// stateOf is the state a finding gives its item, and whether it counts at all:
// what nobody gave and no rule asks is not worth a line.
func stateOf(f finding.Finding) (State, bool) {
	switch f.Outcome {
	case finding.Pass:
		return Passed, true
	case finding.Broken:
		return Failed, true
	case finding.Skip:
		return Unchecked, f.Why == finding.WhyMissing // what another finding made empty is not a gap
	}
	switch {
	case f.Severity == finding.Error || f.ConsequenceOf != "":
		return Failed, true
	case f.Severity == finding.Warning:
		return Warned, true
	}
	return Noted, true
}

// state is the sign and the ink of an item.
func (p *page) state(s State) (string, ink) {
	switch s {
	case Passed:
		return p.tick, good
	case Failed:
		return p.cross, worse
	case Warned:
		return p.bang, warn
	case Noted:
		return p.note, plain
	}
	return p.skip, plain
}

// checklist writes the items side by side; none is torn. What would let the
// unchecked ones be checked is at the end, once for all it helps.
func (p *page) checklist(items []Item) {
	type cell struct {
		sign piece
		text string
	}
	var cells []cell
	var remedies []unasked
	for _, item := range items {
		if item.Remedy != "" {
			remedies = addUnasked(remedies, item.Remedy, item.Name)
			continue
		}
		sign, i := p.state(item.State)
		cells = append(cells, cell{piece{i, sign}, p.sentence(item.Name)})
	}
	for _, u := range remedies {
		cells = append(cells, cell{piece{plain, p.skip}, p.sentence(strings.Join(u.subjects, ", ") + ": " + u.remedy)})
	}
	var row []piece
	column := 0
	for _, c := range cells {
		width := visible.Width(c.sign.text) + 1 + visible.Width(c.text)
		if column > 0 && column+2+width > p.width {
			p.line(row...)
			row, column = nil, 0
		}
		if column > 0 {
			row = append(row, piece{text: "  "})
			column += 2
		}
		if width > p.width {
			p.wrapped(piece{c.sign.ink, c.sign.text + " "}, plain, c.text)
			row, column = nil, 0
			continue
		}
		row = append(row, c.sign, piece{plain, " " + c.text})
		column += width
	}
	if column > 0 {
		p.line(row...)
	}
}

// unasked is what was not checked, by what would let it be checked.
type unasked struct {
	remedy   string
	subjects []string
}

func addUnasked(groups []unasked, remedy string, names ...string) []unasked {
	i := slices.IndexFunc(groups, func(u unasked) bool { return u.remedy == remedy })
	if i < 0 {
		i = len(groups)
		groups = append(groups, unasked{remedy: remedy})
	}
	for _, name := range names {
		if !slices.Contains(groups[i].subjects, name) {
			groups[i].subjects = append(groups[i].subjects, name)
		}
	}
	return groups
}

// missing groups the unchecked items of a checklist.
func missing(items []Item) []unasked {
	var groups []unasked
	for _, item := range items {
		if item.State == Unchecked && item.Remedy != "" {
			groups = addUnasked(groups, item.Remedy, item.Name)
		}
	}
	return groups
}
