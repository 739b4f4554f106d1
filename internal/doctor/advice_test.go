package doctor_test

import (
	"crypto"
	"crypto/rsa"
	"slices"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/checks"
	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// of returns the finding of a cause.
func of(t *testing.T, c finding.Case, cause finding.CauseID) finding.Finding {
	t.Helper()
	for _, f := range c.Findings {
		if f.Cause == cause {
			return f
		}
	}
	t.Fatalf("%s is not found; failed are %v", cause, failed(c))
	return finding.Finding{}
}

// advice is what is said of one cause: found is what was sent, expected what is
// right, and the fix carries the value.
type advice struct {
	found, expected string
	fix             string // somewhere in the fixes; "" for any
	never           string // nowhere in them
	patch           string // of the steps, as JSON; "" for any
}

func (a advice) check(t *testing.T, f finding.Finding) {
	t.Helper()
	fixes := strings.Join(f.Fix, "\n")
	if a.found != "" && f.Found != a.found || a.expected != "" && f.Expected != a.expected {
		t.Errorf("found %q, expected %q; want %q and %q", f.Found, f.Expected, a.found, a.expected)
	}
	if !strings.Contains(fixes, a.fix) || a.never != "" && strings.Contains(fixes, a.never) {
		t.Errorf("fix %q; want %q and never %q", fixes, a.fix, a.never)
	}
	if a.patch != "" && stepsOf(f.Patch) != a.patch {
		t.Errorf("patch %s, want %s", stepsOf(f.Patch), a.patch)
	}
}

// A fix never offers what the profile refuses, and never takes the side that is
// right for the wrong one.
func TestAdviceOnSignatures(t *testing.T) {
	ring := testKeys(t)
	signs := func(h crypto.Hash) func(*signed) {
		return func(s *signed) { s.sign = func(in string) []byte { return pkcs1(ring.rsaA, h, in) } }
	}
	for _, tt := range []struct {
		name    string
		profile string
		change  func(*signed)
		cause   finding.CauseID
		advice
	}{
		{"SHA-256 under RS384, RS384 only", "redox", signs(crypto.SHA256), "hash-mismatch",
			advice{found: "SHA-256", expected: "SHA-384", fix: "Sign with SHA-384", never: "RS256", patch: "null"}},
		{"SHA-512 under RS384, both accepted", "smart-backend-services", signs(crypto.SHA512), "hash-mismatch",
			advice{found: "SHA-512", expected: "SHA-384", fix: "Sign with SHA-384"}},
		{"SHA-384 under RS256, RS384 only", "redox", func(s *signed) { s.header.set("alg", "RS256") }, "hash-mismatch",
			advice{found: "RS256", expected: "RS384", fix: "Set alg to RS384", patch: `[{"part":"header","pointer":"/alg","value":"RS384"}]`}},
		{"PSS under RS384, RS384 only", "redox", func(s *signed) {
			s.sign = func(in string) []byte { return pss(ring.rsaA, crypto.SHA384, rsa.PSSSaltLengthEqualsHash, in) }
		}, "padding-mismatch", advice{fix: "PKCS#1 v1.5", never: "PS384"}},
		{"SHA-256 under RS256, RS384 only", "redox", func(s *signed) { s.header.set("alg", "RS256"); signs(crypto.SHA256)(s) }, "alg-not-accepted",
			advice{found: "RS256", expected: "RS384", fix: "Sign with RS384", patch: `[{"part":"header","pointer":"/alg","value":"RS384"}]`}},
		{"ES384 with an RSA key, RS384 only", "redox", func(s *signed) { s.header.set("alg", "ES384") }, "alg-not-accepted", advice{fix: "Sign with RS384"}},
		{"an EC key where only RS384 is accepted", "redox", func(s *signed) { s.useEC() }, "alg-not-accepted", advice{fix: "Create a new key", never: "Sign with RS384"}},

		{"the key says RS256, all else RS384", "redox", func(s *signed) { s.keys[0].(jwk)["alg"] = "RS256" }, "key-alg-mismatch",
			advice{found: "RS256", expected: "RS384", fix: "in the JWKS", patch: `[{"part":"jwks","pointer":"/keys/0/alg","value":"RS384"}]`}},
		{"the key says RS256, and both would do", "smart-backend-services", func(s *signed) { s.keys[0].(jwk)["alg"] = "RS256" }, "key-alg-mismatch",
			advice{found: "RS256", expected: "RS384", patch: `[{"part":"jwks","pointer":"/keys/0/alg","value":"RS384"}]`}},
		{"the header says RS256, and the key RS384", "redox", func(s *signed) { s.header.set("alg", "RS256"); signs(crypto.SHA256)(s) }, "key-alg-mismatch",
			advice{found: "RS256", expected: "RS384", fix: "Sign with RS384"}},

		{"another key signed", "redox", func(s *signed) {
			s.keys = append(s.keys, rsaJWK(&ring.rsaB.PublicKey, "rsa-b"))
			s.header.set("kid", "rsa-b")
		}, "signed-by-other-key", advice{found: "rsa-b", expected: "rsa-a", fix: "Set the header parameter kid to rsa-a", patch: `[{"part":"header","pointer":"/kid","value":"rsa-a"}]`}},
		{"no kid", "redox", func(s *signed) { s.header.del("kid") }, "kid-missing", advice{patch: `[{"part":"header","pointer":"/kid","value":"rsa-a"}]`}},
		{"a kid nobody has", "redox", func(s *signed) { s.header.set("kid", "old") }, "kid-not-in-jwks",
			advice{found: "old", expected: "rsa-a", patch: `[{"part":"header","pointer":"/kid","value":"rsa-a"}]`}},
		{"HS256 with the public key", "redox", keyRow{}.hmacRow(ring), "hmac-with-public-key", advice{fix: "Sign with RS384", patch: `[{"part":"header","pointer":"/alg","value":"RS384"}]`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := healthySigned(ring)
			s.opts.Profiles = []string{tt.profile}
			if tt.profile == "redox" {
				s.opts.TokenURL = ""
				s.claims.set("aud", redoxURL)
			}
			tt.change(s)
			tt.check(t, of(t, s.run(t), tt.cause))
		})
	}
}

// hmacRow finds the change of the row of that name.
func (keyRow) hmacRow(ring keyring) func(*signed) {
	return func(s *signed) {
		for _, r := range keyRows(nil, ring) {
			if r.name == "hmac-with-public-key" {
				r.change(s)
			}
		}
	}
}

func TestAdviceOnClaims(t *testing.T) {
	for _, tt := range []struct {
		name   string
		tok    func(*token)
		on     string // the profile
		cause  finding.CauseID
		advice advice
	}{
		{"iss is wrong, by --client-id", setC("iss", "other"), "redox", "iss-not-client-id",
			advice{found: "other", expected: clientID, fix: "Set iss to " + clientID, patch: `[{"part":"claims","pointer":"/iss","value":"` + clientID + `"}]`}},
		{"what follows from it", setC("iss", "other"), "redox", "iss-sub-differ", advice{found: "other", expected: clientID, fix: "Set iss to", never: "sub"}},
		{"sub is wrong, by --client-id", setC("sub", "other"), "redox", "sub-not-client-id", advice{found: "other", expected: clientID, fix: "Set sub to " + clientID}},
		{"sub is wrong, what follows", setC("sub", "other"), "redox", "iss-sub-differ", advice{found: "other", expected: clientID, fix: "Set sub to", never: "iss"}},
		{"iss is an address", func(t *token) { t.opts.ClientID = ""; t.claims.set("iss", "https://app.example.test") }, "redox", "iss-sub-differ",
			advice{found: "https://app.example.test", expected: clientID, fix: "Set iss to " + clientID}},
		{"nothing says which", func(t *token) { t.opts.ClientID = ""; t.claims.set("iss", "other") }, "redox", "iss-sub-differ", advice{patch: "null"}},

		{"typ of an access token", setH("typ", "at+jwt"), "redox", "typ-not-accepted", advice{found: "at+jwt", expected: "JWT", patch: `[{"part":"header","pointer":"/typ","value":"JWT"}]`}},
		{"typ of an access token, no list known", setH("typ", "application/at+jwt"), "rfc7523", "typ-not-accepted", advice{expected: "JWT", patch: `[{"part":"header","pointer":"/typ","value":"JWT"}]`}},

		{"a Google grant without iss", delC("iss"), "google-service-account", "iss-missing", advice{fix: "e-mail address", never: "client ID"}},
		{"a Snowflake JWT without iss", delC("iss"), "snowflake", "iss-missing", advice{fix: "ACCOUNT.USER", never: "client ID"}},

		{"your own limit", func(t *token) { t.opts.Set = []string{"time.lifetime.max=2s"} }, "redox", "lifetime-too-long", advice{found: "4m", expected: "at most 2s"}},

		{"exp an hour ahead", setC("exp", now+3600), "redox", "lifetime-too-long",
			advice{fix: "Set exp to 1760000230", patch: `[{"part":"claims","pointer":"/exp","value":1760000230}]`}},
		{"no exp", delC("exp"), "redox", "exp-missing", advice{fix: "Set exp to 1760000240: now plus 4 minutes"}},
		{"iat in milliseconds", setC("iat", (now-10)*1000), "redox", "time-in-milliseconds", advice{found: "1759999990000", expected: "1759999990", patch: `[{"part":"claims","pointer":"/iat","value":1759999990}]`}},
		{"kid in the payload", func(t *token) { t.header.del("kid"); t.claims.set("kid", "k1") }, "redox", "kid-in-payload",
			advice{patch: `[{"part":"claims","pointer":"/kid","remove":true},{"part":"header","pointer":"/kid","value":"k1"}]`}},
		{"exp in the header", func(t *token) { t.claims.del("exp"); t.header.set("exp", now+200) }, "redox", "claim-in-header",
			advice{patch: `[{"part":"header","pointer":"/exp","remove":true},{"part":"claims","pointer":"/exp","value":1760000200}]`}},
		{"alg in small letters", setH("alg", "rs256"), "redox", "alg-unknown", advice{fix: "Sign with RS384", never: "RS256"}},
		{"alg in small letters, right but for that", setH("alg", "rs384"), "redox", "alg-unknown", advice{fix: "Write alg as RS384"}},
		{"an array of one", func(t *token) {
			t.claims.set("aud", []string{redoxURL})
			t.opts.Set = []string{"claims.aud.form=string"}
		}, "redox", "aud-array-not-accepted",
			advice{patch: `[{"part":"claims","pointer":"/aud","value":"` + redoxURL + `"}]`}},
		{"no aud, at a provider whose customers have their own addresses", func(t *token) { t.claims.del("aud"); t.opts.TokenURL = "" }, "epic", "aud-missing",
			advice{fix: "the token URL that you send the request to", patch: "null"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tok := healthyAt(tt.on).token
			tok.opts = healthyAt(tt.on).opts
			if tt.on == "redox" || tt.on == "rfc7523" || tt.on == "epic" {
				tok = healthy(tt.on)
			}
			tt.tok(tok)
			c := run(t, tok.opts, tok.compact())[0]
			f := of(t, c, tt.cause)
			tt.advice.check(t, f)
			if len(tok.opts.Set) > 0 && strings.Contains(tok.opts.Set[0], "lifetime") {
				if !strings.Contains(f.Title, "your setting (--set)") || len(f.Cite) != 0 {
					t.Errorf("%s, cites %v", f.Title, f.Cite)
				}
			}
		})
	}
}

// Each cause has the words the provider is documented to say to it, and not
// those that are about another claim.
func TestAnswerOfTheClaimAtFault(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*token)
		want   string
	}{
		"exp": {setC("exp", (now+200)*1000), `"exp" claim timestamp check failed`},
		"iat": {setC("iat", (now-10)*1000), `"iat" claim timestamp check failed (it should be in the past)`},
		"nbf": {setC("nbf", (now-10)*1000), `"nbf" claim timestamp check failed`},
	} {
		tok := healthy("redox")
		tt.change(tok)
		if f := of(t, run(t, tok.opts, tok.compact())[0], "time-in-milliseconds"); f.Answer != tt.want {
			t.Errorf("%s: %q, want %q", name, f.Answer, tt.want)
		}
	}
}

