package address

import (
	"slices"
	"strings"
)

// EnvironmentApart returns the word by which two addresses differ where that is
// the name of an environment and nothing else differs; "" elsewhere. Of
// https://stg.example.com/t and https://example.com/t it is "stg".
func EnvironmentApart(a, b Address) string {
	if a.Host == "" || b.Host == "" || a.Port != b.Port {
		return ""
	}
	parts := func(a Address) []string {
		return strings.FieldsFunc(strings.ToLower(a.Host+a.Path), func(r rune) bool { return strings.ContainsRune("./-_", r) })
	}
	x, y := parts(a), parts(b)
	for len(x) > 0 && len(y) > 0 && x[0] == y[0] {
		x, y = x[1:], y[1:]
	}
	for len(x) > 0 && len(y) > 0 && x[len(x)-1] == y[len(y)-1] {
		x, y = x[:len(x)-1], y[:len(y)-1]
	}
	if len(x) > 1 || len(y) > 1 || len(x)+len(y) == 0 {
		return ""
	}
	words := slices.Concat(x, y)
	for _, word := range words {
		if !IsEnvironment(word) {
			return ""
		}
	}
	return words[0]
}

// IsEnvironment reports whether a word in lower case names a deployment of a
// service.
func IsEnvironment(word string) bool {
	switch word {
	case "dev", "development", "test", "tst", "testing", "qa", "uat", "int", "integration", "stg", "stage", "staging", "sandbox", "sbx",
		"demo", "pre", "preprod", "pre-prod", "preview", "nonprod", "non-prod", "nonprd", "non-prd", "prod", "prd", "production", "live", "poc", "local":
		return true
	}
	return false
}
