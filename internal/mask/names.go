package mask

import (
	"slices"
	"strings"
)

// Bare is a name without case, separators and the namespace of a URI: client-secret,
// clientSecret and Client_Secret are one name to anyone who must not see the value.
func Bare(name string) string {
	if strings.Contains(name, "://") {
		// Claim names of WS-Federation, as http://schemas.xmlsoap.org/…/claims/givenname.
		name = name[strings.LastIndexAny(name, "/#")+1:]
	}
	plain := true
	for i := range len(name) {
		if c := name[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			plain = false
			break
		}
	}
	if plain {
		return name
	}
	return strings.Map(func(r rune) rune {
		switch r {
		case '_', '-', '.', ' ', '\t', '[', ']', '\'', '"', '\u200b', '\ufeff':
			return -1
		}
		return r
	}, strings.ToLower(name))
}

// Secret reports whether what has this name is never shown: a parameter, a JSON
// member or a claim.
func Secret(name string) bool {
	bare := Bare(name)
	switch bare {
	case "clientassertion", "assertion", "code", "authcode", "authorizationcode", "codeverifier", "devicecode", "usercode", "authreqid",
		"idtokenhint", "jwt", "jwttoken", "pwd", "pass", "passphrase", "passcode", "otp", "totp", "pin", "mfacode", "verifier",
		"samlresponse", "samlrequest", "samlart", "wresult", "ticket", "sig", "signature", "hmac", "authorization", "xauthorization",
		"cookie", "setcookie", "session", "sessionid", "sessionstate", "jsessionid", "phpsessid", "csrf", "xsrf", "sas":
		return true
	}
	if len(bare) < len("token") {
		return false // shorter than each of these words
	}
	for _, word := range [...]string{"secret", "password", "passwd", "apikey", "accesskey", "privatekey", "sharedkey", "signingkey", "subscriptionkey", "credential", "token"} {
		if i := strings.LastIndex(bare, word); i >= 0 && !about(bare[i+len(word):]) {
			return true
		}
	}
	return false
}

// about reports by the end of a name that it says something about a secret, as
// token_type, token_endpoint and refresh_token_expires_in do.
func about(rest string) bool {
	if rest == "use" {
		return true
	}
	return slices.ContainsFunc([]string{"type", "endpoint", "url", "uri", "format", "expir", "lifetime", "ttl", "alg", "enc", "method", "binding", "policy", "rotation", "exchange"},
		func(word string) bool { return strings.Contains(rest, word) })
}

// SecretHeader reports whether a header field carries a credential.
func SecretHeader(name string) bool {
	bare := Bare(name)
	for _, word := range []string{"authorization", "cookie", "subscriptionkey", "accesskey", "authkey", "functionskey"} {
		if strings.Contains(bare, word) {
			return true
		}
	}
	return bare == "dpop" || Secret(name) || Secret(strings.TrimPrefix(bare, "x"))
}

// jti is the one claim that is masked in every JWT, however it is spelled.
func jti(name string) bool { return Bare(name) == "jti" }

// Personal reports whether a claim names a person (OpenID Connect Core section
// 5.1 and what providers add), in any spelling.
func Personal(name string) bool {
	bare := Bare(name)
	switch bare {
	case "sub", "subject", "name", "profile", "picture", "photo", "website", "gender", "sex", "mail", "upn", "oid", "puid", "ipaddr", "nric", "uinfin", "pid", "nin", "cpf", "sid",
		"ssn", "fhiruser", "patient", "user", "userid", "uid", "login", "loginhint", "onpremisesid", "onpremsid", "dob", "bsn", "nhsnumber", "mrn", "altid", "nameid", "zip", "postalcode":
		return true
	}
	if strings.HasSuffix(bare, "verified") {
		return false
	}
	return slices.ContainsFunc([]string{"givenname", "familyname", "middlename", "firstname", "lastname", "surname", "nickname", "fullname", "displayname", "maidenname", "birthname", "legalname",
		"username", "uniquename", "accountname", "principalname", "commonname", "email", "phone", "mobile", "telephone", "address", "birth", "nationalid", "personid", "personalid", "personidentifier", "personnummer",
		"socialsecurity", "passport", "taxid"}, func(word string) bool { return strings.Contains(bare, word) })
}

