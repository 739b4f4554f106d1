package reading

import (
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/input"
)

// example is one exchange, from which the texts that people paste are made.
type example struct {
	name           string
	url            string
	header, claims string
	sig            int // bytes of the signature
	params         [][2]string
	media          string
	status         int
	phrase, answer string
}

func (e example) jwt() string { return signed(e.header, e.claims, e.sig) }

const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

func (e example) form() string { return e.formOf(e.jwt()) }

func (e example) formOf(jwt string) string {
	var parts []string
	for _, p := range e.params {
		parts = append(parts, p[0]+"="+url.QueryEscape(strings.ReplaceAll(p[1], "@", jwt)))
	}
	return strings.Join(parts, "&")
}

func (e example) host() string {
	u, _ := url.Parse(e.url)
	return u.Host
}

func (e example) path() string {
	u, _ := url.Parse(e.url)
	return u.Path
}

func (e example) http() string {
	return fmt.Sprintf("POST %s HTTP/1.1\nHost: %s\nContent-Type: %s\n\n%s\n", e.path(), e.host(), e.media, e.form())
}

func (e example) response() string {
	return fmt.Sprintf("HTTP/1.1 %d %s\nDate: Sat, 28 Nov 2026 10:00:04 GMT\nContent-Type: application/json\n\n%s\n", e.status, e.phrase, e.answer)
}

func (e example) curl() string {
	var b strings.Builder
	fmt.Fprintf(&b, "curl -X POST '%s'", e.url)
	if e.media != "application/x-www-form-urlencoded" {
		fmt.Fprintf(&b, " \\\n  -H 'Content-Type: %s'", e.media)
	}
	for _, p := range e.params {
		fmt.Fprintf(&b, " \\\n  --data-urlencode '%s=%s'", p[0], strings.ReplaceAll(p[1], "@", e.jwt()))
	}
	return b.String() + "\n"
}

func (e example) pairs(line func(name, value string) string) string {
	var b strings.Builder
	for _, p := range e.params {
		b.WriteString(line(p[0], strings.ReplaceAll(p[1], "@", e.jwt())))
	}
	return b.String()
}

func quoted(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}

func wrapped(s string, width int) string {
	var b strings.Builder
	for len(s) > width {
		b.WriteString(s[:width] + "\n")
		s = s[width:]
	}
	return b.String() + s
}

func eachLine(s, prefix string) string {
	return prefix + strings.ReplaceAll(strings.TrimRight(s, "\n"), "\n", "\n"+prefix) + "\n"
}

// logged writes an exchange as a log has it, line by line.
func logged(e example, line func(text string, sent bool) string) string {
	var b strings.Builder
	for i, message := range [...]string{e.http(), e.response()} {
		for text := range strings.SplitSeq(strings.TrimRight(message, "\n"), "\n") {
			b.WriteString(line(text, i == 0) + "\n")
		}
	}
	return b.String()
}

// lost is what a way of pasting loses.
type lost struct {
	request, url, method, media, status, signature, encoding bool
}

