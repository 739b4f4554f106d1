package probe

import (
	"compress/gzip"
	"context"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// One server, a fault a path; the last row of each pair of neighbours is its control.
func TestGet(t *testing.T) {
	release := make(chan struct{})
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	secure := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" || r.Header.Get("Cookie") != "" {
			t.Error("credentials were sent")
		}
		w.Header().Set("Content-Type", "application/json")
		switch r.URL.Path {
		case "/ok":
			fmt.Fprint(w, `{"keys":[]}`)
		case "/404":
			http.Error(w, "no", http.StatusNotFound)
		case "/html":
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, "<html>")
		case "/once":
			http.Redirect(w, r, "/ok", http.StatusFound)
		case "/loop":
			http.Redirect(w, r, "/loop", http.StatusFound)
		case "/nowhere":
			w.WriteHeader(http.StatusFound)
		case "/down":
			http.Redirect(w, r, plain.URL+"/ok", http.StatusFound)
		case "/large":
			fmt.Fprint(w, strings.Repeat("a", MaxBody+10))
		case "/bomb":
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			fmt.Fprint(z, strings.Repeat("a", 8*MaxBody))
			z.Close()
		case "/slow":
			<-release
		}
	}))
	secure.Config.ErrorLog = log.New(io.Discard, "", 0) // refused handshakes are the point of a row
	secure.StartTLS()
	defer secure.Close()
	defer close(release)
	roots := x509.NewCertPool()
	roots.AddCert(secure.Certificate())

	for _, r := range []struct {
		name    string
		address string
		client  Client
		status  int
		trouble string
		hops    int
		size    int
		cut     bool
	}{
		{"a good answer", secure.URL + "/ok", Client{Roots: roots}, 200, "", 0, 11, false},
		{"another status", secure.URL + "/404", Client{Roots: roots}, 404, "", 0, 3, false},
		{"a page", secure.URL + "/html", Client{Roots: roots}, 200, "", 0, 6, false},
		{"one redirect", secure.URL + "/once", Client{Roots: roots}, 200, "", 1, 11, false},
		{"a loop", secure.URL + "/loop", Client{Roots: roots}, 302, "redirects more than 5 times", 5, 0, false},
		{"a redirect to nowhere", secure.URL + "/nowhere", Client{Roots: roots}, 302, "without saying where", 0, 0, false},
		{"a redirect out of TLS", secure.URL + "/down", Client{Roots: roots}, 302, "from https to http", 0, 0, false},
		{"over the limit", secure.URL + "/large", Client{Roots: roots}, 200, "", 0, MaxBody, true},
		{"over the limit once unpacked", secure.URL + "/bomb", Client{Roots: roots}, 200, "", 0, MaxBody, true},
		{"no answer", secure.URL + "/slow", Client{Roots: roots, Timeout: time.Second}, 0, "no answer within 1s", 0, 0, false},
		{"an unknown authority", secure.URL + "/ok", Client{}, 0, "does not trust", 0, 0, false},
		{"plain http", plain.URL + "/ok", Client{}, 404, "", 0, 19, false},
		{"TLS spoken to plain http", "https" + strings.TrimPrefix(plain.URL, "http") + "/", Client{}, 0, "TLS", 0, 0, false},
		{"a closed port", "https://127.0.0.1:1/", Client{}, 0, "refused", 0, 0, false},
		{"no address", "keys.json", Client{}, 0, "no https address", 0, 0, false},
		{"another scheme", "file:///etc/hosts", Client{}, 0, "no https address", 0, 0, false},
		{"a password in the address", strings.Replace(secure.URL, "https://", "https://user:secret@", 1) + "/ok", Client{Roots: roots}, 200, "", 0, 11, false},
	} {
		t.Run(r.name, func(t *testing.T) {
			f := r.client.Get(t.Context(), r.address)
			if f.Status != r.status || len(f.Redirects) != r.hops || len(f.Body) != r.size || f.Cut != r.cut {
				t.Errorf("status %d, %d redirects, %d bytes, cut %v; want %d, %d, %d, %v", f.Status, len(f.Redirects), len(f.Body), f.Cut, r.status, r.hops, r.size, r.cut)
			}
			if (r.trouble == "") != (f.Trouble == "") || !strings.Contains(f.Trouble, r.trouble) {
				t.Errorf("trouble %q, want %q", f.Trouble, r.trouble)
			}
		})
	}

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if f := (Client{Roots: roots}).Get(ctx, secure.URL+"/ok"); f.Trouble != "it was interrupted" {
		t.Errorf("cancelled: %q", f.Trouble)
	}
}
