package hostile

import (
	"encoding/json"
	"fmt"
	"strings"
)

// entry is a token exchange of a HAR.
func entry(i int, token, extra string) string {
	body, _ := json.Marshal(form + token) // a string cannot fail
	return fmt.Sprintf(`{"startedDateTime":"2025-10-09T08:53:%02d.%03dZ","time":12,"request":{"method":"POST","url":"https://as.example/token?n=%d","httpVersion":"HTTP/1.1",`+
		`"headers":[{"name":"Content-Type","value":"application/x-www-form-urlencoded"}%s],"postData":{"mimeType":"application/x-www-form-urlencoded","text":%s}},`+
		`"response":{"status":400,"statusText":"Bad Request","headers":[{"name":"Content-Type","value":"application/json"}],"content":{"text":"{\"error\":\"invalid_client\"}"}}}`,
		i%60, i%1000, i, extra, body)
}

// har is a HAR of as many entries as fit.
func har(name string, make func(i int) string) Input {
	return Input{Name: name, Make: func(size int) string {
		var b strings.Builder
		b.WriteString(`{"log":{"version":"1.2","creator":{"name":"WebInspector"},"entries":[`)
		for i := 0; b.Len() < size-100; i++ {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(make(i))
		}
		b.WriteString("]}}")
		return b.String()
	}}
}

// long is a HAR of one entry, some member of which is repeated as often as fits.
func long(name, mark, unit string) Input {
	return Input{Name: name, Make: func(size int) string {
		text := fmt.Sprintf(`{"log":{"version":"1.2","creator":{"name":"x"},"entries":[%s]}}`, entry(0, tiny, ""))
		return strings.Replace(text, mark, fill(unit, size-len(text))+mark, 1)
	}}
}

// archives are HARs.
func archives() []Input {
	first := `{"name":"Content-Type","value":"application/x-www-form-urlencoded"}`
	return []Input{
		har("har: many exchanges", func(i int) string {
			return entry(i, enc(header)+"."+enc(strings.Replace(claims, "83e0ec65", fmt.Sprintf("83e%05d", i), 1))+"."+signature(), "")
		}),
		har("har: many small exchanges", func(i int) string { return entry(i, "x", "") }),
		har("har: pages", func(i int) string {
			return fmt.Sprintf(`{"request":{"method":"GET","url":"https://app.example/%d"},"response":{"status":200}}`, i)
		}),
		har("har: logins", func(i int) string {
			return fmt.Sprintf(`{"request":{"method":"GET","url":"https://as.example/authorize?response_type=code&client_id=c&state=%d"},"response":{"status":302,"redirectURL":"https://app.example/cb?code=%d&state=%d"}}`, i, i, i)
		}),
		har("har: redirects", func(i int) string {
			return fmt.Sprintf(`{"request":{"method":"POST","url":"https://as.example/token?n=%d","postData":{"text":"grant_type=a"}},"response":{"status":307,"redirectURL":"https://as.example/token?n=%d"}}`, i, i+1)
		}),
		har("har: refused calls", func(i int) string {
			return `{"request":{"method":"GET","url":"https://api.example/a"},"response":{"status":401,"headers":[{"name":"WWW-Authenticate","value":"Bearer error=\"invalid_token\""}]}}`
		}),
		har("har: nothing", func(i int) string { return "null" }),
		long("har: many fields", first, `{"name":"Set-Cookie","value":"a=b"},`),
		long("har: fields of many lines", "x-www-form-urlencoded\"}", `\n`),
		long("har: long body", `grant_type=client_credentials`, "x"),
		long("har: body of many parameters", `grant_type=client_credentials`, "a=b\\u0026"),
		long("har: long answer", `invalid_client`, "x"),
		long("har: answer of braces", `{\"error\":\"invalid_client\"}`, `{\"a\":`),
		long("har: long address", "https://as.example/token?n=0", "x"),
		long("har: timings", `"request":`, `"timings":{"a":1},`),
		filled("har: parameters", `{"log":{"version":"1.2","entries":[{"request":{"method":"POST","url":"https://as.example/token","postData":{"mimeType":"application/x-www-form-urlencoded","params":[`,
			`{"name":"grant_type","value":"a"},`, `{"name":"a","value":"b"}]}}}]}}`),
		filled("har: nested", `{"log":{"version":"1.2","x":`, "[", ""),
		filled("har: cut short", `{"log":{"version":"1.2","entries":[{"a":"`, "x", ""),
		filled("har: escapes", `{"log":{"version":"1.2","entries":[{"a":"`, `\u0041`, `"}]}}`),
	}
}

