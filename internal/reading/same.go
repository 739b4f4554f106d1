package reading

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/input"
	"github.com/assertionworks/jwtdoctor/internal/input/island"
	"github.com/assertionworks/jwtdoctor/internal/srctext"
)

func withoutHost(url string) string {
	if i := strings.Index(url, "://"); i >= 0 {
		rest := url[i+3:]
		if i = strings.IndexByte(rest, '/'); i >= 0 {
			return rest[i:]
		}
		return "/"
	}
	return url
}

// sameParams reports whether two islands show the parameters of the same request.
func sameParams(a, b *island.Island) bool {
	x, y := formValues(a.Text.String()), formValues(b.Text.String())
	same := 0
	for name, value := range x {
		other, ok := y[name]
		if !ok {
			continue
		}
		if other != value {
			return false
		}
		same++
	}
	return same > 0 && same*2 >= min(len(x), len(y))
}

func formValues(text string) map[string]string {
	out := map[string]string{}
	n := 0
	for p := range strings.SplitSeq(text, "&") {
		name, value, _ := strings.Cut(p, "=")
		out[strings.ToLower(name)] = strings.ToLower(strings.ReplaceAll(srctext.Percent(srctext.New(value), true).String(), " ", "+"))
		if n++; n > 200 {
			break
		}
	}
	return out
}

// sameAnswer reports whether two islands report the same error.
func (r *reader) sameAnswer(a, b *island.Island) bool {
	x, y := r.saysOf(a), r.saysOf(b)
	if x.code != "" && y.code != "" && x.code != y.code {
		return false
	}
	if x.words != "" && y.words != "" {
		return strings.Contains(x.words, y.words) || strings.Contains(y.words, x.words) || (a.Loose || b.Loose) && x.code == y.code
	}
	return x.code != "" && x.code == y.code || x.words != "" && strings.Contains(b.Text.String(), x.words) || y.words != "" && strings.Contains(a.Text.String(), y.words)
}

// complete reports whether one response is the code and the other the description of the
// same error.
func (r *reader) complete(a, b *island.Island) bool {
	x, y := r.saysOf(a), r.saysOf(b)
	return x.code != "" && x.words == "" && y.code == "" && y.words != ""
}

type saying struct{ code, words string }

// saysOf is what a response says.
func (r *reader) saysOf(is *island.Island) saying {
	if s, ok := r.said[is]; ok {
		return s
	}
	e := input.ErrorOf(is.Text.String())
	s := saying{strings.ToLower(e.Code), strings.ToLower(strings.TrimSpace(e.Description))}
	r.said[is] = s
	return s
}
