package checks

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

func jwksForm() Check {
	return Check{
		ID:      "jwks-form",
		Subject: "the JWKS",
		Rank:    230,
		Title:   "The document is a JWK Set",
		Needs:   []evidence.Need{evidence.NeedJWKS},
		Cites:   []finding.Citation{rfc(7517, "5")},
		Doc:     "A JWK Set is one JSON object whose member keys is an array of JWK objects. In anything else that is published there, the server finds no key.",
		Causes: []Cause{
			{ID: "jwks-too-large", Title: "the document is over the size or count limit; nothing more was read", Severity: finding.Error,
				Why: "A key set contains a handful of keys; servers limit what they read.",
				Fix: "Publish only the keys in use."},
			{ID: "jwks-not-json", Title: "the document is not JSON", Severity: finding.Error,
				Why: "Another file, an error page or damaged text is in place of the key set.",
				Fix: "Publish the JSON the key tool writes."},
			{ID: "jwks-single-key", Title: "the document is one JWK instead of a set", Severity: finding.Error,
				Why: "The key itself was published. A set is an object with the member keys (RFC 7517 section 5).",
				Fix: `Wrap it: {"keys": [ … ]}.`},
			{ID: "jwks-not-a-set", Title: "JSON with keys in it, but not in the shape of a JWK Set", Severity: finding.Error,
				Why: "The keys are in a bare array or under another name.",
				Fix: `Wrap them: {"keys": [ … ]}.`},
			{ID: "jwks-empty", Title: "the set contains no key", Severity: finding.Error,
				Why: "The keys were never added, or a rotation removed the last one.",
				Fix: "Publish the public half of the key that signs."},
			{ID: "jwks-key-not-object", Title: "a key is a string or another value that is not an object", Severity: finding.Error,
				Why: "The keys were serialized to text before they were put into the set.",
				Fix: "Put the key objects themselves into keys."},
			{ID: "jwks-duplicate-member", Title: "a name occurs twice in one object", Severity: finding.Error,
				Why: "Text was concatenated. Parsers differ in which value they keep (RFC 7517 section 4 forbids it).",
				Fix: "Set each name once."},
			{ID: "jwks-content-type", Title: "an unusual Content-Type", Severity: finding.Warning,
				Why: "Some clients insist on application/json or application/jwk-set+json.",
				Fix: "Serve the set as application/json."},
		},
		Judge: func(c *Ctx) Verdict {
			v := c.published("the set is one object with an array of keys", "jwks-too-large", "jwks-not-json", "jwks-single-key", "jwks-not-a-set", "jwks-empty",
				"jwks-key-not-object", "jwks-duplicate-member")
			if f, ok := c.Fetched.Get(); ok && f.ContentType != "" && !isJSONType(f.ContentType) {
				v.Faults = append(v.Faults, Found("jwks-content-type", "its Content-Type is %s", f.ContentType).
					Compare(f.ContentType, "application/json or application/jwk-set+json").About(Detail{Name: "Content-Type", Value: f.ContentType}).
					At(c.AtDocument(finding.PartJWKS, f.URL, nil, "", jsonspan.Span{})))
			}
			return v
		},
	}
}

// isJSONType reports whether readers of key sets accept the media type.
func isJSONType(contentType string) bool {
	media, _, _ := strings.Cut(strings.ToLower(contentType), ";")
	media = strings.TrimSpace(media)
	return media == "application/json" || media == "application/jwk-set+json" || strings.HasPrefix(media, "application/") && strings.HasSuffix(media, "+json")
}
