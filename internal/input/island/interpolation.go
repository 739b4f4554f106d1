package island

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/srctext"
)

// interpolated is what is in a literal with a form, with the names that Kotlin, Dart, PHP
// and Swift read in it: $name, {$this->name}, \(name).
func (e *expressions) interpolated(l literal) srctext.Text {
	plain := e.t.Slice(l.from, l.to)
	if !strings.Contains(plain.String(), "grant_type=") && !strings.Contains(plain.String(), "client_assertion=") {
		return plain
	}
	var b srctext.Builder
	done := l.from
	for i := l.from; i < l.to; {
		n := strings.IndexAny(e.s[i:l.to], "$\\")
		if n < 0 {
			break
		}
		at := i + n
		path, end := e.hole(at, l.to)
		if i = max(end, at+1); path == "" {
			continue
		}
		if at > l.from && e.s[at-1] == '{' && end < l.to && e.s[end] == '}' {
			at, end, i = at-1, end+1, end+1
		}
		b.Copy(e.t, done, at)
		if o := e.resolved(path, end); o.known {
			b.Copy(o.text, 0, o.text.Len())
		} else {
			b.Stand("{{"+plainName(path)+"}}", e.t, at, end)
		}
		done = end
	}
	if done == l.from {
		return plain
	}
	b.Copy(e.t, done, l.to)
	return b.Text()
}

// hole is the name that begins with the sign at i, and where it ends; "" if there is none.
func (e *expressions) hole(i, stop int) (path string, end int) {
	if e.s[i] == '\\' {
		if i+1 >= stop || e.s[i+1] != '(' {
			return "", i + 2
		}
		end = min(pathEnd(e.s, i+2), stop)
		if end == i+2 || end >= stop || e.s[end] != ')' {
			return "", i + 2
		}
		return e.s[i+2 : end], end + 1
	}
	end = i + 1
	for end < stop && isWord(e.s[end]) {
		end++
	}
	if end == i+1 || isDigit(e.s[i+1]) {
		return "", end
	}
	if strings.HasPrefix(e.s[end:stop], "->") {
		end = min(pathEnd(e.s, i), stop)
	}
	return e.s[i:end], end
}
