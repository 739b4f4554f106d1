package evidence

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// bareName is a name without case and separators: client-secret, clientSecret
// and Client_Secret are one to whoever should not see it.
func bareName(name string) string {
	plain := true
	for i := range len(name) {
		c := name[i]
		plain = plain && !separates(c) && (c < 'A' || c > 'Z') && c < utf8.RuneSelf
	}
	if plain {
		return name
	}
	b := make([]byte, 0, len(name))
	for i := range len(name) {
		if !separates(name[i]) {
			b = append(b, name[i])
		}
	}
	return strings.ToLower(string(b))
}

func separates(c byte) bool { return c == '_' || c == '-' || c == ' ' || c == '\t' }

// SecretParameter tells whether a parameter's value is never shown in full.
func SecretParameter(name string) bool {
	bare := bareName(name)
	switch bare {
	case "clientassertion", "assertion", "code", "authcode", "authorizationcode", "codeverifier", "devicecode", "authreqid",
		"idtokenhint", "jwt", "jwttoken", "pwd", "passphrase", "otp", "pin":
		return true
	}
	for _, word := range []string{"secret", "password", "passwd", "apikey", "token"} {
		if i := strings.LastIndex(bare, word); i >= 0 && !about(bare[i+len(word):]) {
			return true
		}
	}
	return false
}

// about tells by the end of a name that it is of something that is said of a
// secret, as token_type, token_endpoint and refresh_token_expires_in are.
func about(rest string) bool {
	if rest == "use" {
		return true
	}
	return slices.ContainsFunc([]string{"type", "endpoint", "url", "uri", "format", "expir", "lifetime", "ttl", "alg", "enc", "method", "binding", "policy", "rotation", "exchange"},
		func(word string) bool { return strings.Contains(rest, word) })
}

// SecretHeader tells whether a header's value is never shown in full.
func SecretHeader(name string) bool {
	bare := bareName(name)
	for _, word := range []string{"authorization", "cookie", "subscriptionkey", "accesskey", "authkey", "functionskey"} {
		if strings.Contains(bare, word) {
			return true
		}
	}
	return bare == "dpop" || SecretParameter(name) || SecretParameter(strings.TrimPrefix(bare, "x"))
}

// Credentials takes the value of a secret header field apart: the scheme of
// Authorization, where it is a word that stands for one (RFC 9110 section
// 11.4), and all the rest. What else stands before a blank may be the secret.
func Credentials(h Header) (scheme, rest string) {
	value := strings.TrimSpace(h.Value)
	switch bareName(h.Name) {
	case "authorization", "proxyauthorization":
	default:
		return "", value
	}
	end := strings.IndexAny(value, " \t")
	if end < 0 {
		end = len(value)
	}
	switch strings.ToLower(value[:end]) {
	// The IANA registry of authentication schemes, and what is used beside it.
	case "basic", "bearer", "concealed", "digest", "dpop", "gnap", "hoba", "mutual", "negotiate", "oauth", "privatetoken", "scram-sha-1", "scram-sha-256", "vapid",
		"ntlm", "mac", "hmac", "token", "apikey", "signature", "aws4-hmac-sha256":
		return value[:end], strings.TrimSpace(value[end:])
	}
	return "", value
}

// ShownHeader is the value of a header field as a report may show it.
func (c *Case) ShownHeader(h Header) string {
	if c.ShowSecrets || !SecretHeader(h.Name) {
		return h.Value
	}
	scheme, rest := Credentials(h)
	switch {
	case scheme == "":
		return c.Mask(rest)
	case rest == "":
		return scheme
	}
	return scheme + " " + c.Mask(rest)
}

// ShownURL is a URL without credentials and query, unless secrets are shown.
func (c *Case) ShownURL(url string) string {
	if c.ShowSecrets {
		return url
	}
	return withoutQuery(url)
}

// Shown is the value of a parameter or member as a report may show it.
func (c *Case) Shown(name, value string) string {
	if c.ShowSecrets || !SecretParameter(name) {
		return value
	}
	return c.Mask(value)
}

// PersonalClaim tells whether a claim names a person (OpenID Connect Core
// section 5.1 and what providers add).
func PersonalClaim(name string) bool {
	switch bareName(name) {
	case "sub", "name", "givenname", "familyname", "middlename", "nickname", "preferredusername", "profile", "picture", "website", "email", "gender",
		"birthdate", "phonenumber", "address", "upn", "uniquename", "oid", "nric", "uinfin", "pid", "ssn", "fhiruser", "patient", "sid":
		return true
	}
	return false
}
