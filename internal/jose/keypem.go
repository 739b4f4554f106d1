package jose

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"regexp"
	"strings"
	"sync"
)

// armour matches BEGIN and END lines with any number and kind of dashes.
var armour = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)[-‐‑‒–—―−_ \t]*\b(BEGIN|END)[ _]+([A-Z0-9 _]*?(?:KEY|CERTIFICATE|REQUEST|PARAMETERS|PKCS7|BLOCK|MESSAGE))\b[-‐‑‒–—―−_ \t]*`)
})

// block is one labelled stretch of base64.
type block struct {
	label string
	body  string
	ended bool
}

// pem reads text that names a PEM block, strictly first, then as damaged.
func (r *keyReader) pem(t string, depth int) {
	if strings.Contains(t, "PuTTY-User-Key-File") {
		r.putty()
		return
	}
	if inner, what, ok := unwrapText(t); ok {
		r.repairedText(t, inner, what)
		t = inner
	}
	if r.strictPEM(t) {
		return
	}
	if strings.Contains(t, `\n`) || strings.Contains(t, `\r`) {
		plain := strings.NewReplacer(`\\r`, "", `\\n`, "\n", `\r`, "", `\n`, "\n").Replace(t)
		r.repaired(CausePEMNewlines, `its line breaks are the two characters \n; turn them into line breaks`)
		t = strings.TrimSpace(plain)
		if r.strictPEM(t) {
			return
		}
	}
	r.damagedPEM(t, depth)
}

func (r *keyReader) putty() {
	r.file.Private = true
	r.notAKey("a PuTTY key (.ppk); export it with PuTTYgen: Conversions, Export OpenSSH key")
}

// unwrapText removes what an environment file, a shell or YAML puts around a key.
func unwrapText(t string) (inner, what string, ok bool) {
	begin := strings.Index(t, "BEGIN")
	head := strings.TrimRight(t[:max(begin, 0)], "-")
	trimmed := strings.TrimSpace(head)
	var words []string
	if name, rest, found := strings.Cut(trimmed, "="); found && !strings.ContainsAny(name, "\n") && strings.Trim(rest, "\"'` \t\r\n|>-") == "" {
		words = append(words, "it begins with a name and an equals sign")
	} else if name, rest, found := strings.Cut(trimmed, ":"); found && !strings.Contains(strings.TrimSpace(name), "\n") && strings.Trim(rest, "\"'` \t\r\n|>-+") == "" && trimmed != "" {
		words = append(words, "it begins with a name and a colon (YAML)")
	} else if strings.Trim(trimmed, "\"'`") != "" {
		return t, "", false // other text before a block is allowed (RFC 7468 clause 2)
	}
	if strings.ContainsAny(head[len(strings.TrimRight(head, "\"'` \t\r\n")):], "\"'`") {
		words = append(words, "it is in quotes")
	}
	if len(words) == 0 {
		return t, "", false
	}
	inner = strings.TrimSpace(t[len(head):])
	inner = strings.TrimRight(inner, "\"'`,; \t\r\n")
	return inner, strings.Join(words, " and "), true
}

// repairedText notes what was removed; a PEM in quotes is damaged only if the
// quotes reach the program.
func (r *keyReader) repairedText(_, inner, what string) {
	if strings.Contains(inner, `\n`) {
		r.file.Repairs = append(r.file.Repairs, what) // the literal \n is the fault that counts
		return
	}
	r.repaired(CausePEMMalformed, what)
}

// strictPEM reads the blocks the standard library can read.
func (r *keyReader) strictPEM(t string) bool {
	if len(t) == 0 || strings.Contains(t, `\n`) {
		return false
	}
	rest := []byte(t + "\n")
	n := 0
	for {
		var b *pem.Block
		b, rest = pem.Decode(rest)
		if b == nil {
			break
		}
		if strings.HasSuffix(b.Type, "PARAMETERS") {
			continue // the key that follows names its curve itself
		}
		n++
		r.block(b.Type, b.Headers, b.Bytes)
		if n == 20 {
			break
		}
	}
	return n > 0
}

