package doctor_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/jose"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// keyFiles are published keys by what they are: of each kind, curve and size.
var keyFiles = sync.OnceValue(func() map[string]jwk {
	out := map[string]jwk{"secp256k1": {"kty": "EC", "crv": "secp256k1", "use": "sig",
		"x": "eb5mfvncu6xVoGKVzocLBwKb_NstzijZWfKBWxb4F5g", "y": "SDradyajxGVdpPv8DhEIqP0XtEimhVQZnEfQj_sQ1Lg"}}
	for name, file := range map[string]string{"P-256": "ec256", "P-384": "ec384", "P-521": "ec521", "OKP": "ed25519", "RSA": "rsa-a", "RSA 1024": "rsa1024"} {
		data, err := os.ReadFile(filepath.Join("..", "jose", "testdata", "keys", file+".pem"))
		if err != nil {
			panic(err)
		}
		var set struct{ Keys []jwk }
		text, left := jose.PublicSet(jose.ParseKeyFile(data).Keys, func(*jose.Key) string { return "" })
		if err := json.Unmarshal(text, &set); err != nil || left > 0 || len(set.Keys) != 1 {
			panic("no public half of " + file)
		}
		out[name] = set.Keys[0]
	}
	return out
})

// keyOf is the key with that kid, and what else is set in it; nil takes a member out.
func keyOf(name string, members jwk) jwk {
	k := jwk{"kid": "example-2025"}
	for _, from := range []jwk{keyFiles()[name], {"kid": "example-2025"}, members} {
		for member, v := range from {
			if k[member] = v; v == nil {
				delete(k, member)
			}
		}
	}
	return k
}

// published is a key set without the assertion it is for, of which only one thing
// is asked: what else is wrong with it says nothing of the rule.
func published(check string, keys ...any) change {
	return func(e *exchange) { e.keysOnly, e.opts.JWKS, e.opts.Only = true, setOf(keys...), []string{check} }
}

// selects is a key set with an assertion that is not signed: which key is meant
// does not depend on it, and a search for who signed is dear.
func selects(keys ...any) change {
	return all(published("key-selected", keys...), func(e *exchange) { e.keysOnly, e.token.sig = false, nil })
}

// servedIn is a key set that took so many seconds to come.
func servedIn(seconds int) change {
	return func(e *exchange) {
		published("jwks-reachable", keyOf("P-256", nil))(e)
		e.opts.JWKS.Fetched = &evidence.Fetched{URL: "https://keys.example.test/jwks.json", Status: 200, ContentType: "application/json", Took: time.Duration(seconds) * time.Second}
	}
}

// keyPresence tries whether a published key needs a member.
func keyPresence(member, check, missing string) maker {
	return func(_ *profile.Profile, r profile.Rule) []trial {
		without, with := published(check, keyOf("P-256", jwk{member: nil})), published(check, keyOf("P-256", jwk{"alg": "ES256"}))
		if r.Value == profile.Required {
			return []trial{breaks(without, missing), allows(with, missing)}
		}
		return []trial{allows(without, missing)}
	}
}

// kindsOf has a key of each kind.
func kindsOf() map[string]string { return map[string]string{"RSA": "RSA", "EC": "P-256", "OKP": "OKP"} }

func keyMakers() map[string]maker {
	const strength, encryption, noEncryption = "key-strength", "jwks-encryption-key", "encryption-key-missing"
	return map[string]maker{
		"key.kinds": func(_ *profile.Profile, r profile.Rule) []trial {
			var out []trial
			for kind, name := range kindsOf() {
				if slices.Contains(r.Value.([]string), kind) {
					out = append(out, allows(published(strength, keyOf(name, nil)), "key-kind-not-accepted"))
				} else {
					out = append(out, breaks(published(strength, keyOf(name, nil)), "key-kind-not-accepted"))
				}
			}
			return out
		},
		"key.rsa.min_bits": func(_ *profile.Profile, r profile.Rule) []trial {
			if r.Value.(int) > 2048 {
				return []trial{breaks(published(strength, keyOf("RSA", nil)), "key-too-small")}
			}
			return []trial{breaks(published(strength, keyOf("RSA 1024", nil)), "key-too-small"), allows(published(strength, keyOf("RSA", nil)), "key-too-small")}
		},
		"key.ec.curves": func(_ *profile.Profile, r profile.Rule) []trial {
			curves := r.Value.([]string)
			var out []trial
			for _, crv := range []string{"P-256", "P-384", "P-521", "secp256k1"} {
				on := published(strength, keyOf(crv, nil))
				if slices.Contains(curves, crv) {
					out = append(out, allows(on, "key-too-small"))
				} else {
					out = append(out, breaks(on, "key-too-small"))
				}
			}
			return out
		},
		"key.use.presence": keyPresence("use", "jwks-use", "jwk-use-missing"),
		"key.alg.presence": keyPresence("alg", "jwks-use", "jwk-use-missing"),
		"key.kid.presence": keyPresence("kid", "jwks-kid", "jwks-kid-missing"),
		"key.alg.equal": func(_ *profile.Profile, r profile.Rule) []trial {
			named := func(alg string) change {
				return all(hdr("kid", "example-2025"), signs("ES256"), selects(keyOf("P-256", jwk{"alg": alg})))
			}
			return []trial{breaks(named("ES384"), "key-alg-mismatch"), allows(named("ES256"), "key-alg-mismatch")}
		},
		"key.kid.tries_all": func(_ *profile.Profile, _ profile.Rule) []trial {
			two := selects(keyOf("P-256", jwk{"kid": "a"}), keyOf("P-256", jwk{"kid": "b"}))
			return []trial{allows(all(noHdr("kid"), signs("ES256"), two), "kid-ambiguous")}
		},
		"key.encryption.presence": func(p *profile.Profile, _ profile.Rule) []trial {
			return []trial{breaks(published(encryption, keyOf("P-256", nil)), noEncryption), allows(encrypts(p, "", ""), noEncryption)}
		},
		"key.encryption.curves": func(p *profile.Profile, r profile.Rule) []trial {
			return []trial{breaks(encrypts(p, "secp256k1", ""), noEncryption), allows(encrypts(p, r.Value.([]string)[0], ""), noEncryption)}
		},
		"key.encryption.algs": func(p *profile.Profile, r profile.Rule) []trial {
			return []trial{breaks(encrypts(p, "", "ECDH-ES"), noEncryption), allows(encrypts(p, "", r.Value.([]string)[0]), noEncryption)}
		},
	}
}

// encrypts publishes an encryption key, of the accepted curve and alg where none
// is named.
func encrypts(p *profile.Profile, crv, alg string) change {
	first := func(v string, rule profile.Ref, otherwise string) string {
		listed, _ := p.Rule(rule).Value.([]string)
		switch {
		case v != "":
			return v
		case len(listed) > 0:
			return listed[0]
		}
		return otherwise
	}
	crv, alg = first(crv, profile.KeyEncCurves.Ref(), "P-256"), first(alg, profile.KeyEncAlgs.Ref(), "ECDH-ES+A256KW")
	return published("jwks-encryption-key", keyOf(crv, jwk{"use": "enc", "alg": alg, "kid": "enc-1"}))
}
