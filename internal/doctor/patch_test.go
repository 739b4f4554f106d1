package doctor_test

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/judge"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// patient is an assertion whose fixes are applied: what was judged, and what
// judges it again.
type patient struct {
	header, claims members
	jwks           []byte // nil if none was given
	compact        string // as it was judged
	// sign signs the text again; nil if no key was given.
	sign  func(header members, input string) []byte
	judge func(t *testing.T, compact string, jwks []byte) finding.Case
	// hidden are faults the assertion has and another one may cover up: they may show
	// once that is gone.
	hidden []finding.CauseID
}

// patch does to the patient what a finding says, step by step, and returns what
// is to be judged then. A new header or payload is signed again.
func (p *patient) patch(t *testing.T, steps []finding.Patch) (compact string, jwks []byte) {
	t.Helper()
	header, claims, jwks := slices.Clone(p.header), slices.Clone(p.claims), p.jwks
	signed := false
	for _, s := range steps {
		switch s.Part {
		case finding.PartHeader:
			header.patch(t, s)
			signed = true
		case finding.PartClaims:
			claims.patch(t, s)
			signed = true
		case finding.PartJWKS:
			jwks = patchDocument(t, jwks, s)
		default:
			t.Fatalf("a patch of the part %q", s.Part)
		}
	}
	if !signed {
		return p.compact, jwks
	}
	in := b64(header.json()) + "." + b64(claims.json())
	sig := noise(256)
	if strings.HasPrefix(header.text("alg"), "E") {
		sig = noise(max(64, map[string]int{"ES384": 96, "ES512": 132}[header.text("alg")]))
	}
	if alg := header.text("alg"); strings.HasPrefix(alg, "HS") {
		bits, _ := strconv.Atoi(alg[2:])
		sig = noise(bits / 8)
	}
	if p.sign != nil {
		sig = p.sign(header, in)
	}
	return in + "." + base64.RawURLEncoding.EncodeToString(sig), jwks
}

func (m *members) patch(t *testing.T, s finding.Patch) {
	t.Helper()
	name := strings.NewReplacer("~1", "/", "~0", "~").Replace(strings.TrimPrefix(s.Pointer, "/"))
	if strings.Contains(strings.TrimPrefix(s.Pointer, "/"), "/") {
		t.Fatalf("%s is not a top-level member", s.Pointer)
	}
	if s.Remove {
		m.del(name)
		return
	}
	m.set(name, s.Value)
}

func (m members) text(name string) string {
	var s string
	for _, x := range m {
		if x.name == name && json.Unmarshal([]byte(x.raw), &s) == nil {
			return s
		}
	}
	return ""
}

// patchDocument changes a member of a JSON document by its pointer.
func patchDocument(t *testing.T, doc []byte, s finding.Patch) []byte {
	t.Helper()
	var root any
	if err := json.Unmarshal(doc, &root); err != nil {
		t.Fatal(err)
	}
	steps := strings.Split(strings.TrimPrefix(s.Pointer, "/"), "/")
	var change func(v any, steps []string) any
	change = func(v any, steps []string) any {
		name := strings.NewReplacer("~1", "/", "~0", "~").Replace(steps[0])
		last := len(steps) == 1
		switch v := v.(type) {
		case map[string]any:
			switch {
			case last && s.Remove:
				delete(v, name)
			case last:
				v[name] = s.Value
			default:
				v[name] = change(v[name], steps[1:])
			}
			return v
		case []any:
			i, err := strconv.Atoi(name)
			if err != nil || i >= len(v) {
				t.Fatalf("%s leads nowhere", s.Pointer)
			}
			if last && s.Remove {
				return slices.Delete(v, i, i+1)
			}
			if last {
				t.Fatalf("%s sets an item", s.Pointer)
			}
			v[i] = change(v[i], steps[1:])
			return v
		}
		t.Fatalf("%s leads nowhere", s.Pointer)
		return nil
	}
	out, err := json.Marshal(change(root, steps))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// membersOf lists the members of a JSON object in order.
func membersOf(t *testing.T, raw json.RawMessage) members {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	if tok, err := dec.Token(); err != nil || tok != json.Delim('{') {
		return nil
	}
	var out members
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			t.Fatal(err)
		}
		var v json.RawMessage
		if err := dec.Decode(&v); err != nil {
			t.Fatal(err)
		}
		out = append(out, member{name.(string), string(v)})
	}
	return out
}

