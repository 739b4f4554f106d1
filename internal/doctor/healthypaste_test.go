package doctor_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// quoted is a text as a JSON string.
func quoted(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}

// curl is the exchange as a command; that of a JWT which is not a part of a token
// request calls an API with it.
func (e *exchange) curl() string {
	if e.url == "" {
		return "curl -sS -H 'Accept: application/json' -H 'Authorization: Bearer " + e.token.compact() + "' " + apiOf(e)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "curl -sS -X POST '%s'", e.url)
	for _, p := range e.params {
		fmt.Fprintf(&b, " \\\n  --data-urlencode '%s=%s'", p[0], strings.ReplaceAll(p[1], "\x00", e.token.compact()))
	}
	return b.String()
}

// apiOf is where a JWT goes that no token endpoint takes.
func apiOf(e *exchange) string {
	switch e.opts.Profiles[0] {
	case "github-app":
		return "https://api.github.com/app/installations"
	case "snowflake":
		return "https://acme-prod.snowflakecomputing.com/api/v2/statements"
	}
	return "https://api.example.test/v1"
}

func (e *exchange) httpText() string {
	if e.url != "" {
		return strings.ReplaceAll(e.request(), "\r\n", "\n")
	}
	u, _ := url.Parse(apiOf(e))
	return "GET " + u.Path + " HTTP/1.1\nHost: " + u.Host + "\nAccept: application/json\nAuthorization: Bearer " + e.token.compact() + "\n\n"
}

func (e *exchange) logLine() string {
	const head = "2025-10-30 07:12:44,120 DEBUG [worker-3] c.example.TokenClient - "
	if e.url == "" {
		return head + "GET " + apiOf(e) + " Authorization: Bearer " + e.token.compact() + "\n"
	}
	return head + "POST " + e.url + " body: " + e.form() + "\n"
}

// realistic gives a JWT the iss that its provider gives out: a profile is guessed by it.
func realistic(id string) *exchange {
	e := healthyAt(id)
	if id == "github-app" {
		e.token.claims.set("iss", "Iv23liQm4TzX7pKd0aBc")
	}
	return e
}

// healthyWays are how people paste what is in order.
func healthyWays() map[string]func(*exchange) string {
	pretty := func(m members) string {
		var v any
		_ = json.Unmarshal([]byte(m.json()), &v)
		b, _ := json.MarshalIndent(v, "", "  ")
		return string(b)
	}
	return map[string]func(*exchange) string{
		"bare": func(e *exchange) string { return e.token.compact() + "\n" },
		"curl": func(e *exchange) string { return e.curl() + "\n" },
		"HTTP": func(e *exchange) string { return e.httpText() + "\n" },
		"log":  func(e *exchange) string { return e.logLine() },
		"decoded": func(e *exchange) string {
			return "This is what we send, decoded:\n\n```json\n" + pretty(e.token.header) + "\n```\n\n```json\n" + pretty(e.token.claims) + "\n```\n"
		},
		"JSON in JSON": func(e *exchange) string {
			inner := map[string]string{"client_assertion": e.token.compact()}
			if e.url == "" {
				inner = map[string]string{"authorization": "Bearer " + e.token.compact()}
			}
			for _, p := range e.params {
				inner[p[0]] = strings.ReplaceAll(p[1], "\x00", e.token.compact())
				if p[1] == "\x00" && p[0] != "client_assertion" {
					delete(inner, "client_assertion")
				}
			}
			b, _ := json.Marshal(inner)
			return `{"level":"debug","logger":"token-client","payload":` + quoted(string(b)) + "}\n"
		},
		"in parts": func(e *exchange) string {
			parts := strings.Split(e.token.compact(), ".")
			return "header: " + parts[0] + "\npayload: " + parts[1] + "\nsignature: " + parts[2] + "\n"
		},
		"a mail that wraps": func(e *exchange) string {
			jwt := e.token.compact()
			var b strings.Builder
			b.WriteString("Hi,\n\nthis one works:\n\n> our assertion is\n>\n")
			for len(jwt) > 72 {
				b.WriteString("> " + jwt[:72] + "\n")
				jwt = jwt[72:]
			}
			return b.String() + "> " + jwt + "\n>\n> regards\n"
		},
		"as Go prints it": func(e *exchange) string {
			printed := func(m members) string {
				var v map[string]any
				_ = json.Unmarshal([]byte(m.json()), &v)
				return fmt.Sprint(v)
			}
			return "header " + printed(e.token.header) + "\nclaims " + printed(e.token.claims) + "\n"
		},
	}
}

// wrongWithHealthy says what is said against an exchange in which nothing is wrong.
func wrongWithHealthy(got []finding.Case, nothing string) []string {
	var out []string
	if len(got) != 1 {
		out = append(out, fmt.Sprintf("%d cases: %s", len(got), nothing))
	}
	for _, c := range got {
		for _, f := range c.Findings {
			switch {
			case f.Outcome == finding.Broken:
				out = append(out, string(f.Check)+" is broken: "+f.Reason)
			case !f.Failed():
			case f.Severity == finding.Error:
				out = append(out, fmt.Sprintf("%s is an error under %s: %s (found %q, expected %q)", f.Cause, c.Profile.ID, f.Title, f.Found, f.Expected))
			case f.Cause == "exp-past" && f.Severity != finding.Note:
				out = append(out, "exp-past is a "+string(f.Severity))
			case f.Severity == finding.Warning:
				out = append(out, fmt.Sprintf("%s warns under %s: %s (found %q, expected %q)", f.Cause, c.Profile.ID, f.Title, f.Found, f.Expected))
			}
		}
		for _, d := range c.Diagnosis {
			if d.Cause == "exp-past" {
				out = append(out, "exp-past is in the diagnosis")
			}
		}
	}
	return out
}

// healthyProviders are those whose requests are pasted each way.
func healthyProviders() []string {
	return []string{"redox", "epic", "singpass", "entra", "okta", "keycloak", "google-service-account", "github-app", "salesforce", "maskinporten",
		"auth0", "login-gov", "govuk-one-login", "medplum", "docusign", "snowflake", "nhs-england", "pingone", "oracle-health", "zitadel"}
}

// What is in order has no error however it is pasted, and nothing of it is called
// expired, though days have passed since and no profile is named.
func TestHealthyPastes(t *testing.T) {
	for _, id := range healthyProviders() {
		for way, write := range healthyWays() {
			t.Run(id+"/"+way, func(t *testing.T) {
				text := write(realistic(id))
				later := time.Unix(now, 0).Add(23*24*time.Hour + 7*time.Hour)
				got, nothing := judgePaste(t, doctor.Options{Clock: func() time.Time { return later }}, text)
				for _, wrong := range wrongWithHealthy(got, nothing) {
					t.Error(wrong)
				}
				if t.Failed() && testing.Verbose() {
					t.Log(text)
				}
			})
		}
	}
}
