package doctor_test

import (
	"slices"
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
		{name: "a JWT that has expired", provider: "github-app", command: "curl -X POST https://api.github.com/app/installations/123/access_tokens", behind: "'", change: times(60, 720), want: "lifetime-too-long"},
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
