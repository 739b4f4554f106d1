package checks

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// firstRequestChecks are the checks of what a request is and carries.
func firstRequestChecks() []Check {
	return []Check{requestMethod(), requestURL(), requestContentType(), requestBody(), requestGrantType(), requestAssertionType(), requestAssertion(), requestClientID()}
}

const (
	testURL = "https://auth.acme.example/oauth2/token"
	testJWT = "eyJhbGciOiJSUzM4NCJ9.eyJpc3MiOiJjbGllbnQtMSJ9.c2lnbmF0dXJlLW9mLW5vLXVzZQ"
)

// sending is a request with the case and the profile it is judged in; a row
// of a test changes one thing of it.
type sending struct {
	r      *evidence.Request
	c      *evidence.Case
	p      *profile.Profile
	claims string
}

func healthySending() *sending {
	s := &sending{
		r: &evidence.Request{What: "an HTTP request", Method: "POST", URL: testURL, HeadersKnown: true, BodyKnown: true,
			Headers: evidence.Headers{{Name: "Content-Type", Value: formType}, {Name: "Accept", Value: "application/json"}},
			Body:    evidence.Body{Kind: evidence.BodyForm}},
		c:      &evidence.Case{Kind: evidence.ClientAssertion, Expect: evidence.Expect{TokenURL: testURL}, Sent: true},
		p:      &profile.Profile{ID: "acme", Name: "Acme"},
		claims: `{"iss":"client-1","sub":"client-1","aud":"` + testURL + `"}`,
	}
	s.put("grant_type", "client_credentials")
	s.put("client_assertion_type", clientAssertionJWT)
	s.put("client_assertion", testJWT)
	s.put("client_id", "client-1")
	return s
}

// put sets a parameter of the body, or adds it.
func (s *sending) put(name, value string) {
	s.change(name, func(p *evidence.Param) { p.Value, p.RawValue = value, value })
}

func (s *sending) change(name string, change func(*evidence.Param)) {
	i := slices.IndexFunc(s.r.Params, func(p evidence.Param) bool { return p.Name == name })
	if i < 0 {
		s.r.Params = append(s.r.Params, evidence.Param{Name: name, RawName: name, In: evidence.InBody, Verbatim: true})
		i = len(s.r.Params) - 1
	}
	change(&s.r.Params[i])
}

func (s *sending) drop(names ...string) {
	s.r.Params = slices.DeleteFunc(s.r.Params, func(p evidence.Param) bool { return slices.Contains(names, p.Name) })
}

func (s *sending) rename(from, to string) {
	s.change(from, func(p *evidence.Param) { p.Name, p.RawName = to, to })
}

func (s *sending) rule(r profile.Rule) {
	s.p.Rules = append(s.p.Rules, r)
}

func (s *sending) header(name, value string) {
	s.r.Headers = slices.DeleteFunc(s.r.Headers, func(h evidence.Header) bool { return h.Name == name })
	if value != "" {
		s.r.Headers = append(s.r.Headers, evidence.Header{Name: name, Value: value})
	}
}

// env adds a documented environment and forgets --token-url.
func (s *sending) env(name, tokenURL string) {
	s.c.Expect.TokenURL = ""
	s.p.Envs = append(s.p.Envs, profile.Environment{Name: name, TokenURL: tokenURL})
}

// bare leaves only the form body.
func (s *sending) bare() {
	s.r.What, s.r.Method, s.r.URL, s.r.Headers, s.r.HeadersKnown = "a form body", "", "", nil, false
}

// empty takes the body away, or puts every parameter into the URL.
func (s *sending) empty(inURL bool) {
	s.r.Body = evidence.Body{}
	if !inURL {
		s.r.Params = nil
	}
	for i := range s.r.Params {
		s.r.Params[i].In = evidence.InURL
	}
}

func (s *sending) curl(command string) {
	s.r.What, s.r.Program, s.r.Text = "a curl command", evidence.ProgramCurl, command
}

// write makes the text of a request that was not given one, with its places.
func (s *sending) write() {
	if s.r.Text != "" {
		return
	}
	text := s.r.Method + " " + s.r.URL + "\n"
	s.r.MethodSpan = jsonspan.Span{End: len(s.r.Method)}
	s.r.URLSpan = jsonspan.Span{Start: len(s.r.Method) + 1, End: len(text) - 1}
	for i, h := range s.r.Headers {
		text += h.Name + ": "
		s.r.Headers[i].Span = jsonspan.Span{Start: len(text), End: len(text) + len(h.Value)}
		text += h.Value + "\n"
	}
	start := len(text)
	for i, p := range s.r.Params {
		s.r.Params[i].NameSpan = jsonspan.Span{Start: len(text), End: len(text) + len(p.RawName)}
		text += p.RawName + "="
		s.r.Params[i].Span = jsonspan.Span{Start: len(text), End: len(text) + len(p.RawValue)}
		text += p.RawValue + "&"
	}
	if s.r.Body.Kind != evidence.BodyNone {
		text += s.r.Body.Text
		s.r.Body.Span = jsonspan.Span{Start: start, End: len(text)}
		if s.r.Body.Text == "" {
			s.r.Body.Text = text[start:]
		}
	}
	s.r.Text = text
}

