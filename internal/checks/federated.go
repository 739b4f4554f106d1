package checks

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// federated reports whether another party may vouch for the client (workload
// identity federation, RFC 7521 section 4.2): iss is that party's URL, sub names
// the workload, and neither has to be the client ID. The platform is the party
// where it is known, as "GitHub Actions".
func (c *Ctx) federated() (platform string, ok bool) {
	if c.Kind != evidence.ClientAssertion || !c.mayFederate() {
		return "", false
	}
	o := c.claims()
	iss, _ := o.Text("iss")
	sub, _ := o.Text("sub")
	if iss == sub || iss == c.Expect.ClientID || sub != "" && sub == c.Expect.ClientID {
		return "", false
	}
	platform = platformOf(o, iss, sub)
	return platform, platform != "" || strings.HasPrefix(iss, "https://")
}

// mayFederate reports whether the server may trust other parties: the standard
// leaves it open, and some providers document it.
func (c *Ctx) mayFederate() bool {
	return c.Profile.ID == profile.Standard || profile.Federated.In(c.Rules).V
}

// platformOf names the platform whose workload token this is, "" if it is
// none of the known ones.
func platformOf(o *evidence.Object, iss, sub string) string {
	switch {
	case iss == "kubernetes/serviceaccount":
		return "Kubernetes"
	case !strings.HasPrefix(iss, "https://"):
		return ""
	}
	host, path := issuerHost(iss)
	switch {
	case has(o, "kubernetes.io", jsonspan.Object), strings.HasPrefix(sub, "system:serviceaccount:"):
		return "Kubernetes"
	case strings.HasPrefix(sub, "spiffe://"):
		return "SPIFFE"
	case host == "token.actions.githubusercontent.com":
		return "GitHub Actions"
	case host == "vstoken.dev.azure.com":
		return "Azure Pipelines"
	case host == "app.terraform.io":
		return "HCP Terraform"
	case host == "agent.buildkite.com":
		return "Buildkite"
	case host == "oidc.circleci.com":
		return "CircleCI"
	case host == "api.bitbucket.org":
		return "Bitbucket Pipelines"
	case host == "accounts.google.com":
		return "Google"
	case strings.HasSuffix(host, ".api.aws"), strings.HasSuffix(host, ".amazonaws.com"):
		return "AWS"
	case host == "sts.windows.net", host == "login.microsoftonline.com" && strings.HasSuffix(path, "/v2.0"):
		return "Microsoft Entra ID"
	case has(o, "project_path", jsonspan.String) && has(o, "namespace_path", jsonspan.String):
		return "GitLab"
	}
	return ""
}

// has reports whether the object has a member of that name and kind.
func has(o *evidence.Object, name string, kind jsonspan.Kind) bool {
	v, ok := o.Get(name)
	return ok && v.Kind == kind
}

// issuerHost takes an https URL apart.
func issuerHost(iss string) (host, path string) {
	rest := strings.TrimPrefix(iss, "https://")
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		rest, path = rest[:i], rest[i:]
	}
	return strings.ToLower(rest), path
}

// registered says what has to be registered for a federated token.
func (c *Ctx) registered() string {
	o := c.claims()
	iss, _ := o.Text("iss")
	sub, _ := o.Text("sub")
	words := "Register the issuer " + clip(iss) + " and the subject " + clip(sub)
	if v, ok := o.Get("aud"); ok {
		words += " with the audience " + clip(show(v))
	}
	return words + " for this client, exactly as the token has them. If the client signs its own assertion, iss and sub are its client ID instead."
}
