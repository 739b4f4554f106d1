package jose

import (
	"crypto"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"
)

var everyAlg = []string{"RS256", "RS384", "RS512", "PS256", "PS384", "ES256", "ES384", "ES512", "EdDSA"}

// content is one way of signing another text than the one that is sent.
type content struct {
	name  string
	sign  func(header, payload string) string // the text that is signed
	want  string
	words string // must be in Words
}

func enc(s string) string { return b64([]byte(s)) }

func contents() []content {
	python := strings.NewReplacer(`":`, `": `, `,"`, `, "`)
	return []content{
		{"control", func(h, p string) string { return enc(h) + "." + enc(p) }, "", ""},
		{"payload alone", func(h, p string) string { return enc(p) }, CauseOtherBytes, "only the payload"},
		{"payload JSON", func(h, p string) string { return p }, CauseOtherBytes, "payload's JSON"},
		{"raw JSON", func(h, p string) string { return h + "." + p }, CauseOtherBytes, "JSON of header and payload"},
		{"swapped", func(h, p string) string { return enc(p) + "." + enc(h) }, CauseOtherBytes, "wrong order"},
		{"no dot", func(h, p string) string { return enc(h) + enc(p) }, CauseOtherBytes, "without the dot"},
		{"padded", func(h, p string) string {
			return base64.URLEncoding.EncodeToString([]byte(h)) + "." + base64.URLEncoding.EncodeToString([]byte(p))
		}, CauseOtherBytes, "padded base64url"},
		{"line end", func(h, p string) string { return enc(h) + "." + enc(p) + "\n" }, CauseOtherBytes, "line end"},
		{"NUL", func(h, p string) string { return enc(h) + "." + enc(p) + "\x00" }, CauseOtherBytes, "zero byte"},
		{"BOM", func(h, p string) string { return "\xef\xbb\xbf" + enc(h) + "." + enc(p) }, CauseOtherBytes, "byte order mark"},
		{"hex", func(h, p string) string { return hex.EncodeToString([]byte(enc(h) + "." + enc(p))) }, CauseOtherBytes, "hex-encoded"},
		{"base64", func(h, p string) string { return base64.StdEncoding.EncodeToString([]byte(enc(h) + "." + enc(p))) }, CauseOtherBytes, "base64-encoded before"},
		{"UTF-16", func(h, p string) string { return utf16Text(enc(h)+"."+enc(p), false, false) }, CauseOtherBytes, "UTF-16"},
		{"python", func(h, p string) string { return enc(h) + "." + enc(python.Replace(p)) }, CauseOtherBytes, "Python"},
		{"python both", func(h, p string) string { return enc(python.Replace(h)) + "." + enc(python.Replace(p)) }, CauseOtherBytes, "header and payload were re-serialised"},
		{"php", func(h, p string) string { return enc(h) + "." + enc(strings.ReplaceAll(p, "/", `\/`)) }, CauseOtherBytes, "PHP"},
		{"sorted", func(h, p string) string {
			return enc(h) + "." + enc(`{"aud":"https://as.example/token","exp":1763712240,"iat":1763712000,"iss":"client-7","jti":"b7c1e0","sub":"client-7"}`)
		}, CauseOtherBytes, "sorted by name"},
		{"indented", func(h, p string) string {
			return enc(h) + "." + enc(strings.NewReplacer(`{"`, "{\n  \"", `,"`, ",\n  \"", `":`, `": `, `}`, "\n}").Replace(p))
		}, CauseOtherBytes, "indented by two spaces"},
		{"payload line end", func(h, p string) string { return enc(h) + "." + enc(p+"\n") }, CauseOtherBytes, "line end after it"},
		{"kid added", func(h, p string) string { return enc(h[:strings.Index(h, `,"kid"`)]+"}") + "." + enc(p) }, CauseContentChanged, "kid added"},
		{"typ added", func(h, p string) string { return enc(strings.Replace(h, `"typ":"JWT",`, "", 1)) + "." + enc(p) }, CauseContentChanged, "typ added"},
		{"alg changed", func(h, p string) string { return enc(h[:8]+"HS256"+h[strings.Index(h, `","typ`):]) + "." + enc(p) }, CauseContentChanged, "alg changed from HS256"},
		{"jti added", func(h, p string) string { return enc(h) + "." + enc(strings.Replace(p, `"jti":"b7c1e0",`, "", 1)) }, CauseContentChanged, "jti added"},
		{"aud slash", func(h, p string) string {
			return enc(h) + "." + enc(strings.Replace(p, `/token"`, `/token/"`, 1))
		}, CauseContentChanged, "slash at the end of aud removed"},
		{"aud array", func(h, p string) string {
			return enc(h) + "." + enc(strings.Replace(p, `"https://as.example/token"`, `["https://as.example/token"]`, 1))
		}, CauseContentChanged, "aud changed from an array"},
		{"iat moved", func(h, p string) string { return enc(h) + "." + enc(strings.Replace(p, "1763712000", "1763711998", 1)) }, CauseContentChanged, "iat changed by +2 s"},
		{"digest hashed again", func(h, p string) string { return string(digest(crypto.SHA256, []byte(enc(h)+"."+enc(p)))) }, CauseTwiceHashed, "SHA-256 digest"},
		{"hex digest hashed again", func(h, p string) string {
			return hex.EncodeToString(digest(crypto.SHA256, []byte(enc(h)+"."+enc(p))))
		}, CauseTwiceHashed, "hexadecimal SHA-256 digest"},
	}
}

// TestContents signs every kind of wrong text with every kind of key.
func TestContents(t *testing.T) {
	set := testSet(t)
	for _, alg := range everyAlg {
		for i, c := range contents() {
			// The same search as for ES256, at eight and thirty-six times the cost.
			every, most := 1, len(contents())
			switch {
			case longRun():
			case alg == "ES384":
				every = 7
			case alg == "ES512":
				every, most = 3, 7
			}
			if i%every != 0 || i >= most {
				continue
			}
			t.Run(alg+"/"+c.name, func(t *testing.T) {
				key := testKey(t, keyFor(alg))
				header := testHeader(alg, key.Kid)
				sig := mustSign(t, alg, key, []byte(c.sign(header, testPayload)))
				x := exhibit(t, enc(header)+"."+enc(testPayload)+"."+b64(sig), alg, key.Kid, set)
				expect(t, Diagnose(x), c.want, c.words, key)
			})
		}
	}
}

// expect compares a diagnosis with the one cause it must name.
func expect(t *testing.T, d Diagnosis, cause, words string, key *Key) {
	t.Helper()
	if d.Cause != cause || len(d.Also) > 0 {
		t.Fatalf("cause %q and %q, want %q alone; words: %s", d.Cause, d.Also, cause, d.Words)
	}
	if (cause == "") != d.Valid {
		t.Fatalf("valid %v with cause %q", d.Valid, d.Cause)
	}
	if !strings.Contains(d.Words, words) {
		t.Errorf("words %q do not name %q", d.Words, words)
	}
	if key != nil && !d.Key.Matches(key) {
		t.Errorf("key %v, want %v", d.Key, key)
	}
	if cause != "" && (d.Proof == "" || d.Words == "") {
		t.Errorf("no proof or no words: %+v", d)
	}
}
