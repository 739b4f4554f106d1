package doctor_test

import (
	"strings"
	"testing"
)

// Lines of a log that tell of a success, or only of a request, are no refusals; what a
// server or a library prints in its own words is not what was sent.
func TestLogLines(t *testing.T) {
	const (
		urllib = "DEBUG:root:body: %F\nDEBUG:urllib3.connectionpool:https://api.redoxengine.com:443 \"POST /v2/auth/token HTTP/1.1\" "
		record = `{"@timestamp":"2025-10-09T08:53:15Z","message":"POST %T %F"}` + "\n"
		at     = "2025-10-09T08:53:15Z"
	)
	plainTime := strings.ReplaceAll(record, "@timestamp", "timestamp")
	refused := []string{"token-refused"}
	for _, row := range []logRow{
		{"an event of Keycloak", "2025-10-09 08:53:20,123 INFO  [org.keycloak.events] (executor-thread-1) type=\"CLIENT_LOGIN\", realmId=\"a\", clientId=\"%C\", userId=\"x\", ipAddress=\"1.2.3.4\", grant_type=\"client_credentials\", scope=\"email profile\", client_auth_method=\"client-jwt\"\n", nil, ""},
		{"urllib3, a success", urllib + "200 94\n", nil, ""},
		{"urllib3, a refusal", urllib + "400 94\n", refused, ""},
		{"urllib3, another address", strings.ReplaceAll(urllib, "/v2/auth/token", "/v2/auth/tokens") + "404 94\n", []string{"url-not-token-endpoint"}, ""},
		{"urllib3, a lifetime too long", strings.Replace(urllib, "%F", "grant_type=client_credentials&client_assertion_type="+assertionType+"&client_assertion=%L", 1) + "400 94\n", []string{"lifetime-too-long"}, ""},
		{"a record", record, nil, at},
		{"a record of another log", plainTime, nil, at},
		{"a record and a success", record + `{"@timestamp":"2025-10-09T08:53:16Z","message":"token refreshed"}` + "\n", nil, at},
		{"records of another log and a success", plainTime + `{"timestamp":"2025-10-09T08:53:16Z","message":"token refreshed"}` + "\n", nil, at},
		// Controls: a refusal in a record, and an answer with a time and a message.
		{"a record of a refusal", record + `{"@timestamp":"2025-10-09T08:53:16Z","message":"400 Bad Request: {\"error\":\"invalid_client\"}"}` + "\n", refused, at},
		{"an answer with a time", "2025-10-09T08:53:15Z DEBUG body: %F\n2025-10-09T08:53:16Z ERROR HTTP/1.1 401 Unauthorized\n{\"timestamp\":\"2025-10-09T08:53:16Z\",\"message\":\"Invalid client\"}\n", refused, at},
		{"a record of a request that lives too long", strings.Replace(record, "%F", "grant_type=client_credentials&client_assertion_type="+assertionType+"&client_assertion=%L", 1), []string{"lifetime-too-long"}, at},
	} {
		t.Run(row.name, func(t *testing.T) { row.check(t) })
	}
}

// What is masked in a quotation of an answer is masked once.
func TestQuotedRequest(t *testing.T) {
	e := healthyExchange("redox")
	e.answers(400, `{"message":"POST https://api.redoxengine.com/v2/auth/token `+e.form()+`"}`)
	for _, f := range e.judge(t).Findings {
		if strings.Contains(f.Title, " characters) characters)") {
			t.Error(f.Title)
		}
		if f.Cause == "token-refused" && !strings.Contains(f.Title, "client_assertion=eyJ…(") {
			t.Error(f.Title)
		}
	}
}
