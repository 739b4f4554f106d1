package island

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/srctext"
	"github.com/assertionworks/jwtdoctor/internal/wording"
)

// longestSaid is how much of a line is read as a server's words.
const longestSaid = 2000

// readCode reads an OAuth error code that a program printed, after the name of an
// exception or in its brackets or quotes, with the description that follows. A code that
// a sentence mentions does not count.
func readCode(l *layer, i int) int {
	end := wordEnd(l.s, i)
	word := l.s[i:end]
	if !errorCode(word) || word != strings.ToLower(word) {
		return i
	}
	line := l.s[l.lineStart:l.lineEnd]
	if len(line) > 8<<10 {
		line = l.s[max(l.lineStart, i-2000):min(l.lineEnd, end+2000)]
	}
	before := l.s[max(l.lineStart, i-longestLabel*2):i]
	after := l.s[end:l.lineEnd]
	if !printed(before, after) || l.sourceLine(line) {
		return i
	}
	if l.layers > 0 && len(l.s) == len(word) && !errorLabel(l.label) {
		return i // a string that is only the code, in a list of codes
	}
	from, to := description(after)
	var b srctext.Builder
	b.Put(`{"error":"`)
	b.Copy(l.t, i, end)
	b.Put(`"`)
	stop := end
	if to > from {
		b.Put(`,"error_description":`)
		d := dump{t: l.t, s: l.s}
		d.text(end+from, end+to)
		out := d.out.Text()
		b.Copy(out, 0, out.Len())
		stop = end + to
	}
	b.Put("}")
	l.emit(Island{Kind: KindAnswer, Name: "an error code", Text: b.Text(), Weight: Strong, Side: SideResponse, Label: l.labelBefore(i), Loose: true})
	return stop
}

// printed reports whether the text around a code is what programs print around one.
func printed(before, after string) bool {
	head := strings.TrimRight(before, " \t\"'`“‘")
	low := strings.ToLower(head)
	opened := len(head) < len(before) && strings.ContainsAny(before[len(head):], "\"'`")
	first := byte(0)
	if rest := strings.TrimLeft(after, "\"'`”’"); rest != "" {
		first = rest[0]
	}
	ends := first == 0 || strings.IndexByte(":([{)],;\r", first) >= 0 || strings.HasPrefix(strings.TrimLeft(after, " \"'`”’"), "(") || strings.HasPrefix(after, " - ") || strings.HasPrefix(after, " – ") || strings.HasPrefix(after, ", ") || strings.HasPrefix(after, `" "`)
	switch {
	case head == "":
		return ends // the line begins with it
	case head == "[" && strings.HasPrefix(after, "] ") && len(after) > 2 && isLetter(after[2]):
		return true // as head is all of the line: the message of an exception without its name
	case strings.HasSuffix(head, "["), strings.HasSuffix(head, "("), strings.HasSuffix(head, "{"):
		return ends && exceptionWord(low)
	case strings.HasSuffix(head, ":"), strings.HasSuffix(head, "="), strings.HasSuffix(head, "=>"), strings.HasSuffix(head, "-"), strings.HasSuffix(head, "|"), strings.HasSuffix(head, ">"):
		return ends && (exceptionWord(low) || pairEnd(low)) || opened && exceptionWord(low)
	}
	return ends && exceptionEnd(low)
}

// errorLabel reports whether errors have such a label.
func errorLabel(label string) bool {
	return wording.HasAny(label, "err", "reason", "message", "code", "msg", "exception", "detail", "cause", "title")
}

// pairEnd reports whether a text ends with the name of an error member and a separator.
func pairEnd(low string) bool {
	low = strings.TrimRight(low, " \t:=>-\"'")
	for _, name := range [...]string{"error", "error_code", "errorcode", "code", "reason", "err", "oauth error", "message", "msg", "details", "detail"} {
		if strings.HasSuffix(low, name) {
			return true
		}
	}
	return false
}

