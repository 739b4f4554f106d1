package input

import (
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

func here(start, end int) (jsonspan.Span, bool) { return jsonspan.Span{Start: start, End: end}, true }

func TestFormPairs(t *testing.T) {
	tests := []struct {
		name, text, want string
		faults           int
	}{
		{"control", "a=b&c=d", "a=b c=d", 0},
		{"plus and percent", "a+b=c%20d%2B", "a b=c d+", 0},
		{"decoded once", "a=%2520", "a=%20", 0},
		{"first =", "a=b=c==", "a=b=c==", 0},
		{"no =", "a&b=", "a= b=", 0},
		{"empty pairs", "&&a=b&&", "a=b", 0},
		{"no name", "=b", "=b", 0},
		{"not hex", "a=%zz", "a=%zz", 1},
		{"cut", "a=b%2", "a=b%2", 1},
		{"not UTF-8", "a=%ff", "a=\xff", 1},
		{"UTF-8", "a=%C3%A9", "a=é", 0},
		{"many faults", "a=%%%%%%%%%%", "a=%%%%%%%%%%", 4},
		{"twice", "a=1&a=2", "a=1 a=2", 0},
		{"semicolon", "a=1;b=2", "a=1;b=2", 0},
	}
	for _, r := range tests {
		var got []string
		faults := 0
		for _, p := range formPairs(r.text) {
			got = append(got, p.name+"="+p.value)
			faults += len(p.faults)
			if r.text[p.nameStart:p.nameEnd] != p.rawName || r.text[p.valueStart:p.valueEnd] != p.rawValue {
				t.Errorf("%s: places of %s", r.name, p.rawName)
			}
		}
		if strings.Join(got, " ") != r.want || faults != r.faults {
			t.Errorf("%s: %q, %d faults", r.name, got, faults)
		}
	}
	if n := len(formPairs(strings.Repeat("a=b&", 5000))); n != maxParams {
		t.Errorf("%d parameters", n)
	}
}

func TestFillURL(t *testing.T) {
	tests := []struct{ url, want string }{
		{"https://a.example/t?x=1&y=%32", "URL x=1! URL y=2"},
		{"https://a.example/t", ""},
		{"https://a.example/t?", ""},
		{"https://a.example/t?x=1#y=2", "URL x=1! fragment y=2!"},
		{"https://a.example/#/cb?x=1", "fragment x=1!"},
		{"https://a.example/#top", ""},
		{"//a.example/t?x=a?b", "URL x=a?b!"},
	}
	for _, r := range tests {
		req := &evidence.Request{Document: evidence.Document{Text: r.url}, URL: r.url}
		fillURL(req, here)
		checkSpans(t, req)
		if got := places(req); got != r.want {
			t.Errorf("%s: %s", r.url, got)
		}
	}
}

func places(r *evidence.Request) string {
	var out []string
	for _, p := range r.Params {
		s := string(p.In) + " " + p.Name + "=" + p.Value
		if p.Type != "" {
			s = string(p.In) + " " + p.Name + ":" + p.Type + "=" + p.Value
		}
		if p.Verbatim && p.Value != "" {
			s += "!"
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

func TestFillBody(t *testing.T) {
	const form = "application/x-www-form-urlencoded"
	const parts = "--x\r\nContent-Disposition: form-data; name=\"grant_type\"\r\n\r\na b\r\n--x\r\nContent-Type: text/plain\r\nContent-Disposition: form-data; filename=\"n;m\"; name=f\r\n\r\nline\r\nline\r\n--x--\r\n"
	tests := []struct {
		name, media, text string
		kind              evidence.BodyKind
		want              string
	}{
		{"form", form, "a=b&c=d%20e", "form", "body a=b! body c=d e"},
		{"form without type", "", "a=b", "form", "body a=b!"},
		{"form with a line end", form, "a=b\r\n", "form", "body a=b!"},
		{"form called JSON", "application/json", "a=b", "form", "body a=b!"},
		{"form called text", "text/plain", "a=b", "form", "body a=b!"},
		{"JSON", "application/json", `{"a":"b","n":1,"l":[1, 2],"z":null,"t":true}`, "json", `body a:string=b! body n:number=1! body l:array=[1, 2]! body z:null=null! body t:boolean=true!`},
		{"JSON called form", form, `{"a":"b"}`, "json", "body a:string=b!"},
		{"JSON without type", "", ` {"a":"b\n"}`, "json", "body a:string=b\n"},
		{"JSON that is broken", "", `{"a":"b","c":`, "json", "body a:string=b! body c:invalid="},
		{"JSON twice", "", `{"a":"1","a":"2"}`, "json", "body a:string=1! body a:string=2!"},
		{"JSON with single quotes", "", `{'a':'b'}`, "json", "body a:string=b!"},
		{"JSON list", "application/json", `[1]`, "json", ""},
		{"JSON text", "application/json", `"a=b"`, "json", ""},
		{"placeholder in braces", form, "{{body}}", "form", "body {{body}}="},
		{"multipart", "multipart/form-data; boundary=x", parts, "multipart", "body grant_type=a b! body f=line\r\nline!"},
		{"multipart with quotes", `multipart/form-data; charset=utf-8; boundary="x"`, parts, "multipart", "body grant_type=a b! body f=line\r\nline!"},
		{"multipart without type", "", parts, "multipart", "body grant_type=a b! body f=line\r\nline!"},
		{"multipart without boundary", "multipart/form-data", parts, "multipart", "body grant_type=a b! body f=line\r\nline!"},
		{"multipart with LF", "", strings.ReplaceAll(parts, "\r", ""), "multipart", "body grant_type=a b! body f=line\nline!"},
		{"multipart by name alone", "multipart/form-data; boundary=x", "a=b", "form", "body a=b!"},
		{"multipart that is cut", "multipart/form-data; boundary=x", "--x\nContent-Disposition: form-data; name=\"a\"\n\nb", "multipart", "body a=b!"},
		{"quotation marks", "", "'a=b&c=d'", "form", "body 'a=b! body c=d'!"},
		{"XML", "", "<a b='c'/>", "text", ""},
		{"text", "", "hello", "text", ""},
		{"whitespace", "", " \n", "text", ""},
		{"empty", form, "", "", ""},
		{"word called form", form, "hello", "form", "body hello="},
	}
	for _, r := range tests {
		t.Run(r.name, func(t *testing.T) {
			req := &evidence.Request{Document: evidence.Document{Text: r.text}}
			req.Body.Text = r.text
			if r.media != "" {
				req.Headers = evidence.Headers{{Name: "content-type", Value: r.media}}
			}
			fillBody(req, here)
			checkSpans(t, req)
			if got := places(req); got != r.want || req.Body.Kind != r.kind {
				t.Errorf("%s %q; want %s %q", req.Body.Kind, got, r.kind, r.want)
			}
			if (req.Body.Kind == evidence.BodyJSON) != (req.Body.JSON != nil) {
				t.Errorf("JSON %v", req.Body.JSON)
			}
		})
	}
	req := &evidence.Request{Body: evidence.Body{Text: strings.Repeat("x", maxBody+1)}}
	if fillBody(req, here); len(req.Body.Text) != maxBody {
		t.Errorf("%d bytes", len(req.Body.Text))
	}
}

func TestURLText(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"authorization", "https://a.example/auth?response_type=code&client_id=x&redirect_uri=https%3A%2F%2Fc.example", "after https://a.example/auth?response_type=code&client_id=x&redirect_uri=https%3A%2F%2Fc.example"},
		{"wrapped", "https://a.example/auth?response_type=code\n  &client_id=x\n", "after https://a.example/auth?response_type=code&client_id=x"},
		{"pushed", "https://a.example/auth?client_id=x&request_uri=urn:1", "after https://a.example/auth?client_id=x&request_uri=urn:1"},
		{"error", "https://c.example/cb?error=access_denied&state=1", "→ 0 form access_denied"},
		{"error in the fragment", "https://c.example/cb#error=access_denied&state=1", "→ 0 form access_denied"},
		{"code", "https://c.example/cb?code=1&state=2", "→ 0 form"},
		{"app", "com.app.example:/cb?error=x", "→ 0 form x"},
		{"label and quotes", `Location: "https://c.example/cb?error=x"`, "→ 0 form x"},
		{"token", "https://a.example/token?grant_type=x&scope=y", "https://a.example/token?grant_type=x&scope=y () grant_type=x! scope=y! unknown"},
		{"other", "https://a.example/?x=1", ""},
		{"no parameters", "https://a.example/auth", ""},
		{"words", "see https://a.example/cb?error=x there", ""},
		{"form", "grant_type=x&scope=y", ""},
		{"JSON", `{"a":"https://c.example/cb?error=x"}`, ""},
	}
	for _, r := range tests {
		t.Run(r.name, func(t *testing.T) {
			e, ok := urlText(httpDoc(r.text))
			if ok != (r.want != "") {
				t.Fatalf("read: %v", ok)
			}
			if got := told([]Exchange{e}); ok && got != r.want {
				t.Errorf("got %s\nwant %s", got, r.want)
			}
			checkSpans(t, e.Request)
			checkSpans(t, e.Authorization)
			checkResponseSpans(t, e.Response)
		})
	}
}

func TestBodyText(t *testing.T) {
	tests := []struct{ name, text, what, want string }{
		{"form", "grant_type=x&scope=a+b\n", "a form body", "(form) grant_type=x! scope=a b"},
		{"wrapped", "grant_type=x&\nscope=y&client_id\n =z", "a form body", "(form) grant_type=x! scope=y! client_id=z!"},
		{"a line each", "grant_type=x\nscope=a b\nredirect_uri=https://c.example/?a=b&c=d", "a form body", "(form) grant_type=x! scope=a b! redirect_uri=https://c.example/?a=b&c=d!"},
		{"a line each, encoded", "grant_type=x\nredirect_uri=https%3A%2F%2Fc.example", "a form body", "(form) grant_type=x! redirect_uri=https://c.example"},
		{"bulk edit", "grant_type:x\nscope: y%\n//client_id:off\nclient_assertion:{{jwt}}", "a form body", "(form) grant_type=x! scope=y%! client_assertion={{jwt}}?!"},
		{"JSON request", `{"grant_type":"x","client_assertion":"y"}`, "a JSON body", "(json) grant_type=x! client_assertion=y!"},
		{"JSON error", `{"error":"invalid_client"}`, "an error body", "→ 0 json invalid_client"},
		{"JSON token", `{"access_token":"x","token_type":"Bearer"}`, "a token response", "→ 0 json"},
		{"JSON of another sort", `{"a":1}`, "a JSON body", "→ 0 json"},
		{"page", "<html><p>x</p></html>", "an HTML page", "→ 0 html"},
		{"XML", "<?xml version='1.0'?><a/>", "an XML document", "→ 0 xml"},
		{"form error", "error=invalid_client&error_description=x", "an error body", "→ 0 form invalid_client"},
		{"words", "AADSTS700027: it is not signed", "an answer as text", "→ 0 text"},
		{"authorization", "response_type=code&client_id=x", "the parameters of an authorization request", "after"},
	}
	for _, r := range tests {
		t.Run(r.name, func(t *testing.T) {
			e, ok := bodyText(httpDoc(r.text))
			if !ok {
				t.Fatal("not read")
			}
			if got := told([]Exchange{e}); got != r.want {
				t.Errorf("got  %s\nwant %s", got, r.want)
			}
			what := ""
			switch {
			case e.Request != nil:
				what = e.Request.What
			case e.Response != nil:
				what = e.Response.What
			default:
				what = e.Authorization.What
			}
			if what != r.what {
				t.Errorf("%s, want %s", what, r.what)
			}
			checkSpans(t, e.Request)
			checkSpans(t, e.Authorization)
			checkResponseSpans(t, e.Response)
		})
	}
	if _, ok := bodyText(httpDoc(" \n")); ok {
		t.Error("white space is no body")
	}
}

// TestHostileText sends repetitive text through every reader: if any of them took more
// than linear time, twice the text would show it.
func TestHostileText(t *testing.T) {
	for _, unit := range []string{"&", ",", "<", "\"", "\n", "=", "%", "{", "[", "a=b&", "a=b\n", "<a", "<!--", "<script>", "--x\n", "\\\"", "{{a}}", "{{a}}&", "@a={{a}}{{a}}\n", "###\n", "POST /a HTTP/1.1\n\n", "HTTP/1.1 200 OK\n\n",
		"> POST / HTTP/1.1\n", "< HTTP/1.1 200 OK\n<\n", "a: b\n", " x\n", "Bearer a=b, ", "a b ", "?", "#", "a=\"", "{\"a\":", "{\n\n", "1\na\n", ":path:\n", "error=x&state=y\n", "&#", "--:--:--", "grant_type:a\n"} {
		checkGrowth(t, unit, func(size int) { readEveryWay(unit, size) })
	}
}

func readEveryWay(unit string, size int) {
	text := strings.Repeat(unit, max(1, size/len(unit)))
	_, _ = httpText(httpDoc(text), nil)
	part := text[:len(text)/8]
	for _, whole := range []string{"POST /t HTTP/1.1\nTransfer-Encoding: chunked\n\n" + part, "POST /t HTTP/1.1\n" + part, "> POST / HTTP/1.1\n> \n< HTTP/1.1 400 x\n< \n" + part, "@a=bc\n@b={{a}}\nPOST https://a.example/\n\n" + part} {
		looksLikeHTTP(whole)
		looksLikeTranscript(whole)
		_, _ = httpText(httpDoc(whole), nil)
	}
	urlText(httpDoc(text))
	bodyText(httpDoc(text))
	r := &evidence.Request{Body: evidence.Body{Text: text}, URL: text, Headers: evidence.Headers{{Name: "Content-Type", Value: "multipart/form-data; boundary=x"}}}
	fillBody(r, here)
	fillURL(r, here)
	fillResponse(&evidence.Response{Body: text, Headers: evidence.Headers{{Name: "WWW-Authenticate", Value: text}}})
}

func FuzzForm(f *testing.F) {
	for _, s := range []string{"a=b&c=%zz", `{"a":"b"}`, "--x\nContent-Disposition: form-data; name=\"a\"\n\nb\n--x--", "https://a.example/?x=%ff#y=1", "{'a':1,}", "\ufeff{\"a\":1}"} {
		f.Add(s, "")
		f.Add(s, "multipart/form-data; boundary=x")
	}
	f.Fuzz(func(t *testing.T, text, media string) {
		if len(text)+len(media) > longestFuzzed {
			return
		}
		r := &evidence.Request{Document: evidence.Document{Text: text}, Headers: evidence.Headers{{Name: "Content-Type", Value: media}}}
		r.Body.Text = text
		fillBody(r, here)
		checkSpans(t, r)
		r = &evidence.Request{Document: evidence.Document{Text: text}, URL: text}
		fillURL(r, here)
		checkSpans(t, r)
	})
}
