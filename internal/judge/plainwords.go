package judge

import (
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
	"github.com/assertionworks/jwtdoctor/internal/wording"
)

// A server that nobody has a profile for often says in plain words what it
// minds: the name of a claim, header parameter or request parameter, and a verb
// ("must include jti claim"). Reading that is what this file does. The words are
// the server's, never ours.

// complaint is what a server says is wrong with something.
type complaint uint8

const (
	noComplaint complaint = iota
	isMissing             // "is required", "must include"
	isReused              // "has already been used"
	isPast                // "has expired"
	isAhead               // "is in the future"
	isTooFar              // "is too far ahead", "too long"
	isTooOld              // "is too old"
	isMalformed           // "JWT is malformed", "cannot be decoded"
	isRefused             // "is invalid", "does not match"
)

// saying is a server's sentence taken apart.
type saying struct {
	subjects  []string // claims, header parameters and parameters, as they are spelled in a JWT or request
	complaint complaint
	limit     time.Duration // the bound it names; 0 for none
	causes    []finding.CauseID
}

// subjectOf is what one, two or three words of a sentence name; "" for nothing.
func subjectOf(words string) string {
	switch words {
	case "jti", "jwt id", "token id":
		return "jti"
	case "iat", "issued at":
		return "iat"
	case "nbf", "not before":
		return "nbf"
	case "exp", "expiration", "expiry", "expires":
		return "exp"
	case "iss", "issuer":
		return "iss"
	case "sub", "subject":
		return "sub"
	case "aud", "audience", "audiences":
		return "aud"
	case "kid", "key id", "keyid":
		return "kid"
	case "alg", "algorithm":
		return "alg"
	case "typ", "x5t", "signature", "lifetime", "scope", "grant_type", "client_assertion", "client_assertion_type", "client_id", "redirect_uri":
		return words
	case "validity":
		return "lifetime"
	case "scopes":
		return "scope"
	case "grant type":
		return "grant_type"
	case "client assertion type", "assertion type":
		return "client_assertion_type"
	case "client id":
		return "client_id"
	case "redirect uri":
		return "redirect_uri"
	}
	return ""
}

// otherMatter reports whether a word says that the sentence is about something
// other than an assertion, so that its claims are not the assertion's.
func otherMatter(word string) bool {
	switch word {
	case "dpop", "proof", "refresh", "refresh_token", "access", "access_token", "authorization", "code", "id_token", "request_object", "cookie", "session",
		"certificate", "password", "secret", "user", "username", "nonce", "state", "verifier", "code_verifier", "license", "subscription", "account", "consent":
		return true
	}
	return false
}

// ofJWT reports whether a word says that the sentence is about a JWT.
func ofJWT(word string) bool {
	switch word {
	case "aud", "claim", "claims", "jwt", "assertion", "client_assertion":
		return true
	}
	return false
}

// phrase is how a complaint is worded.
type phrase struct {
	complaint complaint
	words     []string
}

// phrases lists the wordings, the more telling first.
var phrases = sync.OnceValue(func() []phrase {
	return []phrase{
		{isReused, []string{"already been used", "already used", "been used before", "used before", "reused", "re-used", "replay", "replayed", "already been seen", "already seen",
			"not unique", "must be unique", "duplicate", "used more than once", "been used already", "has been used", "been consumed", "already consumed", "already in use"}},
		{isTooOld, []string{"too old", "too long ago", "too far in the past", "stale"}},
		{isTooFar, []string{"too far", "too long", "too large", "too high", "exceeds", "exceeded", "exceed", "longer than", "more than", "at most", "no more than", "maximum", "max",
			"greater than", "must be within", "should be within"}},
		{isPast, []string{"must be in the future", "should be in the future", "must not be in the past", "not be in the past"}},
		{isAhead, []string{"must be in the past", "should be in the past", "a time in the past", "must not be in the future", "not be in the future", "in the future", "not yet valid",
			"not valid yet", "not valid before", "is before", "used before its"}},
		{isPast, []string{"expired", "has expired", "is expired", "in the past", "no longer valid"}},
		{isMissing, []string{"missing", "required", "is mandatory", "must include", "must contain", "must have", "must be present", "must be provided", "must be set", "should include",
			"should contain", "must specify", "not present", "not provided", "not specified", "not included", "not supplied", "absent", "is not set", "is empty", "is null",
			"does not have", "does not include", "does not contain", "lacks", "without", "no such claim", "mandatory", "cannot be empty", "must not be empty",
			"cannot be null", "must not be null", "cannot be blank", "was empty", "was null", "not found in jwt", "not found in the jwt", "not found in token", "not found in the token",
			"not found in assertion", "not found in the assertion", "not found in payload", "not found in the payload", "not found in claims", "not found in the claims"}},
		{isMalformed, []string{"malformed", "cannot be parsed", "could not be parsed", "can't be parsed", "cannot be decoded", "could not be decoded", "can't be decoded", "unable to parse",
			"unable to decode", "failed to parse", "failed to decode", "not a jwt", "not a valid jwt", "not well formed", "not well-formed"}},
		{isRefused, []string{"invalid", "wrong", "incorrect", "mismatch", "does not match", "do not match", "not match", "doesn't match", "unexpected", "unknown", "unsupported", "not supported",
			"not allowed", "not accepted", "not acceptable", "not valid", "bad", "malformed", "failed", "rejected", "must be", "must both be", "must both equal", "must each be", "have to be", "has to be", "must match", "must equal", "should be", "should match", "not recognized",
			"not recognised", "not trusted", "untrusted", "not found", "cannot be verified", "could not be verified", "could not be validated", "verification failed",
			"unable to verify", "unable to validate", "could not verify", "could not validate", "cannot verify", "cannot validate", "can't verify", "does not verify", "not verified", "unacceptable", "disallowed", "not permitted", "not authorized", "not authorised", "not granted",
			"non-numeric", "not numeric", "not a number", "not equal", "differs", "differ", "does not equal", "do not equal", "isn't valid", "no matching"}},
	}
})

