package doctor_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
)

// A POST to an API with the application's own JWT as Bearer is no token request: its
// body is what the API wants, or none. The JWT itself is judged all the same, and an
// assertion that a token endpoint gets as Bearer is still in the wrong place.
func TestOwnBearerPosts(t *testing.T) {
	const asJSON = "' -H 'Content-Type: application/json' -d "
	for _, tt := range []struct {
		name, provider, command, behind string
		set                             []string // the profile that the user names
		change                          change
		want                            string // the one cause; "" for none
	}{
		{name: "no body", provider: "github-app", command: "curl -X POST https://api.github.com/app/installations/123/access_tokens", behind: "'"},
		{name: "a JSON body", provider: "github-app", command: "curl https://api.github.com/app/installations/123/access_tokens", behind: asJSON + `'{"repositories":["r"],"permissions":{"contents":"read"}}'`},
		{name: "a statement", provider: "snowflake", command: "curl https://acme-prod.snowflakecomputing.com/api/v2/statements", behind: asJSON + `'{"statement":"select 1"}'`},
		{name: "names of OAuth", provider: "app-store-connect", command: "curl https://api.appstoreconnect.apple.com/v1/x", behind: asJSON + `'{"token":"a","scope":"b"}'`},
		{name: "a form", provider: "app-jwt", command: "curl https://api.example.test/v1/messages", behind: "' -d text=hello", set: []string{"app-jwt"}},
		{name: "a JWT that lasts too long", provider: "github-app", command: "curl -X POST https://api.github.com/app/installations/123/access_tokens", behind: "'", change: times(-60, 720), want: "lifetime-too-long"},
		{name: "an assertion at a token endpoint", provider: "epic", command: "curl -X POST https://fhir.epic.com/interconnect-fhir-oauth/oauth2/token", behind: "'", want: "assertion-as-bearer"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := realistic(tt.provider)
			if tt.change != nil {
				tt.change(e)
			}
			clock := func() time.Time { return time.Unix(now, 0) }
			got, nothing := judgePaste(t, doctor.Options{Clock: clock, Profiles: tt.set}, tt.command+" -H 'Authorization: Bearer "+e.token.compact()+tt.behind+"\n")
			if len(got) != 1 {
				t.Fatalf("%d cases: %s", len(got), nothing)
			}
			causes := failed(got[0])
			if tt.want == "" && len(causes) > 0 || tt.want != "" && !slices.Contains(causes, tt.want) {
				t.Errorf("%v under %s; want %q", causes, got[0].Profile.ID, tt.want)
			}
		})
	}
}

// A few endpoints take a form of their own, as their documents show it. At any other
// endpoint the same request is as wrong as ever.
func TestRequestsInOtherForms(t *testing.T) {
	stsJSON := func(url string) func(string) string {
		return func(jwt string) string {
			return "curl " + url + ` -H 'Content-Type: application/json' -d '{"audience":"` + googlePool +
				`","grantType":"urn:ietf:params:oauth:grant-type:token-exchange","requestedTokenType":"urn:ietf:params:oauth:token-type:access_token","scope":"https://www.googleapis.com/auth/cloud-platform","subjectTokenType":"urn:ietf:params:oauth:token-type:jwt","subjectToken":"` + jwt + `"}'`
		}
	}
	jwtToken := func(url string) func(string) string {
		return func(jwt string) string {
			return "curl " + url + " -d client_id=" + clientID + " -d client_secret=bm90LXJlYWw -d jwt_token=" + jwt
		}
	}
	awsURL := func(jwt string) string {
		return "curl 'https://sts.amazonaws.com/?Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn:aws:iam::123456789012:role/app&RoleSessionName=app&WebIdentityToken=" + jwt + "'"
	}
	for _, tt := range []struct {
		name, provider string
		command        func(jwt string) string
		want           string // a cause; "" for none at all
	}{
		{"JSON where it is documented", "google-workload-identity", stsJSON("https://sts.googleapis.com/v1/token"), ""},
		{"a GET with the token in the URL", "aws-sts-web-identity", awsURL, ""},
		{"JSON where it is not", "google-workload-identity", stsJSON("https://as.example.test/v1/token"), "content-type-json"},
		{"no grant_type where it is documented", "adobe-ims", jwtToken("https://ims-na1.adobelogin.com/ims/exchange/jwt"), ""},
		{"no grant_type where it is required", "salesforce", jwtToken("https://login.salesforce.com/services/oauth2/token"), "grant-type-missing"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			opts := doctor.Options{Clock: func() time.Time { return time.Unix(now, 0) }}
			if strings.Contains(tt.name, "where it is not") {
				opts.Profiles = []string{"rfc7523"}
			}
			got, nothing := judgePaste(t, opts, tt.command(healthyAt(tt.provider).token.compact())+"\n")
			if len(got) != 1 {
				t.Fatalf("%d cases: %s", len(got), nothing)
			}
			if causes := failed(got[0]); tt.want == "" && len(causes) > 0 || tt.want != "" && !slices.Contains(causes, tt.want) {
				t.Errorf("%v under %s; want %q", causes, got[0].Profile.ID, tt.want)
			}
		})
	}
}
