package input

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

func enc(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

const (
	header = `{"alg":"RS384","typ":"JWT","kid":"example-2025"}`
	claims = `{"iss":"b81d5a60-3c27","sub":"b81d5a60-3c27","aud":"https://api.example.com/v2/auth/token","jti":"83e0ec65-d60a-4b49","iat":1759999990,"exp":1760000230}`
)

// signatureText is base64url of n bytes, always the same.
func signatureText(n int) string {
	r := rand.New(rand.NewPCG(7, uint64(n)))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

func token() string { return enc(header) + "." + enc(claims) + "." + signatureText(256) }

// tokenWith is a token whose signature contains a text in its middle.
func tokenWith(inside string) string {
	s := signatureText(256)
	return enc(header) + "." + enc(claims) + "." + s[:100] + inside + s[100+len(inside):]
}

func read(text string) *evidence.Assertion {
	return Assertion(text, evidence.Origin{File: "x", Line: 1, Column: 1})
}

func repairCauses(a *evidence.Assertion) string {
	var out []string
	seen := map[string]bool{}
	for _, r := range a.Repairs {
		if !seen[string(r.Cause)] {
			seen[string(r.Cause)] = true
			out = append(out, string(r.Cause))
		}
	}
	return strings.Join(out, " ")
}

func faultCauses(a *evidence.Assertion) string {
	var out []string
	for i, s := range a.Segments {
		for _, f := range s.Faults {
			out = append(out, fmt.Sprintf("%d:%s", i, strings.TrimPrefix(string(f.Cause), "base64-")))
		}
	}
	return strings.Join(out, " ")
}

// checkAssertion checks what must be true for any text.
func checkAssertion(t *testing.T, a *evidence.Assertion) {
	t.Helper()
	switch {
	case a.Offsets == nil && a.Compact != a.Original:
		t.Fatalf("no offsets, and Compact is not Original")
	case a.Offsets != nil && len(a.Offsets) != len(a.Compact)+1:
		t.Fatalf("%d offsets for %d bytes", len(a.Offsets), len(a.Compact))
	}
	monotone(t, "Compact", a.Offsets, 0, len(a.Original))
	last := 0
	for _, r := range a.Repairs {
		if r.Span.Start < last || r.Span.End < r.Span.Start || r.Span.End > len(a.Original) {
			t.Errorf("repair %+v in %d bytes, after %d", r, len(a.Original), last)
		}
		if r.Cause == "" || r.What == "" {
			t.Errorf("repair without words: %+v", r)
		}
		last = r.Span.Start
	}
	if a.Shape == evidence.ShapeCompact || a.Shape == evidence.ShapeJWE {
		var parts []string
		for i, s := range a.Segments {
			parts = append(parts, a.Compact[s.Span.Start:s.Span.End])
			if s.Offsets == nil && s.Clean != a.Compact[s.Span.Start:s.Span.End] {
				t.Fatalf("segment %d: no offsets, and Clean is not all of it", i)
			}
			if s.Offsets != nil && len(s.Offsets) != len(s.Clean)+1 {
				t.Fatalf("segment %d: %d offsets for %d characters", i, len(s.Offsets), len(s.Clean))
			}
			monotone(t, "segment", s.Offsets, s.Span.Start, s.Span.End)
			decoded, err := base64.RawURLEncoding.Strict().DecodeString(s.Clean)
			if err != nil || string(decoded) != string(s.Decoded) {
				t.Errorf("segment %d: Clean does not decode to Decoded: %v", i, err)
			}
			for _, f := range s.Faults {
				if f.Span.Start < s.Span.Start || f.Span.End > s.Span.End || f.Span.Len() < 0 {
					t.Errorf("segment %d: fault %+v outside %v", i, f, s.Span)
				}
			}
		}
		rebuilt := strings.Join(parts, ".")
		if a.MoreSegments && !strings.HasPrefix(a.Compact, rebuilt+".") || !a.MoreSegments && a.Compact != rebuilt {
			t.Errorf("segments do not make up Compact")
		}
		if len(a.Segments) > maxSegments {
			t.Errorf("%d segments", len(a.Segments))
		}
	} else if a.LooksLike == "" {
		t.Errorf("%s without a name", a.Shape)
	}
	c := &evidence.Case{}
	Fill(c, a)
	for _, f := range []func(){
		func() { c.At("header", "/alg") }, func() { c.At("claims", "/jti") }, func() { c.AtName("claims", "/aud") }, func() { c.At("claims", "/none/x") }, func() { c.AtSegment(2) },
	} {
		f()
	}
}

func monotone(t *testing.T, what string, off []int32, low, high int) {
	t.Helper()
	for i, o := range off {
		if int(o) < low || int(o) > high || i > 0 && o < off[i-1] {
			t.Fatalf("%s: offset %d of %d is %d, before it %d, bounds %d to %d", what, i, len(off), o, off[max(0, i-1)], low, high)
		}
	}
}

// example reads an example file kept with the tests.
func example(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
