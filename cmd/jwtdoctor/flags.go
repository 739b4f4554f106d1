package main

import (
	"math"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/assertionworks/jwtdoctor/internal/checks"
	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
	"github.com/assertionworks/jwtdoctor/internal/report"
	"github.com/assertionworks/jwtdoctor/internal/term"
)

// inputFlags say what is read, and as what.
type inputFlags struct {
	assertions []string
	stdinName  string
	field      string
	kind       string
}

func (f *inputFlags) register(cmd *cobra.Command) {
	fl := cmd.Flags()
	fl.StringArrayVar(&f.assertions, "assertion", nil, "read this `FILE`, - or text as an assertion")
	registerKind(cmd, &f.kind)
	fl.StringVar(&f.stdinName, "stdin-filename", "stdin", "`NAME` for what came from standard input")
}

func registerKind(cmd *cobra.Command, kind *string) {
	cmd.Flags().StringVar(kind, "kind", "", "`KIND` of JWT: "+strings.Join(kinds(), ", ")+" (default: as the request or profile says, else client-assertion)")
	choices(cmd, "kind", kinds)
}

func kinds() []string {
	return []string{string(evidence.ClientAssertion), string(evidence.JWTGrant), string(evidence.IDToken), string(evidence.AccessToken)}
}

// screenFlags say how a report looks.
type screenFlags struct {
	color   string
	quiet   bool
	verbose bool
	plain   bool
}

func (f *screenFlags) registerColor(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.color, "color", string(term.ColorAuto), "`WHEN` to colour: auto, always or never")
	choices(cmd, "color", colors)
	shortFor(cmd, "no-color", "short for --color never", "color", string(term.ColorNever))
}

// shortFor is a flag that gives another one a certain value.
func shortFor(cmd *cobra.Command, name, usage, flag, value string) {
	fl := cmd.Flags()
	fl.BoolFunc(name, usage, func(string) error {
		if long := fl.Lookup(flag); long.Changed {
			// For contradictions; it fails only for a flag that is not there.
			_ = fl.SetAnnotation(name, saidBefore, []string{long.Value.String()})
		}
		return fl.Set(flag, value)
	})
}

// isShort reports whether a flag is short for another one, and so no setting.
func isShort(name string) bool { return name == "json" || name == "no-color" }

func (f *screenFlags) register(cmd *cobra.Command) {
	f.registerColor(cmd)
	f.registerReach(cmd)
	f.registerPlain(cmd)
}

// registerReach are the flags for less and for more.
func (f *screenFlags) registerReach(cmd *cobra.Command) {
	cmd.Flags().BoolVarP(&f.quiet, "quiet", "q", false, "only the verdict and what failed, no notes")
	cmd.Flags().BoolVarP(&f.verbose, "verbose", "v", false, "also passed checks, notes, and where settings came from")
}

func (f *screenFlags) registerPlain(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&f.plain, "plain", false, "text without pictures or colour, one finding per line (for screen readers)")
}

// width is how long a line of a list may be: of plain text each entry is one.
func (f *screenFlags) width(w world) int {
	if f.plain {
		return math.MaxInt
	}
	return w.Width
}

func colors() []string {
	return []string{string(term.ColorAuto), string(term.ColorAlways), string(term.ColorNever)}
}

// screen is the world as --color wants it.
func (f *screenFlags) screen(w world) (world, error) {
	if err := oneOf("--color", f.color, colors()); err != nil {
		return w, err
	}
	w.Streams = w.WithColor(term.ColorMode(f.color))
	if f.plain {
		w.Color = false
	}
	return w, nil
}

func (f *screenFlags) options(w world) report.Options {
	return report.Options{Width: w.Width, Color: w.Color, ASCII: w.ASCII, Verbose: f.verbose, Quiet: f.quiet, Plain: f.plain, Links: w.Links}
}

// reportFlags say in which forms the report is written, and where to.
type reportFlags struct {
	format  string
	outputs []string
}

func (f *reportFlags) register(cmd *cobra.Command) { f.registerFor(cmd, report.Formats) }

