package input

import (
	"fmt"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

// A limit is reported when it is exceeded, before all other notes, and not when
// it is only reached.
func TestLimits(t *testing.T) {
	many := func(n int, format, separator string) string {
		var b strings.Builder
		for i := range n {
			if i > 0 {
				b.WriteString(separator)
			}
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	post := "POST https://a.test/token HTTP/1.1\nContent-Type: application/x-www-form-urlencoded\n"
	for _, row := range []struct {
		name string
		text func(n int) string
		most int
		says string
	}{
		// The program's name counts as a word of the command.
		{"arguments", func(n int) string { return "curl https://a.test" + strings.Repeat(" -s", n-2) }, maxWords, "arguments of the command"},
		{"arguments, where the grammar is damaged", func(n int) string { return "curl https://a.test" + strings.Repeat(" -s", n-2) + "\ncurl 'a" }, maxWords, "arguments of the command"},
		{"arguments in cmd.exe", func(n int) string { return "curl ^\n https://a.test" + strings.Repeat(" -s", n-2) }, maxWords, "arguments of the command"},
		{"arguments in PowerShell", func(n int) string { return "$a='b'\ncurl.exe https://a.test" + strings.Repeat(" -s", n-1) }, maxWords, "arguments of the command"},
		{"parameters of a form", func(n int) string { return post + "\n" + many(n, "a%d=b", "&") }, maxParams, "parameters of the request"},
		{"parameters of a command", func(n int) string { return "curl https://a.test -d '" + many(n, "a%d=b", "&") + "'" }, maxParams, "parameters of the request"},
		{"parameters of a URL", func(n int) string { return "curl 'https://a.test?" + many(n, "a%d=b", "&") + "'" }, maxParams, "parameters of the request"},
		{"members of a body", func(n int) string {
			return "POST https://a.test/token HTTP/1.1\nContent-Type: application/json\n\n{" + many(n, `"a%d":1`, ",") + "}"
		}, maxParams, "parameters of the request"},
		{"parts of a body", func(n int) string {
			return "POST https://a.test/token HTTP/1.1\nContent-Type: multipart/form-data; boundary=x\n\n" + many(n, "--x\nContent-Disposition: form-data; name=\"a%d\"\n\nb\n", "") + "--x--"
		}, maxParams, "parameters of the request"},
		{"header fields", func(n int) string { return post + many(n-1, "X-%d: a", "\n") + "\n\na=b" }, maxFields, "header fields of the request"},
		{"header fields of a transcript", func(n int) string { return "> POST /token HTTP/1.1\n" + many(n, "> X-%d: a", "\n") + "\n>\n" }, maxFields, "header fields of the request"},
		{"header fields of a HAR", func(n int) string {
			return `{"log":{"version":"1.2","entries":[{"request":{"method":"POST","url":"https://a.test/token","headers":[` + many(n, `{"name":"X-%d","value":"a"}`, ",") + `],"postData":{"text":"grant_type=a"}}}]}}`
		}, maxFields, "header fields of the request"},
		{"commands", func(n int) string { return many(n, "curl https://a.test/token -d grant_type=a%d", "\n") }, maxRequests, "commands"},
		{"commands in cmd.exe", func(n int) string {
			return "@echo off\n" + many(n, "curl https://a.test/token -d grant_type=a%d", "\n")
		}, maxRequests, "commands"},
		{"commands in PowerShell", func(n int) string {
			return many(n, "irm https://a.test/token -Method Post -Body 'grant_type=a%d'", "\n")
		}, maxRequests, "commands"},
		{"messages", func(n int) string { return many(n, "POST https://a.test/token%d HTTP/1.1\n\ngrant_type=a", "\n\n") }, maxMessages, "HTTP messages"},
		{"messages of a transcript", func(n int) string { return many(n, "> POST /token%d HTTP/1.1\n> Host: a\n>", "\n") }, maxMessages, "HTTP messages"},
		{"pairs", func(n int) string {
			return "irm https://a.test/token -Method Post -Body 'a=b' -Headers @{" + many(n, "a%d='b'", ";") + "}"
		}, maxValues, "pairs of a hashtable"},
		{"pairs that are put in", func(n int) string {
			return "$h=@{}\n" + many(n, "$h['a%d']='b'", "\n") + "\nirm https://a.test/token -Method Post -Body 'a=b' -Headers $h"
		}, maxValues, "pairs of a hashtable"},
	} {
		t.Run(row.name, func(t *testing.T) {
			for _, n := range []int{row.most, row.most + 1} {
				r := lastRequest(t, row.text(n))
				want := limited(row.most, row.says)
				told := len(r.Notes) > 0 && r.Notes[0] == want
				if told != (n > row.most) {
					t.Errorf("%d: notes %q", n, r.Notes)
				}
				if header := strings.HasPrefix(row.says, "header"); header && told == r.HeadersKnown {
					t.Errorf("%d: the header fields are known: %v", n, r.HeadersKnown)
				}
			}
		})
	}
}

// A URL after the last argument that is read is missing, and the error says why.
func TestLimitBeforeTheAddress(t *testing.T) {
	for n, want := range map[int]string{maxWords + 10: "more than 4000 arguments", 10: ""} {
		_, err := commands(document("curl"+strings.Repeat(" -s", n)+" https://a.test"), nil)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%d: %v", n, err)
		}
	}
}

func lastRequest(t *testing.T, text string) *evidence.Request {
	t.Helper()
	src := NewSource("f", strings.NewReader(text), "")
	if src.Sort() == SortHAR {
		e, err := src.HAR().Next()
		if err != nil {
			t.Fatal(err)
		}
		return e.Request
	}
	all, err := src.Exchanges(nil)
	if err != nil || len(all) == 0 {
		t.Fatalf("%d exchanges, %v", len(all), err)
	}
	return all[len(all)-1].Request
}
