package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
	"github.com/assertionworks/jwtdoctor/internal/report"
	"github.com/assertionworks/jwtdoctor/internal/visible"
)

type decode struct {
	world
	inputFlags
	screenFlags
	reportFlags
	now         string
	showSecrets bool
}

func decodeFormats() []string { return []string{"text", "json"} }

func newDecode(w world) *cobra.Command {
	d := &decode{world: w}
	cmd := &cobra.Command{
		Use:   "decode [INPUT…]",
		Short: "Show header, claims and times in words",
		Long: `decode shows what an assertion says: who sends it to whom, when it is valid, how
it is signed, its JSON to copy, and its times in words. It checks nothing; the
exit code is 1 only if nothing of an assertion is readable.

An INPUT is a file, - for standard input, or the assertion itself. Signature and
jti are masked, so you can post the output.`,
		Example: `  jwtdoctor decode token.jwt
  jwtdoctor decode -f json - < token.jwt`,
		RunE: func(cmd *cobra.Command, args []string) error { return d.run(cmd, args) },
	}
	fl := cmd.Flags()
	fl.SortFlags = false
	d.inputFlags.register(cmd)
	fl.StringVar(&d.now, "now", "", "show times relative to this `TIME`: RFC 3339 or seconds since 1970")
	d.registerFor(cmd, decodeFormats)
	fl.BoolVar(&d.showSecrets, "show-secrets", false, "show secrets, except private keys")
	d.registerColor(cmd)
	d.registerPlain(cmd)
	fl.BoolVarP(&d.quiet, "quiet", "q", false, "only header and claims, no notes")
	return cmd
}

// readable are the checks that say why a part cannot be read. The others are
// not asked: decode judges nothing.
func readable() []string {
	return []string{"assertion-clean", "assertion-compact", "assertion-base64url", "assertion-json"}
}

func (d *decode) run(cmd *cobra.Command, args []string) error {
	// A format from elsewhere speaks of reports, of which this is none.
	from, err := settle(cmd, d.world, "format", "output")
	if err != nil {
		return err
	}
	if from.given("now") && strings.EqualFold(strings.TrimSpace(d.now), "iat") {
		// As a setting it is meant for check.
		return usage("--now iat: decode shows the times relative to another one; give a time, or leave --now out for this moment")
	}
	w, err := d.screen(d.world)
	if err != nil {
		return from.blame(err)
	}
	where, err := destinations(d.format, cmd.Flags().Changed("format"), d.outputs, decodeFormats())
	if err != nil {
		return from.blame(err)
	}
	now := w.clock()
	opts := doctor.Options{
		// Named, so that none is guessed: which profile it is bears on nothing here.
		Profiles: []string{profile.Standard},
		Now:      d.now, Kind: d.kind, Only: readable(), ShowSecrets: d.showSecrets,
		Clock: func() time.Time { return now }, Version: version(),
	}
	moment, err := opts.Moment()
	if err != nil {
		return from.blame(err)
	}
	g := gatherer{world: w, ctx: cmd.Context(), stdinName: d.stdinName, quiet: d.quiet}
	if err := g.gather(args, saying("assertion", d.assertions)); err != nil {
		return err
	}
	out := &decoding{world: w, secret: d.showSecrets, now: moment}
	for _, to := range where {
		s := &decodingSink{destination: to, opts: d.screenFlags.options(w.towards(to))}
		s.w = bufio.NewWriter(w.Out)
		if to.file != "" {
			s.w = bufio.NewWriter(&s.whole)
		}
		out.sinks = append(out.sinks, s)
	}
	result, err := doctor.Run(cmd.Context(), opts, g.inputs, out.emit)
	for _, a := range result.Addresses {
		g.refused = append(g.refused, unreadable("%s is an address; there is nothing in it to decode", visible.Text(a.URL)))
	}
	return d.conclude(out, err, g, from)
}

func (d *decode) conclude(out *decoding, err error, g gatherer, from origins) error {
	var wrong doctor.UsageError
	if errors.As(err, &wrong) {
		return from.blame(err)
	}
	unread := g.refused
	if bad := (doctor.InputError{}); errors.As(err, &bad) && len(g.inputs) > 0 {
		unread = append(unread, err)
	}
	for _, e := range unread {
		d.complain(e.Error())
	}
	var ended error
	if out.shown > 0 || len(unread) == 0 {
		ended = out.end(version())
	}
	switch {
	case len(unread) > 0:
		return status(exitUsage)
	case ended != nil:
		return ended
	case err != nil:
		return status(exitUnfinished)
	case out.mute:
		return status(exitFound)
	}
	return nil
}

