package input

import (
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

func TestRepairs(t *testing.T) {
	tok := token()
	dot := strings.Index(tok, ".")
	wrap := func(at int, sep string) string {
		var b strings.Builder
		for i := 0; i < len(tok); i += at {
			if i > 0 {
				b.WriteString(sep)
			}
			b.WriteString(tok[i:min(i+at, len(tok))])
		}
		return b.String()
	}
	percent := func(s string) string {
		return strings.NewReplacer("%", "%25", ".", "%2E", "-", "%2D", "_", "%5F", "=", "%3D").Replace(s)
	}
	mid := func(s string) string { return tok[:60] + s + tok[60:] }
	tests := []struct{ name, text, causes string }{
		{"control", tok, ""},
		{"final LF", tok + "\n", ""},
		{"final CRLF", tok + "\r\n", ""},

		{"space before", " " + tok, "surrounding-whitespace"},
		{"space after", tok + " ", "surrounding-whitespace"},
		{"tab after", tok + "\t", "surrounding-whitespace"},
		{"two line ends", tok + "\n\n", "surrounding-whitespace"},
		{"line end before", "\n" + tok, "surrounding-whitespace"},

		{"single quotes", "'" + tok + "'", "wrapped-in-quotes"},
		{"double quotes", `"` + tok + `"`, "wrapped-in-quotes"},
		{"double quotes and LF", `"` + tok + "\"\n", "wrapped-in-quotes"},
		{"two layers of quotes", `"'` + tok + `'"`, "wrapped-in-quotes"},
		{"backticks", "`" + tok + "`", "wrapped-in-quotes"},
		{"fence", "```\n" + tok + "\n```", "wrapped-in-quotes"},
		{"fence with language", "```text\n" + tok + "\n```\n", "wrapped-in-quotes"},
		{"inline fence", "```" + tok + "```", "wrapped-in-quotes"},
		{"angle brackets", "<" + tok + ">", "wrapped-in-quotes"},
		{"square brackets", "[" + tok + "]", "wrapped-in-quotes"},
		{"parentheses", "(" + tok + ")", "wrapped-in-quotes"},
		{"braces", "{" + tok + "}", "wrapped-in-quotes"},
		{"json array", `["` + tok + `"]`, "wrapped-in-quotes"},
		{"quote and comma", `"` + tok + `",`, "wrapped-in-quotes"},
		{"quote and semicolon", `"` + tok + `";`, "wrapped-in-quotes"},
		{"comma", tok + ",", "wrapped-in-quotes"},
		{"quote at the start alone", `"` + tok, "wrapped-in-quotes"},
		{"quote at the end alone", tok + `"`, "wrapped-in-quotes"},
		{"bracket at the end alone", tok + ")", "wrapped-in-quotes"},
		{"asterisks", "**" + tok + "**", "wrapped-in-quotes"},
		{"quotes and space inside", `" ` + tok + ` "`, "wrapped-in-quotes surrounding-whitespace"},

		{"Bearer", "Bearer " + tok, "bearer-prefix"},
		{"bearer", "bearer " + tok, "bearer-prefix"},
		{"BEARER and spaces", "BEARER   " + tok, "bearer-prefix"},
		{"bearer colon", "bearer:" + tok, "bearer-prefix"},
		{"Bearer colon space", "Bearer: " + tok, "bearer-prefix"},
		{"Bearer and line end", "Bearer\n" + tok, "bearer-prefix"},
		{"JWT", "JWT " + tok, "bearer-prefix"},
		{"DPoP", "DPoP " + tok, "bearer-prefix"},
		{"Token", "Token " + tok, "bearer-prefix"},
		{"Basic", "Basic " + tok, "bearer-prefix"},
		{"Authorization header", "Authorization: Bearer " + tok, "bearer-prefix"},
		{"quoted Bearer", `"Bearer ` + tok + `"`, "wrapped-in-quotes bearer-prefix"},
		{"Bearer and quotes", `Bearer "` + tok + `"`, "bearer-prefix wrapped-in-quotes"},

		{"python bytes", "b'" + tok + "'", "bytes-repr"},
		{"python bytes, double quotes", `b"` + tok + `"`, "bytes-repr"},
		{"python raw bytes", "rb'" + tok + "'", "bytes-repr"},
		{"python unicode", "u'" + tok + "'", "bytes-repr"},
		{"bytes in quotes", `"b'` + tok + `'"`, "wrapped-in-quotes bytes-repr"},
		{"bytearray", "bytearray(b'" + tok + "')", "bytes-repr"},
		{"String()", `String("` + tok + `")`, "bytes-repr"},
		{"go bytes", `[]byte("` + tok + `")`, "bytes-repr"},
		{"swift optional", `Optional("` + tok + `")`, "bytes-repr"},
		{"php dump", `string(700) "` + tok + `"`, "bytes-repr"},
		{"half of bytes", "b'" + tok, "bytes-repr"},
		{"character codes", charCodes(tok, " "), "wrapped-in-quotes bytes-repr"},
		{"character codes with commas", charCodes(tok, ", "), "wrapped-in-quotes bytes-repr"},

		{"percent", percent(tok), "percent-encoded"},
		{"percent twice", percent(percent(tok)), "percent-encoded"},
		{"percent quotes", "%22" + tok + "%22", "percent-encoded wrapped-in-quotes"},
		{"percent LF", tok + "%0A", "percent-encoded surrounding-whitespace"},
		{"percent dash", strings.Replace(tokenWith("--"), "--", "%E2%80%93", 1), "percent-encoded typographic-characters"},
		{"Bearer percent", "Bearer%20" + tok, "bearer-prefix percent-encoded"},

		{"escaped quotes", `\"` + tok + `\"`, "json-escaped"},
		{"escaped slash", mid(`\/`), "json-escaped"},
		{"escaped line end", tok + `\n`, "json-escaped"},
		{"escaped line end in quotes", `"` + tok + `\n"`, "wrapped-in-quotes json-escaped"},
		{"unicode escapes", strings.ReplaceAll(tok, ".", `\u002e`), "json-escaped"},
		{"markdown escapes", strings.ReplaceAll(tok, "_", `\_`), "json-escaped"},
		{"escaped dots", strings.ReplaceAll(tok, ".", `\.`), "json-escaped"},
		{"shell continuation", mid("\\\n"), "json-escaped"},
		{"cmd continuation", mid("^\r\n"), "json-escaped"},
		{"html escapes", "&quot;" + tok + "&quot;", "json-escaped wrapped-in-quotes"},

		{"BOM", "\uFEFF" + tok, "invisible-characters"},
		{"zero width space", mid("\u200B"), "invisible-characters"},
		{"zero width joiner", mid("\u200D"), "invisible-characters"},
		{"word joiner", mid("\u2060"), "invisible-characters"},
		{"soft hyphen", mid("\u00AD"), "invisible-characters"},
		{"no-break space after", tok + "\u00A0", "invisible-characters"},
		{"no-break space inside", mid("\u00A0"), "invisible-characters"},
		{"Bearer and no-break space", "Bearer\u00A0" + tok, "bearer-prefix invisible-characters"},
		{"bidi", "\u202A" + tok + "\u202C", "invisible-characters"},
		{"NUL", tok + "\x00", "invisible-characters"},
		{"terminal colours", "\x1b[32m" + tok + "\x1b[0m", "invisible-characters"},
		{"C1", mid("\u0090"), "invisible-characters"},
		{"UTF-16 with BOM", utf16le("\uFEFF" + tok + "\r\n"), "invisible-characters"},
		{"UTF-16", utf16le(tok), "invisible-characters"},

		{"curly quotes", "“" + tok + "”", "typographic-characters"},
		{"guillemets", "«" + tok + "»", "typographic-characters"},
		{"en dash for two", strings.Replace(tokenWith("--"), "--", "–", 1), "typographic-characters"},
		{"en dash for one", strings.Replace(tokenWith("A-"), "A-", "A–", 1), "typographic-characters"},
		{"em dash for two", strings.Replace(tokenWith("--"), "--", "—", 1), "typographic-characters"},
		{"em dash for three", strings.Replace(tokenWith("---"), "---", "—", 1), "typographic-characters"},
		{"hyphen", strings.Replace(tokenWith("A-"), "A-", "A‐", 1), "typographic-characters"},
		{"no-break hyphen", strings.Replace(tokenWith("A-"), "A-", "A‑", 1), "typographic-characters"},
		{"minus", strings.Replace(tokenWith("A-"), "A-", "A−", 1), "typographic-characters"},
		{"full-width dot", strings.ReplaceAll(tok, ".", "．"), "typographic-characters"},
		{"full-width letters", "ｅｙ" + tok[2:], "typographic-characters"},

		{"lines of 64", wrap(64, "\n"), "inner-whitespace"},
		{"lines of 76 CRLF", wrap(76, "\r\n"), "inner-whitespace"},
		{"indented lines", wrap(64, "\n    "), "inner-whitespace"},
		{"space inside", mid(" "), "inner-whitespace"},
		{"tab inside", mid("\t"), "inner-whitespace"},
		{"after the dot", tok[:dot+1] + "\n" + tok[dot+1:], "inner-whitespace"},
		{"around the dot", tok[:dot] + " . " + tok[dot+1:], "inner-whitespace"},
		{"mail quote", wrap(64, "\n> "), "inner-whitespace"},
		{"mail quote from the start", "> " + wrap(64, "\n> "), "inner-whitespace"},
		{"quoted-printable", wrap(75, "=\n"), "inner-whitespace"},
		{"quoted-printable CRLF", wrap(75, "=\r\n"), "inner-whitespace"},
		{"wrapped and quoted", `"` + wrap(64, "\n") + `"`, "wrapped-in-quotes inner-whitespace"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := read(tt.text)
			checkAssertion(t, a)
			if a.Shape != evidence.ShapeCompact || a.Embedded != "" {
				t.Fatalf("taken for %s (%s), embedded in %q", a.Shape, a.LooksLike, a.Embedded)
			}
			if got := repairCauses(a); !sameSet(got, tt.causes) {
				t.Errorf("causes %q, want %q: %+v", got, tt.causes, a.Repairs)
			}
			if got := faultCauses(a); got != "" && tt.name != "escaped slash" {
				t.Errorf("faults %s", got)
			}
			if tt.name == "escaped slash" {
				return
			}
			if !strings.Contains(tt.name, "dash") && !strings.Contains(tt.name, "hyphen") && tt.name != "minus" && a.Compact != tok {
				t.Errorf("read %q", a.Compact)
			}
			if !complete([]byte(a.Compact)) {
				t.Errorf("not whole: %q", a.Compact)
			}
		})
	}
}

