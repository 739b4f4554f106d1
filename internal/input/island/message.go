package island

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/srctext"
)

// messageStart reports whether a line, without leading and trailing blanks, is the first
// of an HTTP message.
func messageStart(line string) bool {
	if rest, ok := strings.CutPrefix(line, "HTTP/"); ok {
		version, rest, _ := strings.Cut(rest, " ")
		rest = strings.TrimSpace(rest)
		return len(version) > 0 && len(version) < 4 && strings.Trim(version, "0123.") == "" && len(rest) > 2 && isDigit(rest[0]) && isDigit(rest[1]) && isDigit(rest[2]) && (len(rest) == 3 || rest[3] == ' ')
	}
	n := 0
	for n < len(line) && line[n] >= 'A' && line[n] <= 'Z' {
		n++
	}
	if n < 3 || n > 7 || n >= len(line) || line[n] != ' ' {
		return false
	}
	at := strings.LastIndex(line, " HTTP/")
	if at <= n || strings.Trim(line[at+6:], "0123.") != "" || len(line)-at > 10 {
		return false
	}
	target := strings.TrimSpace(line[n:at])
	return target != "" && strings.IndexByte(target, ' ') < 0 && (target[0] == '/' || strings.Contains(target, "://") || strings.Contains(target, "{{") || strings.Contains(target, "."))
}

// readRESTFile reads a file of requests with variables and separators, as editors' REST
// clients use it. Only a whole text is read as one.
func readRESTFile(l *layer, i int) int {
	if i > 0 || l.layers > 0 || len(l.s) > longestRESTFile || !strings.Contains(l.s, "{{") && !strings.Contains(l.s, "###") {
		return i
	}
	variable, request, head := false, false, true
	for line := range strings.Lines(l.s) {
		line = strings.TrimSpace(line)
		switch {
		case line == "":
		case strings.HasPrefix(line, "###"):
			variable, head = true, true
		case line[0] == '@' && strings.Contains(line, "="):
			variable = true
		case line[0] == '#' || strings.HasPrefix(line, "//"):
		case messageStart(line), restLine(line):
			request, head = true, false
		case head:
			return i // something else is before the first request
		}
	}
	if !variable || !request {
		return i
	}
	l.emit(Island{Kind: KindMessage, Name: "a file of a REST client", Text: l.t})
	return len(l.s)
}

const longestRESTFile = 256 << 10

// restLine recognises a method and a URL that may be a variable.
func restLine(line string) bool {
	method, rest, ok := strings.Cut(line, " ")
	if !ok || !methodName(method) || method != strings.ToUpper(method) {
		return false
	}
	rest = strings.TrimSpace(rest)
	return strings.HasPrefix(rest, "{{") || strings.HasPrefix(rest, "http") || strings.HasPrefix(rest, "/")
}

// readMessage reads consecutive HTTP messages. It adds a missing empty line before a
// body.
func readMessage(l *layer, i int) int {
	if !messageStart(strings.TrimSpace(l.s[i:l.lineEnd])) {
		return i
	}
	var b srctext.Builder
	at := i
	for at < len(l.s) {
		end := l.message(&b, at)
		k := end
		for k < len(l.s) && isBlank(l.s[k]) {
			k++
		}
		line := k
		for line > end && l.s[line-1] != '\n' {
			line--
		}
		at = end
		if k >= len(l.s) || !messageStart(strings.TrimSpace(l.s[k:endOfLine(l.s, k)])) {
			break
		}
		b.Copy(l.t, end, line)
		at = line
	}
	l.emit(Island{Kind: KindMessage, Name: "an HTTP message", Text: b.Text()})
	return at
}

