package mint

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/jose"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

func order(t *testing.T) Order {
	t.Helper()
	raw, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key, err := jose.NewKey(raw)
	if err != nil {
		t.Fatal(err)
	}
	return Order{
		Rules: (&profile.Profile{ID: "p", Name: "P"}).Compiled(), Key: key,
		ClientID: "client", Aud: "https://as.example.test/token", Now: time.Unix(1760000000, 0),
	}
}

func claimsOf(t *testing.T, a Assertion) string {
	t.Helper()
	raw, err := base64.RawURLEncoding.DecodeString(strings.Split(a.Compact, ".")[1])
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// A fifth of the tightest limit is left as margin.
func TestLifetime(t *testing.T) {
	for _, r := range []struct {
		name  string
		rules []profile.Rule
		want  string
	}{
		{"none known", nil, `"exp":1760000240`},
		{"two minutes", []profile.Rule{profile.LifetimeMax.Is(2 * time.Minute)}, `"exp":1760000096`},
		{"the tighter of two", []profile.Rule{profile.LifetimeMax.Is(10 * time.Minute), profile.ExpMaxAhead.Is(time.Minute)}, `"exp":1760000048`},
		{"an hour is not used up", []profile.Rule{profile.LifetimeMax.Is(time.Hour)}, `"exp":1760000240`},
	} {
		o := order(t)
		o.Rules = o.Rules.With(r.rules...)
		a, err := Make(o)
		if err != nil {
			t.Fatal(err)
		}
		if got := claimsOf(t, a); !strings.Contains(got, r.want) {
			t.Errorf("%s: %s lacks %s", r.name, got, r.want)
		}
	}
}

// What the profile forbids is left out, anyone who asked for it.
func TestForbidden(t *testing.T) {
	o := order(t)
	o.Kid = "k"
	o.Claims = []Member{{"nbf", "1760000000"}, {"purpose", `"x"`}}
	o.Rules = o.Rules.With(profile.ClaimPresence.Is("nbf", profile.Forbidden), profile.HeaderPresence.Is("kid", profile.Forbidden))
	a, err := Make(o)
	if err != nil {
		t.Fatal(err)
	}
	got := claimsOf(t, a)
	if strings.Contains(got, "nbf") || !strings.Contains(got, `"purpose":"x"`) || a.Kid != "" {
		t.Errorf("%s, kid %q", got, a.Kid)
	}
}

// No two assertions share a jti.
func TestFreshID(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		id := newID()
		if seen[id] || len(id) != 36 || id[14] != '4' || !strings.Contains("89ab", id[19:20]) {
			t.Fatalf("%q", id)
		}
		seen[id] = true
	}
}

// ofKind makes the profile of the order one of that kind.
func ofKind(o *Order, kind string) {
	p := *o.profile()
	p.Kind = kind
	o.Rules = p.Compiled()
}

