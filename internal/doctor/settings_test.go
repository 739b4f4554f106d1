package doctor_test

import (
	"slices"
	"strings"
	"testing"
)

// Files of settings are no token requests: of them the assertion is checked, and what
// they leave out is not missing. %J is a healthy assertion, %A one for another server, %T
// the type of assertions, %C the client.
func TestSettings(t *testing.T) {
	jwt, other := healthy("redox").compact(), wrongAudience()
	mismatch := []string{"aud-mismatch"}
	for _, row := range []struct {
		name, text string
		want       []string // of the last case
		cases      int
	}{
		{"an environment", "CLIENT_ID=c1\nTOKEN_URL=https://api.redoxengine.com/v2/auth/token\nCLIENT_ASSERTION=%J\n", nil, 1},
		{"an environment with all parameters", "CLIENT_ID=c1\nGRANT_TYPE=client_credentials\nCLIENT_SECRET=x\nCLIENT_ASSERTION_TYPE=%T\nCLIENT_ASSERTION=%J\n", nil, 1},
		{"an environment that is exported", "export CLIENT_ID=c1\nexport CLIENT_ASSERTION=%J\nexport CLIENT_SECRET=x\n", nil, 1},
		{"an environment in quotes", "CLIENT_ID=\"c1\"\nCLIENT_ASSERTION=\"%J\"\nSCOPE=\"a b\"\n", nil, 1},
		{"an environment of compose", "services:\n  app:\n    environment:\n      - CLIENT_ID=c1\n      - CLIENT_ASSERTION=%J\n      - CLIENT_SECRET=x\n", nil, 1},
		{"YAML", "client_id: c1\ntoken_url: https://api.redoxengine.com/v2/auth/token\nclient_assertion: %J\nscope: a b\n", nil, 1},
		{"nested YAML", "oauth:\n  client_id: c1\n  client_secret: x\n  client_assertion: %J\n", nil, 1},
		{"YAML with a grant type", "token_url: https://api.redoxengine.com/v2/auth/token\ngrant_type: client_credentials\nclient_secret: x\nclient_assertion: %J\n", nil, 1},
		{"properties", "client.id=c1\nclient.secret=x\nclient_assertion=%J\n", nil, 1},
		{"INI", "[oauth]\nclient_id = c1\nclient_secret = x\nclient_assertion = %J\n", nil, 1},
		{"JSON", `{"oauth": {"client_id": "%C", "client_secret": "x", "token_url": "https://api.redoxengine.com/v2/auth/token", "grant_type": "client_credentials", "client_assertion": "%J"}}`, nil, 1},
		{"an environment of Postman", `{"name": "env", "values": [{"key": "grant_type", "value": "client_credentials", "enabled": true}, {"key": "client_secret", "value": "x", "enabled": true}, {"key": "client_assertion", "value": "%J", "enabled": true}], "_postman_variable_scope": "environment"}`, nil, 1},
		{"a list", `[{"client_assertion": "%J"}, {"client_assertion": "%A"}]`, mismatch, 2},
		{"a list with names", `[{"name": "x", "client_assertion": "%J"}, {"name": "y", "client_assertion": "%A"}]`, mismatch, 2},
		// Controls: the assertion in them is checked, and a request is still a request.
		{"an environment, for another server", "CLIENT_ID=c1\nTOKEN_URL=https://api.redoxengine.com/v2/auth/token\nCLIENT_ASSERTION=%A\n", mismatch, 1},
		{"YAML, for another server", "client_id: c1\nclient_assertion: %A\nscope: a b\n", mismatch, 1},
		{"YAML with a wrong type", "token_url: https://api.redoxengine.com/v2/auth/token\ngrant_type: client_credentials\nclient_assertion_type: jwt-bearer\nclient_assertion: %J\n", []string{"assertion-type-wrong"}, 1},
		{"the parameters of a request", "grant_type: client_credentials\nclient_assertion: %J\n", []string{"assertion-type-missing"}, 1},
		{"a request body", "Request body:\n{\"client_id\": \"%C\", \"scope\": \"a\", \"client_assertion\": \"%J\"}\n", []string{"assertion-type-missing", "grant-type-missing"}, 1},
		{"two ways in a request", "grant_type=client_credentials\nclient_secret=x\nclient_assertion_type=%T\nclient_assertion=%J\n", []string{"multiple-auth-methods"}, 1},
		{"a form in upper case", "GRANT_TYPE=client_credentials&CLIENT_ASSERTION_TYPE=%T&CLIENT_ASSERTION=%J", []string{"assertion-misnamed"}, 1},
	} {
		t.Run(row.name, func(t *testing.T) {
			text := strings.NewReplacer("%J", jwt, "%A", other, "%T", assertionType, "%C", clientID).Replace(row.text)
			cases := judgeAll(t, healthy("redox").opts, given{"settings.txt", text})
			if len(cases) != row.cases {
				t.Fatalf("%d cases", len(cases))
			}
			for i, c := range cases {
				want := row.want
				if i < len(cases)-1 {
					want = nil
				}
				if got := failed(c); !slices.Equal(got, want) {
					t.Errorf("case %d: failed %v, want %v", i, got, want)
				}
				if !slices.Contains(c.Input.Kinds, "assertion") {
					t.Errorf("case %d: %v", i, c.Input.Kinds)
				}
			}
		})
	}
}