// exceptionWord reports whether a text names an exception or says that something failed.
func exceptionWord(low string) bool {
	return wording.HasAny(low, "exception", "error", "fail", "fatal", "denied", "refused", "rejected", "oauth2:", "panic", "raise", "caused by", "returned", "response", "status", "400", "401", "403", "warn")
}

// exceptionEnd reports whether a text ends with the name of an exception.
func exceptionEnd(low string) bool {
	for _, w := range [...]string{"exception", "error", "error:", "exception:"} {
		if strings.HasSuffix(low, w) {
			return true
		}
	}
	return false
}

// description finds the explanation after a code, such as ": text", " (text)" and
// "] text".
func description(after string) (from, to int) {
	i := 0
	for i < len(after) && strings.IndexByte("\"'`])” ", after[i]) >= 0 {
		i++
	}
	if i >= len(after) {
		return 0, 0
	}
	closing := ""
	switch {
	case after[i] == ':' || after[i] == '-' || after[i] == ',':
		i++
		for i < len(after) && strings.IndexByte(" \t\"'", after[i]) >= 0 {
			i++
		}
		if i > 0 && i < len(after) && (after[i-1] == '"' || after[i-1] == '\'') {
			closing = after[i-1 : i]
		}
	case after[i] == '(':
		i++
		closing = ")"
	case i > 0 && (after[i-1] == '"' || after[i-1] == '\''):
		closing = after[i-1 : i]
	case i > 0 && strings.ContainsAny(after[:i], "])") && isLetter(after[i]):
	default:
		return 0, 0
	}
	end := min(len(after), i+longestSaid)
	if closing != "" {
		n := strings.Index(after[i:end], closing)
		if closing == ")" {
			n = strings.LastIndex(after[i:end], closing)
		}
		if n >= 0 {
			end = i + n
		}
	}
	for end > i && strings.IndexByte(" \t\r\"'`])},;", after[end-1]) >= 0 && closing == "" {
		end--
	}
	if strings.HasPrefix(after[i:end], "error") && strings.Contains(after[i:end], ":") || strings.HasPrefix(after[i:end], "{") {
		return 0, 0
	}
	return i, end
}

// readSentence reads a line in which a server refuses a request, in words that a hook
// knows, after the name of an exception or a log level, or on its own in a short text. It
// consumes nothing: the line may contain more.
func readSentence(l *layer, i int) int {
	if l.f.hooks.Sentence == nil || l.f.asked >= mostAsked {
		return i
	}
	from, to := trim(l.s, i, l.lineEnd)
	level, told := levels(l.s[from:to])
	from += level
	if to-from < 12 || to-from > longestSaid || strings.IndexByte("{[<\"'|", l.s[from]) >= 0 {
		return i // an object, or a table row
	}
	if n := strings.Index(l.s[from:to], ` {"`); n >= 0 {
		to = from + n // members of a log entry
	}
	line := l.s[from:to]
	n, marked := exceptionPrefix(line)
	if !marked && !told && (len(l.s) > shortText || strings.IndexByte(line, ' ') < 0) || strings.HasSuffix(line, "{") || strings.Contains(line, `{"`) || l.sourceLine(line) {
		return i
	}
	l.f.asked++
	if !l.f.hooks.Sentence(line[n:], !marked && !told) {
		return i
	}
	var b srctext.Builder
	b.Put(`{"error_description":`)
	d := dump{t: l.t, s: l.s}
	d.text(from+n, to)
	out := d.out.Text()
	b.Copy(out, 0, out.Len())
	b.Put("}")
	l.emit(Island{Kind: KindAnswer, Name: "the words of a server", Text: b.Text(), Weight: Strong, Side: SideResponse, Loose: true})
	return i
}

