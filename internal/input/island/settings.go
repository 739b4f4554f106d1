package island

import (
	"slices"
	"strings"
)

// Files of settings name parameters, too: the environment of a program, the
// configuration of a client, a list of assertions. None of that was sent in this form.

// addressNames are names of settings that a request uses and does not contain.
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

// severalWords are the parameters whose names have several words, as they are sent.
var severalWords = [...]string{"grant_type", "client_assertion", "client_assertion_type", "client_id", "client_secret", "redirect_uri", "code_verifier", "refresh_token",
	"subject_token", "subject_token_type", "requested_token_type", "requested_token_use", "actor_token", "actor_token_type"}

// logged are the parameters among the pairs of a line of a log, under the names by which
// they are sent. A log chooses its names itself: its spelling is not that of the request,
// and most of its pairs were not sent.
func logged(ps []param) []param {
	var out []param
	for _, p := range ps {
		if pairClass(p.name) != pairParam {
			continue
		}
		for _, name := range severalWords {
			if folded(name) == folded(p.name) {
				p.name = name
			}
		}
		out = append(out, p)
	}
	return out
}

// ofRequest are the parameters that a request has together with an authentication by
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
