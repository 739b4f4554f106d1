package input

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

func TestSplit(t *testing.T) {
	tok := token()
	other := enc(header) + "." + enc(strings.Replace(claims, "83e0", "93e0", 1)) + "." + signatureText(256)
	tests := []struct {
		name, text, field string
		lines             []int // of the items
		problems          int
	}{
		{"one", tok, "", []int{1}, 0},
		{"one with LF", tok + "\n", "", []int{1}, 0},
		{"one, wrapped", tok[:64] + "\n" + tok[64:128] + "\n" + tok[128:], "", []int{1}, 0},
		{"one in prose", "my token:\n" + tok + "\n", "", []int{1}, 0},
		{"placeholder", "$JWT\n", "", []int{1}, 0},
		{"two", tok + "\n" + other + "\n", "", []int{1, 2}, 0},
		{"two, CRLF", tok + "\r\n" + other + "\r\n", "", []int{1, 2}, 0},
		{"blank and comment lines", "# mine\n\n" + tok + "\n  \n" + other, "", []int{3, 5}, 0},
		{"quoted lines", `"` + tok + "\",\n\"" + other + "\"\n", "", []int{1, 2}, 0},
		{"a damaged line between", tok + "\nnot a token\n" + other + "\n", "", []int{1, 2, 3}, 0},
		{"a JSON line between", tok + "\n{\"client_assertion\":5}\n{\"client_assertion\":\"" + other + "\"}\n" + other + "\n", "", []int{1, 2, 3, 4}, 1},
		{"a request with two tokens", "POST /token HTTP/1.1\nHost: x\n\nsubject_token=" + tok + "&\nclient_assertion=" + other, "", []int{1}, 0},
		{"ndjson", `{"client_assertion":"` + tok + "\"}\n{\"client_assertion\":\"" + other + "\"}\n", "", []int{1, 2}, 0},
		{"ndjson of one line", `{"client_assertion":"` + tok + `"}`, "", []int{1}, 0},
		{"ndjson, field", `{"jwt":"` + tok + "\"}\n{\"jwt\":\"" + other + "\"}\n", "jwt", []int{1, 2}, 0},
		{"ndjson, member missing", `{"client_assertion":"` + tok + "\"}\n{\"x\":1}\n{\"client_assertion\":5}\nnonsense\n", "", []int{1, 2, 3, 4}, 3},
		{"json of several lines", "{\n \"client_assertion\": \"" + tok + "\"\n}\n", "", []int{1}, 0},
		{"jwks", `{"keys":[]}`, "", []int{1}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			items, err := Split("f", []byte(tt.text), tt.field)
			if err != nil {
				t.Fatal(err)
			}
			problems := 0
			for i, item := range items {
				if i < len(tt.lines) && item.Origin.Line != tt.lines[i] {
					t.Errorf("item %d is of line %d, want %d", i, item.Origin.Line, tt.lines[i])
				}
				if item.Problem != "" {
					problems++
				} else if item.Text == "" {
					t.Errorf("item %d is empty", i)
				}
			}
			if len(items) != len(tt.lines) || problems != tt.problems {
				t.Errorf("%d items, %d problems", len(items), problems)
			}
		})
	}
	items, _ := Split("f", []byte(`{"ä":1,"client_assertion":"`+tok+`"}`), "")
	if got := items[0].Origin.Column; got != 28 {
		t.Errorf("column %d", got)
	}
	if a := items[0].Assertion(); a.Compact != tok || a.Embedded != "" {
		t.Errorf("read %q from %q", a.Compact, a.Embedded)
	}
}

func TestUnreadable(t *testing.T) {
	tests := []struct {
		name, data string
		want       error
		says       string
	}{
		{"empty", "", ErrEmpty, "empty"},
		{"blank", " \n\t\r\n", ErrBlank, "whitespace"},
		{"gzip", "\x1f\x8b\x08\x00\x00", ErrBinary, "gzip"},
		{"zip", "PK\x03\x04\x00", ErrBinary, "zip"},
		{"pdf", "%PDF-1.7", ErrBinary, "PDF"},
		{"png", "\x89PNG\r\n", ErrBinary, "PNG"},
		{"der", "\x30\x82\x03\x01\x30", ErrBinary, "DER"},
		{"noise", "\x00\x01\x02abc\x00\xff\xfe\xfd", ErrBinary, "binary"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			items, err := Split("the-file", []byte(tt.data), "")
			if !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.says) || !strings.Contains(err.Error(), "the-file") || len(items) > 0 {
				t.Errorf("%v, %d items", err, len(items))
			}
		})
	}
	for _, text := range []string{"x", token() + "\x00", "caf\xe9", utf16le("\uFEFF" + token())} {
		if _, err := Split("f", []byte(text), ""); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
	_, err := NewReader("f", iotest.ErrReader(errors.New("disk on fire")), "").Next()
	if !errors.Is(err, ErrFailed) {
		t.Errorf("a failing reader: %v", err)
	}
}

