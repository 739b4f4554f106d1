package checks

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// secondRequestChecks are the checks of what else a request carries.
func secondRequestChecks() []Check {
	return []Check{requestAuth(), requestParameters(), requestRedirectURI(), requestPKCE(), requestScope(), requestHeaders()}
}

const (
	testVerifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk" // RFC 7636 appendix B
	testRedirect = "https://app.acme.example/callback"
	testCode     = "SplxlOBeZQQYbYS6WxSbIA"
)

// plainParams makes parameters of pairs of name and value.
func plainParams(in evidence.ParamPlace, pairs ...string) []evidence.Param {
	var out []evidence.Param
	for i := 0; i+1 < len(pairs); i += 2 {
		out = append(out, evidence.Param{Name: pairs[i], RawName: pairs[i], Value: pairs[i+1], RawValue: pairs[i+1], In: in})
	}
	return out
}

// codeFlow makes the request redeem a code, after an authorization request.
func codeFlow(s *sending) {
	s.put("grant_type", "authorization_code")
	s.put("code", testCode)
	s.put("redirect_uri", testRedirect)
	s.put("code_verifier", testVerifier)
	s.c.Authorization = evidence.Known(&evidence.Request{What: "an authorization URL", Method: "GET", URL: "https://auth.acme.example/authorize", BodyKnown: true,
		Params: plainParams(evidence.InURL, "response_type", "code", "client_id", "client-1", "redirect_uri", testRedirect, "scope", "openid a",
			"code_challenge", s256(testVerifier), "code_challenge_method", "S256")})
}

// before changes a parameter of the authorization request; "" takes it away.
func (s *sending) before(name, value string) {
	a, _ := s.c.Authorization.Get()
	for i := range a.Params {
		if a.Params[i].Name == name {
			a.Params[i].Value, a.Params[i].RawValue = value, value
			return
		}
	}
	a.Params = append(a.Params, plainParams(evidence.InURL, name, value)...)
}

// code is codeFlow with one change.
func code(change func(*sending)) func(*sending) {
	return func(s *sending) { codeFlow(s); change(s) }
}

func (s *sending) answered(status int, errorCode string) {
	s.c.Response = evidence.Known(&evidence.Response{Status: status, Error: evidence.OAuthError{Present: errorCode != "", Code: errorCode}})
}

func basicOf(text string) string { return "Basic " + base64.StdEncoding.EncodeToString([]byte(text)) }

func bearerOf(claims string) string {
	b64 := base64.RawURLEncoding.EncodeToString
	return "Bearer " + b64([]byte(`{"alg":"RS384"}`)) + "." + b64([]byte(claims)) + "." + b64([]byte("signature-of-no-use"))
}

// withBasic makes the request one of a client with a secret.
func withBasic(header string) func(*sending) {
	return func(s *sending) {
		s.drop("client_assertion", "client_assertion_type")
		s.header("Authorization", header)
	}
}

