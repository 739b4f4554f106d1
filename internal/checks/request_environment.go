package checks

import (
	"slices"
	"strings"

	addr "github.com/assertionworks/jwtdoctor/internal/address"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

const oneIsWrong = "One of the two is wrong: the request goes to one environment with an assertion made for another."

// otherEnvironment is the fault of an address that belongs to one environment
// where another piece of evidence names another.
func (c *Ctx) otherEnvironment(r *evidence.Request, a address, f flow) *Fault {
	on := c.environmentsOf(a)
	if len(on) == 0 {
		if f != flowToken || addr.Loopback(a.host) {
			return nil
		}
		return c.environmentByWord(r, a)
	}
	has := func(name string) bool { return slices.Contains(on, name) }
	e := c.env(on[0])
	found := func(other *profile.Environment, names []string, format string, args ...any) *Fault {
		right := ""
		if f == flowToken && other != nil {
			right = other.TokenURL
		}
		fault := Found("url-wrong-environment", format, args...).At(c.AtURL(r)).Citing(e.Cite...).About(Detail{Value: shortURL(r.URL), Right: right}).
			Compare(shortURL(r.URL), orElse(right, right != "", "an address of "+either(names)))
		return fault
	}
	if inUse := c.namedEnvironment(); inUse != "" {
		if has(inUse) {
			return nil
		}
		fault := found(c.env(inUse), []string{inUse}, "the URL belongs to %s's %s environment, but %s is in use", c.provider(), either(on), inUse)
		if fault.Detail.Right != "" {
			fault.Fix("Send the request to %s, and use the aud, client ID and key of %s too.", fault.Detail.Right, inUse)
		}
		return fault
	}
	named := c.audEnvironments()
	if len(named) == 0 || slices.ContainsFunc(named, has) || c.Failed("aud-wrong-environment") || c.Expect.TokenURL != "" && a.same(c.Expect.TokenURL) {
		return nil
	}
	return found(c.env(named[0]), named, "the URL belongs to %s's %s environment, and aud to %s", c.provider(), either(on), either(named)).
		Saying(oneIsWrong).At(c.AtMember(finding.PartClaims, "aud")).As(finding.Likely)
}

// environmentByWord finds, where no document helps, two addresses that differ
// only by a word such as uat.
func (c *Ctx) environmentByWord(r *evidence.Request, a address) *Fault {
	found := func(right, format string, args ...any) *Fault {
		return Found("url-wrong-environment", format, args...).Compare(shortURL(r.URL), right).At(c.AtURL(r)).
			About(Detail{Value: shortURL(r.URL), Right: right}).As(finding.Likely)
	}
	if c.Expect.TokenURL != "" {
		if given, ok := addressOf(c.Expect.TokenURL); ok {
			if word := environmentApart(a, given); word != "" {
				return found(c.Expect.TokenURL, "the URL differs from the token URL you gave only by the environment's name %s", word).
					Fix("Send the request to %s.", c.Expect.TokenURL)
			}
			return nil
		}
	}
	v, ok := c.claims().Get("aud")
	if !ok || !c.isAssertion() {
		return nil
	}
	for _, value := range texts(v) {
		aud, ok := addressOf(value)
		if !ok || aud.host == "" || aud == a {
			continue
		}
		word := environmentApart(a, aud)
		if word == "" {
			continue
		}
		if _, accepted := c.audiences().match(value); !accepted {
			return found(value, "the URL differs from aud only by the environment's name %s", word).
				Saying(oneIsWrong).At(c.AtMember(finding.PartClaims, "aud"))
		}
	}
	return nil
}

// env is the documented environment of that name; nil if there is none.
func (c *Ctx) env(name string) *profile.Environment {
	for i := range c.Profile.Envs {
		if c.Profile.Envs[i].Name == name {
			return &c.Profile.Envs[i]
		}
	}
	return nil
}

// namedEnvironment is the environment in use by everything that names it
// except the request's own address.
func (c *Ctx) namedEnvironment() string {
	if c.Expect.Env != "" {
		return c.Expect.Env
	}
	if c.Expect.TokenURL == "" && c.Expect.Issuer == "" {
		return ""
	}
	said := *c.Case
	said.Request = evidence.Missing[*evidence.Request]("")
	name, _ := (&Ctx{Case: &said, Profile: c.Profile, Rules: c.Rules}).environment()
	return name
}

// audEnvironments lists the documented environments in which aud is right.
func (c *Ctx) audEnvironments() (names []string) {
	v, ok := c.claims().Get("aud")
	if !ok || !c.isAssertion() {
		return nil
	}
	for _, value := range texts(v) {
		for i := range c.Profile.Envs {
			e := &c.Profile.Envs[i]
			known := func(s string) bool { return s != "" && sameButSlash(s, value) }
			if (known(e.TokenURL) || known(e.Issuer) || slices.ContainsFunc(e.Aud, known)) && !slices.Contains(names, e.Name) {
				names = append(names, e.Name)
			}
		}
	}
	return names
}

// environmentsOf returns the names of the one documented environment with this
// address, else of those with this host, which several may share: an address of
// it can be of any of them, and is of no other.
func (c *Ctx) environmentsOf(a address) []string {
	var byURL, byHost []string
	for i := range c.Profile.Envs {
		e := &c.Profile.Envs[i]
		inURL, inHost := false, false
		look := func(u string) {
			if u == "" || !a.near(u) {
				return
			}
			inURL = inURL || a.same(strings.TrimRight(u, "/"))
			inHost = inHost || a.host != "" && host(u) == a.host
		}
		look(e.TokenURL)
		look(e.Issuer)
		look(e.Authorize)
		for _, u := range e.Endpoints {
			look(u)
		}
		if inURL {
			byURL = append(byURL, e.Name)
		}
		if inHost {
			byHost = append(byHost, e.Name)
		}
	}
	if len(byURL) > 0 {
		return byURL
	}
	return byHost
}