// Where a discovery document was given, its issuer and its token endpoint are
// both right; an issuer without a document leaves a question.
func TestDiscoverySettlesAud(t *testing.T) {
	const issuer, endpoint = "https://idp.example.test", "https://gw.example.test/oauth2/token"
	text := `{"issuer":"` + issuer + `","token_endpoint":"` + endpoint + `","authorization_endpoint":"https://idp.example.test/login"}`
	doc, _ := jsonspan.Scan([]byte(text), jsonspan.Limits{})
	discovery := &evidence.Discovery{Source: "document.json", Form: "openid-configuration", Raw: []byte(text), Doc: doc, Issuer: issuer, TokenEndpoint: endpoint,
		AuthorizationEndpoint: "https://idp.example.test/login"}
	for _, tt := range []struct {
		name, on, aud string
		document      bool
		issuer        string
		outcome       finding.Outcome
		cause         finding.CauseID
		right         string // what the patch sets
	}{
		{"the token endpoint", "rfc7523", endpoint, true, issuer, finding.Pass, "", ""},
		{"the issuer", "rfc7523", issuer, true, issuer, finding.Pass, "", ""},
		{"the issuer, where the token URL is asked for", "smart-backend-services", issuer, true, issuer, finding.Fail, "aud-issuer-not-accepted", endpoint},
		{"the token endpoint with a slash", "rfc7523", endpoint + "/", true, issuer, finding.Fail, "aud-trailing-slash", endpoint},
		{"the authorization endpoint", "rfc7523", "https://idp.example.test/login", true, issuer, finding.Fail, "aud-authorize-endpoint", endpoint},
		{"elsewhere", "rfc7523", "https://elsewhere.example/token", true, issuer, finding.Fail, "aud-mismatch", endpoint},
		{"a customer's own", "epic", endpoint, true, "", finding.Pass, "", ""},
		{"not a customer's own", "epic", "https://elsewhere.example/token", true, "", finding.Fail, "aud-mismatch", endpoint},
		{"an issuer without a document", "rfc7523", endpoint, false, issuer, finding.Skip, "", ""},
		{"an issuer without a document, slash", "rfc7523", issuer + "/", false, issuer, finding.Fail, "aud-trailing-slash", issuer},
		{"the list is not closed", "epic", "https://fhir.epic.com/interconnect-fhir-oauth/api/FHIR/R4", false, "", finding.Skip, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tok := healthy("rfc7523")
			tok.opts.Profiles, tok.opts.TokenURL, tok.opts.Issuer = []string{tt.on}, "", tt.issuer
			tok.opts.Only = []string{"claim-aud"}
			if tt.document {
				tok.opts.Online = doctor.Online{Discovery: discovery}
			}
			tok.claims.set("aud", tt.aud)
			c := run(t, tok.opts, tok.compact())[0]
			f := asked(t, c, "claim-aud")
			if f.Outcome != tt.outcome || f.Cause != tt.cause {
				t.Errorf("%s %s (%s %s)", f.Outcome, f.Cause, f.Title, f.Reason)
			}
			if tt.right != "" && (len(f.Patch) != 1 || f.Patch[0].Value != tt.right) {
				t.Errorf("patch %s, want %s", stepsOf(f.Patch), tt.right)
			}
			if f.Outcome == finding.Skip && f.Why != finding.WhyMissing {
				t.Errorf("why %s", f.Why)
			}
		})
	}
}