func secondRequestRows() []sendingRow {
	digest := sha256.Sum256([]byte(testVerifier))
	sha1Digest := sha1.Sum([]byte(testVerifier))
	raw, _ := base64.RawURLEncoding.DecodeString(testVerifier)
	ofBytes := sha256.Sum256(raw)
	b64 := base64.RawURLEncoding.EncodeToString
	scopes := func(s *sending) {
		s.rule(profile.ScopeAccepted.Is([]string{"system/Patient.read", "system/Observation.read"}))
	}
	return []sendingRow{
		{"healthy", func(s *sending) {}, "", ""},
		{"healthy: a code", codeFlow, "", ""},
		{"healthy: a form body alone", func(s *sending) { s.bare() }, "", ""},

		// Authentication.
		{"Basic beside the assertion", func(s *sending) { s.header("Authorization", basicOf("id:secret-1")) }, "multiple-auth-methods", "Basic"},
		{"Bearer beside the assertion", func(s *sending) { s.header("Authorization", "Bearer abc") }, "multiple-auth-methods", "Bearer"},
		{"client_secret beside it", func(s *sending) { s.put("client_secret", "secret-1") }, "multiple-auth-methods", "client_secret"},
		{"an empty client_secret", func(s *sending) { s.put("client_secret", "") }, "", ""},
		{"Basic alone", withBasic(basicOf("id:secret-1")), "", ""},
		{"Basic and client_secret", func(s *sending) { withBasic(basicOf("id:secret-1"))(s); s.put("client_secret", "secret-1") }, "multiple-auth-methods", ""},
		{"client_secret alone", func(s *sending) {
			s.drop("client_assertion", "client_assertion_type")
			s.put("client_secret", "secret-1")
		}, "", ""},
		{"Basic for a JWT grant", func(s *sending) {
			withBasic(basicOf("id:secret-1"))(s)
			s.put("grant_type", grantJWTBearer)
			s.put("assertion", testJWT)
		}, "", ""},
		{"the assertion as Bearer", withBasic(bearerOf(`{"iss":"client-1","sub":"client-1"}`)), "assertion-as-bearer", "client_assertion"},
		{"the assertion as Bearer, by its aud", withBasic(bearerOf(`{"iss":"a","aud":"` + testURL + `"}`)), "assertion-as-bearer", ""},
		{"an access token as Bearer", withBasic(bearerOf(`{"iss":"https://auth.acme.example","sub":"u","aud":"api"}`)), "", ""},
		{"an opaque Bearer", withBasic("Bearer abc"), "", ""},
		{"the assertion as Bearer to an API", func(s *sending) {
			s.r.Method, s.r.URL, s.r.Params = "GET", "https://api.acme.example/Patient", nil
			s.header("Authorization", bearerOf(`{"iss":"client-1","sub":"client-1","aud":"https://auth.acme.example/oauth2/token"}`))
		}, "assertion-as-bearer", "exchange it"},
		{"a JWT an API takes (GitHub's)", func(s *sending) {
			s.r.URL, s.r.Params = "https://api.acme.example/app/installations/1/access_tokens", nil
			s.header("Authorization", bearerOf(`{"iss":"12345","iat":1,"exp":2}`))
		}, "", ""},
		{"a JWT an API takes (Google's)", func(s *sending) {
			s.r.Method, s.r.URL, s.r.Params = "GET", "https://pubsub.acme.example/v1/x", nil
			s.header("Authorization", bearerOf(`{"iss":"a@b","sub":"a@b","aud":"https://pubsub.acme.example/"}`))
		}, "", ""},
		{"Basic in clear", withBasic("Basic id:secret-1"), "basic-malformed", "not encoded"},
		{"Basic without colon", withBasic(basicOf("idsecret-1")), "basic-malformed", "colon"},
		{"Basic with a line end", withBasic(basicOf("id:secret-1\n")), "basic-malformed", "echo"},
		{"Basic encoded twice", withBasic(basicOf(strings.TrimPrefix(basicOf("id:secret-1"), "Basic "))), "basic-malformed", "twice"},
		{"Basic without padding", withBasic(strings.TrimRight(basicOf("id:secret-1"), "=")), "basic-malformed", "missing the ="},
		{"Basic in base64url", withBasic("Basic " + base64.URLEncoding.EncodeToString([]byte("id:\xff\xfe\xff\xbf"))), "basic-malformed", "base64url"},
		{"Basic without credentials", withBasic("Basic"), "basic-malformed", "no credentials"},
		{"Basic of a variable", withBasic("Basic $CREDENTIALS"), "", ""},
		{"Basic of a template", withBasic("Basic {{basic}}"), "", ""},
		{"Basic percent-encoded, no rule", withBasic(basicOf("id:a%2Fb")), "", ""},
		{"Basic percent-encoded, taken plain", func(s *sending) {
			withBasic(basicOf("id:a%2Fb"))(s)
			s.rule(profile.BasicEncoding.Is("plain"))
		}, "basic-percent-encoded", "as they are"},
		{"Basic plain, taken plain", func(s *sending) { withBasic(basicOf("id:a/b"))(s); s.rule(profile.BasicEncoding.Is("plain")) }, "", ""},
		{"Basic with a plain percent sign, taken plain", func(s *sending) {
			withBasic(basicOf("id:100%"))(s)
			s.rule(profile.BasicEncoding.Is("plain"))
		}, "", ""},
		{"Basic plain, taken encoded", func(s *sending) { withBasic(basicOf("id:100%"))(s); s.rule(profile.BasicEncoding.Is("form")) }, "basic-percent-encoded", "does not begin"},
		{"Basic with a plus, taken encoded", func(s *sending) { withBasic(basicOf("id:a+b"))(s); s.rule(profile.BasicEncoding.Is("form")) }, "basic-percent-encoded", "space"},
		{"Basic encoded, taken encoded", func(s *sending) { withBasic(basicOf("id:a%2Fb"))(s); s.rule(profile.BasicEncoding.Is("form")) }, "", ""},

		// Parameters.
		{"grant_type twice", func(s *sending) {
			s.r.Params = append(s.r.Params, plainParams("body", "grant_type", "client_credentials")...)
		}, "parameter-repeated", "twice in the body"},
		{"scope in body and URL", func(s *sending) {
			s.r.Params = append(plainParams("URL", "scope", "a"), s.r.Params...)
			s.put("x", "1")
			s.r.Params = append(s.r.Params, plainParams("body", "scope", "b")...)
		}, "parameter-repeated", "differ"},
		{"resource twice", func(s *sending) {
			s.r.Params = append(s.r.Params, plainParams("body", "resource", "a", "resource", "b")...)
		}, "", ""},
		{"audience twice", func(s *sending) {
			s.r.Params = append(s.r.Params, plainParams("body", "audience", "a", "audience", "b")...)
		}, "", ""},
		{"one of two empty", func(s *sending) { s.r.Params = append(s.r.Params, plainParams("body", "client_id", "")...) }, "", ""},
		{"no code", func(s *sending) { s.put("grant_type", "authorization_code") }, "parameter-missing", "code is missing"},
		{"an empty code", func(s *sending) { s.put("grant_type", "authorization_code"); s.put("code", "") }, "parameter-missing", "code is empty"},
		{"code of a variable", func(s *sending) {
			s.put("grant_type", "authorization_code")
			s.change("code", func(p *evidence.Param) { p.Unknown = "it is the shell variable $CODE" })
		}, "", ""},
		{"code where the body is not known", func(s *sending) {
			s.put("grant_type", "authorization_code")
			s.r.Body.Unknown = "it is read from the file body.txt"
		}, "", ""},
		{"code beside an unread file", func(s *sending) { s.put("grant_type", "authorization_code"); s.r.Unread = []string{"rest.txt"} }, "", ""},
		{"no refresh_token", func(s *sending) { s.put("grant_type", "refresh_token") }, "parameter-missing", "refresh_token"},
		{"no assertion of a JWT grant", func(s *sending) { s.put("grant_type", grantJWTBearer) }, "parameter-missing", "assertion is missing"},
		{"no device_code", func(s *sending) { s.put("grant_type", "urn:ietf:params:oauth:grant-type:device_code") }, "parameter-missing", "device_code"},
		{"a token exchange without type", func(s *sending) {
			s.put("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange")
			s.put("subject_token", "abc")
		}, "parameter-missing", "subject_token_type"},
		{"password without password", func(s *sending) { s.put("grant_type", "password"); s.put("username", "u") }, "parameter-missing", "password is missing"},
		{"redirect_uri not repeated", code(func(s *sending) { s.drop("redirect_uri") }), "parameter-missing", "repeat"},
		{"redirect_uri never sent", code(func(s *sending) { s.drop("redirect_uri"); s.before("redirect_uri", "") }), "", ""},
		{"a parameter the profile requires", func(s *sending) { s.rule(profile.ParamPresence.Is("tenant", profile.Required)) }, "parameter-missing", "Acme requires"},
		{"that parameter", func(s *sending) { s.rule(profile.ParamPresence.Is("tenant", profile.Required)); s.put("tenant", "t") }, "", ""},
		{"one required of another grant", func(s *sending) { s.rule(profile.ParamPresence.Is("redirect_uri", profile.Required)) }, "", ""},
		{"granttype", func(s *sending) { s.rename("grant_type", "granttype") }, "parameter-misspelt", "grant_type"},
		{"grant-type", func(s *sending) { s.rename("grant_type", "grant-type") }, "parameter-misspelt", "hyphen"},
		{"clientId", func(s *sending) { s.rename("client_id", "clientId") }, "parameter-misspelt", "client_id"},
		{"client_ip of an extension", func(s *sending) { s.rename("client_id", "client_ip") }, "", ""},
		{"clientId beside client_id", func(s *sending) { s.put("clientId", "x") }, "", ""},
		{"client-assertion-type", func(s *sending) { s.rename("client_assertion_type", "client-assertion-type") }, "parameter-misspelt", ""},
		{"client-assertion is another check's", func(s *sending) { s.rename("client_assertion", "client-assertion") }, "", ""},
		{"redirect_url", code(func(s *sending) { s.rename("redirect_uri", "redirect_url") }), "parameter-misspelt", "one letter"},
		{"redirect_url where none is used", func(s *sending) { s.put("redirect_url", testRedirect) }, "", ""},
		{"scope and a blank", func(s *sending) { s.put("scope ", "a") }, "parameter-misspelt", "whitespace"},
		{"scopes", func(s *sending) { s.put("scopes", "a") }, "parameter-misspelt", "scope"},
		{"a blank after client_id", func(s *sending) { s.put("client_id", "client-1 ") }, "parameter-misspelt", "Trim"},
		{"a line end after the code", code(func(s *sending) { s.put("code", testCode+"\n") }), "parameter-misspelt", "code"},
		{"a blank in grant_type", func(s *sending) { s.put("grant_type", " client_credentials") }, "parameter-misspelt", "grant_type"},
		{"a bare plus in the code", code(func(s *sending) {
			s.change("code", func(p *evidence.Param) { p.Value, p.RawValue = "Splx lOBe", "Splx+lOBe" })
		}), "parameter-misspelt", "%2B"},
		{"a forbidden parameter", func(s *sending) { s.rule(profile.ParamPresence.Is("client_id", profile.Forbidden)) }, "parameter-not-allowed", "client_id"},
		{"a forbidden one that is not sent", func(s *sending) { s.rule(profile.ParamPresence.Is("scope", profile.Forbidden)) }, "", ""},
		{"a value not accepted", func(s *sending) {
			s.rule(profile.ParamAccepted.Is("tenant", []string{"blue", "red"}))
			s.put("tenant", "Blue")
		}, "parameter-value-not-accepted", "upper and lower case"},
		{"a value accepted", func(s *sending) {
			s.rule(profile.ParamAccepted.Is("tenant", []string{"blue", "red"}))
			s.put("tenant", "blue")
		}, "", ""},
		{"the code again", code(func(s *sending) { s.c.Seen = evidence.Known(evidence.Seen{Code: "entry 3"}) }), "code-reused", "entry 3"},
		{"another code", code(func(s *sending) { s.c.Seen = evidence.Known(evidence.Seen{Compared: 3}) }), "", ""},
		{"shell quotes are another check's", func(s *sending) { s.r.Quoting = "'"; s.rename("grant_type", "'grant_type") }, "", ""},

		// redirect_uri.
		{"the registered one", code(func(s *sending) { s.c.Expect.RedirectURI = testRedirect }), "", ""},
		{"a trailing slash", code(func(s *sending) { s.c.Expect.RedirectURI = testRedirect + "/" }), "redirect-uri-mismatch", "trailing slash"},
		{"another scheme", code(func(s *sending) { s.c.Expect.RedirectURI = "http" + testRedirect[5:] }), "redirect-uri-mismatch", "scheme"},
		{"another host", code(func(s *sending) { s.c.Expect.RedirectURI = "https://web.acme.example/callback" }), "redirect-uri-mismatch", "host"},
		{"another port", code(func(s *sending) { s.put("redirect_uri", "https://app.acme.example:8443/callback") }), "redirect-uri-mismatch", "port"},
		{"another path", code(func(s *sending) { s.put("redirect_uri", "https://app.acme.example/back") }), "redirect-uri-mismatch", "path"},
		{"another case", code(func(s *sending) { s.put("redirect_uri", "https://app.acme.example/Callback") }), "redirect-uri-mismatch", "case"},
		{"a query", code(func(s *sending) { s.put("redirect_uri", testRedirect+"?a=1") }), "redirect-uri-mismatch", "query"},
		{"percent-encoding", code(func(s *sending) { s.put("redirect_uri", "https%3A%2F%2Fapp.acme.example%2Fcallback") }), "redirect-uri-mismatch", "percent-encoding"},
		{"encoded twice, nothing to compare", func(s *sending) {
			s.put("grant_type", "authorization_code")
			s.put("code", testCode)
			s.put("redirect_uri", "https%3A%2F%2Fapp.acme.example%2Fcallback")
		}, "redirect-uri-mismatch", "twice"},
		{"a loopback port, registered without", code(func(s *sending) {
			s.put("redirect_uri", "http://127.0.0.1:5123/cb")
			s.before("redirect_uri", "http://127.0.0.1:5123/cb")
			s.c.Expect.RedirectURI = "http://127.0.0.1/cb"
		}), "", ""},
		{"a loopback port that changed", code(func(s *sending) {
			s.put("redirect_uri", "http://127.0.0.1:5124/cb")
			s.before("redirect_uri", "http://127.0.0.1:5123/cb")
		}), "redirect-uri-mismatch", "port"},
		{"a loopback path", code(func(s *sending) {
			s.put("redirect_uri", "http://127.0.0.1:5123/x")
			s.before("redirect_uri", "http://127.0.0.1:5123/x")
			s.c.Expect.RedirectURI = "http://127.0.0.1/cb"
		}), "redirect-uri-mismatch", ""},
		{"redirect_uri beside another grant", func(s *sending) {
			s.put("redirect_uri", "https://x.example/")
			s.c.Expect.RedirectURI = testRedirect
		}, "", ""},
		{"redirect_uri of a variable", code(func(s *sending) {
			s.put("redirect_uri", "$REDIRECT")
			s.c.Expect.RedirectURI = testRedirect
		}), "", ""},

		// PKCE.
		{"plain", code(func(s *sending) { s.before("code_challenge_method", "plain"); s.before("code_challenge", testVerifier) }), "", ""},
		{"another verifier", code(func(s *sending) { s.put("code_verifier", strings.Repeat("a", 43)) }), "pkce-mismatch", "not made from"},
		{"S256 without saying so", code(func(s *sending) { s.before("code_challenge_method", "") }), "pkce-mismatch", "code_challenge_method=S256"},
		{"of the verifier's bytes", code(func(s *sending) { s.before("code_challenge", b64(ofBytes[:])) }), "pkce-mismatch", "characters"},
		{"the verifier as challenge", code(func(s *sending) { s.before("code_challenge", testVerifier) }), "pkce-mismatch", "itself"},
		{"SHA-1", code(func(s *sending) { s.before("code_challenge", b64(sha1Digest[:])) }), "pkce-malformed", "instead of 43"},
		{"padding", code(func(s *sending) { s.before("code_challenge", s256(testVerifier)+"=") }), "pkce-malformed", "padding"},
		{"standard base64", code(func(s *sending) { s.before("code_challenge", base64.RawStdEncoding.EncodeToString(digest[:])) }), "pkce-malformed", "standard base64"},
		{"hex", code(func(s *sending) { s.before("code_challenge", hex.EncodeToString(digest[:])) }), "pkce-malformed", "hex"},
		{"base64 of hex", code(func(s *sending) { s.before("code_challenge", b64([]byte(hex.EncodeToString(digest[:])))) }), "pkce-malformed", "hexdigest"},
		{"a short verifier", code(func(s *sending) {
			s.put("code_verifier", testVerifier[:42])
			s.before("code_challenge", s256(testVerifier[:42]))
		}), "pkce-malformed", "42 characters"},
		{"a long verifier", code(func(s *sending) {
			s.put("code_verifier", strings.Repeat("a", 129))
			s.before("code_challenge", s256(strings.Repeat("a", 129)))
		}), "pkce-malformed", "128"},
		{"the longest verifier", code(func(s *sending) {
			s.put("code_verifier", strings.Repeat("a", 128))
			s.before("code_challenge", s256(strings.Repeat("a", 128)))
		}), "", ""},
		{"a verifier in standard base64", code(func(s *sending) {
			s.put("code_verifier", testVerifier+"=")
			s.before("code_challenge", s256(testVerifier+"="))
		}), "pkce-malformed", "standard base64"},
		{"no verifier", code(func(s *sending) { s.drop("code_verifier") }), "pkce-malformed", "no code_verifier"},
		{"a misspelt verifier", code(func(s *sending) { s.rename("code_verifier", "codeVerifier") }), "parameter-misspelt", ""},
		{"no challenge", code(func(s *sending) { s.before("code_challenge", ""); s.before("code_challenge_method", "") }), "pkce-malformed", "no code_challenge"},
		{"the challenge in a request object", code(func(s *sending) {
			s.before("code_challenge", "")
			s.before("request", "x")
		}), "", ""},
		{"a method of no such name", code(func(s *sending) { s.before("code_challenge_method", "SHA256") }), "pkce-malformed", "S256"},
		{"a verifier alone", func(s *sending) { codeFlow(s); s.c.Authorization = evidence.Fact[*evidence.Request]{} }, "", ""},
		{"a short verifier alone", func(s *sending) {
			codeFlow(s)
			s.c.Authorization = evidence.Fact[*evidence.Request]{}
			s.put("code_verifier", "abc")
		}, "pkce-malformed", "at least 43"},

		// Scope.
		{"no scope", func(s *sending) { s.rule(profile.ParamPresence.Is("scope", profile.Required)) }, "scope-missing", "requires"},
		{"no scope, none required", scopes, "", ""},
		{"an accepted scope", func(s *sending) { scopes(s); s.put("scope", "system/Patient.read") }, "", ""},
		{"two", func(s *sending) { scopes(s); s.put("scope", "system/Patient.read system/Observation.read") }, "", ""},
		{"another scope", func(s *sending) { scopes(s); s.put("scope", "system/Practitioner.read") }, "scope-not-allowed", "Practitioner"},
		{"commas", func(s *sending) { scopes(s); s.put("scope", "system/Patient.read,system/Observation.read") }, "scope-not-allowed", "commas"},
		{"commas, nothing known", func(s *sending) { s.put("scope", "openid,profile") }, "scope-not-allowed", "commas"},
		{"a comma in a scope", func(s *sending) { s.put("scope", "read,write") }, "", ""},
		{"encoded twice", func(s *sending) { s.put("scope", "system/Patient.read%20system/Observation.read") }, "scope-not-allowed", "twice"},
		{"a scope with a query", func(s *sending) { s.put("scope", "patient/Observation.rs?category=http://hl7.example/a|vital-signs") }, "", ""},
		{"line ends", func(s *sending) { s.put("scope", "a\nb") }, "scope-not-allowed", "line breaks"},
		{"a pattern", func(s *sending) {
			s.rule(profile.ScopePattern.Is(regexp.MustCompile(`^(?:system/.*)$`)))
			s.put("scope", "patient/Patient.read")
		}, "scope-not-allowed", "form"},
		{"a pattern that holds", func(s *sending) {
			s.rule(profile.ScopePattern.Is(regexp.MustCompile(`^(?:system/.*)$`)))
			s.put("scope", "system/Patient.read")
		}, "", ""},
		{"a wider refresh", code(func(s *sending) {
			s.drop("code", "redirect_uri", "code_verifier")
			s.put("grant_type", "refresh_token")
			s.put("refresh_token", "abcdefgh")
			s.put("scope", "openid b")
		}), "scope-not-allowed", `"b"`},
		{"a narrower refresh", code(func(s *sending) {
			s.drop("code", "redirect_uri", "code_verifier")
			s.put("grant_type", "refresh_token")
			s.put("refresh_token", "abcdefgh")
			s.put("scope", "openid")
		}), "", ""},

		// Headers.
		{"no User-Agent", func(s *sending) { s.rule(profile.FieldPresence.Is("User-Agent", profile.Required)) }, "user-agent-missing", "requires"},
		{"no User-Agent, recommended", func(s *sending) { s.rule(profile.FieldPresence.Is("User-Agent", profile.Recommended)) }, "user-agent-missing", "recommends"},
		{"a User-Agent", func(s *sending) {
			s.rule(profile.FieldPresence.Is("User-Agent", profile.Required))
			s.header("User-Agent", "curl/8")
		}, "", ""},
		{"unknown headers", func(s *sending) { s.rule(profile.FieldPresence.Is("User-Agent", profile.Required)); s.bare() }, "", ""},
		{"chunks", func(s *sending) { s.header("Transfer-Encoding", "chunked") }, "", ""},
		{"chunks and 404", func(s *sending) { s.header("Transfer-Encoding", "chunked"); s.answered(404, "") }, "framing-refused", "404"},
		{"chunks and 411", func(s *sending) { s.header("Transfer-Encoding", "chunked"); s.answered(411, "") }, "framing-refused", "Length Required"},
		{"chunks and 400", func(s *sending) { s.header("Transfer-Encoding", "chunked"); s.answered(400, "invalid_client") }, "", ""},
		{"404 without chunks", func(s *sending) { s.answered(404, "") }, "", ""},
		{"Expect and 417", func(s *sending) { s.header("Expect", "100-continue"); s.answered(417, "") }, "framing-refused", "417"},
		{"chunks, refused by the profile", func(s *sending) {
			s.header("Transfer-Encoding", "chunked")
			s.rule(profile.ChunkedBody.Is("refused"))
		}, "framing-refused", "does not accept"},
		{"a required header", func(s *sending) { s.rule(profile.FieldPresence.Is("X-Tenant", profile.Required)) }, "request-header-missing", "X-Tenant"},
		{"that header", func(s *sending) {
			s.rule(profile.FieldPresence.Is("X-Tenant", profile.Required))
			s.header("X-Tenant", "1")
		}, "", ""},
		{"another Accept", func(s *sending) {
			s.rule(profile.FieldPresence.Is("Accept", profile.Required))
			s.rule(profile.FieldAccepted.Is("Accept", []string{"application/json"}))
			s.header("Accept", "text/html")
		}, "request-header-missing", "application/json"},
		{"Accept that takes all", func(s *sending) {
			s.rule(profile.FieldPresence.Is("Accept", profile.Required))
			s.rule(profile.FieldAccepted.Is("Accept", []string{"application/json"}))
			s.header("Accept", "text/html, */*;q=0.1")
		}, "", ""},
		{"no DPoP", func(s *sending) { s.answered(400, "use_dpop_nonce") }, "request-header-missing", "DPoP"},
		{"DPoP without nonce", func(s *sending) { s.answered(400, "use_dpop_nonce"); s.header("DPoP", "eyJ.a.b") }, "", ""},

		// What is not a token request.
		{"an introspection request", func(s *sending) {
			s.r.URL = "https://auth.acme.example/oauth2/introspect"
			s.drop("grant_type")
			s.put("token", "abcdefghi")
			s.rule(profile.ParamPresence.Is("scope", profile.Required))
			s.rule(profile.ParamPresence.Is("tenant", profile.Required))
		}, "", ""},
		{"an API call", func(s *sending) {
			s.r.Method, s.r.URL, s.r.Params, s.r.Body = "GET", "https://api.acme.example/Patient", nil, evidence.Body{}
			s.header("Authorization", "Bearer abc")
			s.rule(profile.ParamPresence.Is("scope", profile.Required))
			s.rule(profile.FieldPresence.Is("User-Agent", profile.Required))
		}, "", ""},
	}
}