func (s *sending) judge(list []Check) []finding.Finding {
	s.write()
	s.c.Request = evidence.Known(s.r)
	s.c.Claims = evidence.Missing[*evidence.Object]("there is no assertion")
	if s.claims != "" {
		v, _ := jsonspan.Scan([]byte(s.claims), jsonspan.Limits{})
		s.c.Claims = evidence.Known(&evidence.Object{Part: finding.PartClaims, Raw: []byte(s.claims), Value: v})
	}
	return Run(s.c, s.p.Compiled(), nil, list)
}

func outcomes(all []finding.Finding) (causes, skipped, broken []string) {
	for _, f := range all {
		switch f.Outcome {
		case finding.Fail:
			causes = append(causes, string(f.Cause))
		case finding.Skip:
			skipped = append(skipped, string(f.Check))
		case finding.Broken:
			broken = append(broken, string(f.Check)+": "+f.Reason)
		}
	}
	return causes, skipped, broken
}

// sendingRow changes one thing of a healthy request.
type sendingRow struct {
	name   string
	change func(*sending)
	want   string // causes, in order of the report
	says   string // is somewhere in what the findings say
}

func firstRequestRows() []sendingRow {
	return []sendingRow{
		{"healthy", func(s *sending) {}, "", ""},
		{"healthy: no client_id", func(s *sending) { s.drop("client_id") }, "", ""},
		{"healthy: authorization_code", func(s *sending) { s.put("grant_type", "authorization_code"); s.put("code", "abc") }, "", ""},

		// The method.
		{"GET", func(s *sending) { s.r.Method = "GET" }, "method-not-post", "GET"},
		{"PUT", func(s *sending) { s.r.Method = "PUT" }, "method-not-post", "PUT"},
		{"post", func(s *sending) { s.r.Method = "post" }, "method-not-post", "case-sensitive"},
		{"a preflight", func(s *sending) { s.r.Method = "OPTIONS"; s.empty(false); s.claims = "" }, "", ""},
		{"unknown method", func(s *sending) { s.r.Method = "" }, "", ""},
		{"GET without parameters", func(s *sending) { s.r.Method = "GET"; s.empty(false) }, "method-not-post", ""},
		{"GET of something else", func(s *sending) { s.r.Method = "GET"; s.r.URL = "https://api.acme.example/Patient/1"; s.empty(false) }, "", ""},
		{"an API call", func(s *sending) {
			s.r.URL, s.r.Params, s.r.Body = "https://api.acme.example/Patient", nil, evidence.Body{Kind: evidence.BodyJSON, Text: `{"resourceType":"Patient"}`}
			s.header("Authorization", "Bearer abc")
			s.header("Content-Type", "application/fhir+json")
		}, "", ""},
		{"an authorization request", func(s *sending) {
			s.r.Method, s.r.URL, s.r.Params = "GET", "https://auth.acme.example/authorize", nil
			s.put("response_type", "code")
			s.put("client_id", "client-1")
			s.empty(true)
		}, "", ""},
		{"a login form", func(s *sending) {
			s.r.URL, s.r.Params = "https://acme.example/login", nil
			s.put("username", "a")
			s.put("password", "b")
		}, "", ""},
		{"the way back", func(s *sending) {
			s.r.Method, s.r.URL, s.r.Params = "GET", "https://client.example/callback", nil
			s.put("code", "abc")
			s.put("state", "def")
			s.empty(true)
		}, "", ""},
		{"a list of tokens", func(s *sending) {
			s.r.Method, s.r.URL = "GET", "https://api.acme.example/tokens"
			s.header("Authorization", "Bearer abc")
			s.empty(false)
		}, "", ""},
		{"curl -G", func(s *sending) {
			s.r.Method = "GET"
			s.empty(true)
			s.curl("curl -G " + testURL + " -d grant_type=client_credentials")
		}, "method-not-post params-in-url", "Drop -G"},
		{"curl -X GET -d", func(s *sending) { s.r.Method = "GET"; s.curl("curl -X GET -d x=y " + testURL) }, "method-not-post", "Drop -X GET"},
		{"redirect to https", func(s *sending) {
			s.r.Redirects = []evidence.Redirect{{Status: 301, From: strings.Replace(testURL, "https", "http", 1), To: testURL, Method: "GET", DroppedAll: true}}
		}, "post-became-get", "straight to"},
		{"redirect to a page", func(s *sending) {
			s.r.Redirects = []evidence.Redirect{{Status: 302, From: testURL, To: "https://auth.acme.example/login?x=secret", Method: "GET"}}
		}, "post-became-get", "page for people"},
		{"redirect 307", func(s *sending) {
			s.r.Redirects = []evidence.Redirect{{Status: 307, From: testURL, To: testURL + "/", Method: "POST"}}
		}, "", ""},
		{"the GET of a redirect alone", func(s *sending) {
			s.r.Method = "GET"
			s.empty(false)
			s.r.Redirects = []evidence.Redirect{{Status: 302, From: testURL + "/", To: testURL, Method: "GET", DroppedAll: true}}
		}, "post-became-get", ""},

		// The URL.
		{"authorize", func(s *sending) { s.r.URL = "https://auth.acme.example/oauth2/authorize" }, "url-authorize-endpoint", ""},
		{"authorise, nothing known", func(s *sending) { s.r.URL = "https://auth.acme.example/authorise"; s.c.Expect.TokenURL = "" }, "url-authorize-endpoint", ""},
		{"Keycloak's authorize", func(s *sending) {
			s.r.URL = "https://sso.acme.example/realms/a/protocol/openid-connect/auth"
			s.c.Expect.TokenURL = ""
		}, "url-authorize-endpoint", ""},
		{"a path that ends in auth", func(s *sending) { s.r.URL = "https://sso.acme.example/auth"; s.c.Expect.TokenURL = "" }, "", ""},
		{"documented authorize", func(s *sending) {
			s.env("production", testURL)
			s.p.Envs[0].Authorize = "https://auth.acme.example/login"
			s.r.URL = "https://auth.acme.example/login"
		}, "url-authorize-endpoint", ""},
		{"trailing slash", func(s *sending) { s.r.URL += "/" }, "url-not-token-endpoint", "trailing slash"},
		{"double slash", func(s *sending) { s.r.URL = "https://auth.acme.example//oauth2/token" }, "url-not-token-endpoint", "double slash"},
		{"case of the path", func(s *sending) { s.r.URL = "https://auth.acme.example/OAuth2/token" }, "url-not-token-endpoint", "upper and lower case"},
		{"case of the host", func(s *sending) { s.r.URL = "https://AUTH.acme.example/oauth2/token" }, "", ""},
		{"port that goes without saying", func(s *sending) { s.r.URL = "https://auth.acme.example:443/oauth2/token" }, "", ""},
		{"another port", func(s *sending) { s.r.URL = "https://auth.acme.example:8443/oauth2/token" }, "url-not-token-endpoint", ""},
		{"other host", func(s *sending) { s.r.URL = "https://auth.other.example/oauth2/token" }, "url-not-token-endpoint", ""},
		{"introspection endpoint", func(s *sending) { s.r.URL = "https://auth.acme.example/oauth2/introspect" }, "url-not-token-endpoint", "introspection"},
		{"query", func(s *sending) { s.r.URL += "?p=policy" }, "", ""},
		{"nothing to compare with", func(s *sending) { s.c.Expect.TokenURL = ""; s.r.URL = "https://auth.other.example/x" }, "", ""},
		{"a variable", func(s *sending) { s.r.URL = "$BASE/token" }, "", ""},
		{"origin form", func(s *sending) { s.r.URL = "/oauth2/token" }, "", ""},
		{"host without scheme", func(s *sending) { s.r.URL = "//auth.acme.example/oauth2/token" }, "", ""},
		{"origin form of another path", func(s *sending) { s.r.URL = "/oauth2/tokens" }, "url-not-token-endpoint", ""},
		{"profile's", func(s *sending) { s.env("production", testURL) }, "", ""},
		{"not the profile's", func(s *sending) { s.env("production", testURL); s.r.URL = "https://auth.acme.example/v1/token" }, "url-not-token-endpoint", ""},
		{"customers' own", func(s *sending) {
			s.env("production", testURL)
			s.rule(profile.AudComplete.Is(false))
			s.r.URL = "https://hospital.example/token"
			s.claims = strings.Replace(s.claims, testURL, s.r.URL, 1)
		}, "", ""},
		{"customers' own, and a slash", func(s *sending) {
			s.env("production", testURL)
			s.rule(profile.AudComplete.Is(false))
			s.r.URL += "/"
		}, "url-not-token-endpoint", "trailing slash"},
		{"environment without a token URL", func(s *sending) {
			s.env("production", testURL)
			s.p.Envs = append(s.p.Envs, profile.Environment{Name: "staging", Issuer: "https://stg.acme.example"})
			s.r.URL, s.claims = "https://stg.acme.example/token", ""
		}, "", ""},
		{"documented PAR", func(s *sending) {
			s.env("production", testURL)
			s.p.Envs[0].Endpoints = map[string]string{"par": "https://auth.acme.example/oauth2/par"}
			s.r.URL = "https://auth.acme.example/oauth2/par"
			s.drop("grant_type")
			s.put("response_type", "code")
		}, "", ""},
		{"PAR by its path", func(s *sending) {
			s.r.URL = "https://auth.acme.example/as/par"
			s.drop("grant_type")
			s.put("response_type", "code")
		}, "", ""},
		{"PAR with the grant type of a URN", func(s *sending) {
			s.r.URL = "https://auth.acme.example/as/par"
			s.drop("grant_type")
			s.put("response_type", "code")
			s.put("client_assertion_type", grantJWTBearer)
		}, "assertion-type-wrong", ""},
		{"introspection", func(s *sending) {
			s.r.URL = "https://auth.acme.example/oauth2/introspect"
			s.drop("grant_type")
			s.put("token", "abc")
		}, "", ""},
		{"--env against URL", func(s *sending) {
			s.env("production", testURL)
			s.env("sandbox", "https://sandbox.acme.example/oauth2/token")
			s.c.Expect.Env = "sandbox"
		}, "url-wrong-environment", "sandbox is in use"},
		{"--env agrees", func(s *sending) {
			s.env("production", testURL)
			s.env("sandbox", "https://sandbox.acme.example/oauth2/token")
			s.c.Expect.Env = "production"
		}, "", ""},
		{"--token-url against URL", func(s *sending) {
			s.env("production", testURL)
			s.env("sandbox", "https://sandbox.acme.example/oauth2/token")
			s.c.Expect.TokenURL = "https://sandbox.acme.example/oauth2/token"
		}, "url-wrong-environment", ""},
		{"aud against URL", func(s *sending) {
			s.env("production", testURL)
			s.env("sandbox", "https://sandbox.acme.example/oauth2/token")
			s.r.URL = "https://sandbox.acme.example/oauth2/token"
		}, "url-wrong-environment", "aud to production"},
		{"no environment named, none against it", func(s *sending) {
			s.env("production", testURL)
			s.env("sandbox", "https://sandbox.acme.example/oauth2/token")
			s.r.URL, s.claims = "https://sandbox.acme.example/oauth2/token", ""
		}, "", ""},
		{"environment's name alone, nothing documented", func(s *sending) { s.r.URL = "https://auth-uat.acme.example/oauth2/token" }, "url-wrong-environment", "uat"},
		{"http", func(s *sending) { s.r.URL = "http://auth.acme.example/oauth2/token" }, "url-not-https", ""},
		{"http on this machine", func(s *sending) { s.r.URL = "http://127.0.0.1:8080/token"; s.c.Expect.TokenURL = "" }, "", ""},
		{"http on this machine, IPv6", func(s *sending) { s.r.URL = "http://[::1]:8080/token"; s.c.Expect.TokenURL = "" }, "", ""},

		// Content-Type.
		{"no Content-Type", func(s *sending) { s.header("Content-Type", "") }, "content-type-missing", ""},
		{"no Content-Type, headers unknown", func(s *sending) { s.header("Content-Type", ""); s.r.HeadersKnown = false }, "", ""},
		{"JSON over a form", func(s *sending) { s.header("Content-Type", "application/json; charset=utf-8") }, "content-type-json", "already a form"},
		{"text/plain", func(s *sending) { s.header("Content-Type", "text/plain") }, "content-type-other", ""},
		{"a second one", func(s *sending) {
			s.r.Headers = append(s.r.Headers, evidence.Header{Name: "content-type", Value: "application/json"})
		}, "content-type-other", "two Content-Type"},
		{"the same again", func(s *sending) {
			s.r.Headers = append(s.r.Headers, evidence.Header{Name: "content-type", Value: "application/x-www-form-urlencoded"})
		}, "", ""},
		{"near miss of the type", func(s *sending) { s.header("Content-Type", "application/x-www-form-urlencode") }, "content-type-other", "near miss"},
		{"upper case", func(s *sending) { s.header("Content-Type", "Application/X-WWW-Form-URLEncoded") }, "", ""},
		{"charset", func(s *sending) { s.header("Content-Type", formType+"; charset=UTF-8") }, "", ""},
		{"charset refused", func(s *sending) {
			s.header("Content-Type", formType+";charset=UTF-8")
			s.rule(profile.ContentTypeExtra.Is("refused"))
		}, "content-type-parameter", ""},
		{"JSON in header and body", func(s *sending) {
			s.header("Content-Type", "application/json")
			s.r.Body.Kind = evidence.BodyJSON
		}, "content-type-json body-json", ""},

		// The body.
		{"JSON under form", func(s *sending) { s.r.Body.Kind = evidence.BodyJSON }, "body-json", ""},
		{"JSON read as one name", func(s *sending) {
			s.r.Params = []evidence.Param{{Name: `{"grant_type":"client_credentials"}`, RawName: `{"grant_type":"client_credentials"}`, In: evidence.InBody}}
			s.r.Body.Text = `{"grant_type":"client_credentials"}`
		}, "body-json", ""},
		{"multipart", func(s *sending) {
			s.r.Body.Kind = evidence.BodyMultipart
			s.header("Content-Type", "multipart/form-data; boundary=x")
		}, "body-multipart", ""},
		{"no body", func(s *sending) { s.empty(false) }, "body-empty", ""},
		{"whitespace", func(s *sending) { s.r.Params = nil; s.r.Body = evidence.Body{Kind: evidence.BodyText, Text: " \n"} }, "body-empty", "whitespace"},
		{"a body the record left out", func(s *sending) { s.empty(false); s.header("Content-Length", "858") }, "", ""},
		{"unknown body", func(s *sending) { s.empty(false); s.r.BodyKnown = false }, "", ""},
		{"a file not read", func(s *sending) {
			s.empty(false)
			s.r.Body = evidence.Body{Kind: evidence.BodyUnknown, Unknown: "it is read from the file body.txt"}
			s.r.Unread = []string{"body.txt"}
		}, "", ""},
		{"parameters in the URL", func(s *sending) { s.empty(true) }, "params-in-url", ""},
		{"scope in the URL", func(s *sending) { s.put("scope", "a"); s.r.Params[4].In = evidence.InURL }, "params-in-url", ""},
		{"client_id in the URL", func(s *sending) { s.r.Params[3].In = evidence.InURL }, "", ""},
		{"a quote before a name", func(s *sending) { s.rename("grant_type", "'grant_type") }, "shell-quoting", ""},
		{"quotes around every value", func(s *sending) {
			for i := range s.r.Params {
				s.r.Params[i].Value = `"` + s.r.Params[i].Value + `"`
			}
		}, "shell-quoting", ""},
		{"the reader saw quotes", func(s *sending) { s.r.Quoting = "'" }, "shell-quoting", ""},
		{"quotes around one value", func(s *sending) { s.put("scope", `"a"`) }, "", ""},

		// grant_type.
		{"no grant_type", func(s *sending) { s.drop("grant_type") }, "grant-type-missing", ""},
		{"empty grant_type", func(s *sending) { s.put("grant_type", "") }, "grant-type-missing", "empty"},
		{"grant-type", func(s *sending) { s.rename("grant_type", "grant-type") }, "grant-type-missing", "hyphen"},
		{"no grant_type in a body not read", func(s *sending) { s.drop("grant_type"); s.r.Body.Unknown = "part of it is the variable $BODY" }, "", ""},
		{"case of the value", func(s *sending) { s.put("grant_type", "Client_Credentials") }, "grant-type-wrong", "upper and lower case"},
		{"a letter less", func(s *sending) { s.put("grant_type", "client_credential") }, "grant-type-wrong", "client_credentials"},
		{"white space in the value", func(s *sending) { s.put("grant_type", "client_credentials\n") }, "grant-type-wrong", "whitespace"},
		{"a hyphen in the value", func(s *sending) { s.put("grant_type", "client-credentials") }, "grant-type-wrong", ""},
		{"double-encoded grant", func(s *sending) { s.put("grant_type", "urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange") }, "grant-type-wrong", "encoded twice"},
		{"assertion type as grant", func(s *sending) { s.put("grant_type", clientAssertionJWT) }, "grant-type-wrong", "client_assertion_type"},
		{"jwt-bearer, short", func(s *sending) { s.put("grant_type", "jwt-bearer") }, "grant-type-wrong", grantJWTBearer},
		{"an extension grant", func(s *sending) { s.put("grant_type", "urn:acme:params:grant-type:magic") }, "", ""},
		{"not among the accepted", func(s *sending) {
			s.rule(profile.GrantTypes.Is([]string{"client_credentials"}))
			s.put("grant_type", "authorization_code")
		}, "grant-type-wrong", "Acme accepts client_credentials"},
		{"an extension grant the profile takes", func(s *sending) {
			s.rule(profile.GrantTypes.Is([]string{"urn:acme:params:grant-type:magic"}))
			s.put("grant_type", "urn:acme:params:grant-type:magic")
		}, "", ""},
		{"a variable as grant", func(s *sending) { s.put("grant_type", "{{grant}}") }, "", ""},

		// client_assertion_type.
		{"no type", func(s *sending) { s.drop("client_assertion_type") }, "assertion-type-missing", ""},
		{"misspelt type", func(s *sending) { s.rename("client_assertion_type", "client_assertion_typ") }, "assertion-type-missing", "client_assertion_typ"},
		{"double-encoded", func(s *sending) {
			s.put("client_assertion_type", "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer")
		}, "assertion-type-double-encoded", ""},
		{"double-encoded, lower case", func(s *sending) {
			s.put("client_assertion_type", "urn%3aietf%3aparams%3aoauth%3aclient-assertion-type%3ajwt-bearer")
		}, "assertion-type-double-encoded", ""},
		{"grant type as type", func(s *sending) { s.put("client_assertion_type", grantJWTBearer) }, "assertion-type-wrong", "grant type with the similar name"},
		{"no urn:", func(s *sending) { s.put("client_assertion_type", clientAssertionJWT[4:]) }, "assertion-type-wrong", "beginning"},
		{"rn:", func(s *sending) { s.put("client_assertion_type", clientAssertionJWT[1:]) }, "assertion-type-wrong", "beginning"},
		{"case of the type", func(s *sending) { s.put("client_assertion_type", strings.ToUpper(clientAssertionJWT)) }, "assertion-type-wrong", "upper and lower case"},
		{"a space in the type", func(s *sending) { s.put("client_assertion_type", clientAssertionJWT+" ") }, "assertion-type-wrong", "whitespace"},
		{"SAML's with a JWT", func(s *sending) { s.put("client_assertion_type", clientAssertionSAML) }, "assertion-type-wrong", "SAML"},
		{"SAML's with SAML", func(s *sending) {
			s.put("client_assertion_type", clientAssertionSAML)
			s.put("client_assertion", "PHNhbWw-")
		}, "", ""},
		{"the JWT as type", func(s *sending) { s.put("client_assertion_type", testJWT) }, "assertion-type-wrong", "belongs in client_assertion"},
		{"jwt-bearer alone", func(s *sending) { s.put("client_assertion_type", "jwt-bearer") }, "assertion-type-wrong", "part of the right value"},

		// client_assertion.
		{"no assertion", func(s *sending) { s.drop("client_assertion") }, "assertion-missing", ""},
		{"empty assertion", func(s *sending) { s.put("client_assertion", "") }, "assertion-missing", "empty"},
		{"neither", func(s *sending) { s.drop("client_assertion", "client_assertion_type") }, "assertion-type-missing assertion-missing", "TLS certificate"},
		{"client-assertion", func(s *sending) { s.rename("client_assertion", "client-assertion") }, "assertion-misnamed", "hyphen"},
		{"clientAssertion", func(s *sending) { s.rename("client_assertion", "clientAssertion") }, "assertion-misnamed", ""},
		{"client_assertions", func(s *sending) { s.rename("client_assertion", "client_assertions") }, "assertion-misnamed", "one letter"},
		{"space after the name", func(s *sending) { s.rename("client_assertion", "client_assertion ") }, "assertion-misnamed", "whitespace"},
		{"assertion", func(s *sending) { s.rename("client_assertion", "assertion") }, "assertion-misnamed", ""},
		{"jwt", func(s *sending) { s.rename("client_assertion", "jwt") }, "assertion-misnamed", ""},
		{"token", func(s *sending) { s.rename("client_assertion", "token") }, "assertion-misnamed", ""},
		{"client_secret with the type", func(s *sending) { s.rename("client_assertion", "client_secret") }, "assertion-misnamed", ""},
		{"a JWT as client_secret", func(s *sending) { s.drop("client_assertion_type"); s.rename("client_assertion", "client_secret") }, "", ""},
		{"from a file", func(s *sending) {
			s.change("client_assertion", func(p *evidence.Param) { p.Value, p.RawValue, p.Unknown = "", "", "it is read from the file key.jwt" })
			s.r.Unread = []string{"key.jwt"}
		}, "", ""},
		{"Basic", func(s *sending) {
			s.drop("client_assertion", "client_assertion_type")
			s.header("Authorization", "Basic Yzpz")
		}, "", ""},
		{"Basic and the type", func(s *sending) { s.drop("client_assertion"); s.header("Authorization", "Basic Yzpz") }, "assertion-missing", ""},
		{"client_secret", func(s *sending) { s.drop("client_assertion", "client_assertion_type"); s.put("client_secret", "x") }, "", ""},
		{"a public client", func(s *sending) {
			s.drop("client_assertion", "client_assertion_type")
			s.put("grant_type", "authorization_code")
			s.put("code", "abc")
		}, "", ""},
		{"required by the profile", func(s *sending) {
			s.drop("client_assertion", "client_assertion_type")
			s.put("grant_type", "authorization_code")
			s.rule(profile.ParamPresence.Is("client_assertion", profile.Required))
		}, "assertion-type-missing assertion-missing", ""},
		{"curl --cert", func(s *sending) {
			s.drop("client_assertion", "client_assertion_type")
			s.curl("curl --cert client.pem -d grant_type=client_credentials " + testURL)
		}, "", ""},
		{"a JWT grant", func(s *sending) {
			s.c.Kind = evidence.JWTGrant
			s.put("grant_type", grantJWTBearer)
			s.rename("client_assertion", "assertion")
			s.drop("client_assertion_type")
		}, "", ""},
		{"a JWT grant as client_assertion", func(s *sending) {
			s.c.Kind = evidence.JWTGrant
			s.put("grant_type", grantJWTBearer)
			s.drop("client_assertion_type")
		}, "assertion-misnamed", ""},
		{"a JWT grant without its JWT", func(s *sending) { s.put("grant_type", grantJWTBearer) }, "assertion-missing", "is the grant"},

		// client_id.
		{"client_id is not sub", func(s *sending) { s.put("client_id", "client-2") }, "client-id-mismatch", ""},
		{"client_id differs by case", func(s *sending) { s.put("client_id", "Client-1") }, "client-id-mismatch", "case"},
		{"client_id is not the one given", func(s *sending) { s.c.Expect.ClientID = "client-2" }, "client-id-mismatch", ""},
		{"client_id is the one given", func(s *sending) { s.c.Expect.ClientID = "client-1" }, "", ""},
		{"sub is a user", func(s *sending) { s.rule(profile.SubIsClientID.Is(false)); s.put("client_id", "client-2") }, "", ""},
		{"iss and sub differ", func(s *sending) { s.claims = `{"iss":"client-1","sub":"user-1"}` }, "", ""},
		{"no claims", func(s *sending) { s.claims = ""; s.put("client_id", "client-2") }, "", ""},
		{"client_id redacted", func(s *sending) { s.put("client_id", "REDACTED") }, "", ""},
		{"client_id required", func(s *sending) {
			s.drop("client_id")
			s.rule(profile.ParamPresence.Is("client_id", profile.Required))
		}, "client-id-missing", ""},
		{"client_id there", func(s *sending) { s.rule(profile.ParamPresence.Is("client_id", profile.Required)) }, "", ""},
	}
}

