package profile

import (
	"bytes"
	"encoding/json"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

var updateSchema = flag.Bool("update-schema", false, "write docs/profile.schema.json")

const schemaFile = "../../docs/profile.schema.json"

type object = map[string]any

// The JSON Schema of a profile, for editors, is made from the vocabulary and the words
// that the decoder knows, so that it cannot fall behind them.
func TestProfileSchemaIsUpToDate(t *testing.T) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(profileSchema(t)); err != nil {
		t.Fatal(err)
	}
	if *updateSchema {
		if err := os.WriteFile(schemaFile, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(schemaFile)
	if err != nil || !bytes.Equal(have, b.Bytes()) {
		t.Errorf("docs/profile.schema.json is out of date: go test ./internal/profile -run TestProfileSchema -update-schema (%v)", err)
	}
}

// Every embedded profile fits the schema, and what the decoder refuses does not.
func TestProfilesFitTheSchema(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	fits := func(text []byte) error {
		var v any
		if err := yaml.UnmarshalWithOptions(text, &v, yaml.UseJSONUnmarshaler()); err != nil {
			t.Fatal(err)
		}
		asJSON, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(asJSON))
		if err != nil {
			t.Fatal(err)
		}
		return schema.Validate(value)
	}
	files, err := fs.Glob(os.DirFS("data"), "*.yaml")
	if err != nil || len(files) < 40 {
		t.Fatal(len(files), err)
	}
	for _, name := range files {
		text, err := os.ReadFile(filepath.Join("data", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := fits(text); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	const head = "id: mine\nname: Mine\n"
	if err := fits([]byte(head)); err != nil {
		t.Errorf("the least a profile can be: %v", err)
	}
	for _, wrong := range []string{
		"name: Mine\n", "id: Mine\nname: Mine\n", head + "kinds: x\n", head + "kind: jwt\n", head + "carrier: cookie\n",
		head + "rules: {time.lifetime: 5m}\n", head + "rules: {time.lifetime.max: [5m]}\n", head + "rules: {header.kid.presence: maybe}\n",
		head + "rules: {claims.aud.form: {value: list}}\n", head + "rules: {claims.jti.unique: {cite: x}}\n",
		head + "severities: {header-typ: fatal}\n", head + "symptoms: [{means: x}]\n", head + "cite: {a: {title: x}}\n",
	} {
		if fits([]byte(wrong)) == nil {
			t.Errorf("the schema accepts %q", wrong)
		}
	}
}

func profileSchema(t *testing.T) object {
	str := object{"type": "string"}
	strs := object{"anyOf": []any{str, object{"type": "array", "items": str}}}
	enum := func(words []string) object { return object{"enum": words} }
	// Members by name; every name must be one that the decoder knows.
	members := func(known []string, required []string, props object) object {
		for name := range props {
			if !slices.Contains(known, name) {
				t.Errorf("the decoder does not know %q", name)
			}
		}
		for _, name := range known {
			if props[name] == nil {
				t.Errorf("the schema does not know %q", name)
			}
		}
		o := object{"type": "object", "additionalProperties": false, "properties": props}
		if len(required) > 0 {
			o["required"] = required
		}
		return o
	}
	listOf := func(item object) object { return object{"type": "array", "items": item} }
	mapOf := func(item object) object { return object{"type": "object", "additionalProperties": item} }
	id := object{"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"}
	words := object{"anyOf": []any{str, object{"type": "number"}}, "description": "a substring, /a regular expression/, or \"\" for absent or empty"}

	rules, patterns, defs := object{}, object{}, object{}
	for i := range vocabulary {
		key := vocabulary[i]
		// Rules of one type share a definition.
		name := string(key.Type)
		if key.Choice != nil {
			name = "one-of-" + strings.Join(key.Choice, "-")
		}
		if defs[name] == nil {
			value := ruleValue(key)
			alternative := members(alternativeWords, []string{"value"}, object{"value": value, "cite": strs, "note": str, "source": strs})
			defs[name] = object{"anyOf": []any{
				members(ruleWords, []string{"value"}, object{"value": value, "cite": strs, "note": str, "enforced": alternative, "also": listOf(alternative), "source": strs}),
				value,
			}}
		}
		rule := object{"description": key.Help, "$ref": "#/$defs/" + name}
		if strings.Contains(key.ID, "*") {
			patterns["^"+strings.ReplaceAll(regexp.QuoteMeta(key.ID), `\*`, `[^\s]+`)+"$"] = rule
			continue
		}
		rules[key.ID] = rule
	}

	top := members(topWords, []string{"id", "name"}, object{
		"id": id, "name": str, "aliases": listOf(id),
		"field": enum(fields), "kind": enum(kinds), "carrier": enum(carriers), "extends": id, "about": str,
		"cite": mapOf(members(citeWords, []string{"title", "url"}, object{
			"title": str, "url": str, "seen": object{"type": "string", "pattern": `^\d{4}-\d{2}(-\d{2})?$`}, "authority": enum(authorities),
		})),
		"recognise": members(recogniseWords, nil, object{"hosts": strs, "paths": strs, "claims": mapOf(str), "cite": strs}),
		"environments": mapOf(members(environmentWords, nil, object{
			"token_url": str, "issuer": str, "authorize": str, "aud": strs, "aud_seen": strs, "endpoints": mapOf(str), "note": str, "cite": strs, "source": strs,
		})),
		"rules":      object{"type": "object", "additionalProperties": false, "properties": rules, "patternProperties": patterns},
		"severities": mapOf(enum([]string{"error", "warning", "note"})),
		"symptoms": listOf(members(symptomWords, []string{"match", "means"}, object{
			"match": members(matchWords, nil, object{"status": object{"type": "integer"}, "error": words, "description": words, "error_uri": words, "body": words}),
			"says":  str, "means": str, "explains": strs, "ask": strs, "cite": strs, "source": strs,
			"prints": words, "log": object{"type": "boolean"}, "common": object{"type": "boolean"},
		})),
		"provider_order": strs,
		"differences": listOf(members(differenceWords, []string{"about", "say"}, object{
			"about": str, "source": strs, "say": listOf(members(statementWords, []string{"text"}, object{"text": str, "cite": strs})),
		})),
		"notes": listOf(members(askWords, []string{"text"}, object{"text": str, "cite": strs, "source": strs})),
		"ask":   listOf(members(askWords, []string{"text"}, object{"text": str, "cite": strs, "source": strs})),
	})
	top["$defs"] = defs
	top["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	top["$id"] = "https://raw.githubusercontent.com/assertionworks/jwtdoctor/main/docs/profile.schema.json"
	top["title"] = "A jwtdoctor provider profile"
	top["description"] = "What one provider documents about its token endpoint; see docs/profile-format.md. jwtdoctor profiles lint checks more than this schema can."
	return top
}

func ruleValue(key Key) object {
	none := object{"enum": []string{"unknown", "none"}}
	scalar := object{"type": []string{"string", "number", "boolean"}}
	var value object
	switch key.Type {
	case TypePresence:
		return object{"enum": []string{"required", "recommended", "optional", "forbidden", "unknown", "none"}}
	case TypeStrings:
		value = object{"anyOf": []any{scalar, object{"type": "array", "items": scalar}}}
	case TypeString:
		value = object{"type": "string"}
		if key.Choice != nil {
			value = object{"enum": key.Choice}
		}
	case TypeBool:
		value = object{"type": "boolean"}
	case TypeInt:
		value = object{"type": "integer"}
	case TypeDuration:
		value = object{"anyOf": []any{object{"type": "integer"}, object{"type": "string", "pattern": `^-?([0-9.]+(h|m|s|ms))+$`}}}
	case TypeRegexp:
		value = object{"type": "string", "pattern": "^/.*/$"}
	}
	return object{"anyOf": []any{none, value}}
}
