package hostile

import "strings"

// lists are many lines, and a few very long ones.
func lists() []Input {
	return []Input{
		filled("lines: tokens", "", Token()+"\n", ""),
		filled("lines: tiny tokens", "", tiny+"\n", ""),
		filled("lines: tokens with CRLF", "", Token()+"\r\n", ""),
		filled("lines: tokens with a carriage return", "", Token()+"\r", ""),
		filled("lines: quoted tokens", "", `"`+Token()+"\",\n", ""),
		filled("lines: two tokens and damaged ones", tiny+"\n"+tiny+"\n", "eyJhbGciOiJub25lIn0.#.x\n", ""),
		filled("lines: two tokens and words", tiny+"\n"+tiny+"\n", "a\n", ""),
		filled("lines: two tokens and comments", tiny+"\n"+tiny+"\n", "#\n", ""),
		filled("lines: two tokens and a long line", tiny+"\n"+tiny+"\n", "eyJ.", "\n"+tiny),
		filled("ndjson: tokens", "", `{"client_assertion":"`+Token()+"\"}\n", ""),
		filled("ndjson: empty objects", `{"client_assertion":"x"}`+"\n", "{}\n", ""),
		filled("ndjson: other members", `{"client_assertion":"x"}`+"\n", `{"a":1,"b":[1]}`+"\n", ""),
		filled("ndjson: a long line", `{"client_assertion":"x"}`+"\n"+`{"client_assertion":"`, "eyJ", "\"}\n"),
		filled("ndjson: a line of many members", `{"client_assertion":"x"}`+"\n{", `"a":1,`, "\"b\":1}\n"),
		filled("ndjson: a line of brackets", `{"client_assertion":"x"}`+"\n"+`{"a":`, "[", "}\n"),
		filled("text: blanks", "", " ", ""),
		filled("text: line ends", "", "\n", ""),
		filled("text: CRLF", "x", "\r\n", ""),
		filled("text: carriage returns", "x", "\r", ""),
		filled("text: tabs", "x", "\t", "x"),
		filled("text: mixed line ends", "a", "\r\n\n\r a\r\n", ""),
		filled("text: short lines", "", "a\n", ""),
		filled("text: short words", "", "a ", ""),
		filled("text: one word", "", "a", ""),
		filled("text: words", "", "the quick brown fox jumps ", ""),
		counted("text: log lines", "", "2025-11-21T08:00:00.%dZ INFO oauth - token request failed: invalid_client", "\n", ""),
		filled("text: a message that a log prints line by line", "", "2026-11-28 10:00:03 DEBUG x - POST /token HTTP/1.1\n2026-11-28 10:00:03 DEBUG x - Host: a.example\n2026-11-28 10:00:03 DEBUG x - a=b\n", ""),
		filled("text: first lines, each with another logger", "", "DEBUG a POST / HTTP/1.1\nDEBUG a A: b\nDEBUG b HTTP/1.1 400 \nDEBUG b A: b\n", ""),
		filled("text: one long line before a message", "", "x HTTP/1.1 ", "\n"),
		filled("text: an answer with lines below its JSON", "HTTP/1.1 400 Bad\n\n{}\n", "2026\n", ""),
		filled("text: an answer of addresses", `{"error":"x","error_description":"`, "https://a.example?b=c ", `"}`),
		filled("text: log lines with tokens", "", "2025-11-21 INFO client_assertion="+tiny+"\n", ""),
		filled("text: braces", "x", "{", ""),
		filled("text: braces and quotes", "x", `{"`, ""),
		filled("text: half objects", "x", `{"error":`, ""),
		filled("text: objects", "x", `{"a":1} `, ""),
		filled("text: escaped objects", "x", `{\"a\":\"b\"}`, ""),
		filled("text: errors as Python prints them", "x", `{'error': 'a`, ""),
		filled("text: names of errors", "", "error_description: \"", ""),
		filled("text: placeholders in angle brackets", "", "<assertion>", ""),
		filled("text: placeholders in braces", "", "{{assertion}}", ""),
		filled("text: placeholders of shells", "", "${ASSERTION}", ""),
		filled("text: placeholders of cmd.exe", "", "%ASSERTION%", ""),
		filled("text: placeholders in square brackets", "", "[ASSERTION]", ""),
		filled("text: open placeholders", "", "${", ""),
		filled("text: addresses", "", "https://as.example/token?code=a ", ""),
		filled("text: addresses a line each", "", "https://as.example/token?code=a\n", ""),
		filled("text: mail quotes", "", "> > a\n", ""),
		filled("text: bullets", "", "- a\n", ""),
		filled("text: markdown", "", "```sh\ncurl\n```\n", ""),
		filled("text: ###", "", "###\n", ""),
		filled("text: colons", "", "a:\n", ""),
		filled("text: equals signs", "", "a=\n", ""),
	}
}

