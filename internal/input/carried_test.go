package input

import (
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

// The final line end of a file is not part of the assertion unless it is sent.
func TestLineEndOfSentAssertion(t *testing.T) {
	files := func(name string) ([]byte, error) {
		switch name {
		case "jwt.txt":
			return []byte(token() + "\n"), nil
		case "dos.txt":
			return []byte(token() + "\r\n"), nil
		case "bare.txt":
			return []byte(token()), nil
		}
		return []byte("grant_type=x&client_assertion=" + token() + "\n"), nil
	}
	const u = "https://a.test/token "
	rows := []struct {
		name, text string
		fault      bool
	}{
		{"--data-urlencode", "curl " + u + "--data-urlencode client_assertion@jwt.txt", true},
		{"--data-urlencode, CRLF", "curl " + u + "--data-urlencode client_assertion@dos.txt", true},
		{"--data-urlencode without a line end", "curl " + u + "--data-urlencode client_assertion@bare.txt", false},
		{"$(cat)", "curl " + u + "--data-urlencode \"client_assertion=$(cat jwt.txt)\"", false},
		{"--data-binary", "curl " + u + "--data-binary @body.txt", true},
		{"-d", "curl " + u + "-d @body.txt", false},
		{"-d and a here-document", "curl " + u + "-d @- <<E\ngrant_type=x&client_assertion=" + token() + "\nE\n", false},
		{"-F", "curl " + u + "-F client_assertion=@jwt.txt", true},
		{"$'…'", "curl " + u + "-d $'client_assertion=" + token() + "\\n'", true},
		{"wget --post-file", "wget " + u + "--post-file body.txt", true},
		{"HTTPie", "http -f " + u + "client_assertion=@jwt.txt", true},
		{"HTTPie's standard input", "http -f " + u + "< body.txt", true},
		{"encoded", "POST https://a.test/token HTTP/1.1\n\ngrant_type=x&client_assertion=" + token() + "%0A", true},
		{"HTTP text with a final line end", "POST https://a.test/token HTTP/1.1\n\ngrant_type=x&client_assertion=" + token() + "\n", false},
		{"a form body with a final line end", "grant_type=x&client_assertion=" + token() + "\n", false},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			all, err := exchanges(document(row.text), "", files)
			if err != nil || len(all) != 1 || all[0].Request == nil {
				t.Fatalf("%d exchanges, %v", len(all), err)
			}
			a := CarriedBy(all[0].Request).Assertion
			if a == nil || a.Compact != token() {
				t.Fatal("the assertion is not found")
			}
			if causes := repairCauses(a); causes != map[bool]string{true: causeSurrounding}[row.fault] {
				t.Errorf("repairs: %q", causes)
			}
		})
	}
	if a := Assertion(token()+"\r\n", evidence.Origin{}); len(a.Repairs) > 0 {
		t.Errorf("alone: %v", a.Repairs)
	}
}

// A body known byte by byte may end with & and a line end: that is not a parameter.
func TestLineEndBehindLastAnd(t *testing.T) {
	files := func(string) ([]byte, error) { return []byte("a=b&\r\n"), nil }
	got, err := commands(document("curl https://a.test --data-binary @x"), files)
	if err != nil || len(got) != 1 || line(got[0]) != "POST https://a.test form-urlencoded a=b" {
		t.Errorf("%v, %v", got, err)
	}
}
