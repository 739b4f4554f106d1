package serve

import (
	"net/http"
	"strings"
)

const (
	keysPath    = "/jwks"
	journalPath = "/_jwtdoctor/requests"
)

// wellKnown are the discovery documents: OpenID Connect Discovery 1.0, RFC 8414
// and SMART App Launch.
func wellKnown() []string {
	return []string{"/.well-known/openid-configuration", "/.well-known/oauth-authorization-server", "/.well-known/smart-configuration"}
}

// metadata is what the discovery documents say: the members a client needs to
// find the token endpoint and to know how to authenticate there.
type metadata struct {
	Issuer      string   `json:"issuer"`
	Token       string   `json:"token_endpoint"`
	Keys        string   `json:"jwks_uri"`
	AuthMethods []string `json:"token_endpoint_auth_methods_supported"`
	SigningAlgs []string `json:"token_endpoint_auth_signing_alg_values_supported,omitempty"`
	GrantTypes  []string `json:"grant_types_supported,omitempty"`
	Scopes      []string `json:"scopes_supported,omitempty"`
}

// document answers what can only be read.
func (s *Server) document(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		sendJSON(w, http.StatusMethodNotAllowed, problem{"invalid_request", "this can be read with GET alone"})
		return
	}
	switch r.URL.Path {
	case keysPath:
		// The server signs nothing, so it publishes no key.
		sendJSON(w, http.StatusOK, map[string][]any{"keys": {}})
	case journalPath:
		sendJSON(w, http.StatusOK, map[string][]Event{"requests": s.journal.all()})
	default:
		sendJSON(w, http.StatusOK, s.metadata(r))
	}
}

// metadata names the server as the client does: an issuer must be the address
// its document was found at (RFC 8414 section 3.3).
func (s *Server) metadata(r *http.Request) metadata {
	base := s.issuer()
	if strings.TrimSpace(r.Host) != "" {
		base = s.scheme() + "://" + r.Host
	}
	m := metadata{Issuer: base, Token: base + tokenPath, Keys: base + keysPath, AuthMethods: []string{"private_key_jwt"}}
	m.SigningAlgs, _ = listOf(s.profile, "header.alg.accepted")
	m.GrantTypes, _ = listOf(s.profile, "request.grant_type.accepted")
	m.Scopes, _ = listOf(s.profile, "request.scope.accepted")
	return m
}