// request is an HTTP request with a token, and its answer.
func request(i int, token string) string {
	return fmt.Sprintf("POST /token?n=%d HTTP/1.1\nHost: as.example\nContent-Type: application/x-www-form-urlencoded\n\n%s%s\n\nHTTP/1.1 400 Bad Request\nContent-Type: application/json\n\n{\"error\":\"invalid_client\"}\n\n", i, form, token)
}

// messages are HTTP as text.
func messages() []Input {
	post := "POST https://as.example/token HTTP/1.1\nHost: as.example\n"
	typed := post + "Content-Type: application/x-www-form-urlencoded\n"
	ok := "HTTP/1.1 400 Bad Request\n"
	many := func(name string, one func(i int) string) Input {
		return Input{Name: name, Make: func(size int) string {
			var b strings.Builder
			for i := 0; b.Len() < size; i++ {
				b.WriteString(one(i))
			}
			return b.String()
		}}
	}
	return []Input{
		many("http: many exchanges", func(i int) string { return request(i, Token()) }),
		many("http: many small exchanges", func(i int) string { return request(i, "x") }),
		many("http: redirects", func(i int) string {
			return fmt.Sprintf("POST /token%d HTTP/1.1\nHost: as.example\n\ngrant_type=a\n\nHTTP/1.1 307 x\nLocation: /token%d\n\n", i, i+1)
		}),
		filled("http: interim answers", post+"\na=b\n\n", "HTTP/1.1 100 Continue\n\n", ""),
		filled("http: logins", "", "GET https://as.example/authorize?response_type=code&client_id=c HTTP/1.1\n\n", ""),
		filled("http: POST after POST", "", "POST /token HTTP/1.1\n\n", ""),
		filled("http: callbacks", "", "GET https://app.example/cb?code=a&state=b HTTP/1.1\n\n", ""),
		filled("http: request lines", "", "POST https://as.example/token HTTP/1.1\n", ""),
		filled("http: status lines", "", "HTTP/1.1 200 OK\n", ""),
		counted("http: many fields", post, "X-Field-%d: x", "\n", "\n\n"+form+tiny),
		counted("http: many Authorization fields", post, "Authorization: Bearer %d", "\n", "\n\n"+form+tiny),
		filled("http: Set-Cookie", ok, "Set-Cookie: a=b; Path=/\n", "\n{}"),
		filled("http: WWW-Authenticate", ok, "WWW-Authenticate: Bearer error=\"a\"\n", "\n"),
		filled("http: one WWW-Authenticate", ok+"WWW-Authenticate: ", `Bearer a="b", `, "\n\n"),
		filled("http: words in WWW-Authenticate", ok+"WWW-Authenticate: Bearer error=", "a ", "\n\n"),
		filled("http: blanks in WWW-Authenticate", ok+"WWW-Authenticate: Bearer error=", " ", "\n\n"),
		filled("http: continued field", post+"X: a\n", " a\n", "\n"+form+tiny),
		filled("http: lines without a colon", post, "nothing here\n", "\n"+form+tiny),
		filled("http: long field", post+"X: ", "a", "\n\n"+form+tiny),
		filled("http: chunks", ok+"Transfer-Encoding: chunked\n\n", "1\na\n", "0\n"),
		filled("http: chunk sizes", ok+"Transfer-Encoding: chunked\n\n", "1", "\n"),
		filled("http: chunked request", typed+"Transfer-Encoding: chunked\n\n", "3\na=b\n", "0\n"),
		filled("http: body of lines", typed+"\n", "a=b\n", ""),
		filled("http: body of blank lines", typed+"\n"+form+tiny, "\n\n", "x"),
		filled("http: long body", typed+"\n"+form, "eyJ.", ""),
		filled("http: form of many", typed+"\n"+form+tiny, "&a=b", ""),
		counted("http: misspelt parameters", typed+"\n", "client_asertion%d=x", "&", ""),
		filled("http: form of placeholders", typed+"\n", "a={{b}}&", ""),
		filled("http: form with blanks", "POST https://as.example/token\n\n", "a = b & ", ""),
		filled("http: field of placeholders", "POST {{x}}\nA: ", "{{b}}", "\n\na=b"),
		counted("http: JSON body", post+"Content-Type: application/json\n\n{", `"m%d":"x"`, ",", "}"),
		filled("http: nested JSON body", post+"Content-Type: application/json\n\n", `{"a":`, ""),
		filled("http: JSON body and empty lines", post+"Content-Type: application/json\n\n{\"a\":1}", "\n\n{", ""),
		filled("http: multipart", post+"Content-Type: multipart/form-data; boundary=x\n\n", "--x\nContent-Disposition: form-data; name=\"a\"\n\nb\n", "--x--"),
		filled("http: boundaries", post+"Content-Type: multipart/form-data; boundary=x\n\n", "--x\n", ""),
		filled("http: long disposition", post+"Content-Type: multipart/form-data; boundary=x\n\n--x\nContent-Disposition: form-data", "; a", "\n\nb\n--x--"),
		filled("http: many boundary parameters", post+"Content-Type: multipart/form-data", "; boundary=y", "\n\n--x\n\nb\n--x--"),
		filled("http: long address", "POST https://as.example/token?", "a=b&", " HTTP/1.1\n\n"+form+tiny),
		filled("http: address over lines", "POST https://as.example/token\n", "  &a=b\n", "\n"+form+tiny),
		filled("http: pseudo fields", ":method: POST\n", ":path: /token\n", ""),
		filled("http: fields without a first line", "Content-Type: application/x-www-form-urlencoded\n", "A: b\n", "\na=b"),
		counted("http: variables", "", "@a%d = {{a100000}}x", "\n", "\nPOST https://as.example/{{a100001}}\n\na=b"),
		filled("http: comments", post, "# a\n", "\na=b"),
		filled("http: answer of lines", ok+"\n", "a\n", ""),
		filled("http: answer of a page", ok+"Content-Type: text/html\n\n<html>", "<p>a</p>\n", ""),
		filled("http: wrong Content-Length", typed+"Content-Length: 7\n\n"+form, "a", ""),
		filled("http: data like gzip", ok+"Content-Encoding: gzip\n\n", "é\x9d\x03", ""),
		filled("curl -v: lines", "> POST /token HTTP/1.1\n> Host: a\n>\n", "< A: b\n", ""),
		filled("curl -v: body", "> POST /token HTTP/1.1\n> Host: a\n>\n< HTTP/1.1 400 x\n<\n", "a\n", ""),
		filled("curl -v: messages", "", "> POST /token HTTP/1.1\n> Host: a\n>\n< HTTP/1.1 400 x\n<\n{}\n", ""),
		filled("curl -v: notes", "> POST /token HTTP/1.1\n", "* a\n", ""),
		filled("wget -d", "---request begin---\n"+post+"\n---request end---\n", "[POST data: a]\n", ""),
	}
}

