package doctor

import (
	"testing"
	"time"
)

func TestReplay(t *testing.T) {
	start := time.Unix(1_760_000_000, 0)
	at := start
	m := NewReplay(func() time.Time { return at }, 30*time.Second)
	m.most = 3
	key := func(n byte) digest { return digest{n} }
	var exp time.Time
	uses := func(n byte) bool {
		earlier, _ := m.Use(key(n), digest{}, "here", exp)
		return earlier != ""
	}
	for n := range byte(3) {
		if uses(n) {
			t.Errorf("%d is new", n)
		}
	}
	if !uses(0) || !uses(2) {
		t.Error("what was used is forgotten")
	}
	if uses(3) || m.Len() != 3 || uses(0) {
		t.Error("a full memory does not give up the oldest")
	}
	at = at.Add(rememberedFor - 1)
	if !uses(3) {
		t.Error("forgotten too early")
	}
	at = at.Add(1)
	if uses(3) {
		t.Error("remembered too long")
	}
	e := m.Errand()
	e.Use(key(9), digest{1}, "there", exp)
	if earlier, same := e.Use(key(9), digest{1}, "now", exp); earlier != "there" || !same {
		t.Errorf("earlier %q, same %v", earlier, same)
	}
	if e.GiveBack(); uses(9) {
		t.Error("what was given back is still used")
	}
}

// A use is remembered as long as the assertion could be used again, and no longer.
func TestReplayForgetsAfterExp(t *testing.T) {
	start := time.Unix(1_760_000_000, 0)
	at := start
	m := NewReplay(func() time.Time { return at }, 30*time.Second)
	uses := func() bool {
		earlier, _ := m.Use(digest{1}, digest{2}, "here", start.Add(time.Minute))
		return earlier != ""
	}
	if uses() {
		t.Error("the first use is an earlier one")
	}
	for _, r := range []struct {
		after time.Duration
		used  bool
	}{{time.Minute, true}, {89 * time.Second, true}, {90 * time.Second, false}} {
		if at = start.Add(r.after); uses() != r.used {
			t.Errorf("%s later: used %v, want %v", r.after, !r.used, r.used)
		}
	}
	// What has passed takes no room, however many come.
	for n := range 5000 {
		at = at.Add(time.Second)
		m.Use(digest{3, byte(n), byte(n >> 8)}, digest{}, "here", at.Add(time.Minute))
	}
	if n := m.Len(); n > 1200 {
		t.Errorf("%d uses are remembered, of which 90 could be used again", n)
	}
}