// registerFor is register for a command whose output comes in its own formats.
func (f *reportFlags) registerFor(cmd *cobra.Command, formats func() []string) {
	fl := cmd.Flags()
	fl.StringVarP(&f.format, "format", "f", "text", "`FORMAT` of the report: "+strings.Join(formats(), ", "))
	fl.StringArrayVarP(&f.outputs, "output", "o", nil, "write a report into a file as well, `[FORMAT=]FILE` (repeatable)")
	choices(cmd, "format", formats)
	shortFor(cmd, "json", "short for --format json", "format", "json")
}

// judgeFlags say what an assertion is compared with, and what follows from it.
type judgeFlags struct {
	profiles                                     []string
	env, clientID, tokenURL, issuer, redirectURI string
	aud, set                                     []string
	skew, now                                    string
	only, skip, require                          []string
	failOn                                       string
	offline, showSecrets                         bool
}

// part is a group of flags that a command has or lacks: one that cannot change
// what a command does would only be believed to.
type part uint8

const (
	partProfile  part = 1 << iota // whose rules
	partIdentity                  // who and where, over the profile's
	partNow                       // as of when
	partChoice                    // which checks, and what makes the exit code
	partOffline                   // for what may go online
	partSecrets                   // for what is masked
)

func (f *judgeFlags) register(cmd *cobra.Command, parts part) {
	fl := cmd.Flags()
	f.failOn = string(finding.Error)
	if parts&partProfile != 0 {
		fl.StringArrayVarP(&f.profiles, "profile", "p", nil, "provider profile, `ID or FILE` (default: detected from the input; repeatable, the first decides)")
		fl.StringVar(&f.env, "env", "", "`NAME` of the provider's environment")
		fl.StringArrayVar(&f.set, "set", nil, "`RULE=VALUE` over the profile's, the value as YAML (repeatable)")
		described(cmd, "profile", profileWords)
		described(cmd, "env", f.environmentWords)
		described(cmd, "set", ruleWords)
	}
	if parts&partIdentity != 0 {
		fl.StringVar(&f.clientID, "client-id", "", "client `ID` that iss and sub must be")
		fl.StringArrayVar(&f.aud, "aud", nil, "accepted `VALUE` of aud, instead of the profile's (repeatable)")
		fl.StringVar(&f.tokenURL, "token-url", "", "`URL` of the token endpoint in use")
		fl.StringVar(&f.issuer, "issuer", "", "`URL` of the authorization server")
		fl.StringVar(&f.redirectURI, "redirect-uri", "", "the registered redirect `URI`")
		fl.StringVar(&f.skew, "skew", "", "how far clocks may differ, a `DURATION` such as 30s")
	}
	if parts&partNow != 0 {
		fl.StringVar(&f.now, "now", "", "check as of this `TIME`: RFC 3339, seconds since 1970, now (strictly, for fresh assertions), or iat for each assertion's own")
	}
	if parts&partChoice != 0 {
		fl.StringArrayVar(&f.only, "only", nil, "run only these `CHECKS` or causes (repeatable, or with commas)")
		fl.StringArrayVar(&f.skip, "skip", nil, "skip these `CHECKS` or causes (repeatable, or with commas)")
		fl.StringArrayVar(&f.require, "require", nil, "exit 3 if one of these `CHECKS` could not run (repeatable, or with commas)")
		fl.StringVar(&f.failOn, "fail-on", string(finding.Error), "exit 1 at this `SEVERITY` or above: error, warning, note or never")
		choices(cmd, "fail-on", severities)
		for _, name := range []string{"only", "skip", "require"} {
			described(cmd, name, checkWords)
		}
	}
	if parts&partOffline != 0 {
		fl.BoolVar(&f.offline, "offline", false, "never use the network")
	}
	if parts&partSecrets != 0 {
		fl.BoolVar(&f.showSecrets, "show-secrets", false, "show secrets, except private keys")
	}
}

const never = "never"

func severities() []string {
	return []string{string(finding.Error), string(finding.Warning), string(finding.Note), never}
}

