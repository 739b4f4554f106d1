package doctor_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// Where several causes would fit, the one that the table names leads, and the
// other is its consequence or is not there at all: never its own error.
func TestWhichCauseLeads(t *testing.T) {
	claims := func(change func(*members)) func(*exchange) { return func(e *exchange) { change(&e.token.claims) } }
	header := func(change func(*members)) func(*exchange) { return func(e *exchange) { change(&e.token.header) } }
	for _, tt := range []struct {
		name, provider string
		change         func(*exchange)
		first, second  string
	}{
		{"a placeholder before all", "redox", func(e *exchange) {
			e.set("client_assertion", "YOUR_JWT_ASSERTION")
			e.method = "PUT"
		}, "placeholder-left", ""},
		{"sub with --client-id", "redox", claims(func(m *members) { m.set("sub", "somebody") }), "sub-not-client-id", "iss-sub-differ"},
		{"iss with --client-id", "redox", claims(func(m *members) { m.set("iss", "somebody") }), "iss-not-client-id", "iss-sub-differ"},
		{"sub without --client-id", "redox", func(e *exchange) { e.opts.ClientID = ""; e.token.claims.set("sub", "somebody") }, "iss-sub-differ", ""},
		{"another environment", "singpass", func(e *exchange) { e.url = "https://stg-id.singpass.gov.sg/token" }, "url-wrong-environment", "url-not-token-endpoint"},
		{"percent-encoding", "redox", func(e *exchange) {
			e.set("client_assertion", url.QueryEscape(strings.ReplaceAll(e.token.compact(), ".", "%2E")))
		}, "percent-encoded", "base64-invalid-character"},
		{"a gateway's page", "redox", func(e *exchange) {
			e.says("Content-Type", "text/html")
			e.answers(403, "<html><head><title>403 Forbidden</title></head><body><center><h1>403 Forbidden</h1></center><hr><center>nginx</center></body></html>")
		}, "answered-by-gateway", "response-not-json"},
		{"framing", "redox", func(e *exchange) {
			e.field("Expect", "100-continue")
			e.answers(417, "")
		}, "framing-refused", "endpoint-not-found"},
		{"kid where the profile requires it", "redox", header(func(m *members) { m.del("kid") }), "kid-missing", "kid-ambiguous"},
		{"a long lifetime, iat near now", "redox", claims(func(m *members) { m.set("exp", now+3600) }), "lifetime-too-long", "exp-too-far"},
		{"exp far, no iat", "epic", claims(func(m *members) { m.del("iat"); m.del("nbf"); m.set("exp", now+3600) }), "exp-too-far", "lifetime-too-long"},
		{"JSON in header and body", "redox", func(e *exchange) {
			e.field("Content-Type", "application/json")
			e.raw = fmt.Sprintf(`{"grant_type":"client_credentials","client_assertion_type":%q,"client_assertion":%q}`, assertionType, e.token.compact())
		}, "content-type-json", "body-json"},
		{"JSON under a form's header", "redox", func(e *exchange) {
			e.raw = fmt.Sprintf(`{"grant_type":"client_credentials","client_assertion_type":%q,"client_assertion":%q}`, assertionType, e.token.compact())
		}, "body-json", "content-type-json"},
		{"multipart", "redox", func(e *exchange) {
			e.field("Content-Type", "multipart/form-data; boundary=x")
			e.raw = "--x\r\nContent-Disposition: form-data; name=\"grant_type\"\r\n\r\nclient_credentials\r\n--x\r\nContent-Disposition: form-data; name=\"client_assertion_type\"\r\n\r\n" + assertionType +
				"\r\n--x\r\nContent-Disposition: form-data; name=\"client_assertion\"\r\n\r\n" + e.token.compact() + "\r\n--x--\r\n"
		}, "body-multipart", "content-type-other"},
		{"a GET with the parameters in the URL", "redox", func(e *exchange) {
			e.method, e.url, e.params = "GET", e.url+"?"+e.form(), nil
			e.unfield("Content-Type")
		}, "method-not-post", "params-in-url"},
		{"a hyphen in client_assertion", "redox", func(e *exchange) { e.rename("client_assertion", "client-assertion") }, "assertion-misnamed", "parameter-misspelt"},
		{"assertion under its short name", "redox", func(e *exchange) { e.rename("client_assertion", "assertion") }, "assertion-misnamed", "parameter-misspelt"},
		{"a fault and a 500", "redox", func(e *exchange) { e.token.header.set("alg", "RS256"); e.answers(500, "oops") }, "alg-not-accepted", "server-failed"},
		{"a fault and a 503 in JSON", "epic", func(e *exchange) {
			e.token.claims.del("exp")
			e.answers(503, `{"error":"temporarily_unavailable"}`)
		}, "exp-missing", "server-failed"},
		{"milliseconds", "redox", claims(func(m *members) { m.set("iat", now*1000); m.set("exp", (now+200)*1000) }), "time-in-milliseconds", "exp-too-far"},
		{"iat in milliseconds alone", "epic", claims(func(m *members) { m.set("iat", now*1000) }), "time-in-milliseconds", "iat-in-future"},
		{"an access token", "redox", func(e *exchange) {
			e.token.header.set("typ", "at+jwt")
			e.token.claims.set("iss", "https://as.example.test")
			e.token.claims.set("scope", "system/*.read")
		}, "access-token-as-assertion", "typ-not-accepted"},
		{"at+jwt on a client's own", "redox", header(func(m *members) { m.set("typ", "at+jwt") }), "typ-not-accepted", "access-token-as-assertion"},
		{"a zone ahead", "epic", claims(func(m *members) { m.set("iat", now+7200); m.set("nbf", now+7200); m.set("exp", now+7200+240) }), "local-time-as-utc", "iat-in-future"},
		{"a zone behind", "redox", claims(func(m *members) { m.set("iat", now-19800); m.set("exp", now-19800+240) }), "local-time-as-utc", "exp-past"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := healthyExchange(tt.provider)
			tt.change(e)
			leads(t, e.judge(t), tt.first, tt.second)
		})
	}
}

