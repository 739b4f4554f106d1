package doctor_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// wholeProduct reports whether every fault is to be tried under every profile,
// on its own and with others: scripts/patches asks for that. A part of it does
// in every other run.
func wholeProduct() bool { return os.Getenv("JWTDOCTOR_PRODUCT") == "1" }

// tried reports whether the n-th of a product is among those that are tried.
func tried(n, of int) bool { return wholeProduct() || n%of == 0 }

// long reports whether JWTDOCTOR_LONG=1 asks for whole samples.
func long() bool { return os.Getenv("JWTDOCTOR_LONG") != "" }

// met reports whether the i-th profile meets the j-th change. It is a third of them,
// so that every profile meets every third change, and every change every third profile;
// JWTDOCTOR_LONG=1 has all of them meet.
func met(i, j int) bool { return long() || wholeProduct() || (i+j)%3 == 0 }

// The fixes of the examples, under the profile they point to and under others.
func TestPatchesOfExamples(t *testing.T) {
	files, err := filepath.Glob(filepath.FromSlash("../../examples/*.jwt"))
	if err != nil || len(files) < 5 {
		t.Fatalf("%d examples: %v", len(files), err)
	}
	some := []string{"redox", "epic", "rfc7523", "smart-backend-services", "entra", "okta"}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range profile.IDs() {
			if !wholeProduct() && !slices.Contains(some, id) {
				continue
			}
			t.Run(filepath.Base(file)+"/"+id, func(t *testing.T) {
				opts := healthyAt(id).opts
				opts.ShowSecrets, opts.ClientID = true, ""
				judgeIt := func(t *testing.T, compact string, _ []byte) finding.Case { return run(t, opts, compact)[0] }
				before := judgeIt(t, strings.TrimSpace(string(text)), nil)
				p := patient{header: membersOf(t, before.Decoded.Header), claims: membersOf(t, before.Decoded.Claims), compact: strings.TrimSpace(string(text)), judge: judgeIt}
				p.treat(t, before)
			})
		}
	}
}

// Every row of the causes, under profiles it was not written for.
func TestPatchesOfEveryRowUnderEveryProfile(t *testing.T) {
	n := 0
	for _, id := range profile.IDs() {
		for _, r := range rows(testCertificate(t)) {
			if n++; !tried(n, 23) {
				continue
			}
			t.Run(id+"/"+r.name, func(t *testing.T) {
				tok := healthyAt(id).token
				aboutKeys := strings.HasPrefix(r.name, "signature-") || strings.HasSuffix(r.name, " in alg") || r.name == "alg-unknown"
				certified := slices.ContainsFunc(tok.header, func(m member) bool { return m.name == "x5c" })
				if aboutKeys && (certified || strings.HasPrefix(tok.header.text("alg"), "E")) || r.name == "x5t-wrong-certificate" {
					t.Skip("the row is about a key of that kind")
				}
				iss := tok.claims.text("iss")
				r.change(tok)
				if tok.opts.Env != "" || len(tok.opts.Set) > 0 || tok.text != nil {
					t.Skip("the row is about the environments, the rules or the very text of that provider")
				}
				rules, err := tok.opts.Load()
				if err != nil {
					t.Fatal(err)
				}
				if profile.ClaimForm.In(rules, "iss").Known() && tok.claims.text("iss") != iss {
					t.Skip("the row's iss does not have the form that provider defines")
				}
				tok.opts.ShowSecrets = true
				before := judgeAs(t, tok.opts, r.as(), given{"token.jwt", tok.compact()})[0]
				p := patient{header: membersOf(t, before.Decoded.Header), claims: membersOf(t, before.Decoded.Claims), compact: tok.compact(),
					judge: func(t *testing.T, compact string, _ []byte) finding.Case {
						return judgeAs(t, tok.opts, r.as(), given{"token.jwt", compact})[0]
					}}
				p.treat(t, before)
			})
		}
	}
}

// Two faults at once: the fix of one never brings a third.
func TestPatchesOfTwoFaults(t *testing.T) {
	all := changes()
	names := slices.Sorted(maps.Keys(all))
	for k, id := range profile.IDs() {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			opts := healthyAt(id).opts
			opts.ShowSecrets = true
			judgeIt := func(t *testing.T, compact string, _ []byte) finding.Case { return run(t, opts, compact)[0] }
			sick := func(names ...string) *token {
				tok := healthyAt(id).token
				for _, name := range names {
					all[name](&tok.header, &tok.claims)
				}
				return tok
			}
			found := map[string][]finding.CauseID{} // of each fault on its own
			alone := func(name string) []finding.CauseID {
				if found[name] == nil {
					found[name] = append([]finding.CauseID{}, grave(judgeIt(t, sick(name).compact(), nil))...)
				}
				return found[name]
			}
			n := k // another part of the pairs for each profile
			for i, one := range names {
				for _, two := range names[i+1:] {
					if n++; n%401 != 0 && !wholeProduct() {
						continue
					}
					t.Run(one+" and "+two, func(t *testing.T) {
						tok := sick(one, two)
						p := patient{header: tok.header, claims: tok.claims, compact: tok.compact(), judge: judgeIt, hidden: slices.Concat(alone(one), alone(two))}
						p.treat(t, judgeIt(t, p.compact, nil))
					})
				}
			}
		})
	}
}

