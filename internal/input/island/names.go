package island

import "strings"

// pairKind is what a name belongs to.
type pairKind uint8

const (
	pairOther  pairKind = iota
	pairParam           // of a token request
	pairClaim           // of a JWT
	pairHeader          // of a JWT's header
	pairError           // of an error response
	pairKinds
)

// pairNames are the names whose pairs are worth reading without brackets around them.
var pairNames = map[string]pairKind{
	"granttype": pairParam, "clientassertion": pairParam, "clientassertiontype": pairParam, "clientid": pairParam, "clientsecret": pairParam, "scope": pairParam, "redirecturi": pairParam, "code": pairParam,
	"codeverifier": pairParam, "refreshtoken": pairParam, "assertion": pairParam, "subjecttoken": pairParam, "subjecttokentype": pairParam, "requestedtokentype": pairParam, "requestedtokenuse": pairParam, "audience": pairParam,
	"resource": pairParam, "username": pairParam, "actortoken": pairParam, "actortokentype": pairParam,
	"iss": pairClaim, "sub": pairClaim, "aud": pairClaim, "exp": pairClaim, "iat": pairClaim, "nbf": pairClaim, "jti": pairClaim,
	"alg": pairHeader, "kid": pairHeader, "typ": pairHeader, "x5t": pairHeader, "x5t#s256": pairHeader,
	"error": pairError, "errordescription": pairError, "erroruri": pairError, "errorcodes": pairError, "errorcode": pairError, "errorsummary": pairError,
}

func pairClass(name string) pairKind { return pairNames[folded(name)] }

// pairWords are the names that can begin pairs on a line.
func pairWords() []string {
	var out []string
	for name := range pairNames {
		out = append(out, name)
	}
	return out
}

// formWords are the names of parameters by which a form is recognised.
func formWords() []string {
	out := []string{"responsetype", "codechallenge", "codechallengemethod", "state", "accesstoken", "idtoken", "tokentype", "requesturi"}
	for name, kind := range pairNames {
		if kind == pairParam || kind == pairError {
			out = append(out, name)
		}
	}
	return out
}

// codes are the error codes of OAuth and its extensions.
var codes = map[string]bool{
	"invalid_request": true, "invalid_client": true, "invalid_grant": true, "unauthorized_client": true, "unsupported_grant_type": true, "invalid_scope": true, "invalid_token": true, "insufficient_scope": true,
	"access_denied": true, "unsupported_response_type": true, "server_error": true, "temporarily_unavailable": true, "interaction_required": true, "login_required": true, "account_selection_required": true,
	"consent_required": true, "invalid_request_uri": true, "invalid_request_object": true, "request_not_supported": true, "request_uri_not_supported": true, "registration_not_supported": true,
	"invalid_target": true, "invalid_client_metadata": true, "invalid_redirect_uri": true, "invalid_software_statement": true, "unapproved_software_statement": true, "use_dpop_nonce": true, "invalid_dpop_proof": true, "use_mtls_endpoint_aliases": true,
	"authorization_pending": true, "slow_down": true, "expired_token": true, "unsupported_token_type": true, "unsupported_pop_key": true, "incompatible_ace_profiles": true, "invalid_authorization_details": true,
	"unmet_authentication_requirements": true, "insufficient_user_authentication": true, "invalid_issuer": true, "invalid_subject": true, "invalid_anchor": true, "invalid_metadata": true, "unknown_user_id": true,
	"expired_login_hint_token": true, "missing_user_code": true, "invalid_user_code": true, "invalid_binding_message": true, "transaction_failed": true, "invalid_assertion": true, "invalid_clientid": true, "invalid_client_id": true,
	"invalid_client_assertion": true, "invalid_jwt": true, "invalid_credentials": true, "unauthorized": false, "invalid_app_id": true, "admin_policy_enforced": true, "org_internal": true, "redirect_uri_mismatch": true, "deleted_client": true,
	"unsupported_client_assertion_type": true, "invalid_resource": true, "mfa_required": true, "invalid_client_credentials": true, "bad_verification_code": true, "incorrect_client_credentials": true, "invalid_configuration": true, "invalid_aud": true,
	"invalid_client_credential": true, "invalid_id_token": true, "no_valid_keys_or_signatures": true, "oauth_invalid_token": true,
	"client_credentials_setup_required": true, "client_not_found": true,
}

// errorCode reports whether a word is an error code of OAuth.
func errorCode(s string) bool {
	s = strings.ToLower(strings.TrimSpace(s))
	return codes[s]
}

// ErrorCode reports whether a word is an error code of OAuth.
func ErrorCode(s string) bool { return errorCode(s) }

// codeWords are the codes by their folded names.
func codeWords() []string {
	var out []string
	for code, sure := range codes {
		if sure && len(code) <= maxWord {
			out = append(out, folded(code))
		}
	}
	return out
}
