// Package profile has what one provider documents about its token endpoint:
// environments, rules, error texts and what only its customer can look up, each
// with a citation. Profiles are YAML; embedded ones and users' own are read by
// the same strict code.
//
// It also declares the rule vocabulary (TimeSkew and the other constants) and
// compiles a profile into the Rules that checks read. It checks no assertion and
// knows no check: which causes and checks exist is handed to the loader.
package profile

import (
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/address"
	"github.com/assertionworks/jwtdoctor/internal/finding"
)

const (
	// Standard is the ID of the profile of RFC 7523 itself, which applies where
	// nothing points to a provider.
	Standard = "rfc7523"
	// Coming is the ID of the profile of RFC 10070, which changes what aud must be.
	Coming = "rfc10070"
)

// Profile is one provider, with everything it extends already merged in.
type Profile struct {
	ID          string
	Name        string
	Aliases     []string // further names it goes by, in lower case
	Field       string   // the field it belongs to: health, government, …; "" if it says none
	Kind        string   // client-assertion, jwt-grant, id-token or access-token
	Carrier     Carrier  // where its JWT travels
	Extends     string   // the ID of the profile it builds on, "" for none
	About       string   // one or two sentences for docs and `profiles show`
	Origin      string   // file name; "" if embedded
	Cites       []Cite   // in order of declaration, own before inherited
	Recognise   Recognise
	Envs        []Environment               // in order of declaration; the first is the default
	Rules       []Rule                      // in the order of the vocabulary, each once
	Severities  map[string]finding.Severity // by check or cause ID
	Symptoms    []Symptom
	Ask         []Ask
	Notes       []Note   // what else its documents say, for people
	Order       []string // provider_order: causes or checks in the order the server is known to test
	Differences []Difference
}

// Carrier is where a JWT travels in a request.
type Carrier string

// Carriers.
const (
	CarrierClientAssertion Carrier = "client_assertion" // the parameter of that name, with client_assertion_type (RFC 7523 section 2.2)
	CarrierAssertion       Carrier = "assertion"        // the parameter of the jwt-bearer grant (RFC 7523 section 2.1)
	CarrierBearer          Carrier = "bearer"           // Authorization: Bearer, to the API itself
	CarrierClientSecret    Carrier = "client_secret"    // the parameter that elsewhere has a shared secret
	CarrierSubjectToken    Carrier = "subject_token"    // the parameter of a token exchange: another party's token (RFC 8693; AWS calls it WebIdentityToken)
)

// Cite is a citation with the key it has in the profile.
type Cite struct {
	Key string
	finding.Citation
}

// Recognise is what shows that a case is this provider's. Hosts of the
// environments count without being listed here.
type Recognise struct {
	Hosts []string // further host names, exact; "*.example.com" for any below
	Paths []string // regular expressions over the path of aud or token URL
	// Claims are what the claims of its JWTs are like: all of them at once. They
	// count where no address names a provider.
	Claims []ClaimLike
	Cite   []finding.Citation
}

// ClaimLike is what a claim is like: an expression that its whole text matches,
// or "" if the claim is not there.
type ClaimLike struct{ Name, Expr string }

// Environment is one deployment of the provider.
type Environment struct {
	Name      string
	TokenURL  string
	Issuer    string
	Authorize string
	Aud       []string          // accepted values of aud, where documented apart from the rest
	AudSeen   []string          // values of aud seen to work, though the documents name others
	Note      string            // what else is to be known of it: until when it is there
	Endpoints map[string]string // other endpoints by name: par, introspection, …
	Cite      []finding.Citation
	Source    []string // the source rules it answers to, as "redox-jwt 13"
}

// State of a rule's value. An unknown is not the same as none.
type State uint8

// States.
const (
	Unset   State = iota // the profile says nothing; the rule's default applies
	Set                  // a value
	None                 // documented to have no such bound
	Unknown              // looked for and not found: never compared with
)

// Rule is one documented value.
type Rule struct {
	Ref
	State    State
	Value    any // of the type of the rule
	Cite     []finding.Citation
	Note     string
	Enforced *Alternative  // what the server was seen to do, where that differs
	Also     []Alternative // what other documents say
	From     string        // profile ID, or "--set", "--aud", "--skew"
	File     string        // the user's own file it was read from; "" for none
	Source   []string      // the source rules it answers to, as "redox-errors 15"
}

// Alternative is another source's value for the same rule.
type Alternative struct {
	State  State // Set, None or Unknown
	Value  any
	Cite   []finding.Citation
	Note   string
	Source []string
}

// Symptom is something the server is documented to answer.
type Symptom struct {
	Match    Match
	Says     string // the server's own words, where Match is a pattern of them
	Means    string
	Explains []string // causes, most likely first
	Ask      []string
	Cite     []finding.Citation
	Prints   *Text  // an expression whose named groups are what the answer prints of the request; nil for none
	LogOnly  bool   // appears only in the server's log, never in the answer
	Common   bool   // words that other servers use too: they name the cause, not the server
	From     string // profile ID
	Source   []string
}

// Match is what an answer must be like. Absent parts are not compared.
type Match struct {
	Status      int
	Error       *Text
	Description *Text
	ErrorURI    *Text
	Body        *Text
}

// Text is a text to look for: a substring without regard to case, a regular
// expression, or emptiness (absent, null or "").
type Text struct {
	Substring string
	Regexp    string
	Empty     bool

	matcher *matcher // nil if no loader made it
}

// Ask is something only the customer can look up.
type Ask struct {
	Text   string
	Cite   []finding.Citation
	From   string // profile ID
	Source []string
}

// Note is something the provider's documents say that no rule can express: which
// version changed what, what is not known.
type Note struct {
	Text string
	Cite []finding.Citation
	From string // profile ID
}

// Difference is a contradiction between sources; it is shown, not decided.
type Difference struct {
	About  string
	Say    []Statement
	From   string // profile ID
	Source []string
}

// Statement is what one source says.
type Statement struct {
	Text string
	Cite []finding.Citation
}

// Judges reports whether the profile has its own rules. That of a library has
// only the library's words, which servers of many providers pass on.
func (p *Profile) Judges() bool {
	for _, r := range p.Rules {
		if r.From == p.ID {
			return true
		}
	}
	return false
}

// Env returns the environment of that name.
func (p *Profile) Env(name string) (Environment, bool) {
	for _, e := range p.Envs {
		if e.Name == name {
			return e, true
		}
	}
	return Environment{}, false
}

// EnvironmentOf returns the first environment that has a text as its token URL,
// issuer or aud, whatever the case of the host, a default port or slashes at the
// end.
func (p *Profile) EnvironmentOf(text string) (Environment, bool) {
	if text == "" {
		return Environment{}, false
	}
	// The very text comes first: most addresses are right, and nothing has to be
	// taken apart for them.
	exact := func(known string) bool { return known != "" && address.SameButSlash(known, text) }
	given, isAddress := address.Address{}, false
	same := func(known string) bool {
		if known == "" {
			return false
		}
		a, ok := address.Parse(strings.TrimRight(known, "/"))
		return ok && a.Host != "" && a.Scheme == given.Scheme && a.Same(given)
	}
	for _, is := range []func(string) bool{exact, same} {
		for i := range p.Envs {
			if e := &p.Envs[i]; is(e.TokenURL) || is(e.Issuer) || slices.ContainsFunc(e.Aud, is) {
				return *e, true
			}
		}
		if given, isAddress = address.Parse(strings.TrimRight(text, "/")); !isAddress || given.Host == "" {
			break
		}
	}
	return Environment{}, false
}
