package checks

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// networkChecks are the checks of the network and of discovery, in the order
// in which a request comes to them.
func networkChecks() []Check {
	return []Check{netDNS(), netConnect(), netProxy(), netTLS(), netHTTP(), discoveryReachable(), discoveryIssuer(), discoveryAuth(), discoveryEndpoints()}
}

const (
	testIssuer   = "https://auth.acme.example"
	testDocument = testIssuer + "/.well-known/openid-configuration"
)

// looking is a look at a server, and what it publishes, next to the case.
type looking struct {
	now    time.Time
	n      *evidence.Network
	d      *evidence.Discovery
	c      *evidence.Case
	p      *profile.Profile
	header string
	json   string // the document, where it is not written from d
}

func healthyLook() *looking {
	now := time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)
	chain := []evidence.Certificate{
		{Subject: "CN=auth.acme.example", Issuer: "CN=Acme Issuing 1", Names: []string{"auth.acme.example", "*.acme.example"},
			NotBefore: now.AddDate(0, -1, 0), NotAfter: now.AddDate(0, 0, 60), Key: "EC P-256"},
		{Subject: "CN=Acme Issuing 1", Issuer: "CN=Test Root", NotBefore: now.AddDate(-1, 0, 0), NotAfter: now.AddDate(2, 0, 0), CA: true},
	}
	return &looking{
		n: &evidence.Network{URL: testURL, Host: "auth.acme.example", Port: "443", Timeout: 10 * time.Second,
			DNS:     &evidence.Lookup{Name: "auth.acme.example", Addresses: []string{"192.0.2.7", "2001:db8::7"}},
			Connect: &evidence.Connect{Tried: []evidence.Attempt{{Address: "192.0.2.7:443"}}},
			TLS:     &evidence.TLS{Version: "TLS 1.3", Chain: chain, Roots: "the system's roots"},
			HTTP:    &evidence.Exchanged{Method: "GET", Status: 405, Version: "HTTP/2", Took: 80 * time.Millisecond}},
		d: &evidence.Discovery{Asked: testIssuer, Source: testDocument, Form: "openid-configuration",
			Tried:  []evidence.TriedFetch{{URL: testDocument, Status: 200}},
			Issuer: testIssuer, TokenEndpoint: testURL, JWKSURI: testIssuer + "/jwks",
			AuthMethods: []string{"client_secret_basic", "private_key_jwt"}, Algs: []string{"RS256", "RS384"}},
		c:      &evidence.Case{Kind: evidence.ClientAssertion, Expect: evidence.Expect{TokenURL: testURL}},
		p:      &profile.Profile{ID: "acme", Name: "Acme"},
		header: `{"alg":"RS384"}`,
		now:    now,
	}
}

// stop leaves out the steps behind one that failed.
func (l *looking) stop(steps string) {
	if strings.Contains(steps, "connect") {
		l.n.Connect = nil
	}
	if strings.Contains(steps, "tls") {
		l.n.TLS = nil
	}
	l.n.HTTP = nil
}

func (l *looking) dns(f evidence.Fault) {
	l.n.DNS.Addresses, l.n.DNS.Fault, l.n.DNS.Says = nil, f, "lookup auth.acme.example: no such host"
	l.stop("connect tls")
}

func (l *looking) connect(f evidence.Fault, tried ...evidence.Attempt) {
	l.n.Connect = &evidence.Connect{Tried: tried, Fault: f}
	l.stop("tls")
}

func (l *looking) tls(f evidence.Fault, change func(*evidence.TLS)) {
	l.n.TLS.Fault = f
	if change != nil {
		change(l.n.TLS)
	}
	l.stop("")
}

func (l *looking) leaf(change func(*evidence.Certificate)) func(*evidence.TLS) {
	return func(t *evidence.TLS) { change(&t.Chain[0]) }
}

func (l *looking) proxy(status int) {
	l.n.Proxy = &evidence.Proxy{URL: "http://proxy.acme.test:3128", From: "HTTPS_PROXY", Status: status}
	if status != 200 {
		l.n.Proxy.Fault = "proxy-refused"
		l.stop("tls")
	}
}

func (l *looking) redirect(status int, to string) {
	l.n.HTTP.Fault, l.n.HTTP.Status = "http-redirected", status
	l.n.HTTP.Redirects = []evidence.Redirect{{Status: status, From: l.n.URL, To: to, Method: l.n.HTTP.Method}}
}

