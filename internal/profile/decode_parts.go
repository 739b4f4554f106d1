package profile

import (
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/yamlfile"
)

func (d *decoder) recognise(n ast.Node) Recognise {
	var r Recognise
	entries, ok := d.entries(n, "recognise", recogniseWords)
	if !ok {
		return r
	}
	for _, e := range entries {
		switch e.name {
		case "hosts":
			r.Hosts, _ = d.strs(e.value, "hosts")
			for i, h := range r.Hosts {
				at := item(e.value, i)
				if strings.ContainsAny(strings.TrimPrefix(h, "*."), "/:*@ ") {
					d.wrong(at, hostOf(h), "a host must be a name only, or *.name for all hosts below it, not %q", h)
				}
				r.Hosts[i] = strings.ToLower(h)
			}
		case "paths":
			r.Paths, _ = d.strs(e.value, "paths")
			for i, p := range r.Paths {
				d.expression(item(e.value, i), p, "a path")
			}
		case "claims":
			r.Claims = d.claimsLike(e.value)
		}
	}
	r.Cite = d.cited(entries, n, "recognise")
	return r
}

// claimsLike reads what the claims of a provider's JWTs are like.
func (d *decoder) claimsLike(n ast.Node) []ClaimLike {
	names, _ := d.entries(n, "claims", nil)
	var out []ClaimLike
	for _, name := range names {
		s, ok := d.str(name.value, "what a claim is like")
		switch {
		case !ok:
		case s == "none":
			out = append(out, ClaimLike{Name: name.name})
		default:
			expr := strings.TrimSuffix(strings.TrimPrefix(s, "/"), "/")
			d.expression(name.value, expr, "a claim")
			out = append(out, ClaimLike{Name: name.name, Expr: "^(?:" + expr + ")$"})
		}
	}
	return out
}

// item returns the i-th item of a list, or the node itself if one text is
// written in place of a list.
func item(n ast.Node, i int) ast.Node {
	if s, ok := n.(*ast.SequenceNode); ok && i < len(s.Values) {
		return s.Values[i]
	}
	return n
}

func (d *decoder) environments(n ast.Node) []Environment {
	names, _ := d.entries(n, "environments", nil)
	var out []Environment
	for _, name := range names {
		env := Environment{Name: name.name}
		entries, ok := d.entries(name.value, "an environment", environmentWords)
		if !ok {
			continue
		}
		for _, e := range entries {
			address := func() string {
				s, ok := d.str(e.value, e.name)
				if !ok {
					return ""
				}
				return d.url(e.value, s, e.name)
			}
			switch e.name {
			case "token_url":
				env.TokenURL = address()
			case "issuer":
				env.Issuer = address()
			case "authorize":
				env.Authorize = address()
			case "aud":
				env.Aud, _ = d.strs(e.value, "aud")
			case "aud_seen":
				env.AudSeen, _ = d.strs(e.value, "aud_seen")
			case "note":
				env.Note, _ = d.str(e.value, "note")
			case "endpoints":
				env.Endpoints = map[string]string{}
				others, _ := d.entries(e.value, "endpoints", nil)
				for _, o := range others {
					if s, ok := d.str(o.value, "an endpoint"); ok {
						env.Endpoints[o.name] = d.url(o.value, s, "an endpoint")
					}
				}
			}
		}
		env.Cite = d.cited(entries, name.key, "the environment "+name.name)
		env.Source = d.sources(entries)
		out = append(out, env)
	}
	return out
}

