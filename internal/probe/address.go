package probe

import (
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/address"
	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

const noAddress = "not an http or https address; expected https://host/path"

// ReadAddress reads an http or https address that can be gone to. The error
// says what is wrong in words that follow the address, and repeats none of it.
func ReadAddress(text string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(text))
	switch {
	case err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http":
		return nil, errors.New("is not an address; write https://host/path")
	case !possiblePort(u):
		return nil, errors.New("has a port that cannot be; ports are 1 to 65535")
	case strings.Contains(u.Fragment, "@"):
		return nil, errors.New("contains a # before an @, so its host is unclear; leave user name and password out")
	}
	return u, nil
}

// ReadProxy reads the address of a proxy; the error is as that of ReadAddress.
func ReadProxy(text string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(text))
	switch {
	case err != nil || u.Hostname() == "" || strings.HasPrefix(u.Path, "//"): // net/http puts http:// before what it cannot read
		return nil, errors.New("is not an address; write http://host:port, with %23, %2F and %3F for # / ? in a password")
	case !slices.Contains(proxySchemes(), u.Scheme):
		return nil, errors.New("is of a kind that is not spoken; there are " + strings.Join(proxySchemes(), ", "))
	case !possiblePort(u):
		return nil, errors.New("has a port that cannot be; ports are 1 to 65535")
	case u.Fragment != "" || u.RawQuery != "":
		return nil, errors.New("has something behind the host; write http://host:port, with %23 and %3F for # and ? in a password")
	}
	return u, nil
}

func proxySchemes() []string { return []string{"http", "https", "socks5", "socks5h"} }

// ProxyIgnored reports whether the value of a variable such as HTTPS_PROXY is
// passed over in silence, as net/http does with one it cannot read at all.
func ProxyIgnored(value string) bool {
	_, err := url.Parse(value)
	_, again := url.Parse("http://" + value)
	return err != nil && again != nil
}

// Near reports whether an address is this machine's own, for which no proxy is used.
func Near(u *url.URL) bool { return address.Loopback(u.Hostname()) }

func possiblePort(u *url.URL) bool {
	if u.Port() == "" {
		return true
	}
	n, err := strconv.ParseUint(u.Port(), 10, 16)
	return err == nil && n > 0
}

// target reads an address as far as it may be asked for: no credentials in
// it, no fragment, http or https.
func target(address string) (*url.URL, bool) {
	u, err := ReadAddress(address)
	if err != nil {
		return nil, false
	}
	u.User, u.Fragment, u.RawFragment = nil, "", ""
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		u.RawQuery = ""
	}
	for name := range query {
		if evidence.SecretParameter(name) {
			u.RawQuery = ""
		}
	}
	return u, true
}

// shown is an address without what could be a credential.
func shown(u *url.URL) string {
	if clean, ok := target(u.String()); ok {
		return clean.String()
	}
	return u.Scheme + "://" + u.Host
}

// Shown is an address as it may be reported: without user and password, and
// without a query that contains a secret. What cannot be read as an address loses
// all up to its last @, for nobody knows where a password in it ends. An
// address that contains nothing of the kind stays as it was written.
func Shown(text string) string {
	if u, err := ReadAddress(text); err == nil {
		if u.User == nil && u.Fragment == "" && u.RawQuery == "" {
			return text
		}
		return shown(u)
	}
	scheme, rest, ok := strings.Cut(text, "://")
	if !ok {
		scheme, rest = "", text
	}
	rest = rest[strings.LastIndexByte(rest, '@')+1:]
	if i := strings.IndexAny(rest, "?#"); i >= 0 {
		rest = rest[:i]
	}
	if ok {
		return scheme + "://" + rest
	}
	return rest
}

func port(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	switch u.Scheme {
	case "https":
		return "443"
	case "socks5", "socks5h":
		return "1080"
	}
	return "80"
}