// posts makes the look the token request itself.
func (l *looking) posts(address string) {
	r := &evidence.Request{What: "an HTTP request", Method: "POST", URL: address, BodyKnown: true, Body: evidence.Body{Kind: evidence.BodyForm},
		Params: plainParams(evidence.InBody, "grant_type", "client_credentials", "client_assertion", testJWT)}
	l.c.Request, l.n.HTTP.Method, l.n.HTTP.Status = evidence.Known(r), "POST", 200
}

// lost takes the document away.
func (l *looking) lost(asked string, tried ...evidence.TriedFetch) {
	l.d = &evidence.Discovery{Asked: asked, Tried: tried}
	l.json = "-"
}

func (l *looking) env(e profile.Environment) {
	l.p.Envs, l.c.Expect.TokenURL = append(l.p.Envs, e), ""
}

func (l *looking) issued(fetched string) {
	l.c.Kind, l.c.Expect.TokenURL = evidence.IDToken, ""
	l.c.Fetched = evidence.Known(&evidence.Fetched{URL: fetched, Status: 200})
}

// judge writes the document and puts every check.
func (l *looking) judge() []finding.Finding {
	if l.json == "" {
		l.json = `{"issuer":"` + l.d.Issuer + `","token_endpoint":"` + l.d.TokenEndpoint + `","jwks_uri":"` + l.d.JWKSURI +
			`","token_endpoint_auth_methods_supported":["` + strings.Join(l.d.AuthMethods, `","`) + `"]}`
	}
	if l.json != "-" {
		l.d.Raw = []byte(l.json)
		l.d.Doc, l.d.Faults = jsonspan.Scan(l.d.Raw, jsonspan.Limits{})
	}
	l.c.Network, l.c.Discovery = evidence.Known(l.n), evidence.Known(l.d)
	if l.header != "" {
		v, _ := jsonspan.Scan([]byte(l.header), jsonspan.Limits{})
		l.c.Header = evidence.Known(&evidence.Object{Part: finding.PartHeader, Raw: []byte(l.header), Value: v})
	}
	return runAt(l.c, evidence.Moment{Kind: l.c.Kind, Now: l.now, AsOf: l.now, Basis: evidence.BasisNow}, l.p.Compiled(), nil, networkChecks())
}

func redoxLike() profile.Environment {
	return profile.Environment{Name: "production", TokenURL: testURL, Endpoints: map[string]string{"platform-token": testIssuer + "/platform/token"}}
}