func sameSet(a, b string) bool {
	x, y := map[string]bool{}, map[string]bool{}
	for _, f := range strings.Fields(a) {
		x[f] = true
	}
	for _, f := range strings.Fields(b) {
		y[f] = true
	}
	if len(x) != len(y) {
		return false
	}
	for f := range x {
		if !y[f] {
			return false
		}
	}
	return true
}

func charCodes(s, sep string) string {
	var parts []string
	for _, c := range []byte(s) {
		parts = append(parts, itoa(int(c)))
	}
	return "[" + strings.Join(parts, sep) + "]"
}

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + string(rune('0'+n%10))
}

func utf16le(s string) string {
	var b []byte
	for _, r := range s {
		b = append(b, byte(r), byte(r>>8))
	}
	return string(b)
}

func TestEmbedded(t *testing.T) {
	tok := token()
	enc := strings.ReplaceAll(tok, ".", "%2E")
	tests := []struct {
		name, text, words string
		request           bool
		causes            string
	}{
		{"curl", "curl -X POST https://x.example/token -d 'grant_type=client_credentials&client_assertion=" + tok + "&scope=a'", "a curl command", true, ""},
		{"curl, encoded once", "curl https://x.example/token -d 'client_assertion=" + enc + "'", "a curl command", true, ""},
		{"curl, encoded twice", "curl https://x.example/token -d 'client_assertion=" + strings.ReplaceAll(enc, "%", "%25") + "'", "a curl command", true, "percent-encoded"},
		{"curl, encoded for --data-urlencode", "curl https://x.example/token --data-urlencode 'client_assertion=" + enc + "'", "a curl command", true, "percent-encoded"},
		{"curl, several lines", "curl https://x.example/token \\\n  -d grant_type=client_credentials \\\n  -d client_assertion=" + tok + " \\\n  -d scope=a", "a curl command", true, ""},
		{"curl with Bearer", "curl https://x.example/token -d 'client_assertion=Bearer " + tok + "'", "a curl command", true, "bearer-prefix"},
		{"form body", "grant_type=client_credentials&client_assertion_type=urn%3Aietf&client_assertion=" + tok, "a form body", true, ""},
		{"form body, hyphen", "grant_type=client_credentials&client-assertion=" + tok + "&x=y", "a form body", true, ""},
		{"one parameter", "client_assertion=" + tok, "a form body", true, ""},
		{"HTTP", "POST /token HTTP/1.1\r\nHost: x.example\r\n\r\ngrant_type=a&client_assertion=" + tok, "an HTTP request", true, ""},
		{"JSON", `{"grant_type":"client_credentials","client_assertion":"` + tok + `"}`, "JSON", true, ""},
		{"JSON with escapes", `{"client_assertion":"` + strings.ReplaceAll(tok, ".", `\u002e`) + `"}`, "JSON", false, ""},
		{"JSON member", `"client_assertion": "` + tok + `",`, "JSON", false, ""},
		{"export", "export JWT=" + tok, "an assignment", false, ""},
		{"export in quotes", `export JWT="` + tok + `"`, "an assignment", false, ""},
		{"javascript", "const jwt = '" + tok + "';", "an assignment", false, ""},
		{"label", "assertion: " + tok, "a line with a label", false, ""},
		{"log line", "2025-01-02T03:04:05Z INFO signed assertion " + tok + " for client", "a log line", false, ""},
		{"prose", "Hello,\nhere is my assertion:\n\n" + tok + "\n\nwhat is wrong with it?", "a longer text", false, ""},
		{"prose, wrapped", "Hello,\nhere it is:\n" + tok[:70] + "\n" + tok[70:200] + "\n" + tok[200:] + "\nthank you", "a longer text", false, "inner-whitespace"},
		{"words after", tok + " what is wrong with it?", "a longer text", false, ""},
		{"rest of a form", tok + "&scope=a", "a longer text", false, ""},
		{"XML", "<input name=\"client_assertion\" value=\"" + tok + "\"/>", "XML or HTML", false, ""},
		{"URL", "https://x.example/token?client_assertion=" + tok + "&a=b", "a URL", true, ""},
		{"two of them", "subject_token=" + tok + "&client_assertion=" + strings.Replace(tok, "eyJhbGciOiJSUzM4NCI", "eyJhbGciOiJSUzM4NCI", 1) + "&grant_type=x", "a form body", true, ""},
		{"dash inside", "client_assertion=" + strings.Replace(tokenWith("--"), "--", "–", 1) + "&grant_type=x", "a form body", true, "typographic-characters"},
		{"PowerShell", "Invoke-RestMethod -Uri https://x.example/token -Body @{client_assertion='" + tok + "'}", "a PowerShell command", true, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := read(tt.text)
			checkAssertion(t, a)
			if a.Shape != evidence.ShapeCompact || !complete([]byte(a.Compact)) {
				t.Fatalf("taken for %s (%s): %q", a.Shape, a.LooksLike, a.Compact)
			}
			if a.Embedded != tt.words || a.InRequest != tt.request {
				t.Errorf("embedded in %q (request: %v)", a.Embedded, a.InRequest)
			}
			if got := repairCauses(a); !sameSet(got, tt.causes) {
				t.Errorf("causes %q, want %q: %+v", got, tt.causes, a.Repairs)
			}
		})
	}
}

