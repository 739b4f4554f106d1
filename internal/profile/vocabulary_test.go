package profile

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// numbers lists, by the type of their values, every rule there is. A rule added
// to the vocabulary belongs here too; the test below counts them.
func numbers() map[ValueType][]uint8 {
	lists := []Param[[]string]{HeaderAllowed, AlgPreferred, AlgRefused, CritUnderstood, ClaimsAllowed, AudAccept, AudValues, AudTyped, AudAnnounced, AudHosts, KeyKinds, KeyECCurves,
		KeyEncCurves, KeyEncAlgs, GrantTypes, ScopeAccepted}
	namedLists := []NamedParam[[]string]{HeaderAccepted, ClaimAccepted, ClaimInstead, ParamAccepted, FieldAccepted}
	flags := []Param[bool]{TypIgnoreCase, IssIsClientID, SubIsClientID, IssIsSub, Federated, AudComplete, JtiUnique, LifetimeInclude, ExpAheadInclude, KeyAlgEqual, KidTriesAll}
	presences := []Param[Presence]{X5tEither, KeyUse, KeyAlg, KeyKid, KeyEncryption}
	namedPresences := []NamedParam[Presence]{HeaderPresence, ClaimPresence, ParamPresence, FieldPresence}
	texts := []Param[string]{AudIssuerPath, AudForm, AudSlash, ContentTypeExtra, BasicEncoding, ChunkedBody, JSONBody}
	namedTexts := []NamedParam[string]{ClaimType, ClaimForm}
	ints := []Param[int]{JtiMin, JtiMax, KeyRSAMin}
	durations := []Param[time.Duration]{TimeSkew, IatSkew, NbfSkew, ExpSkew, ExpAheadSkew, IatMaxAge, IatBackdate, ExpMaxAhead, ExpAheadNoIat, LifetimeMax, LifetimeNbfMax,
		JwksTimeout, JwksCache}
	patterns := []Param[*regexp.Regexp]{ScopePattern}
	namedPatterns := []NamedParam[*regexp.Regexp]{ClaimPattern}
	return map[ValueType][]uint8{
		TypeStrings:  append(bare(lists), bare(namedLists)...),
		TypeBool:     bare(flags),
		TypePresence: append(bare(presences), bare(namedPresences)...),
		TypeString:   append(bare(texts), bare(namedTexts)...),
		TypeInt:      bare(ints),
		TypeDuration: bare(durations),
		TypeRegexp:   append(bare(patterns), bare(namedPatterns)...),
	}
}

func bare[P ~uint8](params []P) []uint8 {
	out := make([]uint8, len(params))
	for i, p := range params {
		out[i] = uint8(p)
	}
	return out
}

// The type a rule is declared with in Go is the one its YAML is read as, and no
// two rules share a key.
func TestVocabulary(t *testing.T) {
	seen := map[string]bool{}
	count := 0
	for want, list := range numbers() {
		for _, n := range list {
			count++
			k := vocabulary[n]
			if k.Type != want {
				t.Errorf("%s is a %s in Go and %s in YAML", k.ID, want, k.Type)
			}
			if k.Help == "" || k.ID == "" || seen[k.ID] {
				t.Errorf("rule %d %q has no key or help, or stands twice", n, k.ID)
			}
			seen[k.ID] = true
			if k.silent != nil {
				if got := typeOf(k.silent); got != want {
					t.Errorf("the default of %s is a %s", k.ID, got)
				}
			}
		}
	}
	if count != ruleCount || len(Keys()) != ruleCount {
		t.Errorf("%d rules are listed here and %d are in Keys, of %d", count, len(Keys()), ruleCount)
	}
	named := slices.Concat(bare([]NamedParam[[]string]{HeaderAccepted, ClaimAccepted, ClaimInstead, ParamAccepted, FieldAccepted}),
		bare([]NamedParam[Presence]{HeaderPresence, ClaimPresence, ParamPresence, FieldPresence}), bare([]NamedParam[string]{ClaimType, ClaimForm}), []uint8{uint8(ClaimPattern)})
	for n, k := range vocabulary {
		if strings.Contains(k.ID, "*") != slices.Contains(named, uint8(n)) {
			t.Errorf("%s: a rule has a * where it is a NamedParam", k.ID)
		}
	}
}

func typeOf(v any) ValueType {
	switch v.(type) {
	case []string:
		return TypeStrings
	case bool:
		return TypeBool
	case string:
		return TypeString
	case time.Duration:
		return TypeDuration
	}
	return ""
}

func TestRefs(t *testing.T) {
	for _, tt := range []struct {
		id   string
		want Ref
		ok   bool
	}{
		{"time.skew", TimeSkew.Ref(), true},
		{"claims.jti.presence", ClaimPresence.Of("jti"), true},
		{"header.x5t#S256.presence", HeaderPresence.Of("x5t#S256"), true},
		// A rule without a "*" comes before one with.
		{"header.thumbprint.presence", X5tEither.Ref(), true},
		{"claims.aud.form", AudForm.Ref(), true},
		{"claims.*.presence", ClaimPresence.Of("*"), true},
		{"claims.a.b.presence", Ref{}, false},
		{"claims..presence", Ref{}, false},
		{"time.skw", Ref{}, false},
		{"", Ref{}, false},
	} {
		got, ok := refOf(tt.id)
		if got != tt.want || ok != tt.ok {
			t.Errorf("%s: %v %v", tt.id, got, ok)
		}
		if ok && got.ID() != tt.id {
			t.Errorf("%s is written %s", tt.id, got.ID())
		}
	}
	if !ClaimPresence.Ref().Covers(ClaimPresence.Of("jti")) || ClaimPresence.Of("jti").Covers(ClaimPresence.Of("iat")) || ClaimPresence.Ref().Covers(ClaimAccepted.Of("jti")) {
		t.Error("a rule with a * covers those of its names, and no other")
	}
	refs := Refs()
	if !slices.IsSortedFunc(refs, Ref.Compare) || ClaimPresence.Of("a").Compare(ClaimPresence.Of("b")) >= 0 {
		t.Error("rules are not in order")
	}
}