// TestNetworkChecks changes one thing of a healthy look in each row.
func TestNetworkChecks(t *testing.T) {
	const platform = testIssuer + "/platform/token"
	v4, v6 := "192.0.2.7:443", "[2001:db8::7]:443"
	tests := []struct {
		name   string
		change func(*looking)
		want   string // causes, each with ! where it is an error and ~ where it is a warning
		skip   string // checks that are not asked, in order
		says   string // is somewhere in what the findings say
	}{
		{"healthy", func(l *looking) {}, "", "net-proxy", "192.0.2.7 and 2001:db8::7"},
		{"healthy: the certificate", func(l *looking) {}, "", "net-proxy", "60 days"},
		{"healthy: the chain", func(l *looking) {}, "", "net-proxy", "CN=auth.acme.example, issued by CN=Acme Issuing 1, issued by CN=Test Root (not sent)"},

		// Names.
		{"no such host", func(l *looking) { l.dns("dns-not-found") }, "dns-not-found!", "net-connect net-proxy net-tls net-http", "the name did not resolve"},
		{"what the resolver said", func(l *looking) { l.dns("dns-not-found") }, "dns-not-found!", "net-connect net-proxy net-tls net-http", "Seen: lookup auth.acme.example: no such host."},
		{"a short name", func(l *looking) { l.dns("dns-not-found"); l.n.DNS.Name = "auth" }, "dns-not-found!", "net-connect net-proxy net-tls net-http", "without a dot"},
		{"resolver down", func(l *looking) { l.dns("dns-failed") }, "dns-failed!", "net-connect net-proxy net-tls net-http", "whether there is a host"},
		{"hosts file, and well", func(l *looking) { l.n.DNS.HostsFile = true }, "", "net-proxy", "hosts file says"},
		{"hosts file, and refused", func(l *looking) {
			l.n.DNS.HostsFile = true
			l.connect("connect-refused", evidence.Attempt{Address: v4, Fault: "connect-refused"})
		}, "connect-refused!", "net-proxy net-tls net-http", "the entry may be outdated"},
		{"an address for a name", func(l *looking) { l.n.DNS, l.n.Host = nil, "192.0.2.7" }, "", "net-dns net-proxy", "no name needs resolving"},
		{"a fault nobody knows", func(l *looking) { l.n.DNS.Fault = "dns-odd" }, "", "net-dns net-proxy", "failed in another way"},

		// Connections.
		{"refused", func(l *looking) {
			l.connect("connect-refused", evidence.Attempt{Address: v6, Fault: "net-unreachable"}, evidence.Attempt{Address: v4, Fault: "connect-refused"})
		}, "connect-refused!", "net-proxy net-tls net-http", v6 + " has no route and " + v4 + " refused"},
		{"no answer", func(l *looking) {
			l.connect("connect-timeout", evidence.Attempt{Address: v4, Fault: "connect-timeout"})
		},
			"connect-timeout!", "net-proxy net-tls net-http", "within 10s"},
		{"no route", func(l *looking) {
			l.connect("net-unreachable", evidence.Attempt{Address: v6, Fault: "net-unreachable"})
		},
			"net-unreachable!", "net-proxy net-tls net-http", "no connection was made"},
		{"no route last, after a firewall", func(l *looking) {
			l.connect("net-unreachable", evidence.Attempt{Address: v4, Fault: "connect-timeout"}, evidence.Attempt{Address: v6, Fault: "net-unreachable"})
		}, "connect-timeout!", "net-proxy net-tls net-http", ""},
		{"one family alone", func(l *looking) {
			l.n.Connect.Tried = []evidence.Attempt{{Address: v6, Fault: "connect-timeout"}, {Address: v4}}
		}, "", "net-proxy", "IPv4 works and IPv6 does not"},
		{"one of two of a family", func(l *looking) {
			l.n.Connect.Tried = []evidence.Attempt{{Address: "192.0.2.8:443", Fault: "connect-timeout"}, {Address: v4}}
		}, "", "net-proxy", "after 192.0.2.8:443 did not answer | "},

		// Proxies.
		{"through a proxy", func(l *looking) { l.proxy(200) }, "", "", "(from HTTPS_PROXY) lets the request through"},
		{"credentials for the proxy", func(l *looking) { l.proxy(407) }, "proxy-refused!", "net-tls net-http", "HTTPS_PROXY=http://USER:PASSWORD@proxy.acme.test:3128"},
		{"a host not admitted", func(l *looking) { l.proxy(403) }, "proxy-refused!", "net-tls net-http", "NO_PROXY=auth.acme.example"},
		{"the proxy gets nowhere", func(l *looking) { l.proxy(502) }, "proxy-refused!", "net-tls net-http", "did not reach auth.acme.example"},
		{"the proxy is down", func(l *looking) {
			l.proxy(200)
			l.n.Proxy.Status = 0
			l.connect("connect-refused", evidence.Attempt{Address: "192.0.2.9:3128", Fault: "connect-refused"})
		}, "connect-refused!", "net-proxy net-tls net-http", "the proxy http://proxy.acme.test:3128 refuses"},

		{"the proxy has no name", func(l *looking) {
			l.proxy(200)
			l.n.Proxy.Status = 0
			l.dns("dns-not-found")
			l.n.DNS.Name = "proxy.acme.test"
		},
			"dns-not-found!", "net-connect net-proxy net-tls net-http", "Correct the address of the proxy (from HTTPS_PROXY)"},
		{"the proxy's address is no URL", func(l *looking) {
			l.n.Proxy, l.n.DNS = &evidence.Proxy{From: "--proxy", Fault: "proxy-refused"}, nil
			l.stop("connect tls")
		}, "proxy-refused!", "net-dns net-connect net-tls net-http", "cannot be read"},
		{"the proxy answers in the server's place", func(l *looking) { l.proxy(407); l.n.HTTP = &evidence.Exchanged{Method: "GET", Status: 407} },
			"proxy-refused!", "net-tls net-http", ""},

		// TLS.
		{"expired", func(l *looking) {
			l.tls("tls-expired", l.leaf(func(c *evidence.Certificate) { c.NotAfter = l.now.AddDate(0, 0, -3) }))
		}, "tls-expired!", "net-proxy net-http", "the certificate expired 3 days ago"},
		{"not yet valid", func(l *looking) {
			l.tls("tls-expired", l.leaf(func(c *evidence.Certificate) { c.NotBefore = l.now.AddDate(0, 0, 5) }))
		}, "tls-expired!", "net-proxy net-http", "this machine's clock"},
		{"the intermediate expired", func(l *looking) {
			l.tls("tls-expired", func(t *evidence.TLS) { t.Chain[1].NotAfter = l.now.AddDate(0, 0, -9) })
		}, "tls-expired!", "net-proxy net-http", "CN=Acme Issuing 1, which the server sends along, expired 9 days ago"},
		{"another name", func(l *looking) {
			l.tls("tls-name-mismatch", l.leaf(func(c *evidence.Certificate) { c.Names = []string{"www.other.example"} }))
		}, "tls-name-mismatch!", "net-proxy net-http", "www.other.example"},
		{"a wildcard of another level", func(l *looking) {
			l.n.Host = "a.b.acme.example"
			l.tls("tls-name-mismatch", l.leaf(func(c *evidence.Certificate) { c.Names = []string{"*.acme.example"} }))
		}, "tls-name-mismatch!", "net-proxy net-http", "only one label"},
		{"no name at all", func(l *looking) { l.tls("tls-name-mismatch", l.leaf(func(c *evidence.Certificate) { c.Names = nil })) },
			"tls-name-mismatch!", "net-proxy net-http", "the common name"},
		{"self-signed", func(l *looking) {
			l.tls("tls-self-signed", func(t *evidence.TLS) {
				t.Chain = t.Chain[:1]
				t.Chain[0].Issuer, t.Chain[0].SelfSigned = t.Chain[0].Subject, true
			})
		}, "tls-self-signed!", "net-proxy net-http", "CN=auth.acme.example, issued by itself"},
		{"a private authority", func(l *looking) { l.tls("tls-unknown-authority", nil) }, "tls-unknown-authority!", "net-proxy net-http", "--ca FILE"},
		{"no intermediate", func(l *looking) { l.tls("tls-missing-intermediate", func(t *evidence.TLS) { t.Chain = t.Chain[:1] }) },
			"tls-missing-intermediate!", "net-proxy net-http", "full chain"},
		{"intercepted and trusted", func(l *looking) { l.n.TLS.Intercepted = "CN=Acme Inspection" }, "tls-intercepted~", "net-proxy", "CN=Acme Inspection"},
		{"intercepted and not trusted", func(l *looking) {
			l.tls("tls-unknown-authority", func(t *evidence.TLS) { t.Intercepted = "CN=Acme Inspection" })
		}, "tls-intercepted!", "net-proxy net-http", "not trusted here"},
		{"intercepted, by that name", func(l *looking) {
			l.tls("tls-intercepted", func(t *evidence.TLS) { t.Intercepted = "CN=Acme Inspection" })
		}, "tls-intercepted!", "net-proxy net-http", ""},
		{"intercepted and expired", func(l *looking) {
			l.tls("tls-expired", func(t *evidence.TLS) {
				t.Intercepted, t.Chain[0].NotAfter = "CN=Acme Inspection", l.now.AddDate(0, 0, -3)
			})
		}, "tls-expired!", "net-proxy net-http", "replaces the server's own"},
		{"too old", func(l *looking) { l.tls("tls-too-old", func(t *evidence.TLS) { t.Version = "TLS 1.0" }) }, "tls-too-old!", "net-proxy net-http", "at most TLS 1.0"},
		{"a client certificate", func(l *looking) { l.tls("tls-client-certificate-required", nil) }, "tls-client-certificate-required!", "net-proxy net-http", "mutual TLS"},
		{"plain http", func(l *looking) { l.n.URL, l.n.TLS = "http://auth.acme.example/token", nil }, "", "net-proxy net-tls", "plain http"},

		{"a handshake that failed", func(l *looking) { l.tls("tls-failed", func(t *evidence.TLS) { t.Says = "it broke off" }) }, "tls-failed!", "net-proxy net-http", "Seen: it broke off."},
		{"a port without TLS", func(l *looking) { l.tls("tls-not-spoken", func(t *evidence.TLS) { t.Chain = nil }) }, "tls-not-spoken!", "net-proxy net-http", "usually 443"},
		{"a fault of TLS nobody knows", func(l *looking) { l.tls("tls-odd", nil) }, "", "net-proxy net-tls net-http", "for another reason"},
		{"silence instead of a handshake", func(l *looking) { l.n.TLS = nil; l.n.HTTP = &evidence.Exchanged{Fault: "http-timeout"} }, "http-timeout!", "net-proxy net-tls", "did not respond"},

		{"silence instead of a handshake is none of the client's JWKS", func(l *looking) { l.n.TLS = nil; l.n.HTTP = &evidence.Exchanged{Fault: "http-timeout"} },
			"http-timeout!", "net-proxy net-tls", "did not respond to TLS within 10s | Connected, but the TLS handshake got no response"},
		{"a private authority whose certificate is not sent", func(l *looking) { l.tls("tls-unknown-authority", func(t *evidence.TLS) { t.Chain = t.Chain[:1] }) },
			"tls-unknown-authority!", "net-proxy net-http", "If CN=Acme Issuing 1 is under an authority that is already trusted"},
		{"interrupted", func(l *looking) { l.n.TLS = nil; l.n.Interrupted = true; l.stop("") }, "", "net-proxy net-tls net-http", "net-tls: The TLS certificate is trusted |  |  |  | the run was interrupted"},

		// HTTP.
		{"silence on plain http", func(l *looking) {
			l.n.URL, l.n.TLS = "http://auth.acme.example/token", nil
			l.n.HTTP = &evidence.Exchanged{Fault: "http-timeout"}
		}, "http-timeout!", "net-proxy net-tls", "such as the client's JWKS"},
		{"silence in the midst of the answer", func(l *looking) {
			l.n.HTTP = &evidence.Exchanged{Method: "POST", Status: 200, Fault: "http-timeout"}
		}, "http-timeout!", "net-proxy", "did not finish its answer within 10s"},
		{"silence", func(l *looking) { l.n.HTTP = &evidence.Exchanged{Method: "GET", Fault: "http-timeout"} }, "http-timeout!", "net-proxy", "did not respond within 10s"},
		{"a GET is redirected", func(l *looking) { l.redirect(302, "https://auth.acme.example/login?state=hush") }, "http-redirected~", "net-proxy", "to https://auth.acme.example/login ("},
		{"a POST is redirected", func(l *looking) { l.posts(testURL); l.redirect(302, "https://auth.acme.example/login") }, "http-redirected!", "net-proxy", "body is lost"},
		{"a POST is sent on", func(l *looking) { l.posts(testURL); l.redirect(307, "https://eu.acme.example/oauth2/token") }, "http-redirected!", "net-proxy", "another host, eu.acme.example"},
		{"a slash is asked for", func(l *looking) { l.posts(testURL); l.redirect(308, testURL+"/") }, "http-redirected!", "net-proxy", "with or without the trailing slash"},
		{"a redirect that was not followed", func(l *looking) {
			l.n.HTTP.Status = 301
			l.n.HTTP.Response = &evidence.Response{Status: 301, Headers: evidence.Headers{{Name: "Location", Value: "/v2/token"}}}
		}, "http-redirected~", "net-proxy", "301 to https://auth.acme.example/v2/token"},
		{"an exchange that failed", func(l *looking) { l.n.HTTP = &evidence.Exchanged{Fault: "http-failed", Says: "it is no HTTP"} }, "http-failed!", "net-proxy", "Seen: it is no HTTP."},
		{"a 404 is no detour", func(l *looking) { l.n.HTTP.Status = 404 }, "", "net-proxy", "status 404"},

		// Whether there is a document.
		{"no document", func(l *looking) {
			l.lost(testIssuer, evidence.TriedFetch{URL: testDocument, Status: 404}, evidence.TriedFetch{URL: testIssuer + "/.well-known/oauth-authorization-server", Trouble: "connection reset"})
		}, "discovery-unreachable!", "net-proxy discovery-issuer discovery-auth discovery-endpoints", "openid-configuration (status 404) and"},
		{"no answer where the document should be", func(l *looking) {
			l.lost(testIssuer, evidence.TriedFetch{URL: testDocument, Trouble: "192.0.2.7:443 refuses connections"}, evidence.TriedFetch{URL: testIssuer + "/.well-known/oauth-authorization-server", Trouble: "192.0.2.7:443 refuses connections"})
		}, "discovery-unreachable!", "net-proxy discovery-issuer discovery-auth discovery-endpoints", "jwtdoctor probe " + testDocument},
		{"no document of a token endpoint", func(l *looking) { l.lost(testURL, evidence.TriedFetch{URL: testDocument, Status: 404}) },
			"", "net-proxy discovery-reachable discovery-issuer discovery-auth discovery-endpoints", "--issuer"},
		{"no document where the host has no name", func(l *looking) { l.dns("dns-not-found"); l.lost(testIssuer, evidence.TriedFetch{URL: testDocument}) },
			"dns-not-found!", "net-connect net-proxy net-tls net-http discovery-reachable discovery-issuer discovery-auth discovery-endpoints", "moot: dns-not-found"},
		{"a page for a document", func(l *looking) {
			l.lost(testIssuer, evidence.TriedFetch{URL: testDocument, Status: 200, Trouble: "it answers with a page"})
		},
			"discovery-unreachable!", "net-proxy discovery-issuer discovery-auth discovery-endpoints", "(status 200, it answers with a page)"},
		{"a file that holds none", func(l *looking) { l.lost(""); l.d.Source, l.d.Raw = "doc.json", []byte("hello") },
			"discovery-unreachable!", "net-proxy discovery-issuer discovery-auth discovery-endpoints", "doc.json is not a discovery document"},
		{"a list", func(l *looking) { l.json = "[]" }, "discovery-unreachable!", "net-proxy discovery-issuer discovery-auth discovery-endpoints", "an array"},
		{"an error for a document", func(l *looking) { *l.d = evidence.Discovery{Source: "doc.json"}; l.json = `{"error":"x"}` },
			"discovery-unreachable!", "net-proxy discovery-issuer discovery-auth discovery-endpoints", "neither an issuer nor an endpoint"},
		{"a document cut off", func(l *looking) { l.json = `{"issuer":"` + testIssuer + `","tok` }, "discovery-unreachable!", "net-proxy", "the JSON is damaged"},

		// The issuer.
		{"a slash more", func(l *looking) { l.d.Issuer += "/" }, "issuer-mismatch!", "net-proxy", "only by a trailing slash"},
		{"another case", func(l *looking) { l.c.Expect.Issuer = "https://Auth.acme.example" }, "issuer-mismatch!", "net-proxy", "only in upper and lower case"},
		{"another scheme", func(l *looking) { l.c.Expect.Issuer = "http://auth.acme.example" }, "issuer-mismatch!", "net-proxy", "only by the scheme"},
		{"another issuer", func(l *looking) { l.d.Issuer = "https://other.example" }, "issuer-mismatch!", "net-proxy", "is not the one you asked for"},
		{"no issuer", func(l *looking) { l.d.Issuer = ""; l.json = `{"token_endpoint":"x"}` }, "issuer-mismatch!", "net-proxy", "names no issuer"},
		{"asked by the document's address", func(l *looking) { l.d.Asked, l.d.Issuer = testDocument, "https://other.example" }, "", "net-proxy discovery-issuer", "--issuer URL"},
		{"asked by the token URL", func(l *looking) { l.d.Asked, l.d.Issuer = testURL, "https://other.example" }, "", "net-proxy discovery-issuer", ""},
		{"a file", func(l *looking) { l.d.Asked, l.d.Source = "", "doc.json" }, "", "net-proxy discovery-issuer", ""},
		{"a SMART configuration", func(l *looking) { l.d.Form, l.d.Issuer = "smart-configuration", "https://other.example" }, "", "net-proxy discovery-issuer", "FHIR"},
		{"a template", func(l *looking) { l.d.Issuer += "/{tenantid}/v2.0" }, "", "net-proxy discovery-issuer", "a template"},

		// Methods and algorithms.
		{"secrets alone", func(l *looking) { l.d.AuthMethods = l.d.AuthMethods[:1] }, "auth-method-unsupported!", "net-proxy", "client_secret_basic"},
		{"secrets alone, by a JWT grant", func(l *looking) { l.d.AuthMethods, l.c.Kind = l.d.AuthMethods[:1], evidence.JWTGrant }, "", "net-proxy", ""},
		{"methods not told", func(l *looking) { l.d.AuthMethods = nil }, "", "net-proxy", "more often just left out"},
		{"neither told", func(l *looking) { l.d.AuthMethods, l.d.Algs = nil, nil }, "", "net-proxy discovery-auth", "client_secret_basic"},
		{"another alg", func(l *looking) { l.header = `{"alg":"ES256"}` }, "alg-unsupported!", "net-proxy", "RS256 or RS384"},
		{"another alg that the profile documents", func(l *looking) {
			l.header = `{"alg":"ES256"}`
			rule := profile.HeaderAccepted.Is("alg", []string{"ES256"})
			rule.Cite = []finding.Citation{{Title: "Acme", URL: "https://acme.example/docs"}}
			l.p.Rules = append(l.p.Rules, rule)
		}, "alg-unsupported~", "net-proxy", "Acme documents ES256"},
		{"alg in lower case", func(l *looking) { l.header = `{"alg":"rs384"}` }, "alg-unsupported!", "net-proxy", "Set alg to RS384"},
		{"no header", func(l *looking) { l.header = "" }, "", "net-proxy", "the header's alg is not known"},
		{"a SMART server that says it otherwise", func(l *looking) {
			l.d.AuthMethods, l.json = l.d.AuthMethods[:1], `{"issuer":"x","capabilities":["client-confidential-asymmetric"]}`
		}, "", "net-proxy", "client-confidential-asymmetric"},
		{"the token endpoint is not known", func(l *looking) { l.c.Expect.TokenURL, l.d.AuthMethods = "", l.d.AuthMethods[:1] }, "auth-method-unsupported!", "net-proxy discovery-endpoints", ""},
		{"the document is of another token endpoint", func(l *looking) { l.d.TokenEndpoint, l.d.AuthMethods = platform, l.d.AuthMethods[:1] },
			"endpoint-mismatch~", "net-proxy discovery-auth", "another token endpoint than the one in use"},

		// Endpoints.
		{"the request goes elsewhere", func(l *looking) { l.posts("https://auth.acme.example/token") }, "endpoint-mismatch~", "net-proxy discovery-auth", "the URL of the request"},
		{"the request goes there", func(l *looking) {
			l.posts("https://AUTH.acme.example:443/oauth2/token?tenant=1")
			l.c.Expect.TokenURL = ""
		}, "", "net-proxy", ""},
		{"the request goes to this machine", func(l *looking) { l.posts("http://localhost:8080/token"); l.c.Expect.TokenURL = "" }, "", "net-proxy discovery-auth discovery-endpoints", "on this machine"},
		{"a slash more in the URL", func(l *looking) { l.c.Expect.TokenURL += "/" }, "endpoint-mismatch~", "net-proxy discovery-auth", "only by a trailing slash"},
		{"an alias for mutual TLS", func(l *looking) {
			l.d.TokenEndpoint, l.json = platform, `{"issuer":"x","mtls_endpoint_aliases":{"token_endpoint":"`+testURL+`"}}`
		}, "", "net-proxy", ""},
		{"a token endpoint for other clients", func(l *looking) {
			l.env(redoxLike())
			l.c.Expect.TokenURL, l.d.TokenEndpoint, l.d.AuthMethods = testURL, platform, l.d.AuthMethods[:1]
		}, "", "net-proxy discovery-auth", "next to the token endpoint in use"},
		{"a token endpoint for other clients, by --env", func(l *looking) {
			l.env(redoxLike())
			l.c.Expect.Env, l.d.TokenEndpoint = "production", platform
		}, "", "net-proxy discovery-auth", "next to the token endpoint in use"},
		{"a token endpoint nobody knows", func(l *looking) {
			l.env(redoxLike())
			l.c.Expect.Env, l.d.TokenEndpoint = "production", testIssuer+"/new/token"
		}, "endpoint-mismatch~", "net-proxy discovery-auth", "Acme documents " + testURL},
		{"the address asked for is another", func(l *looking) { l.c.Expect.TokenURL, l.d.Asked = "", testIssuer+"/old/token" },
			"endpoint-mismatch~", "net-proxy discovery-issuer discovery-auth", "the address you asked for is not"},
		{"the address asked for is the one", func(l *looking) { l.c.Expect.TokenURL, l.d.Asked = "", testURL }, "", "net-proxy discovery-issuer", ""},
		{"aud is of an environment with two token endpoints", func(l *looking) {
			l.env(redoxLike())
			l.c.Claims, l.d.TokenEndpoint = evidence.Known(claimsOf(`{"aud":"`+testURL+`"}`)), platform
		}, "", "net-proxy discovery-auth", "next to the token endpoint in use"},
		{"the environment's own", func(l *looking) { l.env(redoxLike()); l.c.Expect.Env = "production" }, "", "net-proxy", ""},
		{"keys from elsewhere", func(l *looking) { l.issued("https://auth.acme.example/old/jwks") }, "endpoint-mismatch~", "net-proxy", "not from the jwks_uri"},
		{"keys from there", func(l *looking) { l.issued(testIssuer + "/jwks") }, "", "net-proxy", "from the document's jwks_uri"},
		{"the client's own keys", func(l *looking) { l.issued("https://client.example/jwks"); l.c.Kind = evidence.JWTGrant }, "", "net-proxy discovery-endpoints", "--token-url"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := healthyLook()
			tt.change(l)
			all := l.judge()
			_, skipped, broken := outcomes(all)
			if diff := cmp.Diff(strings.Fields(tt.want), append([]string{}, weighed(all)...)); diff != "" || len(broken) > 0 {
				t.Errorf("causes (-want +got):\n%s%v", diff, broken)
			}
			if diff := cmp.Diff(strings.Fields(tt.skip), append([]string{}, skipped...)); diff != "" {
				t.Errorf("not asked (-want +got):\n%s", diff)
			}
			sayOnly(t, all, "")
			if told := everyWord(all); !strings.Contains(told, tt.says) {
				t.Errorf("%q is not told in\n%s", tt.says, told)
			}
		})
	}
}