// checkAndCauseIDs lists what --only, --skip and --require take.
func checkAndCauseIDs() []string {
	var out []string
	for _, c := range checks.All() {
		out = append(out, string(c.ID))
		for _, cause := range c.Causes {
			out = append(out, string(cause.ID))
		}
	}
	slices.Sort(out)
	return out
}

// options are what package doctor is to do. The clock is read once, so that a
// run has one now.
func (f *judgeFlags) options(w world, in inputFlags) (doctor.Options, error) {
	now := w.clock()
	o := doctor.Options{
		Profiles: f.profiles, Env: f.env, ClientID: f.clientID, Aud: f.aud, TokenURL: f.tokenURL, Issuer: f.issuer,
		RedirectURI: f.redirectURI, Set: f.set, Now: f.now, Kind: in.kind, Field: in.field,
		Only: ids(f.only), Skip: ids(f.skip), Require: ids(f.require),
		Offline: f.offline, ShowSecrets: f.showSecrets,
		Clock: func() time.Time { return now }, Version: version(),
	}
	for _, of := range []struct {
		flag  string
		value *string
		other string // what to do with a value of another form
	}{{"--token-url", &o.TokenURL, ""}, {"--issuer", &o.Issuer, "; if aud has to be exactly this, give it as --aud"}} {
		// What is given as an address contains no password. What is no address would be
		// compared with values that are, and end in a fix.
		if u, err := url.Parse(*of.value); err == nil && u.User != nil {
			u.User = nil
			*of.value = u.String()
		}
		if *of.value != "" {
			if err := webAddress(of.flag, *of.value); err != nil {
				return o, usage("%v%s", err, of.other)
			}
		}
	}
	if f.skew != "" {
		d, err := time.ParseDuration(f.skew)
		if err != nil || d < 0 {
			return o, usage("--skew: cannot read %q; use a duration such as 30s, 2m or 0s", brief(f.skew))
		}
		o.Skew = &d
	}
	return o, oneOf("--fail-on", f.failOn, severities())
}

// fails reports whether the worst finding of a run is reason to exit with 1.
func (f *judgeFlags) fails(worst finding.Severity) bool {
	return f.failOn != never && worst != "" && worst.Rank() <= finding.Severity(f.failOn).Rank()
}

// described completes a flag's value from a list of words, each with its meaning
// behind a tab.
func described(cmd *cobra.Command, flag string, list func() []string) { choices(cmd, flag, list) }

// profileWords are the profiles with their names.
func profileWords() []string {
	var out []string
	for _, e := range profile.NewLibrary().Entries() {
		out = append(out, e.ID+"\t"+e.Name)
	}
	return out
}

// environmentWords are the environments of the profile that was named; the first
// decides, and completion may have read it twice.
func (f *judgeFlags) environmentWords() []string {
	var out []string
	named := ""
	if len(f.profiles) > 0 {
		named, _ = profile.Resolve(f.profiles[0])
	}
	for _, e := range profile.NewLibrary().Entries() {
		for _, env := range e.Environments {
			if len(f.profiles) == 0 || named == e.ID {
				out = append(out, env+"\t"+e.Name)
			}
		}
	}
	return out
}

// ruleWords are the rules of profiles, ready for a value.
func ruleWords() []string {
	var out []string
	for _, r := range profile.Keys() {
		out = append(out, r.ID+"=\t"+r.Help)
	}
	return out
}

// checkWords are checks and causes with their titles.
func checkWords() []string {
	var out []string
	for _, c := range checks.All() {
		out = append(out, string(c.ID)+"\t"+c.Title)
		for _, cause := range c.Causes {
			out = append(out, string(cause.ID)+"\t"+cause.Title)
		}
	}
	slices.Sort(out)
	return out
}

// choices completes a flag's value from a list that is made when it is asked for.
func choices(cmd *cobra.Command, flag string, list func() []string) {
	// It fails for a flag that is not there, which the first test would notice.
	if err := cmd.RegisterFlagCompletionFunc(flag, func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return list(), cobra.ShellCompDirectiveNoFileComp
	}); err != nil {
		panic(err)
	}
}