// asked is the first finding of a check.
func asked(t *testing.T, c finding.Case, check finding.CheckID) finding.Finding {
	t.Helper()
	i := slices.IndexFunc(c.Findings, func(f finding.Finding) bool { return f.Check == check })
	if i < 0 {
		t.Fatalf("%s was not asked", check)
	}
	return c.Findings[i]
}

// Where every aud ends with a slash, one without it may also be the wrong address: the
// slash is the cause only on the host in question, and certain only on one that is known.
func TestRequiredSlash(t *testing.T) {
	for _, tt := range []struct {
		name, aud, issuer, posted string
		cause                     finding.CauseID
		certainty                 finding.Certainty
		right                     string
	}{
		{"right", "https://tenant.eu.auth0.com/", "https://tenant.eu.auth0.com/", "", "", "", ""},
		{"of the issuer given", "https://tenant.eu.auth0.com", "https://tenant.eu.auth0.com/", "", "aud-trailing-slash", finding.Certain, "https://tenant.eu.auth0.com/"},
		{"an API, beside an issuer", "https://api.example.com", "https://tenant.eu.auth0.com/", "", "aud-mismatch", finding.Certain, "https://tenant.eu.auth0.com/"},
		{"of a tenant", "https://tenant.eu.auth0.com", "", "", "aud-trailing-slash", finding.Certain, "https://tenant.eu.auth0.com/"},
		{"of a domain that may be the tenant's", "https://login.example.com", "", "", "aud-trailing-slash", finding.Likely, "https://login.example.com/"},
		{"of the host posted to", "https://tenant.eu.auth0.com", "", "https://tenant.eu.auth0.com/oauth/token", "aud-trailing-slash", finding.Likely, "https://tenant.eu.auth0.com/"},
		{"an API, beside the host posted to", "https://api.example.com", "", "https://tenant.eu.auth0.com/oauth/token", "aud-mismatch", finding.Likely, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tok := healthy("auth0")
			tok.opts.TokenURL, tok.opts.Issuer, tok.opts.Only = "", tt.issuer, []string{"claim-aud"}
			tok.claims.set("aud", tt.aud)
			text := tok.compact()
			if tt.posted != "" {
				text = "curl " + tt.posted + " -d grant_type=client_credentials -d client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer -d client_assertion=" + text
			}
			f := asked(t, run(t, tok.opts, text)[0], "claim-aud")
			if f.Cause != tt.cause || f.Certainty != tt.certainty && tt.cause != "" {
				t.Errorf("%s, %s: %s", f.Cause, f.Certainty, f.Title)
			}
			if got := stepsOf(f.Patch); tt.right != "" && (len(f.Patch) != 1 || f.Patch[0].Value != tt.right) || tt.right == "" && len(f.Patch) > 0 {
				t.Errorf("patch %s, want %q", got, tt.right)
			}
		})
	}
}

