package doctor_test

import (
	"strings"
	"testing"
)

// An assertion that was given is not missing, unless the server says that one is.
func TestNoQuestionWhatIsThere(t *testing.T) {
	speaks := func(jwt, answer string) string {
		tok := healthy("redox")
		tok.opts.ClientID = ""
		if jwt == "" {
			jwt = "assertion: " + tok.compact() + "\n\n"
		}
		got, nothing := judgePaste(t, tok.opts, jwt+answer+"\n")
		if len(got) != 1 {
			t.Fatalf("%d cases (%s)", len(got), nothing)
		}
		var b strings.Builder
		for _, a := range got[0].Ask {
			b.WriteString(a.Text + "\n")
		}
		for _, d := range got[0].Diagnosis {
			b.WriteString(string(d.Cause) + "\n")
		}
		return b.String()
	}
	const any, missing = `{"error":"invalid_client"}`, `{"error":"invalid_client","error_description":"client_assertion is missing"}`
	said := speaks("", any)
	if strings.Contains(said, "assertion-missing") || !strings.Contains(said, "iss may not be the registered client ID (iss-not-client-id).") || strings.Contains(said, "given") {
		t.Errorf("beside the assertion:\n%s", said)
	}
	if said := speaks("\n", any); !strings.Contains(said, "assertion-missing") {
		t.Errorf("only the answer:\n%s", said)
	}
	if said := speaks("", missing); !strings.Contains(said, "assertion-missing") {
		t.Errorf("the server misses it:\n%s", said)
	}
}
