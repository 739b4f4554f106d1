package doctor_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
)

// HTTP text has no scheme, and shows all the same where the request went: an aud of
// another environment or customer is found by the request alone, in both
// directions. What a server sees behind a proxy says nothing of aud.
func TestPostedInHTTPText(t *testing.T) {
	const (
		sandbox  = "https://fhir.epic.com/interconnect-fhir-oauth/oauth2/token"
		customer = "https://epicfhir.memorial.example/interconnect-prd-oauth/oauth2/token"
		other    = "https://fhir.stjoseph.example/interconnect-poc-oauth/oauth2/token"
	)
	for _, tt := range []struct{ name, posted, aud, extra, want string }{
		{"the sandbox", sandbox, sandbox, "", ""},
		{"a customer", customer, customer, "", ""},
		{"aud of the sandbox", customer, sandbox, "", "aud-wrong-environment"},
		{"aud of a customer", sandbox, customer, "", "aud-mismatch"},
		{"aud of another customer", other, customer, "", "aud-mismatch"},
		{"aud without TLS", sandbox, strings.Replace(sandbox, "https", "http", 1), "", "aud-near-miss"},
		{"behind a proxy", customer, sandbox, "X-Forwarded-For: 203.0.113.4\r\n", ""},
		{"in a cluster", "https://token-backend.internal/oauth2/token", sandbox, "", ""},
		{"by its number", "https://10.1.2.3/oauth2/token", sandbox, "", ""},
		{"of one word", "https://idp/oauth2/token", sandbox, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			token := healthy("epic")
			token.claims.set("aud", tt.aud)
			at, err := url.Parse(tt.posted)
			if err != nil {
				t.Fatal(err)
			}
			form := url.Values{"grant_type": {"client_credentials"}, "client_assertion_type": {assertionType}, "client_assertion": {token.compact()}}
			text := "POST " + at.Path + " HTTP/1.1\r\nHost: " + at.Host + "\r\n" + tt.extra + "Content-Type: application/x-www-form-urlencoded\r\n\r\n" + form.Encode()
			for _, profiles := range [][]string{nil, {"epic"}} {
				got := diagnosis(judgeText(t, doctor.Options{Profiles: profiles}, text)[0])
				if i := slices.IndexFunc(got, func(c string) bool { return strings.HasPrefix(c, "aud-") || strings.HasPrefix(c, "url-") }); i < 0 != (tt.want == "") || i >= 0 && got[i] != tt.want {
					t.Errorf("%v: %v, want %q", profiles, got, tt.want)
				}
			}
		})
	}
}
