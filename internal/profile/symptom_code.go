package profile

import (
	"slices"
	"strings"
	"unicode"
)

// standardCode reports whether many servers use an error code, so that it is
// not a provider's own: those of the registry of OAuth extensions errors (RFC 6749
// section 11.4) and of the CIBA, UMA and HTTP words servers put in their place.
func standardCode(code string) bool {
	return slices.Contains([]string{
		// RFC 6749 sections 4.1.2.1, 4.2.2.1 and 5.2, RFC 6750, 7009, 7591.
		"invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type", "invalid_scope",
		"access_denied", "unsupported_response_type", "server_error", "temporarily_unavailable", "invalid_token", "insufficient_scope",
		"unsupported_token_type", "invalid_redirect_uri", "invalid_client_metadata", "invalid_software_statement", "unapproved_software_statement",
		// RFC 8628, 8707, 9396, 9449, 9470, 8725's kin.
		"authorization_pending", "slow_down", "expired_token", "invalid_target", "invalid_authorization_details", "use_dpop_nonce",
		"invalid_dpop_proof", "insufficient_user_authentication",
		// OpenID Connect Core section 3.1.2.6, unmet_authentication_requirements, Identity Assurance, CIBA section 13, UMA.
		"login_required", "interaction_required", "consent_required", "account_selection_required", "invalid_request_uri",
		"invalid_request_object", "request_not_supported", "request_uri_not_supported", "registration_not_supported",
		"unmet_authentication_requirements", "unknown_user_id", "expired_login_hint_token", "missing_user_code", "invalid_user_code",
		"invalid_binding_message", "transaction_failed", "need_info", "request_denied", "request_submitted",
		// What servers and frameworks write in the same place.
		"error", "unauthorized", "bad request", "bad_request", "not found", "not_found", "forbidden", "internal_error", "unknown_error",
		"internal server error", "internal_server_error", "service_unavailable", "method_not_allowed", "method not allowed",
		"too_many_requests", "too many requests", "rate_limit_exceeded", "unsupported_media_type", "validation_error", "unknown",
	}, strings.ToLower(strings.TrimSpace(code)))
}

// looksLikeNumber reports whether a code may also be the number of an order, a
// part or a telephone: short, without a space, and with a digit in it.
func looksLikeNumber(words string) bool {
	const long = 10 // AADSTS70011 is nobody's telephone
	return words != "" && len(words) < long && !strings.Contains(words, " ") && strings.ContainsAny(words, "0123456789")
}

// numbered reports whether words have a numbered code such as AADSTS50006 in them: a
// provider's own name for the error, whatever the sentence behind it has in common
// with those of others. RS256 and RFC7523 are none.
func numbered(words string) bool {
	const letters, digits = 4, 4 // of each at least
	for word := range strings.FieldsFuncSeq(words, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		number := strings.TrimLeftFunc(word, unicode.IsLetter)
		if len(word)-len(number) >= letters && len(number) >= digits && strings.Trim(number, "0123456789") == "" {
			return true
		}
	}
	return false
}

// speaksOfTokens reports whether a text, in lower case, has a word of the trade.
func speaksOfTokens(text string) bool {
	for _, w := range []string{"oauth", "openid", "jwt", "jws", "jwk", "token", "assertion", "client", "grant", "claim", "invalid_", "error\":", "error_"} {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}

// Unheard reports whether the answer has a sentence of the server's own next to
// its error code. If no profile knows that sentence, the code says only part of it.
func (a Answer) Unheard() bool {
	letters := func(s string) string {
		return strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				return unicode.ToLower(r)
			}
			return -1
		}, s)
	}
	said := letters(a.Description)
	return said != "" && said != letters(a.Error)
}
