package main

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// clientLibraries are libraries of applications, each a folder of e2e whose
// client.mjs takes the same arguments.
var clientLibraries = [...]string{"openid-client", "oauth4webapi"}

// libraryAsks lets a library ask for a token, and returns what it got.
func libraryAsks(t *testing.T, library, issuer, client, audience string) map[string]any {
	t.Helper()
	node, dir := nodeApp(t, library)
	key, err := filepath.Abs(signingKey)
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), node, filepath.Join(dir, "client.mjs"), issuer, client, key, "RS256", "k1", audience).Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var got map[string]any
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return got
}

// startStrict runs a serve for the client "me", and returns its token URL and issuer.
func startStrict(t *testing.T) (tokenURL, issuer string) {
	t.Helper()
	s := startListening(t, time.Now, "serve", "-q", "-p", "rfc7523", "--client-id", "me")
	return s.url, strings.TrimSuffix(s.url, "/token")
}

// What client libraries send to serve is taken, and what is wrong with it is
// answered as the provider would.
func TestServeWithClientLibraries(t *testing.T) {
	for _, library := range clientLibraries {
		t.Run(library, func(t *testing.T) {
			nodeApp(t, library)
			tokenURL, issuer := startStrict(t)
			for _, tt := range []struct {
				name, client, audience string
				member, want           string
			}{
				{"a good request", "me", "", "token_type", "bearer"},
				{"another client", "somebody-else", "", "error", "invalid_client"},
				{"another audience", "me", "https://elsewhere.example/token", "error", "invalid_client"},
				{"the token URL as audience", "me", tokenURL, "token_type", "bearer"},
			} {
				t.Run(tt.name, func(t *testing.T) {
					got := libraryAsks(t, library, issuer, tt.client, tt.audience)
					if s, _ := got[tt.member].(string); !strings.EqualFold(s, tt.want) {
						t.Errorf("%s is not %s: %v", tt.member, tt.want, got)
					}
				})
			}
		})
	}
}

// Through a tap a library gets what it gets without one, unless it makes aud of
// the address it was given; and that is said to be the tap's doing.
func TestTapWithClientLibraries(t *testing.T) {
	for _, library := range clientLibraries {
		t.Run(library, func(t *testing.T) {
			nodeApp(t, library)
			tokenURL, issuer := startStrict(t)
			through := startTap(t, tokenURL, "-p", "rfc7523", "--client-id", "me", "--serve-discovery")
			for _, tt := range []struct {
				name, client, audience string
				cause                  string
				same                   bool // with the tap and without
			}{
				{"aud pinned", "me", issuer, "", true},
				{"aud derived", "me", "", "aud-from-tap", false},
				{"another client", "somebody-else", issuer, "client-id-mismatch", true},
				{"another audience", "me", "https://elsewhere.example/token", "aud-mismatch", true},
			} {
				t.Run(tt.name, func(t *testing.T) {
					direct := libraryAsks(t, library, issuer, tt.client, tt.audience)
					got := libraryAsks(t, library, strings.TrimSuffix(through.url, "/token"), tt.client, tt.audience)
					if same := jsonText(got) == jsonText(direct); same != tt.same {
						t.Errorf("got %v, without the tap %v", got, direct)
					}
					if c := through.exchange(t); c.first() != tt.cause || c.failed() != (tt.cause != "") {
						t.Errorf("first is %q, want %q: %+v", c.first(), tt.cause, c)
					}
				})
			}
		})
	}
}
