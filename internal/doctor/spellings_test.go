package doctor_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// spelling is one way to write a request with which nothing is wrong.
type spelling struct {
	name     string
	provider string
	text     func(e *exchange) string
}

func spellings() []spelling {
	raw := func(change func(*exchange)) func(*exchange) string {
		return func(e *exchange) string { change(e); return e.request() }
	}
	lines := func(e *exchange, format func(name, value string) string, sep string) string {
		var parts []string
		for _, p := range e.params {
			value := p[1]
			if value == "\x00" {
				value = e.token.compact()
			}
			parts = append(parts, format(p[0], value))
		}
		return strings.Join(parts, sep)
	}
	encoded := func(n, v string) string { return n + "=" + url.QueryEscape(v) }
	return []spelling{
		{"HTTP text", "redox", raw(func(*exchange) {})},
		{"HTTP text, Epic", "epic", raw(func(*exchange) {})},
		{"HTTP text, Singpass", "singpass", raw(func(*exchange) {})},
		{"HTTP text, SMART", "smart-backend-services", raw(func(*exchange) {})},
		{"HTTP text, no provider known", "rfc7523", raw(func(*exchange) {})},
		{"line feeds alone", "redox", func(e *exchange) string { return strings.ReplaceAll(e.request(), "\r\n", "\n") }},
		{"origin form", "redox", func(e *exchange) string {
			return strings.Replace(e.request(), "POST https://api.redoxengine.com/", "POST /", 1)
		}},
		{"HTTP/1.0", "redox", raw(func(e *exchange) { e.version = "HTTP/1.0" })},
		{"lower-case fields", "redox", raw(func(e *exchange) {
			for i := range e.fields {
				e.fields[i][0] = strings.ToLower(e.fields[i][0])
			}
		})},
		{"upper-case fields", "epic", raw(func(e *exchange) {
			for i := range e.fields {
				e.fields[i][0] = strings.ToUpper(e.fields[i][0])
			}
		})},
		{"a charset", "redox", raw(func(e *exchange) { e.field("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8") })},
		{"Content-Type in capitals", "redox", raw(func(e *exchange) { e.field("Content-Type", "Application/X-WWW-Form-Urlencoded;charset=utf-8") })},
		{"HTTP/2 as a browser shows it", "redox", func(e *exchange) string {
			return ":method: POST\n:authority: api.redoxengine.com\n:scheme: https\n:path: /v2/auth/token\naccept: */*\ncontent-type: application/x-www-form-urlencoded\nuser-agent: x\n\n" + e.form()
		}},
		{"parameters the other way round", "redox", raw(func(e *exchange) { slices.Reverse(e.params) })},
		{"the URN as it is", "redox", raw(func(e *exchange) { e.raw = strings.ReplaceAll(e.form(), "%3A", ":") })},
		{"lower-case hex", "epic", raw(func(e *exchange) { e.raw = strings.ReplaceAll(e.form(), "%3A", "%3a") })},
		{"+ between scopes", "smart-backend-services", raw(func(e *exchange) { e.set("scope", "system/Patient.rs system/Group.rs") })},
		{"%20 between scopes", "smart-backend-services", raw(func(e *exchange) {
			e.set("scope", "system/Patient.rs system/Group.rs")
			e.raw = strings.ReplaceAll(e.form(), "+", "%20")
		})},
		{"client_id beside it", "epic", raw(func(e *exchange) { e.set("client_id", clientID) })},
		{"a final &", "redox", raw(func(e *exchange) { e.raw = e.form() + "&" })},
		{"curl -d, each", "redox", func(e *exchange) string {
			return "curl https://api.redoxengine.com/v2/auth/token -d " + lines(e, encoded, " -d ")
		}},
		{"curl --data-urlencode", "redox", func(e *exchange) string {
			return "curl -sS -X POST 'https://api.redoxengine.com/v2/auth/token' \\\n  -H 'Accept: application/json' \\\n  --data-urlencode '" + lines(e, func(n, v string) string { return n + "=" + v }, "' \\\n  --data-urlencode '") + "'\n"
		}},
		{"curl, one --data", "epic", func(e *exchange) string {
			return `curl --request POST --url "` + e.url + `" --header "content-type: application/x-www-form-urlencoded" --data "` + e.form() + `"`
		}},
		{"curl -G -X POST is none; $'…'", "redox", func(e *exchange) string {
			return "curl https://api.redoxengine.com/v2/auth/token --data-raw $'" + e.form() + "'"
		}},
		{"curl and a heredoc", "redox", func(e *exchange) string {
			return "curl -d @- https://api.redoxengine.com/v2/auth/token <<'EOF'\n" + e.form() + "\nEOF\n"
		}},
		{"curl behind a prompt", "redox", func(e *exchange) string {
			return "$ curl https://api.redoxengine.com/v2/auth/token -d '" + e.form() + "'"
		}},
		{"curl in a fence", "redox", func(e *exchange) string {
			return "Here is what I send:\n\n```bash\ncurl https://api.redoxengine.com/v2/auth/token -d '" + e.form() + "'\n```\n"
		}},
		{"a script", "redox", func(e *exchange) string {
			return "#!/bin/sh\nset -e\nASSERTION='" + e.token.compact() + "'\ncurl https://api.redoxengine.com/v2/auth/token -d grant_type=client_credentials -d client_assertion_type=" + assertionType + " -d \"client_assertion=$ASSERTION\"\n"
		}},
		{"cmd.exe", "redox", func(e *exchange) string {
			return "curl -X POST ^\r\n  -H \"Content-Type: application/x-www-form-urlencoded\" ^\r\n  -d \"" + lines(e, encoded, "\" ^\r\n  -d \"") + "\" ^\r\n  https://api.redoxengine.com/v2/auth/token"
		}},
		{"PowerShell, a hashtable", "redox", func(e *exchange) string {
			return "$body = @{\n  " + lines(e, func(n, v string) string { return n + " = '" + v + "'" }, "\n  ") + "\n}\nInvoke-RestMethod -Method Post -Uri 'https://api.redoxengine.com/v2/auth/token' -Body $body\n"
		}},
		{"PowerShell, a string", "epic", func(e *exchange) string {
			return "Invoke-WebRequest `\n  -Uri \"" + e.url + "\" `\n  -Method POST `\n  -ContentType \"application/x-www-form-urlencoded\" `\n  -Body \"" + e.form() + "\""
		}},
		{"wget", "redox", func(e *exchange) string {
			return "wget -qO- --post-data='" + e.form() + "' https://api.redoxengine.com/v2/auth/token"
		}},
		{"HTTPie", "redox", func(e *exchange) string {
			return "http --form POST https://api.redoxengine.com/v2/auth/token " + lines(e, func(n, v string) string { return n + "='" + v + "'" }, " ")
		}},
		{"an .http file", "redox", func(e *exchange) string {
			return "@host = https://api.redoxengine.com\n\n### a token\n# @name token\nPOST {{host}}/v2/auth/token\nContent-Type: application/x-www-form-urlencoded\n\n" + lines(e, encoded, "\n&") + "\n"
		}},
		{"a form body alone", "redox", (*exchange).form},
		{"a form body, a parameter a line", "redox", func(e *exchange) string { return lines(e, encoded, "\n") }},
		{"curl -v", "redox", func(e *exchange) string {
			return "* Connected to api.redoxengine.com\n* SSL connection using TLSv1.3\n> POST /v2/auth/token HTTP/1.1\n> Host: api.redoxengine.com\n> User-Agent: curl/8\n> Accept: */*\n> Content-Length: 812\n> Content-Type: application/x-www-form-urlencoded\n> \n< HTTP/1.1 200 OK\n< Content-Type: application/json\n< Cache-Control: no-store\n< \n{\"access_token\":\"bm90LXJlYWw\",\"token_type\":\"Bearer\",\"expires_in\":300}\n"
		}},
		{"an assertion with a final line end in its file", "redox", func(e *exchange) string { return e.token.compact() + "\n" }},
	}
}

