package mask

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// held is evidence for a test.
type held struct {
	reveal, person bool
	list           func(*List)
}

func (h held) Reveal() bool { return h.reveal }
func (h held) Person() bool { return h.person }
func (h held) Secrets(l *List) {
	if h.list != nil {
		h.list(l)
	}
}

// What looks like a secret is masked without any evidence; what is only about one
// is not.
func TestTextByItsLooks(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"the token is eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJhIn0.c2lnbmF0dXJl, they said.", "the token is eyJ…(49 characters), they said."},
		{"client_assertion%3DeyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJhIn0.c2ln%26x", "client_assertion%3DeyJ…(41 characters)%26x"},
		{"?jwt=eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJhIn0.c2ln", "?jwt=eyJ…(41 characters)"},
		{"eyelashes.and more", "eyelashes.and more"},
		{"header eyJhbGciOiJSUzI1NiJ9 alone", "header eyJhbGciOiJSUzI1NiJ9 alone"},
		{"see https://joe:hunter2@as.example/token", "see https://…@as.example/token"},
		{"see https://joe:hun/ter?2@as.example/token", "see https://…@as.example/token"},
		{"see //hunter2@as.example/token", "see //…@as.example/token"},
		{"mail joe@as.example at https://as.example:8443/a@b", "mail joe@as.example at https://as.example:8443/a@b"},
		{"https://as.example/token?client_secret=abc&grant_type=password", "https://as.example/token?client_secret=…(3 characters)&grant_type=password"},
		{"https://as.example/#access_token=abcdef&token_type=bearer", "https://as.example/#access_token=…(6 characters)&token_type=bearer"},
		{`{"client_secret": "a b", "token_type": "x1y2z3"}`, `{"client_secret": "…(3 characters)", "token_type": "x1y2z3"}`},
		{`{\"refresh_token\":\"a9b8c7\",\"scope\":\"x\"}`, `{\"refresh_token\":\"…(6 characters)\",\"scope\":\"x\"}`},
		{"client_secret%3Dabc9%26scope%3Dx", "client_secret%3D…(4 characters)%26scope%3Dx"},
		{"the code=SplxlOBeZQQYbYS6WxSbIA is used", "the code=Spl…(22 characters) is used"},
		{"Error code: 700027, code=invalid_client", "Error code: 700027, code=invalid_client"},
		{"token: a JWT is expected", "token: a JWT is expected"},
		{"password: hunter2", "password: …(7 characters)"},
		{"password: give another", "password: give another"},
		{"Authorization: Bearer a9b8c7d6", "Authorization: Bearer …(8 characters)"},
		{"sent as Bearer a9b8c7d6e5f4 in", "sent as Bearer a9b…(12 characters) in"},
		{"Bearer authentication, Basic realm", "Bearer authentication, Basic realm"},
		{"Cookie: a=1b2c3d4; b=5", "Cookie: a=1…(14 characters)"},
		{`-d "client_assertion=$JWT" -d client_secret=<secret> -d code={{code}} -d password=YOUR_PASSWORD`, `-d "client_assertion=$JWT" -d client_secret=<secret> -d code={{code}} -d password=YOUR_PASSWORD`},
		{"-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----", "-----BEGIN PRIVATE KEY-----(private)-----END PRIVATE KEY-----"},
		{"-----BEGIN RSA PRIVATE KEY----- MIIEvQIBADANBgkqhkiG9w0BAQEFAASC", "-----BEGIN RSA PRIVATE KEY-----(private)"},
		{"it begins with -----BEGIN PRIVATE KEY----- and is a key", "it begins with -----BEGIN PRIVATE KEY----- and is a key"},
		{"KEY=LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0tCk1JSUV2UQ== x", "KEY=(private) x"},
		{`{"kty":"EC","crv":"P-256","d":"abcdefgh"}`, `{"kty":"EC","crv":"P-256","d":"(private)"}`},
		{"ghp_abcdefghijklmno1", "ghp…(20 characters)"},
		{"jti=a1b2c3d4e5", "jti=…(10 characters)"},
		{"", ""}, {"aud", "aud"},
	} {
		var m Mask
		got := m.Text(tt.in)
		if got != tt.want {
			t.Errorf("%q\n is shown as %q\n      want %q", tt.in, got, tt.want)
		}
		if again := m.Text(got); again != got {
			t.Errorf("%q is masked again as %q", got, again)
		}
	}
}