func TestFirstRequestChecks(t *testing.T) {
	for _, tt := range firstRequestRows() {
		t.Run(tt.name, func(t *testing.T) {
			s := healthySending()
			tt.change(s)
			all := s.judge(firstRequestChecks())
			causes, _, broken := outcomes(all)
			if diff := cmp.Diff(strings.Fields(tt.want), causes, cmp.Transformer("none", func(a []string) []string { return append([]string{}, a...) })); diff != "" || len(broken) > 0 {
				t.Errorf("causes (-want +got):\n%s%v", diff, broken)
			}
			told := ""
			for _, f := range all {
				text := f.Title + " | " + f.Message + " | " + f.Found + " | " + f.Expected + " | " + strings.Join(f.Fix, " ") + " | " + f.Reason
				if f.Failed() {
					told += text + "\n"
				}
				for _, secret := range []string{testJWT, "c2lnbmF0dXJl", "x=secret"} {
					if strings.Contains(text, secret) {
						t.Errorf("%s tells a secret: %s", f.Check, text)
					}
				}
				for _, at := range f.At {
					if at.Part == finding.PartRequest && (at.Offset+at.Length > len(s.r.Text) || at.Excerpt != nil && strings.Contains(at.Excerpt.Text, testJWT)) {
						t.Errorf("%s points to %+v", f.Check, at)
					}
				}
				if f.Failed() && (len(f.At) == 0 || len(f.Fix) == 0 || f.Found == "" || f.Expected == "") {
					t.Errorf("%s lacks a place, fix or comparison: %+v", f.Cause, f)
				}
			}
			if !strings.Contains(told, tt.says) {
				t.Errorf("%q is not told in\n%s", tt.says, told)
			}
		})
	}
}