// mostWords is how long a plain sentence can be.
const mostWords = 60

// plainly reads what a server says in plain words, under an error code; ok is
// false where it names nothing, says nothing of it, or speaks of something else.
func plainly(code, text string) (saying, bool) {
	if len(text) > 12*mostWords {
		return saying{}, false
	}
	words := wordsOf(text)
	if len(words) == 0 || len(words) > mostWords {
		return saying{}, false
	}
	var s saying
	if s.subjects = subjectsOf(words); slices.ContainsFunc(words, otherMatter) {
		return saying{}, false
	}
	if strings.EqualFold(code, "invalid_request") && slices.Equal(s.subjects, []string{"aud"}) && !slices.ContainsFunc(words, ofJWT) {
		return saying{}, false // audience is a request parameter too (RFC 8693)
	}
	refused := complaintsOf(words)
	if len(s.subjects) == 0 && unknownClient(words) {
		s.subjects, refused = []string{"client"}, []complaint{isRefused}
	}
	if len(s.subjects) == 0 {
		// "Assertion has expired": what expires is exp.
		if !slices.ContainsFunc(words, func(w string) bool { return w == "assertion" || w == "jwt" || w == "token" }) || len(refused) == 0 {
			return saying{}, false
		}
		s.complaint = refused[0]
		switch s.complaint {
		case isPast:
			s.subjects = []string{"exp"}
		case isReused:
			s.subjects = []string{"jti"}
		case isAhead:
			s.subjects = []string{"nbf", "iat"}
		case isTooFar:
			s.subjects = []string{"lifetime"}
		case isTooOld:
			s.subjects = []string{"iat"}
		case isMalformed:
			s.subjects = []string{"assertion"}
		default:
			return saying{}, false
		}
	}
	for _, s.complaint = range refused {
		if s.causes = causesOf(s.subjects, s.complaint); len(s.causes) > 0 {
			break
		}
	}
	if s.complaint == isTooFar {
		s.limit = limitIn(words)
	}
	return s, len(s.causes) > 0
}

// unknownClient reports whether a short sentence says that the server knows no such
// client. A longer one lists it among other things that may be wrong.
func unknownClient(words []string) bool {
	const most = 10
	if len(words) > most {
		return false
	}
	line := " " + strings.Join(words, " ") + " "
	for _, said := range [...]string{"client not found", "client was not found", "client could not be found", "client cannot be found", "unknown client", "client unknown", "client is unknown", "no such client", "no client found",
		"client does not exist", "client doesn't exist", "client not registered", "client is not registered"} {
		if strings.Contains(line, " "+said+" ") {
			return true
		}
	}
	return false
}

// wordsOf splits a sentence into words in lower case; a comma is a word too.
func wordsOf(text string) []string {
	var words []string
	from := -1
	end := func(i int) {
		if from >= 0 {
			words, from = append(words, strings.Trim(text[from:i], "-'")), -1
		}
	}
	text = strings.ToLower(strings.ReplaceAll(text, "’", "'"))
	for i := range len(text) {
		switch ch := text[i]; {
		case 'a' <= ch && ch <= 'z', '0' <= ch && ch <= '9', ch == '_', ch == '-', ch == '\'' && from >= 0:
			if from < 0 {
				from = i
			}
		default:
			end(i)
			if ch == ',' {
				words = append(words, ",")
			}
		}
	}
	end(len(text))
	return slices.DeleteFunc(words, func(w string) bool { return w == "" })
}

