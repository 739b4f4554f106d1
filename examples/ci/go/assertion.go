// Package client is an example of an application that makes client assertions.
package client

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"time"
)

// Assertion makes a client assertion that lives four minutes.
func Assertion(key *rsa.PrivateKey, kid, clientID, tokenURL string, now time.Time) (string, error) {
	header, err := json.Marshal(map[string]string{"alg": "RS384", "kid": kid, "typ": "JWT"})
	if err != nil {
		return "", err
	}
	claims, err := json.Marshal(map[string]any{
		"iss": clientID, "sub": clientID, "aud": tokenURL,
		"iat": now.Unix(), "exp": now.Add(4 * time.Minute).Unix(), "jti": rand.Text(),
	})
	if err != nil {
		return "", err
	}
	text := base64.RawURLEncoding.EncodeToString(header) + "." + base64.RawURLEncoding.EncodeToString(claims)
	digest := sha512.Sum384([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA384, digest[:])
	return text + "." + base64.RawURLEncoding.EncodeToString(signature), err
}
