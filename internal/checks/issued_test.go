package checks

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

func claimsOf(text string) *evidence.Object {
	v, _ := jsonspan.Scan([]byte(text), jsonspan.Limits{})
	return &evidence.Object{Part: finding.PartClaims, Raw: []byte(text), Value: v}
}

func TestIssuedTokenChecks(t *testing.T) {
	const issuer = "https://auth.acme.example"
	tests := []struct {
		name   string
		kind   evidence.Kind
		claims string
		change func(*evidence.Case, *profile.Profile)
		want   string
		says   string
	}{
		{"healthy ID token", evidence.IDToken, `{"iss":"` + issuer + `","aud":"client-1"}`, nil, "", ""},
		{"healthy: an array", evidence.IDToken, `{"iss":"` + issuer + `","aud":["x","client-1"],"azp":"client-1"}`, nil, "", ""},
		{"healthy: azp of another, one aud", evidence.IDToken, `{"iss":"` + issuer + `","aud":"client-1","azp":"app-2"}`, nil, "", ""},
		{"another issuer", evidence.IDToken, `{"iss":"https://other.example","aud":"client-1"}`, nil, "token-iss-mismatch", "not the expected issuer"},
		{"a slash", evidence.IDToken, `{"iss":"` + issuer + `/","aud":"client-1"}`, nil, "token-iss-mismatch", "trailing slash"},
		{"http", evidence.IDToken, `{"iss":"http://auth.acme.example","aud":"client-1"}`, nil, "token-iss-mismatch", "scheme"},
		{"another case", evidence.IDToken, `{"iss":"https://auth.ACME.example","aud":"client-1"}`, nil, "token-iss-mismatch", "case"},
		{"no iss", evidence.IDToken, `{"aud":"client-1"}`, nil, "token-iss-mismatch", "no iss"},
		{"no iss in an access token", evidence.AccessToken, `{"aud":"api"}`, nil, "", ""},
		{"issuer unknown", evidence.IDToken, `{"iss":"x","aud":"client-1"}`, func(c *evidence.Case, p *profile.Profile) { c.Expect.Issuer = "" }, "", ""},
		{"the profile's issuer", evidence.IDToken, `{"iss":"https://x.example","aud":"client-1"}`, func(c *evidence.Case, p *profile.Profile) {
			c.Expect.Issuer = ""
			p.Envs = []profile.Environment{{Name: "production", Issuer: issuer}, {Name: "test", Issuer: "https://test.acme.example"}}
		}, "token-iss-mismatch", issuer},
		{"any environment's", evidence.IDToken, `{"iss":"https://test.acme.example","aud":"client-1"}`, func(c *evidence.Case, p *profile.Profile) {
			c.Expect.Issuer = ""
			p.Envs = []profile.Environment{{Name: "production", Issuer: issuer}, {Name: "test", Issuer: "https://test.acme.example"}}
		}, "", ""},
		{"--env's alone", evidence.IDToken, `{"iss":"https://test.acme.example","aud":"client-1"}`, func(c *evidence.Case, p *profile.Profile) {
			c.Expect.Issuer, c.Expect.Env = "", "production"
			p.Envs = []profile.Environment{{Name: "production", Issuer: issuer}, {Name: "test", Issuer: "https://test.acme.example"}}
		}, "token-iss-mismatch", ""},
		{"one environment undocumented", evidence.IDToken, `{"iss":"https://x.example","aud":"client-1"}`, func(c *evidence.Case, p *profile.Profile) {
			c.Expect.Issuer = ""
			p.Envs = []profile.Environment{{Name: "production", Issuer: issuer}, {Name: "test"}}
		}, "", ""},
		{"another client", evidence.IDToken, `{"iss":"` + issuer + `","aud":"client-2"}`, nil, "token-aud-mismatch", "client ID"},
		{"another case of it", evidence.IDToken, `{"iss":"` + issuer + `","aud":"Client-1"}`, nil, "token-aud-mismatch", "upper and lower case"},
		{"no aud", evidence.IDToken, `{"iss":"` + issuer + `"}`, nil, "token-aud-mismatch", "no aud"},
		{"azp of another", evidence.IDToken, `{"iss":"` + issuer + `","aud":["client-1","x"],"azp":"x"}`, nil, "token-aud-mismatch", "azp"},
		{"client unknown", evidence.IDToken, `{"iss":"` + issuer + `","aud":"x"}`, func(c *evidence.Case, p *profile.Profile) { c.Expect.ClientID = "" }, "", ""},
		{"an access token for the API", evidence.AccessToken, `{"iss":"` + issuer + `","aud":"api"}`, func(c *evidence.Case, p *profile.Profile) { c.Expect.Aud = []string{"api"} }, "", ""},
		{"an access token for another", evidence.AccessToken, `{"iss":"` + issuer + `","aud":"other"}`, func(c *evidence.Case, p *profile.Profile) { c.Expect.Aud = []string{"api"} }, "token-aud-mismatch", "audience you gave"},
		{"an access token, audience unknown", evidence.AccessToken, `{"iss":"` + issuer + `","aud":"other"}`, nil, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := &evidence.Case{Kind: tt.kind, Expect: evidence.Expect{Issuer: issuer, ClientID: "client-1"}, Claims: evidence.Known(claimsOf(tt.claims)),
				Issued: evidence.Known(&evidence.Issued{Kind: tt.kind, From: "the token", Claims: claimsOf(tt.claims)})}
			p := &profile.Profile{ID: "acme", Name: "Acme"}
			if tt.change != nil {
				tt.change(c, p)
			}
			all := Run(c, p.Compiled(), nil, []Check{tokenIssuer(), tokenAudience()})
			causes, _, broken := outcomes(all)
			if diff := cmp.Diff(strings.Fields(tt.want), append([]string{}, causes...)); diff != "" || len(broken) > 0 {
				t.Errorf("causes (-want +got):\n%s%v", diff, broken)
			}
			sayOnly(t, all, tt.says)
		})
	}
}