// TestBareForm checks that what a form body does not say is not missing.
func TestBareForm(t *testing.T) {
	s := healthySending()
	s.bare()
	s.c.Expect.TokenURL = ""
	all := s.judge(firstRequestChecks())
	causes, skipped, _ := outcomes(all)
	if len(causes) > 0 {
		t.Errorf("faults: %v", causes)
	}
	if want := []string{"request-method", "request-url", "request-content-type"}; !slices.Equal(skipped, want) {
		t.Errorf("skipped %v, want %v", skipped, want)
	}
	for _, f := range all {
		if f.Outcome == finding.Skip && (f.Remedy != wholeRequest || f.Reason == "") {
			t.Errorf("%s: reason %q, remedy %q", f.Check, f.Reason, f.Remedy)
		}
	}
	s = healthySending()
	s.bare()
	s.drop("grant_type")
	if causes, _, _ := outcomes(s.judge(firstRequestChecks())); !slices.Equal(causes, []string{"grant-type-missing"}) {
		t.Errorf("without grant_type: %v", causes)
	}
	s = healthySending()
	s.bare()
	s.drop("client_assertion", "client_assertion_type")
	if causes, _, _ := outcomes(s.judge(firstRequestChecks())); len(causes) > 0 {
		t.Errorf("the headers may hold Basic, and yet: %v", causes)
	}
}

