package jose

import (
	"crypto/ecdh"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"slices"
	"strings"
	"testing"
)

// pssDER are the forms of an RSA key that is bound to RSA-PSS.
func pssDER(t *testing.T, k *rsa.PrivateKey, parameters []byte) (private, public []byte) {
	t.Helper()
	id := algorithmID{Algorithm: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 10}, Parameters: asn1.RawValue{FullBytes: parameters}}
	made := func(v any) []byte {
		b, err := asn1.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	numbers := x509.MarshalPKCS1PublicKey(&k.PublicKey)
	private = made(struct {
		Version   int
		Algorithm algorithmID
		Key       []byte
	}{0, id, x509.MarshalPKCS1PrivateKey(k)})
	public = made(struct {
		Algorithm algorithmID
		Key       asn1.BitString
	}{id, asn1.BitString{Bytes: numbers, BitLength: 8 * len(numbers)}})
	return private, public
}

// A key that is bound to RSA-PSS is sound, and limited to the algorithms of its parameters.
func TestKeyBoundToPSS(t *testing.T) {
	parameters := func(hash asn1.ObjectIdentifier, salt int) []byte {
		var p pssParameters
		p.Hash.Algorithm, p.Salt, p.Trailer = hash, salt, 1
		b, err := asn1.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	sha := func(n int) asn1.ObjectIdentifier { return asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, n} }
	plain := testKey(t, "rsa-a")
	for _, tt := range []struct {
		name       string
		parameters []byte
		only       []string // nil for a key that no JWS is made with
	}{
		{"without parameters", nil, []string{"PS256", "PS384", "PS512"}},
		{"SHA-256", parameters(sha(1), 32), []string{"PS256"}},
		{"SHA-384 with a shorter salt", parameters(sha(2), 20), []string{"PS384"}},
		{"SHA-512", parameters(sha(3), 64), []string{"PS512"}},
		{"a salt longer than the hash", parameters(sha(1), 64), nil},
		{"SHA-1, the default", []byte{0x30, 0}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			private, public := pssDER(t, plain.private.(*rsa.PrivateKey), tt.parameters)
			for form, text := range map[string]string{"private": pemOf("PRIVATE KEY", private), "public": pemOf("PUBLIC KEY", public)} {
				f := ParseKeyFile([]byte(text))
				if f.Key == nil || !f.Key.Matches(plain) || f.Key.Describe() != "RSA-PSS 2048" {
					t.Fatalf("%s: read as %s: %+v", form, f.What, f.Problems)
				}
				if (f.Key.Unusable == "") != (tt.only != nil) || tt.only != nil && !slices.Equal(f.Key.Only, tt.only) {
					t.Errorf("%s: limited to %v, %q", form, f.Key.Only, f.Key.Unusable)
				}
				signs := form == "private" && tt.only != nil
				if f.CanSign() != signs || f.Has(CausePEMMalformed) != (form == "private" && tt.only == nil) {
					t.Errorf("%s: can sign: %v; %+v", form, f.CanSign(), f.Problems)
				}
				if len(tt.only) == 1 && f.Key.OnlyAlgorithm() != tt.only[0] {
					t.Errorf("%s: published for %q", form, f.Key.OnlyAlgorithm())
				}
			}
		})
	}
	// A damaged one is still damaged, and a plain one is not bound.
	private, _ := pssDER(t, plain.private.(*rsa.PrivateKey), nil)
	private[len(private)-30] ^= 1
	if f := ParseKeyFile([]byte(pemOf("PRIVATE KEY", private))); f.CanSign() || !f.Has(CausePEMMalformed) {
		t.Errorf("a damaged key is read as %s", f.What)
	}
	if plain.Only != nil || plain.Describe() != "RSA 2048" {
		t.Errorf("a plain key is %s, limited to %v", plain.Describe(), plain.Only)
	}
}

// A key for key agreement is called that, in words of the field.
func TestKeyForAgreement(t *testing.T) {
	k, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	public, err := x509.MarshalPKIXPublicKey(k.PublicKey())
	if err != nil {
		t.Fatal(err)
	}
	for label, der := range map[string][]byte{"PRIVATE KEY": private, "PUBLIC KEY": public} {
		f := ParseKeyFile([]byte(pemOf(label, der)))
		if f.CanSign() || len(f.Problems) == 0 || !strings.Contains(f.Problems[0].Message, "key agreement") || strings.Contains(f.Problems[0].Message, "*") {
			t.Errorf("%s: %s, %+v", label, f.What, f.Problems)
		}
	}
}
