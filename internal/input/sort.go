package input

import (
	"bytes"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/wording"
)

// sortOf recognises the sort of a text.
func sortOf(head []byte) Sort {
	head = bytes.TrimPrefix(head, []byte("\uFEFF"))
	text := strings.TrimSpace(string(head))
	layout := kindsOf(head, "").layout("")
	if layout == perLine {
		return SortAssertion
	}
	switch {
	case isPlaceholderText(text):
		return SortAssertion
	case strings.HasPrefix(text, "-----BEGIN ") && !strings.Contains(text[:min(len(text), 200)], "eyJ"):
		return SortKey
	case looksLikeCommand(text), looksLikeHTTP(text), looksLikeTranscript(text):
		return SortExchange
	case strings.HasPrefix(text, "{") || strings.HasPrefix(text, "["):
		return sortOfJSON(head, text, layout)
	case strings.HasPrefix(text, "<"):
		// Not markup, but a token that was pasted in angle brackets.
		if strings.HasPrefix(text, "<eyJ") {
			return SortAssertion
		}
		return SortExchange
	case isForm(text), isAddress(text):
		return SortExchange
	}
	return SortAssertion
}

// sortOfJSON distinguishes a request or response from a key set and an assertion in JSON.
func sortOfJSON(head []byte, text string, lines layout) Sort {
	v, _ := jsonspan.Scan(head, jsonspan.Limits{Faults: 64, Values: 1 << 14})
	has := func(names ...string) bool {
		for _, n := range names {
			if _, ok := v.Get(n); ok {
				return true
			}
		}
		return false
	}
	if v.Kind != jsonspan.Object {
		return SortAssertion
	}
	switch {
	case has("keys", "kty"):
		return SortJWKS
	case has("payload") && has("signature", "signatures", "protected"):
		return SortAssertion // RFC 7515 section 7.2
	case has("grant_type", "client_assertion_type"):
		return SortExchange
	case has(DefaultField):
		return SortAssertion
	case lines == ndjson && !has("error", "access_token"):
		return SortAssertion
	}
	if from, _ := longestToken(head); from >= 0 && !has("error", "access_token", "id_token", "token_type", "error_description") {
		return SortAssertion
	}
	return SortExchange
}

func isPlaceholderText(text string) bool {
	if len(text) > 200 {
		return false
	}
	_, ok := placeholder(text)
	return ok
}

// isForm recognises a form body: at least two parameters, or an OAuth error. A lone
// client_assertion=… is an assertion with its name.
func isForm(text string) bool {
	first, _, _ := strings.Cut(text, "\n")
	begin := strings.TrimPrefix(firstWord(first), "'") // in quotes, copied from source code
	if len(text) > MaxAssertion || strings.ContainsAny(begin, " \t{}<>\"'") && !strings.HasPrefix(begin, "\"") {
		return false
	}
	oauth, pairs := false, 0
	for _, p := range formPairs(strings.TrimSpace(text)) {
		if p.rawName == "" || p.valueStart == p.nameEnd {
			continue
		}
		pairs++
		name := strings.ToLower(strings.Trim(p.name, "'\" \r\n\t"))
		switch name {
		case "grant_type", "client_assertion_type", "scope", "code", "redirect_uri", "client_id", "error", "error_description", "client-assertion-type", "granttype", "grant-type", "refresh_token", "assertion":
			oauth = true
		}
		if len(p.rawName) > 64 || strings.ContainsAny(p.rawName, " \t") && pairs == 1 {
			return false
		}
	}
	return oauth && (pairs > 1 || strings.HasPrefix(text, "error=")) || manyLinesOfParameters(text)
}

func firstWord(line string) string {
	if i := strings.IndexAny(line, "=&"); i >= 0 {
		return line[:i]
	}
	return line
}

// manyLinesOfParameters recognises one name=value or name: value per line, as clients
// show a form.
func manyLinesOfParameters(text string) bool {
	named := 0
	const most = 40
	lines := 0
	for line := range strings.SplitSeq(text, "\n") {
		if lines++; lines > most+1 {
			break
		}
		line = strings.TrimSpace(line)
		for _, name := range []string{"grant_type", "client_assertion_type", "client_assertion", "scope", "client_id", "code", "redirect_uri"} {
			if rest, ok := strings.CutPrefix(line, name); ok && rest != "" && strings.IndexByte("=:\t", rest[0]) >= 0 {
				named++
			}
		}
	}
	return named > 1
}

// isAddress recognises a URL with OAuth parameters.
func isAddress(text string) bool {
	if !strings.HasPrefix(text, "http://") && !strings.HasPrefix(text, "https://") || strings.ContainsAny(text, " \t") {
		return false
	}
	return wording.HasAny(text, "error=", "response_type=", "redirect_uri=", "grant_type=", "client_assertion_type=", "code=", "code_challenge=")
}
