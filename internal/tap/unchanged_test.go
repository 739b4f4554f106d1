package tap_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/tap"
)

// many is an answer with fields that a proxy is tempted to change.
func many(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	h := w.Header()
	h["Date"] = nil
	h["Content-Type"] = nil
	h["X-Twice"] = []string{"one", "two, three"}
	h.Set("Set-Cookie", "a=b; Path=/")
	h.Set("Server", "Token/1.0 (odd; \"quoted\")")
	h.Set("X-Empty", "")
	h.Set("Content-Length", fmt.Sprint(len(body)))
	w.WriteHeader(http.StatusUnauthorized)
	w.Write(body)
}

// What passes is the same as without the tap, both ways.
func TestNothingChanges(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	bytesOf := func(n int) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte(random.Uint32())
		}
		return string(b)
	}
	length := func(body string) string {
		return fmt.Sprintf("POST /oauth2/token HTTP/1.1\r\nHost: HOST\r\nContent-Length: %d\r\nContent-Type: application/x-www-form-urlencoded\r\nAccept: a, b\r\nAccept: c\r\nX-Forwarded-For: 192.0.2.1\r\nForwarded: for=192.0.2.1\r\nAuthorization: Basic YTpi\r\nx-odd_name: v\r\n\r\n%s", len(body), body)
	}
	chunked := "POST /oauth2/token?a=%zz;b&c HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\nUser-Agent: x\r\n\r\n5\r\nhello\r\n3\r\n, w\r\n0\r\nX-Sum: 7\r\n\r\n"
	packed := func(w http.ResponseWriter, r *http.Request) {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		io.WriteString(z, `{"error":"invalid_client"}`)
		z.Close()
		w.Header().Set("Content-Encoding", "gzip")
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusUnauthorized)
		w.Write(b.Bytes())
	}
	streamed := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Trailer", "X-End")
		w.Header().Set("Content-Type", "text/plain")
		for range 3 {
			io.WriteString(w, "part ")
			http.NewResponseController(w).Flush()
		}
		w.Header().Set("X-End", "yes")
	}
	status := func(code int, fields ...string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			for i := 0; i < len(fields); i += 2 {
				w.Header().Set(fields[i], fields[i+1])
			}
			w.WriteHeader(code)
		}
	}
	rows := []struct {
		name, request string
		answer        http.HandlerFunc
	}{
		{"a form", length("grant_type=client_credentials&a=b%20c+d"), many},
		{"no body", "POST /oauth2/token HTTP/1.1\r\nHost: HOST\r\nContent-Length: 0\r\n\r\n", many},
		{"a GET", "GET /oauth2/token?x=%2F%2f&y HTTP/1.1\r\nHost: HOST\r\nUser-Agent: \"odd\"\r\n\r\n", many},
		{"HEAD", "HEAD /oauth2/token HTTP/1.1\r\nHost: HOST\r\n\r\n", status(200, "Content-Length", "17", "Content-Type", "application/json")},
		{"another method", "PATCH /oauth2/token HTTP/1.1\r\nHost: HOST\r\nContent-Length: 2\r\n\r\n{}", many},
		{"chunked, with a trailer", chunked, many},
		{"100 Continue", strings.Replace(length("grant_type=x"), "Accept: a, b", "Expect: 100-continue", 1), many},
		{"a large body", length(bytesOf(3 << 20)), many},
		{"gzip", length("a=b"), packed},
		{"streamed, with a trailer", length("a=b"), streamed},
		{"204", length("a=b"), status(204)},
		{"304", length("a=b"), status(304, "ETag", `"x"`)},
		{"a redirect", length("a=b"), status(302, "Location", "/login?next=1")},
		{"307", length("a=b"), status(307, "Location", "https://elsewhere.example/token")},
		{"a challenge", length("a=b"), status(401, "WWW-Authenticate", `Bearer realm="x", error="invalid_token"`)},
		{"503", length("a=b"), status(503, "Retry-After", "7")},
	}
	for n := range 20 {
		body := bytesOf(1 + random.IntN(5000))
		rows = append(rows, struct {
			name, request string
			answer        http.HandlerFunc
		}{fmt.Sprintf("random %d", n), length(body), many})
	}
	for _, kind := range []string{"http", "https", "http/2"} {
		t.Run(kind, func(t *testing.T) {
			var s *server
			var change func(*tap.Config)
			if kind == "http" {
				s = newServer(t, nil)
			} else {
				s = newTLSServer(t, kind == "http/2", nil)
				change = roots(s)
			}
			r := start(t, s.URL+"/oauth2/token", change)
			for _, row := range rows {
				t.Run(row.name, func(t *testing.T) {
					s.answer = row.answer
					head := strings.HasPrefix(row.request, "HEAD")
					direct := described(raw(t, s.URL, row.request, head))
					want := s.last(t)
					through := described(raw(t, r.Base(), row.request, head))
					have := s.last(t)
					if kind == "http/2" {
						if have.Proto != "HTTP/2.0" {
							t.Errorf("spoken was %s", have.Proto)
						}
						// What HTTP/2 does not have, or frames otherwise.
						have.Proto, have.Chunked = want.Proto, want.Chunked
						direct, through = withoutFraming(direct), withoutFraming(through)
						for _, name := range []string{"Content-Length", "Expect"} {
							want.Header.Del(name)
							have.Header.Del(name)
						}
					}
					if !reflect.DeepEqual(want, have) {
						want.Body, have.Body = want.Body[:min(len(want.Body), 100)], have.Body[:min(len(have.Body), 100)]
						t.Errorf("the server got\n%+v\nwithout the tap\n%+v", have, want)
					}
					if direct != through {
						t.Errorf("the client got\n%s\nwithout the tap\n%s", through, direct)
					}
				})
			}
		})
	}
}

// withoutFraming leaves out what an answer over HTTP/2 need not have.
func withoutFraming(answer string) string {
	answer = strings.Replace(answer, "[chunked]", "[]", 1)
	var kept []string
	for line := range strings.Lines(answer) {
		if !strings.HasPrefix(line, "Content-Length:") {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "")
}

// A redirect is passed on and not followed, and the case says what it does.
func TestRedirectIsPassedOn(t *testing.T) {
	s := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://login.elsewhere.example/signin", http.StatusFound)
	})
	r := start(t, s.URL+"/token", nil)
	resp := raw(t, r.Base(), "POST /token HTTP/1.1\r\nHost: HOST\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 3\r\n\r\na=b", false)
	if resp.StatusCode != 302 || resp.Header.Get("Location") != "https://login.elsewhere.example/signin" {
		t.Errorf("%d %v", resp.StatusCode, resp.Header)
	}
	x := r.seen.wait(t, 1)[0]
	if lead(x.Case) != "http-redirected" {
		t.Errorf("%+v", x.Case.Diagnosis)
	}
}
