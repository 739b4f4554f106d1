package checks

import (
	"slices"

	"fmt"

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
		Doc:     "A signed JWT in compact serialization is header, payload and signature with two dots between them. Servers split at the dots before they do anything else.",
		Causes: []Cause{
			{ID: "not-a-jwt", Title: "the text is no JWT at all", Severity: finding.Error,
				Why: "Something else was sent or pasted in place of the assertion: a key, a secret, a URL, an access token without structure.",
				Fix: "Sign a JWT with the private key and send that."},
			{ID: "json-serialization", Title: "it is a JWS in JSON serialization", Severity: finding.Error,
				Why: "The signing library was asked for its JSON form (RFC 7515 section 7.2). JWTs use the compact form alone (RFC 7519 section 3).",
				Fix: "Ask the library for compact serialization."},
			{ID: "encrypted-assertion", Title: "it has five parts: a JWE, not a signed JWT", Severity: finding.Error,
				Why: "The JWT was encrypted. Encryption needs the server's key and hides the signature; client assertions are signed, not encrypted.",
				Fix: "Sign the claims and send the three-part result."},
			{ID: "wrong-segment-count", Title: "it has not three parts", Severity: finding.Error,
				Why:   "A part was lost or added when the assertion was built or copied: only header and payload were joined, a log cut the line, or two values were glued together.",
				Fix:   "Send header.payload.signature exactly as the library returned it.",
				Leads: []Lead{{To: slices.Concat([]finding.CauseID{"base64-truncated", "base64-noncanonical", "signature-missing"}, undecoded())}}},
			{ID: "empty-segment", Title: "a part is empty", Severity: finding.Error,
				Why: "Two dots follow each other or the text begins with one: header or payload was an empty string when it was joined.",
				Fix: "Check that header and payload are there before they are encoded."},
		},
		Judge: judgeCompact,
	}
}

func judgeCompact(c *Ctx) Verdict {
	a := c.assertion()
	whole := c.AtOriginal(jsonspan.Span{End: len(a.Original)})
	if !a.Whole && a.Shape != evidence.ShapeNotJWT {
		return Fail(Found("not-a-jwt", "the text is %d bytes long, over the limit of 1 MiB; its end was not read", a.Length).
			Compare(itoa(a.Length)+" bytes", "an assertion, some 500 to 3,000 bytes").At(whole).
			Fix("No server takes an assertion of this size; send the one JWT alone."))
	}
	switch a.Shape {
	case evidence.ShapeNotJWT:
		what := a.LooksLike
		if what == "" {
			what = "no JWT"
		}
		title := "the text is " + what + ", not a JWT"
		if what == "no JWT" {
			title = "the text is no JWT"
		}
		if a.Problem != "" {
			title = a.Problem
		}
		if !a.Whole {
			title = fmt.Sprintf("the text is %s: %d bytes, over the limit of 1 MiB", what, a.Length)
		}
		return Fail(Found("not-a-jwt", "%s", title).Compare(what, "header.payload.signature in base64url").At(whole))
	case evidence.ShapeJSON:
		return Fail(Found("json-serialization", "the text is a JWS in JSON serialization; a JWT must be in compact serialization").
			Citing(rfc(7515, "7.2"), rfc(7519, "3")).Compare("a JSON object", "header.payload.signature").At(whole))
	case evidence.ShapeJWE:
		return Fail(Found("encrypted-assertion", "the text is an encrypted JWT (JWE) of %s", parts(a)).
			Citing(rfc(7516, "7.1")).Compare(parts(a), "3 parts, signed").At(whole))
	}
	if n := len(a.Segments); n != 3 || a.MoreSegments {
		f := Found("wrong-segment-count", "the assertion has %s, a signed JWT has 3", parts(a)).Compare(parts(a), "3 parts").At(whole)
		switch n {
		case 1:
			f.Fix("This is one part alone; send header.payload.signature as the library returned it.")
		case 2:
			f.Fix("The signature is missing with its dot: sign header.payload with the private key and append .signature.")
		}
		return Fail(f)
	}
	for i, name := range []string{"header", "payload"} {
		if a.Segments[i].Span.Len() == 0 {
			return Fail(Found("empty-segment", "the %s is empty: nothing stands in part %d", name, i+1).At(c.AtSegment(i)))
		}
	}
	return Pass("header, payload and signature")
}

func parts(a *evidence.Assertion) string {
	n := len(a.Segments)
	if a.MoreSegments {
		return fmt.Sprintf("more than %d parts", n-1)
	}
	return fmt.Sprintf("%d %s", n, plural(n, "part", "parts"))
}