// ways are how people paste an exchange.
var ways = []struct {
	name string
	text func(e example) string
	lost lost
}{
	{"HTTP text", func(e example) string { return e.http() + "\n" + e.response() }, lost{}},
	{"curl, and the answer", func(e example) string { return e.curl() + "\n" + e.response() }, lost{}},
	{"in code fences", func(e example) string {
		return "Our request:\n\n```http\n" + e.http() + "```\n\nand this is what comes back:\n\n```\n" + e.response() + "```\n\nAny idea?\n"
	}, lost{}},
	{"in a quoted mail", func(e example) string {
		return "Hi,\n\nsee below.\n\n" + eachLine(e.http()+"\n"+e.response(), "> ")
	}, lost{}},
	{"in a line of a log", func(e example) string {
		return "2026-11-28T10:00:03.500Z INFO POST " + e.url + " Content-Type=" + e.media + " body: " + e.form() + "\n2026-11-28T10:00:04.100Z WARN status=" + fmt.Sprint(e.status) + " body: " + e.answer + "\n"
	}, lost{media: true}},
	{"in a JSON string", func(e example) string {
		return `{"level":"debug","msg":` + quoted("request:\n"+e.http()) + "}\n" + `{"level":"debug","msg":` + quoted("response:\n"+e.response()) + "}\n"
	}, lost{}},
	{"in an object of a client", func(e example) string {
		return `{"request":{"method":"POST","url":` + quoted(e.url) + `,"headers":{"Content-Type":` + quoted(e.media) + `},"data":` + quoted(e.form()) + `},"response":{"status":` + fmt.Sprint(e.status) + `,"data":` + e.answer + "}}\n"
	}, lost{}},
	{"in HTML", func(e example) string {
		return "<p>We send</p>\n<pre><code>" + html.EscapeString(e.http()) + "</code></pre>\n<p>and get</p>\n<pre><code>" + html.EscapeString(e.response()) + "</code></pre>\n"
	}, lost{}},
	{"broken over lines", func(e example) string {
		head, body, _ := strings.Cut(e.http(), "\n\n")
		return head + "\n\n" + wrapped(strings.TrimSpace(body), 76) + "\n\n" + e.response()
	}, lost{}},
	{"redacted", func(e example) string {
		jwt := e.jwt()
		cut := strings.LastIndexByte(jwt, '.')
		head, _, _ := strings.Cut(e.http(), "\n\n")
		return head + "\n\n" + e.formOf(jwt[:cut+1]+"REDACTED") + "\n\n" + e.response()
	}, lost{signature: true}},
	{"decoded", func(e example) string {
		return "Header:\n```json\n" + e.header + "\n```\nPayload:\n```json\n" + e.claims + "\n```\nAnswer:\n" + e.answer + "\n"
	}, lost{request: true, url: true, method: true, media: true, status: true, signature: true, encoding: true}},
	{"the answer first", func(e example) string {
		return "This is the answer:\n\n" + e.response() + "\nto this request:\n\n" + e.http()
	}, lost{}},
	{"console of Postman", func(e example) string {
		return "POST " + e.url + "\n" + fmt.Sprint(e.status) + "\n213 ms\nNetwork\nRequest Headers\nContent-Type: " + e.media + "\nUser-Agent: PostmanRuntime/7.39.0\nAccept: */*\nHost: " + e.host() +
			"\nRequest Body\n" + e.pairs(func(n, v string) string { return n + ": " + quoted(v) + "\n" }) + "Response Headers\nDate: Sat, 28 Nov 2026 10:00:04 GMT\nContent-Type: application/json\nResponse Body\n" + e.answer + "\n"
	}, lost{}},
	{"dict of Python", func(e example) string {
		return ">>> r = requests.post('" + e.url + "', data={" + strings.TrimSuffix(e.pairs(func(n, v string) string { return "'" + n + "': '" + v + "', " }), ", ") + "})\n>>> r.status_code\n" + fmt.Sprint(e.status) + "\n>>> r.json()\n" + e.answer + "\n"
	}, lost{media: true}},
	{"log of a container", func(e example) string {
		return eachLine(e.http()+"\n"+e.response(), "app-1  | ")
	}, lost{}},
	{"headers and body in a log", func(e example) string {
		return logged(e, func(line string, sent bool) string {
			return "2026-11-28T10:00:03.114Z DEBUG [http-1] o.a.h.wire - " + map[bool]string{true: ">>", false: "<<"}[sent] + strings.TrimRight(" "+line, " ")
		})
	}, lost{}},
	{"lines of a console's log, quoted", func(e example) string {
		n := 0
		return logged(e, func(line string, _ bool) string {
			n++
			return fmt.Sprintf("10:00:03.%03d [main] DEBUG c.e.Wire \"%s[\\r][\\n]\"", n, line)
		})
	}, lost{}},
	{"forum with curly quotes", func(e example) string {
		return "POST " + e.url + "\n{\n" + strings.TrimSuffix(e.pairs(func(n, v string) string { return "“" + n + "”: “" + v + "”,\n" }), ",\n") + "\n}\nHTTP status " + fmt.Sprint(e.status) + "\n" + e.answer + "\n"
	}, lost{media: true}},
	{"the JWT and the answer", func(e example) string {
		return "client assertion: " + e.jwt() + "\n\n" + e.answer + "\n"
	}, lost{request: true, url: true, method: true, media: true, status: true}},
	{"the JWT broken over lines", func(e example) string {
		return "The assertion:\n" + wrapped(e.jwt(), 64) + "\n\nThe answer:\n" + e.answer + "\n"
	}, lost{request: true, url: true, method: true, media: true, status: true}},
	{"console of a browser", func(e example) string {
		return "fetch(" + quoted(e.url) + ", {\n  \"headers\": {\"content-type\": " + quoted(e.media) + "},\n  \"body\": " + quoted(e.form()) + ",\n  \"method\": \"POST\"\n});\n" + "POST " + e.url + " " + fmt.Sprint(e.status) + " (" + e.phrase + ")\n" + e.answer + "\n"
	}, lost{}},
	{"UTF-16", func(e example) string {
		var b strings.Builder
		b.WriteString("\xff\xfe")
		for _, r := range e.http() + "\n" + e.response() {
			b.WriteByte(byte(r))
			b.WriteByte(byte(r >> 8))
		}
		return b.String()
	}, lost{}},
}

