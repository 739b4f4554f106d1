package checks

import (
	"slices"

	"fmt"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

func assertionClean() Check {
	return Check{
		ID:      "assertion-clean",
		Subject: "the text",
		Rank:    120,
		Title:   "The text is the assertion and nothing around it",
		Needs:   []evidence.Need{evidence.NeedAssertion},
		Cites:   []finding.Citation{rfc(7515, "7.1")},
		Doc: "A compact JWT is three runs of base64url with two dots and not one character more. What copying, mail, shells and " +
			"languages put around or into it reaches the server as part of it. The check names what it took away, and the diagnosis goes on with the rest.",
		Causes: []Cause{
			{ID: "placeholder-left", Title: "a placeholder was never filled in", Severity: finding.Error,
				Why: "The text is a name that should have been replaced by an assertion: a template, a shell variable or a documentation sample was used as it is.",
				Fix: "Put the signed assertion in its place; in a shell, check that the variable is set and that the quotes let it expand."},
			{ID: "wrapped-in-quotes", Title: "quotes, backticks or brackets stand around the assertion", Severity: finding.Warning, SentSeverity: finding.Error,
				Why: "The value was copied with the punctuation of the text around it, or a JSON string was sent with its quotes.",
				Fix: "Send the characters between the quotes alone."},
			{ID: "bearer-prefix", Title: "the text begins with Bearer or another scheme", Severity: finding.Warning, SentSeverity: finding.Error,
				Why: "Bearer belongs into an Authorization header in front of an access token; a client assertion is a form parameter and has no scheme.",
				Fix: "Send the JWT alone in client_assertion."},
			{ID: "bytes-repr", Title: "a language's bytes notation stands around the assertion", Severity: finding.Error,
				Why: "A bytes object was turned into text by printing it, as str(b'…') does in Python: the b and the quotes became part of the value.",
				Fix: "Decode the bytes instead: token.decode('ascii') in Python; PyJWT 2 returns a str already."},
			{ID: "surrounding-whitespace", Title: "white space stands before or after the assertion", Severity: finding.Warning, SentSeverity: finding.Error,
				Why: "A file's line end or a copied blank was kept. Sent in a form it becomes + or %0A and the JWT no longer parses.",
				Fix: "Trim the text before sending it."},
			{ID: "inner-whitespace", Title: "white space stands inside the assertion", Severity: finding.Error,
				Why: "Mail, PDF or a terminal wrapped the line, or a base64 encoder broke it every 64 or 76 characters.",
				Fix: "Join the lines; tell the encoder not to wrap (base64 -w0)."},
			{ID: "percent-encoded", Title: "the assertion is still percent-encoded", Severity: finding.Error,
				Why:   "The value was encoded by hand and then again by the HTTP client, so that the server sees %2E where a dot should stand.",
				Fix:   "Give the HTTP client the plain assertion and let it encode once.",
				Leads: []Lead{{To: slices.Concat([]finding.CauseID{"base64-truncated", "base64-invalid-character", "base64-padding", "base64-standard-alphabet"}, undecoded(), misshapen())}}},
			{ID: "json-escaped", Title: "the assertion carries JSON or shell escapes", Severity: finding.Warning,
				Why: "It was copied out of a JSON string, a log or a quoted shell word together with its backslashes.",
				Fix: "Take the value from the parsed JSON, not from its source text."},
			{ID: "invisible-characters", Title: "invisible characters stand in the assertion", Severity: finding.Error,
				Why:   "A byte order mark, a zero-width or no-break space or a control character came along when it was copied or saved.",
				Fix:   "Copy it as plain text or write it by program; save the file as UTF-8 without BOM.",
				Leads: []Lead{{To: slices.Concat([]finding.CauseID{"base64-truncated", "base64-invalid-character"}, undecoded(), misshapen())}}},
			{ID: "typographic-characters", Title: "hyphens or quotes were replaced by typographic ones", Severity: finding.Error,
				Why:   "A forum, chat or word processor turned -- into a dash or straight quotes into curly ones. Which characters stood there cannot always be told from the text.",
				Fix:   "Send the assertion as the signing program printed it, never through an editor or chat.",
				Leads: []Lead{{To: slices.Concat([]finding.CauseID{"base64-truncated", "base64-invalid-character"}, undecoded(), misshapen())}}},
		},
		Judge: judgeClean,
	}
}

func judgeClean(c *Ctx) Verdict {
	a := c.assertion()
	if a.Shape == evidence.ShapePlaceholder {
		what := a.LooksLike
		if what == "" {
			what = "a placeholder"
		}
		if a.FilledLater {
			// Run, the command may well send an assertion; here there is none to judge.
			return Fail(Found("placeholder-left", "the assertion is %s, so there is none here to judge", strings.TrimPrefix(a.LooksLike, "it is ")).
				Saying("The command is complete only where it is run. What it sends in place of this cannot be seen in its text.").
				Compare(clip(a.Original), "a signed JWT, three parts of base64url").
				Fix("Give the assertion too, as a file or on standard input; and check that the variable is set where the command runs").
				At(c.AtOriginal(jsonspan.Span{End: len(a.Original)})).As(finding.Possible).Weigh(finding.Warning))
		}
		return Fail(Found("placeholder-left", "the text is %s, not an assertion", what).
			Compare(clip(a.Original), "a signed JWT, three parts of base64url").At(c.AtOriginal(jsonspan.Span{End: len(a.Original)})))
	}
	// One fault a cause, with every place it stands at.
	var faults []*Fault
	byCause := map[finding.CauseID]*Fault{}
	count := map[finding.CauseID]int{}
	for _, r := range a.Repairs {
		count[r.Cause]++
		f, ok := byCause[r.Cause]
		if !ok {
			f = Found(r.Cause, "%s", cleanTitle(r))
			byCause[r.Cause] = f
			faults = append(faults, f)
		}
		if count[r.Cause] <= 8 {
			f.At(c.AtOriginal(r.Span))
		}
	}
	for cause, f := range byCause {
		if n := count[cause]; n > 1 {
			f.Title += fmt.Sprintf(", and %d more such %s", n-1, plural(n-1, "place", "places"))
		}
	}
	if f := c.tail(a); f != nil {
		faults = append(faults, f)
	}
	if a.Embedded != "" {
		return Faults("taken out of "+a.Embedded, faults...)
	}
	return Faults("nothing stands around or inside it", faults...)
}

// tail finds what follows the assertion in the same word, as the fragment of a
// URL or the rest of a cookie does: it goes along when the word is sent. What
// follows is not shown, for it may be a secret.
func (c *Ctx) tail(a *evidence.Assertion) *Fault {
	if a.Shape != evidence.ShapeCompact || len(a.Offsets) == 0 {
		return nil
	}
	from, end := int(a.Offsets[0]), int(a.Offsets[len(a.Compact)])
	if end >= len(a.Original) || strings.TrimSpace(a.Original[:from]) != "" {
		return nil
	}
	rest := strings.TrimRight(a.Original[end:], " \t\r\n")
	if rest == "" || !strings.Contains("#;?", rest[:1]) || strings.ContainsAny(rest, " \t\r\n") ||
		slices.ContainsFunc(a.Repairs, func(r evidence.Repair) bool { return r.Span.End > end }) {
		return nil
	}
	more := ""
	if n := len(rest) - 1; n > 0 {
		more = fmt.Sprintf(" and %d more %s", n, plural(n, "character", "characters"))
	}
	return Found("wrapped-in-quotes", "the assertion is followed by %s%s", rest[:1], more).
		Saying("A compact JWT ends with the last character of its signature. What follows in the same word is sent with it, and is not base64url.").
		Fix("Send only the characters before the %s.", rest[:1]).At(c.AtOriginal(jsonspan.Span{Start: end, End: end + len(rest)}))
}

func cleanTitle(r evidence.Repair) string {
	switch r.Cause {
	case "inner-whitespace":
		return "inside the assertion stands " + r.What
	case "percent-encoded":
		return "the assertion is " + r.What
	case "typographic-characters", "invisible-characters", "json-escaped":
		return "in the assertion stands " + r.What
	}
	return "around the assertion stands " + r.What
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// clip keeps a text short enough to show.
func clip(s string) string {
	const most = 80
	r := []rune(s)
	if len(r) <= most {
		return s
	}
	return string(r[:most-1]) + "…"
}
