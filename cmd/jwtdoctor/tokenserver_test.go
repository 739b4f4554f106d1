package main

import (
	"encoding/json"
	"net/http"
	"net/http/httputil"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// tokenServer is a server of others, which folder of e2e and profile are called
// after.
type tokenServer struct {
	name             string
	issuerPath, path string
	takes            []string // the defects it does not mind
}

var tokenServers = [...]tokenServer{
	{"oidc-provider", "", "/token", []string{"iat ahead", "an hour", "an old iat", "a scope nobody has"}},
	{"better-auth", "/api/auth", "/api/auth/oauth2/token", []string{"iat ahead", "the grant type twice"}},
}

// others is a token server under test.
type others struct {
	tokenServer
	*parties
	dir, jwks string
}

func startOthers(t *testing.T, s tokenServer) *others {
	t.Helper()
	p := &parties{key: readRSA(t, signingKey), second: readRSA(t, "../../internal/jose/testdata/keys/rsa-b.pem"), stranger: readRSA(t, "../../internal/jose/testdata/keys/rsa-c.pem")}
	origin := startNodeServer(t, s.name, p.published())
	p.issuer, p.tokenURL = origin+s.issuerPath, origin+s.path
	o := &others{tokenServer: s, parties: p, dir: t.TempDir()}
	o.jwks = o.file(t, "jwks.json", p.published())
	return o
}

func (s *others) file(t *testing.T, name, text string) string {
	t.Helper()
	name = filepath.Join(s.dir, name)
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// known are the flags that say what is known of the server and the client.
func (s *others) known() []string {
	return []string{"-p", s.name, "--client-id", "my-client", "--issuer", s.issuer, "--jwks", s.jwks}
}

// send sends an order, and returns request and answer as they went.
func (s *others) send(t *testing.T, o *order, address string) (sent, got string, status int) {
	t.Helper()
	req := o.request(t, address)
	dump, err := httputil.DumpRequestOut(req, true)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	answer, err := httputil.DumpResponse(res, true)
	if err != nil {
		t.Fatal(err)
	}
	return string(dump), string(answer), res.StatusCode
}

// judge compares what was said of a defect with what the server did.
func (s *others) judge(t *testing.T, d defect, refused bool, c reported, answer string) {
	t.Helper()
	named := c.first() == d.want
	switch taken := slices.Contains(s.takes, d.name) || d.want == ""; {
	case refused == taken:
		t.Errorf("refused is %v, first is %q: %v; the server answered\n%s", refused, c.first(), c.Diagnosis, answer)
	case refused && (!named || !c.failed()):
		t.Errorf("first is %q, want %q: %v; the server answered\n%s", c.first(), d.want, c.Diagnosis, answer)
	case !refused && (c.failed() || c.first() != "" && !named):
		t.Errorf("the server took it, and first is %q: %v", c.first(), c.Diagnosis)
	}
}

var healthy = []defect{
	{"a good request", func(*order) {}, ""},
	{"the token URL as audience", func(o *order) { o.claims["aud"] = o.tokenURL }, ""},
	{"the key by its kid", func(o *order) { o.key, o.jose["kid"] = o.second, "k2" }, ""},
	{"an audience among others", func(o *order) { o.claims["aud"] = []any{o.tokenURL, "https://elsewhere.example"} }, ""},
	{"with client_id", param("client_id", "my-client"), ""},
}

// What a token server of others refuses is explained by the one fault that was put
// into the request; what it takes is found well.
func TestTokenServers(t *testing.T) {
	for _, server := range tokenServers {
		t.Run(server.name, func(t *testing.T) {
			s := startOthers(t, server)
			t.Run("check", s.checked)
			t.Run("tap", s.tapped)
			t.Run("token", s.tokens)
		})
	}
}

// checked is request and answer given to check.
func (s *others) checked(t *testing.T) {
	again, first := healthyOrder(s.parties), ""
	rows := slices.Concat(healthy, assertionDefects, requestDefects, []defect{
		{"once", func(o *order) { *o = *again }, ""},
		{"once more", func(o *order) { *o = *again }, "jti-reused"},
	})
	for _, d := range rows {
		t.Run(d.name, func(t *testing.T) {
			o := healthyOrder(s.parties)
			d.change(o)
			sent, answer, status := s.send(t, o, o.url)
			args := append([]string{"check", "-f", "json", "--token-url", s.tokenURL}, s.known()...)
			switch d.name {
			case "once":
				first = s.file(t, "first.http", sent)
			case "once more":
				args = append(args, "--request", first)
			}
			_, out, errs := runAt(time.Now(), nil, "", append(args, "--request", s.file(t, "request.http", sent), "--response", s.file(t, "response.http", answer))...)
			var report struct{ Cases []reported }
			if err := json.Unmarshal([]byte(out), &report); err != nil || len(report.Cases) == 0 {
				t.Fatalf("%v, %s%s", err, out, errs)
			}
			s.judge(t, d, status >= 300, report.Cases[len(report.Cases)-1], answer)
		})
	}
	t.Logf("%d requests", len(rows))
}

// tapped is the application pointed at a tap.
func (s *others) tapped(t *testing.T) {
	through := startTap(t, s.tokenURL, append(s.known(), "--prefix", "/")...)
	again := healthyOrder(s.parties)
	rows := slices.Concat(healthy, assertionDefects, requestDefects, []defect{
		{"once", func(o *order) { *o = *again }, ""},
		{"once more", func(o *order) { *o = *again }, "jti-reused"},
		{"the tap as audience", func(o *order) { o.claims["aud"] = through.url }, "aud-from-tap"},
	})
	for _, d := range rows {
		t.Run(d.name, func(t *testing.T) {
			o := healthyOrder(s.parties)
			d.change(o)
			_, answer, status := s.send(t, o, strings.Replace(o.url, s.tokenURL, through.url, 1))
			s.judge(t, d, status >= 300, through.exchange(t), answer)
		})
	}
	t.Logf("%d requests", len(rows))
}

// tokens is the assertion sent by token.
func (s *others) tokens(t *testing.T) {
	n := 0
	for _, d := range slices.Concat(healthy, assertionDefects) {
		o := healthyOrder(s.parties)
		if d.change(o); !o.asIs() || d.name == "a character that does not belong" { // token refuses to send text that is not a JWT
			continue
		}
		n++
		t.Run(d.name, func(t *testing.T) {
			args := append([]string{"token", "-f", "json", "--token-url", s.tokenURL, "--assertion", s.file(t, "a.jwt", o.signed(t))}, s.known()...)
			_, out, errs := runAt(time.Now(), nil, "", args...)
			var report struct{ Cases []reported }
			if err := json.Unmarshal([]byte(out), &report); err != nil || len(report.Cases) == 0 {
				t.Fatalf("%v, %s%s", err, out, errs)
			}
			c := report.Cases[0]
			s.judge(t, d, d.want != "" && !slices.Contains(s.takes, d.name), c, errs)
		})
	}
	t.Logf("%d requests", n)
}
