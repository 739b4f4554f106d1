package doctor_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	texts "github.com/assertionworks/jwtdoctor/internal/input"
	"github.com/assertionworks/jwtdoctor/internal/judge"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// bodyOf writes an answer that a symptom is about, in the form it has on the wire;
// "" if the symptom is a pattern that is never said as it is.
func bodyOf(s profile.Symptom) string {
	body := map[string]string{}
	for member, t := range map[string]*profile.Text{"error": s.Match.Error, "error_description": s.Match.Description, "error_uri": s.Match.ErrorURI, "message": s.Match.Body} {
		switch {
		case t == nil, t.Empty:
		case t.Regexp != "":
			body[member] = s.Says
		default:
			body[member] = t.Substring
		}
	}
	text, err := json.Marshal(body)
	if err != nil {
		panic(err)
	}
	if m := s.Match; m.Error == nil && m.Description == nil && m.ErrorURI == nil && m.Body != nil {
		text = []byte(body["message"])
	}
	if s.Match.Status != 0 {
		return fmt.Sprintf("HTTP/1.1 %d Status\r\n\r\n%s", s.Match.Status, text)
	}
	return string(text)
}

// heard is an answer, as symptoms and checks see it.
type heard struct {
	response *evidence.Response
	answer   profile.Answer
}

func hear(body string) heard {
	r := texts.PlainAnswer("", body)
	return heard{r, judge.AnswerOf(r)}
}

// listening makes a doctor who hears answers only.
func listening(t *testing.T, profiles ...string) *doctor.Doctor {
	t.Helper()
	opts := healthy(profile.Standard).opts
	opts.Profiles, opts.ClientID, opts.TokenURL = profiles, "", ""
	d, err := doctor.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Each symptom of each provider is recognised in a body made from it, and its causes
// are the likely ones: under its profile, and where nobody says whose answer it is.
// There another provider may say the same, but none that says more wins.
func TestEverySymptomInItsBody(t *testing.T) {
	anyone := listening(t)
	symptoms, own := 0, 0
	for _, id := range profile.IDs() {
		p, named := loadProfile(t, id), listening(t, id)
		for _, s := range p.Symptoms {
			if s.From != id {
				continue
			}
			symptoms++
			body := bodyOf(s)
			h := hear(body)
			fails := func(c finding.Case) bool {
				return c.Symptom == nil || len(c.Diagnosis) == 0 || !slices.Contains(s.Explains, string(c.Diagnosis[0].Cause))
			}
			judged := func(d *doctor.Doctor) finding.Case {
				c, err := d.JudgeExchange(texts.Exchange{Response: h.response})
				if err != nil {
					t.Fatal(err)
				}
				return c
			}
			if c := judged(named); fails(c) {
				t.Errorf("%s: %s\ngives %v, want one of %v first", id, body, diagnosis(c), s.Explains)
			}
			fit, _ := p.Recognised(h.answer)
			all := embedded().Recognising(h.answer)
			best := all[:profile.Rivals(all)]
			c := judged(anyone)
			switch is := func(e profile.Elsewhere) bool { return e.Profile.ID == id }; {
			case c.Profile.ID != id && c.Profile.ID != profile.Standard && !(s.LogOnly && !best[0].Fit.Symptom.LogOnly):
				t.Errorf("%s: %s\nis taken for an answer of %s", id, body, c.Profile.ID)
			case !fit.Specific: // many say no more than this
			case !s.LogOnly && !slices.ContainsFunc(best, is):
				t.Errorf("%s: %s\nis found at %s first", id, body, best[0].Profile.ID)
			case len(best) == 1 && fails(c):
				t.Errorf("%s, not named: %s\ngives %v, want one of %v first", id, body, diagnosis(c), s.Explains)
			case len(best) == 1:
				own++
			}
		}
	}
	if symptoms < 850 || own < 750 {
		t.Errorf("%d symptoms, of which %d are one provider's", symptoms, own)
	}
	t.Logf("%d symptoms, of which %d are one provider's", symptoms, own)
}