// documents are keys, key sets and the like.
func documents() []Input {
	return []Input{
		counted("jwks: many keys", `{"keys":[`, `{"kty":"RSA","kid":"%d","n":"AQAB","e":"AQAB"}`, ",", "]}"),
		filled("jwks: long modulus", `{"keys":[{"kty":"RSA","e":"AQAB","n":"`, "A", `"}]}`),
		filled("jwks: digits as modulus", `{"keys":[{"kty":"RSA","e":"AQAB","n":`, "1", `}]}`),
		filled("jwks: damaged", `{'keys':[`, `{'kty':`, ""),
		filled("pem: many", "", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", ""),
		filled("pem: open", "-----BEGIN PRIVATE KEY-----\n", strings.Repeat("QUJD", 16)+"\n", ""),
		filled("pem: beginnings", "", "-----BEGIN ", ""),
		counted("json: many members", "{", `"m%d":1`, ",", "}"),
		filled("json: array", "[", "1,", "1]"),
		filled("json: nested arrays", "", "[", ""),
		filled("json: nested objects", "", `{"a":`, ""),
		filled("json: open strings", "", `{"a":"`, ""),
		filled("json: long string", `{"a":"`, "x", `"}`),
		filled("json: flattened JWS", `{"payload":"`, "QUJD", `","signature":"x","protected":"y"}`),
		counted("json: token among many members", `{"client_assertion":"`+tiny+`",`, `"m%d":1`, ",", "}"),
		counted("json: discovery", `{"token_endpoint":"https://as.example/token",`, `"m%d":"x"`, ",", "}"),
		filled("html: tags", "<html>", "<p>a</p>", "</html>"),
		filled("html: open tags", "<html>", "<a ", ""),
		filled("html: open comments", "<html>", "<!--", ""),
		filled("html: scripts", "<html>", "<script>", ""),
		filled("html: scripts without end", "<html>", "<script></script", ""),
		filled("html: escapes", "<html>", "&lt;", "</html>"),
		filled("html: CDATA", "<html>", "<![CDATA[", ""),
		filled("html: less-than signs", "<html>", "<", ""),
		filled("html: text", "<html><body>", "word ", "</body></html>"),
		nested("xml: deep", "<?xml version=\"1.0\"?>", "<a>", "x", "</a>", ""),
		filled("xml: SAML", "<samlp:Response>", "<saml:Assertion>", ""),
	}
}

// answers are bodies of answers.
func answers() []Input {
	long := `{"error":"invalid_client","error_description":"`
	return []Input{
		filled("answer: long description", long, "x", `"}`),
		filled("answer: long description of words", long, "the assertion is not valid ", `"}`),
		filled("answer: description of braces", long, "{", `"}`),
		filled("answer: description of escaped objects", long, `{\"error\":`, `"}`),
		filled("answer: description of times", long, "Current time: 2025-", `"}`),
		filled("answer: description of lines", long, `a\n`, `"}`),
		filled("answer: description of tokens", long, tiny+" ", `"}`),
		filled("answer: open description", long, "x", ""),
		counted("answer: many members", `{"error":"invalid_client",`, `"m%d":"text"`, ",", "}"),
		counted("answer: many trace IDs", `{"error":"invalid_client",`, `"trace_id":"%d"`, ",", "}"),
		filled("answer: many errors", `{"errors":[`, `{"a":1},`, "{}]}"),
		filled("answer: errors in errors", "", `{"error":`, ""),
		filled("answer: errors in lists", "", `{"errors":[`, ""),
		filled("answer: bodies in bodies", "", `{"body":`, ""),
		filled("answer: issues", `{"resourceType":"OperationOutcome","issue":[`, `{"code":"","x":1},`, "{}]}"),
		filled("answer: HTML in JSON", `{"error":"a","m":[`, `"<p>",`, `""]}`),
		filled("answer: JSON in JSON", `{"error":"a","m":[`, `"{\"a\":1}",`, `""]}`),
		filled("answer: array of strings", `[`, `"a",`, `"b"]`),
		filled("answer: damaged", `{'error': 'invalid_client', 'x': [`, `'a', `, `]}`),
		filled("answer: several objects", "", `{"error":"a"}`, ""),
		filled("answer: form", "error=invalid_client&error_description=", "a+%20", ""),
		filled("answer: form of many", "error=invalid_client", "&error_description=a", ""),
		filled("answer: PowerShell", "Invoke-RestMethod : ", "{\"error\":\"x\"}\nAt line:1 char:1\n", ""),
		{Name: "answer: token response", Make: func(size int) string {
			return `{"access_token":"` + fill("eyJ.", size-200) + `","token_type":"Bearer","id_token":"` + tiny + `"}`
		}},
		{Name: "answer: long ID token", Make: func(size int) string {
			return `{"access_token":"x","id_token":"` + enc(header) + "." + enc(`{"iss":"a",`+numbered(size*3/4-300, 100_000, `"c%d":1`, ",")+"}") + `.x"}`
		}},
		filled("answer: callback", "https://app.example/cb?error=access_denied&state=", "x", ""),
		filled("answer: authorization", "https://as.example/authorize?response_type=code&client_id=", "x", ""),
		filled("answer: fragment", "https://app.example/cb#", "?", "error=a"),
	}
}
