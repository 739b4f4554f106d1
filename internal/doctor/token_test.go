package doctor_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"math/rand/v2"
	"os"
	"runtime/debug"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// TestMain runs the tests with memory to spare: thousands of judgements leave behind
// much that is never looked at again.
func TestMain(m *testing.M) {
	debug.SetGCPercent(400)
	os.Exit(m.Run())
}

// The moment every test of this package is judged at, unless it says otherwise.
const now = 1760000000

const clientID = "b81d5a60-3c27-4f9e-a1d4-95e70c6f2b38"

// token is an assertion in the making: change one thing, then write it.
type token struct {
	header, claims members
	sig            []byte
	text           func(string) string // last change, to the compact text
	opts           doctor.Options
}

type member struct {
	name string
	raw  string
}

// members is a JSON object whose order and duplicates are ours to choose.
type members []member

func (m *members) set(name string, value any) {
	raw, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	m.setRaw(name, string(raw))
}

func (m *members) setRaw(name, raw string) {
	for i := range *m {
		if (*m)[i].name == name {
			(*m)[i].raw = raw
			return
		}
	}
	*m = append(*m, member{name, raw})
}

func (m *members) del(name string) {
	*m = slices.DeleteFunc(*m, func(x member) bool { return x.name == name })
}

func (m *members) rename(from, to string) {
	for i := range *m {
		if (*m)[i].name == from {
			(*m)[i].name = to
		}
	}
}

func (m members) json() string {
	var b bytes.Buffer
	for i, x := range m {
		if i > 0 {
			b.WriteByte(',')
		}
		name, _ := json.Marshal(x.name)
		b.Write(name)
		b.WriteString(":" + x.raw)
	}
	return "{" + b.String() + "}"
}

func b64(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

func (t *token) compact() string {
	s := b64(t.header.json()) + "." + b64(t.claims.json()) + "." + base64.RawURLEncoding.EncodeToString(t.sig)
	if t.text != nil {
		s = t.text(s)
	}
	return s
}

// embedded is the profiles, each read once for all tests.
var embedded = sync.OnceValue(profile.NewLibrary)

// healthy makes an assertion with which the provider has no quarrel.
func healthy(provider string) *token {
	t := &token{sig: noise(256), opts: doctor.Options{
		Profiles: []string{provider}, ClientID: clientID, Now: "1760000000",
		Clock: func() time.Time { return time.Unix(now, 0) }, Library: embedded(),
	}}
	t.header.set("alg", "RS384")
	t.header.set("typ", "JWT")
	t.header.set("kid", "example-2025")
	aud := "https://fhir.example.test/oauth2/token"
	life := 240
	switch provider {
	case "redox":
		aud = "https://api.redoxengine.com/v2/auth/token"
	case "epic":
		aud = "https://fhir.epic.com/interconnect-fhir-oauth/oauth2/token"
		t.opts.TokenURL = aud
	case "singpass":
		aud, life = "https://id.singpass.gov.sg", 90
		t.header.set("alg", "ES256")
		t.sig = noise(64)
	default:
		t.opts.TokenURL = aud
	}
	t.claims.set("iss", clientID)
	t.claims.set("sub", clientID)
	t.claims.set("aud", aud)
	t.claims.set("jti", "e917e0c2-b144-4ff2-b212-8ed547a54e1c")
	t.claims.set("iat", now-10)
	t.claims.set("exp", now-10+life)
	return t
}

// noise is a signature nobody made, always the same.
func noise(n int) []byte {
	r := rand.New(rand.NewPCG(1, uint64(n)))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	b[0] = 0x5a // no DER, no hex
	return b
}

// run judges texts with the token's options.
func run(t *testing.T, opts doctor.Options, texts ...string) []finding.Case {
	t.Helper()
	var in []given
	for _, s := range texts {
		in = append(in, given{"token.jwt", s})
	}
	return judgeAll(t, opts, in...)
}

// failed lists the causes of a case that are on their own, sorted.
func failed(c finding.Case) []string {
	var out []string
	for _, f := range c.Findings {
		if f.Failed() && f.ConsequenceOf == "" {
			out = append(out, string(f.Cause))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// errorsOf lists the causes of severity error, sorted.
func errorsOf(c finding.Case) []string {
	var out []string
	for _, f := range c.Findings {
		if f.Failed() && f.Severity == finding.Error {
			out = append(out, string(f.Cause))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// broken lists checks that failed themselves.
func broken(c finding.Case) []string {
	var out []string
	for _, f := range c.Findings {
		if f.Outcome == finding.Broken {
			out = append(out, string(f.Check)+": "+f.Reason)
		}
	}
	return out
}
