package island

import (
	"slices"
	"strings"
)

// Files of settings name parameters, too: the environment of a program, the
// configuration of a client, a list of assertions. Nothing of them was sent as it stands.

// addressNames are names of settings that a request goes by and does not contain.
var addressNames = []string{"tokenurl", "tokenuri", "tokenendpoint", "authurl", "authuri", "baseurl", "issuerurl", "issueruri", "jwksuri", "jwksurl"}

// settings reports whether parameters are those that a file of settings keeps: as
// variables of an environment, or an assertion without what makes a token request of it.
func settings(m names, ps []param) bool {
	return !m.has("granttype", "clientassertiontype") ||
		!slices.ContainsFunc(ps, func(p param) bool { return strings.ToUpper(p.name) != p.name })
}

// asSent reports whether the text around an object says that it shows what was sent.
func (l *layer) asSent(o object) bool {
	if l.side == SideRequest || l.group != 0 || sideOf(o.label) == SideRequest {
		return true
	}
	return strings.Contains(o.label, "body") || strings.Contains(o.label, "form") || strings.Contains(o.label, "param")
}

// ofRequest are the parameters that a request has beside its authentication by
// assertion. A file of settings keeps others, too.
func ofRequest(ps []param) []param {
	return slices.DeleteFunc(ps, func(p param) bool {
		switch folded(p.name) {
		case "clientsecret", "username":
			return true
		}
		return pairClass(p.name) != pairParam
	})
}
