package checks

import "github.com/assertionworks/jwtdoctor/internal/profile"

// All lists every check in the order of the report, which is roughly the order
// in which a server comes to mind the fault.
func All() []Check {
	return []Check{
		assertionClean(), assertionCompact(), assertionBase64URL(), assertionJSON(), assertionKind(),
		headerTyp(), headerAlg(), headerKid(), headerJku(), headerX5t(), headerX5c(), headerCrit(), headerKeyMaterial(), headerNames(),
		claimIss(), claimSub(), claimIssSub(), claimAud(), claimJti(), jtiUniqueCheck(), claimNames(),
		timeFormat(), timeZone(), clockSkew(), timeIat(), timeNbf(), timeExp(), timeLifetime(),
		signaturePresent(), signatureEncoding(), keySelected(), signatureValid(), keyStrength(),
		privateKeyReadable(), privateKeyMatches(),
		jwksReachable(), jwksForm(), jwksKid(), jwksKeyValid(), jwksPrivate(), jwksUse(), jwksEncryptionKey(),
		requestMethod(), requestURL(), requestContentType(), requestBody(), requestGrantType(), requestAssertionType(),
		requestAssertion(), requestClientID(), requestAuth(), requestParameters(), requestRedirectURI(), requestPKCE(), requestScope(), requestHeaders(),
		responseReceived(), responseJSON(), responseAccepted(), responseToken(), tokenIssuer(), tokenAudience(),
		netDNS(), netConnect(), netProxy(), netTLS(), netHTTP(),
		discoveryReachable(), discoveryIssuer(), discoveryAuth(), discoveryEndpoints(),
	}
}

// Known is the vocabulary for the profile loader: the rules, causes and checks
// there are.
func Known() profile.Known {
	k := profile.Known{Keys: Keys()}
	for _, c := range All() {
		k.Checks = append(k.Checks, string(c.ID))
		for _, cause := range c.Causes {
			k.Causes = append(k.Causes, string(cause.ID))
		}
	}
	return k
}

// Keys lists every rule a profile may set, in the order of params.go.
func Keys() []profile.Key {
	return []profile.Key{
		headerPresence.Key, headerAccepted.Key, headerAllowed.Key, algPreferred.Key, algRefused.Key,
		typIgnoreCase.Key, critUnderstood.Key, x5tEither.Key,
		claimPresence.Key, claimAccepted.Key, claimType.Key, claimPattern.Key, claimForm.Key, claimsAllowed.Key,
		issIsClientID.Key, subIsClientID.Key, issIsSub.Key,
		audAccept.Key, audValues.Key, audForm.Key, audSlash.Key, audComplete.Key,
		jtiMin.Key, jtiMax.Key, jtiUnique.Key,
		timeSkew.Key, iatSkew.Key, nbfSkew.Key, expSkew.Key, expAheadSkew.Key, iatMaxAge.Key,
		expMaxAhead.Key, expAheadNoIat.Key, lifetimeMax.Key, lifetimeNbfMax.Key, lifetimeInclude.Key, expAheadInclude.Key,
		keyKinds.Key, keyRSAMin.Key, keyECCurves.Key, keyUse.Key, keyAlg.Key, keyKid.Key, keyAlgEqual.Key,
		keyEncryption.Key, keyEncCurves.Key, keyEncAlgs.Key, kidTriesAll.Key,
		grantTypes.Key, paramPresence.Key, paramAccepted.Key, fieldPresence.Key, fieldAccepted.Key, contentTypeExtra.Key,
		scopeAccepted.Key, scopePattern.Key, basicEncoding.Key, chunkedBody.Key,
		jwksTimeout.Key, jwksCache.Key,
	}
}
