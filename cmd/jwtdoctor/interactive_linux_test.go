package main

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	tty "github.com/assertionworks/jwtdoctor/scripts/terminal"
)

// enough is how long a screen may take that never comes; a good one is there at once.
const enough = 30 * time.Second

// onScreen starts a program on a terminal of that size, away from any project's file.
func onScreen(t *testing.T, columns, rows int, program string, args ...string) *tty.Terminal {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		t.Fatal(err)
	}
	s, err := tty.Start(tty.Options{Columns: columns, Rows: rows, Dir: t.TempDir(),
		Env: append(os.Environ(), "TERM=xterm-256color", "LANG=C.UTF-8", "HOME=/nonexistent", "NO_COLOR=", "TERM_PROGRAM=", "STY=")}, path, args...)
	if err != nil {
		t.Skip("no pseudo-terminals here:", err)
	}
	t.Cleanup(s.Close)
	return s
}

func sees(t *testing.T, s *tty.Terminal, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !s.Until(func(screen string) bool { return strings.Contains(flat(screen), text) }, enough) {
			t.Fatalf("%q is not on the screen:\n%s", text, s.Screen())
		}
	}
}

var spaces = regexp.MustCompile(`[\s│]+`)

// flat is a screen without its line breaks.
func flat(screen string) string { return spaces.ReplaceAllString(screen, " ") }

// restored checks that the terminal is as it was before.
func restored(t *testing.T, s *tty.Terminal) {
	t.Helper()
	raw := s.Raw()
	last := func(set, reset string) {
		if strings.LastIndex(raw, reset) < strings.LastIndex(raw, set) || !strings.Contains(raw, reset) {
			t.Errorf("the terminal is left with %q and without %q after it: …%q", set, reset, raw[max(0, len(raw)-300):])
		}
	}
	last("\x1b[?1049h", "\x1b[?1049l")
	last("\x1b[?2004h", "\x1b[?2004l")
	last("\x1b[?25l", "\x1b[?25h")
	last("\x1b[>4;2m", "\x1b[>4m")
	last("\x1b[>1u", "\x1b[<1u")
	if strings.Contains(raw, "\x1b[?1000h") || strings.Contains(raw, "\x1b[?1002h") {
		last("\x1b[?1002h", "\x1b[?1002l")
	}
}

// A person pastes a token, reads cause and fix, pastes the error, changes the provider,
// edits aud until it passes, copies the report and leaves.
func TestScreen(t *testing.T) {
	for _, size := range [][2]int{{60, 20}, {80, 24}, {120, 40}} {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			t.Parallel()
			s := onScreen(t, size[0], size[1], "jwtdoctor")
			sees(t, s, "Paste a token, curl, HAR, HTTP or error. Nothing leaves this machine.")
			s.Paste(example(t, "trailing-slash.jwt"))
			sees(t, s, "aud has an extra trailing slash", `FIX aud = "https://api.redoxengine.com/v2/auth/token"`, "[token ✓]", "Redox", "press k")
			s.Paste(`{"error":"invalid_request","error_description":"Unexpected \"aud\" claim value"}`)
			sees(t, s, `Redox said 'Unexpected "aud" claim value': this`, "[response ✓]")
			s.Type("p")
			sees(t, s, "providers and environments", "▸")
			s.Type("epic")
			sees(t, s, "Search: epic")
			s.Type("\r")
			sees(t, s, "[findings]", "Epic")
			s.Type("u")
			sees(t, s, "Redox · production", "Undone: the choice of the provider")
			s.Type("e")
			sees(t, s, "what if: header and claims")
			s.Type("\x7f") // the cursor is at the end of aud, inside its quotes
			sees(t, s, "no longer signed", "No problems found")
			s.Type("\x1b")
			sees(t, s, "[findings]", "s sign")
			s.Type("y")
			sees(t, s, "Copied the report")
			s.Type("q")
			if code := s.Wait(enough); code != 0 {
				t.Errorf("exit status %d", code)
			}
			restored(t, s)
			if left := flat(s.Screen()); !strings.Contains(left, "jwtdoctor: Redox: no problems found") {
				t.Errorf("the scrollback says %q", left)
			}
			copied := regexp.MustCompile("\x1b\\]52;c;([A-Za-z0-9+/=]*)").FindStringSubmatch(s.Raw())
			if copied == nil {
				t.Fatal("nothing was copied")
			}
			text, err := base64.StdEncoding.DecodeString(copied[1])
			if err != nil || !strings.Contains(string(text), "Redox") && !strings.Contains(string(text), "redox") {
				t.Errorf("copied was %q, %v", text, err)
			}
			token := strings.TrimSpace(example(t, "trailing-slash.jwt"))
			if signature := token[strings.LastIndexByte(token, '.')+1:]; strings.Contains(string(text)+s.Raw(), signature) {
				t.Error("the signature was shown or copied")
			}
		})
	}
}

