package serve

import (
	"net/http"
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/profile"
)

const (
	keysPath    = "/jwks"
	journalPath = "/_jwtdoctor/requests"
	smartPath   = "/.well-known/smart-configuration"
	// authorizePath is named in the documents, which must name one, and explains itself.
	authorizePath = "/authorize"
)

// wellKnown are the discovery documents: OpenID Connect Discovery 1.0, RFC 8414
// and SMART App Launch.
func wellKnown() []string {
	return []string{"/.well-known/openid-configuration", "/.well-known/oauth-authorization-server", smartPath}
}

// metadata is what the discovery documents say: what a client needs to find the
// token endpoint and to authenticate there, and what libraries refuse a
// document without (RFC 8414 section 2, OpenID Connect Discovery 1.0 section 3,
// SMART App Launch 2.2, section 9.1).
type metadata struct {
	Issuer        string   `json:"issuer"`
	Authorization string   `json:"authorization_endpoint"`
	Token         string   `json:"token_endpoint"`
	Keys          string   `json:"jwks_uri"`
	AuthMethods   []string `json:"token_endpoint_auth_methods_supported"`
	SigningAlgs   []string `json:"token_endpoint_auth_signing_alg_values_supported,omitempty"`
	GrantTypes    []string `json:"grant_types_supported"`
	ResponseTypes []string `json:"response_types_supported"`
	SubjectTypes  []string `json:"subject_types_supported"`
	IDTokenAlgs   []string `json:"id_token_signing_alg_values_supported"`
	Challenges    []string `json:"code_challenge_methods_supported"`
	Scopes        []string `json:"scopes_supported,omitempty"`
	Capabilities  []string `json:"capabilities,omitempty"`
}

// document answers what can only be read.
func (s *Server) document(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		sendJSON(w, http.StatusMethodNotAllowed, problem{"invalid_request", "this address supports only GET"})
		return
	}
	switch r.URL.Path {
	case keysPath:
		// The server signs nothing, so it publishes no key.
		sendJSON(w, http.StatusOK, map[string][]any{"keys": {}})
	case journalPath:
		sendJSON(w, http.StatusOK, s.journal.record())
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
	m := metadata{
		Issuer: base, Authorization: base + authorizePath, Token: base + tokenPath, Keys: base + keysPath,
		ResponseTypes: []string{"code"}, SubjectTypes: []string{"public"}, IDTokenAlgs: []string{"RS256"}, Challenges: []string{"S256"},
	}
	m.GrantTypes = profile.GrantTypes.In(s.rules).V
	if s.profile.Kind == grantKind {
		// The JWT is the grant, and authenticates nobody (RFC 7521 section 4.1).
		m.AuthMethods = []string{"none"}
		if len(m.GrantTypes) == 0 {
			m.GrantTypes = []string{"urn:ietf:params:oauth:grant-type:jwt-bearer"}
		}
	} else {
		m.AuthMethods = []string{"private_key_jwt"}
		if m.SigningAlgs = profile.HeaderAccepted.In(s.rules, "alg").V; len(m.SigningAlgs) == 0 {
			refused := profile.AlgRefused.In(s.rules).V
			m.SigningAlgs = slices.DeleteFunc(anyAlg(), func(alg string) bool { return slices.Contains(refused, alg) })
		}
		if len(m.GrantTypes) == 0 {
			m.GrantTypes = []string{"client_credentials", "authorization_code", "refresh_token"}
		}
	}
	if r.URL.Path == smartPath && s.profile.Kind != grantKind {
		m.Capabilities = []string{"client-confidential-asymmetric"}
	}
	m.Scopes = profile.ScopeAccepted.In(s.rules).V
	return m
}

// anyAlg are the algorithms a client can sign with by its own key, where
// the provider names none (RFC 7518 section 3.1, RFC 8037 section 3.1).
func anyAlg() []string {
	return []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
}
