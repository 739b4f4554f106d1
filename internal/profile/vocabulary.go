package profile

import (
	"regexp"
	"strings"
	"time"
)

// The rule vocabulary: every rule a profile may set, declared once.
//
// A rule is a typed constant, a number that names its place in the vocabulary
// and in a compiled Rules. A misspelled rule does not compile, nothing can
// reassign one, and declaring them costs nothing when the program starts.
// What each says is in the vocabulary table below, in the same order.
//
// If a rule has a default, a profile that is silent means the default; if it has
// none, silence is an unknown and nothing is compared.
const (
	// HeaderPresence is header.*.presence: whether a JOSE header parameter is required.
	HeaderPresence NamedParam[Presence] = iota
	// HeaderAccepted is header.*.accepted: the accepted values of a JOSE header parameter.
	HeaderAccepted NamedParam[[]string] = iota
	// HeaderAllowed is header.allowed: the only JOSE header parameters accepted.
	HeaderAllowed Param[[]string] = iota
	// AlgPreferred is header.alg.preferred: the preferred ones of the accepted algorithms.
	AlgPreferred Param[[]string] = iota
	// AlgRefused is header.alg.refused: algorithms known to be refused where no full list is known.
	AlgRefused Param[[]string] = iota
	// TypIgnoreCase is header.typ.ignore_case; true by default.
	TypIgnoreCase Param[bool] = iota
	// CritUnderstood is header.crit.understood: extensions the provider understands; none by default.
	CritUnderstood Param[[]string] = iota
	// X5tEither is header.thumbprint.presence: whether one of x5t and x5t#S256 is required.
	X5tEither Param[Presence] = iota

	// ClaimPresence is claims.*.presence: whether a claim is required.
	ClaimPresence NamedParam[Presence] = iota
	// ClaimAccepted is claims.*.accepted: the accepted values of a claim.
	ClaimAccepted NamedParam[[]string] = iota
	// ClaimInstead is claims.*.instead: claims that may take the place of a claim.
	ClaimInstead NamedParam[[]string] = iota
	// ClaimType is claims.*.type: the JSON type of a claim.
	ClaimType NamedParam[string] = iota
	// ClaimPattern is claims.*.pattern: an expression the whole claim must match.
	ClaimPattern NamedParam[*regexp.Regexp] = iota
	// ClaimForm is claims.*.form: ClaimPattern in words.
	ClaimForm NamedParam[string] = iota
	// ClaimsAllowed is claims.allowed: the only claims accepted.
	ClaimsAllowed Param[[]string] = iota
	// IssIsClientID is claims.iss.client_id; true by default.
	IssIsClientID Param[bool] = iota
	// SubIsClientID is claims.sub.client_id; true by default.
	SubIsClientID Param[bool] = iota
	// IssIsSub is claims.sub.same_as_iss; true by default.
	IssIsSub Param[bool] = iota
	// Federated is claims.iss.federated; false by default.
	Federated Param[bool] = iota

	// AudAccept is claims.aud.accept: token-url, issuer or listed.
	AudAccept Param[[]string] = iota
	// AudValues is claims.aud.values: accepted values of aud in every environment.
	AudValues Param[[]string] = iota
	// AudTyped is claims.aud.accept_typed: AudAccept for an assertion whose typ is
	// client-authentication+jwt, by which a client says that it follows RFC 10070.
	AudTyped Param[[]string] = iota
	// AudAnnounced is claims.aud.announced: what AudAccept will be after a change the provider has announced.
	AudAnnounced Param[[]string] = iota
	// AudHosts is claims.aud.hosts: hosts outside of which no right value of aud lies, where AudComplete is false.
	AudHosts Param[[]string] = iota
	// AudForm is claims.aud.form: string, array, single (a string or an array of one) or any, which is the default.
	AudForm Param[string] = iota
	// AudSlash is claims.aud.slash: tolerant of a trailing slash; exact, which is the
	// default; or required, behind the name of the host.
	AudSlash Param[string] = iota
	// AudIssuerPath is claims.aud.issuer_path: what follows the issuer in aud.
	AudIssuerPath Param[string] = iota
	// AudComplete is claims.aud.complete: the environments listed are all there are; true by default.
	AudComplete Param[bool] = iota

	// JtiMin is claims.jti.min_length, in characters.
	JtiMin Param[int] = iota
	// JtiMax is claims.jti.max_length, in characters.
	JtiMax Param[int] = iota
	// JtiUnique is claims.jti.unique; true by default.
	JtiUnique Param[bool] = iota

	// TimeSkew is time.skew, for every rule without its own skew.
	TimeSkew Param[time.Duration] = iota
	// IatSkew is time.iat.skew: how far iat may be in the future, and beyond its maximum age.
	IatSkew Param[time.Duration] = iota
	// NbfSkew is time.nbf.skew: how far nbf may be in the future.
	NbfSkew Param[time.Duration] = iota
	// ExpSkew is time.exp.skew: how long after exp an assertion is still accepted; 0 by default.
	ExpSkew Param[time.Duration] = iota
	// ExpAheadSkew is time.exp.ahead_skew: how far exp may lie beyond ExpMaxAhead; 0 by default.
	ExpAheadSkew Param[time.Duration] = iota
	// IatMaxAge is time.iat.max_age.
	IatMaxAge Param[time.Duration] = iota
	// IatBackdate is time.iat.backdate: how far before now a client is advised to set iat.
	IatBackdate Param[time.Duration] = iota
	// ExpMaxAhead is time.exp.max_ahead: how far exp may be ahead of the server's clock.
	ExpMaxAhead Param[time.Duration] = iota
	// ExpAheadNoIat is time.exp.max_ahead_without_iat.
	ExpAheadNoIat Param[time.Duration] = iota
	// LifetimeMax is time.lifetime.max: how long after iat exp may be.
	LifetimeMax Param[time.Duration] = iota
	// LifetimeNbfMax is time.lifetime.nbf_max: how long after nbf exp may be.
	LifetimeNbfMax Param[time.Duration] = iota
	// LifetimeInclude is time.lifetime.inclusive: exactly the limit is allowed; true by default.
	LifetimeInclude Param[bool] = iota
	// ExpAheadInclude is time.exp.ahead_inclusive: exactly the limit is allowed; true by default.
	ExpAheadInclude Param[bool] = iota

	// KeyKinds is key.kinds: RSA, EC, OKP.
	KeyKinds Param[[]string] = iota
	// KeyRSAMin is key.rsa.min_bits.
	KeyRSAMin Param[int] = iota
	// KeyECCurves is key.ec.curves.
	KeyECCurves Param[[]string] = iota
	// KeyUse is key.use.presence: whether a published key must have use.
	KeyUse Param[Presence] = iota
	// KeyAlg is key.alg.presence: whether a published key must have alg.
	KeyAlg Param[Presence] = iota
	// KeyKid is key.kid.presence: whether a published key must have kid.
	KeyKid Param[Presence] = iota
	// KeyAlgEqual is key.alg.equal: the header's alg must equal the key's; true by default.
	KeyAlgEqual Param[bool] = iota
	// KeyEncryption is key.encryption.presence: whether the set must have an encryption key.
	KeyEncryption Param[Presence] = iota
	// KeyEncCurves is key.encryption.curves.
	KeyEncCurves Param[[]string] = iota
	// KeyEncAlgs is key.encryption.algs.
	KeyEncAlgs Param[[]string] = iota
	// KidTriesAll is key.kid.tries_all: without a kid the provider tries every key; false by default.
	KidTriesAll Param[bool] = iota

	// GrantTypes is request.grant_type.accepted.
	GrantTypes Param[[]string] = iota
	// ParamPresence is request.parameters.*.presence: whether a request parameter is required.
	ParamPresence NamedParam[Presence] = iota
	// ParamAccepted is request.parameters.*.accepted: the accepted values of a request parameter.
	ParamAccepted NamedParam[[]string] = iota
	// FieldPresence is request.headers.*.presence: whether a header field of the request is required.
	FieldPresence NamedParam[Presence] = iota
	// FieldAccepted is request.headers.*.accepted: the accepted values of a header field.
	FieldAccepted NamedParam[[]string] = iota
	// ContentTypeExtra is request.content_type.parameters: accepted or refused.
	ContentTypeExtra Param[string] = iota
	// ScopeAccepted is request.scope.accepted: the only scopes granted.
	ScopeAccepted Param[[]string] = iota
	// ScopePattern is request.scope.pattern: an expression every scope must match.
	ScopePattern Param[*regexp.Regexp] = iota
	// BasicEncoding is request.basic.encoding: form or plain.
	BasicEncoding Param[string] = iota
	// ChunkedBody is request.chunked: accepted or refused.
	ChunkedBody Param[string] = iota
	// JSONBody is request.json: accepted or refused.
	JSONBody Param[string] = iota

	// JwksTimeout is jwks.timeout: how long the provider waits for the JWKS.
	JwksTimeout Param[time.Duration] = iota
	// JwksCache is jwks.cache: how long the provider may keep the JWKS.
	JwksCache Param[time.Duration] = iota

	ruleCount = iota
)

