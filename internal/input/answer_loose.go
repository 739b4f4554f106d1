package input

import (
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// powershellError reports whether a text is what PowerShell prints when a request fails,
// which includes the response body. PowerShell 5 and 7 begin such an error with the name
// of the cmdlet and a colon; a command never does.
func powershellError(text string) bool {
	name, rest, ok := strings.Cut(text[:min(len(text), mostCmdlet)], ":")
	if !ok || rest == "" {
		return false
	}
	if short, spaced := strings.CutSuffix(name, " "); spaced && rest[0] == ' ' {
		for _, alias := range [...]string{"irm", "iwr", "curl", "wget"} {
			if strings.EqualFold(short, alias) {
				return true
			}
		}
	}
	name = strings.TrimRight(name, blanks)
	return strings.IndexByte(blanks, rest[0]) >= 0 && (strings.EqualFold(name, "Invoke-RestMethod") || strings.EqualFold(name, "Invoke-WebRequest"))
}

const (
	mostCmdlet = 80 // bytes in which the name of a cmdlet, spaces and a colon fit
	blanks     = "\t\n\f\r "
)

// tellsInPieces reads a body that begins like JSON but is not JSON as plain text, if an
// error can be found in it: a log line, an object as a program printed it, JSON pasted
// with something after it. A body with a status was really sent like that, so it is read
// so only if it is an error and the damage loses something. A truncated body stays JSON,
// and so does one that contains a token.
func tellsInPieces(r *evidence.Response) bool {
	text := strings.TrimSpace(r.Body)
	pasted := r.Status == 0
	damaged := pasted && (r.JSON == nil || r.JSON.Kind != jsonspan.Object)
	for _, f := range r.Faults {
		switch f.Code {
		case jsonspan.FaultDuplicate, jsonspan.FaultBOM:
			continue
		case jsonspan.FaultDepth, jsonspan.FaultSize:
			return false
		case jsonspan.FaultTruncated:
			if strings.HasPrefix(text, "{") && !strings.HasPrefix(text, `{\"`) {
				return false
			}
		}
		damaged = damaged || pasted || f.Loses()
	}
	if !damaged || !pasted && r.Status < 400 || strings.Contains(text, "access_token") {
		return false
	}
	var f foundError
	f.quoted(r.Body)
	return f.Code != "" || f.Description != "" || logged(r.Body)
}

// logged distinguishes a log line, which begins with a time or a level in brackets, from
// a JSON array.
func logged(text string) bool {
	text, ok := strings.CutPrefix(strings.TrimSpace(text), "[")
	if !ok {
		return false
	}
	end := strings.IndexAny(text, "]\n\"{}[")
	if end < 1 || text[end] != ']' || utf8.RuneCountInString(text[:end]) > mostLabel {
		return false
	}
	return end+1 < len(text) && strings.IndexByte(" \t:", text[end+1]) >= 0
}

// mostLabel is the number of characters of a time or a level in brackets.
const mostLabel = 60

const (
	mostObjects = 12      // objects in a text that are looked at for an error
	mostQuoted  = 1 << 16 // bytes of it
)

// quoted reads the error in a text that quotes a response: in the first JSON object that
// contains one, else in pairs of names and values as programming languages print them:
// {'error': 'invalid_client'}, {error: "…"}, {"error"=>"…"}.
func (f *foundError) quoted(text string) {
	text = text[:min(len(text), mostQuoted)]
	if strings.Contains(text, `{\"`) {
		text = strings.ReplaceAll(text, `\"`, `"`)
	}
	rest := text
	for range mostObjects {
		n := strings.IndexByte(rest, '{')
		if n < 0 {
			break
		}
		rest = rest[n:]
		v, _ := jsonspan.Scan([]byte(rest), jsonspan.Limits{Values: maxAnswer})
		var own foundError
		if own.value(v, 1); own.Code != "" && own.named {
			*f = own
			return
		}
		rest = rest[1:]
	}
	f.printed(text)
}

// How programming languages print the members of an error. The value of error has to look
// like a code, since prose is quoted too.
var (
	printedCode = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?i)\berror["']?\s*(?:=>|[:=])\s*["']([a-z][a-z0-9]*_[a-z0-9_]{1,60})["']`)
	})
	printedDescription = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?i)\berror_?description["']?\s*(?:=>|[:=])\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')`)
	})
	printedURI = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?i)\berror_?uri["']?\s*(?:=>|[:=])\s*["']([^"'\s]{1,500})["']`)
	})
	// How golang.org/x/oauth2 prints a response (RetrieveError): oauth2: "code"
	// "description" "URI".
	printedByGo = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`\boauth2: "([a-z][a-z0-9_]{1,60})"(?: "((?:[^"\\]|\\.)*)")?(?: "([^"\s]{1,500})")?`)
	})
	printedEscape = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\\(["'\\/])`) })
)

// byGo reads what golang.org/x/oauth2 prints.
func (f *foundError) byGo(text string) bool {
	const sign = `oauth2: "`
	if !strings.Contains(text, sign) {
		return false // do not compile the expression for nothing
	}
	m := printedByGo().FindStringSubmatch(text)
	if m == nil {
		return false
	}
	f.named, f.Code, f.URI = true, m[1], m[3]
	f.HasDescription, f.Description = m[2] != "", printedEscape().ReplaceAllString(m[2], "$1")
	return true
}

func (f *foundError) printed(text string) {
	if f.byGo(text) {
		return
	}
	m := printedCode().FindStringSubmatch(text)
	if m == nil {
		return
	}
	f.named, f.Code = true, m[1]
	if d := printedDescription().FindStringSubmatch(text); d != nil {
		f.HasDescription, f.Description = true, printedEscape().ReplaceAllString(d[1]+d[2], "$1")
	}
	if u := printedURI().FindStringSubmatch(text); u != nil {
		f.URI = u[1]
	}
}
