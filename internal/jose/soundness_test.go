package jose

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"
)

// smallOrderPoints are the encodings of the eight points of small order, with
// either sign and with y written below and above the field's prime.
func smallOrderPoints(t testing.TB) [][]byte {
	t.Helper()
	var list [][]byte
	for _, y := range []string{
		"0000000000000000000000000000000000000000000000000000000000000000", "0100000000000000000000000000000000000000000000000000000000000000",
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
	} {
		for _, sign := range []byte{0, 0x80} {
			b, err := new(big.Int).SetString(y, 16)
			if !err {
				t.Fatal(y)
			}
			p := b.FillBytes(make([]byte, 32))
			p[31] |= sign
			list = append(list, p)
		}
	}
	return list
}

// TestSmallOrder: without the refusal some of these keys verify a signature that
// needs no private key: R is any point of small order and S is 0.
func TestSmallOrder(t *testing.T) {
	points := smallOrderPoints(t)
	forged, by := 0, 0
	for _, pub := range points {
		fooled := false
		for i := range 16 {
			in := []byte(enc(testHeader("EdDSA", "k")) + "." + enc(numbered(i)))
			for _, r := range points {
				sig := append(append([]byte{}, r...), make([]byte, 32)...)
				if ed25519.Verify(pub, in, sig) {
					forged++
					fooled = true
				}
			}
		}
		if fooled {
			by++
		}
		set := ParseJWKS([]byte(`{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"k","use":"sig","alg":"EdDSA","x":"` + b64(pub) + `"}]}`))
		if len(set.Keys) != 1 || set.Keys[0].Public != nil || set.Keys[0].Unsound() == "" || !set.Has(CauseValueInvalid) {
			t.Errorf("%x: %+v", pub, set.Problems)
		}
		if k, err := NewKey(ed25519.PublicKey(pub)); err != nil || k.Public != nil || !strings.Contains(k.Unusable, "small order") {
			t.Errorf("%x: %+v, %v", pub, k, err)
		}
	}
	if forged == 0 || by < 4 {
		t.Errorf("the control shows nothing: %d forged signatures verify, with %d keys", forged, by)
	}
	// The same through a whole diagnosis, with the control.
	for _, pub := range points {
		set := ParseJWKS([]byte(`{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"k","use":"sig","alg":"EdDSA","x":"` + b64(pub) + `"}]}`))
		for _, r := range points {
			sig := append(append([]byte{}, r...), make([]byte, 32)...)
			in := enc(testHeader("EdDSA", "k")) + "." + enc(testPayload)
			x := exhibit(t, in+"."+b64(sig), "EdDSA", "k", set.Keys)
			x.Budget = 50
			if d := Diagnose(x); d.Valid || d.ValidRepaired || !d.Inconclusive || !strings.Contains(d.Words, "small order") {
				t.Fatalf("%x: %+v", pub, d)
			}
		}
	}
	good := testKey(t, "ed25519")
	if smallOrder(good.Public.(ed25519.PublicKey)) || !onEd25519(good.Public.(ed25519.PublicKey)) {
		t.Error("the control is refused")
	}
}

// TestEd25519Points: every real key is a point, and about half of all numbers are
// not the y of one.
func TestEd25519Points(t *testing.T) {
	on := 0
	for i := range 200 {
		sum := sha512.Sum512([]byte{byte(i), byte(i >> 8)})
		private := ed25519.NewKeyFromSeed(sum[:32])
		public := private.Public().(ed25519.PublicKey)
		if !onEd25519(public) || smallOrder(public) {
			t.Fatalf("a key is refused: %x", public)
		}
		if onEd25519(sum[32:]) {
			on++
		}
	}
	if on < 60 || on > 140 {
		t.Errorf("%d of 200 random numbers are points", on)
	}
	// p + 3 is 3 written otherwise; RFC 8032 refuses it.
	if onEd25519(append([]byte{0xf0}, append(bytesOf(0xff, 30), 0x7f)...)) {
		t.Error("y above the prime is taken")
	}
	set := ParseJWKS([]byte(`{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"k","use":"sig","alg":"EdDSA","x":"` + b64(append([]byte{2}, make([]byte, 31)...)) + `"}]}`))
	if !set.Has(CauseOffCurve) || set.Keys[0].Public != nil {
		t.Errorf("y = 2: %+v", set.Problems)
	}
}

