package checks

import "testing"

func TestUnfilled(t *testing.T) {
	for _, row := range []struct {
		value      string
		open, sure bool
	}{
		{"YOUR_CLIENT_ID", true, false},
		{"your-client-id", true, false},
		{"your app id", true, false},
		{"CLIENT_ID", true, false},
		{"YOUR_CLIENT_ID_HERE", true, false},
		{"REPLACE_ME", true, false},
		{"changeme", true, false},
		{"undefined", true, true},
		{"null", true, true},
		{"[object Object]", true, true},
		{"${CLIENT_ID}", true, true},
		{"https://${HOST}/token", true, true},
		{"{{client_id}}", true, true},
		{"<your client id>", true, true},
		{"%CLIENT_ID%", true, true},
		{"$CLIENT_ID", true, true},
		{"process.env.CLIENT_ID", true, true},
		{"https://login.example/{tenantid}/token", true, true},
		{"https://login.example/<tenant>/token", true, true},
		// IDs that somebody has.
		{"https://login.example/{0f7e2c5d}/token", false, false},
		{"https://login.example/a{}b<>", false, false},
		{"0f7e2c5d-93b4-4a61-8c3e-5d2a7b9e4f10", false, false},
		{"{0f7e2c5d-93b4-4a61-8c3e-5d2a7b9e4f10}", false, false},
		{"{client_id}", true, true}, // control
		{"client-id", false, false},
		{"my-client-id", false, false},
		{"your-company-billing", false, false},
		{"ACME_PROD", false, false},
		{"KEY", false, false},
		{"api://AzureADTokenExchange", false, false},
		{"https://api.example.com/token?a=$1", false, false},
		{"system:serviceaccount:default:client", false, false},
		{"", false, false},
	} {
		if open, sure := unfilled(row.value); open != row.open || sure != row.sure {
			t.Errorf("%q: %v, %v", row.value, open, sure)
		}
	}
}
