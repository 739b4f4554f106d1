package doctor

import (
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// A lead is a cause that brings others about: where both are found, the others
// are told as its consequences and not as faults of their own.
type lead struct {
	cause string
	led   []string
	when  func(lead, led finding.Finding) bool // nil for always
}

// leads lists what leads what, the stronger lead first.
func leads() []lead {
	var (
		window    = []string{"iat-in-future", "iat-too-old", "nbf-in-future", "exp-past", "exp-too-far"}
		undecoded = []string{"header-not-json", "payload-not-json", "payload-not-object", "invalid-utf8", "duplicate-member"}
		lengths   = []string{"signature-truncated", "signature-wrong-length", "signature-hex", "ecdsa-der", "base64-noncanonical"}
		foreign   = []string{"typ-missing", "typ-not-accepted", "alg-not-accepted", "alg-symmetric", "kid-missing", "x5t-missing",
			"header-not-allowed", "embedded-jwk", "iss-missing", "iss-not-client-id", "iss-wrong-form", "sub-missing", "sub-not-client-id",
			"iss-sub-differ", "iss-sub-near-miss", "aud-missing", "aud-trailing-slash", "aud-near-miss", "aud-wrong-environment",
			"aud-authorize-endpoint", "aud-token-url-not-accepted", "aud-issuer-not-accepted", "aud-array-not-accepted", "aud-mismatch",
			"aud-other-endpoint", "jti-missing", "jti-guessable", "claim-missing", "claim-not-allowed", "claim-misspelt",
			"claim-value-not-accepted", "recommended-missing", "iat-missing", "iat-too-old", "nbf-missing", "exp-missing", "exp-too-far",
			"lifetime-too-long", "lifetime-no-margin"}
	)
	var (
		// What a server misses in a request whose body it did not get or cannot read.
		lost = []string{"body-empty", "content-type-missing", "content-type-json", "content-type-other", "grant-type-missing", "assertion-type-missing",
			"assertion-missing", "client-id-missing", "parameter-missing", "scope-missing"}
		unread   = []string{"grant-type-missing", "assertion-type-missing", "assertion-missing", "client-id-missing", "parameter-missing", "scope-missing"}
		answers  = []string{"answered-by-gateway", "endpoint-not-found", "server-failed", "response-not-json", "response-content-type"}
		unjudged = []string{"response-not-json", "response-content-type", "token-refused"}
	)
	return []lead{
		{cause: "post-became-get", led: slices.Concat([]string{"method-not-post", "params-in-url"}, lost, answers)},
		{cause: "method-not-post", led: slices.Concat([]string{"params-in-url"}, lost, answers)},
		{cause: "url-wrong-environment", led: []string{"url-not-token-endpoint"}},
		{cause: "url-authorize-endpoint", led: slices.Concat([]string{"url-not-token-endpoint", "method-not-post"}, answers)},
		{cause: "url-not-token-endpoint", led: answers},
		{cause: "url-not-https", led: []string{"url-not-token-endpoint"}, when: func(_, led finding.Finding) bool {
			return strings.HasPrefix(led.Found, "http:") && "https"+strings.TrimPrefix(led.Found, "http") == led.Expected
		}},
		{cause: "framing-refused", led: answers},
		{cause: "params-in-url", led: lost},
		{cause: "content-type-json", led: slices.Concat([]string{"body-json"}, unread)},
		{cause: "body-json", led: slices.Concat([]string{"content-type-other", "content-type-missing"}, unread)},
		{cause: "body-multipart", led: slices.Concat([]string{"content-type-other"}, unread)},
		{cause: "body-empty", led: slices.Concat([]string{"content-type-missing"}, unread)},
		{cause: "shell-quoting", led: slices.Concat([]string{"grant-type-wrong", "assertion-type-wrong", "assertion-misnamed", "parameter-misspelt", "wrapped-in-quotes", "parameter-value-not-accepted"}, unread)},
		{cause: "assertion-misnamed", led: []string{"parameter-misspelt", "assertion-missing"}},
		{cause: "parameter-misspelt", led: unread, when: func(lead, led finding.Finding) bool { return meant(lead, led) }},
		{cause: "assertion-as-bearer", led: []string{"assertion-missing", "assertion-type-missing", "bearer-prefix", "multiple-auth-methods", "body-empty"}},
		{cause: "assertion-as-bearer", led: []string{"parameter-missing"}, when: func(_, led finding.Finding) bool { return led.Expected == "assertion" }},
		{cause: "sub-not-client-id", led: []string{"client-id-mismatch"}, when: func(lead, led finding.Finding) bool { return led.Found == lead.Expected }},
		{cause: "iss-sub-differ", led: []string{"client-id-mismatch"}, when: func(lead, led finding.Finding) bool { return lead.Expected == "iss "+led.Found }},
		{cause: "parameter-misspelt", led: []string{"grant-type-wrong", "client-id-mismatch"}, when: func(lead, led finding.Finding) bool {
			return strings.HasPrefix(lead.Expected, map[string]string{"grant-type-wrong": "grant_type=", "client-id-mismatch": "client_id="}[led.Cause])
		}},
		{cause: "url-wrong-environment", led: []string{"aud-mismatch"}, when: func(lead, led finding.Finding) bool { return lead.Expected == led.Found }},
		{cause: "token-refused", led: []string{"response-content-type"}},
		{cause: "token-refused", led: []string{"response-not-json"}, when: func(_, led finding.Finding) bool { return led.Found == "text" }},
		{cause: "http-timeout", led: []string{"response-not-json", "token-response-incomplete"}},
		{cause: "http-redirected", led: []string{"answered-by-gateway"}},
		{cause: "url-not-https", led: []string{"http-redirected"}},
		{cause: "answered-by-gateway", led: unjudged},
		{cause: "endpoint-not-found", led: unjudged},
		{cause: "server-failed", led: unjudged},
		{cause: "rate-limited", led: unjudged},
		{cause: "token-not-accepted-by-api", led: unjudged},
		{cause: "clock-ahead", led: window},
		{cause: "clock-behind", led: window},
		{cause: "wrong-segment-count", led: slices.Concat([]string{"base64-truncated", "base64-noncanonical", "signature-missing"}, undecoded)},
		{cause: "typographic-characters", led: slices.Concat([]string{"base64-truncated", "base64-invalid-character"}, undecoded, lengths)},
		{cause: "invisible-characters", led: slices.Concat([]string{"base64-truncated", "base64-invalid-character"}, undecoded, lengths)},
		{cause: "percent-encoded", led: slices.Concat([]string{"base64-truncated", "base64-invalid-character", "base64-padding", "base64-standard-alphabet"}, undecoded, lengths)},
		{cause: "base64-invalid-character", led: slices.Concat([]string{"base64-truncated"}, undecoded, lengths)},
		{cause: "base64-truncated", led: slices.Concat(undecoded, lengths)},
		{cause: "signature-truncated", led: []string{"base64-noncanonical"}},
		{cause: "signature-wrong-length", led: []string{"base64-noncanonical"}},
		{cause: "access-token-as-assertion", led: foreign},
		{cause: "id-token-as-assertion", led: foreign},
		{cause: "dpop-proof-as-assertion", led: foreign},
		{cause: "request-object-as-assertion", led: foreign},
		{cause: "alg-none", led: []string{"signature-missing"}},
		{cause: "kid-in-payload", led: []string{"claim-not-allowed"}, when: func(_, led finding.Finding) bool { return led.Found == "kid" }},
		{cause: "claim-misspelt", led: []string{"claim-not-allowed"}, when: func(lead, led finding.Finding) bool { return led.Found == lead.Found }},
		{cause: "claim-misspelt", led: missing(), when: func(lead, led finding.Finding) bool { return led.Cause == lead.Expected+"-missing" }},
		{cause: "claim-in-header", led: missing(), when: func(lead, led finding.Finding) bool { return "claim "+led.Cause == lead.Expected+"-missing" }},
		{cause: "claim-in-header", led: []string{"header-not-allowed"}, when: func(lead, led finding.Finding) bool { return lead.Found == "header parameter "+led.Found }},
		{cause: "iss-wrong-form", led: []string{"iss-sub-differ", "iss-sub-near-miss"}},
		{cause: "iss-wrong-form", led: []string{"sub-not-client-id"}, when: func(lead, led finding.Finding) bool { return lead.Found == led.Found }},
		{cause: "iss-not-client-id", led: []string{"sub-not-client-id"}, when: func(lead, led finding.Finding) bool { return lead.Found == led.Found }},
		{cause: "iss-not-client-id", led: []string{"iss-sub-differ", "iss-sub-near-miss"}},
		{cause: "sub-not-client-id", led: []string{"iss-sub-differ", "iss-sub-near-miss"}},
		{cause: "kid-whitespace", led: []string{"kid-not-in-jwks", "signed-by-unknown-key"}},
		{cause: "kid-encryption-key", led: []string{"signed-by-other-key", "key-alg-mismatch", "signed-by-unknown-key"}},
		{cause: "jwks-kid-duplicate", led: []string{"kid-ambiguous"}},
		{cause: "hmac-with-public-key", led: []string{"alg-symmetric", "alg-not-accepted", "key-alg-mismatch"}},
		{cause: "alg-symmetric", led: []string{"key-alg-mismatch", "signed-by-unknown-key"}},
		{cause: "signed-by-other-key", led: []string{"key-alg-mismatch"}},
		{cause: "hash-mismatch", led: []string{"key-alg-mismatch"}},
		{cause: "padding-mismatch", led: []string{"key-alg-mismatch"}},
		{cause: "private-key-mismatch", led: []string{"signed-by-unknown-key", "kid-not-in-jwks"}},
		{cause: "kid-not-in-jwks", led: []string{"signed-by-unknown-key"}},
		{cause: "key-alg-mismatch", led: []string{"signed-by-unknown-key"}},
		{cause: "local-time-as-utc", led: window, when: func(lead, _ finding.Finding) bool { return lead.Certainty != finding.Possible }},
		{cause: "exp-before-iat", led: []string{"exp-past"}},
		{cause: "iat-in-future", led: []string{"nbf-in-future", "exp-too-far"}},
		{cause: "lifetime-too-long", led: []string{"exp-too-far", "lifetime-no-margin"}},
		{cause: "exp-past", led: []string{"iat-too-old"}},
	}
}

func missing() []string {
	return []string{"iss-missing", "sub-missing", "aud-missing", "exp-missing", "nbf-missing", "iat-missing", "jti-missing"}
}

// meant tells whether the parameter that is missing is the one that was misspelt.
func meant(misspelt, missing finding.Finding) bool {
	name := map[string]string{"grant-type-missing": "grant_type", "assertion-type-missing": "client_assertion_type", "assertion-missing": "client_assertion",
		"client-id-missing": "client_id", "scope-missing": "scope"}[missing.Cause]
	if name == "" {
		name = missing.Expected
	}
	return name != "" && (misspelt.Expected == name || strings.HasPrefix(misspelt.Expected, name+"="))
}

// fold marks every failed finding that another one brings about as its
// consequence: a note. The leading one is as grave as the gravest it leads.
func fold(all []finding.Finding) {
	table := leads()
	by := make([]int, len(all)) // index of the leading finding, or -1
	for i := range all {
		by[i] = -1
		if !all[i].Failed() {
			continue
		}
	search:
		for _, l := range table {
			if !slices.Contains(l.led, all[i].Cause) {
				continue
			}
			for j := range all {
				if j != i && all[j].Failed() && all[j].Cause == l.cause && (l.when == nil || l.when(all[j], all[i])) {
					by[i] = j
					break search
				}
			}
		}
	}
	severity := make([]finding.Severity, len(all))
	for i := range all {
		severity[i] = all[i].Severity
	}
	for i := range all {
		if by[i] < 0 {
			continue
		}
		root := by[i]
		for steps := 0; by[root] >= 0 && steps < len(all); steps++ {
			root = by[root]
		}
		if severity[i].Rank() < all[root].Severity.Rank() {
			all[root].Severity = severity[i]
		}
		all[i].ConsequenceOf = all[root].Cause
		all[i].Severity = finding.Note
	}
}
