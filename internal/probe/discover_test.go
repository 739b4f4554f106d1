package probe

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// One server, a file a path; {base} means its address.
func TestDiscover(t *testing.T) {
	const doc = `{"issuer":"{base}%s","token_endpoint":"{base}%s","jwks_uri":"{base}/keys"}`
	files := map[string]string{
		"/realms/a/.well-known/openid-configuration":       fmt.Sprintf(doc, "/realms/a", "/realms/a/protocol/openid-connect/token"),
		"/.well-known/oauth-authorization-server/as":       fmt.Sprintf(doc, "/as", "/as/oauth/token"),
		"/fhir/.well-known/smart-configuration":            `{"token_endpoint":"{base}/fhir/auth","capabilities":[]}`,
		"/tenant/v2.0/.well-known/openid-configuration":    fmt.Sprintf(doc, "/tenant/v2.0", "/tenant/oauth2/v2.0/token"),
		"/oauth2/default/.well-known/openid-configuration": fmt.Sprintf(doc, "/oauth2/default", "/oauth2/default/v1/token"),
		"/moved/.well-known/openid-configuration":          fmt.Sprintf(doc, "/moved", "/moved/new"),
		"/.well-known/openid-configuration":                fmt.Sprintf(doc, "", "/oauth/token"),
		"/page/.well-known/openid-configuration":           "<html>",
		"/empty/.well-known/openid-configuration":          " ",
		"/array/.well-known/openid-configuration":          "[]",
		"/other/.well-known/openid-configuration":          `{"a":1}`,
	}
	base := ""
	port := serve(t, nil, func(w http.ResponseWriter, r *http.Request, _ <-chan struct{}) {
		text, ok := files[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		io.WriteString(w, strings.ReplaceAll(text, "{base}", base))
	})
	base = "http://127.0.0.1:" + port
	for _, r := range []struct {
		name, asked, source, form string
		tried                     int
		trouble                   string // of the first that was tried
	}{
		{"an issuer", "/realms/a", "/realms/a/.well-known/openid-configuration", "openid-configuration", 1, ""},
		{"an issuer with a slash", "/realms/a/", "/realms/a/.well-known/openid-configuration", "openid-configuration", 1, ""},
		{"an issuer without path", "", "/.well-known/openid-configuration", "openid-configuration", 1, ""},
		{"RFC 8414", "/as", "/.well-known/oauth-authorization-server/as", "oauth-authorization-server", 2, "status 404"},
		{"SMART", "/fhir", "/fhir/.well-known/smart-configuration", "smart-configuration", 3, "status 404"},
		{"an issuer that publishes nothing", "/none", "", "", 3, "status 404"},
		{"the document", "/realms/a/.well-known/openid-configuration", "/realms/a/.well-known/openid-configuration", "openid-configuration", 1, ""},
		{"a document that is not there", "/realms/b/.well-known/openid-configuration", "", "", 1, "status 404"},
		{"Keycloak's token endpoint", "/realms/a/protocol/openid-connect/token", "/realms/a/.well-known/openid-configuration", "openid-configuration", 1, ""},
		{"Entra's token endpoint", "/tenant/oauth2/v2.0/token", "/tenant/v2.0/.well-known/openid-configuration", "openid-configuration", 1, ""},
		{"Okta's token endpoint", "/oauth2/default/v1/token", "/oauth2/default/.well-known/openid-configuration", "openid-configuration", 1, ""},
		{"a token endpoint by its product, that has moved", "/moved/connect/token", "/moved/.well-known/openid-configuration", "openid-configuration", 1, ""},
		{"a token endpoint of the root", "/oauth/token", "/.well-known/openid-configuration", "openid-configuration", 1, ""},
		{"another tenant's document", "/t/1/2/3/4/5/6/token", "", "", 6, "another issuer"},
		{"a page", "/page", "", "", 3, "a page instead"},
		{"nothing", "/empty", "", "", 3, "empty"},
		{"an array", "/array", "", "", 3, "not a JSON object"},
		{"another document", "/other", "", "", 3, "neither issuer"},
	} {
		t.Run(r.name, func(t *testing.T) {
			d := local(t, nil).Discover(t.Context(), base+r.asked)
			source := ""
			if r.source != "" {
				source = base + r.source
			}
			if d.Source != source || d.Form != r.form || len(d.Tried) != r.tried || (d.Doc != nil) != (r.source != "") || d.Asked != base+r.asked {
				t.Fatalf("source %q, form %q, tried %+v; want %q, %q, %d", d.Source, d.Form, d.Tried, r.source, r.form, r.tried)
			}
			if got := d.Tried[0].Trouble; !strings.Contains(got, r.trouble) || (got == "") != (r.trouble == "") {
				t.Errorf("the first: %q, want %q", got, r.trouble)
			}
		})
	}

	if d := local(t, nil).Discover(t.Context(), "auth.example"); d.Doc != nil || len(d.Tried) != 1 || d.Tried[0].Trouble == "" {
		t.Errorf("no address: %+v", d)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if d := local(t, nil).Discover(ctx, base); d.Doc != nil || len(d.Tried) != 0 {
		t.Errorf("cancelled: %+v", d)
	}
}

func TestReadDiscovery(t *testing.T) {
	d := ReadDiscovery("meta.json", []byte(`{"issuer":"https://auth.example/","token_endpoint":"https://auth.example/token","authorization_endpoint":"https://auth.example/a",
		"jwks_uri":"https://auth.example/keys","token_endpoint_auth_methods_supported":["private_key_jwt",1],"token_endpoint_auth_signing_alg_values_supported":[],"subject_types_supported":["public"]}`))
	if d.Doc == nil || len(d.Faults) > 0 || d.Issuer != "https://auth.example/" || d.TokenEndpoint != "https://auth.example/token" ||
		d.AuthorizationEndpoint != "https://auth.example/a" || d.JWKSURI != "https://auth.example/keys" || d.Form != "openid-configuration" || d.Source != "meta.json" {
		t.Errorf("%+v", d)
	}
	if diff := cmp.Diff([]string{"private_key_jwt"}, d.AuthMethods); diff != "" {
		t.Error(diff)
	}
	if d.Algs == nil || len(d.Algs) != 0 {
		t.Errorf("an empty list is %#v", d.Algs)
	}
	if d := ReadDiscovery("x", []byte(`{"issuer":7,"token_endpoint_auth_methods_supported":"private_key_jwt"}`)); d.Issuer != "" || d.AuthMethods != nil || d.Algs != nil {
		t.Errorf("other types: %+v", d)
	}
	if d := ReadDiscovery("x", []byte(`{"issuer":"https://auth.example","token_endp`)); d.Issuer == "" || len(d.Faults) == 0 {
		t.Errorf("cut off: %+v", d)
	}
	if d := ReadDiscovery("x", []byte("<html>")); d.Doc != nil || len(d.Faults) == 0 {
		t.Errorf("a page: %+v", d)
	}
}

func FuzzReadDiscovery(f *testing.F) {
	for _, seed := range []string{`{"issuer":"a","token_endpoint_auth_methods_supported":["b"]}`, `{"issuer":`, "[]", "", "<html>"} {
		f.Add("s", []byte(seed))
	}
	f.Fuzz(func(t *testing.T, source string, data []byte) {
		d := ReadDiscovery(source, data)
		if d.Doc == nil && (d.Issuer != "" || d.Form != "") {
			t.Errorf("members without a document: %+v", d)
		}
	})
}

// An address is either refused or shown without what could be a credential.
func FuzzTarget(f *testing.F) {
	for _, seed := range []string{"https://a:b@auth.example/token?code=x#y", "http://[::1]:80/%zz", "https://", "//a", "https://h/?a=b;client_secret=c"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, address string) {
		u, ok := target(address)
		if !ok {
			return
		}
		if u.User != nil || u.Fragment != "" || u.Hostname() == "" || u.Query().Has("code") {
			t.Errorf("%q is asked as %q", address, u)
		}
		if n := len(places(u, isEndpoint(u))); n == 0 || n > maxTries {
			t.Errorf("%q: %d places", address, n)
		}
	})
}