// grave lists the causes that are an error or a warning, consequences included.
func grave(c finding.Case) []finding.CauseID {
	var out []finding.CauseID
	for _, f := range c.Findings {
		if f.Failed() && (f.Severity != finding.Note || f.ConsequenceOf != "") {
			out = append(out, f.Cause)
		}
	}
	return out
}

// treat applies every fix of a case that is there as data, each for itself, and
// judges again: its cause is gone and nothing new has come. It returns the
// causes that have such a fix.
func (p *patient) treat(t *testing.T, before finding.Case) []finding.CauseID {
	t.Helper()
	var treated []finding.CauseID
	known := append(grave(before), p.hidden...)
	for _, f := range before.Findings {
		if !f.Failed() || len(f.Patch) == 0 || f.ConsequenceOf != "" {
			continue
		}
		treated = append(treated, f.Cause)
		compact, jwks := p.patch(t, f.Patch)
		after := p.judge(t, compact, jwks)
		var left []string
		for _, g := range after.Findings {
			switch {
			case !g.Failed():
			case g.Cause == f.Cause && g.Check == f.Check && g.Title == f.Title:
				left = append(left, string(g.Cause)+" (still)")
			case g.Cause == f.Cause && !several(before, f.Cause), g.Severity != finding.Note && !slices.Contains(known, g.Cause):
				left = append(left, fmt.Sprintf("%s (%s: found %q, expected %q)", g.Cause, g.Title, g.Found, g.Expected))
			}
		}
		if len(left) > 0 {
			t.Errorf("%s: after %s there is %s", f.Cause, stepsOf(f.Patch), strings.Join(left, ", "))
		}
		if len(f.Fix) == 0 {
			t.Errorf("%s has a patch and no fix in words", f.Cause)
		}
	}
	return treated
}

// several reports whether a cause was found more than once.
func several(c finding.Case, cause finding.CauseID) bool {
	n := 0
	for _, f := range c.Findings {
		if f.Cause == cause {
			n++
		}
	}
	return n > 1
}

func stepsOf(steps []finding.Patch) string {
	b, _ := json.Marshal(steps)
	return string(b)
}

// withoutPatch are causes of the assertion and its keys for whose fix no value
// can be known: it takes another token, key or signature, or a random text.
func withoutPatch() []finding.CauseID {
	return []finding.CauseID{
		// What it contains is the client's own.
		"header-missing",
		// The text as a whole.
		"placeholder-left", "wrapped-in-quotes", "bearer-prefix", "bytes-repr", "surrounding-whitespace", "inner-whitespace", "percent-encoded", "json-escaped",
		"typographic-characters", "wrong-segment-count", "encrypted-assertion", "json-serialization", "empty-segment", "not-a-jwt",
		"base64-padding", "base64-standard-alphabet", "base64-invalid-character", "base64-truncated", "base64-noncanonical",
		"header-not-json", "payload-not-json", "payload-not-object", "payload-double-encoded", "duplicate-member", "invalid-utf8",
		// Another token.
		"access-token-as-assertion", "id-token-as-assertion", "dpop-proof-as-assertion", "request-object-as-assertion", "other-jwt-as-assertion",
		// A random text.
		"jti-missing", "jti-not-string", "jti-empty", "jti-too-long", "jti-too-short", "jti-guessable", "jti-reused",
		// Another signature or key.
		"signature-missing", "ecdsa-der", "signature-truncated", "signature-hex", "signature-wrong-length", "signature-byte-order",
		"hash-mismatch", "padding-mismatch", "pss-salt-length", "signed-twice-hashed", "signed-other-bytes", "content-changed", "signed-by-unknown-key",
		"key-too-small", "key-kind-not-accepted", "private-key-mismatch", "public-key-given", "pem-encrypted", "pem-literal-newlines", "pem-malformed",
		// Another document.
		"jwks-unreachable", "jwks-http-error", "jwks-content-type", "jwks-not-https", "jwks-slow", "jwks-not-json", "jwks-empty", "jwks-single-key",
		"jwks-not-a-set", "jwks-key-not-object", "jwks-duplicate-member", "jwks-too-large", "jwk-member-missing", "jwk-off-curve", "jwk-value-invalid",
		"jwk-kty-unknown", "encryption-key-missing", "jwks-no-signing-key", "jwk-x5c-mismatch", "jwk-x5t-mismatch", "jwk-x5c-malformed",
		// What only the provider's pages say.
		"iss-wrong-form", "value-not-filled", "claim-missing", "recommended-missing", "claim-value-not-accepted", "x5t-missing", "x5t-not-a-digest", "x5c-leaf-mismatch",
		"iss-sub-near-miss",
	}
}

