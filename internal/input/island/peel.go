package island

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/srctext"
)

// peel removes what a tool put before every line of a text: the time stamp of a log, the
// name of a container, the > of a mail, and what HTTP clients' debug output puts around
// the lines it quotes. The lines can then be read as what they were. Time stamps become
// islands.
func (f *finder) peel(t srctext.Text) srctext.Text {
	s := t.String()
	f.transcript = transcript(s)
	f.timeline = f.transcript && strings.Contains(s, "\n| ") && strings.Contains(s, "\n> ")
	f.transcript = f.transcript && !f.timeline
	var prefixes []prefix
	for i, n := 0, 0; i <= len(s); n++ {
		end := endOfLine(s, i)
		if end > i {
			if p := f.prefix(t, i, end); p.kind != prefixNone {
				p.number = int32(n)
				prefixes = append(prefixes, p)
			}
		}
		i = end + 1
	}
	settle(prefixes, f.transcript)
	var b srctext.Builder
	done := 0
	for _, p := range prefixes {
		switch p.kind {
		case prefixNone:
			continue
		case prefixStamp, prefixName, prefixHead:
			f.stamped++
		}
		if done == 0 {
			b.Grow(len(s))
		}
		b.Copy(t, done, int(p.line))
		p.write(&b, t)
		done = int(p.next) - 1
	}
	if done == 0 {
		return t
	}
	b.Copy(t, done, len(s))
	return b.Text()
}

type prefixKind uint8

const (
	prefixNone     prefixKind = iota
	prefixStamp               // of a log
	prefixName                // of a container, unit or pod: name | …
	prefixMail                // >
	prefixWire                // Apache: … >> "POST /token HTTP/1.1[\r][\n]"
	prefixQuoted              // Ruby, Python: <- "POST /token HTTP/1.1\r\n", send: b'…'
	prefixHeader              // Python: header: Date: …
	prefixTicks               // a fence with text on its line
	prefixHead                // of any log, before every line of a message: DEBUG [http-1] o.a.h.wire - >>
	prefixTimeline            // Insomnia: > and < as curl has them, | before the body
	prefixView                // PowerShell 7: | before the message of an error
)

// prefix is what comes before the content of a line, and the content.
type prefix struct {
	name       string // which one, for kinds with several
	start, end int32  // of the content
	line       int32  // where the line begins
	next       int32  // where the next line begins
	number     int32  // of the line
	kind       prefixKind
}

// prefix reads the prefix of the line from i to end.
func (f *finder) prefix(t srctext.Text, i, end int) prefix {
	s := t.String()
	p := prefix{line: int32(i), next: int32(end + 1)}
	if end > i && s[end-1] == '\r' {
		end--
	}
	start := i
	if n, ok := f.viewLine(s[i:end]); ok {
		p.kind = prefixView
		p.start, p.end = int32(i+n), int32(end)
		return p
	}
	for range 3 {
		line := s[start:end]
		if p.kind < prefixStamp || p.kind == prefixName {
			if stamp, n := stampAt(line); n > 0 {
				f.stamps = append(f.stamps, peeledStamp{from: int32(start), to: int32(start + n), stamp: stamp})
				p.kind = max(p.kind, prefixStamp)
				start = skipStream(s, start+n, end)
				continue
			}
		}
		if n := unitPrefix(line); n > 0 && p.kind == prefixNone {
			p.kind, p.name = prefixName, unitName(line[:n])
			start += n
			continue
		}
		if name, n := containerPrefix(line); n > 0 && p.kind == prefixNone {
			p.kind, p.name = prefixName, name
			start += n
			continue
		}
		break
	}
	line := s[start:end]
	if f.timeline && len(line) > 0 && (len(line) == 1 || line[1] == ' ') && strings.IndexByte("><|*", line[0]) >= 0 {
		p.kind = prefixTimeline
		if start = min(start+2, end); line[0] == '*' {
			start = end
		}
		p.start, p.end = int32(start), int32(end)
		return p
	}
	if rest, ok := strings.CutPrefix(line, "```"); ok && rest != "" && p.kind == prefixNone {
		if mark, _ := fence(line); !mark {
			p.kind = prefixTicks
			p.start, p.end = int32(start+3), int32(end)
			return p
		}
	}
	switch from, to := wireLine(line); {
	case to > 0:
		p.kind = prefixWire
		p.start, p.end = int32(start+from), int32(start+to)
		return p
	}
	if from, to, header := quotedLine(line); to > 0 {
		p.kind = prefixQuoted
		if header {
			p.kind = prefixHeader
		}
		p.start, p.end = int32(start+from), int32(start+to)
		return p
	}
	if from, to := f.logHead(s, start, end); to > 0 {
		p.kind = prefixHead
		p.start, p.end = int32(from), int32(to)
		return p
	}
	if p.kind == prefixNone && strings.HasPrefix(line, ">") {
		n := len(line) - len(strings.TrimLeft(line, "> "))
		p.kind, p.name = prefixMail, ">"
		start += n
	}
	p.start, p.end = int32(start), int32(end)
	return p
}

// skipStream skips what is between a time stamp and the content: a blank, and the stream
// and flag of a container's log (stdout F).
func skipStream(s string, i, end int) int {
	if i < end && s[i] == ' ' {
		i++
	}
	for _, stream := range [...]string{"stdout F ", "stderr F ", "stdout P ", "stderr P "} {
		if strings.HasPrefix(s[i:end], stream) {
			return i + len(stream)
		}
	}
	return i
}

