package doctor_test

import (
	"encoding/base64"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
)

// otherBusiness reads testdata/other.txt: texts that have nothing to do with
// assertions, between lines of ====, each below a line "# name". @JWT@ is a JWT
// nobody means.
func otherBusiness(t *testing.T) map[string]string {
	t.Helper()
	data, err := os.ReadFile("testdata/other.txt")
	if err != nil {
		t.Fatal(err)
	}
	sample := unsigned(`{"alg":"HS256","typ":"JWT"}`, `{"sub":"1234567890","name":"John Doe","admin":true,"iat":1516239022}`)
	out := map[string]string{}
	for _, block := range strings.Split(string(data), "\n====\n") {
		name, text, ok := strings.Cut(block, "\n")
		if !ok || !strings.HasPrefix(name, "# ") || out[name[2:]] != "" {
			t.Fatalf("what is %q?", name)
		}
		out[name[2:]] = strings.ReplaceAll(text, "@JWT@", sample) + "\n"
	}
	out["base64 of bytes"] = base64.StdEncoding.EncodeToString(noise(900)) + "\n"
	var wrapped strings.Builder
	for i, s := 0, base64.StdEncoding.EncodeToString(noise(1200)); i < len(s); i += 76 {
		wrapped.WriteString(s[i:min(len(s), i+76)] + "\n")
	}
	out["base64 in lines"] = wrapped.String()
	var table strings.Builder
	table.WriteString("id,client_id,issued_at,expires_at,status\n")
	for i := range 60 {
		fmt.Fprintf(&table, "%d,app-%d,%d,%d,%d\n", i, i%7, now+i, now+i+240, 200+i%3*100)
	}
	out["CSV of times"] = table.String()
	return out
}

// What is none of this business is not recognised: a sentence, no finding, and no
// error of a program. A JWT that is in a long text of other things is reported as
// one that was not used.
func TestOtherBusiness(t *testing.T) {
	texts := otherBusiness(t)
	if len(texts) < 40 {
		t.Errorf("%d texts; want 40", len(texts))
	}
	clock := func() time.Time { return time.Unix(now, 0).AddDate(0, 1, 0) }
	for name, text := range texts {
		t.Run(name, func(t *testing.T) {
			got, nothing := judgePaste(t, doctor.Options{Clock: clock}, text)
			for _, c := range got {
				var causes []string
				for _, d := range c.Diagnosis {
					causes = append(causes, string(d.Cause))
				}
				t.Errorf("a case of %v from line %d with %v", c.Input.Kinds, c.Input.Line, causes)
			}
			if len(got) == 0 && !strings.Contains(nothing, "nothing recognised") && !strings.Contains(nothing, "nothing to check") {
				t.Errorf("says %q", nothing)
			}
			if jwt := strings.Contains(text, "eyJ"); jwt != strings.Contains(nothing, "JWT;") && jwt != strings.Contains(nothing, "a JWT") {
				t.Errorf("of the JWT it says %q", nothing)
			}
		})
	}
}

// A request that fetches something else is none of this business; one to an address
// for tokens, or with a JWT, is.
func TestRequestsOfNoBusiness(t *testing.T) {
	for _, tt := range []struct {
		text    string
		nothing bool
	}{
		{"wget https://a.example/x.tar.gz", true},
		{"curl http://localhost:8080/health", true},
		{`curl https://api.example/patients -H "Authorization: Bearer abc"`, true},
		{"GET / HTTP/1.1\nHost: a.example\n", true},
		{"curl https://a.example/oauth2/token", false},
		{"curl -X POST https://a.example/x", false},
		{"curl 'https://a.example/x?client_id=a&grant_type=client_credentials'", false},
		{"GET / HTTP/1.1\nHost: a.example\n\nHTTP/1.1 401 Unauthorized\nContent-Type: application/json\n\n{\"error\":\"invalid_token\"}\n", false},
	} {
		cases, nothing := judgePaste(t, doctor.Options{}, tt.text)
		if got := len(cases) == 0; got != tt.nothing || got != (nothing != "") {
			t.Errorf("%q: %d cases, %q", tt.text, len(cases), nothing)
		}
	}
}