// Every fix that is there as data is a fix: applied to the assertion, its cause
// is gone and nothing new has come. Every cause has one, or is on the list above.
func TestPatches(t *testing.T) {
	treated := map[finding.CauseID]bool{}
	met := map[finding.CauseID]bool{}
	note := func(before finding.Case, causes []finding.CauseID) {
		for _, c := range causes {
			treated[c] = true
		}
		for _, f := range before.Findings {
			if f.Failed() && f.ConsequenceOf == "" {
				met[f.Cause] = true
			}
		}
	}
	for _, r := range rows(testCertificate(t)) {
		t.Run(r.name, func(t *testing.T) {
			tok := healthy(r.provider)
			r.change(tok)
			tok.opts.ShowSecrets = true
			before := judgeAs(t, tok.opts, r.as(), given{"token.jwt", tok.compact()})[0]
			p := patient{header: membersOf(t, before.Decoded.Header), claims: membersOf(t, before.Decoded.Claims), compact: tok.compact(),
				judge: func(t *testing.T, compact string, _ []byte) finding.Case {
					return judgeAs(t, tok.opts, r.as(), given{"token.jwt", compact})[0]
				}}
			note(before, p.treat(t, before))
		})
	}
	ring := testKeys(t)
	for _, r := range keyRows(t, ring) {
		t.Run("keys/"+r.name, func(t *testing.T) {
			s := healthySigned(ring)
			r.change(s)
			s.opts.ShowSecrets = true
			before := s.run(t)
			p := patient{header: membersOf(t, before.Decoded.Header), claims: membersOf(t, before.Decoded.Claims), jwks: s.opts.JWKS.Data, compact: s.compactText(),
				sign: ring.resign, judge: func(t *testing.T, compact string, jwks []byte) finding.Case {
					o := s.opts
					o.JWKS = &doctor.Document{Source: "jwks.json", Data: jwks, Fetched: s.got}
					return run(t, o, compact)[0]
				}}
			note(before, p.treat(t, before))
		})
	}
	for cause := range met {
		if on := slices.Contains(withoutPatch(), cause); !treated[cause] && !on {
			t.Errorf("%s has no patch in any row, and is not among those for which no value is known", cause)
		}
	}
	for _, cause := range withoutPatch() {
		if _, _, ok := catalog(t).Cause(cause); !ok {
			t.Errorf("there is no cause %s", cause)
		}
	}
}

