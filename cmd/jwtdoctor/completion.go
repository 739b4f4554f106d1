package main

import (
	"bytes"

	"github.com/spf13/cobra"
)

func shells() []string { return []string{"bash", "zsh", "fish", "powershell"} }

// newCompletion is in for cobra's own command, which takes an unknown
// shell for a call for help.
func newCompletion(w world) *cobra.Command {
	return &cobra.Command{
		Use:   "completion SHELL",
		Short: "Print the completion script for bash, zsh, fish or powershell",
		Long: `completion prints the completion script for a shell. In bash it needs the package
bash-completion.`,
		Example: `  source <(jwtdoctor completion bash)
  jwtdoctor completion zsh > "${fpath[1]}/_jwtdoctor"
  jwtdoctor completion fish > ~/.config/fish/completions/jwtdoctor.fish
  jwtdoctor completion powershell | Out-String | Invoke-Expression`,
		Args:      oneArg("a shell: bash, zsh, fish or powershell"),
		ValidArgs: shells(),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := oneOf("completion", args[0], shells()); err != nil {
				return err
			}
			var b bytes.Buffer
			// They write into memory, which does not fail.
			switch root := cmd.Root(); args[0] {
			case "bash":
				root.GenBashCompletionV2(&b, true)
			case "zsh":
				root.GenZshCompletion(&b)
			case "fish":
				root.GenFishCompletion(&b, true)
			case "powershell":
				root.GenPowerShellCompletionWithDesc(&b)
			}
			return w.print(b.String())
		},
	}
}
