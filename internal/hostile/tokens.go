package hostile

import (
	"strings"
	"unicode/utf16"
)

// tokens are JWTs whose parts contain more than any claim set has.
func tokens() []Input {
	head := enc(header) + "."
	return []Input{
		claimed("jwt: many claims", `{"iss":"a",`, `"c%d":1`, ",", "}"),
		claimed("jwt: many claims with objects", `{"iss":"a",`, `"c%d":{"a":[1]}`, ",", "}"),
		claimed("jwt: many misspelt claims", `{"iss":"a",`, `"Iss%d":1`, ",", "}"),
		claimed("jwt: many jti", `{"iss":"a",`, `"c%d":{"jti":"0123456789abcdef"}`, ",", "}"),
		claimed("jwt: many audiences", `{"aud":[`, `"https://as.example/%d"`, ",", "]}"),
		payload("jwt: one name again and again", "{", `"aud":"x",`, `"a":1}`),
		payload("jwt: nested objects", "", `{"a":`, "1"),
		payload("jwt: nested arrays", `{"a":`, "[", ""),
		payload("jwt: wide array", `{"a":[`, "1,", "1]}"),
		payload("jwt: long string", `{"iss":"`, "x", `"}`),
		payload("jwt: long name", `{"`, "n", `":1}`),
		payload("jwt: digits", `{"exp":`, "1", "}"),
		payload("jwt: digits with exponents", `{"exp":`, "1e9", "}"),
		payload("jwt: escapes in a claim", `{"iss":"`, `\u00e9`, `"}`),
		payload("jwt: backslashes in a claim", `{"iss":"`, `\\`, `"}`),
		payload("jwt: broken escapes", `{"iss":"`, `\q`, `"}`),
		payload("jwt: single quotes", "{", `'a':None,`, "}"),
		payload("jwt: words without quotes", "{", `a:b,`, "}"),
		payload("jwt: no commas", "{", `"a":1 `, "}"),
		payload("jwt: no colons", "{", `"a" 1,`, "}"),
		payload("jwt: calls", "{", `"a":f((("`, "}"),
		payload("jwt: comments", "{", "/**/", "}"),
		payload("jwt: comments of a line", "{", "//\n", "}"),
		payload("jwt: open strings", "{", `"a":"`, ""),
		payload("jwt: wrong brackets", `{"a":[`, "}]", ""),
		payload("jwt: bytes that are not UTF-8", `{"iss":"`, "\xff", `"}`),
		payload("jwt: control characters", `{"iss":"`, "\x01", `"}`),
		payload("jwt: blanks", `{"iss":`, " ", `1}`),
		payload("jwt: typographic blanks", `{`, "\u00a0", `}`),
		{Name: "jwt: JSON in JSON strings", Make: func(size int) string {
			s := `{"iss":"` + strings.Repeat("x", size*3/4-800) + `"}`
			for range 3 {
				s = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
			}
			return head + enc(s) + "." + signature()
		}},
		{Name: "jwt: JWTs in claims", Make: func(size int) string {
			return head + enc(`{"a":[`+numbered(size*3/4-800, 1, `"`+tiny+`%d"`, ",")+`]}`) + "." + signature()
		}},
		{Name: "jwt: UTF-16 claims", Make: func(size int) string {
			return head + enc(utf16le(`{"a":["`+strings.Repeat("x", size*3/8-400)+`"]}`)) + "." + signature()
		}},
		{Name: "jwt: many header members", Make: func(size int) string {
			return enc(`{"alg":"RS256",`+numbered(size*3/4-800, 100_000, `"h%d":1`, ",")+"}") + "." + enc(claims) + "." + signature()
		}},
		{Name: "jwt: long alg", Make: func(size int) string {
			return enc(`{"alg":"`+strings.Repeat("x", size*3/4-800)+`"}`) + "." + enc(claims) + "." + signature()
		}},
		{Name: "jwt: long jku", Make: func(size int) string {
			return enc(`{"alg":"RS256","jku":"https://a.example/`+strings.Repeat("x/", size*3/8-400)+`"}`) + "." + enc(claims) + "." + signature()
		}},
		{Name: "jwt: many certificates", Make: func(size int) string {
			return enc(`{"alg":"RS256","x5c":[`+numbered(size*3/4-800, 100_000, `"MIIB%d"`, ",")+"]}") + "." + enc(claims) + "." + signature()
		}},
		filled("jwt: long signature", Token(), "A", ""),
		filled("jwt: many parts", Token(), ".a", ""),
		filled("jwt: five parts and more", enc(`{"alg":"dir","enc":"A128GCM"}`)+"..", "AAAA", ".x.y"),
		filled("jwt: strange characters", head, "#", "."+signature()),
		filled("jwt: every other character strange", head, "a#", "."+signature()),
		filled("jwt: padding", head, "=", "."+signature()),
		filled("jwt: ellipses", head, "a...", "."+signature()),
		filled("jwt: standard alphabet", head, "+/", "."+signature()),
		filled("jwt: two tokens in one", Token(), Token(), ""),
	}
}