// A secret of the evidence is found wherever it is quoted, and ordinary words are
// not taken for it.
func TestTextByEvidence(t *testing.T) {
	m := Of(held{list: func(l *List) {
		l.Secret("SplxlOBeZQQYbYS6WxSbIA")
		l.Secret("pässword with/blanks")
		l.Secret("hush")
		l.Doubtful("production")
		l.Doubtful("zq7kp2mx")
		l.Doubtful("tenant-77aa")
		l.Shown("https://login.example/tenant-77aa/token")
		l.Person("Jane Doe")
		l.Person("Jane")
		l.Person("admin")
		l.Doubtful("https://as.example/token9")
		l.Shown("https://as.example/token9")
		l.Header("Cookie", "sid=c00kie-value; Path=/")
		l.Header("X-Unknown", "9f8e7d6c5b4a")
		l.Header("User-Agent", "curl/8.5.0")
		l.Header("Authorization", "Basic am9lOmh1bnRlcjItcGFzcw==")
		l.Header("Referer", "https://app.example/cb?code=q1w2e3r4t5&x=1")
		l.Param("x", "eyJhbGciOiJSUzI1NiJ9.cGF5bG9hZA.c2lnbmF0dXJl")
		l.Words("free text with t0ken-in-it and words")
	}})
	for _, tt := range []struct{ in, want string }{
		{"you sent SplxlOBeZQQYbYS6WxSbIA.", "you sent Spl…(22 characters)."},
		{"you sent SplxlOBeZQQYbYS6", "you sent Spl…(16 characters)"}, // cut off
		{"you sent SplxlOBe", "you sent SplxlOBe"},                    // too little to know it
		{"p%C3%A4ssword+with%2Fblanks", "p%C…(27 characters)"},
		{"hush, they said", "hush, they said"},
		{"password=hush", "password=…(4 characters)"},
		{`"hush" was sent`, `"…(4 characters)" was sent`},
		{"production is the environment", "production is the environment"},
		{"x=production&y", "x=…(10 characters)&y"},
		{"https://login.example/tenant-77aa/token", "https://login.example/tenant-77aa/token"},
		{"zq7kp2mx is unknown", "…(8 characters) is unknown"},
		{"for Jane Doe", "for …(8 characters)"},
		{"for Jane", "for …(4 characters)"}, {"for Janet", "for Janet"}, {"the admin of it", "the admin of it"}, {"login=admin", "login=…(5 characters)"}, {"name 'Jane'", "name '…(4 characters)'"},
		{"go to https://as.example/token9", "go to https://as.example/token9"},
		{"c00kie-value", "c00…(12 characters)"},
		{"9f8e7d6c5b4a", "9f8…(12 characters)"},
		{"curl/8.5.0", "curl/8.5.0"},
		{"hunter2-pass", "hun…(12 characters)"},
		{"q1w2e3r4t5", "…(10 characters)"},
		{"the part cGF5bG9hZA", "the part …(10 characters)"},
		{"t0ken-in-it", "…(11 characters)"},
	} {
		if got := m.Text(tt.in); got != tt.want {
			t.Errorf("%q\n is shown as %q\n      want %q", tt.in, got, tt.want)
		}
	}
}

// Of a server's words, the addresses may hold secrets; what comes after one, and a link
// to a manual, does not.
func TestAnswersWords(t *testing.T) {
	const said = `{"error_description":"See https://learn.microsoft.com/graph?view=graph-rest-1.0&tabs=http to build 'https://graph.microsoft.com/beta?key=k3y-9x7w2'. Trace ID: 0d1c2b3a-4f5e-6d7c-8b9a-0a1b2c3d4e00 Timestamp: 2026-11-30 00:12:34Z",` +
		`"redirect":"https://app.example/cb?view=v13w-s3cr3t","error_uri":"https://login.microsoftonline.com/error?code=700027","its_uri":"https://as.example/error?code=4711","other_uri":"https://login.microsoftonline.com/error?code=q1w2e3r4"}`
	v, _ := jsonspan.Scan([]byte(said), jsonspan.Limits{})
	of := func(add func(*List, *jsonspan.Value, bool)) *Mask {
		return Of(held{list: func(l *List) { add(l, v, false) }})
	}
	got := of((*List).Answer).Text(said)
	want := strings.NewReplacer("k3y-9x7w2", "…(9 characters)", "v13w-s3cr3t", "…(11 characters)", "q1w2e3r4", "…(8 characters)").Replace(said)
	if got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	// Elsewhere the query of any address may be a secret.
	if got := of((*List).JSON).Text("graph-rest-1.0"); got == "graph-rest-1.0" {
		t.Errorf("%s", got)
	}
}

