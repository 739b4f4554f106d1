package main

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/assertionworks/jwtdoctor/internal/explain"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// fieldName is a field as a heading of the list.
func fieldName(field string) string {
	switch field {
	case "":
		return "Other"
	case "identity":
		return "Identity providers and servers"
	case "platform":
		return "API platforms"
	case "library":
		return "Libraries"
	case "standard":
		return "Standards"
	}
	return strings.ToUpper(field[:1]) + field[1:]
}

func newProfilesDiff(w world) *cobra.Command {
	var format string
	var screen screenFlags
	cmd := &cobra.Command{
		Use:   "diff A B",
		Short: "Show the rules in which two profiles differ",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return usage("profiles diff needs two profile IDs; jwtdoctor profiles lists them")
			}
			return nil
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 1 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return profile.IDs(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if err := oneOf("--format", format, explainFormats()); err != nil {
				return err
			}
			var both [2]*profile.Profile
			for i, id := range args {
				p, err := profile.Load(id)
				if err != nil {
					return usage("%s", err)
				}
				both[i] = p
			}
			return w.tell(explain.Page{Title: both[0].Name + " and " + both[1].Name, Markdown: explain.ProfileDiff(both[0], both[1])}, format, screen)
		},
	}
	cmd.Flags().StringVarP(&format, "format", "f", "text", "`FORMAT`: text or markdown")
	choices(cmd, "format", explainFormats)
	screen.registerColor(cmd)
	screen.registerPlain(cmd)
	return cmd
}

func newProfilesNew(w world) *cobra.Command {
	return &cobra.Command{
		Use:   "new",
		Short: "Print a commented profile to start from",
		Long: `new prints a profile with a comment on each part. Save it as a file, fill it in,
check it with profiles lint FILE, and use it with -p FILE.`,
		Example: "  jwtdoctor profiles new > my-provider.yaml",
		Args:    noArgs,
		RunE:    func(*cobra.Command, []string) error { return w.print(newProfile) },
	}
}

// newProfile is a profile to start from; a test lints it.
const newProfile = `# A profile says what one provider documents about its token endpoint. Fill in what
# its documents say, and leave out the rest: what nobody says is not checked.
# Every word is explained in docs/profile-format.md.

id: my-provider                # lower case with hyphens
name: My Provider
extends: rfc7523               # or a nearer one: smart-backend-services, fapi2, rfc10070
about: What it is, in a sentence.

# The documents that the rest cites, each under a key of your choice.
cite:
  guide: {title: "My Provider, token guide", url: "https://docs.example.com/token", seen: 2026-11-29, authority: documented}

environments:
  production:                  # the first one is the default
    token_url: https://auth.example.com/token
    issuer: https://auth.example.com
    cite: guide

rules:
  header.alg.accepted: {value: [RS384, ES384], cite: guide}
  header.kid.presence: {value: required, cite: guide}    # required, recommended, optional, forbidden
  claims.aud.accept: {value: [token-url], cite: guide}   # token-url, issuer, listed
  claims.jti.presence: {value: required, cite: guide}
  time.lifetime.max: {value: 5m, cite: guide}            # exp minus iat
  # "unknown" is for what you looked for and did not find; it is never checked.
  jwks.cache: {value: unknown, cite: guide}

# What the server answers, and what that means. The causes are those of
# "jwtdoctor checks", the most likely first.
symptoms:
  - match: {status: 400, error: invalid_client, description: "kid is required"}
    means: "The header has no kid."
    explains: [kid-missing, kid-in-payload]
    cite: guide

# What no program can see from outside.
ask:
  - {text: "Is the client enabled in the console?", cite: guide}
`
