package island

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/srctext"
)

// readLogfmt reads msg="…" in a logfmt line that reports an error, if a hook knows the
// words as those of a server. It consumes nothing: the message may contain more.
func readLogfmt(l *layer, i int) int {
	if l.f.hooks.Sentence == nil || l.f.asked >= mostAsked {
		return i
	}
	if i == 0 || l.s[i-1] != ' ' && l.s[i-1] != '\t' {
		return i // logfmt begins with the time or the level
	}
	from := wordEnd(l.s, i) + len(`="`)
	if from >= l.lineEnd || l.s[from-2:from] != `="` {
		return i
	}
	to := from
	for to < l.lineEnd && l.s[to] != '"' {
		if l.s[to] == '\\' {
			to++
		}
		to++
	}
	if to >= l.lineEnd || to-from < 12 || to-from > longestSaid || !tellsError(l.s[max(l.lineStart, i-longestLevel):i]) {
		return i
	}
	words := srctext.Unescape(l.t.Slice(from, to))
	said := words.String()
	n, _ := exceptionPrefix(said)
	if strings.IndexByte(said, ' ') < 0 {
		return i
	}
	l.f.asked++
	if !l.f.hooks.Sentence(said[n:], false) {
		return i
	}
	var b srctext.Builder
	b.Put(`{"error_description":`)
	d := dump{t: words, s: said}
	d.text(n, len(said))
	out := d.out.Text()
	b.Copy(out, 0, out.Len())
	b.Put("}")
	l.emit(Island{Kind: KindAnswer, Name: "the message of a line of logfmt", Text: b.Text(), Weight: Strong, Side: SideResponse, Loose: true})
	return i
}

// longestLevel is how far before a message the level of its line is searched for.
const longestLevel = 400

// tellsError reports whether the logfmt members before a message give the line the level
// of an error.
func tellsError(members string) bool {
	for member := range strings.FieldsSeq(members) {
		name, value, ok := strings.Cut(member, "=")
		if !ok || name != "level" && name != "lvl" && name != "severity" {
			continue
		}
		value = strings.ToLower(strings.Trim(value, `"`))
		for _, level := range [...]string{"err", "warn", "fatal", "crit", "panic", "debug"} {
			if strings.HasPrefix(value, level) {
				return true
			}
		}
	}
	return false
}
