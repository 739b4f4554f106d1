package input

import (
	"errors"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

// How shells read text that is easily misread.
func TestCommandShells(t *testing.T) {
	const u = "https://idp.example/token"
	const post = "POST " + u + formed
	const irm = "\nInvoke-RestMethod " + u + " -Method Post -Body "
	rows := []struct {
		name, file, text string
		want             string
	}{
		// A line end after a backslash.
		{"continued in double quotes", "", "curl " + u + " -d \"a=1&\\\nb=2\"", post + " a=1 b=2"},
		{"continued in double quotes, Windows", "", "curl " + u + " -d \"a=1&\\\r\nb=2\"\r\n", post + " a=1 b=2"},
		{"continued in a header", "", "curl " + u + " -H \"Content-Type: \\\ntext/plain\" -d a=b", "POST " + u + " text/plain a=b"},
		{"continued in a URL", "", "curl \"https://idp.example\\\n/token\" -d a=b", post + " a=b"},
		{"continued in a word", "", "curl " + u + " -d a=b\\\nc", post + " a=bc"},
		{"continued in an assignment", "", "A=\"a=1&\\\nb=2\"\ncurl " + u + " -d \"$A\"", post + " a=1 b=2"},
		{"continued behind a variable", "", "curl " + u + " -d \"a=$A\\\n&b=2\"", post + " a=$A{it is the shell variable $A} b=2"},
		{"continued in a here-document", "", "curl " + u + " -d @- <<E\na=1&\\\nb=2\nE\n", post + " a=1 b=2"},
		{"none in single quotes", "", "curl " + u + " -d 'a=1\\\nb'", post + " a=1\\\nb"},
		{"none behind two backslashes", "", "curl " + u + " -d \"a=1\\\\\nb\"", post + " a=1\\\nb"},
		{"none in a quoted here-document", "", "curl " + u + " --data-binary @- <<'E'\na=1\\\nb\nE\n", post + " a=1\\\nb\n"},

		// PowerShell.
		{"+= of strings", "", "$b = 'a=1'\n$b += \"&c=$x\"\n$b += '&d=2'" + irm + "$b", post + " a=1 c=$x{it is the shell variable $x} d=2"},
		{"+= of hashtables", "", "$b=@{a='1'}\n$b += @{c='2';d='3'}" + irm + "$b", post + " a=1 c=2 d=3"},
		{"+= of what is not known", "", "$b = Get-Content x\n$b += 'a=1'" + irm + "$b", post + " BODY{it is the shell variable $b}"},
		{"+= of a string to a hashtable", "", "$b = @{a='1'}\n$b += 'c'" + irm + "$b", post + " BODY{it is the shell variable $b}"},
		{"Add", "", "$b=@{}\n$b.Add('a','1')\n$b.add(\"c\", \"2\" + '3')" + irm + "$b", post + " a=1 c=23"},
		{"Add to a new object", "", "$b = New-Object 'System.Collections.Generic.Dictionary[string,string]'\n$b.Add('a','1')" + irm + "$b", post + " a=1"},
		{"a member set again", "", "$b=@{a=''}\n$b.a='1'\n$b['A']='2'" + irm + "$b", post + " a=2"},
		{"Remove", "", "$b=@{a='1'}\n$b.Remove('a')" + irm + "$b", post + " BODY{it is the shell variable $b}"},
		{"a reading call", "", "$b=@{a='1'}\nif ($b.ContainsKey('a')) { 'x' }" + irm + "$b", post + " a=1"},
		{"an index that is a variable", "", "$b=@{a='1'}\n$b[$k]='2'" + irm + "$b", post + " BODY{it is the shell variable $b}"},
		{"a member of a member", "", "$p=@{x=@{a='1'}}\n$p.x.a='2'" + irm + "$p", post + " BODY{it is the shell variable $p}"},
		{"read out of a hashtable", "", "$p=@{a='1'}" + irm + "\"a=$($p.a)\"", post + " a=$($p.a){it is the output of a command}"},
		{"a call in a hashtable", "", "$h=@{'X-A'=[guid]::NewGuid();Accept='x/y'}\nirm " + u + " -Method Post -Headers $h -Body 'a=1'", post + " a=1"},
		{"a call in a hashtable on the command's line", "", "irm " + u + " -Method Post -Headers @{'X-A'=[guid]::NewGuid()} -Body 'a=1'", post + " a=1"},
		{"calls within calls", "", "$h=@{Authorization='Basic '+[Convert]::ToBase64String([Text.Encoding]::ASCII.GetBytes('a:b)'))}\n$r=irm " + u + " -Method Post -Headers $h -Body 'a=1'", post + " a=1"},
		{"encoded by a call", "", "$b='a='+[System.Web.HttpUtility]::UrlEncode('x:y z')+'&c='+[uri]::EscapeDataString($j)" + irm + "$b", post + " a=x:y z c=$j{it is the shell variable $j}"},
		{"another call in a string", "", "$b='a='+[x.y]::Sign('(', \")\")+'&c=2'" + irm + "$b",
			post + " a=[x.y]::Sign('(', \")\"){it is what PowerShell makes of [x.y]::Sign('(', \")\")} c=2"},
		{"a member call in a string", "", "$b='a='+$j.Trim()+'&c='+(New-Guid).Guid" + irm + "$b", post + " a=$j{it is the shell variable $j} c=(New-Guid).Guid{it is what PowerShell makes of (New-Guid).Guid}"},
		{"what a command prints", "", "$j = Get-Content jwt.txt\n" + irm + "\"a=$j\"", post + " a=$j{it is the shell variable $j}"},
		{"a command in a hashtable", "", irm + "@{a=Get-Content jwt.txt; c='2'}", post + " a=Get-Content jwt.txt{it is what PowerShell makes of Get-Content jwt.txt} c=2"},
		{"joined", "", "$b = @('a=1','b=2') -join '&'" + irm + "$b", post + " BODY{it is what PowerShell makes of @('a=1','b=2') -join '&'}"},

		// cmd.exe.
		{"single quotes behind a prompt", "", "C:\\Users\\me>curl " + u + " -d 'a=b'", post + " 'a=b'"},
		{"single quotes behind a session's head", "", "Microsoft Windows [Version 10.0]\n\nC:\\>curl " + u + " -d 'a=b'\ncurl: (6) Could not resolve host", post + " 'a=b'"},
		{"single quotes in a batch file", "get.CMD", "curl " + u + " -d 'a=b'", post + " 'a=b'"},
		{"double quotes behind a prompt", "", "C:\\Users\\me>curl " + u + " -d \"a=b\"", post + " a=b"},
		{"single quotes at PowerShell's prompt", "", "PS C:\\>curl.exe " + u + " -d 'a=b'", post + " a=b"},
		{"a prompt before lines of another shell", "", "C:\\>curl " + u + " \\\n -d 'a=b'", post + " a=b"},
		{"percent signs of a batch file", "get.bat", "@echo off\ncurl " + u + " -d \"a=x%%3Ay&b=%J%\"", post + " a=x:y b=%J%{it is the shell variable %J%}"},
		{"lost percent signs", "get.bat", "@echo off\ncurl " + u + " -d \"a=x%3Ay\"", post + " a=xAy"},
		{"percent signs in a file with the command alone", "get.bat", "curl " + u + " -d \"a=x%3Ay\"", post + " a=x:y"},
		{"percent signs at the prompt", "", "C:\\>curl " + u + " -d \"a=x%3Ay\"", post + " a=x:y"},
		{"an argument of a batch file", "get.bat", "@echo off\ncurl " + u + " -d \"a=%1&b=%~2\"", post + " a=%1{it is what the batch file is given as %1} b=%~2{it is what the batch file is given as %~2}"},
		{"a loop's variable", "get.bat", "@echo off\ncurl " + u + " -d \"a=%%i&b=%%41\"", post + " a=%%i{it is what the batch file is given as %%i} b=A"},
		{"delayed expansion", "get.bat", "setlocal EnableDelayedExpansion\nset J=1\ncurl " + u + " -d \"a=!J!&b=!K!\"", post + " a=1 b=!K!{it is the shell variable !K!}"},

		// Others.
		{"a Makefile", "", "token:\n\t@curl -s " + u + " -d 'a=b' | jq .\n", post + " a=b"},
		{"options in a file", "", "curl -K x.conf " + u, " " + u + "  BODY{there may be more of it in the file of -K}"},
		{"options in a file and a method", "", "curl -K x.conf -X PUT " + u, "PUT " + u + "  BODY{there may be more of it in the file of -K}"},
		{"HTTPie's standard input", "", "echo -n 'a=b' | http POST " + u + " Content-Type:application/x-www-form-urlencoded", post + " a=b"},
		{"HTTPie's standard input, a file", "", "http POST " + u + " Content-Type:application/x-www-form-urlencoded < b.txt", post + " BODY{it is read from the file b.txt}"},
		{"a comment ends the command", "", "curl " + u + " \\\n  # the form\n  -d 'a=b'\n", "GET " + u + " "},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			d := document(row.text)
			if row.file != "" {
				d.Origin.File = row.file
			}
			got, err := commands(d, nil)
			if err != nil || len(got) != 1 {
				t.Fatalf("%d requests, %v", len(got), err)
			}
			if told := line(got[0]); told != row.want {
				t.Errorf("got  %q\nwant %q", told, row.want)
			}
			inside(t, row.text, got[0])
		})
	}
}

