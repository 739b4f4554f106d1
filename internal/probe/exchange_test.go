package probe

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

// faults is a server with a fault a path; /ok is the control.
func faults(w http.ResponseWriter, r *http.Request, gone <-chan struct{}) {
	w.Header().Set("Content-Type", "application/json")
	path, arg, _ := strings.Cut(strings.Trim(r.URL.Path, "/"), "/")
	switch path {
	case "ok":
		io.WriteString(w, `{"ok":true}`)
	case "status":
		w.Header().Set("Retry-After", "30")
		w.WriteHeader(map[string]int{"404": 404, "405": 405, "415": 415, "429": 429, "502": 502, "503": 503}[arg])
	case "html":
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, "<!doctype html><title>Sign in</title>")
	case "label":
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, `{"ok":true}`)
	case "cut":
		w.Header().Set("Content-Length", "20")
		io.WriteString(w, `{"ok":`)
	case "to":
		status := map[string]int{"301": 301, "302": 302, "303": 303, "307": 307, "308": 308}[arg]
		http.Redirect(w, r, "/ok", status)
	case "loop":
		http.Redirect(w, r, "/loop", http.StatusFound)
	case "away":
		http.Redirect(w, r, r.URL.Query().Get("to"), http.StatusFound)
	case "nowhere":
		w.WriteHeader(http.StatusFound)
	case "large":
		chunk := bytes.Repeat([]byte("a"), 64<<10)
		for range 50 << 20 / len(chunk) {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	case "bomb":
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		chunk := make([]byte, 64<<10)
		for range 50 << 20 / len(chunk) {
			z.Write(chunk)
		}
		z.Close()
	case "nogzip":
		w.Header().Set("Content-Encoding", "gzip")
		io.WriteString(w, `{"ok":true}`)
	case "head":
		w.Header().Set("X-Long", strings.Repeat("a", 2*MaxHeaders))
	case "clock":
		d, _ := time.ParseDuration(arg)
		w.Header().Set("Date", time.Now().Add(d).UTC().Format(http.TimeFormat))
	case "slow":
		<-gone
	case "slowbody":
		io.WriteString(w, `{"ok":`)
		http.NewResponseController(w).Flush()
		<-gone
	case "hangup":
		panic(http.ErrAbortHandler)
	}
}

