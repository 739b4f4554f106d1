package checks

import (
	"sync"

	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// Possibility is what is said of a cause that a server's answer allows and of
// which nobody has seen the value.
type Possibility struct {
	Title string // as a possibility: "kid may be missing from the header"
	Tell  string // how to find out whether it is this one, as an instruction without a full stop
	Fix   string // what to do about it; "" if the cause's own fix says it
}

// PossibilityOf is how a cause is reported where nobody has seen what it is about; ok
// is false for a cause that no answer points to.
func PossibilityOf(check finding.CheckID, cause finding.CauseID) (p Possibility, ok bool) {
	title, ok := possibilities()[cause]
	return Possibility{Title: title, Tell: tells()[check]}, ok
}

// PossibilityUnder is PossibilityOf under the rules of a provider: iss and sub are
// not the client ID with every one of them.
func PossibilityUnder(rules *profile.Rules, check finding.CheckID, cause finding.CauseID) (p Possibility, ok bool) {
	p, ok = PossibilityOf(check, cause)
	if rules == nil || !ok {
		return p, ok
	}
	var name string
	var isClientID profile.Value[bool]
	switch cause {
	case "iss-not-client-id":
		name, isClientID = "iss", profile.IssIsClientID.In(rules)
	case "sub-not-client-id":
		name, isClientID = "sub", profile.SubIsClientID.In(rules)
	default:
		return p, ok
	}
	if !isClientID.Known() || isClientID.V {
		return p, ok
	}
	provider := rules.Profile().Name
	form := profile.ClaimForm.In(rules, name)
	switch {
	case profile.Federated.In(rules).V:
		p.Title = name + " of the token may not be registered with " + provider
		p.Tell = "decode the token and compare iss, sub and aud with what is registered"
		p.Fix = "Register the issuer, the subject and the audience exactly as iss, sub and aud of the token have them."
	case form.Known():
		p.Title = name + " may not be the value " + provider + " expects"
		p.Tell = "decode the JWT and compare " + name + " with " + form.V
		p.Fix = "Set " + name + " to " + form.V + "."
	default:
		p.Title = name + " may not be the value " + provider + " expects"
		p.Tell = "decode the JWT and compare " + name + " with the value the provider documents"
		p.Fix = "Set " + name + " to the value the provider documents."
	}
	return p, ok
}

// possibilities lists the causes that answers point to, as possibilities.
var possibilities = sync.OnceValue(func() map[finding.CauseID]string {
	return map[finding.CauseID]string{
		"access-token-as-assertion":     "an access token may have been sent as the assertion",
		"alg-missing":                   "alg may be missing from the header",
		"alg-none":                      "the assertion may be unsigned (alg none)",
		"alg-not-accepted":              "the assertion may be signed with an algorithm the provider does not accept",
		"alg-symmetric":                 "the assertion may be signed with a shared secret (HS256) instead of a private key",
		"alg-unknown":                   "alg may not be a registered name",
		"answered-by-gateway":           "a proxy, firewall or gateway may have answered instead of the server",
		"assertion-as-bearer":           "the assertion may have been sent as a Bearer token instead of in client_assertion",
		"assertion-misnamed":            "the assertion may have been sent under another parameter name",
		"assertion-missing":             "the request may have no client_assertion",
		"assertion-type-double-encoded": "client_assertion_type may be percent-encoded twice",
		"assertion-type-missing":        "client_assertion_type may be missing",
		"assertion-type-wrong":          "client_assertion_type may have another value",
		"aud-array-not-accepted":        "aud may be an array, which the server may not accept",
		"aud-authorize-endpoint":        "aud may be the authorization endpoint",
		"aud-issuer-not-accepted":       "aud may be the issuer where the server expects its token URL",
		"aud-mismatch":                  "aud may not be the value the server expects",
		"aud-missing":                   "aud may be missing",
		"aud-near-miss":                 "aud may differ from the expected value by case, scheme, port or a double slash",
		"aud-not-string":                "aud may be neither a string nor an array of strings",
		"aud-other-endpoint":            "aud may be another endpoint of the same server",
		"aud-token-url-not-accepted":    "aud may be the token URL where the server expects its issuer",
		"aud-trailing-slash":            "aud may differ from the expected value by a trailing slash",
		"aud-wrong-environment":         "aud may belong to another environment (sandbox or production)",
		"base64-invalid-character":      "the assertion may contain a character outside the base64url alphabet",
		"base64-padding":                "a part of the assertion may end with equals signs",
		"base64-standard-alphabet":      "the assertion may use + and / instead of - and _",
		"base64-truncated":              "a part of the assertion may have been cut off",
		"basic-malformed":               "the Basic credentials may not be base64 of id:secret",
		"basic-percent-encoded":         "the Basic credentials may not be encoded the way the server reads them",
		"bearer-prefix":                 "\"Bearer\" may have been sent in front of the assertion",
		"body-empty":                    "the request may have arrived without a body",
		"body-json":                     "the body may be JSON instead of a form",
		"body-multipart":                "the body may be multipart instead of a form",
		"bytes-repr":                    "the assertion may be wrapped in a language's bytes notation (b'…')",
		"claim-in-header":               "a claim may be in the header instead of the payload",
		"claim-missing":                 "a claim the provider requires may be missing",
		"claim-misspelt":                "a claim name may be misspelled",
		"claim-not-allowed":             "the assertion may have a claim the provider does not accept",
		"claim-value-not-accepted":      "a claim may have a value or type the provider does not accept",
		"client-id-mismatch":            "client_id may not be the client in the assertion",
		"client-id-missing":             "client_id may be missing from the request",
		"clock-ahead":                   "the client's clock may be ahead of the server's",
		"clock-behind":                  "the client's clock may be behind the server's",
		"code-reused":                   "the authorization code may have been sent before",
		"connect-refused":               "a host may have refused the connection",
		"connect-timeout":               "a host may not have answered in time",
		"content-changed":               "header or payload may have been changed after signing",
		"content-type-json":             "Content-Type may be JSON instead of application/x-www-form-urlencoded",
		"content-type-missing":          "Content-Type may be missing",
		"content-type-other":            "Content-Type may be something other than application/x-www-form-urlencoded",
		"content-type-parameter":        "Content-Type may have a parameter the server refuses",
		"crit-invalid":                  "crit may be malformed or name an extension the server does not know",
		"dns-not-found":                 "a host name may not resolve",
		"dpop-proof-as-assertion":       "a DPoP proof may have been sent as the assertion",
		"duplicate-member":              "a name may occur twice in the header or payload",
		"ecdsa-der":                     "the ECDSA signature may be in DER instead of R||S",
		"empty-segment":                 "a part of the assertion may be empty",
		"encrypted-assertion":           "the assertion may be encrypted (five parts) instead of signed",
		"encryption-key-missing":        "the key set may lack the encryption key the provider requires",
		"endpoint-not-found":            "the request may have gone to an address that has no token endpoint",
		"exp-before-iat":                "exp may not be after iat or nbf",
		"exp-missing":                   "exp may be missing",
		"exp-past":                      "the assertion may have expired before it arrived",
		"exp-too-far":                   "exp may be further ahead than the provider allows",
		"framing-refused":               "the server may refuse chunked bodies or Expect: 100-continue",
		"grant-type-missing":            "grant_type may be missing",
		"grant-type-wrong":              "grant_type may not be the one for this flow, or the client may not be allowed to use it",
		"hash-mismatch":                 "the assertion may be signed with another hash than alg says",
		"header-not-allowed":            "the header may have a parameter the provider does not accept",
		"header-not-json":               "the header may not be JSON",
		"hmac-with-public-key":          "the assertion may be signed with an HMAC keyed with the public key",
		"http-redirected":               "a server may redirect",
		"iat-in-future":                 "iat may be in the future on the server's clock",
		"iat-missing":                   "iat may be missing",
		"iat-too-old":                   "iat may be older than the provider allows",
		"id-token-as-assertion":         "an ID token may have been sent as the assertion",
		"inner-whitespace":              "there may be whitespace inside the assertion",
		"invalid-utf8":                  "header or payload may not be UTF-8",
		"invisible-characters":          "there may be invisible characters in the request",
		"iss-missing":                   "iss may be missing",
		"iss-not-client-id":             "iss may not be the registered client ID",
		"iss-not-string":                "iss may not be a string",
		"iss-sub-differ":                "iss and sub may differ",
		"iss-sub-near-miss":             "iss and sub may differ in case, whitespace or a prefix",
		"iss-wrong-form":                "iss may not have the form this provider defines",
		"jku-mismatch":                  "jku may differ from the registered JWKS URL",
		"jku-not-https":                 "jku may not be an https URL",
		"jti-empty":                     "jti may be empty",
		"jti-guessable":                 "jti may be a constant or a counter, and so used before",
		"jti-missing":                   "jti may be missing",
		"jti-not-string":                "jti may not be a string",
		"jti-reused":                    "this jti, or the whole assertion, may have been used before",
		"jti-too-long":                  "jti may be longer than the provider allows",
		"jti-too-short":                 "jti may be shorter than the provider allows",
		"jwk-base64":                    "a member of the published key may be encoded wrongly",
		"jwk-leading-zero":              "an RSA integer of the published key may begin with a zero byte",
		"jwk-member-missing":            "the published key may lack a required member",
		"jwk-off-curve":                 "the published EC key may not be on its curve",
		"jwk-short-coordinate":          "an EC coordinate of the published key may have lost its leading zero",
		"jwk-use-conflict":              "use, key_ops or alg of the published key may contradict signing",
		"jwk-use-missing":               "the published key may lack use or alg",
		"jwks-empty":                    "the published key set may contain no key",
		"jwks-http-error":               "the JWKS URL may answer the server with an error or a login page",
		"jwks-key-not-object":           "a key of the published set may not be an object",
		"jwks-kid-duplicate":            "two published keys may share a kid",
		"jwks-kid-missing":              "a published key may have no kid",
		"jwks-not-https":                "the JWKS URL may not be https",
		"jwks-not-json":                 "the JWKS URL may not answer with JSON",
		"jwks-private-key":              "a private key may be published",
		"jwks-single-key":               "the JWKS URL may answer with one JWK instead of a set",
		"jwks-slow":                     "the JWKS URL may be slower than the server waits",
		"jwks-unreachable":              "the server may not reach the JWKS URL",
		"key-alg-mismatch":              "the registered key may not fit alg",
		"key-too-small":                 "the key may be too small for the provider",
		"kid-ambiguous":                 "kid may be missing while several keys are registered",
		"kid-encryption-key":            "kid may lead to an encryption key",
		"kid-in-payload":                "kid may be in the payload instead of the header",
		"kid-missing":                   "kid may be missing from the header",
		"kid-not-in-jwks":               "the registered keys may not include this kid, or the server may not have read the new key yet",
		"kid-not-string":                "kid may be empty or not a string",
		"kid-whitespace":                "kid may begin or end with whitespace",
		"lifetime-no-margin":            "the lifetime may be exactly at the limit",
		"lifetime-too-long":             "exp may be too long after iat",
		"local-time-as-utc":             "the times may be off by a time zone",
		"method-not-post":               "the request may not be a POST",
		"multiple-auth-methods":         "the request may authenticate the client in two ways",
		"nbf-in-future":                 "nbf may be in the future on the server's clock",
		"not-a-jwt":                     "something other than a JWT may have been sent as the assertion",
		"padding-mismatch":              "the assertion may be signed with PSS where alg says PKCS#1 v1.5, or the reverse",
		"parameter-missing":             "a parameter this flow requires may be missing",
		"parameter-misspelt":            "a parameter's name may be misspelled",
		"parameter-not-allowed":         "the request may have a parameter the provider forbids",
		"parameter-repeated":            "a parameter may have been sent twice",
		"parameter-value-not-accepted":  "a parameter may have a value the provider does not accept",
		"params-in-url":                 "the parameters may be in the URL instead of the body",
		"payload-double-encoded":        "the payload may be a JSON string that contains the claims",
		"payload-not-json":              "the payload may not be JSON",
		"payload-not-object":            "the payload may not be a JSON object",
		"percent-encoded":               "the assertion may have arrived percent-encoded",
		"pkce-malformed":                "code_verifier or code_challenge may be malformed or missing",
		"pkce-mismatch":                 "code_verifier may not belong to code_challenge",
		"placeholder-left":              "a placeholder may have been sent in place of a value",
		"post-became-get":               "a redirect may have turned the POST into a GET",
		"private-key-mismatch":          "the private key may not belong to a registered public key",
		"pss-salt-length":               "the PSS signature may have the wrong salt length",
		"rate-limited":                  "there may have been too many requests",
		"redirect-uri-mismatch":         "redirect_uri may differ from the registered one",
		"request-header-missing":        "a header the provider requires may be missing",
		"scope-missing":                 "scope may be missing",
		"scope-not-allowed":             "a scope may not be allowed for this client",
		"server-failed":                 "the server may have failed",
		"shell-quoting":                 "the shell's quotation marks may have been sent as part of values",
		"signature-hex":                 "the signature may be hex text instead of bytes",
		"signature-missing":             "the signature may be missing",
		"signature-truncated":           "the signature may have been cut off",
		"signature-wrong-length":        "the signature may have a length that does not fit alg and key",
		"signed-by-other-key":           "kid may name another key than the one that signed",
		"signed-by-unknown-key":         "the private key may not belong to the registered public key",
		"signed-other-bytes":            "the signature may cover other bytes than header.payload",
		"signed-twice-hashed":           "the digest may have been hashed again before signing",
		"sub-missing":                   "sub may be missing",
		"sub-not-client-id":             "sub may not be the registered client ID",
		"sub-not-string":                "sub may not be a string",
		"surrounding-whitespace":        "there may be whitespace around the assertion",
		"time-as-date":                  "a time may be a calendar date instead of a number",
		"time-as-string":                "a time may be in quotes instead of a number",
		"time-fractional":               "a time may have a fraction",
		"time-in-milliseconds":          "a time may be in milliseconds instead of seconds",
		"time-out-of-range":             "a time may be negative, zero or absurd",
		"tls-expired":                   "a TLS certificate may have expired",
		"tls-missing-intermediate":      "a server may not send its intermediate certificate",
		"tls-name-mismatch":             "a TLS certificate may be for another host name",
		"tls-self-signed":               "a TLS certificate may be self-signed",
		"tls-unknown-authority":         "a TLS certificate may be from an authority the other side does not trust",
		"token-not-accepted-by-api":     "an API may have refused the access token",
		"typ-missing":                   "typ may be missing from the header",
		"typ-not-accepted":              "typ may have a value the provider does not accept",
		"typographic-characters":        "hyphens or quotes may have been replaced by typographic ones",
		"url-authorize-endpoint":        "the request may have gone to the authorization endpoint",
		"url-not-token-endpoint":        "the request may have gone to an address that is not the token endpoint",
		"url-wrong-environment":         "the request may have gone to the token endpoint of another environment",
		"user-agent-missing":            "User-Agent may be missing",
		"wrapped-in-quotes":             "quotes or brackets may have been sent around the assertion",
		"wrong-segment-count":           "what was sent as the assertion may not have three parts",
		"x5c-leaf-mismatch":             "the first certificate of x5c may contain another key",
		"x5c-malformed":                 "x5c may be malformed",
		"x5t-encoded-twice":             "x5t may be encoded twice",
		"x5t-hex-encoded":               "x5t may be the hex text encoded instead of the bytes",
		"x5t-missing":                   "x5t may be missing from the header",
		"x5t-not-a-digest":              "x5t may be a GUID or other text instead of a digest",
		"x5t-not-base64url":             "x5t may be in standard base64 instead of base64url",
		"x5t-wrong-certificate":         "x5t may belong to a certificate that is not registered",
		"x5t-wrong-digest":              "x5t may be a SHA-256 digest, or x5t#S256 a SHA-1 digest",
	}
})

// tells says for each check how to find out by hand what it would find.
var tells = sync.OnceValue(func() map[finding.CheckID]string {
	return map[finding.CheckID]string{
		"assertion-clean":        "look at the first and last characters of client_assertion as it was sent",
		"assertion-compact":      "count the dots in the assertion as it was sent: there must be two",
		"assertion-base64url":    "decode the assertion as it was sent: jwtdoctor decode token.jwt",
		"assertion-json":         "decode the assertion: jwtdoctor decode token.jwt",
		"assertion-kind":         "decode the assertion and look at typ, iss and sub: jwtdoctor decode token.jwt",
		"header-typ":             "decode the assertion and look at typ in the header",
		"header-alg":             "decode the assertion and compare alg with the algorithms the provider documents",
		"header-kid":             "decode the assertion and look for kid in the header",
		"header-jku":             "decode the assertion and compare jku with the registered JWKS URL",
		"header-x5t":             "compare x5t with the thumbprint in the provider's portal: jwtdoctor check token.jwt --key cert.pem",
		"header-x5c":             "check it with the certificate: jwtdoctor check token.jwt --key cert.pem",
		"header-crit":            "decode the assertion and look at crit in the header",
		"header-key-material":    "decode the assertion and look for jwk, jku or x5c in the header",
		"header-names":           "decode the assertion and look at the names in the header",
		"claim-iss":              "decode the assertion and compare iss with the client ID in the provider's portal",
		"claim-sub":              "decode the assertion and compare sub with the client ID in the provider's portal",
		"claim-iss-sub":          "decode the assertion and compare iss with sub",
		"claim-aud":              "decode the assertion and compare aud with the value the provider documents",
		"claim-jti":              "decode two assertions and look at jti",
		"jti-unique":             "see whether the program makes a new assertion for every request and every retry",
		"claim-names":            "decode the assertion and look at the names in the payload",
		"time-format":            "decode the assertion: the times must be numbers of 10 digits",
		"time-zone":              "decode the assertion and compare iat with the time it was sent, in UTC",
		"time-iat":               "decode the assertion and compare iat with the Date header of the answer",
		"time-nbf":               "decode the assertion and compare nbf with the Date header of the answer",
		"time-exp":               "decode the assertion and compare exp with the Date header of the answer",
		"time-lifetime":          "decode the assertion and subtract iat from exp",
		"clock-skew":             "compare the clock of the machine that signs with the Date header of the answer",
		"signature-present":      "see whether the assertion ends with a third part",
		"signature-encoding":     "check the assertion: jwtdoctor check token.jwt",
		"key-selected":           "compare kid with the kids of the registered keys: jwtdoctor check token.jwt --jwks FILE|URL",
		"signature-valid":        "check the assertion against the registered key: jwtdoctor check token.jwt --jwks FILE|URL",
		"key-strength":           "check the key: jwtdoctor check token.jwt --key FILE",
		"private-key-matches":    "compare the key pair: jwtdoctor check token.jwt --key FILE --jwks FILE|URL",
		"private-key-readable":   "check the key: jwtdoctor check token.jwt --key FILE",
		"jwks-reachable":         "open the JWKS URL from outside your network: jwtdoctor jwks URL",
		"jwks-form":              "check the key set: jwtdoctor jwks URL",
		"jwks-kid":               "check the key set: jwtdoctor jwks URL",
		"jwks-key-valid":         "check the key set: jwtdoctor jwks URL",
		"jwks-private":           "check the key set: jwtdoctor jwks URL",
		"jwks-use":               "check the key set: jwtdoctor jwks URL",
		"jwks-encryption-key":    "check the key set: jwtdoctor jwks URL -p PROFILE",
		"request-method":         "look at the method of the request",
		"request-url":            "compare the URL of the request with the provider's token URL",
		"request-content-type":   "look at the Content-Type of the request",
		"request-body":           "look at the body of the request",
		"request-grant-type":     "look at grant_type in the request, and at the grants the client may use",
		"request-assertion-type": "look at client_assertion_type in the request",
		"request-assertion":      "look for client_assertion in the body of the request",
		"request-client-id":      "look at client_id in the request",
		"request-auth":           "look for Authorization and client_secret in the request",
		"request-parameters":     "compare the parameters of the request with the ones the provider documents",
		"request-redirect-uri":   "compare redirect_uri with the registered one",
		"request-pkce":           "compare code_verifier with code_challenge of the authorization request",
		"request-scope":          "compare scope with the scopes granted to the client",
		"request-headers":        "look at the headers of the request",
		"response-received":      "look at the headers and the body of the answer: which server wrote it?",
		"response-json":          "look at the body of the answer",
		"response-accepted":      "add the request",
		"response-token":         "look at the body of the answer",
		"net-dns":                "test the connection: jwtdoctor probe URL",
		"net-connect":            "test the connection: jwtdoctor probe URL",
		"net-tls":                "test the connection: jwtdoctor probe URL",
		"net-http":               "test the connection: jwtdoctor probe URL",
		"net-proxy":              "test the connection: jwtdoctor probe URL",
	}
})
