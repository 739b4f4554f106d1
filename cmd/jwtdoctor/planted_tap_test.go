package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// plantedServer gives every kind of answer, with secrets in it: new ones, and those it was sent.
func (p planted) plantedServer(t *testing.T) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("Set-Cookie", "s="+p.in("upstream: Set-Cookie"))
		w.Header().Set("X-Debug", p.in("upstream: X-Debug"))
		w.Header().Set("Content-Type", "application/json")
		switch way := r.URL.Query().Get("way"); way {
		case "granted":
			fmt.Fprintf(w, `{"access_token":%q,"token_type":"Bearer","expires_in":60,"id_token":%q,"x":{"refresh_token":%q}}`, p.in("upstream: token"), p.jwt("upstream", map[string]any{"alg": "RS256"}, p.person("upstream")), p.in("upstream: refresh token"))
		case "led":
			w.Header().Set("Location", "/login?code="+p.in("upstream: redirect")+"#access_token="+p.in("upstream: fragment"))
			w.WriteHeader(http.StatusFound)
		case "page":
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprintf(w, "<title>Blocked</title><p>session %s: %s</p>", p.in("upstream: page"), body)
		case "cut":
			w.Header().Set("Content-Length", "9999")
			fmt.Fprintf(w, `{"access_token":%q,`, p.in("upstream: cut token"))
		case "packed wrongly":
			w.Header().Set("Content-Encoding", "gzip")
			io.WriteString(w, p.in("upstream: not gzip"))
		case "gone":
			panic(http.ErrAbortHandler)
		default:
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w, jsonText(map[string]any{"error": "invalid_client", "error_description": "got " + string(body) + " and password=" + p.in("upstream: password"), "access_token": p.in("upstream: access_token")}))
		}
	}))
	server.Config.ErrorLog = nil
	t.Cleanup(server.Close)
	return server
}

// What passes a tap is shown without its secrets: in lines, in reports of every
// format, in the HAR and in what the tap itself answers.
func TestPlantedThroughTap(t *testing.T) {
	p := planted{}
	server := p.plantedServer(t)
	assertion := p.jwt("tapped", p.header(), p.claims())
	for _, verbose := range []bool{false, true} {
		dir := t.TempDir()
		har := filepath.Join(dir, "exchanges.har")
		more, read := everyFormat(t)
		args := slices.Concat([]string{"tap", server.URL + "/token", "-p", "rfc7523", "--har", har, "--prefix", "/other", "--client-id", "https://joe:" + p.in("tap: --client-id") + "@client.example"}, more)
		if verbose {
			args = append(args, "-v")
		}
		through := startListening(t, pinnedNow, args...)
		base := strings.TrimSuffix(through.url, "/token")
		var answers strings.Builder
		ask := func(method, target, body string) {
			r, err := http.NewRequestWithContext(t.Context(), method, target, strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			for _, kv := range p.fields("tapped") {
				r.Header.Set(kv[0], kv[1])
			}
			if res, err := http.DefaultTransport.RoundTrip(r); err == nil {
				if text, _ := io.ReadAll(res.Body); bytes.Contains(text, []byte("jwtdoctor_tap")) {
					answers.Write(text) // the others are the server's
				}
				res.Body.Close()
			}
		}
		sent := form(p.parameters("tapped", assertion))
		for _, way := range []string{"refused", "granted", "led", "page", "cut", "packed+wrongly", "gone"} {
			ask("POST", through.url+"?way="+way+"&client_secret="+p.in("tapped: query"), sent)
		}
		ask("POST", through.url, sent+strings.Repeat("&x=y", 1<<18))
		ask("POST", through.url, p.in("tapped: a body that is no form"))
		ask("GET", base+"/other/"+strings.Repeat(p.in("tapped: path"), 2)+"?code="+p.in("tapped: code"), "")
		ask("POST", base+"/elsewhere/"+strings.Repeat(p.in("tapped: another path"), 2)+"?code="+p.in("tapped: code"), sent)
		ask(p.in("tapped: method"), through.url, "")
		conn, err := net.Dial("tcp", strings.TrimPrefix(base, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		conn.SetDeadline(time.Now().Add(time.Minute))
		fmt.Fprintf(conn, "POST /token HTTP/1.1\r\nHost: %s.example\r\nContent-Length: 0\r\n\r\n", p.in("tapped: Host"))
		fmt.Fprintf(conn, "%s %s\r\n\r\n", p.in("tapped: not HTTP"), p.in("tapped: nor this"))
		text, _ := io.ReadAll(conn)
		answers.Write(text)
		conn.Close()
		server.CloseClientConnections()
		through.stop()
		_, out := through.end()
		kept, err := os.ReadFile(har)
		if err != nil {
			t.Fatal(err)
		}
		_, again, errs := runAt(pinnedNow(), nil, "", "check", "-v", har)
		p.absent(t, fmt.Sprintf("tap, verbose %v", verbose), out, through.errOut.String(), read(), string(kept), answers.String(), again, errs)
		if n := strings.Count(out, "/token"); n < 9 || len(kept) < 1000 || len(read()) < 1000 || !strings.Contains(answers.String(), "jwtdoctor_tap") {
			t.Errorf("%d lines, %d bytes of HAR, %d of reports, answers %q\n%s", n, len(kept), len(read()), &answers, out)
		}
	}
}

// Nor does a tap show them that cannot reach its server, or one that is asked
// wrongly what to do.
func TestPlantedThroughBrokenTap(t *testing.T) {
	p := planted{}
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	more, read := everyFormat(t)
	through := startListening(t, pinnedNow, slices.Concat([]string{"tap", closed.URL + "/token?api_key=" + p.in("tap: query of the address"), "-p", "rfc7523", "--proxy", "http://joe:" + p.in("tap: password of the proxy") + "@" + strings.TrimPrefix(closed.URL, "http://"), "-v"}, more)...)
	res, err := http.Post(through.url, "application/x-www-form-urlencoded", strings.NewReader(form(p.parameters("lost", p.jwt("lost", p.header(), p.claims())))))
	if err != nil {
		t.Fatal(err)
	}
	answer, _ := io.ReadAll(res.Body)
	res.Body.Close()
	through.stop()
	_, out := through.end()
	p.absent(t, "a tap without a server", out, through.errOut.String(), read(), string(answer))
	if res.StatusCode != http.StatusBadGateway {
		t.Errorf("%s %s", res.Status, answer)
	}
	x := p.in("a word")
	for _, args := range [][]string{
		{x}, {"https://joe:" + x + "@as.example/token"}, {"https://as.example/token#" + x}, {"https://as.example/token", "--listen", x}, {"https://as.example/token", "--once", x}, {"https://as.example/token", "--ca-out", x}, {"https://as.example/token", "--jwks", x},
		{"https://as.example/token", "--key", x}, {"https://as.example/token", "--proxy", "http://joe:" + x + "#@proxy.example"}, {"https://as.example/token", "--" + x}, {"https://as.example/token", "-f", x}, {"https://as.example/token", "-o", x + "=y"},
		{"https://as.example/token", "--prefix", x, "--once", "-1"}, {"https://as.example/token", "--har", filepath.Join(t.TempDir(), "none", x)}, {"http://127.0.0.1:1/" + x, "--serve-discovery"},
	} {
		_, out, errs := runAt(pinnedNow(), nil, "", append([]string{"tap"}, args...)...)
		p.absent(t, "tap "+strings.Join(args, " "), out, errs)
	}
}
