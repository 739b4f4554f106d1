package compare_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/compare"
	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

func b64(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

// made is an assertion and the request around it, in the making.
type made struct {
	header, claims, sig string
	method, url, fields string
	body                string // %s is the assertion
	response            string
}

func working() made {
	return made{
		header: `{"alg":"RS384","kid":"k1","typ":"JWT"}`,
		claims: `{"iss":"c","sub":"c","aud":"https://as.example/token","jti":"2f0a-1111-2222-3333","iat":1760000000,"exp":1760000240}`,
		sig:    strings.Repeat("s", 256),
		method: "POST", url: "https://as.example/token",
		fields:   "Content-Type: application/x-www-form-urlencoded\nUser-Agent: a/1\nX-Request-Id: 1\n",
		body:     "grant_type=client_credentials&client_assertion_type=urn%%3Aietf%%3Aparams%%3Aoauth%%3Aclient-assertion-type%%3Ajwt-bearer&client_assertion=%s",
		response: "HTTP/1.1 200 OK\nDate: Thu, 09 Oct 2025 08:53:22 GMT\nContent-Type: application/json\n\n{\"access_token\":\"x\",\"token_type\":\"Bearer\"}\n",
	}
}

func (m made) read(t *testing.T) *evidence.Case {
	t.Helper()
	m.body = fmt.Sprintf(m.body, b64(m.header)+"."+b64(m.claims)+"."+b64(m.sig))
	return m.asIs(t)
}

// asIs reads the request with the body it has.
func (m made) asIs(t *testing.T) *evidence.Case {
	t.Helper()
	text := m.method + " " + m.url + " HTTP/1.1\nHost: as.example\n" + m.fields + "\n" + m.body + "\n" + m.response
	cases, err := doctor.Evidence(context.Background(), doctor.Options{Profiles: []string{"rfc7523"}}, []doctor.Input{{Name: "x.http", Open: strings.NewReader(text)}})
	if err != nil || len(cases) != 1 {
		t.Fatalf("%d cases, %v\n%s", len(cases), err, text)
	}
	return cases[0]
}

// One change, one difference that matters; the jti, the signature and the hour
// are another one each time and matter never.
func TestCompare(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*made)
		want   []string // area and name
		note   string   // of the first
	}{
		{"nothing", func(*made) {}, nil, ""},
		{"another hour, jti and signature", func(m *made) {
			m.claims = strings.NewReplacer("77aa", "91bc", "1760000000", "1760003600", "1760000240", "1760003840").Replace(m.claims)
			m.sig = strings.Repeat("z", 256)
			m.response = strings.Replace(m.response, "08:53:22", "09:53:21", 1)
			m.fields = strings.Replace(m.fields, "X-Request-Id: 1", "X-Request-Id: 2", 1)
		}, nil, ""},
		{"another program", func(m *made) { m.fields = strings.Replace(m.fields, "a/1", "b/2", 1) }, nil, ""},
		{"a slash", func(m *made) { m.claims = strings.Replace(m.claims, `token"`, `token/"`, 1) }, []string{"claim aud"}, "only by a trailing slash"},
		{"aud in an array", func(m *made) {
			m.claims = strings.Replace(m.claims, `"https://as.example/token"`, `["https://as.example/token"]`, 1)
		}, []string{"claim aud"}, ""},
		{"no kid", func(m *made) { m.header = strings.Replace(m.header, `"kid":"k1",`, "", 1) }, []string{"JOSE header kid"}, ""},
		{"another alg", func(m *made) { m.header = strings.Replace(m.header, "RS384", "RS256", 1) }, []string{"JOSE header alg"}, ""},
		{"a longer life", func(m *made) { m.claims = strings.Replace(m.claims, "1760000240", "1760003600", 1) }, []string{"time exp after iat", "time exp after sending"}, ""},
		{"an old one", func(m *made) {
			m.claims = strings.NewReplacer("1760000000", "1759999000", "1760000240", "1759999240").Replace(m.claims)
		}, []string{"time iat after sending", "time exp after sending"}, ""},
		{"times as text", func(m *made) { m.claims = strings.Replace(m.claims, ":1760000240", `:"1760000240"`, 1) }, []string{"claim exp"}, ""},
		{"a shorter signature", func(m *made) { m.sig = m.sig[:128] }, []string{"assertion signature"}, ""},
		{"GET", func(m *made) { m.method = "GET" }, []string{"request method"}, ""},
		{"another host", func(m *made) { m.url = "https://as2.example/token" }, []string{"request URL"}, ""},
		{"JSON", func(m *made) { m.fields = strings.Replace(m.fields, "x-www-form-urlencoded", "json", 1) }, []string{"header content-type"}, ""},
		{"no User-Agent", func(m *made) { m.fields = strings.Replace(m.fields, "User-Agent: a/1\n", "", 1) }, []string{"header user-agent"}, ""},
		{"Basic too", func(m *made) { m.fields += "Authorization: Basic YTpi\n" }, []string{"header authorization"}, ""},
		{"chunked", func(m *made) { m.fields += "Transfer-Encoding: chunked\n" }, []string{"header transfer-encoding"}, ""},
		{"a scope", func(m *made) { m.body += "&scope=x" }, []string{"parameter scope"}, ""},
		{"a parameter twice", func(m *made) { m.body += "&grant_type=client_credentials" }, []string{"parameter grant_type"}, ""},
		{"a hyphen", func(m *made) { m.body = strings.Replace(m.body, "client_assertion=", "client-assertion=", 1) }, []string{"parameter client_assertion", "parameter client-assertion"}, ""},
		{"case", func(m *made) { m.body = strings.Replace(m.body, "client_credentials", "Client_Credentials", 1) }, []string{"parameter grant_type"}, "only by upper and lower case"},
		{"parameters the other way round", func(m *made) {
			m.body = "client_assertion=%s&client_assertion_type=urn%%3Aietf%%3Aparams%%3Aoauth%%3Aclient-assertion-type%%3Ajwt-bearer&grant_type=client_credentials"
		}, nil, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bad := working()
			bad.claims = strings.Replace(bad.claims, "2f0a-1111", "77aa-1111", 1)
			tt.change(&bad)
			r := compare.Compare(working().read(t), bad.read(t))
			var got []string
			for _, d := range r.Matter() {
				got = append(got, string(d.Area)+" "+d.Name)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("differences %q, want %q", got, tt.want)
			}
			if tt.note != "" && (len(r.Matter()) == 0 || r.Matter()[0].Note != tt.note) {
				t.Errorf("notes %+v, want %q", r.Matter(), tt.note)
			}
			for _, d := range r.Differences {
				if strings.Contains(d.Good+d.Bad, "2f0a-1111-2222-3333") || strings.Contains(d.Good+d.Bad, "ssssssssssss") {
					t.Errorf("a secret is shown: %+v", d)
				}
			}
		})
	}
}
