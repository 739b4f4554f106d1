package input

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"
	"testing"
)

func TestHARAuthorization(t *testing.T) {
	const (
		back     = "https://app.acme.example/cb"
		verifier = "abcdefghijklmnopqrstuvwxyz0123456789-._~abcdefg"
	)
	authorize := func(client, redirect, state, more string) obj {
		return entryOf("GET", "https://auth.acme.example/authorize?response_type=code&client_id="+client+"&redirect_uri="+url.QueryEscape(redirect)+"&state="+state+more, "", 200, "")
	}
	callback := func(code, state string) obj {
		return entryOf("GET", back+"?code="+code+"&state="+state, "", 200, "")
	}
	token := func(client, redirect, code, more string) obj {
		return entryOf("POST", harToken, "grant_type=authorization_code&client_id="+client+"&redirect_uri="+url.QueryEscape(redirect)+"&code="+code+more, 400, "{}")
	}
	located := redirectEntry("POST", "https://auth.acme.example/login", "user=a", 302, back+"?code=C&state=s1")
	posted := entryOf("POST", back, "code=C&state=s1", 200, "")
	pushed := entryOf("POST", "https://auth.acme.example/par", "response_type=code&client_id=a&state=s1&redirect_uri="+url.QueryEscape(back), 201, "{}")
	late := authorize("a", back, "s1", "")
	late["startedDateTime"] = "2026-03-04T05:07:00Z"
	segment := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	jwt := segment(`{"alg":"RS256","typ":"JWT"}`) + "." + segment(`{"iss":"a","sub":"a","aud":"https://auth.acme.example"}`) + "." + segment("not a signature, but as long as one might be")
	challenge := "&code_challenge_method=S256&code_challenge=" + challengeOf(verifier)
	for _, tt := range []struct {
		name    string
		entries list
		want    string // state of the one that is found
	}{
		{"none", list{token("a", back, "C", "")}, ""},
		{"redirect_uri and client", list{authorize("a", back, "s1", ""), authorize("b", back, "s2", ""), token("a", back, "C", "")}, "s1"},
		{"the latest of two", list{authorize("a", back, "s1", ""), authorize("a", back, "s2", ""), token("a", back, "C", "")}, "s2"},
		{"by the code", list{authorize("a", back, "s1", ""), authorize("a", back, "s2", ""), callback("C", "s1"), token("a", back, "C", "")}, "s1"},
		{"by the code in Location", list{authorize("a", back, "s1", ""), authorize("a", back, "s2", ""), located, token("a", back, "C", "")}, "s1"},
		{"by the code in a form", list{authorize("a", back, "s1", ""), authorize("a", back, "s2", ""), posted, token("a", back, "C", "")}, "s1"},
		{"by the code, another redirect_uri", list{authorize("a", back+"/", "s1", ""), callback("C", "s1"), token("a", back, "C", "")}, "s1"},
		{"by the code, another client", list{authorize("b", back, "s1", ""), callback("C", "s1"), token("a", back, "C", "")}, "s1"},
		{"by state", list{authorize("a", back, "s1", ""), authorize("a", back, "s2", ""), token("a", back, "C", "&state=s1")}, "s1"},
		{"by the challenge", list{authorize("a", back, "s1", challenge), authorize("a", back, "s2", "&code_challenge=x"), token("a", back, "C", "&code_verifier="+verifier)}, "s1"},
		{"by the client", list{authorize("a", back+"/", "s1", ""), authorize("b", back+"/", "s2", ""), token("a", back, "C", "")}, "s1"},
		{"another client", list{authorize("b", back+"/", "s1", ""), token("a", back, "C", "")}, ""},
		{"client left out", list{authorize("a", back, "s1", ""), entryOf("POST", harToken, "grant_type=authorization_code&code=C&redirect_uri="+url.QueryEscape(back), 400, "{}")}, "s1"},
		{"client by the assertion's sub", list{authorize("a", back+"/", "s1", ""), authorize("b", back+"/", "s2", ""), entryOf("POST", harToken, "grant_type=authorization_code&code=C&client_assertion="+jwt, 400, "{}")}, "s1"},
		{"its code was another", list{authorize("a", back, "s1", ""), callback("D", "s1"), token("a", back, "C", "")}, ""},
		{"the code's own was not recorded", list{authorize("a", back, "s1", ""), callback("C", "s9"), token("a", back, "C", "")}, ""},
		{"sent later", list{late, token("a", back, "C", "")}, ""},
		{"not before", list{token("a", back, "C", ""), authorize("a", back, "s1", "")}, ""},
		{"pushed", list{pushed, token("a", back, "C", "")}, "s1"},
		{"client credentials", list{authorize("a", back, "s1", ""), entryOf("POST", harToken, "grant_type=client_credentials&client_id=a", 400, "{}")}, ""},
		{"refresh", list{authorize("a", back, "s1", ""), entryOf("POST", harToken, "grant_type=refresh_token&client_id=a&refresh_token=x", 400, "{}")}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			all, err := readHAR(harOf(t, "WebInspector", tt.entries...))
			if err != nil || len(all) != 1 {
				t.Fatalf("%d exchanges, error %v", len(all), err)
			}
			got := ""
			if a := all[0].Authorization; a != nil {
				p, _ := a.Param("state")
				got = p.Value
				if a.Text[p.Span.Start:p.Span.End] != got || len(a.Headers) > 1 || a.What != harWhat {
					t.Errorf("the authorization request reads %q", a.Text)
				}
			}
			if got != tt.want {
				t.Errorf("found the one with state %q, want %q", got, tt.want)
			}
		})
	}
}

func TestHARLoginsAreFew(t *testing.T) {
	var l list
	for i := range 4 * maxCodes {
		l = append(l, entryOf("GET", fmt.Sprintf("https://auth.acme.example/authorize?response_type=code&client_id=a&state=s%d", i), "", 302, ""),
			entryOf("GET", fmt.Sprintf("https://app.acme.example/cb?code=c%d&state=s%d", i, i), "", 200, ""))
	}
	var kept harLogins
	text := harOf(t, "x", l...)
	h := newHAR("x.har", strings.NewReader(text))
	for h.step() == nil {
		kept = h.logins
	}
	if len(kept.logins) != maxLogins || len(kept.codes) != maxCodes {
		t.Errorf("%d logins and %d codes are kept", len(kept.logins), len(kept.codes))
	}
}
