package explain

import (
	"errors"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// A status or a code that every server uses names no provider, and of a
// gateway's page the page says that nobody has judged the assertion.
func TestAnswerNamesNobody(t *testing.T) {
	b := loaded(t)
	for _, tt := range []struct {
		name   string
		r      evidence.Response
		a      profile.Answer
		says   string // "" if nothing is known
		within bool   // whether GOV.UK, Entra, NHS and others may be named
	}{
		{"a block page", evidence.Response{Status: 403, Form: evidence.FormHTML, BodyKnown: true, Body: "<html><title>Attention Required! | Cloudflare</title></html>"},
			profile.Answer{Status: 403, Loose: true, Text: "Attention Required! | Cloudflare"}, "answered-by-gateway", false},
		{"404", evidence.Response{Status: 404, Form: evidence.FormEmpty}, profile.Answer{Status: 404, Loose: true}, "endpoint-not-found", false},
		{"405", evidence.Response{Status: 405, Form: evidence.FormEmpty}, profile.Answer{Status: 405, Loose: true}, "endpoint-not-found", false},
		{"access_denied", evidence.Response{}, profile.Answer{Loose: true, Text: "access_denied"}, "", false},
		{"unknown_error", evidence.Response{}, profile.Answer{Error: "unknown_error"}, "", false},
		{"a number in prose", evidence.Response{}, profile.Answer{Loose: true, Text: "Order 390144 shipped"}, "", false},
		{"a number alone", evidence.Response{}, profile.Answer{Loose: true, Text: "390144"}, "Snowflake", true},
		{"a provider's own words", evidence.Response{}, profile.Answer{Error: "invalid_request", Description: `Unexpected "aud" claim value`}, "Redox", true},
		{"an unknown sentence", evidence.Response{}, profile.Answer{Error: "invalid_client", Description: "a new one"}, "No profile knows", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			page, err := b.Answer(&tt.r, tt.a)
			if tt.says == "" {
				if !errors.Is(err, ErrUnheard) {
					t.Fatalf("%v:\n%s", err, page.Markdown)
				}
				return
			}
			if err != nil || !strings.Contains(page.Markdown, tt.says) {
				t.Fatalf("%v, want %q in\n%s", err, tt.says, page.Markdown)
			}
			for _, name := range []string{"GOV.UK", "Entra", "NHS", "eClinicalWorks", "Health Gorilla"} {
				if !tt.within && strings.Contains(page.Markdown, "\n## "+name) {
					t.Errorf("%s is named:\n%s", name, page.Markdown)
				}
			}
		})
	}
}