func bytesOf(b byte, n int) []byte {
	list := make([]byte, n)
	for i := range list {
		list[i] = b
	}
	return list
}

// groupPrime is the prime of the 2048-bit MODP group (RFC 3526 section 3): as a
// modulus it has a private exponent that everyone can compute.
const groupPrime = "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74" +
	"020bbea63b139b22514a08798e3404ddef9519b3cd3a431b302b0a6df25f1437" +
	"4fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7ed" +
	"ee386bfb5a899fa5ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf05" +
	"98da48361c55d39a69163fa8fd24cf5f83655d23dca3ad961c62f356208552bb" +
	"9ed529077096966d670c354e4abc9804f1746c08ca18217c32905e462e36ce3b" +
	"e39e772c180e86039b2783a2ec07a28fb5c55df06f4c52c9de2bcbf695581718" +
	"3995497cea956ae515d2261898fa051015728e5a8aacaa68ffffffffffffffff"

// TestBrokenModuli: a signature that anyone can make with only the public key
// never verifies, and the key is named.
func TestBrokenModuli(t *testing.T) {
	e := big.NewInt(65537)
	good := testKey(t, "rsa-a").Public.(*rsa.PublicKey).N
	prime, ok := new(big.Int).SetString(groupPrime, 16)
	if !ok {
		t.Fatal("no number")
	}
	less := new(big.Int).Sub(prime, big.NewInt(1))
	primeD := new(big.Int).ModInverse(e, less)
	// 3 · prime is as easy: its factors are known.
	three := new(big.Int).Mul(prime, big.NewInt(3))
	threeD := new(big.Int).ModInverse(e, new(big.Int).Mul(less, big.NewInt(2)))
	for _, c := range []struct {
		name  string
		n, d  *big.Int
		words string
	}{
		{"prime", prime, primeD, "prime number"},
		{"divisible by 3", three, threeD, "divisible by 3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			forge := func(in []byte) []byte {
				size := (c.n.BitLen() + 7) / 8
				return rawPower(encodePKCS1(crypto.SHA256, digest(crypto.SHA256, in), size), c.d, c.n)
			}
			in := enc(testHeader("RS256", "k")) + "." + enc(testPayload)
			sig := forge([]byte(in))
			if rsa.VerifyPKCS1v15(&rsa.PublicKey{N: c.n, E: 65537}, crypto.SHA256, digest(crypto.SHA256, []byte(in)), sig) != nil {
				t.Fatal("the control does not verify with the standard library")
			}
			set := ParseJWKS([]byte(`{"keys":[{"kty":"RSA","kid":"k","use":"sig","alg":"RS256","e":"AQAB","n":"` + b64(c.n.Bytes()) + `"}]}`))
			other := publicOnly(testKey(t, "rsa-b"))
			for _, keys := range [][]*Key{set.Keys, append([]*Key{other}, set.Keys...)} {
				for _, text := range []string{in, enc(testHeader("RS256", "k")) + "." + enc(`{"another":"text"}`)} {
					d := Diagnose(exhibit(t, text+"."+b64(sig), "RS256", "k", keys))
					if d.Valid || d.ValidRepaired || !d.Inconclusive || d.Cause != "" || !strings.Contains(d.Words, c.words) {
						t.Errorf("%+v", d)
					}
				}
			}
			if err := Verify("RS256", []byte(in), sig, set.Keys[0]); !errors.Is(err, ErrKeyUnusable) {
				t.Errorf("Verify: %v", err)
			}
			if why := set.Keys[0].Unsound(); !strings.Contains(why, c.words) {
				t.Errorf("unsound: %q", why)
			}
			raw, err := NewKey(&rsa.PublicKey{N: c.n, E: 65537})
			if err != nil || !strings.Contains(raw.Unsound(), c.words) || Verify("RS256", []byte(in), sig, raw) == nil {
				t.Errorf("NewKey: %v, %q", err, raw.Unsound())
			}
		})
	}
	if smallFactor(good) != 0 || testKey(t, "rsa-a").Unsound() != "" {
		t.Error("the control has a small factor")
	}
	for _, p := range []int64{3, 5, 101, 8191, 16381} {
		if n := new(big.Int).Mul(good, big.NewInt(p)); smallFactor(n) != uint64(p) {
			t.Errorf("%d: found %d", p, smallFactor(n))
		}
	}
}

