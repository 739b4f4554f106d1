package serve

import (
	"encoding/base64"
	"encoding/json"
	"net"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// audiences are the values of aud that are right in addition to those a profile lists:
// its environments' and the server's own, as far as the provider takes a token
// URL or an issuer. The address in use comes first, as it does in the report.
func (s *Server) audiences(r *http.Request, address string, body []byte) []string {
	var out []string
	add := func(values ...string) {
		for _, v := range values {
			// What comes again counts where it comes last.
			if v != "" {
				out = append(slices.DeleteFunc(out, func(have string) bool { return have == v }), v)
			}
		}
	}
	accept := profile.AudAccept.In(s.rules)
	takes := func(what string) bool { return !accept.Known() || slices.Contains(accept.V, what) }
	values := profile.AudValues.In(s.rules).V
	add(s.customers(body, takes)...)
	add(s.config.Options.Aud...)
	if takes("token-url") {
		add(s.config.Options.TokenURL)
	}
	if takes("issuer") {
		add(s.config.Options.Issuer)
	}
	add(values...)
	documented := slices.Clone(values)
	for _, e := range s.profile.Envs {
		documented = append(documented, e.Aud...)
		if s.config.Options.Env != "" && s.config.Options.Env != e.Name {
			continue
		}
		if takes("token-url") {
			add(e.TokenURL)
		}
		if takes("issuer") {
			add(e.Issuer)
		}
		if takes("listed") {
			add(e.Aud...)
		}
	}
	// Which values are listed is the provider's choice; here it is ours.
	listed := accept.Known() && !takes("token-url") && !takes("issuer")
	bare := listed && !slices.ContainsFunc(documented, func(v string) bool { return strings.Contains(v, "://") })
	for _, authority := range s.authorities(r) {
		base, used := s.scheme()+"://"+authority, strings.TrimPrefix(address, s.scheme()+"://"+r.Host)
		if bare { // as the provider's are, without a scheme
			add(authority, authority+tokenPath, authority+used)
		}
		if takes("issuer") || listed {
			add(base)
		}
		if takes("token-url") || listed {
			add(base+tokenPath, base+used)
		}
	}
	slices.Reverse(out)
	return out
}

// authorities are the names of this server, the one in use last.
func (s *Server) authorities(r *http.Request) []string {
	_, port := s.hostPort()
	out := []string{s.authority()}
	for _, host := range []string{"::1", "localhost", "127.0.0.1"} {
		out = append(out, net.JoinHostPort(host, port))
	}
	return append(slices.DeleteFunc(out, func(a string) bool { return a == r.Host }), r.Host)
}

// customers are the values of the request's aud that are right at the provider
// by all that is known, where its customers have their own addresses: by the
// host or path it is recognised by, and the form of the address.
func (s *Server) customers(body []byte, takes func(string) bool) []string {
	if complete := profile.AudComplete.In(s.rules); len(s.profile.Envs) > 0 && (!complete.Known() || complete.V) {
		return nil
	}
	return slices.DeleteFunc(presented(body), func(value string) bool {
		u, err := url.Parse(value)
		if err != nil || u.Scheme != "https" || u.RawQuery != "" || u.Fragment != "" || u.User != nil || u.Port() != "" || !s.recognises(u) {
			return true
		}
		token := strings.Contains(path.Base(u.Path), "token") && !strings.HasSuffix(u.Path, "/")
		return !(token && takes("token-url") || !token && takes("issuer"))
	})
}

// recognises reports whether an address is the provider's, by its profile.
func (s *Server) recognises(u *url.URL) bool {
	known := &s.profile.Recognise
	return slices.ContainsFunc(known.Hosts, func(h string) bool {
		below, wild := strings.CutPrefix(h, "*.")
		return h == u.Host || wild && strings.HasSuffix(u.Host, "."+below)
	}) || slices.ContainsFunc(known.Paths, func(expr string) bool {
		re, err := regexp.Compile(expr)
		return err == nil && re.MatchString(u.Path)
	})
}

// presented reads aud out of the assertion in a form, as far as it can be read
// at a glance; judged it is elsewhere.
func presented(body []byte) []string {
	const most = 8
	form, _ := url.ParseQuery(string(body))
	for _, name := range []string{"client_assertion", "assertion"} {
		_, rest, _ := strings.Cut(form.Get(name), ".")
		middle, _, _ := strings.Cut(rest, ".")
		payload, err := base64.RawURLEncoding.DecodeString(middle)
		if err != nil {
			continue
		}
		var claims struct {
			Aud any `json:"aud"`
		}
		if json.Unmarshal(payload, &claims) != nil {
			continue
		}
		var out []string
		switch aud := claims.Aud.(type) {
		case string:
			out = append(out, aud)
		case []any:
			for _, v := range aud[:min(len(aud), most)] {
				if text, ok := v.(string); ok {
					out = append(out, text)
				}
			}
		}
		return out
	}
	return nil
}
