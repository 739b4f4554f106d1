package main

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestDiffCommand(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	b64 := base64.RawURLEncoding.EncodeToString
	request := func(jti, date string) string {
		jwt := b64([]byte(`{"alg":"RS384"}`)) + "." + b64([]byte(`{"iss":"c","sub":"c","aud":"https://as.example/token","jti":"`+jti+`","iat":1760000000,"exp":1760000240}`)) + "." + b64([]byte(strings.Repeat("s", 256)))
		return "POST https://as.example/token HTTP/1.1\nContent-Type: application/x-www-form-urlencoded\n\ngrant_type=client_credentials&client_assertion=" + jwt +
			"\nHTTP/1.1 200 OK\nDate: Thu, 09 Oct 2025 08:53:" + date + " GMT\n\n{}\n"
	}
	good := file("good.http", request("2f0a-1111-2222", "20"))
	for _, tt := range []struct {
		name, bad string
		code      int
		says      string
	}{
		{"the same jti again", file("again.http", request("2f0a-1111-2222", "29")), 1, "jti: the bad one sends the jti the good one used up\n  both 2f0…(14 characters)\n"},
		{"another jti", file("other.http", request("9e31-1111-2222", "29")), 0, "nothing differs that may matter"},
		{"an answer", file("error.json", `{"error":"invalid_client"}`), 2, "these have nothing in common to compare"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			code, out, errs := run("", "diff", good, tt.bad)
			if code != tt.code || !strings.Contains(out+errs, tt.says) {
				t.Errorf("exit %d, want %d and %q:\n%s%s", code, tt.code, tt.says, out, errs)
			}
		})
	}
}
