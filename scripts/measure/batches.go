package main

import (
	"bufio"
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

var b64 = base64.RawURLEncoding

// signer makes assertions, and verifies them with nothing but the cryptography.
type signer struct {
	alg    string
	jwks   string // a file
	sign   func(digest []byte) []byte
	verify func(digest, signature []byte) bool
}

func (m *measure) publish(name string, jwk map[string]any) string {
	text, err := json.Marshal(map[string]any{"keys": []any{jwk}})
	if err != nil {
		fail(err)
	}
	return m.file(name, text)
}

func newRSA(m *measure, name string) *signer {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		fail(err)
	}
	return &signer{alg: "RS384",
		jwks: m.publish(name, map[string]any{"kty": "RSA", "kid": "k1", "alg": "RS384", "use": "sig", "n": b64.EncodeToString(key.N.Bytes()), "e": "AQAB"}),
		sign: func(digest []byte) []byte {
			s, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA384, digest)
			if err != nil {
				fail(err)
			}
			return s
		},
		verify: func(digest, s []byte) bool {
			return rsa.VerifyPKCS1v15(&key.PublicKey, crypto.SHA384, digest, s) == nil
		}}
}

func newEC(m *measure, name string) *signer {
	key, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		fail(err)
	}
	point, err := key.PublicKey.Bytes()
	if err != nil {
		fail(err)
	}
	return &signer{alg: "ES384",
		jwks: m.publish(name, map[string]any{"kty": "EC", "crv": "P-384", "kid": "k1", "alg": "ES384", "use": "sig",
			"x": b64.EncodeToString(point[1:49]), "y": b64.EncodeToString(point[49:])}),
		sign: func(digest []byte) []byte {
			r, s, err := ecdsa.Sign(rand.Reader, key, digest)
			if err != nil {
				fail(err)
			}
			return append(r.FillBytes(make([]byte, 48)), s.FillBytes(make([]byte, 48))...)
		},
		verify: func(digest, s []byte) bool {
			return ecdsa.Verify(&key.PublicKey, digest, new(big.Int).SetBytes(s[:48]), new(big.Int).SetBytes(s[48:]))
		}}
}

// assertion is a healthy one for Redox, as of now.
func assertion(k *signer, i int, now time.Time) string {
	return unsigned(k, i, now, 240) + "." + b64.EncodeToString(k.sign(digest(unsigned(k, i, now, 240))))
}

func unsigned(k *signer, i int, now time.Time, life int64) string {
	header := `{"alg":"` + k.alg + `","typ":"JWT","kid":"k1"}`
	claims := fmt.Sprintf(`{"iss":"0f7e2c5d-5b0c-4a44-8c3b-2f0c1f0e9a11","sub":"0f7e2c5d-5b0c-4a44-8c3b-2f0c1f0e9a11","aud":"https://api.redoxengine.com/v2/auth/token","exp":%d,"iat":%d,"jti":"3f0b6c1e-9a11-4f4e-%012d"}`,
		now.Unix()+life, now.Unix(), i)
	return b64.EncodeToString([]byte(header)) + "." + b64.EncodeToString([]byte(claims))
}

func digest(text string) []byte {
	d := sha512.Sum384([]byte(text))
	return d[:]
}

// batches measures lists of assertions, one a line.
func (m *measure) batches(lines int) {
	m.verified("RS384", newRSA(m, "rs.jwks"), 10_000, 1.6)
	m.verified("ES384", newEC(m, "es.jwks"), 2_000, 1.15)
	m.unverified(lines)
	m.sizes()
}

// turns is how often a batch and its floor are measured.
const turns = 7