func TestLookHTTP(t *testing.T) {
	root := newCert(t, "Test Root", nil, authorityCert)
	good := newCert(t, host, &root, serverCert)
	secure := "https://" + host + ":" + serve(t, shows(good.sends()), faults)
	plain := "http://" + host + ":" + serve(t, nil, faults)
	strange := "https://" + host + ":" + serve(t, shows(newCert(t, host, nil, serverCert).sends()), faults)
	const moved = evidence.FaultHTTPRedirected

	for _, r := range []struct {
		name   string
		url    string
		status int
		fault  evidence.Fault
		says   string
		hops   int
		body   int
		cut    bool
	}{
		{"a good answer", secure + "/ok", 200, "", "", 0, 11, false},
		{"over plain http", plain + "/ok", 200, "", "", 0, 11, false},
		{"404", secure + "/status/404", 404, "", "", 0, 0, false},
		{"405", secure + "/status/405", 405, "", "", 0, 0, false},
		{"415", secure + "/status/415", 415, "", "", 0, 0, false},
		{"429", secure + "/status/429", 429, "", "", 0, 0, false},
		{"502", secure + "/status/502", 502, "", "", 0, 0, false},
		{"503", secure + "/status/503", 503, "", "", 0, 0, false},
		{"a login page", secure + "/html", 200, "", "", 0, 37, false},
		{"JSON labelled as a page", secure + "/label", 200, "", "", 0, 11, false},
		{"cut off", secure + "/cut", 200, evidence.FaultHTTPFailed, "before it was complete", 0, 6, true},
		{"301", secure + "/to/301", 200, moved, "redirects to https://", 1, 11, false},
		{"302", secure + "/to/302", 200, moved, "redirects to https://", 1, 11, false},
		{"303", secure + "/to/303", 200, moved, "redirects to https://", 1, 11, false},
		{"307", secure + "/to/307", 200, moved, "redirects to https://", 1, 11, false},
		{"308", secure + "/to/308", 200, moved, "redirects to https://", 1, 11, false},
		{"a loop", secure + "/loop", 302, moved, "more than 5 times", 6, 0, false},
		{"a redirect to nowhere", secure + "/nowhere", 302, moved, "without saying where", 1, 0, false},
		{"out of TLS", secure + "/away?to=" + plain + "/ok", 302, moved, "from https to http", 1, -1, false},
		{"into TLS", plain + "/away?to=" + secure + "/ok", 200, moved, "redirects to https://", 1, 11, false},
		{"to a host that does not resolve", plain + "/away?to=http://nowhere.invalid/", 302, moved, "nowhere.invalid does not resolve", 1, -1, false},
		{"to a host nobody trusts", plain + "/away?to=" + strange + "/ok", 302, moved, "self-signed", 1, -1, false},
		{"50 MB", secure + "/large", 200, "", "", 0, MaxBody, true},
		{"a gzip bomb", secure + "/bomb", 200, "", "", 0, MaxBody, true},
		{"no gzip", secure + "/nogzip", 200, evidence.FaultHTTPFailed, "not compressed the way", 0, 0, true},
		{"long headers", plain + "/head", 0, evidence.FaultHTTPFailed, "longer than 64 KiB", 0, -1, false},
		{"long headers, HTTP/2", secure + "/head", 0, evidence.FaultHTTPFailed, "longer than 64 KiB", 0, -1, false},
		{"no headers in time", plain + "/slow", 0, evidence.FaultHTTPTimeout, "does not respond within", 0, -1, false},
		{"no body in time", plain + "/slowbody", 200, evidence.FaultHTTPTimeout, "did not end it", 0, 6, true},
		{"hung up", plain + "/hangup", 0, evidence.FaultHTTPFailed, "without a response", 0, -1, false},
	} {
		t.Run(r.name, func(t *testing.T) {
			c := local(t, pool(root))
			if strings.HasSuffix(r.name, "in time") {
				c.Timeout = time.Second
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			n := c.Look(t.Context(), r.url)
			runtime.ReadMemStats(&after)
			x := n.HTTP
			if x == nil {
				t.Fatalf("nothing asked: %+v", n.TLS)
			}
			if x.Status != r.status || x.Fault != r.fault || !strings.Contains(x.Says, r.says) || (r.says == "") != (x.Says == "") || len(x.Redirects) != r.hops {
				t.Errorf("%+v; want %d, %q, %q, %d redirects", x, r.status, r.fault, r.says, r.hops)
			}
			if a := x.Response; (a == nil) != (r.status == 0) {
				t.Errorf("response %+v", a)
			} else if a != nil && (r.body >= 0 && len(a.Body) != r.body || a.Truncated != r.cut || !a.HeadersKnown || a.Headers.Value("Date") == "") {
				t.Errorf("%d bytes, cut %v; want %d, %v", len(a.Body), a.Truncated, r.body, r.cut)
			}
			if grew := after.TotalAlloc - before.TotalAlloc; grew > 24<<20 {
				t.Errorf("%d MB were used", grew>>20)
			}
		})
	}
}

func TestLookKeepsHeaders(t *testing.T) {
	plain := "http://" + host + ":" + serve(t, nil, faults)
	if got := local(t, nil).Look(t.Context(), plain+"/status/429").HTTP.Response.Headers.Value("retry-after"); got != "30" {
		t.Errorf("Retry-After %q", got)
	}
	for _, off := range []time.Duration{7 * time.Minute, -7 * time.Minute} {
		a := local(t, nil).Look(t.Context(), plain+"/clock/"+off.String()).HTTP.Response
		date, err := http.ParseTime(a.Headers.Value("Date"))
		if d := time.Until(date) - off; err != nil || d < -time.Minute || d > time.Minute {
			t.Errorf("Date %v for a clock off by %s", a.Headers.Value("Date"), off)
		}
	}
}

// A redirect may carry a code or a token, which is not written down.
func TestRedirectsAreCleaned(t *testing.T) {
	plain := "http://" + host + ":" + serve(t, nil, faults)
	to := local(t, nil).Look(t.Context(), plain+"/away?to="+"%2Fok%3Fcode%3Dhunter2").HTTP.Redirects[0].To
	if to != plain+"/ok" {
		t.Errorf("to %s", to)
	}
	to = local(t, nil).Look(t.Context(), plain+"/away?to="+"%2Fok%3Fpage%3D2").HTTP.Redirects[0].To
	if to != plain+"/ok?page=2" {
		t.Errorf("to %s", to)
	}
}

// What is wrong with the head of an answer is reported, as far as net/http says.
func TestHeaderFaults(t *testing.T) {
	for _, r := range []struct{ name, answer, says string }{
		{"well", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX: a:b\r\n\r\n{}", ""},
		{"the same length twice", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n{}", ""},
		{"a negative length", "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n{}", "Content-Length that HTTP does not allow"},
		{"two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}", "Content-Length that HTTP does not allow"},
		{"a line without a colon", "HTTP/1.1 200 OK\r\nContent-Length -5\r\n\r\n{}", "a header line that is none"},
		{"another encoding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: zip\r\n\r\n{}", "Transfer-Encoding that HTTP does not know"},
		{"something else", "220 mail.example ESMTP\r\n", "is not HTTP"},
	} {
		t.Run(r.name, func(t *testing.T) {
			port := serve(t, nil, func(w http.ResponseWriter, _ *http.Request, _ <-chan struct{}) {
				conn, _, err := http.NewResponseController(w).Hijack()
				if err != nil {
					t.Error(err)
					return
				}
				io.WriteString(conn, r.answer)
				conn.Close()
			})
			x := local(t, nil).Look(t.Context(), "http://"+host+":"+port+"/token").HTTP
			if !strings.Contains(x.Says, r.says) || (r.says == "") != (x.Fault == "") {
				t.Errorf("%q, %q; want %q", x.Fault, x.Says, r.says)
			}
		})
	}
}
