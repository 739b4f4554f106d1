package input

import (
	"errors"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/google/go-cmp/cmp"
)

// one reads a text that contains one command.
func one(t *testing.T, text string) *evidence.Request {
	t.Helper()
	got, err := commands(document(text), nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 1 {
		t.Fatalf("%d requests, want one", len(got))
	}
	return got[0]
}

func TestCommandHeaders(t *testing.T) {
	rows := []struct{ name, args, want string }{
		{"implied", "", "Host: idp.example|User-Agent: curl/8|Accept: */*"},
		{"with data", "-d a=b", "Host: idp.example|User-Agent: curl/8|Content-Type: application/x-www-form-urlencoded|Accept: */*"},
		{"one of its own", "-H 'X-Y:  z '", "Host: idp.example|=X-Y: z|User-Agent: curl/8|Accept: */*"},
		{"an empty one", "-H 'X-Y;'", "Host: idp.example|=X-Y: |User-Agent: curl/8|Accept: */*"},
		{"implied ones taken out", "-H Accept: -A ''", "Host: idp.example"},
		{"a user agent", "-A me/1", "Host: idp.example|User-Agent: me/1|Accept: */*"},
		{"a host", "-H 'Host: other.example'", "=Host: other.example|User-Agent: curl/8|Accept: */*"},
		{"user and password", "-u a:b", "Host: idp.example|Authorization: Basic YTpi|User-Agent: curl/8|Accept: */*"},
		{"a user alone", "-ua", "Host: idp.example|Authorization: Basic YTo=|User-Agent: curl/8|Accept: */*"},
		{"a variable password", `-u "a:$P"`, "Host: idp.example|Authorization: Basic|User-Agent: curl/8|Accept: */*"},
		{"its own authorization wins", "-u a:b -H 'Authorization: Bearer x'", "Host: idp.example|=Authorization: Bearer x|User-Agent: curl/8|Accept: */*"},
		{"bearer", "--oauth2-bearer x -u a:b", "Host: idp.example|Authorization: Bearer x|User-Agent: curl/8|Accept: */*"},
		{"json", "--json '{}'", "Host: idp.example|User-Agent: curl/8|Content-Type: application/json|Accept: application/json"},
		{"chunked by the user", "-H 'Transfer-Encoding: chunked' -d a=b",
			"Host: idp.example|=Transfer-Encoding: chunked|User-Agent: curl/8|Content-Type: application/x-www-form-urlencoded|Accept: */*"},
		{"chunked upload", "-T -", "Host: idp.example|Transfer-Encoding: chunked|User-Agent: curl/8|Accept: */*"},
		{"cookie and referer", "-b a=b -e http://x.test/", "Host: idp.example|Cookie: a=b|Referer: http://x.test/|User-Agent: curl/8|Accept: */*"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			r := one(t, "curl https://idp.example/token "+row.args)
			var got []string
			for _, h := range r.Headers {
				mark := "="
				if h.Implied {
					mark = ""
				}
				got = append(got, mark+h.Name+": "+h.Value)
				if text := r.Text[h.Span.Start:h.Span.End]; h.Span.Len() > 0 && !strings.HasSuffix(h.Value, text) {
					t.Errorf("%s is led to %q", h.Name, text)
				}
			}
			if diff := cmp.Diff(strings.Split(row.want, "|"), got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if !r.HeadersKnown {
				t.Error("the headers are not known")
			}
		})
	}
}

func TestCommandFacts(t *testing.T) {
	type facts struct {
		Insecure, Follow               bool
		Proxy, Version, Quoting, What  string
		Variables, Unread              []string
		HeadersKnown, BodyKnown, Noted bool
	}
	rows := []struct {
		name, text string
		want       facts
	}{
		{"nothing", "curl https://a.test", facts{What: "a curl command", HeadersKnown: true, BodyKnown: true}},
		{"insecure", "curl -k https://a.test", facts{What: "a curl command", Insecure: true, HeadersKnown: true, BodyKnown: true}},
		{"follow", "curl --location-trusted https://a.test", facts{What: "a curl command", Follow: true, HeadersKnown: true, BodyKnown: true}},
		{"proxy", "curl -x http://me:pw@proxy.test:3128 https://a.test", facts{What: "a curl command", Proxy: "http://proxy.test:3128", HeadersKnown: true, BodyKnown: true}},
		{"version", "curl --http1.0 https://a.test", facts{What: "a curl command", Version: "1.0", HeadersKnown: true, BodyKnown: true}},
		{"a config file", "curl -K x.conf https://a.test", facts{What: "a curl command", Noted: true}},
		{"unread", "curl -d @b.txt https://a.test", facts{What: "a curl command", Unread: []string{"b.txt"}, HeadersKnown: true}},
		{"variables", `curl -d "a=$A&b=$A&c=${B}" https://a.test`, facts{What: "a curl command", Variables: []string{"$A", "${B}"}, HeadersKnown: true, BodyKnown: true}},
		{"quotes that are sent", `curl -d "'a=b'" https://a.test`, facts{What: "a curl command", Quoting: "'", HeadersKnown: true, BodyKnown: true}},
		{"quotes round a value", `curl -d a="'b'" https://a.test`, facts{What: "a curl command", Quoting: "'", HeadersKnown: true, BodyKnown: true}},
		{"quotes within a value", `curl -d "a=it's" https://a.test`, facts{What: "a curl command", HeadersKnown: true, BodyKnown: true}},
		{"quotes of JSON", `curl --json '"a=b"' https://a.test`, facts{What: "a curl command", HeadersKnown: true, BodyKnown: true}},
		{"quotes of cmd.exe", "curl https://a.test ^\n -d 'a=b'", facts{What: "a curl command", Quoting: "'", HeadersKnown: true, BodyKnown: true, Noted: true}},
		{"no quotes of cmd.exe", "curl https://a.test ^\n -d \"a=b\"", facts{What: "a curl command", HeadersKnown: true, BodyKnown: true}},
		{"single quotes with curl.exe", "curl.exe https://a.test -d 'a=b'", facts{What: "a curl command", HeadersKnown: true, BodyKnown: true}},
		{"a lost line end", `curl 'https://a.test' \--data a=b`, facts{What: "a curl command", HeadersKnown: true, BodyKnown: true, Noted: true}},
		{"= in an option", "curl --data=a https://a.test", facts{What: "a curl command", HeadersKnown: true, BodyKnown: true, Noted: true}},
		{"further options", "curl $OPTS https://a.test", facts{What: "a curl command", Variables: []string{"$OPTS"}, BodyKnown: true, Noted: true}},
		{"PowerShell follows", "irm https://a.test -SkipCertificateCheck", facts{What: "a PowerShell command", Insecure: true, Follow: true, HeadersKnown: true, BodyKnown: true}},
		{"wget", "wget --no-check-certificate https://a.test", facts{What: "a wget command", Insecure: true, Follow: true, HeadersKnown: true, BodyKnown: true}},
		{"HTTPie", "http --verify=no https://a.test", facts{What: "an HTTPie command", Insecure: true, HeadersKnown: true, BodyKnown: true}},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			r := one(t, row.text)
			got := facts{r.Insecure, r.Follow, r.Proxy, r.Version, r.Quoting, r.What, r.Variables, r.Unread, r.HeadersKnown, r.BodyKnown, len(r.Notes) > 0}
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s%q", diff, r.Notes)
			}
		})
	}
}

