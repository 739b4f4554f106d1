package hostile

import (
	"fmt"
	"strings"
)

// posix are commands in shells of POSIX, where the shell's part is the hard one.
func posix() []Input {
	curl := "curl https://as.example/token "
	return []Input{
		filled("sh: single quotes", curl+"-d ", "'", ""),
		filled("sh: double quotes", curl+"-d ", `"`, ""),
		filled("sh: quoted quotes", curl+"-d ", `'"'"'`, ""),
		filled("sh: dollars", curl+"-d ", "$", ""),
		filled("sh: backticks", curl+"-d ", "`", ""),
		filled("sh: backslashes", curl+"-d ", `\`, ""),
		filled("sh: escaped characters", curl+"-d ", `\a`, ""),
		filled("sh: command substitutions", curl+"-d ", "$(", ""),
		filled("sh: command substitutions in quotes", curl, ` -d "$(`, ""),
		filled("sh: closed substitutions", curl+"-d ", "$(a)", ""),
		filled("sh: parameters", curl+"-d ", "${", ""),
		filled("sh: variables", "A=xyz\n"+curl+"-d ", "$A", ""),
		filled("sh: open variables", curl+"-d ", "$B", ""),
		filled("sh: variables in quotes", "A=xyz\n"+curl+"-d \"", "$A", `"`),
		counted("sh: assignments", "", "A%d=xyz", "\n", "\n"+curl+"-d $A100000"),
		filled("sh: assignments that grow", "A=x\n", "A+=xyz\n", curl+"-d $A"),
		filled("sh: open assignments", curl, "a=$(", ""),
		filled("sh: arrays", "A=(", "a ", ")\n"+curl+`"${A[@]}"`),
		filled("sh: ANSI quotes", curl+"-d ", `$'\x41'`, ""),
		filled("sh: open ANSI quotes", curl+"-d ", "$'", ""),
		filled("sh: typographic quotes", curl+"-d ", "“", ""),
		filled("sh: typographic pairs", curl, "-d “a” ", ""),
		filled("sh: line continuations", curl, "\\\n", ""),
		filled("sh: line continuations with options", curl, "-d a=b \\\n", ""),
		filled("sh: continuations with blank lines", curl, "\\\n\n", "-d a"),
		filled("sh: lost continuations", curl+"\n", "-d a \n", ""),
		filled("sh: here-documents", curl, "<<A\na\nA\n"+curl, ""),
		filled("sh: open here-documents", "", curl+"-d @- <<EOF\na\n", ""),
		filled("sh: long here-document", curl+"-d @- <<EOF\n", "a=b\n", "EOF\n"),
		filled("sh: here-strings", curl, "<<< a ", ""),
		filled("sh: redirections", curl, "> a ", ""),
		filled("sh: pipes", curl, "|"+curl, ""),
		filled("sh: semicolons", "", curl+";", ""),
		filled("sh: ampersands", curl, "&", ""),
		filled("sh: loops", "", "if true; then "+curl, ""),
		filled("sh: if", "", "if ", curl),
		filled("sh: parentheses", "", "(", curl),
		filled("sh: braces", "", "{ ", curl),
		filled("sh: comments", curl+"\\\n", "# a\n", "-d a"),
		filled("sh: prompts", "", "$ "+curl+"\n", ""),
		filled("sh: prompts with names", "", "me@host:~$ "+curl+"\n", ""),
		filled("sh: mail quotes", "> "+curl+"\\\n", "> -d a \\\n", ""),
		filled("sh: fences", "", "```\n"+curl+"\n```\n", ""),
		filled("sh: open quote a line", "", "curl 'a\n", ""),
		filled("sh: open data a line", "", "curl as.example -d \"\n", ""),
		filled("sh: prose with apostrophes", "", "don't curl https://as.example -d a\n", ""),
		filled("sh: names of commands", "", "curl ", ""),
		filled("sh: angle brackets", curl+"-d ", "=<a", ""),
		filled("sh: placeholders", curl+"-d ", "a={{b}}&", ""),
		filled("sh: placeholders of CI", curl+"-d ", "a=${{ b }}&", ""),
		filled("sh: long word", curl+"-d grant_type=", "a", ""),
		filled("sh: long quoted word", curl+"-d 'grant_type=", "a", "'"),
		filled("sh: sudo", "", "sudo ", curl),
		filled("sh: assignments before", "", "A=b ", curl),
		filled("sh: bullets", "", "- "+curl+"\n", ""),
		counted("sh: many commands", "", "curl https://as.example/token -d grant_type=a%d", "\n", ""),
		filled("sh: many commands with tokens", "", "curl https://as.example/token -d '"+form+Token()+"'\n", ""),
		{Name: "sh: command and answers", Make: func(size int) string { return curl + "-d a=b\n" + fill("{\"error\":\"x\"}\n", size-100) }},
		filled("sh: command and damaged answers", curl+"-d a=b\n", "{\"a\":\n", ""),
		filled("sh: command and pages", curl+"-d a=b\n", "<html>\n", ""),
		filled("sh: command and heads", curl+"-d a=b\n", "HTTP/1.1 400 x\n", ""),
		filled("sh: open quote and answers", curl+"-d '", "\n{\"error\":\"x\"}", ""),
		{Name: "sh: long command and damaged answers", Make: func(size int) string {
			return curl + fill("-d a=b \\\n", size/2) + "\n" + fill("{\"a\":[1,2\n", size/2)
		}},
		{Name: "sh: command and a long answer", Make: func(size int) string {
			return curl + "-d a=b\n" + `{"error":"invalid_client","error_description":"` + fill("x", size-100) + `"}`
		}},
	}
}

// curl are commands whose options are the hard part.
func curl() []Input {
	curl := "curl https://as.example/token "
	return []Input{
		filled("curl: -H", curl, "-H a:b ", ""),
		counted("curl: different -H", curl, "-H a%d:b", " ", ""),
		filled("curl: -H without a colon", curl, "-H a ", ""),
		filled("curl: -d", curl, "-d a=b ", ""),
		counted("curl: different -d", curl, "-d a%d=b", " ", ""),
		counted("curl: misspelt -d", curl, "-d client_asertion%d=b", " ", ""),
		filled("curl: one long -d", curl+"-d '"+form, "eyJ.", "'"),
		filled("curl: -d of many parameters", curl+"-d '"+form+tiny, "&a=b", "'"),
		filled("curl: -d of JSON", curl+"-H 'Content-Type: application/json' -d '{", `"a":"b",`, `"c":1}'`),
		filled("curl: --data-urlencode", curl, "--data-urlencode a=b ", ""),
		filled("curl: one long --data-urlencode", curl+"--data-urlencode 'a=", "+ ", "'"),
		filled("curl: --data-urlencode of variables", curl+"--data-urlencode \"a=", "$B", `"`),
		filled("curl: --json", curl, "--json a ", ""),
		filled("curl: -F", curl, "-F a=b ", ""),
		filled("curl: -F of files", curl, "-F a=@b ", ""),
		filled("curl: one long -F", curl+"-F a=", ";type=a", ""),
		filled("curl: -d of files", curl, "-d @a ", ""),
		counted("curl: -d of different files", curl, "-d @a%d", " ", ""),
		filled("curl: -G", curl+"-G ", "-d a=b ", ""),
		filled("curl: --url-query", curl, "--url-query a=b ", ""),
		filled("curl: -b", curl, "-b a=b ", ""),
		filled("curl: -u", curl, "-u a:b ", ""),
		filled("curl: letters", curl+"-", "s", ""),
		filled("curl: unknown letters", curl, "-$ ", ""),
		counted("curl: unknown options", curl, "--x%d", " ", ""),
		filled("curl: one unknown option", curl, "--unknown ", ""),
		filled("curl: short forms of options", curl, "--dat a=b ", ""),
		filled("curl: options with equals signs", curl, "--data=a ", ""),
		filled("curl: --no-", curl, "--no-a ", ""),
		filled("curl: typographic dashes", curl, "—data a=b ", ""),
		filled("curl: backslashes before options", curl, `\-d a `, ""),
		filled("curl: --variable", curl, "--variable a=b ", ""),
		counted("curl: different --variable", curl, "--variable a%d=b", " ", ""),
		filled("curl: --expand-data", curl+"--variable a=b --expand-data '", "{{a}}", "'"),
		filled("curl: open --expand-data", curl+"--variable a=b --expand-data '", "{{a", "'"),
		filled("curl: many addresses", "curl -d grant_type=a", " https://as.example", ""),
		filled("curl: addresses without a scheme", "curl -d grant_type=a", " as.example", ""),
		filled("curl: --next", curl+"-d a=b ", "--next https://as.example -d a=b ", ""),
		filled("curl: long address", "curl 'https://as.example/token?", "a=b&", "'"),
		filled("curl: open words", curl, "$B ", ""),
		filled("curl: -K", curl, "-K a ", ""),
		counted("curl: different notes", curl, "-b a%d", " ", ""),
	}
}

// windows are commands of cmd.exe and PowerShell.
func windows() []Input {
	curl := "curl https://as.example/token "
	irm := "Invoke-RestMethod https://as.example/token -Method Post -Body "
	in := "$b = @{grant_type='a'}\n"
	return []Input{
		filled("cmd: continuations", curl+"^\n", " -d a=b ^\n", ""),
		filled("cmd: carets", curl+"^\n", "^", ""),
		filled("cmd: caret and line ends", curl, "^\n", ""),
		filled("cmd: caret and blanks", curl+"^\n-d ", "^ ", ""),
		filled("cmd: %A%", curl+"^\n -d \"", "%A%", `"`),
		filled("cmd: %A% that is set", "set A=xyz\n"+curl+"^\n -d \"", "%A%", `"`),
		filled("cmd: percent signs", curl+"^\n -d \"", "%", `"`),
		filled("cmd: percent-encoding", curl+"^\n -d \"a=", "%3A", `"`),
		filled("cmd: batch file", "@echo off\nsetlocal enabledelayedexpansion\n"+curl+" -d \"", "%%3A!x!%1", `"`),
		filled("cmd: quotes", curl+"^\n -d ", `""`, ""),
		filled("cmd: backslashes and quotes", curl+"^\n -d ", `\"`, ""),
		filled("cmd: backslashes", curl+"^\n -d ", `\`, ""),
		filled("cmd: single quotes", curl+"^\n -d ", "'a b ", ""),
		filled("cmd: lone single quotes", curl+"^\n ", "' ", ""),
		filled("cmd: ampersands", curl+"^\n -d a", "&", ""),
		counted("cmd: set", "@echo off\n", "set A%d=b", "\n", "\n"+curl+"-d %A100000%"),
		filled("cmd: many commands", "@echo off\n", curl+"-d \"a=b\"\n", ""),
		filled("cmd: open quotes", "@echo off\n", curl+"-d \"a\n", ""),
		counted("powershell: hashtable", irm+"@{", "a%d='b'", ";", "}"),
		counted("powershell: hashtable in a variable", "$b=@{", "a%d='b'", "\n", "}\n"+irm+"$b"),
		counted("powershell: members", in, "$b.a%d='b'", "\n", "\n"+irm+"$b"),
		counted("powershell: members in brackets", in, "$b['a%d']='b'", "\n", "\n"+irm+"$b"),
		counted("powershell: Add", in, "$b.Add('a%d','b')", "\n", "\n"+irm+"$b"),
		filled("powershell: one member", in, "$b.a='b'\n", irm+"$b"),
		filled("powershell: tables added", in, "$b+=@{a='b'}\n", irm+"$b"),
		filled("powershell: texts added", "$b='a'\n", "$b+='c'\n", irm+"$b"),
		filled("powershell: plus", "$b='a'", "+'c'", "\n"+irm+"$b"),
		counted("powershell: variables", "", "$a%d='b'", "\n", "\n"+irm+"$a100000"),
		counted("powershell: headers", "$h=@{", "a%d='b'", "\n", "}\nirm https://as.example/token -Headers $h -Body 'a=b'"),
		filled("powershell: nested hashtables", irm, "@{a=", ""),
		filled("powershell: nested parentheses", irm, "(", ""),
		filled("powershell: nested arrays", irm, "@(", ""),
		filled("powershell: calls", irm, "[a]::b(", ""),
		filled("powershell: calls of members", irm, "$a.b(", ""),
		filled("powershell: pipes", irm, "$a|", ""),
		filled("powershell: additions", "", "$a+=", irm),
		filled("powershell: members of members", in, "$a.b=", irm),
		filled("powershell: open statements", in, "a|", irm),
		filled("powershell: here-string", irm+"@\"\n", "a=b\n", "\"@"),
		filled("powershell: here-string of variables", "$a='b'\n"+irm+"@\"\n", "$a", "\n\"@"),
		filled("powershell: open here-strings", irm, "@\"\n", ""),
		filled("powershell: single quotes", irm, "'", ""),
		filled("powershell: double quotes", irm, `"`, ""),
		filled("powershell: open quotes a line", irm+"$a\n", "it's\n", ""),
		filled("powershell: typographic quotes", irm, "“", ""),
		filled("powershell: backticks", irm, "`", ""),
		filled("powershell: backticks and blanks", irm, "` ", ""),
		filled("powershell: continuations", "irm https://as.example/token `\n", " -Body a `\n", ""),
		filled("powershell: escapes", irm+`"`, "`n", `"`),
		filled("powershell: variables in a text", "$a='b'\n"+irm+`"`, "$a", `"`),
		filled("powershell: open variables in a text", irm+`"`, "$a", `"`),
		filled("powershell: substitutions", irm+`"`, "$(", `"`),
		filled("powershell: EscapeDataString", "$a='b'\n", "$a=[uri]::EscapeDataString($a+'%')\n", irm+"$a"),
		filled("powershell: ConvertTo-Json", in, "$c=$b|ConvertTo-Json\n", irm+"$c"),
		filled("powershell: parameters", irm+"$b ", "-Uri a ", ""),
		filled("powershell: splatting", "$b=@{Uri='a'}\nirm ", "@b ", ""),
		filled("powershell: comments", irm+"$b\n", "<# a #>", ""),
		filled("powershell: open comments", irm+"$b\n", "<#", ""),
		filled("powershell: dots", irm+"$b\n", "$a.b.c.d\n", ""),
		filled("powershell: semicolons", irm+"$b", ";", ""),
		filled("powershell: many commands", in, irm+"$b\n", ""),
		filled("powershell: curl.exe", in, "curl.exe https://as.example/token -d 'a=b'\n", ""),
		counted("powershell: curl.exe with many options", in+"curl.exe https://as.example/token ", "-d 'a%d=b'", " ", ""),
	}
}

// others are HTTPie, wget, and commands with thousands of items.
func others() []Input {
	http := "http POST https://as.example/token "
	items := func(name, options, format string) Input {
		return counted(name, http+options, format, " ", "")
	}
	return []Input{
		items("httpie: JSON items", "", "a%d=b"),
		items("httpie: raw items", "", "a%d:=1"),
		items("httpie: form items", "--form ", "a%d=b"),
		items("httpie: multipart items", "--multipart ", "a%d=b"),
		items("httpie: header items", "", "a%d:b"),
		items("httpie: query items", "", "a%d==b"),
		items("httpie: file items", "--form ", "a%d=@b"),
		items("httpie: unknown items", "", "x%d"),
		filled("httpie: backslashes", http, `\\`, "=b"),
		filled("httpie: one long item", http+"a=", "b", ""),
		filled("httpie: quoted item", http+"a='", `"`, "'"),
		filled("httpie: options", http, "--verify=no ", "a=b"),
		filled("httpie: many commands", "", http+"a=b\n", ""),
		filled("wget: header", "wget https://as.example/token --post-data a=b ", "--header a:b ", ""),
		filled("wget: post-data", "wget https://as.example/token ", "--post-data a=b ", ""),
		filled("wget: addresses", "wget --post-data grant_type=a", " as.example", ""),
		{Name: "mixed: everything once", Make: func(size int) string {
			unit := "curl https://as.example/token -d '" + form + tiny + "'\nPOST /token HTTP/1.1\nHost: a\n\na=b\n\n{\"error\":\"x\"}\n" +
				"irm https://as.example/token -Body @{a='b'}\n" + tiny + "\nhttps://as.example/cb?error=x&state=y\n<html>\n"
			return fill(unit, size)
		}},
		{Name: "mixed: reversed", Make: func(size int) string {
			var b strings.Builder
			for i := 0; b.Len() < size; i++ {
				fmt.Fprintf(&b, "%d ]}>)'\"`%%$\\&=;:.{[<(\n", i)
			}
			return b.String()
		}},
	}
}
