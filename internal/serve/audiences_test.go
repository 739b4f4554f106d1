package serve

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
)

// audServer is a server of a profile that verifies no signature: what is asked
// is whether aud is right.
func audServer(t *testing.T, id string) *Server {
	t.Helper()
	return server(t, Config{Options: doctor.Options{Profiles: []string{id}, Clock: func() time.Time { return time.Unix(now, 0) }}})
}

// audFaults are the causes of a request with this aud that concern aud.
func audFaults(t *testing.T, s *Server, aud any) (out []string) {
	t.Helper()
	q := healthy(s)
	q.claims["aud"] = aud
	if s.profile.Kind == grantKind {
		q.params = map[string]string{"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": "\x00"}
	}
	ask(t, s, q.request(t, ""))
	told := events(t, s)
	for _, c := range told[len(told)-1].Causes {
		if strings.HasPrefix(c, "aud-") {
			out = append(out, c)
		}
	}
	return out
}

// What is right at the provider is right here, and so is the server's own address;
// what is right nowhere is not.
func TestAudiences(t *testing.T) {
	for _, r := range []struct {
		profile string
		right   []string
		wrong   map[string]string // the cause
	}{
		{"docusign", []string{"account-d.docusign.com", "account.docusign.com", "OWN-HOST", "OWN"}, map[string]string{"na1.docusign.net": "aud-mismatch"}},
		{"google-service-account", []string{"https://oauth2.googleapis.com/token", "OWN"}, map[string]string{"https://elsewhere.example/token": "aud-mismatch"}},
		// Customers have their own addresses, which no profile lists.
		{"okta", []string{"https://acme.okta.com/oauth2/v1/token", "https://acme.okta.com/oauth2/default/v1/token", "OWN"}, map[string]string{
			"https://elsewhere.example/oauth2/v1/token":    "aud-mismatch",
			"https://acme.okta.com":                        "aud-mismatch",
			"https://acme.okta.com/oauth2/v1/token/":       "aud-mismatch",
			"https://okta.com.example.net/oauth2/v1/token": "aud-mismatch",
			"OWN/": "aud-trailing-slash",
		}},
		{"keycloak", []string{"https://sso.example.com/realms/acme/protocol/openid-connect/token", "OWN"}, map[string]string{"https://sso.example.com/other": "aud-mismatch"}},
		{"epic", []string{"https://fhir.epic.com/interconnect-fhir-oauth/oauth2/token", "https://ehr.hospital.example/interconnect-prd/oauth2/token", "OWN"},
			map[string]string{"https://ehr.hospital.example/other/token": "aud-mismatch", "OWN/": "aud-trailing-slash"}},
		{"rfc7523", []string{"OWN"}, map[string]string{"https://elsewhere.example/token": "aud-mismatch"}},
		// Which value is right no document says: none is wrong, and a slip is one.
		{"wso2", []string{"https://elsewhere.example/any", "an-alias", "OWN"}, map[string]string{"OWN/": "aud-trailing-slash"}},
		// Each region has a host, and not all are named.
		{"redox", []string{redoxURL, "OWN", "https://other.redoxengine.com/v2/auth/token"}, map[string]string{"https://other.example/v2/auth/token": "aud-mismatch"}},
	} {
		s := audServer(t, r.profile)
		real := func(v string) string {
			return strings.Replace(strings.Replace(v, "OWN-HOST", s.authority(), 1), "OWN", s.URL(), 1)
		}
		for _, v := range r.right {
			if got := audFaults(t, s, real(v)); got != nil {
				t.Errorf("%s: aud %s: %v", r.profile, v, got)
			}
		}
		for v, want := range r.wrong {
			if got := audFaults(t, s, real(v)); !slices.Equal(got, []string{want}) {
				t.Errorf("%s: aud %s: %v, want %s", r.profile, v, got, want)
			}
		}
	}
}

// What is expected follows first from the name and path the client uses.
func TestAudienceInUseIsToldFirst(t *testing.T) {
	for _, host := range []string{"127.0.0.1", "localhost"} {
		var out locked
		c := config(t)
		c.Out = &out
		s := server(t, c)
		_, port := s.hostPort()
		q := healthy(s)
		q.host = host + ":" + port
		q.claims["aud"] = "https://elsewhere.example/token"
		ask(t, s, q.request(t, ""))
		if want := "http://" + q.host + "/token"; !strings.Contains(out.String(), `fix: aud = "`+want+`"`) {
			t.Errorf("asked as %s, the line does not expect %s:\n%s", host, want, out.String())
		}
	}
}

// Reading aud out of a request is a glance that nothing upsets.
func TestPresented(t *testing.T) {
	for body, want := range map[string]int{
		"": 0,
		"client_assertion=" + strings.Repeat(".", 1000): 0,
		"client_assertion=e30.e30.AA":                   0,
		"client_assertion=e30.eyJhdWQiOiJ4In0.AA":       1,
		"assertion=e30.eyJhdWQiOlsieCIsMSwieSJdfQ.AA":   2,
		"assertion=%zz&client_assertion=a.b":            0,
	} {
		if got := presented([]byte(body)); len(got) != want {
			t.Errorf("%.60q: %v", body, got)
		}
	}
}
