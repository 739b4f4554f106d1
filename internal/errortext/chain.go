package errortext

import "strings"

// marks are what programs print before the cause of an error.
var marks = [...]string{"Caused by:", "caused by:", "(Caused by ", "--->", "[cause]:", "nested exception is", "Inner exception", "InnerException", "reason: ", "Root cause", "cause: ", "source: "}

// depth counts the causes that text[from:to] unwraps.
func depth(text string, from, to int) int {
	n := 0
	for _, m := range marks {
		n += strings.Count(text[from:to], m)
	}
	return n
}

// mostBetween bounds how far apart two texts of one failure may be.
const mostBetween = 16 << 10

// sameChain reports whether a stack trace or one message goes from one match to
// the next: every line that begins between them continues what is before.
func sameChain(text string, from, to int) bool {
	if to-from > mostBetween {
		return false
	}
	between := text[from:to]
	i := strings.IndexByte(between, '\n')
	if i < 0 {
		return true
	}
	rest := text[from+i+1 : min(len(text), to+mostLine)]
	begins := to - (from + i + 1)
	for at := 0; ; {
		l, _, more := strings.Cut(rest[at:], "\n")
		if !continues(l) {
			return false
		}
		if at += len(l) + 1; !more || at > begins {
			return true
		}
	}
}

// continues reports whether a line belongs to the error that is printed before it.
func continues(l string) bool {
	t := strings.TrimLeft(strings.TrimRight(l, "\r"), " \t")
	if t == "" || len(t) < len(l) {
		return true // blank or indented
	}
	for _, p := range [...]string{"at ", "}", "]", ")", "{", "...", "Traceback ", "During handling of", "The above exception", "File \"", "Suppressed:", "* ", "curl: (", "< ", "> ", "errno", "code:", "syscall", "From ", "from ", "--- End of", "Inner Exception", "More details here", "Error:", "Exception"} {
		if strings.HasPrefix(t, p) {
			return true
		}
	}
	for _, m := range marks {
		if strings.Contains(t, m) {
			return true
		}
	}
	// java.io.IOException: ..., requests.exceptions.ProxyError: ..., TypeError [CODE]: ...
	name, _, ok := strings.Cut(t, ":")
	name, _, _ = strings.Cut(name, " [")
	if !ok || strings.ContainsAny(name, " \t") {
		return false
	}
	return strings.HasSuffix(name, "Error") || strings.HasSuffix(name, "Exception") || strings.HasSuffix(name, "Timeout")
}