// everyWord is all that the findings say, passes and skips too.
func everyWord(all []finding.Finding) string {
	told := ""
	for _, f := range all {
		told += string(f.Check) + ": " + strings.Join(append([]string{f.Title, f.Message, f.Found, f.Expected, f.Reason, f.Remedy}, f.Fix...), " | ") + " |\n"
	}
	return told
}

// weighed lists the causes with their severity.
func weighed(all []finding.Finding) []string {
	var out []string
	for _, f := range all {
		if f.Outcome == finding.Fail {
			out = append(out, string(f.Cause)+map[finding.Severity]string{finding.Error: "!", finding.Warning: "~"}[f.Severity])
		}
	}
	return out
}

// TestNetworkShowsNoSecrets checks that queries and credentials of addresses
// are not shown, and that every fault has a place and a fix.
func TestNetworkShowsNoSecrets(t *testing.T) {
	l := healthyLook()
	l.posts("https://user:hush-1@auth.acme.example/other/token?code=hush-2")
	l.n.URL = "https://user:hush-1@auth.acme.example/other/token?code=hush-2"
	l.proxy(200)
	l.n.Proxy.URL = "http://user:hush-3@proxy.acme.test:3128"
	l.redirect(307, "https://user:hush-4@other.example/token?client_assertion=hush-5")
	l.d.Issuer, l.d.AuthMethods, l.header = "https://other.example", []string{"none"}, `{"alg":"ES256"}`
	l.c.Expect.TokenURL = ""
	all := l.judge()
	if want := []string{"http-redirected!", "issuer-mismatch!", "endpoint-mismatch~"}; !slices.Equal(weighed(all), want) {
		t.Fatalf("causes %v, want %v", weighed(all), want)
	}
	for _, f := range all {
		text := everyWord([]finding.Finding{f})
		for _, at := range f.At {
			if at.Source != nil {
				text += at.Source.File
			}
			if at.Excerpt != nil {
				text += at.Excerpt.Text
			}
		}
		if strings.Contains(text, "hush-") {
			t.Errorf("%s tells a secret: %s", f.Check, text)
		}
		if f.Outcome == finding.Fail && (len(f.At) == 0 || len(f.Fix) == 0 || f.Found == "" || f.Expected == "") {
			t.Errorf("%s lacks a place, a fix or a comparison", f.Cause)
		}
	}
}

