package input

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

// TestMemoryKeepsLittle: what a long assertion needed is not kept for the short ones after
// it, of which there may be a hundred memories.
func TestMemoryKeepsLittle(t *testing.T) {
	enc := base64.RawURLEncoding.EncodeToString
	long := enc([]byte(`{"alg":"RS384"}`)) + "." + enc([]byte(`{"iss":"`+strings.Repeat("a", 300_000)+`"}`)) + "." + enc([]byte(strings.Repeat("s", 256)))
	var m Memory
	var c evidence.Case
	m.Fill(&c, m.Assertion(Item{Text: long, Length: len(long)}))
	before := cap(m.decoded)
	m.Reset()
	if before < 300_000 || cap(m.decoded) > mostDecoded {
		t.Errorf("room for %d bytes, then for %d", before, cap(m.decoded))
	}
	if a := m.Assertion(Item{Text: long, Length: len(long)}); a != &m.assertion {
		t.Error("the memory is not used again")
	}
}
