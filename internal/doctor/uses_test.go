package doctor

import (
	"crypto/sha256"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

func keyOf(text string) [16]byte {
	return digestOf(sha256.Sum256([]byte(text)), sha256.Sum256([]byte("of "+text)))
}

func TestUses(t *testing.T) {
	u := newUses(0)
	line := func(n int) evidence.Input { return evidence.Input{Source: "a.txt", Line: n} }
	for n := range 5000 {
		if earlier, _ := u.add(keyOf(fmt.Sprint(n)), line(n+1)); earlier != "" {
			t.Fatalf("line %d was used before, at %s", n+1, earlier)
		}
	}
	if earlier, same := u.add(keyOf("17"), line(6000)); earlier != "a.txt, line 18" || !same {
		t.Errorf("earlier %q, the same %v", earlier, same)
	}
	other := digestOf(sha256.Sum256([]byte("18")), sha256.Sum256([]byte("another assertion")))
	if earlier, same := u.add(other, line(6001)); earlier != "a.txt, line 19" || same {
		t.Errorf("earlier %q, the same %v", earlier, same)
	}
	// A second source, and what of a HAR has a name.
	u.add(keyOf("x"), evidence.Input{Source: "b.har", Line: 3, Name: "entry 3"})
	if earlier, _ := u.add(keyOf("x"), evidence.Input{Source: "c.txt", Line: 1}); earlier != "b.har, entry 3" {
		t.Errorf("earlier %q", earlier)
	}
	if u.exceeded() {
		t.Error("the window is said to be exceeded")
	}
}

// TestUsesAreForgotten: what was used longer ago than the window is new again.
func TestUsesAreForgotten(t *testing.T) {
	u := newUses(3)
	in := evidence.Input{Source: "a.txt", Line: 1}
	for _, step := range []struct {
		key   string
		again bool
	}{{"a", false}, {"b", false}, {"a", true}, {"c", false}, {"d", false}, {"a", false}, {"d", true}} {
		if earlier, _ := u.add(keyOf(step.key), in); (earlier != "") != step.again {
			t.Errorf("use %d, %s: earlier %q", u.count, step.key, earlier)
		}
	}
	if !u.exceeded() {
		t.Error("nobody is told that the window was exceeded")
	}
	for n := range 20_000 {
		u.add(keyOf(fmt.Sprint("many ", n)), in)
	}
	entries := 0
	for i := range u.shards {
		entries += len(u.shards[i].entries)
	}
	if entries > 256*24 {
		t.Errorf("%d entries for a window of 3", entries)
	}
}

// TestUsesTakeLittle bounds the memory of a use.
func TestUsesTakeLittle(t *testing.T) {
	const n = 200_000
	var before, after runtime.MemStats
	u := newUses(0)
	runtime.GC()
	runtime.ReadMemStats(&before)
	for i := range n {
		u.add(keyOf(fmt.Sprint(i)), evidence.Input{Source: "a.txt", Line: i})
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if per := float64(after.HeapAlloc-before.HeapAlloc) / n; per > 34 {
		t.Errorf("%.1f bytes a use", per)
	}
	runtime.KeepAlive(u)
}

func TestEcho(t *testing.T) {
	for raw, want := range map[string]string{
		``: "", `1`: "1", `"a"`: `"a"`, `{"a": [1, "b"]}`: `{"a":[1,"b"]}`, `{"client_secret":"hunter2-hunter2"}`: "", `{broken`: "",
	} {
		got := echoOf(raw)
		if raw == `{"client_secret":"hunter2-hunter2"}` {
			if strings.Contains(got, "hunter2-hunter2") {
				t.Errorf("a secret is copied: %s", got)
			}
			continue
		}
		if got != want {
			t.Errorf("%s: %s, want %s", raw, got, want)
		}
	}
	if long := echoOf(`"` + strings.Repeat("x", 5000) + `"`); len(long) > 300 || !strings.HasPrefix(long, `"`) {
		t.Errorf("%d bytes are copied", len(long))
	}
}