// Key declares one rule. A "*" in ID is one name: "claims.*.presence".
type Key struct {
	ID     string
	Type   ValueType
	Choice []string // the only values, for TypeString and TypeStrings; nil for any
	Help   string   // one line for docs, completion and errors

	silent any  // the default where the profile is silent; nil for an unknown
	skew   bool // --skew sets it
}

// vocabulary declares the rules by number. It is never changed, and consists of
// constants, so that the linker and not the program's start fills it.
var vocabulary = [ruleCount]Key{
	HeaderPresence: {ID: "header.*.presence", Type: TypePresence, Help: "whether a JOSE header parameter is required, recommended, optional or forbidden"},
	HeaderAccepted: {ID: "header.*.accepted", Type: TypeStrings, Help: "the values of a JOSE header parameter the provider accepts"},
	HeaderAllowed:  {ID: "header.allowed", Type: TypeStrings, Help: "the only JOSE header parameters the provider accepts"},
	AlgPreferred:   {ID: "header.alg.preferred", Type: TypeStrings, Help: "of the accepted algorithms, those the provider prefers"},
	AlgRefused:     {ID: "header.alg.refused", Type: TypeStrings, Help: "algorithms the provider is documented to refuse, if no full list of accepted ones is known"},
	TypIgnoreCase:  {ID: "header.typ.ignore_case", Type: TypeBool, Help: "the case of typ does not matter (RFC 7515 section 4.1.9); false where the provider documents one spelling", silent: true},
	CritUnderstood: {ID: "header.crit.understood", Type: TypeStrings, Help: "extensions named in crit that the provider understands", silent: []string(nil)},
	X5tEither:      {ID: "header.thumbprint.presence", Type: TypePresence, Help: "whether one of x5t and x5t#S256 is required"},

	ClaimPresence: {ID: "claims.*.presence", Type: TypePresence, Help: "whether a claim is required, recommended, optional or forbidden"},
	ClaimInstead:  {ID: "claims.*.instead", Type: TypeStrings, Help: "the claims one of which may take the place of a required one"},
	ClaimAccepted: {ID: "claims.*.accepted", Type: TypeStrings, Help: "the values of a claim the provider accepts"},
	ClaimType:     {ID: "claims.*.type", Type: TypeString, Help: "the JSON type a claim must have", Choice: []string{"string", "number", "boolean", "array", "object"}},
	ClaimPattern:  {ID: "claims.*.pattern", Type: TypeRegexp, Help: "a regular expression the whole claim must match"},
	ClaimForm:     {ID: "claims.*.form", Type: TypeString, Help: "the form of a claim in words, shown if claims.*.pattern does not match"},
	ClaimsAllowed: {ID: "claims.allowed", Type: TypeStrings, Help: "the only claims the provider accepts"},
	IssIsClientID: {ID: "claims.iss.client_id", Type: TypeBool, Help: "iss must be the client ID", silent: true},
	SubIsClientID: {ID: "claims.sub.client_id", Type: TypeBool, Help: "sub must be the client ID", silent: true},
	IssIsSub:      {ID: "claims.sub.same_as_iss", Type: TypeBool, Help: "iss and sub must be equal", silent: true},
	Federated:     {ID: "claims.iss.federated", Type: TypeBool, Help: "another party may vouch for the client (workload identity federation): iss and sub are then that party's", silent: false},

	AudAccept:     {ID: "claims.aud.accept", Type: TypeStrings, Help: "what aud may name: token-url, issuer, or listed (claims.aud.values and the environments' own lists)"},
	AudValues:     {ID: "claims.aud.values", Type: TypeStrings, Help: "more values of aud the provider accepts, in every environment"},
	AudTyped:      {ID: "claims.aud.accept_typed", Type: TypeStrings, Help: "what aud may name instead if typ is client-authentication+jwt"},
	AudAnnounced:  {ID: "claims.aud.announced", Type: TypeStrings, Help: "what aud may name once a change that the provider has announced takes effect"},
	AudHosts:      {ID: "claims.aud.hosts", Type: TypeStrings, Help: "if not every address is known: the hosts all of them are on, exact or *.example.com"},
	AudForm:       {ID: "claims.aud.form", Type: TypeString, Help: "whether aud may be a string, an array of strings, one value only (single: a string or an array of one), or any of these", Choice: []string{"any", "string", "single", "array"}, silent: "any"},
	AudSlash:      {ID: "claims.aud.slash", Type: TypeString, Help: "whether a trailing slash counts", Choice: []string{"exact", "tolerant", "required"}, silent: "exact"},
	AudIssuerPath: {ID: "claims.aud.issuer_path", Type: TypeString, Help: "what follows the issuer in aud, where it is the issuer that aud names: /v1/token"},
	AudComplete:   {ID: "claims.aud.complete", Type: TypeBool, Help: "the environments listed are all there are; if false, customers have their own addresses", silent: true},

	JtiMin:    {ID: "claims.jti.min_length", Type: TypeInt, Help: "the shortest jti the provider accepts, in characters"},
	JtiMax:    {ID: "claims.jti.max_length", Type: TypeInt, Help: "the longest jti the provider accepts, in characters"},
	JtiUnique: {ID: "claims.jti.unique", Type: TypeBool, Help: "a jti is refused if it was used before", silent: true},

	TimeSkew:        {ID: "time.skew", Type: TypeDuration, Help: "how far clocks may differ, for every rule without its own skew", skew: true},
	IatSkew:         {ID: "time.iat.skew", Type: TypeDuration, Help: "how far iat may be in the future, and beyond its maximum age", skew: true},
	NbfSkew:         {ID: "time.nbf.skew", Type: TypeDuration, Help: "how far nbf may be in the future", skew: true},
	ExpSkew:         {ID: "time.exp.skew", Type: TypeDuration, Help: "how long after exp the assertion is still accepted", silent: time.Duration(0), skew: true},
	ExpAheadSkew:    {ID: "time.exp.ahead_skew", Type: TypeDuration, Help: "how far exp may be beyond time.exp.max_ahead", silent: time.Duration(0)},
	IatMaxAge:       {ID: "time.iat.max_age", Type: TypeDuration, Help: "how old iat may be"},
	IatBackdate:     {ID: "time.iat.backdate", Type: TypeDuration, Help: "how far before now a client is advised to set iat", silent: time.Duration(0)},
	ExpMaxAhead:     {ID: "time.exp.max_ahead", Type: TypeDuration, Help: "how far exp may be ahead of the server's clock"},
	ExpAheadNoIat:   {ID: "time.exp.max_ahead_without_iat", Type: TypeDuration, Help: "how far exp may be ahead if iat is missing"},
	LifetimeMax:     {ID: "time.lifetime.max", Type: TypeDuration, Help: "how long after iat exp may be"},
	LifetimeNbfMax:  {ID: "time.lifetime.nbf_max", Type: TypeDuration, Help: "how long after nbf exp may be"},
	LifetimeInclude: {ID: "time.lifetime.inclusive", Type: TypeBool, Help: "a lifetime of exactly the limit is allowed", silent: true},
	ExpAheadInclude: {ID: "time.exp.ahead_inclusive", Type: TypeBool, Help: "an exp exactly the limit ahead of now is allowed", silent: true},

	KeyKinds:      {ID: "key.kinds", Type: TypeStrings, Help: "the kinds of signing key the provider accepts: RSA, EC, OKP"},
	KeyRSAMin:     {ID: "key.rsa.min_bits", Type: TypeInt, Help: "the smallest RSA modulus the provider accepts, in bits"},
	KeyECCurves:   {ID: "key.ec.curves", Type: TypeStrings, Help: "the curves the provider accepts"},
	KeyUse:        {ID: "key.use.presence", Type: TypePresence, Help: "whether a published key must have use"},
	KeyAlg:        {ID: "key.alg.presence", Type: TypePresence, Help: "whether a published key must have alg"},
	KeyKid:        {ID: "key.kid.presence", Type: TypePresence, Help: "whether a published key must have kid"},
	KeyAlgEqual:   {ID: "key.alg.equal", Type: TypeBool, Help: "the header's alg must equal the key's, if the key has one", silent: true},
	KeyEncryption: {ID: "key.encryption.presence", Type: TypePresence, Help: "whether the set must contain an encryption key"},
	KeyEncCurves:  {ID: "key.encryption.curves", Type: TypeStrings, Help: "the curves of an encryption key the provider accepts"},
	KeyEncAlgs:    {ID: "key.encryption.algs", Type: TypeStrings, Help: "the alg values of an encryption key the provider accepts"},
	KidTriesAll:   {ID: "key.kid.tries_all", Type: TypeBool, Help: "without a kid the provider tries every key", silent: false},

	GrantTypes:       {ID: "request.grant_type.accepted", Type: TypeStrings, Help: "the grant types the token endpoint accepts from clients that authenticate with an assertion"},
	ParamPresence:    {ID: "request.parameters.*.presence", Type: TypePresence, Help: "whether a parameter of the token request is required, recommended, optional or forbidden"},
	ParamAccepted:    {ID: "request.parameters.*.accepted", Type: TypeStrings, Help: "the values of a parameter the provider accepts"},
	FieldPresence:    {ID: "request.headers.*.presence", Type: TypePresence, Help: "whether a header field of the token request is required, recommended, optional or forbidden"},
	FieldAccepted:    {ID: "request.headers.*.accepted", Type: TypeStrings, Help: "the values of a header field the provider accepts"},
	ContentTypeExtra: {ID: "request.content_type.parameters", Type: TypeString, Help: "whether Content-Type may carry a charset or other parameter", Choice: []string{"accepted", "refused"}},
	ScopeAccepted:    {ID: "request.scope.accepted", Type: TypeStrings, Help: "the only scopes the provider grants"},
	ScopePattern:     {ID: "request.scope.pattern", Type: TypeRegexp, Help: "a regular expression every scope must match"},
	BasicEncoding:    {ID: "request.basic.encoding", Type: TypeString, Help: "whether ID and secret of HTTP Basic are percent-encoded first (RFC 6749 section 2.3.1) or used as they are", Choice: []string{"form", "plain"}},
	ChunkedBody:      {ID: "request.chunked", Type: TypeString, Help: "whether the endpoint accepts a chunked body", Choice: []string{"accepted", "refused"}},
	JSONBody:         {ID: "request.json", Type: TypeString, Help: "whether the endpoint accepts its parameters as JSON", Choice: []string{"accepted", "refused"}},

	JwksTimeout: {ID: "jwks.timeout", Type: TypeDuration, Help: "how long the provider waits for the JWKS"},
	JwksCache:   {ID: "jwks.cache", Type: TypeDuration, Help: "how long the provider may keep the JWKS"},
}