// TestIssuedInResponse checks that the token of a response is meant for the
// client that sent the assertion, and that --aud is the assertion's.
func TestIssuedInResponse(t *testing.T) {
	for aud, want := range map[string]string{"client-1": "", "client-2": "token-aud-mismatch"} {
		a := healthyAnswer()
		a.body = `{"access_token":"tok-abcdefghijkl","token_type":"Bearer","id_token":"` + idToken(`{"aud":"`+aud+`"}`) + `"}`
		a.c.Expect.Aud = []string{testURL}
		a.c.Claims = evidence.Known(claimsOf(`{"iss":"client-1","sub":"client-1"}`))
		a.c.Issued = evidence.Known(&evidence.Issued{Kind: evidence.IDToken, From: "the id_token of the response", Claims: claimsOf(`{"aud":"` + aud + `"}`), InResponse: true})
		all := a.judge([]Check{tokenAudience()})
		causes, _, _ := outcomes(all)
		if got := strings.Join(causes, " "); got != want {
			t.Errorf("%s: %q, want %q", aud, got, want)
		}
		sayOnly(t, all, "", "c2lnbmF0dXJl")
		if want != "" && (len(all[0].At) == 0 || all[0].At[0].Pointer != "/id_token") {
			t.Errorf("it points to %+v", all[0].At)
		}
	}
}