func rsaKey(t *testing.T) *jose.Key {
	t.Helper()
	raw, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	key, err := jose.NewKey(raw)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// The algorithm is the profile's preferred one, else the first it takes, else
// the one every server knows; never one it refuses.
func TestAlgorithm(t *testing.T) {
	key := rsaKey(t)
	for _, r := range []struct {
		name  string
		rules []profile.Rule
		want  string // "" for a refusal
	}{
		{"nothing known", nil, "RS256"},
		{"one taken", []profile.Rule{profile.HeaderAccepted.Is("alg", []string{"RS512"})}, "RS512"},
		{"the first taken", []profile.Rule{profile.HeaderAccepted.Is("alg", []string{"ES256", "PS256", "RS256"})}, "PS256"},
		{"one preferred", []profile.Rule{profile.HeaderAccepted.Is("alg", []string{"RS256", "RS384"}), profile.AlgPreferred.Is([]string{"RS384"})}, "RS384"},
		{"one preferred, no list known", []profile.Rule{profile.AlgPreferred.Is([]string{"PS256"})}, "PS256"},
		{"one refused", []profile.Rule{profile.AlgRefused.Is([]string{"RS256"})}, "RS384"},
		{"none of this kind taken", []profile.Rule{profile.HeaderAccepted.Is("alg", []string{"ES256"})}, ""},
		{"all refused", []profile.Rule{profile.AlgRefused.Is([]string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"})}, ""},
	} {
		t.Run(r.name, func(t *testing.T) {
			o := order(t)
			o.Key = key
			o.Rules = o.Rules.With(r.rules...)
			a, err := Make(o)
			if (err == nil) != (r.want != "") || a.Alg != r.want {
				t.Errorf("%s, %v; want %q", a.Alg, err, r.want)
			}
		})
	}
}

// sub is the client ID where that is what it has to be, nothing where the
// provider does without, and else asked for.
func TestSubject(t *testing.T) {
	for _, r := range []struct {
		name     string
		client   any
		presence profile.Presence
		subject  string
		want     string // part of the claims, "" for a refusal
		not      string
		kind     string
	}{
		{"the client's own", nil, profile.Required, "", `"sub":"client"`, "", ""},
		{"said to be the client's", true, profile.Required, "", `"sub":"client"`, "", ""},
		{"not used", false, profile.Optional, "", `"iss":"client"`, "sub", ""},
		{"not used, and given", false, profile.Optional, "user", `"sub":"user"`, "", ""},
		{"somebody else's", false, profile.Required, "", "", "", ""},
		{"somebody else's, by advice", false, profile.Recommended, "", "", "", ""},
		{"somebody else's, given", false, profile.Required, "user", `"sub":"user"`, "", ""},
		{"a grant's", nil, profile.Required, "", "", "", "jwt-grant"},
		{"a grant's, by the rule for assertions", true, profile.Required, "", "", "", "jwt-grant"},
		{"a grant's, given", nil, profile.Required, "user", `"sub":"user"`, "", "jwt-grant"},
	} {
		t.Run(r.name, func(t *testing.T) {
			o := order(t)
			o.Subject = r.subject
			ofKind(&o, r.kind)
			o.Rules = o.Rules.With(profile.ClaimPresence.Is("sub", r.presence))
			if client, ok := r.client.(bool); ok {
				rule := profile.SubIsClientID.Is(client)
				rule.From = "another"
				o.Rules = o.Rules.With(rule)
			}
			a, err := Make(o)
			switch {
			case r.want == "":
				if err == nil || !strings.Contains(err.Error(), "--subject") {
					t.Errorf("error %v, want one that asks for --subject", err)
				}
			case err != nil:
				t.Error(err)
			default:
				if got := claimsOf(t, a); !strings.Contains(got, r.want) || r.not != "" && strings.Contains(got, `"`+r.not+`"`) {
					t.Errorf("%s", got)
				}
			}
		})
	}
}

// A grant speaks for its client where the provider itself says so.
func TestSubjectOfTheProvidersOwn(t *testing.T) {
	o := order(t)
	ofKind(&o, "jwt-grant")
	own := profile.SubIsClientID.Is(true)
	own.From = o.profile().ID
	o.Rules = o.Rules.With(own)
	a, err := Make(o)
	if err != nil {
		t.Fatal(err)
	}
	if got := claimsOf(t, a); !strings.Contains(got, `"sub":"client"`) {
		t.Errorf("%s", got)
	}
}

// A key of a kind the provider takes none of makes nothing.
func TestKeyKind(t *testing.T) {
	o := order(t)
	o.Rules = o.Rules.With(profile.KeyKinds.Is([]string{"RSA"}))
	if _, err := Make(o); err == nil || !strings.Contains(err.Error(), "use another key") {
		t.Errorf("%v", err)
	}
	o.Rules = o.Rules.With(profile.KeyKinds.Is([]string{"RSA", "EC"}))
	if _, err := Make(o); err != nil {
		t.Error(err)
	}
}

// Where aud is not used, none is asked for.
func TestNoAudience(t *testing.T) {
	o := order(t)
	o.Aud = ""
	if _, err := Make(o); err == nil {
		t.Error("an assertion without aud was made")
	}
	o.Rules = o.Rules.With(profile.ClaimPresence.Is("aud", profile.Optional))
	a, err := Make(o)
	if err != nil {
		t.Fatal(err)
	}
	if got := claimsOf(t, a); strings.Contains(got, `"aud"`) {
		t.Errorf("%s", got)
	}
}

// Where the key is picked by its certificate, one is needed, and it has to be
// the key's own.
func TestCertificate(t *testing.T) {
	certified := func() (*jose.Key, *x509.Certificate) {
		raw, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Unix(1900000000, 0)}
		der, err := x509.CreateCertificate(rand.Reader, template, template, &raw.PublicKey, raw)
		if err != nil {
			t.Fatal(err)
		}
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		key, err := jose.NewKey(raw)
		if err != nil {
			t.Fatal(err)
		}
		return key, cert
	}
	headerOf := func(a Assertion) string {
		raw, _ := base64.RawURLEncoding.DecodeString(strings.Split(a.Compact, ".")[0])
		return string(raw)
	}
	o := order(t)
	key, own := certified()
	_, other := certified()
	o.Key = key
	o.Rules = o.Rules.With(profile.X5tEither.Is(profile.Required))
	if _, err := Make(o); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("without a certificate: %v", err)
	}
	sum := sha256.Sum256(own.Raw)
	want := `"x5t#S256":"` + base64.RawURLEncoding.EncodeToString(sum[:]) + `"`

	published := *o.Key
	published.Certificates = []*x509.Certificate{own}
	o.Set = &jose.Set{Keys: []*jose.Key{&published}}
	if a, err := Make(o); err != nil || !strings.Contains(headerOf(a), want) {
		t.Errorf("from the published set: %v", err)
	}
	o.Set = nil
	o.Key.Certificates = []*x509.Certificate{own}
	if a, err := Make(o); err != nil || !strings.Contains(headerOf(a), want) {
		t.Errorf("from the key file: %v", err)
	}
	// A thumbprint of before is that of another key.
	o.From = &Failing{Header: []Member{{"alg", `"ES256"`}, {"x5t", `"b2xk"`}}, Claims: []Member{{"iss", `"client"`}}}
	if a, err := Make(o); err != nil || strings.Contains(headerOf(a), "b2xk") || !strings.Contains(headerOf(a), want) {
		t.Errorf("repaired: %s, %v", headerOf(a), err)
	}
	o.From = nil
	o.Key.Certificates = []*x509.Certificate{other}
	if _, err := Make(o); err == nil || !strings.Contains(err.Error(), "different key") {
		t.Errorf("with the certificate of another key: %v", err)
	}
}

// What is right in the assertion to repair need not be given again.
func TestRepairKeepsWhatIsAskedFor(t *testing.T) {
	o := order(t)
	o.Aud = ""
	o.Rules = o.Rules.With(profile.SubIsClientID.Is(false), profile.ClaimPresence.Is("scope", profile.Required))
	right := []Member{{"iss", `"client"`}, {"sub", `"user"`}, {"aud", `"as"`}, {"scope", `"s"`}}
	o.From = &Failing{Claims: right}
	a, err := Make(o)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"sub":"user"`, `"aud":"as"`, `"scope":"s"`} {
		if got := claimsOf(t, a); !strings.Contains(got, want) {
			t.Errorf("%s lacks %s", got, want)
		}
	}
	o.From = &Failing{Claims: right, BadClaims: []string{"sub"}}
	if _, err := Make(o); err == nil || !strings.Contains(err.Error(), "--subject") {
		t.Errorf("with a wrong sub: %v", err)
	}
}

// A key that its form limits makes what it is limited to, and nothing else.
func TestLimitedKey(t *testing.T) {
	o := order(t)
	raw, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	if o.Key, err = jose.NewKey(raw); err != nil {
		t.Fatal(err)
	}
	o.Alg = "RS256"
	if made, err := Make(o); err != nil || made.Alg != "RS256" {
		t.Errorf("a plain key: %s, %v", made.Alg, err)
	}
	o.Key.Only = []string{"PS256", "PS384", "PS512"}
	if made, err := Make(o); err == nil || !strings.Contains(err.Error(), "cannot make RS256; it can make PS256") {
		t.Errorf("a limited key: %s, %v", made.Alg, err)
	}
	o.Alg = "PS384"
	if made, err := Make(o); err != nil || made.Alg != "PS384" {
		t.Errorf("a limited key: %s, %v", made.Alg, err)
	}
}