// TestCommandSpans compares the text at every place with what should be there.
func TestCommandSpans(t *testing.T) {
	rows := []struct {
		name, text, value, span string
		verbatim                bool
	}{
		{"in quotes", `curl https://a.test -d 'x=1&a=b'`, "b", "b", true},
		{"encoded by curl", `curl https://a.test --data-urlencode 'a=b c'`, "b c", "b c", true},
		{"encoded before", `curl https://a.test -d a=b%20c`, "b c", "b%20c", false},
		{"with an escape", `curl https://a.test -d "a=b\"c"`, `b"c`, `"a=b\"c"`, false},
		{"of a variable", "J='ey.b.c'\ncurl https://a.test -d \"a=$J\"", "ey.b.c", "ey.b.c", true},
		{"of an unknown variable", `curl https://a.test -d "a=$J"`, "$J", "$J", true},
		{"in a here-document", "curl https://a.test -d @- <<E\na=b\nE\n", "b", "b", true},
		{"in PowerShell", "irm https://a.test -Method Post -Body @{ a = 'b c' }", "b c", "b c", true},
		{"in cmd.exe", "curl https://a.test ^\n -d \"a=b\"", "b", "b", true},
		{"in a part of a form", "curl https://a.test -F 'a=b;type=x/y'", "b", "b", true},
		{"of a file", "curl https://a.test --data-urlencode a@j.txt", "", "a@j.txt", false},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			r := one(t, row.text)
			p, ok := r.Param("a")
			if !ok {
				t.Fatal("there is no parameter a")
			}
			if got := r.Text[p.Span.Start:p.Span.End]; p.Value != row.value || got != row.span || p.Verbatim != row.verbatim {
				t.Errorf("%q stands at %q, verbatim %v; want %q at %q, %v", p.Value, got, p.Verbatim, row.value, row.span, row.verbatim)
			}
			if got := r.Text[r.URLSpan.Start:r.URLSpan.End]; got != "https://a.test" {
				t.Errorf("the URL is led to %q", got)
			}
		})
	}
}