// However a good request is written, nothing is found wrong with it.
func TestHealthySpellings(t *testing.T) {
	for _, s := range spellings() {
		t.Run(s.name, func(t *testing.T) {
			e := healthyExchange(s.provider)
			for _, c := range judgeText(t, e.opts, s.text(e)) {
				if f := failed(c); f != nil {
					t.Errorf("fails %v (read as %s)", f, c.ReadAs)
					for _, f := range c.Findings {
						if f.Failed() {
							t.Logf("%s: %s", f.Cause, f.Title)
						}
					}
				}
				if b := broken(c); b != nil {
					t.Error(b)
				}
				if c.Summary.Verdict != finding.VerdictPass {
					t.Errorf("verdict %s", c.Summary.Verdict)
				}
			}
		})
	}
	t.Run("HAR", func(t *testing.T) {
		e := healthyExchange("redox")
		e.granted()
		text := har(t, harEntry(e, time.Unix(now, 0), time.Second))
		for name, text := range map[string]string{
			"text":   text,
			"params": strings.Replace(text, `"text":"`+strings.ReplaceAll(e.form(), "&", `\u0026`)+`"`, `"params":`+harParams(e), 1),
		} {
			for _, c := range judgeText(t, e.opts, text) {
				if f := failed(c); f != nil || c.Summary.Pass < 20 || !slices.Contains(c.Input.Kinds, "har") {
					t.Errorf("%s: fails %v, passes %d, read as %v", name, f, c.Summary.Pass, c.Input.Kinds)
				}
			}
		}
	})
}

func harParams(e *exchange) string {
	var out []string
	for _, p := range e.params {
		value := p[1]
		if value == "\x00" {
			value = e.token.compact()
		}
		out = append(out, `{"name":"`+p[0]+`","value":"`+value+`"}`)
	}
	return "[" + strings.Join(out, ",") + "]"
}