func TestPlaceholders(t *testing.T) {
	h, c, s := enc(header), enc(claims), signatureText(256)
	for _, text := range []string{
		"YOUR_JWT_ASSERTION", "$JWT", "${JWT}", "%JWT%", "{{assertion}}", "{{ .Token }}", "<assertion>", "<your-jwt>", "<your jwt here>", "[CLIENT_ASSERTION]", "client_assertion",
		"eyJ...", "eyJ…", "eyJhbGc...", "eyJhbGciOiJSUzI1NiIs...", "xxx.yyy.zzz", "xxxxx.yyyyy.zzzzz", "header.payload.signature", "<header>.<payload>.<signature>", "$(cat jwt.txt)",
		"#{jwt}", "<%= jwt %>", "{jwt}", "$env:JWT", `"$JWT"`, "'{{jwt}}'", "undefined", "null", "None", "[object Promise]", "insert-your-token-here", "xxxx",
		"your signed JWT here", "Paste your client assertion here.", "<the signed JWT>", "put the token here...", "TOKENHERE", "JWTHERE",
		h + ".<payload>.<signature>", h + "." + c + ".<signature>", h + "." + c + ".signature", h + "." + c + ".SIGNATURE", h + ".payload." + s, h + "...", h + ".xxxx.yyyy",
		"client_assertion=$JWT&grant_type=client_credentials", `curl https://x.example/token -d "client_assertion=${JWT}"`, `{"client_assertion":"<assertion>"}`, "curl https://x.example/token -d client_assertion=YOUR_JWT_ASSERTION -d a=b",
	} {
		a := read(text)
		checkAssertion(t, a)
		if a.Shape != evidence.ShapePlaceholder || a.LooksLike == "" {
			t.Errorf("%q: taken for %s (%s)", text, a.Shape, a.LooksLike)
		}
	}
	for _, text := range []string{"hello there", "nothing there", "adhere to rules"} {
		if a := read(text); a.Shape != evidence.ShapeNotJWT {
			t.Errorf("%q: taken for %s (%s)", text, a.Shape, a.LooksLike)
		}
	}
	for _, text := range []string{
		token(), h + "." + c + ".", h + "." + c, h + "." + c + "." + s[:40] + "..." + s[60:], h + "." + c[:40] + "…" + c[60:] + "." + s, "<" + token() + ">", "{" + token() + "}", h + "..sig",
	} {
		if a := read(text); a.Shape != evidence.ShapeCompact {
			t.Errorf("%q: taken for %s (%s)", text, a.Shape, a.LooksLike)
		}
	}
}