// What was given is not asked for again.
func TestAskedForAud(t *testing.T) {
	for _, tt := range []struct{ issuer, want string }{
		{"", "--token-url URL, --issuer URL or --aud VALUE"},
		{"https://idp.example.test", "--token-url URL or --aud VALUE"},
	} {
		tok := healthy("rfc7523")
		tok.opts.TokenURL, tok.opts.Issuer, tok.opts.Only = "", tt.issuer, []string{"claim-aud"}
		tok.claims.set("aud", "https://api.example.com")
		if f := asked(t, run(t, tok.opts, tok.compact())[0], "claim-aud"); !strings.Contains(f.Remedy, tt.want) {
			t.Errorf("issuer %q: %q, want %q", tt.issuer, f.Remedy, tt.want)
		}
	}
}

// An aud that is iss names the client only where iss is the client.
func TestAudThatIsIss(t *testing.T) {
	for _, r := range []struct {
		name, iss, sub string
		want           []string
	}{
		{"the client's own", "https://shop.example.test", "https://shop.example.test", []string{"aud-mismatch"}},
		{"a cluster's", cluster, "system:serviceaccount:default:shop", []string{"iss-sub-differ"}},
	} {
		tok := healthy("rfc7523")
		tok.opts.ClientID, tok.opts.TokenURL, tok.opts.Issuer = "", "", ""
		for name, v := range map[string]string{"iss": r.iss, "sub": r.sub, "aud": r.iss} {
			tok.claims.set(name, v)
		}
		if f := failed(run(t, tok.opts, tok.compact())[0]); !slices.Equal(f, r.want) {
			t.Errorf("%s: failed %v, want %v", r.name, f, r.want)
		}
	}
}

