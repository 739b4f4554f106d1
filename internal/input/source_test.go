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
