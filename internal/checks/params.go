package checks

import (
	"time"

	p "github.com/assertionworks/jwtdoctor/internal/profile"
)

// The vocabulary of profiles: every rule a profile may set, declared once. A
// check reads its rules through these, so a rule nobody reads cannot exist.
// Where a parameter has a default, a profile that is silent means just that;
// where it has none, silence is an unknown and the question is not asked.
var (
	headerPresence = p.Presences("header.*.presence", "whether a JOSE header parameter must, should, may or must not be there")
	headerAccepted = p.Strings("header.*.accepted", "the values of a JOSE header parameter the provider takes")
	headerAllowed  = p.Strings("header.allowed", "the only JOSE header parameters the provider takes")
	algPreferred   = p.Strings("header.alg.preferred", "of the accepted algorithms, those the provider prefers")
	algRefused     = p.Strings("header.alg.refused", "algorithms the provider is documented to refuse, where no full list of accepted ones is known")
	typIgnoreCase  = p.Flag("header.typ.ignore_case", "typ is compared without regard to case").Or(false)
	critUnderstood = p.Strings("header.crit.understood", "extensions named in crit that the provider understands").Or(nil)
	x5tEither      = p.Presences("header.thumbprint.presence", "whether one of x5t and x5t#S256 must be there")

	claimPresence = p.Presences("claims.*.presence", "whether a claim must, should, may or must not be there")
	claimAccepted = p.Strings("claims.*.accepted", "the values of a claim the provider takes")
	claimType     = p.OneOf("claims.*.type", "the JSON type a claim must have", "string", "number", "boolean", "array", "object")
	claimPattern  = p.Pattern("claims.*.pattern", "a regular expression the whole claim must match")
	claimForm     = p.OneOf("claims.*.form", "the form of a claim in words, shown where claims.*.pattern does not match")
	claimsAllowed = p.Strings("claims.allowed", "the only claims the provider takes")
	issIsClientID = p.Flag("claims.iss.client_id", "iss must be the client ID").Or(true)
	subIsClientID = p.Flag("claims.sub.client_id", "sub must be the client ID").Or(true)
	issIsSub      = p.Flag("claims.sub.same_as_iss", "iss and sub must be equal").Or(true)

	audAccept   = p.Strings("claims.aud.accept", "what aud may name: token-url, issuer, or listed (claims.aud.values and the environments' own lists)")
	audValues   = p.Strings("claims.aud.values", "further values of aud the provider takes, in every environment")
	audForm     = p.OneOf("claims.aud.form", "whether aud may be a string, an array of strings, or any of both", "any", "string", "array").Or("any")
	audSlash    = p.OneOf("claims.aud.slash", "whether a trailing slash counts", "exact", "tolerant").Or("exact")
	audComplete = p.Flag("claims.aud.complete", "the environments listed are all there are; where false, customers have their own addresses").Or(true)

	jtiMin    = p.Int("claims.jti.min_length", "the shortest jti the provider takes, in characters")
	jtiMax    = p.Int("claims.jti.max_length", "the longest jti the provider takes, in characters")
	jtiUnique = p.Flag("claims.jti.unique", "a jti is refused when it was used before").Or(true)

	timeSkew        = p.Duration("time.skew", "how far clocks may differ, for every rule without a skew of its own")
	iatSkew         = p.Duration("time.iat.skew", "how far iat may lie in the future, and beyond its greatest age")
	nbfSkew         = p.Duration("time.nbf.skew", "how far nbf may lie in the future")
	expSkew         = p.Duration("time.exp.skew", "how long after exp the assertion is still taken").Or(0)
	expAheadSkew    = p.Duration("time.exp.ahead_skew", "how far exp may lie beyond time.exp.max_ahead").Or(0)
	iatMaxAge       = p.Duration("time.iat.max_age", "how old iat may be")
	expMaxAhead     = p.Duration("time.exp.max_ahead", "how far exp may lie ahead of the server's now")
	expAheadNoIat   = p.Duration("time.exp.max_ahead_without_iat", "how far exp may lie ahead where there is no iat")
	lifetimeMax     = p.Duration("time.lifetime.max", "how long after iat exp may be")
	lifetimeNbfMax  = p.Duration("time.lifetime.nbf_max", "how long after nbf exp may be")
	lifetimeInclude = p.Flag("time.lifetime.inclusive", "exactly the limit is still allowed").Or(true)
	expAheadInclude = p.Flag("time.exp.ahead_inclusive", "exactly the limit ahead of now is still allowed").Or(true)

	keyKinds      = p.Strings("key.kinds", "the kinds of signing key the provider takes: RSA, EC, OKP")
	keyRSAMin     = p.Int("key.rsa.min_bits", "the smallest RSA modulus the provider takes, in bits")
	keyECCurves   = p.Strings("key.ec.curves", "the curves the provider takes")
	keyUse        = p.Presences("key.use.presence", "whether a published key must say use")
	keyAlg        = p.Presences("key.alg.presence", "whether a published key must say alg")
	keyKid        = p.Presences("key.kid.presence", "whether a published key must say kid")
	keyAlgEqual   = p.Flag("key.alg.equal", "alg of the header must equal alg of the key, where the key says one").Or(true)
	keyEncryption = p.Presences("key.encryption.presence", "whether the set must hold an encryption key")
	keyEncCurves  = p.Strings("key.encryption.curves", "the curves of an encryption key the provider takes")
	keyEncAlgs    = p.Strings("key.encryption.algs", "the alg values of an encryption key the provider takes")
	kidTriesAll   = p.Flag("key.kid.tries_all", "without a kid the provider tries every key").Or(false)

	grantTypes       = p.Strings("request.grant_type.accepted", "the grant types the token endpoint takes from clients that authenticate with an assertion")
	paramPresence    = p.Presences("request.parameters.*.presence", "whether a parameter of the token request must, should, may or must not be there")
	paramAccepted    = p.Strings("request.parameters.*.accepted", "the values of a parameter the provider takes")
	fieldPresence    = p.Presences("request.headers.*.presence", "whether a header field of the token request must, should, may or must not be there")
	fieldAccepted    = p.Strings("request.headers.*.accepted", "the values of a header field the provider takes")
	contentTypeExtra = p.OneOf("request.content_type.parameters", "whether Content-Type may carry a charset or other parameter", "accepted", "refused")
	scopeAccepted    = p.Strings("request.scope.accepted", "the only scopes the provider grants")
	scopePattern     = p.Pattern("request.scope.pattern", "a regular expression every scope must match")
	basicEncoding    = p.OneOf("request.basic.encoding", "whether ID and secret of HTTP Basic are percent-encoded first (RFC 6749 section 2.3.1) or taken as they are", "form", "plain")
	chunkedBody      = p.OneOf("request.chunked", "whether the endpoint takes a chunked body", "accepted", "refused")

	jwksTimeout = p.Duration("jwks.timeout", "how long the provider waits for the JWKS")
	jwksCache   = p.Duration("jwks.cache", "how long the provider may keep the JWKS")
)

// fallbackSkew is used for iat and nbf where a provider says nothing: FAPI 2.0
// makes servers accept up to 10 s (section 5.3.2.1 item 13).
const fallbackSkew = 10 * time.Second
