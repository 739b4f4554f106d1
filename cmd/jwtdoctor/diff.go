package main

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"
	"github.com/spf13/cobra"

	"github.com/assertionworks/jwtdoctor/internal/compare"
	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
	"github.com/assertionworks/jwtdoctor/internal/report"
	"github.com/assertionworks/jwtdoctor/internal/visible"
)

type diff struct {
	world
	screenFlags
	judgeFlags
	reportFlags
	kind      string
	all       bool
	readFiles bool
	number    map[*evidence.Case]int // of an exchange in a file with several
}

func newDiff(w world) *cobra.Command {
	d := &diff{world: w}
	cmd := &cobra.Command{
		Use:   "diff GOOD BAD",
		Short: "Compare a working request with a failing one",
		Long: `diff compares two assertions or requests: HTTP, parameters, JOSE header, claims,
and times relative to when each was sent. What differs in every request (jti,
signature, the time) is left out; --all shows it.

GOOD and BAD are a file, - for standard input, or text. FILE#3 is the third
exchange in a HAR or another file with several; one file with exactly two is
enough.

With a profile, or what else says what to expect (--client-id, --set and the like),
each of the two is also checked, and what is wrong with it is listed below its name.

Exit codes: 0 nothing differs that may matter, 1 something does, 2 wrong usage or
unreadable input.`,
		Example: `  jwtdoctor diff works.sh fails.sh
  jwtdoctor diff session.har#1 session.har#4
  jwtdoctor diff -f json good.jwt bad.jwt`,
		RunE: func(cmd *cobra.Command, args []string) error { return d.run(cmd, args) },
	}
	fl := cmd.Flags()
	fl.SortFlags = false
	d.registerFor(cmd, decodeFormats)
	fl.BoolVar(&d.all, "all", false, "also show what differs in every request")
	fl.BoolVar(&d.readFiles, "read-files", false, "read files that a command sends (@body.txt), only from the input's own folder")
	registerKind(cmd, &d.kind)
	d.judgeFlags.register(cmd, partProfile|partIdentity|partNow|partSecrets)
	d.registerColor(cmd)
	d.registerPlain(cmd)
	fl.BoolVarP(&d.quiet, "quiet", "q", false, "no notes")
	return cmd
}

func (d *diff) run(cmd *cobra.Command, args []string) error {
	if len(args) == 0 || len(args) > 2 {
		return usage("diff compares two: give GOOD and BAD, or one file that contains exactly two")
	}
	// A format from elsewhere speaks of reports, of which this is none.
	from, err := settle(cmd, d.world, "format", "output")
	if err != nil {
		return err
	}
	where, err := destinations(d.format, cmd.Flags().Changed("format"), d.outputs, decodeFormats())
	if err != nil {
		return err
	}
	w, err := d.screen(d.world)
	if err != nil {
		return from.blame(err)
	}
	opts, err := d.judgeFlags.options(w, inputFlags{kind: d.kind})
	if err != nil {
		return from.blame(err)
	}
	if _, err := opts.Moment(); err != nil {
		return from.blame(err)
	}
	opts.Has = func(flag string) bool { return cmd.Flags().Lookup(flag) != nil }
	g := gatherer{world: w, ctx: cmd.Context(), stdinName: "stdin", quiet: d.quiet}
	var sides []*evidence.Case
	for _, arg := range args {
		got, err := d.side(cmd, &g, arg, opts)
		if err != nil {
			return err
		}
		if len(args) == 2 && len(got) > 1 {
			return usage("%s contains %d exchanges; say which one: %s#1 is the first", brief(arg), len(got), brief(arg))
		}
		sides = append(sides, got...)
	}
	if len(sides) != 2 {
		return usage("%s contains %d; diff compares two: give GOOD and BAD", brief(args[0]), len(sides))
	}
	if outcome(sides[0]) < 0 && outcome(sides[1]) > 0 {
		// What the server said decides, not the order of the arguments.
		sides[0], sides[1] = sides[1], sides[0]
		if !d.quiet {
			w.note("the first was refused and the second accepted, so the second is the good one")
		}
	}
	result := compare.Compare(sides[0], sides[1])
	if !result.Compared() {
		return usage("these have nothing in common to compare (%s)", strings.Join(result.Unseen, "; "))
	}
	judged, err := d.judged(cmd, opts, sides)
	if err != nil {
		return from.blame(err)
	}
	r := diffReport{1, d.place(sides[0]), d.place(sides[1]), judged, result}
	err = w.documents(where, d.showSecrets, func(w world, format string) (string, error) {
		if format == "json" {
			text, err := report.Indent(r)
			return string(text), err
		}
		return d.text(w, r), nil
	})
	if err != nil {
		return err
	}
	if len(result.Matter()) > 0 {
		return status(exitFound)
	}
	return nil
}

