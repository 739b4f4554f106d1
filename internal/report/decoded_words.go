package report

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// longestSummary bounds a line of the summary; the JSON below has the whole value.
const longestSummary = 400

// summary says in words who sends the assertion to whom, when it is valid, and how
// it is signed. It leaves out what is missing: whether that is a fault is not its question.
func (p *page) summary(d finding.Decoded, now time.Time) {
	header, claims := members(d.Header), members(d.Claims)
	say := func(name, text string) {
		if text != "" {
			p.wrapped(piece{strong, name + pad(6-len(name))}, plain, p.clip(text, longestSummary))
		}
	}
	say("who", p.who(claims))
	if aud := p.audience(claims); aud != "" {
		say("for", aud)
	}
	v := ValidityOf(d.Claims, now)
	say("when", v.words(now))
	say("alg", p.algorithm(header))
	say("key", p.key(header))
}

func (p *page) who(claims []member) string {
	iss, sub := textOf(claims, "iss"), textOf(claims, "sub")
	switch {
	case iss == "" && sub == "":
		return ""
	case iss == sub:
		return p.shown(iss) + " (iss and sub)"
	case sub == "":
		return p.shown(iss) + " (iss)"
	case iss == "":
		return p.shown(sub) + " (sub)"
	}
	return p.shown(iss) + " (iss) for " + p.shown(sub) + " (sub)"
}

// mostAudiences bounds how many of a list are named.
const mostAudiences = 5

func (p *page) audience(claims []member) string {
	if one := textOf(claims, "aud"); one != "" {
		return p.shown(one) + " (aud)"
	}
	var many []string
	if json.Unmarshal(valueOf(claims, "aud"), &many) != nil || len(many) == 0 {
		return ""
	}
	rest := ""
	if n := len(many) - mostAudiences; n > 0 {
		many, rest = many[:mostAudiences], fmt.Sprintf(" and %d more", n)
	}
	for i := range many {
		many[i] = p.shown(many[i])
	}
	return strings.Join(many, ", ") + rest + " (aud)"
}

func (p *page) algorithm(header []member) string {
	alg := textOf(header, "alg")
	if alg == "" {
		return ""
	}
	words := algorithmWords(alg)
	if words == "" {
		return p.shown(alg)
	}
	return p.shown(alg) + ": " + words
}

func algorithmWords(alg string) string {
	switch alg {
	case "none":
		return "not signed"
	case "EdDSA", "Ed25519":
		return "an Edwards curve signature"
	case "ES256":
		return "an EC signature, curve P-256, SHA-256"
	case "ES384":
		return "an EC signature, curve P-384, SHA-384"
	case "ES512":
		return "an EC signature, curve P-521, SHA-512"
	case "ES256K":
		return "an EC signature, curve secp256k1, SHA-256"
	}
	if len(alg) != 5 {
		return ""
	}
	switch hash := alg[2:]; hash {
	case "256", "384", "512":
		switch alg[:2] {
		case "RS":
			return "an RSA signature (PKCS #1), SHA-" + hash
		case "PS":
			return "an RSA signature (PSS), SHA-" + hash
		case "HS":
			return "a shared secret (HMAC), SHA-" + hash
		}
	}
	return ""
}

// key says how the header names the key.
func (p *page) key(header []member) string {
	var out []string
	add := func(name, more string) {
		if v := textOf(header, name); v != "" {
			out = append(out, name+" "+p.shown(v)+more)
		}
	}
	add("kid", "")
	for _, name := range []string{"x5t", "x5t#S256"} {
		more := ""
		// Portals show thumbprints in hex.
		if b, err := base64.RawURLEncoding.DecodeString(textOf(header, name)); err == nil && (len(b) == 20 || len(b) == 32) {
			more = fmt.Sprintf(" (hex %X)", b)
		}
		add(name, more)
	}
	add("jku", "")
	add("x5u", "")
	var chain []json.RawMessage
	if json.Unmarshal(valueOf(header, "x5c"), &chain) == nil && len(chain) > 0 {
		out = append(out, "x5c with "+count(len(chain), "certificate"))
	}
	if v := valueOf(header, "jwk"); len(v) > 0 && v[0] == '{' {
		out = append(out, "the public key itself (jwk)")
	}
	return strings.Join(out, ", ")
}

// Validity is when an assertion is valid, as its claims say.
type Validity struct {
	Lifetime *int64 // seconds from iat to exp; nil if one is missing
	State    string // valid, expired, not yet valid, or unknown
	iat, exp *int64
	nbf      *int64
}

// ValidityOf reads the times of the claims as seen at now. It checks nothing: what is
// no time in seconds counts as missing.
func ValidityOf(claims json.RawMessage, now time.Time) Validity {
	list := members(claims)
	v := Validity{State: "unknown", iat: secondsOf(list, "iat"), exp: secondsOf(list, "exp"), nbf: secondsOf(list, "nbf")}
	if v.iat != nil && v.exp != nil {
		n := *v.exp - *v.iat
		v.Lifetime = &n
	}
	switch {
	case v.exp != nil && *v.exp <= now.Unix():
		v.State = "expired"
	case v.nbf != nil && *v.nbf > now.Unix():
		v.State = "not yet valid"
	case v.exp != nil:
		v.State = "valid"
	}
	return v
}

func (v Validity) words(now time.Time) string {
	var out []string
	if v.iat != nil {
		out = append(out, "issued "+clock(time.Unix(*v.iat, 0), true))
	}
	switch {
	case v.Lifetime != nil && *v.Lifetime > 0:
		out = append(out, "lifetime "+lapse(*v.Lifetime))
	case v.Lifetime != nil:
		out = append(out, "exp is not after iat")
	}
	switch v.State {
	case "expired":
		out = append(out, "expired "+lapse(now.Unix()-*v.exp)+" ago")
	case "not yet valid":
		out = append(out, "not valid for another "+lapse(*v.nbf-now.Unix()))
	case "valid":
		out = append(out, "expires in "+lapse(*v.exp-now.Unix()))
	}
	return strings.Join(out, ", ")
}

// secondsOf is a claim that is a time in seconds; nil for milliseconds and nonsense.
func secondsOf(list []member, name string) *int64 {
	n, err := strconv.ParseFloat(strings.Trim(string(valueOf(list, name)), `"`), 64)
	if err != nil || !(n >= 0 && n < 1e11) {
		return nil
	}
	whole := int64(n)
	return &whole
}

// valueOf is the last member of a name, which most parsers take.
func valueOf(list []member, name string) json.RawMessage {
	var out json.RawMessage
	for _, m := range list {
		if m.name == name {
			out = m.value
		}
	}
	return out
}

func textOf(list []member, name string) string {
	var s string
	if json.Unmarshal(valueOf(list, name), &s) != nil {
		return ""
	}
	return s
}
