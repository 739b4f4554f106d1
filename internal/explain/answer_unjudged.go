package explain

import (
	"github.com/assertionworks/jwtdoctor/internal/checks"
	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// unjudged asks the check response-received whether the token endpoint was
// reached at all: of a gateway's page, and of an address where nothing is, no
// word says what is wrong with an assertion, and none whose server it is.
func (b *Book) unjudged(r *evidence.Response, heard []profile.Elsewhere) (finding.Finding, bool) {
	c, ok := b.checkNamed("response-received")
	p := b.profile("rfc7523")
	if r == nil || !ok || p == nil {
		return finding.Finding{}, false
	}
	var known *profile.Symptom
	if len(heard) > 0 {
		known = heard[0].Fit.Symptom
	}
	for _, f := range checks.Run(&evidence.Case{Kind: evidence.ClientAssertion, Response: evidence.Known(r)}, p.Compiled(), known, []checks.Check{c}) {
		if f.Failed() {
			return f, true
		}
	}
	return finding.Finding{}, false
}

func (b *Book) checkNamed(id string) (checks.Check, bool) {
	for _, c := range b.Checks {
		if c.ID == id {
			return c, true
		}
	}
	return checks.Check{}, false
}

// elsewhere is the page of an answer by which nobody has judged an assertion.
func (b *Book) elsewhere(f finding.Finding) Page {
	w := &page{book: b, link: plainLink}
	w.heading(1, "What the answer means")
	w.para("%s: %s.", w.ref(f.Cause), escape(b.titleOf(f.Cause)))
	w.para("%s.", escape(upperFirst(f.Title)))
	if f.Message != "" {
		w.para("%s", escape(f.Message))
	}
	for _, fix := range f.Fix {
		w.para("**Fix:** %s", escape(fix))
	}
	w.heading(2, "What to run next")
	w.para("Nothing is gained by changing the assertion before the token endpoint itself answers:")
	w.raw("```sh\njwtdoctor explain " + f.Cause + "\njwtdoctor check request.sh response.txt\n```")
	return Page{ID: f.Cause, Kind: KindAnswer, Title: "What the answer means", Markdown: w.String()}
}
