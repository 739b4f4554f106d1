package input

import (
	"strings"
	"testing"
)

// What browsers and wget show of a message.
func TestHTTPShown(t *testing.T) {
	const want = "POST https://a.example/token HTTP/2 Host:a.example accept:x/y content-type:application/x-www-form-urlencoded (form) grant_type=x! scope=y!"
	const lines = ":authority:\na.example\n:method:\nPOST\n:path:\n/token\n:scheme:\nhttps\naccept:\nx/y\ncontent-type:\napplication/x-www-form-urlencoded\n\ngrant_type=x&scope=y\n"
	const wget = "DEBUG output created by Wget 1.21.\n---request begin---\nPOST /token HTTP/1.1\nHost: a.example\nContent-Type: application/x-www-form-urlencoded\n\n---request end---\n" +
		"[POST data: grant_type=x&scope=y]\nHTTP request sent, awaiting response...\n---response begin---\nHTTP/1.1 400 Bad Request\nServer: x\n\n---response end---\n400 Bad Request\n"
	const asked = "POST //a.example/token HTTP/1.1 Host:a.example Content-Type:application/x-www-form-urlencoded "
	tests := []struct{ name, text, want string }{
		{"a value a line", lines, want},
		{"a value a line, without colons", strings.ReplaceAll(lines, ":\n", "\n"), want},
		{"on one line", ":authority: a.example\n:method: POST\n:path: /token\n:scheme: https\naccept: x/y\ncontent-type: application/x-www-form-urlencoded\n\ngrant_type=x&scope=y\n", want},
		{"mixed", strings.Replace(lines, "accept:\n", "accept: ", 1), want},
		{"wget -d", wget, asked + "(form) grant_type=x! scope=y! → 400 empty unknown"},
		{"wget -d, another method", strings.Replace(wget, "POST data", "BODY data", 1), asked + "(form) grant_type=x! scope=y! → 400 empty unknown"},
		{"wget -d without a body", strings.Replace(wget, "[POST data: grant_type=x&scope=y]\n", "", 1), asked + "() unknown → 400 empty unknown"},
	}
	for _, r := range tests {
		t.Run(r.name, func(t *testing.T) {
			all, err := httpText(httpDoc(r.text), nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := told(all); got != r.want {
				t.Errorf("got  %s\nwant %s", got, r.want)
			}
			for _, e := range all {
				checkSpans(t, e.Request)
				checkResponseSpans(t, e.Response)
			}
		})
	}
}