// --show-secrets shows all but private keys.
func TestReveal(t *testing.T) {
	const jwt = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJhIn0.c2lnbmF0dXJl"
	m := Of(held{true, true, func(l *List) {
		l.Secret("SplxlOBeZQQYbYS6WxSbIA")
		l.PrivateKey("very-private-exponent")
	}})
	for _, tt := range [][2]string{
		{m.Text("SplxlOBeZQQYbYS6WxSbIA " + jwt), "SplxlOBeZQQYbYS6WxSbIA " + jwt},
		{m.Param("client_secret", "hush"), "hush"},
		{m.Header("Cookie", "a=b"), "a=b"},
		{m.Text("d is very-private-exponent"), "d is (private)"},
		{m.Param("key", "-----BEGIN PRIVATE KEY----- MIIEvQIBADANBgkqhkiG9w0BAQEFAASC"), "-----BEGIN PRIVATE KEY-----(private)"},
		{string(m.JSON([]byte(`{"jti":"a","email":"b","jwk":{"kty":"RSA","d":"c","n":"e"}}`))), `{"jti":"a","email":"b","jwk":{"kty":"RSA","d":"(private)","n":"e"}}`},
	} {
		if tt[0] != tt[1] {
			t.Errorf("shown %q, want %q", tt[0], tt[1])
		}
	}
}

func TestJSON(t *testing.T) {
	for _, tt := range []struct {
		name     string
		person   bool
		in, want string
	}{
		{"jti, however it is spelled", false, `{"jti":"a1b2c3d4e5f6","JTI":7654321,"x":{"Jti":"b"},"iss":"me"}`,
			`{"jti":"a1b…(12 characters)","JTI":"…(7 characters)","x":{"Jti":"…(1 characters)"},"iss":"me"}`},
		{"secrets in objects and lists", false, `{"a":[{"client_secret":{"x":"s","y":[1,true,null]}}],"passwords":["p","q"]}`,
			`{"a":[{"client_secret":{"x":"…(1 characters)","y":["…(1 characters)",true,null]}}],"passwords":["…(1 characters)","…(1 characters)"]}`},
		{"a JWT in any claim", false, `{"x":["eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJhIn0.c2ln"],"aud":"https://u:p@as.example/t"}`,
			`{"x":["eyJ…(41 characters)"],"aud":"https://…@as.example/t"}`},
		{"a JWK", false, `{"jwk":{"kty":"oct","k":"abc"},"cnf":{"jwk":{"kty":"EC","x":"1","d":5}}}`,
			`{"jwk":{"kty":"oct","k":"(private)"},"cnf":{"jwk":{"kty":"EC","x":"1","d":"(private)"}}}`},
		{"a person, in an assertion of a client", false, `{"iss":"a","sub":"a","given_name":"Jo"}`, `{"iss":"a","sub":"a","given_name":"Jo"}`},
		{"a person", true, `{"iss":"a","sub":"x","given_name":"Jo","givenName":"Jo","GivenName":"Jo","given-name":"Jo","http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname":"Jo","email_verified":true,"act":{"sub":"y"},"address":{"street":"z","country":"N"}}`,
			`{"iss":"a","sub":"…(1 characters)","given_name":"…(2 characters)","givenName":"…(2 characters)","GivenName":"…(2 characters)","given-name":"…(2 characters)","http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname":"…(2 characters)","email_verified":true,"act":{"sub":"…(1 characters)"},"address":{"street":"…(1 characters)","country":"…(1 characters)"}}`},
		{"on behalf of a person", false, `{"iss":"svc@p.iam.example","sub":"joe@corp.example"}`, `{"iss":"svc@p.iam.example","sub":"joe…(16 characters)"}`},
		{"two accounts of one domain", false, `{"iss":"svc@p.iam.example","sub":"svcs@p.iam.example"}`, `{"iss":"svc@p.iam.example","sub":"svcs@p.iam.example"}`},
		{"the last of a name counts", false, `{"a":1,"a":2}`, `{"a":2}`},
		{"no JSON", false, `{"a":tru`, `{"a":"tru"}`},
	} {
		m := Of(held{person: tt.person})
		got := string(m.JSON([]byte(tt.in)))
		if got != tt.want || !json.Valid([]byte(got)) {
			t.Errorf("%s:\n  %s\nis shown as\n  %s\nwant\n  %s", tt.name, tt.in, got, tt.want)
		}
		// The same is hidden where the text itself is shown.
		v, _ := jsonspan.Scan([]byte(tt.in), jsonspan.Limits{})
		if n := len(m.Hidden(v, tt.in, jsonspan.Span{End: 1})); n > 1 {
			t.Errorf("%s: %d stretches at the beginning", tt.name, n)
		}
		at := 0
		var b strings.Builder
		for _, h := range m.Hidden(v, tt.in, jsonspan.Span{End: len(tt.in)}) {
			if h.Span.Start < at || h.Span.End > len(tt.in) {
				t.Fatalf("%s: %v after %d", tt.name, h.Span, at)
			}
			b.WriteString(tt.in[at:h.Span.Start] + h.As)
			at = h.Span.End
		}
		b.WriteString(tt.in[at:])
		if tt.want != tt.in && strings.HasPrefix(tt.name, "a person,") && b.String() != tt.in {
			t.Errorf("%s: %s", tt.name, b.String())
		}
		for _, secret := range []string{`"Jo"`, "a1b2c3", "7654321", "c2ln", `u:p`, `"abc"`, "joe@corp"} {
			if strings.Contains(b.String(), secret) && strings.Contains(tt.in, secret) && !strings.Contains(tt.want, secret) {
				t.Errorf("%s: %s is in %s", tt.name, secret, b.String())
			}
		}
	}
}

