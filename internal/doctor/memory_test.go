package doctor_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// oddLines are lines of every kind that is read in its own way, each with a jti of its
// own; every fifth is signed by a key of the set.
func oddLines(t *testing.T, n int) (lines []string, set []byte) {
	t.Helper()
	ring := testKeys(t)
	sign := func(k *token) string {
		text := b64(k.header.json()) + "." + b64(k.claims.json())
		sum := sha512.Sum384([]byte(text))
		sig, err := rsa.SignPKCS1v15(rand.Reader, ring.rsaA, crypto.SHA384, sum[:])
		if err != nil {
			t.Fatal(err)
		}
		return text + "." + base64.RawURLEncoding.EncodeToString(sig)
	}
	for i := range n {
		k := healthy([]string{"redox", "epic", "singpass", "smart-backend-services"}[i%4])
		k.header.set("kid", "rsa-a")
		k.claims.set("jti", fmt.Sprintf("e917e0c2-b144-4ff2-b212-%012d", i))
		switch i % 21 {
		case 1:
			k.claims.set("aud", "https://api.redoxengine.com/v2/auth/token/")
		case 2:
			k.claims.set("exp", now+100_000)
		case 3:
			k.claims.del("iss")
		case 4: // more values than memory is kept for
			for m := range 70 {
				k.claims.setRaw(fmt.Sprintf("claim-%d", m), fmt.Sprintf(`{"a":[%d,{"b":"c"}]}`, i))
			}
		case 5:
			k.claims.set("iat", "yesterday")
		case 6:
			k.header.set("kid", 7)
		case 7:
			k.text = func(s string) string { return "Bearer " + s }
		case 8:
			k.text = func(s string) string { return `"` + s + `"` }
		case 9:
			k.text = func(s string) string { return s[:len(s)-20] }
		case 10:
			k.text = func(s string) string { return s + ".AAAA.BBBB" }
		case 11:
			k.text = func(s string) string { return strings.SplitN(s, ".", 2)[0] }
		case 12:
			k.text = func(s string) string { return strings.Replace(s, ".", ".#", 1) }
		case 13:
			k.text = func(string) string { return fmt.Sprintf("the server said invalid_client %d", i) }
		case 14:
			k.text = func(s string) string { return fmt.Sprintf(`{"client_assertion":%q,"n":%d}`, s, i) }
		case 15:
			k.text = func(string) string { return "" }
		case 16:
			k.text = func(string) string {
				return b64(k.header.json()) + "." + b64(fmt.Sprintf(`"{\"iss\":\"%d\"}"`, i)) + ".QUJD"
			}
		case 17:
			k.claims.setRaw("iss", fmt.Sprintf(`"one-%d","iss":"two-%d"`, i, i))
		}
		line := k.compact()
		if k.text == nil && i%5 == 0 {
			line = sign(k)
		}
		lines = append(lines, line)
	}
	return lines, jwks(rsaJWK(&ring.rsaA.PublicKey, "rsa-a"))
}

// TestMemoryIsUsedAgain: what is said of a line depends on nothing that was in its memory
// before, and stays as it is when the memory is used for other lines.
func TestMemoryIsUsedAgain(t *testing.T) {
	const n = 315 // many more than are on their way at a time
	lines, set := oddLines(t, n)
	opts := healthy("redox").opts
	opts.Profiles, opts.TokenURL, opts.ClientID, opts.Lines = []string{"redox", "epic"}, "", "", true
	opts.JWKS = &doctor.Document{Source: "jwks.json", Data: set}
	type said struct {
		at    string // when it was said
		cases []finding.Case
	}
	text := func(cases []finding.Case) string {
		b, err := json.Marshal(cases)
		if err != nil {
			t.Error(err)
		}
		return string(b)
	}
	batch := func(brief bool, lines []string) (out []string) {
		opts := opts
		if opts.Brief = brief; brief {
			opts.Profiles = opts.Profiles[:1]
		}
		var all []said
		if _, err := doctor.RunTo(t.Context(), opts, []doctor.Input{{Name: "batch.txt", Open: strings.NewReader(strings.Join(lines, "\n") + "\n")}}, doctor.Output[said]{
			Prepare: func(c []finding.Case) said { return said{text(c), slices.Clone(c)} },
			Emit:    func(s said) error { all = append(all, s); return nil },
		}); err != nil {
			t.Fatal(err)
		}
		for i, s := range all {
			if later := text(s.cases); later != s.at {
				t.Fatalf("line %d was\n%s\nand after the run is\n%s", i+1, s.at, later)
			}
			// The number of the line, and how many were compared before, are its own.
			s.cases[0].Input.Line = 0
			out = append(out, strings.Join(failed(s.cases[0]), " ")+fmt.Sprint(s.cases[0].Diagnosis, s.cases[0].Error, len(s.cases[0].Findings), s.cases[0].SignedBy))
		}
		return out
	}
	for _, brief := range []bool{false, true} {
		forward := batch(brief, lines)
		backward := slices.Clone(lines)
		slices.Reverse(backward)
		again := batch(brief, backward)
		slices.Reverse(again)
		if len(forward) != n || len(again) != n {
			t.Fatalf("%d and %d answers to %d lines", len(forward), len(again), n)
		}
		differ := 0
		for i := range forward {
			is, was := dropNumber(forward[i]), dropNumber(again[i])
			if is != was {
				t.Errorf("line %d: %s\nin the other order: %s", i+1, is, was)
				if differ++; differ > 3 {
					t.FailNow()
				}
			}
		}
		if one, two := dropNumber(forward[1]), dropNumber(forward[2]); one == two {
			t.Errorf("two lines with different faults have one answer: %s", one)
		}
	}
}

// dropNumber leaves out the number of a line, which an error names.
func dropNumber(s string) string {
	before, after, ok := strings.Cut(s, "line ")
	if !ok {
		return s
	}
	return before + strings.TrimLeft(after, "0123456789")
}

// TestRunsAreForgotten: a run that is over is not kept alive until several collections
// later, as all that a sync.Pool is a part of is.
func TestRunsAreForgotten(t *testing.T) {
	e := healthyExchange("redox")
	const runs, most = 200, 20 << 10 // bytes that may be left of a run
	once := func() { collect(t, e.opts, e.token.compact()) }
	alive := func() uint64 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	once()
	runtime.GC()
	runtime.GC()
	before := alive()
	for range runs {
		once()
	}
	runtime.GC()
	if after := alive(); after > before+runs*most {
		t.Errorf("%d bytes are left of each run", (after-before)/runs)
	}
}