// side reads one argument; of FILE#N only the N-th exchange.
func (d *diff) side(cmd *cobra.Command, g *gatherer, arg string, opts doctor.Options) ([]*evidence.Case, error) {
	number := 0
	if m := regexp.MustCompile(`^(.+)#(\d{1,6})$`).FindStringSubmatch(arg); m != nil {
		if _, err := os.Stat(arg); err != nil {
			arg = m[1]
			number, _ = strconv.Atoi(m[2]) // digits, and few
		}
	}
	g.gathered = gathered{}
	if err := g.add(arg, ""); err != nil {
		return nil, err
	}
	if len(g.refused) > 0 {
		return nil, g.refused[0]
	}
	if len(opts.Profiles) == 0 {
		// Named, so that none is guessed: which it is bears on nothing that is compared.
		opts.Profiles = []string{profile.Standard}
	}
	if d.readFiles {
		opts.Files = d.readBeside
	}
	cases, err := doctor.Evidence(cmd.Context(), opts, g.inputs)
	var bad doctor.InputError
	switch {
	case errors.As(err, &bad):
		return nil, unreadable("%s", err)
	case err != nil:
		return nil, err
	}
	if len(cases) > 1 {
		if d.number == nil {
			d.number = map[*evidence.Case]int{}
		}
		for i, c := range cases {
			d.number[c] = i + 1
		}
	}
	switch {
	case number > len(cases):
		return nil, usage("%s contains %d exchanges, so there is no number %d", brief(arg), len(cases), number)
	case number > 0:
		return cases[number-1 : number], nil
	}
	return cases, nil
}

// outcome is what the server made of a request: 1 where it accepted it, -1 where it
// refused it, 0 if that is not known.
func outcome(c *evidence.Case) int {
	r, ok := c.Response.Get()
	switch {
	case !ok || r.Status == 0:
		return 0
	case r.Status < 300:
		return 1
	case r.Status >= 400:
		return -1
	}
	return 0
}

// diffReport is the JSON output.
type diffReport struct {
	Version int    `json:"version"`
	Good    string `json:"good"`
	Bad     string `json:"bad"`
	// Judged is what is wrong with each, by profile, where it was asked for.
	Judged *diffJudged `json:"judged,omitempty"`
	compare.Result
}

type diffJudged struct {
	Good []diffVerdict `json:"good"`
	Bad  []diffVerdict `json:"bad"`
}

// diffVerdict is what is wrong with one of the two by one profile, most likely
// cause first.
type diffVerdict struct {
	Profile   string              `json:"profile"`
	Diagnosis []finding.Diagnosis `json:"diagnosis"`
}

// judgingFlags are those that say what to expect; any of them asks for both sides
// to be checked as well.
func judgingFlags() []string {
	return []string{"profile", "env", "set", "client-id", "aud", "token-url", "issuer", "redirect-uri", "skew", "now", "kind"}
}

// judged checks both sides; nil if no flag says what to expect.
func (d *diff) judged(cmd *cobra.Command, opts doctor.Options, sides []*evidence.Case) (*diffJudged, error) {
	if !slices.ContainsFunc(judgingFlags(), cmd.Flags().Changed) {
		return nil, nil
	}
	judge, err := doctor.New(opts)
	if err != nil {
		return nil, err
	}
	var out [2][]diffVerdict
	for i, side := range sides {
		cases, err := judge.Judge(side, nil)
		if err != nil {
			return nil, err
		}
		for _, c := range cases {
			v := diffVerdict{Profile: c.Profile.ID, Diagnosis: c.Diagnosis}
			if v.Diagnosis == nil {
				v.Diagnosis = []finding.Diagnosis{}
			}
			out[i] = append(out[i], v)
		}
	}
	return &diffJudged{out[0], out[1]}, nil
}

// place names a side.
func (d *diff) place(c *evidence.Case) string {
	if n := d.number[c]; n > 0 {
		return fmt.Sprintf("%s#%d", c.Input.Source, n)
	}
	if c.Input.Line > 1 {
		return fmt.Sprintf("%s, line %d", c.Input.Source, c.Input.Line)
	}
	return c.Input.Source
}

