package main

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/term"
)

const tiny = "eyJhbGciOiJSUzM4NCJ9.e30.c2ln"

func TestIsText(t *testing.T) {
	text := []string{
		tiny, "Bearer " + tiny, "bearer x", `"` + tiny + `"`, "'abc'", "b'" + tiny + "'", "ewogICJhbGciOiAiUlMzODQifQ.e30.c2ln",
		"$JWT", "${JWT}", "{{assertion}}", "<assertion>", "YOUR_JWT_ASSERTION", "undefined", "%7B%7Bassertion%7D%7D",
		"https://example.com/cb?error=invalid_client", "client_assertion=abc", "client-assertion-type: client_assertion", "one\ntwo",
		`{"client_assertion":"x"}`, "curl -d x", "POST /token HTTP/1.1",
		strings.Repeat("Abc-_123", 10) + "." + strings.Repeat("x", 10),
		"grant_type=client_credentials&scope=x&client_id=y", "curl: (6) Could not resolve host: auth.example.com",
	}
	for _, s := range text {
		if !isText(s) {
			t.Errorf("%q is text, and was taken for a file name", s)
		}
	}
	names := []string{
		"token.jwt", "tokne.jwt", "my good token.jwt", "a=b.jwt", "invalid client error.txt", "heyJude.txt", "key.json", "a.b.c", "./x/y.jwt", `C:\tmp\token.jwt`, "assertion", "JWT.txt",
		"fixtures/very/long/path/to/some/directory/that/holds/the/token/file/of/a/test.jwt", "x", "postbox", "token.txt",
	}
	for _, s := range names {
		if isText(s) {
			t.Errorf("%q is a file name, and was taken for text", s)
		}
	}
}

func TestIsPrivateKey(t *testing.T) {
	for _, s := range []string{
		"-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----", `-----BEGIN RSA PRIVATE KEY-----\nMIIE`, "-----BEGIN OPENSSH PRIVATE KEY-----",
		"-----BEGIN ENCRYPTED PRIVATE KEY-----", `{"kty":"RSA","n":"x","d" : "y"}`, `{"kty":"oct","k":"y"}`,
		"LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0tCk1JSUV2UQ==",
	} {
		if !isPrivateKey(s) {
			t.Errorf("%q is a private key", s)
		}
	}
	for _, s := range []string{
		tiny, "-----BEGIN PUBLIC KEY-----\nMIIB", `{"kty":"RSA","n":"x","e":"AQAB"}`, "LS0tLS1CRUdJTiBQVUJMSUMgS0VZLS0tLS0KTUlJQg==", "the private key", "LS0tLS1CRUdJTi",
	} {
		if isPrivateKey(s) {
			t.Errorf("%q is no private key", s)
		}
	}
}

func TestALongArgumentIsNotRepeated(t *testing.T) {
	secret := strings.Repeat("s3cret/", 40)
	for _, args := range [][]string{{"check", secret}, {secret}, {"check", "--" + secret}, {"check", "--quiet=" + secret}, {"check", "--skew", secret}, {"explain", "x", secret}, {"checks", secret}} {
		code, stdout, stderr := run("", args...)
		if code != 2 || strings.Contains(stdout+stderr, secret) {
			t.Errorf("%.20v…: exit code %d, says %s", args, code, stderr)
		}
	}
}

func TestMessagesAreMadeVisible(t *testing.T) {
	for _, args := range [][]string{{"check", "no\x1b[2Jfile"}, {"\x1b[2J"}, {"explain", "\x1b]0;x\a"}, {"check", "--\x1b[2J"}} {
		if _, _, stderr := run("", args...); strings.Contains(stderr, "\x1b") || stderr == "" {
			t.Errorf("%q: %q", args, stderr)
		}
	}
}

