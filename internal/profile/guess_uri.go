package profile

import (
	"regexp"
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/address"
)

// Named finds the one embedded profile that an error_uri names: by the host of
// the provider's own, by that of the documents it is described in, or by the
// namespace of a URN; nil if none or several do. Servers that answer with an
// address of the standards name nobody.
func (l *Library) Named(a Answer) *Profile {
	t := a.prepared()
	if len(t.uris) == 0 {
		return nil
	}
	found := -1
	heads := l.heads()
	for i := range heads {
		if !heads[i].namedBy(t) {
			continue
		}
		if found >= 0 {
			return nil
		}
		found = i
	}
	if found < 0 {
		return nil
	}
	return l.at(found)
}

// namedBy reports whether the answer's error_uri names this provider.
func (h *head) namedBy(a *prepared) bool {
	for _, uri := range a.uris {
		low := strings.ToLower(uri)
		for _, urn := range h.namespaces {
			if strings.Contains(low, urn) {
				return true
			}
		}
		if !strings.Contains(uri, "://") {
			continue
		}
		at, ok := address.ParseLoose(uri)
		if !ok || shared(at.Host) {
			continue
		}
		if f, _ := h.fits([]trace{traceOf("error_uri", at)}); f > pathFits || slices.Contains(h.documents, at.Host) {
			return true
		}
	}
	return false
}

// namespaces lists those of the URNs (RFC 8141 section 2) in the profile's own
// symptoms, but for those of the standards.
func (p *Profile) namespaces() []string {
	namespace := regexp.MustCompile(`urn:[a-z0-9][a-z0-9-]+:`)
	var out []string
	for i := range p.Symptoms {
		s := &p.Symptoms[i]
		if s.From != p.ID || s.Match.ErrorURI == nil {
			continue
		}
		n := namespace.FindString(strings.ToLower(s.Match.ErrorURI.Substring + " " + s.Match.ErrorURI.Regexp))
		if n != "" && n != "urn:ietf:" && n != "urn:oasis:" && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}

// documents lists the hosts of the documents that say what this provider, and
// not one it extends, answers.
func (p *Profile) documents() []string {
	var out []string
	for i := range p.Symptoms {
		s := &p.Symptoms[i]
		if s.From != p.ID {
			continue
		}
		for _, c := range s.Cite {
			if h := hostOf(c.URL); h != "" && !slices.Contains(out, h) {
				out = append(out, h)
			}
		}
	}
	return out
}

// shared reports whether a host has documents of many providers, so that it
// names none of them.
func shared(host string) bool {
	for _, of := range []string{"ietf.org", "rfc-editor.org", "openid.net", "oauth.net", "hl7.org", "w3.org", "github.com", "github.io", "gitlab.com",
		"githubusercontent.com", "readthedocs.io", "stackoverflow.com", "stackexchange.com", "medium.com", "mozilla.org", "npmjs.com", "pkg.go.dev",
		"maven.org", "google.com", "archive.org", "atlassian.net", "microsoft.com", "amazon.com", "iana.org"} {
		if host == of || strings.HasSuffix(host, "."+of) {
			return true
		}
	}
	return false
}