// A token in which another party vouches for the client is no client's own
// assertion: nothing says that iss and sub should be the client ID.
func TestFederatedAssertions(t *testing.T) {
	platforms := map[string]func(*token){
		"GitHub Actions": c(func(m *members) {
			m.set("iss", "https://token.actions.githubusercontent.com")
			m.set("sub", "repo:example-org/shop:environment:prod")
		}),
		"Kubernetes": c(func(m *members) {
			m.set("iss", "https://oidc.cluster.example.test")
			m.set("sub", "system:serviceaccount:default:shop")
			m.set("kubernetes.io", map[string]string{"namespace": "default"})
		}),
		"GitLab": c(func(m *members) {
			m.set("iss", "https://gitlab.example.test")
			m.set("sub", "project_path:acme/shop:ref_type:branch:ref:main")
			m.set("project_path", "acme/shop")
			m.set("namespace_path", "acme")
		}),
		"SPIFFE": c(func(m *members) {
			m.set("iss", "https://spire.example.test")
			m.set("sub", "spiffe://example.test/shop")
		}),
	}
	for name, change := range platforms {
		for _, on := range []string{"rfc7523", "entra"} {
			for _, client := range []string{"", clientID} {
				tok := healthy("rfc7523")
				tok.opts.Profiles, tok.opts.ClientID = []string{on}, client
				tok.claims.set("aud", "https://fhir.example.test/oauth2/token")
				change(tok)
				got := run(t, tok.opts, tok.compact())[0]
				for _, f := range got.Findings {
					if strings.Contains(strings.Join(f.Fix, " "), "Set both") || f.Failed() && f.Severity == finding.Error {
						t.Errorf("%s under %s, client %q: %s [%s]: %v", name, on, client, f.Cause, f.Severity, f.Fix)
					}
				}
				warned := slices.ContainsFunc(got.Findings, func(f finding.Finding) bool { return f.Cause == "iss-sub-differ" && f.Severity == finding.Warning })
				if warned != (on == "rfc7523") {
					t.Errorf("%s under %s, client %q: warned %v", name, on, client, warned)
				}
			}
		}
	}
	// A provider that is not known to trust anyone: still no value of the other.
	for name, change := range platforms {
		tok := healthy("redox")
		tok.opts.ClientID = ""
		change(tok)
		if f := of(t, run(t, tok.opts, tok.compact())[0], "iss-sub-differ"); f.Severity != finding.Error || len(f.Patch) > 0 || !strings.Contains(f.Title, name) || strings.Contains(strings.Join(f.Fix, " "), "Set ") {
			t.Errorf("%s under redox: %s [%s]: %v", name, f.Title, f.Severity, f.Fix)
		}
	}
	// The controls: a client's own assertion with the application's URL for iss.
	for _, on := range []string{"redox", "smart-backend-services"} {
		tok := healthy(on)
		tok.claims.set("iss", "https://app.example.test")
		if f := failed(run(t, tok.opts, tok.compact())[0]); !slices.Equal(f, []string{"iss-not-client-id"}) {
			t.Errorf("%s: %v", on, f)
		}
	}
	tok := healthy("rfc7523")
	tok.claims.set("iss", "https://app.example.test")
	if f := failed(run(t, tok.opts, tok.compact())[0]); !slices.Equal(f, []string{"iss-not-client-id"}) {
		t.Errorf("rfc7523, sub is the client ID: %v", f)
	}
}