func TestATerminalIsNotReadUnasked(t *testing.T) {
	for _, tt := range []struct {
		args   []string
		code   int
		stdout string
		stderr string
	}{
		{nil, 2, "", "jwtdoctor check FILE"},
		{[]string{"check"}, 2, "", "nothing to check"},
		{[]string{"decode"}, 2, "", "nothing to check"},
	} {
		var out, errs bytes.Buffer
		w := world{Streams: term.Plain(neverRead{t}, &out, &errs), clock: time.Now}
		w.InIsTTY = true
		code := Main(context.Background(), tt.args, w)
		if code != tt.code || !strings.Contains(out.String(), tt.stdout) || !strings.Contains(errs.String(), tt.stderr) {
			t.Errorf("%v: exit code %d, stdout %q, stderr %q", tt.args, code, out.String(), errs.String())
		}
	}
}

type neverRead struct{ t *testing.T }

func (n neverRead) Read([]byte) (int, error) {
	n.t.Error("the terminal was read")
	return 0, io.EOF
}

// An interruption ends the wait for input, leaves a whole report, and is 130
// even though nothing could be read.
func TestInterrupted(t *testing.T) {
	in, feed := io.Pipe()
	defer feed.Close()
	ctx, interrupt := context.WithCancel(context.Background())
	var out, errs bytes.Buffer
	w := world{Streams: term.Plain(in, &out, &errs), clock: time.Now}
	go func() {
		io.WriteString(feed, "eyJ") // returns once it has been read
		interrupt()
	}()
	if code := Main(ctx, []string{"check", "--format", "json"}, w); code != 130 {
		t.Errorf("exit code %d", code)
	}
	if !strings.HasSuffix(out.String(), "}\n") || errs.String() != "jwtdoctor: interrupted before anything was checked\n" {
		t.Errorf("stdout %q, stderr %q", out.String(), errs.String())
	}
}

type panics struct{}

func (panics) Write([]byte) (int, error) { panic("broken writer") }

func TestAPanicIsToldAndHasAnExitCode(t *testing.T) {
	var errs bytes.Buffer
	w := world{Streams: term.Plain(strings.NewReader(""), panics{}, &errs), clock: time.Now}
	if code := Main(context.Background(), []string{"version"}, w); code != exitUnfinished || !strings.Contains(errs.String(), "internal error in jwtdoctor") || strings.Contains(errs.String(), "goroutine") {
		t.Errorf("exit code %d, stderr %q", code, errs.String())
	}
}

// Every flag of check can come from the environment, and every setting of the
// project's file is a flag.
func TestSettingsAreFlags(t *testing.T) {
	cmd := newCheck(world{Streams: term.Plain(nil, nil, nil)})
	for _, key := range append(configKeys(), listKeys()...) {
		if cmd.Flags().Lookup(key) == nil {
			t.Errorf("the setting %s is no flag of check", key)
		}
	}
	if code, _, stderr := runAt(time.Unix(1795219230, 0), []string{"JWTDOCTOR_ASSERTION=" + tiny, "JWTDOCTOR_AUD=a\nb", "JWTDOCTOR_PROFILE=redox"}, "", "check", "-v"); code != 1 || !strings.Contains(stderr, "aud a, b, from JWTDOCTOR_AUD") {
		t.Errorf("exit code %d, %s", code, stderr)
	}
}

func FuzzConfig(f *testing.F) {
	for _, s := range []string{"profile: redox\n", "set:\n  a: [1, 2]\n", "aud: [x, y]\nquiet: true", "a: &a [*a]", "- x", "? : :", "\x00", "set: {a: {b: c}}", "now: |\n  x", "env: !!binary x", "profile: ./x.yaml"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := parseConfig("/x/.jwtdoctor.yaml", []byte(text))
		if err != nil {
			if !strings.Contains(err.Error(), configName) {
				t.Errorf("%q: the error does not name the file: %v", text, err)
			}
			return
		}
		for key, v := range c.values {
			if len(v.texts) == 0 && key != "aud" && key != "set" && key != "only" && key != "skip" && key != "require" {
				t.Errorf("%q: %s without a value", text, key)
			}
		}
	})
}