// TestOddRequests checks that no request breaks a check, however odd.
func TestOddRequests(t *testing.T) {
	for _, r := range []*evidence.Request{
		{}, {Method: "POST"}, {URL: ":"}, {URL: "?grant_type=x"}, {URL: "https://"}, {URL: "mailto:x"}, {Method: "GET", URL: "//"},
		{Params: []evidence.Param{{}}}, {Params: []evidence.Param{{Name: "'", Value: "'"}, {Name: "grant_type", Value: "%3A%"}}},
		{Method: "POST", BodyKnown: true, Body: evidence.Body{Kind: evidence.BodyJSON}}, {Redirects: []evidence.Redirect{{}}},
	} {
		for _, p := range []*profile.Profile{{}, {Envs: []profile.Environment{{}, {Name: "a", TokenURL: ":"}}}} {
			c := &evidence.Case{Kind: evidence.ClientAssertion, Request: evidence.Known(r)}
			if _, _, broken := outcomes(Run(c, p.Compiled(), nil, firstRequestChecks())); len(broken) > 0 {
				t.Errorf("%+v: %v", r, broken)
			}
		}
	}
}

func TestMisspelled(t *testing.T) {
	for name, want := range map[string]string{
		"amp;client_assertion": "client_assertion", "amp;x": "", "amp;": "",
		"client-assertion": "client_assertion", "ClientAssertionType": "client_assertion_type", "grant_typ": "grant_type", "grantType": "grant_type",
		" scope": "scope", "redirect_url": "redirect_uri", "clientId": "client_id", "\ufeffgrant_type": "grant_type", "scopes": "scope",
		"grant_type": "", "client_id": "", "code": "", "codes": "", "foo": "", "resource": "", "": "", "tenant": "", "username": "",
	} {
		if got, how := misspelled(name); got != want || (got == "") != (how == same) {
			t.Errorf("%q: %q %d, want %q", name, got, how, want)
		}
	}
}

