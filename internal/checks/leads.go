package checks

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// Groups of causes that several others bring about. What leads to what is
// declared with each cause (Cause.Leads).

// codeText is the Detail.Code of an answer that is plain text.
const codeText = "text"

// undecoded are what a part that cannot be decoded looks like.
func undecoded() []finding.CauseID {
	return []finding.CauseID{"header-not-json", "payload-not-json", "payload-not-object", "invalid-utf8", "duplicate-member"}
}

// misshapen are what a signature looks like whose text is damaged.
func misshapen() []finding.CauseID {
	return []finding.CauseID{"signature-truncated", "signature-wrong-length", "signature-hex", "ecdsa-der", "base64-noncanonical"}
}

// outOfWindow are what a wrong clock or time zone brings about.
func outOfWindow() []finding.CauseID {
	return []finding.CauseID{"iat-in-future", "iat-too-old", "nbf-in-future", "exp-past", "exp-too-far"}
}

// ofAnotherToken are what is wrong with a JWT of another kind that was sent as
// the assertion.
func ofAnotherToken() []finding.CauseID {
	return []finding.CauseID{"typ-missing", "typ-not-accepted", "alg-not-accepted", "alg-symmetric", "kid-missing", "x5t-missing",
		"header-not-allowed", "embedded-jwk", "iss-missing", "iss-not-client-id", "iss-wrong-form", "sub-missing", "sub-not-client-id",
		"iss-sub-differ", "iss-sub-near-miss", "aud-missing", "aud-trailing-slash", "aud-near-miss", "aud-wrong-environment",
		"aud-authorize-endpoint", "aud-token-url-not-accepted", "aud-issuer-not-accepted", "aud-array-not-accepted", "aud-mismatch",
		"aud-other-endpoint", "jti-missing", "jti-guessable", "claim-missing", "claim-not-allowed", "claim-misspelt",
		"claim-value-not-accepted", "recommended-missing", "iat-missing", "iat-too-old", "nbf-missing", "exp-missing", "exp-too-far",
		"lifetime-too-long", "lifetime-no-margin"}
}

// unreadParameters are what a server misses in a body it cannot read.
func unreadParameters() []finding.CauseID {
	return []finding.CauseID{"grant-type-missing", "assertion-type-missing", "assertion-missing", "client-id-missing", "parameter-missing", "scope-missing"}
}

// lostBody are what a server misses in a request whose body it did not get. A
// wrong Content-Type is not among them: it stays wrong when the body arrives.
func lostBody() []finding.CauseID {
	return append([]finding.CauseID{"body-empty", "content-type-missing"}, unreadParameters()...)
}

// strangeAnswers are what comes back from what is not the token endpoint.
func strangeAnswers() []finding.CauseID {
	return []finding.CauseID{"answered-by-gateway", "endpoint-not-found", "server-failed", "response-not-json", "response-content-type"}
}

// gatewayAnswers are what an answer looks like that does not come from the
// authorization server.
func gatewayAnswers() []finding.CauseID {
	return []finding.CauseID{"response-not-json", "response-content-type", "token-refused"}
}

// ofValues are what a value of header or claims looks like that has a character
// in it which nobody sees.
func ofValues() []finding.CauseID {
	return []finding.CauseID{"iss-wrong-form", "iss-not-client-id", "sub-not-client-id", "iss-sub-differ", "iss-sub-near-miss", "client-id-mismatch",
		"aud-trailing-slash", "aud-near-miss", "aud-wrong-environment", "aud-mismatch", "aud-token-url-not-accepted", "aud-issuer-not-accepted",
		"jti-too-long", "claim-value-not-accepted", "typ-not-accepted", "alg-unknown", "kid-whitespace", "kid-not-in-jwks", "jku-mismatch", "jku-not-https",
		"x5t-not-a-digest", "x5t-not-base64url"}
}

// missingClaims are the claims that are missing where they have another name.
func missingClaims() []finding.CauseID {
	return []finding.CauseID{"iss-missing", "sub-missing", "aud-missing", "exp-missing", "nbf-missing", "iat-missing", "jti-missing"}
}

// sameValue reports whether both faults are about one value.
func sameValue(lead, led *Fault) bool { return lead.Detail.Value == led.Detail.Value }

// sameName reports whether both faults are about one name.
func sameName(lead, led *Fault) bool { return lead.Detail.Name == led.Detail.Name }

// rightThere reports whether the one fault's right value is the other's value
// at fault, so that only one of them is wrong.
func rightThere(lead, led *Fault) bool {
	return led.Detail.Value != "" && lead.Detail.Right == led.Detail.Value
}

// missedClaim reports whether the missing claim is the one that the lead says
// is there under another name, or in another place.
func missedClaim(lead, led *Fault) bool {
	return string(led.Cause) == lead.Detail.Meant+"-missing"
}

// missedParameter reports whether the missing parameter is the one that the
// lead says is there under another name.
func missedParameter(lead, led *Fault) bool {
	meant := lead.Detail.Meant
	switch led.Cause {
	case "grant-type-missing":
		return meant == "grant_type"
	case "assertion-type-missing":
		return meant == "client_assertion_type"
	case "assertion-missing":
		return meant == "client_assertion"
	case "client-id-missing":
		return meant == "client_id"
	case "scope-missing":
		return meant == "scope"
	}
	return meant != "" && meant == led.Detail.Meant
}

// wantsTLS reports whether the address is the right one but for the scheme.
func wantsTLS(_, led *Fault) bool {
	rest, plain := strings.CutPrefix(led.Detail.Value, "http:")
	return plain && "https:"+rest == led.Detail.Right
}
