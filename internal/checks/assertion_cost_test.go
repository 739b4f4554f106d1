package checks_test

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/checks"
	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/input"
	"github.com/assertionworks/jwtdoctor/internal/jose"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// ofTheAssertion are the checks that run for every line of a batch: those of
// the assertion itself and of the keys it is verified with.
func ofTheAssertion(tb testing.TB) []checks.Check {
	tb.Helper()
	list := slices.DeleteFunc(checks.All(), func(c checks.Check) bool {
		for _, n := range c.Needs {
			switch n {
			case evidence.NeedAssertion, evidence.NeedAssertionOrParts, evidence.NeedHeader, evidence.NeedHeaderOrResponse, evidence.NeedClaims, evidence.NeedSignature, evidence.NeedKeys, evidence.NeedJWKS, evidence.NeedSeen:
			default:
				return true
			}
		}
		return false
	})
	if len(list) < 30 {
		tb.Fatalf("only %d checks", len(list))
	}
	return list
}

// healthyCase is an assertion a provider has no quarrel with, its keys and the
// exam of its signature, as the flow gathers them for one line of a batch.
func healthyCase(tb testing.TB, provider string) *checks.Ctx {
	tb.Helper()
	pem, err := os.ReadFile(filepath.Join("..", "jose", "testdata", "keys", "rsa-a.pem"))
	if err != nil {
		tb.Fatal(err)
	}
	key := jose.ParseKeyFile(pem).Key
	aud := map[string]string{"redox": "https://api.redoxengine.com/v2/auth/token", "epic": "https://fhir.epic.com/interconnect-fhir-oauth/oauth2/token"}[provider]
	compact, err := jose.Sign("RS384", key, []byte(`{"alg":"RS384","typ":"JWT","kid":"rsa-a"}`),
		[]byte(`{"iss":"b81d5a60-3c27-4f9e-a1d4-95e70c6f2b38","sub":"b81d5a60-3c27-4f9e-a1d4-95e70c6f2b38","aud":"`+aud+`","jti":"e917e0c2-b144-4ff2-b212-8ed547a54e1c","iat":1759999990,"exp":1760000230}`))
	if err != nil {
		tb.Fatal(err)
	}
	set, err := os.ReadFile(filepath.Join("testdata", "rsa-a.jwks.json"))
	if err != nil {
		tb.Fatal(err)
	}
	c := &evidence.Case{Kind: evidence.ClientAssertion, Expect: evidence.Expect{ClientID: "b81d5a60-3c27-4f9e-a1d4-95e70c6f2b38"}, Seen: evidence.Known(evidence.Seen{Compared: 1000})}
	input.Fill(c, input.Assertion(compact, evidence.Origin{File: "batch", Line: 1, Column: 1}))
	keys := &evidence.Keys{Source: "jwks.json", Set: jose.ParseJWKS(set)}
	if len(keys.Set.Problems) > 0 {
		tb.Fatalf("the set has problems: %+v", keys.Set.Problems)
	}
	c.Keys, c.JWKS = evidence.Known(keys), evidence.Known(keys)
	a, _ := c.Assertion.Get()
	part := func(i int) jose.Part {
		s := a.Segments[i]
		return jose.Part{Sent: a.Compact[s.Span.Start:s.Span.End], Clean: s.Clean, Decoded: s.Decoded}
	}
	sig, _ := c.Signature.Get()
	exam := jose.Diagnose(jose.Exhibit{Alg: "RS384", Header: part(0), Payload: part(1), Signature: sig, SignatureText: base64.RawURLEncoding.EncodeToString(sig),
		Keys: keys.Set.Keys, Kid: "rsa-a", HasKid: true})
	if !exam.Valid {
		tb.Fatalf("the signature is not valid: %+v", exam)
	}
	c.Exam = evidence.Known(&exam)
	p, err := profile.Load(provider)
	if err != nil {
		tb.Fatal(err)
	}
	now := time.Unix(1760000000, 0).UTC()
	return checks.NewCtx(c, evidence.Moment{Kind: evidence.ClientAssertion, AsOf: now, Now: now, Basis: evidence.BasisNow}, p.Compiled(), nil)
}

// A pass is what a batch of a million lines is made of: it costs next to nothing.
func TestPassesAllocateLittle(t *testing.T) {
	const most = 2.0 // allocations of a check, on average
	for _, provider := range []string{"redox", "epic"} {
		c, list := healthyCase(t, provider), ofTheAssertion(t)
		var all float64
		for i := range list {
			if v := list[i].Judge(c); len(v.Faults) > 0 && v.Faults[0].Cause != "jti-guessable" {
				t.Errorf("%s: %s fails: %s", provider, list[i].ID, v.Faults[0].Title)
			}
			n := testing.AllocsPerRun(100, func() { list[i].Judge(c) })
			if n > 3*most {
				t.Errorf("%s: %s allocates %v times for a pass", provider, list[i].ID, n)
			}
			all += n
		}
		if average := all / float64(len(list)); average > most {
			t.Errorf("%s: %.2f allocations a check, want at most %v", provider, average, most)
		}
	}
}

func BenchmarkHealthyAssertion(b *testing.B) {
	for _, provider := range []string{"redox", "epic"} {
		b.Run(provider, func(b *testing.B) {
			c, list := healthyCase(b, provider), ofTheAssertion(b)
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				for i := range list {
					v := list[i].Judge(c)
					n += len(v.Faults)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(list)), "ns/check")
		})
	}
}

// The same, check by check, to find the one that costs.
func BenchmarkHealthyCheck(b *testing.B) {
	c := healthyCase(b, "redox")
	for _, check := range ofTheAssertion(b) {
		b.Run(string(check.ID), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				check.Judge(c)
			}
		})
	}
}

var _ = finding.Error
