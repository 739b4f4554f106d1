package evidence

// Need is a kind of evidence that a check asks for.
type Need uint8

// What a check may need.
const (
	NeedAssertion        Need = iota // text read as an assertion
	NeedAssertionOrParts             // that, or the decoded header or payload
	NeedHeader                       // a readable JOSE header
	NeedHeaderOrResponse             // either of the two
	NeedClaims                       // a readable payload
	NeedSignature
	NeedKeys
	NeedPrivateKey
	NeedJWKS
	NeedFetched // an answer of the JWKS URL
	NeedRequest
	NeedResponse
	NeedDiscovery
	NeedNetwork
	NeedClock
	NeedSeen   // other assertions of the same run
	NeedIssued // an ID or access token
	NeedAuthorization
	NeedRequestOrAuthorization // either of the two
	needs                      // how many there are
)

// String names the kind of evidence, for sentences and documentation.
func (n Need) String() string {
	return [needs]string{"assertion", "assertion or decoded parts", "header", "header or response", "claims", "signature", "keys", "private key", "jwks", "fetched",
		"request", "response", "discovery", "network", "clock", "seen", "issued token", "authorization request", "request or authorization request"}[n]
}

// Set is a set of kinds of evidence.
type Set uint32

// SetOf is the set of these kinds.
func SetOf(list ...Need) Set {
	var s Set
	for _, n := range list {
		s |= 1 << n
	}
	return s
}

// Has reports whether the set contains every kind of the other.
func (s Set) Has(other Set) bool { return s&other == other }

// Without is the set less one kind.
func (s Set) Without(n Need) Set { return s &^ (1 << n) }

// Present is the set of what the case has.
func (c *Case) Present() Set {
	var s Set
	for n := range needs {
		if known, _ := c.fact(n); known {
			s |= 1 << n
		}
	}
	return s
}

// Lacks says why the case does not have evidence of this kind.
func (c *Case) Lacks(n Need) string {
	if _, why := c.fact(n); why != "" {
		return why
	}
	return "no " + n.String() + " was given"
}

func (c *Case) fact(n Need) (known bool, why string) {
	switch n {
	case NeedAssertion:
		return c.Assertion.known, c.Assertion.why
	case NeedAssertionOrParts:
		return c.Assertion.known || c.Header.known || c.Claims.known, c.Assertion.why
	case NeedHeader:
		return c.Header.known, c.Header.why
	case NeedHeaderOrResponse:
		return c.Header.known || c.Response.known, c.Header.why
	case NeedClaims:
		return c.Claims.known, c.Claims.why
	case NeedSignature:
		return c.Signature.known, c.Signature.why
	case NeedKeys:
		return c.Keys.known, c.Keys.why
	case NeedPrivateKey:
		return c.PrivateKey.known, c.PrivateKey.why
	case NeedJWKS:
		return c.JWKS.known, c.JWKS.why
	case NeedFetched:
		return c.Fetched.known, c.Fetched.why
	case NeedRequest:
		return c.Request.known, c.Request.why
	case NeedResponse:
		return c.Response.known, c.Response.why
	case NeedDiscovery:
		return c.Discovery.known, c.Discovery.why
	case NeedNetwork:
		return c.Network.known, c.Network.why
	case NeedClock:
		return c.Clock.known, c.Clock.why
	case NeedSeen:
		return c.Seen.known, c.Seen.why
	case NeedIssued:
		return c.Issued.known, c.Issued.why
	case NeedAuthorization:
		return c.Authorization.known, c.Authorization.why
	case NeedRequestOrAuthorization:
		return c.Request.known || c.Authorization.known, c.Request.why
	}
	return false, ""
}
