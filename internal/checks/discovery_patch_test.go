package checks

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// The algorithm to sign with is one that the document lists and the profile
// accepts, for the key there is; a patch of it leaves nothing wrong.
func TestListedAlgorithms(t *testing.T) {
	accepts := func(l *looking, algs ...string) {
		l.p.Rules = append(l.p.Rules, profile.HeaderAccepted.Is("alg", algs))
	}
	for _, tt := range []struct {
		name   string
		change func(*looking)
		want   string // the algorithm to sign with; "" if nothing says which
	}{
		{"another spelling", func(l *looking) { l.header = `{"alg":"rs384"}` }, "RS384"},
		{"another hash", func(l *looking) { l.header = `{"alg":"RS512"}` }, "RS256"},
		{"another hash, of which the profile accepts one", func(l *looking) { l.header = `{"alg":"RS512"}`; accepts(l, "RS384", "ES384") }, "RS384"},
		{"another kind of key, and one algorithm", func(l *looking) { l.header = `{"alg":"ES256"}`; l.d.Algs = []string{"RS384", "none", "HS256"} }, "RS384"},
		{"another kind of key, and several", func(l *looking) { l.header = `{"alg":"ES256"}` }, ""},
		{"another curve", func(l *looking) { l.header = `{"alg":"ES256"}`; l.d.Algs = []string{"ES384", "ES512"} }, ""},
		{"nothing the profile accepts", func(l *looking) { l.header = `{"alg":"RS512"}`; accepts(l, "ES384") }, ""},
	} {
		l := healthyLook()
		tt.change(l)
		var fault *finding.Finding
		for _, f := range l.judge() {
			if f.Cause == "alg-unsupported" {
				fault = &f
			}
		}
		if fault == nil {
			t.Errorf("%s: no fault", tt.name)
			continue
		}
		if tt.want == "" {
			if len(fault.Patch) > 0 {
				t.Errorf("%s: %+v", tt.name, fault.Patch)
			}
			continue
		}
		if len(fault.Patch) != 1 || fault.Patch[0].Part != finding.PartHeader || fault.Patch[0].Pointer != "/alg" || fault.Patch[0].Value != tt.want ||
			!strings.Contains(strings.Join(fault.Fix, " "), tt.want) {
			t.Errorf("%s: %+v, fix %q; want %s", tt.name, fault.Patch, fault.Fix, tt.want)
			continue
		}
		again := healthyLook()
		tt.change(again)
		header := map[string]any{}
		if err := json.Unmarshal([]byte(again.header), &header); err != nil {
			t.Fatal(err)
		}
		header["alg"] = fault.Patch[0].Value
		raw, err := json.Marshal(header)
		if err != nil {
			t.Fatal(err)
		}
		again.header = string(raw)
		if causes := weighed(again.judge()); slices.ContainsFunc(causes, func(c string) bool { return strings.HasSuffix(c, "!") }) {
			t.Errorf("%s: after the patch %v", tt.name, causes)
		}
	}
}
