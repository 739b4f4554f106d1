package main

import (
	"encoding/base64"
	"strings"
)

// isText tells whether an argument that is no path is meant as text. Of a
// mistyped file name it must not say so: the name would be judged as an
// assertion, and the mistake stay hidden.
func isText(arg string) bool {
	lower := strings.ToLower(arg)
	switch {
	case strings.ContainsAny(arg, "\n\r<>{}"),
		// A JSON object in base64url, as every JOSE header begins.
		strings.Contains(arg, "eyJ"), strings.HasPrefix(arg, "eyA"), strings.HasPrefix(arg, "ewo"), strings.HasPrefix(arg, "ewog"),
		strings.Contains(arg, "://"), strings.Contains(lower, "client_assertion"), strings.Contains(arg, "-----BEGIN"):
		return true
	}
	for _, prefix := range []string{"bearer ", "jwt ", "token ", "curl ", "post ", "get ", "http/", "$", "%7b", `"`, "'", "`", "b'", `b"`, "[", "(", "“", "‘"} {
		if strings.HasPrefix(lower, prefix) {
			return true
		}
	}
	return isPlaceholder(arg) || isDotted(arg)
}

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
		strings.Trim(arg, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+ ") == ""
}

// isPrivateKey recognises a private key as text: PEM with its line breaks in
// whatever state, such a PEM in base64, or a JWK with a private member.
func isPrivateKey(arg string) bool {
	const label = "PRIVATE KEY"
	if strings.Contains(arg, label) {
		return true
	}
	squeezed := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \t\r\n", r) {
			return -1
		}
		return r
	}, arg)
	if strings.Contains(squeezed, `"kty"`) && (strings.Contains(squeezed, `"d":`) || strings.Contains(squeezed, `"k":`)) {
		return true
	}
	// "-----BEGIN" in base64, at the beginning of what is encoded.
	if at := strings.Index(squeezed, "LS0tLS1CRUdJTi"); at >= 0 {
		head := squeezed[at:min(at+64, len(squeezed))]
		text, _ := base64.RawStdEncoding.DecodeString(head[:len(head)/4*4])
		return strings.Contains(string(text), label)
	}
	return false
}