// subjectsOf lists what a sentence is about: the first thing it names, and what
// is joined to it. What comes later is what the first should be like ("aud must
// be the issuer").
func subjectsOf(words []string) []string {
	var out []string
	for i := 0; i < len(words); i++ {
		subject := ""
		for n := 3; n > 0 && subject == ""; n-- {
			if i+n <= len(words) {
				if subject = subjectOf(strings.Join(words[i:i+n], " ")); subject != "" {
					i += n - 1
				}
			}
		}
		switch {
		case subject != "":
			if !slices.Contains(out, subject) {
				out = append(out, subject)
			}
		case len(out) == 1 && out[0] == "client_assertion":
			out = ofAssertion(words[i:]) // "client_assertion must have a jti"
			if len(out) == 0 {
				out = []string{"client_assertion"}
			}
			return out
		case len(out) > 0 && (words[i] == "and" || words[i] == "or" || words[i] == "," || words[i] == "claim" || words[i] == "claims"):
		case len(out) > 0:
			return out
		}
	}
	return out
}

// ofAssertion lists what a sentence about the assertion goes on to name of it.
func ofAssertion(words []string) []string {
	return slices.DeleteFunc(subjectsOf(words), func(s string) bool {
		return strings.HasPrefix(s, "client_") || s == "scope" || s == "grant_type" || s == "redirect_uri"
	})
}

// complaintsOf lists what a sentence can mean, the most telling first.
func complaintsOf(words []string) []complaint {
	line := " " + strings.Join(slices.DeleteFunc(slices.Clone(words), func(w string) bool { return w == "," }), " ") + " "
	var out []complaint
	for _, p := range phrases() {
		if !slices.Contains(out, p.complaint) && slices.ContainsFunc(p.words, func(words string) bool { return strings.Contains(line, " "+words+" ") }) {
			out = append(out, p.complaint)
		}
	}
	if lacking(words) && !slices.Contains(out, isMissing) {
		out = append(out, isMissing)
	}
	return out
}

// lacking reports whether a sentence says that there is none of something ("no kid
// in JWT header"), or that there should be ("expected jti claim").
func lacking(words []string) bool {
	for i := range words[:len(words)-1] {
		if words[i] != "no" && words[i] != "expected" {
			continue
		}
		rest := words[i+1:]
		for n := min(3, len(rest)); n > 0; n-- {
			if subjectOf(strings.Join(rest[:n], " ")) == "" {
				continue
			}
			// "expected aud to be" is about its value.
			return words[i] == "no" || len(rest) > n && (rest[n] == "claim" || rest[n] == "header" || rest[n] == "parameter")
		}
	}
	return false
}

// limitIn is the bound that a sentence names: the first number in it, in seconds
// unless it says otherwise. What comes to more than a year bounds no assertion.
func limitIn(words []string) time.Duration {
	const most = 365 * 24 * time.Hour
	for i, w := range words {
		digits := strings.TrimRight(w, "abcdefghijklmnopqrstuvwxyz")
		n, err := strconv.ParseInt(digits, 10, 64)
		if err != nil || n <= 0 {
			continue
		}
		name := w[len(digits):]
		if name == "" && i+1 < len(words) {
			name = words[i+1]
		}
		unit := time.Second
		switch name {
		case "m", "min", "mins", "minute", "minutes":
			unit = time.Minute
		case "h", "hour", "hours":
			unit = time.Hour
		case "ms", "milliseconds":
			unit = time.Millisecond
		}
		if n <= int64(most/unit) {
			return time.Duration(n) * unit
		}
	}
	return 0
}

// means says in a sentence what the server said.
func (s saying) means() string {
	named := make([]string, len(s.subjects))
	for i, subject := range s.subjects {
		named[i] = withArticle(subject)
	}
	what := wording.And(named)
	switch s.complaint {
	case isMissing:
		return "In plain words: the server requires " + what + "."
	case isReused:
		return "In plain words: the server has seen this " + wording.And(s.subjects) + " before."
	case isPast:
		return "In plain words: to the server, the assertion has expired."
	case isAhead:
		return "In plain words: to the server, " + what + " is in the future."
	case isTooFar:
		if s.limit > 0 {
			return "In plain words: the assertion may be valid for at most " + wording.Span(s.limit) + "."
		}
		return "In plain words: the assertion is valid for longer than the server allows."
	case isTooOld:
		return "In plain words: to the server, the assertion is too old."
	case isMalformed:
		return "In plain words: what arrived cannot be read as a JWT."
	}
	if len(s.subjects) == 1 && s.subjects[0] == "client" {
		return "In plain words: the server knows no client of this ID."
	}
	return "In plain words: the server does not accept " + what + "."
}

// withArticle is how a sentence names a subject: the signature, but aud.
func withArticle(subject string) string {
	switch subject {
	case "signature", "lifetime", "client":
		return "the " + subject
	}
	return subject
}

// symptom is the saying in the form in which profiles list what servers answer.
func (s saying) symptom(words string) *profile.Symptom {
	out := &profile.Symptom{Match: profile.Match{Description: &profile.Text{Substring: words}}, Says: words, Means: s.means(), Common: true}
	for _, cause := range s.causes {
		out.Explains = append(out.Explains, string(cause))
	}
	return out
}
