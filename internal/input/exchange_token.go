package input

import (
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

// IsTokenRequest distinguishes a token request from others, such as API calls, by its
// parameters or the end of its path.
func IsTokenRequest(r *evidence.Request) bool {
	if r == nil {
		return false
	}
	for _, p := range r.Params {
		name := strings.ToLower(strings.ReplaceAll(strings.Trim(p.Name, "'\" "), "-", "_"))
		if name == "grant_type" || strings.HasPrefix(name, "client_assertion") || name == "clientassertion" || name == "granttype" {
			return true
		}
	}
	if u, ok := r.Address(); ok && r.Method != "GET" {
		last := strings.TrimRight(u.Path, "/")
		last = strings.ToLower(last[strings.LastIndexByte(last, '/')+1:])
		return last == "token" || last == "access_token" || last == "par" || last == "introspect" || last == "revoke"
	}
	return false
}

// onlyTokens leaves out requests to other addresses if there are token requests;
// responses without a request stay.
func onlyTokens(all []Exchange) []Exchange {
	if !slices.ContainsFunc(all, func(e Exchange) bool { return IsTokenRequest(e.Request) }) {
		return all
	}
	return slices.DeleteFunc(all, func(e Exchange) bool { return e.Request != nil && !IsTokenRequest(e.Request) })
}