func clientParams(more ...[2]string) [][2]string {
	return append([][2]string{{"grant_type", "client_credentials"}, {"client_assertion_type", assertionType}, {"client_assertion", "@"}}, more...)
}

func grantParams() [][2]string {
	return [][2]string{{"grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"}, {"assertion", "@"}}
}

func claimsFor(iss, sub, aud string, more string) string {
	return fmt.Sprintf(`{"iss":%q,"sub":%q,"aud":%q,"jti":"0f3a-77","iat":1795860000,"exp":1795860240%s}`, iss, sub, aud, more)
}

// examples are healthy exchanges of ten providers, and some with a fault.
func examples() []example {
	const form = "application/x-www-form-urlencoded"
	const granted = `{"access_token":"hhJES3wcgjI55jzjBvZpNQ","token_type":"Bearer","expires_in":300}`
	ok := func(name, url, header, claims string, sig int, params [][2]string) example {
		return example{name: name, url: url, header: header, claims: claims, sig: sig, params: params, media: form, status: 200, phrase: "OK", answer: granted}
	}
	bad := func(e example, name string, status int, phrase, answer string) example {
		e.name, e.status, e.phrase, e.answer = name, status, phrase, answer
		return e
	}
	epic := ok("Epic", "https://fhir.epic.com/interconnect-fhir-oauth/oauth2/token", `{"alg":"RS384","kid":"k1","typ":"JWT"}`,
		claimsFor("5e1a-44", "5e1a-44", "https://fhir.epic.com/interconnect-fhir-oauth/oauth2/token", ""), 256, clientParams())
	entra := ok("Entra", "https://login.microsoftonline.com/3f6c1d52-8a0e-4b7d-9c55-0e1fa2b7d9c4/oauth2/v2.0/token", `{"alg":"PS256","typ":"JWT","x5t#S256":"A-8vqmVZ8gqXV2Z9mYJ0x8QJxwz3rYqkQeU0c4VbTds"}`,
		claimsFor("b84f0d27", "b84f0d27", "https://login.microsoftonline.com/3f6c1d52-8a0e-4b7d-9c55-0e1fa2b7d9c4/oauth2/v2.0/token", `,"nbf":1795860000`), 256,
		clientParams([2]string{"client_id", "b84f0d27"}, [2]string{"scope", "https://graph.microsoft.com/.default"}))
	return []example{
		epic,
		entra,
		ok("Redox", "https://api.redoxengine.com/v2/auth/token", `{"alg":"RS384","kid":"r1","typ":"JWT"}`, claimsFor("c0ffee", "c0ffee", "https://api.redoxengine.com/v2/auth/token", ""), 256, clientParams()),
		ok("Okta", "https://dev-1.okta.com/oauth2/v1/token", `{"alg":"RS256","kid":"o1"}`, claimsFor("0oa1", "0oa1", "https://dev-1.okta.com/oauth2/v1/token", ""), 256, clientParams([2]string{"scope", "okta.users.read okta.apps.read"})),
		ok("Auth0", "https://tenant.eu.auth0.com/oauth/token", `{"alg":"RS256","kid":"a1"}`, claimsFor("cid", "cid", "https://tenant.eu.auth0.com/", ""), 256, clientParams([2]string{"audience", "https://api.example.com"})),
		ok("Keycloak", "https://sso.example.com/realms/r/protocol/openid-connect/token", `{"alg":"ES256","kid":"e1","typ":"JWT"}`, claimsFor("svc", "svc", "https://sso.example.com/realms/r", ""), 64, clientParams()),
		ok("Maskinporten", "https://test.maskinporten.no/token", `{"alg":"RS256","kid":"m1"}`, `{"aud":"https://test.maskinporten.no/","iss":"d69959e7","scope":"a:b.read","iat":1795860000,"exp":1795860100,"jti":"1"}`, 256, grantParams()),
		ok("Salesforce", "https://login.salesforce.com/services/oauth2/token", `{"alg":"RS256"}`, `{"iss":"3MVG9","sub":"user@example.com","aud":"https://login.salesforce.com","exp":1795860100}`, 256, grantParams()),
		ok("Google", "https://oauth2.googleapis.com/token", `{"alg":"RS256","typ":"JWT","kid":"g1"}`, `{"iss":"svc@p.iam.gserviceaccount.com","scope":"https://www.googleapis.com/auth/calendar","aud":"https://oauth2.googleapis.com/token","iat":1795860000,"exp":1795863600}`, 256, grantParams()),
		ok("login.gov", "https://idp.int.identitysandbox.gov/api/openid_connect/token", `{"alg":"RS256"}`, claimsFor("urn:gov:sp", "urn:gov:sp", "https://idp.int.identitysandbox.gov/api/openid_connect/token", ""), 256,
			[][2]string{{"grant_type", "authorization_code"}, {"code", "a965d541-df8d"}, {"client_assertion_type", assertionType}, {"client_assertion", "@"}}),
		bad(epic, "Epic refuses", 400, "Bad Request", `{"error":"invalid_client","error_description":null}`),
		bad(entra, "Entra refuses", 401, "Unauthorized", `{"error":"invalid_client","error_description":"AADSTS700027: The certificate with identifier used to sign the client assertion is not registered on application. Trace ID: 1a Correlation ID: 2b Timestamp: 2026-11-28 10:00:04Z","error_codes":[700027],"trace_id":"1a"}`),
		bad(ok("alg HS256", "https://idp.example.com/token", `{"alg":"HS256","typ":"JWT"}`, claimsFor("app", "app", "https://idp.example.com/token", ""), 32, clientParams()), "HS256", 401, "Unauthorized", `{"error":"invalid_client","error_description":"bad \"alg\""}`),
		bad(ok("no sub", "https://idp.example.com/token", `{"alg":"ES384","kid":"q"}`, `{"iss":"app","aud":["https://idp.example.com/token","x"],"exp":"1795860100","jti":"1"}`, 96, clientParams()), "no sub", 400, "Bad Request", `{"errors":[{"code":"015-0008","detail":"Unable to generate a token for the given request"}],"status":400,"title":"The request contains bad syntax","type":"about:blank"}`),
		bad(ok("EdDSA", "https://idp.example.com/as/token.oauth2", `{"alg":"EdDSA","kid":"w"}`, claimsFor("app", "other", "https://idp.example.com", `,"x":{"y":[1,2]}`), 64, clientParams([2]string{"scope", "a b"})), "EdDSA", 403, "Forbidden", `{"error":"unauthorized_client"}`),
	}
}