// message copies one message and returns its end.
func (l *layer) message(b *srctext.Builder, i int) int {
	s := l.s
	request := !strings.HasPrefix(strings.TrimSpace(s[i:endOfLine(s, i)]), "HTTP/")
	end := endOfLine(s, i)
	b.Copy(l.t, i, end)
	typed, length := "", -1
	for end < len(s) {
		from := end + 1
		stop := endOfLine(s, from)
		if from > len(s) {
			break
		}
		line := strings.TrimSpace(s[from:stop])
		if line == "" {
			return l.bodyBelow(b, end, stop, request, typed, length)
		}
		if mark, _ := fence(s[from:stop]); mark || messageStart(line) {
			return end
		}
		f, ok := l.field(from, stop)
		folds := s[from] == ' ' || s[from] == '\t'
		switch {
		case ok:
			switch folded(s[f.nameFrom:f.nameTo]) {
			case "contenttype":
				typed = strings.ToLower(s[f.valueFrom:f.valueTo])
			case "contentlength":
				length = 0
				for _, c := range []byte(s[f.valueFrom:f.valueTo]) {
					if isDigit(c) {
						length = min(length*10+int(c-'0'), 1<<30)
					}
				}
			}
			b.Copy(l.t, end, stop)
		case folds:
			b.Copy(l.t, end, stop)
		case bodyLike(line):
			// The empty line is missing.
			b.Copy(l.t, end, from)
			b.Put("\n")
			return l.body(b, from, request, typed)
		default:
			return end
		}
		end = stop
	}
	return end
}

// bodyBelow copies the body below the empty line from end to blank, if there is one.
func (l *layer) bodyBelow(b *srctext.Builder, end, blank int, request bool, typed string, length int) int {
	s := l.s
	from := min(blank+1, len(s))
	for from < len(s) { // more empty lines
		stop := endOfLine(s, from)
		if line := strings.TrimSpace(s[from:stop]); line != "" && !(strings.HasPrefix(line, "reading ") && strings.HasSuffix(line, "...")) {
			break
		}
		blank = stop
		from = min(stop+1, len(s))
		if stop == len(s) {
			break
		}
	}
	if from >= len(s) {
		b.Copy(l.t, end, len(s))
		return len(s)
	}
	line := strings.TrimSpace(s[from:endOfLine(s, from)])
	mark, _ := fence(line)
	if mark || messageStart(line) || length == 0 || strings.HasPrefix(line, "###") {
		return end
	}
	if !bodyLike(line) && !(length > 0 || typed != "" && !request && !strings.Contains(typed, "json")) {
		return end
	}
	b.Put("\n\n")
	return l.body(b, from, request, typed)
}

// body copies the body that begins at from; a form that was wrapped over lines is joined.
func (l *layer) body(b *srctext.Builder, from int, request bool, typed string) int {
	k := from
	for k < len(l.s) && isBlank(l.s[k]) {
		k++
	}
	if (request && typed == "" || strings.Contains(typed, "form-urlencoded")) && k < len(l.s) && l.s[k] != '{' && l.s[k] != '[' {
		t, end := l.formRun(k)
		stop := l.endOfLine(end)
		if formKind(t.String()) != formNone && strings.IndexByte(t.String(), '&') > 0 && strings.Trim(l.s[end:stop], " \t\r`") == "" {
			b.Copy(t, 0, t.Len())
			return stop
		}
	}
	stop := l.bodyEnd(from, typed)
	b.Copy(l.t, from, stop)
	return stop
}

// bodyLike reports whether a line can be the first line of a body.
func bodyLike(line string) bool {
	if line == "" {
		return false
	}
	if line[0] == '{' || line[0] == '[' || line[0] == '<' {
		return len(line) == 1 || line[0] != '<' || isLetter(line[1]) || line[1] == '!' || line[1] == '?' || line[1] == ' '
	}
	name, _, ok := strings.Cut(line, "=")
	return ok && name != "" && len(name) < longestName && !strings.ContainsAny(name, " \t:<>(){}") || strings.HasPrefix(line, "--")
}