// However the screen is left, the terminal is as before.
func TestScreenIsRestored(t *testing.T) {
	token := example(t, "trailing-slash.jwt")
	for name, tt := range map[string]struct {
		program string
		leave   func(*testing.T, *tty.Terminal)
		code    int
	}{
		"SIGTERM": {"jwtdoctor", func(t *testing.T, s *tty.Terminal) { _ = s.Signal(syscall.SIGTERM) }, 143},
		"SIGHUP":  {"jwtdoctor", func(t *testing.T, s *tty.Terminal) { _ = s.Signal(syscall.SIGHUP) }, 129},
		"Ctrl-C":  {"jwtdoctor", func(t *testing.T, s *tty.Terminal) { s.Type("\x03") }, 0},
		"a panic": {"jwtdoctor-broken", func(t *testing.T, s *tty.Terminal) { s.Paste(token) }, 3},
		"mouse": {"jwtdoctor", func(t *testing.T, s *tty.Terminal) {
			s.Paste(token)
			sees(t, s, "FIX")
			s.Type("m")
			sees(t, s, "Mouse on")
			s.Type("q")
		}, 0},
		"Esc does not": {"jwtdoctor", func(t *testing.T, s *tty.Terminal) {
			s.Paste(token)
			sees(t, s, "FIX")
			s.Type("?")
			sees(t, s, "keys that work now")
			s.Type("\x1b")
			sees(t, s, "[findings]")
			s.Type("\x1b[27u") // Esc, as terminals that tell it apart send it
			s.Type("?")
			sees(t, s, "keys that work now")
			s.Type("\x1b")
			sees(t, s, "[findings]")
			s.Type("q")
		}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			if name == "SIGHUP" && signal.Ignored(syscall.SIGHUP) {
				t.Skip("this signal is ignored here, as under nohup, and the programs started here inherit that")
			}
			t.Parallel()
			s := onScreen(t, 80, 24, tt.program)
			sees(t, s, "Nothing leaves this machine.")
			tt.leave(t, s)
			if code := s.Wait(enough); code != tt.code {
				t.Errorf("exit status %d, want %d", code, tt.code)
			}
			restored(t, s)
			if raw := s.Raw(); strings.Contains(raw, "goroutine ") || strings.Contains(raw, "Caught panic") {
				t.Errorf("a stack trace was shown: %s", raw[max(0, len(raw)-500):])
			}
			if name == "a panic" && !strings.Contains(flat(s.Screen()), "internal error in jwtdoctor") {
				t.Errorf("the screen says %s", s.Screen())
			}
		})
	}
}

// Ctrl-Z leaves the terminal to the shell, and fg draws the screen again.
func TestScreenIsSuspended(t *testing.T) {
	s := onScreen(t, 80, 24, "jwtdoctor")
	sees(t, s, "Nothing leaves this machine.")
	s.Paste(example(t, "trailing-slash.jwt"))
	sees(t, s, "FIX")
	// A process whose session has no shell above it is not stopped by SIGTSTP (POSIX);
	// what is looked at is that the terminal was given back and taken again.
	s.Type("\x1a")
	if !s.Until(func(string) bool { return strings.Contains(s.Raw(), "\x1b[?1049l") }, enough) {
		t.Fatal("the terminal was not given back")
	}
	if !s.Until(func(string) bool {
		// Sent again, since the first may come before anybody waits for it.
		_ = s.Signal(syscall.SIGCONT)
		raw := s.Raw()
		return strings.LastIndex(raw, "\x1b[?1049h") > strings.LastIndex(raw, "\x1b[?1049l")
	}, enough) {
		t.Fatal("the terminal was not taken again")
	}
	sees(t, s, "aud has an extra trailing slash")
	if err := s.Resize(60, 20); err != nil {
		t.Fatal(err)
	}
	sees(t, s, "aud has an extra trailing slash")
	s.Type("q")
	if code := s.Wait(enough); code != 0 {
		t.Errorf("exit status %d", code)
	}
	restored(t, s)
}

// No command but the screen asks the terminal anything: one that does not answer would
// stall it, and one that does would have its answer taken for a paste.
func TestNoOtherCommandAsksTheTerminal(t *testing.T) {
	query := regexp.MustCompile("\x1b\\](?:4|10|11|12);[^\x07\x1b]*\\?|\x1b\\[(?:[>=]?c|\\?[0-9;]*\\$p|[56]n|\\?u|>q|1[46-9]t)|\x1bP\\+q")
	token := filepath.Join(t.TempDir(), "a.jwt")
	if err := os.WriteFile(token, []byte(example(t, "good.jwt")), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"version"}, {"--help"}, {"check", token}, {"decode", token}, {"explain", "aud-mismatch"}, {"profiles"}, {"checks"}, {"help", "token"}, {"sign"}, {"config"}} {
		s := onScreen(t, 80, 24, "jwtdoctor", args...)
		s.Wait(enough)
		if asked := query.FindString(s.Raw()); asked != "" {
			t.Errorf("%v asks the terminal %q", args, asked)
		}
		if strings.Contains(s.Raw(), "\x1b[?1049h") {
			t.Errorf("%v takes the screen", args)
		}
	}
	s := onScreen(t, 80, 24, "jwtdoctor")
	sees(t, s, "Nothing leaves this machine.")
	if asked := query.FindString(s.Raw()); asked == "" {
		t.Log("the screen asks nothing either") // the control: the expression finds what bubbletea asks
	}
}

