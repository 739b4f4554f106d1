package internal_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// stiff are phrases that read as if translated, each with what to write. A match
// of except in the same place is plain English after all.
type stiff struct {
	phrase, except, write string
}

// stiffPhrases is fixed on purpose: a phrase is banned for all texts or for none.
func stiffPhrases() []stiff {
	claim := `(?:iss|sub|aud|exp|iat|nbf|jti|kid|alg|typ|scope|client_id|grant_type|client_assertion|redirect_uri)`
	return []stiff{
		{`\bstands?\b`, ``, `is, appears`},
		{`\balone\b`, ``, `only`},
		{`\b(?:is|are|was|were) no\b`, `no (?:longer|more than|later than|earlier than|less than)|(?i:there) (?:is|are|was|were) no\b`, `is not a`},
		{`\b(?:has|have) not (?:a|an|any|the|three)\b|\bHas (?:the|this|your) \w+ (?:a|an|the|its)\b`, ``, `does not have`},
		{`\btakes\b|\b(?:not|servers|providers|endpoints) take\b`, `takes (?:effect|place|precedence|up to|about|too long|longer|time|\d|until)|How long it takes|it takes until`, `accepts, reads, uses`},
		{`\btaken (?:for|from)\b`, ``, `read as, copied from`},
		{`\b(?:tell|tells|told)\b`, `(?i)how to tell which|^ *to tell:? *$`, `say, report, show`},
		{`\b(?:hold|holds|held)\b`, ``, `contain`},
		{`\bmend(?:s|ed|ing)?\b`, ``, `fix`},
		{`\bto the character\b`, ``, `exactly`},
		{`\bjudg(?:e|es|ed|ing)\b`, ``, `check`},
		{`\bwhite space\b`, ``, `whitespace`},
		{`\b(?:whoever|anew|of its own|of their own|by itself|for ever|further)\b`, `further (?:ahead|back|along|than)|as of its own`, `anyone, again, its own, on its own, forever, more`},
		{`\bthere is no ` + claim + `\b`, ``, `… is missing`},
		{`\b(?:only|even|not asked) where\b`, ``, `only if`},
		{`\bwhere (?:present|given|known|needed|possible|there (?:is|are))\b`, ``, `if present`},
		{`\bbeside\b`, ``, `next to, as well as, with`},
		{`\bwhat is no\b`, ``, `what is not a`},
		{`\bin every way\b`, ``, `completely`},
		{`\b(?:minds|minded)\b`, ``, `refuses, objects to`},
		{`\b(?:one|each|an?) (?:finding|assertion|object|case|check|name|key|value) a (?:line|file|step|row)\b`, ``, `one … per line`},
		{`\b(?:is|was|are|were) not asked\b|(?i)^not asked$`, ``, `was not tested, skipped`},
		{`\b(?:is|are) in order\b`, ``, `works, is correct`},
		{`\bhow grave\b`, ``, `how serious`},
		{`\bthe very\b|\bthis very\b`, ``, `this`},
		{`\blies? (?:in|ahead|behind|before|after|outside|within|beyond|more)\b`, ``, `is`},
		{`\blikeliest\b`, ``, `most likely`},
		{`guessed, and said`, ``, `detected from the input`},
		{`only you can (?:see|look up)`, ``, `Check yourself:`},
		{`(?i)no faults? found`, ``, `No problems found`},
		{`were not possible|was not possible`, ``, `not checked: add --flag`},
		{`(?:with|by) a trailing slash (?:more|less|too many)`, ``, `has an extra trailing slash`},
		{`\bdoes not open with\b`, ``, `does not verify with`},
		{`another private key made it|no given key made it`, ``, `it was signed with a different private key`},
		{`a number no key has|right shape, another`, ``, `impossible key value; belongs to another`},
		{`has not three parts`, ``, `does not have three parts`},
		{`in wrong case or spelling|among the claims`, `response_type is among the claims|among the claims the page lists`, `misspelled; in the payload`},
		{`the present plus`, ``, `now plus`},
		{`of the matching kind`, ``, `name it`},
		{`found wrong beside`, ``, `Fix the other problems first`},
		{`(?i)have outgoing connections|admits known`, ``, `Ask for the outgoing connection to be allowed`},
		{`the answer does not come`, ``, `Connected, but no response`},
		{`is no text but`, ``, `is a binary file`},
		{`(?i)\bwhere to\?`, ``, `… has no token URL; add --token-url URL`},
		{`a fault of jwtdoctor|not of what you gave`, ``, `internal error in jwtdoctor (please report it)`},
		{`(?i)\btold, not decided|the one taken where`, ``, `Conflicting sources; default`},
		{`(?i)what can be behind|words that come near|answers that point to it`, ``, `Possible causes; Similar messages; Error messages for this cause`},
		{`(?i)what it takes|when all you have is`, ``, `Inputs; Only an error response?`},
		{`says what is wrong, where it`, ``, `shows what is wrong, where, and how to fix it`},
	}
}

