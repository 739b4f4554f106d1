package doctor

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/address"
	"github.com/assertionworks/jwtdoctor/internal/input/island"
	"github.com/assertionworks/jwtdoctor/internal/mask"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// Address is an input that is one address and nothing else. Nothing is fetched
// from it.
type Address struct {
	URL string // scheme, host and path; nothing that may be secret
	// Profile, Name and Env are the provider and the environment it belongs to,
	// "" if none is known.
	Profile, Name, Env string
	// Endpoint says in words what is there, "" if that is not known: "token
	// endpoint".
	Endpoint string
	// Documented is true if the provider documents this very address, false
	// where the path or the host speaks for it.
	Documented bool
}

// addressError is an input that is one address.
type addressError string

func (addressError) Error() string { return "an address, and nothing to check" }

// longestAddress is the length beyond which no text is a bare address.
const longestAddress = 4096

// bareAddress returns the address that a text is, if it is one and nothing else.
func bareAddress(text string) (string, bool) {
	text = strings.TrimSpace(text)
	if len(text) > longestAddress {
		return "", false
	}
	for _, around := range [...][2]string{{"<", ">"}, {"\"", "\""}, {"'", "'"}, {"`", "`"}} {
		if inner, ok := strings.CutPrefix(text, around[0]); ok {
			if inner, ok = strings.CutSuffix(inner, around[1]); ok {
				text = inner
				break
			}
		}
	}
	low := strings.ToLower(text)
	if !strings.HasPrefix(low, "https://") && !strings.HasPrefix(low, "http://") || strings.ContainsAny(text, " \t\r\n<>\"") {
		return "", false
	}
	a, ok := address.Parse(text)
	return text, ok && a.Host != ""
}

// addressOf says whose an address is, and what is there.
func (d *Doctor) addressOf(text string) Address {
	bare, _, _ := strings.Cut(text, "#")
	bare, _, _ = strings.Cut(bare, "?")
	scheme, rest, _ := strings.Cut(bare, "://")
	if at := strings.LastIndex(rest[:len(rest)-len(afterHost(rest))], "@"); at >= 0 {
		rest = rest[at+1:] // a user and a password
	}
	var looks mask.Mask
	out := Address{URL: looks.Text(scheme + "://" + rest), Endpoint: endpointWords(bare)}
	plain := scheme + "://" + rest
	guess := d.profiles.library.Find(profile.Clue{TokenURL: plain})
	if guess.ID == "" {
		return out
	}
	rules, err := d.profiles.get(guess.ID)
	if err != nil {
		return out
	}
	p := rules.Profile()
	out.Profile, out.Name, out.Env = p.ID, p.Name, guess.Env
	if e, ok := p.EnvironmentOf(plain); ok {
		out.Env, out.Documented = e.Name, true
	}
	for _, e := range p.Envs {
		for known, words := range endpointsOf(e) {
			if sameAddress(known, plain) {
				out.Endpoint, out.Env, out.Documented = words, e.Name, true
				return out
			}
		}
	}
	return out
}

// afterHost is what follows the host of an address without its scheme.
func afterHost(rest string) string {
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		return rest[i:]
	}
	return ""
}

// endpointsOf lists the documented addresses of an environment with what is there.
func endpointsOf(e profile.Environment) map[string]string {
	out := map[string]string{}
	for name, known := range e.Endpoints {
		out[known] = strings.ReplaceAll(name, "_", " ") + " endpoint"
	}
	if e.Issuer != "" {
		out[e.Issuer] = "issuer"
	}
	if e.Authorize != "" {
		out[e.Authorize] = "authorization endpoint"
	}
	if e.TokenURL != "" {
		out[e.TokenURL] = "token endpoint" // it may be the issuer too
	}
	return out
}

func sameAddress(a, b string) bool {
	x, ok := address.Parse(strings.TrimRight(a, "/"))
	y, also := address.Parse(strings.TrimRight(b, "/"))
	return ok && also && x.Host != "" && x.Scheme == y.Scheme && x.Same(y)
}

// endpointWords is what an address says of itself by its path.
func endpointWords(url string) string {
	low := strings.TrimRight(strings.ToLower(url), "/")
	last := low[strings.LastIndexByte(low, '/')+1:]
	switch {
	case strings.Contains(low, "/.well-known/openid-configuration"), strings.Contains(low, "/.well-known/oauth-authorization-server"), strings.HasSuffix(low, "/.well-known/smart-configuration"):
		return "discovery document"
	case strings.Contains(last, "jwks"), last == "certs", last == "keys":
		return "key set"
	case island.TokenPath(url):
		return "token endpoint"
	case last == "authorize", last == "authorization", last == "auth":
		return "authorization endpoint"
	case last == "introspect", last == "introspection", last == "revoke", last == "userinfo", last == "register":
		return last + " endpoint"
	}
	return ""
}
