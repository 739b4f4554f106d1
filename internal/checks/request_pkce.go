package checks

import (
	"crypto/sha1" // recognised where it was used by mistake
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
)

func requestPKCE() Check {
	return Check{
		ID:      "request-pkce",
		Subject: "PKCE",
		Rank:    500,
		Title:   "code_verifier answers code_challenge",
		Needs:   []evidence.Need{evidence.NeedRequest},
		Cites:   []finding.Citation{rfc(7636, "4.1"), rfc(7636, "4.2"), rfc(7636, "4.6"), rfc(9700, "2.1.1")},
		Doc: "The authorization request has a challenge, the token request the verifier it was made from. " +
			"With the method S256 the challenge is the base64url, without padding, of the SHA-256 of the verifier's characters: always 43 characters. Without a method it is plain: the verifier itself.",
		Causes: []Cause{
			{ID: "pkce-mismatch", Title: "code_challenge was not made from this code_verifier", Severity: finding.Error,
				Why: "A different verifier was stored (a second tab, a restart, another instance), or the challenge was computed over something else.",
				Fix: "Store the verifier with the state of each login, and compute the challenge as base64url(SHA-256(verifier))."},
			{ID: "pkce-malformed", Title: "code_verifier or code_challenge is malformed, or one of them is missing", Severity: finding.Error,
				Why: "A verifier has 43 to 128 characters: letters, digits and - . _ ~. A challenge is base64url without padding.",
				Fix: "Make the verifier from 32 random bytes in base64url, and send both halves."},
		},
		Judge: judgePKCE,
	}
}

func judgePKCE(c *Ctx) Verdict {
	r := c.request()
	if v, ok := c.judgeable(r); !ok {
		return v
	}
	verifier, hasVerifier := sent(r, "code_verifier")
	var faults []*Fault
	if hasVerifier && verifier.Unknown == "" && !leftOpen(r, verifier.Value) {
		if bad := verifierFault(verifier.Value); bad != "" {
			faults = append(faults, Found("pkce-malformed", "code_verifier %s", bad).About(Detail{Name: "code_verifier"}).
				Compare(c.Shown("code_verifier", verifier.Value), "43 to 128 characters: letters, digits, - . _ ~").At(c.AtParam(r, verifier)))
		}
	}
	before, ok := c.Authorization.Get()
	if !ok {
		switch {
		case !hasVerifier:
			return NotAsked("code_verifier is missing, and the authorization request is not known").For(finding.WhyNotGiven)
		case len(faults) == 0 && verifier.Unknown != "":
			return unknownValue(r, verifier)
		case len(faults) == 0:
			return NotAsked("code_verifier is well formed, but its challenge is not known").Give("the authorization URL")
		}
		return Faults("", faults...)
	}
	challenge, hasChallenge := sent(before, "code_challenge")
	switch {
	case !hasVerifier && !hasChallenge:
		return NotAsked("PKCE is not used")
	case !hasVerifier:
		if v, unknown := c.notRead(); unknown {
			return v
		}
		if _, misspelled := c.standIn("code_verifier"); misspelled || grantOf(r) != "authorization_code" {
			return NotAsked("this request does not redeem a code")
		}
		return Fail(Found("pkce-malformed", "the authorization request had a code_challenge, but the token request has no code_verifier").
			Compare("no code_verifier", "code_verifier").At(c.atAbsent(r, "code_verifier")).At(c.AtParam(before, challenge)).
			About(Detail{Meant: "code_verifier"}).Fix("Send the verifier that the challenge was made from as code_verifier."))
	case !hasChallenge:
		for _, name := range []string{"request", "request_uri"} {
			if isSent(before, name) {
				return orFaults(NotAsked("the challenge is in the request object, which is not known").For(finding.WhyNotGiven), faults)
			}
		}
		return Faults("", append(faults, Found("pkce-malformed", "the token request has a code_verifier, but the authorization request had no code_challenge").
			Compare("no code_challenge", "code_challenge").At(c.AtParam(r, verifier)).Citing(rfc(9700, "4.8.2")).About(Detail{Meant: "code_challenge"}).
			Fix("Send code_challenge and code_challenge_method=S256 in the authorization request."))...)
	}
	if challenge.Unknown != "" || leftOpen(before, challenge.Value) {
		return orFaults(NotAsked("the value of code_challenge is not known").For(finding.WhyNotGiven), faults)
	}
	method, f := c.challengeMethod(before)
	if f == nil && method == "S256" {
		f = c.challengeForm(before, challenge, verifier)
	}
	if faults = append(faults, f); hasFault(faults) {
		return Faults("", faults...)
	}
	if verifier.Unknown != "" || leftOpen(r, verifier.Value) {
		return unknownValue(r, verifier)
	}
	want := verifier.Value
	if method == "S256" {
		want = s256(verifier.Value)
	}
	if want == challenge.Value {
		return Pass("code_challenge was made from code_verifier, with %s", method)
	}
	return Fail(c.challengeApart(method, before, challenge, r, verifier, want))
}

func verifierFault(v string) string {
	switch n := len([]rune(v)); {
	case strings.TrimSpace(v) != v:
		return ends(v) + " with whitespace"
	case strings.ContainsAny(v, "+/= "):
		return "is in standard base64; it may not contain +, / or ="
	case strings.ContainsFunc(v, notUnreserved):
		return "contains a character that is not allowed"
	case n < 43:
		return "has " + itoa(n) + " characters, but needs at least 43"
	case n > 128:
		return "has " + itoa(n) + " characters, but may have at most 128"
	}
	return ""
}

func notUnreserved(r rune) bool {
	return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("-._~", r))
}

