package main

import (
	"bufio"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// serve is driven by openid-client, a library of applications: what it sends
// is taken, and what is wrong with it is answered as the provider would.
func TestServeWithOpenIDClient(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("openid-client: node is not installed")
	}
	dir, err := filepath.Abs("../../e2e/openid-client")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "node_modules")); err != nil {
		t.Skip("openid-client: run npm ci in e2e/openid-client first")
	}
	key, err := filepath.Abs(signingKey)
	if err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(t.TempDir(), "jwtdoctor")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	server := exec.CommandContext(t.Context(), binary, "serve", "-q", "-p", "rfc7523", "--client-id", "me")
	stdout, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		server.Process.Kill()
		server.Wait()
	}()
	line, err := bufio.NewReader(stdout).ReadString('\n')
	_, rest, ok := strings.Cut(line, "http://")
	if err != nil || !ok {
		t.Fatalf("%q, %v", line, err)
	}
	address, _, _ := strings.Cut(rest, "/")
	issuer := "http://" + address
	for _, tt := range []struct {
		name, client, audience string
		want                   map[string]string
	}{
		{"a good request", "me", "", map[string]string{"token_type": "bearer"}},
		{"another client", "somebody-else", "", map[string]string{"error": "invalid_client"}},
		{"another audience", "me", "https://elsewhere.example/token", map[string]string{"error": "invalid_client"}},
		{"the token URL as audience", "me", issuer + "/token", map[string]string{"token_type": "bearer"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out, err := exec.CommandContext(t.Context(), node, filepath.Join(dir, "client.mjs"), issuer, tt.client, key, "RS256", "k1", tt.audience).Output()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			var got map[string]any
			if err := json.Unmarshal(out, &got); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			for name, want := range tt.want {
				if s, _ := got[name].(string); !strings.EqualFold(s, want) {
					t.Errorf("%s is %v, want %s; all of it: %s", name, got[name], want, out)
				}
			}
		})
	}
}
