package errortext_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/errortext"
)

// holds is what is true of every answer.
func holds(t *testing.T, text string, ms []errortext.Match) {
	t.Helper()
	if len(ms) > 2048 {
		t.Errorf("%d matches", len(ms))
	}
	last := -1
	for _, m := range ms {
		if m.Offset < 0 || m.Length <= 0 || m.Offset+m.Length > len(text) {
			t.Fatalf("%s at %d, %d bytes of %d", m.Entry.ID, m.Offset, m.Length, len(text))
		}
		if m.Chain < last || m.Times < 1 || m.Depth < 0 {
			t.Errorf("%+v", m)
		}
		last = m.Chain
		for _, v := range m.Values {
			if v.Name == "" || v.Text == "" || len(v.Text) > 300 || strings.ContainsAny(v.Text, "\n\r") {
				t.Errorf("%s: value %+v", m.Entry.ID, v)
			}
		}
	}
}

// hostile are texts of about n bytes that are made to cost much.
func hostile(n int) map[string]string {
	out := map[string]string{}
	repeat := func(name, s string) { out[name] = strings.Repeat(s, n/len(s)+1)[:n] }
	for _, e := range errortext.All() {
		switch e.ID {
		case "curl-connect", "java-pkix", "py-max-retries", "node-altname", "go-dns-failed", "tls-verify-local-issuer", "node-econnrefused", "dotnet-refused":
			repeat("the text of "+e.ID, instances(e.Texts[0])[0]+"\n")
			repeat("the text of "+e.ID+" on one line", instances(e.Texts[0])[0]+" ")
			first, _, _ := strings.Cut(e.Texts[0], "{")
			repeat("the beginning of "+e.ID, first)
		}
	}
	repeat("blanks", "Failed to connect to           ")
	repeat("line ends", "\n")
	repeat("braces", "}\n")
	repeat("quotes", `\"`)
	repeat("dots", "getaddrinfo ENOTFOUND "+strings.Repeat("a.", 200))
	repeat("chains", "Error: socket hang up\n"+strings.Repeat("}\n", 40))
	repeat("marks", "Caused by: (Caused by ---> [cause]: ECONNRESET ")
	repeat("lazy blanks", "Failed to resolve 'a' [ERRNO x509: certificate is valid for a, b, c, d x509: certificate is valid for ")
	repeat("no text", "\x00\xff\xfe")
	var all strings.Builder
	for all.Len() < n {
		for _, e := range errortext.All() {
			for _, text := range e.Texts {
				all.WriteString(instances(text)[0])
				all.WriteByte('\n')
			}
		}
	}
	out["every text"] = all.String()[:n]
	return out
}

func TestHostile(t *testing.T) {
	for name, text := range hostile(1 << 16) {
		t.Run(name, func(t *testing.T) { holds(t, text, errortext.Find(text)) })
	}
	for _, e := range errortext.All() {
		for _, text := range e.Texts {
			for _, instance := range instances(text) {
				for cut := 0; cut < len(instance); cut += 7 {
					holds(t, instance[:cut], errortext.Find(instance[:cut]))
					holds(t, instance[cut:], errortext.Find(instance[cut:]))
				}
			}
		}
	}
}

// TestAllocations: a text with nothing in it costs next to nothing compared with the
// reading.
func TestAllocations(t *testing.T) {
	text := ordinary(1 << 16)
	errortext.Find(text)
	if n := testing.AllocsPerRun(5, func() { errortext.Find(text) }); n > 4 {
		t.Errorf("%v allocations", n)
	}
}

// ordinary is n bytes of a log in which nothing is wrong.
func ordinary(n int) string {
	words := strings.Fields("the token request was sent to auth.example.test:443 and answered with status 200 in 12.5ms INFO main c.e.TokenService connection pool certificate key error=none retry timeout=10s host proxy java.net.URI POST /oauth2/token {\"level\":\"info\"} 2026-11-21T08:00:00Z")
	r := rand.New(rand.NewPCG(1, 2))
	var b strings.Builder
	for b.Len() < n {
		for range 12 {
			b.WriteString(words[r.IntN(len(words))])
			b.WriteByte(' ')
		}
		b.WriteByte('\n')
	}
	return b.String()[:n]
}

func BenchmarkFind(b *testing.B) {
	for name, text := range map[string]string{"ordinary": ordinary(1 << 20), "every text": hostile(1 << 20)["every text"]} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				errortext.Find(text)
			}
		})
	}
}

func BenchmarkHostile(b *testing.B) {
	for name, text := range hostile(1 << 20) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				errortext.Find(text)
			}
		})
	}
}

func FuzzFind(f *testing.F) {
	for _, s := range samples(f) {
		f.Add(s.text)
		f.Add(s.nearMiss)
	}
	f.Fuzz(func(t *testing.T, text string) { holds(t, text, errortext.Find(text)) })
}