func (d *decoder) rules(n ast.Node) []Rule {
	names, _ := d.entries(n, "rules", nil)
	var out []Rule
	for _, name := range names {
		ref, ok := refOf(name.name)
		if !ok {
			d.wrong(name.key, d.nearestKey(name.name), "unknown rule %q", name.name)
			continue
		}
		key, r := ref.Key(), Rule{Ref: ref, From: d.id}
		if !d.citing {
			r.File = d.file
		}
		switch name.value.(type) {
		case *ast.MappingNode, *ast.MappingValueNode:
			d.longRule(name, key, &r)
		default:
			// The short form, only a value, has nowhere to put a citation.
			r.Value, r.State, ok = d.value(name.value, key, name.name)
			if d.citing {
				d.wrong(name.key, "", "%s needs a citation; write it as {value: …, cite: KEY}", name.name)
			}
			if !ok {
				continue
			}
		}
		out = append(out, r)
	}
	return out
}

func (d *decoder) longRule(name entry, key Key, r *Rule) {
	entries, _ := d.entries(name.value, "a rule", ruleWords)
	for _, e := range entries {
		switch e.name {
		case "value":
			v, state, ok := d.value(e.value, key, name.name)
			if ok {
				r.Value, r.State = v, state
			}
		case "note":
			r.Note, _ = d.str(e.value, "note")
		case "enforced":
			if a, ok := d.alternative(e.value, key, name.name, "enforced"); ok {
				r.Enforced = &a
			}
		case "also":
			items, _ := d.list(e.value, "also")
			for _, it := range items {
				if a, ok := d.alternative(it, key, name.name, "also"); ok {
					r.Also = append(r.Also, a)
				}
			}
		}
	}
	if !has(entries, "value") {
		d.wrong(name.key, "", "%s has no value; write one, or unknown, or none", name.name)
	}
	r.Cite = d.cited(entries, name.key, name.name)
	r.Source = d.sources(entries)
}

func (d *decoder) alternative(n ast.Node, key Key, id, what string) (Alternative, bool) {
	var a Alternative
	entries, good := d.entries(n, what, alternativeWords)
	if !good {
		return a, false
	}
	good = false
	for _, e := range entries {
		switch e.name {
		case "value":
			a.Value, a.State, good = d.value(e.value, key, id)
		case "note":
			a.Note, _ = d.str(e.value, "note")
		}
	}
	if !has(entries, "value") {
		d.wrong(n, "", "%s of %s has no value", what, id)
	}
	a.Cite = d.cited(entries, n, what+" of "+id)
	a.Source = d.sources(entries)
	return a, good
}

func (d *decoder) severities(n ast.Node, into map[string]finding.Severity) {
	entries, _ := d.entries(n, "severities", nil)
	known := d.known.verdicts()
	for _, e := range entries {
		if known != nil && !slices.Contains(known, e.name) {
			d.wrong(e.key, d.nearest(e.name, known), "%q is not a check or cause; `jwtdoctor checks` lists them", e.name)
			continue
		}
		if s, ok := d.choice(e.value, Key{Choice: severityWords}, "a severity"); ok {
			into[e.name] = finding.Severity(s)
		}
	}
}

func (d *decoder) symptoms(n ast.Node) []Symptom {
	items, _ := d.list(n, "symptoms")
	var out []Symptom
	for _, it := range items {
		entries, ok := d.entries(it, "a symptom", symptomWords)
		if !ok {
			continue
		}
		s := Symptom{From: d.id}
		for _, e := range entries {
			switch e.name {
			case "match":
				s.Match = d.match(e.value)
			case "means":
				s.Means, _ = d.str(e.value, "means")
			case "explains":
				s.Explains = d.names(e.value, "explains", "cause", d.known.Causes)
			case "ask":
				s.Ask, _ = d.strs(e.value, "ask")
			case "says":
				s.Says, _ = d.str(e.value, "says")
			case "prints":
				s.Prints = d.prints(e.value)
			case "log":
				s.LogOnly, _ = d.flag(e.value, "log")
			case "common":
				s.Common, _ = d.flag(e.value, "common")
			}
		}
		if !has(entries, "match") {
			d.wrong(it, "", "a symptom has no match: say which answer it describes")
		}
		if !has(entries, "means") {
			d.wrong(it, "", "a symptom has no means: say what the answer means")
		}
		s.Cite = d.cited(entries, it, "a symptom")
		s.Source = d.sources(entries)
		out = append(out, s)
	}
	return out
}

