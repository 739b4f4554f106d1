package jose

import (
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// readKeyFile returns the text of a key under testdata/keys.
func readKeyFile(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "keys", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// longRun reports whether JWTDOCTOR_LONG=1 asks for the samples that take
// minutes; without it every kind of case is tried on fewer.
func longRun() bool { return os.Getenv("JWTDOCTOR_LONG") == "1" }

// testKeys are the fixed keys that were read already, by name: reading a private
// key, and testing its modulus, costs more than most tests.
var testKeys sync.Map

// testKey reads one of the fixed keys with the standard library only, so that
// the tests of verification do not rest on our own reader. Each call returns
// another Key.
func testKey(t testing.TB, name string) *Key {
	t.Helper()
	if k, ok := testKeys.Load(name); ok {
		own := k.(Key)
		return &own
	}
	block, _ := pem.Decode(readKeyFile(t, name+".pem"))
	if block == nil {
		t.Fatalf("%s: no PEM", name)
	}
	var raw any
	var err error
	if block.Type == "RSA PRIVATE KEY" {
		raw, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	} else {
		raw, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	}
	if err != nil {
		t.Fatal(err)
	}
	k, err := NewKey(raw)
	if err != nil {
		t.Fatal(err)
	}
	k.Kid, k.HasKid = name, true
	testKeys.Store(name, *k)
	return k
}

// publicOnly is the key as a set would publish it.
func publicOnly(k *Key) *Key {
	p := *k
	p.private, p.HasPrivate = nil, false
	return &p
}

// testSet is the published set most tests judge against.
func testSet(t testing.TB) []*Key {
	t.Helper()
	var set []*Key
	for i, name := range []string{"rsa-a", "rsa-b", "ec256", "ec384", "ec521", "ed25519"} {
		k := publicOnly(testKey(t, name))
		k.Index = i
		set = append(set, k)
	}
	return set
}

// keyFor names the key of testSet that an algorithm works with.
func keyFor(alg string) string {
	switch alg[:2] {
	case "ES":
		return "ec" + map[string]string{"256": "256", "384": "384", "512": "521"}[alg[2:]]
	case "Ed":
		return "ed25519"
	}
	return "rsa-a"
}

const (
	testPayload = `{"iss":"client-7","sub":"client-7","aud":"https://as.example/token","jti":"b7c1e0","iat":1763712000,"exp":1763712240}`
)

func testHeader(alg, kid string) string {
	return fmt.Sprintf(`{"alg":%q,"typ":"JWT","kid":%q}`, alg, kid)
}

// exhibit splits a compact text without changing it, and repairs what a tolerant
// front parser repairs.
func exhibit(t testing.TB, compact string, alg, kid string, keys []*Key) Exhibit {
	t.Helper()
	parts := strings.Split(compact, ".")
	if len(parts) != 3 {
		t.Fatalf("%d parts", len(parts))
	}
	x := Exhibit{Alg: alg, Kid: kid, HasKid: kid != "", Keys: keys, SignatureText: parts[2]}
	x.Header, x.Payload = part(parts[0]), part(parts[1])
	x.Signature = part(parts[2]).Decoded
	return x
}

func part(sent string) Part {
	clean := strings.NewReplacer("+", "-", "/", "_", "\n", "", " ", "").Replace(strings.TrimRight(sent, "="))
	decoded, err := base64.RawURLEncoding.DecodeString(clean)
	if err != nil {
		return Part{Sent: sent}
	}
	return Part{Sent: sent, Clean: b64(decoded), Decoded: decoded}
}

func mustSign(t testing.TB, alg string, k *Key, input []byte) []byte {
	t.Helper()
	sig, err := SignBytes(alg, k, input)
	if err != nil {
		t.Fatal(err)
	}
	return sig
}

func asECDSA(t testing.TB, raw any) *ecdsa.PrivateKey {
	t.Helper()
	k, ok := raw.(*ecdsa.PrivateKey)
	if !ok {
		t.Fatalf("%T", raw)
	}
	return k
}

// testKey2 is a second P-256 key, the same in every run.
func testKey2(t testing.TB) *Key {
	t.Helper()
	k, err := NewKey(ecPrivate(crvP256, []byte("a second key of 32 bytes, fixed.")))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// wrongPrimes is a PKCS#1 key whose primes are not those of its modulus.
func wrongPrimes(t testing.TB, k *rsa.PrivateKey) []byte {
	t.Helper()
	der, err := asn1.Marshal(struct {
		Version                   int
		N, E, D, P, Q, Dp, Dq, Qi *big.Int
	}{0, k.N, big.NewInt(int64(k.E)), k.D, big.NewInt(65537), k.Primes[1], k.Precomputed.Dp, k.Precomputed.Dq, k.Precomputed.Qinv})
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// privateExponent reads d of a key the standard library may refuse.
func privateExponent(t testing.TB, name string) *big.Int {
	t.Helper()
	var p struct {
		Version                  int
		N, E, D, P, Q, Dp, Dq, U *big.Int
	}
	if _, err := asn1.Unmarshal(derOf(t, name), &p); err != nil {
		t.Fatal(err)
	}
	return p.D
}

func rawPower(em []byte, d, n *big.Int) []byte {
	m := new(big.Int).SetBytes(em)
	return m.Exp(m, d, n).FillBytes(make([]byte, (n.BitLen()+7)/8))
}

// withTable is an EC key that has its table already.
func withTable(k *Key) *Key {
	pub := k.Public.(*ecdsa.PublicKey)
	with := &Key{Kty: k.Kty, Crv: k.Crv, Bits: k.Bits, Public: pub, table: &curveTable{pub: pub}}
	with.table.made.Store(prepareEC(pub))
	return with
}
