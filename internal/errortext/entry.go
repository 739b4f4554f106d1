package errortext

import "github.com/assertionworks/jwtdoctor/internal/finding"

// Entry is one failure as a tool or library words it, with all the wordings it
// has used for it.
type Entry struct {
	ID    string // kebab case, unique
	Tool  string // who prints it, with versions where the wording changed
	Texts []string
	// Causes are cause IDs of the catalogue, most likely first. They anchor the
	// entry; what is shown to people is Means and Fix, which are about this text.
	Causes []string
	// Certainty is likely where the text says one thing, possible where it
	// leaves several causes open.
	Certainty finding.Certainty
	Means     string // one sentence
	Fix       string // empty if the fix of the cause says it
	// Wraps is true if the text only says that something failed and the
	// reason is printed next to it.
	Wraps bool
	Cite  []finding.Citation
}

// Setting says how a text appears at its place.
type Setting string

// The settings.
const (
	// Said: a program printed it.
	Said Setting = "said"
	// Named: it is mentioned, as in a list of constants, a table or a sentence.
	Named Setting = "named"
	// Code: it is part of source code.
	Code Setting = "code"
)

// Match is one entry found in a text.
type Match struct {
	Entry *Entry
	// Offset and Length are the place of the words, in bytes.
	Offset, Length int
	// Values are what the text fills its blanks with, in the order they appear.
	Values  []Value
	Setting Setting
	// Chain numbers the failures of the text: what one stack trace says of one
	// failure has one number.
	Chain int
	// Depth counts the causes that the chain has unwrapped to get here.
	Depth int
	// Times is how often the chain says it.
	Times int

	literal int // bytes of the text that had to be exactly these
}

// Value is what one blank of a text was filled with.
type Value struct{ Name, Text string }

// Value returns the value of that name, or "".
func (m Match) Value(name string) string {
	for _, v := range m.Values {
		if v.Name == name {
			return v.Text
		}
	}
	return ""
}
