package explain

import (
	"slices"

	"github.com/assertionworks/jwtdoctor/internal/checks"
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
	return asked(b, r, "response-received")
}

// standard is what the standards say of an error code that no profile has words for.
func (b *Book) standard(r *evidence.Response) (finding.Finding, bool) {
	if r == nil || r.Error.Code == "" {
		return finding.Finding{}, false
	}
	f, ok := asked(b, r, "token-refused")
	check, known := b.checkOf(string(f.Cause))
	// What the cause says of any answer says nothing of this one.
	usual := func(c checks.Cause) bool { return c.ID == f.Cause && c.Why == f.Message }
	return f, ok && known && f.Message != "" && !slices.ContainsFunc(check.Causes, usual)
}

// asked is what one check finds in an answer.
func asked(b *Book, r *evidence.Response, check string) (finding.Finding, bool) {
	p := b.profile(profile.Standard)
	catalog, err := judge.Standard()
	if r == nil || p == nil || err != nil {
		return finding.Finding{}, false
	}
	engine, err := judge.New(catalog, judge.Options{Only: []string{check}, Library: profile.NewLibrary()})
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
func (b *Book) elsewhere(f finding.Finding, v View) Page {
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
	if v.Sentence {
		w.para("If the text is about the address of a key set, see %s.", w.ref("jwks-http-error"))
	}
	w.heading(2, "What to run next")
	w.para("Nothing is gained by changing the assertion before the token endpoint itself answers:")
	w.raw("```sh\njwtdoctor explain " + string(f.Cause) + "\njwtdoctor check request.sh response.txt\n```")
	return Page{ID: string(f.Cause), Kind: KindAnswer, Title: "What the answer means", Markdown: w.String()}
}

// byStandard is the page of an error code that only the standards explain.
func (b *Book) byStandard(f finding.Finding, v View) Page {
	w := &page{book: b, link: plainLink, view: v}
	w.heading(1, "What the answer means")
	w.para("No profile has a message for this answer. What follows comes from the code only.")
	w.para("%s", escape(visible.Text(f.Message)))
	w.next(profile.Elsewhere{}, false)
	return Page{ID: string(f.Cause), Kind: KindAnswer, Title: "What the answer means", Markdown: w.String()}
}