// block reads the content of one PEM block.
func (r *keyReader) block(label string, headers map[string]string, der []byte) {
	switch {
	case strings.Contains(headers["Proc-Type"], "ENCRYPTED"), label == "ENCRYPTED PRIVATE KEY":
		r.file.Private = true
		r.file.What = "an encrypted private key (PEM)"
		r.problem(CausePEMEncrypted, "it is encrypted: a passphrase is needed; openssl pkey -in FILE -out PLAIN removes it")
	case label == "OPENSSH PRIVATE KEY":
		r.sshPrivate(der)
	case strings.HasPrefix(label, "PGP"):
		r.notAKey("a PGP key, which is not a JWS key")
	case label == "SSH2 PUBLIC KEY":
		r.sshBlob(der, "SSH2")
	case strings.HasPrefix(label, "PKCS7"):
		r.notAKey("a PKCS#7 container of certificates")
	case !r.der(der, label, "PEM"):
		if strings.Contains(label, "PRIVATE") {
			r.file.Private = true
		}
		r.notAKey(fmt.Sprintf("PEM with the label %q whose content is not a key or certificate: it is damaged or cut off", clip(label, 40)))
	}
}

// damagedPEM reads blocks whose lines, dashes or labels are broken.
func (r *keyReader) damagedPEM(t string, depth int) {
	blocks := looseBlocks(t)
	if len(blocks) == 0 {
		r.unlabelled(t, depth)
		return
	}
	for _, b := range blocks {
		if strings.HasSuffix(b.label, "PARAMETERS") {
			continue
		}
		if strings.Contains(b.label, "PRIVATE") {
			r.file.Private = true
		}
		r.damagedBlock(t, b)
	}
}

func (r *keyReader) damagedBlock(t string, b block) {
	headers := map[string]string{}
	body := b.body
	if strings.Contains(body, "Proc-Type") && strings.Contains(body, "ENCRYPTED") {
		headers["Proc-Type"] = "4,ENCRYPTED"
		r.block(b.label, headers, nil)
		return
	}
	clean, junk := base64Letters(body)
	der, err := decodeLoose(clean)
	if err != nil || len(der) == 0 {
		r.notAKey(fmt.Sprintf("PEM with the label %q whose content is not base64: it is damaged or cut off", clip(b.label, 40)))
		return
	}
	cause, what := damage(t, b, junk)
	r.repaired(cause, what)
	r.block(b.label, headers, der)
}

// damage names what is wrong with a block the strict reader refused.
func damage(t string, b block, junk bool) (cause, what string) {
	lines := strings.Split(strings.TrimSpace(t), "\n")
	body := strings.TrimSpace(b.body)
	switch {
	case junk:
		return CausePEMMalformed, "it contains characters that are not base64"
	case strings.Contains(t, "> "):
		return CausePEMMalformed, "its lines are quoted with >"
	case !strings.Contains(body, "\n") && strings.Contains(body, " "):
		return CausePEMNewlines, "its line breaks became spaces; BEGIN, the base64 and END each need their own lines"
	case len(lines) == 1, !strings.HasPrefix(strings.TrimLeft(b.body, " \r\t"), "\n"), b.ended && !strings.HasSuffix(strings.TrimRight(b.body, " \r\t"), "\n"):
		return CausePEMNewlines, "its line breaks are lost; BEGIN, the base64 and END each need their own lines"
	case strings.ContainsAny(t, "‐‑‒–—―−"):
		return CausePEMMalformed, "the dashes of its first or last line were replaced by typographic ones"
	case !b.ended:
		return CausePEMMalformed, "its END line is missing"
	case !strings.Contains(t, "-----BEGIN ") || !strings.Contains(t, "-----END "):
		return CausePEMMalformed, "its first and last line need exactly five dashes on either side"
	case indented(lines):
		return CausePEMMalformed, "its lines are indented; they begin at the margin"
	}
	return CausePEMMalformed, "its lines are not as RFC 7468 has them"
}

func indented(lines []string) bool {
	for _, l := range lines {
		if strings.HasPrefix(l, " ") || strings.HasPrefix(l, "\t") {
			return true
		}
	}
	return false
}

