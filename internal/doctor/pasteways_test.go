package doctor_test

import (
	"html"
	"slices"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// refusalBelow is the answer of the server that is below what was sent.
const refusalBelow = "HTTP/1.1 400 Bad Request\nContent-Type: application/json\n\n{\"error\":\"invalid_client\"}\n"

// pasteWay is a way of pasting an exchange: one input, or two in their order.
type pasteWay struct {
	name  string
	texts func(e *exchange) []given
}

func pasteWays() []pasteWay {
	one := func(f func(e *exchange) string) func(*exchange) []given {
		return func(e *exchange) []given { return []given{{"paste.txt", f(e)}} }
	}
	return []pasteWay{
		{"fence", one(func(e *exchange) string {
			return "We send this:\n\n```http\n" + e.httpText() + "\n```\n\nWhat is wrong with it?\n"
		})},
		{"quote", one(func(e *exchange) string {
			return "Hi,\n\nsee below.\n\n> " + strings.ReplaceAll(strings.TrimRight(e.httpText(), "\n"), "\n", "\n> ") + "\n"
		})},
		{"log line", one((*exchange).logLine)},
		{"JSON string", one(func(e *exchange) string { return `{"level":"debug","msg":` + quoted("request:\n"+e.httpText()) + "}\n" })},
		{"HTML", one(func(e *exchange) string {
			return "<p>We send</p>\n<pre><code>" + html.EscapeString(e.httpText()) + "</code></pre>\n<p>Why?</p>\n"
		})},
		{"wrapped", one(func(e *exchange) string {
			head, body, _ := strings.Cut(e.httpText(), "\n\n")
			var b strings.Builder
			for ; len(body) > 76; body = body[76:] {
				b.WriteString(body[:76] + "\n")
			}
			return head + "\n\n" + b.String() + body + "\n"
		})},
		{"redacted", one(func(e *exchange) string {
			parts := strings.Split(e.token.compact(), ".")
			return strings.Replace(e.httpText(), "."+parts[len(parts)-1], ".REDACTED", 1)
		})},
		{"decoded", one(func(e *exchange) string {
			return "Header:\n```json\n" + e.token.header.json() + "\n```\nPayload:\n```json\n" + e.token.claims.json() + "\n```\n"
		})},
		{"request and answer", one(func(e *exchange) string { return e.httpText() + "\n\n" + refusalBelow })},
		{"answer first", func(e *exchange) []given {
			return []given{{"answer.txt", refusalBelow}, {"request.txt", e.httpText()}}
		}},
	}
}

// takenAway are the causes, by how they begin, whose evidence a way of pasting takes
// away.
func takenAway(way, cause string) bool {
	lost := map[string][]string{
		"redacted": {"signature-", "ecdsa-", "x5c-leaf", "base64-"},
		// The URL is not there, nor the encoding, and an object with members that a
		// header does not have is not read as one.
		"decoded": {"signature-", "ecdsa-", "x5c-leaf", "base64-", "duplicate-member", "invalid-utf8", "url-", "claim-in-header", "crit-invalid"},
		// A dot at the end of a line may be that of a sentence.
		"log line": {"signature-missing", "alg-none"},
	}
	for _, begin := range lost[way] {
		if strings.HasPrefix(cause, begin) {
			return true
		}
	}
	return false
}

// What is found first does not depend on how a request was pasted. JWTDOCTOR_LONG=1
// pastes every fault each way.
func TestFirstCauseStays(t *testing.T) {
	n := 0
	for _, r := range rows(testCertificate(t)) {
		tok := healthy(r.provider)
		r.change(tok)
		if len(r.want) != 1 || tok.text != nil || r.provider != "redox" && r.provider != "epic" {
			continue // nothing is wrong, or the very text of the JWT is, which a form body writes otherwise
		}
		made := func() *exchange {
			e := healthyExchange(r.provider)
			e.token = tok
			return e
		}
		alone := judgeAll(t, tok.opts, given{"request.http", made().httpText()})
		first := firstCause(alone)
		if first == "" {
			continue
		}
		// That the server refused comes before what only a warning is.
		grave := slices.Contains(errorsOf(alone[0]), first)
		for _, way := range pasteWays() {
			if n++; !long() && n%7 != 0 || takenAway(way.name, first) {
				continue
			}
			t.Run(r.name+"/"+way.name, func(t *testing.T) {
				got := judgeAll(t, tok.opts, way.texts(made())...)
				if len(got) != 1 {
					t.Fatalf("%d cases", len(got))
				}
				if have := firstCause(got); have != first && (have != "token-refused" || grave) {
					t.Errorf("first is %q, want %q", have, first)
				}
			})
		}
	}
	if n < 500 {
		t.Errorf("only %d pastes", n)
	}
}

// firstCause is the cause that is named first, "" if there is none.
func firstCause(cases []finding.Case) string {
	for _, c := range cases {
		if len(c.Diagnosis) > 0 {
			return string(c.Diagnosis[0].Cause)
		}
	}
	return ""
}
