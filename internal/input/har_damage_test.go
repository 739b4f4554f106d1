package input

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

func TestLooksLikeHAR(t *testing.T) {
	for _, tt := range []struct {
		text string
		want bool
	}{
		{`{"log":{"version":"1.2"`, true},
		{"\uFEFF \r\n{ \"log\" :\n{\t\"creator\": {}", true},
		{`{"log":{"entries":[]}}`, true},
		{`{"log":{"comment":"x","pages":[],"entries":[`, true},
		{`{"log":{"level":"info","message":"x"}}`, false},
		{`{"log":"version"}`, false},
		{`{"logs":{"version":"1"}}`, false},
		{`{"error":"invalid_client","log":{"version":1}}`, false},
		{`[{"log":{"version":"1.2"}}]`, false},
		{`{"log":{` + strings.Repeat(" ", 1<<14) + `"version"`, false},
		{``, false}, {`{`, false}, {`{"log"`, false},
	} {
		if got := looksLikeHAR([]byte(tt.text)); got != tt.want {
			t.Errorf("looksLikeHAR(%.60q) = %v", tt.text, got)
		}
	}
}

func TestHARDamaged(t *testing.T) {
	good := harOf(t, "x", tokenEntry(), pageEntry(1), tokenEntry())
	second, get := strings.Index(good, "static/1.js"), strings.Index(good, `"GET"`)
	big := pageEntry(1)
	parts := make(list, 12)
	for i := range parts {
		parts[i] = field("a", strings.Repeat("b", maxHARString))
	}
	big["request"].(obj)["headers"] = parts
	for _, tt := range []struct {
		name, text string
		exchanges  int
		kind       error
		want       []string // in the message
	}{
		{"whole", good, 2, nil, nil},
		{"behind a BOM", "\uFEFF" + good, 2, nil, nil},
		{"cut in an entry", good[:second], 1, ErrMalformed, []string{"x.har", "ends in entry 2", fmt.Sprint("byte ", second), "line ", "cut short"}},
		{"cut before the entries", good[:20], 0, ErrMalformed, []string{"ends before its entries"}},
		{"closing braces lost", strings.TrimRight(good, " \n}"), 2, nil, nil},
		{"text behind it", good + "x", 2, nil, nil},
		{"a word in a value's place", good[:get] + "REDACTED" + good[get+5:], 1, ErrMalformed, []string{"entry 2", fmt.Sprintf("byte %d (line %d)", get, 1+strings.Count(good[:get], "\n")), `'R'`}},
		{"wrong bracket", strings.Replace(good, `"timings": {`, `"timings": {]`, 1), 0, ErrMalformed, []string{"entry 1", "found ], expected }"}},
		{"comma too many", strings.Replace(good, "\n  ]\n", ",\n  ]\n", 1), 2, nil, nil},
		{"empty", `{"log":{"version":"1.2","entries":[]}}`, 0, ErrMalformed, []string{"without entries"}},
		{"entries missing", `{"log":{"version":"1.2"}}`, 0, ErrMalformed, []string{"without entries"}},
		{"entries null", `{"log":{"version":"1.2","entries":null}}`, 0, ErrMalformed, []string{"without entries"}},
		{"no token request", harOf(t, "x", pageEntry(1), pageEntry(2)), 0, ErrMalformed, []string{"2 entries", "token request"}},
		{"one entry", harOf(t, "x", pageEntry(1)), 0, ErrMalformed, []string{"1 entry was read"}},
		{"too large an entry", harOf(t, "x", big), 0, ErrMalformed, []string{"entry 1 of the HAR is larger than 8 MiB"}},
		{"no object", `[1]`, 0, ErrMalformed, []string{"broken", "byte 0 (line 1)"}},
		{"nothing", ``, 0, ErrMalformed, []string{"byte 0"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			all, err := readHAR(tt.text)
			if len(all) != tt.exchanges {
				t.Errorf("%d exchanges, want %d", len(all), tt.exchanges)
			}
			if tt.kind == nil {
				if err != nil {
					t.Errorf("error %v", err)
				}
				return
			}
			var read *ReadError
			if !errors.As(err, &read) || !errors.Is(err, tt.kind) {
				t.Fatalf("error %v, want a ReadError", err)
			}
			for _, w := range tt.want {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("%q does not say %q", err, w)
				}
			}
		})
	}
	if _, err := readHAR(good); err != nil {
		t.Errorf("the control fails: %v", err)
	}
}

// TestHARDamageBehindACut shows that what is not kept in memory still counts for offsets.
func TestHARDamageBehindACut(t *testing.T) {
	film := pageEntry(1)
	film["response"].(obj)["content"].(obj)["text"] = strings.Repeat("x", maxHARString+12345)
	text := harOf(t, "x", film)
	at := strings.LastIndex(text, `"startedDateTime": "`) // after response, by the alphabet
	if at < maxHARString {
		t.Fatal("the text does not stand before")
	}
	at += len(`"startedDateTime"`)
	_, err := readHAR(text[:at] + ";" + text[at+1:])
	if want := fmt.Sprintf("at byte %d (line %d)", at, 1+strings.Count(text[:at], "\n")); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v does not say %q", err, want)
	}
}

