package input

import (
	"strings"
	"testing"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

func TestFillResponseError(t *testing.T) {
	tests := []struct {
		name, body string
		status     int
		form       evidence.Form
		// what is read: code, description and address; "!" before them if the response is
		// not an error
		want string
	}{
		{"control", `{"error":"invalid_client","error_description":"no key","error_uri":"https://a.example/e"}`, 400, "json", "invalid_client|no key|https://a.example/e"},
		{"status not known", `{"error":"invalid_client"}`, 0, "json", "invalid_client||"},
		{"an error under 200", `{"error":"bad_verification_code","error_description":"x"}`, 200, "json", "bad_verification_code|x|"},
		{"a token", `{"access_token":"t","token_type":"Bearer"}`, 200, "json", "!||"},
		{"a token beside an empty error", `{"access_token":"t","error":"","message":"ok"}`, 0, "json", "!||"},
		{"null description", `{"error":"invalid_client","error_description":null}`, 400, "json", "invalid_client||"},
		{"null error", `{"error":null,"error_description":"no"}`, 400, "json", "|no|"},
		{"null error of a result", `{"error":null,"result":1}`, 200, "json", "!||"},
		{"a sentence in error", `{"error":"Client assertion sub must be the issuer"}`, 400, "json", "Client assertion sub must be the issuer||"},
		{"camel case", `{"error":"invalid_client","errorDescription":"x"}`, 401, "json", "invalid_client|x|"},
		{"upper case", `{"Error":"invalid_client","Error_Description":"x"}`, 401, "json", "invalid_client|x|"},
		{"Google", `{"error":{"code":403,"message":"denied","status":"PERMISSION_DENIED","errors":[{"message":"denied","reason":"forbidden"}]}}`, 403, "json", "PERMISSION_DENIED|denied|"},
		{"code and message", `{"error":{"code":"InvalidAuthenticationToken","message":"m"}}`, 401, "json", "InvalidAuthenticationToken|m|"},
		{"list of errors", `{"errors":[{"code":"015-0008","detail":"Unable to generate a token"}],"status":400,"title":"Bad request","type":"about:blank"}`, 400, "json", "015-0008|Unable to generate a token|"},
		{"list of titles", `{"errors":[{"title":"Bad key","detail":"d"}]}`, 400, "json", "Bad key|d|"},
		{"list of texts", `{"errors":["first","second"]}`, 400, "json", "|first|"},
		{"errors by field", `{"errors":{"aud":["is wrong"]}}`, 400, "json", "|is wrong|"},
		{"empty list", `{"errors":[],"data":{}}`, 200, "json", "!||"},
		{"Okta", `{"errorCode":"E0000011","errorSummary":"Invalid token","errorLink":"E0000011","errorId":"oae1","errorCauses":[]}`, 401, "json", "E0000011|Invalid token|E0000011"},
		{"Snowflake", `{"data":null,"code":"390144","message":"JWT token is invalid.","success":false}`, 200, "json", "390144|JWT token is invalid.|"},
		{"GitHub", `{"message":"Bad credentials","documentation_url":"https://a.example/d","status":"401"}`, 0, "json", "|Bad credentials|https://a.example/d"},
		{"problem", `{"type":"https://a.example/p","title":"Unauthorized","status":401,"detail":"kid unknown"}`, 401, "json", "Unauthorized|kid unknown|https://a.example/p"},
		{"FHIR", `{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"login","diagnostics":"no token"}]}`, 401, "json", "login|no token|"},
		{"FHIR details", `{"resourceType":"OperationOutcome","issue":[{"code":"login","details":{"text":"no token"}}]}`, 401, "json", "login|no token|"},
		{"Apigee", `{"fault":{"faultstring":"Invalid client","detail":{"errorcode":"oauth.v2.InvalidClient"}}}`, 401, "json", "oauth.v2.InvalidClient|Invalid client|"},
		{"ErrorCode and Error", `{"ErrorCode":"invalid_request","Error":"Required param: client_id"}`, 400, "json", "invalid_request|Required param: client_id|"},
		{"Spring", `{"timestamp":"2026-11-21","status":401,"error":"Unauthorized","message":"no","path":"/t"}`, 401, "json", "Unauthorized|no|"},
		{"as Go prints it", `Get "https://a.example": oauth2: "invalid_grant" "no \"k\"" "https://a.example/e"`, 0, "text", `invalid_grant|no "k"|https://a.example/e`},
		{"as Go prints it, in a log", `{"level":"error","msg":"oauth2: \"invalid_grant\" \"Invalid JWT Signature.\""}`, 0, "json", "invalid_grant|Invalid JWT Signature.|"},
		{"as Go prints it, without a code", `{"level":"error","msg":"oauth2: cannot fetch token: 400"}`, 0, "json", "|oauth2: cannot fetch token: 400|"},
		{"quoted in a log", `{"level":"warn","body":"{\"error\":\"invalid_client\",\"error_description\":\"x\"}"}`, 0, "json", "invalid_client|x|"},
		{"a string of JSON", `"{\"error\":\"invalid_client\"}"`, 0, "text", "invalid_client||"}, // pasted; the quotes are the logger's
		{"an answer within", `{"response":{"data":{"error":"invalid_grant"}}}`, 0, "json", "invalid_grant||"},
		{"broken JSON", `{"error":"invalid_client","error_description":"cut`, 400, "json", "invalid_client||"},
		{"single quotes", `{'error': 'invalid_client'}`, 400, "json", "invalid_client||"},
		{"form", "error=invalid_client&error_description=no+key%21", 400, "form", "invalid_client|no key!|"},
		{"form of tokens", "access_token=t&token_type=bearer", 200, "form", "!||"},
		{"page", "<!DOCTYPE html><title>403</title>", 403, "html", "||"},
		{"page without doctype", "<html><body>Login</body></html>", 200, "html", "!||"},
		{"fragment of a page", "<h1>Not found</h1>", 404, "html", "||"},
		{"XML", "<?xml version=\"1.0\"?><fault/>", 500, "xml", "||"},
		{"XML without declaration", "<Error><Code>x</Code></Error>", 400, "xml", "||"},
		{"text", "Unauthorized", 401, "text", "||"},
		{"text that quotes JSON", `400 Bad Request: "{"error":"invalid_grant"}"`, 0, "text", "invalid_grant||"},
		{"empty", " \n", 403, "empty", "||"},
		{"other JSON", `{"hello":1}`, 200, "json", "!||"},
		{"list", `[{"error":"x"}]`, 400, "json", "x||"},
		{"list, pasted", `[{"error":"x"}]`, 0, "text", "x||"},
		{"Python", `{'error': 'invalid_client', 'error_description': 'it\'s old'}`, 0, "text", "invalid_client|it's old|"},
		{"Ruby", `{"error"=>"invalid_client", "error_description"=>"old"}`, 0, "text", "invalid_client|old|"},
		{"JavaScript", `{ error: "invalid_client", error_description: "old" }`, 0, "text", "invalid_client|old|"},
		{"escaped", `{\"error\":\"invalid_client\",\"error_description\":\"old\"}`, 0, "text", "invalid_client|old|"},
		{"curl -w", `{"error":"invalid_client"}` + "\n400", 0, "text", "invalid_client||"},
		{"a comma too many", `{"error":"invalid_client",}`, 0, "text", "invalid_client||"},
		{"lines of a log", "[INFO] start\n[ERROR] 400 {\"error\":\"invalid_client\"}", 0, "text", "invalid_client||"},
		{"NDJSON", "{\"msg\":\"start\"}\n{\"msg\":\"token\",\"resp\":{\"error\":\"invalid_client\"}}", 0, "text", "invalid_client||"},
		{"a token with a comma too many", `{"access_token":"x","error":"invalid_client",}`, 0, "json", "!||"},
		{"well formed", `{"error":"invalid_client"}`, 0, "json", "invalid_client||"},
	}
	for _, r := range tests {
		t.Run(r.name, func(t *testing.T) {
			a := &evidence.Response{Body: r.body, Status: r.status}
			fillResponse(a)
			got := a.Error.Code + "|" + a.Error.Description + "|" + a.Error.URI
			if !a.Error.Present {
				got = "!" + got
			}
			if got != r.want || a.Form != r.form {
				t.Errorf("%s %s; want %s %s", a.Form, got, r.form, r.want)
			}
		})
	}
}

func TestHasDescription(t *testing.T) {
	for body, want := range map[string]bool{`{"error":"x"}`: false, `{"error":"x","error_description":null}`: true, `{"error":"x","error_description":""}`: true, `{"error":"x","message":"m"}`: true} {
		r := &evidence.Response{Body: body}
		if fillResponse(r); r.Error.HasDescription != want {
			t.Errorf("%s: %v", body, r.Error.HasDescription)
		}
	}
}

func TestErrorElsewhere(t *testing.T) {
	challenge := evidence.Header{Name: "WWW-Authenticate", Value: `Bearer realm="x", error="invalid_token", error_description="it is expired"`}
	location := evidence.Header{Name: "Location", Value: "https://c.example/cb?error=access_denied&error_description=no%20key&state=1"}
	tests := []struct {
		name string
		r    evidence.Response
		want string
	}{
		{"challenge", evidence.Response{Status: 401, Headers: evidence.Headers{challenge}}, "invalid_token|it is expired"},
		{"challenge beside a message", evidence.Response{Status: 401, Headers: evidence.Headers{challenge}, Body: `{"message":"no"}`}, "invalid_token|no"},
		{"challenge beside an error", evidence.Response{Status: 401, Headers: evidence.Headers{challenge}, Body: `{"error":"invalid_client"}`}, "invalid_client|"},
		{"redirect", evidence.Response{Status: 302, Headers: evidence.Headers{location}}, "access_denied|no key"},
		{"no redirect", evidence.Response{Status: 200, Headers: evidence.Headers{location}}, "|"},
	}
	for _, r := range tests {
		fillResponse(&r.r)
		if got := r.r.Error.Code + "|" + r.r.Error.Description; got != r.want || r.r.Error.Present != (r.want != "|") {
			t.Errorf("%s: %s, present %v", r.name, got, r.r.Error.Present)
		}
	}
}

func TestErrorText(t *testing.T) {
	tests := []struct{ name, body, want string }{
		{"JSON", `{"error":"a\"b","n":700027,"x":{"y":["\u00e9"]},"access_token":"secret"}`, "a\"b\n700027\né"},
		{"page", "<html><head><title>A &amp; B</title><script>x<y</script><style>p{}</style></head><body><!-- no --><p>One <b>two</b></p>three</body></html>", "A & B\nOne two\nthree"},
		{"page that ends early", "<p>One <script>two", "One"},
		{"no tag", "<p>a < b</p>", "a < b"},
		{"XML", "<a><item>x</item><![CDATA[y<z]]></a>", "x\ny<z"},
		{"form", "error=a+b&error_description=c%26d&state=secret", "a b\nc&d"},
		{"text", " plain \n", "plain"},
		{"page in JSON", `{"message":"<html><p>blocked</p></html>"}`, "blocked"},
		{"JSON in JSON", `{"body":"{\"error\":\"x\"}"}`, "x"},
	}
	for _, r := range tests {
		a := &evidence.Response{Body: r.body}
		if fillResponse(a); a.Error.Text != r.want {
			t.Errorf("%s: %q, want %q", r.name, a.Error.Text, r.want)
		}
	}
}

func TestTraceIDs(t *testing.T) {
	r := &evidence.Response{Body: `{"id":"1","trace_id":"2","error":"x","correlationId":"3","error_codes":[7],"error_id":4}`,
		Headers: evidence.Headers{{Name: "X-Request-Id", Value: "5"}, {Name: "cf-ray", Value: "6"}, {Name: "Server", Value: "no"}}}
	fillResponse(r)
	if got := strings.Join(r.TraceIDs, ","); got != "id 1,trace_id 2,correlationId 3,error_id 4,X-Request-Id 5,cf-ray 6" {
		t.Error(got)
	}
	if r = (&evidence.Response{Body: `{"id":"1","error":"x"}`}); true {
		fillResponse(r)
	}
	if len(r.TraceIDs) != 0 {
		t.Errorf("an id alone names nothing: %v", r.TraceIDs)
	}
}

func TestDate(t *testing.T) {
	want := time.Date(1994, 11, 6, 8, 49, 37, 0, time.UTC)
	for text, ok := range map[string]bool{"Sun, 06 Nov 1994 08:49:37 GMT": true, "Sunday, 06-Nov-94 08:49:37 GMT": true, "Sun Nov  6 08:49:37 1994": true,
		"Sun, 06 Nov 1994 08:49:37 PST": false, "1994-11-06T08:49:37Z": false, "": false} {
		r := &evidence.Response{Headers: evidence.Headers{{Name: "date", Value: text}}}
		if fillResponse(r); r.Date.Equal(want) != ok || !ok && !r.Date.IsZero() {
			t.Errorf("%q: %v", text, r.Date)
		}
	}
}

func TestChallenges(t *testing.T) {
	tests := []struct{ name, value, want string }{
		{"one", `Bearer realm="a", error="b"`, "Bearer error=b realm=a"},
		{"two", `Bearer realm="a", Basic realm="b"`, "Bearer realm=a | Basic realm=b"},
		{"escapes and commas", `Digest realm="a\"b, c", qop="auth,int"`, `Digest qop=auth,int realm=a"b, c`},
		{"no quotes", `Bearer error=invalid_token, error_description=The token expired, scope=a`, "Bearer error=invalid_token error_description=The token expired scope=a"},
		{"no commas", `Bearer realm="a" error="b"`, "Bearer error=b realm=a"},
		{"no commas nor quotes", `Bearer realm=a error=b`, "Bearer error=b realm=a"},
		{"schemes alone", `Negotiate, NTLM`, "Negotiate | NTLM"},
		{"token68", `Negotiate YIIabc/def==, Basic realm="x"`, "Negotiate | Basic realm=x"},
		{"names in any case", `bearer Error="b"`, "bearer error=b"},
		{"blanks around =", `Bearer error = "b"`, "Bearer error=b"},
		{"stray", `"x", ;`, "x"},
		{"open quote", `Bearer error="b`, "Bearer error=b"},
		{"empty", ``, ""},
	}
	for _, r := range tests {
		var out []string
		for _, c := range challengesIn(r.value) {
			s := c.Scheme
			for _, name := range []string{"error", "error_description", "qop", "realm", "scope"} {
				if v, ok := c.Params[name]; ok {
					s += " " + name + "=" + v
				}
			}
			out = append(out, s)
		}
		if got := strings.Join(out, " | "); got != r.want {
			t.Errorf("%s: %s, want %s", r.name, got, r.want)
		}
	}
}

func FuzzResponse(f *testing.F) {
	for _, s := range []string{`{"error":{"code":1}}`, "<p>a<script>", "error=a&error_description=b", `[{"errors":[{}]}]`, `{"issue":[1],"resourceType":"OperationOutcome"}`, `{"body":"{\"error\":1}"}`, "a {\\\"error", `Bearer a="b\", c=d`} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, body, field string) {
		if len(body)+len(field) > longestFuzzed {
			return
		}
		r := &evidence.Response{Body: body, Status: 302, Headers: evidence.Headers{{Name: "WWW-Authenticate", Value: field}, {Name: "Location", Value: field}, {Name: "Content-Type", Value: field}, {Name: "Date", Value: field}}}
		fillResponse(r)
		if (r.Form == evidence.FormJSON) != (r.JSON != nil) || r.Form == "" {
			t.Errorf("form %s", r.Form)
		}
		r.Success()
	})
}

