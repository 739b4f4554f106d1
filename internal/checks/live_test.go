package checks

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jose"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// An answer to a token request contains a token or an error; of an answer whose
// request nobody knows, that is not demanded.
func TestAnswersWithoutToken(t *testing.T) {
	token := func(a *answering) {
		a.asked("POST", testURL, "grant_type", "client_credentials", "client_assertion", "x")
	}
	revocation := func(a *answering) {
		a.asked("POST", "https://auth.acme.example/oauth2/revoke", "token", "x", "client_assertion", "y")
	}
	preflight := func(a *answering) { a.asked("OPTIONS", testURL) }
	unknown := func(*answering) {}
	for _, tt := range []struct {
		name   string
		asked  func(*answering)
		status int
		body   string
		cut    bool
		want   string
	}{
		{"a token", token, 200, goodAnswer, false, ""},
		{"204", token, 204, "", false, "response-not-json"},
		{"304", token, 304, "", false, "response-not-json"},
		{"whitespace", token, 200, " \r\n ", false, "response-not-json"},
		{"nothing", token, 200, "", false, "response-not-json"},
		{"nothing yet", token, 200, "", true, ""},
		{"the beginning of a token", token, 200, goodAnswer[:20], true, ""},
		{"an error", token, 400, badClient, false, "token-refused"},
		{"204 of a revocation", revocation, 204, "", false, ""},
		{"204 of a preflight", preflight, 204, "", false, ""},
		{"204 of nobody knows what", unknown, 204, "", false, ""},
		{"304 of nobody knows what", unknown, 304, "", false, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := healthyAnswer()
			tt.asked(a)
			a.says(tt.status, "application/json", tt.body)
			a.shape = func(r *evidence.Response) { r.Truncated = tt.cut }
			causes, _, broken := outcomes(a.judge(responseChecks()))
			if got := strings.Join(causes, " "); got != tt.want || len(broken) > 0 {
				t.Errorf("%q, want %q; broken %v", got, tt.want, broken)
			}
		})
	}
}

// A time that agrees with the clock that stamped the exchange is no local time
// in disguise: it is the clock that is off.
func TestZoneOrClock(t *testing.T) {
	sent := time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name  string
		iat   time.Duration // off the server's time
		local time.Duration // off it, too
		known bool
		want  string
	}{
		{"all agree", 0, 0, true, ""},
		{"the clock is an hour behind", -time.Hour, -time.Hour, true, "clock-behind"},
		{"the clock is an hour ahead", time.Hour, time.Hour, true, "clock-ahead"},
		{"the clock is right, and iat an hour ahead", time.Hour, 0, true, "local-time-as-utc"},
		{"the clock is right, and iat an hour behind", -time.Hour, 0, true, "local-time-as-utc"},
		{"no clock is known", time.Hour, 0, false, "local-time-as-utc"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			iat := sent.Add(tt.iat).Unix()
			c := &evidence.Case{Kind: evidence.ClientAssertion,
				Claims: evidence.Known(claimsOf(`{"iat":` + itoa(int(iat)) + `,"exp":` + itoa(int(iat)+300) + `}`))}
			if tt.known {
				c.Clock = evidence.Known(&evidence.Clock{Server: sent, Local: sent.Add(tt.local), From: "this machine's clock"})
			}
			causes, _, broken := outcomes(runAt(c, evidence.Moment{Kind: c.Kind, Now: sent, AsOf: sent, Basis: evidence.BasisDate}, (&profile.Profile{}).Compiled(), nil, []Check{timeZone(), clockSkew()}))
			if got := strings.Join(causes, " "); got != tt.want || len(broken) > 0 {
				t.Errorf("%q, want %q; broken %v", got, tt.want, broken)
			}
		})
	}
}

// What became of fetching a key set is reported as what it is.
func TestFetchedSets(t *testing.T) {
	const address = "https://client.example/jwks"
	set := evidence.Known(&evidence.Keys{Source: address, Set: jose.ParseJWKS([]byte(`{"keys":[]}`))})
	none := evidence.Missing[*evidence.Keys]("the JWKS could not be fetched")
	for _, tt := range []struct {
		name     string
		f        evidence.Fetched
		set      evidence.Fact[*evidence.Keys]
		want     string
		possible bool // and no more
		says     string
	}{
		{"well", evidence.Fetched{Status: 200, ContentType: "application/json"}, set, "", false, "status 200"},
		{"JSON labelled as a page", evidence.Fetched{Status: 200, ContentType: "text/html"}, set, "", false, "status 200"},
		{"a page", evidence.Fetched{Status: 200, ContentType: "text/html"}, none, "jwks-http-error", false, "a web page"},
		{"404", evidence.Fetched{Status: 404, ContentType: "text/html"}, none, "jwks-http-error", false, "status 404"},
		{"refused", evidence.Fetched{Trouble: "192.0.2.7:443 refuses connections", Fault: evidence.FaultConnectRefused}, none, "jwks-unreachable", false, "refuses connections | The name does not"},
		{"the body is too slow", evidence.Fetched{Status: 200, Trouble: "it began its answer and did not end it within 10s", Fault: evidence.FaultHTTPTimeout, Unended: true, Took: 10 * time.Second},
			none, "jwks-unreachable", false, "does not answer in full"},
		{"the body is cut", evidence.Fetched{Status: 200, Trouble: "the answer ended before it was complete", Fault: evidence.FaultHTTPFailed, Unended: true}, none, "jwks-unreachable", false, "Content-Length"},
		{"the proxy", evidence.Fetched{Trouble: "the proxy wants credentials", Fault: evidence.FaultProxyRefused}, none, "jwks-unreachable", true, "NO_PROXY=client.example"},
		{"TLS", evidence.Fetched{Trouble: "it is not trusted", Fault: evidence.FaultTLSUnknown}, none, "jwks-unreachable", false, "jwtdoctor probe " + address},
		{"a loop", evidence.Fetched{Status: 302, Trouble: "it redirects more than 5 times", Redirects: []string{address}}, none, "jwks-http-error", false, "redirects more than 5"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.f.URL = address
			c := &evidence.Case{JWKS: tt.set, Keys: tt.set, Fetched: evidence.Known(&tt.f)}
			all := Run(c, (&profile.Profile{}).Compiled(), nil, []Check{jwksReachable()})
			causes, _, broken := outcomes(all)
			if got := strings.Join(causes, " "); got != tt.want || len(broken) > 0 {
				t.Errorf("%q, want %q; broken %v", got, tt.want, broken)
			}
			if told := everyWord(all); !strings.Contains(told, tt.says) || strings.Contains(told, "path is wrong") && tt.f.Unended {
				t.Errorf("%q is not told in\n%s", tt.says, told)
			}
			if slices.ContainsFunc(all, func(f finding.Finding) bool { return (f.Certainty == finding.Possible) != tt.possible }) {
				t.Errorf("certainty: %v", all[0].Certainty)
			}
		})
	}
}