func TestCommandMethodSpan(t *testing.T) {
	r := one(t, "curl -sX 'PUT' https://a.test")
	if got := r.Text[r.MethodSpan.Start:r.MethodSpan.End]; got != "PUT" {
		t.Errorf("the method is led to %q", got)
	}
}

func TestCommandErrors(t *testing.T) {
	rows := []struct{ name, text, want string }{
		{"none", "no command at all", "contains no command"},
		{"an open quote", "# first\ncurl https://a.test \\\n  -d 'a=b", "in line 3 the quotation mark ' in column 6"},
		{"an open double quote", `curl https://a.test -d "a=b`, `the quotation mark " in column 24`},
		{"an open quote in PowerShell", "irm https://a.test -Body 'a", "the quotation mark ' in column 26"},
		{"an open quote in cmd.exe", "curl https://a.test ^\n -d \"a=b", `in line 2 the quotation mark " in column 5`},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			_, err := commands(document(row.text), nil)
			if !errors.Is(err, ErrMalformed) || !strings.Contains(err.Error(), row.want) {
				t.Errorf("got %v, want …%s…", err, row.want)
			}
		})
	}
	t.Run("beside a good one", func(t *testing.T) {
		r := one(t, "curl https://a.test -d a=b\ncurl https://b.test -d 'a")
		if len(r.Notes) == 0 || !strings.Contains(r.Notes[0], "line 2") {
			t.Errorf("the damage is not told: %q", r.Notes)
		}
	})
}

func TestLooksLikeCommand(t *testing.T) {
	for _, text := range []string{
		"", "curl", "curl: (6) Could not resolve host: a.test", "curl command fails", "I use curl to send it", "HTTP/1.1 200 OK\nServer: x\n\n{}",
		"POST /token HTTP/1.1\nUser-Agent: curl/8.1\nHost: a.test\n\na=b", `{"error":"curl https://a.test"}`, "http error", "http://a.test/x", "https request failed.",
		"eyJhbGciOiJSUzI1NiJ9.e30.c2ln", "grant_type=client_credentials&x=curl", "> User-Agent: curl/8.5.0", "wget failed",
	} {
		if looksLikeCommand(text) {
			t.Errorf("%q looks like a command", text)
		}
	}
	for _, text := range []string{"curl https://a.test", "text\n  $ curl -X POST a.test", "x | curl -d @- a.test", "PS C:\\> irm https://a.test", "http -f POST a.test/x a=b"} {
		if !looksLikeCommand(text) {
			t.Errorf("%q does not look like a command", text)
		}
	}
}

// TestCommandSecrets shows that the passwords of -u and of a proxy appear only where they
// belong.
func TestCommandSecrets(t *testing.T) {
	r := one(t, "curl -u me:s3cr3tpw -x http://me:s3cr3tpw@p.test https://a.test -d a=b")
	r.Document = evidence.Document{}
	if strings.Contains(r.Proxy+strings.Join(r.Notes, " ")+strings.Join(r.Variables, " ")+r.Body.Text, "s3cr3tpw") {
		t.Error("the password stands elsewhere")
	}
}

