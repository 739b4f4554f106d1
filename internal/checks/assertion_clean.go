package checks

import (
	"fmt"
	"slices"
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
		Needs:   []evidence.Need{evidence.NeedAssertionOrParts},
		Cites:   []finding.Citation{rfc(7515, "7.1")},
		Doc: "A compact JWT is three runs of base64url with two dots and nothing else. What copying, mail, shells and " +
			"languages put around or into it reaches the server as part of it. The check names what it removed, and the diagnosis continues with the rest. " +
			"Characters that nobody sees are found in the decoded values too: an ID with one of them is another ID.",
		Causes: []Cause{
			{ID: "placeholder-left", Title: "a placeholder was never filled in", Severity: finding.Error,
				Why: "The text is a name that should have been replaced by an assertion: a template, a shell variable or a documentation sample was used as it is.",
				Fix: "Replace it with the signed assertion; in a shell, check that the variable is set and that the quotes let it expand."},
			{ID: "wrapped-in-quotes", Title: "quotes, backticks or brackets are around the assertion", Severity: finding.Warning, SentSeverity: finding.Error,
				Why: "The value was copied with the punctuation of the text around it, or a JSON string was sent with its quotes.",
				Fix: "Send only the characters between the quotes."},
			{ID: "bearer-prefix", Title: "the text begins with Bearer or another scheme", Severity: finding.Warning, SentSeverity: finding.Error,
				Why: "Bearer belongs in an Authorization header in front of an access token; a client assertion is a form parameter and has no scheme.",
				Fix: "Send only the JWT in client_assertion."},
			{ID: "bytes-repr", Title: "the bytes notation of a language is around the assertion", Severity: finding.Error,
				Why: "A bytes object was turned into text by printing it, as str(b'…') does in Python: the b and the quotes became part of the value.",
				Fix: "Decode the bytes instead: token.decode('ascii') in Python; PyJWT 2 already returns a str."},
			{ID: "surrounding-whitespace", Title: "whitespace before or after the assertion", Severity: finding.Warning, SentSeverity: finding.Error,
				Why: "A file's line end or a copied blank was kept. Sent in a form it becomes + or %0A and the JWT no longer parses.",
				Fix: "Trim the text before sending it."},
			{ID: "inner-whitespace", Title: "whitespace inside the assertion", Severity: finding.Error,
				Why: "Mail, PDF or a terminal wrapped the line, or a base64 encoder broke it every 64 or 76 characters.",
				Fix: "Join the lines; turn wrapping off in the encoder (base64 -w0)."},
			{ID: "percent-encoded", Title: "the assertion is still percent-encoded", Severity: finding.Error,
				Why:   "The value was encoded by hand and then again by the HTTP client, so the server sees %2E where there should be a dot.",
				Fix:   "Give the HTTP client the plain assertion and let it encode once.",
				Leads: []Lead{{To: slices.Concat([]finding.CauseID{"base64-truncated", "base64-invalid-character", "base64-padding", "base64-standard-alphabet"}, undecoded(), misshapen())}}},
			{ID: "json-escaped", Title: "JSON or shell escapes in the assertion", Severity: finding.Warning,
				Why: "It was copied out of a JSON string, a log or a quoted shell word together with its backslashes.",
				Fix: "Take the value from the parsed JSON, not from its source text."},
			{ID: "invisible-characters", Title: "invisible characters in the assertion", Severity: finding.Error,
				Why: "A byte order mark, a zero-width or no-break space or a control character was copied or saved with it.",
				Fix: "Copy it as plain text or write it from a program; save the file as UTF-8 without BOM.",
				Leads: []Lead{
					{To: slices.Concat([]finding.CauseID{"base64-truncated", "base64-invalid-character"}, undecoded(), misshapen()), When: ofText},
					{To: ofValues(), When: ofThatValue}}},
			{ID: "typographic-characters", Title: "hyphens or quotes were replaced by typographic ones", Severity: finding.Error,
				Why:   "A forum, chat or word processor turned -- into a dash or straight quotes into curly ones. The text does not always show which characters were there.",
				Fix:   "Send the assertion as the signing program printed it, never through an editor or chat.",
				Leads: []Lead{{To: slices.Concat([]finding.CauseID{"base64-truncated", "base64-invalid-character"}, undecoded(), misshapen())}}},
		},
		Judge: judgeClean,
	}
}