func TestCommandNotes(t *testing.T) {
	rows := []struct{ name, file, text, want string }{
		{"a comment that ends the command", "", "curl https://a.test \\\n  # the form\n  -d 'a=b'\n", "the comment in line 2 ends the command"},
		{"a comment above", "", "# the form\ncurl https://a.test \\\n  -d 'a=b'\n", ""},
		{"a comment below", "", "curl https://a.test \\\n  -d 'a=b'\n# done\n", ""},
		{"lost percent signs", "get.bat", "@echo off\ncurl https://a.test -d \"a=x%3Ay\"", "for a percent sign that is to be sent write %%"},
		{"percent signs of a batch file", "get.bat", "@echo off\ncurl https://a.test -d \"a=x%%3Ay\"", ""},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			d := evidence.Document{Origin: evidence.Origin{File: row.file, Line: 1, Column: 1}, Text: row.text}
			got, err := commands(d, nil)
			if err != nil || len(got) != 1 {
				t.Fatalf("%d requests, %v", len(got), err)
			}
			if all := strings.Join(got[0].Notes, "\n"); all != "" && row.want == "" || !strings.Contains(all, row.want) {
				t.Errorf("%q", all)
			}
		})
	}
}

// A caret in quotes does not continue the line: the quotation mark stays open.
func TestCommandUnclosedBeforeCaret(t *testing.T) {
	_, err := commands(document("curl ^\r\n -X POST \"https://a.test ^\r\n -d \"a=b\"\r\n"), nil)
	if !errors.Is(err, ErrMalformed) || !strings.Contains(err.Error(), `in line 2 the quotation mark " in column 10`) {
		t.Errorf("got %v", err)
	}
	one(t, "curl ^\r\n -X POST \"https://a.test\" ^\r\n -d \"a=b\"\r\n")
}
