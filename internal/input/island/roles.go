package island

import (
	"strconv"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/srctext"
)

// names are the members of an object by their folded names.
type names map[string]*jsonspan.Value

func namesOf(v *jsonspan.Value) names {
	m := make(names, len(v.Members))
	for _, x := range v.Members {
		if key := folded(x.Name); key != "" {
			m[key] = x.Value
		}
	}
	return m
}

// has reports whether any of the names is a member.
func (m names) has(list ...string) bool {
	for _, n := range list {
		if _, ok := m[n]; ok {
			return true
		}
	}
	return false
}

// count is how many of the names are members.
func (m names) count(list ...string) int {
	n := 0
	for _, x := range list {
		if _, ok := m[x]; ok {
			n++
		}
	}
	return n
}

func (m names) first(list ...string) (*jsonspan.Value, string) {
	for _, n := range list {
		if v, ok := m[n]; ok && v != nil {
			return v, n
		}
	}
	return nil, ""
}

func (m names) text(list ...string) string {
	for _, n := range list {
		if v := m[n]; v != nil && v.Kind == jsonspan.String {
			return v.Str
		}
	}
	return ""
}

// role is what an object can be: the members of which it needs at least one, how it is
// recognised as a whole, and how it is read. Adding one is adding an entry.
type role struct {
	name  string
	needs []string // folded
	is    func(o object, m names) bool
	read  func(l *layer, o object, m names, depth int)
}

// roles are tried in this order.
func roles() []role {
	return []role{
		{"a JWK Set", []string{"keys", "kty"}, isKeySet, emitAs(KindKeySet, "a JWK Set")},
		{"a discovery document", []string{"tokenendpoint"}, isDiscovery, emitAs(KindDiscovery, "a discovery document")},
		{"a service account's key", []string{"privatekey"}, isServiceAccount, readServiceAccount},
		{"an export of an API client", []string{"item", "resources"}, isCollection, readCollection},
		{"variables of an API client", []string{"values", "data"}, isEnvironment, readEnvironment},
		{"a JWT in three members", []string{"payload"}, isParts, readPartMembers},
		{"a JWS in JSON", []string{"payload"}, isFlattened, readFlattened},
		{"a JWT in two parts", headerParts, isDecodedPair, readDecodedPair},
		{"a token response", []string{"accesstoken", "idtoken"}, isGrant, readAnswer(Strong)},
		{"an exchange", []string{"request", "req", "config"}, isExchange, readExchange},
		{"an HTTP request", append([]string{"path"}, urlNames...), isRequest, readRequest},
		{"an HTTP response", statusNames, isResponse, readResponse},
		{"the options of a request", []string{"method"}, isOptions, readOptions},
		{"the parameters of a request", []string{"granttype", "clientassertion", "clientassertiontype"}, func(_ object, m names) bool { return isParams(m) }, readParams},
		{"header fields", fieldNames(), isFields, readFieldObject},
		{"a JOSE header", []string{"alg", "typ", "kid", "x5t"}, isHeader, emitAs(KindHeader, "a JOSE header")},
		{"claims", []string{"iss", "sub", "aud", "exp"}, isClaims, emitAs(KindClaims, "claims")},
		{"a record of a log", []string{"level", "severity", "loglevel", "lvl", "logger", "loggername"}, func(_ object, m names) bool { return logRecord(m) }, readRecord},
		{"an event of a failed exchange", []string{"logid"}, failureEvent, readFailureEvent},
		{"an OAuth error", []string{"error", "errorcode", "code", "errordescription", "errorsummary"}, isOAuthError, readAnswer(Strong)},
		{"an error", []string{"fault", "resourcetype", "errors", "status", "statuscode", "httpstatus", "code", "message", "errorcode", "error"}, isFairError, readAnswer(Fair)},
		{"a message", []string{"error", "message", "msg", "errormessage", "detail"}, isWeakError, readWeak},
	}
}

// headerParts are names of the header of a decoded JWT.
var headerParts = []string{"header", "joseheader", "jwtheader", "protected", "headers"}

func emitAs(kind Kind, name string) func(*layer, object, names, int) {
	return func(l *layer, o object, _ names, _ int) {
		l.emit(l.island(kind, name, o))
	}
}

// island is an island made from an object.
func (l *layer) island(kind Kind, name string, o object) Island {
	return Island{Kind: kind, Name: name, Text: o.own(), Label: o.label}
}

// own is the text of only the value.
func (o object) own() srctext.Text {
	return o.text.Slice(o.value.Span.Start, o.value.Span.End)
}

func isKeySet(_ object, m names) bool {
	if keys := m["keys"]; keys != nil && keys.Kind == jsonspan.Array {
		for _, k := range keys.Items {
			if _, ok := k.Get("kty"); ok {
				return true
			}
		}
		return len(keys.Items) == 0 && len(m) == 1
	}
	kty := m["kty"]
	return kty != nil && kty.Kind == jsonspan.String && m.has("n", "x", "k", "crv", "x5c", "e")
}

