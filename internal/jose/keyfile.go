package jose

import (
	"bytes"
	"crypto/x509"
	"fmt"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// MaxKeyFileBytes bounds what is read of a key file.
const MaxKeyFileBytes = 1 << 20

// KeyFile is what a key file turned out to be. Formatting it never shows a private
// value.
type KeyFile struct {
	// What says what it is: "an RSA private key (PKCS#8)".
	What string
	// Key is the first usable key, nil if there is none; Keys are all of them.
	Key  *Key
	Keys []*Key
	// Private reports that there is private material in the file, readable or not.
	Private bool
	// Repairs lists in order what had to be done before it could be read.
	Repairs []string
	// Problems carries pem-literal-newlines, pem-malformed, pem-encrypted,
	// private-key-mismatch, and public-key-given if no private key is in the file;
	// a caller that needs only a public key ignores that one.
	Problems []Problem
}

// Has reports whether a problem of this cause was found.
func (f *KeyFile) Has(cause string) bool {
	for _, p := range f.Problems {
		if p.Cause == cause {
			return true
		}
	}
	return false
}

// CanSign reports whether the file has a key to sign with.
func (f *KeyFile) CanSign() bool { return f.Key != nil && f.Key.private != nil }

// keyReader is one reading of a key file.
type keyReader struct {
	file *KeyFile
	size int
}

func (r *keyReader) problem(cause, format string, args ...any) {
	for _, p := range r.file.Problems {
		if p.Cause == cause {
			return // the first of a kind is the outermost
		}
	}
	r.file.Problems = append(r.file.Problems, Problem{
		Cause: cause, Severity: finding.Error, Index: -1,
		Span: jsonspan.Span{Start: 0, End: r.size}, Message: fmt.Sprintf(format, args...),
	})
}

// repaired notes a repair a strict reader would not make.
func (r *keyReader) repaired(cause, what string) {
	r.file.Repairs = append(r.file.Repairs, what)
	r.problem(cause, "it can be read only once it is repaired: %s", what)
}

// ParseKeyFile reads a public or private key in whatever form it was saved: PEM
// (PKCS#1, PKCS#8, SEC 1, SPKI, certificate, OpenSSH), DER, JWK or JWK Set, and
// the usual ways in which a PEM is damaged by environment variables, secret
// stores and copying. It never fails: what it could not read is said in Problems.
func ParseKeyFile(data []byte) *KeyFile {
	r := &keyReader{file: &KeyFile{}, size: len(data)}
	if len(data) > MaxKeyFileBytes {
		r.file.What = "a file too large to be a key"
		r.problem(CausePEMMalformed, "it has %d bytes; no key file is larger than %d", len(data), MaxKeyFileBytes)
		return r.file
	}
	r.read(data, 0)
	r.finish()
	return r.file
}

// maxWraps bounds how often a key may be wrapped in another encoding.
const maxWraps = 4

func (r *keyReader) read(data []byte, depth int) {
	if depth > maxWraps {
		r.notAKey("text that is encoded again and again")
		return
	}
	if text, what, ok := fromUTF16(data); ok {
		r.repaired(CausePEMMalformed, what)
		data = text
	}
	if rest, ok := bytes.CutPrefix(data, []byte("\xef\xbb\xbf")); ok {
		r.repaired(CausePEMMalformed, "it begins with a byte order mark")
		data = rest
	}
	if r.binary(data) {
		return
	}
	t := strings.TrimSpace(string(data))
	switch {
	case t == "":
		r.notAKey("empty")
	case strings.HasPrefix(t, "{") || strings.HasPrefix(t, "["):
		r.json(t)
	case len(t) > 1 && t[0] == '"' && t[len(t)-1] == '"' && r.jsonString(t, depth):
	case strings.Contains(strings.ToUpper(t), "BEGIN ") || strings.Contains(t, "BEGIN_"):
		r.pem(t, depth)
	case strings.HasPrefix(t, "ssh-") || strings.HasPrefix(t, "ecdsa-sha2-"):
		r.sshPublic(t)
	default:
		r.unlabelled(t, depth)
	}
}

func (r *keyReader) notAKey(what string) {
	if r.file.What == "" {
		r.file.What = what
	}
	r.problem(CausePEMMalformed, "it is not a readable key: %s", what)
}

func (r *keyReader) add(k *Key, what string) {
	if why := unsoundPrivate(k.private); why != "" {
		k.Public, k.Thumbprint, k.private, k.Unusable, k.unsound = nil, "", nil, why, why
	}
	if k.unsound != "" {
		r.problem(CausePEMMalformed, "the key cannot be used: %s", k.unsound)
	}
	k.Index = len(r.file.Keys)
	r.file.Keys = append(r.file.Keys, k)
	if k.HasPrivate {
		r.file.Private = true
	}
	if r.file.What == "" || k.CanSign() && !r.file.Key.CanSign() {
		r.file.What = what
	}
	if r.file.Key == nil || k.CanSign() && !r.file.Key.CanSign() {
		r.file.Key = k
	}
}

// finish says what is missing for signing.
func (r *keyReader) finish() {
	f := r.file
	if !f.Private && f.Key != nil && f.Key.Public != nil {
		r.problem(CausePublicGiven, "it is %s: it can verify, but not sign; the private key is another file", f.What)
	}
	if len(f.Keys) == 0 && (f.What == "" || len(f.Problems) == 0) {
		r.notAKey("text without a key in it")
	}
}

// fromUTF16 recognises UTF-16 by its mark, or by zero bytes at every other place.
func fromUTF16(data []byte) ([]byte, string, bool) {
	big, body := false, data
	switch {
	case len(data) < 4 || len(data)%2 != 0:
		return nil, "", false
	case data[0] == 0xFF && data[1] == 0xFE:
		body = data[2:]
	case data[0] == 0xFE && data[1] == 0xFF:
		big, body = true, data[2:]
	case data[1] == 0 && data[3] == 0 && data[0] != 0:
	case data[0] == 0 && data[2] == 0 && data[1] != 0:
		big = true
	default:
		return nil, "", false
	}
	out := make([]byte, 0, len(body)/2)
	for i := 0; i+1 < len(body); i += 2 {
		lo, hi := body[i], body[i+1]
		if big {
			lo, hi = hi, lo
		}
		if hi != 0 { // a key has nothing beyond Latin-1
			lo = '?'
		}
		out = append(out, lo)
	}
	return out, "it is written in UTF-16 (as PowerShell's > does); save it as UTF-8 or ASCII", true
}

// binary reads DER and names other binary files.
func (r *keyReader) binary(data []byte) bool {
	switch {
	case bytes.HasPrefix(data, []byte{0xFE, 0xED, 0xFE, 0xED}):
		r.file.Private = true
		r.notAKey("a Java key store (JKS); export the key: keytool -importkeystore to PKCS#12, then openssl pkcs12 -nodes")
		return true
	case len(data) > 4 && data[0] == 0x30 && (data[1] >= 0x80 || bytes.IndexByte(data, 0) >= 0):
		if !r.der(data, "", "DER") {
			if isPKCS12(data) {
				r.file.Private = true
				r.notAKey("a PKCS#12 container (.p12, .pfx); extract the key: openssl pkcs12 -in FILE -nodes -nocerts")
			} else {
				r.notAKey("binary data that begins like DER but is not a key or certificate")
			}
		}
		return true
	case bytes.IndexByte(data, 0) >= 0:
		r.notAKey("binary data")
		return true
	}
	return false
}

// der reads one DER object, whatever its label says. label is "" for a bare one.
func (r *keyReader) der(der []byte, label, form string) bool {
	if k, what, ok := derPrivate(der); ok {
		r.label(label, what, form)
		r.add(k, fmt.Sprintf("%s %s private key (%s, %s)", article(k), k.Describe(), what, form))
		if k.Unusable != "" {
			r.problem(CausePEMMalformed, "the private key cannot be used: %s", k.Unusable)
		}
		return true
	}
	if isEncryptedPKCS8(der) {
		r.file.Private = true
		r.file.What = "an encrypted private key (PKCS#8)"
		r.problem(CausePEMEncrypted, "it is encrypted (PKCS#8): a passphrase is needed; openssl pkey -in FILE -out PLAIN removes it")
		return true
	}
	if k, ok := pssPublic(der); ok {
		r.label(label, "SPKI", form)
		r.add(k, fmt.Sprintf("%s %s public key (SPKI, %s)", article(k), k.Describe(), form))
		return true
	}
	if pub, what, ok := derPublic(der); ok {
		k, err := NewKey(pub)
		if err != nil {
			r.notAKey(err.Error())
			return true
		}
		r.label(label, what, form)
		r.add(k, fmt.Sprintf("%s %s public key (%s, %s)", article(k), k.Describe(), what, form))
		return true
	}
	if c, err := x509.ParseCertificate(der); err == nil {
		r.label(label, "certificate", form)
		r.certificate(c, form)
		return true
	}
	if csr, err := x509.ParseCertificateRequest(der); err == nil {
		r.label(label, "certificate request", form)
		if k, err := NewKey(csr.PublicKey); err == nil {
			r.add(k, "a certificate request")
		}
		return true
	}
	return false
}

// certificate adds a certificate's key, or joins it to the private key before it.
func (r *keyReader) certificate(c *x509.Certificate, form string) {
	k, err := NewKey(c.PublicKey)
	if bound, ok := pssPublic(c.RawSubjectPublicKeyInfo); ok {
		k, err = bound, nil
	}
	if err != nil {
		r.notAKey("a certificate whose key signs nothing here")
		return
	}
	for _, other := range r.file.Keys {
		if other.Matches(k) {
			other.Certificates = append(other.Certificates, c)
			return
		}
	}
	k.Certificates = []*x509.Certificate{c}
	r.add(k, fmt.Sprintf("a certificate for %s %s key (%s)", article(k), k.Describe(), form))
}

// label compares the PEM label with the content.
func (r *keyReader) label(label, what, form string) {
	if label == "" || form == "DER" {
		return
	}
	want := map[string]string{
		"PKCS#8": "PRIVATE KEY", "PKCS#1": "RSA PRIVATE KEY", "SEC 1": "EC PRIVATE KEY", "SPKI": "PUBLIC KEY",
		"PKCS#1 public": "RSA PUBLIC KEY", "certificate": "CERTIFICATE", "certificate request": "CERTIFICATE REQUEST",
	}[what]
	switch {
	case label == want, label == "X509 CERTIFICATE" && what == "certificate", label == "TRUSTED CERTIFICATE" && what == "certificate",
		label == "NEW CERTIFICATE REQUEST" && what == "certificate request":
		return
	}
	r.repaired(CausePEMMalformed, fmt.Sprintf("its label says %q, but its content belongs under %q", clip(label, 40), want))
}

func article(k *Key) string {
	if k.Kty == KtyRSA || k.Kty == KtyEC || k.Kty == KtyOKP {
		return "an"
	}
	return "a"
}