// verified compares a batch with a bare loop over the same signatures on as
// many cores.
func (m *measure) verified(name string, k *signer, n int, most float64) {
	now := time.Now()
	texts := make([]string, n)
	each(n, func(i int) { texts[i] = assertion(k, i, now) })
	path := m.file(name+".txt", []byte(strings.Join(texts, "\n")+"\n"))
	bare := func() time.Duration {
		start := time.Now()
		each(n, func(i int) {
			last := strings.LastIndexByte(texts[i], '.')
			s, err := b64.DecodeString(texts[i][last+1:])
			if err != nil || !k.verify(digest(texts[i][:last]), s) {
				fail(fmt.Errorf("a signature does not verify"))
			}
		})
		return time.Since(start)
	}
	// By turns, since the speed of a machine changes from second to second.
	var floors, times []time.Duration
	for range turns {
		floors = append(floors, bare())
		times = append(times, run(path, keepTime, m.binary, "check", "-p", "redox", "--jwks", k.jwks, "--format", "ndjson", "-").wall)
	}
	slices.Sort(floors)
	slices.Sort(times)
	floor, took := floors[turns/2], times[turns/2]
	r := float64(took) / float64(floor)
	m.row(fmt.Sprintf("%d %s lines with a JWKS against bare crypto (%s)", n, name, ms(floor)), fmt.Sprintf("%s, %.2f×", ms(took), r), fmt.Sprintf("≤ %.2f×", most), r <= most)
}

// each does something n times on all cores.
func each(n int, do func(i int)) {
	var wg sync.WaitGroup
	cores := runtime.GOMAXPROCS(0)
	for c := range cores {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := c; i < n; i += cores {
				do(i)
			}
		}()
	}
	wg.Wait()
}

// unverified measures the rate without keys, and how memory grows.
func (m *measure) unverified(lines int) {
	k := newRSA(m, "none.jwks")
	few, many := m.corpus("few.txt", k, 10_000), m.corpus("many.txt", k, lines)
	of := func(path string, keep kept) cost {
		return run(path, keep, m.binary, "check", "-p", "redox", "--format", "ndjson", "-")
	}
	took := median(3, func() time.Duration { return of(many, keepTime).wall })
	rate := float64(lines) / took.Seconds()
	m.row(fmt.Sprintf("%d lines without keys", lines), fmt.Sprintf("%.0f/s", rate), "≥ 60000/s", rate >= 60_000)
	for _, of := range []struct {
		lines int
		c     cost
	}{{10_000, of(few, keepPeak)}, {lines, of(many, keepPeak)}} {
		most := int64(40_000_000 + 24*of.lines)
		m.row(fmt.Sprintf("peak memory at %d lines", of.lines), mb(of.c.peak), "≤ "+mb(most), of.c.peak <= most)
	}
}

// corpus writes healthy lines with one and the same signature, which nobody
// looks at without keys.
func (m *measure) corpus(name string, k *signer, n int) string {
	path := filepath.Join(m.dir, name)
	f, err := os.Create(path)
	if err != nil {
		fail(err)
	}
	w := bufio.NewWriter(f)
	now := time.Now().Add(30 * time.Second) // it takes a while to judge them all
	signature := b64.EncodeToString(k.sign(digest("")))
	for i := range n {
		w.WriteString(unsigned(k, i, now.Add(-30*time.Second), 290) + "." + signature + "\n")
	}
	if err := w.Flush(); err != nil {
		fail(err)
	}
	f.Close()
	return path
}

// sizes measures lines of the output.
func (m *measure) sizes() {
	k := newRSA(m, "size.jwks")
	healthy := assertion(k, 1, time.Now())
	claims := strings.Replace(string(decode(strings.Split(healthy, ".")[1])), "/token", "/token/", 1)
	text := strings.Split(healthy, ".")[0] + "." + b64.EncodeToString([]byte(claims))
	fault := text + "." + b64.EncodeToString(k.sign(digest(text)))
	for _, of := range []struct {
		what, text string
		most       int
	}{{"a healthy assertion", healthy, 1_000}, {"one with one fault", fault, 4_000}} {
		path := m.file("size.txt", []byte(of.text+"\n"))
		out := run(path, keepOutput, m.binary, "check", "-p", "redox", "--jwks", k.jwks, "--format", "ndjson", "-").out
		n := len(bytes.TrimSpace(out))
		m.row("NDJSON line of "+of.what, strconv.Itoa(n)+" B", "< "+strconv.Itoa(of.most)+" B", n > 0 && n < of.most)
	}
}

func decode(s string) []byte {
	b, err := b64.DecodeString(s)
	if err != nil {
		fail(err)
	}
	return b
}
