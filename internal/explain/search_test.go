package explain

import (
	"strings"
	"testing"
)

// What people ask in their own words leads to the pages that have them.
func TestSearch(t *testing.T) {
	b, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"revoked": "token-not-accepted-by-api", "the token was revoked": "token-not-accepted-by-api", "opaque token": "token-not-accepted-by-api", "introspection": "token-not-accepted-by-api",
		"hard-coded keys": "kid-not-in-jwks", "missing library": "alg-unknown", "gateway policy order": "answered-by-gateway", "invalid OAuth response": "token-response-incomplete",
		"Proxy": "proxy-refused", "clock": "clock-ahead",
	} {
		page, err := b.Search(text, View{})
		if err != nil || !strings.Contains(page.Markdown, want) {
			t.Errorf("%s: %v\n%s", text, err, page.Markdown)
		}
	}
	for _, text := range []string{"", "frobnicate", "epci", "aud-trailing-slsh", "of it", "a clock with so many words that it is a sentence", `{"active":true}`, "s3cr3tvalue"} {
		if page, err := b.Search(text, View{}); err == nil {
			t.Errorf("%q: %s", text, page.Markdown)
		}
	}
}
