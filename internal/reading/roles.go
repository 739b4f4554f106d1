package reading

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/input/island"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/wording"
)

// tokenRole is what a JWT is for.
type tokenRole uint8

const (
	roleUnknown tokenRole = iota
	roleAssertion
	roleAccess
	roleID
	roleDPoP
	roleRefresh
	roleClientID
	roleLogout
	roleOther
)

func (t tokenRole) words() string {
	switch t {
	case roleAccess:
		return "an access token"
	case roleID:
		return "an ID token"
	case roleDPoP:
		return "a DPoP proof"
	case roleRefresh:
		return "a refresh token"
	case roleClientID:
		return "a client ID"
	case roleLogout:
		return "a logout token"
	}
	return "another JWT"
}

// roleOf is what a JWT is for, by its label in the text, else by its contents.
func roleOf(is *island.Island) tokenRole {
	label := is.Label
	has := func(words ...string) bool { return wording.HasAny(label, words...) }
	switch {
	case has("assertion type"):
	case has("assertion", "client secret", "private key jwt", "signed jwt", "clientassertion"):
		return roleAssertion
	case has("dpop"):
		return roleDPoP
	case has("access token", "accesstoken", "access tok"):
		return roleAccess
	case has("id token", "idtoken"):
		return roleID
	case has("refresh token"):
		return roleRefresh
	case strings.HasSuffix(label, "client id"), strings.HasSuffix(label, "clientid"):
		return roleClientID
	case has("request object", "software statement", "logout token", "subject token", "actor token", "session", "cookie", "nonce", "csrf", "state", "code"):
		return roleOther
	}
	t := is.Token
	if t == nil || t.Claims == nil {
		if t != nil && t.Header != nil {
			return byHeader(t.Header, label)
		}
		return roleUnknown
	}
	if t.Header != nil {
		if role := byHeader(t.Header, label); role != roleUnknown {
			return role
		}
	}
	get := func(name string) bool { _, ok := t.Claims.Get(name); return ok }
	text := func(name string) string {
		if v, ok := t.Claims.Get(name); ok && v.Kind == jsonspan.String {
			return v.Str
		}
		return ""
	}
	switch {
	case get("htm") && get("htu"):
		return roleDPoP
	case text("iss") != "" && text("iss") == text("sub"):
		return roleAssertion
	case get("at_hash") || get("nonce") && get("auth_time") || get("c_hash"):
		return roleID
	case get("scp") || get("roles") && get("tid") || get("realm_access") || get("azp") && get("scope"):
		return roleAccess
	case get("events"):
		return roleOther
	}
	return roleUnknown
}

func byHeader(header *jsonspan.Value, label string) tokenRole {
	typ, _ := header.Get("typ")
	if typ == nil {
		return roleUnknown
	}
	switch strings.ToLower(strings.TrimPrefix(typ.Str, "application/")) {
	case "dpop+jwt":
		return roleDPoP
	case "at+jwt":
		if label == "" || strings.Contains(label, "bearer") {
			return roleAccess
		}
	case "client-authentication+jwt":
		return roleAssertion
	case "logout+jwt":
		return roleLogout
	case "oauth-authz-req+jwt", "secevent+jwt", "token-introspection+jwt":
		return roleOther
	}
	return roleUnknown
}

// otherToken reports whether a label says that claims are from a token that a server
// issued.
func otherToken(label string) bool {
	for _, w := range [...]string{"access token", "id token", "accesstoken", "idtoken", "refresh token", "userinfo", "user info", "introspect", "dpop"} {
		if strings.Contains(label, w) {
			return !strings.Contains(label, "assertion")
		}
	}
	return false
}

// sample reports whether a JWT is one that manuals show: that of jwt.io or that of RFC
// 7519.
func sample(t *island.Token) bool {
	if t == nil || t.Claims == nil {
		return false
	}
	is := func(name, value string) bool {
		v, ok := t.Claims.Get(name)
		return ok && (v.Str == value || v.Raw == value)
	}
	return is("sub", "1234567890") && is("name", "John Doe") || is("iss", "joe") && is("exp", "1300819380")
}