func judgeClean(c *Ctx) Verdict {
	a := c.assertion()
	hidden := c.hiddenValues()
	switch {
	case a == nil && hidden == nil:
		return NotAsked("only the decoded parts were given").For(finding.WhyNotGiven)
	case a == nil:
		return Fail(hidden)
	case a.Shape == evidence.ShapePlaceholder:
		return Fail(c.placeholder(a))
	}
	tail := c.tail(a)
	if len(a.Repairs) == 0 && hidden == nil && tail == nil && a.Embedded == "" {
		return Pass("nothing is around or inside it")
	}
	// One fault a cause, with every place it is at.
	var faults []*Fault
	var count []int // of each fault
	for i := range a.Repairs {
		r := &a.Repairs[i]
		k := slices.IndexFunc(faults, func(f *Fault) bool { return f.Cause == r.Cause })
		if k < 0 {
			k = len(faults)
			faults = append(faults, Found(r.Cause, "%s", cleanTitle(r)).About(Detail{Name: "assertion"}))
			count = append(count, 0)
		}
		if count[k]++; count[k] <= 8 {
			faults[k].At(c.AtOriginal(r.Span))
		}
	}
	for k, f := range faults {
		if n := count[k] - 1; n > 0 {
			f.Title += fmt.Sprintf(", and %d more such %s", n, plural(n, "place", "places"))
		}
	}
	faults = append(faults, tail, hidden)
	if a.Embedded != "" {
		return Faults("found in "+a.Embedded, faults...)
	}
	return Faults("nothing is around or inside it", faults...)
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
	return Found("wrapped-in-quotes", "the assertion is followed by %s%s", rest[:1], more).About(Detail{Name: "assertion"}).
		Saying("A compact JWT ends with the last character of its signature. What follows in the same word is sent with it, and is not base64url.").
		Fix("Send only the characters before the %s.", rest[:1]).At(c.AtOriginal(jsonspan.Span{Start: end, End: end + len(rest)}))
}

// placeholder is the fault of a text that is not an assertion yet.
func (c *Ctx) placeholder(a *evidence.Assertion) *Fault {
	whole := c.AtOriginal(jsonspan.Span{End: len(a.Original)})
	about := Detail{Name: "assertion", Value: clip(a.Original)}
	if a.FilledLater {
		// Run, the command may well send an assertion; here there is none to check.
		return Found("placeholder-left", "the assertion is not in the text: %s", orElse(a.LooksLike, a.LooksLike != "", "it is a placeholder")).
			Saying("The command is complete only when it runs. Its text does not show what it sends here.").
			Compare(clip(a.Original), "a signed JWT, three parts of base64url").About(about).At(whole).
			Fix("Give the assertion too, as a file or on standard input, and check that the variable is set where the command runs.").
			As(finding.Possible).Weigh(finding.Warning)
	}
	return Found("placeholder-left", "the text is %s, not an assertion", orElse(a.LooksLike, a.LooksLike != "", "a placeholder")).
		Compare(clip(a.Original), "a signed JWT, three parts of base64url").About(about).At(whole)
}

func cleanTitle(r *evidence.Repair) string {
	switch r.Cause {
	case "inner-whitespace":
		return "whitespace inside the assertion: " + r.What
	case "surrounding-whitespace":
		return "whitespace around the assertion: " + r.What
	case "percent-encoded":
		return "the assertion is " + r.What
	case "typographic-characters", "invisible-characters", "json-escaped":
		return "the assertion contains " + r.What
	case "bytes-repr":
		return "bytes notation is part of the assertion: " + r.What
	case "bearer-prefix":
		return "pasted in front of the assertion: " + r.What
	}
	return "extra characters around the assertion: " + r.What
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
