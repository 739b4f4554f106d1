package island

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/srctext"
	"github.com/assertionworks/jwtdoctor/internal/wording"
)

// looksLikeMarkup reports whether a text is HTML or was copied from it, by closing tags
// or character references. &amp; does not count, since it also appears in wrongly encoded
// forms.
func looksLikeMarkup(s string) bool {
	const most = 4000 // places that are examined
	tags, references := 0, 0
	for i, looked := 0, 0; i < len(s) && looked < most; looked++ {
		n := strings.IndexAny(s[i:], "<&")
		if n < 0 {
			break
		}
		i += n
		rest := s[i:min(len(s), i+16)]
		switch {
		case s[i] == '&':
			for _, name := range [...]string{"&quot;", "&lt;", "&gt;", "&#39;", "&#x27;", "&#34;", "&apos;", "&nbsp;"} {
				if strings.HasPrefix(rest, name) {
					references++
				}
			}
		default:
			low := strings.ToLower(rest)
			if end := pageIn(s, i, low); end > i {
				i = end
				continue
			}
			for _, tag := range [...]string{"</p>", "</pre>", "</code>", "</div>", "</span>", "<br>", "<br/>", "<br />", "</li>", "</a>", "</b>", "</strong>", "</html>", "</body>", "<!doctype html", "</td>", "</h1>", "</h2>", "</h3>", "</details>", "</summary>"} {
				if strings.HasPrefix(low, tag) {
					tags++
				}
			}
		}
		if tags+references > 1 {
			return true
		}
		i++
	}
	return tags+references > 1
}

// pageIn is the end of the page that begins at i as the body of an HTTP response above
// it; i if none does. Such a page is what a server sent, and does not make the text
// around it markup.
func pageIn(s string, i int, low string) int {
	const far = 4096 // bytes of header fields above a page
	if !strings.HasPrefix(low, "<!doctype html") && !strings.HasPrefix(low, "<html") {
		return i
	}
	if !strings.Contains(s[max(0, i-far):i], "HTTP/") && !refusedAbove(s, i) {
		return i
	}
	const end = "</html>"
	for at := i; ; {
		n := strings.IndexByte(s[at:], '<')
		if n < 0 || at+n+len(end) > len(s) {
			return len(s) // truncated
		}
		if at += n; strings.EqualFold(s[at:at+len(end)], end) {
			return at + len(end)
		}
		at++
	}
}

// refusedAbove reports whether the line that ends at a page, or the one above it,
// contains the status of an error response: 403 on POST request for "…": "<html>….
func refusedAbove(s string, i int) bool {
	const far = 300
	from := max(0, i-far)
	head := strings.TrimRight(s[from:i], " \t\r\n\"'`:>[(")
	if n := strings.LastIndexByte(head, '\n'); n >= 0 {
		head = head[n+1:]
	}
	for k := 0; k+3 <= len(head); k++ {
		if (head[k] == '4' || head[k] == '5') && isDigit(head[k+1]) && isDigit(head[k+2]) && (k == 0 || !isWord(head[k-1]) && head[k-1] != '.') && (k+3 == len(head) || !isWord(head[k+3]) && head[k+3] != '.') {
			return true
		}
	}
	return false
}

// blocksOf divides a text at its code fences, and determines the nature of each part.
// stamped is how many lines had a time stamp or the name of a container, which was
// removed.
func blocksOf(t srctext.Text, stamped int) []Block {
	s := t.String()
	var out []Block
	start, fenced, lang := 0, false, ""
	add := func(end int) {
		if end > start || len(out) == 0 {
			out = append(out, Block{Span: jsonspan.Span{Start: start, End: end}, Fenced: fenced, Nature: natureOf(s[start:end], fenced, lang)})
		}
	}
	for i := 0; i < len(s); {
		end := endOfLine(s, i)
		if mark, info := fence(s[i:end]); mark {
			next := min(end+1, len(s))
			if fenced {
				add(i)
				start, fenced, lang = next, false, ""
			} else {
				add(i)
				start, fenced, lang = next, true, info
			}
		}
		i = end + 1
	}
	add(len(s))
	docs := stamped < 3 && documentation(s, out)
	for i := range out {
		if docs && out[i].Nature == NaturePlain {
			out[i].Nature = NatureDocs
		}
	}
	return out
}

