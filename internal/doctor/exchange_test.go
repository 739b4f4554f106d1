package doctor_test

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// exchange is a token request and its answer in the making, written as HTTP.
type exchange struct {
	token   *token
	method  string
	url     string
	version string
	fields  [][2]string // of the header
	params  [][2]string
	raw     string // body, where it is not made of params
	auth    string // the authorization URL that came before

	keysOnly bool // there is nothing but the key set of opts

	status int // 0 for no answer
	answer [][2]string
	body   string
	opts   doctor.Options
}

const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// healthyExchange makes a token request with which the provider has no
// quarrel, in the form its documents show.
func healthyExchange(provider string) *exchange {
	t := healthy(provider)
	e := &exchange{token: t, method: "POST", version: "HTTP/1.1", opts: t.opts}
	switch provider {
	case "redox":
		e.url = "https://api.redoxengine.com/v2/auth/token"
	case "epic":
		e.url = "https://fhir.epic.com/interconnect-fhir-oauth/oauth2/token"
	case "singpass":
		e.url = "https://id.singpass.gov.sg/token"
	default:
		e.url = "https://fhir.example.test/oauth2/token"
	}
	e.fields = [][2]string{{"User-Agent", "example/1.0"}, {"Accept", "application/json"}, {"Content-Type", "application/x-www-form-urlencoded"}}
	e.params = [][2]string{{"grant_type", "client_credentials"}}
	if provider == "singpass" {
		e.params = [][2]string{{"grant_type", "authorization_code"}, {"code", "SplxlOBeZQQYbYS6WxSbIA"}, {"redirect_uri", "https://client.example/cb"}, {"client_id", clientID}}
	}
	if provider == "smart-backend-services" {
		e.params = append(e.params, [2]string{"scope", "system/Patient.rs"})
	}
	e.params = append(e.params, [2]string{"client_assertion_type", assertionType}, [2]string{"client_assertion", "\x00"})
	e.answer = [][2]string{{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}}
	return e
}

func (e *exchange) set(name, value string)  { e.params = put(e.params, name, value) }
func (e *exchange) del(name string)         { e.params = without(e.params, name) }
func (e *exchange) field(name, val string)  { e.fields = put(e.fields, name, val) }
func (e *exchange) unfield(name string)     { e.fields = without(e.fields, name) }
func (e *exchange) says(name, value string) { e.answer = put(e.answer, name, value) }
func (e *exchange) rename(from, to string) {
	for i := range e.params {
		if e.params[i][0] == from {
			e.params[i][0] = to
		}
	}
}

// answers gives the exchange an answer.
func (e *exchange) answers(status int, body string) {
	e.status, e.body = status, body
}

// granted answers with a token.
func (e *exchange) granted() {
	e.answers(200, `{"access_token":"bm90LXJlYWwtZXhhbXBsZS1hY2Nlc3M","token_type":"Bearer","expires_in":300}`)
}

func put(list [][2]string, name, value string) [][2]string {
	for i := range list {
		if list[i][0] == name {
			list[i][1] = value
			return list
		}
	}
	return append(list, [2]string{name, value})
}

func without(list [][2]string, name string) [][2]string {
	return slices.DeleteFunc(list, func(p [2]string) bool { return p[0] == name })
}

// form writes the parameters as a form body.
func (e *exchange) form() string {
	var parts []string
	for _, p := range e.params {
		value := p[1]
		if value == "\x00" {
			value = e.token.compact()
		}
		parts = append(parts, url.QueryEscape(p[0])+"="+url.QueryEscape(value))
	}
	return strings.Join(parts, "&")
}

// request writes the request as HTTP text, in origin form where the scheme is https.
func (e *exchange) request() string {
	body := e.raw
	if body == "" && e.params != nil {
		body = e.form()
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %s\r\n", e.method, e.url, e.version)
	u, err := url.Parse(e.url)
	if err == nil {
		fmt.Fprintf(&b, "Host: %s\r\n", u.Host)
	}
	for _, f := range e.fields {
		fmt.Fprintf(&b, "%s: %s\r\n", f[0], f[1])
	}
	if body != "" {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(body))
	}
	return b.String() + "\r\n" + body
}

func (e *exchange) response() string {
	var b strings.Builder
	fmt.Fprintf(&b, "HTTP/1.1 %d Status\r\n", e.status)
	for _, f := range e.answer {
		fmt.Fprintf(&b, "%s: %s\r\n", f[0], f[1])
	}
	return b.String() + "\r\n" + e.body
}

