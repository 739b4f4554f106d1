package jose

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
)

// jwkOf writes a public key as a JWK, with members changed or added; a value of
// nil leaves the member out.
func jwkOf(t testing.TB, name string, change map[string]any) string {
	t.Helper()
	m := map[string]any{"kid": name, "use": "sig"}
	for k, v := range publicMembers(testKey(t, name)) {
		m[k] = v
	}
	switch m["kty"] {
	case KtyRSA:
		m["alg"] = "RS384"
	case KtyEC:
		m["alg"] = algorithmFor(famECDSA, ownHash(testKey(t, name)), m["crv"].(string))
	default:
		m["alg"] = "EdDSA"
	}
	for k, v := range change {
		if v == nil {
			delete(m, k)
		} else {
			m[k] = v
		}
	}
	return asJSON(t, m)
}

type setShape struct {
	name  string
	data  string
	want  []string // the causes, in any order
	keys  int      // keys read
	words string
}

// changed is a set with one healthy key and one with a change.
func changed(t testing.TB, name string, change map[string]any) string {
	t.Helper()
	return `{"keys":[` + jwkOf(t, "rsa-b", nil) + "," + jwkOf(t, name, change) + "]}"
}

func member(t testing.TB, key, name string) []byte {
	t.Helper()
	b, err := base64.RawURLEncoding.DecodeString(publicMembers(testKey(t, key))[name])
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// shortKey is a P-256 key of which x begins with a zero byte.
func shortKey(t testing.TB) (x, y []byte) {
	t.Helper()
	for i := byte(1); i != 0; i++ {
		for j := byte(1); j != 0; j++ {
			k, err := NewKey(ecPrivate(crvP256, []byte{1, i, j}))
			if err != nil {
				t.Fatal(err)
			}
			m := publicMembers(k)
			x, _ = base64.RawURLEncoding.DecodeString(m["x"])
			y, _ = base64.RawURLEncoding.DecodeString(m["y"])
			if x[0] == 0 {
				return x, y
			}
		}
	}
	t.Fatal("no such key")
	return nil, nil
}

func setShapes(t testing.TB) []setShape {
	n := member(t, "rsa-a", "n")
	x, y := member(t, "ec256", "x"), member(t, "ec256", "y")
	sx, sy := shortKey(t)
	plusKey := func() string { return base64.StdEncoding.EncodeToString(n) }
	healthy := jwkOf(t, "rsa-b", nil)
	cert := base64.StdEncoding.EncodeToString(derOf(t, "cert-rsa-a"))
	var many strings.Builder
	for i := range MaxSetKeys + 5 {
		fmt.Fprintf(&many, `,{"kty":"OKP","crv":"X25519","kid":"k%d","use":"enc","alg":"ECDH-ES","x":"%s"}`, i, b64(make([]byte, 32)))
	}
	one := func(name, key, member string, value any, words string, want ...string) setShape {
		return setShape{name, changed(t, key, map[string]any{member: value}), want, 2, words}
	}
	doc := func(name, data string, keys int, words string, want ...string) setShape {
		return setShape{name, data, want, keys, words}
	}
	even := new(big.Int).Add(new(big.Int).SetBytes(n), big.NewInt(1)).Bytes()
	return []setShape{
		doc("healthy", `{"keys":[`+healthy+","+jwkOf(t, "ec384", nil)+","+jwkOf(t, "ed25519", nil)+`]}`, 3, ""),
		doc("healthy with an encryption key", `{"keys":[`+healthy+","+jwkOf(t, "rsa-a", map[string]any{"use": "enc", "alg": "RSA-OAEP-256"})+`]}`, 2, ""),
		doc("white space around it", " \n{\"keys\":["+healthy+"]}\n", 1, ""),
		doc("further members", `{"keys":[`+healthy+`],"issued":1}`, 1, ""),

		doc("empty file", "", 0, "empty", CauseNotJSON),
		doc("HTML", "<!DOCTYPE html><html>", 0, "HTML", CauseNotJSON),
		doc("XML", "<?xml version='1.0'?><a/>", 0, "XML", CauseNotJSON),
		doc("PEM", string(readKeyFile(t, "cert-rsa-a.pem")), 0, "PEM", CauseNotJSON),
		doc("a JWT", "eyJhbGciOiJub25lIn0.e30.", 0, "JWT", CauseNotJSON),
		doc("text", "Not found", 0, "text", CauseNotJSON),
		doc("cut off", `{"keys":[`+healthy[:len(healthy)/2], -1, "not JSON", CauseNotJSON),
		doc("trailing comma", `{"keys":[`+healthy+`,]}`, 1, "not JSON", CauseNotJSON),
		doc("text after it", `{"keys":[`+healthy+`]} done`, 1, "not JSON", CauseNotJSON),
		doc("a JSON string", `"{\"keys\":[]}"`, 0, "twice", CauseNotASet),
		doc("a bare array", `[`+healthy+`]`, 1, "bare array", CauseNotASet),
		doc("keys an object", `{"keys":`+healthy+`}`, 1, "array", CauseNotASet),
		doc("keys a string", `{"keys":"abc"}`, 0, "array", CauseNotASet),
		doc("Keys", `{"Keys":[`+healthy+`]}`, 1, `"Keys"`, CauseNotASet),
		doc("wrapped", `{"jwks":{"keys":[`+healthy+`]}}`, 1, `"jwks"`, CauseNotASet),
		doc("discovery", `{"issuer":"https://a","jwks_uri":"https://a/jwks"}`, 0, "jwks_uri", CauseNotASet),
		doc("certificates by name", `{"abc":"-----BEGIN CERTIFICATE-----\nAA"}`, 0, "certificates", CauseNotASet),
		doc("one JWK", healthy, 1, "one JWK", CauseSingleKey),
		doc("no keys", `{"keys":[]}`, 0, "empty", CauseEmpty),
		doc("keys null", `{"keys":null}`, 0, "null", CauseEmpty),
		doc("an error", `{"error":"not_found"}`, 0, "no member", CauseEmpty),
		doc("a string among the keys", `{"keys":["abc",`+healthy+`]}`, 1, "a string", CauseKeyNotObject),
		doc("PEM among the keys", `{"keys":["-----BEGIN PUBLIC KEY-----",`+healthy+`]}`, 1, "PEM", CauseKeyNotObject),
		doc("null among the keys", `{"keys":[null,`+healthy+`]}`, 1, "null", CauseKeyNotObject),
		doc("JSON text among the keys", `{"keys":["{\"kty\":\"RSA\"}",`+healthy+`]}`, 1, "twice", CauseKeyNotObject),
		doc("duplicate member", `{"keys":[{"kid":"first",`+healthy[1:]+`]}`, 1, "twice", CauseDuplicateMember),
		doc("duplicate keys", `{"keys":[],"keys":[`+healthy+`]}`, 1, "twice", CauseDuplicateMember),
		doc("over 1 MiB", `{"keys":[`+healthy+`],"x":"`+strings.Repeat("a", MaxSetBytes)+`"}`, 0, "not read", CauseTooLarge),
		doc("over 1000 keys", `{"keys":[`+healthy+many.String()+`]}`, MaxSetKeys, "first 1000", CauseTooLarge),

		one("no kid", "rsa-a", "kid", nil, "no kid", CauseKidMissing),
		one("kid a number", "rsa-a", "kid", 7, "a number", CauseKidMissing),
		one("kid empty", "rsa-a", "kid", "", "empty", CauseKidMissing),
		one("kid twice", "rsa-a", "kid", "rsa-b", "is chance", CauseKidDuplicate),
		doc("one key twice", `{"keys":[`+healthy+","+healthy+`]}`, 2, "the same key", CauseKidDuplicate),

		{"no kty", changed(t, "rsa-a", map[string]any{"kty": nil}), []string{CauseMemberMissing}, 1, "kty"},
		one("no n", "rsa-a", "n", nil, "no n", CauseMemberMissing),
		one("no e", "rsa-a", "e", nil, "no e", CauseMemberMissing),
		one("n empty", "rsa-a", "n", "", "no n", CauseMemberMissing),
		one("no crv", "ec256", "crv", nil, "no crv", CauseMemberMissing),
		one("no x", "ec256", "x", nil, "no x", CauseMemberMissing),
		one("no y", "ec256", "y", nil, "no y", CauseMemberMissing),
		one("no x, Ed25519", "ed25519", "x", nil, "no x", CauseMemberMissing),
		{"unknown kty", changed(t, "rsa-a", map[string]any{"kty": "AKP"}), []string{CauseKtyUnknown}, 1, "skipped"},
		{"kty in lower case", changed(t, "rsa-a", map[string]any{"kty": "rsa"}), []string{CauseKtyUnknown}, 1, `"RSA"`},

		one("n with a sign byte", "rsa-a", "n", b64(append([]byte{0}, n...)), "zero byte", CauseLeadingZero),
		one("e with leading zeros", "rsa-a", "e", "AAEAAQ", "zero byte", CauseLeadingZero),
		{"x with a sign byte", changed(t, "ec256", map[string]any{"x": b64(append([]byte{0}, x...))}), []string{CauseLeadingZero}, 2, "zero bytes too many"},
		{"x without its zero", changed(t, "ec256", map[string]any{"x": b64(sx[1:]), "y": b64(sy)}), []string{CauseShortCoordinate}, 2, "31 bytes"},
		one("off curve", "ec256", "y", b64(append([]byte{y[0] ^ 1}, y[1:]...)), "not on P-256", CauseOffCurve),
		{"x and y exchanged", changed(t, "ec256", map[string]any{"x": b64(y), "y": b64(x)}), []string{CauseOffCurve}, 2, "exchanged"},
		{"wrong crv", changed(t, "ec384", map[string]any{"crv": "P-256", "alg": "ES256"}), []string{CauseOffCurve}, 2, "one of P-384"},
		{"unknown crv", changed(t, "ec256", map[string]any{"crv": "prime256v1", "alg": nil}), []string{CauseValueInvalid, CauseUseMissing}, 2, "prime256v1"},
		one("x of Ed25519 too short", "ed25519", "x", "AAAA", "3 bytes", CauseValueInvalid),

		one("n padded", "rsa-a", "n", b64(n)+"==", "padding", CauseBase64),
		one("n in standard base64", "rsa-a", "n", plusKey(), "standard base64", CauseBase64),
		one("n in hex", "rsa-a", "n", hex.EncodeToString(n), "hexadecimal", CauseBase64),
		one("n with commas at its end", "rsa-a", "n", b64(n)+",,", "after the end", CauseBase64),
		one("n with line breaks", "rsa-a", "n", b64(n)[:64]+"\n"+b64(n)[64:], "whitespace", CauseBase64),
		one("n no base64", "rsa-a", "n", "!!!", "no base64url", CauseBase64),
		one("e a number", "rsa-a", "e", 65537, "JSON number", CauseBase64),
		one("e a decimal string", "rsa-a", "e", "65537", "decimal", CauseBase64),
		one("e in hex", "rsa-a", "e", "010001", "hexadecimal", CauseBase64),
		one("e an object", "rsa-a", "e", map[string]any{}, "an object", CauseBase64),
		one("x in hex", "ec256", "x", hex.EncodeToString(x), "hexadecimal", CauseBase64),
		one("x padded", "ec256", "x", b64(x)+"=", "padding", CauseBase64),

		one("e is 1", "rsa-a", "e", "AQ", "anyone could sign", CauseValueInvalid),
		one("e even", "rsa-a", "e", "AQAC", "even", CauseValueInvalid),
		one("e huge", "rsa-a", "e", b64([]byte{1, 0, 0, 0, 0, 0, 1}), "2^31", CauseValueInvalid),
		one("n even", "rsa-a", "n", b64(even), "even", CauseValueInvalid),
		one("n tiny", "rsa-a", "n", b64(n[len(n)-32:]), "too short", CauseKeyTooSmall),

		one("private RSA", "rsa-a", "d", "AQAB", "replace the key now", CausePrivateKey),
		one("p alone", "rsa-a", "p", "AQAB", "(p)", CausePrivateKey),
		one("private EC", "ec256", "d", "AQAB", "replace the key now", CausePrivateKey),
		{"symmetric", `{"keys":[{"kty":"oct","kid":"s","use":"sig","alg":"HS256","k":"c2VjcmV0"}]}`, []string{CausePrivateKey}, 1, "symmetric"},

		one("use signing", "rsa-a", "use", "signing", `"sig"`, CauseUseConflict),
		one("use upper case", "rsa-a", "use", "SIG", `"sig"`, CauseUseConflict),
		one("use an array", "rsa-a", "use", []string{"sig"}, "an array", CauseUseConflict),
		one("use enc with RS384", "rsa-a", "use", "enc", "signs", CauseUseConflict),
		one("use sig with RSA-OAEP", "rsa-a", "alg", "RSA-OAEP", "encrypts", CauseUseConflict),
		one("alg of another kind", "rsa-a", "alg", "ES256", "EC key", CauseUseConflict),
		one("alg of another curve", "ec384", "alg", "ES256", "P-256", CauseUseConflict),
		one("alg in Java's words", "rsa-a", "alg", "SHA256withRSA", "not a registered", CauseUseConflict),
		one("key_ops sign alone", "rsa-a", "key_ops", []string{"sign"}, "verify", CauseUseConflict),
		one("key_ops encrypt", "rsa-a", "key_ops", []string{"encrypt"}, "encryption", CauseUseConflict),
		one("key_ops a string", "rsa-a", "key_ops", "verify", "array", CauseUseConflict),
		one("key_ops verify", "rsa-a", "key_ops", []string{"verify"}, ""),
		one("no use", "rsa-a", "use", nil, "no use", CauseUseMissing),
		one("no alg", "rsa-a", "alg", nil, "no alg", CauseUseMissing),

		one("x5c", "rsa-a", "x5c", []string{cert}, ""),
		one("x5c of another key", "ec256", "x5c", []string{cert}, "another key", CauseJWKX5CMismatch),
		one("x5c a string", "rsa-a", "x5c", cert, "array", CauseJWKX5CMalformed),
		one("x5c PEM", "rsa-a", "x5c", []string{"-----BEGIN CERTIFICATE-----"}, "PEM", CauseJWKX5CMalformed),
		one("x5c base64url", "rsa-a", "x5c", []string{base64.RawURLEncoding.EncodeToString(derOf(t, "cert-rsa-a"))}, "standard base64", CauseJWKX5CMalformed),
		one("x5c rubbish", "rsa-a", "x5c", []string{"AAAA"}, "not a readable", CauseJWKX5CMalformed),
	}
}

func TestSets(t *testing.T) {
	shapes := setShapes(t)
	for _, s := range shapes {
		t.Run(s.name, func(t *testing.T) {
			set := ParseJWKS([]byte(s.data))
			var causes []string
			said := ""
			for _, p := range set.Problems {
				if !slices.Contains(causes, p.Cause) {
					causes = append(causes, p.Cause)
				}
				said += p.Message + "; "
				if p.Span.Start < 0 || p.Span.End > len(s.data) || p.Span.Start > p.Span.End {
					t.Errorf("span %v of %d bytes", p.Span, len(s.data))
				}
				if p.Severity == "" || strings.HasSuffix(p.Message, ".") {
					t.Errorf("severity %q, message %q", p.Severity, p.Message)
				}
			}
			slices.Sort(causes)
			want := slices.Sorted(slices.Values(s.want))
			if !slices.Equal(causes, want) {
				t.Fatalf("causes %q, want %q: %s", causes, want, said)
			}
			if len(set.Keys) != s.keys && s.keys >= 0 {
				t.Errorf("%d keys, want %d", len(set.Keys), s.keys)
			}
			if !strings.Contains(said, s.words) {
				t.Errorf("%q does not name %q", said, s.words)
			}
		})
	}
	t.Logf("%d shapes", len(shapes))
}

// TestRepairedKeysVerify: a key that was read in spite of a fault is the right key.
func TestRepairedKeysVerify(t *testing.T) {
	n, x := member(t, "rsa-a", "n"), member(t, "ec256", "x")
	for name, c := range map[string]struct {
		key, member string
		value       any
	}{
		"sign byte": {"rsa-a", "n", b64(append([]byte{0}, n...))},
		"padding":   {"rsa-a", "n", b64(n) + "=="},
		"hex":       {"rsa-a", "n", hex.EncodeToString(n)},
		"number":    {"rsa-a", "e", 65537},
		"standard":  {"ec256", "x", base64.StdEncoding.EncodeToString(x)},
	} {
		set := ParseJWKS([]byte(changed(t, c.key, map[string]any{c.member: c.value, "alg": nil})))
		k := set.Keys[1]
		private := testKey(t, c.key)
		alg := naturalAlg(private)
		if err := Verify(alg, []byte("x"), mustSign(t, alg, private, []byte("x")), k); err != nil || !k.Repaired || !k.Matches(private) {
			t.Errorf("%s: %v, repaired %v, matches %v", name, err, k.Repaired, k.Matches(private))
		}
	}
}

// TestThumbprint is the example of RFC 7638 clause 3.1.
func TestThumbprint(t *testing.T) {
	set := ParseJWKS([]byte(`{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"}`))
	if got := set.Keys[0].Thumbprint; got != "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs" {
		t.Error(got)
	}
}

// TestRecognised: kinds that cannot verify are named and do no harm.
func TestRecognised(t *testing.T) {
	for name, c := range map[string]struct{ jwk, words string }{
		"secp256k1": {`{"kty":"EC","crv":"secp256k1","kid":"a","x":"eb5mfvncu6xVoGKVzocLBwKb_NstzijZWfKBWxb4F5g","y":"SDradyajxGVdpPv8DhEIqP0XtEimhVQZnEfQj_sQ1Lg"}`, "ES256K"},
		"Ed448":     {`{"kty":"OKP","crv":"Ed448","kid":"a","x":"` + b64(make([]byte, 57)) + `"}`, "Ed448"},
		"X25519":    {`{"kty":"OKP","crv":"X25519","kid":"a","x":"` + b64(make([]byte, 32)) + `"}`, "key agreement"},
	} {
		set := ParseJWKS([]byte(c.jwk))
		if len(set.Keys) != 1 || set.Keys[0].Public != nil || !strings.Contains(set.Keys[0].Unusable, c.words) {
			t.Errorf("%s: %+v", name, set)
			continue
		}
		if err := Verify("ES256", []byte("x"), make([]byte, 64), set.Keys[0]); err == nil {
			t.Errorf("%s verifies", name)
		}
	}
}

// TestPointers: a problem leads to the very member it is about.
func TestPointers(t *testing.T) {
	healthy := jwkOf(t, "rsa-b", nil)
	for name, c := range map[string]struct{ data, cause, pointer, at string }{
		"padding in the second key": {changed(t, "ec256", map[string]any{"x": publicMembers(testKey(t, "ec256"))["x"] + "="}), CauseBase64, "/keys/1/x", `="`},
		"no kid":                    {changed(t, "ec256", map[string]any{"kid": nil}), CauseKidMissing, "/keys/1", "{"},
		"one key":                   {jwkOf(t, "ec256", map[string]any{"use": "signing"}), CauseUseConflict, "/use", `"signing"`},
		"duplicate":                 {`{"keys":[{"kid":"first",` + healthy[1:] + `]}`, CauseDuplicateMember, "/keys/0/kid", `"kid"`},
		"wrapped":                   {`{"a/b":{"keys":[` + jwkOf(t, "rsa-a", map[string]any{"e": "AQ"}) + `]}}`, CauseValueInvalid, "/a~1b/keys/0/e", `"AQ"`},
		"private":                   {changed(t, "ec256", map[string]any{"d": "AQAB"}), CausePrivateKey, "/keys/1/d", `"AQAB"`},
		"kid twice":                 {`{"keys":[` + healthy + "," + healthy + `]}`, CauseKidDuplicate, "/keys/1/kid", `"rsa-b"`},
		"kid twice, bare":           {`[` + healthy + "," + healthy + `]`, CauseKidDuplicate, "/1/kid", `"rsa-b"`},
	} {
		set := ParseJWKS([]byte(c.data))
		i := slices.IndexFunc(set.Problems, func(p Problem) bool { return p.Cause == c.cause })
		if i < 0 {
			t.Errorf("%s: %+v", name, set.Problems)
			continue
		}
		p := set.Problems[i]
		if got := c.data[p.Span.Start:p.Span.End]; p.Pointer != c.pointer || !strings.Contains(got, c.at) {
			t.Errorf("%s: %q at %q, want %q at %q", name, p.Pointer, got, c.pointer, c.at)
		}
	}
}
