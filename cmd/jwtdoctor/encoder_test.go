package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// No JSON of any command lets through what a terminal or CI runner would obey, or
// what JavaScript takes for the end of a line; the values stay the same.
func TestEveryJSONIsSafeToLookAt(t *testing.T) {
	const odd = "a\u0085b\u009bc\u202ed\u2028e\u2029f\u200bg\u007fh##[error]i\U000e0041\ufeff"
	claims := `{"iss":"me","sub":"me","x":` + jsonText(odd) + `,` + jsonText(odd) + `:1}`
	compact := segment(`{"alg":"RS384","typ":`+jsonText(odd)+`}`) + "." + segment(claims) + "." + segment("signature")
	dir := t.TempDir()
	name := filepath.Join(dir, "odd\u202e.jwt")
	if err := os.WriteFile(name, []byte(compact), 0o600); err != nil {
		t.Fatal(err)
	}
	request := filepath.Join(dir, "odd.http")
	if err := os.WriteFile(request, []byte("POST https://as.example/token\u202e HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\nX-Odd: "+odd+"\r\n\r\ngrant_type=client_credentials&scope="+odd+"&client_assertion="+compact), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"check", "-f", "json", name}, {"check", "-f", "ndjson", "-v", name}, {"check", "-f", "json", request}, {"decode", "-f", "json", name}, {"diff", "-f", "json", "--all", name, tiny}, {"diff", "-f", "json", "--all", "--show-secrets", request, tiny},
	} {
		_, out, _ := run("", args...)
		if !json.Valid([]byte(out)) || out == "" {
			t.Fatalf("%v: no JSON\n%s", args, out)
		}
		for _, r := range odd + "\u202e" {
			if (r == 0x7f || r > '~') && strings.ContainsRune(out, r) {
				t.Errorf("%v: %U is in it", args, r)
			}
		}
		if strings.Contains(out, "##[") {
			t.Errorf("%v: a CI runner would obey it", args)
		}
	}
	var doc struct {
		Cases []struct {
			Decoded struct{ Claims map[string]any }
		}
	}
	_, out, _ := run("", "decode", "-f", "json", name)
	if err := json.Unmarshal([]byte(out), &doc); err != nil || len(doc.Cases) != 1 || doc.Cases[0].Decoded.Claims["x"] != odd {
		t.Errorf("%v: %+v", err, doc)
	}
}
