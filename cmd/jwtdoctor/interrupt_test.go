package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/term"
)

// An interruption is not a fault: what was waited for is not known, the rest is
// judged, and nothing passes for well.
func TestInterruptedWait(t *testing.T) {
	good := example(t, "good.jwt")
	file := filepath.Join(t.TempDir(), "good.jwt")
	if err := os.WriteFile(file, []byte(good), 0o600); err != nil {
		t.Fatal(err)
	}
	const later = "1895219230"
	for _, tt := range []struct {
		name  string
		args  []string // URL means the server's
		stdin string
		body  bool // the answer has begun
		says  string
		fails string // causes
		cases int
	}{
		{"a set", []string{"jwks", "URL"}, "", false, "interrupted; the report", "", 1},
		{"a set with an assertion", []string{"jwks", "URL", "--assertion", file}, "", false, "interrupted; the report", "", 1},
		{"the keys of an assertion", []string{"check", "--now", "iat", "-p", "redox", file, "--jwks", "URL"}, "", false, "interrupted; the report", "", 1},
		{"the keys of an assertion, in the midst", []string{"check", "--now", "iat", "-p", "redox", file, "--jwks", "URL"}, "", true, "interrupted; the report", "", 1},
		{"the keys of one from standard input", []string{"check", "--now", "iat", "-p", "redox", "-", "--jwks", "URL"}, good, false, "interrupted; the report", "", 1},
		{"the keys beside a key", []string{"check", "--now", "iat", "-p", "redox", file, "--jwks", "URL", "--key", signingKey}, "", false, "interrupted; the report", "", 1},
		{"the keys of a bad one", []string{"check", "--now", later, "-p", "redox", file, "--jwks", "URL"}, "", false, "interrupted; the report", "exp-past", 1},
		{"a document that is looked for", []string{"check", "--now", "iat", "-p", "redox", "--aud", "https://api.redoxengine.com/v2/auth/token", file, "--issuer", "URL", "--discover"}, "", false, "interrupted; the report", "", 1},
		{"a document", []string{"check", "--now", "iat", "-p", "redox", file, "--discovery", "URL/.well-known/openid-configuration"}, "", false, "interrupted; the report", "", 1},
		{"a probe", []string{"probe", "URL"}, "", false, "interrupted; the report", "", 1},
		{"a probe, in the midst", []string{"probe", "URL"}, "", true, "interrupted; the report", "", 1},
		{"an answer", []string{"token", "-p", "rfc7523", "--key", signingKey, "--client-id", "me", "--token-url", "URL"}, "", false, "interrupted; the report", "", 1},
		{"an answer, in the midst", []string{"token", "-p", "rfc7523", "--key", signingKey, "--client-id", "me", "--token-url", "URL"}, "", true, "interrupted; the report", "", 1},
		{"the keys before a request", []string{"token", "-p", "rfc7523", "--key", signingKey, "--client-id", "me", "--token-url", "https://127.0.0.1:1/token", "--jwks", "URL"}, "", false, "nothing was sent", "", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ctx, interrupt := context.WithCancel(t.Context())
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				io.Copy(io.Discard, r.Body)
				if tt.body {
					w.Header().Set("Date", pinned(0))
					w.Header().Set("Content-Type", "application/json")
					io.WriteString(w, `{"acc`)
					http.NewResponseController(w).Flush()
				}
				interrupt()
				<-r.Context().Done() // of the connection: the client has gone
			}))
			defer server.Close()
			var out, errs bytes.Buffer
			var args []string
			for _, a := range append(tt.args, "-f", "json", "--timeout", "10m") {
				args = append(args, strings.Replace(a, "URL", server.URL, 1))
			}
			code := Main(ctx, args, world{Streams: term.Plain(strings.NewReader(tt.stdin), &out, &errs), clock: func() time.Time { return time.Unix(1795219230, 0) }})
			var report finding.Report
			if err := json.Unmarshal(out.Bytes(), &report); err != nil {
				t.Fatalf("%v\n%s%s", err, &out, &errs)
			}
			var fails []string
			for _, c := range report.Cases {
				for _, d := range c.Diagnosis {
					fails = append(fails, string(d.Cause))
				}
			}
			if code != 130 || strings.Join(fails, " ") != tt.fails || len(report.Cases) != tt.cases || report.Summary.Verdict == finding.VerdictPass || !strings.Contains(errs.String(), tt.says) || strings.Contains(errs.String(), "context canceled") {
				t.Errorf("exit code %d, %d cases, %s, fails %v, want %s\n%s", code, len(report.Cases), report.Summary.Verdict, fails, tt.fails, &errs)
			}
		})
	}
}

// A pipe nobody writes to is left when the user gives up, in plain words.
func TestInterruptedPipe(t *testing.T) {
	mkfifo, err := exec.LookPath("mkfifo")
	if err != nil {
		t.Skip("there is no mkfifo")
	}
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := exec.Command(mkfifo, pipe).Run(); err != nil {
		t.Skip(err)
	}
	ctx, interrupt := context.WithCancel(t.Context())
	interrupt()
	w, _, errs := plainWorld(strings.NewReader(""))
	if code := Main(ctx, []string{"check", pipe}, w); code != 130 || !strings.Contains(errs.String(), "is a pipe, and no program wrote to it") || strings.Contains(errs.String(), "canceled") {
		t.Errorf("exit code %d\n%s", code, errs)
	}
}
