package tap

import (
	"bytes"
	"compress/gzip"
	"testing"
)

// FuzzDecoded: no body, however it is said to be packed, is read beyond the bound.
func FuzzDecoded(f *testing.F) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write(make([]byte, 4<<20))
	z.Close()
	f.Add(b.String(), "gzip")
	f.Add(b.String(), "gzip, gzip")
	f.Add("{}", "identity")
	f.Add("x\x9c", "deflate")
	f.Add("", "br")
	f.Fuzz(func(t *testing.T, text, coding string) {
		out, cut, err := decoded(text, coding)
		if len(out) > max(maxBody, len(text)) {
			t.Errorf("%d bytes", len(out))
		}
		if err == nil && !cut && coding == "" && out != text {
			t.Error("what is not packed was changed")
		}
	})
}
