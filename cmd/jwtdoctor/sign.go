package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/mask"
	"github.com/assertionworks/jwtdoctor/internal/mint"
	"github.com/assertionworks/jwtdoctor/internal/wording"
)

type sign struct {
	world
	inputFlags
	judgeFlags
	keyFlags
	screenFlags
	onlineFlags
	kid, alg, subject, from string
	lifetime                time.Duration
	claims                  []string
}

func newSign(w world) *cobra.Command {
	c := &sign{world: w}
	cmd := &cobra.Command{
		Use:   "sign",
		Short: "Create an assertion that passes the profile, or repair one",
		Long: `sign makes an assertion that passes the profile, signed with the private key from
--key, and prints only the assertion on standard output. Algorithm and claims
follow from profile and key; kid is that of --kid, of the JWK, or of the same key
in --jwks.

With --from it keeps what is right in a failing assertion, repairs what is wrong,
and shows the difference on standard error.

The private key is read from a file or standard input, never from the command
line or the environment, and is never printed.`,
		Example: `  jwtdoctor sign --profile redox --key key.pem --client-id my-client --kid k1
  jwtdoctor sign --profile epic --key key.jwk --from failing.jwt > repaired.jwt`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return c.run(cmd) },
	}
	cmd.Flags().SortFlags = false
	fl := cmd.Flags()
	fl.StringVar(&c.key, "key", "", "the private key: `FILE` or -, PEM or JWK")
	fl.StringVar(&c.kid, "kid", "", "`ID` of the key, for the header parameter kid")
	fl.StringVar(&c.alg, "alg", "", "`ALGORITHM` to sign with (default: the profile's, as far as the key can)")
	fl.StringVar(&c.jwks, "jwks", "", "the published keys, to find the kid in: `FILE or URL`")
	fl.StringVar(&c.subject, "subject", "", "`VALUE` of sub, if it is not the client ID")
	fl.DurationVar(&c.lifetime, "lifetime", 0, "how long it is valid, a `DURATION` such as 4m (default: four fifths of what the profile allows)")
	fl.StringArrayVar(&c.claims, "claim", nil, "additional claim, `NAME=VALUE`; the value as JSON, else as text (repeatable)")
	fl.StringVar(&c.from, "from", "", "repair this failing assertion: `FILE`, - or text")
	c.onlineFlags.register(cmd)
	c.judgeFlags.register(cmd, partProfile|partIdentity|partNow|partOffline|partSecrets)
	fl.Lookup("now").Usage = "create it as of this `TIME`: RFC 3339 or seconds since 1970 (default: now)"
	c.registerColor(cmd)
	c.registerReach(cmd)
	return cmd
}

func (c *sign) run(cmd *cobra.Command) error {
	// A key's file name in the environment is as good as the key for anyone who
	// set it; both are given only on the command line.
	from, err := settle(cmd, c.world, append(ownOnline(), "key", "from")...)
	if err != nil {
		return err
	}
	if from.given("now") && strings.EqualFold(c.now, "iat") {
		// The project's file says so about its fixtures, and there it is no mistake.
		return usage("--now iat: a new assertion has no iat to go by; give a time, or leave --now out to create it as of this moment")
	}
	if cmd.Flags().Changed("lifetime") && c.lifetime < time.Second {
		return from.blame(usage("--lifetime %s: give a duration of at least 1s, such as 4m", c.lifetime))
	}
	if err := c.complete(); err != nil {
		return err
	}
	w, err := c.screen(c.world)
	if err != nil {
		return from.blame(err)
	}
	opts, err := c.judgeFlags.options(w, c.inputFlags)
	if err != nil {
		return from.blame(err)
	}
	so := doctor.SignOptions{Kid: c.kid, Alg: c.alg, Subject: c.subject, Lifetime: c.lifetime}
	if so.Claims, err = furtherClaims(c.claims); err != nil {
		return err
	}
	client, err := c.client(cmd.Context(), w)
	if err != nil {
		return err
	}
	g := gatherer{world: w, ctx: cmd.Context(), stdinName: "stdin", quiet: c.quiet, offline: c.offline, client: client, fromProject: from.project("jwks")}
	if opts.JWKS, opts.Key, err = g.documents(c.keyFlags); err != nil {
		return err
	}
	if c.from != "" {
		if err := g.add(c.from, "assertion"); err != nil {
			return err
		}
		if len(g.inputs) > 0 {
			so.From = &g.inputs[0]
		}
	}
	if len(g.refused) > 0 {
		return g.refused[0]
	}
	so.Options = opts
	made, judged, err := doctor.Sign(cmd.Context(), so)
	if err != nil {
		return from.blame(err)
	}
	if !c.quiet {
		if d := opts.JWKS; d != nil && d.Fetched != nil && (d.Fetched.Trouble != "" || d.Fetched.Status != 200) {
			w.note("the set at %s could not be read, so the key was not compared with it; run jwtdoctor jwks to see why", d.Source)
		}
		c.tell(w, opts, made, judged.Profile.ID)
	}
	return w.print(made.Compact + "\n")
}

