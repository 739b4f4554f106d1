package checks

import (
	"strings"
	"testing"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// exchangeChecks are the checks of what surrounds an assertion: request,
// answer, network, discovery, clock and issued tokens.
func exchangeChecks() []Check {
	list := append(requestChecks(), responseChecks()...)
	list = append(list, networkChecks()...)
	return append(list, clockSkew(), tokenIssuer(), tokenAudience(), jwksReachable())
}

// healthyExchange is a token exchange with a provider in which nothing is
// wrong, with everything that was seen of it.
func healthyExchange(tb testing.TB, id string) (*evidence.Case, *profile.Rules) {
	tb.Helper()
	p, err := profile.Load(id)
	if err != nil {
		tb.Fatal(err)
	}
	e := p.Envs[0]
	s := healthySending()
	s.r.URL, s.c.Expect.TokenURL = e.TokenURL, ""
	s.drop("client_id")
	s.header("User-Agent", "client/1")
	s.claims = `{"iss":"client-1","sub":"client-1","aud":"` + e.TokenURL + `","iat":1795248000,"exp":1795248240,"jti":"0f8fad5b-d9cb-469f-a165-70867728950e"}`
	s.write()
	c := s.c
	c.Request = evidence.Known(s.r)
	v, _ := jsonspan.Scan([]byte(s.claims), jsonspan.Limits{})
	c.Claims = evidence.Known(&evidence.Object{Part: finding.PartClaims, Raw: []byte(s.claims), Value: v})
	header := `{"alg":"RS384","typ":"JWT","kid":"k1"}`
	v, _ = jsonspan.Scan([]byte(header), jsonspan.Limits{})
	c.Header = evidence.Known(&evidence.Object{Part: finding.PartHeader, Raw: []byte(header), Value: v})
	a := healthyAnswer()
	r := a.response()
	c.Response = evidence.Known(r)
	c.Clock = evidence.Known(&evidence.Clock{Server: r.Date, Local: r.Date.Add(time.Second), From: "the HAR"})
	l := healthyLook()
	l.n.URL = e.TokenURL
	c.Network = evidence.Known(l.n)
	l.d.TokenEndpoint = e.TokenURL
	l.d.Raw = []byte(`{"issuer":"` + testIssuer + `","token_endpoint":"` + e.TokenURL + `"}`)
	l.d.Doc, _ = jsonspan.Scan(l.d.Raw, jsonspan.Limits{})
	c.Discovery = evidence.Known(l.d)
	c.Fetched = evidence.Known(&evidence.Fetched{URL: "https://client.example/jwks", Status: 200, ContentType: "application/json"})
	return c, p.Compiled()
}

func judgeAll(c *evidence.Case, rules *profile.Rules, list []Check) (asked, faults int) {
	have := c.Present()
	ctx := NewCtx(c, evidence.Moment{Kind: c.Kind, Now: testNow, AsOf: testNow, Basis: evidence.BasisDate}, rules, nil)
	for i := range list {
		if !have.Has(evidence.SetOf(list[i].Needs...)) {
			continue
		}
		asked++
		faults += len(list[i].Judge(ctx).Faults)
	}
	return asked, faults
}

// A batch runs the checks over a million exchanges in which nothing is wrong.
func BenchmarkExchangeChecks(b *testing.B) {
	for _, id := range []string{"redox", "epic"} {
		b.Run(id, func(b *testing.B) {
			c, rules := healthyExchange(b, id)
			list := exchangeChecks()
			asked := 0
			b.ReportAllocs()
			for b.Loop() {
				asked, _ = judgeAll(c, rules, list)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*asked), "ns/check")
		})
	}
}

// A check that passes makes nothing that nobody reads.
func TestExchangeAllocations(t *testing.T) {
	const most = 2 // a check, on average
	for _, id := range []string{"redox", "epic"} {
		c, rules := healthyExchange(t, id)
		list := exchangeChecks()
		asked, faults := judgeAll(c, rules, list)
		if asked < 29 || faults > 0 {
			t.Fatalf("%s: %d checks asked, %d faults", id, asked, faults)
		}
		if got := testing.AllocsPerRun(100, func() { judgeAll(c, rules, list) }); got > float64(most*asked) {
			t.Errorf("%s: %.0f allocations for %d checks", id, got, asked)
		}
	}
}

// However much of one thing there is, the work and the report stay small: what
// is not looked at is said.
func TestMuchOfEverything(t *testing.T) {
	const many = 50_000
	many50k := func(one func(i int) evidence.Param) []evidence.Param {
		out := make([]evidence.Param, many)
		for i := range out {
			out[i] = one(i)
		}
		return out
	}
	body := func(name, value string) evidence.Param {
		return evidence.Param{Name: name, RawName: name, Value: value, RawValue: value, In: evidence.InBody}
	}
	for _, tt := range []struct {
		name   string
		change func(*sending)
		says   string
	}{
		{"misspelled names", func(s *sending) {
			s.r.Params = append(s.r.Params, many50k(func(i int) evidence.Param { return body("grant_typ"+itoa(i%10), "x") })...)
		}, ""},
		{"names near another", func(s *sending) {
			s.r.Params = append(s.r.Params, many50k(func(i int) evidence.Param { return body("redirect_url", "x") })...)
		}, "parameter-repeated"},
		{"names sent twice", func(s *sending) {
			twice := many50k(func(i int) evidence.Param { return body("p"+itoa(i/2), "x") })
			s.r.Params = append(s.r.Params, twice...)
		}, "More parameters are sent twice"},
		{"blanks", func(s *sending) {
			s.r.Params = append(s.r.Params, many50k(func(i int) evidence.Param { return body("redirect_uri", " x") })...)
		}, "whitespace"},
		{"in the URL", func(s *sending) {
			s.r.Params = append(many50k(func(i int) evidence.Param {
				p := body("scope", "x")
				p.In = evidence.InURL
				return p
			}), s.r.Params...)
		}, ""},
		{"scopes", func(s *sending) {
			s.rule(profile.ScopeAccepted.Is([]string{"a"}))
			s.put("scope", strings.Repeat("b ", many))
		}, "more"},
		{"headers", func(s *sending) {
			for range many {
				s.r.Headers = append(s.r.Headers, evidence.Header{Name: "Authorization", Value: "Basic x"})
			}
		}, "multiple-auth-methods"},
		{"files", func(s *sending) {
			for i := range many {
				s.r.Unread = append(s.r.Unread, "f"+itoa(i))
			}
		}, ""},
		{"a long answer", func(s *sending) {
			s.put("code", "abcdefghi")
			s.answered(400, "invalid_request")
			r, _ := s.c.Response.Get()
			r.Error.Description = strings.Repeat("abcdefghi ", many)
		}, "(9 characters)"},
	} {
		s := healthySending()
		tt.change(s)
		s.r.Text = "POST" // places are another matter
		all := s.judge(append(requestChecks(), responseChecks()...))
		said := 0
		for _, f := range all {
			said += len(everyWord([]finding.Finding{f}))
		}
		if _, _, broken := outcomes(all); len(broken) > 0 || len(all) > 100 || said > 200_000 {
			t.Errorf("%s: %d findings in %d bytes; broken %v", tt.name, len(all), said, broken)
		}
		if tt.says != "" && !strings.Contains(everyWord(all)+strings.Join(errorsOf(all), " "), tt.says) {
			t.Errorf("%s: %q is not said in\n%.2000s", tt.name, tt.says, everyWord(all))
		}
	}
}