// The result does not depend on how an exchange was pasted, except for what the way of
// pasting loses.
func TestWays(t *testing.T) {
	for _, e := range examples() {
		for _, w := range ways {
			t.Run(e.name+"/"+w.name, func(t *testing.T) {
				text := w.text(e)
				r := Read("paste", text, Options{})
				for _, problem := range compare(r, e, w.lost) {
					t.Error(problem)
				}
				if t.Failed() && testing.Verbose() {
					t.Log(text)
				}
			})
		}
	}
}

// Two exchanges in one text are two cases, each with its own evidence.
func TestTwoExchanges(t *testing.T) {
	all := examples()
	for i, e := range all {
		f := all[(i+3)%len(all)]
		for _, w := range ways {
			if w.name == "UTF-16" || w.name == "the answer first" {
				continue // a second mark; and it is unclear which request a response between two belongs to
			}
			t.Run(e.name+", "+f.name+"/"+w.name, func(t *testing.T) {
				r := Read("paste", w.text(e)+"\n"+w.text(f), Options{})
				if len(r.Cases) != 2 {
					t.Fatalf("%d cases, unused %v", len(r.Cases), r.Unused)
				}
				first, second := Result{Cases: r.Cases[:1], Unused: r.Unused}, Result{Cases: r.Cases[1:]}
				for _, problem := range append(compare(first, e, w.lost), compare(second, f, w.lost)...) {
					t.Error(problem)
				}
			})
		}
	}
}