// stiffComments are habits of comments. Some of them are fine in a report.
func stiffComments() []stiff {
	return []stiff{
		{`\bst(?:ands?|ood)\b`, ``, `is, appears, replaces`},
		{`\b(?:beside|behind)\b`, ``, `next to, after, with`},
		{`\b(?:is|are|was|were) no\b`, `no (?:longer|more|larger|smaller|deeper)|(?i:there) (?:is|are|was|were) no\b`, `is not a`},
		{`\b(?:tells|told)\b`, ``, `reports, recognises, distinguishes, contains`},
		{`\bh(?:olds?|eld)\b`, ``, `contains, keeps, checks that`},
		{`\b(?:alone|anew|minds|whereby|whoever|likeliest)\b`, ``, `only, again, objects to, by which, anyone, most likely`},
		{`\b(?:so to say|the like|at the most|word by word|by the look)\b`, ``, `similar, at most, literally`},
		{`\bof (?:its|their) own\b`, ``, `its own, separate`},
		{`(?:\b(?:nil|true|false|0|1)|"") where\b`, ``, `if`},
		{`\b(?:an?|one) \w+ a line\b`, ``, `one … per line`},
		{`\b(?:go|goes|going|went) (?:on|past)\b`, ``, `continue, skip`},
		{`\btak(?:es?|en) (?:\w+ )?(?:apart|away|out|for)\b`, ``, `parse, split, remove, read as`},
	}
}

// plain are texts that are exempt: names of the contract and of others.
func plain() *strings.Replacer {
	return strings.NewReplacer("judged_as_of", "", "take-over", "", "stand-alone", "", "placeholder", "", "threshold", "")
}

// refuse reports every stiff phrase of a text.
func refuse(t *testing.T, where, text string, list []banned) {
	t.Helper()
	text = plain().Replace(text)
	for _, b := range list {
		for _, at := range b.re.FindAllStringIndex(text, -1) {
			if b.except != nil && overlaps(b.except.FindAllStringIndex(text, -1), at) {
				continue
			}
			t.Errorf("%s: %q: write %q instead\n\t%s", where, text[at[0]:at[1]], b.write, around(text, at))
		}
	}
}

type banned struct {
	re, except *regexp.Regexp
	write      string
}

func bannedPhrases() []banned { return compiled(stiffPhrases()) }

func compiled(list []stiff) []banned {
	var out []banned
	for _, s := range list {
		b := banned{re: regexp.MustCompile(s.phrase), write: s.write}
		if s.except != "" {
			b.except = regexp.MustCompile(s.except)
		}
		out = append(out, b)
	}
	return out
}

func overlaps(spans [][]int, at []int) bool {
	for _, s := range spans {
		if s[0] < at[1] && at[0] < s[1] {
			return true
		}
	}
	return false
}

func around(text string, at []int) string {
	from, to := max(0, at[0]-50), min(len(text), at[1]+50)
	return strings.ReplaceAll(text[from:to], "\n", " ")
}

