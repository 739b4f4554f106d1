package doctor

import (
	"fmt"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// checkEnv refuses an environment that the profile does not have.
func checkEnv(env string, p *profile.Profile) error {
	if env == "" {
		return nil
	}
	if _, ok := p.Env(env); ok {
		return nil
	}
	var known []string
	for _, e := range p.Envs {
		known = append(known, e.Name)
	}
	if len(known) == 0 {
		return UsageError{fmt.Sprintf("--env %q: the profile %s documents no environments; give --token-url instead", env, p.ID)}
	}
	return UsageError{fmt.Sprintf("--env %q: the profile %s has %s", env, p.ID, strings.Join(known, ", "))}
}