func (d *decoder) match(n ast.Node) Match {
	var m Match
	entries, ok := d.entries(n, "match", matchWords)
	if ok && len(entries) == 0 {
		d.wrong(n, "", "an empty match fits every answer; give error, description or another part")
	}
	for _, e := range entries {
		switch e.name {
		case "status":
			if m.Status, ok = d.number(e.value, "status"); ok && (m.Status < 100 || m.Status > 599) {
				d.wrong(e.value, "", "status must be an HTTP status from 100 to 599, not %d", m.Status)
			}
		case "error":
			m.Error = d.text(e.value, e.name)
		case "description":
			m.Description = d.text(e.value, e.name)
		case "error_uri":
			m.ErrorURI = d.text(e.value, e.name)
		case "body":
			m.Body = d.text(e.value, e.name)
		}
	}
	return m
}

// text reads what an answer is compared with: a substring, a regular
// expression between slashes, or emptiness.
func (d *decoder) text(n ast.Node, what string) *Text {
	if isNull(n) {
		return &Text{Empty: true}
	}
	if s, ok := yamlfile.Text(n); ok && plainText(n) && strings.TrimSpace(s) == "" {
		return &Text{Empty: true}
	}
	s, ok := d.str(n, what)
	if !ok {
		return nil
	}
	if re, ok := slashed(s); ok {
		t := &Text{Regexp: re}
		needle := ""
		if d.expression(n, re, what) {
			needle = literalIn(re)
		}
		t.ready(needle)
		return t
	}
	t := &Text{Substring: s}
	t.ready(needleOf(t))
	return t
}

func (d *decoder) asks(n ast.Node) []Ask {
	items, _ := d.list(n, "ask")
	var out []Ask
	for _, it := range items {
		if s, ok := yamlfile.Text(it); ok && plainText(it) && !d.citing {
			out = append(out, Ask{Text: s, From: d.id})
			continue
		}
		entries, ok := d.entries(it, "a question", askWords)
		if !ok {
			continue
		}
		out = append(out, Ask{Text: d.required(entries, it, "text", "a question"), Cite: d.cited(entries, it, "a question"),
			From: d.id, Source: d.sources(entries)})
	}
	return out
}

func (d *decoder) notes(n ast.Node) []Note {
	items, _ := d.list(n, "notes")
	var out []Note
	for _, it := range items {
		if entries, ok := d.entries(it, "a note", statementWords); ok {
			out = append(out, Note{d.required(entries, it, "text", "a note"), d.cited(entries, it, "a note"), d.id})
		}
	}
	return out
}

// required reads a text that must be there.
func (d *decoder) required(entries []entry, at ast.Node, name, what string) string {
	for _, e := range entries {
		if e.name == name {
			s, _ := d.str(e.value, name)
			return s
		}
	}
	d.wrong(at, "", "%s has no %s", what, name)
	return ""
}

func (d *decoder) differences(n ast.Node) []Difference {
	items, _ := d.list(n, "differences")
	var out []Difference
	for _, it := range items {
		entries, ok := d.entries(it, "a difference", differenceWords)
		if !ok {
			continue
		}
		diff := Difference{About: d.required(entries, it, "about", "a difference"), Source: d.sources(entries), From: d.id}
		for _, e := range entries {
			if e.name != "say" {
				continue
			}
			says, _ := d.list(e.value, "say")
			for _, s := range says {
				if parts, ok := d.entries(s, "a statement", statementWords); ok {
					diff.Say = append(diff.Say, Statement{d.required(parts, s, "text", "a statement"), d.cited(parts, s, "a statement")})
				}
			}
		}
		if len(diff.Say) < 2 {
			d.wrong(it, "", "a difference needs two statements in say")
		}
		out = append(out, diff)
	}
	return out
}