// TestLanguageOfSource reads every string of the program that a user may see.
func TestLanguageOfSource(t *testing.T) {
	list := bannedPhrases()
	// Not shown to anybody: what tests are made from, and the patterns that find
	// other people's words.
	skip := []string{"internal/hostile", "internal/input/island", "internal/errortext", "scripts", "e2e", "examples"}
	read := 0
	for _, root := range []string{"../cmd", "."} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			name, _ := filepath.Rel("..", path)
			if root == "." {
				name = filepath.Join("internal", path)
			}
			for _, s := range skip {
				if d.IsDir() && filepath.ToSlash(name) == s {
					return fs.SkipDir
				}
			}
			if d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return nil
			}
			read++
			for _, s := range literals(t, path) {
				refuse(t, name+":"+strconv.Itoa(s.line), s.text, list)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if read < 100 {
		t.Errorf("only %d files read", read)
	}
}

// TestLanguageOfComments reads the comments of the packages that read text. The
// first word of a comment may be a name.
func TestLanguageOfComments(t *testing.T) {
	list, read := compiled(stiffComments()), 0
	for _, dir := range []string{"input", "input/island", "reading", "jsonspan", "wide"} {
		names, err := filepath.Glob(dir + "/*.go")
		if err != nil || len(names) == 0 {
			t.Fatal("no files in "+dir, err)
		}
		for _, name := range names {
			files := token.NewFileSet()
			f, err := parser.ParseFile(files, name, nil, parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range f.Comments {
				read++
				_, text, _ := strings.Cut(strings.ReplaceAll(c.Text(), "\n", " "), " ")
				refuse(t, files.Position(c.Pos()).String(), text, list)
			}
		}
	}
	if read < 1000 {
		t.Errorf("only %d comments read", read)
	}
}

type literal struct {
	line int
	text string
}

// literals are the strings of a file that may be prose: more than one word, and
// not a pattern. Those that the source marks as another's words are left out.
func literals(t *testing.T, path string) []literal {
	t.Helper()
	files := token.NewFileSet()
	f, err := parser.ParseFile(files, path, nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	// A line whose comment says so is in the words of somebody else.
	others := map[int]bool{}
	for _, group := range f.Comments {
		for _, c := range group.List {
			if strings.Contains(c.Text, "others' words") {
				others[files.Position(c.Pos()).Line] = true
			}
		}
	}
	var out []literal
	ast.Inspect(f, func(n ast.Node) bool {
		switch x := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.CallExpr:
			if sel, ok := x.Fun.(*ast.SelectorExpr); ok && (sel.Sel.Name == "MustCompile" || sel.Sel.Name == "Compile") {
				return false
			}
		case *ast.BasicLit:
			line := files.Position(x.Pos()).Line
			if x.Kind != token.STRING || others[line] {
				return true
			}
			text, err := strconv.Unquote(x.Value)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(strings.TrimSpace(text), " ") && !strings.Contains(text, "(?i)") && !strings.Contains(text, `\b`) {
				out = append(out, literal{line, text})
			}
		}
		return true
	})
	return out
}

// TestLanguageOfProfiles reads what a profile says in its own words. What a
// server says, and the title of a document, are left as they are.
func TestLanguageOfProfiles(t *testing.T) {
	list := bannedPhrases()
	library := profile.NewLibrary()
	for _, id := range profile.IDs() {
		p, err := library.Load(id)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range prose(p) {
			refuse(t, "profile "+id, text, list)
		}
	}
}

// prose is what a profile says in words of its author.
func prose(p *profile.Profile) []string {
	out := []string{p.About}
	for _, r := range p.Rules {
		out = append(out, r.Note)
		for _, a := range r.Also {
			out = append(out, a.Note)
		}
		if r.Enforced != nil {
			out = append(out, r.Enforced.Note)
		}
	}
	for _, s := range p.Symptoms {
		out = append(append(out, s.Means), s.Ask...)
	}
	for _, a := range p.Ask {
		out = append(out, a.Text)
	}
	for _, d := range p.Differences {
		out = append(out, d.About)
		for _, say := range d.Say {
			out = append(out, say.Text)
		}
	}
	return out
}

// TestLanguageOfDocs reads the generated pages: titles of sources and servers'
// words are in code spans, quotes and links there.
func TestLanguageOfDocs(t *testing.T) {
	list := bannedPhrases()
	theirs := regexp.MustCompile("`[^`\n]*`|\\[[^\\]\n]*\\]\\([^)\n]*\\)|(?m)^>.*$|\"[^\"\n]*\"")
	pages := []string{"../README.md", "../docs/README.md", "../docs/profile-format.md", "../docs/report.md", "../docs/source-rules.md",
		"../docs/tap.md", "../docs/install.md", "../docs/scale.md", "../examples/README.md", "../examples/ci/README.md"}
	for _, dir := range []string{"../docs/checks/*.md", "../docs/profiles/*.md"} {
		found, err := filepath.Glob(dir)
		if err != nil || len(found) == 0 {
			t.Fatal("no pages in "+dir, err)
		}
		pages = append(pages, found...)
	}
	read := map[string]bool{}
	code := regexp.MustCompile("(?s)```.*?```|<pre>.*?</pre>")
	for _, name := range pages {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		text := theirs.ReplaceAllString(code.ReplaceAllString(string(b), "…"), "…")
		for line := range strings.Lines(text) {
			if !read[line] { // the pages have much in common
				read[line] = true
				refuse(t, name, line, list)
			}
		}
	}
}

// TestStiffPhrases shows that the list finds what it is about, and nothing else.
func TestStiffPhrases(t *testing.T) {
	list := bannedPhrases()
	for _, text := range []string{
		"the assertion stands in client-assertion", "Redox takes RS384 alone", "the request is no POST", "it has not three parts",
		"the report tells why", "the file holds no key", "--now \"yesterday\" is no time", "nothing was judged", "white space around it",
		"aud is exact to the character", "no provider of its own", "there is no iat", "only where it can", "beside the assertion",
		"No fault found", "where to? The profile documents none",
		"what is no JSON", "whether the server minded it", "one finding a line", "the network was not asked", "The connection is in order",
	} {
		if found := matches(list, text); found == 0 {
			t.Errorf("nothing found in %q", text)
		}
	}
	for _, text := range []string{
		"the parameter is called client-assertion", "Redox accepts only RS384", "the request is not a POST", "the key is no longer valid",
		"It takes up to 15 minutes", "Take the token URL from the same environment.", "exp is further ahead than the provider allows",
		"iat is missing", "a placeholder was never filled in", "judged_as_of",
		"one finding per line", "in order to sign", "keep it in mind",
	} {
		if found := matches(list, text); found != 0 {
			t.Errorf("%d phrases found in %q", found, text)
		}
	}
}

func TestStiffComments(t *testing.T) {
	list := compiled(stiffComments())
	for _, text := range []string{
		"what stands in its place", "the name behind it", "a text that is no JWT", "tells a form from a sentence", "it holds one line", "the brackets alone",
		"read word by word", "a request of its own", "nil where there is none", "one name a line", "the search goes on", "what was taken away",
	} {
		if matches(list, text) == 0 {
			t.Errorf("nothing found in %q", text)
		}
	}
	for _, text := range []string{
		"the name after it", "not a JWT", "there is no JWT", "it is no longer valid", "nil if there is none", "one name per line", "the search continues", "a placeholder",
	} {
		if found := matches(list, text); found != 0 {
			t.Errorf("%d phrases found in %q", found, text)
		}
	}
}

func matches(list []banned, text string) int {
	text, n := plain().Replace(text), 0
	for _, b := range list {
		for _, at := range b.re.FindAllStringIndex(text, -1) {
			if b.except == nil || !overlaps(b.except.FindAllStringIndex(text, -1), at) {
				n++
			}
		}
	}
	return n
}
