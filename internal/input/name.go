package input

import (
	"fmt"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// name describes what a text that is not a compact JWT seems to be. The words never quote
// the text: it may be a secret.
func name(text string) (evidence.Shape, string) {
	t := strings.TrimSpace(strings.TrimPrefix(text, "\uFEFF"))
	head := t[:min(len(t), 4096)]
	lower := strings.ToLower(head)
	switch {
	case t == "":
		return evidence.ShapeNotJWT, "empty"
	case strings.Contains(head, "-----BEGIN "):
		return evidence.ShapeNotJWT, pemWords(head)
	case strings.HasPrefix(t, "{") || strings.HasPrefix(t, "["):
		if shape, words := jsonWords(t); words != "" {
			return shape, words
		}
	case strings.HasPrefix(lower, "<!doctype html") || strings.HasPrefix(lower, "<html"):
		return evidence.ShapeNotJWT, "HTML"
	case strings.HasPrefix(lower, "<"):
		if strings.Contains(lower, "saml") {
			return evidence.ShapeNotJWT, "a SAML assertion (XML)"
		}
		return evidence.ShapeNotJWT, "XML"
	case strings.HasPrefix(lower, "http/"):
		return evidence.ShapeNotJWT, "an HTTP response"
	case requestLine(firstLine(lower)):
		return evidence.ShapeNotJWT, "an HTTP request without an assertion"
	case strings.HasPrefix(lower, "curl "):
		return evidence.ShapeNotJWT, "a curl command without an assertion"
	case strings.HasPrefix(lower, "ssh-rsa ") || strings.HasPrefix(lower, "ssh-ed25519 ") || strings.HasPrefix(lower, "ecdsa-sha2-"):
		return evidence.ShapeNotJWT, "an OpenSSH public key"
	case strings.Contains(lower, "grant_type="):
		return evidence.ShapeNotJWT, "a form body without an assertion"
	case urlLike(lower):
		return evidence.ShapeNotJWT, "a URL"
	}
	if strings.Trim(t, ".") == "" {
		return evidence.ShapeNotJWT, "dots"
	}
	words := strings.Fields(head)
	const longest = 10 // on average; lines of base64 are longer
	if len(words) > 2 && len(head) <= longest*len(words) || len(words) > 1 && strings.Trim(strings.Join(words, ""), base64Alphabet+"=") != "" {
		return evidence.ShapeNotJWT, "plain text"
	}
	return evidence.ShapeNotJWT, wordWords(strings.Join(strings.Fields(head), ""), len(t))
}

const base64Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/"

func pemWords(head string) string {
	label := head[strings.Index(head, "-----BEGIN ")+len("-----BEGIN "):]
	label, _, _ = strings.Cut(label, "-----")
	switch {
	case strings.HasPrefix(label, "OPENSSH"):
		return "an OpenSSH key"
	case strings.Contains(label, "CERTIFICATE REQUEST"):
		return "a PEM certificate request"
	case strings.Contains(label, "CERTIFICATE"):
		return "a PEM certificate"
	case strings.Contains(label, "PRIVATE KEY"):
		return "a PEM private key"
	case strings.Contains(label, "PUBLIC KEY"):
		return "a PEM public key"
	}
	return "a PEM file"
}

func jsonWords(t string) (evidence.Shape, string) {
	v, _ := jsonspan.Scan([]byte(t), jsonspan.Limits{Values: 1 << 14, Faults: 1})
	has := func(names ...string) bool {
		for _, n := range names {
			if _, ok := v.Get(n); !ok {
				return false
			}
		}
		return true
	}
	if v.Kind == jsonspan.Array {
		return evidence.ShapeNotJWT, "a JSON array"
	}
	switch {
	case v.Kind != jsonspan.Object:
		return evidence.ShapeNotJWT, ""
	case has("ciphertext") && (has("protected") || has("recipients") || has("iv")):
		return evidence.ShapeJSON, "a JWE in JSON serialization"
	case has("signatures") || has("payload", "signature") || has("protected", "signature") || has("payload", "protected"):
		return evidence.ShapeJSON, "a JWS in JSON serialization"
	case has("keys"):
		return evidence.ShapeNotJWT, "a JWK Set"
	case has("kty"):
		return evidence.ShapeNotJWT, "a JWK"
	case has("error"):
		return evidence.ShapeNotJWT, "a JSON error body"
	case has("access_token"):
		return evidence.ShapeNotJWT, "a token response"
	case has("token_endpoint"):
		return evidence.ShapeNotJWT, "a discovery document"
	case has("private_key") || has("private_key_id"):
		return evidence.ShapeNotJWT, "a service account key in JSON"
	case has("iss") || has("aud") || has("exp"):
		return evidence.ShapeNotJWT, "claims in clear, not yet signed into a JWT"
	case has("alg"):
		return evidence.ShapeNotJWT, "a JWT header in clear"
	}
	return evidence.ShapeNotJWT, "a JSON object without an assertion"
}

func urlLike(lower string) bool {
	scheme, rest, ok := strings.Cut(lower, "://")
	return ok && len(scheme) < 16 && rest != "" && strings.Trim(scheme, "abcdefghijklmnopqrstuvwxyz0123456789+.-") == "" && !strings.ContainsAny(firstLine(lower), " \t")
}

// wordWords describes a text of one word.
func wordWords(t string, length int) string {
	lower := strings.ToLower(t)
	hexadecimal := strings.Trim(lower, "0123456789abcdef") == ""
	switch {
	case len(t) == 36 && uuid(lower):
		return "a UUID"
	case hexadecimal && strings.HasPrefix(lower, "65794a"):
		return "the hexadecimal form of a JWT"
	case strings.Trim(t, "0123456789") == "":
		return "a number"
	case hexadecimal && len(t) >= 16:
		return "a hexadecimal text"
	case strings.HasPrefix(t, "ZXlK") || strings.HasPrefix(t, "ZXlB"):
		return "a JWT that was base64-encoded once more"
	case strings.HasPrefix(t, "LS0tLS1CRUdJTi"):
		return "a PEM file that was base64-encoded"
	case strings.HasPrefix(t, "PHNhbWw") || strings.HasPrefix(t, "PD94bWw"):
		return "a SAML assertion or other XML, base64-encoded"
	case strings.HasPrefix(t, "MII") && len(t) > 100:
		return "a key or certificate in base64 without its PEM lines"
	case strings.HasPrefix(t, "eyJ"):
		return "JSON in base64"
	case strings.HasPrefix(t, "ghp_") || strings.HasPrefix(t, "sk-") || strings.HasPrefix(t, "AKIA") || strings.HasPrefix(t, "xox"):
		return "an API key"
	case strings.HasPrefix(t, "GOCSPX-") || strings.Contains(t, "~") && len(t) >= 24 && len(t) <= 64:
		return "a client secret"
	case version(t):
		return "a version number or IP address"
	case host(lower):
		return "a host name or file name"
	case strings.Contains(t, "@") && strings.Contains(t, "."):
		return "an e-mail address"
	case strings.Trim(t, base64Alphabet+"=.~") == "" && length >= 12:
		if n := strings.Count(t, "."); n > 0 {
			return fmt.Sprintf("an opaque token in %d parts", n+1)
		}
		return "an opaque token"
	case strings.Trim(lower, "abcdefghijklmnopqrstuvwxyz") == "":
		return "a single word"
	}
	return "plain text"
}

func uuid(t string) bool {
	for i, c := range []byte(t) {
		if i == 8 || i == 13 || i == 18 || i == 23 {
			if c != '-' {
				return false
			}
		} else if _, ok := jsonspan.HexDigit(c); !ok {
			return false
		}
	}
	return true
}

func version(t string) bool {
	return strings.Contains(t, ".") && strings.Trim(t, "v0123456789.") == "" && strings.Trim(t, ".v") != ""
}

// host reports whether a text looks like a host name, such as www.example.com.
func host(t string) bool {
	parts := strings.Split(t, ".")
	if len(parts) < 2 || len(t) > 100 {
		return false
	}
	for _, p := range parts {
		if p == "" || len(p) > 24 || strings.Trim(p, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			return false
		}
	}
	last := parts[len(parts)-1]
	return strings.Trim(last, "abcdefghijklmnopqrstuvwxyz") == "" && len(last) < 12
}
