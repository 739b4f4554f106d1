package checks

import (
	"fmt"
	"slices"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

func assertionCompact() Check {
	return Check{
		ID:      "assertion-compact",
		Subject: "three parts",
		Rank:    130,
		Title:   "The assertion is three dot-separated parts",
		Needs:   []evidence.Need{evidence.NeedAssertion},
		After:   []finding.CauseID{"placeholder-left"},
		Cites:   []finding.Citation{rfc(7515, "7.1"), rfc(7523, "3")},
		Doc:     "A signed JWT in compact serialization is header, payload and signature with two dots between them. Servers split it at the dots before they do anything else.",
		Causes: []Cause{
			{ID: "not-a-jwt", Title: "the text is not a JWT", Severity: finding.Error,
				Why: "Something else was sent or pasted in place of the assertion: a key, a secret, a URL, an access token without structure.",
				Fix: "Sign a JWT with the private key and send that."},
			{ID: "json-serialization", Title: "the assertion is a JWS in JSON serialization", Severity: finding.Error,
				Why: "The signing library was asked for its JSON form (RFC 7515 section 7.2). JWTs use only the compact form (RFC 7519 section 3).",
				Fix: "Ask the library for compact serialization."},
			{ID: "encrypted-assertion", Title: "the assertion has five parts: a JWE, not a signed JWT", Severity: finding.Error,
				Why: "The JWT was encrypted. Encryption needs the server's key and hides the signature; client assertions are signed, not encrypted.",
				Fix: "Sign the claims and send the three-part result."},
			{ID: "wrong-segment-count", Title: "the assertion does not have three parts", Severity: finding.Error,
				Why:   "A part was lost or added when the assertion was built or copied: only header and payload were joined, a log cut the line, or two values were joined.",
				Fix:   "Send header.payload.signature exactly as the library returned it.",
				Leads: []Lead{{To: slices.Concat([]finding.CauseID{"base64-truncated", "base64-noncanonical", "signature-missing"}, undecoded())}}},
			{ID: "empty-segment", Title: "a part is empty", Severity: finding.Error,
				Why: "There are two dots in a row, or the text begins with one: header or payload was an empty string when it was joined.",
				Fix: "Check that header and payload are set before they are encoded."},
		},
		Judge: judgeCompact,
	}
}

func judgeCompact(c *Ctx) Verdict {
	a := c.assertion()
	whole := c.AtOriginal(jsonspan.Span{End: len(a.Original)})
	about := Detail{Name: "assertion", Code: string(a.Shape)}
	if !a.Whole && a.Shape != evidence.ShapeNotJWT {
		return Fail(Found("not-a-jwt", "the text is %d bytes long, over the limit of 1 MiB; its end was not read", a.Length).
			Compare(itoa(a.Length)+" bytes", "an assertion, some 500 to 3,000 bytes").About(about).At(whole).
			Fix("No server accepts an assertion of this size; send only the JWT."))
	}
	switch a.Shape {
	case evidence.ShapeNotJWT:
		title, what := "the text is not a JWT", a.LooksLike
		if what == "" {
			what = "something else"
		} else {
			title = "the text is " + what + ", not a JWT"
		}
		if a.Problem != "" {
			title = a.Problem
		}
		if !a.Whole {
			title = fmt.Sprintf("the text is %s: %d bytes, over the limit of 1 MiB", what, a.Length)
		}
		return Fail(Found("not-a-jwt", "%s", title).Compare(what, "header.payload.signature in base64url").About(about).At(whole))
	case evidence.ShapeJSON:
		return Fail(Found("json-serialization", "the text is a JWS in JSON serialization; a JWT must be in compact serialization").
			Citing(rfc(7515, "7.2"), rfc(7519, "3")).Compare("a JSON object", "header.payload.signature").About(about).At(whole))
	case evidence.ShapeJWE:
		return Fail(Found("encrypted-assertion", "the text is an encrypted JWT (JWE) of %s", parts(a)).
			Citing(rfc(7516, "7.1")).Compare(parts(a), "3 parts, signed").About(about).At(whole))
	}
	if n := len(a.Segments); n != 3 || a.MoreSegments {
		f := Found("wrong-segment-count", "the assertion has %s; a signed JWT has 3", parts(a)).Compare(parts(a), "3 parts").About(about).At(whole)
		switch n {
		case 1:
			f.Fix("This is only one part; send header.payload.signature as the library returned it.")
		case 2:
			f.Fix("The signature is missing: sign header.payload with the private key and append a dot and the signature.")
		}
		return Fail(f)
	}
	for i := range 2 {
		if a.Segments[i].Span.Len() == 0 {
			name := segmentName(a, i)
			return Fail(Found("empty-segment", "the %s is empty: part %d has no characters", name, i+1).Compare("nothing", "the "+name).About(Detail{Name: name}).At(c.AtSegment(i)))
		}
	}
	return Pass("three parts: header, payload and signature")
}

// parts says how many parts the assertion has.
func parts(a *evidence.Assertion) string {
	n := len(a.Segments)
	if a.MoreSegments {
		return fmt.Sprintf("more than %d parts", n-1)
	}
	return fmt.Sprintf("%d %s", n, plural(n, "part", "parts"))
}
