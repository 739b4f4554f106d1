package srctext

import "strings"

// Markup is the text of an HTML page or fragment: without tags, comments,
// scripts and styles, its character references decoded, a line end where a tag
// breaks the line. Text outside of tags keeps its line ends.
func Markup(t Text) Text {
	s := t.s
	var b Builder
	b.Grow(len(s))
	open := unclosed{}
	for i := 0; i < len(s); {
		switch s[i] {
		case '<':
			if n, breaks, ok := open.tag(s[i:]); ok {
				if breaks {
					b.Stand("\n", t, i, i+1)
				}
				i += n
				continue
			}
		case '&':
			if as, n := Entity(s[i:]); n > 0 {
				b.Stand(as, t, i, i+n)
				i += n
				continue
			}
		}
		end := i + 1
		if n := strings.IndexAny(s[end:], "<&"); n >= 0 {
			end += n
		} else {
			end = len(s)
		}
		b.Copy(t, i, end)
		i = end
	}
	return b.Text()
}

// unclosed are the names of elements and comments that are known to have no
// end in the rest of the text, so that nobody looks for it again.
type unclosed map[string]bool

// end is where sub, in lower case, is in s; -1 where it does not.
func (u unclosed) end(s, sub string) int {
	if u[sub] {
		return -1
	}
	n := indexFold(s, sub)
	if n < 0 {
		u[sub] = true
	}
	return n
}

// tag reads the tag that s begins with: its length, with what belongs to a
// script or style, and whether it breaks the line.
func (u unclosed) tag(s string) (length int, breaks, ok bool) {
	if strings.HasPrefix(s, "<!--") {
		if n := u.end(s, "-->"); n >= 0 {
			return n + 3, false, true
		}
		return 0, false, false
	}
	i := 1
	closing := i < len(s) && s[i] == '/'
	if closing || i < len(s) && s[i] == '!' {
		i++
	}
	start := i
	for i < len(s) && (s[i]|0x20 >= 'a' && s[i]|0x20 <= 'z' || i > start && s[i] >= '0' && s[i] <= '9') {
		i++
	}
	var buf [longestTag]byte
	if i-start > longestTag {
		return 0, false, false
	}
	lower := append(buf[:0], s[start:i]...)
	for k := range lower {
		lower[k] |= 0x20 & (lower[k] >> 1) // only letters; digits have that bit set
	}
	kind, known := tags[string(lower)]
	if !known {
		return 0, false, false
	}
	// A quoted attribute may contain a >, which few pages have; a tag of more than
	// 2,000 bytes is none.
	n := strings.IndexByte(s[:min(len(s), 2000)], '>')
	if n < 0 || i < n && s[i] != ' ' && s[i] != '/' && s[i] != '\t' && s[i] != '\n' && s[i] != '\r' {
		return 0, false, false
	}
	length = n + 1
	if kind == tagRaw && !closing {
		if end := u.end(s[length:], "</"+string(lower)); end >= 0 {
			length += end
		}
	}
	return length, kind == tagBreak, true
}

// longestTag is the longest name among the tags.
const longestTag = 10

type tagKind uint8

const (
	tagInline tagKind = iota
	tagBreak
	tagRaw // what it contains is not text
)

// tags are the elements that pastes of pages have. What is not one of them is
// left as it is: <client_id> is a placeholder, not a tag.
var tags = map[string]tagKind{
	"a": tagInline, "b": tagInline, "i": tagInline, "u": tagInline, "em": tagInline, "strong": tagInline, "span": tagInline, "code": tagInline, "font": tagInline,
	"small": tagInline, "tt": tagInline, "kbd": tagInline, "samp": tagInline, "sub": tagInline, "sup": tagInline, "mark": tagInline, "abbr": tagInline,
	"img": tagInline, "wbr": tagInline, "input": tagInline, "label": tagInline, "button": tagInline, "svg": tagInline, "path": tagInline, "cite": tagInline,
	"doctype": tagBreak, "html": tagBreak, "head": tagBreak, "body": tagBreak, "title": tagBreak, "meta": tagBreak, "link": tagBreak, "p": tagBreak, "div": tagBreak,
	"br": tagBreak, "hr": tagBreak, "pre": tagBreak, "ul": tagBreak, "ol": tagBreak, "li": tagBreak, "dl": tagBreak, "dt": tagBreak, "dd": tagBreak,
	"table": tagBreak, "thead": tagBreak, "tbody": tagBreak, "tr": tagBreak, "td": tagBreak, "th": tagBreak, "blockquote": tagBreak, "section": tagBreak,
	"article": tagBreak, "header": tagBreak, "footer": tagBreak, "main": tagBreak, "nav": tagBreak, "aside": tagBreak, "details": tagBreak, "summary": tagBreak,
	"h1": tagBreak, "h2": tagBreak, "h3": tagBreak, "h4": tagBreak, "h5": tagBreak, "h6": tagBreak, "center": tagBreak, "form": tagBreak, "figure": tagBreak,
	"textarea": tagBreak, "script": tagRaw, "style": tagRaw,
}

// indexFold finds sub, which is in lower case, in s whatever the case.
func indexFold(s, sub string) int {
	for i := 0; i+len(sub) <= len(s); {
		n := strings.IndexByte(s[i:], sub[0])
		if n < 0 || i+n+len(sub) > len(s) {
			return -1
		}
		i += n
		if strings.EqualFold(s[i:i+len(sub)], sub) {
			return i
		}
		i++
	}
	return -1
}