// An HMAC is an error only if something says that a private key is expected.
func TestSymmetricIsAnErrorWhereAPrivateKeyIsExpected(t *testing.T) {
	hs := func(t *token) { t.header.set("alg", "HS256"); t.sig = noise(32) }
	for _, tt := range []struct {
		name   string
		on     string
		change func(*token)
		want   finding.Severity
	}{
		{"nothing says so", "rfc7523", hs, finding.Warning},
		{"the profile's list", "redox", hs, finding.Error},
		{"a public key was given", "rfc7523", func(tok *token) {
			hs(tok)
			tok.opts.JWKS = &doctor.Document{Source: "jwks.json", Data: jwks(rsaJWK(&testKeys(t).rsaA.PublicKey, "rsa-a"))}
		}, finding.Error},
		{"the discovery document", "rfc7523", func(tok *token) {
			hs(tok)
			tok.opts.Online = doctor.Online{Discovery: &evidence.Discovery{Source: "d", Doc: &jsonspan.Value{Kind: jsonspan.Object}, AuthMethods: []string{"private_key_jwt"}}}
		}, finding.Error},
		{"a document that takes a secret too", "rfc7523", func(tok *token) {
			hs(tok)
			tok.opts.Online = doctor.Online{Discovery: &evidence.Discovery{Source: "d", Doc: &jsonspan.Value{Kind: jsonspan.Object}, AuthMethods: []string{"private_key_jwt", "client_secret_jwt"}}}
		}, finding.Warning},
	} {
		tok := healthy(tt.on)
		tt.change(tok)
		if f := of(t, run(t, tok.opts, tok.compact())[0], "alg-symmetric"); f.Severity != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, f.Severity, tt.want)
		}
	}
}