// forms are bodies and addresses on their own.
func forms() []Input {
	return []Input{
		filled("form: many", form+tiny, "&a=b", ""),
		counted("form: misspelt parameters", "grant_type=client_credentials&", "client_asertion%d=x", "&", ""),
		counted("form: parameters like an assertion", "grant_type=client_credentials&", "jwt%d=x", "&", ""),
		filled("form: one name", "grant_type=a&scope=b", "&scope=c", ""),
		filled("form: ampersands", form+tiny, "&", ""),
		filled("form: equals signs", form+tiny+"&a", "=", ""),
		filled("form: names without values", form+tiny, "&a", ""),
		filled("form: plus signs", form, "+", ""),
		filled("form: broken percent-encoding", form, "%zz", ""),
		filled("form: percent-encoding", form, "%41", ""),
		filled("form: long scope", form+tiny+"&scope=", "a+", ""),
		filled("form: long assertion", form, "eyJ.", ""),
		filled("form: long name", form+tiny+"&", "a", "=b"),
		filled("form: with blanks", "grant_type = a", " & b = c", ""),
		filled("form: a line each", "grant_type=a\nscope=b\n", "a=b\n", ""),
		filled("form: a line each with colons", "grant_type:a\nscope:b\n", "a:b\n", ""),
		filled("form: a line each, switched off", "grant_type:a\nscope:b\n", "//a:b\n", ""),
		filled("form: over lines", "grant_type=a&\n", "b=c&\n", ""),
		filled("form: placeholders", "grant_type=a&scope=", "{{a}}", ""),
		filled("form: in quotes", "'grant_type=a&scope=b", "'&'c=d", "'"),
		filled("form: bytes that are not UTF-8", "grant_type=a&scope=", "\xff", ""),
		filled("url: many parameters", "https://as.example/token?grant_type=a", "&b=c", ""),
		filled("url: fragments", "https://as.example/token?grant_type=a", "#b", ""),
		filled("url: question marks", "https://as.example/token?grant_type=a", "?", ""),
		filled("url: path", "https://as.example/", "a/", "?grant_type=a"),
		filled("url: user", "https://", "a:b@", "as.example/token?grant_type=a"),
		filled("url: over lines", "https://as.example/token?grant_type=a", "&b=c\n", ""),
	}
}