// Keys lists the declaration of every rule, in the order of the vocabulary. The
// slice is the caller's own.
func Keys() []Key { return append([]Key(nil), vocabulary[:]...) }

// Ref names one rule: its place in the vocabulary and, for a rule with a "*",
// the name in its place, "" for all of them. Refs compare with ==, and sort in
// the order of the vocabulary with Compare.
type Ref struct {
	number uint8
	name   string
}

// Refs lists every rule of the vocabulary, in order. The slice is the caller's own.
func Refs() []Ref {
	out := make([]Ref, ruleCount)
	for i := range out {
		out[i].number = uint8(i)
	}
	return out
}

// Key returns the declaration of the rule.
func (r Ref) Key() Key { return vocabulary[r.number] }

// Name returns the name in place of the "*" of the rule; "" for all names, or if
// it has no "*".
func (r Ref) Name() string { return r.name }

// ID returns the key as a profile writes it: "claims.jti.presence".
func (r Ref) ID() string {
	id := vocabulary[r.number].ID
	if r.name == "" {
		return id
	}
	return strings.Replace(id, "*", r.name, 1)
}

// Wild reports whether the rule is one with a "*" and no name in its place.
func (r Ref) Wild() bool { return r.name == "" && strings.Contains(vocabulary[r.number].ID, "*") }

// Of returns the rule for one name; r is Wild.
func (r Ref) Of(name string) Ref { return Ref{r.number, name} }

// Covers reports whether o is this rule, or this one with a name in it.
func (r Ref) Covers(o Ref) bool { return r.number == o.number && (r.name == "" || r.name == o.name) }

// Compare orders rules as the vocabulary does, those of one "*" by name.
func (r Ref) Compare(o Ref) int {
	if r.number != o.number {
		return int(r.number) - int(o.number)
	}
	return strings.Compare(r.name, o.name)
}

// refOf finds the rule of that key; one without a "*" comes first. ok is false
// where the vocabulary has none.
func refOf(id string) (ref Ref, ok bool) {
	for i := range vocabulary {
		if vocabulary[i].ID == id && !strings.Contains(id, "*") {
			return Ref{number: uint8(i)}, true
		}
	}
	for i := range vocabulary {
		before, after, wild := strings.Cut(vocabulary[i].ID, "*")
		if !wild {
			continue
		}
		name, begins := strings.CutPrefix(id, before)
		name, ends := strings.CutSuffix(name, after)
		if begins && ends && name != "" && !strings.Contains(name, ".") {
			return Ref{uint8(i), name}, true
		}
	}
	return Ref{}, false
}