// TestNetworkOfRedox compares the real profile with the real document: Redox's
// metadata names a token endpoint for other clients, which is no mismatch.
func TestNetworkOfRedox(t *testing.T) {
	const inUse, others = "https://api.redoxengine.com/v2/auth/token", "https://api.redoxengine.com/platform/v1/oauth/token"
	for _, tt := range []struct {
		named, want string
		change      func(*looking)
	}{
		{others, "", func(l *looking) { l.c.Expect.TokenURL = inUse }},
		{others, "", func(l *looking) { l.c.Claims = evidence.Known(claimsOf(`{"aud":"` + inUse + `"}`)) }},
		{others, "", func(l *looking) { l.posts(inUse) }},
		{others, "", func(l *looking) {}},
		{"https://api.redoxengine.com/v3/token", "endpoint-mismatch~", func(l *looking) { l.c.Expect.TokenURL = inUse }},
	} {
		l := healthyLook()
		var err error
		if l.p, err = profile.Load("redox"); err != nil {
			t.Fatal(err)
		}
		l.c.Expect.TokenURL = ""
		tt.change(l)
		l.d.Asked, l.d.Issuer, l.d.TokenEndpoint = "https://api.redoxengine.com", "https://api.redoxengine.com", tt.named
		l.d.AuthMethods, l.d.Algs = []string{"client_secret_basic"}, []string{"RS256"}
		if got := strings.Join(weighed(l.judge()), " "); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.named, got, tt.want)
		}
	}
}