// Without a terminal jwtdoctor says what to use.
func TestScreenNeedsATerminal(t *testing.T) {
	w, stdout, stderr := plainWorld(strings.NewReader(""))
	w.InIsTTY = true
	if code := Main(t.Context(), nil, w); code != exitUsage || !strings.Contains(stderr.String(), "jwtdoctor check FILE") || stdout.Len() > 0 {
		t.Errorf("exit status %d: %s%s", code, stdout, stderr)
	}
}

// Flags without an input open the screen, and it goes by them.
func TestFlagsOpenTheScreen(t *testing.T) {
	key, err := filepath.Abs("../../internal/jose/testdata/keys/rsa-a.pem")
	if err != nil {
		t.Fatal(err)
	}
	s := onScreen(t, 80, 24, "jwtdoctor", "-p", "epic", "--token-url", "https://as.example/token", "--client-id", "my-client", "--key", key)
	sees(t, s, "Nothing leaves this machine.", "Provider: Epic", "Token URL: https://as.example/token", "Client ID: my-client", "Keys are given")
	s.Paste(example(t, "trailing-slash.jwt"))
	sees(t, s, "Epic", "iss is not the client ID given", "[keys ✓]")
	s.Type("t")
	sees(t, s, "Send the token request to: https://as.example/token")
	s.Type("\x1b")
	if !s.Until(func(screen string) bool { return !strings.Contains(screen, "Send the token request") }, enough) {
		t.Fatal("the prompt stays")
	}
	s.Type("q")
	if code := s.Wait(enough); code != 0 {
		t.Errorf("exit status %d", code)
	}
	restored(t, s)

	// Controls: what asks for a report, and a command that is named, are what they were.
	for _, args := range [][]string{{"--json"}, {"-p", "epic", "-o", "report.json"}, {"check", "-p", "epic"}} {
		s := onScreen(t, 80, 24, "jwtdoctor", args...)
		if code := s.Wait(enough); code != exitUsage || !strings.Contains(flat(s.Screen()), "nothing to check") || strings.Contains(s.Raw(), "\x1b[?1049h") {
			t.Errorf("%v: exit status %d: %s", args, code, s.Screen())
		}
	}
	w, stdout, stderr := plainWorld(strings.NewReader(""))
	w.InIsTTY = true // standard output is a pipe
	if code := Main(t.Context(), []string{"-p", "epic"}, w); code != exitUsage || !strings.Contains(stderr.String(), "nothing to check") || stdout.Len() > 0 {
		t.Errorf("exit status %d: %s%s", code, stdout, stderr)
	}
	w, stdout, _ = plainWorld(strings.NewReader(example(t, "trailing-slash.jwt")))
	w.OutIsTTY = true // standard input is a pipe
	if code := Main(t.Context(), []string{"-p", "redox"}, w); code != exitFound || !strings.Contains(stdout.String(), "aud-trailing-slash") {
		t.Errorf("exit status %d: %s", code, stdout)
	}
}

// serve -i shows requests as they come.
func TestServeOnScreen(t *testing.T) {
	s := onScreen(t, 100, 30, "jwtdoctor", "serve", "-p", "redox", "-i")
	sees(t, s, "listening on http://127.0.0.1:")
	address := regexp.MustCompile(`http://127\.0\.0\.1:\d+/token`).FindString(s.Screen())
	form := url.Values{"grant_type": {"client_credentials"}, "client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
		"client_assertion": {strings.TrimSpace(example(t, "too-long.jwt"))}}
	r, err := http.PostForm(address, form)
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	sees(t, s, "exchange 1 of 1, following", "POST /token, 400", "[token ✓] [request ✓]")
	s.Type("q")
	if code := s.Wait(enough); code != 0 {
		t.Errorf("exit status %d", code)
	}
	restored(t, s)
}

// What goes through the tap is shown as it comes, request and answer.
func TestTapOnScreen(t *testing.T) {
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		io.WriteString(w, `{"error":"invalid_request","error_description":"\"exp\" claim timestamp check failed"}`)
	}))
	defer upstream.Close()
	s := onScreen(t, 100, 30, "jwtdoctor", "tap", upstream.URL+"/v2/auth/token", "-p", "redox", "-i")
	sees(t, s, "listening on http://127.0.0.1:")
	address := regexp.MustCompile(`http://127\.0\.0\.1:\d+/v2/auth/token`).FindString(s.Screen())
	form := url.Values{"grant_type": {"client_credentials"}, "client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
		"client_assertion": {strings.TrimSpace(example(t, "too-long.jwt"))}}
	r, err := http.PostForm(address, form)
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	sees(t, s, "exchange 1 of 1, following", "POST /v2/auth/token, 400", "[token ✓] [request ✓] [response ✓ 400]")
	s.Type("q")
	if code := s.Wait(enough); code != 1 {
		t.Errorf("exit status %d", code)
	}
	restored(t, s)
}
