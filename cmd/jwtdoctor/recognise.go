package main

import (
	"encoding/base64"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/jose"
	"github.com/assertionworks/jwtdoctor/internal/reading"
)

// isText reports whether an argument that is not a path is meant as text. Of a
// mistyped file name it must not say so: the name would be judged as an
// assertion, and the mistake stay hidden.
func isText(arg string) bool {
	lower := strings.ToLower(arg)
	switch {
	case strings.ContainsAny(arg, "\n\r<>{}"),
		holdsHeader(arg),
		strings.Contains(arg, "://"), strings.Contains(lower, "client_assertion"), strings.Contains(arg, "-----BEGIN"):
		return true
	}
	for _, prefix := range []string{"bearer ", "jwt ", "token ", "curl ", "post ", "get ", "http/", "$", "%7b", `"`, "'", "`", "b'", `b"`, "[", "(", "“", "‘"} {
		if strings.HasPrefix(lower, prefix) {
			return true
		}
	}
	return isPlaceholder(arg) || isDotted(arg) || holdsEvidence(arg)
}

// holdsEvidence recognises text by what reading finds in it. A name of a file has
// no blanks, or nothing in it that is evidence.
func holdsEvidence(arg string) bool {
	return strings.ContainsAny(arg, " =&") && len(reading.Read("argument", arg, reading.Options{}).Cases) > 0
}

// holdsHeader recognises the beginning of a JSON object in base64url, {" or {
// and whitespace, with enough behind it that it is not a word such as heyJude.
func holdsHeader(arg string) bool {
	const more = 9
	for _, begin := range []string{"eyJ", "eyA", "ewo", "ew0"} {
		at := strings.Index(arg, begin)
		if at < 0 || begin != "eyJ" && at > 0 || len(arg) < at+len(begin)+more {
			continue
		}
		if strings.Trim(arg[at:at+len(begin)+more], base64url) == "" {
			return true
		}
	}
	return false
}

const base64url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// isPlaceholder recognises what samples put where the assertion belongs:
// YOUR_JWT_ASSERTION, and what programs print for a value that is not there.
func isPlaceholder(arg string) bool {
	switch strings.ToLower(arg) {
	case "undefined", "null", "none", "nil":
		return true
	}
	if arg != strings.ToUpper(arg) || strings.ContainsAny(arg, `./\`) {
		return false
	}
	for _, word := range []string{"JWT", "ASSERTION", "TOKEN", "YOUR"} {
		if strings.Contains(arg, word) {
			return true
		}
	}
	return false
}

// isDotted recognises base64url in parts: long, and with nothing in it that
// would make it a path.
func isDotted(arg string) bool {
	const long = 60
	return len(arg) >= long && strings.Contains(arg, ".") &&
		strings.Trim(arg, base64url+".=+ ") == ""
}

// isPrivateKey recognises a private key as text: PEM with its line breaks in
// whatever state, such a PEM in base64, or a JWK with a private member.
func isPrivateKey(arg string) bool {
	const label = "PRIVATE KEY"
	if strings.Contains(arg, label) {
		return true
	}
	squeezed := strings.Map(func(r rune) rune {
		switch r {
		case ' ', '\t', '\r', '\n', '\\':
			return -1
		case '\'':
			return '"'
		}
		return r
	}, arg)
	if isPrivateJWK(squeezed) {
		return true
	}
	// "-----BEGIN" in base64, at the beginning of what is encoded.
	if at := strings.Index(squeezed, "LS0tLS1CRUdJTi"); at >= 0 {
		head := squeezed[at:min(at+64, len(squeezed))]
		text, _ := base64.RawStdEncoding.DecodeString(head[:len(head)/4*4])
		return strings.Contains(string(text), label)
	}
	return isEncodedKey(squeezed)
}

// isPrivateJWK recognizes a private or secret JWK, or a set with one in it.
func isPrivateJWK(squeezed string) bool {
	return strings.Contains(squeezed, `"kty":`) && (strings.Contains(squeezed, `"d":`) || strings.Contains(squeezed, `"k":`))
}

// isEncodedKey recognizes a private key that was put into base64 to fit on one
// line: a JWK, or the bare bytes of a PEM.
func isEncodedKey(squeezed string) bool {
	const least = 40 // characters; an Ed25519 key has 64
	if len(squeezed) < least || strings.Trim(squeezed, base64url+"+/=") != "" {
		return false
	}
	plain := strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(squeezed, "="))
	if text, err := base64.RawStdEncoding.DecodeString(plain); err != nil {
		return false
	} else if strings.HasPrefix(string(text), "{") {
		return isPrivateJWK(strings.ReplaceAll(string(text), " ", ""))
	}
	return jose.ParseKeyFile([]byte(squeezed)).Private
}
