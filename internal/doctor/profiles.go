package doctor

import (
	"slices"
	"strings"
	"sync"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/judge"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// profiles loads each profile once a run, with the command line's own rules on top.
type profiles struct {
	mu      sync.Mutex // guards loaded and guess
	opts    Options
	catalog *judge.Catalog
	library *profile.Library
	loaded  map[string]*profile.Rules
	guess   map[string]guessed
}

type guessed struct{ id, env, by, from string }

func newProfiles(opts Options, catalog *judge.Catalog) *profiles {
	library := opts.Library
	if library == nil {
		library = profile.NewLibrary()
	}
	return &profiles{opts: opts, catalog: catalog, library: library, loaded: map[string]*profile.Rules{}, guess: map[string]guessed{}}
}

// get loads the rules of a profile by ID or file name.
func (ps *profiles) get(name string) (*profile.Rules, error) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	return ps.locked(name)
}

func (ps *profiles) locked(name string) (*profile.Rules, error) {
	if p, ok := ps.loaded[name]; ok {
		return p, nil
	}
	if ps.opts.Loaded != nil && len(ps.opts.Profiles) > 0 && name == ps.opts.Profiles[0] {
		return ps.opts.Loaded, nil
	}
	p, err := ps.load(name)
	if err != nil {
		return nil, UsageError{err.Error()}
	}
	return ps.keep(name, p)
}

func (ps *profiles) load(name string) (*profile.Profile, error) {
	if profile.NamesFile(name) {
		return profile.ReadFile(name, ps.catalog.Known())
	}
	return ps.library.Load(name)
}

// Load returns the rules a run with these options judges by where it guesses no
// profile: those of the one named, with Set, Aud and Skew on top, else that of RFC 7523. The error
// is that of Run, a UsageError.
func (o Options) Load() (*profile.Rules, error) {
	catalog, err := judge.Standard()
	if err != nil {
		return nil, err
	}
	name := profile.Standard
	if len(o.Profiles) > 0 && o.Profiles[0] != "" {
		name = o.Profiles[0]
	}
	p, err := newProfiles(o, catalog).get(name)
	if err != nil {
		return nil, err
	}
	return p, checkEnv(o.Env, p.Profile())
}

// keep puts the command line's own rules on top of a profile and remembers it.
func (ps *profiles) keep(name string, p *profile.Profile) (*profile.Rules, error) {
	rules, err := profile.Compile(p, profile.Overrides{Set: ps.opts.Set, Aud: ps.opts.Aud, Skew: ps.opts.Skew})
	if err != nil {
		return nil, UsageError{err.Error()}
	}
	ps.loaded[name] = rules
	return rules, nil
}

// ahead reports whether one of the profiles named is that of a standard which
// servers are still to follow.
func (ps *profiles) ahead() bool {
	return slices.ContainsFunc(ps.opts.Profiles, func(name string) bool {
		id, ok := profile.Resolve(name)
		return ok && id == profile.Coming
	})
}

// choose finds the profile of a case: the one named with that index, else the
// one its aud or the token URL points to, else the standard.
func (ps *profiles) choose(c *evidence.Case, index int) (*profile.Rules, finding.Profile, error) {
	name, g := "", guessed{}
	if index < len(ps.opts.Profiles) {
		name = ps.opts.Profiles[index]
	}
	named := name != ""
	if !named {
		g = ps.guessFor(c)
		if name = g.id; name == "" {
			name = profile.Standard
		}
	}
	rules, err := ps.get(name)
	if err != nil {
		return nil, finding.Profile{}, err
	}
	p := rules.Profile()
	out := finding.Profile{ID: p.ID, Name: p.Name, Env: ps.opts.Env, Guessed: !named, GuessedBy: g.by, GuessedFrom: g.from, Standard: p.Field == "standard", Fallback: !named && g.id == ""}
	if out.Env == "" {
		if out.Env = environment(c, p); out.Env != "" {
			out.EnvGuessed = true
		}
	}
	return rules, out, nil
}

func (ps *profiles) guessFor(c *evidence.Case) guessed {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	clue := profile.Clue{Aud: auds(c), TokenURL: ps.opts.TokenURL, Issuer: ps.opts.Issuer}
	if clue.TokenURL == "" {
		clue.TokenURL = endpoint(c)
	}
	key := strings.Join(append([]string{clue.TokenURL, clue.Issuer}, clue.Aud...), "\x00")
	g, ok := ps.guess[key]
	if !ok {
		found := ps.library.Find(clue)
		g = guessed{found.ID, found.Env, found.By, found.From}
		ps.guess[key] = g
	}
	if g.id == "" {
		if claim := claimText(c); claim != nil {
			found := ps.library.ByClaims(claim)
			g = guessed{found.ID, found.Env, found.By, found.From}
		}
	}
	if g.id == "" {
		g = ps.guessByAnswer(c)
	}
	if g.id == "" && c.Elsewhere == evidence.AsBearer {
		g = guessed{id: ownBearer, by: "it is sent to an API as Bearer", from: "Authorization"}
	}
	return g
}

// guessByAnswer finds the provider whose very words the server used, or whom
// error_uri names. Words that several servers use are read all the same, but the
// assertion is not judged by the rules of one of them. Nor is it for a few words that
// anybody may say, a library in a stack trace too.
func (ps *profiles) guessByAnswer(c *evidence.Case) guessed {
	r, ok := c.Response.Get()
	if !ok || r.Success() {
		return guessed{}
	}
	said := judge.AnswerOf(r)
	if p := ps.library.Named(said); p != nil {
		return guessed{id: p.ID, by: "error_uri names " + p.Name, from: "error_uri"}
	}
	all := ps.library.Recognising(said)
	if len(all) == 0 || profile.Rivals(all) > 1 || !all[0].Fit.Own || !all[0].Profile.Judges() {
		return guessed{}
	}
	if _, judged := c.Claims.Get(); (judged || r.Printed || said.Loose) && !all[0].Fit.Distinct {
		return guessed{}
	}
	return guessed{id: all[0].Profile.ID, by: "the response matches an error message of " + all[0].Profile.Name, from: "the answer"}
}

// endpoint is the address a request was sent to; "" where it is not known.
func endpoint(c *evidence.Case) string {
	if r, ok := c.Request.Get(); ok {
		return r.Endpoint()
	}
	if r, ok := c.Authorization.Get(); ok {
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
	for _, address := range [...]string{c.Expect.TokenURL, endpoint(c), c.Expect.Issuer} {
		if e, ok := p.EnvironmentOf(address); ok {
			return e.Name
		}
	}
	for _, address := range auds(c) {
		if e, ok := p.EnvironmentOf(address); ok {
			return e.Name
		}
	}
	return ""
}

// own reports whether an answer has the words of one provider, which nobody else is
// known to use.
func (d *Doctor) own(r *evidence.Response) bool {
	heard := d.profiles.library.Recognising(judge.AnswerOf(r))
	return profile.Rivals(heard) == 1 && heard[0].Fit.Own
}

// known reports whether text that may be anything is a server's words.
func (d *Doctor) known(r *evidence.Response) bool {
	if len(d.profiles.library.Recognising(judge.AnswerOf(r))) > 0 {
		return true
	}
	p, err := d.profiles.get(profile.Standard)
	if err != nil {
		return false
	}
	_, ok := p.Profile().Recognised(judge.AnswerOf(r))
	return ok
}
