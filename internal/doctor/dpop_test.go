package doctor_test

import (
	"slices"
	"testing"
)

// dpop adds a DPoP proof with these claims to a request.
func dpop(claims string) func(*exchange) {
	return func(e *exchange) {
		e.field("DPoP", b64(`{"typ":"dpop+jwt","alg":"ES256"}`)+"."+b64(claims)+".c2ln")
	}
}

// A DPoP proof is for one request: method and address are compared with those sent.
func TestDPoPProof(t *testing.T) {
	proof := dpop
	for _, row := range []struct {
		name   string
		change func(*exchange)
		via    []string
		want   string
	}{
		{"for this request", func(e *exchange) { proof(`{"htm":"POST","htu":"` + e.url + `"}`)(e) }, nil, ""},
		{"with a query, which does not count", func(e *exchange) { proof(`{"htm":"POST","htu":"` + e.url + `?x=y"}`)(e) }, nil, ""},
		{"another address", proof(`{"htm":"POST","htu":"https://api.example/resource"}`), nil, "dpop-htu-mismatch"},
		{"a trailing slash", func(e *exchange) { proof(`{"htm":"POST","htu":"` + e.url + `/"}`)(e) }, nil, "dpop-htu-mismatch"},
		{"another method", func(e *exchange) { proof(`{"htm":"GET","htu":"` + e.url + `"}`)(e) }, nil, "dpop-htm-mismatch"},
		{"in lower case", func(e *exchange) { proof(`{"htm":"post","htu":"` + e.url + `"}`)(e) }, nil, "dpop-htm-mismatch"},
		{"the tap", proof(`{"htm":"POST","htu":"http://127.0.0.1:4711/token"}`), []string{"http://127.0.0.1:4711"}, "dpop-htu-from-tap"},
		{"unreadable", func(e *exchange) { e.field("DPoP", "not.a.proof") }, nil, ""},
		{"without htu", proof(`{"htm":"POST"}`), nil, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			e := healthyExchange("redox")
			row.change(e)
			e.opts.Via = row.via
			c := e.judge(t)
			var got []string
			for _, f := range c.Findings {
				if f.Failed() && f.Check == "request-dpop" {
					got = append(got, string(f.Cause))
				}
			}
			if want := slices.DeleteFunc([]string{row.want}, func(s string) bool { return s == "" }); !slices.Equal(got, want) {
				t.Errorf("%q, want %q", got, want)
			}
		})
	}
}