// containerPrefix reads "name  | " of docker compose and "[pod/name/container] "
// of kubectl.
func containerPrefix(line string) (name string, length int) {
	if strings.HasPrefix(line, "[pod/") {
		if n := strings.IndexByte(line[:min(len(line), 200)], ']'); n > 0 {
			length = n + 1
			if length < len(line) && line[length] == ' ' {
				length++
			}
			return line[:n], length
		}
	}
	if len(line) > 4 && line[1] == '/' && strings.IndexByte("VDIWEF", line[0]) >= 0 { // D/OkHttp:
		if n := strings.Index(line[:min(len(line), 60)], ": "); n > 2 && !strings.ContainsAny(line[:n], "\"{=") {
			return line[2:n], n + 2
		}
	}
	if n := logcat(line); n > 0 {
		return "logcat", n
	}
	n := 0
	for n < len(line) && n < 64 && (isWord(line[n]) || line[n] == '-' || line[n] == '.') {
		n++
	}
	if n == 0 {
		return "", 0
	}
	k := n
	for k < len(line) && line[k] == ' ' {
		k++
	}
	if k >= len(line) || line[k] != '|' || k+1 < len(line) && line[k+1] == '|' {
		return "", 0
	}
	k++
	if k < len(line) && line[k] == ' ' {
		k++
	}
	return line[:n], k
}

// logcat is the length of "11-28 10:00:03.123  1234  5678 D OkHttp  : ".
func logcat(line string) int {
	if len(line) < 24 || !isDigit(line[0]) || line[2] != '-' || line[5] != ' ' || line[8] != ':' || line[11] != ':' {
		return 0
	}
	n := strings.Index(line[:min(len(line), 90)], ": ")
	if n < 20 {
		return 0
	}
	return n + 2
}

// unitPrefix is the length of "Nov 28 10:00:39 host unit[123]: ".
func unitPrefix(line string) int {
	n := unzonedStamp(line[:min(len(line), longestStamp)])
	if n == 0 || line[0] >= '0' && line[0] <= '9' {
		return 0
	}
	k := strings.Index(line[n:min(len(line), n+120)], "]: ")
	if k < 0 {
		return 0
	}
	head := line[n : n+k]
	if strings.Count(head, " ") > 2 || !strings.Contains(head, "[") {
		return 0
	}
	return n + k + 3
}

// unitName is the prefix without its time.
func unitName(prefix string) string {
	if n := strings.LastIndexByte(prefix, ' '); n > 0 {
		if n = strings.LastIndexByte(prefix[:n], ' '); n > 0 {
			return prefix[n:]
		}
	}
	return prefix
}

// quotedLine finds the wire content in the debug output of Ruby's and Python's HTTP
// clients.
func quotedLine(line string) (from, to int, header bool) {
	for _, mark := range [...]string{"<- ", "-> ", "send: b", "send: ", "reply: "} {
		rest, ok := strings.CutPrefix(line, mark)
		if !ok || len(rest) < 2 || rest[0] != '"' && rest[0] != '\'' || rest[len(rest)-1] != rest[0] {
			continue
		}
		from, to = len(mark)+1, len(line)-1
		for _, end := range [...]string{`\r\n`, `\n`} {
			if strings.HasSuffix(line[from:to], end) {
				return from, to - len(end), false
			}
		}
		return from, to, false
	}
	if rest, ok := strings.CutPrefix(line, "header: "); ok && strings.IndexByte(rest, ':') > 0 {
		return len("header: "), len(line), true
	}
	return 0, 0, false
}

// transcript reports whether a text is output of curl -v, in which > is not the mark of a
// mail, since lines of the response have another mark.
func transcript(s string) bool {
	sent, told, mail := false, false, false
	for line := range strings.Lines(s) {
		if len(line) < 3 || line[1] != ' ' {
			continue
		}
		switch line[0] {
		case '<':
			if strings.HasPrefix(line, "< HTTP/") {
				return true
			}
		case '>':
			mail = mail || strings.HasPrefix(line, "> HTTP/")
			sent = sent || messageStart(strings.TrimSpace(line[2:]))
		case '*':
			told = true
		}
	}
	return sent && told && !mail
}

// settle keeps only prefixes that several lines have: a single line that seems to have
// one may be anything.
func settle(lines []prefix, transcript bool) {
	named := map[string]int{}
	for _, p := range lines {
		if p.kind == prefixName {
			named[p.name]++
		}
	}
	for i, p := range lines {
		alone := (i == 0 || lines[i-1].kind != p.kind || lines[i-1].number != p.number-1) && (i+1 == len(lines) || lines[i+1].kind != p.kind || lines[i+1].number != p.number+1)
		switch p.kind {
		case prefixName:
			if named[p.name] > 1 {
				continue
			}
		case prefixMail:
			if !alone && !transcript {
				continue
			}
		case prefixNone:
			continue
		default:
			continue
		}
		lines[i].kind, lines[i].start = prefixNone, p.line
	}
}

// write appends the content of a line.
func (p prefix) write(b *srctext.Builder, t srctext.Text) {
	if p.kind != prefixQuoted {
		b.Copy(t, int(p.start), int(p.end))
		return
	}
	inner := srctext.Unescape(t.Slice(int(p.start), int(p.end)))
	b.Copy(inner, 0, inner.Len())
}
