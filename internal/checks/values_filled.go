package checks

import (
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
)

func valuesFilled() Check {
	return Check{
		ID:      "values-filled",
		Subject: "the values",
		Rank:    185,
		Title:   "No value is a placeholder",
		Kinds:   assertionKinds,
		Needs:   []evidence.Need{evidence.NeedClaims},
		Cites:   []finding.Citation{rfc(7523, "3")},
		Doc: "A template that was not filled in, or a variable that is not set, makes an assertion that is signed and well formed, with an iss of YOUR_CLIENT_ID or undefined. " +
			"The check knows the notations of templates (${CLIENT_ID}, {{client_id}}, <client_id>), what languages write for nothing (undefined, null, [object Object]), and the words of samples (YOUR_CLIENT_ID, REPLACE_ME).",
		Causes: []Cause{
			{ID: "value-not-filled", Title: "a value is still a placeholder", Severity: finding.Error,
				Why:   "A sample or a template was used as it is, or the variable that the value is read from is not set.",
				Fix:   "Set the value; in code, check that the variable it is read from is set.",
				Leads: []Lead{{To: ofValues(), When: ofThatValue}},
				Rules: Turns{None: true}},
		},
		Judge: judgeFilled,
	}
}

func judgeFilled(c *Ctx) Verdict {
	var names, values []string
	var at []evidence.Place
	certainty := finding.Likely
	for _, name := range [...]string{"kid", "iss", "sub", "aud"} {
		o, place := c.claims(), c.claimAt
		if name == "kid" {
			o, place = c.header(), c.headerAt
		}
		if o == nil {
			continue
		}
		value, _ := o.Text(name)
		open, sure := unfilled(value)
		if !open {
			continue
		}
		names, values, at = append(names, name), append(values, value), append(at, place(name))
		if sure {
			certainty = finding.Certain
		}
	}
	if len(names) == 0 {
		return Pass("no ID and no address is a placeholder")
	}
	same := !slices.ContainsFunc(values, func(v string) bool { return v != values[0] })
	words := list(names) + plural(len(names), " is ", " are ") + values[0]
	if !same {
		words = list(names) + " are placeholders"
	}
	return Fail(Found("value-not-filled", "%s, which was never filled in", words).Compare(strings.Join(slices.Compact(slices.Clone(values)), ", "), "the real "+plural(len(names), "value", "values")).
		About(Detail{Name: names[0], Names: names, Code: codeValue}).At(at...).As(certainty))
}

// unfilled reports whether a value is a placeholder; sure is false where only its words
// say so, since somebody may have registered just these.
func unfilled(s string) (open, sure bool) {
	const longest = 80
	s = strings.TrimSpace(s)
	if s == "" || len(s) > longest {
		return false, false
	}
	for _, nothing := range [...]string{"undefined", "null", "nil", "none", "nan", "[object Object]"} {
		if strings.EqualFold(s, nothing) {
			return true, true
		}
	}
	for _, later := range [...]string{"changeme", "replaceme", "todo", "tbd", "xxx", "xxxx"} {
		if strings.EqualFold(s, later) {
			return true, false
		}
	}
	for _, pair := range [...][2]string{{"${", "}"}, {"{{", "}}"}, {"<%", "%>"}, {"#{", "}"}} {
		if i := strings.Index(s, pair[0]); i >= 0 && strings.Contains(s[i:], pair[1]) {
			return true, true
		}
	}
	if addressTemplate(s) {
		return true, true
	}
	inner := strings.Trim(s, "<>{}%@$")
	switch {
	case inner == "" || strings.HasPrefix(s, "process.env.") || strings.HasPrefix(s, "os.environ"):
		return true, true
	case strings.HasPrefix(s, "<") && strings.HasSuffix(s, ">"), strings.HasPrefix(s, "{") && strings.HasSuffix(s, "}"):
		named := !strings.ContainsAny(inner, "0123456789") // a GUID may be written in braces
		return named, named
	case inner != s && !strings.ContainsFunc(inner, func(r rune) bool { return (r < 'A' || r > 'Z') && r != '_' }):
		return true, true // $CLIENT_ID, %CLIENT_ID%, @CLIENT_ID@
	}
	return sampleWords(inner), false
}

// addressTemplate reports whether an address has a word in braces or angle brackets, as
// manuals write what differs: https://login.example/{tenant}/token. Neither can be in an
// address (RFC 3986).
func addressTemplate(s string) bool {
	_, rest, ok := strings.Cut(s, "://")
	if !ok {
		return false
	}
	for _, pair := range [...]string{"{}", "<>"} {
		_, word, ok := strings.Cut(rest, pair[:1])
		if word, _, closed := strings.Cut(word, pair[1:]); ok && closed && word != "" &&
			!strings.ContainsFunc(word, func(r rune) bool {
				return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && !strings.ContainsRune("_- ", r)
			}) {
			return true
		}
	}
	return false
}

// sampleWords reports whether a value has nothing but the words by which samples name
// what belongs there: YOUR_CLIENT_ID, your-app-id, CLIENT_ID. In small letters only
// those that ask for something, since an ID may well be client-id.
func sampleWords(s string) bool {
	if strings.ContainsAny(s, "0123456789.:/@") {
		return false
	}
	words := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return strings.ContainsRune("_- ", r) })
	if len(words) < 2 {
		return false
	}
	asks := slices.Contains([]string{"your", "insert", "replace", "enter", "put", "change"}, words[0])
	if !asks && s != strings.ToUpper(s) {
		return false
	}
	for _, w := range words {
		if !slices.Contains([]string{"your", "insert", "replace", "enter", "put", "change", "me", "with", "here", "the", "my", "this",
			"client", "app", "application", "api", "oauth", "consumer", "integration", "tenant", "account", "service", "key", "kid", "id", "name", "value",
			"token", "url", "uri", "endpoint", "issuer", "audience", "host", "domain"}, w) {
			return false
		}
	}
	return true
}