// fence reports whether a line opens or closes a code fence, and the language it names.
func fence(line string) (mark bool, lang string) {
	line = strings.Trim(line, " \t\r>")
	if len(line) < 24 && line != "" && (line[0] == '{' || line[0] == '[') {
		low := strings.ToLower(line)
		for _, tag := range [...]string{"{code}", "{code:", "{noformat}", "[code]", "[/code]", "[code=", "[pre]", "[/pre]"} { // Jira and forums
			if strings.HasPrefix(low, tag) && (strings.HasSuffix(low, "}") || strings.HasSuffix(low, "]")) {
				return true, ""
			}
		}
	}
	if !strings.HasPrefix(line, "```") && !strings.HasPrefix(line, "~~~") {
		return false, ""
	}
	rest := strings.TrimSpace(strings.TrimLeft(line, line[:1]))
	name, _, _ := strings.Cut(rest, " ")
	if len(rest) > 40 || strings.Trim(strings.ToLower(name), "abcdefghijklmnopqrstuvwxyz0123456789+#-._{}:") != "" || strings.ToUpper(name) == name && name != "" && name != rest {
		return false, "" // its content begins on the same line
	}
	return true, strings.ToLower(name)
}

// natureOf distinguishes source code and prose from everything else.
func natureOf(s string, fenced bool, lang string) Nature {
	lines, code, log := 0, 0, 0
	for i := 0; i < len(s) && lines < 400; {
		end := endOfLine(s, i)
		line := strings.TrimSpace(s[i:end])
		i = end + 1
		if line == "" {
			continue
		}
		lines++
		switch {
		case strings.HasPrefix(line, "@@ -") && strings.Contains(line[4:], " @@"):
			return NatureSource // a diff
		case codeLine(line):
			code++
		case logLine(line):
			log++
		}
	}
	if lines == 0 {
		return NaturePlain
	}
	switch lang {
	case "go", "java", "python", "py", "js", "javascript", "ts", "typescript", "csharp", "cs", "c#", "php", "ruby", "rb", "kotlin", "rust", "swift", "scala":
		if code > 0 && log == 0 && lines > 2 {
			return NatureSource
		}
	}
	if code > 2 && code*4 >= lines && code > 2*log || code > 1 && code*3 >= lines && log == 0 {
		return NatureSource
	}
	return NaturePlain
}

// codeLine recognises a line that only source code contains.
func codeLine(line string) bool {
	if strings.HasPrefix(line, "at ") || strings.HasPrefix(line, "File \"") {
		return false // a stack trace
	}
	if strings.HasPrefix(line, "from ") {
		return strings.Contains(line, " import ")
	}
	for _, begin := range [...]string{"func ", "def ", "return;", "if err", "} else", "#include", "namespace ", "@Test", "@Override", "module.exports", "try {", "try:", "expect(", "describe(", "fn ", "impl ", "<?php", "require_once",
		"self.", "this.", "} catch", "});", "})", "};", "*/", "/*", "///", "//", "while (", "for (", "if (", "else {", "default:"} {
		if strings.HasPrefix(line, begin) {
			return true
		}
	}
	last := line[len(line)-1]
	for _, begin := range [...]string{"import ", "package ", "class ", "public ", "private ", "protected ", "static ", "const ", "let ", "var ", "return ", "using ", "async ", "await ", "export ", "catch ", "except ", "throw ", "raise ", "assert", "struct ", "type ",
		"interface ", "enum ", "switch ", "case ", "for ", "require ", "it(", "test(", "local "} {
		if strings.HasPrefix(line, begin) {
			return strings.IndexByte(";{:)},(", last) >= 0 || strings.Contains(line, " = ") || strings.HasPrefix(line, "import ") && strings.Count(line, " ") == 1 || strings.HasPrefix(line, "package ") && strings.Count(line, " ") == 1
		}
	}
	switch last {
	case ';':
		return strings.ContainsAny(line, "=(") && !strings.Contains(line, ": ")
	case '{':
		return strings.Contains(line, ") ") || strings.HasPrefix(line, "}") || strings.HasSuffix(line, "=> {")
	}
	return strings.Contains(line, " := ") || strings.Contains(line, ") -> ")
}

// logLine recognises a line of a log or stack trace.
func logLine(line string) bool {
	if strings.HasPrefix(line, "at ") || strings.HasPrefix(line, "File \"") || strings.HasPrefix(line, "Caused by") || strings.HasPrefix(line, "Traceback") {
		return true
	}
	if _, n := stampAt(line); n > 0 {
		return true
	}
	head := line[:min(len(line), 60)]
	return wording.HasAny(head, "DEBUG", "ERROR", "INFO", "WARN", "TRACE", "[debug]", "[error]", "[info]", "level=")
}

