package input

import (
	"io"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/hostile"
)

// realToken is a healthy compact JWT of some 900 bytes.
func realToken() string {
	return enc(`{"alg":"RS384","typ":"JWT","kid":"example-2025-a1b2c3d4"}`) + "." +
		enc(`{"iss":"b81d5a60-3c27-4f1e-9f0a-1c2d3e4f5a6b","sub":"b81d5a60-3c27-4f1e-9f0a-1c2d3e4f5a6b","aud":"https://api.example.com/v2/auth/token","jti":"83e0ec65-d60a-4b49-8a5b-0f1e2d3c4b5a","iat":1759999990,"nbf":1759999990,"exp":1760000230,"scope":"system/Patient.read system/Observation.read","tenant":"t-0042"}`) +
		"." + signatureText(256)
}

func BenchmarkToEvidence(b *testing.B) {
	tok := realToken()
	for name, text := range map[string]string{
		"healthy": tok, "bearer": "Bearer " + tok, "wrapped": tok[:400] + "\n" + tok[400:], "form": "grant_type=client_credentials&client_assertion=" + tok,
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				c := evidence.Case{}
				Fill(&c, Item{Text: text, Length: len(text)}.Assertion())
			}
		})
	}
}

// repeated yields a text again and again, but keeps it in memory once.
type repeated struct {
	text string
	at   int
	left int // times
}

func (r *repeated) Read(p []byte) (int, error) {
	if r.left == 0 {
		return 0, io.EOF
	}
	n := copy(p, r.text[r.at:])
	if r.at += n; r.at == len(r.text) {
		r.at, r.left = 0, r.left-1
	}
	return n, nil
}

// BenchmarkLines measures splitting only; the aim is 300,000 lines per second and core.
func BenchmarkLines(b *testing.B) {
	const lines = 100_000
	text := strings.Repeat(realToken()+"\n", 100)
	b.ReportAllocs()
	for b.Loop() {
		l := NewLines("f", &repeated{text: text, left: lines / 100}, "")
		n := 0
		for {
			if _, err := l.Next(); err != nil {
				break
			}
			n++
		}
		if n != lines {
			b.Fatalf("%d lines", n)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/lines, "ns/line")
}

func BenchmarkHostile(b *testing.B) {
	for _, in := range hostile.Inputs() {
		b.Run(in.Name, func(b *testing.B) {
			text := in.Make(1 << 20)
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				readWhole(text)
			}
		})
	}
}