// decoding writes decoded assertions.
type decoding struct {
	world
	secret bool // for its owner only
	sinks  []*decodingSink
	now    time.Time
	shown  int
	mute   bool // nothing of one assertion was readable
	cases  []decodedCase
}

// decodingSink is one destination. Standard output is written as it comes, a file at
// the end.
type decodingSink struct {
	destination
	w     *bufio.Writer
	whole strings.Builder
	opts  report.Options
}

// decodedCase is one member of cases in the JSON output.
type decodedCase struct {
	Input   finding.Input     `json:"input"`
	Decoded finding.Decoded   `json:"decoded"`
	Times   map[string]string `json:"times"` // claims that are times, RFC 3339
	// State is valid, expired, not yet valid, or unknown, as seen at now.
	State    string         `json:"state"`
	Lifetime *int64         `json:"lifetime_seconds"` // exp minus iat; null where one is missing
	Faults   []decodedFault `json:"faults"`
}

type decodedFault struct {
	Cause   string `json:"cause"`
	Message string `json:"message"`
}

func (d *decoding) emit(c finding.Case) error {
	if string(c.Decoded.Header) == "null" && string(c.Decoded.Claims) == "null" {
		d.mute = true
	}
	d.shown++
	if slices.ContainsFunc(d.sinks, func(s *decodingSink) bool { return s.format == "json" }) {
		v := report.ValidityOf(c.Decoded.Claims, d.now)
		d.cases = append(d.cases, decodedCase{Input: c.Input, Decoded: c.Decoded, Times: timesOf(c.Decoded.Claims), State: v.State, Lifetime: v.Lifetime, Faults: faultsOf(c)})
	}
	for _, s := range d.sinks {
		if s.format == "json" {
			continue
		}
		if d.shown > 1 {
			s.w.WriteString("\n")
		}
		if err := report.DecodedText(s.w, c, d.now, s.opts); err != nil {
			return err
		}
		if err := s.w.Flush(); err != nil {
			return err
		}
	}
	return nil
}

func (d *decoding) end(version string) error {
	for _, s := range d.sinks {
		if s.format == "json" {
			text, err := report.Indent(d.document(version))
			if err != nil {
				return err
			}
			s.w.Write(text) // what fails, fails when it is flushed
		}
		if err := s.w.Flush(); err != nil {
			return &outputError{err: err}
		}
		if s.file == "" {
			continue
		}
		if err := d.saved(s.file, s.whole.String(), d.secret); err != nil {
			return err
		}
	}
	return nil
}

// document is the JSON output.
func (d *decoding) document(version string) any {
	cases := d.cases
	if cases == nil {
		cases = []decodedCase{}
	}
	return struct {
		Version int           `json:"version"`
		Tool    finding.Tool  `json:"tool"`
		Now     string        `json:"now"`
		Cases   []decodedCase `json:"cases"`
	}{1, finding.Tool{Name: "jwtdoctor", Version: version}, d.now.Format(time.RFC3339), cases}
}

func faultsOf(c finding.Case) []decodedFault {
	out := []decodedFault{}
	for _, f := range c.Findings {
		if f.Outcome == finding.Fail {
			out = append(out, decodedFault{string(f.Cause), f.Message})
		}
	}
	return out
}

// timesOf returns the claims that are NumericDates (RFC 7519 section 2).
func timesOf(claims json.RawMessage) map[string]string {
	var values map[string]json.RawMessage
	out := map[string]string{}
	if json.Unmarshal(claims, &values) != nil {
		return out
	}
	for _, name := range []string{"iat", "nbf", "exp", "auth_time", "updated_at"} {
		var seconds float64
		if json.Unmarshal(values[name], &seconds) == nil && seconds >= 0 && seconds < 1e11 {
			out[name] = time.Unix(int64(seconds), 0).UTC().Format(time.RFC3339)
		}
	}
	return out
}
