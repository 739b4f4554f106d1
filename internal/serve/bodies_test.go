package serve

import (
	"bytes"
	"compress/gzip"
	"strings"
	"testing"
	"unicode/utf16"
)

// A body that is a form in disguise is refused with a word on the disguise.
func TestEncodedBodies(t *testing.T) {
	zipped := func(s string) string {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		w.Write([]byte(s))
		w.Close()
		return b.String()
	}
	wide := func(s string) string {
		var b []byte
		for _, u := range utf16.Encode([]rune("\ufeff" + s)) {
			b = append(b, byte(u), byte(u>>8))
		}
		return string(b)
	}
	for _, r := range []struct {
		name, field string
		change      func(string) string
		status      int
		remark      string
	}{
		{"gzip", "gzip", zipped, 400, "Content-Encoding gzip"},
		{"gzip that is not told", "", zipped, 400, "compressed (gzip)"},
		{"another", "x-\x1b[31m", strings.ToUpper, 400, "Content-Encoding x-"},
		{"UTF-16", "", wide, 400, "UTF-16"},
		{"as it is", "identity", func(s string) string { return s }, 200, ""},
		{"a fault of another kind", "", func(s string) string { return strings.Replace(s, "grant_type", "grant", 1) }, 400, ""},
	} {
		s := server(t, config(t))
		q := healthy(s)
		q.body = r.change(q.form(t))
		if r.field != "" {
			q.fields["Content-Encoding"] = r.field
		}
		got := ask(t, s, q.request(t, ""))
		e := events(t, s)[0]
		if got.status != r.status || !strings.Contains(e.Remark, r.remark) || r.remark == "" && e.Remark != "" {
			t.Errorf("%s: %d, remark %q", r.name, got.status, e.Remark)
		}
	}
}

// Whatever is no POST is reported so: a browser's question before its request, too.
func TestMethods(t *testing.T) {
	for _, method := range []string{"OPTIONS", "HEAD", "GET", "PATCH", "DELETE"} {
		s := server(t, config(t))
		q := healthy(s)
		q.method, q.params = method, nil
		got := ask(t, s, q.request(t, ""))
		if e := events(t, s)[0]; got.status != 405 || len(e.Causes) == 0 || e.Causes[0] != "method-not-post" {
			t.Errorf("%s: %d, causes %v", method, got.status, e.Causes)
		}
	}
	s := server(t, config(t))
	q := healthy(s)
	q.params = nil
	ask(t, s, q.request(t, ""))
	if e := events(t, s)[0]; len(e.Causes) == 0 || e.Causes[0] == "method-not-post" {
		t.Errorf("control, an empty POST: causes %v", e.Causes)
	}
}
