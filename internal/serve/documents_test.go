package serve

import (
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/profile"
)

func TestDocuments(t *testing.T) {
	s := server(t, config(t))
	for _, path := range wellKnown() {
		r := httptest.NewRequest("GET", path, nil)
		r.Host = s.authority()
		got := ask(t, s, r)
		if got.status != 200 || got.json["issuer"] != s.issuer() || got.json["token_endpoint"] != s.URL() || got.json["jwks_uri"] != s.issuer()+"/jwks" {
			t.Errorf("%s: %d %s", path, got.status, got.text)
		}
		if fmt.Sprint(got.json["token_endpoint_auth_methods_supported"]) != "[private_key_jwt]" ||
			fmt.Sprint(got.json["token_endpoint_auth_signing_alg_values_supported"]) != "[RS384]" {
			t.Errorf("%s: %s", path, got.text)
		}
		if capable := fmt.Sprint(got.json["capabilities"]); (path == smartPath) != (capable == "[client-confidential-asymmetric]") {
			t.Errorf("%s: capabilities %s", path, capable)
		}
	}
	for _, r := range []struct {
		method, path string
		status       int
		allow, text  string
	}{
		{"GET", "/jwks", 200, "", `{"keys":[]}`},
		{"GET", "/_jwtdoctor/requests", 200, "", `{"requests":[]}`},
		{"POST", "/jwks", 405, "GET, HEAD", "GET"},
		{"GET", "/", 404, "", s.URL()},
		{"POST", "/elsewhere", 404, "", s.URL()},
		{"GET", "/authorize", 501, "", s.URL()},
		{"GET", "/.well-known/other", 404, "", "not_found"},
	} {
		got := ask(t, s, httptest.NewRequest(r.method, r.path, nil))
		if got.status != r.status || got.header.Get("Allow") != r.allow || !strings.Contains(got.text, r.text) || got.json == nil {
			t.Errorf("%s %s: %d %s", r.method, r.path, got.status, got.text)
		}
	}
	if judged, _ := s.Tally(); judged != 0 {
		t.Errorf("%d were judged", judged)
	}
}

// Every profile's documents have the members a client library refuses them
// without, and say what the server does take.
func TestDocumentsAreWhole(t *testing.T) {
	required := []string{"issuer", "authorization_endpoint", "token_endpoint", "jwks_uri", "response_types_supported", "subject_types_supported",
		"id_token_signing_alg_values_supported", "grant_types_supported", "token_endpoint_auth_methods_supported", "code_challenge_methods_supported"}
	const jwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer"
	for _, id := range profile.IDs() {
		c := config(t)
		c.Options.Profiles = []string{id}
		s := server(t, c)
		got := ask(t, s, httptest.NewRequest("GET", "/.well-known/openid-configuration", nil))
		list := func(name string) (out []string) {
			values, _ := got.json[name].([]any)
			for _, v := range values {
				out = append(out, fmt.Sprint(v))
			}
			return out
		}
		for _, name := range required {
			if text, _ := got.json[name].(string); text == "" && len(list(name)) == 0 {
				t.Errorf("%s: %s is %v", id, name, got.json[name])
			}
		}
		if !slices.Contains(list("id_token_signing_alg_values_supported"), "RS256") {
			t.Errorf("%s: RS256 must be among the algorithms of ID tokens", id)
		}
		methods, algs := list("token_endpoint_auth_methods_supported"), list("token_endpoint_auth_signing_alg_values_supported")
		if s.profile.Kind == grantKind {
			if !slices.Equal(methods, []string{"none"}) || len(algs) > 0 || !slices.Contains(list("grant_types_supported"), jwtBearer) {
				t.Errorf("%s: methods %v, algorithms %v, grant types %v", id, methods, algs, list("grant_types_supported"))
			}
		} else if !slices.Equal(methods, []string{"private_key_jwt"}) || len(algs) == 0 {
			t.Errorf("%s: methods %v, algorithms %v", id, methods, algs)
		}
		there, _ := got.json["authorization_endpoint"].(string)
		asked := ask(t, s, httptest.NewRequest("GET", there+"?response_type=code", nil))
		if asked.status != 501 || !strings.Contains(asked.text, s.URL()) {
			t.Errorf("%s: the authorization endpoint answers %d %s", id, asked.status, asked.text)
		}
	}
}