// judge judges what the exchange consists of as one case.
func (e *exchange) judge(t *testing.T) finding.Case {
	t.Helper()
	in := []given{{"request.http", e.request()}}
	if e.auth != "" {
		in = append(in, given{"authorize.txt", e.auth})
	}
	if e.status != 0 {
		in = append(in, given{"response.http", e.response()})
	}
	cases := judgeAll(t, e.opts, in...)
	if len(cases) != 1 {
		t.Fatalf("%d cases", len(cases))
	}
	return cases[0]
}

// exchangeRow is one change to a healthy exchange and the causes it brings.
type exchangeRow struct {
	name     string
	provider string
	change   func(*exchange)
	want     []string
}

const (
	verifier  = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk" // RFC 7636 appendix B
	challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
)

// code makes an authorization code exchange with PKCE of the request.
func code(e *exchange) {
	e.auth = "https://id.singpass.gov.sg/auth?response_type=code&client_id=" + clientID + "&redirect_uri=https%3A%2F%2Fclient.example%2Fcb&scope=openid&state=x&code_challenge=" + challenge + "&code_challenge_method=S256"
	e.set("code_verifier", verifier)
}

func exchangeRows() []exchangeRow {
	refuse := func(e *exchange) { e.answers(400, `{"error":"invalid_client","error_description":null}`) }
	return []exchangeRow{
		{"GET", "redox", func(e *exchange) { e.method = "GET" }, []string{"method-not-post"}},
		{"GET with a JSON header", "redox", func(e *exchange) {
			e.method = "GET"
			e.field("Content-Type", "application/json")
		}, []string{"content-type-json", "method-not-post"}},
		{"the authorization endpoint", "epic", func(e *exchange) { e.url = "https://fhir.epic.com/interconnect-fhir-oauth/oauth2/authorize" }, []string{"url-authorize-endpoint"}},
		{"another address", "redox", func(e *exchange) { e.url = "https://api.redoxengine.com/v2/token" }, []string{"url-not-token-endpoint"}},
		{"another environment", "redox", func(e *exchange) { e.url = "https://api.ca.redoxengine.com/v2/auth/token" }, []string{"url-wrong-environment"}},
		{"http", "smart-backend-services", func(e *exchange) {
			e.url = strings.Replace(e.url, "https:", "http:", 1)
			e.opts.TokenURL = e.url
			e.token.claims.set("aud", e.url)
		}, []string{"url-not-https"}},
		{"no content type", "redox", func(e *exchange) { e.unfield("Content-Type") }, []string{"content-type-missing"}},
		{"JSON in header and body", "redox", func(e *exchange) {
			e.field("Content-Type", "application/json")
			e.raw = `{"grant_type":"client_credentials","client_assertion_type":"` + assertionType + `","client_assertion":"` + e.token.compact() + `"}`
		}, []string{"content-type-json"}},
		{"text/plain", "redox", func(e *exchange) { e.field("Content-Type", "text/plain") }, []string{"content-type-other"}},
		{"a charset where none is taken", "redox", func(e *exchange) {
			e.field("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
			e.opts.Set = append(e.opts.Set, "request.content_type.parameters=refused")
		}, []string{"content-type-parameter"}},
		{"parameters in the URL", "redox", func(e *exchange) { e.url += "?" + e.form(); e.params = nil }, []string{"params-in-url"}},
		{"no body", "redox", func(e *exchange) { e.params = nil }, []string{"body-empty"}},
		{"JSON under a form's header", "redox", func(e *exchange) {
			e.raw = `{"grant_type":"client_credentials","client_assertion_type":"` + assertionType + `","client_assertion":"` + e.token.compact() + `"}`
		}, []string{"body-json"}},
		{"multipart", "redox", func(e *exchange) {
			e.field("Content-Type", "multipart/form-data; boundary=xyz")
			for _, p := range e.params {
				e.raw += "--xyz\r\nContent-Disposition: form-data; name=\"" + p[0] + "\"\r\n\r\n" + strings.Replace(p[1], "\x00", e.token.compact(), 1) + "\r\n"
			}
			e.raw += "--xyz--\r\n"
		}, []string{"body-multipart"}},
		{"quotes of another shell", "redox", func(e *exchange) { e.raw = "'" + strings.ReplaceAll(e.form(), "&", "'&'") + "'" }, []string{"shell-quoting"}},
		{"& escaped for HTML", "redox", func(e *exchange) { e.raw = strings.ReplaceAll(e.form(), "&", "&amp;") }, []string{"ampersand-escaped"}},
		{"no grant_type", "redox", func(e *exchange) { e.del("grant_type") }, []string{"grant-type-missing"}},
		{"another grant_type", "redox", func(e *exchange) { e.set("grant_type", "client_credential") }, []string{"grant-type-wrong"}},
		{"no assertion type", "redox", func(e *exchange) { e.del("client_assertion_type") }, []string{"assertion-type-missing"}},
		{"assertion type encoded twice", "epic", func(e *exchange) { e.set("client_assertion_type", url.QueryEscape(assertionType)) }, []string{"assertion-type-double-encoded"}},
		{"the grant's URN", "epic", func(e *exchange) {
			e.set("client_assertion_type", "urn:ietf:params:oauth:grant-type:jwt-bearer")
		}, []string{"assertion-type-wrong"}},
		{"no assertion", "redox", func(e *exchange) { e.del("client_assertion") }, []string{"assertion-missing"}},
		{"a hyphen", "epic", func(e *exchange) { e.rename("client_assertion", "client-assertion") }, []string{"assertion-misnamed"}},
		{"another client_id", "smart-backend-services", func(e *exchange) { e.set("client_id", "another-client") }, []string{"client-id-mismatch"}},
		{"no client_id", "smart-backend-services", func(e *exchange) {
			e.opts.Set = append(e.opts.Set, "request.parameters.client_id.presence=required")
		}, []string{"client-id-missing"}},
		{"Basic too", "redox", func(e *exchange) { e.field("Authorization", "Basic Y2xpZW50OnNlY3JldA==") }, []string{"multiple-auth-methods"}},
		{"as Bearer", "redox", func(e *exchange) {
			e.field("Authorization", "Bearer "+e.token.compact())
			e.del("client_assertion")
			e.del("client_assertion_type")
		}, []string{"assertion-as-bearer"}},
		{"Basic of nothing", "rfc7523", func(e *exchange) {
			e.field("Authorization", "Basic client:secret")
			e.del("client_assertion")
			e.del("client_assertion_type")
		}, []string{"basic-malformed"}},
		{"Basic percent-encoded", "rfc7523", func(e *exchange) {
			e.field("Authorization", "Basic Y2xpZW50JTNBMTpzZWNyZXQ=") // client%3A1:secret
			e.del("client_assertion")
			e.del("client_assertion_type")
			e.opts.Set = append(e.opts.Set, "request.basic.encoding=plain")
		}, []string{"basic-percent-encoded"}},
		{"twice", "redox", func(e *exchange) { e.params = append(e.params, [2]string{"grant_type", "client_credentials"}) }, []string{"parameter-repeated"}},
		{"no code", "singpass", func(e *exchange) { e.del("code") }, []string{"parameter-missing"}},
		{"misspelt", "singpass", func(e *exchange) { e.rename("redirect_uri", "redirect_url") }, []string{"parameter-misspelt"}},
		{"forbidden", "redox", func(e *exchange) {
			e.set("resource", "x")
			e.opts.Set = append(e.opts.Set, "request.parameters.resource.presence=forbidden")
		}, []string{"parameter-not-allowed"}},
		{"a value not taken", "redox", func(e *exchange) {
			e.set("resource", "x")
			e.opts.Set = append(e.opts.Set, "request.parameters.resource.accepted=[y]")
		}, []string{"parameter-value-not-accepted"}},
		{"another redirect_uri", "singpass", func(e *exchange) { code(e); e.set("redirect_uri", "https://client.example/cb/") }, []string{"redirect-uri-mismatch"}},
		{"another verifier", "singpass", func(e *exchange) { code(e); e.set("code_verifier", strings.Repeat("a", 43)) }, []string{"pkce-mismatch"}},
		{"a short verifier", "singpass", func(e *exchange) { code(e); e.set("code_verifier", "short") }, []string{"pkce-malformed"}},
		{"no scope", "smart-backend-services", func(e *exchange) {
			e.del("scope")
			e.opts.Set = append(e.opts.Set, "request.parameters.scope.presence=required")
		}, []string{"scope-missing"}},
		{"commas between scopes", "smart-backend-services", func(e *exchange) { e.set("scope", "system/Patient.rs,system/Group.rs") }, []string{"scope-not-allowed"}},
		{"no User-Agent", "redox", func(e *exchange) {
			e.unfield("User-Agent")
			e.opts.Set = append(e.opts.Set, "request.headers.User-Agent.presence=required")
		}, []string{"user-agent-missing"}},
		{"a DPoP proof for another address", "redox", dpop(`{"htm":"POST","htu":"https://api.example/resource"}`), []string{"dpop-htu-mismatch"}},
		{"a DPoP proof for another method", "redox", dpop(`{"htm":"GET"}`), []string{"dpop-htm-mismatch"}},
		{"a DPoP proof for the tap", "redox", func(e *exchange) {
			e.opts.Via = []string{"http://127.0.0.1:4711"}
			dpop(`{"htm":"POST","htu":"http://127.0.0.1:4711/token"}`)(e)
		}, []string{"dpop-htu-from-tap"}},
		{"aud of the tap", "redox", func(e *exchange) {
			e.opts.Via = []string{"http://127.0.0.1:4711"}
			e.token.claims.set("aud", "http://127.0.0.1:4711/token")
		}, []string{"aud-from-tap"}},
		{"chunked", "rfc7523", func(e *exchange) { e.field("Transfer-Encoding", "chunked"); e.answers(404, "") }, []string{"framing-refused"}},
		{"no Accept", "redox", func(e *exchange) {
			e.unfield("Accept")
			e.opts.Set = append(e.opts.Set, "request.headers.Accept.presence=required")
		}, []string{"request-header-missing"}},
		{"a WAF", "redox", func(e *exchange) {
			e.says("Content-Type", "text/html")
			e.answers(403, "<html><head><title>Attention Required! | Cloudflare</title></head><body>Sorry, you have been blocked</body></html>")
		}, []string{"answered-by-gateway"}},
		{"404", "rfc7523", func(e *exchange) { e.answers(404, "") }, []string{"endpoint-not-found"}},
		{"503", "redox", func(e *exchange) { e.answers(503, "") }, []string{"server-failed"}},
		{"429", "redox", func(e *exchange) { e.says("Retry-After", "30"); e.answers(429, "{}") }, []string{"rate-limited"}},
		{"no JSON", "redox", func(e *exchange) { e.answers(200, `{"access_token":`) }, []string{"response-not-json"}},
		{"another Content-Type", "redox", func(e *exchange) { e.granted(); e.says("Content-Type", "text/plain") }, []string{"response-content-type"}},
		{"a refusal", "epic", refuse, []string{"token-refused"}},
		{"no token_type", "redox", func(e *exchange) { e.answers(200, `{"access_token":"bm90LXJlYWw","expires_in":300}`) }, []string{"token-response-incomplete"}},
		{"cacheable", "redox", func(e *exchange) { e.granted(); e.answer = without(e.answer, "Cache-Control") }, []string{"token-response-cacheable"}},
		{"the clock ahead", "rfc7523", func(e *exchange) {
			e.opts.Now = ""
			e.token.claims.set("iat", now)
			e.token.claims.set("exp", now+240)
			refuse(e)
			e.says("Date", time.Unix(now-97, 0).UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT"))
		}, []string{"clock-ahead"}},
		{"the ID token of another client", "singpass", func(e *exchange) {
			e.answers(200, `{"access_token":"bm90LXJlYWw","token_type":"Bearer","id_token":"`+idToken("https://id.singpass.gov.sg", "another")+`"}`)
		}, []string{"token-aud-mismatch"}},
		{"the ID token of another issuer", "singpass", func(e *exchange) {
			e.answers(200, `{"access_token":"bm90LXJlYWw","token_type":"Bearer","id_token":"`+idToken("https://stg-id.singpass.gov.sg/", clientID)+`"}`)
			e.opts.Issuer = "https://id.singpass.gov.sg"
		}, []string{"token-iss-mismatch"}},
	}
}

func idToken(iss, aud string) string {
	return b64(`{"alg":"ES256","kid":"1"}`) + "." + b64(`{"iss":"`+iss+`","aud":"`+aud+`","sub":"u","iat":`+strconv.Itoa(now)+`,"exp":`+strconv.Itoa(now+600)+`}`) + "." + b64(strings.Repeat("s", 64))
}

// One change to a healthy exchange, one answer: exactly these causes.
func TestExchanges(t *testing.T) {
	for _, r := range exchangeRows() {
		t.Run(r.name, func(t *testing.T) {
			control := healthyExchange(r.provider)
			if f := failed(control.judge(t)); f != nil {
				t.Fatalf("the control fails %v", f)
			}
			e := healthyExchange(r.provider)
			r.change(e)
			got := e.judge(t)
			if b := broken(got); b != nil {
				t.Fatal(b)
			}
			if f := failed(got); !slices.Equal(f, r.want) {
				t.Errorf("fails %v, want %v", f, r.want)
			}
			if len(r.want) == 1 && len(got.Diagnosis) > 0 && string(got.Diagnosis[0].Cause) != r.want[0] && got.Diagnosis[0].Check != "response-accepted" && r.want[0] != refusedCause {
				t.Errorf("%s is first in the diagnosis", got.Diagnosis[0].Cause)
			}
		})
	}
}

const refusedCause = "token-refused"
