package main

import (
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

// The screen shows no secret of what is pasted, nor of what comes through a tap,
// in no pane and in nothing that is copied.
func TestPlantedOnScreen(t *testing.T) {
	p := planted{}
	assertion := p.jwt("screen", p.header(), p.claims())
	// Wide, so that little is wrapped: what is broken over two lines is not found.
	s := onScreen(t, 400, 120, "jwtdoctor")
	sees(t, s, "Nothing leaves this machine.")
	var seen []string
	look := func(keys string, texts ...string) {
		t.Helper()
		s.Type(keys)
		sees(t, s, texts...)
		seen = append(seen, s.Screen())
	}
	s.Paste(strings.ReplaceAll(p.request("screen", assertion), "\r\n", "\n")) // as terminals do
	sees(t, s, "[token ✓] [request ✓]")
	seen = append(seen, s.Screen())
	s.Paste(strings.ReplaceAll(p.answer("screen", assertion), "\r\n", "\n"))
	sees(t, s, "[response ✓ 401]")
	seen = append(seen, s.Screen())
	look("\t", "[")
	look("\t", "[")
	look("\t", "[")
	look("e", "what if: header and claims")
	look("\x1b", "[answer]")
	look("y", "Copied the report")
	look("?", "keys that work now")
	p.absent(t, "the screen", append(seen, copied(t, s.Raw()))...)
	if all := strings.Join(seen, ""); !strings.Contains(all, "my-client") || !strings.Contains(all, "client_secret") {
		t.Errorf("nothing was looked at:\n%s", seen)
	}
	s.Type("\x1b")
	// Esc and a letter at once are another key.
	if !s.Until(func(screen string) bool { return !strings.Contains(screen, "keys that work now") }, enough) {
		t.Fatal("the help stays")
	}
	s.Type("q")
	s.Wait(enough)

	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		w.Write([]byte(jsonText(map[string]any{"error": "invalid_client", "error_description": "got " + assertion, "refresh_token": p.in("upstream: refresh token")})))
	}))
	defer upstream.Close()
	s = onScreen(t, 400, 120, "jwtdoctor", "tap", upstream.URL+"/token", "-p", "rfc7523", "-i")
	sees(t, s, "listening on http://127.0.0.1:")
	address := regexp.MustCompile(`http://127\.0\.0\.1:\d+/token`).FindString(s.Screen())
	res, err := http.Post(address+"?api_key="+p.in("screen: query"), "application/x-www-form-urlencoded", strings.NewReader(form(p.parameters("tapped", assertion))))
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	sees(t, s, "exchange 1 of 1, following", "[response ✓ 400]")
	seen = []string{s.Screen()}
	for range 3 {
		look("\t", "[")
	}
	p.absent(t, "tap -i", seen...)
	s.Type("q")
	s.Wait(enough)
}

// copied is what a program put on the clipboard.
func copied(t *testing.T, raw string) string {
	t.Helper()
	m := regexp.MustCompile("\x1b\\]52;c;([A-Za-z0-9+/=]*)").FindStringSubmatch(raw)
	if m == nil {
		t.Fatal("nothing was copied")
	}
	text, err := base64.StdEncoding.DecodeString(m[1])
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