// challengeMethod is the method of the authorization request; without one it
// is plain (RFC 7636 section 4.3).
func (c *Ctx) challengeMethod(before *evidence.Request) (string, *Fault) {
	p, ok := sent(before, "code_challenge_method")
	switch {
	case !ok:
		return "plain", nil
	case p.Unknown != "" || leftOpen(before, p.Value) || p.Value == "S256":
		return "S256", nil
	case p.Value == "plain":
		return "plain", nil
	}
	f := Found("pkce-malformed", "code_challenge_method is %q, which is not a method", p.Value).
		Compare(p.Value, "S256").At(c.AtParam(before, p)).Citing(rfc(7636, "4.3")).About(Detail{Name: "code_challenge_method", Value: p.Value, Right: "S256"})
	return "", f.Fix("Send code_challenge_method=S256, with a capital S.")
}

// challengeForm judges a challenge by S256: 43 characters of base64url.
func (c *Ctx) challengeForm(before *evidence.Request, p, verifier evidence.Param) *Fault {
	raw, err := base64.RawURLEncoding.DecodeString(p.Value)
	if err == nil && len(raw) == sha256.Size {
		return nil
	}
	v := verifier.Value
	bad := func(format string, args ...any) *Fault {
		return Found("pkce-malformed", "code_challenge "+format, args...).Compare(p.Value, "43 characters of base64url").At(c.atChallenge(before, p, p.Value == v)).
			About(Detail{Name: "code_challenge"})
	}
	digest := sha256.Sum256([]byte(v))
	hexed := hex.EncodeToString(digest[:])
	switch {
	case v != "" && p.Value == v:
		return bad("is the verifier itself, but the method is S256").Compare(c.Shown("code_verifier", v), "base64url of its SHA-256")
	case strings.EqualFold(p.Value, hexed), len(p.Value) == 64 && isDigestHex(p.Value):
		return bad("is the digest in hex; it must be base64url of its bytes").Fix("Encode the digest's bytes as base64url.")
	case p.Value == base64.RawURLEncoding.EncodeToString([]byte(hexed)), p.Value == base64.StdEncoding.EncodeToString([]byte(hexed)), isDigestHex(string(raw)):
		return bad("is the digest's hex text, not its bytes").Fix("Take the digest as bytes (digest(), not hexdigest()) and encode those.")
	}
	plain := strings.TrimRight(strings.NewReplacer("+", "-", "/", "_", " ", "-").Replace(p.Value), "=")
	if raw, err := base64.RawURLEncoding.DecodeString(plain); err == nil && len(raw) == sha256.Size {
		if strings.ContainsAny(p.Value, "+/ ") {
			return bad("is in standard base64").Compare(p.Value, plain).Fix("Use base64url: - for +, _ for /, no = at the end.")
		}
		return bad("has padding; it may not end with =").Compare(p.Value, plain).Fix("Strip the = from the end.")
	}
	return bad("has %d characters instead of 43", len([]rune(p.Value)))
}

// challengeApart names what the challenge was made from, where that shows.
func (c *Ctx) challengeApart(method string, before *evidence.Request, challenge evidence.Param, r *evidence.Request, verifier evidence.Param, want string) *Fault {
	v := verifier.Value
	secret := method == "plain" || challenge.Value == v // a digest gives nothing away
	name := orElse("code_verifier", secret, "code_challenge")
	f := Found("pkce-mismatch", "code_challenge was not made from this code_verifier").
		Compare(c.Shown(name, challenge.Value), c.Shown(name, want)).At(c.AtParam(r, verifier), c.atChallenge(before, challenge, secret)).
		About(Detail{Name: "code_verifier", Meant: "code_challenge"})
	encode := base64.RawURLEncoding.EncodeToString
	sum := func(b []byte) string { d := sha256.Sum256(b); return encode(d[:]) }
	raw, err := base64.RawURLEncoding.DecodeString(v)
	sha1Sum, sha512Sum := sha1.Sum([]byte(v)), sha512.Sum512([]byte(v))
	switch got := challenge.Value; {
	case method == "plain" && got == s256(v):
		f.Title = "code_challenge was made with S256, but code_challenge_method does not say so"
		return f.Saying("Without a method the server compares challenge and verifier as they are (RFC 7636 section 4.3).").Fix("Add code_challenge_method=S256 to the authorization request.")
	case got == v:
		f.Title = "code_challenge is the verifier itself, but the method is S256"
	case got == sum([]byte(v+"\n")):
		f.Title = "code_challenge was made from the verifier with a line break"
		return f.Fix("Remove the line break before hashing: use printf %%s, not echo.")
	case err == nil && got == sum(raw):
		f.Title = "code_challenge was made from the verifier's bytes, not from its characters"
		return f.Fix("Hash the verifier's ASCII text exactly as it is sent.")
	case got == encode(sha1Sum[:]), got == encode(sha512Sum[:]):
		f.Title = "code_challenge was not made with SHA-256"
		f.Fix("Use SHA-256: S256 allows no other hash.")
	case got == s256(s256(v)):
		f.Title = "code_challenge was hashed twice"
		f.Fix("Hash the verifier once.")
	}
	return f
}

// atChallenge points to code_challenge; one that is a verifier is not shown.
func (c *Ctx) atChallenge(before *evidence.Request, p evidence.Param, secret bool) evidence.Place {
	if secret {
		return c.AtRequest(before, p.Span)
	}
	return c.AtParam(before, p)
}

// s256 is the challenge of a verifier (RFC 7636 section 4.2).
func s256(verifier string) string {
	d := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(d[:])
}
