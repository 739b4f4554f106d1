package doctor

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/checks"
	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// standard is the profile of RFC 7523 itself, used where nothing points to a provider.
const standard = "rfc7523"

// profiles loads each profile once a run, with the command line's own rules on top.
type profiles struct {
	opts    Options
	library *profile.Library
	loaded  map[string]*profile.Rules
	guess   map[string]guessed
}

type guessed struct{ id, env, by string }

func newProfiles(opts Options) profiles {
	return profiles{opts: opts, library: profile.NewLibrary(), loaded: map[string]*profile.Rules{}, guess: map[string]guessed{}}
}

// get loads the rules of a profile by ID or file name.
func (ps profiles) get(name string) (*profile.Rules, error) {
	if rules, ok := ps.loaded[name]; ok {
		return rules, nil
	}
	if ps.opts.Loaded != nil && name == ps.opts.Profile {
		return ps.opts.Loaded, nil
	}
	p, err := ps.load(name)
	if err != nil {
		return nil, UsageError{err.Error()}
	}
	return ps.keep(name, p)
}

func (ps profiles) load(name string) (*profile.Profile, error) {
	if isFile(name) {
		return profile.ReadFile(name, checks.Known())
	}
	return ps.library.Load(name)
}

// Load returns the rules a run with these options judges by where it guesses no
// profile: those of the one named, with Set, Aud and Skew on top, else of RFC
// 7523. The error is that of Run, a UsageError.
func (o Options) Load() (*profile.Rules, error) {
	rules, err := newProfiles(o).get(cmp.Or(o.Profile, standard))
	if err != nil {
		return nil, err
	}
	return rules, checkEnv(o.Env, rules.Profile())
}

// keep puts the command line's own rules on top of a profile and remembers it.
func (ps profiles) keep(name string, p *profile.Profile) (*profile.Rules, error) {
	rules, err := profile.Compile(p, profile.Overrides{Set: ps.opts.Set, Aud: ps.opts.Aud, Skew: ps.opts.Skew})
	if err != nil {
		return nil, UsageError{err.Error()}
	}
	ps.loaded[name] = rules
	return rules, nil
}

// isFile tells a file's name from a profile's ID or alias, which have neither dot
// nor slash.
func isFile(name string) bool {
	if strings.ContainsAny(name, "./\\") {
		return true
	}
	if _, err := os.Stat(name); errors.Is(err, fs.ErrNotExist) {
		return false
	}
	_, embedded := profile.Resolve(name)
	return !embedded
}

// choose finds the profile of a case: the one named, else the one its aud or
// the token URL points to, else the standard.
func (ps profiles) choose(c *evidence.Case) (*profile.Rules, finding.Profile, error) {
	name, g := ps.opts.Profile, guessed{}
	if name == "" {
		g = ps.guessFor(c)
		if name = g.id; name == "" {
			name = standard
		}
	}
	rules, err := ps.get(name)
	if err != nil {
		return nil, finding.Profile{}, err
	}
	p := rules.Profile()
	out := finding.Profile{ID: p.ID, Name: p.Name, Env: ps.opts.Env, Guessed: ps.opts.Profile == "", GuessedBy: g.by}
	if out.Env == "" {
		if out.Env = environment(c, p); out.Env != "" {
			out.EnvGuessed = true
		}
	}
	return rules, out, nil
}

func (ps profiles) guessFor(c *evidence.Case) guessed {
	clue := profile.Clue{Aud: auds(c), TokenURL: ps.opts.TokenURL, Issuer: ps.opts.Issuer}
	if clue.TokenURL == "" {
		clue.TokenURL = endpoint(c)
	}
	key := strings.Join(append([]string{clue.TokenURL, clue.Issuer}, clue.Aud...), "\x00")
	g, ok := ps.guess[key]
	if !ok {
		found := ps.library.Find(clue)
		g = guessed{found.ID, found.Env, found.By}
		ps.guess[key] = g
	}
	if g.id == "" {
		g = ps.guessByAnswer(c)
	}
	return g
}

// guessByAnswer finds the provider whose very words the server used, or whom
// error_uri names. Words that several servers use are read all the same, but the
// assertion is not judged by the rules of one of them.
func (ps profiles) guessByAnswer(c *evidence.Case) guessed {
	r, ok := c.Response.Get()
	if !ok || r.Success() {
		return guessed{}
	}
	said := AnswerOf(r)
	if p := ps.library.Named(said); p != nil {
		return guessed{id: p.ID, by: "error_uri names " + p.Name}
	}
	all := ps.library.Recognising(said)
	if len(all) == 0 || profile.Rivals(all) > 1 || !all[0].Fit.Own || !all[0].Profile.Judges() {
		return guessed{}
	}
	return guessed{id: all[0].Profile.ID, by: "the answer holds words of " + all[0].Profile.Name + "'s"}
}

// endpoint is the address a request was sent to; "" where it is not known.
func endpoint(c *evidence.Case) string {
	if r, ok := c.Request.Get(); ok {
		return r.Endpoint()
	}
	return ""
}

func auds(c *evidence.Case) []string {
	o, ok := c.Claims.Get()
	if !ok {
		return nil
	}
	v, ok := o.Get("aud")
	if !ok {
		return nil
	}
	var out []string
	switch v.Kind {
	case jsonspan.String:
		out = []string{v.Str}
	case jsonspan.Array:
		for i, it := range v.Items {
			if it.Kind == jsonspan.String && i < 8 {
				out = append(out, it.Str)
			}
		}
	}
	return out
}

// environment names the one documented environment the token URL given, or
// else aud, belongs to.
func environment(c *evidence.Case, p *profile.Profile) string {
	for _, address := range append([]string{c.Expect.TokenURL, endpoint(c), c.Expect.Issuer}, auds(c)...) {
		if e, ok := p.EnvironmentOf(address); ok {
			return e.Name
		}
	}
	return ""
}