// TestHARCutsBetweenEscapes shows that a cut string is still a valid one.
func TestHARCutsBetweenEscapes(t *testing.T) {
	for shift := range 8 {
		body := strings.Repeat("x", shift) + strings.Repeat(`\u00e9\n\"`, maxHARString/8)
		text := `{"log":{"entries":[{"request":{"method":"POST","url":"` + harToken + `","postData":{"text":"grant_type=a&b=` + body + `"}},"response":{"status":400}}]}}`
		all, err := readHAR(text)
		if err != nil || len(all) != 1 {
			t.Fatalf("shifted by %d: %d exchanges, error %v", shift, len(all), err)
		}
		if r := all[0].Request; r.BodyKnown || len(r.Body.Text) > maxHARString {
			t.Errorf("shifted by %d: the body is known: %v, %d bytes", shift, r.BodyKnown, len(r.Body.Text))
		}
	}
}

func TestHARSkippedIsTold(t *testing.T) {
	big := pageEntry(1)
	parts := make(list, 12)
	for i := range parts {
		parts[i] = field("a", strings.Repeat("b", maxHARString))
	}
	big["request"].(obj)["headers"] = parts
	x := oneOf(t, "x", big, tokenEntry())
	if x.Name != "entry 2" || len(x.Request.Notes) != 1 || !strings.Contains(x.Request.Notes[0], "entry 1 of the HAR is larger than 8 MiB") {
		t.Errorf("%s with notes %q", x.Name, x.Request.Notes)
	}
}

type failingReader struct {
	r   io.Reader
	err error
}

func (f *failingReader) Read(p []byte) (int, error) {
	n, err := f.r.Read(p)
	if errors.Is(err, io.EOF) {
		err = f.err
	}
	return n, err
}

func TestHARUnreadable(t *testing.T) {
	good := harOf(t, "x", tokenEntry(), pageEntry(1))
	h := newHAR("x.har", &failingReader{strings.NewReader(good[:len(good)-40]), errors.New("the disk is gone")})
	if _, err := h.Next(); err != nil {
		t.Fatalf("the entry before the damage: %v", err)
	}
	_, err := h.Next()
	if !errors.Is(err, ErrFailed) || !strings.Contains(err.Error(), "the disk is gone") || !strings.Contains(err.Error(), "x.har") {
		t.Errorf("error %v", err)
	}
	if _, err := h.Next(); !errors.Is(err, io.EOF) {
		t.Errorf("after the error comes %v", err)
	}
}

// checkHAR checks that the reader neither panics nor hangs, that every error is a
// sentence of ours, and that places are inside their documents.
func checkHAR(t *testing.T, text string) {
	all, err := readHAR(text)
	var read *ReadError
	if err != nil && (!errors.As(err, &read) || !strings.HasPrefix(err.Error(), "x.har ")) {
		t.Fatalf("error %v", err)
	}
	if err == nil && len(all) == 0 {
		t.Fatal("no exchange and no error")
	}
	for _, e := range all {
		for _, r := range []*evidence.Request{e.Request, e.Authorization} {
			if r == nil {
				continue
			}
			for _, p := range r.Params {
				if r.Text[p.NameSpan.Start:p.NameSpan.End] == "" && p.RawName != "" {
					t.Fatalf("the name %q stands nowhere", p.RawName)
				}
				if p.Verbatim && r.Text[p.Span.Start:p.Span.End] != p.Value {
					t.Fatalf("%q is at %v", p.Value, p.Span)
				}
			}
			for _, h := range r.Headers {
				if !h.Implied && r.Text[h.Span.Start:h.Span.End] != h.Value {
					t.Fatalf("%q is at %v", h.Value, h.Span)
				}
			}
		}
		if r := e.Response; r != nil && r.Text[r.BodySpan.Start:r.BodySpan.End] != r.Body {
			t.Fatalf("the body is at %v", r.BodySpan)
		}
	}
}

func TestHARSound(t *testing.T) {
	for _, text := range []string{
		harOf(t, "WebInspector", pageEntry(1), tokenEntry()),
		harOf(t, "x", redirectEntry("POST", "http://a.example/token", harForm, 301, harToken), entryOf("GET", harToken, "", 400, "{}")),
		harOf(t, "x", apiEntry("Bearer")),
		harOf(t, "x", entryOf("GET", "https://a.example/authorize?response_type=code&client_id=a&state=s", "", 302, ""),
			entryOf("GET", "https://b.example/cb?code=c&state=s", "", 200, ""), entryOf("POST", harToken, "grant_type=authorization_code&code=c&code_verifier=v", 400, "{}")),
	} {
		checkHAR(t, text)
	}
}

func FuzzHAR(f *testing.F) {
	const begin = `{"log":{"entries":[`
	for _, entries := range []string{
		`{"request":{"method":"POST","url":"/token","headers":[{"name":"a","value":"b"}],"postData":{"text":"grant_type=a"}},"response":{"status":400,"content":{"text":"{}"}}}]}}`,
		`{"request":{"method":"POST","url":"/token","postData":{"params":[{"name":"grant_type","value":"\ud800"},{}]}}},,]}}`,
		`{"request":{"method":"POST","url":"/token","postData":{"text":"grant_type=a"}},"response":{"status":307,"redirectURL":"/b"}},{"request":{"method":"POST","url":"/b"}}]}}`,
		`{"request":{"url":"/a"},"response":{"status":401,"headers":[{"name":"WWW-Authenticate","value":"Bearer"}]}}]}}`,
		`{"request":{"url":"/?response_type=code&state=s"}},{"request":{"url":"/?code=c&state=s"}},{"request":{"method":"POST","url":"/token?grant_type=b&code=c"}}]}}`,
		`{"request":"\u00`,
	} {
		f.Add(begin + entries)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) <= longestFuzzed {
			checkHAR(t, text)
		}
	})
}
