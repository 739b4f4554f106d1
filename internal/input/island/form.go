package island

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/srctext"
)

// fullLine is the least length of a line that was wrapped because it was full.
const fullLine = 50

// readForm reads name=value&name=value around the parameter that is at i.
func readForm(l *layer, i int) int {
	end := wordEnd(l.s, i)
	if end >= len(l.s) || l.s[end] != '=' || l.rejected["form"] > i {
		return i
	}
	from := i
	for from > max(l.safe, l.lineStart) && formByte(l.s[from-1]) && l.s[from-1] != '?' && l.s[from-1] != '#' {
		from--
	}
	if from += leading(l.s[from:i]); i > from && l.s[i-1] == '=' {
		from = i // body=grant_type=…, as in a log
	}
	t, end := l.formRun(from)
	text := t.String()
	if before, after := marked(text); before > 0 {
		t = t.Slice(before, t.Len()-after)
		from, text = from+before, t.String()
	}
	what := formKind(text)
	switch {
	case from > 0 && (l.s[from-1] == '?' || l.s[from-1] == '#'):
		what = formNone // part of a URL, which is read as one
	case what == formNone, strings.IndexByte(text, '&') < 0 && (what != formError || mentioned(l.s[l.lineStart:from])):
		what = formNone
	}
	if what == formNone {
		l.rejected["form"] = end
		return i
	}
	label := l.labelBefore(from)
	switch what {
	case formRequest:
		t, partial := l.inLiteral(t, from, end)
		l.emit(Island{Kind: KindParams, Name: "a form", Text: t, Label: label, Partial: partial})
	case formAuthorization:
		l.emit(Island{Kind: KindAddress, Name: "the parameters of an authorization request", Text: t, Address: AddressAuthorization, Label: label})
	case formError:
		l.emit(Island{Kind: KindAnswer, Name: "an error in a form", Text: t, Weight: Strong, Side: SideResponse, Label: label})
	case formCallback:
		l.emit(Island{Kind: KindAddress, Name: "the parameters of a callback", Text: t, Address: AddressCallback, Label: label})
	}
	return end
}

// mentioned reports whether the text before on the line is the beginning of a sentence
// and not part of a log.
func mentioned(before string) bool {
	before = strings.TrimRight(before, " ")
	if before == "" || strings.IndexByte(":=\"'`([{?#>|-", before[len(before)-1]) >= 0 {
		return false
	}
	return plainWordsIn(before) > 2
}

// leading is the number of bytes at the beginning of a run that are not part of the form:
// a bracket, a separator, another name with a colon.
func leading(run string) int {
	n := 0
	for k := range len(run) {
		switch run[k] {
		case '(', '[', '{', ',', ';', ':', '/':
			n = k + 1
		case '&', '=':
			return n
		}
	}
	return n
}

// formByte reports whether a byte may be in a form as people paste it.
func formByte(c byte) bool {
	return c > ' ' && strings.IndexByte("\"'`\\", c) < 0
}

// formRun is the form that begins at from, rejoined if it was wrapped over lines.
func (l *layer) formRun(from int) (srctext.Text, int) {
	var b srctext.Builder
	start, begin := from, from
	joined := false
	end := from
	for {
		for end < len(l.s) && formByte(l.s[end]) {
			end++
		}
		stop := l.endOfLine(end)
		if strings.TrimSpace(l.s[end:stop]) != "" && l.s[end:min(stop, end+1)] != `\` || stop >= len(l.s) {
			break
		}
		next := stop + 1
		for next < len(l.s) && (l.s[next] == ' ' || l.s[next] == '\t') {
			next++
		}
		if !l.continues(from, end, next, end-begin) {
			break
		}
		b.Copy(l.t, start, end)
		joined = true
		start, begin, end = next, next, next
	}
	last := trailing(l.s[start:end])
	end = start + last
	if !joined {
		return l.t.Slice(from, end), end
	}
	b.Copy(l.t, start, end)
	return b.Text(), end
}

// continues reports whether the line at next continues the form whose last line has the
// given length and ends at end.
func (l *layer) continues(from, end, next, length int) bool {
	stop := endOfLine(l.s, next)
	line := strings.TrimRight(l.s[next:stop], " \t\r\\\"'`),;")
	if line == "" || strings.ContainsAny(line, " \t{}<>|") || strings.Contains(line, "://") {
		return false
	}
	if line[0] == '&' || l.s[end-1] == '&' {
		return strings.IndexByte(line, '=') > 0
	}
	if length < fullLine || messageStart(line) || strings.HasPrefix(line, "```") || strings.HasPrefix(line, "HTTP/") {
		return false
	}
	if last := l.s[max(from, end-length):end]; strings.IndexByte(last[strings.LastIndexByte(last, '&')+1:], '=') < 0 && strings.IndexByte(last, '&') >= 0 {
		return strings.IndexByte(line, '=') >= 0 // the line was wrapped inside a name
	}
	first := line
	if n := strings.IndexByte(line, '&'); n >= 0 {
		first = line[:n]
	}
	if strings.ContainsAny(first, ":=") && !strings.Contains(first, "%") && strings.IndexByte(line, '&') < 0 {
		return false // a separate pair or a header field
	}
	return strings.IndexByte(line, '&') >= 0 || strings.IndexByte(line, '%') >= 0 || base64Only(line)
}

