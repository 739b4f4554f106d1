package mask

import "strings"

// privateKeys finds private key material: PEM, PEM in base64 as environment
// variables contain it, and the private members of a JWK.
func privateKeys(s string, found *edits) {
	const label, encoded = "PRIVATE KEY", "LS0tLS1CRUdJT" // -----BEGIN
	if i := strings.Index(s, label); i >= 0 {
		pems(s, found)
	}
	for at := 0; ; {
		i := strings.Index(s[at:], encoded)
		if i < 0 {
			break
		}
		i += at
		n := run(s[i:], inBase64)
		if n > 2*len(encoded) {
			found.put(i, i+n, Private)
		}
		at = i + n
	}
	if strings.Contains(s, "kty") {
		privateMembers(s, found)
	}
}

// pems finds the bodies of PEM private keys, with their line breaks in whatever state.
func pems(s string, found *edits) {
	for at := 0; ; {
		i := strings.Index(s[at:], "PRIVATE KEY")
		if i < 0 {
			return
		}
		start := at + i + len("PRIVATE KEY")
		start += len(s[start:]) - len(strings.TrimLeft(s[start:], "-"))
		end := len(s)
		if j := strings.Index(s[start:], "-----END"); j >= 0 {
			end = start + j
		} else if j := strings.Index(s[start:], "-- END"); j >= 0 {
			end = start + j
		}
		at = end
		if j := strings.Index(s[end:], "PRIVATE KEY"); j >= 0 && end < len(s) {
			at = end + j + len("PRIVATE KEY")
		}
		// A sentence about a private key has no body.
		if body := s[start:end]; len(strings.Fields(body)) > 0 && longestRun(body) >= 16 {
			found.put(start, end, Private)
		}
	}
}

func longestRun(s string) int {
	longest := 0
	for i := 0; i < len(s); {
		n := run(s[i:], inBase64)
		longest = max(longest, n)
		i += n + 1
	}
	return longest
}

// privateMembers finds the private members of JWKs in a text (RFC 7518 section 6).
func privateMembers(s string, found *edits) {
	for at := 0; at < len(s); at++ {
		if s[at] != ':' {
			continue
		}
		name, quoted := nameBefore(s[:at])
		if !quoted || !privateMember(name) {
			continue
		}
		if start, end := valueAfter(s, at+1, true, false); end-start >= shortest && !masked(s[start:end]) {
			found.put(start, end, Private)
			at = end - 1
		}
	}
}

func privateMember(name string) bool {
	switch name {
	case "d", "p", "q", "dp", "dq", "qi", "k", "oth":
		return true
	}
	return false
}