func catalog(t testing.TB) *judge.Catalog {
	t.Helper()
	c, err := judge.Standard()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// compactText is the assertion as run makes it.
func (s *signed) compactText() string {
	in := b64(s.header.json()) + "." + b64(s.claims.json())
	compact := in + "." + base64.RawURLEncoding.EncodeToString(s.sign(in))
	if s.edit != nil {
		compact = s.edit(compact)
	}
	return compact
}

// resign signs with the key that a patched header names, as a client would that
// follows the fix.
func (k keyring) resign(header members, input string) []byte {
	alg := header.text("alg")
	hash := map[string]crypto.Hash{"256": crypto.SHA256, "384": crypto.SHA384, "512": crypto.SHA512}[strings.TrimLeft(alg, "RPES")]
	var key *rsa.PrivateKey
	switch header.text("kid") {
	case "rsa-b":
		key = k.rsaB
	default:
		key = k.rsaA
	}
	switch {
	case strings.HasPrefix(alg, "RS"):
		return pkcs1(key, hash, input)
	case strings.HasPrefix(alg, "PS"):
		return pss(key, hash, rsa.PSSSaltLengthEqualsHash, input)
	}
	return es384(k.ec, input)
}

// changes are what people get wrong whatever the provider is.
func changes() map[string]func(h, c *members) {
	claim := func(name string, v any) func(h, c *members) { return func(_, c *members) { c.set(name, v) } }
	head := func(name string, v any) func(h, c *members) { return func(h, _ *members) { h.set(name, v) } }
	noClaim := func(name string) func(h, c *members) { return func(_, c *members) { c.del(name) } }
	noHead := func(name string) func(h, c *members) { return func(h, _ *members) { h.del(name) } }
	suffix := func(name, tail string) func(h, c *members) {
		return func(_, c *members) { c.set(name, c.text(name)+tail) }
	}
	return map[string]func(h, c *members){
		"no iss": noClaim("iss"), "no sub": noClaim("sub"), "no aud": noClaim("aud"), "no exp": noClaim("exp"), "no iat": noClaim("iat"),
		"no kid": noHead("kid"), "no typ": noHead("typ"), "no alg": noHead("alg"),
		"iss another": claim("iss", "another"), "sub another": claim("sub", "another"), "iss a number": claim("iss", 42), "iss in capitals": func(_, c *members) { c.set("iss", strings.ToUpper(c.text("iss"))+"X") },
		"hidden in iss and sub": func(_, c *members) { c.set("iss", c.text("iss")+"\u200b"); c.set("sub", c.text("sub")+"\u200b") },
		"aud slash":             suffix("aud", "/"), "aud elsewhere": claim("aud", "https://elsewhere.example/token"), "aud array": func(_, c *members) { c.set("aud", []string{c.text("aud")}) },
		"aud authorize": func(_, c *members) { c.set("aud", strings.Replace(c.text("aud"), "token", "authorize", 1)) },
		"an hour":       claim("exp", now+3600), "a day": claim("exp", now+86400), "expired": func(_, c *members) { c.set("iat", now-500); c.set("exp", now-100) },
		"exp before iat": claim("exp", now-100), "exactly five minutes": claim("exp", now+300), "old": claim("iat", now-4000),
		"iat ahead": claim("iat", now+100), "all ahead": func(_, c *members) { c.set("iat", now+100); c.set("exp", now+340) },
		"nbf ahead": claim("nbf", now+90), "a zone": func(_, c *members) { c.set("iat", now+7200); c.set("exp", now+7440) },
		"milliseconds":     func(_, c *members) { c.set("iat", now*1000); c.set("exp", (now+200)*1000) },
		"exp milliseconds": claim("exp", (now+200)*1000), "mixed units": func(_, c *members) { c.set("iat", now*1000); c.set("exp", now*1000+300) },
		"times in quotes": func(_, c *members) { c.set("iat", fmt.Sprint(now)); c.set("exp", fmt.Sprint(now+200)) }, "a date": claim("exp", "2025-10-09T08:57:00Z"),
		"a duration": claim("exp", 300), "a fraction": claim("iat", now-3.5), "exp null": claim("exp", nil),
		"typ at+jwt": head("typ", "at+jwt"), "typ jwt": head("typ", "jwt"), "alg none": head("alg", "none"), "alg HS256": head("alg", "HS256"), "alg RS1": head("alg", "RS1"),
		"alg rs256": head("alg", "rs256"), "alg RS512": head("alg", "RS512"), "alg ES256": head("alg", "ES256"), "kid a number": head("kid", 7), "kid blank": head("kid", "rsa-a "), "kid stray": head("kid", "stray"),
		"kid in payload": func(h, c *members) { c.set("kid", h.text("kid")); h.del("kid") }, "jku http": head("jku", "http://keys.example.test/jwks.json"),
		"crit": head("crit", []string{"ext"}), "b64": func(h, _ *members) { h.set("b64", false); h.set("crit", []string{"b64"}) }, "jwk": head("jwk", map[string]string{"kty": "RSA", "n": "AQAB", "e": "AQAB"}),
		"iss in header": func(h, c *members) { h.set("iss", c.text("iss")); c.del("iss") }, "an extra claim": claim("extra", "x"), "Issuer": func(_, c *members) { c.rename("iss", "issuer") }, "Exp": func(_, c *members) { c.rename("exp", "Exp") },
		"x5t hex": head("x5t", strings.Repeat("ab", 20)), "zip": head("zip", "DEF"), "Kid": func(h, _ *members) { h.rename("kid", "Kid") },
	}
}

// The same for what people get wrong, under every profile: no fix offers what
// the profile refuses.
func TestPatchesUnderEveryProfile(t *testing.T) {
	fixes := 0
	all := changes()
	names := slices.Sorted(maps.Keys(all))
	for i, id := range profile.IDs() {
		t.Run(id, func(t *testing.T) {
			opts := healthyAt(id).opts
			opts.ShowSecrets = true
			judgeIt := func(t *testing.T, compact string, _ []byte) finding.Case { return run(t, opts, compact)[0] }
			for j, name := range names {
				if !met(i, j) {
					continue
				}
				tok := healthyAt(id).token
				all[name](&tok.header, &tok.claims)
				p := patient{header: tok.header, claims: tok.claims, compact: tok.compact(), judge: judgeIt}
				before := judgeIt(t, p.compact, nil)
				if b := broken(before); b != nil {
					t.Errorf("%s: broken %v", name, b)
				}
				t.Run(name, func(t *testing.T) { fixes += len(p.treat(t, before)) })
			}
		})
	}
	if fixes < 800 {
		t.Errorf("only %d fixes", fixes)
	}
	t.Logf("%d fixes", fixes)
}
