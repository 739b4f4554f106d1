package wording_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/wording"
)

func TestBare(t *testing.T) {
	for name, want := range map[string]string{
		"": "", "client_secret": "clientsecret", "clientSecret": "clientsecret", "Client-Secret": "clientsecret",
		" client\tsecret\u00a0": "clientsecret", "client\u200b_secret\ufeff": "clientsecret", "scope[]": "scope", "client.id": "clientid",
		"x5t#S256": "x5t#s256", "Größe": "größe", "plain": "plain",
	} {
		if got := wording.Bare(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
	length := 0
	if n := testing.AllocsPerRun(100, func() { length += len(wording.Bare("granttype")) }); n != 0 || length == 0 {
		t.Errorf("a name that is bare already is copied (%v allocations)", n)
	}
}

func TestLowerASCII(t *testing.T) {
	for text, want := range map[string]string{"": "", "Client-ID 1": "client-id 1", "İÀ\xffZ": "İÀ\xffz"} {
		if got := wording.LowerASCII(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestHasAny(t *testing.T) {
	if !wording.HasAny("client assertion", "jwt", "assert") || wording.HasAny("client assertion", "jwt", "Assert") || wording.HasAny("client assertion") {
		t.Error("the parts of a text")
	}
}

func TestLists(t *testing.T) {
	for _, tt := range []struct {
		words   []string
		and, or string
	}{
		{nil, "", ""},
		{[]string{"a"}, "a", "a"},
		{[]string{"a", "b"}, "a and b", "a or b"},
		{[]string{"a", "b", "c"}, "a, b and c", "a, b or c"},
	} {
		if and, or := wording.And(tt.words), wording.Or(tt.words); and != tt.and || or != tt.or {
			t.Errorf("%v: %q, %q", tt.words, and, or)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"kid", "kid", 0},
		{"grant_typ", "grant_type", 1}, {"grant_tpye", "grant_type", 1}, {"grantx_type", "grant_type", 1}, {"grand_type", "grant_type", 1},
		{"kitten", "sitting", 3}, {"ab", "ba", 1}, {"größe", "grösse", 2}, {"é", "e", 1},
		{strings.Repeat("a", 100), strings.Repeat("a", 99) + "b", 1},
		{strings.Repeat("a", 5000), "b", 5000},
	} {
		if got := wording.Distance(tt.a, tt.b); got != tt.want {
			t.Errorf("%.20q, %.20q: %d, want %d", tt.a, tt.b, got, tt.want)
		}
		if got := wording.Distance(tt.b, tt.a); got != tt.want {
			t.Errorf("%.20q, %.20q: %d, want %d", tt.b, tt.a, got, tt.want)
		}
	}
}

func TestNearest(t *testing.T) {
	words := []string{"kid-missing", "kid-empty", "alg-none", "redox", "epic"}
	for word, want := range map[string]string{
		"kid-mising": "kid-missing", "Missing_Kid": "kid-missing", "missing": "", "REDOX": "redox", "redocs": "redox", "xyz": "", "": "",
		strings.Repeat("redox", 20): "",
	} {
		if got := wording.Nearest(word, words); got != want {
			t.Errorf("%q: %q, want %q", word, got, want)
		}
	}
}

func TestSpan(t *testing.T) {
	const day = 24 * time.Hour
	for d, want := range map[time.Duration]string{
		0: "0s", 250 * time.Millisecond: "250ms", 42 * time.Second: "42s", -42 * time.Second: "42s", 5 * time.Minute: "5m",
		time.Hour + 5*time.Second: "1h 00m 05s", 2*time.Hour + 3*time.Minute: "2h 03m", 47 * time.Hour: "47h", 3 * day: "3 days",
		400 * day: "over a year", 2200 * day: "6 years", math.MaxInt64: "over 292 years", math.MinInt64: "over 292 years", 106000 * day: "290 years",
	} {
		if got := wording.Span(d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}

func TestSetting(t *testing.T) {
	for d, want := range map[time.Duration]string{0: "0s", 5 * time.Minute: "5m", 90 * time.Second: "1m30s", 2 * time.Hour: "2h", 29*time.Hour + time.Minute: "29h1m"} {
		if got := wording.Setting(d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}

func BenchmarkNearest(b *testing.B) {
	words := []string{"kid-missing", "kid-empty", "alg-none", "redox", "epic", "client_assertion", "client_assertion_type", "grant_type"}
	for b.Loop() {
		wording.Nearest("client_asertion_type", words)
	}
}
