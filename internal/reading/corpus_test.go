package reading

import (
	"encoding/base64"
	"fmt"
	"mime/quotedprintable"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/input"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// The JWTs that the texts in testdata refer to. They are never verified here.
const (
	header    = `{"alg":"RS256","kid":"key-1","typ":"JWT"}`
	claims    = `{"iss":"app-1","sub":"app-1","aud":"https://idp.example.com/oauth2/token","jti":"6f1a","iat":1795860000,"exp":1795860240}`
	access    = `{"iss":"https://idp.example.com","sub":"user-7","aud":"api","azp":"app-1","scope":"read","exp":1795863600}`
	identity  = `{"iss":"https://idp.example.com","sub":"user-7","aud":"app-1","nonce":"n","auth_time":1795860000,"at_hash":"h","exp":1795863600}`
	proof     = `{"jti":"p1","htm":"POST","htu":"https://idp.example.com/oauth2/token","iat":1795860000}`
	proofHead = `{"typ":"dpop+jwt","alg":"ES256","jwk":{"kty":"EC","crv":"P-256","x":"a","y":"b"}}`
	joe       = `{"sub":"1234567890","name":"John Doe","iat":1516239022}`
)

func encoded(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

// signed is a JWT with a made-up signature of n bytes.
func signed(header, claims string, n int) string {
	sig := make([]byte, n)
	x := uint32(len(claims) + 7)
	for i := range sig {
		x = x*1664525 + 1013904223
		sig[i] = byte(x >> 24)
	}
	return encoded(header) + "." + encoded(claims) + "." + base64.RawURLEncoding.EncodeToString(sig)
}

// filled inserts the JWTs into a text.
func filled(text string) string {
	jwt := signed(header, claims, 256)
	return strings.NewReplacer(
		"@JWT@", jwt,
		"@JWT2@", signed(header, strings.ReplaceAll(claims, "app-1", "app-2"), 256),
		"@ACCESS@", signed(header, access, 256),
		"@IDTOKEN@", signed(header, identity, 256),
		"@DPOP@", signed(proofHead, proof, 64),
		"@JOE@", signed(`{"alg":"HS256","typ":"JWT"}`, joe, 32),
		"@H@", encoded(header), "@C@", encoded(claims),
		"@HEADER@", header, "@CLAIMS@", claims,
		"@START@", jwt[:24], "@END@", jwt[len(jwt)-12:],
		"@S@", jwt[strings.LastIndexByte(jwt, '.')+1:],
		"@C1@", encoded(claims)[:76], "@C2@", encoded(claims)[76:],
		"@WRAPPED@", wrapped(jwt, 76), "@>WRAPPED@", strings.TrimRight(eachLine(wrapped(jwt, 74), "> "), "\n"),
		"@QUOTEDFORM@", quotedPrintable(formOfJWT(jwt)),
	).Replace(text)
}

// formOfJWT is the body of a token request.
func formOfJWT(jwt string) string {
	return "grant_type=client_credentials&client_assertion_type=" + url.QueryEscape(assertionType) + "&client_assertion=" + jwt
}

// quotedPrintable encodes a line as mails do.
func quotedPrintable(s string) string {
	var b strings.Builder
	w := quotedprintable.NewWriter(&b)
	_, _ = w.Write([]byte(s))
	_ = w.Close()
	return strings.ReplaceAll(b.String(), "\r\n", "\n")
}

// sampleText is one text from testdata with the expected result.
type sampleText struct {
	name, text string
	want       []string
	file       string
}

// samples reads testdata: "# name", lines "want: …", "----", the text, "====".
func samples(t *testing.T, file string) []sampleText {
	t.Helper()
	b, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	var out []sampleText
	for block := range strings.SplitSeq(string(b), "\n====\n") {
		head, text, ok := strings.Cut(block, "\n----\n")
		if !ok {
			t.Fatalf("%s: no ---- in %.40q", file, block)
		}
		s := sampleText{text: filled(text), file: file}
		for line := range strings.Lines(head) {
			line = strings.TrimSpace(line)
			if name, ok := strings.CutPrefix(line, "# "); ok {
				s.name = name
			}
			if want, ok := strings.CutPrefix(line, "want:"); ok {
				s.want = append(s.want, wants(want)...)
			}
		}
		out = append(out, s)
	}
	return out
}

// wants splits "a=b c=d e" into its parts; a value extends to the next name.
func wants(s string) []string {
	var out []string
	for w := range strings.FieldsSeq(s) {
		if strings.Contains(w, "=") || w == "nothing" || len(out) == 0 {
			out = append(out, w)
		} else {
			out[len(out)-1] += " " + w
		}
	}
	return out
}

// check compares a result with what is expected.
func check(r Result, want []string) []string {
	var wrong []string
	fail := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	var c Case
	if len(r.Cases) > 0 {
		c = r.Cases[0]
	}
	count := 1
	for _, w := range want {
		name, value, _ := strings.Cut(w, "=")
		switch name {
		case "nothing":
			count = 0
			if r.Nothing == "" {
				fail("something was recognised")
			}
		case "cases":
			fmt.Sscan(value, &count)
		case "kinds":
			if got := strings.Join(c.Kinds, ","); got != value {
				fail("kinds %s, want %s", got, value)
			}
		case "method", "url", "params", "header":
			if c.Request == nil {
				fail("no request, want %s", w)
				break
			}
			q := c.Request
			switch name {
			case "method":
				if q.Method != value {
					fail("method %q, want %q", q.Method, value)
				}
			case "url":
				if q.URL != value {
					fail("URL %q, want %q", q.URL, value)
				}
			case "params":
				for p := range strings.SplitSeq(value, ",") {
					if _, ok := q.Param(p); !ok {
						fail("no parameter %s", p)
					}
				}
			case "header":
				field, v, _ := strings.Cut(value, ":")
				if got := q.Headers.Value(field); got != v {
					fail("header %s is %q, want %q", field, got, v)
				}
			}
		case "status", "error", "desc", "date":
			if c.Response == nil {
				fail("no response, want %s", w)
				break
			}
			a := c.Response
			switch name {
			case "status":
				if fmt.Sprint(a.Status) != value {
					fail("status %d, want %s", a.Status, value)
				}
			case "error":
				if a.Error.Code != value {
					fail("error %q, want %q", a.Error.Code, value)
				}
			case "desc":
				if !strings.Contains(a.Error.Description, value) {
					fail("description %q, want %q", a.Error.Description, value)
				}
			case "date":
				if got := a.Date.Format(time.RFC3339); got != value {
					fail("date %s, want %s", got, value)
				}
			}
		case "iss":
			if got := issuerOf(c); got != value {
				fail("iss %q, want %q", got, value)
			}
		case "hidden", "shortened", "label", "carrier":
			if c.Assertion == nil {
				fail("no assertion, want %s", w)
				break
			}
			got := map[string]string{"hidden": c.Assertion.Hidden, "label": c.Assertion.Label, "carrier": c.Assertion.Carrier, "shortened": fmt.Sprint(c.Assertion.Shortened)}[name]
			if got != value {
				fail("%s %q, want %q", name, got, value)
			}
		case "alg":
			if got := algOf(c); got != value {
				fail("alg %q, want %q", got, value)
			}
		case "sent":
			if got := c.Sent.Time.Format("2006-01-02T15:04:05Z"); got != value || !c.Sent.Zoned {
				fail("sent %s (zone %v), want %s", got, c.Sent.Zoned, value)
			}
		case "unused":
			if !slices.ContainsFunc(r.Unused, func(u Unused) bool { return strings.Contains(u.What, value) }) {
				fail("unused %v, want %s", r.Unused, value)
			}
		case "keys":
			if fmt.Sprint(len(r.Keys)) != value {
				fail("%d keys, want %s", len(r.Keys), value)
			}
		case "undone":
			if !slices.ContainsFunc(c.Undone, func(u string) bool { return strings.Contains(u, value) }) {
				fail("undone %q, want %s", c.Undone, value)
			}
			if c.Assertion != nil && len(c.Assertion.Repairs) > 0 {
				fail("the assertion is repaired, though %s", value)
			}
		case "repairs":
			if c.Assertion == nil || fmt.Sprint(len(c.Assertion.Repairs)) != value {
				fail("no %s repairs", value)
			}
		case "line":
			if fmt.Sprint(c.Line) != value {
				fail("line %d, want %s", c.Line, value)
			}
		default:
			fail("nobody knows what %s means", w)
		}
	}
	if len(r.Cases) != count {
		fail("%d cases, want %d", len(r.Cases), count)
	}
	return wrong
}

// issuerOf is the iss of the case's assertion.
func issuerOf(c Case) string {
	v, _ := claimsOf(c).Get("iss")
	if v == nil {
		return ""
	}
	return v.Str
}

func claimsOf(c Case) *jsonspan.Value {
	if c.Assertion != nil {
		if o, ok := input.Object(c.Assertion.Assertion, 1).Get(); ok {
			return o.Value
		}
	}
	if c.Decoded != nil && c.Decoded.Claims != nil {
		return c.Decoded.Claims.Value
	}
	return nil
}

func algOf(c Case) string {
	var v *jsonspan.Value
	if c.Assertion != nil {
		if o, ok := input.Object(c.Assertion.Assertion, 0).Get(); ok {
			v, _ = o.Value.Get("alg")
		}
	} else if c.Decoded != nil && c.Decoded.Header != nil {
		v, _ = c.Decoded.Header.Value.Get("alg")
	}
	if v == nil {
		return ""
	}
	return v.Str
}

func TestCorpus(t *testing.T) {
	files, err := os.ReadDir("testdata")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".txt") {
			continue
		}
		for _, s := range samples(t, f.Name()) {
			t.Run(strings.TrimSuffix(f.Name(), ".txt")+"/"+s.name, func(t *testing.T) {
				for _, w := range check(Read("paste", s.text, Options{}), s.want) {
					t.Error(w)
				}
			})
		}
	}
}