// levels is the length of the names in brackets that a log line has after its time (a
// level, a thread), and whether one of them is the level of an error.
func levels(line string) (length int, told bool) {
	for strings.HasPrefix(line[length:], "[") {
		name, _, ok := strings.Cut(line[length+1:min(len(line), length+longestLevelName)], "] ")
		if !ok || strings.ContainsAny(name, "[{\"'") {
			break
		}
		low := strings.ToLower(name)
		told = told || strings.HasPrefix(low, "err") || strings.HasPrefix(low, "warn") || strings.HasPrefix(low, "fatal") || strings.HasPrefix(low, "crit")
		length += len(name) + len("[] ")
	}
	return length, told
}

const (
	longestLevelName = 60 // bytes of a level or a thread in brackets

	mostAsked = 100
	// shortText is the length up to which the lines of a text need no mark of an error.
	shortText = 600
)

// exceptionPrefix is the length of what programs print before an error message: OPError:
// , Error: , ERROR [main] x.y.Z - , caused by: .
func exceptionPrefix(line string) (length int, marked bool) {
	for {
		n := strings.Index(line[length:min(len(line), length+120)], ": ")
		if n < 0 {
			break
		}
		head := line[length : length+n]
		word := head[strings.LastIndexAny(head, " .$\\")+1:]
		if low := strings.ToLower(word); !strings.HasSuffix(low, "error") && !strings.HasSuffix(low, "exception") && low != "by" && low != "message" && low != "reason" && low != "failed" && low != "panic" && low != "fatal" && low != "fail" {
			break
		}
		length += n + 2
		marked = true
	}
	if !marked {
		for _, level := range [...]string{"ERROR", "WARN", "FATAL", "error", "fail", "Error ", "Failed ", "An error occurred", "##[error]"} {
			if strings.HasPrefix(line, level) {
				return 0, true
			}
		}
	}
	return length, marked
}

// sourceLine reports whether a line is source code, or in a block of it.
func (l *layer) sourceLine(line string) bool {
	if b := l.f.blocks; len(b) > 0 {
		if n := b[min(l.block, len(b)-1)].Nature; n == NatureSource || n == NatureDocs {
			return true
		}
	}
	line = strings.TrimSpace(line)
	return line != "" && codeLine(line)
}

// readEntra reads an error message of Entra, which begins with its number.
func readEntra(l *layer, i int) int {
	if l.s[i] != 'A' || !strings.HasPrefix(l.s[i:], "AADSTS") || i+9 > len(l.s) || !isDigit(l.s[i+6]) || i > 0 && isWord(l.s[i-1]) {
		return i
	}
	end := min(l.lineEnd, i+longestSaid)
	for _, mark := range [...]string{`","`, `",`, `"}`, `'}`, `',`} {
		if n := strings.Index(l.s[i:end], mark); n >= 0 {
			end = i + n
		}
	}
	// Trace ID, Correlation ID and Timestamp may be on their own lines.
	for end == endOfLine(l.s, i) && end < len(l.s) || end < len(l.s) && l.s[end] == '\n' {
		next := endOfLine(l.s, end+1)
		line := strings.TrimSpace(l.s[end+1 : next])
		if !strings.HasPrefix(line, "Trace ID:") && !strings.HasPrefix(line, "Correlation ID:") && !strings.HasPrefix(line, "Timestamp:") {
			break
		}
		end = next
	}
	if strings.IndexByte(l.s[i:end], ':') < 0 || l.sourceLine(l.s[l.lineStart:min(l.lineEnd, l.lineStart+400)]) {
		return i
	}
	for end > i && strings.IndexByte(" \t\r\n\"'`)]},", l.s[end-1]) >= 0 {
		end--
	}
	var b srctext.Builder
	b.Put(`{"error_description":`)
	d := dump{t: l.t, s: l.s}
	d.text(i, end)
	out := d.out.Text()
	b.Copy(out, 0, out.Len())
	b.Put("}")
	l.emit(Island{Kind: KindAnswer, Name: "an error of Entra", Text: b.Text(), Weight: Strong, Side: SideResponse, Loose: true})
	return end
}
