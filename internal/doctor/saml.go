package doctor

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/reading"
)

// samlDocument reports whether a text is a document of XML whose root is of SAML: an
// assertion, a response or metadata. No token endpoint answers with one.
func samlDocument(text string) bool {
	const longestRoot = 16 << 10 // bytes before the end of the root's tag
	text = strings.TrimSpace(strings.TrimPrefix(text, "\uFEFF"))
	text = text[:min(len(text), longestRoot)]
	for strings.HasPrefix(text, "<?") || strings.HasPrefix(text, "<!--") {
		end := "?>"
		if text[1] == '!' {
			end = "-->"
		}
		_, rest, ok := strings.Cut(text, end)
		if !ok {
			return false
		}
		text = strings.TrimSpace(rest)
	}
	root, _, ok := strings.Cut(text, ">")
	return ok && strings.HasPrefix(root, "<") && strings.Contains(root, "urn:oasis:names:tc:SAML:")
}

// aSAMLDocument says of a text that is one what it is.
func aSAMLDocument(text string) []reading.Unused {
	if !samlDocument(text) {
		return nil
	}
	return []reading.Unused{{Line: 1, What: "a SAML document (XML), which is neither a JWT nor the answer of a token endpoint"}}
}
