package judge

import (
	"slices"
	"sync"

	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// plainCauses are the causes that a complaint about something points to, most
// likely first.
var plainCauses = sync.OnceValue(func() map[string]map[complaint][]finding.CauseID {
	return map[string]map[complaint][]finding.CauseID{
		"jti": {
			isMissing: {"jti-missing", "jti-empty", "jti-not-string", "claim-in-header"},
			isReused:  {"jti-reused", "jti-guessable"},
			isTooFar:  {"jti-too-long"},
			isRefused: {"jti-missing", "jti-empty", "jti-not-string", "jti-reused", "jti-too-short", "jti-too-long"},
		},
		"iat": {
			isMissing: {"iat-missing", "claim-in-header"},
			isAhead:   {"iat-in-future", "clock-ahead", "local-time-as-utc", "time-in-milliseconds"},
			isTooOld:  {"iat-too-old", "clock-behind", "local-time-as-utc"},
			isPast:    {"iat-too-old", "clock-behind", "local-time-as-utc"},
			isTooFar:  {"lifetime-too-long", "iat-too-old"},
			isRefused: {"iat-missing", "time-in-milliseconds", "time-as-string", "time-as-date", "iat-in-future", "iat-too-old", "clock-ahead", "clock-behind"},
		},
		"nbf": {
			isMissing: {"nbf-missing", "claim-in-header"},
			isAhead:   {"nbf-in-future", "clock-ahead", "local-time-as-utc", "time-in-milliseconds"},
			isPast:    {"iat-too-old"},
			isTooFar:  {"lifetime-too-long"},
			isRefused: {"nbf-in-future", "nbf-missing", "time-in-milliseconds", "time-as-string", "clock-ahead"},
		},
		"exp": {
			isMissing: {"exp-missing", "claim-in-header"},
			isPast:    {"exp-past", "clock-behind", "local-time-as-utc", "exp-before-iat", "time-as-string"},
			isAhead:   {"exp-too-far", "lifetime-too-long", "time-in-milliseconds", "clock-ahead"},
			isTooFar:  {"exp-too-far", "lifetime-too-long", "time-in-milliseconds", "clock-ahead"},
			isRefused: {"exp-missing", "time-in-milliseconds", "time-as-string", "exp-past", "exp-too-far", "lifetime-too-long", "clock-behind"},
		},
		"lifetime": {
			isTooFar:  {"lifetime-too-long", "exp-too-far", "time-in-milliseconds"},
			isPast:    {"exp-past", "clock-behind"},
			isRefused: {"lifetime-too-long", "exp-too-far", "exp-past"},
		},
		"iss": {
			isMissing: {"iss-missing", "iss-not-string", "claim-in-header"},
			isRefused: {"iss-not-client-id", "iss-missing", "iss-sub-differ", "iss-wrong-form", "iss-not-string", "iss-sub-near-miss"},
		},
		"sub": {
			isMissing: {"sub-missing", "sub-not-string", "claim-in-header"},
			isRefused: {"sub-not-client-id", "sub-missing", "iss-sub-differ", "sub-not-string", "iss-sub-near-miss"},
		},
		"aud": {
			// "aud must contain the token endpoint" is about its value.
			isMissing: {"aud-missing", "aud-not-string", "claim-in-header", "aud-mismatch", "aud-trailing-slash", "aud-near-miss", "aud-wrong-environment", "aud-token-url-not-accepted",
				"aud-issuer-not-accepted", "aud-array-not-accepted", "aud-other-endpoint"},
			isTooFar: {"aud-array-not-accepted"},
			isRefused: {"aud-mismatch", "aud-trailing-slash", "aud-near-miss", "aud-wrong-environment", "aud-token-url-not-accepted", "aud-issuer-not-accepted", "aud-array-not-accepted",
				"aud-other-endpoint", "aud-authorize-endpoint", "aud-missing", "aud-not-string"},
		},
		"kid": {
			isMissing: {"kid-missing", "kid-in-payload", "kid-not-string"},
			isRefused: {"kid-not-in-jwks", "kid-missing", "kid-whitespace", "kid-in-payload", "kid-ambiguous"},
		},
		"alg": {
			isMissing: {"alg-missing"},
			isRefused: {"alg-not-accepted", "alg-unknown", "alg-symmetric", "alg-none", "alg-missing", "key-alg-mismatch"},
		},
		"typ": {
			isMissing: {"typ-missing"},
			isRefused: {"typ-not-accepted", "typ-missing"},
		},
		"x5t": {
			isMissing: {"x5t-missing"},
			isRefused: {"x5t-wrong-certificate", "x5t-missing", "x5t-not-a-digest", "x5t-hex-encoded", "x5t-wrong-digest"},
		},
		"assertion": {
			isMalformed: {"wrong-segment-count", "not-a-jwt", "inner-whitespace", "wrapped-in-quotes", "base64-standard-alphabet", "base64-invalid-character", "base64-truncated",
				"percent-encoded", "placeholder-left", "header-not-json", "payload-not-json"},
		},
		"signature": {
			isMissing: {"signature-missing"},
			isRefused: {"signed-by-unknown-key", "signed-by-other-key", "hash-mismatch", "content-changed", "signed-other-bytes", "padding-mismatch", "pss-salt-length", "ecdsa-der",
				"signature-truncated", "hmac-with-public-key", "private-key-mismatch", "kid-not-in-jwks"},
		},
		"scope": {
			isMissing: {"scope-missing", "parameter-misspelt"},
			isTooFar:  {"scope-not-allowed"},
			isRefused: {"scope-not-allowed", "scope-missing"},
		},
		"grant_type": {
			isMissing: {"grant-type-missing", "parameter-misspelt", "params-in-url", "body-json", "content-type-json"},
			isRefused: {"grant-type-wrong", "grant-type-missing"},
		},
		"client_assertion": {
			isMissing: {"assertion-missing", "assertion-misnamed", "params-in-url", "body-json", "content-type-json"},
		},
		"client_assertion_type": {
			isMissing: {"assertion-type-missing", "parameter-misspelt", "params-in-url"},
			isRefused: {"assertion-type-wrong", "assertion-type-double-encoded", "assertion-type-missing"},
		},
		"client_id": {
			isMissing: {"client-id-missing", "parameter-misspelt", "assertion-missing", "assertion-misnamed"},
			isRefused: {"client-id-mismatch", "iss-not-client-id", "sub-not-client-id", "url-wrong-environment", "client-id-missing"},
		},
		"client": {
			isRefused: {"sub-not-client-id", "iss-not-client-id", "url-wrong-environment", "client-id-mismatch", "aud-wrong-environment"},
		},
		"redirect_uri": {
			isMissing: {"parameter-missing", "parameter-misspelt"},
			isRefused: {"redirect-uri-mismatch"},
		},
	}
})

// causesOf lists what a complaint about these subjects points to: first the most
// likely cause of each, then the others.
func causesOf(subjects []string, c complaint) []finding.CauseID {
	var out []finding.CauseID
	add := func(cause finding.CauseID) {
		if !slices.Contains(out, cause) {
			out = append(out, cause)
		}
	}
	for _, s := range subjects {
		if list := plainCauses()[s][c]; len(list) > 0 {
			add(list[0])
		}
	}
	if len(subjects) == 2 && slices.Contains(subjects, "iss") && slices.Contains(subjects, "sub") && c == isRefused {
		out = append([]finding.CauseID{"iss-sub-differ"}, out...)
	}
	for _, s := range subjects {
		for _, cause := range plainCauses()[s][c] {
			add(cause)
		}
	}
	return out
}