func TestReaderStreams(t *testing.T) {
	tok := token()
	line := strings.NewReader(tok + "\n")
	sent := 0
	const lines = 3000
	r := NewReader("f", readerFunc(func(p []byte) (int, error) {
		if line.Len() == 0 {
			if sent++; sent == lines {
				return 0, io.EOF
			}
			line.Reset(tok + "\n")
		}
		return line.Read(p)
	}), "")
	if _, err := r.Next(); err != nil {
		t.Fatal(err)
	}
	if sent == lines-1 {
		t.Error("everything was read before the first item was given")
	}
	n := 1
	for {
		item, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil || item.Text != tok {
			t.Fatal(err)
		}
		n++
	}
	if n != lines {
		t.Errorf("%d items", n)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func TestLongLine(t *testing.T) {
	tok := token()
	long := enc(header) + "." + strings.Repeat("A", 3<<20)
	items, err := Split("f", []byte(tok+"\n"+tok+"\n"+long+"\n"+tok+"\n"), "")
	if err != nil || len(items) != 4 {
		t.Fatalf("%d items, %v", len(items), err)
	}
	if items[2].Whole() || items[2].Length < len(long) || len(items[2].Text) != MaxAssertion || items[3].Origin.Line != 4 {
		t.Errorf("%d of %d bytes", len(items[2].Text), items[2].Length)
	}
	if a := items[2].Assertion(); a.Whole || a.Length < len(long) {
		t.Errorf("whole: %v, length %d", a.Whole, a.Length)
	}
}

func TestOpen(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "a.jwt")
	if err := os.WriteFile(file, []byte(token()), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := Open(file)
	if err != nil {
		t.Fatal(err)
	}
	f.Close()
	for path, want := range map[string]error{dir: ErrNoFile, filepath.Join(dir, "none"): ErrMissing, os.DevNull: ErrNoFile} {
		if _, err := Open(path); !errors.Is(err, want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// longestFuzzed bounds what is fuzzed, in bytes. The fuzzer tries to shorten every
// interesting input by every stretch of it, which is quadratic and once kept a target
// busy with its first find. internal/hostile makes longer texts.
const longestFuzzed = 512

// smallToken is a healthy token, as short as possible.
func smallToken() string {
	return enc(`{"alg":"HS256"}`) + "." + enc(`{"iss":"a"}`) + "." + signatureText(32)
}

func readerSeeds(tok string) []string {
	return []string{tok, tok + "\n" + tok, "{\"client_assertion\":\"x\"}\n{}\n", "", " ", "\x1f\x8b", "# a\n\n", "\xff\xfea\x00"}
}

// checkReader checks what must be true for any input.
func checkReader(t *testing.T, data []byte) {
	items, err := Split("f", data, "")
	if err == nil && len(items) == 0 {
		// A list needs two tokens and NDJSON an object, so there is always something.
		t.Error("neither items nor an error")
	}
	var re *ReadError
	if err != nil && !errors.As(err, &re) {
		t.Errorf("%T: %v", err, err)
	}
	line := 0
	for _, item := range items {
		if item.Origin.Line <= line && line > 0 || item.Length < len(item.Text) {
			t.Errorf("item %+v after line %d", item.Origin, line)
		}
		line = item.Origin.Line
		if item.Problem == "" {
			checkAssertion(t, item.Assertion())
		}
	}
	lines := NewLines("f", bytes.NewReader(data), "")
	lines.Batch()
	for n := 1; ; n++ {
		l, err := lines.Next()
		if err != nil {
			break
		}
		if l.Number != n || l.Length < len(l.Text) || l.Item().Origin.Line != n {
			t.Errorf("line %d is %+v", n, l)
		}
	}
}

func FuzzReader(f *testing.F) {
	for _, s := range readerSeeds(smallToken()) {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) <= longestFuzzed {
			checkReader(t, data)
		}
	})
}

func assertionSeeds(tok string) []string {
	half := len(tok) / 2
	return []string{
		tok, "Bearer " + tok, "b'" + tok + "'", `{"client_assertion":"` + tok + `"}`, "client_assertion=" + strings.ReplaceAll(tok, ".", "%2E"), "\uFEFF" + tok[:half] + "\n> " + tok[half:],
		tok[:len(tok)-20] + "—" + tok[len(tok)-18:], "eyJ...", "a.b.c", "${JWT}", `\"` + tok + `\u002e\n`, "[101 121 74 104 98]", utf16le("\uFEFF" + tok), "&quot;" + tok, tok[:half] + "…" + tok[half+10:],
		"curl x -d 'client_assertion=" + tok + "' \\\n -d a=b", "=\n==.=\r\n", tok + tok, "```jwt\n" + tok + "\n```", "eyJhbGci#OiJub25lIn0.e30=.", "\x1b[200~" + tok,
	}
}

func FuzzAssertion(f *testing.F) {
	for _, s := range assertionSeeds(smallToken()) {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) <= longestFuzzed {
			checkAssertion(t, Assertion(text, evidence.Origin{}))
			checkPatience(t, text)
		}
	})
}

// What the fuzzer begins with is true for tokens of a real length, too.
func TestSeeds(t *testing.T) {
	for _, s := range readerSeeds(token()) {
		checkReader(t, []byte(s))
	}
	for _, s := range assertionSeeds(token()) {
		checkAssertion(t, Assertion(s, evidence.Origin{}))
		checkPatience(t, s)
	}
}

// A long list stays a list with stray lines of any kind in it; a short text with
// such lines is searched.
func TestIsList(t *testing.T) {
	for _, stray := range []string{"words", `{"client_assertion":5}`, `{"error":"x"}`} {
		for tokens, want := range map[int]bool{3: false, 199: false, 200: true} {
			text := strings.Repeat(token()+"\n", tokens-1) + stray + "\n" + token() + "\n"
			if got := kindsOf([]byte(text), "").list(""); got != want {
				t.Errorf("%d tokens and %s: %v", tokens, stray, got)
			}
		}
		if kindsOf([]byte(strings.Repeat(token()+"\n"+stray+"\n", 200)), "").list("") {
			t.Errorf("every other line is %s, and it is a list", stray)
		}
	}
}