func TestLooksLike(t *testing.T) {
	tests := []struct{ text, words string }{
		{"Our token is refused since Monday.", "plain text"},
		{"why was my token refused", "plain text"},
		{"The assertion we sent has been there for a week and two days", "plain text"},
		{"-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n", "a PEM private key"},
		{"-----BEGIN RSA PRIVATE KEY-----\nMIIE", "a PEM private key"},
		{"-----BEGIN CERTIFICATE-----\nMIIE", "a PEM certificate"},
		{"-----BEGIN PUBLIC KEY-----\nMIIE", "a PEM public key"},
		{"-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl", "an OpenSSH key"},
		{"ssh-rsa AAAAB3NzaC1yc2E user@host", "an OpenSSH public key"},
		{`{"kty":"RSA","n":"x","e":"AQAB"}`, "a JWK"},
		{`{"keys":[]}`, "a JWK Set"},
		{`{"error":"invalid_client"}`, "a JSON error body"},
		{`{"access_token":"abc","token_type":"bearer"}`, "a token response"},
		{claims, "claims in clear, not yet signed into a JWT"},
		{"https://api.example.com/v2/auth/token", "a URL"},
		{"83e0ec65-d60a-4b49-84b0-6468ca319a71", "a UUID"},
		{`<saml:Assertion xmlns:saml="urn:oasis"/>`, "a SAML assertion (XML)"},
		{"<!DOCTYPE html><html></html>", "HTML"},
		{"curl https://x.example/token -d grant_type=client_credentials", "a curl command without an assertion"},
		{"HTTP/1.1 401 Unauthorized\r\n\r\n", "an HTTP response"},
		{"2YotnFZFEjr1zCsicMWpAA", "an opaque token"},
		{"ya29.a0AfH6SMBx1234567890abcdefgh-XYZ", "an opaque token in 2 parts"},
		{"0123456789abcdef0123456789abcdef", "a hexadecimal text"},
		{"65794a68624763694f694a", "the hexadecimal form of a JWT"},
		{enc(token()), "a JWT that was base64-encoded once more"},
		{"abC8Q~xyzxyzxyzxyzxyzxyzxyzxyzxyzxyz12", "a client secret"},
		{"www.example.com", "a host name or file name"},
		{"1.2.3", "a version number or IP address"},
		{"a.b.c", "a host name or file name"},
		{"....", "dots"},
		{"hello world, how are you?", "plain text"},
		{"hello", "a single word"},
		{"", "empty"},
	}
	for _, tt := range tests {
		a := read(tt.text)
		checkAssertion(t, a)
		if a.Shape != evidence.ShapeNotJWT || a.LooksLike != tt.words {
			t.Errorf("%.40q: taken for %s (%s), want %s", tt.text, a.Shape, a.LooksLike, tt.words)
		}
		if len(a.Repairs) > 0 {
			t.Errorf("%.40q: repairs %v", tt.text, a.Repairs)
		}
	}
}