func TestValuesByName(t *testing.T) {
	var m Mask
	for _, tt := range []struct{ got, want string }{
		{m.Param("grant_type", "client_credentials"), "client_credentials"},
		{m.Param("Grant-Type", "client_credentials"), "client_credentials"},
		{m.Param("scope", "a eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJhIn0.c2ln"), "a eyJ…(41 characters)"},
		{m.Param("client_secrte", "hush"), "…(4 characters)"},
		{m.Param("", "hush"), "…(4 characters)"},
		{m.Param("state", "xyz"), "…(3 characters)"},
		{m.Param("x", ""), ""},
		{m.Header("Content-Type", "text/plain"), "text/plain"},
		{m.Header("X-Whatever", "value-of-it"), "…(11 characters)"},
		{m.Header("Authorization", "Bearer a"), "Bearer …(1 characters)"},
		{m.Header("Authorization", "Bearer"), "Bearer"},
		{m.Header("Referer", "https://u:p@app.example/cb?code=abc&scope=x#frag1234"), "https://…@app.example/cb?code=…&scope=x#…"},
		{m.Member("error_description", "bad"), "bad"},
		{m.Member("access_token", "abc"), "…(3 characters)"},
		{m.Name("client_secret"), "client_secret"},
		{m.Name("X9fK2mQ7pL4vB8nR"), "X9f…(16 characters)"},
		{Address("https://as.example/a/Zk3Xq9Lm2Vb7Rt5Yw1Pc8Nd4/token"), "https://as.example/a/…/token"},
		{Address("https://login.example/72f988bf-86f1-41af-91ab-2d7cd011db47/token"), "https://login.example/72f988bf-86f1-41af-91ab-2d7cd011db47/token"},
	} {
		if tt.got != tt.want {
			t.Errorf("shown %q, want %q", tt.got, tt.want)
		}
	}
}

func TestPlain(t *testing.T) {
	for _, s := range []string{"", "rdeox", "missing.jwt", "fixtures/2024/token-1.jwt", "yesterday", "2026-11-21T08:00:00Z", "1795219230", "30s", "just a word", "no such thing", "../a/b.yaml", `C:\tmp\x.jwt`} {
		if !Plain(s) {
			t.Errorf("%q is not repeated", s)
		}
	}
	for _, s := range []string{"hunter2", "zq7Kp2mXv9", "SECRETVALUE0001", "planted-secret-17", "a=b", "joe@corp.example", strings.Repeat("x", 81), "dir/Zk3Xq9Lm2Vb7Rt5Yw1Pc8Nd4", `{"a":1}`, "abc…"} {
		if Plain(s) {
			t.Errorf("%q is repeated", s)
		}
	}
}

// The mark of an excerpt stays on what it was on.
func TestExcerpt(t *testing.T) {
	m := Of(held{list: func(l *List) { l.Secret("SplxlOBeZQQYbYS6WxSbIA") }})
	for _, tt := range []struct{ before, marked, after, want string }{
		{`"kid": "`, "k1", `", "x": "SplxlOBeZQQYbYS6WxSbIA"`, "k1"},
		{`"x": "SplxlOBeZQQYbYS6WxSbIA", "kid": "`, "k1", `"`, "k1"},
		{`"x": "`, "SplxlOBeZQQYbYS6WxSbIA", `"`, "Spl…(22 characters)"},
		{`"x": "Splxl`, "OBeZ", `QQYbYS6WxSbIA"`, "Spl…(22 characters)"},
		{`"x`, `": "SplxlOBeZ`, `QQYbYS6WxSbIA"`, `": "Spl…(22 characters)`},
		{"a", "", "b", ""},
	} {
		e := m.Excerpt(&finding.Excerpt{Text: tt.before + tt.marked + tt.after, Start: len(tt.before), Length: len(tt.marked)})
		if strings.Contains(e.Text, "QQYbYS6") || e.Text[e.Start:e.Start+e.Length] != tt.want {
			t.Errorf("%q: %q is marked in %q", tt.before+tt.marked+tt.after, e.Text[e.Start:e.Start+e.Length], e.Text)
		}
	}
}

