package jose

import (
	"crypto"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// numbered is the test payload with a jti of its own.
func numbered(i int) string {
	return strings.Replace(testPayload, "b7c1e0", fmt.Sprint("n", i), 1)
}

// manner is one way to sign wrongly, the same for any payload.
type manner struct {
	name, alg string
	sign      func(t *testing.T, header, payload string) []byte
}

func manners() []manner {
	python := strings.NewReplacer(`":`, `": `, `,"`, `, "`)
	of := func(alg, as string, text func(h, p string) string) manner {
		return manner{as, alg, func(t *testing.T, h, p string) []byte {
			return mustSign(t, alg, testKey(t, keyFor(alg)), []byte(text(h, p)))
		}}
	}
	var list []manner
	for _, alg := range []string{"RS256", "PS256", "ES256", "EdDSA"} {
		list = append(list,
			of(alg, "payload JSON", func(_, p string) string { return p }),
			of(alg, "retyped", func(h, p string) string { return enc(h) + "." + enc(python.Replace(p)) }),
			of(alg, "typ added", func(h, p string) string { return enc(strings.Replace(h, `"typ":"JWT",`, "", 1)) + "." + enc(p) }),
			of(alg, "hashed before", func(h, p string) string { return string(digest(crypto.SHA256, []byte(enc(h)+"."+enc(p)))) }),
			manner{"reversed", alg, func(t *testing.T, h, p string) []byte {
				return reversedBytes(mustSign(t, alg, testKey(t, keyFor(alg)), []byte(enc(h)+"."+enc(p))))
			}},
			manner{"base64 twice", alg, func(t *testing.T, h, p string) []byte {
				return []byte(base64.StdEncoding.EncodeToString(mustSign(t, alg, testKey(t, keyFor(alg)), []byte(enc(h)+"."+enc(p)))))
			}})
	}
	return append(list,
		manner{"DER", "ES256", func(t *testing.T, h, p string) []byte {
			return derECDSA(t, "ec256", crypto.SHA256, []byte(enc(h)+"."+enc(p)))
		}},
		manner{"another hash", "ES256", func(t *testing.T, h, p string) []byte {
			return rawECDSA(t, "ec256", digest(crypto.SHA512, []byte(enc(h)+"."+enc(p))), 32)
		}},
		manner{"no hash", "ES256", func(t *testing.T, h, p string) []byte {
			return rawECDSA(t, "ec256", []byte(enc(h)+"."+enc(p)), 32)
		}},
		manner{"another padding", "RS256", func(t *testing.T, h, p string) []byte {
			return mustSign(t, "PS256", testKey(t, "rsa-a"), []byte(enc(h)+"."+enc(p)))
		}},
		manner{"HMAC with the public key", "HS256", func(t *testing.T, h, p string) []byte {
			return mac(crypto.SHA256, publicForms(testKey(t, "rsa-a"))[3].data, []byte(enc(h)+"."+enc(p)))
		}})
}

// TestHypotheses: what was found for one assertion is found for the next one of
// the kind without any budget, by a confirmation of its own; and it is never
// said of an assertion that was made in another way.
func TestHypotheses(t *testing.T) {
	set := testSet(t)
	all := manners()
	examine := func(m manner, i int, sig []byte) *Examination {
		header := testHeader(m.alg, keyFor(m.alg))
		if sig == nil {
			sig = m.sign(t, header, numbered(i))
		}
		return Examine(exhibit(t, enc(header)+"."+enc(numbered(i))+"."+b64(sig), m.alg, keyFor(m.alg), set))
	}
	for at, m := range all {
		t.Run(m.alg+"/"+m.name, func(t *testing.T) {
			var h Hypotheses
			first := examine(m, 0, nil).Search(nil, DefaultBudget)
			if first.Cause == "" || first.Certainty != finding.Certain || first.Cut || first.Spent == 0 && m.alg != "RS256" && m.alg != "PS256" {
				t.Fatalf("first: %+v", first)
			}
			h.Learn(first)
			e := examine(m, 1, nil)
			again := e.Search(h.Propose(e), 0)
			if again.Cause != first.Cause || !slices.Equal(again.Also, first.Also) || again.Words != first.Words || again.Certainty != finding.Certain ||
				again.Cut || again.Spent != 0 || again.Key != first.Key {
				t.Errorf("again: %+v\nfirst: %+v", again, first)
			}
			// Without the finding the same budget finds no such thing, but for what
			// opening the signature shows at once.
			if alone := examine(m, 1, nil).Search(nil, 0); alone.Cause == first.Cause && alone.Certainty == finding.Certain && m.alg != "RS256" && m.alg != "PS256" {
				t.Errorf("without it: %+v", alone)
			}
			other := all[(at+1)%len(all)]
			if other.alg != m.alg {
				other = all[at-1]
			}
			e = examine(other, 2, nil)
			if d := e.Search(h.Propose(e), 0); d.Valid || d.ValidRepaired || d.Words == first.Words && d.Certainty == finding.Certain {
				t.Errorf("another manner (%s): %+v", other.name, d)
			}
			noise := m.sign(t, "another header", "another text")
			e = examine(m, 3, noise)
			if d := e.Search(h.Propose(e), 0); d.Valid || d.ValidRepaired || d.Words == first.Words && d.Certainty == finding.Certain {
				t.Errorf("another text: %+v", d)
			}
		})
	}
}

// TestHypothesesAreFew: what is remembered and proposed is limited, the latest
// first, and only for keys that are there.
func TestHypothesesAreFew(t *testing.T) {
	set := testSet(t)
	var h Hypotheses
	for i := range 20 {
		h.Learn(Diagnosis{reading: &Hypothesis{key: set[0], reading: reading{variant: i}, content: true}})
		h.Learn(Diagnosis{reading: &Hypothesis{key: set[0], reading: reading{variant: 3}, content: true}})
	}
	h.Learn(Diagnosis{Cause: CauseUnknownKey})
	e := Examine(Exhibit{Keys: set})
	list := h.Propose(e)
	if len(h.list) != keptHypotheses || len(list) != proposedHypotheses || list[0].reading.variant != 3 || list[1].reading.variant != 19 {
		t.Errorf("%d kept, proposed %+v", len(h.list), list)
	}
	if list := h.Propose(Examine(Exhibit{Keys: set[1:]})); len(list) > 0 {
		t.Errorf("proposed for a key that is not there: %+v", list)
	}
	copied := *set[0]
	if list := h.Propose(Examine(Exhibit{Keys: []*Key{set[1], &copied}})); len(list) == 0 || list[0].key != &copied {
		t.Errorf("not proposed for the same key of another set: %+v", list)
	}
}
