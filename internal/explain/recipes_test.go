package explain

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/checks"
)

// TestRecipes checks what the compiler cannot: names, languages, sizes.
func TestRecipes(t *testing.T) {
	files, err := recipeFiles.ReadDir("recipes")
	if err != nil {
		t.Fatal(err)
	}
	libraries := libraries()
	for _, f := range files {
		name := strings.TrimSuffix(f.Name(), ".md")
		all := checks.All()
		i := slices.IndexFunc(all, func(c checks.Check) bool { return string(c.ID) == name })
		if i < 0 {
			t.Errorf("%s is about no check", f.Name())
			continue
		}
		text, err := recipeFiles.ReadFile("recipes/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		if strings.Count(string(text), "\n```")%2 != 0 {
			t.Errorf("%s: a code block stays open", f.Name())
		}
		headings := regexp.MustCompile(`(?m)^## (.*)$`).FindAllStringSubmatch(noFences(string(text)), -1)
		var seen []string
		for _, h := range headings {
			if slices.Contains(seen, h[1]) {
				t.Errorf("%s: %s stands twice", f.Name(), h[1])
			}
			seen = append(seen, h[1])
			if !slices.ContainsFunc(all[i].Causes, func(c checks.Cause) bool { return string(c.ID) == h[1] }) {
				t.Errorf("%s: the check has no cause %q", f.Name(), h[1])
			}
			if len(recipesOf(name, h[1])) == 0 {
				t.Errorf("%s: nothing stands under %s", f.Name(), h[1])
			}
		}
		for cause, rs := range parseRecipes(string(text)) {
			var last int
			for _, r := range rs {
				checkRecipe(t, cause, r)
				if r.Library == "" {
					continue
				}
				place := slices.Index(libraries, r.Library)
				if place < 0 {
					t.Errorf("%s: %q is no library's name as the others spell it", cause, r.Library)
				} else if place < last {
					t.Errorf("%s: %s stands out of order", cause, r.Library)
				}
				last = max(last, place)
			}
		}
	}
}

// libraries in the order in which recipes name them.
func libraries() []string {
	return []string{"PyJWT", "Authlib", "Python cryptography", "jose (Node)", "jsonwebtoken (Node)", "Node crypto", "golang-jwt", "lestrrat-go/jwx", "Go standard library",
		"Nimbus JOSE + JWT", "jjwt", "Java", "Microsoft IdentityModel", ".NET", "ruby-jwt", "firebase/php-jwt", "PHP", "AWS KMS", "OpenSSL", "Shell"}
}

func checkRecipe(t *testing.T, cause string, r Recipe) {
	t.Helper()
	if r.Markdown == "" {
		t.Errorf("%s, %s: the recipe is empty", cause, r.Library)
	}
	languages := []string{"python", "js", "go", "java", "csharp", "ruby", "php", "sh", "json"}
	fence, lines := false, 0
	for line := range strings.Lines(r.Markdown + "\n") {
		lang, ok := strings.CutPrefix(strings.TrimSpace(line), "```")
		switch {
		case ok && !fence:
			fence, lines = true, 0
			if !slices.Contains(languages, lang) {
				t.Errorf("%s, %s: a code block of the language %q", cause, r.Library, lang)
			}
		case ok:
			fence = false
			if lines == 0 || lines > 12 {
				t.Errorf("%s, %s: a code block of %d lines", cause, r.Library, lines)
			}
		case fence:
			lines++
			if len(strings.TrimRight(line, "\n")) > 100 {
				t.Errorf("%s, %s: a line of code over 100 columns", cause, r.Library)
			}
		}
	}
	if r.Library != "" && !strings.Contains(r.Markdown, "```") {
		t.Errorf("%s, %s: no code", cause, r.Library)
	}
	prose := strings.TrimSpace(strings.ReplaceAll(noFences(r.Markdown), "code", ""))
	if n := len(regexp.MustCompile(`[.;] [A-Z]`).FindAllString(prose, -1)); n > 2 {
		t.Errorf("%s, %s: %d sentences", cause, r.Library, n+1)
	}
}

// TestRecipesReach checks that the causes people meet most have four libraries at least.
func TestRecipesReach(t *testing.T) {
	for _, cause := range []string{"time-in-milliseconds", "time-as-string", "lifetime-too-long", "exp-missing", "iat-missing", "jti-missing",
		"kid-missing", "typ-missing", "alg-not-accepted", "alg-symmetric", "aud-array-not-accepted", "ecdsa-der", "payload-double-encoded",
		"base64-padding", "x5t-hex-encoded", "x5c-malformed", "local-time-as-utc", "iss-sub-differ"} {
		n := 0
		for _, r := range Recipes(cause) {
			if r.Library != "" {
				n++
			}
		}
		if n < 4 {
			t.Errorf("%s has recipes for %d libraries", cause, n)
		}
	}
	if r := Recipes("no-such-cause"); r != nil {
		t.Errorf("there are recipes for no cause: %v", r)
	}
}

func TestParseRecipes(t *testing.T) {
	got := parseRecipes("intro\n\n## a\nfor all\n### L\n```sh\n## no heading\n### nor this\n```\nthen\n\n## b\n### M\n")
	if len(got["a"]) != 2 || got["a"][0] != (Recipe{"", "for all"}) || got["a"][1] != (Recipe{"L", "```sh\n## no heading\n### nor this\n```\nthen"}) {
		t.Errorf("a: %q", got["a"])
	}
	if len(got["b"]) != 1 || got["b"][0] != (Recipe{"M", ""}) {
		t.Errorf("b: %q, want a library without text, which TestRecipes refuses", got["b"])
	}
}
