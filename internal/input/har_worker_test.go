package input

import (
	"strings"
	"testing"
)

func byWorker(e obj) obj {
	e["response"].(obj)["_fetchedViaServiceWorker"] = true
	return e
}

// Chrome lists what a service worker fetches for a page twice; it was sent once.
func TestHARServiceWorker(t *testing.T) {
	other := func() obj {
		return entryOf("POST", harToken, strings.Replace(harForm, "aaa.", "zzz.", 1), 400, `{"error":"invalid_client"}`)
	}
	for _, tt := range []struct {
		name    string
		entries []any
		want    []string
	}{
		{"the page's first", list{byWorker(tokenEntry()), tokenEntry()}, []string{"entry 2"}},
		{"the worker's first", list{tokenEntry(), pageEntry(1), byWorker(tokenEntry())}, []string{"entry 1"}},
		{"with others between", list{byWorker(tokenEntry()), pageEntry(1), other(), tokenEntry()}, []string{"entry 3", "entry 4"}},
		{"two requests, each twice", list{byWorker(tokenEntry()), tokenEntry(), byWorker(tokenEntry()), tokenEntry()}, []string{"entry 2", "entry 4"}},
		{"the page's alone", list{byWorker(tokenEntry())}, []string{"entry 1"}},
		{"another body", list{byWorker(tokenEntry()), other()}, []string{"entry 1", "entry 2"}},
		{"another address", list{byWorker(tokenEntry()), entryOf("POST", "https://b.example/token", harForm, 400, "{}")}, []string{"entry 1", "entry 2"}},
		{"no worker", list{tokenEntry(), tokenEntry()}, []string{"entry 1", "entry 2"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			found, err := readHAR(harOf(t, "WebInspector", tt.entries...))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, x := range found {
				got = append(got, x.Name)
			}
			if strings.Join(got, ",") != strings.Join(tt.want, ",") {
				t.Errorf("exchanges %q, want %q", got, tt.want)
			}
		})
	}
}

// What was never sent is reported so; what failed later may have been.
func TestHARNeverSent(t *testing.T) {
	for why, want := range map[string]bool{
		"net::ERR_CONNECTION_REFUSED": true, "net::ERR_NAME_NOT_RESOLVED": true, "net::ERR_CERT_DATE_INVALID": true, "net::ERR_BLOCKED_BY_CLIENT": true,
		"net::ERR_FAILED": false, "net::ERR_ABORTED": false, "net::ERR_CONNECTION_RESET": false, "net::ERR_EMPTY_RESPONSE": false, "net::ERR_BLOCKED_BY_RESPONSE": false, "": false,
	} {
		e := tokenEntry()
		e["response"] = obj{"status": 0, "statusText": "", "_error": why}
		found, err := readHAR(harOf(t, "WebInspector", e))
		if err != nil || len(found) != 1 {
			t.Fatal(found, err)
		}
		if got := strings.Contains(strings.Join(found[0].Request.Notes, " "), "never sent"); got != want {
			t.Errorf("%q: never sent %v, want %v: %q", why, got, want, found[0].Request.Notes)
		}
	}
}

// Parameters without text: all as they were sent, or one of them encoded twice.
func TestHAREncodedTwice(t *testing.T) {
	const plain, encoded = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer", "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"
	for _, tt := range []struct{ name, kind, scope, want string }{
		{"as sent", encoded, "a%2Fb", plain},
		{"as meant", plain, "a/b", plain},
		{"twice, beside a slash", encoded, "system/Patient.rs", encoded},
		{"twice, beside a blank", encoded, "a b", encoded},
		{"nothing tells", encoded, "openid", plain},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := tokenEntry()
			e["request"].(obj)["postData"] = obj{"mimeType": "application/x-www-form-urlencoded", "params": list{
				field("grant_type", "client_credentials"), field("scope", tt.scope), field("client_assertion_type", tt.kind), field("client_assertion", "a.b.c")}}
			found, err := readHAR(harOf(t, "Charles Proxy", e))
			if err != nil || len(found) != 1 {
				t.Fatal(found, err)
			}
			if p, _ := found[0].Request.Param("client_assertion_type"); p.Value != tt.want {
				t.Errorf("read as %q, want %q", p.Value, tt.want)
			}
		})
	}
}
