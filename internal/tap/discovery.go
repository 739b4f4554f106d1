package tap

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/report"
)

const wellKnown = "/.well-known/"

// document is the server's discovery document for a request that asks for one,
// with the tap's address wherever the server names its own; nil if it asks for
// something else. The issuer is the one under which it was asked for: a client
// refuses another (RFC 8414 section 3.3).
func (t *Tap) document(r *http.Request) []byte {
	d := t.config.Discovery
	before, name, ok := strings.Cut(r.URL.EscapedPath(), wellKnown)
	if d == nil || d.Doc == nil || !ok || r.Method != http.MethodGet && r.Method != http.MethodHead {
		return nil
	}
	kind, after, _ := strings.Cut(name, "/")
	switch kind {
	case "openid-configuration", "oauth-authorization-server", "smart-configuration":
	default:
		return nil
	}
	if after != "" { // RFC 8414 puts the issuer's path behind
		before += "/" + after
	}
	var doc map[string]json.RawMessage
	if json.Unmarshal(d.Raw, &doc) != nil {
		return nil
	}
	base := t.baseFor(r)
	for name, raw := range doc {
		if rest, ok := t.onServer(text(raw)); ok {
			doc[name] = quoted(base + rest)
		}
	}
	doc["issuer"] = quoted(base + before)
	if aliases, ok := doc["mtls_endpoint_aliases"]; ok && aliases != nil {
		delete(doc, "mtls_endpoint_aliases") // mutual TLS does not pass
	}
	out, err := report.Line(doc)
	if err != nil {
		return nil
	}
	return out
}

// baseFor is the tap's address by the name the client used for it.
func (t *Tap) baseFor(r *http.Request) string {
	scheme, _, _ := strings.Cut(t.Base(), "://")
	if r.Host == "" {
		return t.Base()
	}
	return scheme + "://" + r.Host
}

// onServer is path and query of an address on the origin that requests go to.
func (t *Tap) onServer(address string) (rest string, ok bool) {
	if !strings.HasPrefix(address, "http") {
		return "", false
	}
	u, err := url.Parse(address)
	if err != nil || !strings.EqualFold(u.Scheme, t.config.URL.Scheme) || !strings.EqualFold(u.Host, t.config.URL.Host) || u.User != nil {
		return "", false
	}
	u.Scheme, u.Host = "", ""
	return u.String(), true
}

// publishes reports whether a path is that of an endpoint in the discovery document
// that is served.
func (t *Tap) publishes(path string) bool {
	if t.config.Discovery == nil || t.config.Discovery.Doc == nil {
		return false
	}
	for _, m := range t.config.Discovery.Doc.Members {
		if m.Value.Kind != jsonspan.String || m.Name == "issuer" {
			continue
		}
		if rest, ok := t.onServer(m.Value.Str); ok {
			if own, _, _ := strings.Cut(rest, "?"); own == path {
				return true
			}
		}
	}
	return false
}

func text(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return ""
	}
	return s
}

func quoted(s string) json.RawMessage {
	out, _ := json.Marshal(s) // a string does not fail
	return out
}