func FuzzText(f *testing.F) {
	for _, s := range []string{"https://a:b@c/?x=y", "client_secret=…(3 characters)", `{"jti":"x"`, "eyJhbGciOiJSUzI1NiJ9.e30.", "PRIVATE KEY-----", "Bearer \xff", "a=b:c=%3D", "“x”=y", `\"code\":\"`} {
		f.Add(s, "SplxlOBeZQQYbYS6WxSbIA")
	}
	f.Fuzz(func(t *testing.T, s, secret string) {
		m := Of(held{list: func(l *List) { l.Secret(secret) }})
		got := m.Text(s)
		if len(secret) >= certain && strings.TrimSpace(secret) == secret && !placeholder(secret) && !masked(secret) && strings.Contains(got, secret) {
			t.Errorf("%q shows %q", got, secret)
		}
		if e := m.Excerpt(&finding.Excerpt{Text: s, Start: len(s) / 2, Length: len(s) / 4}); e.Start < 0 || e.Start+e.Length > len(e.Text) {
			t.Errorf("%q: the mark [%d, +%d) is outside of %q", s, e.Start, e.Length, e.Text)
		}
		if raw := m.JSON([]byte(s)); !json.Valid(raw) {
			t.Errorf("%q is written as %q", s, raw)
		}
		v, _ := jsonspan.Scan([]byte(s), jsonspan.Limits{})
		m.Hidden(v, s, jsonspan.Span{End: len(s)})
		Address(s)
	})
}

// A batch is mostly healthy, and pays for no mask: one that masks nothing costs
// one allocation and asks nobody.
func TestAMaskThatIsNotUsedCostsNothing(t *testing.T) {
	asked := 0
	source := held{list: func(*List) { asked++ }}
	if n := testing.AllocsPerRun(100, func() {
		m := Of(source)
		m.Case(&finding.Case{Input: finding.Input{Source: "assertions.ndjson"}}, true)
	}); n > 4 || asked > 0 {
		t.Errorf("%v allocations, asked %d times", n, asked)
	}
}

func BenchmarkHealthyLine(b *testing.B) {
	source := held{list: func(l *List) { l.Secret("SplxlOBeZQQYbYS6WxSbIA") }}
	c := finding.Case{Input: finding.Input{Source: "assertions.ndjson"}, Profile: finding.Profile{ID: "redox", Name: "Redox"}, ReadAs: "an assertion"}
	c.Findings = make([]finding.Finding, 71)
	for i := range c.Findings {
		c.Findings[i] = finding.Finding{Outcome: finding.Pass, Title: "aud is one the provider accepts", Message: "aud is https://api.redoxengine.com/v2/auth/token"}
	}
	for b.Loop() {
		m := Of(source)
		m.Case(&c, true)
	}
}

func BenchmarkText(b *testing.B) {
	m := Of(held{list: func(l *List) { l.Secret("SplxlOBeZQQYbYS6WxSbIA") }})
	for b.Loop() {
		m.Text("aud has an extra trailing slash: https://api.redoxengine.com/v2/auth/token/ instead of https://api.redoxengine.com/v2/auth/token")
	}
}

// A text takes no more than its length, whatever is in it: ns/byte stays the same.
func BenchmarkLongTexts(b *testing.B) {
	m := Of(held{list: func(l *List) { l.Secret("SplxlOBeZQQYbYS6WxSbIA") }})
	for _, piece := range []string{"token=", `token="`, "token='", "code:", "//", "//x", "//x:y", "https://x:y@", "ey", "eyJhbGciOiJ.", "PRIVATE KEY", "LS0tLS1CRUdJT", `"kty":"d":`, "Bearer ", "=", "\"=", " =", "%3D", "Splx", "a://b?c=", `\"d\":\"`} {
		for _, size := range []int{1 << 14, 1 << 20} {
			s := strings.Repeat(piece, size/len(piece))
			b.Run(fmt.Sprintf("%s/%d", strings.ReplaceAll(piece, "/", "_"), size), func(b *testing.B) {
				for b.Loop() {
					m.Text(s)
					m.JSON([]byte(s))
					Address(s)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(size), "ns/byte")
			})
		}
	}
}