func FuzzCommands(f *testing.F) {
	for _, seed := range []string{
		"curl https://a.test -d 'a=b' --data-urlencode \"c=$D\" -H @x",
		"curl https://a.test -d @- <<EOF\na=b\nEOF\n", "curl ^\n \"https://a.test\" -d \"%A%\\\"\"\"", "$b = @{a='b'; c=@\"\nx$y\n\"@}\nirm https://a.test -Body $b",
		"curl “https://a.test” —data ‘a", "curl $'\\x", "curl a.test \\--data x", "http -f a.test/x a=b c:=[1", "wget a.test --post-data=$(x", "> curl a.test \\\n> -d a=${{ x }}",
		"curl --variable a=b --expand-data {{a:url}}{{ -d {{ https://a.test", "A=(1 2)\ncurl ${A[@]} \"${A}\" a.test", "```\ncurl a.test -F 'a=\"b\";type=c' -F x=<y\n```",
		"&curl  %A%", "@echo off\nsetlocal enabledelayedexpansion\ncurl a.test -d \"%~dp0%%~fi%1%3A!x!%%\"", "$b=@{}\n$b.Add('a',[x]::y(\"(\").z[1])\n$b+=@{c=(d e).f}\nirm a.test -Body $b",
		"curl a.test " + strings.Repeat("'", 31), "curl a.test -d " + strings.Repeat("$(", 20), "curl a.test \\ \n\n -d a", "irm a.test -Body @{" + strings.Repeat("a=@{", 10),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > longestFuzzed {
			return
		}
		looksLikeCommand(text)
		got, err := commands(document(text), nil)
		if err == nil && len(got) == 0 {
			t.Error("neither a request nor an error")
		}
		for _, r := range got {
			inside(t, text, r)
		}
	})
}

func inside(t *testing.T, text string, r *evidence.Request) {
	t.Helper()
	check := func(what string, start, end int) {
		if start < 0 || end < start || end > len(text) {
			t.Errorf("the span of %s is [%d, %d) of %d bytes", what, start, end, len(text))
		}
	}
	check("the method", r.MethodSpan.Start, r.MethodSpan.End)
	check("the URL", r.URLSpan.Start, r.URLSpan.End)
	check("the body", r.Body.Span.Start, r.Body.Span.End)
	for _, h := range r.Headers {
		check("a header's name", h.NameSpan.Start, h.NameSpan.End)
		check("a header", h.Span.Start, h.Span.End)
	}
	for _, p := range r.Params {
		check("a name", p.NameSpan.Start, p.NameSpan.End)
		check("a value", p.Span.Start, p.Span.End)
		if p.Verbatim && p.Type == "" && text[p.Span.Start:p.Span.End] != p.Value {
			t.Errorf("%q is called verbatim where %q stands", p.Value, text[p.Span.Start:p.Span.End])
		}
	}
}

// TestCommandsOfHostileSize shows that reading ends, and that twice the text is twice the
// work. Quotes and dollars are tried up to the longest text that is read.
func TestCommandsOfHostileSize(t *testing.T) {
	try := func(unit string, size int) {
		for _, head := range []string{"curl https://a.test -d ", "irm https://a.test -Body ", "curl https://a.test ^\n"} {
			text := head + strings.Repeat(unit, size/len(unit)&^1) // an even number, so that quotes close or not at any size
			looksLikeCommand(text)
			got, _ := commands(document(text), nil)
			for _, r := range got {
				inside(t, text, r)
			}
		}
	}
	for _, unit := range []string{"'", `"`, "$"} {
		try(unit, sized(maxCommand)+10)
	}
	for _, unit := range []string{"[a]::b(", "$a.b(", "$a+=", "@(", "$a|", "%%", "$(", "${", "`", "\\", "^", "“", "$'", "{{", "=<a", "a=$(", "@{a=", "(", "curl 'a\n", "curl a.test -d \"\n", "|curl ", " -d \"$(", "%A%",
		"if ", "-d a \n", "\n", "$a.b=", "a|", "- "} {
		checkGrowth(t, unit, func(size int) { try(unit, size) })
		try(unit, sized(maxGrammar)-100)
	}
}
