package explain

import (
	"embed"
	"strings"
)

// One file a check: "## cause", then for each library "### Library", a code
// block and a sentence or two. What is before the first library applies to
// all of them.
//
//go:embed recipes/*.md
var recipeFiles embed.FS

// Recipe is how to avoid a cause in one library.
type Recipe struct {
	Library  string // "" if it applies to all
	Markdown string
}

// Recipes lists the recipes for a cause; none if no library has a say in it
// or there is no such cause.
func Recipes(cause string) []Recipe {
	files, err := recipeFiles.ReadDir("recipes")
	if err != nil {
		return nil
	}
	for _, f := range files {
		if r := recipesOf(strings.TrimSuffix(f.Name(), ".md"), cause); len(r) > 0 {
			return r
		}
	}
	return nil
}

func recipesOf(check, cause string) []Recipe {
	text, err := recipeFiles.ReadFile("recipes/" + check + ".md")
	if err != nil {
		return nil
	}
	return parseRecipes(string(text))[cause]
}

// parseRecipes reads a file of recipes. Lines inside code blocks are no headings.
func parseRecipes(text string) map[string][]Recipe {
	out := map[string][]Recipe{}
	cause, library, fenced := "", "", false
	var body strings.Builder
	flush := func() {
		if s := strings.TrimSpace(body.String()); cause != "" && (s != "" || library != "") {
			out[cause] = append(out[cause], Recipe{library, s})
		}
		body.Reset()
	}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "```") {
			fenced = !fenced
		}
		if title, ok := strings.CutPrefix(line, "### "); ok && !fenced {
			flush()
			library = strings.TrimSpace(title)
			continue
		}
		if title, ok := strings.CutPrefix(line, "## "); ok && !fenced {
			flush()
			cause, library = strings.TrimSpace(title), ""
			continue
		}
		body.WriteString(line)
	}
	flush()
	return out
}