// Text around it changes nothing.
func TestAmongOtherThings(t *testing.T) {
	around := map[string]string{
		"letter":    "Hello,\n\nwe are trying to get a token and it does not work. Here is what we do:\n\n%s\n\nCan somebody help? We tried many things, e.g. curl 7.68 and Postman.\n\nBest regards\nAnn\n",
		"issue":     "## Problem\nThe request fails with an error.\n\n%s\n\n## Environment\n- Node 22\n- Linux x86_64\n",
		"log":       "[INFO] starting\n[DEBUG] config loaded from /etc/app.yaml\n%s\n[ERROR] giving up after 3 attempts\n    at run (/app/index.js:10:5)\n",
		"signature": "from: ann@example.com\nsubject: token\n\n%s\n-- \nAnn Example | +1 555 0100 | https://www.example.com\n",
	}
	for name, text := range around {
		for _, e := range examples() {
			for _, w := range ways {
				if w.name == "UTF-16" {
					continue
				}
				t.Run(name+"/"+e.name+"/"+w.name, func(t *testing.T) {
					for _, problem := range compare(Read("paste", strings.Replace(text, "%s", w.text(e), 1), Options{}), e, w.lost) {
						t.Error(problem)
					}
				})
			}
		}
	}
}

// compare lists how a result differs from the exchange it was made from.
func compare(r Result, e example, l lost) []string {
	var wrong []string
	fail := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	if len(r.Cases) != 1 {
		fail("%d cases", len(r.Cases))
		return wrong
	}
	c := r.Cases[0]
	if len(r.Unused) > 0 {
		fail("unused: %v", r.Unused)
	}
	switch {
	case l.encoding:
		if c.Decoded == nil || c.Decoded.Header == nil || c.Decoded.Claims == nil {
			fail("no decoded assertion")
			break
		}
		if string(c.Decoded.Header.Raw) != e.header || string(c.Decoded.Claims.Raw) != e.claims {
			fail("decoded as %s . %s", c.Decoded.Header.Raw, c.Decoded.Claims.Raw)
		}
	case c.Assertion == nil:
		fail("no assertion")
	default:
		a := c.Assertion
		h, _ := input.Object(a.Assertion, 0).Get()
		p, _ := input.Object(a.Assertion, 1).Get()
		if h == nil || p == nil || string(h.Raw) != e.header || string(p.Raw) != e.claims {
			fail("the assertion is another one")
		}
		if a.Shortened || (a.Hidden != "") != l.signature {
			fail("hidden %q, shortened %v", a.Hidden, a.Shortened)
		}
		if !l.signature && a.Compact != e.jwt() {
			fail("the signature is another one")
		}
		if a.Shape != evidence.ShapeCompact {
			fail("shape %s", a.Shape)
		}
	}
	if l.request != (c.Request == nil) {
		fail("request: %v", c.Request != nil)
	}
	if q := c.Request; q != nil {
		if want := strings.TrimPrefix(e.url, "https:"); !l.url && strings.TrimPrefix(q.URL, "https:") != want {
			fail("URL %q", q.URL)
		}
		if !l.method && q.Method != "POST" && q.Method != "" {
			fail("method %q", q.Method)
		}
		if media, _ := q.ContentType(); !l.media && media != e.media {
			fail("Content-Type %q", media)
		}
		for _, p := range e.params {
			if p[1] == "@" && l.signature {
				continue
			}
			got, ok := q.Param(p[0])
			if want := strings.ReplaceAll(p[1], "@", e.jwt()); !ok || got.Value != want {
				fail("%s is %.40q, want %.40q", p[0], got.Value, want)
			}
		}
		if n := len(q.ParamsIn(evidence.InBody)); n != len(e.params) {
			fail("%d parameters, want %d", n, len(e.params))
		}
	}
	if a := c.Response; a == nil {
		fail("no response")
	} else {
		if !l.status && a.Status != e.status {
			fail("status %d, want %d", a.Status, e.status)
		}
		want := input.ErrorOf(e.answer)
		if a.Error.Code != want.Code || a.Error.Description != want.Description {
			fail("error %q %q, want %q %q", a.Error.Code, a.Error.Description, want.Code, want.Description)
		}
		if a.Success() != (e.status == 200) {
			fail("success %v", a.Success())
		}
	}
	return wrong
}