func base64Only(s string) bool {
	for i := range len(s) {
		if !base64Byte(s[i]) && s[i] != '.' && s[i] != '=' {
			return false
		}
	}
	return len(s) >= 4
}

// trailing is the length of a run without the punctuation or bracket that ends it.
func trailing(run string) int {
	n := len(run)
	for n > 0 {
		switch c := run[n-1]; c {
		case ',', ';', '.', '!', '>':
			if c == '>' && strings.LastIndexByte(run[:n], '<') > strings.LastIndexByte(run[:n], '&') {
				return n // a placeholder
			}
			if c == '.' && n > 2 && run[n-2] == '.' {
				return n
			}
		case ')', ']', '}':
			open := map[byte]string{')': "(", ']': "[", '}': "{"}[c]
			if strings.Count(run[:n], open) >= strings.Count(run[:n], string([]byte{c})) {
				return n
			}
		default:
			return n
		}
		n--
	}
	return n
}

type formSort uint8

const (
	formNone formSort = iota
	formRequest
	formAuthorization
	formError
	formCallback
)

// formKind recognises a form by its names.
func formKind(text string) formSort {
	has := map[string]string{}
	pairs := 0
	for p := range strings.SplitSeq(text, "&") {
		name, value, ok := strings.Cut(p, "=")
		if !ok || name == "" || len(name) > longestName || strings.ContainsAny(name, "<>{}()[] \t,;") && !strings.HasPrefix(name, "{{") {
			continue
		}
		if pairs++; pairs > 1000 {
			break
		}
		has[strings.ToLower(name)] = value
	}
	is := func(names ...string) bool {
		for _, n := range names {
			if _, ok := has[n]; ok {
				return true
			}
		}
		return false
	}
	switch {
	case is("grant_type", "client_assertion", "client_assertion_type", "client-assertion", "client-assertion-type", "granttype", "clientassertion", "grant-type"):
		return formRequest
	case is("error") && (errorCode(has["error"]) || is("error_description")):
		return formError
	case is("error_description"):
		return formError
	case is("response_type") && is("client_id"), is("client_id") && is("redirect_uri", "request_uri", "code_challenge") && !is("code", "client_secret"):
		return formAuthorization
	case is("code") && is("state", "session_state", "iss") && !is("client_id"), is("state") && is("id_token", "access_token"):
		return formCallback
	case is("code", "refresh_token", "assertion", "subject_token") && is("client_id", "redirect_uri", "client_secret", "scope"):
		return formRequest
	}
	return formNone
}

// another reports whether another name and value may follow on the line after those at i.
func (l *layer) another(i int) bool {
	end := min(l.lineEnd, i+longestString)
	rest := l.s[min(end, max(i, l.rejected["signs"])):end]
	n := strings.IndexAny(rest, ":=")
	if n < 0 {
		l.rejected["signs"] = end // there is none up to here
	}
	return n >= 0 && strings.ContainsAny(rest[n+1:], ":=")
}

// readInline reads names and values on one line: iss=x sub=y, or alg: RS256, kid: k.
func readInline(l *layer, i int) int {
	if l.rejected["inline"] > i {
		return i
	}
	name := wordEnd(l.s, i)
	if name >= l.lineEnd || strings.IndexByte(":= =\"'-", l.s[name]) < 0 || !l.another(name) {
		return i
	}
	end := min(l.lineEnd, i+longestString)
	work := dumpWork * (end - i + 64)
	d := &dump{t: l.t, s: l.s, i: i, end: end, work: &work, flat: true}
	if i > l.lineStart && (l.s[i-1] == '"' || l.s[i-1] == '\'') {
		d.i--
	}
	d.out.Put("{")
	last, known, n := i, 0, 0
	prose := false
	for d.more() && n < 60 {
		mark := d.out.Mark()
		from := d.i
		if n > 0 {
			d.out.Put(",")
		}
		if !d.member(0) {
			d.out.Undo(mark)
			break
		}
		word, _, _ := strings.Cut(strings.Trim(l.s[from:d.i], "\"'*` "), "=")
		word, _, _ = strings.Cut(word, ":")
		word = strings.Trim(word, "\"' `*")
		if pairClass(word) != pairOther {
			known++
		}
		prose = prose || inProse(word, l.s[from:d.i])
		n++
		last = d.i
		d.blanks(true)
	}
	d.out.Put("}")
	l.rejected["inline"] = max(last, name)
	if known < 2 || d.failed || prose {
		return i
	}
	json := d.out.Text()
	v, ok := scanJSON(json)
	if !ok || !l.object(object{text: json, value: v, label: l.labelBefore(i), form: formInline}) {
		return i
	}
	return last
}

// inProse reports whether a name with its value is part of a sentence, such as "with
// grant_type=client_credentials and this client_assertion:". The values of these
// parameters are not empty and contain no blanks.
func inProse(name, pair string) bool {
	switch folded(name) {
	case "granttype", "clientassertiontype", "clientassertion":
		_, value, _ := strings.Cut(pair, name)
		value = strings.Trim(value, "=:\"'`* ,;\t\r\n")
		return value == "" || strings.Contains(value, " ")
	}
	return false
}