// pasted are JWTs, or what looks like one, with what copying puts into them.
func pasted() []Input {
	head := enc(header) + "."
	return []Input{
		filled("paste: dots", "", ".", ""),
		filled("paste: ey", "", "ey", ""),
		filled("paste: eyJ.", "", "eyJ.", ""),
		filled("paste: eyJ and blanks", "", "eyJ ", ""),
		filled("paste: dashes", head, "–", ""),
		filled("paste: zero width", head, "\u200b", ""),
		filled("paste: every other zero width", head, "a\u200b", ""),
		filled("paste: exotic blanks", head, "a\u3000", ""),
		filled("paste: wide characters", head, "．", ""),
		filled("paste: wrapped short", head, "ab\n", ""),
		filled("paste: wrapped at 64", head, strings.Repeat("a", 64)+"\n", ""),
		filled("paste: wrapped with CRLF", head, "abcdefgh\r\n", ""),
		filled("paste: tabs", head, "a\t", ""),
		filled("paste: blanks", head, "a ", ""),
		filled("paste: mail", head, "a\n> ", ""),
		filled("paste: soft line breaks", head, "a=\n", ""),
		filled("paste: wrapped in a parameter", "x client_assertion="+head, "abcdefghijklmnopqrstuvwxyz\n", ""),
		filled("paste: wrapped in quotes", `"client_assertion": "`+head, "abcdefghijklmnopqrstuvwxyz\n", ""),
		filled("paste: backslashes and line ends", head, "a\\\n", ""),
		filled("paste: percent", "", "%25", ""),
		filled("paste: percent letters", "client_assertion=", "%65", ""),
		filled("paste: percent in percent", "%", "2525", ""),
		filled("paste: percent signs", "", "%", ""),
		filled("paste: unicode escapes", "", `\u002e`, ""),
		filled("paste: unicode escapes in a token", head, `\u0041`, ""),
		filled("paste: backslashes", "", `\`, ""),
		filled("paste: escaped quotes", "", `\"`, ""),
		filled("paste: double quotes", "", `"`, ""),
		filled("paste: single quotes", "", `'`, ""),
		filled("paste: backticks", "", "`", ""),
		filled("paste: typographic quotes", "", "“", ""),
		filled("paste: quotes of all kinds", "", "\"'`“”„«»‘’", ""),
		nested("paste: parentheses", "", "(", "x", ")", ""),
		nested("paste: brackets", "", "[", "x", "]", ""),
		nested("paste: angle brackets", "", "<", "x", ">", ""),
		nested("paste: braces", "", "{", "x", "}", ""),
		nested("paste: calls", "", `String("`, Token(), `")`, ""),
		filled("paste: Bearer", "", "Bearer ", Token()),
		filled("paste: header names", "", "Authorization: ", Token()),
		filled("paste: HTML escapes", "", "&#46;", ""),
		filled("paste: HTML escapes in HTML escapes", "&", "amp;", ""),
		filled("paste: ampersands", "", "&", ""),
		filled("paste: commas", "", ",", ""),
		filled("paste: semicolons", Token(), ";", ""),
		filled("paste: fences", "", "```\n", ""),
		filled("paste: character codes", "", "101 ", ""),
		filled("paste: character codes in brackets", "[", "101 ", "]"),
		filled("paste: NUL", "a", "\x00", ""),
		filled("paste: terminal sequences", Token(), "\x1b[31m", ""),
		filled("paste: byte order marks", "", "\uFEFF", ""),
		filled("paste: bidi marks", head, "\u202e", ""),
		filled("paste: combining marks", "e", "\u0301", ""),
		filled("paste: bytes that are not UTF-8", "eyJ", "\xe9", ""),
		filled("paste: base64", "", "QUJD", ""),
		filled("paste: base64 in lines", "", strings.Repeat("QUJD", 19)+"\n", ""),
		filled("paste: base64 twice", "ZXlK", "QUJD", ""),
		filled("paste: hexadecimal", "65794a", "68", ""),
		filled("paste: data like gzip", "x\x1f\x8b\x08", "\x9d\x03é", ""),
		{Name: "paste: UTF-16 little", Make: func(size int) string { return utf16le("\uFEFF" + fill("a", size/2)) }},
		{Name: "paste: UTF-16 token", Make: func(size int) string { return utf16le("\uFEFF" + head + fill("QUJD", size/2-200)) }},
		{Name: "paste: UTF-16 with CRLF", Make: func(size int) string { return utf16le("\uFEFF" + fill("a b\r\n", size/2)) }},
		filled("paste: client_assertion=", "", "client_assertion=", ""),
		filled("paste: client_assertion quoted", "", `client_assertion="`, ""),
		filled("paste: client_assertion and small values", "", "client_assertion=ab ", ""),
		filled("paste: tiny tokens", "", tiny+" ", ""),
		filled("paste: tiny tokens as values", "", "client_assertion="+tiny+"\n", ""),
		filled("paste: tokens in text", "the token ", Token()+" and ", ""),
	}
}

func utf16le(s string) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(s)) {
		b.WriteByte(byte(u))
		b.WriteByte(byte(u >> 8))
	}
	return b.String()
}
