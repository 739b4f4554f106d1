package doctor

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/input"
	"github.com/assertionworks/jwtdoctor/internal/jose"
)

// A batch that fails alike has one reason: the full search runs once for each
// kid, alg and shape, and not more often than deepSearches in a run.
func TestDeepSearchIsRationed(t *testing.T) {
	raw, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key, err := jose.NewKey(&raw.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	set := evidence.Known(&evidence.Keys{Source: "key", Set: &jose.Set{Keys: []*jose.Key{key}}})
	enc := base64.RawURLEncoding.EncodeToString
	look := func(x *exams, kid string) jose.Diagnosis {
		sig := make([]byte, 64)
		rand.Read(sig)
		sig[0] = 0x5a
		token := enc([]byte(`{"alg":"ES256","kid":"`+kid+`"}`)) + "." + enc([]byte(`{"iss":"a","jti":"`+kid+`"}`)) + "." + enc(sig)
		c := &evidence.Case{Keys: set}
		input.Fill(c, input.Assertion(token, evidence.Origin{}))
		x.examine(c)
		d, ok := c.Exam.Get()
		if !ok {
			t.Fatalf("not examined: %s", c.Exam.Why())
		}
		return *d
	}
	var x exams
	for range 5 {
		look(&x, "the same")
	}
	if x.spent != 1 {
		t.Errorf("%d full searches for one kid, alg and shape", x.spent)
	}
	if d := look(&x, "the same"); d.Certainty != finding.Likely {
		t.Errorf("a reason taken over from an earlier assertion is %s", d.Certainty)
	}
	for i := range deepSearches + 5 {
		look(&x, fmt.Sprint("kid ", i))
	}
	if x.spent != deepSearches {
		t.Errorf("%d full searches in a run, want %d", x.spent, deepSearches)
	}
}