func isDiscovery(_ object, m names) bool {
	return m.has("tokenendpoint") && m.count("issuer", "jwksuri", "authorizationendpoint", "tokenendpointauthmethodssupported", "granttypessupported") > 0
}

func isServiceAccount(_ object, m names) bool {
	return m["privatekey"] != nil && strings.Contains(m.text("privatekey"), "-----BEGIN") && m.has("clientemail", "privatekeyid", "clientid", "publickey", "appid")
}

func readServiceAccount(l *layer, o object, m names, depth int) {
	for _, x := range o.value.Members {
		if folded(x.Name) == "privatekey" || folded(x.Name) == "publickey" {
			l.visit(o.at(x.Value, plainWords(x.Name)), depth+1)
		}
	}
}

// isFlattened recognises the JSON serialization of RFC 7515 section 7.2.
func isFlattened(_ object, m names) bool {
	payload := m["payload"]
	return payload != nil && payload.Kind == jsonspan.String && startsToken(payload.Str) && m.has("signature", "signatures", "protected")
}

func readFlattened(l *layer, o object, _ names, _ int) {
	is := l.island(KindToken, "a JWS in JSON", o)
	is.Token = &Token{}
	l.emit(is)
}

// isDecodedPair recognises {"header": {…}, "payload": {…}} and similar pairs.
func isDecodedPair(o object, m names) bool {
	h, _ := m.first(headerParts...)
	p, _ := m.first("payload", "claims", "body", "claimset", "jwtpayload", "jwtclaims")
	if h == nil || p == nil || h.Kind != jsonspan.Object || p.Kind != jsonspan.Object {
		return false
	}
	hm := namesOf(h)
	return hm.has("alg", "kid") && !hm.has("contenttype") || namesOf(p).count("iss", "sub", "aud", "exp") > 1
}

func readDecodedPair(l *layer, o object, m names, depth int) {
	l.f.groups++
	group := l.group
	l.group = l.f.groups
	h, _ := m.first(headerParts...)
	p, _ := m.first("payload", "claims", "body", "claimset", "jwtpayload", "jwtclaims")
	emitAs(KindHeader, "a JOSE header")(l, o.at(h, o.label+" header"), nil, depth)
	emitAs(KindClaims, "claims")(l, o.at(p, o.label+" payload"), nil, depth)
	l.group = group
}

var joseNames = map[string]bool{"alg": true, "typ": true, "kid": true, "x5t": true, "x5t#s256": true, "x5c": true, "x5u": true, "jku": true, "jwk": true, "cty": true, "crit": true, "enc": true, "zip": true, "b64": true, "nonce": true, "iv": true, "tag": true, "epk": true, "trustchain": true, "url": true, "iss": true, "sub": true, "ver": true}

func isHeader(o object, m names) bool {
	if len(m) == 0 || m.has("kty", "use", "keyops", "n", "crv") {
		return false
	}
	unknown := 0
	for name := range m {
		if !joseNames[name] {
			unknown++
		}
	}
	if unknown > 0 && !ownMembers(o, m, unknown) {
		return false
	}
	if m.count("iss", "sub") > 0 && !m.has("alg") {
		return false
	}
	alg := m["alg"]
	if alg == nil {
		return m.has("typ", "kid", "x5t") && strings.Contains(o.label, "header")
	}
	return alg.Kind == jsonspan.String && (signAlg(alg.Str) || strings.Contains(o.label, "header") || m.has("typ", "kid"))
}

// ownMembers reports whether an object may be a JOSE header with private members of a
// provider or program (RFC 7515 section 4.3): it has what only a header has, and few
// others.
func ownMembers(o object, m names, unknown int) bool {
	const most = 4
	return unknown <= most && signAlg(m.text("alg")) && (m.has("typ", "kid", "x5t") || strings.Contains(o.label, "header")) && m.count("iss", "sub", "aud", "exp") == 0
}

func signAlg(s string) bool {
	switch strings.ToUpper(s) {
	case "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES256K", "ES384", "ES512", "EDDSA", "ED25519", "HS256", "HS384", "HS512", "NONE":
		return true
	}
	return false
}

func isClaims(_ object, m names) bool {
	return m.count("iss", "sub", "aud", "exp") > 1 && !m.has("kty", "active", "tokenendpoint", "email_verified", "granttype", "accesstoken")
}

// statusOf is the HTTP status in a member; 0 if there is none.
func statusOf(v *jsonspan.Value) int {
	if v == nil {
		return 0
	}
	text := v.Raw
	if v.Kind == jsonspan.String {
		text, _, _ = strings.Cut(v.Str, " ")
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 100 || n > 599 {
		return 0
	}
	return n
}