func TestSecondRequestChecks(t *testing.T) {
	for _, tt := range secondRequestRows() {
		t.Run(tt.name, func(t *testing.T) {
			s := healthySending()
			tt.change(s)
			all := s.judge(secondRequestChecks())
			causes, _, broken := outcomes(all)
			if diff := cmp.Diff(strings.Fields(tt.want), append([]string{}, causes...)); diff != "" || len(broken) > 0 {
				t.Errorf("causes (-want +got):\n%s%v", diff, broken)
			}
			sayOnly(t, all, tt.says, testJWT, "secret-1", testCode, testVerifier, "c2lnbmF0dXJl")
		})
	}
}

// sayOnly checks that failed findings say the text, lack nothing a reader needs
// and show no secret.
func sayOnly(t *testing.T, all []finding.Finding, says string, secrets ...string) {
	t.Helper()
	told := ""
	for _, f := range all {
		text := f.Title + " | " + f.Message + " | " + f.Found + " | " + f.Expected + " | " + strings.Join(f.Fix, " ") + " | " + f.Reason
		for _, at := range f.At {
			if at.Excerpt != nil {
				text += " | " + at.Excerpt.Text
			}
		}
		for _, secret := range secrets {
			if strings.Contains(text, secret) {
				t.Errorf("%s tells a secret: %s", f.Check, text)
			}
		}
		if !f.Failed() {
			continue
		}
		told += text + "\n"
		if len(f.At) == 0 || len(f.Fix) == 0 || f.Title == "" || f.Message == "" {
			t.Errorf("%s lacks a place, fix or words: %+v", f.Cause, f)
		}
		if strings.Contains(text, "%!") || strings.HasSuffix(f.Title, ".") {
			t.Errorf("%s is badly written: %s", f.Cause, text)
		}
	}
	if !strings.Contains(told, says) {
		t.Errorf("%q is not told in\n%s", says, told)
	}
}