// complete names everything at once that is missing to make an assertion.
func (c *sign) complete() error {
	claims := map[string]bool{}
	for _, claim := range c.claims {
		name, _, _ := strings.Cut(claim, "=")
		claims[name] = true
	}
	var missing []string
	if c.key == "" {
		missing = append(missing, "--key FILE (the private key, or - for standard input)")
	}
	if c.clientID == "" && c.from == "" && !claims["iss"] {
		missing = append(missing, "--client-id ID (for iss and sub)")
	}
	if len(c.profiles) == 0 && len(c.aud) == 0 && c.tokenURL == "" && c.issuer == "" && c.from == "" && !claims["aud"] {
		missing = append(missing, "--profile ID or --aud VALUE (for aud)")
	}
	if len(missing) <= 1 {
		return nil // a single one is named where it is needed, with what the profile says of it
	}
	return usage("sign needs %s", wording.And(missing))
}

// tell says on standard error what was made, and what was changed.
func (c *sign) tell(w world, opts doctor.Options, made mint.Assertion, profileID string) {
	kid := "no kid"
	if made.Kid != "" {
		kid = "kid " + made.Kid
	}
	w.note("signed with %s, %s, for the profile %s; it is a credential until it expires", made.Alg, kid, profileID)
	grant := false
	if len(opts.Profiles) == 0 {
		opts.Profiles = []string{profileID}
	}
	if rules, err := opts.Load(); err == nil {
		grant = rules.Profile().Kind == string(evidence.JWTGrant)
	}
	shown := func(name, value string) string {
		// In an assertion of a client, sub is the client itself.
		return claimShown(name, value, grant || mask.Bare(name) != "sub")
	}
	for _, ch := range made.Changes {
		if ch.Routine && !c.verbose {
			continue
		}
		where := ch.Part + " " + ch.Name
		switch {
		case ch.Name == "jti":
			w.note("%s: a fresh one", where)
		case ch.Old == "":
			w.note("%s: added %s", where, shown(ch.Name, ch.New))
		case ch.New == "":
			w.note("%s: removed, it was %s", where, shown(ch.Name, ch.Old))
		default:
			w.note("%s: %s instead of %s", where, shown(ch.Name, ch.New), shown(ch.Name, ch.Old))
		}
	}
}

// claimShown is a claim's value, which is JSON, as a note may repeat it.
func claimShown(name, value string, person bool) string {
	const most = 80
	v, _ := jsonspan.Scan([]byte(value), jsonspan.Limits{})
	text := string(mask.Of(about(person)).Claim(name, v))
	if r := []rune(text); len(r) > most {
		return string(r[:most]) + "…"
	}
	return text
}

// about is not evidence but that a JWT is about a person, or is not.
type about bool

func (about) Reveal() bool       { return false }
func (a about) Person() bool     { return bool(a) }
func (about) Secrets(*mask.List) {}

// furtherClaims reads NAME=VALUE; a value that is JSON is taken as such.
func furtherClaims(args []string) ([]mint.Member, error) {
	var out []mint.Member
	for _, a := range args {
		name, value, ok := strings.Cut(a, "=")
		if !ok || name == "" {
			return nil, usage("--claim %q: write NAME=VALUE", brief(a))
		}
		if !json.Valid([]byte(value)) {
			text, err := json.Marshal(value)
			if err != nil {
				return nil, fmt.Errorf("--claim %s: %w", name, err)
			}
			value = string(text)
		}
		out = append(out, mint.Member{Name: name, JSON: value})
	}
	return out, nil
}