// sendings are what people get wrong in a request, whatever the provider is.
func sendings() map[string]func(*exchange) {
	return map[string]func(*exchange){
		"no grant_type":        func(e *exchange) { e.del("grant_type") },
		"grant_type misspelt":  func(e *exchange) { e.set("grant_type", "client_credential") },
		"grant_type password":  func(e *exchange) { e.set("grant_type", "password") },
		"no assertion type":    func(e *exchange) { e.del("client_assertion_type") },
		"assertion type wrong": func(e *exchange) { e.set("client_assertion_type", "jwt-bearer") },
		"assertion type SAML": func(e *exchange) {
			e.set("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer")
		},
		"assertion type twice": func(e *exchange) { e.set("client_assertion_type", strings.ReplaceAll(assertionType, ":", "%3A")) },
		"client_id of another": func(e *exchange) { e.set("client_id", "somebody-else") },
		"a secret as well":     func(e *exchange) { e.set("client_secret", "bm90LXJlYWw") },
		"scope misspelt":       func(e *exchange) { e.set("scop", "system/Patient.rs") },
		"scopes with commas":   func(e *exchange) { e.set("scope", "system/Patient.rs,system/Group.rs") },
		"no scope":             func(e *exchange) { e.del("scope") },
		"twice":                func(e *exchange) { e.params = append(e.params, [2]string{"grant_type", "client_credentials"}) },
		"assertion misnamed":   func(e *exchange) { e.rename("client_assertion", "client-assertion") },
		"a blank in the name":  func(e *exchange) { e.rename("grant_type", "grant_type ") },
		"redirect_uri with /": func(e *exchange) {
			e.opts.RedirectURI = "https://client.example/cb"
			e.set("redirect_uri", "https://client.example/cb/")
		},
		"audience too":          func(e *exchange) { e.set("audience", "https://api.example.test") },
		"wrong alg and no iat":  func(e *exchange) { e.token.header.set("alg", "HS256"); e.token.claims.del("iat") },
		"aud is the other host": func(e *exchange) { e.token.claims.set("aud", "https://elsewhere.example/token") },
	}
}

// What is wrong with a request is fixed by its patch, and nothing new is wrong.
func TestPatchesOfRequestsUnderEveryProfile(t *testing.T) {
	fixes := 0
	all := sendings()
	names := slices.Sorted(maps.Keys(all))
	for i, id := range profile.IDs() {
		for j, name := range names {
			if !met(i, j) {
				continue
			}
			change := all[name]
			made := func() *exchange {
				e := healthyAt(id)
				change(e)
				return e
			}
			if made().url == "" {
				continue
			}
			t.Run(id+"/"+name, func(t *testing.T) {
				before := made().judge(t)
				for _, f := range before.Findings {
					if !f.Failed() || len(f.Patch) == 0 || f.ConsequenceOf != "" {
						continue
					}
					fixes++
					e := made()
					e.patch(t, f.Patch)
					for _, g := range e.judge(t).Findings {
						if g.Failed() && (g.Cause == f.Cause && g.Title == f.Title || g.Severity == finding.Error && !slices.Contains(grave(before), g.Cause)) {
							t.Errorf("%s: after %s there is %s (%s: found %q, expected %q)", f.Cause, stepsOf(f.Patch), g.Cause, g.Title, g.Found, g.Expected)
						}
					}
				}
			})
		}
	}
	if fixes < 200 {
		t.Errorf("only %d fixes", fixes)
	}
}

// patch does to the exchange what a finding says.
func (e *exchange) patch(t *testing.T, steps []finding.Patch) {
	t.Helper()
	for _, s := range steps {
		name := strings.TrimPrefix(s.Pointer, "/")
		switch {
		case s.Part == finding.PartHeader:
			e.token.header.patch(t, s)
		case s.Part == finding.PartClaims:
			e.token.claims.patch(t, s)
		case s.Part == finding.PartRequest && s.Remove:
			e.del(name)
		case s.Part == finding.PartRequest:
			at := slices.IndexFunc(e.params, func(p [2]string) bool { return p[0] == name })
			e.del(name)
			one := [2]string{name, fmt.Sprint(s.Value)}
			if at < 0 || at > len(e.params) {
				at = len(e.params)
			}
			e.params = slices.Insert(e.params, at, one)
		default:
			t.Fatalf("a patch of the part %q", s.Part)
		}
	}
}