// What a provider is known to refuse is an error under its profile, what it
// recommends a warning.
func TestKnownRefusalsWeigh(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*sending)
		want   finding.Severity
	}{
		{"User-Agent required", func(s *sending) { s.rule(profile.FieldPresence.Is("User-Agent", profile.Required)) }, finding.Error},
		{"User-Agent recommended", func(s *sending) { s.rule(profile.FieldPresence.Is("User-Agent", profile.Recommended)) }, finding.Warning},
		{"chunks refused", func(s *sending) { s.header("Transfer-Encoding", "chunked"); s.rule(profile.ChunkedBody.Is("refused")) }, finding.Error},
		{"a charset refused", func(s *sending) {
			s.header("Content-Type", formType+"; charset=utf-8")
			s.rule(profile.ContentTypeExtra.Is("refused"))
		}, finding.Error},
	} {
		s := healthySending()
		tt.change(s)
		var got []finding.Severity
		for _, f := range s.judge(requestChecks()) {
			if f.Failed() {
				got = append(got, f.Severity)
			}
		}
		if len(got) != 1 || got[0] != tt.want {
			t.Errorf("%s: %v, want %s", tt.name, got, tt.want)
		}
	}
}

// TestFramingWeighs checks the severities that depend on the answer.
func TestFramingWeighs(t *testing.T) {
	for status, want := range map[int]finding.Severity{404: finding.Error, 411: finding.Error, 200: finding.Warning} {
		s := healthySending()
		s.header("Transfer-Encoding", "chunked")
		s.rule(profile.ChunkedBody.Is("refused"))
		s.answered(status, "")
		all := s.judge([]Check{requestHeaders()})
		if len(all) != 1 || all[0].Severity != want {
			t.Errorf("%d: %+v, want %s", status, all, want)
		}
	}
}

func FuzzSecondRequestChecks(f *testing.F) {
	f.Add("POST", testURL, "Basic x", "code_verifier", "a+b", "http://127.0.0.1:1/", "code_challenge", "S256")
	f.Add("GET", "https://h/x", bearerOf(`{"iss":"a","sub":"a","aud":["https://h/token"]}`), "redirect_uri", "::", "%zz", "redirect_uri", "//")
	f.Add("POST", "", "Basic Og==", "scope", "a%20b,c", "", "scope", "a")
	f.Fuzz(func(t *testing.T, method, address, authorization, name, value, registered, beforeName, beforeValue string) {
		s := healthySending()
		codeFlow(s)
		s.r.Method, s.r.URL = method, address
		s.header("Authorization", authorization)
		s.put(name, value)
		s.before(beforeName, beforeValue)
		s.c.Expect.RedirectURI = registered
		s.rule(profile.BasicEncoding.Is("form"))
		if _, _, broken := outcomes(s.judge(secondRequestChecks())); len(broken) > 0 {
			t.Error(broken)
		}
	})
}
