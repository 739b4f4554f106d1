package checks

import "github.com/assertionworks/jwtdoctor/internal/profile"

// All lists every check in the order of the report, which is roughly the order
// in which a server comes to mind the fault.
func All() []Check {
	return []Check{
		assertionClean(), assertionCompact(), assertionBase64URL(), assertionJSON(), assertionKind(),
		headerTyp(), headerAlg(), headerKid(), headerJku(), headerX5t(), headerX5c(), headerCrit(), headerKeyMaterial(), headerNames(),
		valuesFilled(), claimIss(), claimSub(), claimIssSub(), claimAud(), claimAudAhead(), claimJti(), jtiUniqueCheck(), claimNames(),
		timeFormat(), timeZone(), clockSkew(), timeIat(), timeNbf(), timeExp(), timeLifetime(),
		signaturePresent(), signatureEncoding(), keySelected(), signatureValid(), keyStrength(),
		privateKeyReadable(), privateKeyMatches(),
		jwksReachable(), jwksForm(), jwksKid(), jwksKeyValid(), jwksPrivate(), jwksUse(), jwksEncryptionKey(),
		requestMethod(), requestURL(), requestContentType(), requestBody(), requestGrantType(), requestAssertionType(),
		requestAssertion(), requestClientID(), requestAuth(), requestParameters(), requestRedirectURI(), requestPKCE(), requestScope(), requestHeaders(), requestDPoP(),
		responseReceived(), responseJSON(), responseAccepted(), responseToken(), tokenIssuer(), tokenAudience(),
		netDNS(), netConnect(), netProxy(), netTLS(), netHTTP(),
		discoveryReachable(), discoveryIssuer(), discoveryAuth(), discoveryEndpoints(),
	}
}

// Known is what a profile may name apart from its rules: the causes and checks
// there are.
func Known() profile.Known {
	var k profile.Known
	for _, c := range All() {
		k.Checks = append(k.Checks, string(c.ID))
		for _, cause := range c.Causes {
			k.Causes = append(k.Causes, string(cause.ID))
		}
	}
	return k
}
