package input

import (
	"strings"
	"testing"
)

// TestHARExchanges lists the numbers of the entries that are exchanges.
func TestHARExchanges(t *testing.T) {
	const csrf = "https://app.acme.example/csrf/token"
	for _, tt := range []struct {
		name    string
		entries list
		want    string
	}{
		{"token request", list{tokenEntry()}, "1"},
		{"preflight", list{entryOf("OPTIONS", harToken, "", 204, ""), tokenEntry()}, "2"},
		{"by path", list{entryOf("POST", harToken, "client_id=a&code=b", 400, "{}")}, "1"},
		{"trailing slash", list{entryOf("POST", harToken+"/", "", 400, "{}")}, "1"},
		{"PingFederate", list{entryOf("POST", "https://auth.acme.example/as/token.oauth2", "x=y", 400, "{}")}, "1"},
		{"token response", list{entryOf("PUT", harToken, "", 200, `{"access_token":"a","token_type":"Bearer"}`)}, "1"},
		{"OAuth error", list{entryOf("GET", harToken, "", 405, `{"error":"invalid_request"}`)}, "1"},
		{"a page at such an address", list{entryOf("GET", harToken, "", 200, `<html>`), tokenEntry()}, "2"},
		{"CSRF token", list{entryOf("POST", csrf, "", 200, `{"csrf":"a"}`), tokenEntry()}, "2"},
		{"CSRF token with OAuth's parameters", list{entryOf("POST", csrf, "refresh_token=a", 200, `{"csrf":"a"}`)}, "1"},
		{"an application's own login", list{entryOf("POST", "https://app.acme.example/api/token/", `{"username":"a","password":"b"}`, 401, `{"error":"Unauthorized","code":"no_active_account"}`), tokenEntry()}, "2"},
		{"the same with an OAuth error", list{entryOf("POST", "https://app.acme.example/api/token/", `{"username":"a","password":"b"}`, 400, `{"error":"unsupported_grant_type"}`)}, "1"},
		{"empty, and refused", list{entryOf("POST", "https://app.acme.example/token", "", 404, "<html>")}, "1"},
		{"CSRF token, refused", list{entryOf("POST", csrf, "", 403, "<html>"), tokenEntry()}, "2"},
		{"grant_type anywhere", list{entryOf("POST", "https://a.example/x", "grant_type=a", 200, "{}")}, "1"},
		{"clientAssertion", list{entryOf("POST", "https://a.example/x", "clientAssertion=a", 200, "{}")}, "1"},
		{"client-assertion-type", list{entryOf("POST", "https://a.example/x", "client-assertion-type=a", 200, "{}")}, "1"},
		{"pushed authorization", list{entryOf("POST", "https://a.example/par", "response_type=code&client_assertion=a", 201, "{}")}, "1"},
		{"a passkey's assertion", list{entryOf("POST", "https://a.example/passkey", `{"assertion":{"id":"x"}}`, 200, "{}"), tokenEntry()}, "2"},
		{"no grant", list{entryOf("POST", "https://a.example/x", "granted=yes", 200, "{}"), tokenEntry()}, "2"},
		{"two of many", func() list {
			var l list
			for i := range 200 {
				l = append(l, pageEntry(i))
			}
			l[41], l[170] = tokenEntry(), tokenEntry()
			return l
		}(), "42 171"},
		{"refused by an API", list{pageEntry(1), apiEntry(`Bearer error="invalid_token"`)}, "2"},
		{"refused by an API, beside a token request", list{apiEntry(`Bearer error="invalid_token"`), tokenEntry()}, "2"},
		{"refused for a password", list{apiEntry(`Basic realm="a"`), apiEntry(`bearer`)}, "2"},
		{"no entries among them", list{nil, 1, "x", list{}, tokenEntry()}, "5"},
		{"an entry without request", list{obj{}, obj{"request": nil}, obj{"request": obj{}}, tokenEntry()}, "4"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			all, err := readHAR(harOf(t, "WebInspector", tt.entries...))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, e := range all {
				got = append(got, strings.TrimPrefix(e.Name, "entry "))
			}
			if s := strings.Join(got, " "); s != tt.want {
				t.Errorf("exchanges %q, want %q", s, tt.want)
			}
		})
	}
}
