package input

import (
	"errors"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/google/go-cmp/cmp"
)

func document(text string) evidence.Document {
	return evidence.Document{Origin: evidence.Origin{File: "request.sh", Line: 1, Column: 1}, Text: text}
}

// line describes a request in one line: method, URL, content type and parameters, with ?
// before one in the URL and {…} after one that is not known.
func line(r *evidence.Request) string {
	media, _ := r.ContentType()
	media = strings.TrimPrefix(strings.TrimPrefix(media, "application/"), "x-www-")
	parts := []string{r.Method, r.URL, media}
	for _, p := range r.Params {
		text := p.Name + "=" + p.Value
		if p.In == evidence.InURL {
			text = "?" + text
		}
		if p.Unknown != "" {
			text += "{" + p.Unknown + "}"
		}
		parts = append(parts, text)
	}
	if r.Body.Unknown != "" {
		parts = append(parts, "BODY{"+r.Body.Unknown+"}")
	}
	return strings.Join(parts, " ")
}

func noFiles(string) ([]byte, error) { return nil, errors.New("none") }

var someFiles = Files(func(name string) ([]byte, error) {
	switch name {
	case "body.txt":
		return []byte("a=1\r\n&b=2\n"), nil
	case "jwt.txt":
		return []byte("ey.a+b.c\n"), nil
	case "headers.txt":
		return []byte("Content-Type: application/json\r\nX-One: 1\r\n"), nil
	}
	return nil, errors.New("no such file")
})

type commandRow struct {
	name, text string
	files      Files
	want       string
}

const formed = " form-urlencoded"