// verdictLines are what is wrong with a side, a line a cause.
func verdictLines(all []diffVerdict) string {
	var b strings.Builder
	for _, v := range all {
		if len(v.Diagnosis) == 0 {
			fmt.Fprintf(&b, "  %s: no problems found\n", visible.Text(v.Profile))
		}
		for _, x := range v.Diagnosis {
			fmt.Fprintf(&b, "  %s: %s: %s\n", visible.Text(v.Profile), x.Cause, visible.Text(x.Title))
		}
	}
	return b.String()
}

// text writes the differences for people, good above bad, so that long values
// are under one another.
func (d *diff) text(w world, r diffReport) string {
	style := lipgloss.NewRenderer(w.Out)
	style.SetColorProfile(termenv.Ascii)
	if w.Color {
		style.SetColorProfile(termenv.ANSI)
	}
	strong, green, red := style.NewStyle().Bold(true), style.NewStyle().Foreground(lipgloss.Color("2")), style.NewStyle().Foreground(lipgloss.Color("1"))
	var b strings.Builder
	var judged diffJudged
	if r.Judged != nil {
		judged = *r.Judged
	}
	fmt.Fprintf(&b, "%s %s\n%s", green.Render("good"), visible.Text(r.Good), verdictLines(judged.Good))
	fmt.Fprintf(&b, "%s %s\n%s", red.Render("bad "), visible.Text(r.Bad), verdictLines(judged.Bad))
	folded := 0
	area := compare.Area("")
	for _, x := range r.Differences {
		if !x.Matters {
			if folded++; !d.all {
				continue
			}
		}
		heading := x.Area
		if !x.Matters {
			heading = "differs in every request"
		}
		if heading != area {
			area = heading
			fmt.Fprintf(&b, "\n%s\n", strong.Render(strings.ToUpper(string(area))))
		}
		name := visible.Text(x.Name)
		switch {
		case x.Area == compare.AreaReplay:
			// Both sides have it, and the same: that is what is wrong.
			fmt.Fprintf(&b, "%s: %s\n  both %s\n", name, x.Note, shownValue(x.Bad))
			continue
		case x.Note != "":
			name += " differs " + x.Note
		}
		switch x.Only {
		case "good":
			name += ": only the good one has it"
		case "bad":
			name += ": only the bad one has it"
		}
		fmt.Fprintf(&b, "%s\n", name)
		if x.Only != "bad" {
			fmt.Fprintf(&b, "  %s %s\n", green.Render("good"), shownValue(x.Good))
		}
		if x.Only != "good" {
			fmt.Fprintf(&b, "  %s %s\n", red.Render("bad "), shownValue(x.Bad))
		}
		if x.Only == "" && !d.plain {
			b.WriteString(caret(shownValue(x.Good), shownValue(x.Bad), w.Width))
		}
	}
	for i, u := range r.Unseen {
		if i == 0 {
			fmt.Fprintf(&b, "\n%s\n", strong.Render("NOT COMPARED"))
		}
		fmt.Fprintf(&b, "%s\n", visible.Text(u))
	}
	n := len(r.Matter())
	summary := fmt.Sprintf("%d differences that may matter", n)
	switch n {
	case 0:
		summary = "nothing differs that may matter"
	case 1:
		summary = "1 difference that may matter"
	}
	more := ""
	if folded > 0 && !d.all {
		more = fmt.Sprintf(", %d that cannot (--all shows them)", folded)
	}
	b.WriteString("\n" + w.fold(fmt.Sprintf("%s%s, %d the same\n", summary, more, r.Same), w.OutIsTTY))
	return b.String()
}

// shownValue keeps one line of a value, of bearable length.
func shownValue(s string) string {
	const most = 300
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	if s == "" {
		return "(empty)"
	}
	return visible.Text(s)
}

// caret points to the first character that differs, where both values are one line
// of the screen each; "" if it would point nowhere useful.
func caret(good, bad string, width int) string {
	const lead = "       " // "  good "
	g, h := []rune(good), []rune(bad)
	at := 0
	for at < len(g) && at < len(h) && g[at] == h[at] {
		at++
	}
	column := len(lead) + visible.Width(string(h[:at]))
	if at == 0 || max(len(g), len(h)) > width-len(lead) || column >= width {
		return ""
	}
	return strings.Repeat(" ", column) + "^\n"
}
