package jose

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"encoding/base64"
	"encoding/binary"
	"math/big"
	"strings"
)

// sshReader reads the length-prefixed strings of RFC 4251 clause 5.
type sshReader struct {
	b   []byte
	bad bool
}

func (s *sshReader) uint32() uint32 {
	if len(s.b) < 4 {
		s.bad = true
		return 0
	}
	n := binary.BigEndian.Uint32(s.b)
	s.b = s.b[4:]
	return n
}

func (s *sshReader) bytes() []byte {
	n := s.uint32()
	if s.bad || uint64(n) > uint64(len(s.b)) {
		s.bad = true
		return nil
	}
	v := s.b[:n]
	s.b = s.b[n:]
	return v
}

func (s *sshReader) int() *big.Int { return new(big.Int).SetBytes(s.bytes()) }

// sshPrivate reads the container openssh-key-v1 (OpenSSH, PROTOCOL.key).
func (r *keyReader) sshPrivate(der []byte) {
	r.file.Private = true
	rest, ok := bytes.CutPrefix(der, []byte("openssh-key-v1\x00"))
	if !ok {
		r.notAKey("an OpenSSH private key that is damaged")
		return
	}
	s := &sshReader{b: rest}
	cipher := string(s.bytes())
	s.bytes() // kdf
	s.bytes() // its options
	count := s.uint32()
	public := s.bytes()
	private := s.bytes()
	if s.bad || count != 1 {
		r.notAKey("an OpenSSH private key that is damaged or has more than one key")
		return
	}
	if cipher != "none" {
		r.file.What = "an encrypted OpenSSH private key"
		r.problem(CausePEMEncrypted, "it is an OpenSSH key encrypted with %s: a passphrase is needed; ssh-keygen -p -m PKCS8 -f FILE removes it and converts the key", plainName(cipher))
		return
	}
	p := &sshReader{b: private}
	if a, b := p.uint32(), p.uint32(); a != b || p.bad {
		r.notAKey("an OpenSSH private key that is damaged")
		return
	}
	k := sshSecret(p)
	if k == nil {
		r.notAKey("an OpenSSH private key of a kind that cannot be used here")
		return
	}
	if pub := sshPublicKey(public); pub != nil && pub.Public != nil && !pub.Matches(k) {
		r.problem(CauseKeyMismatch, "its private half does not belong to the public half in the same file")
		k.private = nil
	}
	r.add(k, "an "+k.Describe()+" private key (OpenSSH)")
	r.file.Repairs = append(r.file.Repairs, "it is in OpenSSH's own format, which few JWT libraries read; ssh-keygen -p -m PKCS8 -f FILE converts it")
}

func sshSecret(p *sshReader) *Key {
	var raw any
	switch kind := string(p.bytes()); {
	case kind == "ssh-rsa":
		n, e, d := p.int(), p.int(), p.int()
		p.int() // iqmp
		pp, q := p.int(), p.int()
		if p.bad || !e.IsInt64() {
			return nil
		}
		if fault, _, _ := rsaFault(n, e); fault != "" {
			return &Key{Kty: KtyRSA, Bits: n.BitLen(), HasPrivate: true, Unusable: fault}
		}
		k := &rsa.PrivateKey{PublicKey: rsa.PublicKey{N: n, E: int(e.Int64())}, D: d, Primes: []*big.Int{pp, q}}
		if k.Validate() != nil {
			return nil
		}
		k.Precompute()
		raw = k
	case strings.HasPrefix(kind, "ecdsa-sha2-"):
		crv := sshCurve(string(p.bytes()))
		p.bytes() // the point
		d := p.int()
		k := ecPrivate(crv, d.Bytes())
		if p.bad || k == nil {
			return nil
		}
		raw = k
	case kind == "ssh-ed25519":
		p.bytes()
		d := p.bytes()
		if p.bad || len(d) != ed25519.PrivateKeySize {
			return nil
		}
		raw = ed25519.NewKeyFromSeed(d[:32])
	default:
		return nil
	}
	k, err := NewKey(raw)
	if err != nil {
		return nil
	}
	return k
}

func sshCurve(name string) string {
	return map[string]string{"nistp256": crvP256, "nistp384": crvP384, "nistp521": crvP521}[name]
}

// ecPrivate makes a key of its scalar; nil if it is none.
func ecPrivate(crv string, d []byte) *ecdsa.PrivateKey {
	curve, ok := curveByName(crv)
	size := coordinateSize(crv)
	d = bytes.TrimLeft(d, "\x00")
	if !ok || len(d) > size || len(d) == 0 {
		return nil
	}
	k, err := ecdsa.ParseRawPrivateKey(curve, leftPad(d, size))
	if err != nil {
		return nil
	}
	return k
}

// sshPublic reads the one line of authorized_keys.
func (r *keyReader) sshPublic(t string) {
	fields := strings.Fields(t)
	if len(fields) < 2 {
		r.notAKey("the beginning of an OpenSSH public key")
		return
	}
	blob, err := base64.StdEncoding.DecodeString(fields[1])
	if err != nil {
		r.notAKey("an OpenSSH public key that is damaged")
		return
	}
	r.sshBlob(blob, "OpenSSH")
}

func (r *keyReader) sshBlob(blob []byte, form string) {
	k := sshPublicKey(blob)
	if k == nil {
		r.notAKey("an " + form + " public key of a kind that cannot be used here")
		return
	}
	r.add(k, "an "+k.Describe()+" public key ("+form+")")
}

func sshPublicKey(blob []byte) *Key {
	s := &sshReader{b: blob}
	var raw any
	switch kind := string(s.bytes()); {
	case kind == "ssh-rsa":
		e, n := s.int(), s.int()
		if fault, _, _ := rsaFault(n, e); s.bad || fault != "" {
			return nil
		}
		raw = &rsa.PublicKey{N: n, E: int(e.Int64())}
	case strings.HasPrefix(kind, "ecdsa-sha2-"):
		curve, ok := curveByName(sshCurve(string(s.bytes())))
		point := s.bytes()
		if !ok || s.bad {
			return nil
		}
		pub, err := ecdsa.ParseUncompressedPublicKey(curve, point)
		if err != nil {
			return nil
		}
		raw = pub
	case kind == "ssh-ed25519":
		x := s.bytes()
		if s.bad || len(x) != ed25519.PublicKeySize {
			return nil
		}
		raw = ed25519.PublicKey(bytes.Clone(x))
	default:
		return nil
	}
	k, err := NewKey(raw)
	if err != nil {
		return nil
	}
	return k
}
