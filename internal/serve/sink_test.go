package serve

import (
	"errors"
	"strings"
	"testing"
)

// full is a disk that takes some bytes and no more.
type full struct{ left int }

func (f *full) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, errors.New("no space left on device")
	}
	return len(p), nil
}

// That cases are lost is reported when it happens, once; who reads the other
// reports goes on reading them.
func TestLostCasesAreToldAtOnce(t *testing.T) {
	for _, r := range []struct {
		left int
		want int // how often it is reported
	}{{0, 1}, {1 << 30, 0}} {
		var out locked
		c := config(t)
		c.Out, c.Cases, c.Report.Quiet = &out, &full{r.left}, true
		s, stop := running(t, c)
		ask(t, s, healthy(s).request(t, ""))
		if got := strings.Count(out.String(), "no more cases are recorded: no space left on device"); got != r.want {
			t.Errorf("told %d times after the first request, want %d:\n%s", got, r.want, out.String())
		}
		ask(t, s, healthy(s).request(t, ""))
		if text := out.String(); strings.Count(text, "no more cases are recorded") != r.want || strings.Count(text, " ✓ 200 accepted") != 2 {
			t.Errorf("after the second:\n%s", text)
		}
		if err := stop(); (err != nil) != (r.want > 0) {
			t.Errorf("it ends with %v", err)
		}
	}
}
