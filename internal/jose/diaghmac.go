package jose

import (
	"bytes"
	"crypto"
	"crypto/hmac"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"

	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// macKey is a text that may have served as an HMAC key.
type macKey struct {
	data  []byte
	words string
}

// publicForms lists the texts of a public key that a library uses as a secret
// when the alg is symmetric.
func publicForms(k *Key) []macKey {
	if k.Public == nil {
		return nil
	}
	der, err := x509.MarshalPKIXPublicKey(k.Public)
	if err != nil {
		return nil
	}
	var list []macKey
	asPEM := func(label string, der []byte, words string) {
		text := pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der})
		list = append(list,
			macKey{text, words + " as PEM"},
			macKey{bytes.TrimSuffix(text, []byte("\n")), words + " as PEM without its last line end"},
			macKey{bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n")), words + " as PEM with CR LF"},
			macKey{bytes.ReplaceAll(text, []byte("\n"), []byte(`\n`)), words + ` as PEM with literal \n`},
			macKey{der, words + " as DER"},
			macKey{[]byte(base64.StdEncoding.EncodeToString(der)), words + " as base64"},
		)
	}
	asPEM("PUBLIC KEY", der, "the public key")
	if pub, ok := k.Public.(*rsa.PublicKey); ok {
		asPEM("RSA PUBLIC KEY", x509.MarshalPKCS1PublicKey(pub), "the public key (PKCS#1)")
		n := pub.N.Bytes()
		list = append(list, macKey{n, "the modulus"}, macKey{[]byte(b64(n)), "the modulus as base64url"})
	}
	for _, c := range k.Certificates {
		asPEM("CERTIFICATE", c.Raw, "the certificate")
	}
	for _, order := range jwkForms(k) {
		list = append(list, macKey{order, "the JWK as text"})
	}
	if k.HasKid {
		list = append(list, macKey{[]byte(k.Kid), "the kid"})
	}
	return list
}

func jwkForms(k *Key) [][]byte {
	m := publicMembers(k)
	if m == nil {
		return nil
	}
	plain, err := json.Marshal(m) // sorted by name
	if err != nil {
		return nil
	}
	if k.HasKid {
		m["kid"] = k.Kid
	}
	if k.Use != "" {
		m["use"] = k.Use
	}
	if k.Alg != "" {
		m["alg"] = k.Alg
	}
	full, err := json.Marshal(m)
	if err != nil {
		return nil
	}
	return [][]byte{plain, full}
}

// macHashes are the hashes of HS256, HS384 and HS512, by length.
func macHashes(size int) []crypto.Hash {
	for _, h := range []crypto.Hash{crypto.SHA256, crypto.SHA384, crypto.SHA512} {
		if h.Size() == size {
			return []crypto.Hash{h}
		}
	}
	return nil
}

// hmacWithPublic looks for an HMAC keyed with a public key, whatever alg says:
// the length is enough to know the hash.
func (s *search) hmacWithPublic() (Diagnosis, bool) {
	for _, sh := range s.x.unwrapped() {
		for _, hash := range macHashes(len(sh.sig)) {
			for _, k := range s.all {
				if !s.spend(s.macTicks(), "HMAC keyed with the public keys", k) {
					return Diagnosis{}, false
				}
				if d, ok := s.macWith(sh, hash, k, publicForms(k), 0); ok {
					return d, true
				}
			}
		}
	}
	return Diagnosis{}, false
}

// macTicks is the cost of some 45 codes and of the texts that key them.
func (s *search) macTicks() int { return 3*ticksPerUnit + 45*len(s.sent)/hashBytesPerTick }

// macWith tries some forms of a key; the first of them is at place from.
func (s *search) macWith(sh shape, hash crypto.Hash, k *Key, forms []macKey, from int) (Diagnosis, bool) {
	for i, f := range forms {
		for _, input := range s.macInputs() {
			s.tried++
			if !hmac.Equal(sh.sig, mac(hash, f.data, input)) {
				continue
			}
			name := algorithmFor(famHMAC, hash, "")
			return Diagnosis{Cause: CauseHMACPublic, Certainty: finding.Certain, Key: k, MadeWith: name,
				Proof:   "the HMAC was computed again and is the same",
				Words:   fmt.Sprintf("it is an %s code keyed with %s of %s, not a signature: anyone who can read the public key can make it", name, f.words, k.name()),
				Fix:     "sign with the private key under an RS, PS or ES algorithm",
				reading: &Hypothesis{key: k, shape: sh.id, mac: from + i + 1, content: true}}, true
		}
	}
	return Diagnosis{}, false
}

// macGuess tries the one form of a public key that keyed another code.
func (s *search) macGuess(g Hypothesis) (Diagnosis, bool) {
	for _, sh := range s.x.unwrapped() {
		if sh.id != g.shape {
			continue
		}
		for _, hash := range macHashes(len(sh.sig)) {
			if forms := publicForms(g.key); g.mac <= len(forms) {
				return s.macWith(sh, hash, g.key, forms[g.mac-1:g.mac], g.mac-1)
			}
		}
	}
	return Diagnosis{}, false
}

func (s *search) macInputs() [][]byte {
	list := [][]byte{s.sent}
	if clean := s.cleaned(); clean != nil {
		list = append(list, clean)
	}
	return list
}

// hmacFailed ends the search for a symmetric alg: with the secret in its usual
// forms, or with nothing.
func (s *search) hmacFailed() Diagnosis {
	for _, secret := range s.x.Secrets {
		for _, f := range secretForms(secret) {
			for _, input := range s.macInputs() {
				s.tried++
				if hmac.Equal(s.x.Signature, mac(s.alg.hash, f.data, input)) {
					return Diagnosis{ValidRepaired: true, Certainty: finding.Certain, MadeWith: s.alg.name,
						Proof: "the HMAC was computed again and is the same", Words: "the HMAC verifies, but only with the secret read as " + f.words}
				}
			}
		}
	}
	if len(s.x.Signature) != s.alg.hash.Size() {
		return Diagnosis{Cause: CauseWrongLength, Certainty: finding.Certain,
			Words: fmt.Sprintf("an %s code has %d bytes, this one has %d", s.alg.name, s.alg.hash.Size(), len(s.x.Signature))}
	}
	if len(s.x.Secrets) == 0 {
		return Diagnosis{Inconclusive: true, Words: "alg is symmetric: its code can be checked only with the shared secret, which is not given; it is not keyed with any of the public keys in their usual forms"}
	}
	return Diagnosis{Cause: CauseUnknownKey, Certainty: finding.Likely, Proof: "no code computed with the secrets is the same",
		Words: "none of the given secrets makes this code: it was made with another secret, over another text, or its characters were changed on the way"}
}

func secretForms(secret []byte) []macKey {
	var list []macKey
	text := string(secret)
	if b, err := base64.StdEncoding.DecodeString(text); err == nil {
		list = append(list, macKey{b, "base64"})
	}
	if b, err := base64.RawURLEncoding.DecodeString(text); err == nil {
		list = append(list, macKey{b, "base64url"})
	}
	if b, err := hex.DecodeString(text); err == nil {
		list = append(list, macKey{b, "hexadecimal"})
	}
	return append(list,
		macKey{[]byte(text + "\n"), "a text with a line end"},
		macKey{bytes.TrimSpace(secret), "a text without the whitespace around it"},
		macKey{[]byte(base64.StdEncoding.EncodeToString(secret)), "its own base64 text"},
		macKey{[]byte(hex.EncodeToString(secret)), "its own hexadecimal text"})
}
