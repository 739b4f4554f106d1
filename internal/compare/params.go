package compare

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

// params compares parameters by name, place and number.
func (c *comparison) params(g, b *evidence.Request) {
	named := func(p *evidence.Param) string { return p.Name }
	good, bad := grouped(g.Params, named), grouped(b.Params, named)
	for _, name := range c.names(AreaParam, func(yield func(string)) {
		for _, r := range []*evidence.Request{g, b} {
			for _, p := range r.Params {
				yield(p.Name)
			}
		}
	}) {
		c.put(AreaParam, name, param(good[name], c.good, name), param(bad[name], c.bad, name))
	}
}

// param is one side's parameter of that name, all its values.
func param(all []*evidence.Param, c view, name string) value {
	if len(all) == 0 {
		return value{}
	}
	secret := evidence.SecretParameter(name)
	v := value{has: true}
	const most = 4
	var is strings.Builder
	for i, p := range all {
		v.masked = v.masked || p.Unknown == "" && c.Shown(name, p.Value) != p.Value
		is.WriteString(string(p.In) + " " + plainParam(name, p.Value) + "\x00")
		if len(p.Faults) > 0 {
			is.WriteString(" !")
		}
		switch {
		case i == most:
			v.shown += fmt.Sprintf(", and %d more", len(all)-most)
		case i < most:
			if i > 0 {
				v.shown += ", then "
			}
			v.shown += shownParam(c, name, *p)
		}
	}
	v.is = is.String()
	p := all[0]
	switch {
	case len(all) > 1:
		v.is = fmt.Sprintf("%d × %s", len(all), v.is)
	case p.Unknown != "":
		v.sort = "secret " + string(p.In)
	case secret && !lasting(name):
		// An assertion, a code, a token: its own parts are compared below, or it is
		// another one each time. What it is made of counts.
		v.sort = "secret " + string(p.In) + secretSort(name, p.Value)
	case name == "state" || name == "nonce":
		v.sort = name
	}
	return v
}

func shownParam(c view, name string, p evidence.Param) string {
	out := c.Shown(name, p.Value)
	switch {
	case p.Unknown != "":
		out = "(" + p.Unknown + ")"
	case evidence.SecretParameter(name):
		out += secretSort(name, p.Value)
	}
	if p.In != evidence.InBody {
		out += " (in the " + string(p.In) + ")"
	}
	return out
}

// plainParam writes a value without what means nothing: the order of scopes
// (RFC 6749 section 3.3).
func plainParam(name, s string) string {
	if name != "scope" {
		return s
	}
	scopes := strings.Split(s, " ")
	slices.Sort(scopes)
	return strings.Join(scopes, " ")
}

// secretSort says in words what is remarkable about a value that is not shown:
// what no secret of its kind has, whatever its value.
func secretSort(name, s string) string {
	bare := strings.TrimSpace(s)
	assertion := strings.Contains(strings.ToLower(name), "assertion")
	switch word := strings.ToLower(bare); {
	case bare == "":
		return ", empty"
	case slices.Contains([]string{"undefined", "null", "none", "nil", "nan", "true", "false", "[object object]"}, word):
		return ", the word " + word
	case placeholder().MatchString(bare):
		return ", a placeholder"
	case assertion:
		return "" // its text is compared apart
	case strings.ContainsAny(s, " \t\r\n"):
		return ", with whitespace"
	case encoded().MatchString(s):
		return ", with percent-encoding left in it"
	case len(bare) > 1 && strings.ContainsRune(`"'`, rune(bare[0])) && bare[len(bare)-1] == bare[0]:
		return ", in quotation marks"
	case name == "code_verifier" && !verifier().MatchString(s):
		return ", not 43 to 128 characters of a code_verifier"
	}
	return ""
}

var (
	placeholder = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(\{\{[^{}]*\}\}|\$\{[^{}]*\}|\$[A-Za-z_]\w*|<[^<>]+>|%[A-Za-z_]\w*%)$`)
	})
	encoded = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`%[0-9A-Fa-f]{2}`) })
	// RFC 7636 section 4.1.
	verifier = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9._~-]{43,128}$`) })
)