func TestClockSkew(t *testing.T) {
	server := time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)
	iat := func(after time.Duration) string { return `{"iat":` + itoa(int(server.Add(after).Unix())) + `}` }
	tests := []struct {
		name   string
		local  time.Duration // less than -24h for none
		took   time.Duration
		claims string
		change func(*answering)
		want   string
		says   string
	}{
		{"healthy", 0, 0, "", nil, "", ""},
		{"within the skew", 11 * time.Second, 0, "", nil, "", ""},
		{"beyond it", 12 * time.Second, 0, "", nil, "clock-ahead", "12s ahead"},
		{"behind within", -11 * time.Second, 0, "", nil, "", ""},
		{"behind beyond", -12 * time.Second, 0, "", nil, "clock-behind", "12s behind"},
		{"a slow exchange", 40 * time.Second, 30 * time.Second, "", nil, "", ""},
		{"a slow exchange and a clock", 42 * time.Second, 30 * time.Second, "", nil, "clock-ahead", ""},
		{"minutes", 5 * time.Minute, 0, "", nil, "clock-ahead", "timedatectl"},
		{"the profile's skew", 50 * time.Second, 0, "", func(a *answering) {
			a.p.Rules = append(a.p.Rules, profile.TimeSkew.Is(time.Minute))
		}, "", ""},
		{"from a cache", 5 * time.Minute, 0, "", func(a *answering) { a.header("Age", "300") }, "", ""},
		{"not from a cache", 5 * time.Minute, 0, "", func(a *answering) { a.header("Age", "0") }, "clock-ahead", ""},
		{"iat beyond Date", -48 * time.Hour, 0, iat(time.Minute), nil, "clock-ahead", "iat is 1m ahead"},
		{"iat just beyond Date", -48 * time.Hour, 0, iat(11 * time.Second), nil, "", ""},
		{"iat before Date", -48 * time.Hour, 0, iat(-time.Hour), nil, "", ""},
		{"iat beyond Date, the stamps agree", 0, 0, iat(time.Minute), nil, "clock-ahead", "signs"},
		{"iat in milliseconds", -48 * time.Hour, 0, `{"iat":1795248060000}`, nil, "", ""},
		{"iat as text", -48 * time.Hour, 0, `{"iat":"2027-11-21"}`, nil, "", ""},
		{"iat of an access token", -48 * time.Hour, 0, iat(time.Minute), func(a *answering) { a.c.Kind = evidence.AccessToken }, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := healthyAnswer()
			if tt.claims != "" {
				a.c.Claims = evidence.Known(claimsOf(tt.claims))
			}
			k := &evidence.Clock{Server: server, Took: tt.took, From: "the HAR entry"}
			if tt.local > -24*time.Hour {
				k.Local = server.Add(tt.local)
			}
			a.c.Clock = evidence.Known(k)
			if tt.change != nil {
				tt.change(a)
			}
			all := a.judge([]Check{clockSkew()})
			causes, _, broken := outcomes(all)
			if diff := cmp.Diff(strings.Fields(tt.want), append([]string{}, causes...)); diff != "" || len(broken) > 0 {
				t.Errorf("causes (-want +got):\n%s%v", diff, broken)
			}
			sayOnly(t, all, tt.says)
		})
	}
	// A time in another unit or zone explains an iat ahead better than the clock.
	for _, cause := range []finding.CauseID{"local-time-as-utc", "time-in-milliseconds", "time-as-string"} {
		c := &Ctx{Case: &evidence.Case{Kind: evidence.ClientAssertion, Claims: evidence.Known(claimsOf(iat(time.Hour))),
			Clock: evidence.Known(&evidence.Clock{Server: server})}, Kind: evidence.ClientAssertion, Rules: (&profile.Profile{}).Compiled(), Profile: &profile.Profile{}, Failed: func(id finding.CauseID) bool { return id == cause }}
		if v := judgeClock(c); len(v.Faults) > 0 {
			t.Errorf("beside %s: %+v", cause, v.Faults[0])
		}
	}
}

