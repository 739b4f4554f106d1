package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"github.com/assertionworks/jwtdoctor/internal/yamlfile"
)

// config is what a project's file says, by flag name.
type config struct {
	path   string // "" if there is no file
	values map[string]configValue
	skips  []skipped
	// inputs are patterns of the files that check reads when no input is named, made
	// absolute.
	inputs configValue
}

type configValue struct {
	texts []string // one, unless the flag may be repeated
	at    string   // file:line
}

// configKeys are the flags a project's file may set. It comes with a checkout
// and may be a stranger's: so it can write no file, unmask nothing and send
// nothing anywhere.
func configKeys() []string {
	return []string{
		"profile", "env", "client-id", "aud", "token-url", "issuer", "redirect-uri", "set", "skew", "now", "kind", "jwks",
		"only", "skip", "fail-on", "require", "format", "field", "offline", "color", "quiet", "verbose",
	}
}

func listKeys() []string { return []string{"aud", "set", "only", "skip", "require"} }

// inputsKey is the one setting that is not a flag.
const inputsKey = "inputs"

// settingKeys are all names a project's file may contain.
func settingKeys() []string { return append(configKeys(), inputsKey) }

// readConfig reads the project's file, if there is one.
func readConfig() (config, error) {
	path, ok := findConfig()
	if !ok {
		return config{}, nil
	}
	const most = 16 << 10
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return config{}, unreadable("%s is not a regular file, and is not read", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return config{}, unreadable("cannot open %s: %s", path, reason(err))
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, most+1))
	if err != nil {
		return config{}, unreadable("cannot read %s: %s", path, reason(err))
	}
	if len(data) > most {
		return config{}, usage("%s is larger than %d bytes, too large for a configuration file", path, most)
	}
	return parseConfig(path, data)
}

// parseConfig reads the settings of a file; path is in messages, and its
// directory before the names of files in it.
func parseConfig(path string, data []byte) (c config, err error) {
	name := shortPath(path)
	docs, fault := yamlfile.Parse(yamlfile.Kind{One: "configuration", Many: "configurations", Bytes: 1 << 20}, data)
	if fault != nil {
		return c, usage("%s:%d: %s", name, fault.Line, fault.Message)
	}
	c.path, c.values = path, map[string]configValue{}
	for _, doc := range docs {
		members, ok := yamlfile.Members(doc)
		if !ok {
			return c, usage("%s: the file is written as names with values, such as profile: redox", where(name, doc.GetToken()))
		}
		for _, m := range members {
			if err := c.add(name, m); err != nil {
				return c, err
			}
		}
	}
	return c, nil
}

func (c *config) add(name string, m *ast.MappingValueNode) error {
	key, at := m.Key.GetToken().Value, where(name, m.Key.GetToken())
	switch {
	case key == "show-secrets" || key == "output" || key == "assertion" || key == "stdin-filename":
		return usage("%s: %s can be set only on the command line or in the environment", at, key)
	case key == "ca" || key == "proxy" || key == "discover" || key == "key":
		return usage("%s: %s can be set only on the command line", at, key)
	case !slices.Contains(settingKeys(), key):
		if near := nearestOf(key, settingKeys()); near != "" {
			return usage("%s: unknown setting %q%s", at, key, near)
		}
		return usage("%s: unknown setting %q; settings are %s", at, brief(key), strings.Join(settingKeys(), ", "))
	}
	if _, twice := c.values[key]; twice {
		return usage("%s: %s is set twice", at, key)
	}
	if key == "skip" {
		skips, err := skipsOf(name, m.Value)
		if err != nil {
			return usage("%s: %s: %s", at, key, err)
		}
		c.skips, c.values[key] = skips, configValue{at: at}
		return nil
	}
	texts, err := textsOf(key, m.Value)
	if err != nil {
		return usage("%s: %s: %s", at, key, err)
	}
	if key == inputsKey {
		if c.inputs.at != "" {
			return usage("%s: %s appears twice; keep one", at, key)
		}
		return c.addInputs(at, texts)
	}
	if len(texts) != 1 && !slices.Contains(listKeys(), key) {
		return usage("%s: %s needs a single value, not a list", at, key)
	}
	if (key == "profile" && isFileName(texts[0]) || key == "jwks" && !isAddress(texts[0])) && !filepath.IsAbs(texts[0]) {
		texts[0] = filepath.Join(filepath.Dir(c.path), texts[0])
	}
	c.values[key] = configValue{texts, at}
	return nil
}