// looseBlocks finds BEGIN and END however they are written.
func looseBlocks(t string) []block {
	var list []block
	marks := armour().FindAllStringSubmatchIndex(t, 40)
	for i, m := range marks {
		if !strings.EqualFold(t[m[2]:m[3]], "BEGIN") {
			continue
		}
		b := block{label: strings.ToUpper(strings.ReplaceAll(t[m[4]:m[5]], "_", " ")), body: t[m[1]:]}
		if i+1 < len(marks) {
			b.body = t[m[1]:marks[i+1][0]]
			b.ended = strings.EqualFold(t[marks[i+1][2]:marks[i+1][3]], "END")
		} else if at := strings.LastIndex(b.body, "-END"); at >= 0 {
			b.body = b.body[:at]
		}
		list = append(list, b)
	}
	return list
}

// base64Letters keeps the base64 of a body; junk reports anything but whitespace
// and the marks of a quotation.
func base64Letters(body string) (clean string, junk bool) {
	clean = strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z', r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '+', r == '/', r == '=':
			return r
		case r == '-':
			return '+'
		case r == '_':
			return '/'
		case !strings.ContainsRune(" \t\r\n>\\\"'|", r):
			junk = true
		}
		return -1
	}, strings.Trim(body, "-‐‑‒–—―− \t\r\n"))
	return clean, junk
}

func decodeLoose(t string) ([]byte, error) {
	return base64.RawStdEncoding.DecodeString(strings.TrimRight(t, "="))
}

// unlabelled reads text without BEGIN: base64 or hex of a key or of a PEM.
func (r *keyReader) unlabelled(t string, depth int) {
	if what := otherText(t); what != "" {
		r.notAKey(what)
		return
	}
	body := t
	if name, rest, ok := strings.Cut(t, "="); ok && len(rest) > 40 && !strings.ContainsAny(name, " \n+/") && len(name) < 60 && strings.ToUpper(name) == name {
		r.file.Repairs = append(r.file.Repairs, "it begins with a name and an equals sign")
		body = strings.Trim(rest, "\"'` \r\n")
	}
	if b, err := hex.DecodeString(strings.Join(strings.Fields(body), "")); err == nil && len(b) > 30 && b[0] == 0x30 {
		r.repaired(CausePEMMalformed, "it is DER as hexadecimal text; wrap its base64 in BEGIN and END lines")
		if !r.der(b, "", "DER in hexadecimal") {
			r.notAKey("hexadecimal text that is not a key")
		}
		return
	}
	clean, junk := base64Letters(body)
	b, err := decodeLoose(clean)
	if err != nil || junk || len(b) < 30 {
		r.notAKey("text that is not a PEM, JWK or base64 of a key")
		return
	}
	switch {
	case bytes.Contains(b, []byte("BEGIN ")), b[0] == '{':
		r.repaired(CausePEMMalformed, "it is the base64 of the key file, not the file itself; decode it once")
		r.read(b, depth+1)
	case b[0] == 0x30:
		r.repaired(CausePEMMalformed, "its BEGIN and END lines are missing")
		if !r.der(b, "", "base64 of DER") {
			r.notAKey("base64 that is not a key: it is damaged or cut off")
		}
	default:
		r.notAKey("base64 that is not a key")
	}
}

// otherText names what people give in place of a key.
func otherText(t string) string {
	lower := strings.ToLower(t[:min(len(t), 200)])
	switch {
	case strings.HasPrefix(t, "eyJ") && strings.Count(t, ".") == 2:
		return "a JWT, not a key"
	case strings.HasPrefix(lower, "<!doctype"), strings.HasPrefix(lower, "<html"):
		return "an HTML page"
	case strings.Contains(t, "PuTTY-User-Key-File"):
		return "a PuTTY key (.ppk); export it with PuTTYgen: Conversions, Export OpenSSH key"
	case strings.HasPrefix(lower, "http://"), strings.HasPrefix(lower, "https://"):
		return "a URL, not the key behind it"
	case strings.HasPrefix(t, "/"), strings.HasPrefix(t, "./"), strings.HasPrefix(t, "~/"):
		if len(t) < 200 && !strings.Contains(t, "\n") {
			return "a file name, not the content of the file"
		}
	case strings.HasPrefix(t, "arn:"), strings.HasPrefix(t, "projects/"), strings.HasPrefix(t, "vault:"):
		return "the name of a secret in a store, not the secret"
	}
	return ""
}