// leads checks that a cause leads a case, and that another is not a separate fault.
func leads(t *testing.T, c finding.Case, first, second string) {
	t.Helper()
	d := diagnosis(c)
	if len(d) == 0 || d[0] != first {
		t.Errorf("diagnosis %v, want %s first; found %v", d, first, failed(c))
	}
	if second != "" && slices.Contains(d, second) {
		t.Errorf("%s is in the diagnosis %v", second, d)
	}
	for _, f := range c.Findings {
		if f.Failed() && string(f.Cause) == second && (f.Severity != finding.Note || f.ConsequenceOf == "") {
			t.Errorf("%s is %s, a consequence of %q", second, f.Severity, f.ConsequenceOf)
		}
	}
}

func TestWhichCauseLeadsWithKeys(t *testing.T) {
	ring := testKeys(t)
	for _, tt := range []struct {
		name          string
		change        func(*signed)
		first, second string
	}{
		{"two keys share the kid", func(s *signed) {
			s.keys = []any{rsaJWK(&ring.rsaA.PublicKey, "rsa-a"), rsaJWK(&ring.rsaB.PublicKey, "rsa-a")}
		}, "jwks-kid-duplicate", "kid-ambiguous"},
		{"kid of another key, of another kind", func(s *signed) { s.header.set("kid", "ec-1") }, "signed-by-other-key", "key-alg-mismatch"},
		{"no kid, several keys", func(s *signed) {
			s.header.del("kid")
			s.keys = []any{rsaJWK(&ring.rsaA.PublicKey, "rsa-a"), rsaJWK(&ring.rsaB.PublicKey, "rsa-b")}
		}, "kid-missing", "kid-ambiguous"},
		{"no kid, no rule about it", func(s *signed) {
			s.opts.Profiles = []string{"rfc7523"}
			s.header.del("kid")
			s.keys = []any{rsaJWK(&ring.rsaA.PublicKey, "rsa-a"), rsaJWK(&ring.rsaB.PublicKey, "rsa-b")}
		}, "kid-ambiguous", "kid-missing"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := healthySigned(ring)
			tt.change(s)
			leads(t, s.run(t), tt.first, tt.second)
		})
	}
}
