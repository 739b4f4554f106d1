package checks

import (
	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jose"
)

func privateKeyReadable() Check {
	return Check{
		ID:      "private-key-readable",
		Subject: "the private key",
		Rank:    330,
		Title:   "The private key file can be used",
		Needs:   []evidence.Need{evidence.NeedPrivateKey},
		Cites:   []finding.Citation{rfc(7468, "")},
		Doc:     "Keys travel through environment variables, secret stores and clipboards, and arrive with their line breaks lost or doubled. What this program can still read, the signing library may not.",
		Causes: []Cause{
			{ID: "pem-encrypted", Title: "a passphrase is needed", Severity: finding.Error,
				Why: "The key was saved with a passphrase; the library was not given it.",
				Fix: "Give the passphrase to the library, or write the key without one: openssl pkey -in key.pem -out plain.pem."},
			{ID: "public-key-given", Title: "a public key or certificate instead of the private key", Severity: finding.Error,
				Why: "The wrong one of the two files was used.",
				Fix: "Use the file that begins with BEGIN PRIVATE KEY, or the JWK with the member d."},
			{ID: "pem-literal-newlines", Title: "\\n as two characters, or line breaks lost", Severity: finding.Error,
				Why: "An environment variable, JSON or YAML kept the line breaks as text, or dropped them.",
				Fix: `Put the line breaks back: key.replace("\\n", "\n"), or read the key from a file.`},
			{ID: "pem-malformed", Title: "not a readable PEM or JWK", Severity: finding.Error,
				Why: "The file was damaged or cut, has the wrong label, or is something else.",
				Fix: "Export the key again, as PKCS#8 PEM or JWK."},
		},
		Judge: func(c *Ctx) Verdict {
			key, _ := c.PrivateKey.Get()
			var faults []*Fault
			for _, id := range [...]string{jose.CausePEMEncrypted, jose.CausePublicGiven, jose.CausePEMNewlines, jose.CausePEMMalformed} {
				for _, p := range key.File.Problems {
					if p.Cause != id {
						continue
					}
					faults = append(faults, Found(finding.CauseID(id), "%s: %s", key.Source, p.Message).About(Detail{Name: key.Source}).At(evidence.Whole(finding.PartKey)))
					break
				}
			}
			return Faults(key.File.What, faults...)
		},
	}
}

func privateKeyMatches() Check {
	return Check{
		ID:      "private-key-matches",
		Subject: "private key and registered key",
		Rank:    340,
		Title:   "The private key belongs to a published key",
		Needs:   []evidence.Need{evidence.NeedPrivateKey, evidence.NeedKeys},
		After:   []finding.CauseID{"pem-encrypted", "public-key-given"},
		Cites:   []finding.Citation{rfc(7638, "")},
		Doc:     "The two halves of a key share their public numbers. Comparing their RFC 7638 thumbprints shows at once whether the provider can know the key that signs.",
		Causes: []Cause{
			{ID: "private-key-mismatch", Title: "the private key's public half is not among the keys", Severity: finding.Error,
				Why:   "A new key was created and never published, or another environment's key file is in use.",
				Fix:   "Publish the public half of this key, or sign with the private half of a published one.",
				Leads: []Lead{{To: []finding.CauseID{"signed-by-unknown-key", "kid-not-in-jwks"}}}},
		},
		Judge: judgePrivateKeyMatches,
	}
}

func judgePrivateKeyMatches(c *Ctx) Verdict {
	private, _ := c.PrivateKey.Get()
	keys, _ := c.Keys.Get()
	at := evidence.Whole(finding.PartKey)
	for _, p := range private.File.Problems {
		if p.Cause == jose.CauseKeyMismatch {
			return Fail(Found("private-key-mismatch", "%s: %s", private.Source, p.Message).About(Detail{Name: private.Source}).At(at))
		}
	}
	own := private.File.Key
	if own == nil {
		return NotAsked("the private key cannot be read").For(finding.WhyMoot)
	}
	if keys.Source == private.Source {
		return NotAsked("no published keys were given").Give("--jwks FILE|URL")
	}
	for _, k := range keys.Set.Keys {
		if !k.Matches(own) {
			continue
		}
		if kid, ok := c.header().Text("kid"); ok && k.HasKid && kid != k.Kid {
			return Pass("the private key belongs to %s of %s; the header names %s", nameOf(k), keys.Source, kid)
		}
		return Pass("the private key belongs to %s of %s", nameOf(k), keys.Source)
	}
	return Fail(Found("private-key-mismatch", "the private key's public half is not among the keys of %s", keys.Source).
		Compare(own.Describe()+", thumbprint "+own.Thumbprint, keysInWords(keys.Set)).About(Detail{Name: private.Source, Value: own.Thumbprint}).At(at))
}
