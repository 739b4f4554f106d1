package tap_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/report"
)

// What is secret in an exchange leaves in no line, report or HAR, wherever it was
// sent, and wherever the server repeats it.
func TestSecretsStay(t *testing.T) {
	secrets := map[string]string{
		"client_secret": "pLanted-secret-one-4711", "code": "pLanted-code-two-4712", "code_verifier": "pLanted-verifier-three-4713-0123456789abcdef012345",
		"refresh_token": "pLanted-refresh-four-4714", "password": "pLanted-password-five-4715", "client-secret": "pLanted-misspelt-six-4716",
		"cookie": "pLanted-cookie-seven-4717", "bearer": "pLanted-bearer-eight-4718", "api_key": "pLanted-query-nine-4719", "access_token": "pLanted-token-ten-4720",
		"X-Api-Key": "pLanted-header-eleven-4721",
	}
	s := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Set-Cookie", "session="+secrets["cookie"])
		w.WriteHeader(400)
		json.NewEncoder(w).Encode(map[string]any{"error": "invalid_client", "error_description": "got " + string(body), "access_token": secrets["access_token"]})
	})
	r := start(t, s.URL+"/token", nil)
	compact := assertion(t, s.URL+"/token")
	values := form(compact)
	for _, name := range []string{"client_secret", "code", "code_verifier", "refresh_token", "password", "client-secret"} {
		values.Set(name, secrets[name])
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.TokenURL()+"?api_key="+url.QueryEscape(secrets["api_key"]), strings.NewReader(values.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Authorization", "Bearer "+secrets["bearer"])
	req.Header.Set("Cookie", "sid="+secrets["cookie"])
	req.Header.Set("X-Api-Key", secrets["X-Api-Key"])
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	x := r.seen.wait(t, 1)[0]
	if x.Case == nil || x.Entry == nil {
		t.Fatalf("%+v", x)
	}
	var out bytes.Buffer
	fmt.Fprintln(&out, x.Line(false))
	rep := finding.Report{Version: finding.ReportVersion, Cases: []finding.Case{*x.Case}}
	report.Text(&out, rep, report.Options{Verbose: true, Width: 100})
	if err := report.NDJSON(&out, rep, true); err != nil {
		t.Fatal(err)
	}
	if err := json.NewEncoder(&out).Encode(x.Entry); err != nil {
		t.Fatal(err)
	}
	secrets["signature"] = compact[strings.LastIndexByte(compact, '.')+1:]
	for name, secret := range secrets {
		if strings.Contains(out.String(), secret) {
			at := strings.Index(out.String(), secret)
			t.Errorf("%s leaves: …%s…", name, out.String()[max(0, at-80):min(out.Len(), at+80)])
		}
	}
}