func TestShapes(t *testing.T) {
	h, c, s := enc(header), enc(claims), signatureText(256)
	jwe := enc(`{"alg":"RSA-OAEP","enc":"A256GCM"}`)
	tests := []struct {
		name, text string
		shape      evidence.Shape
		segments   int
		more       bool
		faults     string
	}{
		{"control", token(), evidence.ShapeCompact, 3, false, ""},
		{"header alone", h, evidence.ShapeCompact, 1, false, ""},
		{"two parts", h + "." + c, evidence.ShapeCompact, 2, false, ""},
		{"no signature", h + "." + c + ".", evidence.ShapeCompact, 3, false, ""},
		{"empty payload", h + ".." + s, evidence.ShapeCompact, 3, false, ""},
		{"empty header", "." + c + "." + s, evidence.ShapeCompact, 3, false, ""},
		{"four parts", token() + ".x", evidence.ShapeCompact, 4, false, "3:truncated"},
		{"glued", token() + token(), evidence.ShapeCompact, 5, false, ""},
		{"many parts", token() + strings.Repeat(".ab", 100), evidence.ShapeCompact, 6, true, "3:noncanonical 4:noncanonical 5:noncanonical"},
		{"jwe", jwe + ".a3k.aXY.Y3Q.dGc", evidence.ShapeJWE, 5, false, ""},
		{"jwe, direct", enc(`{"alg":"dir","enc":"A256GCM"}`) + "..aXY.Y3Q.dGc", evidence.ShapeJWE, 5, false, ""},
		{"json serialization", `{"payload":"` + c + `","signatures":[{"protected":"` + h + `","signature":"` + s + `"}]}`, evidence.ShapeJSON, 0, false, ""},
		{"flattened", `{"payload":"` + c + `","protected":"` + h + `","signature":"` + s + `"}`, evidence.ShapeJSON, 0, false, ""},
		{"first letter lost", token()[1:], evidence.ShapeCompact, 3, false, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := read(tt.text)
			checkAssertion(t, a)
			if a.Shape != tt.shape || len(a.Segments) != tt.segments || a.MoreSegments != tt.more {
				t.Errorf("%s (%s) of %d, more: %v", a.Shape, a.LooksLike, len(a.Segments), a.MoreSegments)
			}
			if got := faultCauses(a); got != tt.faults && tt.name != "first letter lost" && tt.name != "glued" {
				t.Errorf("faults %s, want %s", got, tt.faults)
			}
		})
	}
}