// bodyEnd is the end of the body that begins at from.
func (l *layer) bodyEnd(from int, typed string) int {
	s := l.s
	k := from
	for k < len(s) && isBlank(s[k]) {
		k++
	}
	if k < len(s) && (s[k] == '{' || s[k] == '[') {
		if end := l.braces.partner(k); end > 0 {
			stop := endOfLine(s, end)
			if strings.TrimSpace(s[end+1:stop]) == "" {
				return stop
			}
			return end + 1
		}
	}
	low := strings.ToLower(s[k:min(len(s), k+64)])
	if strings.HasPrefix(low, "<!doctype html") || strings.HasPrefix(low, "<html") || strings.HasPrefix(low, "<?xml") || strings.Contains(typed, "html") || strings.Contains(typed, "xml") {
		if n := l.closingOf(k, "</html>"); n >= 0 {
			return n
		}
	}
	if strings.Contains(typed, "multipart") && strings.HasPrefix(s[k:], "--") {
		boundary := strings.TrimSpace(s[k:endOfLine(s, k)])
		if n := l.closingOf(k, boundary+"--"); n >= 0 {
			return n
		}
	}
	for at := from; at < len(s); {
		stop := endOfLine(s, at)
		line := strings.TrimSpace(s[at:stop])
		mark, _ := fence(line)
		if line == "" || mark || at > from && messageStart(line) {
			return max(from, at-1)
		}
		at = stop + 1
	}
	return len(s)
}

// closingOf finds what closes a body, ignoring case, and returns its end; -1 if there is
// none.
func (l *layer) closingOf(from int, mark string) int {
	if l.rejected[mark] > 0 || l.work < 0 {
		return -1
	}
	for i := from; i+len(mark) <= len(l.s); {
		n := strings.IndexByte(l.s[i:], mark[0])
		if n < 0 {
			break
		}
		i += n
		if i+len(mark) <= len(l.s) && strings.EqualFold(l.s[i:i+len(mark)], mark) {
			return i + len(mark)
		}
		i++
	}
	l.work -= len(l.s) - from
	l.rejected[mark] = len(l.s)
	return -1
}

// readTranscript reads what curl -v printed, and the command above it.
func readTranscript(l *layer, i int) int {
	if !l.f.transcript || l.rejected["transcript"] > i {
		return i
	}
	s := l.s
	end, started, body := i, false, false
	for at := i; at < len(s); {
		stop := endOfLine(s, at)
		line := strings.TrimRight(s[at:stop], " \t\r")
		switch {
		case versionedLine(line):
			started, body = true, false
		case strings.HasPrefix(line, "> ") || strings.HasPrefix(line, "< ") || line == ">" || line == "<":
			body = false
			if !started {
				l.rejected["transcript"] = stop
				return i
			}
		case strings.HasPrefix(line, "* ") || strings.HasPrefix(line, "{ [") || strings.HasPrefix(line, "} [") || strings.Contains(line, "--:--:--") || strings.Contains(line, "% Received") || strings.Contains(line, "Dload  Upload"):
		case line == "" && started && !body:
		case started && !body && (bodyLike(line) || strings.HasPrefix(line, "HTTP/")):
			body = true
			stop = l.bodyEnd(at, "")
		default:
			if !started {
				l.rejected["transcript"] = stop
				return i
			}
			return l.transcriptTo(i, end)
		}
		end = stop
		at = stop + 1
	}
	if !started {
		l.rejected["transcript"] = end
		return i
	}
	return l.transcriptTo(i, end)
}

// versionedLine recognises the first line of a message in a transcript.
func versionedLine(line string) bool {
	return len(line) > 2 && (line[0] == '>' || line[0] == '<') && line[1] == ' ' && messageStart(strings.TrimSpace(line[2:]))
}

func (l *layer) transcriptTo(i, end int) int {
	start := i
	if n := len(l.f.out); l.commandEnd >= 0 && n > 0 && l.f.out[n-1].Kind == KindCommand && strings.TrimSpace(l.s[l.commandEnd:i]) == "" {
		start = l.commandStart
		l.f.out = l.f.out[:n-1]
	}
	l.emit(Island{Kind: KindMessage, Name: "a transcript of curl", Text: l.t.Slice(start, end)})
	return end
}
