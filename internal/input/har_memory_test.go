package input

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
)

// longHAR generates a HAR while it is read: pages of some 10 KB, a film of 8 MB now and
// then, and a token request in every hundred. It watches the heap.
type longHAR struct {
	left, entry, tokens int
	film, token         string
	pending             string
	base, peak          uint64
	last                int
	read                int
}

func (l *longHAR) Read(p []byte) (int, error) {
	if l.pending == "" {
		if l.left <= 0 {
			if l.left == 0 {
				l.left, l.pending = -1, "]}}"
				return l.Read(p)
			}
			return 0, io.EOF
		}
		l.entry++
		text := `,{"startedDateTime":"2026-03-04T05:06:07Z","time":1,"request":{"method":"GET","url":"https://app.acme.example/` + fmt.Sprint(l.entry) +
			`","headers":[]},"response":{"status":200,"headers":[],"content":{"text":"` + strings.Repeat("x", 10<<10) + `"}}}`
		switch {
		case l.entry%100 == 0:
			l.tokens++
			text = "," + l.token
		case l.entry%1000 == 501:
			text = `,{"request":{"method":"GET","url":"https://app.acme.example/film"},"response":{"status":200,"content":{"encoding":"base64","text":"` + l.film + `"}}}`
		}
		l.pending = text
		if l.left -= len(text); l.left < 0 {
			l.left = 0
		}
	}
	n := copy(p, l.pending)
	l.pending = l.pending[n:]
	l.read += n
	if l.read-l.last > 4<<20 {
		l.last = l.read
		l.look()
	}
	return n, nil
}

func (l *longHAR) look() {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	l.peak = max(l.peak, m.HeapAlloc)
}

func TestHARMemory(t *testing.T) {
	const size, bound = 24 << 20, 16 << 20
	token, err := json.Marshal(tokenEntry())
	if err != nil {
		t.Fatal(err)
	}
	l := &longHAR{left: size, film: strings.Repeat("AAAA", 2<<20), token: string(token), pending: `{"log":{"version":"1.2","entries":[null`}
	l.look()
	l.base, l.peak = l.peak, 0
	h := newHAR("long.har", l)
	found := 0
	for {
		_, err := h.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		found++
	}
	if l.read < size || found != l.tokens || found == 0 {
		t.Errorf("%d bytes, %d exchanges of %d", l.read, found, l.tokens)
	}
	held := int64(l.peak) - int64(l.base)
	t.Logf("%d MB read, at most %d KiB held, %d exchanges", l.read/1e6, held>>10, found)
	if held > bound {
		t.Errorf("%d MiB are held at once, more than %d", held>>20, bound>>20)
	}
}

func BenchmarkHAR(b *testing.B) {
	token, err := json.Marshal(tokenEntry())
	if err != nil {
		b.Fatal(err)
	}
	film := strings.Repeat("AAAA", 2<<20)
	b.ReportAllocs()
	for b.Loop() {
		h := newHAR("long.har", &longHAR{left: 50 << 20, film: film, token: string(token), pending: `{"log":{"version":"1.2","entries":[null`, last: 1 << 62})
		for {
			if _, err := h.Next(); err != nil {
				break
			}
		}
	}
	b.SetBytes(50 << 20)
}