// TestThumbprintEcho checks what the echo of an answer tells, by its length in
// hexadecimal characters.
func TestThumbprintEcho(t *testing.T) {
	one, two := sha1.Sum([]byte("certificate")), sha256.Sum256([]byte("certificate"))
	hex1, hex2 := hex.EncodeToString(one[:]), hex.EncodeToString(two[:])
	colons := func(s string) string {
		var out []string
		for i := 0; i < len(s); i += 2 {
			out = append(out, s[i:i+2])
		}
		return strings.Join(out, ":")
	}
	grouped := func(s string) string { return s[:8] + " " + s[8:16] + " " + s[16:24] + " " + s[24:32] + " " + s[32:] }
	asIs := func(text string) []byte { b, _ := base64.RawURLEncoding.DecodeString(text); return b }
	tests := []struct {
		name, want, says string
		echo             []byte
		length           int
	}{
		{"a SHA-1", "x5t-wrong-certificate", "no certificate registered with the server has it", one[:], 40},
		{"a SHA-256", "x5t-wrong-digest", "x5t#S256", two[:], 64},
		{"hex of a SHA-1", "x5t-hex-encoded", "40 characters", []byte(hex1), 80},
		{"with colons", "x5t-hex-encoded", "colons", []byte(strings.ToUpper(colons(hex1))), 118},
		{"hex of a SHA-256", "x5t-hex-encoded", "64 characters", []byte(hex2), 128},
		{"with a line end", "x5t-hex-encoded", "line end", []byte(hex1 + "\n"), 82},
		{"in groups, with a line end", "x5t-hex-encoded", "spaces and a line end", []byte(grouped(hex1) + "\n"), 90},
		{"bare hex", "x5t-hex-encoded", "in hex", asIs(hex1), 60},
		{"bare hex of a SHA-256", "x5t-hex-encoded", "in hex", asIs(hex2), 96},
		{"a GUID", "x5t-not-a-digest", "GUID", asIs("0f8fad5b-d9cb-469f-a165-70867728950e"), 54},
		{"base64 twice", "x5t-encoded-twice", "once more", []byte(base64.RawURLEncoding.EncodeToString(one[:])), 54},
		{"none", "", "", nil, 0},
	}
	entra, err := profile.Load("entra")
	if err != nil {
		t.Fatal(err)
	}
	refused := func(description string) *answering {
		a := healthyAnswer()
		a.says(401, "application/json", `{"error":"invalid_client","error_description":"`+description+`"}`)
		fit, _ := entra.Recognised(profile.Answer{Status: 401, Error: "invalid_client", Description: description})
		a.symptom = fit.Symptom
		return a
	}
	answer := func(echo []byte) *answering {
		text := "AADSTS700027: The certificate with identifier used to sign the client assertion is not registered on application. [Reason - The key was not found."
		if echo != nil {
			text += ", Thumbprint of key used by client: '" + strings.ToUpper(hex.EncodeToString(echo)) + "', Please visit"
		}
		return refused(text)
	}
	// Where the thumbprint led to a key, it is not x5t that is wrong.
	for _, reason := range []string{"Key was found, but use of the key to verify the signature failed.", "The provided signature value did not match the expected signature value."} {
		a := refused("AADSTS700027: Client assertion contains an invalid signature. [Reason - " + reason + ", Thumbprint of key used by client: '" + strings.ToUpper(hex1) + "']")
		if causes, _, _ := outcomes(a.judge([]Check{headerX5t()})); len(causes) > 0 {
			t.Errorf("%s: %v", reason, causes)
		}
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := 2 * len(tt.echo); got != tt.length {
				t.Fatalf("the echo has %d characters, not %d", got, tt.length)
			}
			all := answer(tt.echo).judge([]Check{headerX5t()})
			causes, _, broken := outcomes(all)
			if diff := cmp.Diff(strings.Fields(tt.want), append([]string{}, causes...)); diff != "" || len(broken) > 0 {
				t.Errorf("causes (-want +got):\n%s%v", diff, broken)
			}
			sayOnly(t, all, tt.says)
			// With the header in hand, the same cause is reported once, of the header.
			if tt.echo == nil {
				return
			}
			a := answer(tt.echo)
			a.c.Header = evidence.Known(&evidence.Object{Part: finding.PartHeader,
				Value: claimsOf(`{"x5t":"` + base64.RawURLEncoding.EncodeToString(tt.echo) + `"}`).Value})
			if causes, _, _ := outcomes(a.judge([]Check{headerX5t()})); strings.Join(causes, " ") != tt.want {
				t.Errorf("with the header: %v, want %s", causes, tt.want)
			}
		})
	}
	// An answer to another assertion says nothing of this header.
	a := answer(one[:])
	a.c.Header = evidence.Known(&evidence.Object{Part: finding.PartHeader, Value: claimsOf(`{"x5t":"` + base64.RawURLEncoding.EncodeToString(two[:20]) + `"}`).Value})
	if causes, _, _ := outcomes(a.judge([]Check{headerX5t()})); len(causes) > 0 {
		t.Errorf("of another assertion: %v", causes)
	}
	if all := healthyAnswer().judge([]Check{headerX5t()}); all[0].Outcome != finding.Skip {
		t.Errorf("without header and echo: %+v", all[0])
	}
}