// shownParameter reports whether the value of a request parameter may be shown.
// It is a list of what may, not of what may not: nobody can list the names under
// which secrets are sent.
func shownParameter(name string) bool {
	switch Bare(name) {
	case "granttype", "clientid", "scope", "scopes", "aud", "audience", "resource", "redirecturi", "responsetype", "responsemode",
		"clientassertiontype", "assertiontype", "assertionformat", "tokentype", "tokentypehint", "requestedtokentype", "requestedtokenuse",
		"subjecttokentype", "actortokentype", "tokenendpoint", "codechallenge", "codechallengemethod", "prompt", "display", "maxage", "uilocales", "acrvalues",
		"claimslocales", "iss", "issuer", "error", "errordescription", "erroruri", "expiresin", "expires", "apiversion", "accesstype", "includegrantedscopes",
		"approvalprompt", "authorizationdetails", "format", "alg", "kid", "typ", "version":
		return true
	}
	return false
}

// shownHeader reports whether the value of a header field may be shown.
func shownHeader(name string) bool {
	bare := Bare(name)
	switch bare {
	case "host", "useragent", "date", "server", "age", "allow", "connection", "expires", "pragma", "vary", "via", "expect", "te", "trailer", "upgrade", "keepalive", "priority", "dnt", "range",
		"cachecontrol", "contenttype", "contentlength", "contentencoding", "contentlanguage", "contentdisposition", "transferencoding", "lastmodified", "retryafter", "accept", "acceptencoding",
		"acceptlanguage", "acceptcharset", "acceptversion", "location", "contentlocation", "referer", "referrer", "origin", "link", "wwwauthenticate", "proxyauthenticate", "proxyconnection",
		"upgradeinsecurerequests", "stricttransportsecurity", "requestid", "xrequestid", "correlationid", "xcorrelationid", "clientrequestid", "traceid", "xtraceid", "traceparent", "tracestate",
		"xapiversion", "apiversion", "xpoweredby", "xcache", "xcachestatus", "xforwardedproto", "xforwardedhost", "xforwardedport", "xrequestedwith", "xhttpmethodoverride", "methodoverride", "prefer",
		"epicclientid", "cfray", "cfcachestatus", "xcontenttypeoptions", "xframeoptions", "xservedby", "xtimer", "xratelimitlimit", "xratelimitremaining", "xratelimitreset", "ratelimit", "altsvc",
		"xamznrequestid", "xamznerrortype", "xamzcfid", "xamznremappedcontentlength", "xamzncorrelationid", "xamzapigwid", "xoktarequestid", "xmsrequestid", "xmsclientrequestid", "xmsestsserver", "xmsrequestversion",
		"xgoogrequestid", "xcloudtracecontext", "xb3traceid", "xb3spanid", "xamzntraceid", "postmantoken", "metadataflavor", "ifmodifiedsince", "referrerpolicy", "permissionspolicy", "xxssprotection",
		"accesscontrolalloworigin", "accesscontrolallowmethods", "accesscontrolallowheaders", "accesscontrolrequestmethod", "accesscontrolrequestheaders", "crossoriginresourcepolicy":
		return true
	}
	if strings.HasPrefix(name, ":") {
		return slices.Contains([]string{":method", ":scheme", ":authority", ":status", ":path"}, strings.ToLower(name))
	}
	return strings.HasPrefix(bare, "secfetch") || strings.HasPrefix(bare, "secchua")
}

// addressHeader reports whether a header field contains an address.
func addressHeader(name string) bool {
	switch Bare(name) {
	case "location", "contentlocation", "referer", "referrer", "origin", "link", ":path":
		return true
	}
	return false
}

// Credentials takes the value of a header field with a credential apart: the
// scheme of Authorization, if it is a known one (RFC 9110 section 11.4), and the
// rest. Any other word in its place may be the secret.
func Credentials(name, value string) (scheme, rest string) {
	value = strings.TrimSpace(value)
	switch Bare(name) {
	case "authorization", "proxyauthorization":
	default:
		return "", value
	}
	end := strings.IndexAny(value, " \t")
	if end < 0 {
		end = len(value)
	}
	if !authScheme(value[:end]) {
		return "", value
	}
	return value[:end], strings.TrimSpace(value[end:])
}

// authScheme reports whether a word is an authentication scheme: the IANA registry,
// and what is used with it.
func authScheme(word string) bool {
	switch strings.ToLower(word) {
	case "basic", "bearer", "concealed", "digest", "dpop", "gnap", "hoba", "mutual", "negotiate", "oauth", "privatetoken", "scram-sha-1", "scram-sha-256", "vapid",
		"ntlm", "mac", "hmac", "token", "apikey", "signature", "aws4-hmac-sha256":
		return true
	}
	return false
}
