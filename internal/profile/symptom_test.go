package profile_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// sample makes the answer a symptom is about out of the symptom itself.
func sample(s profile.Symptom) (profile.Answer, bool) {
	a := profile.Answer{Status: s.Match.Status}
	text := func(t *profile.Text) (string, bool) {
		switch {
		case t == nil, t.Empty:
			return "", true
		case t.Regexp != "":
			return s.Says, s.Says != ""
		}
		return t.Substring, true
	}
	var ok [4]bool
	a.Error, ok[0] = text(s.Match.Error)
	a.Description, ok[1] = text(s.Match.Description)
	a.ErrorURI, ok[2] = text(s.Match.ErrorURI)
	a.Text, ok[3] = text(s.Match.Body)
	if s.Match.Error != nil && s.Match.Error.Regexp != "" && s.Match.Description == nil {
		a.Error = s.Says
	}
	return a, ok == [4]bool{true, true, true, true}
}

// Every symptom of every profile wins for the words it is about, whatever the
// case, with more text around them, and with other quotation marks.
func TestEverySymptomIsRecognised(t *testing.T) {
	rows := 0
	for _, id := range profile.IDs() {
		p := load(t, id)
		for _, s := range p.Symptoms {
			if s.From != p.ID {
				continue
			}
			a, ok := sample(s)
			if !ok {
				t.Errorf("%s: %+v is a pattern and has no `says`", id, s.Match)
				continue
			}
			rows++
			spellings := map[string]profile.Answer{"as it is": a}
			if a.Description != "" {
				longer := a
				longer.Description = "Trace 4711: " + a.Description + " (at 2026-11-21)"
				spellings["with more around it"] = longer
				if s.Match.Description.Regexp == "" {
					loud := a
					loud.Description = strings.ToUpper(a.Description)
					spellings["in capitals"] = loud
				}
			}
			if a.ErrorURI != "" && s.Match.ErrorURI.Regexp == "" {
				encoded := a
				encoded.ErrorURI = "https://as.example/error/" + url.QueryEscape(a.ErrorURI)
				spellings["percent-encoded"] = encoded
			}
			for how, a := range spellings {
				f, ok := p.Recognised(a)
				if !ok {
					t.Errorf("%s, %s: %+v is not recognised", id, how, a)
					continue
				}
				if f.Symptom.Means != s.Means {
					t.Errorf("%s, %s: %+v\n is taken for %q,\n not for %q", id, how, a, f.Symptom.Means, s.Means)
				}
			}
		}
	}
	if rows < 300 {
		t.Errorf("only %d symptoms were tried", rows)
	}
	t.Logf("%d symptoms", rows)
}

func TestRecognised(t *testing.T) {
	redox := load(t, "redox")
	epic := load(t, "epic")
	for _, tt := range []struct {
		name   string
		p      *profile.Profile
		answer profile.Answer
		first  string // cause; "" if no symptom fits
	}{
		{"the longer text wins", redox, profile.Answer{Error: "invalid_request", Description: "Missing client assertion type"}, "assertion-type-missing"},
		{"the shorter alone", redox, profile.Answer{Error: "invalid_request", Description: "Missing client assertion"}, "assertion-missing"},
		{"a suffix", redox, profile.Answer{Description: `"iat" claim timestamp check failed (it should be in the past)`}, "clock-ahead"},
		{"no suffix", redox, profile.Answer{Description: `"iat" claim timestamp check failed`}, "iat-too-old"},
		{"null", epic, profile.Answer{Status: 400, Error: "invalid_client"}, "signed-by-unknown-key"},
		{"a page", redox, profile.Answer{Loose: true, Text: "Error\nJWTs must have three components"}, "wrong-segment-count"},
		{"typographic quotes", redox, profile.Answer{Description: "The grant_type parameter should equal ‘client_credentials’"}, "grant-type-wrong"},
		{"nothing", redox, profile.Answer{Loose: true, Text: "Hello"}, ""},
		{"another code", redox, profile.Answer{Error: "teapot"}, ""},
		{"a code inside a word", redox, profile.Answer{Loose: true, Text: "my_invalid_client_list"}, ""},
	} {
		f, ok := tt.p.Recognised(tt.answer)
		switch {
		case ok != (tt.first != ""):
			t.Errorf("%s: recognised %v (%+v)", tt.name, ok, f)
		case ok && (len(f.Symptom.Explains) == 0 || f.Symptom.Explains[0] != tt.first):
			t.Errorf("%s: explains %v, want %s first", tt.name, f.Symptom.Explains, tt.first)
		}
	}
}

func TestRecognising(t *testing.T) {
	for _, tt := range []struct {
		code, description, first string
	}{
		{"invalid_request", `Unexpected "aud" claim value`, "redox"},
		{"invalid_client", "The client_assertion could not be validated against known signing keys.", "singpass"},
		{"invalid_client", "AADSTS50006: Signature verification failed because of an invalid signature.", "entra"},
		{"invalid_client", "XX50006: Signature verification failed because of an invalid signature.", "jose"},
		{"Invalid client assertion type", "", "mockpass"},
		{"", "Invalid client assertion type", "redox"},
	} {
		got := library().Recognising(profile.Answer{Error: tt.code, Description: tt.description})
		if len(got) == 0 || got[0].Profile.ID != tt.first || profile.Rivals(got) != 1 {
			t.Errorf("%s: %v", tt.description, got)
		}
	}
	// The end of a code is not the beginning of another server's sentence.
	const words = "assertion has expired"
	if got := library().Recognising(profile.Answer{Error: "invalid_client", Description: words, Text: "invalid_client\n" + words}); len(got) == 0 || got[0].Profile.ID != "gravitee-am" {
		t.Errorf("%s: %v", words, got)
	}
	for _, a := range []profile.Answer{{Error: "invalid_client"}, {Status: 400, Error: "invalid_client", Text: "invalid_client"}, {Loose: true, Text: "server_error"}} {
		if got := library().Recognising(a); len(got) > 0 {
			t.Errorf("%+v points to %s, though every server says so", a, got[0].Profile.ID)
		}
	}
}

// Hundreds of patterns are tried on an answer, so that only its beginning counts.
func TestLongAnswers(t *testing.T) {
	l := library()
	page := strings.Repeat("<p>Lorem ipsum dolor sit amet</p> ", 30_000)
	const words = "JWT header kid property is required"
	for _, tt := range []struct {
		name, text string
		want       bool
	}{
		{"at the beginning", words + " " + page, true},
		{"far behind", page + words, false},
		{"short", words, true},
	} {
		if got := len(l.Recognising(profile.Answer{Text: tt.text, Loose: true})) > 0; got != tt.want {
			t.Errorf("%s: recognised %v", tt.name, got)
		}
	}
}
