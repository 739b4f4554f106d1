package input

import (
	"slices"
	"strings"
)

// maxValues is how many variables are remembered, and how many pairs of one
// hashtable.
const maxValues = 1000

// assignment reads $name = value, $name += value, the same for a member, and
// $name.Add(…); a command on the right is read later.
func (p *psReader) assignment() bool {
	start := p.i
	if strings.HasPrefix(p.rest(), "[") {
		if n := strings.IndexByte(p.rest()[:min(80, len(p.rest()))], ']'); n > 0 {
			p.i += n + 1
			p.blanks(false)
		}
	}
	name, n := psVariable(p.rest())
	if n == 0 {
		p.i = start
		return false
	}
	p.i += n
	member := p.member()
	if member != nil && strings.HasPrefix(p.rest(), "(") {
		p.call(name, member.String())
		return true
	}
	deep := false // a member of a member, or one whose name is not known
	for ; !strings.HasPrefix(p.rest(), "("); deep = true {
		if p.member() != nil {
			continue
		}
		n := strings.IndexAny(p.rest()[:min(200, len(p.rest()))], "]\n")
		if !strings.HasPrefix(p.rest(), "[") || n < 0 || p.rest()[n] != ']' {
			break
		}
		p.i += n + 1
	}
	p.blanks(false)
	switch op := assignmentOf(p.rest()); {
	case op == "":
		return true // only a use of the variable
	case deep, op != "=" && (op != "+=" || member != nil):
		delete(p.values, name)
		p.i += len(op)
	default:
		p.i += len(op)
		p.assign(name, member, op == "+=")
	}
	return true
}

// assignmentOf is the operator of assignment that a text begins with.
func assignmentOf(s string) string {
	if strings.HasPrefix(s, "==") {
		return ""
	}
	for _, op := range [...]string{"=", "+=", "-=", "*=", "/=", "%=", "??=", "++", "--"} {
		if strings.HasPrefix(s, op) {
			return op
		}
	}
	return ""
}

// assign reads the right side of an assignment.
func (p *psReader) assign(name string, member *mapped, add bool) {
	p.blanks(true)
	if s := p.rest(); s != "" && (letter(s[0]) || s[0] == '&' || s[0] == '.') {
		// A command: its output is not known, and it may send a request itself.
		delete(p.values, name)
		if word := p.word(); strings.EqualFold(word, "New-Object") && member == nil && !add && keyed(p.src[p.i:p.scan(p.i, false)]) {
			p.values[name] = psValue{isTable: true}
		}
		return
	}
	at := p.i
	v := p.value(false)
	have, ok := p.values[name]
	switch {
	case p.i == at || len(p.values) > maxValues:
		delete(p.values, name)
	case member != nil:
		if ok && have.isTable {
			p.put(name, newPair(*member, v))
		}
	case !add:
		p.values[name] = v
	case !ok:
	case p.supply.draw(v.text.cost()) && p.plus(&have, v):
		// Nothing else uses the memory after the value, so it may grow there.
		p.values[name] = have
	default:
		delete(p.values, name)
	}
}

// put adds a pair to the hashtable in a variable, or replaces the one of that name.
func (p *psReader) put(name string, pair *psPair) {
	table := p.values[name]
	if !p.own(&table) {
		return
	}
	if table.index == nil {
		table.index = make(map[string]int, len(table.table))
		for i, have := range table.table {
			if _, again := table.index[have.key]; !again {
				table.index[have.key] = i
			}
		}
	}
	i, have := table.index[pair.key]
	switch {
	case have:
		table.table[i] = &psPair{table.table[i].name, pair.key, pair.value}
	case len(table.table) < maxValues:
		table.index[pair.key] = len(table.table)
		table.table = append(table.table, pair)
	default:
		p.more = true
	}
	p.values[name] = table
}

// own copies the pairs of a hashtable if another value shares them; it returns false if
// the document has used up its supply.
func (p *psReader) own(v *psValue) bool {
	if v.shared {
		if !p.supply.draw(len(v.table) * pieceCost) {
			return false
		}
		v.table, v.index, v.shared = slices.Clone(v.table), nil, false
	}
	return true
}

// call reads a method call on a variable. Add adds a pair to a hashtable; what other
// methods do is not known.
func (p *psReader) call(name, member string) {
	table, ok := p.values[name]
	if !ok || !table.isTable {
		return
	}
	switch strings.ToLower(member) {
	case "contains", "containskey", "containsvalue", "clone", "getenumerator", "gettype", "tostring":
		return
	case "add", "set_item":
		p.i++
		p.blanks(true)
		pair := newPair(p.value(false).text, psValue{})
		p.blanks(true)
		if strings.HasPrefix(p.rest(), ",") {
			p.i++
			p.blanks(true)
			pair.value = p.value(false)
			p.blanks(true)
			if strings.HasPrefix(p.rest(), ")") && pair.name.len() > 0 {
				p.i++
				p.put(name, pair)
				return
			}
		}
	}
	delete(p.values, name)
}