// TestExponents: in key files as in key sets.
func TestExponents(t *testing.T) {
	n := testKey(t, "rsa-a").Public.(*rsa.PublicKey).N
	for e, words := range map[int]string{1: "0 or 1", 2: "even", 65536: "even", 65537: "", 3: ""} {
		k, err := NewKey(&rsa.PublicKey{N: n, E: e})
		if err != nil || (k.Public == nil) != (words != "") || !strings.Contains(k.Unusable, words) {
			t.Errorf("%d: %v, %q, %v", e, k.Public != nil, k.Unusable, err)
		}
		file := ParseKeyFile([]byte(pemOf("RSA PUBLIC KEY", x509.MarshalPKCS1PublicKey(&rsa.PublicKey{N: n, E: e}))))
		if file.Key == nil || (file.Key.Public == nil) != (words != "") || file.Has(CausePEMMalformed) != (words != "") {
			t.Errorf("%d: %+v", e, file)
		}
	}
}

// TestNearGenerator computes the points that are written down, and more that
// must not be taken for them.
func TestNearGenerator(t *testing.T) {
	for _, curve := range []elliptic.Curve{elliptic.P256(), elliptic.P384(), elliptic.P521()} {
		size := (curve.Params().BitSize + 7) / 8
		order := curve.Params().N
		for _, d := range []int64{1, 2, 3, 4, -1, -4, 5, -5, 1 << 40} {
			v := new(big.Int).Mod(big.NewInt(d), order)
			private, err := ecdsa.ParseRawPrivateKey(curve, v.FillBytes(make([]byte, size)))
			if err != nil {
				t.Fatal(err)
			}
			near := d <= 4 && d >= -4
			public, err := NewKey(&private.PublicKey)
			if err != nil || (public.Public == nil) != near || (public.Unsound() != "") != near {
				t.Errorf("%s, %d: %v, %q", curve.Params().Name, d, public.Public != nil, public.Unsound())
			}
			der, err := x509.MarshalPKCS8PrivateKey(private)
			if err != nil {
				t.Fatal(err)
			}
			tiny := d > 0 || near
			for form, data := range map[string]string{
				"PEM": pemOf("PRIVATE KEY", der),
				"JWK": fmt.Sprintf(`{"kty":"EC","crv":%q,"d":%q,%s}`, curve.Params().Name, b64(v.FillBytes(make([]byte, size))), xy(t, &private.PublicKey)),
			} {
				file := ParseKeyFile([]byte(data))
				if file.CanSign() == tiny || file.Has(CausePEMMalformed) != tiny || file.Key == nil || (file.Key.Public == nil) != tiny || !file.Private {
					t.Errorf("%s, %d, %s: %+v", curve.Params().Name, d, form, file)
				}
				for _, p := range file.Problems {
					if tiny && !strings.Contains(p.Message, "anyone can") {
						t.Errorf("%s, %d, %s: %s", curve.Params().Name, d, form, p.Message)
					}
				}
			}
		}
	}
}

func xy(t testing.TB, pub *ecdsa.PublicKey) string {
	t.Helper()
	b, err := pub.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	half := (len(b) - 1) / 2
	e := base64.RawURLEncoding.EncodeToString
	return fmt.Sprintf(`"x":%q,"y":%q`, e(b[1:1+half]), e(b[1+half:]))
}
