package checks

import (
	"slices"
	"strings"
	"sync"

	"github.com/assertionworks/jwtdoctor/internal/wording"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

// grantSet are the parameters of one grant type, apart from those of client
// authentication: the required ones, and the others it defines.
type grantSet struct {
	grant              string
	required, optional []string
}

// grantSets lists the parameters each registered grant type defines, sorted by
// the grant type.
var grantSets = sync.OnceValue(func() []grantSet {
	return []grantSet{
		{"authorization_code", []string{"code"}, []string{"redirect_uri", "code_verifier"}}, // RFC 6749 4.1.3, RFC 7636 4.5
		{"client_credentials", nil, []string{"scope"}},                                      // RFC 6749 4.4.2
		{"password", []string{"username", "password"}, []string{"scope"}},                   // RFC 6749 4.3.2
		{"refresh_token", []string{"refresh_token"}, []string{"scope"}},                     // RFC 6749 6
		{"urn:ietf:params:oauth:grant-type:device_code", []string{"device_code"}, nil},      // RFC 8628 3.4
		{grantJWTBearer, []string{"assertion"}, []string{"scope"}},                          // RFC 7523 2.1
		{grantSAMLBearer, []string{"assertion"}, []string{"scope"}},                         // RFC 7522 2.1
		{"urn:ietf:params:oauth:grant-type:token-exchange", []string{"subject_token", "subject_token_type"}, // RFC 8693 2.1
			[]string{"resource", "audience", "scope", "requested_token_type", "actor_token", "actor_token_type"}},
		{"urn:openid:params:grant-type:ciba", []string{"auth_req_id"}, nil}, // CIBA Core 10.1
	}
})

// grantSetOf returns the parameters of a registered grant type.
func grantSetOf(grant string) (grantSet, bool) {
	for _, s := range grantSets() {
		if s.grant == grant {
			return s, true
		}
	}
	return grantSet{}, false
}

func (s grantSet) has(name string) bool {
	return slices.Contains(s.required, name) || slices.Contains(s.optional, name)
}

// registeredGrants lists the registered grant types, sorted.
var registeredGrants = sync.OnceValue(func() []string {
	var names []string
	for _, s := range grantSets() {
		names = append(names, s.grant)
	}
	return names
})

// tokenParameters are the parameters of token requests that must not be in a
// URL: RFC 6749 puts them into the body.
var tokenParameters = sync.OnceValue(func() []string {
	names := []string{"grant_type", "client_assertion", "client_assertion_type", "client_secret"}
	for _, set := range grantSets() {
		for _, name := range slices.Concat(set.required, set.optional) {
			// Some endpoints select a tenant or an API by these in the URL.
			if name != "resource" && name != "audience" && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
})

// knownParameters are the names of all parameters that a client which
// authenticates may send, at the token endpoint and its neighbours (RFC 6749,
// 7009, 7521, 7523, 7636, 7662, 8628, 8693, 8707, 9101, 9126, 9396, 9449).
var knownParameters = sync.OnceValue(func() []string {
	return append(slices.Clone(tokenParameters()), "client_id", "resource", "audience", "authorization_details", "dpop_jkt",
		"response_type", "response_mode", "state", "nonce", "code_challenge", "code_challenge_method", "request", "request_uri",
		"prompt", "display", "max_age", "ui_locales", "id_token_hint", "login_hint", "login_hint_token", "acr_values", "claims",
		"binding_message", "user_code", "requested_expiry", "client_notification_token", "token", "token_type_hint")
})

// parameterIndex is knownParameters as a set.
var parameterIndex = sync.OnceValue(func() map[string]bool {
	set := map[string]bool{}
	for _, name := range knownParameters() {
		set[name] = true
	}
	return set
})

// mostParameters is how many parameters are looked at for near misses: no
// token request has that many, and each costs a comparison with every name.
const mostParameters = 300

func firstParams(r *evidence.Request) []evidence.Param {
	return r.Params[:min(len(r.Params), mostParameters)]
}

// apart is how a name differs from the one that is meant.
type apart uint8

const (
	same apart = iota
	apartSpace
	apartCase
	apartHyphen
	apartSeparators
	apartEntity
	apartOneLetter
	apartTwoLetters
)

// letters reports whether they differ by letters, so that the name may also be
// another one that is meant.
func (a apart) letters() bool { return a == apartOneLetter || a == apartTwoLetters }

// difference says by what the name differs from the one that is meant.
func (a apart) difference() string {
	return [...]string{"not at all", "by whitespace", "by upper and lower case", "by a hyphen instead of an underscore", "in its underscores",
		`by "amp;" in front of it, the rest of &amp;`, "by one letter", "by two letters"}[a]
}

// htmlAmp is what an ampersand that was escaped for HTML leaves in front of the
// next parameter's name.
const htmlAmp = "amp;"

// misspelled returns the known parameter that a name means and how the two
// differ; "" if the name is known itself or comes near none.
func misspelled(name string) (meant string, how apart) {
	if parameterIndex()[name] {
		return "", same
	}
	trimmed := strings.TrimFunc(name, func(r rune) bool { return r <= ' ' || r == '\u00a0' || r == '\u200b' || r == '\ufeff' })
	if len(trimmed) > 60 {
		return "", same
	}
	if rest, ok := strings.CutPrefix(trimmed, htmlAmp); ok && parameterIndex()[rest] {
		return rest, apartEntity
	}
	known := knownParameters()
	bare := bareParameter(trimmed)
	for _, k := range known {
		switch {
		case trimmed == k:
			return k, apartSpace
		case strings.EqualFold(trimmed, k):
			return k, apartCase
		case len(k) < 2*len(trimmed) && bare == bareParameter(k):
			if strings.Contains(trimmed, "-") {
				return k, apartHyphen
			}
			return k, apartSeparators
		}
	}
	// One letter in a short name is too little to go by: "codes", "token_".
	best, low := 3, strings.ToLower(trimmed)
	for _, k := range known {
		if len(k) < 5 || max(len(k)-len(trimmed), len(trimmed)-len(k)) > 2 {
			continue
		}
		d := wording.Distance(low, k)
		if d < best && (len(k) >= 8 || d == 1) {
			meant, best = k, d
		}
	}
	switch best {
	case 1:
		return meant, apartOneLetter
	case 2:
		return meant, apartTwoLetters
	}
	return "", same
}

// bareParameter is a parameter's name without case and separators.
func bareParameter(name string) string {
	var b strings.Builder
	b.Grow(len(name))
	for i := 0; i < len(name); i++ {
		switch ch := name[i]; {
		case ch == '_' || ch == '-' || ch == '.' || ch == ' ':
		case ch == '[' && strings.HasPrefix(name[i:], "[]"):
			i++
		case 'A' <= ch && ch <= 'Z':
			b.WriteByte(ch + 'a' - 'A')
		default:
			b.WriteByte(ch)
		}
	}
	return b.String()
}
