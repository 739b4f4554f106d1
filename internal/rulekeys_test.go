package internal_test

import (
	"go/ast"
	"go/token"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// Rules are read by the constants of package profile, which the compiler
// checks. A key written out elsewhere would be a silent typo some day: code has
// none, and an example of --set in a text names a rule there is.
func TestRuleKeysAreNotWrittenOut(t *testing.T) {
	var keys []*regexp.Regexp
	halves := map[string]bool{}
	for _, k := range profile.Keys() {
		keys = append(keys, regexp.MustCompile("^"+strings.ReplaceAll(regexp.QuoteMeta(k.ID), `\*`, `[^.\s]+`)+"$"))
		if before, after, wild := strings.Cut(k.ID, "*"); wild {
			halves[before], halves[after] = true, true
		}
	}
	isKey := func(s string) bool {
		for _, k := range keys {
			if k.MatchString(s) {
				return true
			}
		}
		return false
	}
	example := regexp.MustCompile(`--set ['"]?([^\s=]+)=`)
	for _, s := range sources(t) {
		if s.name == "internal/profile/vocabulary.go" {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			text, err := strconv.Unquote(lit.Value)
			if err != nil {
				return true
			}
			if isKey(text) || halves[text] {
				t.Errorf("%s writes out the rule key %q; use the constant of package profile", s.name, text)
			}
			for _, found := range example.FindAllStringSubmatch(text, -1) {
				if key := found[1]; key != "RULE" && !isKey(key) && !strings.HasPrefix(key, "%") {
					t.Errorf("%s shows the rule %q, and there is none: %q", s.name, key, text)
				}
			}
			return true
		})
	}
}
