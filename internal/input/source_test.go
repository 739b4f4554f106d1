package input

import (
	"strings"
	"testing"
)

// A form body in quotation marks is the same with any of them.
func TestQuotedForm(t *testing.T) {
	const form = "grant_type=client_credentials&client_assertion_type=x&client_assertion=y"
	for _, mark := range []string{"", "'", `"`} {
		text := mark + form + mark + "\n"
		s := NewSource("body.txt", strings.NewReader(text), "")
		if s.Sort() != SortExchange {
			t.Errorf("%s is taken for %s", text, s.Sort())
			continue
		}
		all, err := s.Exchanges(nil)
		if err != nil || len(all) != 1 || all[0].Request == nil || all[0].Request.Quoting != mark {
			t.Errorf("%s: %+v, %v", text, all, err)
		}
	}
	for _, text := range []string{"'client_assertion=" + token() + "'", "{'grant_type': 'x', 'client_assertion': 'a=b'}", "'" + token() + "'"} {
		if s := NewSource("x", strings.NewReader(text), ""); isForm(text) {
			t.Errorf("%s is taken for a form (%s)", text, s.Sort())
		}
	}
}

// A program that has no assertion to write prints a word in its place: the line is one of
// the list, and unreadable. A text that someone wrote around an assertion is not a list.
func TestPrintedInPlaceOfAnAssertion(t *testing.T) {
	one := token() + "\n"
	for _, list := range []string{
		one + "undefined\n", "null\n" + one, "# made by tests\n" + one + "None\n" + one, one + "[object Promise]\n",
		one + "undefined\nnull\nError: key not found\n", one + one + one + "<nil>\nTypeError: no key\n", one + "\"null\"\n",
	} {
		s := NewSource("list.txt", strings.NewReader(list), "")
		if text, ok := s.Paste(""); ok {
			t.Errorf("%q is searched, not read line by line: %q", list, text)
			continue
		}
		lines := s.Lines("")
		if lines == nil {
			t.Errorf("%q is not a list", list)
			continue
		}
		if n := len(allLines(t, lines)); n != strings.Count(list, "\n") {
			t.Errorf("%q has %d lines", list, n)
		}
	}
	for _, text := range []string{
		one, one + "What does null mean here?\n", "The token:\n" + one + "null\n", one + "null\nIs that why it fails?\n",
		"token\n" + one + "undefined\n", one + "Error: invalid_client\n", one + one + "The second one fails.\n", "undefined\nnull\n",
	} {
		s := NewSource("ticket.txt", strings.NewReader(text), "")
		if s.Lines("") != nil {
			t.Errorf("%q is read as a list", text)
		}
	}
}
