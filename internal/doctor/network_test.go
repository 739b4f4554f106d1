package doctor_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// onlineRow is one change to a healthy look at a server.
type onlineRow struct {
	name   string
	change func(*doctor.Online)
	want   string
}

// healthyLook is a token endpoint with nothing wrong on the way to it.
func healthyLook() doctor.Online {
	at := time.Unix(now, 0)
	return doctor.Online{
		Answered: at,
		Network: &evidence.Network{
			URL: "https://as.example.test/token", Host: "as.example.test", Port: "443", Timeout: 10 * time.Second,
			DNS:     &evidence.Lookup{Name: "as.example.test", Addresses: []string{"192.0.2.1"}},
			Connect: &evidence.Connect{Tried: []evidence.Attempt{{Address: "192.0.2.1:443"}}},
			TLS: &evidence.TLS{Version: "TLS 1.3", Roots: "the system's roots", Chain: []evidence.Certificate{
				{Subject: "as.example.test", Issuer: "Test Authority", Names: []string{"as.example.test"}, NotBefore: at.Add(-time.Hour), NotAfter: at.Add(90 * 24 * time.Hour), Key: "EC P-256"},
				{Subject: "Test Authority", Issuer: "Test Root", NotBefore: at.Add(-time.Hour), NotAfter: at.Add(900 * 24 * time.Hour), CA: true, Key: "EC P-256"},
			}},
			HTTP: &evidence.Exchanged{Method: "GET", Status: 405, Version: "HTTP/1.1", Response: &evidence.Response{
				Status: 405, HeadersKnown: true, BodyKnown: true, Headers: evidence.Headers{{Name: "Date", Value: at.UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT")}}}},
		},
		Discovery: metadata(`{"issuer":"https://as.example.test","token_endpoint":"https://as.example.test/token","jwks_uri":"https://as.example.test/jwks","token_endpoint_auth_methods_supported":["private_key_jwt"],"token_endpoint_auth_signing_alg_values_supported":["RS384"]}`),
	}
}

func metadata(text string) *evidence.Discovery {
	v, _ := jsonspan.Scan([]byte(text), jsonspan.Limits{})
	str := func(name string) string {
		if m, ok := v.Get(name); ok {
			return m.Str
		}
		return ""
	}
	list := func(name string) []string {
		m, ok := v.Get(name)
		if !ok {
			return nil
		}
		out := []string{}
		for _, it := range m.Items {
			out = append(out, it.Str)
		}
		return out
	}
	d := &evidence.Discovery{Asked: "https://as.example.test", Source: "https://as.example.test/.well-known/openid-configuration", Form: "openid-configuration",
		Tried: []evidence.TriedFetch{{URL: "https://as.example.test/.well-known/openid-configuration", Status: 200}}, Raw: []byte(text), Doc: v}
	d.Issuer, d.TokenEndpoint, d.JWKSURI = str("issuer"), str("token_endpoint"), str("jwks_uri")
	d.AuthMethods, d.Algs = list("token_endpoint_auth_methods_supported"), list("token_endpoint_auth_signing_alg_values_supported")
	return d
}

func onlineRows() []onlineRow {
	lookup := func(f evidence.Fault) func(*doctor.Online) {
		return func(o *doctor.Online) {
			o.Network.DNS = &evidence.Lookup{Name: "as.example.test", Fault: f, Says: "x"}
			o.Network.Connect, o.Network.TLS, o.Network.HTTP, o.Discovery = nil, nil, nil, nil
		}
	}
	connect := func(f evidence.Fault) func(*doctor.Online) {
		return func(o *doctor.Online) {
			o.Network.Connect = &evidence.Connect{Tried: []evidence.Attempt{{Address: "192.0.2.1:443", Fault: f}}, Fault: f, Says: "x"}
			o.Network.TLS, o.Network.HTTP, o.Discovery = nil, nil, nil
		}
	}
	tls := func(f evidence.Fault) func(*doctor.Online) {
		return func(o *doctor.Online) {
			o.Network.TLS.Fault, o.Network.TLS.Says = f, "x"
			o.Network.HTTP, o.Discovery = nil, nil
		}
	}
	return []onlineRow{
		{"no such name", lookup("dns-not-found"), "dns-not-found"},
		{"no resolver", lookup("dns-failed"), "dns-failed"},
		{"refused", connect("connect-refused"), "connect-refused"},
		{"no answer", connect("connect-timeout"), "connect-timeout"},
		{"no route", connect("net-unreachable"), "net-unreachable"},
		{"the proxy", func(o *doctor.Online) {
			o.Network.Proxy = &evidence.Proxy{URL: "http://proxy.test:3128", From: "HTTPS_PROXY", Status: 407, Fault: "proxy-refused", Says: "x"}
			o.Network.TLS, o.Network.HTTP, o.Discovery = nil, nil, nil
		}, "proxy-refused"},
		{"expired", func(o *doctor.Online) {
			tls("tls-expired")(o)
			o.Network.TLS.Chain[0].NotAfter = time.Unix(now-86400, 0)
		}, "tls-expired"},
		{"another name", func(o *doctor.Online) {
			tls("tls-name-mismatch")(o)
			o.Network.TLS.Chain[0].Names = []string{"other.test"}
		}, "tls-name-mismatch"},
		{"self-signed", tls("tls-self-signed"), "tls-self-signed"},
		{"an unknown root", tls("tls-unknown-authority"), "tls-unknown-authority"},
		{"no intermediate", func(o *doctor.Online) {
			tls("tls-missing-intermediate")(o)
			o.Network.TLS.Chain = o.Network.TLS.Chain[:1]
		}, "tls-missing-intermediate"},
		{"inspected", func(o *doctor.Online) { o.Network.TLS.Intercepted = "Zscaler Root CA" }, "tls-intercepted"},
		{"old", tls("tls-too-old"), "tls-too-old"},
		{"a client certificate", tls("tls-client-certificate-required"), "tls-client-certificate-required"},
		{"a port without TLS", tls("tls-not-spoken"), "tls-not-spoken"},
		{"a handshake broken off", tls("tls-failed"), "tls-failed"},
		{"something that is not HTTP", func(o *doctor.Online) {
			o.Network.HTTP, o.Discovery = &evidence.Exchanged{Method: "GET", Fault: "http-failed", Says: "x"}, nil
		}, "http-failed"},
		{"plain http to a port for TLS", func(o *doctor.Online) {
			o.Network.URL = "http://as.example.test/token"
			o.Network.HTTP.Fault, o.Network.HTTP.Says, o.Network.TLS, o.Discovery = "http-to-tls-port", "x", nil, nil
		}, "http-to-tls-port"},
		{"a gateway without a server", func(o *doctor.Online) {
			o.Network.HTTP.Status, o.Network.HTTP.Response.Status = 503, 503
		}, "http-unavailable"},
		{"a firewall", func(o *doctor.Online) {
			r := o.Network.HTTP.Response
			r.Status, r.Body = 403, "<html><title>Attention Required! | Cloudflare</title></html>"
			o.Network.HTTP.Status = 403
		}, "http-blocked"},
		{"no HTTP answer", func(o *doctor.Online) {
			o.Network.HTTP = &evidence.Exchanged{Method: "GET", Fault: "http-timeout", Says: "x"}
			o.Discovery = nil
		}, "http-timeout"},
		{"led elsewhere", func(o *doctor.Online) {
			o.Network.HTTP.Fault = "http-redirected"
			o.Network.HTTP.Redirects = []evidence.Redirect{{Status: 301, From: "https://as.example.test/token", To: "https://login.example.test/token", Method: "GET"}}
		}, "http-redirected"},
		{"no document", func(o *doctor.Online) {
			o.Discovery = &evidence.Discovery{Asked: "https://as.example.test", Tried: []evidence.TriedFetch{{URL: "https://as.example.test/.well-known/openid-configuration", Status: 404, Trouble: "it answers with status 404"}}}
		}, "discovery-unreachable"},
		{"another issuer", func(o *doctor.Online) { o.Discovery.Issuer = "https://as.example.test/" }, "issuer-mismatch"},
		{"no private_key_jwt", func(o *doctor.Online) { o.Discovery.AuthMethods = []string{"client_secret_basic"} }, "auth-method-unsupported"},
		{"another token endpoint", func(o *doctor.Online) {
			o.Discovery.Asked = o.Network.URL
			o.Discovery.TokenEndpoint = "https://as.example.test/oauth2/token"
		}, "endpoint-mismatch"},
		{"the clock", func(o *doctor.Online) { o.Answered = o.Answered.Add(7 * time.Minute) }, "clock-ahead"},
	}
}

// One change to a healthy look, one answer.
func TestOnline(t *testing.T) {
	opts := doctor.Options{Profiles: []string{"rfc7523"}, Clock: func() time.Time { return time.Unix(now, 0) }}
	judge := func(o doctor.Online) []string {
		c, _, err := doctor.JudgeNetwork(opts, o)
		if err != nil {
			t.Fatal(err)
		}
		if b := broken(c); b != nil {
			t.Error(b)
		}
		return failed(c)
	}
	if f := judge(healthyLook()); f != nil {
		t.Fatalf("the control fails %v", f)
	}
	for _, r := range onlineRows() {
		t.Run(r.name, func(t *testing.T) {
			o := healthyLook()
			r.change(&o)
			if f := judge(o); !slices.Equal(f, []string{r.want}) {
				t.Errorf("fails %v, want %s", f, r.want)
			}
		})
	}
}

// An assertion with the document: its alg must be one the server lists.
func TestAlgOfDiscovery(t *testing.T) {
	for _, tt := range []struct {
		algs []string
		want []string
	}{{[]string{"RS384"}, nil}, {[]string{"ES256"}, []string{"alg-unsupported"}}} {
		e := healthyExchange("rfc7523")
		seen := healthyLook()
		seen.Discovery.TokenEndpoint, seen.Discovery.Issuer, seen.Discovery.Asked = e.url, "https://fhir.example.test", "https://fhir.example.test"
		seen.Discovery.Algs = tt.algs
		e.opts.Online = doctor.Online{Discovery: seen.Discovery}
		if f := failed(e.judge(t)); !slices.Equal(f, tt.want) {
			t.Errorf("%v: fails %v, want %v", tt.algs, f, tt.want)
		}
	}
}

// An answer out of a cache says nothing of the clocks, and is judged as of when
// it came.
func TestCachedAnswer(t *testing.T) {
	opts := doctor.Options{Profiles: []string{"rfc7523"}, Clock: func() time.Time { return time.Unix(now, 0) }}
	for _, tt := range []struct {
		age  string
		want []string
	}{{"420", nil}, {"", []string{"clock-ahead"}}, {"0", []string{"clock-ahead"}}} {
		o := healthyLook()
		h := &o.Network.HTTP.Response.Headers
		(*h)[0].Value = time.Unix(now-420, 0).UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT")
		if tt.age != "" {
			*h = append(*h, evidence.Header{Name: "Age", Value: tt.age})
		}
		c, _, err := doctor.JudgeNetwork(opts, o)
		if err != nil {
			t.Fatal(err)
		}
		if f := failed(c); !slices.Equal(f, tt.want) {
			t.Errorf("Age %q: fails %v, want %v", tt.age, f, tt.want)
		}
	}
	for _, tt := range []struct{ age, want string }{
		{"", time.Unix(now, 0).UTC().Format(time.RFC3339)},
		{"420", time.Unix(now+420, 0).UTC().Format(time.RFC3339)},
	} {
		e := healthyExchange("redox")
		e.opts.Now, e.opts.Clock = "", opts.Clock
		e.answers(400, `{"error":"invalid_client"}`)
		e.says("Date", time.Unix(now, 0).UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT"))
		if tt.age != "" {
			e.says("Age", tt.age)
		}
		if got := e.judge(t).JudgedAsOf; got.Time != tt.want || got.Basis != "date" {
			t.Errorf("Age %q: judged as of %s, %s", tt.age, got.Time, got.Basis)
		}
	}
}

// A look that was not seen to its end is none with nothing wrong: what failed
// is an error, an interruption is not.
func TestUnfinished(t *testing.T) {
	opts := doctor.Options{Profiles: []string{"rfc7523"}, Clock: func() time.Time { return time.Unix(now, 0) }}
	for _, tt := range []struct {
		name    string
		change  func(*doctor.Online)
		verdict finding.Verdict
		says    string
	}{
		{"well", func(*doctor.Online) {}, finding.VerdictPass, ""},
		{"the handshake", func(o *doctor.Online) {
			o.Network.TLS.Fault, o.Network.TLS.Says, o.Network.HTTP, o.Discovery = evidence.FaultTLSFailed, "it broke off", nil, nil
		}, finding.VerdictFail, "it broke off"},
		{"a certificate nobody asks about", func(o *doctor.Online) {
			o.Network.TLS.Fault, o.Network.TLS.Says = evidence.FaultTLSFailed, "not made for servers"
		}, finding.VerdictPass, ""},
		{"the exchange", func(o *doctor.Online) {
			o.Network.HTTP, o.Discovery = &evidence.Exchanged{Fault: evidence.FaultHTTPFailed, Says: "reset"}, nil
		}, finding.VerdictFail, "reset"},
		{"a fault beside it", func(o *doctor.Online) {
			o.Network.HTTP.Fault, o.Network.HTTP.Says = evidence.FaultHTTPFailed, "reset"
			o.Discovery.AuthMethods = []string{"client_secret_basic"}
		}, finding.VerdictFail, "reset"},
		{"an interruption", func(o *doctor.Online) {
			o.Network.HTTP, o.Discovery, o.Interrupted, o.Unread = nil, nil, true, true
		}, finding.VerdictWarn, "it was interrupted"},
		{"an interruption after a fault", func(o *doctor.Online) {
			o.Network.TLS.Fault, o.Network.HTTP, o.Discovery, o.Interrupted = evidence.FaultTLSSelfSigned, nil, nil, true
		}, finding.VerdictFail, "it was interrupted"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := healthyLook()
			tt.change(&o)
			c, result, err := doctor.JudgeNetwork(opts, o)
			if err != nil {
				t.Fatal(err)
			}
			if c.Summary.Verdict != tt.verdict || result.Summary.Verdict != tt.verdict || c.Unfinished != tt.says {
				t.Errorf("%s, %s, %q; want %s, %q", c.Summary.Verdict, result.Summary.Verdict, c.Unfinished, tt.verdict, tt.says)
			}
			if tt.name == "an interruption" && failed(c) != nil {
				t.Errorf("it is taken for %v", failed(c))
			}
		})
	}
}

// A set that was being fetched when the run ended is not known, and no fault.
func TestInterruptedFetch(t *testing.T) {
	opts := doctor.Options{Profiles: []string{"rfc7523"}, Clock: func() time.Time { return time.Unix(now, 0) }, Online: doctor.Online{Interrupted: true},
		JWKS: &doctor.Document{Source: "https://client.example/jwks", Interrupted: true}}
	c, _, err := doctor.JudgeSet(t.Context(), opts, nil)
	if err != nil || failed(c) != nil || c.Summary.Verdict != finding.VerdictWarn {
		t.Errorf("%v, fails %v, %s", err, failed(c), c.Summary.Verdict)
	}
	for _, f := range c.Findings {
		if f.Outcome != finding.Skip || f.Reason != "the fetch of the JWKS was interrupted" {
			t.Errorf("%s: %s, %q", f.Check, f.Outcome, f.Reason)
		}
	}
}

// A command recommends no flag that it lacks.
func TestOffers(t *testing.T) {
	remedies := func(lacks ...string) string {
		e := healthyExchange("rfc7523")
		e.opts.Has = func(flag string) bool { return !slices.Contains(lacks, flag) }
		e.opts.Aud, e.opts.TokenURL = nil, ""
		var all []string
		for _, f := range e.judge(t).Findings {
			all = append(all, f.Remedy)
		}
		return strings.Join(all, "\n")
	}
	const both, set = "add --jwks FILE|URL or --key FILE\n", "add --jwks FILE|URL\n"
	for _, tt := range []struct {
		lacks      []string
		want, none string
	}{{nil, both, "\x00"}, {[]string{"key"}, set, "--key"}, {[]string{"jwks"}, "add --key FILE\n", "--jwks"}, {[]string{"jwks", "key"}, "", "--jwks"}} {
		if got := remedies(tt.lacks...); !strings.Contains(got, tt.want) || strings.Contains(got, tt.none) {
			t.Errorf("without %v:\n%s", tt.lacks, got)
		}
	}
}