// addInputs takes the patterns of inputs, relative to the file's directory. A stranger's
// file may not point out of it.
func (c *config) addInputs(at string, patterns []string) error {
	for i, pattern := range patterns {
		if !filepath.IsLocal(pattern) {
			return usage("%s: inputs: %s does not stay below the directory of the file", at, brief(pattern))
		}
		if _, err := filepath.Match(pattern, ""); err != nil {
			return usage("%s: inputs: %s is not a pattern such as fixtures/*.jwt", at, brief(pattern))
		}
		patterns[i] = filepath.Join(filepath.Dir(c.path), pattern)
	}
	c.inputs = configValue{patterns, at}
	return nil
}

// files are the files and directories that the patterns of inputs match, as seen from
// the working directory.
func (c config) files() ([]string, error) {
	var out []string
	for _, pattern := range c.inputs.texts {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			return nil, unreadable("%s: inputs: no file matches %s", c.inputs.at, brief(shortPath(pattern)))
		}
		for _, path := range found {
			out = append(out, shortPath(path))
		}
	}
	return out, nil
}

// skipping are the IDs that skip names and whose end date has not passed, and the
// entries whose has.
func (c config) skipping(now time.Time) (ids []string, over []skipped) {
	for _, s := range c.skips {
		if s.over(now) {
			over = append(over, s)
			continue
		}
		ids = append(ids, s.ID)
	}
	return ids, over
}

// textsOf reads one value or a list. The rules of set may also be written as
// names with values.
func textsOf(key string, n ast.Node) ([]string, error) {
	if members, ok := yamlfile.Members(n); ok && key == "set" {
		var out []string
		seen := map[string]bool{}
		for _, m := range members {
			value, err := inline(m.Value)
			if err != nil {
				return nil, err
			}
			rule := m.Key.GetToken().Value
			if seen[rule] {
				return nil, fmt.Errorf("%q appears twice; keep one", rule)
			}
			seen[rule] = true
			out = append(out, rule+"="+value)
		}
		return out, nil
	}
	if list, ok := n.(*ast.SequenceNode); ok {
		var out []string
		for _, v := range list.Values {
			text, err := scalar(v)
			if err != nil {
				return nil, err
			}
			out = append(out, text)
		}
		return out, nil
	}
	text, err := scalar(n)
	return []string{text}, err
}

// scalar is the text of a value as a flag would be given it.
func scalar(n ast.Node) (string, error) {
	switch v := n.(type) {
	case *ast.StringNode:
		if strings.TrimSpace(v.Value) == "" {
			return "", errors.New("the value is empty; give one, or remove the setting")
		}
		return v.Value, nil
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return n.GetToken().Value, nil
	case *ast.LiteralNode:
		return v.Value.Value, nil
	case *ast.NullNode:
		return "", errors.New("the value is missing")
	}
	return "", errors.New("a single value is wanted here")
}

// inline writes a rule's value on one line, as --set takes it.
func inline(n ast.Node) (string, error) {
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		if _, err := scalar(n); err != nil {
			return "", err
		}
		return n.String(), nil
	}
	var items []string
	for _, v := range list.Values {
		if _, err := scalar(v); err != nil {
			return "", err
		}
		items = append(items, v.String())
	}
	return "[" + strings.Join(items, ", ") + "]", nil
}

func where(name string, tk *token.Token) string {
	if tk == nil || tk.Position == nil {
		return name
	}
	return fmt.Sprintf("%s:%d", name, tk.Position.Line)
}

// shortPath is a path as seen from the working directory, where that is shorter.
func shortPath(path string) string {
	dir, err := os.Getwd()
	if err != nil {
		return path
	}
	if rel, err := filepath.Rel(dir, path); err == nil && len(rel) < len(path) {
		return rel
	}
	return path
}