func TestCommands(t *testing.T) {
	const u = "https://idp.example/token"
	rows := []commandRow{
		// What curl makes of its options.
		{"a GET", "curl " + u, nil, "GET " + u + " "},
		{"data makes a POST", "curl " + u + " -d a=b", nil, "POST " + u + formed + " a=b"},
		{"data in one word", "curl " + u + " -da=b", nil, "POST " + u + formed + " a=b"},
		{"short options in one word", "curl -sSLkX PUT " + u, nil, "PUT " + u + " "},
		{"short options with data", "curl -sd a=b " + u, nil, "POST " + u + formed + " a=b"},
		{"several data are joined", "curl " + u + " -d a=b --data c=d --data-ascii e=f", nil, "POST " + u + formed + " a=b c=d e=f"},
		{"a plus is a space", "curl " + u + " -d a=b+c", nil, "POST " + u + formed + " a=b c"},
		{"encoded data is decoded", "curl " + u + " -d a=b%20c", nil, "POST " + u + formed + " a=b c"},
		{"urlencode encodes what is encoded again", "curl " + u + " --data-urlencode 'a=b%20c+d'", nil, "POST " + u + formed + " a=b%20c+d"},
		{"urlencode content", "curl " + u + " --data-urlencode 'x y'", nil, "POST " + u + formed + " x y="},
		{"urlencode =content", "curl " + u + " --data-urlencode '=x=y'", nil, "POST " + u + formed + " x=y="},
		{"urlencode name=content", "curl " + u + " --data-urlencode 'n=x&y=z'", nil, "POST " + u + formed + " n=x&y=z"},
		{"urlencode @file", "curl " + u + " --data-urlencode @jwt.txt", someFiles, "POST " + u + formed + " ey.a+b.c\n="},
		{"urlencode name@file", "curl " + u + " --data-urlencode n@jwt.txt", someFiles, "POST " + u + formed + " n=ey.a+b.c\n"},
		{"urlencode name@file unread", "curl " + u + " --data-urlencode n@jwt.txt -d a=b", nil, "POST " + u + formed + " n={it is read from the file jwt.txt} a=b"},
		{"data @file without line ends", "curl " + u + " -d @body.txt", someFiles, "POST " + u + formed + " a=1 b=2"},
		{"data-binary @file as it is", "curl " + u + " --data-binary @body.txt", someFiles, "POST " + u + formed + " a=1\r\n b=2\n"},
		{"data @file unread", "curl " + u + " -d @body.txt", noFiles, "POST " + u + formed + " BODY{it is read from the file body.txt}"},
		{"data-raw does not read", "curl " + u + " --data-raw @body.txt", someFiles, "POST " + u + formed + " @body.txt="},
		{"get", "curl -G " + u + "?z=1 -d a=b --data-urlencode 'c=d e'", nil, "GET " + u + "?z=1&a=b&c=d+e  ?z=1 ?a=b ?c=d e"},
		{"get with a method", "curl --get -X POST " + u + " -d a=b", nil, "POST " + u + "?a=b  ?a=b"},
		{"url-query", "curl " + u + " --url-query 'a=b c'", nil, "GET " + u + "?a=b+c  ?a=b c"},
		{"form", "curl " + u + " -F a=b --form 'c=d;type=text/plain'", nil, "POST " + u + " multipart/form-data a=b c=d"},
		{"form with a file", "curl " + u + " -F c=@jwt.txt", someFiles, "POST " + u + " multipart/form-data c=ey.a+b.c\n"},
		{"form with a file unread", "curl " + u + " -F c=@jwt.txt", nil, "POST " + u + " multipart/form-data c={it is read from the file jwt.txt}"},
		{"form-string does not read", "curl " + u + " --form-string c=@jwt.txt", someFiles, "POST " + u + " multipart/form-data c=@jwt.txt"},
		{"json", "curl " + u + ` --json '{"a":"b"}'`, nil, "POST " + u + " json a=b"},
		{"head", "curl -I " + u, nil, "HEAD " + u + " "},
		{"upload", "curl -T jwt.txt " + u, someFiles, "PUT " + u + " "},
		{"content type given", "curl " + u + ` -H 'Content-Type: application/json' -d '{"a":"b"}'`, nil, "POST " + u + " json a=b"},
		{"content type taken out", "curl " + u + " -H 'Content-Type:' -d a=b", nil, "POST " + u + "  a=b"},
		{"headers from a file", "curl " + u + " -H @headers.txt --data-raw '{\"a\":\"b\"}'", someFiles, "POST " + u + " json a=b"},
		{"url option", "curl --url " + u + " --data a=b", nil, "POST " + u + formed + " a=b"},
		{"two URLs", "curl " + u + " https://b.example/x", nil, "GET " + u + " \nGET https://b.example/x "},
		{"next", "curl " + u + " -d a=b --next https://b.example/x", nil, "POST " + u + formed + " a=b\nGET https://b.example/x "},
		{"no scheme", "curl idp.example/token -d a=b", nil, "POST http://idp.example/token" + formed + " a=b"},
		{"an unknown option", "curl --frobnicate " + u + " -d a=b", nil, "POST " + u + formed + " a=b"},
		{"an abbreviated option", "curl " + u + " --data-u 'a=b c'", nil, "POST " + u + formed + " a=b c"},
		{"no- option", "curl --no-progress-meter --no-location " + u, nil, "GET " + u + " "},
		{"variable of curl", "curl --variable J=abc --expand-data 'j={{J}}' " + u, nil, "POST " + u + formed + " j=abc"},

		// What shells make of text.
		{"continued lines", "curl \\\n  -d a=b \\\n  " + u, nil, "POST " + u + formed + " a=b"},
		{"continued lines of Windows", "curl \\\r\n  -d a=b \\\r\n  " + u + "\r\n", nil, "POST " + u + formed + " a=b"},
		{"a blank behind the backslash", "curl \\ \n  -d a=b \\\t\n  " + u, nil, "POST " + u + formed + " a=b"},
		{"a backslash that is missing", "curl " + u + "\n  -d a=b\n  -H 'Accept: x/y'\n", nil, "POST " + u + formed + " a=b"},
		{"line ends lost", `curl '` + u + `' \--header 'Content-Type: text/plain' \--data 'a=b'`, nil, "POST " + u + " text/plain a=b"},
		{"line ends made blanks", `curl ` + u + ` \ --data 'a=b'`, nil, "POST " + u + formed + " a=b"},
		{"quotes in words", `curl ` + u + ` -d a="b c"'d'`, nil, "POST " + u + formed + " a=b cd"},
		{"ANSI quotes", `curl ` + u + ` -d $'a=b\'c\x41'`, nil, "POST " + u + formed + " a=b'cA"},
		{"escapes in double quotes", `curl ` + u + ` -d "{\"a\":\"\$b\"}"`, nil, "POST " + u + formed + ` a=$b`},
		{"a prompt", "$ curl " + u + " \\\n> -d a=b", nil, "POST " + u + formed + " a=b"},
		{"a long prompt", "me@host:~/x$ curl " + u + " -d a=b", nil, "POST " + u + formed + " a=b"},
		{"wrappers", "sudo time curl " + u + " -d a=b", nil, "POST " + u + formed + " a=b"},
		{"in a script", "#!/bin/sh\nset -e\nif true; then\n  curl " + u + " -d a=b | jq .\nfi\n", nil, "POST " + u + formed + " a=b"},
		{"in $(…)", "TOKEN=$(curl -s " + u + " -d a=b)\necho $TOKEN", nil, "POST " + u + formed + " a=b"},
		{"a comment", "# curl https://no.example/x\ncurl " + u + " # -d a=b\n", nil, "GET " + u + " "},
		{"a here-document", "curl " + u + " -d @- <<EOF\na=b&c=$X\nEOF\n", nil, "POST " + u + formed + " a=b c=$X{it is the shell variable $X}"},
		{"a quoted here-document", "curl " + u + " -d @- <<'EOF'\na=$b\nEOF\n", nil, "POST " + u + formed + " a=$b"},
		{"a here-string", "curl " + u + " -d @- <<< 'a=b'\n", nil, "POST " + u + formed + " a=b"},
		{"a pipe", "echo 'a=b' | curl " + u + " -d @-", nil, "POST " + u + formed + " a=b"},
		{"a pipe from a program", "make-body | curl " + u + " -d @-", nil, "POST " + u + formed + " BODY{it is the output of a command}"},
		{"Markdown", "Here's how:\n\n```bash\ncurl " + u + " -d a=b\n```\n\nIt's refused.\n", nil, "POST " + u + formed + " a=b"},
		{"prose with apostrophes", "Here's what I run:\ncurl " + u + " -d a=b\n\nIt doesn't work.\n", nil, "POST " + u + formed + " a=b"},
		{"a redirection", "curl " + u + " -d a=b >out.txt 2>&1", nil, "POST " + u + formed + " a=b"},
		{"a value to be filled in", "curl " + u + " -d a=<your value> -d c=d", nil, "POST " + u + formed + " a=<your value> c=d"},

		// Variables.
		{"a variable", "curl " + u + ` -d "a=$JWT"`, nil, "POST " + u + formed + " a=$JWT{it is the shell variable $JWT}"},
		{"a variable in braces, encoded", "curl " + u + ` --data-urlencode "a=${JWT}"`, nil, "POST " + u + formed + " a=${JWT}{it is the shell variable ${JWT}}"},
		{"a variable in single quotes is text", "curl " + u + ` -d 'a=$JWT'`, nil, "POST " + u + formed + " a=$JWT"},
		{"a variable set above", "JWT='ey.b.c'\ncurl " + u + ` -d "a=$JWT"`, nil, "POST " + u + formed + " a=ey.b.c"},
		{"a variable exported above", "export JWT=ey.b.c; curl " + u + ` -d a=${JWT}`, nil, "POST " + u + formed + " a=ey.b.c"},
		{"a variable set to another", "A=x\nB=\"$A.y\"\ncurl " + u + ` -d "a=$B"`, nil, "POST " + u + formed + " a=x.y"},
		{"a variable set to what a command prints", "A=$(make-jwt)\ncurl " + u + ` -d "a=$A"`, nil, "POST " + u + formed + " a=$A{it is the shell variable $A}"},
		{"what a command prints", "curl " + u + ` -d "a=$(gen a&b=c)"`, nil, "POST " + u + formed + " a=$(gen a&b=c){it is the output of a command}"},
		{"the text of a file", "curl " + u + ` -d "a=$(cat jwt.txt)"`, someFiles, "POST " + u + formed + " a=ey.a b.c"},
		{"a whole body", "curl " + u + ` -d "$BODY"`, nil, "POST " + u + formed + " BODY{it is the shell variable $BODY}"},
		{"a placeholder", "curl " + u + ` -d 'a={{jwt}}'`, nil, "POST " + u + formed + " a={{jwt}}{it is the placeholder {{jwt}}}"},
		{"a secret of CI", "curl " + u + ` -d "a=${{ secrets.JWT }}"`, nil, "POST " + u + formed + " a=${{ secrets.JWT }}{it is the placeholder ${{ secrets.JWT }}}"},
		{"an array", "args=(-d a=b)\ncurl \"${args[@]}\" " + u, nil, "POST " + u + formed + " a=b"},
		{"a variable URL", `curl "$URL/token" -d a=b`, nil, "POST " + formed + " a=b"},

		// Damaged by typesetting.
		{"dashes", "curl –X POST “" + u + "” —data “a=b”", nil, "POST " + u + formed + " a=b"},
		{"quotation marks", "curl -X POST " + u + " -d “a=b”", nil, "POST " + u + formed + " “a=b”"},

		// cmd.exe.
		{"carets", "curl -X POST ^\r\n  " + u + " ^\r\n  -d \"a=b&c=d\"\r\n", nil, "POST " + u + formed + " a=b c=d"},
		{"escaped double quotes", "curl " + u + " ^\n -d \"{\\\"a\\\":\\\"b\\\"}\"", nil, "POST " + u + formed + " a=b"},
		{"doubled double quotes", "curl " + u + " ^\n -d \"{\"\"a\"\":\"\"b\"\"}\"", nil, "POST " + u + formed + " a=b"},
		{"as browsers copy it", "curl ^\"" + u + "^\" ^\n  -H ^\"Accept: x/y^\" ^\n  --data-raw ^\"a=b^&c=^%^7Bd^\"", nil, "POST " + u + formed + " a=b c={d"},
		{"a variable of cmd.exe", "C:\\Users\\me> set JWT=ey.b.c\nC:\\Users\\me> curl " + u + " -d \"a=%JWT%&b=%X%&c=%3A%2F\"", nil,
			"POST " + u + formed + " a=ey.b.c b=%X%{it is the shell variable %X%} c=:/"},
		{"single quotes in cmd.exe", "curl " + u + " ^\n -H 'Accept: x/y' ^\n -d 'a=b'", nil, "POST " + u + formed + " 'a=b'"},

		// PowerShell.
		{"a hashtable", "Invoke-RestMethod -Uri " + u + " -Method Post -Body @{ a = 'b c'; 'd' = \"e\" }", nil, "POST " + u + formed + " a=b c d=e"},
		{"a variable hashtable", "$body = @{\n a = 'b' # first\n c = $jwt\n}\n$r = irm " + u + " -Method POST `\n  -Body $body", nil,
			"POST " + u + formed + " a=b c=$jwt{it is the shell variable $jwt}"},
		{"a variable string", "$jwt = \"ey.b.c\"\niwr " + u + " -Method POST -Body \"a=$jwt&d=$($x.y)\"", nil,
			"POST " + u + formed + " a=ey.b.c d=$($x.y){it is the output of a command}"},
		{"splatting", "$p = @{ Uri = '" + u + "'; Method = 'Post'; Body = @{a='b'} }\nInvoke-RestMethod @p", nil, "POST " + u + formed + " a=b"},
		{"a here-string of PowerShell", "Invoke-RestMethod " + u + " -Method Post -Body @\"\na=b&c=$env:X\n\"@", nil,
			"POST " + u + formed + " a=b c=$env:X{it is the shell variable $env:X}"},
		{"a plain here-string", "Invoke-RestMethod " + u + " -Method Post -Body @'\na=$b\n'@", nil, "POST " + u + formed + " a=$b"},
		{"ConvertTo-Json", "irm " + u + " -Method Post -ContentType 'application/json' -Body (@{a='b'} | ConvertTo-Json)", nil, "POST " + u + " json a=b"},
		{"a GET with a hashtable", "Invoke-RestMethod " + u + " -Body @{a='b'}", nil, "GET " + u + "?a=b  ?a=b"},
		{"Form", "Invoke-RestMethod " + u + " -Method Post -Form @{a='b'}", nil, "POST " + u + " multipart/form-data a=b"},
		{"no content type but for POST", "Invoke-RestMethod " + u + " -Method Put -Body 'a=b'", nil, "PUT " + u + "  a=b"},
		{"curl.exe in PowerShell", "$jwt='ey.b.c'\ncurl.exe -X POST '" + u + "' `\n -d \"a=$jwt\"", nil, "POST " + u + formed + " a=ey.b.c"},
		{"curl that is an alias", "PS C:\\> curl -Uri " + u + " -Method Post -Body @{a='b'}; $x = 1", nil, "POST " + u + formed + " a=b"},
		{"members added", "$b = @{}\n$b.a = 'b'\n$b['c'] = 'd'\nirm " + u + " -Method Post -Body $b", nil, "POST " + u + formed + " a=b c=d"},

		// Others.
		{"wget", "wget -qO- --post-data='a=b&c=d' --header 'Accept: x/y' " + u, nil, "POST " + u + formed + " a=b c=d"},
		{"wget with a method", "wget --method=PUT --body-data a=b " + u, nil, "PUT " + u + formed + " a=b"},
		{"wget with a file", "wget --post-file body.txt " + u, nil, "POST " + u + formed + " BODY{it is read from the file body.txt}"},
		{"HTTPie form", "http -f POST " + u + " a='b c' X-Y:z q==1", nil, "POST " + u + "?q=1" + formed + " ?q=1 a=b c"},
		{"HTTPie JSON", "http idp.example/token a=b", nil, "POST http://idp.example/token json a=b"},
		{"https of HTTPie", "https --form idp.example/token a=$JWT", nil, "POST https://idp.example/token" + formed + " a=$JWT{it is the shell variable $JWT}"},
		{"HTTPie without items", "http GET :8080/x", nil, "GET http://localhost:8080/x "},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			if !looksLikeCommand(row.text) {
				t.Error("it does not look like a command")
			}
			got, err := commands(document(row.text), row.files)
			if err != nil {
				t.Fatal(err)
			}
			var lines []string
			for _, r := range got {
				lines = append(lines, line(r))
			}
			if diff := cmp.Diff(row.want, strings.Join(lines, "\n")); diff != "" {
				t.Errorf("(-want +got)\n%s\n%q", diff, got[0].Notes)
			}
		})
	}
}
