package input

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/wording"
)

// dialectOf is the shell a stretch of text was written for or copied from. src is the
// text without prompts, file the name of its file.
func dialectOf(src, text, file string) dialect {
	var caret, tick, ps, cmd, exe bool
	for line := range strings.SplitSeq(src, "\n") {
		trimmed := strings.TrimSpace(line)
		switch {
		case strings.HasSuffix(trimmed, "^"):
			caret = true
		case strings.HasSuffix(trimmed, " `") || strings.HasSuffix(trimmed, "'`") || strings.HasSuffix(trimmed, "\"`"):
			tick = true
		}
		if len(trimmed) < len("set ") && !strings.HasPrefix(trimmed, "$") {
			continue
		}
		if cmdletIn(trimmed) >= 0 || sends(trimmed) && psAlias(trimmed) {
			return powerShell
		}
		lower := wording.LowerASCII(trimmed)
		if n := nameLength(strings.TrimPrefix(trimmed, "$")); strings.HasPrefix(trimmed, "$") && n > 0 {
			after := strings.TrimLeft(trimmed[1+n:], " ")
			ps = ps || strings.HasPrefix(after, "=") || n == 3 && strings.HasPrefix(lower, "$env:")
		}
		ps = ps || strings.Contains(lower, "$env:")
		cmd = cmd || strings.HasPrefix(lower, "set ") && strings.Contains(lower, "=") || strings.HasPrefix(lower, "@echo") || strings.HasPrefix(lower, "rem ") || strings.Contains(trimmed, ` ^"`)
		at := strings.Index(lower, "curl.exe ")
		exe = exe || at >= 0
		if i := strings.Index(lower, "curl"); i >= 0 && !ps && !tick && strings.Contains(trimmed[i:], "%") {
			for j := i; j < len(trimmed); j++ {
				if trimmed[j] == '%' && cmdVariable(trimmed[j:]) > 0 && !strings.Contains(trimmed, "'") {
					cmd = true
					break
				}
			}
		}
	}
	switch {
	case batchFile(file), !tick && !ps && cmdPrompt(text):
		return cmdExe
	case caret && !tick:
		return cmdExe
	case ps || tick:
		return powerShell
	case cmd:
		return cmdExe
	case exe && strings.Contains(src, "'"):
		// Only PowerShell needs the program's full name.
		return powerShell
	case exe:
		return cmdExe
	}
	return posixShell
}

// psAlias recognises parameters of Invoke-WebRequest, for which curl and wget are aliases
// in Windows PowerShell.
func psAlias(line string) bool {
	return wording.HasAny(line, " -Uri ", " -Method ", " -Body ", " -Headers ", " -ContentType ")
}

// dialect is the shell a command was written for.
type dialect int

const (
	posixShell dialect = iota
	cmdExe
	powerShell
)