func FuzzFirstRequestChecks(f *testing.F) {
	f.Add("POST", testURL, "application/x-www-form-urlencoded", "grant_type", "client_credentials")
	f.Add("GET", "//h//x?y", "multipart/form-data", "client-assertion", testJWT)
	f.Add("", "http://[::1", ";", "'client_assertion_type", "urn%3A%3")
	f.Fuzz(func(t *testing.T, method, address, media, name, value string) {
		s := healthySending()
		s.r.Method, s.r.URL = method, address
		s.header("Content-Type", media)
		s.put(name, value)
		if _, _, broken := outcomes(s.judge(firstRequestChecks())); len(broken) > 0 {
			t.Error(broken)
		}
	})
}

// TestManyParameters checks that near misses are not looked for without end.
func TestManyParameters(t *testing.T) {
	s := healthySending()
	for range 20_000 {
		s.r.Params = append(s.r.Params, evidence.Param{Name: "grant_typ", In: evidence.InURL})
	}
	s.r.Text = "POST"
	causes, _, broken := outcomes(s.judge(firstRequestChecks()))
	if len(broken) > 0 || !slices.Equal(causes, []string{"params-in-url"}) {
		t.Error(causes, broken)
	}
}

// TestDocumentedEndpoints checks every profile with its own token endpoints.
func TestDocumentedEndpoints(t *testing.T) {
	for _, id := range profile.IDs() {
		p, err := profile.Load(id)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range p.Envs {
			if e.TokenURL == "" {
				continue
			}
			s := healthySending()
			s.p, s.claims, s.c.Expect.TokenURL, s.c.Kind = p, "", "", evidence.Kind(p.Kind)
			s.r.URL = e.TokenURL
			if rule := profile.GrantTypes.In(p.Compiled()); rule.Known() {
				s.put("grant_type", rule.V[0])
			} else if s.c.Kind == evidence.JWTGrant {
				s.put("grant_type", grantJWTBearer)
			}
			if s.c.Kind == evidence.JWTGrant {
				s.rename("client_assertion", "assertion")
				s.drop("client_assertion_type")
			}
			if causes, _, broken := outcomes(s.judge(firstRequestChecks())); len(causes)+len(broken) > 0 {
				t.Errorf("%s, %s: %v %v", id, e.Name, causes, broken)
			}
		}
	}
}

// The short way to read an address comes to what the long one does.
func FuzzPlainAddress(f *testing.F) {
	for _, s := range []string{testURL, "https://a", "http://a:80/", "https://a:80?x", "http://a_b.c/~x/;y", "https://A/b", "https://a:/", "https://a//b/../c", "https://a?b#c", "https://a#b?c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		short, ok := plainAddress(s)
		if !ok {
			return
		}
		u, err := url.Parse(s)
		if err != nil {
			t.Fatalf("%q is an address: %v", s, err)
		}
		long := address{u.Scheme, u.Hostname(), u.Port(), orElse(u.EscapedPath(), u.EscapedPath() != "", "/")}
		if long.port == "443" && long.scheme == "https" || long.port == "80" && long.scheme == "http" {
			long.port = ""
		}
		if short != long {
			t.Errorf("%q: %+v, the long way %+v", s, short, long)
		}
	})
}