// documentation reports whether a text explains something instead of showing what
// happened: it has the headings of a manual, or it is long prose without I or we.
func documentation(s string, blocks []Block) bool {
	headings, manual, report, person := 0, 0, 0, 0
	sentences, lines, stamps, words, numbered := 0, 0, 0, 0, 0
	for _, b := range blocks {
		if b.Fenced || b.Nature == NatureSource {
			continue
		}
		for i := b.Span.Start; i < b.Span.End && lines < 1500; {
			end := min(endOfLine(s, i), b.Span.End)
			line := strings.TrimSpace(s[i:end])
			i = end + 1
			if line == "" {
				continue
			}
			lines++
			if reportLine(line) {
				report++
			}
			if title, ok := headingLine(line); ok {
				headings++
				if manualTitle(title) {
					manual++
				}
				if isDigit(line[0]) {
					numbered++
				}
				continue
			}
			if _, n := stampAt(line); n > 0 {
				stamps++
			}
			if n := plainWordsIn(line); n > 4 && line[0] != '{' && line[0] != '[' {
				sentences++
				words += n
			}
			if firstPerson(line) {
				person++
			}
		}
	}
	switch {
	case report > 0:
		return false
	case manual > 0 && headings > 1, numbered > 1 && sentences > 4 && person == 0, headings > 3 && sentences > headings/2:
		return true
	}
	return words > 40 && sentences > 2 && sentences*5 > lines*2 && stamps == 0 && (person == 0 || sentences > 12*person)
}

// plainWordsIn counts the words of a line that consist of letters; 0 if they are not most
// of it.
func plainWordsIn(line string) int {
	words, plain := 0, 0
	for w := range strings.FieldsSeq(line) {
		words++
		w = strings.Trim(w, ".,;:!?()\"'`*_’“”-")
		letters := w != ""
		for _, c := range []byte(w) {
			if !isLetter(c) && c < 0x80 && c != '-' && c != '\'' {
				letters = false
				break
			}
		}
		if letters && len(w) < 20 {
			plain++
		}
		if words > 60 {
			break
		}
	}
	if plain*5 < words*3 {
		return 0
	}
	return plain
}

// firstPerson reports whether a line is in the first person.
func firstPerson(line string) bool {
	for w := range strings.FieldsSeq(line) {
		switch strings.ToLower(strings.Trim(w, ".,;:!?()\"'*_")) {
		case "i", "i'm", "i've", "we", "we're", "we've", "my", "our", "me", "us":
			return true
		}
	}
	return false
}

// headingLine recognises a heading: # Title, or 4.1. Title.
func headingLine(line string) (title string, ok bool) {
	if line[0] == '#' {
		title = strings.TrimLeft(line, "#")
		return strings.ToLower(strings.TrimSpace(title)), strings.HasPrefix(title, " ") && len(line) < 100
	}
	n := 0
	for n < len(line) && n < 8 && (isDigit(line[n]) || line[n] == '.') {
		n++
	}
	if n > 1 && n < len(line)-3 && line[n] == ' ' && strings.Contains(line[:n], ".") && len(line) < 80 && !strings.HasSuffix(line, ".") && strings.TrimLeft(line[n:], " ")[0] >= 'A' && strings.TrimLeft(line[n:], " ")[0] <= 'Z' {
		return strings.ToLower(strings.TrimSpace(line[n:])), true
	}
	return "", false
}

// manualTitle recognises headings that occur in manuals but not in reports.
func manualTitle(title string) bool {
	switch strings.Trim(title, ":* ") { // a change log
	case "fixed", "added", "changed", "removed", "deprecated", "bug fixes", "what's changed", "unreleased", "breaking changes", "fixes", "enhancements":
		return true
	}
	for _, word := range [...]string{"install", "usage", "license", "licence", "contribut", "getting started", "table of contents", "features", "api reference", "overview", "introduction", "abstract", "security considerations", "references", "changelog", "quick start", "quickstart", "faq",
		"configuration", "prerequisites", "documentation", "tutorial", "iana considerations", "error codes", "error handling", "examples", "troubleshooting", "how it works", "requirements", "glossary", "terminology", "see also", "supported", "what is"} {
		if strings.Contains(title, word) {
			return true
		}
	}
	return false
}

// reportLine recognises what failure reports say but manuals do not.
func reportLine(line string) bool {
	if errorChain(line) {
		return true
	}
	if len(line) > 300 {
		return false
	}
	low := strings.ToLower(line)
	for _, words := range [...]string{"expected behavio", "actual behavio", "steps to reproduce", "to reproduce", "describe the bug", "i get ", "i'm getting", "i am getting", "we get ", "we are getting", "we're getting", "i receive", "we receive", "i got ", "fails with", "hi all", "hello,", "hi,", "any idea", "please help", "what am i doing wrong",
		"my request", "our request", "my client", "our client", "traceback (most recent call last)", "stack trace", "caused by:", "observed", "bug report", "current behavio", "thanks in advance", "i tried", "we tried", "environment:", "issue description", "i see ", "we see "} {
		if strings.Contains(low, words) {
			return true
		}
	}
	return false
}

// errorChain recognises wrapped errors as Go prints them: failed to mount: failed to
// acquire token: reply status code was 400.
func errorChain(line string) bool {
	links := strings.Count(line, ": failed to ") + strings.Count(line, ": error: ") + strings.Count(line, ": could not ") + strings.Count(line, " err: ") + strings.Count(line, ": rpc error: ")
	return links > 1
}