// The server's clock may be in the description instead of Date.
func TestStatedTime(t *testing.T) {
	for body, want := range map[string]string{
		`{"error":"x","error_description":"Current time: 2026-03-14T09:26:53.1234567Z, and so on"}`: "2026-03-14T09:26:53Z",
		`{"error":"x","error_description":"Trace ID: 1 Timestamp: 2026-03-14 09:26:53Z"}`:           "2026-03-14T09:26:53Z",
		`{"error":"x","error_description":"Current time: 2026-03-14 09:26:53"}`:                     "0001-01-01T00:00:00Z",
	} {
		r := &evidence.Response{Body: body}
		if fillResponse(r); r.Date.Format(time.RFC3339) != want {
			t.Errorf("%s: %s, want %s", body, r.Date, want)
		}
	}
}

// PowerShell begins an error with the cmdlet and a colon, which no command does.
func TestPowerShellError(t *testing.T) {
	for text, want := range map[string]bool{
		"Invoke-RestMethod : {\"error\":\"invalid_client\"}\nAt C:\\t.ps1:12 char:9": true,
		"Invoke-RestMethod: /home/u/t.ps1:12:9\nLine |":                              true,
		"Invoke-RestMethod -Uri https://as.example/token -Method Post":               false,
	} {
		if powershellError(text) != want {
			t.Errorf("%s: %v", text, !want)
		}
	}
}
