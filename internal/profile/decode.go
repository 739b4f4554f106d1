package profile

import (
	"net/url"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// The words of the format, in the order in which a profile is best written.
var (
	topWords         = []string{"id", "name", "aliases", "field", "kind", "carrier", "extends", "about", "cite", "recognise", "environments", "rules", "severities", "symptoms", "provider_order", "differences", "notes", "ask"}
	fields           = []string{"standard", "health", "government", "finance", "identity", "platform", "library"}
	citeWords        = []string{"title", "url", "seen", "authority"}
	authorities      = []string{"documented", "source", "observed", "community"}
	kinds            = []string{"client-assertion", "jwt-grant", "id-token", "access-token"}
	carriers         = []string{string(CarrierClientAssertion), string(CarrierAssertion), string(CarrierBearer), string(CarrierClientSecret), string(CarrierSubjectToken)}
	recogniseWords   = []string{"hosts", "paths", "claims", "cite"}
	environmentWords = []string{"token_url", "issuer", "authorize", "aud", "aud_seen", "endpoints", "note", "cite", "source"}
	ruleWords        = []string{"value", "cite", "note", "enforced", "also", "source"}
	alternativeWords = []string{"value", "cite", "note", "source"}
	symptomWords     = []string{"match", "says", "means", "explains", "ask", "cite", "prints", "log", "common", "source"}
	matchWords       = []string{"status", "error", "description", "error_uri", "body"}
	askWords         = []string{"text", "cite", "source"}
	differenceWords  = []string{"about", "say", "source"}
	statementWords   = []string{"text", "cite"}
	severityWords    = []string{string(finding.Error), string(finding.Warning), string(finding.Note)}
)

// profile reads the whole file but for what extends brings in. Citations come
// first, because everything else names them.
func (d *decoder) profile(root ast.Node, parent func(at ast.Node, id string) *Profile) (own, base *Profile) {
	entries, ok := d.entries(root, "a profile", topWords)
	if !ok {
		return nil, nil
	}
	p := &Profile{Severities: map[string]finding.Severity{}}
	at := map[string]entry{}
	for _, e := range entries {
		at[e.name] = e
	}
	if e, ok := at["id"]; !ok {
		d.wrong(root, "", "the profile has no id; write one in lower case with hyphens (id: my-provider)")
	} else if s, ok := d.str(e.value, "id"); ok {
		if !kebab(s) {
			d.wrong(e.value, kebabbed(s), "the id %q is not lower-case words joined by single hyphens", s)
		}
		p.ID = s
	}
	d.id = p.ID
	if e, ok := at["name"]; !ok {
		d.wrong(root, "", "the profile has no name; write the provider's as people know it (name: My Provider)")
	} else {
		p.Name, _ = d.str(e.value, "name")
	}
	if e, ok := at["aliases"]; ok {
		p.Aliases = d.aliases(e.value)
	}
	if e, ok := at["field"]; ok {
		p.Field, _ = d.choice(e.value, Key{Choice: fields}, "field")
	}
	if e, ok := at["kind"]; ok {
		p.Kind, _ = d.choice(e.value, Key{Choice: kinds}, "kind")
	}
	if e, ok := at["carrier"]; ok {
		carrier, _ := d.choice(e.value, Key{Choice: carriers}, "carrier")
		p.Carrier = Carrier(carrier)
	}
	if e, ok := at["about"]; ok {
		p.About, _ = d.str(e.value, "about")
	}
	if e, ok := at["extends"]; ok {
		if p.Extends, ok = d.str(e.value, "extends"); ok {
			base = parent(e.value, p.Extends)
		}
	}
	if e, ok := at["cite"]; ok {
		p.Cites = d.citations(e.value)
	}
	d.cites = p.Cites
	if base != nil {
		d.cites = mergeCites(p.Cites, base.Cites)
	}
	if e, ok := at["recognise"]; ok {
		p.Recognise = d.recognise(e.value)
	}
	if e, ok := at["environments"]; ok {
		p.Envs = d.environments(e.value)
	}
	if e, ok := at["rules"]; ok {
		p.Rules = sorted(d.rules(e.value))
	}
	if e, ok := at["severities"]; ok {
		d.severities(e.value, p.Severities)
	}
	if e, ok := at["symptoms"]; ok {
		p.Symptoms = d.symptoms(e.value)
	}
	if e, ok := at["provider_order"]; ok {
		p.Order = d.names(e.value, "provider_order", "check or cause", d.known.verdicts())
	}
	if e, ok := at["differences"]; ok {
		p.Differences = d.differences(e.value)
	}
	if e, ok := at["notes"]; ok {
		p.Notes = d.notes(e.value)
	}
	if e, ok := at["ask"]; ok {
		p.Ask = d.asks(e.value)
	}
	return p, base
}

// aliases reads further names of the provider.
func (d *decoder) aliases(n ast.Node) []string {
	names, ok := d.strs(n, "aliases")
	if !ok {
		return nil
	}
	for i, name := range names {
		switch at := item(n, i); {
		case !kebab(name):
			d.wrong(at, kebabbed(name), "the alias %q is not lower-case words joined by single hyphens", name)
		case name == d.id:
			d.wrong(at, "", "the alias %q is the profile's own id", name)
		}
	}
	return names
}

// citations reads the map of documents a profile rests on.
func (d *decoder) citations(n ast.Node) []Cite {
	entries, _ := d.entries(n, "cite", nil)
	var out []Cite
	for _, e := range entries {
		c := Cite{Key: e.name}
		parts, ok := d.entries(e.value, "a citation", citeWords)
		if !ok {
			continue
		}
		for _, part := range parts {
			s, ok := d.str(part.value, part.name+" of a citation")
			if !ok {
				continue
			}
			switch part.name {
			case "title":
				c.Title = s
			case "url":
				c.URL = d.url(part.value, s, "url of a citation")
			case "seen":
				c.Seen = s
				if !day(s) {
					d.wrong(part.value, "", "seen must be a day or month, such as 2026-11-21 or 2026-11, not %q", s)
				}
			case "authority":
				c.Authority, _ = d.choice(part.value, Key{Choice: authorities}, "authority")
			}
		}
		if c.Title == "" && !has(parts, "title") {
			d.wrong(e.key, "", "the citation %q has no title", e.name)
		}
		if c.URL == "" && !has(parts, "url") {
			d.wrong(e.key, "", "the citation %q has no url", e.name)
		}
		out = append(out, c)
	}
	return out
}

func has(entries []entry, name string) bool {
	return slices.ContainsFunc(entries, func(e entry) bool { return e.name == name })
}

// cited resolves the citation keys of one value; a missing one is reported at at.
func (d *decoder) cited(entries []entry, at ast.Node, what string) []finding.Citation {
	var out []finding.Citation
	for _, e := range entries {
		if e.name != "cite" {
			continue
		}
		keys, ok := d.strs(e.value, "cite")
		if !ok {
			return nil
		}
		items := []ast.Node{e.value}
		if s, isList := e.value.(*ast.SequenceNode); isList {
			items = s.Values
		}
		for i, key := range keys {
			j := slices.IndexFunc(d.cites, func(c Cite) bool { return c.Key == key })
			if j < 0 {
				d.wrong(items[i], d.nearest(key, citeKeys(d.cites)), "no citation %q in cite, here or in the extended profile", key)
				continue
			}
			out = append(out, d.cites[j].Citation)
		}
		if len(keys) == 0 && d.citing {
			d.wrong(e.value, "", "%s needs a citation, and the list is empty", what)
		}
		return out
	}
	if d.citing {
		d.wrong(at, "", "%s needs a citation (cite: KEY)", what)
	}
	return nil
}

func citeKeys(cites []Cite) []string {
	keys := make([]string, len(cites))
	for i, c := range cites {
		keys[i] = c.Key
	}
	return keys
}

// sources reads the source rules a value answers to.
func (d *decoder) sources(entries []entry) []string {
	for _, e := range entries {
		if e.name == "source" {
			s, _ := d.strs(e.value, "source")
			return s
		}
	}
	return nil
}

// names reads a list of check and cause IDs.
func (d *decoder) names(n ast.Node, what, thing string, known []string) []string {
	ids, ok := d.strs(n, what)
	if !ok {
		return nil
	}
	items := []ast.Node{n}
	if s, isList := n.(*ast.SequenceNode); isList {
		items = s.Values
	}
	for i, id := range ids {
		if known != nil && !slices.Contains(known, id) {
			d.wrong(items[i], d.nearest(id, known), "%q is not a %s; `jwtdoctor checks` lists them", id, thing)
		}
	}
	return ids
}

// url checks that a text is a whole http or https address.
func (d *decoder) url(n ast.Node, s, what string) string {
	u, err := url.Parse(s)
	switch {
	case err != nil, strings.ContainsAny(s, " \t\r\n"), u.Host == "" && (u.Scheme == "http" || u.Scheme == "https"):
		d.wrong(n, "", "%s is not a well-formed address: %q", what, s)
	case u.Scheme != "https" && u.Scheme != "http":
		near := ""
		if u.Scheme == "" && strings.Contains(s, ".") {
			near = "https://" + strings.TrimLeft(s, "/")
		}
		d.wrong(n, near, "%s must begin with https:// (or http://), not %q", what, s)
	case u.User != nil:
		d.wrong(n, "", "%s contains a user name or password; remove it", what)
	}
	return s
}

// kebab reports whether an ID is lower-case words joined by single hyphens.
func kebab(s string) bool {
	for _, word := range strings.Split(s, "-") {
		if word == "" || strings.Trim(word, "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
			return false
		}
	}
	return true
}

// kebabbed makes an ID of a name; "" if nothing is left.
func kebabbed(s string) string {
	words := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool {
		return !('a' <= r && r <= 'z' || '0' <= r && r <= '9')
	})
	return strings.Join(words, "-")
}

// day reports whether a text is YYYY-MM-DD or YYYY-MM.
func day(s string) bool {
	if len(s) != 7 && len(s) != 10 {
		return false
	}
	for i := range len(s) {
		if i == 4 || i == 7 {
			if s[i] != '-' {
				return false
			}
		} else if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s[5:7] >= "01" && s[5:7] <= "12" && (len(s) == 7 || s[8:] >= "01" && s[8:] <= "31")
}
