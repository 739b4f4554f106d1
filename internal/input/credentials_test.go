package input

import (
	"fmt"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

// User and password of a URL are sent as the program sends them, and appear nowhere else.
func TestCredentialsOfURL(t *testing.T) {
	const basic = "Basic bWU6cyYzY3IzdHB3" // me:s&3cr3tpw
	rows := []struct{ name, text, url, authorization string }{
		{"curl", "curl https://me:s%263cr3tpw@a.test/t?x=y@z -d a=b", "https://a.test/t?x=y@z", basic},
		{"curl without a scheme", "curl me:s%263cr3tpw@a.test/t -d a=b", "http://a.test/t", basic},
		{"curl, none", "curl https://a.test/t@x -d a=b", "https://a.test/t@x", ""},
		{"curl -u", "curl https://me:s%263cr3tpw@a.test/t -u x:y -d a=b", "https://a.test/t", "Basic eDp5"},
		{"curl and a field", "curl https://me:s%263cr3tpw@a.test/t -H 'Authorization: X' -d a=b", "https://a.test/t", "X"},
		{"curl and a field taken out", "curl https://me:s%263cr3tpw@a.test/t -H Authorization: -d a=b", "https://a.test/t", ""},
		{"curl and a variable", "curl https://me:$P@a.test/t -d a=b", "https://a.test/t", "Basic"},
		{"HTTPie", "http -f https://me:s%263cr3tpw@a.test/t a=b", "https://a.test/t", basic},
		{"wget", "wget https://me:s%263cr3tpw@a.test/t --post-data a=b", "https://a.test/t", ""},
		{"PowerShell", "irm https://me:s%263cr3tpw@a.test/t -Method Post -Body a=b", "https://a.test/t", ""},
		{"HTTP", "POST https://me:s%263cr3tpw@a.test/t HTTP/1.1\nContent-Type: application/x-www-form-urlencoded\n\ngrant_type=b", "https://a.test/t", ""},
		{"a REST client", "POST https://me:s%263cr3tpw@a.test/t\n\ngrant_type=b", "https://a.test/t", ""},
		{"a URL", "https://me:s%263cr3tpw@a.test/t?grant_type=x&client_assertion=y", "https://a.test/t?grant_type=x&client_assertion=y", ""},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			all, err := exchanges(document(row.text), "", nil)
			if err != nil || len(all) != 1 || all[0].Request == nil {
				t.Fatalf("%d exchanges, %v", len(all), err)
			}
			r := all[0].Request
			if got := r.Headers.Value("Authorization"); r.URL != row.url || got != row.authorization {
				t.Errorf("%s with %q, want %s with %q", r.URL, got, row.url, row.authorization)
			}
			inside(t, row.text, r)
			if shown := r.Text[r.URLSpan.Start:r.URLSpan.End]; row.name != "a URL" && strings.Contains(shown, "3cr3tpw") {
				t.Errorf("the URL is led to %s", shown)
			}
			r.Document = evidence.Document{}
			if strings.Contains(fmt.Sprintf("%+v", r), "3cr3tpw") {
				t.Error("the password stands elsewhere")
			}
		})
	}
	har := &evidence.Request{URL: "https://me:s3cr3tpw@a.test/t?a=b"}
	fillURL(har, placeFrom(0))
	if p, _ := har.Param("a"); har.URL != "https://a.test/t?a=b" || p.Span.Start != len("https://me:s3cr3tpw@a.test/t?a=") {
		t.Errorf("of a HAR: %s, %+v", har.URL, har.Params)
	}
}
