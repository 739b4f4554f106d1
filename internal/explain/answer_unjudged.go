package explain

import (
	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/judge"
	"github.com/assertionworks/jwtdoctor/internal/mask"
	"github.com/assertionworks/jwtdoctor/internal/profile"
	"github.com/assertionworks/jwtdoctor/internal/visible"
)

// unjudged asks the check response-received whether the token endpoint was
// reached at all: of a gateway's page, and of an address where nothing is, no
// word says what is wrong with an assertion, and none whose server it is.
func (b *Book) unjudged(r *evidence.Response) (finding.Finding, bool) {
	p := b.profile(profile.Standard)
	catalog, err := judge.Standard()
	if r == nil || p == nil || err != nil {
		return finding.Finding{}, false
	}
	engine, err := judge.New(catalog, judge.Options{Only: []string{"response-received"}, Library: profile.NewLibrary()})
	if err != nil {
		return finding.Finding{}, false
	}
	judged := engine.Judge(judge.Question{Case: &evidence.Case{Response: evidence.Known(r)}, Rules: p.Compiled(), At: evidence.Moment{Kind: evidence.ClientAssertion}}, nil)
	for _, f := range judged.Findings {
		if f.Failed() {
			one := finding.Case{Findings: []finding.Finding{f}}
			mask.Of(&evidence.Case{Response: evidence.Known(r)}).Case(&one, false)
			return one.Findings[0], true
		}
	}
	return finding.Finding{}, false
}

// elsewhere is the page of an answer by which nobody has judged an assertion.
func (b *Book) elsewhere(f finding.Finding) Page {
	w := &page{book: b, link: plainLink}
	w.heading(1, "What the answer means")
	w.para("%s: %s.", w.ref(string(f.Cause)), escape(b.titleOf(string(f.Cause))))
	w.para("%s.", escape(visible.Text(upperFirst(f.Title))))
	if f.Message != "" {
		w.para("%s", escape(visible.Text(f.Message)))
	}
	for _, fix := range f.Fix {
		w.para("**Fix:** %s", escape(fix))
	}
	w.heading(2, "What to run next")
	w.para("Nothing is gained by changing the assertion before the token endpoint itself answers:")
	w.raw("```sh\njwtdoctor explain " + string(f.Cause) + "\njwtdoctor check request.sh response.txt\n```")
	return Page{ID: string(f.Cause), Kind: KindAnswer, Title: "What the answer means", Markdown: w.String()}
}
