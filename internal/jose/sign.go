package jose

import (
	"errors"
	"fmt"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jws"
)

// ErrCannotSign says that a key has no readable private half.
var ErrCannotSign = errors.New("the key cannot sign")

// Sign makes a compact serialization (RFC 7515 clause 7.1) of exactly these
// bytes: header and payload are encoded as they are, never re-serialised. It
// refuses alg none, keys that do not fit, and RSA keys below 2048 bits
// (RFC 7518 clause 3.3).
func Sign(alg string, key *Key, header, payload []byte) (string, error) {
	input := b64(header) + "." + b64(payload)
	sig, err := SignBytes(alg, key, []byte(input))
	if err != nil {
		return "", err
	}
	return input + "." + b64(sig), nil
}

// SignBytes signs exactly these bytes and returns the signature in the form JWS
// needs.
func SignBytes(alg string, key *Key, input []byte) ([]byte, error) {
	a, err := usableAlgorithm(alg)
	if err != nil {
		return nil, err
	}
	if key == nil || !key.CanSign() {
		return nil, fmt.Errorf("%w: its private half is not there", ErrCannotSign)
	}
	if !key.fits(a) {
		return nil, fmt.Errorf("%w: %s asks for %s, the key is %s", ErrKeyUnfit, a.name, a.wants(), key.Describe())
	}
	if key.Weak() {
		return nil, fmt.Errorf("%w: %s", ErrCannotSign, key.Weakness())
	}
	if a.family == famHMAC {
		return mac(a.hash, key.secret, input), nil
	}
	return signLibrary(a, key, input)
}

func signLibrary(a algorithm, key *Key, input []byte) (sig []byte, err error) {
	defer func() {
		if recover() != nil {
			sig, err = nil, fmt.Errorf("%w: the library failed", ErrCannotSign)
		}
	}()
	name := jwa.SignatureAlgorithm(a.name)
	if a.family == famEdDSA {
		name = jwa.EdDSA
	}
	signer, err := jws.NewSigner(name)
	if err != nil {
		return nil, fmt.Errorf("%w: the library does not know %s", ErrCannotSign, a.name)
	}
	sig, err = signer.Sign(input, key.private)
	if err != nil {
		return nil, fmt.Errorf("%w: the library refuses the key", ErrCannotSign)
	}
	return sig, nil
}
