package serve

import (
	"bytes"
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/jose"
)

const (
	clientID = "example-client"
	keyID    = "example-2025"
	now      = 1760000000
	urn      = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
	redoxURL = "https://api.redoxengine.com/v2/auth/token"
)

func keyFile(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "jose", "testdata", "keys", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// jwks publishes the key of rsa-a.pem.
func jwks(t testing.TB) []byte {
	t.Helper()
	block, _ := pem.Decode(keyFile(t, "rsa-a.pem"))
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	n := base64.RawURLEncoding.EncodeToString(key.(*rsa.PrivateKey).N.Bytes())
	return fmt.Appendf(nil, `{"keys":[{"kty":"RSA","kid":%q,"use":"sig","alg":"RS384","e":"AQAB","n":%q}]}`, keyID, n)
}

// config is that of a Redox server which knows the client and its key.
func config(t testing.TB) Config {
	t.Helper()
	return Config{Options: doctor.Options{
		Profiles: []string{"redox"}, ClientID: clientID, JWKS: &doctor.Document{Source: "jwks.json", Data: jwks(t)},
		Clock: func() time.Time { return time.Unix(now, 0) },
	}}
}

// server is one that is asked only through ServeHTTP.
func server(t testing.TB, c Config) *Server {
	t.Helper()
	s, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// running is a server that answers on its address; stop ends it and returns
// what Run did.
func running(t testing.TB, c Config) (s *Server, stop func() error) {
	t.Helper()
	s, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	stop = sync.OnceValue(func() error { cancel(); return <-ended })
	t.Cleanup(func() { stop() })
	return s, stop
}

// sending is a token request in the making.
type sending struct {
	method, path, query string
	host                string
	header              map[string]any
	claims              map[string]any
	alg, key            string
	fields              map[string]string
	params              map[string]string
	body                string // in place of params
	edit                func(compact string) string
}

var ids atomic.Int64

// healthy is a request that Redox has no quarrel with.
func healthy(s *Server) *sending {
	return &sending{
		method: "POST", path: "/token", host: s.authority(), alg: "RS384", key: "rsa-a.pem",
		header: map[string]any{"alg": "RS384", "typ": "JWT", "kid": keyID},
		claims: map[string]any{"iss": clientID, "sub": clientID, "aud": redoxURL, "iat": now - 5, "exp": now + 240, "jti": fmt.Sprintf("5a1e7c9b-unlike-%09d", ids.Add(1))},
		fields: map[string]string{"Content-Type": "application/x-www-form-urlencoded", "User-Agent": "example/1.0", "Accept": "application/json"},
		params: map[string]string{"grant_type": "client_credentials", "client_assertion_type": urn, "client_assertion": "\x00"},
	}
}

func (q *sending) compact(t testing.TB) string {
	t.Helper()
	header, err := json.Marshal(q.header)
	if err != nil {
		t.Fatal(err)
	}
	claims, err := json.Marshal(q.claims)
	if err != nil {
		t.Fatal(err)
	}
	out, err := jose.Sign(q.alg, jose.ParseKeyFile(keyFile(t, q.key)).Key, header, claims)
	if err != nil {
		t.Fatal(err)
	}
	if q.edit != nil {
		out = q.edit(out)
	}
	return out
}

func (q *sending) form(t testing.TB) string {
	if q.body != "" {
		return q.body
	}
	v := url.Values{}
	for name, value := range q.params {
		if value == "\x00" {
			value = q.compact(t)
		}
		v.Set(name, value)
	}
	return v.Encode()
}

func (q *sending) request(t testing.TB, base string) *http.Request {
	t.Helper()
	target := base + q.path
	if q.query != "" {
		target += "?" + q.query
	}
	r := httptest.NewRequest(q.method, target, strings.NewReader(q.form(t)))
	if base != "" {
		var err error
		if r, err = http.NewRequestWithContext(t.Context(), q.method, target, strings.NewReader(q.form(t))); err != nil {
			t.Fatal(err)
		}
	}
	r.Host = q.host
	for _, name := range slices.Sorted(maps.Keys(q.fields)) {
		r.Header.Set(name, q.fields[name])
	}
	return r
}

// reply is an answer in full.
type reply struct {
	status int
	header http.Header
	text   string
	json   map[string]any
}

// ask sends through ServeHTTP.
func ask(t testing.TB, s *Server, r *http.Request) reply {
	t.Helper()
	if r.Host == "example.com" { // httptest's own
		r.Host = s.authority()
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return replyOf(t, w.Result())
}

func replyOf(t testing.TB, res *http.Response) reply {
	t.Helper()
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	out := reply{status: res.StatusCode, header: res.Header, text: string(b)}
	if strings.HasPrefix(res.Header.Get("Content-Type"), "application/json") && len(b) > 0 {
		if err := json.Unmarshal(b, &out.json); err != nil {
			t.Errorf("%s: %s", err, b)
		}
	}
	return out
}

// events reads the journal as a client does.
func events(t testing.TB, s *Server) []Event {
	t.Helper()
	got := ask(t, s, httptest.NewRequest("GET", journalPath, nil))
	var list struct{ Requests []Event }
	if err := json.Unmarshal([]byte(got.text), &list); err != nil {
		t.Fatal(err)
	}
	return list.Requests
}

// locked is a buffer several goroutines may write to.
type locked struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *locked) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
