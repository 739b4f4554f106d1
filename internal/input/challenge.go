package input

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

const (
	maxChallenges      = 50
	maxChallengeParams = 100
)

// challengesIn parses the value of WWW-Authenticate (RFC 9110 section 11.6.1): one field
// may contain several challenges, and a comma separates both challenges and their
// parameters. Commas between parameters and the quotes that values need may be missing:
// servers omit both.
func challengesIn(value string) []evidence.Challenge {
	var out []evidence.Challenge
	for i := 0; i < len(value) && len(out) < maxChallenges; {
		if strings.IndexByte(" \t,", value[i]) >= 0 {
			i++
			continue
		}
		start := i
		for i < len(value) && tokenByte(value[i]) {
			i++
		}
		name := value[start:i]
		if name == "" {
			i++ // neither a scheme nor a name
			continue
		}
		next := skipBlanks(value, i)
		if next < len(value) && value[next] == '=' && len(out) > 0 {
			var text string
			text, i = challengeValue(value, skipBlanks(value, next+1))
			params := out[len(out)-1].Params
			name = strings.ToLower(name)
			if _, again := params[name]; !again && len(params) < maxChallengeParams {
				params[name] = text
			}
			continue
		}
		out = append(out, evidence.Challenge{Scheme: name, Params: map[string]string{}})
		i = token68End(value, next)
	}
	return out
}

// challengeValue reads a quoted string or token, and where it ends.
func challengeValue(s string, i int) (string, int) {
	if i < len(s) && s[i] == '"' {
		var b strings.Builder
		for i++; i < len(s) && s[i] != '"'; i++ {
			if s[i] == '\\' && i+1 < len(s) {
				i++
			}
			b.WriteByte(s[i])
		}
		return b.String(), min(i+1, len(s))
	}
	start, end := i, i
	for i < len(s) && s[i] != ',' {
		if s[i] != ' ' && s[i] != '\t' {
			i++
			end = i
			continue
		}
		// Unquoted words belong to the value up to the next name=.
		next := skipBlanks(s, i)
		word := next
		for word < len(s) && tokenByte(s[word]) {
			word++
		}
		if word < len(s) && s[word] == '=' && word > next {
			return s[start:end], next
		}
		i = max(word, next)
		if i > next {
			end = i
		}
	}
	return s[start:end], i
}

// token68End skips credentials that are not parameters, such as those of Negotiate.
func token68End(s string, i int) int {
	word := i
	for word < len(s) && (tokenByte(s[word]) || s[word] == '/') {
		word++
	}
	end := word
	for end < len(s) && s[end] == '=' {
		end++
	}
	rest := skipBlanks(s, end)
	const shortest = 20 // below that, a final = is a parameter without a value
	if word == i || rest < len(s) && s[rest] != ',' || end == word+1 && word-i < shortest {
		return i
	}
	return end
}

func skipBlanks(s string, i int) int {
	for i < len(s) && (s[i] == ' ' || s[i] == '\t') {
		i++
	}
	return i
}

// tokenByte reports whether a character may be part of a token (RFC 9110 section 5.6.2).
func tokenByte(c byte) bool {
	return letter(c) || digit(c) || strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0
}