// Why a question was not put: nothing to add, another cause, or a flag.
func TestWhyNotAsked(t *testing.T) {
	for _, tt := range []struct {
		name   string
		on     string
		change func(*token)
		want   map[finding.CheckID]finding.Why
	}{
		{"healthy", "redox", nothing, map[finding.CheckID]finding.Why{"signature-valid": finding.WhyMissing, "key-selected": finding.WhyMissing,
			"jti-unique": finding.WhyNotGiven, "jwks-form": finding.WhyNotGiven, "request-url": finding.WhyNotGiven, "private-key-matches": finding.WhyNotGiven}},
		{"an aud of nobody known", "epic", func(t *token) { t.opts.TokenURL = ""; t.claims.set("aud", "https://elsewhere.example/token") },
			map[finding.CheckID]finding.Why{"claim-aud": finding.WhyMissing}},
		{"a jku, and no list", "redox", setH("jku", "https://keys.example.test/jwks.json"), map[finding.CheckID]finding.Why{"header-jku": finding.WhyMissing}},
		{"damaged claims", "redox", payload(func(s string) string { return s[:len(s)-40] }), map[finding.CheckID]finding.Why{"time-exp": finding.WhyMoot}},
		{"no iss", "redox", delC("iss"), map[finding.CheckID]finding.Why{"claim-iss-sub": finding.WhyMoot}},
		{"no exp", "redox", delC("exp"), map[finding.CheckID]finding.Why{"time-lifetime": finding.WhyMoot}},
		{"milliseconds", "redox", setC("exp", (now+200)*1000), map[finding.CheckID]finding.Why{"time-exp": finding.WhyMoot, "time-lifetime": finding.WhyMoot}},
		{"pasted long ago", "redox", pasted(nothing), map[finding.CheckID]finding.Why{"time-iat": finding.WhyMoot, "time-zone": finding.WhyNotGiven}},
		{"a grant for a user", "salesforce", nothing, map[finding.CheckID]finding.Why{"claim-names": ""}},
		{"iss and sub need not agree", "github-app", nothing, map[finding.CheckID]finding.Why{"claim-iss-sub": finding.WhyRule}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tok := healthy("redox")
			tok.opts.Profiles = []string{tt.on}
			if tt.on != "redox" {
				tok = healthy(tt.on)
			}
			tt.change(tok)
			for _, f := range run(t, tok.opts, tok.compact())[0].Findings {
				if want, ok := tt.want[f.Check]; ok && f.Why != want {
					t.Errorf("%s: %s, why %q (%s), want %q", f.Check, f.Outcome, f.Why, f.Reason, want)
				}
			}
		})
	}
}

// What a fault is about is there as data, so that nothing has to read its words.
func TestFaultsSayWhatTheyAreAbout(t *testing.T) {
	bare := map[finding.CauseID]bool{}
	look := func(f *checks.Fault) {
		if d := f.Detail; d.Name == "" && d.Meant == "" && d.Value == "" && d.Code == "" {
			bare[f.Cause] = true
		}
	}
	for _, r := range rows(testCertificate(t)) {
		tok := healthy(r.provider)
		r.change(tok)
		tok.opts.Reword = look
		judgeAs(t, tok.opts, r.as(), given{"token.jwt", tok.compact()})
	}
	ring := testKeys(t)
	for _, r := range keyRows(t, ring) {
		s := healthySigned(ring)
		r.change(s)
		s.opts.Reword = look
		s.run(t)
	}
	for cause := range bare {
		if _, check, _ := catalog(t).Cause(cause); !strings.HasPrefix(string(check.ID), "jwks-reachable") {
			t.Errorf("%s says nothing of what it is about", cause)
		}
	}
}
